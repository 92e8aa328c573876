/* Every store call and every allocation of a turn fails once: nothing has
 * happened then, and the same turn again does all of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/kv_fault.h"
#include "tests/lib/hub.h"

enum { EVENTS = 5 };

struct scene {
    struct okr_test_hub h;
    struct okr_kv *inner;
    struct okr_test_peer peer, joiner;
    struct okr_op ops[5];
    struct okr_hub_event events[EVENTS];
};

static struct okr_test_act kr_of(struct okr_test_hub *h,
                                 const struct okr_id *objective)
{
    struct okr_typed *with = okr_arena_array(h->keep, 4, sizeof *with);
    with[0] = (struct okr_typed)OKR_REF(OKR_F_KR_OBJECTIVE, *objective);
    with[1] = (struct okr_typed)OKR_TYPED(OKR_F_KR_TITLE, "kr");
    with[2] = (struct okr_typed)OKR_REF(OKR_F_KR_OWNER, h->admin);
    return (struct okr_test_act){.verb = OKR_VERB_ADD,
                                 .kind = OKR_KIND_KEY_RESULT,
                                 .entity = okr_test_hub_id(h),
                                 .changes = with};
}

/* One turn with all that a turn can have: an objective, a draft, what is
 * refused, what is parked and goes on, a new site, a pull, a subscription, a
 * checkpoint. */
static void set_up(struct scene *s)
{
    struct okr_test_hub *h = &s->h;
    okr_test_hub_open(h);
    const struct okr_id units[] = {h->root, {{0}}};
    okr_test_join(h, &s->peer, "hq", units);
    okr_test_invite(h, &s->joiner, "sh", units);
    struct okr_id cycle = okr_test_cycle(h, "Q1");
    struct okr_test_act acts[5];
    acts[0] = okr_test_objective(h, &cycle, &h->root, "a", false);
    acts[1] = okr_test_objective(h, &cycle, &h->root, "b", true);
    acts[2] = acts[0];
    acts[3] = okr_test_objective(h, &cycle, &h->root, "c", false);
    acts[4] = kr_of(h, &acts[3].entity);
    struct okr_op early = okr_test_op(h, &acts[4]);
    struct okr_msg push = okr_test_push(h, &s->peer, &early, 1);
    (void)okr_test_send(h, &s->peer, &push);
    acts[4] = kr_of(h, &cycle); /* of the wrong kind */
    for (size_t i = 0; i < 5; i++)
        s->ops[i] = okr_test_op(h, &acts[i]);
    push = okr_test_push(h, &s->peer, s->ops, 5);
    struct okr_msg pull = okr_test_pull(h, OKR_SCOPE_COMPANY, 0, 4096);
    struct okr_msg enrol = {.type = OKR_MSG_ENROL, .u.enrol = s->joiner.enrol};
    h->now += (okr_us)20 * 1000000;
    s->events[0] = okr_test_from(h, &s->peer, &push);
    s->events[1] = okr_test_from(h, &s->peer, &pull);
    s->events[2] = okr_test_from(h, &s->joiner, &enrol);
    s->events[3] = (struct okr_hub_event){
        .kind = OKR_HUB_SUBSCRIBED, .now = h->now, .scope = 5};
    s->events[4] =
        (struct okr_hub_event){.kind = OKR_HUB_TIMEOUT, .now = h->now};
    s->inner = h->kv;
    assert_int_equal(okr_kv_fault_open(s->inner, &h->kv), OKR_OK);
}

static void tear_down(struct scene *s)
{
    okr_kv_close(&s->h.kv);
    s->h.kv = s->inner;
    okr_test_leave(&s->peer);
    okr_test_leave(&s->joiner);
    okr_test_hub_close(&s->h);
}

static enum okr_err run(struct scene *s)
{
    return okr_test_turn(&s->h, s->events, EVENTS);
}

struct outcome {
    uint64_t size;
    struct okr_digest digest[3];
    size_t sent, published;
};

static struct outcome outcome_of(struct scene *s)
{
    struct outcome out = {.size = okr_test_log_size(&s->h),
                          .sent = s->h.n_sent,
                          .published = s->h.n_published};
    struct okr_kv_txn *txn;
    assert_int_equal(okr_kv_begin(s->h.kv, false, &txn), OKR_OK);
    for (okr_scope depth = 0; depth < 3; depth++) {
        struct okr_scope_row row;
        assert_int_equal(okr_scope_get(txn, OKR_SCOPE_COMPANY + depth, &row),
                         OKR_OK);
        out.digest[depth] = row.digest;
    }
    okr_kv_abort(&txn);
    return out;
}

