/* The formal workflow, from the first draft to what is carried over: who may
 * what in which phase, and what is said when it is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/base/flaw.h"
#include "common/model/dates.h"
#include "common/model/value.h"
#include "tests/lib/company.h"

#define O OKR_KIND_OBJECTIVE
#define K OKR_KIND_KEY_RESULT
#define C OKR_KIND_CYCLE

/* One change of one entity, as typed; NONE where it is in. */
static enum okr_rule act(struct okr_company *c, const struct okr_id *person,
                         uint16_t verb, const struct okr_id *id, uint16_t field,
                         const char *text)
{
    struct okr_typed with[] = {OKR_TYPED(field, text), {0}};
    uint16_t kind = okr_company_get(c, id)->kind;
    struct okr_verdict v = okr_company_act(c, person, verb, kind, id, with);
    if (v.outcome == OKR_OUTCOME_UNKNOWN_HERE ||
        v.outcome == OKR_OUTCOME_PARKED)
        fail_msg("it waits");
    return v.rule;
}

#define OK(call) assert_int_equal((call), OKR_RULE_NONE)
#define REFUSED(call, name) assert_int_equal((call), OKR_RULE_##name)

static enum okr_rule move(struct okr_company *c, const struct okr_id *person,
                          uint16_t verb, const struct okr_id *id,
                          const char *to)
{
    uint16_t kind = okr_company_get(c, id)->kind;
    return act(c, person, verb, id, okr_move_field(kind), to);
}

static enum okr_rule because(struct okr_company *c, const char *reason)
{
    c->reason = reason;
    return OKR_RULE_NONE;
}

static void go_to(struct okr_company *c, const char *day)
{
    okr_day d;
    assert_true(okr_day_parse(okr_slice_str(day), &d));
    c->ground.now = (okr_us)d * 24 * 3600 * OKR_US_PER_S;
}

static uint32_t state_of(struct okr_company *c, const struct okr_id *id)
{
    struct okr_record *r = okr_company_get(c, id);
    return okr_record_enum(r, okr_move_field(r->kind), 0);
}

static struct okr_id cycle(struct okr_company *c, const char *name,
                           const char *start, const char *end)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_TYPED(OKR_F_CYCLE_NAME, name),
                               OKR_TYPED(OKR_F_CYCLE_KIND, "quarter"),
                               OKR_TYPED(OKR_F_CYCLE_START, start),
                               OKR_TYPED(OKR_F_CYCLE_END, end),
                               {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_ADD, C, &id, with);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    return id;
}

/* A key result that publishing has nothing against. */
static struct okr_id whole_kr(struct okr_company *c, const struct okr_id *o,
                              const struct okr_id *owner)
{
    struct okr_id id = okr_company_kr(c, o, owner, "kr");
    OK(act(c, owner, OKR_VERB_SET, &id, OKR_F_KR_DUE, "2026-03-31"));
    return id;
}

static struct okr_id whole_objective(struct okr_company *c,
                                     const struct okr_id *owner,
                                     const struct okr_id *unit)
{
    struct okr_id id = okr_company_objective(c, owner, unit, "o");
    whole_kr(c, &id, owner);
    whole_kr(c, &id, owner);
    return id;
}

/* Formal, with ada above everybody, and a cycle at its very beginning. */
static void make_formal(struct okr_company *c)
{
    struct okr_typed lead[] = {OKR_REF(OKR_F_LEAD, c->ada), {0}};
    okr_company_act(c, &c->ada, OKR_VERB_SET, OKR_KIND_UNIT, &c->root, lead);
    OK(act(c, &c->ada, OKR_VERB_SET, &c->ada, OKR_F_ROLES, "+management"));
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_WORKFLOW, "formal"));
    c->cycle = cycle(c, "F", "2026-01-01", "2026-03-31");
    assert_int_equal(state_of(c, &c->cycle), OKR_V_PHASE_DRAFTING);
}

/* Approved, in a cycle that is published. */
static struct okr_id published(struct okr_company *c,
                               const struct okr_id *owner,
                               const struct okr_id *unit)
{
    struct okr_id o = whole_objective(c, owner, unit);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, owner, OKR_VERB_SUBMIT, &o, "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &o, "published"));
    return o;
}

