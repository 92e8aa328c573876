/* What a dishonest daemon could want signed with an act of many operations:
 * a cycle that is published, objectives that are carried over. */
#include "tests/unit/compose/asking.h"

#include "common/compose/acts.h"

enum { OPERATIONS = 16, CHANGES = 64 };

struct act {
    struct okr_ask ask;
    struct okr_arg args[8];
    struct okr_acts acts;
    struct okr_payload *at[OPERATIONS];
    size_t n;
};

static void put(struct act *act, const char *name, const char *value)
{
    act->args[act->ask.n_args++] =
        (struct okr_arg){okr_slice_str(name), okr_slice_str(value)};
}

static bool passes(struct asking *a, const struct act *act)
{
    struct okr_problem problem;
    const struct okr_intent intent = {.ask = &act->ask,
                                      .person = a->ground.person,
                                      .now = a->ground.now,
                                      .arena = a->c.arena};
    assert_int_equal(okr_intent_check_acts(&intent, act->at, act->n, &problem),
                     OKR_OK);
    if (problem.rule != OKR_RULE_NONE)
        assert_true(problem.what[0] != 0 && problem.remedy[0] != 0);
    return problem.rule == OKR_RULE_NONE;
}

/* An honest daemon's answer, which passes. */
static void compose(struct asking *a, struct act *act)
{
    a->ground.space = a->c.space;
    assert_int_equal(
        okr_compose_acts(&a->ground, &act->ask, &act->acts, &a->problem),
        OKR_OK);
    assert_done(a);
    assert_true(act->acts.n < OPERATIONS);
    for (act->n = 0; act->n < act->acts.n; act->n++)
        act->at[act->n] = &act->acts.at[act->n];
    assert_true(passes(a, act));
}

static struct okr_id objective(struct asking *a, const char *state)
{
    struct okr_acme *c = &a->c;
    struct okr_id o =
        okr_acme_add(c, OKR_KIND_OBJECTIVE, "cycle", okr_acme_hex(c, &c->q2),
                     "title", "Grow", "owner", okr_acme_hex(c, &c->bob), "unit",
                     okr_acme_hex(c, &c->sales), "state", state, NULL);
    okr_acme_add(c, OKR_KIND_KEY_RESULT, "objective", okr_acme_hex(c, &o),
                 "title", "More", "owner", okr_acme_hex(c, &c->bob), "start",
                 "1", "target", "9", NULL);
    return o;
}

static void publish(struct asking *a, struct act *act)
{
    *act = (struct act){.n = 0};
    act->ask =
        (struct okr_ask){.method = OKR_SLICE_LIT("publish"), .args = act->args};
    okr_acme_set(&a->c, &a->c.q2, 0, "phase", "drafting", NULL);
    put(act, "ref", okr_acme_hex(&a->c, &a->c.q2));
    put(act, "reason", "  it is time ");
    objective(a, "draft");
    objective(a, "draft");
    compose(a, act);
    assert_int_equal(act->n, 4);
}

static void carry(struct asking *a, struct act *act)
{
    struct okr_acme *c = &a->c;
    *act = (struct act){.n = 0};
    act->ask = (struct okr_ask){.method = OKR_SLICE_LIT("carry_over"),
                                .args = act->args};
    struct okr_id kept = objective(a, "closed"),
                  changed = objective(a, "closed"),
                  gone = objective(a, "closed");
    okr_acme_add(c, OKR_KIND_CYCLE, "name", "Q3", "start", "2026-07-01", "end",
                 "2026-09-30", "phase", "drafting", NULL);
    put(act, "ref", okr_acme_hex(c, &c->q2));
    put(act, "to", "Q3");
    put(act, "abandon", okr_acme_hex(c, &gone));
    put(act, "keep", okr_acme_hex(c, &kept));
    put(act, "modify", okr_acme_hex(c, &changed));
    compose(a, act);
    assert_int_equal(act->n, 8);
}

