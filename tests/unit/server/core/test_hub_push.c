/* Pushes: the chain, answers for ever, one effect each. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "tests/lib/hub.h"

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id cycle;

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    const struct okr_id units[] = {h.root, {{0}}};
    okr_test_join(&h, &peer, "paris", units);
    cycle = okr_test_cycle(&h, "Q1");
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&peer);
    okr_test_hub_close(&h);
    return 0;
}

static struct okr_op objective_op(const char *title)
{
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &h.root, title, false);
    return okr_test_op(&h, &act);
}

static const struct okr_error_msg *error_of(const struct okr_msg *reply,
                                            enum okr_error_code code)
{
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_ERROR);
    assert_int_equal(reply->u.error.code, code);
    return &reply->u.error;
}

static const struct okr_pushed *pushed_of(const struct okr_msg *reply, size_t n)
{
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_PUSHED);
    assert_int_equal(reply->u.pushed.n_answers, n);
    return &reply->u.pushed;
}

static void same_answer(const struct okr_answer *a, const struct okr_answer *b)
{
    assert_int_equal(a->verdict.outcome, b->verdict.outcome);
    assert_int_equal(a->verdict.rule, b->verdict.rule);
    assert_true(okr_id_eq(&a->op, &b->op));
    assert_int_equal(a->lsn, b->lsn);
    assert_int_equal(a->time, b->time);
    assert_int_equal(a->n_scopes, b->n_scopes);
    assert_true(okr_slice_eq(a->effects, b->effects));
    assert_memory_equal(a->meta, b->meta, sizeof a->meta);
}

/* ---- taken --------------------------------------------------------------- */

static void test_a_push_is_taken_and_told(void **state)
{
    (void)state;
    struct okr_op ops[] = {objective_op("one"), objective_op("two")};
    uint64_t size = okr_test_log_size(&h);
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    const struct okr_msg *reply = okr_test_send(&h, &peer, &push);
    const struct okr_pushed *pushed = pushed_of(reply, 2);
    assert_int_equal(reply->request, peer.request);
    assert_memory_equal(h.sent[0].to.b, peer.from.b, peer.from.len);
    assert_int_equal(pushed->first_seq, 1);
    for (size_t i = 0; i < 2; i++) {
        const struct okr_answer *answer = &pushed->answers[i];
        assert_int_equal(answer->verdict.outcome, OKR_OUTCOME_ACCEPTED);
        assert_true(okr_id_eq(&answer->op, &ops[i].id));
        assert_int_equal(answer->lsn, size + i + 1);
        assert_int_equal(answer->n_scopes, 1);
        assert_int_equal(answer->scopes[0], OKR_SCOPE_COMPANY);
        assert_int_equal(answer->time, h.now);
    }
    assert_int_equal(okr_test_log_size(&h), size + 2);
    assert_non_null(strstr(h.trace, "first=1 n=2 -> accepted accepted"));
}

static void test_the_same_bytes_get_the_same_answers(void **state)
{
    (void)state;
    struct okr_op ops[] = {objective_op("one"), objective_op("two")};
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    struct okr_pushed first = *pushed_of(okr_test_send(&h, &peer, &push), 2);
    uint64_t size = okr_test_log_size(&h);
    h.now += 1000000;
    okr_test_hub_restart(&h);
    struct okr_pushed again = *pushed_of(okr_test_send(&h, &peer, &push), 2);
    for (size_t i = 0; i < 2; i++)
        same_answer(&first.answers[i], &again.answers[i]);
    assert_int_equal(okr_test_log_size(&h), size);
    assert_null(okr_test_published(&h, OKR_MSG_EVENT, OKR_SCOPE_COMPANY));
    /* Also when further ones came since. */
    struct okr_op third = objective_op("three");
    struct okr_msg next = okr_test_push(&h, &peer, &third, 1);
    (void)pushed_of(okr_test_send(&h, &peer, &next), 1);
    again = *pushed_of(okr_test_send(&h, &peer, &push), 2);
    same_answer(&first.answers[1], &again.answers[1]);
}

