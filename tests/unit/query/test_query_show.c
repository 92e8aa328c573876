/* One entity with what hangs below it, its history, and open conflicts. */
#include "tests/unit/query/answer.h"
#include "common/model/value.h"

static struct okr_id add_check_in(struct answer *a, const struct okr_id *kr,
                                  const char *note, const char *at)
{
    return okr_acme_add(&a->c, OKR_KIND_CHECK_IN, "key_result",
                        okr_acme_hex(&a->c, kr), "note", note, "observed_at",
                        at, NULL);
}

static void newest_check_ins_first(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "1");
    (void)add_check_in(a, &kr, "second", "2026-04-08T10:00:00Z");
    struct okr_id late = add_check_in(a, &kr, "first", "2026-04-30T10:00:00Z");
    (void)add_check_in(a, &kr, "third", "2026-04-09T10:00:00Z");
    (void)add_check_in(a, &kr, "fourth", "2026-04-09T10:00:00Z");
    /* A clock that was ahead: the server's time counts. */
    okr_acme_set(&a->c, &late, 0, "effective_at", "2026-04-02T10:00:00Z", NULL);
    assert_true(ask(a, "show", arg(a, "ref", &kr), NULL));
    assert_id_at(a, "id", &kr);
    assert_at(a, "check_ins.0.note", "\"fourth\"");
    assert_at(a, "check_ins.1.note", "\"third\"");
    assert_at(a, "check_ins.2.note", "\"second\"");
    assert_at(a, "check_ins.3.note", "\"first\"");
    assert_at(a, "check_ins.4", NULL);
    assert_at(a, "check_ins.0.kind", "\"check_in\"");
    assert_at(a, "detail", "true");
}

static void tasks_and_comments(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id o = add_objective(a, "Grow", NULL);
    const char *subject = okr_acme_hex(c, &o);
    (void)okr_acme_add(c, OKR_KIND_TASK, "subject", subject, "title", "Do",
                       "kind", "blocker", NULL);
    struct okr_id old = okr_acme_add(c, OKR_KIND_TASK, "subject", subject,
                                     "title", "Old", NULL);
    okr_acme_set(c, &old, 0, "archived", "true", NULL);
    (void)okr_acme_add(c, OKR_KIND_COMMENT, "subject", subject, "text",
                       "two\nlines", NULL);
    assert_true(ask(a, "show", arg(a, "ref", &o), NULL));
    assert_at(a, "tasks.0.title", "\"Do\"");
    assert_at(a, "tasks.0.task_kind", "\"blocker\"");
    assert_at(a, "tasks.0.owner", "null");
    assert_at(a, "tasks.1", NULL);
    assert_at(a, "comments.0.text", "\"two\\nlines\"");
    assert_at(a, "comments.0.title", NULL);
    assert_at(a, "check_ins", "[]");
    assert_at(a, "conflicts", "[]");
    assert_true(ask(a, "show", "ref=sales", NULL));
    assert_at(a, "detail", NULL);
}

static struct okr_id add_conflict(struct answer *a, const struct okr_id *about,
                                  const char *field, const char *mine,
                                  const char *theirs)
{
    struct okr_acme *c = &a->c;
    return okr_acme_add(c, OKR_KIND_CONFLICT, "subject", okr_acme_hex(c, about),
                        "field", field, "mine", mine, "theirs", theirs,
                        "mine_author", okr_acme_hex(c, &c->cy), NULL);
}

