/* The plan over a small company: what a file makes, what the same file makes
 * again (nothing), what an edited one changes (only that).  Every payload is
 * judged and written, as a server would. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/import/import.h"
#include "common/model/dates.h"
#include "common/model/value.h"
#include "tests/lib/company.h"

static struct okr_company company;
static uint8_t turn; /* each import has its own entropy */

static struct okr_import_conf conf_of(const char *cycle)
{
    struct okr_import_conf conf = {.space = company.ground.space,
                                   .cycle = okr_slice_str(cycle),
                                   .source = OKR_SLICE_LIT("okrs.md"),
                                   .epoch = 1,
                                   .now = company.ground.now};
    conf.entropy[0] = ++turn;
    return conf;
}

static struct okr_import_plan plan_of(const struct okr_import_conf *conf,
                                      const char *text)
{
    struct okr_import_doc doc;
    struct okr_import_plan plan;
    assert_int_equal(
        okr_import_read(OKR_IMPORT_MARKDOWN, okr_slice_str(text), company.arena, &doc), OKR_OK);
    assert_int_equal(okr_import_plan(conf, &doc, &plan), OKR_OK);
    assert_true(plan.impossible != NULL ||
                plan.create + plan.update + plan.unchanged == doc.n_rows);
    return plan;
}

static void apply(const struct okr_import_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        struct okr_buf bytes;
        struct okr_decision decision;
        okr_buf_init(&bytes, company.arena);
        okr_payload_encode(&plan->payloads[i], &bytes);
        struct okr_op op = {.id = okr_company_id(&company),
                            .person = company.ada,
                            .time = company.ground.now,
                            .verb = plan->payloads[i].verb,
                            .schema = OKR_SCHEMA_VERSION,
                            .payload = okr_buf_slice(&bytes)};
        assert_int_equal(okr_judge(&company.ground, &op, &decision), OKR_OK);
        if (decision.verdict.outcome != OKR_OUTCOME_ACCEPTED)
            fail_msg("payload %zu of line %u: %s %s", i, plan->lines[i],
                     okr_outcome_name(decision.verdict.outcome),
                     okr_rule_name(decision.verdict.rule));
        assert_int_equal(okr_record_write(&decision, ++company.lsn), OKR_OK);
    }
}

/* Imports `text` into the cycle Q1, and says what that did. */
static struct okr_import_plan import(const char *text)
{
    struct okr_import_conf conf = conf_of("Q1");
    struct okr_import_plan plan = plan_of(&conf, text);
    assert_null(plan.impossible);
    apply(&plan);
    return plan;
}

static void assert_counts(const struct okr_import_plan *plan, size_t create,
                          size_t update, size_t unchanged)
{
    assert_int_equal(plan->create, create);
    assert_int_equal(plan->update, update);
    assert_int_equal(plan->unchanged, unchanged);
    assert_int_equal(plan->n_acts, create + update);
}

/* Nothing at all, not even a batch. */
static void assert_settled(const char *text)
{
    struct okr_import_plan plan = import(text);
    assert_int_equal(plan.create + plan.update, 0);
    assert_int_equal(plan.n, 0);
}

static struct okr_ids all_of(uint16_t kind)
{
    struct okr_ids ids;
    assert_int_equal(okr_index_kind(&company.ground.space, kind, &ids), OKR_OK);
    return ids;
}

/* The one entity of the kind with that title. */
static struct okr_record *titled(uint16_t kind, const char *title)
{
    uint16_t field =
        kind == OKR_KIND_KEY_RESULT ? OKR_F_KR_TITLE : OKR_F_O_TITLE;
    struct okr_record *found = NULL;
    struct okr_ids ids = all_of(kind);
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *one = okr_company_get(&company, &ids.at[i]);
        if (!okr_slice_is(okr_record_text(one, field), title))
            continue;
        assert_null(found);
        found = one;
    }
    if (found == NULL)
        fail_msg("there is no \"%s\"", title);
    return found;
}

static struct okr_id ref_of(const struct okr_record *record, uint16_t field)
{
    struct okr_id id;
    assert_true(okr_record_id(record, field, &id));
    return id;
}

