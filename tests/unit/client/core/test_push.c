/* Pushes and their answers: made once, resent as they are, final only once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "tests/lib/office.h"

#define S ((okr_us)1000000)

static struct okr_office o;
static struct okr_id goal;

static int open_office(void **state)
{
    (void)state;
    okr_office_open(&o, false);
    goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    return 0;
}

static int close_office(void **state)
{
    (void)state;
    okr_office_close(&o);
    return 0;
}

static struct okr_op set_title(const char *text)
{
    return okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, text);
}

static const char *title(bool view)
{
    return okr_office_text(&o, &goal, OKR_F_O_TITLE, view);
}

static void relink(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
}

/* Frames of this type that wait for the server. */
static size_t waiting(enum okr_msg_type type)
{
    size_t n = 0;
    for (size_t i = 0; i < o.n_out; i++)
        n += o.out[i].data[1] == type;
    return n;
}

static struct okr_slice first_push(void)
{
    for (size_t i = 0; i < o.n_out; i++)
        if (o.out[i].data[1] == OKR_MSG_PUSH)
            return o.out[i];
    fail_msg("no push");
    return OKR_SLICE_NONE;
}

static struct okr_out row(uint64_t seq)
{
    struct okr_out out = {.seq = 0};
    struct okr_kv_txn *txn = okr_office_begin(&o);
    enum okr_err err = okr_outbox_get(txn, seq, o.company.arena, &out);
    okr_office_end(&o, &txn);
    assert_true(err == OKR_OK || err == OKR_ERR_NOTFOUND);
    return out;
}

static size_t rows_of(enum okr_table table)
{
    struct okr_kv_txn *txn = okr_office_begin(&o);
    uint64_t n;
    assert_int_equal(okr_kv_count(txn, table, &n), OKR_OK);
    okr_office_end(&o, &txn);
    return (size_t)n;
}

/* Signed or packed anew, the bytes would differ: another salt, another
 * checkpoint, another number. */
static void test_it_is_made_once(void **state)
{
    (void)state;
    set_title("one");
    struct okr_slice first = first_push();
    okr_office_restart(&o);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
    assert_true(okr_slice_eq(first, first_push()));
    set_title("two"); /* goes into a push of its own */
    assert_int_equal(waiting(OKR_MSG_PUSH), 2);
    assert_true(okr_slice_eq(first, first_push()));
}

static void test_an_aborted_push_was_never_made(void **state)
{
    (void)state;
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_TITLE, "one"), {0}};
    struct okr_op op = okr_office_op(&o, &o.company.lin, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &goal, changes);
    o.fail = true;
    okr_office_submit(&o, &op);
    assert_int_equal(waiting(OKR_MSG_PUSH), 0);
    assert_int_equal(rows_of(OKR_TABLE_PUSH), 0);
    /* After an abort the link says Hello again. */
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_int_equal(waiting(OKR_MSG_HELLO), 1);
    okr_office_submit(&o, &op);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "one");
}

/* Lost answers: the server must hear the very same and say the same. */
static void test_lost_answers_are_asked_for_again(void **state)
{
    (void)state;
    set_title("one");
    struct okr_slice first = first_push();
    struct okr_msg *lost = okr_office_answer(&o, okr_office_take(&o));
    assert_non_null(lost);
    size_t taken = o.n_taken;
    okr_office_wait(&o, 14 * S);
    assert_int_equal(waiting(OKR_MSG_PUSH), 0);
    okr_office_wait(&o, 3 * S);
    assert_int_equal(waiting(OKR_MSG_PUSH), 1);
    assert_true(okr_slice_eq(first, first_push()));
    okr_office_serve(&o);
    assert_int_equal(o.n_taken, taken);
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_int_equal(rows_of(OKR_TABLE_PUSH), 0);
}

/* The time-out doubles, and in the end the link is given up. */
static void test_an_unanswered_push_gives_the_link_up(void **state)
{
    (void)state;
    set_title("one");
    okr_office_wait(&o, 300 * S);
    assert_true(okr_office_traced(&o, "no answer, 4 in a row"));
    assert_true(okr_office_traced(&o, "link lost"));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_OFFLINE);
    assert_int_equal(okr_office_state(&o).pending, 1);
}