/* Whatever is left out, comes twice, or comes in another order. */
static void nothing_is_missing_or_added(void **state)
{
    struct asking *a = *state;
    struct act act;
    publish(a, &act);
    /* Which objectives there are, only the daemon knows: the count tells. */
    for (size_t i = 0; i < act.n; i++) {
        struct act less = act;
        memmove(&less.at[i], &less.at[i + 1],
                (act.n - i - 1) * sizeof *less.at);
        less.n--;
        assert_int_equal(passes(a, &less), i == 1); /* published already */
    }
    struct act more = act;
    more.at[more.n++] = act.at[1];
    assert_false(passes(a, &more));
    more.n = 0;
    assert_false(passes(a, &more));
    more.n = 1;
    assert_false(passes(a, &more));
    carry(a, &act);
    for (size_t i = 0; i < act.n; i++) {
        struct act less = act;
        memmove(&less.at[i], &less.at[i + 1],
                (act.n - i - 1) * sizeof *less.at);
        less.n--;
        bool kr = act.at[i]->kind == OKR_KIND_KEY_RESULT;
        assert_int_equal(passes(a, &less), kr);
    }
    more = act;
    more.at[more.n++] = act.at[1];
    assert_false(passes(a, &more));
}

/* Each operation in turn is of another batch, verb, kind or reason. */
static void each_is_of_the_act(void **state)
{
    struct asking *a = *state;
    struct act act;
    for (int i = 0; i < 2; i++) {
        (i == 0 ? publish : carry)(a, &act);
        for (size_t k = 0; k < act.n; k++) {
            struct okr_payload *one = act.at[k], was = *one;
            one->batch.b[3] ^= 1;
            assert_false(passes(a, &act));
            *one = was;
            one->reason = OKR_SLICE_LIT("whatever");
            assert_false(passes(a, &act));
            *one = was;
            one->verb = OKR_VERB_ARCHIVE;
            assert_false(passes(a, &act));
            *one = was;
            one->kind = OKR_KIND_PERSON;
            assert_false(passes(a, &act));
            *one = was;
        }
        assert_true(passes(a, &act));
    }
}

static struct okr_change *change(struct act *act, size_t i, uint16_t field)
{
    for (size_t k = 0; k < act->at[i]->n_changes; k++)
        if (act->at[i]->changes[k].field == field)
            return &act->at[i]->changes[k];
    fail_msg("operation %zu has no change of %u", i, field);
    return NULL;
}

static void assert_counts(struct asking *a, struct act *act, size_t i,
                          uint16_t field)
{
    struct okr_change *one = change(act, i, field), was = *one;
    uint8_t *bytes =
        (uint8_t *)(uintptr_t)okr_arena_copy(a->c.arena, was.data).data;
    bytes[was.data.len - 1] ^= 1;
    one->data = okr_slice_of(bytes, was.data.len);
    assert_false(passes(a, act));
    *one = was;
    assert_true(passes(a, act));
}

static void what_was_typed_counts(void **state)
{
    struct asking *a = *state;
    struct act act;
    publish(a, &act);
    assert_counts(a, &act, 0, OKR_F_BATCH_KIND);
    assert_counts(a, &act, 0, OKR_F_BATCH_COUNTS);
    assert_counts(a, &act, 1, OKR_F_PHASE);
    assert_counts(a, &act, 2, OKR_F_O_STATE);
    act.at[1]->entity.b[15] ^= 1; /* another cycle */
    assert_false(passes(a, &act));
    carry(a, &act);
    assert_counts(a, &act, 0, OKR_F_BATCH_KIND);
    assert_counts(a, &act, 0, OKR_F_BATCH_COUNTS);
    assert_counts(a, &act, 1, OKR_F_CARRIED_FROM);
    assert_counts(a, &act, 1, OKR_F_O_STATE);
    assert_counts(a, &act, 2, OKR_F_KR_OBJECTIVE);
    assert_counts(a, &act, 3, OKR_F_CARRIED);
    assert_counts(a, &act, 4, OKR_F_O_CYCLE); /* two, where one was named */
    change(&act, 1, OKR_F_O_TITLE)->form = OKR_REG_UNSET;
    assert_false(passes(a, &act));
    change(&act, 1, OKR_F_O_TITLE)->form = OKR_REG_VALUE;
    act.at[7]->entity.b[15] ^= 1; /* another one is abandoned */
    assert_false(passes(a, &act));
}

int main(void)
{
#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, asking_open, asking_close)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_missing_or_added),
        TEST(each_is_of_the_act),
        TEST(what_was_typed_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