static void assert_value(const char *kr, const char *want)
{
    char text[OKR_DEC_TEXT_MAX] = "none";
    struct okr_dec value;
    if (okr_record_dec(titled(OKR_KIND_KEY_RESULT, kr), OKR_F_VALUE, &value))
        okr_dec_format(value, text);
    assert_string_equal(text, want);
}

static const char *const first = "# Lin: Grow\n"
                                 "1. CRO: Build => slow start\n"
                                 "   1. CRO KR: Sell => 70%\n"
                                 "   1. CRO KR: Hire => DONE, all of them\n"
                                 "      1. VP, Sales: Below a KR\n"
                                 "   1. CRO KR: Plan => in progress\n"
                                 "1. VP Sales: Close\n";

static void test_first_import_makes_what_the_file_says(void **state)
{
    (void)state;
    size_t persons = all_of(OKR_KIND_PERSON).n;
    struct okr_import_plan plan = import(first);
    assert_counts(&plan, 7, 0, 0);
    assert_int_equal(plan.payloads[0].kind, OKR_KIND_BATCH);
    /* Lin is known by name; CRO is new; VP, Sales and VP Sales are one. */
    assert_int_equal(all_of(OKR_KIND_PERSON).n, persons + 2);
    struct okr_record *grow = titled(OKR_KIND_OBJECTIVE, "Grow");
    struct okr_record *build = titled(OKR_KIND_OBJECTIVE, "Build");
    struct okr_record *below = titled(OKR_KIND_OBJECTIVE, "Below a KR");
    struct okr_record *close = titled(OKR_KIND_OBJECTIVE, "Close");
    struct okr_record *hire = titled(OKR_KIND_KEY_RESULT, "Hire");
    struct okr_id id = ref_of(grow, OKR_F_O_OWNER);
    assert_true(okr_id_eq(&id, &company.lin));
    id = ref_of(build, OKR_F_CONTRIBUTES_TO);
    assert_true(okr_id_eq(&id, &grow->id));
    id = ref_of(below, OKR_F_CONTRIBUTES_TO);
    assert_true(okr_id_eq(&id, &hire->id));
    id = ref_of(hire, OKR_F_KR_OBJECTIVE);
    assert_true(okr_id_eq(&id, &build->id));
    id = ref_of(below, OKR_F_O_OWNER);
    struct okr_id other = ref_of(close, OKR_F_O_OWNER);
    assert_true(okr_id_eq(&id, &other));
    assert_true(okr_slice_is(
        okr_record_text(okr_company_get(&company, &id), OKR_F_MAIL),
        "vp-sales@import.invalid"));
    assert_int_equal(okr_record_enum(grow, OKR_F_O_STATE, 0),
                     OKR_V_OBJECTIVE_STATE_PUBLISHED);
    assert_value("Sell", "70");
    assert_value("Hire", "100");
    assert_value("Plan", "none");
    assert_int_equal(all_of(OKR_KIND_CHECK_IN).n, 3);
    assert_int_equal(all_of(OKR_KIND_COMMENT).n, 1);
    assert_settled(first);
}

static void test_a_renamed_row_is_one_update(void **state)
{
    (void)state;
    (void)import(first);
    struct okr_id sell = titled(OKR_KIND_KEY_RESULT, "Sell")->id;
    struct okr_id grow = titled(OKR_KIND_OBJECTIVE, "Grow")->id;
    const char *second = "# Lin: Grow more\n"
                         "1. CRO: Build => slow start\n"
                         "   1. CRO KR: Sell more => 70%\n"
                         "   1. CRO KR: Hire => DONE, all of them\n"
                         "      1. VP, Sales: Below a KR\n"
                         "   1. CRO KR: Plan => in progress\n"
                         "1. VP Sales: Close\n";
    struct okr_import_plan plan = import(second);
    assert_counts(&plan, 0, 2, 5);
    assert_int_equal(plan.n, 3); /* a batch, two titles */
    assert_false(plan.acts[0].makes);
    assert_int_equal(plan.acts[1].line, 3);
    struct okr_record *now = titled(OKR_KIND_KEY_RESULT, "Sell more");
    assert_true(okr_id_eq(&now->id, &sell));
    now = titled(OKR_KIND_OBJECTIVE, "Grow more");
    assert_true(okr_id_eq(&now->id, &grow));
    assert_settled(second);
}