static size_t offences(const struct okr_company *c, enum okr_flaw flaw,
                       const struct okr_id *about)
{
    const struct okr_verdict *v = &c->decision.verdict;
    size_t n = 0;
    for (size_t i = 0; i < v->n_offences; i++)
        n += v->offences[i].flaw == flaw &&
             (about == NULL || okr_id_eq(&v->offences[i].about, about));
    return n;
}

/* ---- drafting and review ------------------------------------------------- */

static void what_is_drafted_is_submitted_and_approved(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = whole_objective(c, &c->wang, &c->sh);
    assert_int_equal(state_of(c, &o), OKR_V_OBJECTIVE_STATE_DRAFT);
    REFUSED(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"), PHASE);
    assert_true(okr_id_eq(&c->decision.verdict.about, &c->cycle));
    REFUSED(move(c, &c->wang, OKR_VERB_ADVANCE, &c->cycle, "review"),
            NOT_PERMITTED);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    REFUSED(move(c, &c->wang, OKR_VERB_PUBLISH, &o, "published"),
            NOT_PERMITTED);
    REFUSED(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"), WRONG_STATE);
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"));
    REFUSED(move(c, &c->lin, OKR_VERB_APPROVE, &o, "approved"), NOT_PERMITTED);
    REFUSED(move(c, &c->ada, OKR_VERB_RETURN, &o, "draft"), NEEDS_REASON);
    OK(because(c, "say for whom"));
    OK(move(c, &c->ada, OKR_VERB_RETURN, &o, "draft"));
    OK(because(c, NULL));
    OK(act(c, &c->wang, OKR_VERB_SET, &o, OKR_F_O_TITLE, "for customers"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
    REFUSED(move(c, &c->ada, OKR_VERB_PUBLISH, &o, "published"), PHASE);
    REFUSED(move(c, &c->ada, OKR_VERB_CLOSE, &c->cycle, "closed"), WRONG_STATE);
}

static void nobody_approves_his_own(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = whole_objective(c, &c->ada, &c->root);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, &c->ada, OKR_VERB_SUBMIT, &o, "submitted"));
    REFUSED(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"), OWN);
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_SELF_APPROVE, "true"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
}

/* ---- publishing ---------------------------------------------------------- */

/* Every way to be wrong, each named once, in one refusal. */
static void publishing_names_all_offenders(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id few = okr_company_objective(c, &c->wang, &c->sh, "few");
    struct okr_id bad = okr_company_kr(c, &few, &c->wang, "no due");
    struct okr_id many = okr_company_objective(c, &c->lin, &c->sh, "many");
    for (int i = 0; i < 6; i++) {
        struct okr_id kr = whole_kr(c, &many, &c->lin);
        OK(act(c, &c->lin, OKR_VERB_SET, &kr, OKR_F_KR_WEIGHT, "20"));
    }
    struct okr_id out = whole_objective(c, &c->lin, &c->sh);
    struct okr_id late = whole_kr(c, &out, &c->lin);
    OK(act(c, &c->lin, OKR_VERB_SET, &late, OKR_F_KR_DUE, "2026-04-01"));
    OK(act(c, &c->lin, OKR_VERB_SET, &late, OKR_F_METRIC, "unmeasured"));
    struct okr_id pulled = whole_objective(c, &c->li, &c->bj);
    struct okr_id gone = whole_objective(c, &c->li, &c->bj);
    struct okr_typed up[] = {OKR_REF(OKR_F_CONTRIBUTES_TO, gone), {0}};
    okr_company_act(c, &c->li, OKR_VERB_SET, O, &pulled, up);
    struct okr_id all[7] = {few, many, out, pulled};
    for (size_t i = 4; i < 7; i++)
        all[i] = whole_objective(c, &c->li, &c->bj);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    for (size_t i = 0; i < 7; i++) {
        struct okr_id owner;
        assert_true(
            okr_record_id(okr_company_get(c, &all[i]), OKR_F_O_OWNER, &owner));
        OK(move(c, &owner, OKR_VERB_SUBMIT, &all[i], "submitted"));
        if (i < 6)
            OK(move(c, &c->ada, OKR_VERB_APPROVE, &all[i], "approved"));
    }
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_OBJECTIVES_MAX, "2"));
    REFUSED(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"), LIMITS);
    assert_int_equal(offences(c, OKR_FLAW_KRS_FEW, &few), 1);
    assert_int_equal(offences(c, OKR_FLAW_DUE, &bad), 1);
    assert_int_equal(offences(c, OKR_FLAW_KRS_MANY, &many), 1);
    assert_int_equal(offences(c, OKR_FLAW_WEIGHTS, &many), 1);
    assert_int_equal(offences(c, OKR_FLAW_OUTSIDE, &late), 1);
    assert_int_equal(offences(c, OKR_FLAW_METRIC, &late), 1);
    assert_int_equal(offences(c, OKR_FLAW_DANGLING, &pulled), 1);
    assert_int_equal(offences(c, OKR_FLAW_OBJECTIVES, &c->li), 1);
    assert_int_equal(offences(c, OKR_FLAW_SUBMITTED, &all[6]), 1);
    assert_int_equal(c->decision.verdict.n_offences, 9);
    const struct okr_verdict *v = &c->decision.verdict;
    for (size_t i = 0; i < v->n_offences; i++)
        if (v->offences[i].flaw == OKR_FLAW_KRS_MANY)
            assert_int_equal(v->offences[i].count, 6);
    assert_int_equal(state_of(c, &c->cycle), OKR_V_PHASE_REVIEW);
}

static void a_reason_leaves_open_what_is_not_decided(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = whole_objective(c, &c->wang, &c->sh);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"));
    REFUSED(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"), LIMITS);
    assert_int_equal(c->decision.verdict.n_offences, 1);
    OK(because(c, "the others begin"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"));
    /* The late one is decided on, and goes out by itself. */
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &o, "published"));
    assert_int_equal(state_of(c, &o), OKR_V_OBJECTIVE_STATE_PUBLISHED);
}

static void who_left_owns_nothing_new(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = whole_objective(c, &c->wang, &c->sh);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
    OK(act(c, &c->ada, OKR_VERB_LEAVE, &c->wang, OKR_F_LEFT, "2026-02-01"));
    REFUSED(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"), LIMITS);
    assert_int_equal(offences(c, OKR_FLAW_OWNER, NULL), 3);
    struct okr_typed to[] = {OKR_REF(OKR_F_O_OWNER, c->wang), {0}};
    struct okr_id li = okr_company_objective(c, &c->li, &c->bj, "x");
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_SET, O, &li, to);
    assert_int_equal(v.rule, OKR_RULE_LEFT);
    assert_true(okr_id_eq(&v.about, &c->wang));
}

/* ---- what is published --------------------------------------------------- */

static struct okr_id first_kr(struct okr_company *c, const struct okr_id *o)
{
    struct okr_ids ids;
    assert_int_equal(okr_index_children(&c->ground.space, o, K, &ids), OKR_OK);
    assert_true(ids.n > 0);
    return ids.at[0];
}

static void published_objectives_are_frozen(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = published(c, &c->wang, &c->sh), kr = first_kr(c, &o);
    REFUSED(act(c, &c->wang, OKR_VERB_SET, &o, OKR_F_O_TITLE, "x"), FROZEN);
    REFUSED(act(c, &c->ada, OKR_VERB_SET, &o, OKR_F_O_WEIGHT, "1"), FROZEN);
    REFUSED(act(c, &c->wang, OKR_VERB_SET, &kr, OKR_F_TARGET, "1"), FROZEN);
    REFUSED(act(c, &c->ada, OKR_VERB_ARCHIVE, &o, OKR_F_ARCHIVED, "true"),
            FROZEN);
    struct okr_typed to[] = {OKR_REF(OKR_F_O_OWNER, c->lin), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET, O, &o, to);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
    OK(move(c, &c->lin, OKR_VERB_ABANDON, &o, "abandoned"));
    REFUSED(act(c, &c->lin, OKR_VERB_SET, &kr, OKR_F_TARGET, "1"), FROZEN);
}

static enum okr_rule revise(struct okr_company *c, const struct okr_id *kr,
                            bool exceptional)
{
    struct okr_typed with[] = {
        OKR_TYPED(OKR_F_TARGET, "90"),
        OKR_TYPED(exceptional ? OKR_F_EXCEPTIONAL : 0, "true"),
        {0}};
    return okr_company_act(c, &c->wang, OKR_VERB_REVISE, K, kr, with).rule;
}

static enum okr_rule add_kr(struct okr_company *c, const struct okr_id *o)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_REF(OKR_F_KR_OBJECTIVE, *o),
                               OKR_TYPED(OKR_F_KR_TITLE, "one more"),
                               OKR_REF(OKR_F_KR_OWNER, c->wang),
                               {0}};
    return okr_company_act(c, &c->wang, OKR_VERB_ADD, K, &id, with).rule;
}

/* The window of 2026-01-01..03-31 is open from 02-15 to 02-28. */
static void key_results_are_revised_at_half_time(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = published(c, &c->wang, &c->sh), kr = first_kr(c, &o);
    static const struct {
        const char *day;
        bool open;
    } days[] = {{"2026-02-14", false},
                {"2026-02-15", true},
                {"2026-02-28", true},
                {"2026-03-01", false}};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        go_to(c, days[i].day);
        enum okr_rule shut = days[i].open ? OKR_RULE_NONE : OKR_RULE_WINDOW;
        enum okr_rule needs =
            days[i].open ? OKR_RULE_NEEDS_REASON : OKR_RULE_WINDOW;
        OK(because(c, NULL));
        REFUSED(revise(c, &kr, true), NEEDS_REASON);
        assert_int_equal(add_kr(c, &o), needs);
        assert_int_equal(
            act(c, &c->wang, OKR_VERB_ARCHIVE, &kr, OKR_F_ARCHIVED, "true"),
            needs);
        OK(because(c, "the market halved"));
        assert_int_equal(revise(c, &kr, false), shut);
        OK(revise(c, &kr, true));
    }
    assert_true(okr_record_bool(okr_company_get(c, &kr), OKR_F_EXCEPTIONAL));
    go_to(c, "2026-04-01");
    REFUSED(revise(c, &kr, true), PHASE); /* it is assessed by now */
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_WORKFLOW, "light"));
    OK(revise(c, &kr, false));
}

