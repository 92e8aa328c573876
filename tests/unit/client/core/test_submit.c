/* A person's operation at a site: saved before anything else, shown at once,
 * never lost, never in conflict with itself. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/office.h"

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

static void set_title(const char *text)
{
    okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, text);
}

static const char *title(bool view)
{
    return okr_office_text(&o, &goal, OKR_F_O_TITLE, view);
}

static void go_offline(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
}

static void go_online(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_wait(&o, 1000);
    okr_office_serve(&o);
}

/* Saved only in memory, or in the view without the outbox, or the other way
 * round. */
static void test_offline_edit_survives_a_restart(void **state)
{
    (void)state;
    go_offline();
    set_title("Grow fast");
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(o.seq, 1);
    okr_office_restart(&o);
    assert_string_equal(title(true), "Grow fast");
    assert_string_equal(title(false), "Grow");
    assert_int_equal(okr_office_state(&o).pending, 1);
    go_online();
    assert_string_equal(title(false), "Grow fast");
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_true(okr_office_same(&o));
}

/* The effects say what changed, with the value before, marked pending. */
static void test_it_is_told_as_pending(void **state)
{
    (void)state;
    set_title("Grow fast");
    const struct okr_fx *fx = okr_office_effect(&o, OKR_FX_CHANGED);
    assert_non_null(fx);
    assert_int_equal(fx->lsn, OKR_LSN_PENDING | o.seq);
    assert_true(okr_id_eq(&fx->id, &goal));
    assert_int_equal(fx->row->n_regs, 1);
    assert_true(okr_slice_is(fx->row->regs[0].data, "Grow fast"));
    assert_int_equal(fx->history->n_changes, 1);
    assert_true(okr_slice_is(fx->history->changes[0].before, "Grow"));
    assert_true(okr_id_eq(&fx->history->last.person, &o.company.lin));
}

/* Every edit names the one before as seen; if the replay gave other numbers
 * than the first time, the second would conflict with the first. */
static void test_own_edits_never_conflict(void **state)
{
    (void)state;
    go_offline();
    set_title("one");
    set_title("two");
    okr_office_restart(&o);
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    set_title("three");
    assert_string_equal(title(true), "three");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_true(okr_office_view_holds(&o));
    go_online();
    assert_string_equal(title(false), "three");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* The effect of the first comes by Event before its answer; the second is
 * still pending and names it. */
static void test_event_before_the_answer(void **state)
{
    (void)state;
    set_title("one");
    struct okr_msg *push = okr_office_take(&o);
    struct okr_msg *answer = okr_office_answer(&o, push);
    set_title("two");
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    assert_string_equal(title(false), "one");
    assert_string_equal(title(true), "two");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_true(okr_office_view_holds(&o));
    set_title("three");
    okr_office_message(&o, answer);
    assert_string_equal(title(true), "three");
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "three");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_int_equal(o.company.decision.verdict.outcome, OKR_OUTCOME_ACCEPTED);
}

/* And the other way round: answered, and the effect still on its way. */
static void test_answer_before_the_event(void **state)
{
    (void)state;
    set_title("one");
    okr_office_serve(&o);
    assert_string_equal(title(false), "Grow");
    assert_string_equal(title(true), "one");
    assert_int_equal(okr_office_state(&o).pending, 0);
    set_title("two");
    assert_string_equal(title(true), "two");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_true(okr_office_view_holds(&o));
    okr_office_publish_all(&o);
    assert_string_equal(title(true), "two");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "two");
    assert_true(okr_office_same(&o));
}

static void test_a_refused_act_leaves_nothing(void **state)
{
    (void)state;
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_TITLE, "mine"), {0}};
    struct okr_op op = okr_office_op(&o, &o.company.wang, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &goal, changes);
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_REJECTED);
    assert_int_equal(o.submitted.rule, OKR_RULE_NOT_PERMITTED);
    assert_int_equal(o.seq, 0);
    assert_string_equal(title(true), "Grow");
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_int_equal(okr_office_effects(&o, OKR_FX_CHANGED), 0);
    assert_int_equal(o.n_out, 0);
}