/* The row behind an inserted one must not be taken for a renamed one, nor an
 * inserted one for what it displaces, also after several such edits. */
static void test_an_inserted_row_makes_only_itself(void **state)
{
    (void)state;
    (void)import("* X: o\n  * X KR: a\n  * X KR: b\n");
    struct okr_id a = titled(OKR_KIND_KEY_RESULT, "a")->id;
    struct okr_import_plan plan =
        import("* X: o\n  * X KR: new\n  * X KR: a\n  * X KR: b\n");
    assert_counts(&plan, 1, 0, 3);
    assert_int_equal(plan.acts[0].line, 2);
    plan = import("* X: o\n  * X KR: new\n  * X KR: a two\n  * X KR: b\n");
    assert_counts(&plan, 0, 1, 3);
    struct okr_record *now = titled(OKR_KIND_KEY_RESULT, "a two");
    assert_true(okr_id_eq(&now->id, &a));
    plan = import("* X: o\n  * X KR: zero\n  * X KR: new\n  * X KR: a two\n"
                  "  * X KR: b\n  * X KR: last\n");
    assert_counts(&plan, 2, 0, 4);
    assert_int_equal(all_of(OKR_KIND_KEY_RESULT).n, 5);
}

/* One that is gone and another at the end are two things. */
static void test_a_row_for_another_one_elsewhere(void **state)
{
    (void)state;
    (void)import("* X: a\n* X: b\n* X: c\n");
    struct okr_import_plan plan = import("* X: b\n* X: c\n* X: d\n");
    assert_counts(&plan, 1, 0, 2);
    (void)titled(OKR_KIND_OBJECTIVE, "a"); /* nothing is ever taken away */
    plan = import("* Y: a\n* Y: b\n");
    assert_counts(&plan, 2, 0, 0);
    plan = import("* Y: a2\n* Y: b2\n* Y: c2\n");
    assert_counts(&plan, 1, 2, 0);
    struct okr_import_plan again = import("* Y: a2\n* Y: b2\n* Y: c2\n");
    assert_counts(&again, 0, 0, 3);
}

static void test_a_moved_block(void **state)
{
    (void)state;
    (void)import("# A: top\n* X: a\n  * X KR: k\n* X: b\n* X: c\n# B: top\n");
    /* among its siblings: it is the same */
    assert_settled("# A: top\n* X: b\n* X: c\n* X: a\n  * X KR: k\n# B: top\n");
    /* below another parent: its path is another, so it is */
    struct okr_import_plan plan =
        import("# A: top\n* X: b\n* X: c\n# B: top\n* X: a\n  * X KR: k\n");
    assert_counts(&plan, 2, 0, 4);
}

static void test_equal_titles_are_told_apart_by_their_order(void **state)
{
    (void)state;
    const char *three = "* X: o\n  * X KR: same => 10%\n"
                        "  * X KR: same => 20%\n  * X KR: same\n";
    struct okr_import_plan plan = import(three);
    assert_counts(&plan, 4, 0, 0);
    assert_settled(three);
    plan = import("* X: o\n  * X KR: same => 10%\n  * X KR: same => 20%\n"
                  "  * X KR: other\n  * X KR: same\n");
    assert_counts(&plan, 1, 0, 4);
    plan = import("* X: o\n  * X KR: same => 10%\n  * X KR: same => 30%\n"
                  "  * X KR: other\n  * X KR: same\n");
    assert_counts(&plan, 0, 1, 4);
    assert_int_equal(plan.acts[0].line, 3);
}

static void test_a_result_that_changed_corrects_the_last_one(void **state)
{
    (void)state;
    (void)import("* X: o => slow\n  * X KR: k => 10%\n  * X KR: l => soon\n");
    struct okr_import_plan plan =
        import("* X: o => fast\n  * X KR: k => 20%\n  * X KR: l => 5%\n");
    assert_counts(&plan, 0, 3, 0);
    assert_value("k", "20");
    assert_value("l", "5"); /* it has a scale from now on */
    assert_int_equal(
        okr_record_enum(titled(OKR_KIND_KEY_RESULT, "l"), OKR_F_METRIC, 0),
        OKR_V_METRIC_INCREASE);
    plan = import("* X: o => slow\n  * X KR: k => 10%\n  * X KR: l => 5%\n");
    assert_counts(&plan, 0, 2, 1);
    assert_value("k", "10"); /* back again is a change, too */
    plan = import("* X: o => slow\n  * X KR: k => late\n  * X KR: l => 5%\n");
    assert_counts(&plan, 0, 1, 2);
    assert_value("k", "none");
    assert_settled("* X: o => slow\n  * X KR: k => late\n  * X KR: l => 5%\n");
}

