/* The link's table is complete, and the link comes back as it should. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/core/site_link.h"
#include "tests/lib/office.h"

#define S ((okr_us)1000000)

static struct okr_office o;

static int open_office(void **state)
{
    (void)state;
    okr_office_open(&o, false);
    okr_office_objective(&o, "Grow");
    return 0;
}

static int close_office(void **state)
{
    (void)state;
    okr_office_close(&o);
    return 0;
}

static struct okr_msg *take(enum okr_msg_type type)
{
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == type)
            return msg;
    return NULL;
}

static okr_ms told_ms(void)
{
    const struct okr_fx *fx = okr_office_effect(&o, OKR_FX_DISCONNECT);
    assert_non_null(fx);
    return fx->ms;
}

/* ---- the table ----------------------------------------------------------- */

static bool is_inner(enum okr_happening happening)
{
    return happening == OKR_HAPPENING_SILENCE ||
           happening == OKR_HAPPENING_AGAIN ||
           happening == OKR_HAPPENING_CURRENT ||
           happening == OKR_HAPPENING_BEHIND;
}

/* A cell that was forgotten would be a call of NULL some night; one that is
 * `never` where the world can reach it, an abort. */
static void test_the_table_is_complete(void **state)
{
    (void)state;
    for (int p = 0; p < OKR_PHASE_COUNT; p++)
        for (int h = 0; h < OKR_HAPPENING_COUNT; h++) {
            struct okr_link_row row =
                okr_link_row((enum okr_phase)p, (enum okr_happening)h);
            assert_non_null(row.act);
            assert_true(row.next < OKR_PHASE_COUNT);
            if (okr_link_row_is_never(row))
                assert_true(is_inner((enum okr_happening)h));
        }
}

/* From everywhere: a new link is greeted, a lost one is gone. */
static void test_up_and_lost_mean_the_same_everywhere(void **state)
{
    (void)state;
    for (int p = 0; p < OKR_PHASE_COUNT; p++) {
        enum okr_phase phase = (enum okr_phase)p;
        enum okr_phase lost =
            phase == OKR_PHASE_REFUSED ? OKR_PHASE_REFUSED : OKR_PHASE_DOWN;
        assert_int_equal(okr_link_row(phase, OKR_HAPPENING_UP).next,
                         OKR_PHASE_HELLO);
        assert_int_equal(okr_link_row(phase, OKR_HAPPENING_LOST).next, lost);
    }
}

/* Every message in every state: nothing aborts, whatever the world says. */
static void test_any_message_in_any_state(void **state)
{
    (void)state;
    static const enum okr_msg_type types[] = {
        OKR_MSG_WELCOME, OKR_MSG_REFUSE, OKR_MSG_PUSHED, OKR_MSG_PAGE,
        OKR_MSG_BUSY,    OKR_MSG_ERROR,  OKR_MSG_PULL};
    for (int phase = 0; phase < 4; phase++) {
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            struct okr_msg msg = {.type = types[i], .request = 12345};
            if (phase > 0)
                okr_office_happens(&o, OKR_SITE_LINK_UP);
            if (phase > 1)
                okr_office_serve(&o);
            if (phase > 2)
                okr_office_publish_all(&o);
            okr_office_message(&o, &msg);
            msg.type = OKR_MSG_HEAD;
            msg.u.head = (struct okr_head){.scope = 4, .epoch = 1};
            okr_office_publish(&o, &msg);
            struct okr_site_event odd = {.kind = OKR_SITE_MESSAGE,
                                         .bad = OKR_ERR_FORMAT};
            okr_office_event(&o, &odd);
            okr_office_happens(&o, OKR_SITE_LINK_DOWN);
            o.n_out = 0;
        }
    }
    assert_true(okr_office_state(&o).alarms & OKR_SITE_ALARM_ODD);
    okr_office_live(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* ---- Hello --------------------------------------------------------------- */

static void test_live(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_START);
    assert_int_equal(told_ms(), 0);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_OFFLINE);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *hello = take(OKR_MSG_HELLO);
    assert_int_equal(hello->u.hello.epoch.counter, 0);
    assert_int_equal(hello->u.hello.n_cursors, 0);
    assert_int_not_equal(hello->u.hello.incarnation, 0);
    okr_office_message(&o, okr_office_answer(&o, hello));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    okr_office_publish_all(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).scopes, 5);
    assert_int_equal(okr_office_state(&o).epoch, 1);
}

