/* Events, heads and beats: the gap rule, and what PUB loses without a sign. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
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

static void ada_sets(const char *text)
{
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, text);
}

static struct okr_msg *event(void)
{
    struct okr_msg *msg = okr_office_events(&o, OKR_OFFICE_SH);
    assert_non_null(msg);
    return msg;
}

static const char *title(void)
{
    return okr_office_text(&o, &goal, OKR_F_O_TITLE, false);
}

static okr_lsn cursor(void)
{
    return okr_office_scope(&o, OKR_OFFICE_SH).cursor;
}

static struct okr_msg *take_pull(void)
{
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PULL)
            return msg;
    return NULL;
}

static size_t traced_times(const char *text)
{
    size_t n = 0;
    for (const char *at = o.trace; (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

static void test_an_event_is_applied_and_told(void **state)
{
    (void)state;
    ada_sets("new");
    struct okr_msg *msg = event();
    msg->u.event.rows[0].last.person = o.company.ada;
    msg->u.event.rows[0].last.is_signed = true;
    okr_office_publish(&o, msg);
    assert_string_equal(title(), "new");
    assert_int_equal(cursor(), msg->u.event.lsn);
    const struct okr_fx *fx = okr_office_effect(&o, OKR_FX_CHANGED);
    assert_non_null(fx);
    assert_int_equal(fx->lsn, msg->u.event.lsn);
    assert_int_equal(fx->scope, OKR_OFFICE_SH);
    assert_int_equal(fx->history->n_changes, 1);
    assert_true(okr_slice_is(fx->history->changes[0].before, "Grow"));
    assert_true(okr_slice_is(fx->history->changes[0].after, "new"));
    assert_true(okr_id_eq(&fx->history->last.person, &o.company.ada));
    assert_true(fx->history->last.is_signed);
    assert_false(fx->history->collapsed);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* One Event over two operations stands for both in the history. */
static void test_two_operations_in_one_event_are_one_entry(void **state)
{
    (void)state;
    ada_sets("new");
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_WEIGHT, "3");
    okr_office_publish(&o, event());
    assert_true(okr_office_effect(&o, OKR_FX_CHANGED)->history->collapsed);
}

static void test_an_event_twice_is_once(void **state)
{
    (void)state;
    ada_sets("new");
    struct okr_msg *msg = event();
    okr_office_publish(&o, msg);
    okr_office_publish(&o, msg);
    assert_int_equal(okr_office_effects(&o, OKR_FX_CHANGED), 0);
    okr_office_wait(&o, S);
    assert_null(take_pull());
    assert_true(okr_office_same(&o));
}

/* A gap: one Pull, not at once and not late; what comes after is not applied
 * over the hole. */
static void test_a_gap_is_pulled(void **state)
{
    (void)state;
    ada_sets("lost");
    struct okr_msg *lost = event();
    okr_lsn before = cursor();
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_WEIGHT, "3");
    struct okr_msg *after = event();
    okr_office_publish(&o, after);
    okr_office_publish(&o, after);
    assert_int_equal(cursor(), before);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    assert_int_equal(okr_office_state(&o).head, after->u.event.lsn);
    okr_office_wait(&o, 300000);
    struct okr_msg *pull = take_pull();
    assert_non_null(pull);
    assert_int_equal(pull->u.pull.n_wants, 1);
    assert_int_equal(pull->u.pull.wants[0].scope, OKR_OFFICE_SH);
    assert_int_equal(pull->u.pull.wants[0].since, before);
    assert_null(take_pull());
    okr_office_publish(&o, lost); /* it was only late */
    assert_string_equal(title(), "lost");
    okr_office_message(&o, okr_office_answer(&o, pull));
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* Many sites see the same gap: they do not ask in the same moment. */
static void test_gaps_are_asked_about_at_random(void **state)
{
    (void)state;
    okr_us seen[8];
    bool differ = false;
    for (int i = 0; i < 8; i++) {
        ada_sets(i % 2 == 0 ? "x" : "y");
        (void)event();
        ada_sets("z");
        okr_office_publish(&o, event());
        seen[i] = okr_site_deadline(o.site) - o.now;
        assert_in_range(seen[i], 0, 300000);
        differ = differ || seen[i] != seen[0];
        okr_office_wait(&o, 300000);
        okr_office_serve(&o);
    }
    assert_true(differ);
}

