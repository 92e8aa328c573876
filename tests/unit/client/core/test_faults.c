/* A day of a site, again and again, and each time another call of the store
 * fails: what was saved is never lost, never told twice, and all comes right. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/office.h"

#define S ((okr_us)1000000)
#define SAVED_MAX 16
#define STRIDE 7 /* calls between two days; 1 takes half a minute */

static struct okr_office o;
static struct okr_id goal;
static struct okr_id saved[SAVED_MAX];
static size_t n_saved;

/* Comes up again, where the last turn ended with the process. */
static void revive(void)
{
    if (!o.died)
        return;
    o.died = false;
    okr_office_happens(&o, OKR_SITE_START);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
}

/* Somebody edits what he sees. */
static void save(uint16_t field, const char *text)
{
    if (okr_office_text(&o, &goal, OKR_F_O_TITLE, true) == NULL)
        return;
    struct okr_op op =
        okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, field, text);
    if (!o.failed && okr_verdict_is_in(&o.submitted))
        saved[n_saved++] = op.id;
}

static void serve(void)
{
    revive();
    okr_office_serve(&o);
    revive();
    okr_office_publish_all(&o);
    okr_office_wait(&o, S / 2);
    okr_office_serve(&o);
    revive();
}

static void relink(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
}

/* Everything a site does, in few steps. */
static void day(void)
{
    o.page_rows = 6;
    okr_office_happens(&o, OKR_SITE_START);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    serve();
    save(OKR_F_O_TITLE, "one");
    save(OKR_F_O_TITLE, "two");
    serve();
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    save(OKR_F_O_WEIGHT, "2");
    save(OKR_F_O_TITLE, "three");
    relink();
    serve();
    save(OKR_F_O_WEIGHT, "3");
    o.verdict = okr_verdict_reject(OKR_RULE_STALE, OKR_F_O_WEIGHT);
    okr_office_serve(&o);
    o.verdict = okr_verdict_ok();
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_DESCRIPTION, "d");
    serve();
    save(OKR_F_O_TITLE, "four");
    struct okr_msg *head = okr_office_head(&o, OKR_OFFICE_SH);
    head->u.head.digest.lo ^= 1;
    okr_office_publish(&o, head); /* drops the scope, and pulls it anew */
    serve();
}

static size_t times_taken(const struct okr_id *op)
{
    size_t n = 0;
    for (size_t i = 0; i < o.n_taken; i++)
        n += okr_id_eq(&o.taken[i].answer.op, op);
    return n;
}

static void comes_right(uint64_t n)
{
    okr_kv_fault_at(o.kv, 0, OKR_ERR_IO, false);
    okr_arena_fail_at(o.arena, 0);
    o.died = false;
    for (int i = 0; i < 3; i++) {
        relink();
        serve();
    }
    struct okr_site_state state = okr_office_state(&o);
    bool right = state.link == OKR_LINK_LIVE && state.pending == 0 &&
                 state.alarms == 0 && okr_office_same(&o) &&
                 okr_office_view_holds(&o) &&
                 okr_office_count(&o, OKR_KIND_CONFLICT, true) == 0;
    for (size_t i = 0; i < n_saved; i++)
        right = right && times_taken(&saved[i]) == 1;
    if (!right)
        fprintf(stderr, "%s", o.trace);
    if (!right)
        fail_msg("call %llu failed, and it did not come right",
                 (unsigned long long)n);
}

static void morning(void)
{
    okr_office_open(&o, false);
    o.may_fail = true;
    n_saved = 0;
    goal = okr_office_objective(&o, "Grow");
}

/* One day with the n-th call failing; false when the day had fewer. */
static bool one_day(uint64_t n, enum okr_err err, bool happens)
{
    morning();
    okr_kv_fault_at(o.kv, n, err, happens);
    day();
    bool fired = okr_kv_fault_fired(o.kv);
    comes_right(n);
    okr_office_close(&o);
    return fired;
}

static void test_the_disk_fails(void **state)
{
    (void)state;
    uint64_t n = 1;
    while (one_day(n, OKR_ERR_IO, false))
        n += STRIDE;
    assert_true(n > 500);
}

/* A commit of which nobody knows whether it happened: both ways. */
static void test_a_commit_of_unknown_outcome(void **state)
{
    (void)state;
    for (int happens = 0; happens < 2; happens++)
        for (uint64_t n = 5; one_day(n, OKR_ERR_COMMIT, happens == 1);)
            n += STRIDE;
}

static void test_memory_runs_out(void **state)
{
    (void)state;
    bool failed = true;
    for (unsigned n = 1; failed; n += STRIDE) {
        morning();
        okr_arena_fail_at(o.arena, n);
        o.turns_failed = 0;
        day();
        failed = o.turns_failed > 0;
        comes_right(n);
        okr_office_close(&o);
        assert_true(failed || n > 500);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_disk_fails),
        cmocka_unit_test(test_a_commit_of_unknown_outcome),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