static void test_two_pushes_in_one_turn(void **state)
{
    (void)state;
    struct okr_op a = objective_op("one"), b = objective_op("two");
    struct okr_msg first = okr_test_push(&h, &peer, &a, 1);
    struct okr_msg second = okr_test_push(&h, &peer, &b, 1);
    struct okr_hub_event events[] = {
        okr_test_from(&h, &peer, &first),
        okr_test_from(&h, &peer, &second),
        okr_test_from(&h, &peer, &first),
    };
    assert_int_equal(okr_test_turn(&h, events, 3), OKR_OK);
    assert_int_equal(h.n_sent, 3);
    struct okr_answer one = pushed_of(h.sent[0].msg, 1)->answers[0];
    (void)pushed_of(h.sent[1].msg, 1);
    same_answer(&one, &pushed_of(h.sent[2].msg, 1)->answers[0]);
    /* And one event for both. */
    const struct okr_msg *event =
        okr_test_published(&h, OKR_MSG_EVENT, OKR_SCOPE_COMPANY);
    assert_int_equal(event->u.event.n_rows, 2);
    assert_int_equal(event->u.event.n_marks, 2);
}

static void test_a_rejected_operation_consumes_its_sequence(void **state)
{
    (void)state;
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_typed none[] = {OKR_TYPED(OKR_F_O_TITLE, "no cycle"), {0}};
    struct okr_test_act bad = {.verb = OKR_VERB_ADD,
                               .kind = OKR_KIND_OBJECTIVE,
                               .entity = okr_test_hub_id(&h),
                               .changes = none};
    struct okr_op ops[] = {okr_test_op(&h, &bad), okr_test_op(&h, &act)};
    uint64_t size = okr_test_log_size(&h);
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    struct okr_pushed first = *pushed_of(okr_test_send(&h, &peer, &push), 2);
    assert_int_equal(first.answers[0].verdict.outcome, OKR_OUTCOME_REJECTED);
    assert_int_equal(first.answers[0].verdict.rule, OKR_RULE_MISSING);
    assert_int_equal(first.answers[0].lsn, size + 1);
    assert_int_equal(first.answers[1].verdict.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(okr_test_log_size(&h), size + 2);
    assert_null(okr_test_record_of(&h, &bad.entity));
    assert_non_null(strstr(h.trace, "rejected(missing) accepted"));
    struct okr_pushed again = *pushed_of(okr_test_send(&h, &peer, &push), 2);
    same_answer(&first.answers[0], &again.answers[0]);
}

static void test_who_was_overtaken_sees_the_value(void **state)
{
    (void)state;
    struct okr_test_act draft =
        okr_test_objective(&h, &cycle, &h.root, "one", true);
    (void)okr_test_do(&h, &peer, &draft);
    struct okr_typed to[] = {OKR_TYPED(OKR_F_O_STATE, "published"), {0}};
    struct okr_test_act act = {
        OKR_VERB_PUBLISH, OKR_KIND_OBJECTIVE, draft.entity, to, {{0}}};
    struct okr_answer first = okr_test_do(&h, &peer, &act);
    assert_int_equal(first.verdict.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(first.n_scopes, 2); /* it moved */
    to[0].blind = true;
    struct okr_answer late = okr_test_do(&h, &peer, &act);
    assert_int_equal(late.verdict.rule, OKR_RULE_STALE);
    assert_int_equal(late.current.len, 1);
    assert_int_equal(late.current.data[0], OKR_V_OBJECTIVE_STATE_PUBLISHED);
}

/* ---- refused as a whole -------------------------------------------------- */

static void test_a_gap_is_a_broken_chain(void **state)
{
    (void)state;
    struct okr_op a = objective_op("one"), b = objective_op("two");
    struct okr_msg first = okr_test_push(&h, &peer, &a, 1);
    struct okr_msg second = okr_test_push(&h, &peer, &b, 1);
    uint64_t size = okr_test_log_size(&h);
    assert_int_equal(
        error_of(okr_test_send(&h, &peer, &second), OKR_ERROR_CHAIN)->last_seq,
        0);
    assert_int_equal(okr_test_log_size(&h), size);
    (void)pushed_of(okr_test_send(&h, &peer, &first), 1);
    (void)pushed_of(okr_test_send(&h, &peer, &second), 1);
}

static void test_another_previous_push_is_a_broken_chain(void **state)
{
    (void)state;
    struct okr_op a = objective_op("one"), b = objective_op("two");
    struct okr_msg first = okr_test_push(&h, &peer, &a, 1);
    (void)pushed_of(okr_test_send(&h, &peer, &first), 1);
    peer.prev.b[0] ^= 1;
    struct okr_msg second = okr_test_push(&h, &peer, &b, 1);
    assert_int_equal(
        error_of(okr_test_send(&h, &peer, &second), OKR_ERROR_CHAIN)->last_seq,
        1);
}

/* Only 8 bytes of `prev` travel; the rest is in what the site signed. */
static void test_the_cut_hash_of_the_chain_is_signed_whole(void **state)
{
    (void)state;
    struct okr_op a = objective_op("one"), b = objective_op("two");
    struct okr_msg first = okr_test_push(&h, &peer, &a, 1);
    (void)pushed_of(okr_test_send(&h, &peer, &first), 1);
    peer.prev.b[31] ^= 1;
    struct okr_msg second = okr_test_push(&h, &peer, &b, 1);
    (void)error_of(okr_test_send(&h, &peer, &second), OKR_ERROR_MALFORMED);
}

static void test_other_operations_under_old_sequences_are_a_fork(void **state)
{
    (void)state;
    struct okr_test_peer clone = peer;
    struct okr_op ops[] = {objective_op("one"), objective_op("two")};
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    (void)pushed_of(okr_test_send(&h, &peer, &push), 2);
    uint64_t size = okr_test_log_size(&h);
    struct okr_op other = objective_op("other");
    struct okr_msg forked = okr_test_push(&h, &clone, &other, 1);
    assert_int_equal(
        error_of(okr_test_send(&h, &peer, &forked), OKR_ERROR_FORK)->last_seq,
        2);
    /* One that reaches beyond what was taken is none that was made once. */
    clone.next_seq = 2;
    struct okr_op more[] = {ops[1], other};
    struct okr_msg longer = okr_test_push(&h, &clone, more, 2);
    (void)error_of(okr_test_send(&h, &peer, &longer), OKR_ERROR_FORK);
    assert_int_equal(okr_test_log_size(&h), size);
}

static void test_after_a_fork_no_sequence_is_promised(void **state)
{
    (void)state;
    struct okr_test_peer clone = peer;
    struct okr_op op = objective_op("one"), other = objective_op("other");
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    (void)okr_test_send(&h, &peer, &push);
    struct okr_msg pull = okr_test_pull(&h, OKR_SCOPE_COMPANY, 0, 4096);
    assert_int_equal(okr_test_send(&h, &peer, &pull)->u.page.own_seq, 1);
    struct okr_msg forked = okr_test_push(&h, &clone, &other, 1);
    (void)error_of(okr_test_send(&h, &peer, &forked), OKR_ERROR_FORK);
    assert_int_equal(okr_test_send(&h, &peer, &pull)->u.page.own_seq, 0);
}

static void test_an_unsigned_push_is_malformed(void **state)
{
    (void)state;
    struct okr_op op = objective_op("one");
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    uint64_t size = okr_test_log_size(&h);
    push.u.push.sig.b[3] ^= 4;
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_MALFORMED);
    push.u.push.sig.b[3] ^= 4;
    op.time++; /* the operation is not the one that was signed */
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_MALFORMED);
    op.time--;
    assert_int_equal(okr_test_log_size(&h), size);
    (void)pushed_of(okr_test_send(&h, &peer, &push), 1);
}