/* Bytes of a text, of a decimal (12.5) and of a person. */
static void conflicts_in_the_words_of_their_field(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "1");
    struct okr_id x = add_conflict(a, &o, "17", "4d79", "54686569727a");
    (void)add_conflict(a, &kr, "22", "01fa01", "0002");
    (void)add_conflict(a, &o, "18", okr_acme_hex(&a->c, &a->c.cy), "ff");
    assert_true(ask(a, "conflicts", NULL));
    char ref[OKR_REF_TEXT], quoted[OKR_REF_TEXT + 2];
    okr_ref_format(OKR_KIND_OBJECTIVE, &o, 8, ref);
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", ref);
    assert_id_at(a, "0.id", &x);
    assert_id_at(a, "0.subject", &o);
    assert_at(a, "0.subject_ref", quoted);
    assert_at(a, "0.subject_title", "\"Grow\"");
    assert_at(a, "0.field", "\"title\"");
    assert_at(a, "0.base", "null");
    assert_at(a, "0.mine", "\"My\"");
    assert_at(a, "0.theirs", "\"Theirz\"");
    assert_at(a, "0.mine_by", "\"cy@acme.test\"");
    assert_at(a, "0.theirs_by", "null");
    assert_at(a, "0.state", "\"open\"");
    assert_at(a, "1.field", "\"target\"");
    assert_at(a, "1.mine", "\"12.5\"");
    assert_at(a, "1.theirs", "\"1\"");
    assert_at(a, "2.mine", "\"cy@acme.test\"");
    assert_at(a, "2.theirs", "\"ff\"");
    ask(a, "conflicts", arg(a, "ref", &kr), NULL);
    assert_at(a, "0.subject_title", "\"More\"");
    assert_at(a, "1", NULL);
    struct okr_id lost = {{5}};
    (void)add_conflict(a, &lost, "17", "ff", "00");
    assert_true(ask(a, "conflicts", NULL));
    assert_at(a, "3.subject_ref", "null");
    assert_at(a, "3.subject_title", "null");
    assert_at(a, "3.field", "17");
    assert_at(a, "3.mine", "\"ff\"");
    okr_acme_set(&a->c, &x, 0, "state", "resolved", NULL);
    ask(a, "show", arg(a, "ref", &o), NULL);
    assert_at(a, "conflicts.0.field", "\"owner\"");
    assert_at(a, "conflicts.1", NULL);
}

static struct okr_slice text(const char *s)
{
    return okr_slice_str(s);
}

static struct okr_history title_changed(struct answer *a,
                                        struct okr_history_change *changes)
{
    changes[0] = (struct okr_history_change){.field = OKR_F_O_TITLE,
                                             .form_before = OKR_REG_VALUE,
                                             .form_after = OKR_REG_VALUE,
                                             .before = text("Grow"),
                                             .after = text("Grown")};
    changes[1] = (struct okr_history_change){
        .field = OKR_F_O_WEIGHT,
        .form_before = OKR_REG_UNSET,
        .form_after = OKR_REG_VALUE,
        .after = okr_value_dec(a->c.arena, okr_dec_int(5))};
    changes[2] = (struct okr_history_change){.field = OKR_F_SUPPORTS,
                                             .form_before = OKR_REG_PRESENT,
                                             .form_after = OKR_REG_ABSENT,
                                             .before = okr_id_slice(&a->c.acme),
                                             .after = okr_id_slice(&a->c.acme)};
    changes[3] = (struct okr_history_change){.field = OKR_F_HOME,
                                             .form_after = OKR_REG_VALUE,
                                             .after = text("\x08")};
    static const uint16_t origin[] = {OKR_F_AUTHOR, OKR_F_CREATED_AT,
                                      OKR_F_VIA};
    for (size_t i = 0; i < 3; i++)
        changes[4 + i] =
            (struct okr_history_change){.field = origin[i],
                                        .form_after = OKR_REG_VALUE,
                                        .after = text("\x08")};
    return (struct okr_history){.lsn = 70,
                                .last = {.person = a->c.bob,
                                         .verb = OKR_VERB_SET,
                                         .time = OKR_ACME_NOW},
                                .reason = text("clearer"),
                                .changes = changes,
                                .n_changes = 7};
}