static void test_two_are_in_flight_at_most(void **state)
{
    (void)state;
    char text[16];
    for (int i = 0; i < 5; i++) {
        snprintf(text, sizeof text, "n%d", i);
        set_title(text);
    }
    assert_int_equal(waiting(OKR_MSG_PUSH), OKR_PUSH_FLIGHT_MAX);
    assert_int_equal(row(3).state, OKR_OUT_SAVED);
    struct okr_msg *first = okr_office_take(&o);
    okr_office_message(&o, okr_office_answer(&o, first));
    /* What was saved meanwhile goes together. */
    assert_int_equal(waiting(OKR_MSG_PUSH), OKR_PUSH_FLIGHT_MAX);
    assert_int_equal(row(5).state, OKR_OUT_PUSHED);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "n4");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, false), 0);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

static void test_a_push_takes_what_fits(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    for (int i = 0; i < OKR_PUSH_OPS_MAX + 3; i++)
        set_title(i % 2 == 0 ? "a" : "b");
    relink();
    assert_int_equal(waiting(OKR_MSG_PUSH), 2);
    struct okr_msg *first = okr_office_take(&o);
    assert_int_equal(first->u.push.n_ops, OKR_PUSH_OPS_MAX);
    assert_int_equal(okr_office_state(&o).pending, OKR_PUSH_OPS_MAX + 3);
}

static void test_rejected_is_kept_for_its_author(void **state)
{
    (void)state;
    struct okr_op op = set_title("mine");
    assert_string_equal(title(true), "mine");
    o.verdict = okr_verdict_reject(OKR_RULE_STALE, OKR_F_O_TITLE);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
    const struct okr_fx *fx = okr_office_effect(&o, OKR_FX_ANSWERED);
    assert_non_null(fx);
    assert_true(okr_id_eq(&fx->id, &op.id));
    assert_int_equal(fx->verdict.rule, OKR_RULE_STALE);
    assert_string_equal(title(true), "Grow");
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_int_equal(rows_of(OKR_TABLE_PUSH), 0);
    assert_int_equal(rows_of(OKR_TABLE_REFUSED), 1);
    assert_true(okr_office_view_holds(&o));
    /* Given up: it goes. */
    struct okr_site_event retry = {.kind = OKR_SITE_RETRY, .id = op.id};
    okr_office_event(&o, &retry);
    assert_int_equal(rows_of(OKR_TABLE_REFUSED), 0);
    /* Its sequence is consumed: the next one is 2. */
    o.verdict = okr_verdict_ok();
    set_title("again");
    assert_int_equal(o.seq, 2);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* Of another incarnation, of another push, with another count, about another
 * operation: believed, it would end what nobody decided. */
static void test_answers_of_others_are_ignored(void **state)
{
    (void)state;
    set_title("one");
    struct okr_msg *right = okr_office_answer(&o, okr_office_take(&o));
    struct okr_answer answers[2] = {right->u.pushed.answers[0],
                                    right->u.pushed.answers[0]};
    struct okr_msg wrong = *right;
    wrong.u.pushed.incarnation++;
    okr_office_message(&o, &wrong);
    wrong = *right;
    wrong.u.pushed.first_seq = 2;
    okr_office_message(&o, &wrong);
    wrong = *right;
    wrong.u.pushed.answers = answers;
    wrong.u.pushed.n_answers = 2;
    okr_office_message(&o, &wrong);
    wrong.u.pushed.n_answers = 1;
    answers[0].op.b[0] ^= 1;
    okr_office_message(&o, &wrong);
    assert_int_equal(row(1).state, OKR_OUT_PUSHED);
    assert_true(okr_office_traced(&o, "answers to no push of ours"));
    okr_office_message(&o, right);
    assert_int_equal(row(1).state, OKR_OUT_ANSWERED);
    assert_int_equal(okr_office_effects(&o, OKR_FX_ANSWERED), 1);
    okr_office_message(&o, right);
    assert_int_equal(okr_office_effects(&o, OKR_FX_ANSWERED), 0);
}

/* Fewer answers than operations: the last would never be answered. */
static void test_a_push_is_answered_whole(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    set_title("one");
    set_title("two");
    relink();
    struct okr_msg *push = okr_office_take(&o);
    assert_int_equal(push->u.push.n_ops, 2);
    struct okr_msg *answer = okr_office_answer(&o, push);
    struct okr_msg half = *answer;
    half.u.pushed.n_answers = 1;
    okr_office_message(&o, &half);
    assert_int_equal(row(1).state, OKR_OUT_PUSHED);
    okr_office_message(&o, answer);
    assert_int_equal(row(1).state, OKR_OUT_ANSWERED);
}

/* A long push takes long on a slow link: resent before it can have arrived,
 * it would only make the link slower. */
static void test_a_long_push_has_more_time(void **state)
{
    (void)state;
    static char text[8001];
    memset(text, 'x', sizeof text - 1);
    okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_DESCRIPTION, text);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    size_t before = o.n_out;
    okr_office_wait(&o, 22 * S);
    assert_int_equal(o.n_out, before);
    okr_office_wait(&o, 3 * S);
    assert_int_equal(o.n_out, before + 1);
}