/* A text of two authors, kept aside before: what stands may stay, nothing
 * else comes back. */
static void a_conflict_does_not_thaw(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = whole_objective(c, &c->wang, &c->sh);
    OK(act(c, &c->wang, OKR_VERB_SET, &o, OKR_F_O_TITLE, "his words"));
    struct okr_typed blind[] = {OKR_TYPED(OKR_F_O_TITLE, "her words"), {0}};
    blind[0].blind = true;
    struct okr_verdict v =
        okr_company_act(c, &c->lin, OKR_VERB_SET, O, &o, blind);
    assert_int_equal(v.outcome, OKR_OUTCOME_CONFLICT);
    struct okr_id x = v.about;
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &o, "published"));
    struct okr_typed mine[] = {OKR_TYPED(OKR_F_MINE, NULL), {0}};
    v = okr_company_act(c, &c->lin, OKR_VERB_RESOLVE, OKR_KIND_CONFLICT, &x,
                        mine);
    assert_int_equal(v.rule, OKR_RULE_FROZEN);
    struct okr_typed theirs[] = {OKR_TYPED(OKR_F_THEIRS, NULL), {0}};
    v = okr_company_act(c, &c->lin, OKR_VERB_RESOLVE, OKR_KIND_CONFLICT, &x,
                        theirs);
    assert_int_equal(v.outcome, OKR_OUTCOME_ACCEPTED);
}

