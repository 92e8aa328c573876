/* Parked operations: what came before what it builds on. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/hub.h"

#define DAY_MS ((okr_ms)24 * 3600 * 1000)

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

/* A key result of an objective, a comment on anything. */
static struct okr_test_act kr_act(const struct okr_id *objective)
{
    struct okr_typed *with = okr_arena_array(h.keep, 4, sizeof *with);
    with[0] = (struct okr_typed)OKR_REF(OKR_F_KR_OBJECTIVE, *objective);
    with[1] = (struct okr_typed)OKR_TYPED(OKR_F_KR_TITLE, "kr");
    with[2] = (struct okr_typed)OKR_REF(OKR_F_KR_OWNER, h.admin);
    return (struct okr_test_act){.verb = OKR_VERB_ADD,
                                 .kind = OKR_KIND_KEY_RESULT,
                                 .entity = okr_test_hub_id(&h),
                                 .changes = with};
}

static struct okr_test_act comment_act(const struct okr_id *subject)
{
    struct okr_typed *with = okr_arena_array(h.keep, 3, sizeof *with);
    with[0] = (struct okr_typed)OKR_REF(OKR_F_CM_SUBJECT, *subject);
    with[1] = (struct okr_typed)OKR_TYPED(OKR_F_CM_TEXT, "well done");
    return (struct okr_test_act){.verb = OKR_VERB_ADD,
                                 .kind = OKR_KIND_COMMENT,
                                 .entity = okr_test_hub_id(&h),
                                 .changes = with};
}

/* The answers that a push gets when it is sent again. */
static struct okr_answer answer_again(const struct okr_msg *push, size_t i)
{
    const struct okr_msg *reply = okr_test_send(&h, &peer, push);
    assert_int_equal(reply->type, OKR_MSG_PUSHED);
    return reply->u.pushed.answers[i];
}

static struct okr_msg push_act(const struct okr_test_act *act,
                               struct okr_op *op)
{
    *op = okr_test_op(&h, act);
    struct okr_msg push = okr_test_push(&h, &peer, op, 1);
    assert_int_equal(answer_again(&push, 0).verdict.outcome,
                     OKR_OUTCOME_PARKED);
    return push;
}