/* A site that does not have what it is about saves it all the same. */
static void test_what_cannot_be_judged_waits(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id other = okr_company_objective(c, &c->lin, &c->sh, "New");
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_WEIGHT, "2"), {0}};
    struct okr_op op = okr_office_op(&o, &c->lin, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &other, changes);
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_UNKNOWN_HERE);
    assert_int_equal(o.seq, 1);
    assert_int_equal(okr_office_state(&o).pending, 1);
    assert_null(okr_office_text(&o, &other, OKR_F_O_TITLE, true));
    /* It comes: the replay finds what was missing. */
    okr_office_publish_all(&o);
    assert_true(okr_office_view_holds(&o));
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* The shell asks again because it never heard the answer. */
static void test_submitting_twice_saves_once(void **state)
{
    (void)state;
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_TITLE, "once"), {0}};
    struct okr_op op = okr_office_op(&o, &o.company.lin, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &goal, changes);
    okr_office_submit(&o, &op);
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(o.seq, 1);
    assert_int_equal(okr_office_state(&o).pending, 1);
    okr_office_serve(&o);
    okr_office_submit(&o, &op); /* answered, not here yet */
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    okr_office_publish_all(&o);
    okr_office_submit(&o, &op); /* here, and out of the outbox */
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    assert_int_equal(okr_office_state(&o).pending, 0);
    op.time++;
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.rule, OKR_RULE_OP_ID_REUSED);
}

/* A signature without an active key of the person. */
static void test_a_forged_signature_is_refused(void **state)
{
    (void)state;
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_TITLE, "x"), {0}};
    struct okr_op op = okr_office_op(&o, &o.company.lin, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &goal, changes);
    op.is_signed = true;
    memset(op.sig, 5, sizeof op.sig);
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.rule, OKR_RULE_SIGNATURE);
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_string_equal(title(true), "Grow");
}

/* Judged again with the time of the rebuild, created_at would move. */
static void test_the_view_does_not_drift(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    go_offline();
    struct okr_id id = okr_company_id(c);
    struct okr_typed changes[] = {OKR_REF(OKR_F_T_SUBJECT, goal),
                                  OKR_TYPED(OKR_F_T_TITLE, "call"),
                                  OKR_REF(OKR_F_T_OWNER, c->lin),
                                  {0}};
    o.now += 3600 * (okr_us)1000000;
    struct okr_op op =
        okr_office_op(&o, &c->lin, OKR_VERB_ADD, OKR_KIND_TASK, &id, changes);
    op.time += 7200 * (okr_us)1000000; /* the author's clock is ahead */
    okr_office_submit(&o, &op);
    assert_int_equal(o.submitted.outcome, OKR_OUTCOME_ACCEPTED);
    o.now += 24 * 3600 * (okr_us)1000000;
    assert_true(okr_office_view_holds(&o));
    okr_office_restart(&o);
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_string_equal(okr_office_text(&o, &id, OKR_F_T_TITLE, true), "call");
    assert_true(okr_office_view_holds(&o));
}

/* An abort takes back what the turn said; the number is given again. */
static void test_an_aborted_turn_saved_nothing(void **state)
{
    (void)state;
    struct okr_typed changes[] = {OKR_TYPED(OKR_F_O_TITLE, "lost"), {0}};
    struct okr_op op = okr_office_op(&o, &o.company.lin, OKR_VERB_SET,
                                     OKR_KIND_OBJECTIVE, &goal, changes);
    o.fail = true;
    okr_office_submit(&o, &op);
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_string_equal(title(true), "Grow");
    okr_office_submit(&o, &op);
    assert_int_equal(o.seq, 1);
    assert_string_equal(title(true), "lost");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_offline_edit_survives_a_restart),
        TEST(test_it_is_told_as_pending),
        TEST(test_own_edits_never_conflict),
        TEST(test_event_before_the_answer),
        TEST(test_answer_before_the_event),
        TEST(test_a_refused_act_leaves_nothing),
        TEST(test_what_cannot_be_judged_waits),
        TEST(test_submitting_twice_saves_once),
        TEST(test_a_forged_signature_is_refused),
        TEST(test_the_view_does_not_drift),
        TEST(test_an_aborted_turn_saved_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