/* ---- the end ------------------------------------------------------------- */

static enum okr_rule check_in(struct okr_company *c, const struct okr_id *kr,
                              const char *value)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {
        OKR_REF(OKR_F_CI_KEY_RESULT, *kr),
        OKR_TYPED(OKR_F_CI_VALUE, value),
        OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-02-02T08:00:00Z"),
        {0}};
    return okr_company_act(c, &c->wang, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN,
                           &id, with)
        .rule;
}

static enum okr_rule assess(struct okr_company *c, const struct okr_id *person,
                            const struct okr_id *on, const char *kind)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_REF(OKR_F_AS_SUBJECT, *on),
                               OKR_TYPED(OKR_F_AS_KIND, kind),
                               OKR_TYPED(OKR_F_AS_SCORE, "0.5"),
                               {0}};
    return okr_company_act(c, person, OKR_VERB_ADD, OKR_KIND_ASSESSMENT, &id,
                           with)
        .rule;
}

static void assert_score(struct okr_company *c, const struct okr_id *id,
                         const char *score)
{
    struct okr_record *r = okr_company_get(c, id);
    struct okr_dec dec;
    uint16_t field = r->kind == O ? OKR_F_O_SCORE : OKR_F_KR_SCORE;
    char text[OKR_DEC_TEXT_MAX] = "";
    if (okr_record_dec(r, field, &dec))
        okr_dec_format(dec, text);
    assert_string_equal(text, score);
}