static void test_another_log_is_an_alarm(void **state)
{
    (void)state;
    struct okr_op op = objective_op("one");
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    push.u.push.seen_root8[0] ^= 1;
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_SPLIT);
    const struct okr_fx *alarm = okr_test_effect(&h, OKR_FX_ALARM);
    assert_non_null(alarm);
    assert_true(okr_id_eq(&alarm->id, &peer.id));
    /* A log longer than ours is another one, too. */
    push.u.push.seen_root8[0] ^= 1;
    push.u.push.seen_size = okr_test_log_size(&h) + 1;
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_SPLIT);
    assert_null(okr_test_published(&h, OKR_MSG_EVENT, OKR_SCOPE_COMPANY));
}

static void test_a_push_of_nothing_is_malformed(void **state)
{
    (void)state;
    struct okr_op op = objective_op("one");
    struct okr_msg push = okr_test_push(&h, &peer, &op, 0);
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_MALFORMED);
    push.u.push.n_ops = 1;
    push.u.push.first_seq = 0;
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_MALFORMED);
    push.u.push.first_seq = (UINT64_C(1) << 63) - 1;
    (void)error_of(okr_test_send(&h, &peer, &push), OKR_ERROR_MALFORMED);
}

/* ---- operation ids ------------------------------------------------------- */