static void test_parked_stays_and_is_asked_about(void **state)
{
    (void)state;
    struct okr_op op = set_title("one");
    struct okr_slice first = first_push();
    struct okr_msg *push = okr_office_take(&o);
    struct okr_msg *answer = okr_office_answer(&o, push);
    struct okr_msg parked = *answer;
    struct okr_answer waits = {.op = op.id, .lsn = o.company.lsn};
    waits.verdict.outcome = OKR_OUTCOME_PARKED;
    parked.u.pushed.answers = &waits;
    okr_office_message(&o, &parked);
    assert_int_equal(row(1).state, OKR_OUT_PARKED);
    assert_int_equal(okr_office_effects(&o, OKR_FX_ANSWERED), 0);
    assert_int_equal(okr_office_state(&o).pending, 1);
    assert_string_equal(title(true), "one");
    /* It does not hold up the next ones, nor is it resent with them. */
    for (int i = 0; i < 4; i++) {
        set_title("two");
        okr_office_serve(&o);
    }
    assert_int_equal(okr_office_state(&o).pending, 1);
    set_title("three");
    okr_office_take(&o);
    okr_office_wait(&o, 17 * S); /* the last one is resent, alone */
    assert_int_equal(waiting(OKR_MSG_PUSH), 1);
    assert_false(okr_slice_eq(first, first_push()));
    okr_office_wait(&o, 3000 * S);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
    assert_true(okr_slice_eq(first, first_push()));
    okr_office_message(&o, answer);
    assert_int_equal(okr_office_effects(&o, OKR_FX_ANSWERED), 1);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_int_equal(rows_of(OKR_TABLE_PUSH), 0);
}

/* An hour later, without any new link. */
static void test_parked_is_asked_about_hourly(void **state)
{
    (void)state;
    struct okr_op op = set_title("one");
    struct okr_msg *answer = okr_office_answer(&o, okr_office_take(&o));
    answer->u.pushed.answers[0] =
        (struct okr_answer){.op = op.id, .lsn = o.company.lsn};
    answer->u.pushed.answers[0].verdict.outcome = OKR_OUTCOME_PARKED;
    o.taken[0].answer = answer->u.pushed.answers[0];
    okr_office_message(&o, answer);
    for (int minute = 0; minute < 61; minute++) {
        o.now += 60 * S;
        okr_office_happens(&o, OKR_SITE_TIMEOUT);
        if (minute < 58)
            assert_false(okr_office_traced(&o, "push 1-1 again"));
        okr_office_publish_all(&o); /* a sign of life */
        set_title(minute % 2 == 0 ? "x" : "y");
        okr_office_serve(&o);
    }
    assert_true(okr_office_traced(&o, "push 1-1 again"));
    /* Once an hour, and not for ever from then on. */
    o.now += 10 * S;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_true(okr_site_deadline(o.site) > o.now);
}

/* It has more of this incarnation than was ever pushed from here. */
static void test_a_server_that_is_ahead(void **state)
{
    (void)state;
    set_title("one");
    struct okr_msg *push = okr_office_take(&o);
    struct okr_msg chain = {
        .type = OKR_MSG_ERROR,
        .request = push->request,
        .u.error = {.code = OKR_ERROR_CHAIN, .last_seq = 7}};
    okr_office_message(&o, &chain);
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_FORK);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* Error(CHAIN): what is stored is sent again, from the first on. */
static void test_a_missing_push_is_sent_again(void **state)
{
    (void)state;
    set_title("one");
    set_title("two");
    okr_office_take(&o); /* the first is lost */
    okr_office_serve(&o);
    assert_true(okr_office_traced(&o, "error 2"));
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "two");
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* A word of yesterday, of an older link: believed, it would raise an alarm
 * and send everything again. */