static void end_cycle(struct okr_company *c)
{
    static const char *const phases[] = {"running", "assessing", "reflecting"};
    for (size_t i = 0; i < 3; i++)
        OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, phases[i]));
    OK(move(c, &c->ada, OKR_VERB_CLOSE, &c->cycle, "closed"));
}

static void scores_are_final_at_the_close(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = published(c, &c->wang, &c->sh), kr[4];
    struct okr_ids ids;
    OK(because(c, "more to do"));
    go_to(c, "2026-02-20");
    OK(add_kr(c, &o));
    OK(add_kr(c, &o));
    assert_int_equal(okr_index_children(&c->ground.space, &o, K, &ids), OKR_OK);
    assert_int_equal(ids.n, 4);
    size_t first = 0, last = 4; /* those without a metric come last */
    for (size_t i = 0; i < 4; i++) {
        bool metric =
            okr_record_has(okr_company_get(c, &ids.at[i]), OKR_F_METRIC);
        kr[metric ? first++ : --last] = ids.at[i];
    }
    OK(check_in(c, &kr[0], "66"));
    REFUSED(act(c, &c->wang, OKR_VERB_SCORE, &kr[1], OKR_F_KR_SCORE, "1"),
            PHASE);
    REFUSED(assess(c, &c->wang, &kr[0], "self"), PHASE);
    go_to(c, "2026-04-02"); /* by its dates it is assessed now */
    OK(act(c, &c->wang, OKR_VERB_SCORE, &kr[1], OKR_F_KR_SCORE, "0.36"));
    OK(act(c, &c->wang, OKR_VERB_SCORE, &kr[2], OKR_F_NOT_APPLICABLE, "true"));
    OK(assess(c, &c->wang, &kr[0], "self"));
    REFUSED(assess(c, &c->li, &kr[0], "self"), NOT_PERMITTED);
    REFUSED(assess(c, &c->wang, &kr[0], "lead"), NOT_PERMITTED);
    OK(assess(c, &c->lin, &kr[0], "lead"));
    OK(assess(c, &c->li, &kr[0], "peer"));
    OK(check_in(c, &kr[0], "67"));
    REFUSED(move(c, &c->ada, OKR_VERB_CLOSE, &o, "closed"), PHASE);
    end_cycle(c);
    OK(move(c, &c->ada, OKR_VERB_CLOSE, &o, "closed"));
    assert_score(c, &kr[0], "0.7");  /* 0.67, to one decimal */
    assert_score(c, &kr[1], "0.36"); /* his own */
    assert_score(c, &kr[2], "");     /* not applicable */
    assert_score(c, &kr[3], "0");    /* never measured */
    assert_score(c, &o, "0.353333"); /* the mean of three */
    REFUSED(check_in(c, &kr[0], "99"), LATE);
    REFUSED(act(c, &c->wang, OKR_VERB_SCORE, &kr[0], OKR_F_KR_SCORE, "1"),
            FROZEN);
    REFUSED(act(c, &c->ada, OKR_VERB_SET, &o, OKR_F_O_TITLE, "x"), FROZEN);
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_WORKFLOW, "light"));
    REFUSED(act(c, &c->ada, OKR_VERB_SET, &o, OKR_F_O_TITLE, "x"), FROZEN);
}

static enum okr_rule carry_over(struct okr_company *c,
                                const struct okr_id *person,
                                const struct okr_id *from,
                                struct okr_id *ret_id)
{
    struct okr_typed with[] = {
        OKR_REF(OKR_F_O_CYCLE, c->cycle),   OKR_TYPED(OKR_F_O_TITLE, "again"),
        OKR_REF(OKR_F_O_OWNER, c->wang),    OKR_REF(OKR_F_O_UNIT, c->sh),
        OKR_REF(OKR_F_CARRIED_FROM, *from), {0}};
    *ret_id = okr_company_id(c);
    return okr_company_act(c, person, OKR_VERB_ADD, O, ret_id, with).rule;
}

