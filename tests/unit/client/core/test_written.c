/* Own operations on their way: pending, taken, answered, here.  At no moment
 * is one shown twice, or in conflict with itself, or not at all. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

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

static size_t conflicts(void)
{
    return okr_office_count(&o, OKR_KIND_CONFLICT, true);
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

static struct okr_msg *take(enum okr_msg_type type)
{
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == type)
            return msg;
    return NULL;
}

/* The server takes all pushes that wait; its answers are lost. */
static void taken_unheard(void)
{
    struct okr_msg *push;
    while ((push = take(OKR_MSG_PUSH)) != NULL)
        assert_non_null(okr_office_answer(&o, push));
}

static struct okr_msg *event(okr_scope scope)
{
    struct okr_msg *msg = okr_office_events(&o, scope);
    assert_non_null(msg);
    return msg;
}

/* An Event that does not say whose operations are behind it (the server came
 * up again in between). */
static struct okr_msg *nameless(okr_scope scope)
{
    struct okr_msg *msg = event(scope);
    msg->u.event.n_marks = 0;
    return msg;
}

static void relink_unheard(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
}

/* The second overwrote the first; replayed, the first would conflict. */
static void test_two_at_once_by_event(void **state)
{
    (void)state;
    set_title("one");
    set_title("two");
    taken_unheard();
    set_title("three");
    okr_office_publish(&o, event(OKR_OFFICE_SH));
    assert_true(row(1).written && row(2).written);
    assert_false(row(3).written);
    assert_string_equal(title(true), "three");
    assert_int_equal(conflicts(), 0);
    assert_true(okr_office_view_holds(&o));
}

static void test_a_mark_for_what_was_never_pushed(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++)
        set_title(i % 2 == 0 ? "a" : "b");
    assert_int_equal(row(3).state, OKR_OUT_SAVED);
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_WEIGHT, "2");
    struct okr_msg *msg = event(OKR_OFFICE_SH);
    struct okr_mark mark = {o.id, take(OKR_MSG_PUSH)->u.push.incarnation, 3};
    msg->u.event.marks = &mark;
    msg->u.event.n_marks = 1;
    okr_office_publish(&o, msg);
    assert_false(row(3).written);
}

/* An Event of another scope than the one where the copy has it: the copy is
 * as it was, whatever the mark says. */
static void test_a_mark_from_elsewhere(void **state)
{
    (void)state;
    set_title("mine");
    struct okr_msg *push = take(OKR_MSG_PUSH);
    okr_office_ada_sets(&o, OKR_KIND_UNIT, &o.company.sh, OKR_F_UNIT_NAME, "x");
    struct okr_msg *msg = event(4);
    struct okr_mark mark = {o.id, push->u.push.incarnation, 1};
    msg->u.event.marks = &mark;
    msg->u.event.n_marks = 1;
    okr_office_publish(&o, msg);
    assert_false(row(1).written);
    assert_string_equal(title(true), "mine");
}

/* It says what is there already: accepted, and nothing is written. */
static void test_what_writes_nothing_is_not_waited_for(void **state)
{
    (void)state;
    set_title("one");
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    set_title("one");
    okr_office_serve(&o);
    assert_int_equal(row(2).seq, 0);
}

/* A conflict leaves the entity as it is; what it wrote is the conflict. */
static void test_a_conflict_is_not_waited_for(void **state)
{
    (void)state;
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, "hers");
    struct okr_msg *hers = event(OKR_OFFICE_SH);
    set_title("mine");
    okr_office_publish(&o, hers);
    assert_int_equal(conflicts(), 1); /* as the server will see it */
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_int_equal(row(1).seq, 0);
    assert_int_equal(conflicts(), 1);
    assert_string_equal(title(true), "hers");
    assert_true(okr_office_view_holds(&o));
}