/* The second Hello tells how far the site is. */
static void test_hello_names_the_cursors(void **state)
{
    (void)state;
    okr_office_live(&o);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *hello = take(OKR_MSG_HELLO);
    assert_int_equal(hello->u.hello.epoch.counter, 1);
    assert_int_equal(hello->u.hello.n_cursors, 2); /* 4 and 8 */
    assert_int_equal(hello->u.hello.cursors[0].scope, 4);
    assert_int_equal(hello->u.hello.cursors[0].lsn,
                     okr_office_scope(&o, 4).cursor);
}

/* SUB has a link of its own: when only DEALER comes back, nothing new is
 * subscribed, so no Head comes; and none is needed. */
static void test_sub_outlives_the_other_link(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
    assert_int_equal(okr_office_effects(&o, OKR_FX_RESUBSCRIBE), 1);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
    assert_int_equal(okr_office_effects(&o, OKR_FX_RESUBSCRIBE), 0);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    /* After an abort nobody knows what the shell was told. */
    o.fail = true;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
    assert_int_equal(okr_office_effects(&o, OKR_FX_RESUBSCRIBE), 1);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
}

static void test_a_late_welcome_is_ignored(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *first = okr_office_answer(&o, take(OKR_MSG_HELLO));
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    first->u.welcome.last_seq = 17; /* would begin a new incarnation */
    okr_office_message(&o, first);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_OFFLINE);
    assert_int_equal(okr_office_state(&o).alarms, 0);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
}

static void test_an_unanswered_hello_is_said_again(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *first = take(OKR_MSG_HELLO);
    okr_office_wait(&o, 15 * S);
    struct okr_msg *second = take(OKR_MSG_HELLO);
    assert_non_null(second);
    assert_int_not_equal(first->request, second->request);
    okr_office_wait(&o, 29 * S);
    assert_null(take(OKR_MSG_HELLO));
    okr_office_wait(&o, 2 * S);
    assert_non_null(take(OKR_MSG_HELLO));
    okr_office_wait(&o, 300 * S);
    assert_true(okr_office_traced(&o, "link lost: hello -> down"));
}

/* A server that is busy is no dead server. */
static void test_busy_to_a_hello(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    for (int i = 0; i < 8; i++) {
        struct okr_msg *hello = take(OKR_MSG_HELLO);
        assert_non_null(hello);
        struct okr_msg busy = {.type = OKR_MSG_BUSY,
                               .request = hello->request,
                               .u.busy.retry_ms = 20000};
        okr_office_message(&o, &busy);
        okr_office_wait(&o, 19 * S);
        assert_null(take(OKR_MSG_HELLO));
        okr_office_wait(&o, 21 * S);
    }
    assert_false(okr_office_traced(&o, "link lost"));
}

static void test_another_organisation_is_refused(void **state)
{
    (void)state;
    o.company.ground.org = okr_made_id(0x12);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_REFUSED);
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_ORG);
    assert_in_range(told_ms(), 300000, 600000);
    assert_null(take(OKR_MSG_PULL));
}

/* ---- coming back --------------------------------------------------------- */

/* Full jitter up to 200 ms, 400 ms … and never over the cap; only a Welcome
 * begins anew. */
static void test_backoff(void **state)
{
    (void)state;
    okr_ms largest = 0;
    okr_office_live(&o);
    for (int i = 0; i < 40; i++) {
        okr_office_happens(&o, OKR_SITE_LINK_DOWN);
        okr_ms ms = told_ms(), cap = i < 6 ? 200 << i : 8000;
        assert_in_range(ms, 0, cap < 8000 ? cap : 8000);
        if (ms > largest)
            largest = ms;
        o.now += ms * 1000;
        if (i % 2 == 0) { /* linked, and nobody says Welcome */
            okr_office_happens(&o, OKR_SITE_LINK_UP);
            o.now += S;
        }
    }
    assert_in_range(largest, 4000, 8000);
    okr_office_live(&o);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    assert_in_range(told_ms(), 0, 200);
}

/* The shell tells of one loss twice: the first answer stands. */
static void test_lost_twice_is_lost_once(void **state)
{
    (void)state;
    okr_office_live(&o);
    for (int i = 0; i < 10; i++) {
        okr_office_happens(&o, OKR_SITE_LINK_DOWN);
        o.now += told_ms() * 1000;
    }
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    okr_ms first = told_ms();
    o.now += 1000;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    assert_in_range(first - told_ms(), 0, 2);
}