/* A title that somebody mended by hand is the same row; the file has the last
 * word on it, and nobody else's place is lost. */
static void test_a_row_renamed_by_hand(void **state)
{
    (void)state;
    (void)import("* X: a\n* X: b\n");
    struct okr_record *a = titled(OKR_KIND_OBJECTIVE, "a");
    struct okr_typed title[] = {OKR_TYPED(OKR_F_O_TITLE, "A!"), {0}};
    struct okr_verdict v = okr_company_act(&company, &company.ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &a->id, title);
    assert_true(okr_verdict_is_in(&v));
    struct okr_import_plan plan = import("* X: new\n* X: a\n* X: b\n");
    assert_counts(&plan, 1, 1, 1);
    struct okr_record *now = titled(OKR_KIND_OBJECTIVE, "a");
    assert_true(okr_id_eq(&now->id, &a->id));
}

static void test_owners(void **state)
{
    (void)state;
    size_t persons = all_of(OKR_KIND_PERSON).n;
    struct okr_import_plan plan = import("* lin@example.org: by mail\n"
                                         "* Wang: by name\n"
                                         "* 张伟: no letter of ASCII\n"
                                         "* 李娜: nor here\n"
                                         "* 张伟: the same\n");
    assert_counts(&plan, 5, 0, 0);
    assert_int_equal(all_of(OKR_KIND_PERSON).n, persons + 2);
    struct okr_id id =
        ref_of(titled(OKR_KIND_OBJECTIVE, "by mail"), OKR_F_O_OWNER);
    assert_true(okr_id_eq(&id, &company.lin));
    id = ref_of(titled(OKR_KIND_OBJECTIVE, "by name"), OKR_F_O_OWNER);
    assert_true(okr_id_eq(&id, &company.wang));
    /* They are listed, so that nobody is made unseen. */
    assert_int_equal(plan.warnings.n, 2);
    assert_int_equal(plan.warnings.at[0].line, 3);
}

static void assert_cycle(const char *name, const char *start, const char *end)
{
    struct okr_ids ids;
    char text[OKR_DAY_TEXT];
    assert_int_equal(okr_index_find(&company.ground.space, OKR_KIND_CYCLE,
                                    OKR_F_CYCLE_NAME, okr_slice_str(name),
                                    &ids),
                     OKR_OK);
    assert_int_equal(ids.n, 1);
    struct okr_record *cycle = okr_company_get(&company, &ids.at[0]);
    okr_day_format((okr_day)okr_record_int(cycle, OKR_F_CYCLE_START, 0), text);
    assert_string_equal(text, start);
    okr_day_format((okr_day)okr_record_int(cycle, OKR_F_CYCLE_END, 0), text);
    assert_string_equal(text, end);
}

static bool warns(const struct okr_import_plan *plan, const char *rule)
{
    for (size_t i = 0; i < plan->warnings.n; i++)
        if (strcmp(plan->warnings.at[i].rule, rule) == 0)
            return true;
    return false;
}

static void test_where_the_cycle_comes_from(void **state)
{
    (void)state;
    const char *dated = "It runs from May 1, 2026 to June 30, 2026.\n* X: a\n";
    struct okr_import_conf conf = conf_of("text");
    struct okr_import_plan plan = plan_of(&conf, dated);
    apply(&plan);
    assert_cycle("text", "2026-05-01", "2026-06-30");
    conf = conf_of("told");
    conf.has_start = conf.has_end = true;
    assert_true(okr_day_parse(OKR_SLICE_LIT("2026-01-01"), &conf.start));
    assert_true(okr_day_parse(OKR_SLICE_LIT("2026-12-31"), &conf.end));
    plan = plan_of(&conf, dated);
    apply(&plan);
    assert_cycle("told", "2026-01-01", "2026-12-31");
    static const char *const names[] = {"FY27-Q2", "2027-Q2", "Q2 2027"};
    for (size_t i = 0; i < 3; i++) {
        conf = conf_of(names[i]);
        plan = plan_of(&conf, "* X: a\n");
        apply(&plan);
        assert_true(warns(&plan, "guessed_dates"));
        assert_cycle(names[i], "2027-04-01", "2027-06-30");
    }
    conf = conf_of("2027-Q2"); /* it is there now */
    plan = plan_of(&conf, "* X: a\n");
    assert_int_equal(plan.n, 0);
    assert_false(warns(&plan, "guessed_dates"));
}