/* Without marks, by the answer's lsn alone. */
static void test_nameless_events(void **state)
{
    (void)state;
    set_title("one");
    okr_office_serve(&o);
    set_title("two");
    okr_office_publish(&o, nameless(OKR_OFFICE_SH));
    assert_string_equal(title(true), "two");
    assert_int_equal(conflicts(), 0);
    set_title("three");
    assert_int_equal(conflicts(), 0);
    okr_office_serve(&o);
    okr_office_publish(&o, nameless(OKR_OFFICE_SH));
    assert_string_equal(title(false), "three");
    assert_int_equal(conflicts(), 0);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* Two scopes, one of them caught up; and again without marks. */
static void test_half_of_it_is_here(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id kr = okr_company_kr(c, &goal, &c->lin, "Revenue");
    okr_office_publish_all(&o);
    for (int first = 0; first < 2; first++) {
        okr_scope a = first == 0 ? OKR_OFFICE_SH : OKR_OFFICE_SH_DETAIL;
        okr_scope b = first == 0 ? OKR_OFFICE_SH_DETAIL : OKR_OFFICE_SH;
        struct okr_id id = okr_company_id(c);
        struct okr_typed changes[] = {
            OKR_REF(OKR_F_CI_KEY_RESULT, kr),
            OKR_TYPED(OKR_F_CI_VALUE, first == 0 ? "40" : "50"),
            OKR_TYPED(OKR_F_CI_OBSERVED_AT, "2026-02-01T10:00:00Z"),
            {0}};
        struct okr_op op = okr_office_op(&o, &c->lin, OKR_VERB_CHECKIN,
                                         OKR_KIND_CHECK_IN, &id, changes);
        okr_office_submit(&o, &op);
        uint64_t seq = o.seq;
        okr_office_serve(&o);
        okr_office_publish(&o, nameless(a));
        assert_true(row(seq).written);
        assert_true(okr_office_view_holds(&o));
        okr_office_publish(&o, nameless(b));
        assert_int_equal(row(seq).seq, 0);
        assert_non_null(okr_office_text(&o, &id, OKR_F_CI_VALUE, true));
    }
    assert_true(okr_office_same(&o));
}

/* What it wrote is not followed here: nothing to wait for. */
static void test_what_is_not_followed_is_not_waited_for(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id other = okr_company_objective(c, &c->li, &c->bj, "Theirs");
    okr_office_publish_all(&o);
    struct okr_id id = okr_company_id(c);
    struct okr_typed changes[] = {OKR_REF(OKR_F_CM_SUBJECT, other),
                                  OKR_TYPED(OKR_F_CM_TEXT, "well done"),
                                  {0}};
    struct okr_op op = okr_office_op(&o, &c->lin, OKR_VERB_ADD,
                                     OKR_KIND_COMMENT, &id, changes);
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(row(1).state, OKR_OUT_PUSHED);
    okr_office_serve(&o);
    assert_int_equal(row(1).seq, 0);
}

/* Somebody moved it to where this site does not look, and the word of it is
 * still on its way: the old copy is shown, so what was done to it since has
 * to be shown over it, or its author would edit what he has edited already. */
static void test_an_edit_of_what_moved_away(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    okr_office_close(&o);
    okr_office_open(&o, false);
    o.conf.all_summaries = false;
    okr_office_restart(&o);
    goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    assert_int_equal(okr_office_state(&o).scopes, 4);
    struct okr_typed to_bj[] = {OKR_REF(OKR_F_O_UNIT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &goal, to_bj);
    assert_true(okr_verdict_is_in(&v));
    set_title("mine");
    okr_office_serve(&o);
    assert_int_equal(row(1).state, OKR_OUT_ANSWERED);
    assert_int_equal(row(1).answer.scopes[0], OKR_OFFICE_BJ);
    assert_string_equal(title(true), "mine");
    set_title("mine too");
    okr_office_serve(&o);
    assert_string_equal(
        okr_arena_str(c->arena, okr_record_text(okr_company_get(c, &goal),
                                                OKR_F_O_TITLE)),
        "mine too");
    okr_office_publish_all(&o);
    assert_null(title(true));
    assert_int_equal(row(1).seq, 0);
    assert_int_equal(row(2).seq, 0);
    assert_true(okr_office_same(&o));
}

/* Back after a lost link: the page has the effect of both, and the answers
 * come later; the round is still going on. */
static void test_taken_while_a_round_goes_on(void **state)
{
    (void)state;
    set_title("one");
    set_title("two");
    taken_unheard();
    for (int i = 0; i < 6; i++)
        okr_office_objective(&o, "more");
    relink_unheard();
    o.page_rows = 2;
    struct okr_msg *pull = take(OKR_MSG_PULL);
    okr_office_message(&o, okr_office_answer(&o, pull));
    pull = take(OKR_MSG_PULL); /* the directory has no news: at once */
    assert_string_equal(title(false), "two");
    assert_int_not_equal(okr_office_scope(&o, OKR_OFFICE_SH).token_elsn, 0);
    assert_true(row(1).written && row(2).written);
    assert_int_equal(conflicts(), 0);
    assert_true(okr_office_view_holds(&o));
}

/* The answers come first, as they do when the pushes are resent. */
static void test_answered_while_a_round_goes_on(void **state)
{
    (void)state;
    set_title("one");
    set_title("two");
    taken_unheard();
    for (int i = 0; i < 6; i++)
        okr_office_objective(&o, "more");
    relink_unheard();
    o.page_rows = 2;
    struct okr_msg *msg, *pull = NULL;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PUSH)
            okr_office_message(&o, okr_office_answer(&o, msg));
        else
            pull = msg;
    assert_int_equal(row(2).state, OKR_OUT_ANSWERED);
    assert_string_equal(title(true), "two");
    struct okr_msg *page = okr_office_answer(&o, pull);
    page->u.page.own_seq = 0; /* by lsn alone */
    okr_office_message(&o, page);
    assert_int_not_equal(okr_office_scope(&o, OKR_OFFICE_SH).token_elsn, 0);
    assert_string_equal(title(true), "two");
    assert_int_equal(conflicts(), 0);
    o.page_rows = 0;
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* Taken, and not in the page that came: it has to stay in the view. */
static void test_taken_and_still_on_its_way(void **state)
{
    (void)state;
    set_title("mine");
    taken_unheard();
    okr_office_ada_sets(&o, OKR_KIND_UNIT, &o.company.sh, OKR_F_UNIT_NAME, "x");
    okr_office_publish(&o, okr_office_head(&o, 4));
    okr_office_wait(&o, 300000);
    struct okr_msg *pull = take(OKR_MSG_PULL);
    assert_int_equal(pull->u.pull.n_wants, 1); /* the directory alone */
    struct okr_msg *page = okr_office_answer(&o, pull);
    assert_int_equal(page->u.page.own_seq, 1);
    okr_office_message(&o, page);
    assert_string_equal(title(false), "Grow");
    assert_string_equal(title(true), "mine");
    assert_false(row(1).written);
}

/* The first of two is taken; the second is not, and must stay in the view. */
static void test_only_what_is_taken(void **state)
{
    (void)state;
    set_title("one");
    set_title("two");
    assert_non_null(okr_office_answer(&o, take(OKR_MSG_PUSH)));
    relink_unheard();
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PULL && msg->u.pull.wait_s == 0)
            okr_office_message(&o, okr_office_answer(&o, msg));
    assert_true(row(1).written);
    assert_false(row(2).written);
    assert_string_equal(title(true), "two");
    assert_int_equal(conflicts(), 0);
}

/* Taken, and overwritten by somebody else since: when all is pulled it must
 * not be replayed over that. */
static void test_taken_and_overwritten(void **state)
{
    (void)state;
    set_title("mine");
    taken_unheard();
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, "hers");
    relink_unheard();
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PULL && msg->u.pull.wait_s == 0)
            okr_office_message(&o, okr_office_answer(&o, msg));
    assert_true(row(1).written);
    assert_string_equal(title(true), "hers");
    assert_int_equal(conflicts(), 0);
}