/* The tail is lost and nothing comes after it but a Head. */
static void test_a_head_shows_a_lost_tail(void **state)
{
    (void)state;
    ada_sets("tail");
    (void)event();
    okr_office_publish(&o, okr_office_head(&o, OKR_OFFICE_SH));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    okr_office_wait(&o, 300000);
    okr_office_serve(&o);
    assert_string_equal(title(), "tail");
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* The page was faster than the Head that had been sent before it: digests of
 * two moments differ without anything being wrong. */
static void test_an_old_head_is_not_compared(void **state)
{
    (void)state;
    struct okr_msg *old = okr_office_head(&o, OKR_OFFICE_SH);
    ada_sets("new");
    okr_office_publish(&o, event());
    okr_office_publish(&o, old);
    assert_false(okr_office_traced(&o, "differs"));
    assert_int_equal(okr_office_scope(&o, OKR_OFFICE_SH).count, 1);
}

static void test_another_epoch_means_hello(void **state)
{
    (void)state;
    ada_sets("new");
    struct okr_msg *msg = event();
    msg->u.event.epoch = 9;
    o.n_out = 0;
    okr_office_publish(&o, msg);
    assert_int_equal(okr_office_take(&o)->type, OKR_MSG_HELLO);
    assert_string_equal(title(), "Grow");
    okr_office_publish(&o, msg); /* one is enough */
    assert_null(okr_office_take(&o));
}

static void test_what_is_not_followed_is_unsubscribed(void **state)
{
    (void)state;
    struct okr_msg msg = {.type = OKR_MSG_EVENT,
                          .u.event = {.scope = 20, .epoch = 1, .lsn = 99}};
    okr_office_publish(&o, &msg);
    assert_int_equal(okr_office_effect(&o, OKR_FX_UNSUBSCRIBE)->scope, 20);
}

/* Nothing at all for three beats: anything may have been lost. */
static void test_silence_on_sub(void **state)
{
    (void)state;
    okr_us t = 45 * S;
    okr_office_wait(&o, t - 2000);
    o.n_out = 0;
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    struct okr_msg beat = {.type = OKR_MSG_BEAT};
    okr_office_publish(&o, &beat);
    okr_office_wait(&o, t - 1000);
    assert_false(okr_office_traced(&o, "SUB is silent"));
    o.now += 1000;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_int_equal(okr_office_effects(&o, OKR_FX_RESUBSCRIBE), 1);
    assert_int_equal(okr_office_effects(&o, OKR_FX_SUBSCRIBE_BEAT), 1);
    assert_int_equal(okr_office_effects(&o, OKR_FX_SUBSCRIBE), 4);
    assert_true(okr_slice_is(okr_office_effect(&o, OKR_FX_SUBSCRIBE_BEAT)->text,
                             "7001"));
    okr_office_serve(&o);
    /* Complete, but deaf: not live before a Head. */
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    okr_us first = o.now;
    while (traced_times("SUB is silent") < 2) {
        o.now = okr_site_deadline(o.site);
        okr_office_happens(&o, OKR_SITE_TIMEOUT);
        okr_office_serve(&o);
    }
    assert_in_range(o.now - first, 2 * t, 2 * t + S);
    okr_office_publish_all(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* "As of": with every sign of life, and no other way. */
static void test_fresh_at(void **state)
{
    (void)state;
    o.now += 10 * S;
    o.company.ground.now = o.now;
    struct okr_msg beat = {.type = OKR_MSG_BEAT};
    okr_office_publish(&o, &beat);
    assert_int_equal(okr_office_state(&o).fresh_at, o.now);
    okr_us fresh = o.now;
    ada_sets("lost");
    (void)event();
    o.now += S;
    okr_office_publish(&o, okr_office_head(&o, OKR_OFFICE_SH));
    okr_office_publish(&o, &beat); /* catching up: a beat says nothing */
    assert_int_equal(okr_office_state(&o).fresh_at, fresh);
    o.now += 300000;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).fresh_at, o.now);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    fresh = o.now;
    o.now += 400 * S;
    okr_office_publish(&o, &beat);
    assert_int_equal(okr_office_state(&o).fresh_at, fresh);
}

/* It is kept over a restart, if not to the beat. */
static void test_fresh_at_is_kept(void **state)
{
    (void)state;
    struct okr_msg beat = {.type = OKR_MSG_BEAT};
    for (int i = 0; i < 60; i++) {
        o.now += 15 * S;
        okr_office_publish(&o, &beat);
    }
    okr_us last = o.now;
    okr_office_restart(&o);
    okr_us fresh = okr_office_state(&o).fresh_at;
    assert_in_range(last - fresh, 0, 300 * S);
}

static void test_a_mark_of_another_site_means_nothing(void **state)
{
    (void)state;
    okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, "mine");
    struct okr_msg *push = okr_office_take(&o);
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_WEIGHT, "2");
    struct okr_msg *msg = event();
    struct okr_mark marks[] = {
        {o.company.site, push->u.push.incarnation, 1},
        {o.id, push->u.push.incarnation + 1, 1},
        {o.id, push->u.push.incarnation, 77},
    };
    msg->u.event.marks = marks;
    msg->u.event.n_marks = 3;
    okr_office_publish(&o, msg);
    assert_string_equal(okr_office_text(&o, &goal, OKR_F_O_TITLE, true),
                        "mine");
    assert_false(okr_office_traced(&o, "is written"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_event_is_applied_and_told),
        TEST(test_two_operations_in_one_event_are_one_entry),
        TEST(test_an_event_twice_is_once),
        TEST(test_a_gap_is_pulled),
        TEST(test_gaps_are_asked_about_at_random),
        TEST(test_a_head_shows_a_lost_tail),
        TEST(test_an_old_head_is_not_compared),
        TEST(test_another_epoch_means_hello),
        TEST(test_what_is_not_followed_is_unsubscribed),
        TEST(test_silence_on_sub),
        TEST(test_fresh_at),
        TEST(test_fresh_at_is_kept),
        TEST(test_a_mark_of_another_site_means_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