/* The shell forgot, or its answer was lost with a turn: asked again. */
static void test_a_call_that_nobody_answers_is_repeated(void **state)
{
    (void)state;
    o.fail = true;
    okr_office_happens(&o, OKR_SITE_START);
    assert_int_equal(okr_site_deadline(o.site), 0);
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_int_equal(okr_office_effects(&o, OKR_FX_DISCONNECT), 1);
    o.now = okr_site_deadline(o.site);
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_int_equal(okr_office_effects(&o, OKR_FX_DISCONNECT), 1);
}

static void test_refused(void **state)
{
    (void)state;
    okr_office_live(&o);
    struct okr_msg refuse = {.type = OKR_MSG_REFUSE,
                             .u.refuse.code = OKR_REFUSAL_REVOKED};
    okr_office_message(&o, &refuse);
    okr_ms ms = told_ms();
    assert_in_range(ms, 300000, 600000);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_REFUSED);
    assert_int_equal(okr_office_state(&o).refusal, OKR_REFUSAL_REVOKED);
    /* The shell drops the link: that shortens nothing. */
    o.now += S;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    assert_in_range(ms - told_ms(), 1000, 1002);
    /* What was published before is not taken any more. */
    okr_office_objective(&o, "secret");
    okr_office_publish_all(&o);
    assert_false(okr_office_same(&o));
    o.now += ms * 1000;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN); /* it could not connect */
    assert_in_range(told_ms(), 300000, 600000);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_REFUSED);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_CATCHING_UP);
    assert_int_equal(okr_office_state(&o).refusal, 0);
}

/* Told when to come back: not before, and not for ever. */
static void test_refused_for_a_while(void **state)
{
    (void)state;
    okr_office_live(&o);
    struct okr_msg refuse = {
        .type = OKR_MSG_REFUSE,
        .u.refuse = {.code = OKR_REFUSAL_HEALING, .retry_ms = 30000}};
    okr_office_message(&o, &refuse);
    assert_in_range(told_ms(), 30000, 34000);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    refuse.u.refuse.retry_ms = UINT32_MAX;
    okr_office_message(&o, &refuse);
    assert_in_range(told_ms(), 3600000, 4060000);
}

/* The turn is taken back, and with it what was sent: Hello again. */
static void test_after_an_abort_hello_is_said_again(void **state)
{
    (void)state;
    okr_office_live(&o);
    o.fail = true;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_OFFLINE);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_non_null(take(OKR_MSG_HELLO));
}

/* Set back by a year, a clock must not stop the timers for a year; and what
 * is judged is judged with the server's time. */
static void test_a_clock_set_back(void **state)
{
    (void)state;
    okr_office_live(&o);
    okr_us year = 365 * 86400 * S;
    o.now -= year;
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    assert_in_range(okr_site_deadline(o.site) - o.now, 0, 76 * S);
    struct okr_msg beat = {.type = OKR_MSG_BEAT};
    okr_us fresh = okr_office_state(&o).fresh_at;
    o.now += S;
    okr_office_publish(&o, &beat);
    assert_in_range(okr_office_state(&o).fresh_at - fresh, S - 10000,
                    S + 10000);
}

static void test_messages_on_the_wrong_socket(void **state)
{
    (void)state;
    okr_office_live(&o);
    o.n_out = 0;
    struct okr_msg beat = {.type = OKR_MSG_BEAT};
    struct okr_site_event event = {.kind = OKR_SITE_MESSAGE, .msg = &beat};
    okr_office_event(&o, &event);
    struct okr_msg refuse = {.type = OKR_MSG_REFUSE,
                             .u.refuse.code = OKR_REFUSAL_REVOKED};
    event.kind = OKR_SITE_PUBLISHED;
    event.msg = &refuse;
    okr_office_event(&o, &event);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_table_is_complete),
        cmocka_unit_test(test_up_and_lost_mean_the_same_everywhere),
        TEST(test_any_message_in_any_state),
        TEST(test_live),
        TEST(test_hello_names_the_cursors),
        TEST(test_sub_outlives_the_other_link),
        TEST(test_a_late_welcome_is_ignored),
        TEST(test_an_unanswered_hello_is_said_again),
        TEST(test_busy_to_a_hello),
        TEST(test_another_organisation_is_refused),
        TEST(test_backoff),
        TEST(test_lost_twice_is_lost_once),
        TEST(test_a_call_that_nobody_answers_is_repeated),
        TEST(test_refused),
        TEST(test_refused_for_a_while),
        TEST(test_after_an_abort_hello_is_said_again),
        TEST(test_a_clock_set_back),
        TEST(test_messages_on_the_wrong_socket),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