static void same_outcome(const struct outcome *a, const struct outcome *b)
{
    assert_int_equal(a->size, b->size);
    assert_int_equal(a->sent, b->sent);
    for (size_t i = 0; i < 3; i++)
        assert_true(okr_digest_eq(&a->digest[i], &b->digest[i]));
}

static struct outcome reference(void)
{
    struct scene *s = calloc(1, sizeof *s);
    set_up(s);
    assert_int_equal(run(s), OKR_OK);
    struct outcome out = outcome_of(s);
    assert_int_equal(out.sent, 3);
    assert_true(out.published >= 3);
    tear_down(s);
    free(s);
    return out;
}

static void test_every_store_call_fails_once(void **state)
{
    (void)state;
    struct outcome wanted = reference();
    struct scene *s = calloc(1, sizeof *s);
    set_up(s);
    struct outcome before = outcome_of(s);
    uint64_t n = 0;
    bool fired;
    do {
        n++;
        okr_kv_fault_at(s->h.kv, n, n % 2 == 0 ? OKR_ERR_IO : OKR_ERR_FULL,
                        false);
        enum okr_err err = run(s);
        fired = okr_kv_fault_fired(s->h.kv);
        okr_kv_fault_at(s->h.kv, 0, OKR_ERR_IO, false);
        assert_true(fired == (err != OKR_OK));
        if (fired) {
            struct outcome now = outcome_of(s);
            assert_int_equal(now.size, before.size);
            assert_int_equal(now.sent + now.published, 0);
        }
    } while (fired);
    assert_true(n > 100);
    struct outcome after = outcome_of(s);
    same_outcome(&after, &wanted);
    tear_down(s);
    free(s);
}

static void test_every_allocation_fails_once(void **state)
{
    (void)state;
    struct outcome wanted = reference();
    struct scene *s = calloc(1, sizeof *s);
    set_up(s);
    struct outcome before = outcome_of(s);
    unsigned n = 0;
    enum okr_err err;
    do {
        okr_arena_fail_at(s->h.arena, ++n);
        err = run(s);
        okr_arena_fail_at(s->h.arena, 0);
        assert_true(err == OKR_OK || err == OKR_ERR_NOMEM);
        if (err != OKR_OK) {
            struct outcome now = outcome_of(s);
            assert_int_equal(now.size, before.size);
            assert_int_equal(now.sent + now.published, 0);
        }
    } while (err != OKR_OK);
    assert_true(n > 100);
    struct outcome after = outcome_of(s);
    same_outcome(&after, &wanted);
    tear_down(s);
    free(s);
}

/* Store calls of the turn; the commit is the last. */
static uint64_t calls_of_turn(void)
{
    struct scene *s = calloc(1, sizeof *s);
    set_up(s);
    uint64_t before = okr_kv_fault_calls(s->h.kv);
    assert_int_equal(run(s), OKR_OK);
    uint64_t calls = okr_kv_fault_calls(s->h.kv) - before;
    tear_down(s);
    free(s);
    return calls;
}

/* A commit whose outcome is unknown: the process ends.  The next one finds
 * either all of the turn or nothing, and the site gets its answers. */
static void test_a_commit_of_unknown_outcome(void **state)
{
    (void)state;
    uint64_t calls = calls_of_turn();
    for (int happens = 0; happens < 2; happens++) {
        struct scene *s = calloc(1, sizeof *s);
        set_up(s);
        okr_kv_fault_at(s->h.kv, calls, OKR_ERR_COMMIT, happens == 1);
        assert_int_equal(run(s), OKR_ERR_COMMIT);
        assert_int_equal(s->h.n_sent + s->h.n_published, 0);
        okr_test_hub_restart(&s->h);
        assert_int_equal(okr_test_turn(&s->h, s->events, 1), OKR_OK);
        assert_int_equal(s->h.n_sent, 1);
        assert_int_equal(s->h.sent[0].msg->type, OKR_MSG_PUSHED);
        bool again = strstr(s->h.trace, "push again") != NULL;
        assert_int_equal(again, happens);
        tear_down(s);
        free(s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_store_call_fails_once),
        cmocka_unit_test(test_every_allocation_fails_once),
        cmocka_unit_test(test_a_commit_of_unknown_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
