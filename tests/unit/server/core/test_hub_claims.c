/* What a turn is going to check is said before it, and believed only where it
 * is the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/core/hub_claims.h"
#include "tests/lib/bench_author.h"

#define OK(call) assert_int_equal(call, OKR_OK)
enum { OPS = 3 };

struct scene {
    struct okr_test_hub h;
    struct okr_test_peer peer;
    struct okr_bench_author author;
    struct okr_id key_result;
};

static int set_up(void **state)
{
    static struct scene s;
    memset(&s, 0, sizeof s);
    struct okr_test_hub *h = &s.h;
    okr_test_hub_open(h);
    const struct okr_id units[] = {h->root, {{0}}};
    okr_test_join(h, &s.peer, "north", units);
    struct okr_id cycle = okr_test_cycle(h, "2026 Q1");
    struct okr_test_act objective =
        okr_test_objective(h, &cycle, &h->root, "Grow", false);
    (void)okr_test_local(h, &objective);
    const struct okr_typed with[] = {
        OKR_REF(OKR_F_KR_OBJECTIVE, objective.entity),
        OKR_TYPED(OKR_F_KR_TITLE, "More"),
        OKR_REF(OKR_F_KR_OWNER, h->admin),
        OKR_TYPED(OKR_F_METRIC, "increase"),
        OKR_TYPED(OKR_F_START, "0"),
        OKR_TYPED(OKR_F_TARGET, "100"),
        OKR_TYPED(OKR_F_KR_DUE, "2026-03-31"),
        {.field = 0},
    };
    s.key_result = okr_test_add(h, OKR_KIND_KEY_RESULT, with);
    s.author = (struct okr_bench_author){.org = h->org,
                                         .person = h->admin,
                                         .key_results = &s.key_result,
                                         .n_key_results = 1,
                                         .key = okr_bench_author_key(h),
                                         .now = h->now};
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    struct scene *s = *state;
    okr_sk_free(&s->author.key);
    okr_test_leave(&s->peer);
    okr_test_hub_close(&s->h);
    return 0;
}

static struct okr_hub_event push_of(struct scene *s, struct okr_op ops[OPS])
{
    for (int i = 0; i < OPS; i++)
        ops[i] = okr_bench_check_in(&s->author, s->h.keep);
    struct okr_msg msg = okr_test_push(&s->h, &s->peer, ops, OPS);
    return okr_test_from(&s->h, &s->peer, &msg);
}

static struct okr_hub_claims claim(struct scene *s, struct okr_hub_event *event)
{
    struct okr_hub_claims claims;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(s->h.kv, false, &txn));
    OK(okr_hub_claim(s->h.hub, txn, s->h.keep, event, &claims));
    okr_kv_abort(&txn);
    return claims;
}

static const struct okr_msg *run(struct scene *s,
                                 const struct okr_hub_event *event)
{
    OK(okr_test_turn(&s->h, event, 1));
    assert_true(s->h.n_sent > 0);
    return s->h.sent[0].msg;
}

static bool holds(const struct okr_sign_claim *one)
{
    return okr_sign_check(&one->pk, okr_slice_of(one->message, one->len),
                          &one->sig);
}

static void every_signature_of_a_push_is_claimed(void **state)
{
    struct scene *s = *state;
    struct okr_op ops[OPS];
    struct okr_hub_event event = push_of(s, ops);
    struct okr_hub_claims claims = claim(s, &event);
    assert_int_equal(claims.n, 1 + OPS);
    assert_ptr_equal(event.claims.at, claims.at);
    for (size_t i = 0; i < claims.n; i++) {
        assert_true(holds(&claims.at[i]));
        claims.at[i].holds = true;
    }
    const struct okr_msg *reply = run(s, &event);
    assert_int_equal(reply->type, OKR_MSG_PUSHED);
    for (size_t i = 0; i < OPS; i++)
        assert_true(okr_verdict_is_in(&reply->u.pushed.answers[i].verdict));
}

/* Nobody has looked: the turn does. */
static void claims_that_nobody_checked_change_nothing(void **state)
{
    struct scene *s = *state;
    struct okr_op ops[OPS];
    struct okr_hub_event event = push_of(s, ops);
    (void)claim(s, &event);
    assert_int_equal(run(s, &event)->type, OKR_MSG_PUSHED);
}

static void a_forged_operation_is_found_beside_good_claims(void **state)
{
    struct scene *s = *state;
    struct okr_op ops[OPS];
    for (int i = 0; i < OPS; i++)
        ops[i] = okr_bench_check_in(&s->author, s->h.keep);
    ops[1].sig[5] ^= 1;
    struct okr_msg msg = okr_test_push(&s->h, &s->peer, ops, OPS);
    struct okr_hub_event event = okr_test_from(&s->h, &s->peer, &msg);
    struct okr_hub_claims claims = claim(s, &event);
    for (size_t i = 0; i < claims.n; i++)
        claims.at[i].holds = holds(&claims.at[i]);
    const struct okr_pushed *pushed = &run(s, &event)->u.pushed;
    assert_true(okr_verdict_is_in(&pushed->answers[0].verdict));
    assert_int_equal(pushed->answers[1].verdict.rule, OKR_RULE_SIGNATURE);
    assert_true(okr_verdict_is_in(&pushed->answers[2].verdict));
}

/* Claimed on the store as it was: the second push of a site in one turn
 * stands behind the first, which no claim can know. */
static void the_second_push_of_a_turn_is_not_claimed(void **state)
{
    struct scene *s = *state;
    struct okr_op ops[2][OPS];
    struct okr_hub_event events[2] = {push_of(s, ops[0]), push_of(s, ops[1])};
    assert_int_equal(claim(s, &events[0]).n, 1 + OPS);
    assert_int_equal(claim(s, &events[1]).n, 0);
    OK(okr_test_turn(&s->h, events, 2));
    assert_int_equal(s->h.n_sent, 2);
    assert_int_equal(s->h.sent[1].msg->type, OKR_MSG_PUSHED);
}

static void other_messages_claim_nothing(void **state)
{
    struct scene *s = *state;
    struct okr_msg pull = okr_test_pull(&s->h, OKR_SCOPE_COMPANY, 0, 4096);
    struct okr_hub_event event = okr_test_from(&s->h, &s->peer, &pull);
    assert_int_equal(claim(s, &event).n, 0);
    assert_null(event.prints);
    struct okr_op ops[OPS];
    event = push_of(s, ops);
    event.peer = OKR_PEER_REVOKED;
    assert_int_equal(claim(s, &event).n, 0);
    event = (struct okr_hub_event){.kind = OKR_HUB_TIMEOUT, .now = s->h.now};
    assert_int_equal(claim(s, &event).n, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_signature_of_a_push_is_claimed),
        TEST(claims_that_nobody_checked_change_nothing),
        TEST(a_forged_operation_is_found_beside_good_claims),
        TEST(the_second_push_of_a_turn_is_not_claimed),
        TEST(other_messages_claim_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