static void test_a_known_operation_has_one_effect(void **state)
{
    (void)state;
    struct okr_op op = objective_op("one");
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    struct okr_answer first =
        pushed_of(okr_test_send(&h, &peer, &push), 1)->answers[0];
    uint64_t size = okr_test_log_size(&h);
    peer.incarnation++;
    peer.next_seq = 1;
    memset(&peer.prev, 0, sizeof peer.prev);
    struct okr_op ops[] = {op, objective_op("two"), op};
    push = okr_test_push(&h, &peer, ops, 3);
    const struct okr_pushed *again =
        pushed_of(okr_test_send(&h, &peer, &push), 3);
    same_answer(&first, &again->answers[0]);
    same_answer(&first, &again->answers[2]);
    assert_int_equal(again->answers[1].lsn, size + 1);
    assert_int_equal(okr_test_log_size(&h), size + 1);
    again = pushed_of(okr_test_send(&h, &peer, &push), 3);
    same_answer(&first, &again->answers[2]);
}

static void test_an_operation_id_is_not_used_twice(void **state)
{
    (void)state;
    struct okr_op op = objective_op("one"), other = objective_op("two");
    other.id = op.id;
    struct okr_op ops[] = {op, other};
    uint64_t size = okr_test_log_size(&h);
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    const struct okr_pushed *pushed =
        pushed_of(okr_test_send(&h, &peer, &push), 2);
    assert_int_equal(pushed->answers[1].verdict.rule, OKR_RULE_OP_ID_REUSED);
    assert_int_equal(okr_test_log_size(&h), size + 2); /* and recorded */
    /* The first one keeps the id. */
    peer.incarnation++;
    peer.next_seq = 1;
    memset(&peer.prev, 0, sizeof peer.prev);
    push = okr_test_push(&h, &peer, &op, 1);
    pushed = pushed_of(okr_test_send(&h, &peer, &push), 1);
    assert_int_equal(pushed->answers[0].verdict.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(pushed->answers[0].lsn, size + 1);
}

static void test_a_forged_author_is_rejected(void **state)
{
    (void)state;
    struct okr_op op = objective_op("one");
    op.is_signed = true;
    op.sig[0] = 9;
    uint64_t size = okr_test_log_size(&h);
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    const struct okr_pushed *pushed =
        pushed_of(okr_test_send(&h, &peer, &push), 1);
    assert_int_equal(pushed->answers[0].verdict.rule, OKR_RULE_SIGNATURE);
    assert_int_equal(okr_test_log_size(&h), size + 1);
}

static void test_a_site_speaks_only_for_its_units(void **state)
{
    (void)state;
    struct okr_test_peer other;
    struct okr_id sh = okr_test_unit(&h, "sh", &h.root);
    const struct okr_id units[] = {sh, {{0}}};
    okr_test_join(&h, &other, "shanghai", units);
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_answer answer = okr_test_do(&h, &other, &act);
    assert_int_equal(answer.verdict.rule, OKR_RULE_NOT_THIS_SITE);
    okr_test_leave(&other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_push_is_taken_and_told),
        TEST(test_the_same_bytes_get_the_same_answers),
        TEST(test_two_pushes_in_one_turn),
        TEST(test_a_rejected_operation_consumes_its_sequence),
        TEST(test_who_was_overtaken_sees_the_value),
        TEST(test_a_gap_is_a_broken_chain),
        TEST(test_another_previous_push_is_a_broken_chain),
        TEST(test_the_cut_hash_of_the_chain_is_signed_whole),
        TEST(test_other_operations_under_old_sequences_are_a_fork),
        TEST(test_after_a_fork_no_sequence_is_promised),
        TEST(test_an_unsigned_push_is_malformed),
        TEST(test_another_log_is_an_alarm),
        TEST(test_a_push_of_nothing_is_malformed),
        TEST(test_a_known_operation_has_one_effect),
        TEST(test_an_operation_id_is_not_used_twice),
        TEST(test_a_forged_author_is_rejected),
        TEST(test_a_site_speaks_only_for_its_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