static void history_oldest_first(void **state)
{
    struct answer *a = *state;
    struct okr_history_change changes[7];
    struct okr_id o = add_objective(a, "Grown", NULL);
    struct okr_history row = title_changed(a, changes);
    struct okr_history made = {.lsn = 60,
                               .last = {.person = a->c.cy,
                                        .verb = OKR_VERB_ADD,
                                        .time = OKR_ACME_NOW}};
    a->query.last_lsn = 50;
    assert_int_equal(okr_history_put(&a->c.space, &o, &row), OKR_OK);
    assert_true(ask(a, "log", arg(a, "ref", &o), NULL));
    assert_at(a, "0.lsn", "70");
    assert_at(a, "1.history_before", "50"); /* how it began is not here */
    a->query.last_lsn = 0; /* a server's begins with the company */
    assert_true(ask(a, "log", arg(a, "ref", &o), NULL));
    assert_at(a, "1", NULL);
    a->query.last_lsn = 50;
    assert_int_equal(okr_history_put(&a->c.space, &o, &made), OKR_OK);
    assert_true(ask(a, "log", arg(a, "ref", &o), NULL));
    assert_at(a, "0.lsn", "60");
    assert_at(a, "0.verb", "\"add\"");
    assert_at(a, "0.reason", "null");
    assert_at(a, "0.changes", "[]");
    assert_at(a, "1.time", "\"2026-04-15T09:30:00Z\"");
    assert_at(a, "1.person", "\"bob@acme.test\"");
    assert_at(a, "1.site", "null");
    assert_at(a, "1.reason", "\"clearer\"");
    assert_at(a, "1.signature", "\"site\"");
    assert_at(a, "1.collapsed", "false");
    assert_at(a, "1.changes.0",
              "{\"field\":\"title\",\"before\":\"Grow\",\"after\":\"Grown\"}");
    assert_at(a, "1.changes.1",
              "{\"field\":\"weight\",\"before\":null,\"after\":\"5\"}");
    assert_at(a, "1.changes.2.after", "null");
    assert_id_at(a, "1.changes.2.before", &a->c.acme);
    assert_at(a, "1.changes.3", NULL);
    assert_at(a, "2", NULL);
}

static void a_line_of_watch(void **state)
{
    struct answer *a = *state;
    struct okr_json json;
    struct okr_history_change changes[7];
    struct okr_id o = add_objective(a, "Grown", NULL), none = {{1}};
    struct okr_history row = title_changed(a, changes);
    row.collapsed = true;
    row.last.is_signed = true;
    row.last.site = okr_acme_add(&a->c, OKR_KIND_SITE, "name", "Oslo", NULL);
    answer_begin(a, &json);
    assert_int_equal(okr_query_change(&a->query, &o, &row, &json), OKR_OK);
    answer_end(a);
    assert_null(strchr((const char *)a->json.data, '\n'));
    assert_at(a, "lsn", "70");
    assert_at(a, "person", "\"bob@acme.test\"");
    assert_at(a, "site", "\"Oslo\"");
    assert_at(a, "signature", "\"person\"");
    assert_at(a, "verb", "\"set\"");
    assert_at(a, "kind", "\"objective\"");
    assert_at(a, "title", "\"Grown\"");
    assert_at(a, "collapsed", "true");
    assert_at(a, "changes.0.after", "\"Grown\"");
    assert_id_at(a, "id", &o);
    /* Others learn of a draft only that it changed. */
    okr_acme_set(&a->c, &o, 0, "state", "draft", NULL);
    answer_begin(a, &json);
    assert_int_equal(okr_query_change(&a->query, &o, &row, &json), OKR_OK);
    answer_end(a);
    assert_at(a, "title", "null");
    assert_at(a, "changes", "[]");
    assert_at(a, "reason", "null");
    assert_at(a, "verb", "\"set\"");
    /* It may have left the scopes that are followed. */
    answer_begin(a, &json);
    assert_int_equal(okr_query_change(&a->query, &none, &row, &json), OKR_OK);
    answer_end(a);
    assert_at(a, "kind", "null");
    assert_at(a, "title", "null");
    assert_at(a, "changes", "[]");
}

/* Every read that fails is told, and no half answer is taken for a whole. */
static void failing_reads_are_told(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "1");
    (void)add_check_in(a, &kr, "x", "2026-04-08T10:00:00Z");
    struct okr_arg args[] = {
        {OKR_SLICE_LIT("ref"), okr_slice_str(okr_acme_hex(&a->c, &kr))}};
    struct okr_ask question = {
        .method = OKR_SLICE_LIT("show"), .args = args, .n_args = 1};
    struct okr_json json;
    for (unsigned n = 1;; n++) {
        answer_begin(a, &json);
        okr_arena_fail_at(a->c.arena, n);
        enum okr_err err =
            okr_query_answer(&a->query, &question, &json, &a->problem);
        okr_arena_fail_at(a->c.arena, 0);
        if (err == OKR_OK)
            break;
        assert_int_equal(err, OKR_ERR_NOMEM);
        assert_in_range(n, 1, 1000);
    }
    answer_end(a);
    assert_at(a, "check_ins.0.note", "\"x\"");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, answer_open, answer_close)
    const struct CMUnitTest tests[] = {
        T(newest_check_ins_first),
        T(tasks_and_comments),
        T(conflicts_in_the_words_of_their_field),
        T(history_oldest_first),
        T(a_line_of_watch),
        T(failing_reads_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