static void test_it_goes_on_when_what_it_waits_for_comes(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_test_act kr = kr_act(&objective.entity);
    struct okr_op op;
    struct okr_msg push = push_act(&kr, &op);
    struct okr_answer parked = answer_again(&push, 0);
    assert_true(okr_id_eq(&parked.verdict.about, &objective.entity));
    assert_null(okr_test_record_of(&h, &kr.entity));
    uint64_t size = okr_test_log_size(&h);
    h.now += 5000000;
    (void)okr_test_do(&h, &peer, &objective);
    /* In the same turn: two leaves, one event with both. */
    assert_int_equal(okr_test_log_size(&h), size + 2);
    assert_non_null(okr_test_record_of(&h, &kr.entity));
    const struct okr_msg *event =
        okr_test_published(&h, OKR_MSG_EVENT, OKR_SCOPE_COMPANY);
    assert_int_equal(event->u.event.n_rows, 2);
    assert_int_equal(event->u.event.n_marks, 2);
    assert_int_equal(event->u.event.marks[1].seq, 1);
    struct okr_answer final = answer_again(&push, 0);
    assert_int_equal(final.verdict.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(final.lsn, size + 2);
    assert_int_equal(final.time, h.now);
    assert_int_equal(okr_test_log_size(&h), size + 2);
}

static void test_a_whole_chain_goes_on(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_test_act kr = kr_act(&objective.entity);
    struct okr_test_act comment = comment_act(&kr.entity);
    struct okr_op op;
    (void)push_act(&comment, &op);
    (void)push_act(&kr, &op);
    (void)okr_test_do(&h, &peer, &objective);
    assert_non_null(okr_test_record_of(&h, &kr.entity));
    assert_non_null(okr_test_record_of(&h, &comment.entity));
}

static void test_what_came_is_not_forgotten_by_a_crash(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_test_act kr = kr_act(&objective.entity);
    struct okr_op op;
    (void)push_act(&kr, &op);
    struct okr_op maker = okr_test_op(&h, &objective);
    struct okr_msg push = okr_test_push(&h, &peer, &maker, 1);
    struct okr_hub_event event = okr_test_from(&h, &peer, &push);
    /* The step is committed, and the process ends before its flush. */
    struct okr_kv_txn *txn;
    struct okr_effects fx;
    okr_effects_init(&fx, h.keep);
    assert_int_equal(okr_kv_begin(h.kv, true, &txn), OKR_OK);
    assert_int_equal(okr_hub_step(h.hub, txn, &event, &fx), OKR_OK);
    assert_int_equal(okr_kv_commit(&txn), OKR_OK);
    okr_test_hub_restart(&h);
    assert_null(okr_test_record_of(&h, &kr.entity));
    assert_true(okr_hub_deadline(h.hub) <= h.now);
    okr_test_timeout(&h, 0);
    assert_non_null(okr_test_record_of(&h, &kr.entity));
    assert_true(okr_hub_deadline(h.hub) > h.now);
}

static void test_it_outlives_a_restart(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_test_act kr = kr_act(&objective.entity);
    struct okr_op op;
    (void)push_act(&kr, &op);
    okr_test_hub_restart(&h);
    okr_test_timeout(&h, 1);
    assert_null(okr_test_record_of(&h, &kr.entity));
    (void)okr_test_do(&h, &peer, &objective);
    assert_non_null(okr_test_record_of(&h, &kr.entity));
}

static void test_what_builds_on_a_refusal_does_not_wait(void **state)
{
    (void)state;
    struct okr_id nobody = okr_test_hub_id(&h);
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_test_act early = kr_act(&objective.entity);
    struct okr_op op;
    struct okr_msg push = push_act(&early, &op);
    /* Its maker is refused: the cycle named as its owner is no person. */
    struct okr_typed with[6];
    memcpy(with, objective.changes, sizeof with);
    with[2] = (struct okr_typed)OKR_REF(OKR_F_O_OWNER, cycle);
    objective.changes = with;
    struct okr_answer refused = okr_test_do(&h, &peer, &objective);
    assert_int_equal(refused.verdict.rule, OKR_RULE_WRONG_KIND);
    struct okr_answer answer = answer_again(&push, 0);
    assert_int_equal(answer.verdict.rule, OKR_RULE_UNKNOWN_ENTITY);
    assert_true(okr_id_eq(&answer.verdict.about, &objective.entity));
    /* And so is what comes later. */
    struct okr_test_act late = kr_act(&objective.entity);
    answer = okr_test_do(&h, &peer, &late);
    assert_int_equal(answer.verdict.rule, OKR_RULE_UNKNOWN_ENTITY);
    struct okr_test_act other = kr_act(&nobody);
    answer = okr_test_do(&h, &peer, &other);
    assert_int_equal(answer.verdict.outcome, OKR_OUTCOME_PARKED);
}

/* The refusal of a second operation with an id that is there already must not
 * bury the entity that bears it. */
static void test_a_duplicate_buries_nothing(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    (void)okr_test_do(&h, &peer, &objective);
    struct okr_answer again = okr_test_do(&h, &peer, &objective);
    assert_int_equal(again.verdict.rule, OKR_RULE_DUPLICATE);
    struct okr_test_act kr = kr_act(&objective.entity);
    struct okr_answer answer = okr_test_do(&h, &peer, &kr);
    assert_int_equal(answer.verdict.outcome, OKR_OUTCOME_ACCEPTED);
}

static void test_it_expires_and_so_does_what_waits_for_it(void **state)
{
    (void)state;
    struct okr_id nobody = okr_test_hub_id(&h);
    struct okr_test_act kr = kr_act(&nobody);
    struct okr_test_act comment = comment_act(&kr.entity);
    struct okr_op op, second;
    struct okr_msg push = push_act(&kr, &op);
    h.now += 1000000;
    struct okr_msg later = push_act(&comment, &second);
    okr_test_timeout(&h, DAY_MS - 2000);
    assert_int_equal(answer_again(&push, 0).verdict.outcome,
                     OKR_OUTCOME_PARKED);
    uint64_t size = okr_test_log_size(&h);
    okr_test_timeout(&h, 16000);
    assert_int_equal(okr_test_log_size(&h), size + 2);
    assert_int_equal(answer_again(&push, 0).verdict.rule,
                     OKR_RULE_PENDING_EXPIRED);
    enum okr_rule rule = answer_again(&later, 0).verdict.rule;
    assert_true(rule == OKR_RULE_PENDING_EXPIRED ||
                rule == OKR_RULE_UNKNOWN_ENTITY);
    okr_test_timeout(&h, 16000);
    assert_int_equal(okr_test_log_size(&h), size + 2);
}

/* The site forked meanwhile: the operation was pushed under two sequences,
 * and both learn what became of it. */
static void test_both_sequences_get_the_final_answer(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    struct okr_test_act kr = kr_act(&objective.entity);
    struct okr_op op;
    struct okr_msg push = push_act(&kr, &op);
    peer.incarnation++;
    peer.next_seq = 1;
    memset(&peer.prev, 0, sizeof peer.prev);
    struct okr_msg again = okr_test_push(&h, &peer, &op, 1);
    uint64_t size = okr_test_log_size(&h);
    assert_int_equal(answer_again(&again, 0).verdict.outcome,
                     OKR_OUTCOME_PARKED);
    assert_int_equal(okr_test_log_size(&h), size);
    (void)okr_test_do(&h, &peer, &objective);
    struct okr_answer one = answer_again(&push, 0);
    struct okr_answer two = answer_again(&again, 0);
    assert_int_equal(one.verdict.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(two.verdict.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(one.lsn, two.lsn);
}

/* A signature cannot be looked at before its author is known. */
static void test_an_unknown_author_is_waited_for(void **state)
{
    (void)state;
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    objective.person = okr_test_hub_id(&h);
    struct okr_op op = okr_test_op(&h, &objective);
    op.is_signed = true;
    op.sig[0] = 1;
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    assert_int_equal(answer_again(&push, 0).verdict.outcome,
                     OKR_OUTCOME_PARKED);
    struct okr_typed with[] = {OKR_TYPED(OKR_F_PERSON_NAME, "Bob"),
                               OKR_TYPED(OKR_F_MAIL, "bob@acme.example"),
                               OKR_REF(OKR_F_PERSON_UNIT, h.root),
                               {0}};
    struct okr_test_act person = {
        OKR_VERB_ADD, OKR_KIND_PERSON, objective.person, with, {{0}}};
    (void)okr_test_local(&h, &person);
    assert_int_equal(answer_again(&push, 0).verdict.rule, OKR_RULE_SIGNATURE);
}

static void test_many_go_on_a_part_at_a_time(void **state)
{
    (void)state;
    enum { MANY = 150 };
    struct okr_id entities[MANY];
    struct okr_test_act objective =
        okr_test_objective(&h, &cycle, &h.root, "one", false);
    for (size_t i = 0; i < MANY; i++) {
        struct okr_test_act comment = comment_act(&objective.entity);
        entities[i] = comment.entity;
        (void)okr_test_do(&h, &peer, &comment);
    }
    uint64_t size = okr_test_log_size(&h);
    (void)okr_test_do(&h, &peer, &objective);
    assert_true(okr_test_log_size(&h) < size + 100);
    for (size_t turns = 0; okr_hub_deadline(h.hub) <= h.now; turns++) {
        assert_true(turns < 10);
        okr_test_timeout(&h, 0);
    }
    for (size_t i = 0; i < MANY; i++)
        assert_non_null(okr_test_record_of(&h, &entities[i]));
    assert_int_equal(okr_test_log_size(&h), size + 1 + MANY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_goes_on_when_what_it_waits_for_comes),
        TEST(test_a_whole_chain_goes_on),
        TEST(test_what_came_is_not_forgotten_by_a_crash),
        TEST(test_it_outlives_a_restart),
        TEST(test_what_builds_on_a_refusal_does_not_wait),
        TEST(test_a_duplicate_buries_nothing),
        TEST(test_it_expires_and_so_does_what_waits_for_it),
        TEST(test_both_sequences_get_the_final_answer),
        TEST(test_an_unknown_author_is_waited_for),
        TEST(test_many_go_on_a_part_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