static void what_is_over_is_carried_over_once(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = published(c, &c->wang, &c->sh), next, twice;
    struct okr_id old = c->cycle;
    c->cycle = cycle(c, "G", "2026-04-01", "2026-06-30");
    REFUSED(carry_over(c, &c->ada, &o, &next), WRONG_STATE);
    REFUSED(act(c, &c->ada, OKR_VERB_CARRY, &o, OKR_F_CARRIED, "keep"),
            WRONG_STATE);
    struct okr_id fresh = c->cycle;
    c->cycle = old;
    end_cycle(c);
    OK(move(c, &c->ada, OKR_VERB_CLOSE, &o, "closed"));
    c->cycle = fresh;
    OK(carry_over(c, &c->ada, &o, &next));
    assert_int_equal(state_of(c, &next), OKR_V_OBJECTIVE_STATE_DRAFT);
    REFUSED(carry_over(c, &c->wang, &o, &twice), DUPLICATE);
    assert_true(okr_id_eq(&c->decision.verdict.about, &next));
    REFUSED(act(c, &c->wang, OKR_VERB_CARRY, &o, OKR_F_CARRIED, "keep"),
            NOT_PERMITTED);
    OK(act(c, &c->ada, OKR_VERB_CARRY, &o, OKR_F_CARRIED, "keep"));
}

/* ---- tasks --------------------------------------------------------------- */

static struct okr_id task(struct okr_company *c, const struct okr_id *on)
{
    struct okr_id id = okr_company_id(c);
    struct okr_typed with[] = {OKR_REF(OKR_F_T_SUBJECT, *on),
                               OKR_TYPED(OKR_F_T_TITLE, "t"),
                               OKR_REF(OKR_F_T_OWNER, c->wang),
                               {0}};
    OK(okr_company_act(c, &c->wang, OKR_VERB_ADD, OKR_KIND_TASK, &id, with)
           .rule);
    return id;
}

static enum okr_rule depend(struct okr_company *c, const struct okr_id *task,
                            const struct okr_id *on)
{
    struct okr_typed with[] = {OKR_REF(OKR_F_DEPENDS_ON, *on), {0}};
    with[0].text = "+";
    return okr_company_act(c, &c->wang, OKR_VERB_SET, OKR_KIND_TASK, task, with)
        .rule;
}

static void tasks_wait_for_those_they_depend_on(void **state)
{
    struct okr_company *c = *state;
    struct okr_id o = whole_objective(c, &c->wang, &c->sh);
    struct okr_id a = task(c, &o), b = task(c, &o), d = task(c, &o);
    OK(depend(c, &a, &b));
    OK(depend(c, &b, &d));
    REFUSED(depend(c, &d, &a), CIRCLE);
    REFUSED(depend(c, &d, &d), CIRCLE);
    REFUSED(move(c, &c->wang, OKR_VERB_FINISH, &a, "done"), BLOCKED);
    assert_true(okr_id_eq(&c->decision.verdict.about, &b));
    OK(move(c, &c->wang, OKR_VERB_START, &a, "doing"));
    OK(move(c, &c->wang, OKR_VERB_FINISH, &d, "done"));
    OK(move(c, &c->wang, OKR_VERB_FINISH, &b, "done"));
    OK(move(c, &c->wang, OKR_VERB_FINISH, &a, "done"));
    struct okr_id e = task(c, &o), born = okr_company_id(c);
    struct okr_typed with[] = {OKR_REF(OKR_F_T_SUBJECT, o),
                               OKR_TYPED(OKR_F_T_TITLE, "done at birth"),
                               OKR_REF(OKR_F_T_OWNER, c->wang),
                               OKR_TYPED(OKR_F_T_STATE, "done"),
                               OKR_REF(OKR_F_DEPENDS_ON, e),
                               {0}};
    with[4].text = "+";
    struct okr_verdict v =
        okr_company_act(c, &c->wang, OKR_VERB_ADD, OKR_KIND_TASK, &born, with);
    assert_int_equal(v.rule, OKR_RULE_BLOCKED);
}