/* Taken and refused before the answer was heard: it is gone from the view
 * when all is pulled, and when the answer comes, from the outbox. */
static void test_taken_and_refused(void **state)
{
    (void)state;
    set_title("mine");
    o.verdict = okr_verdict_reject(OKR_RULE_STALE, OKR_F_O_TITLE);
    taken_unheard();
    relink_unheard();
    struct okr_msg *msg, *push = NULL;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PUSH)
            push = msg;
        else if (msg->u.pull.wait_s == 0)
            okr_office_message(&o, okr_office_answer(&o, msg));
    assert_string_equal(title(true), "Grow");
    assert_int_equal(okr_office_state(&o).pending, 1);
    okr_office_message(&o, okr_office_answer(&o, push));
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* Parked is taken, too, and has no effect yet: the answer takes back what the
 * page made believe. */
static void test_taken_and_parked(void **state)
{
    (void)state;
    struct okr_op op = set_title("mine");
    o.verdict.outcome = OKR_OUTCOME_PARKED;
    taken_unheard();
    relink_unheard();
    struct okr_msg *msg, *push = NULL;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PUSH)
            push = msg;
        else if (msg->u.pull.wait_s == 0)
            okr_office_message(&o, okr_office_answer(&o, msg));
    assert_true(row(1).written);
    okr_office_message(&o, okr_office_answer(&o, push));
    struct okr_out parked = row(1);
    assert_true(okr_id_eq(&parked.op.id, &op.id));
    assert_int_equal(parked.state, OKR_OUT_PARKED);
    assert_string_equal(title(true), "mine");
    set_title("mine too");
    assert_int_equal(conflicts(), 0);
    /* And it is not taken for written by the next round. */
    relink_unheard();
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PULL && msg->u.pull.wait_s == 0)
            okr_office_message(&o, okr_office_answer(&o, msg));
    assert_false(row(1).written);
}