static void test_an_old_error_changes_nothing(void **state)
{
    (void)state;
    set_title("one");
    okr_office_serve(&o);
    set_title("two");
    struct okr_msg *push = okr_office_take(&o);
    struct okr_msg chain = {.type = OKR_MSG_ERROR,
                            .request = push->request,
                            .u.error = {.code = OKR_ERROR_CHAIN}};
    okr_office_message(&o, &chain);
    assert_int_equal(waiting(OKR_MSG_PUSH), 0);
    assert_int_equal(okr_office_state(&o).alarms, 0);
    okr_office_message(&o, okr_office_answer(&o, push));
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* The server has lost what it answered, and calls itself the same: everything
 * that it may lack is told anew, with an alarm. */
static void test_a_server_that_forgot_gets_everything(void **state)
{
    (void)state;
    set_title("one");
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    set_title("two");
    o.n_taken = 0;
    relink();
    assert_true(okr_office_traced(&o, "new incarnation, 1 operations"));
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_SPLIT);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "two");
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* SPLIT: nothing helps but a person; asking at once would only make noise. */
static void test_split_is_an_alarm_and_a_pause(void **state)
{
    (void)state;
    set_title("one");
    struct okr_msg *push = okr_office_take(&o);
    struct okr_msg split = {.type = OKR_MSG_ERROR,
                            .request = push->request,
                            .u.error = {.code = OKR_ERROR_SPLIT}};
    okr_office_message(&o, &split);
    assert_int_equal(okr_office_effects(&o, OKR_FX_ALARM), 1);
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_SPLIT);
    assert_int_equal(okr_office_state(&o).pending, 1);
    okr_office_message(&o, &split); /* told once */
    assert_int_equal(okr_office_effects(&o, OKR_FX_ALARM), 0);
    okr_office_wait(&o, 30 * S);
    assert_int_equal(waiting(OKR_MSG_PUSH), 0);
}

/* A check-in writes two scopes; the Event of one comes, that of the other
 * does not yet: replayed, it would conflict with itself. */
static void test_half_caught_up_counts_as_written(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id kr = okr_company_kr(c, &goal, &c->lin, "Revenue");
    okr_office_publish_all(&o);
    struct okr_id id = okr_company_id(c);
    struct okr_typed changes[] = {
        OKR_REF(OKR_F_CI_KEY_RESULT, kr),
        OKR_TYPED(OKR_F_CI_VALUE, "40"),
        OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-02-01T10:00:00Z"),
        {0}};
    struct okr_op op = okr_office_op(&o, &c->lin, OKR_VERB_CHECKIN,
                                     OKR_KIND_CHECK_IN, &id, changes);
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    okr_office_serve(&o);
    assert_int_equal(row(1).state, OKR_OUT_ANSWERED);
    assert_int_equal(row(1).answer.n_scopes, 2);
    assert_false(row(1).written);
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH_DETAIL));
    assert_true(row(1).written);
    assert_true(okr_office_view_holds(&o));
    assert_int_equal(rows_of(OKR_TABLE_SENT), 0);
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    assert_int_equal(row(1).seq, 0);
    assert_int_equal(rows_of(OKR_TABLE_SENT), 1);
    assert_true(okr_office_same(&o));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_it_is_made_once),
        TEST(test_an_aborted_push_was_never_made),
        TEST(test_lost_answers_are_asked_for_again),
        TEST(test_an_unanswered_push_gives_the_link_up),
        TEST(test_two_are_in_flight_at_most),
        TEST(test_a_push_takes_what_fits),
        TEST(test_rejected_is_kept_for_its_author),
        TEST(test_answers_of_others_are_ignored),
        TEST(test_a_push_is_answered_whole),
        TEST(test_a_long_push_has_more_time),
        TEST(test_parked_stays_and_is_asked_about),
        TEST(test_a_server_that_is_ahead),
        TEST(test_parked_is_asked_about_hourly),
        TEST(test_a_missing_push_is_sent_again),
        TEST(test_an_old_error_changes_nothing),
        TEST(test_a_server_that_forgot_gets_everything),
        TEST(test_split_is_an_alarm_and_a_pause),
        TEST(test_half_caught_up_counts_as_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