/* ---- light, formal, light ------------------------------------------------ */

/* Whatever state a company is in when it turns, every way on is still there,
 * and nothing but the policy has changed. */
static void turning_loses_nothing(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o[5];
    for (size_t i = 0; i < 5; i++)
        o[i] = whole_objective(c, i < 3 ? &c->wang : &c->li, &c->sh);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o[1], "submitted"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o[2], "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o[2], "approved"));
    static const char *const turns[] = {"light", "formal", "light", "formal"};
    for (size_t i = 0; i < 4; i++) {
        uint32_t was[5], phase = state_of(c, &c->cycle);
        for (size_t k = 0; k < 5; k++)
            was[k] = state_of(c, &o[k]);
        OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_WORKFLOW, turns[i]));
        assert_int_equal(c->decision.draft.n, 1); /* the policy, and no more */
        for (size_t k = 0; k < 5; k++)
            assert_int_equal(state_of(c, &o[k]), was[k]);
        assert_int_equal(state_of(c, &c->cycle), phase);
    }
    /* Light: each goes out from where it stands, whatever the phase. */
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_WORKFLOW, "light"));
    for (size_t i = 0; i < 3; i++)
        OK(move(c, &c->wang, OKR_VERB_PUBLISH, &o[i], "published"));
    OK(act(c, &c->wang, OKR_VERB_SET, &o[0], OKR_F_O_TITLE, "better"));
    /* Formal again: the rest takes the long way, in the same cycle. */
    OK(act(c, &c->ada, OKR_VERB_SET, &c->policy, OKR_F_WORKFLOW, "formal"));
    REFUSED(act(c, &c->wang, OKR_VERB_SET, &o[0], OKR_F_O_TITLE, "no"), FROZEN);
    OK(move(c, &c->li, OKR_VERB_SUBMIT, &o[3], "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o[3], "approved"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &c->cycle, "published"));
    OK(move(c, &c->ada, OKR_VERB_PUBLISH, &o[3], "published"));
}

/* ---- at a site ----------------------------------------------------------- */

/* It judges as the server does; of what it cannot see it says so. */
static void a_site_waits_for_what_it_cannot_see(void **state)
{
    struct okr_company *c = *state;
    make_formal(c);
    struct okr_id o = whole_objective(c, &c->wang, &c->sh);
    OK(move(c, &c->ada, OKR_VERB_ADVANCE, &c->cycle, "review"));
    OK(move(c, &c->wang, OKR_VERB_SUBMIT, &o, "submitted"));
    OK(move(c, &c->ada, OKR_VERB_APPROVE, &o, "approved"));
    c->ground.server = false;
    REFUSED(act(c, &c->ada, OKR_VERB_SCORE, &o, OKR_F_O_SCORE, "1"),
            NEEDS_REASON);
    struct okr_typed to[] = {OKR_TYPED(OKR_F_PHASE, "published"), {0}};
    struct okr_record *wang = okr_company_get(c, &c->wang);
    assert_int_equal(okr_entity_drop(&c->ground.space, wang, 0), OKR_OK);
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_PUBLISH, C, &c->cycle, to);
    assert_int_equal(v.outcome, OKR_OUTCOME_UNKNOWN_HERE);
    assert_true(okr_id_eq(&c->decision.waits_for, &c->wang));
}

static int setup(void **state)
{
    static struct okr_company company;
    okr_company_open(&company);
    *state = &company;
    return 0;
}

static int teardown(void **state)
{
    okr_company_close(*state);
    return 0;
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(what_is_drafted_is_submitted_and_approved),
        CASE(nobody_approves_his_own),
        CASE(publishing_names_all_offenders),
        CASE(a_reason_leaves_open_what_is_not_decided),
        CASE(who_left_owns_nothing_new),
        CASE(published_objectives_are_frozen),
        CASE(key_results_are_revised_at_half_time),
        CASE(a_conflict_does_not_thaw),
        CASE(scores_are_final_at_the_close),
        CASE(what_is_over_is_carried_over_once),
        CASE(tasks_wait_for_those_they_depend_on),
        CASE(turning_loses_nothing),
        CASE(a_site_waits_for_what_it_cannot_see),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