/* Two steps of one turn: the second is judged on what the first brought. */
static void test_an_event_and_a_submit_in_one_turn(void **state)
{
    (void)state;
    set_title("one");
    taken_unheard();
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_TITLE, "two"), {0}};
    struct okr_op op = okr_office_op(&o, &o.company.lin, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &goal, changes);
    struct okr_site_event events[] = {
        {.kind = OKR_SITE_PUBLISHED, .msg = event(OKR_OFFICE_SH)},
        {.kind = OKR_SITE_SUBMIT, .op = &op},
    };
    okr_office_turn(&o, events, 2);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    assert_string_equal(title(true), "two");
    assert_int_equal(conflicts(), 0);
}

/* More than one handful: none may fall between two. */
static void test_a_long_outbox_is_shown_whole(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    for (int i = 0; i < 40; i++) {
        struct okr_id id = okr_company_id(c);
        struct okr_typed task[] = {OKR_REF(OKR_F_T_SUBJECT, goal),
                                   OKR_TYPED(OKR_F_T_TITLE, "call"),
                                   OKR_REF(OKR_F_T_OWNER, c->lin),
                                   {0}};
        struct okr_op op =
            okr_office_op(&o, &c->lin, OKR_VERB_ADD, OKR_KIND_TASK, &id, task);
        okr_office_submit(&o, &op);
    }
    assert_int_equal(okr_office_count(&o, OKR_KIND_TASK, true), 40);
    okr_office_restart(&o);
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_int_equal(okr_office_count(&o, OKR_KIND_TASK, true), 40);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_two_at_once_by_event),
        TEST(test_a_mark_for_what_was_never_pushed),
        TEST(test_a_mark_from_elsewhere),
        TEST(test_what_writes_nothing_is_not_waited_for),
        TEST(test_a_conflict_is_not_waited_for),
        TEST(test_nameless_events),
        TEST(test_half_of_it_is_here),
        TEST(test_what_is_not_followed_is_not_waited_for),
        TEST(test_an_edit_of_what_moved_away),
        TEST(test_taken_while_a_round_goes_on),
        TEST(test_answered_while_a_round_goes_on),
        TEST(test_taken_and_still_on_its_way),
        TEST(test_only_what_is_taken),
        TEST(test_taken_and_overwritten),
        TEST(test_taken_and_refused),
        TEST(test_taken_and_parked),
        TEST(test_an_event_and_a_submit_in_one_turn),
        TEST(test_a_long_outbox_is_shown_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