static void assert_impossible(const struct okr_import_conf *conf,
                              const char *text, const char *why)
{
    struct okr_import_plan plan = plan_of(conf, text);
    assert_non_null(plan.impossible);
    if (strstr(plan.impossible, why) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", why, plan.impossible);
    assert_int_equal(plan.n, 0);
    assert_string_equal(plan.errors.at[plan.errors.n - 1].message,
                        plan.impossible);
}

static void test_what_stops_the_whole(void **state)
{
    (void)state;
    struct okr_import_conf conf = conf_of("Autumn");
    assert_impossible(&conf, "* X: a\n", "--start and --end");
    conf = conf_of("Q12 2027");
    assert_impossible(&conf, "* X: a\n", "--start and --end");
    conf.has_start = true;
    assert_impossible(&conf, "* X: a\n", "go together");
    conf.has_end = true;
    conf.start = 10;
    conf.end = 9;
    assert_impossible(&conf, "* X: a\n", "before it starts");
    conf = conf_of("");
    assert_impossible(&conf, "* X: a\n", "--cycle");
    conf = conf_of("Q1");
    assert_impossible(&conf, "", "no line");
    assert_impossible(&conf, "* nothing\n", "no line");
}

static struct okr_verdict in_batch(const struct okr_id *batch,
                                   const struct okr_id *person, uint16_t verb,
                                   uint16_t kind, const struct okr_id *entity,
                                   struct okr_change *changes, size_t n)
{
    struct okr_decision decision;
    struct okr_buf bytes;
    struct okr_payload payload = {.verb = verb,
                                  .kind = kind,
                                  .entity = *entity,
                                  .changes = changes,
                                  .n_changes = n,
                                  .batch = *batch};
    okr_buf_init(&bytes, company.arena);
    okr_payload_encode(&payload, &bytes);
    struct okr_op op = {.id = okr_company_id(&company),
                        .person = *person,
                        .time = company.ground.now,
                        .verb = verb,
                        .schema = OKR_SCHEMA_VERSION,
                        .payload = okr_buf_slice(&bytes)};
    assert_int_equal(okr_judge(&company.ground, &op, &decision), OKR_OK);
    return decision.verdict;
}

/* Ada is admin and champion, but leads nothing: importing lets her do what
 * the file needs, and only that; and a batch is no key for anybody else. */
static void test_a_batch_gives_no_more_than_an_import_needs(void **state)
{
    (void)state;
    struct okr_import_plan plan = import("* X: o\n  * X KR: k => 10%\n");
    struct okr_id batch = plan.payloads[0].entity, none = {{0}};
    struct okr_id fresh = okr_company_id(&company);
    struct okr_id k = titled(OKR_KIND_KEY_RESULT, "k")->id;
    const struct okr_payload *checkin = &plan.payloads[plan.n - 1];
    assert_int_equal(checkin->verb, OKR_VERB_CHECKIN);
    struct okr_verdict v =
        in_batch(&none, &company.ada, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN,
                 &fresh, checkin->changes, checkin->n_changes);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
    v = in_batch(&batch, &company.ada, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN,
                 &fresh, checkin->changes, checkin->n_changes);
    assert_true(okr_verdict_is_in(&v));
    v = in_batch(&batch, &company.li, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN,
                 &fresh, checkin->changes, checkin->n_changes);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
    struct okr_change title = {.field = OKR_F_KR_TITLE,
                               .form = OKR_REG_VALUE,
                               .data = OKR_SLICE_LIT("mine")};
    /* Who is no admin nor champion any more has nothing left of it. */
    struct okr_typed roles[] = {OKR_TYPED(OKR_F_ROLES, "-champion"),
                                OKR_TYPED(OKR_F_ROLES, "-admin"),
                                {0}};
    v = in_batch(&batch, &company.ada, OKR_VERB_SET, OKR_KIND_KEY_RESULT, &k,
                 &title, 1);
    assert_true(okr_verdict_is_in(&v));
    v = okr_company_act(&company, &company.ada, OKR_VERB_SET, OKR_KIND_PERSON,
                        &company.ada, roles);
    assert_true(okr_verdict_is_in(&v));
    v = in_batch(&batch, &company.ada, OKR_VERB_SET, OKR_KIND_KEY_RESULT, &k,
                 &title, 1);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
}

/* A champion imports persons, but cannot make an admin that way. */
static void test_a_champion_imports_no_roles(void **state)
{
    (void)state;
    struct okr_typed roles[] = {OKR_TYPED(OKR_F_ROLES, "-admin"), {0}};
    struct okr_verdict v =
        okr_company_act(&company, &company.ada, OKR_VERB_SET, OKR_KIND_PERSON,
                        &company.ada, roles);
    assert_true(okr_verdict_is_in(&v));
    struct okr_import_plan plan = import("* X: o\n");
    const struct okr_payload *person = &plan.payloads[1];
    assert_int_equal(person->kind, OKR_KIND_PERSON);
    struct okr_id fresh = okr_company_id(&company);
    struct okr_change with[4] = {person->changes[0], person->changes[1],
                                 person->changes[2]};
    with[1].data = OKR_SLICE_LIT("eve@import.invalid");
    v = in_batch(&person->batch, &company.ada, OKR_VERB_ADD, OKR_KIND_PERSON,
                 &fresh, with, 3);
    assert_true(okr_verdict_is_in(&v));
    with[3] = (struct okr_change){
        .field = OKR_F_ROLES,
        .form = OKR_REG_PRESENT,
        .data = okr_value_enum(company.arena, OKR_V_ROLE_ADMIN)};
    v = in_batch(&person->batch, &company.ada, OKR_VERB_ADD, OKR_KIND_PERSON,
                 &fresh, with, 4);
    assert_int_equal(v.rule, OKR_RULE_NOT_PERMITTED);
}

/* Errors stop nothing but their own line. */
static void test_errors_do_not_stop_the_rest(void **state)
{
    (void)state;
    struct okr_import_plan plan = import("* X: a\n* what\n* X: \x01\n* X: b\n");
    assert_counts(&plan, 2, 0, 0);
    assert_int_equal(plan.errors.n, 2);
}

/* As deep as lists can be: the chain of contributions stays within what
 * judging allows. */
static void test_the_deepest_list_is_accepted(void **state)
{
    (void)state;
    struct okr_buf text;
    okr_buf_init(&text, company.arena);
    for (int i = 0; i < 70; i++)
        okr_buf_printf(&text, "%*s* X%s: deep\n", i, "", i % 2 ? " KR" : "");
    okr_buf_u8(&text, 0);
    struct okr_import_plan plan = import((const char *)text.data);
    assert_int_equal(plan.create, 64);
}

static int open_company(void **state)
{
    (void)state;
    okr_company_open(&company);
    return 0;
}

static int close_company(void **state)
{
    (void)state;
    okr_company_close(&company);
    return 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_company, close_company)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_first_import_makes_what_the_file_says),
        TEST(test_a_renamed_row_is_one_update),
        TEST(test_an_inserted_row_makes_only_itself),
        TEST(test_a_row_for_another_one_elsewhere),
        TEST(test_a_moved_block),
        TEST(test_equal_titles_are_told_apart_by_their_order),
        TEST(test_a_result_that_changed_corrects_the_last_one),
        TEST(test_a_row_renamed_by_hand),
        TEST(test_owners),
        TEST(test_where_the_cycle_comes_from),
        TEST(test_what_stops_the_whole),
        TEST(test_errors_do_not_stop_the_rest),
        TEST(test_a_batch_gives_no_more_than_an_import_needs),
        TEST(test_a_champion_imports_no_roles),
        TEST(test_the_deepest_list_is_accepted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
