/* Every store call and every allocation of judging and recording fails once:
 * the error comes back, and the same act goes through afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/store/kv_fault.h"
#include "tests/lib/company.h"

#define FAILS_MAX 4000 /* more than any act makes calls */

struct scene {
    struct okr_company c;
    struct okr_kv *fault;
    struct okr_arena *turn; /* what is judged lives here, and may fail */
    struct okr_id o, kr, draft, task, conflict, check_in;
};

struct act {
    const struct okr_id *person;
    uint16_t verb, kind;
    struct okr_id entity;
    struct okr_typed changes[6];
};

/* Makes what the acts are about, and lays the failing store over it. */
static void open_scene(struct scene *s)
{
    struct okr_company *c = &s->c;
    okr_company_open(c);
    s->o = okr_company_objective(c, &c->wang, &c->sh, "ship");
    s->kr = okr_company_kr(c, &s->o, &c->wang, "kr");
    s->draft = okr_company_id(c);
    struct okr_typed draft[] = {
        OKR_REF(OKR_F_O_CYCLE, c->cycle),  OKR_TYPED(OKR_F_O_TITLE, "draft"),
        OKR_REF(OKR_F_O_OWNER, c->wang),   OKR_REF(OKR_F_O_UNIT, c->sh),
        OKR_TYPED(OKR_F_O_STATE, "draft"), {0}};
    okr_company_act(c, &c->wang, OKR_VERB_ADD, OKR_KIND_OBJECTIVE, &s->draft,
                    draft);
    s->task = okr_company_id(c);
    struct okr_typed task[] = {OKR_REF(OKR_F_T_SUBJECT, s->kr),
                               OKR_TYPED(OKR_F_T_TITLE, "task"),
                               OKR_REF(OKR_F_T_OWNER, c->wang),
                               {0}};
    okr_company_act(c, &c->wang, OKR_VERB_ADD, OKR_KIND_TASK, &s->task, task);
    s->check_in = okr_company_id(c);
    struct okr_typed seen[] = {
        OKR_REF(OKR_F_CI_KEY_RESULT, s->kr),
        OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-01-20T08:00:00Z"),
        OKR_TYPED(OKR_F_CI_VALUE, "7"),
        {0}};
    okr_company_act(c, &c->wang, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN,
                    &s->check_in, seen);
    struct okr_typed blind[] = {OKR_TYPED(OKR_F_O_TITLE, "lin's"), {0}};
    blind[0].blind = true;
    s->conflict = okr_company_act(c, &c->lin, OKR_VERB_SET, OKR_KIND_OBJECTIVE,
                                  &s->o, blind)
                      .about;
    assert_int_equal(okr_kv_commit(&c->txn), OKR_OK);
    assert_int_equal(okr_kv_fault_open(c->kv, &s->fault), OKR_OK);
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &s->turn), OKR_OK);
}

static void close_scene(struct scene *s)
{
    okr_kv_close(&s->fault);
    okr_kv_close(&s->c.kv);
    okr_arena_free(&s->c.arena);
    okr_arena_free(&s->turn);
}

static enum okr_err perform(struct scene *s, const struct act *act)
{
    struct okr_company *c = &s->c;
    okr_lsn before = c->lsn;
    okr_arena_reset(s->turn);
    assert_int_equal(okr_kv_begin(s->fault, true, &c->txn), OKR_OK);
    c->ground.space.txn = c->txn;
    c->ground.space.arena = s->turn;
    enum okr_err err = okr_company_try(c, act->person, act->verb, act->kind,
                                       &act->entity, act->changes);
    okr_kv_abort(&c->txn);
    c->lsn = before;
    return err;
}

static void sweep(struct scene *s, const struct act *act)
{
    struct okr_company *c = &s->c;
    unsigned n = 1;
    for (; n < FAILS_MAX; n++) { /* store calls; the begin is not armed */
        okr_kv_fault_at(s->fault, n + 1, OKR_ERR_IO, false);
        enum okr_err err = perform(s, act);
        if (err == OKR_OK) {
            assert_false(okr_kv_fault_fired(s->fault));
            break;
        }
        assert_int_equal(err, OKR_ERR_IO);
    }
    okr_kv_fault_at(s->fault, 0, OKR_OK, false);
    assert_in_range(n, 2, FAILS_MAX - 1);
    for (n = 1; n < FAILS_MAX; n++) { /* allocations of the turn */
        okr_arena_fail_at(s->turn, n);
        enum okr_err err = perform(s, act);
        okr_arena_fail_at(s->turn, 0);
        if (err == OKR_OK)
            break;
        assert_int_equal(err, OKR_ERR_NOMEM);
    }
    assert_in_range(n, 2, FAILS_MAX - 1);
    assert_int_equal(perform(s, act), OKR_OK);
    assert_true(okr_verdict_is_in(&c->decision.verdict));
}

static void test_every_failure_of_every_form(void **state)
{
    (void)state;
    static struct scene s;
    open_scene(&s);
    struct okr_company *c = &s.c;
    struct act acts[] = {
        {&c->wang,
         OKR_VERB_ADD,
         OKR_KIND_KEY_RESULT,
         okr_company_id(c),
         {OKR_REF(OKR_F_KR_OBJECTIVE, s.o), OKR_TYPED(OKR_F_KR_TITLE, "two"),
          OKR_REF(OKR_F_KR_OWNER, c->wang)}},
        {&c->ada,
         OKR_VERB_ADD,
         OKR_KIND_UNIT,
         okr_company_id(c),
         {OKR_TYPED(OKR_F_UNIT_NAME, "gz"), OKR_TYPED(OKR_F_CODE, "gz"),
          OKR_REF(OKR_F_UNIT_PARENT, c->root)}},
        {&c->ada,
         OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         s.o,
         {OKR_REF(OKR_F_O_UNIT, c->bj), OKR_TYPED(OKR_F_O_TITLE, "moved")}},
        {&c->ada,
         OKR_VERB_SET,
         OKR_KIND_UNIT,
         c->sh_dev,
         {OKR_REF(OKR_F_UNIT_PARENT, c->bj)}},
        {&c->lin,
         OKR_VERB_SET,
         OKR_KIND_OBJECTIVE,
         s.o,
         {{.field = OKR_F_O_TITLE, .text = "unseen", .blind = true}}},
        {&c->wang,
         OKR_VERB_CHECKIN,
         OKR_KIND_CHECK_IN,
         okr_company_id(c),
         {OKR_REF(OKR_F_CI_KEY_RESULT, s.kr),
          OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-01-10T08:00:00Z"),
          OKR_TYPED(OKR_F_CI_VALUE, "5"), OKR_REF(OKR_F_AMENDS, s.check_in)}},
        {&c->wang,
         OKR_VERB_PUBLISH,
         OKR_KIND_OBJECTIVE,
         s.draft,
         {OKR_TYPED(OKR_F_O_STATE, "published")}},
        {&c->wang,
         OKR_VERB_FINISH,
         OKR_KIND_TASK,
         s.task,
         {OKR_TYPED(OKR_F_T_STATE, "done")}},
        {&c->lin,
         OKR_VERB_RESOLVE,
         OKR_KIND_CONFLICT,
         s.conflict,
         {OKR_TYPED(OKR_F_MINE, "")}},
        {&c->ada, OKR_VERB_REVOKE, OKR_KIND_SITE, c->site, {{0}}},
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        sweep(&s, &acts[i]);
    close_scene(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_failure_of_every_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
