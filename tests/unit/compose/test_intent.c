/* What a dishonest daemon could want signed.  That an honest one's payload
 * passes, every other test of this folder sees (asking.h). */
#include <stdlib.h>

#include "tests/unit/compose/asking.h"

#include "common/compose/say.h"

enum { ARGS = 8 };

struct line {
    const char *method;
    const char *args[ARGS]; /* "name=value", up to NULL */
};

static struct okr_ask asked(const struct line *line, struct okr_arg *args)
{
    struct okr_ask ask = {.method = okr_slice_str(line->method), .args = args};
    for (size_t i = 0; i < ARGS && line->args[i] != NULL; i++) {
        const char *eq = strchr(line->args[i], '=');
        args[i].name =
            okr_slice_of(line->args[i], (size_t)(eq - line->args[i]));
        args[i].value = okr_slice_str(eq + 1);
        ask.n_args = i + 1;
    }
    return ask;
}

static void compose(struct asking *a, const struct line *line)
{
    struct okr_arg args[ARGS];
    struct okr_ask question = asked(line, args);
    memset(&a->payload, 0, sizeof a->payload);
    a->ground.space = a->c.space;
    assert_int_equal(
        okr_compose(&a->ground, &question, &a->payload, &a->problem), OKR_OK);
    assert_done(a);
    assert_as_typed(a, &question);
}

static bool passes(struct asking *a, const struct line *line)
{
    struct okr_arg args[ARGS];
    struct okr_ask question = asked(line, args);
    struct okr_problem problem;
    const struct okr_intent intent = {.ask = &question,
                                      .person = a->ground.person,
                                      .now = a->ground.now,
                                      .arena = a->c.arena};
    assert_int_equal(okr_intent_check(&intent, &a->payload, &problem), OKR_OK);
    if (problem.rule != OKR_RULE_NONE)
        assert_true(problem.what[0] != 0 && problem.remedy[0] != 0);
    return problem.rule == OKR_RULE_NONE;
}

static struct okr_change *one(struct asking *a, uint16_t field)
{
    for (size_t i = 0; i < a->payload.n_changes; i++)
        if (a->payload.changes[i].field == field)
            return &a->payload.changes[i];
    fail_msg("no change of %u", field);
    abort(); /* the compiler does not know that fail_msg() never returns */
}

static const struct line task = {
    "add",
    {"kind=task", "title=Call them", "subject=SUBJECT", "due=2026-03-01"}};

static struct line with_subject(struct asking *a, const struct line *line)
{
    struct line own = *line;
    for (size_t i = 0; i < ARGS && own.args[i] != NULL; i++)
        if (strcmp(own.args[i], "subject=SUBJECT") == 0)
            own.args[i] = okr_arena_printf(a->c.arena, "subject=%s",
                                           okr_acme_hex(&a->c, &a->c.q2));
    return own;
}

/* Each change in turn becomes another value, and is left out. */
static void every_change_counts(void **state)
{
    struct asking *a = *state;
    struct line line = with_subject(a, &task);
    compose(a, &line);
    size_t n = a->payload.n_changes;
    for (size_t i = 0; i < n; i++) {
        struct okr_change was = a->payload.changes[i];
        uint8_t *bytes =
            (uint8_t *)(uintptr_t)okr_arena_copy(a->c.arena, was.data).data;
        bytes[was.data.len - 1] ^= 1;
        a->payload.changes[i].data = okr_slice_of(bytes, was.data.len);
        assert_false(passes(a, &line));
        a->payload.changes[i] = was;
    }
    assert_true(passes(a, &line));
    for (size_t i = 0; i < 3; i++) { /* those that were typed come first */
        struct okr_change was = a->payload.changes[i];
        a->payload.changes[i] = a->payload.changes[n - 1];
        a->payload.n_changes = n - 1;
        assert_false(passes(a, &line));
        a->payload.changes[i] = was;
        a->payload.n_changes = n;
    }
}

static void nothing_is_added(void **state)
{
    struct asking *a = *state;
    struct line line = with_subject(a, &task);
    compose(a, &line);
    struct okr_payload honest = a->payload;
    struct okr_change more[ARGS * 2];
    memcpy(more, honest.changes, honest.n_changes * sizeof *more);
    more[honest.n_changes] =
        (struct okr_change){.field = OKR_F_T_BLOCKED,
                            .form = OKR_REG_VALUE,
                            .data = okr_value_bool(a->c.arena, true)};
    a->payload.changes = more;
    a->payload.n_changes++;
    assert_false(passes(a, &line));
    a->payload = honest;
    a->payload.reason = OKR_SLICE_LIT("because");
    assert_false(passes(a, &line));
    a->payload = honest;
    a->payload.batch = a->c.q2;
    assert_false(passes(a, &line));
}

static void another_act_is_seen(void **state)
{
    struct asking *a = *state;
    struct line line = with_subject(a, &task);
    compose(a, &line);
    struct okr_payload honest = a->payload;
    a->payload.kind = OKR_KIND_COMMENT;
    assert_false(passes(a, &line));
    a->payload = honest;
    a->payload.verb = OKR_VERB_SET;
    assert_false(passes(a, &line));
    a->payload.verb = OKR_VERB_KEY_ADD;
    a->payload.kind = OKR_KIND_KEY;
    assert_false(passes(a, &line));
    a->payload.verb = 999;
    assert_false(passes(a, &line));
}

static void another_entity_is_seen(void **state)
{
    struct asking *a = *state;
    struct line set = {
        "set",
        {okr_arena_printf(a->c.arena, "ref=%s", okr_acme_hex(&a->c, &a->c.q2)),
         "change=end=2026-06-29", "reason=more people"}};
    compose(a, &set);
    a->payload.entity.b[15] ^= 1;
    assert_false(passes(a, &set));
    a->payload.entity.b[15] ^= 1;
    assert_true(passes(a, &set));
    struct okr_change *end = one(a, OKR_F_CYCLE_END);
    end->form = OKR_REG_UNSET;
    assert_false(passes(a, &set));
    end->form = OKR_REG_VALUE;
    a->payload.reason = OKR_SLICE_LIT("fewer people");
    assert_false(passes(a, &set));
}

static void what_is_signed_can_be_read(void **state)
{
    struct asking *a = *state;
    struct line line = with_subject(a, &task);
    struct okr_slice text;
    compose(a, &line);
    assert_int_equal(okr_intent_say(&a->payload, a->c.arena, &text), OKR_OK);
    char *read = okr_arena_str(a->c.arena, text);
    assert_non_null(strstr(read, "add t-"));
    assert_non_null(strstr(read, "title=Call them"));
    assert_non_null(strstr(read, "due=2026-03-01"));
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, asking_open, asking_close)
    const struct CMUnitTest tests[] = {
        TEST(every_change_counts),        TEST(nothing_is_added),
        TEST(another_act_is_seen),        TEST(another_entity_is_seen),
        TEST(what_is_signed_can_be_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
