/* Pulls: one in flight, resumed where they stopped, compared at the end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "tests/lib/office.h"

#define S ((okr_us)1000000)

static struct okr_office o;

static int open_office(void **state)
{
    (void)state;
    okr_office_open(&o, false);
    return 0;
}

static int open_thin(void **state)
{
    (void)state;
    okr_office_open(&o, true);
    return 0;
}

static int close_office(void **state)
{
    (void)state;
    okr_office_close(&o);
    return 0;
}

static void link_up(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
}

/* The next Pull; whatever else waits is dropped. */
static struct okr_msg *take_pull(void)
{
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == OKR_MSG_PULL)
            return msg;
    return NULL;
}

static struct okr_msg *page_for(const struct okr_msg *pull)
{
    struct okr_msg *page = okr_office_answer(&o, pull);
    assert_non_null(page);
    assert_int_equal(page->type, OKR_MSG_PAGE);
    return page;
}

static void many_objectives(int n)
{
    char title[24];
    for (int i = 0; i < n; i++) {
        snprintf(title, sizeof title, "goal %d", i);
        okr_office_objective(&o, title);
    }
}

/* A token that is kept only in memory starts the scope anew; one that is
 * stored without its rows loses them. */
static void test_paging_resumes_at_its_token(void **state)
{
    (void)state;
    o.page_rows = 5;
    link_up();
    struct okr_msg *pull = take_pull();
    assert_int_equal(pull->u.pull.n_wants, 1);
    assert_int_equal(pull->u.pull.bytes_max, 4096);
    struct okr_msg *page = page_for(pull);
    okr_office_message(&o, page);
    okr_lsn token = page->u.page.sections[0].token_elsn;
    assert_int_equal(okr_office_scope(&o, 4).token_elsn, token);
    assert_int_equal(okr_office_scope(&o, 4).cursor, 0);
    assert_int_equal(okr_office_scope(&o, 4).count, 5);
    okr_office_restart(&o);
    link_up();
    pull = take_pull();
    assert_int_equal(pull->u.pull.wants[0].since, 0);
    assert_int_equal(pull->u.pull.wants[0].after_elsn, token);
    assert_int_equal(pull->u.pull.wants[0].upto, page->u.page.sections[0].upto);
    okr_office_message(&o, page_for(pull));
    okr_office_serve(&o);
    assert_true(okr_office_same(&o));
    assert_false(okr_office_traced(&o, "differs"));
}

/* What changes while it is paged moves to the end and comes again. */
static void test_changes_during_paging(void **state)
{
    (void)state;
    struct okr_id goal = okr_office_objective(&o, "early");
    many_objectives(12);
    o.page_rows = 4;
    link_up();
    for (int i = 0; i < 6; i++) {
        struct okr_msg *pull = take_pull();
        char text[16];
        snprintf(text, sizeof text, "now %d", i);
        okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, text);
        okr_office_message(&o, page_for(pull));
    }
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_wait(&o, S);
    okr_office_serve(&o);
    assert_true(okr_office_same(&o));
    assert_string_equal(okr_office_text(&o, &goal, OKR_F_O_TITLE, false),
                        "now 5");
    assert_false(okr_office_traced(&o, "differs"));
}

/* Rows of an Event into half a scope would leave a hole below the cursor. */
static void test_events_wait_while_a_scope_is_paged(void **state)
{
    (void)state;
    many_objectives(7);
    o.page_rows = 20;
    link_up();
    okr_office_message(&o, page_for(take_pull())); /* the directory */
    o.page_rows = 3;
    struct okr_msg *page = page_for(take_pull());
    struct okr_id goal = okr_office_objective(&o, "late");
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    assert_true(okr_office_traced(&o, "of scope 8 held back"));
    okr_office_message(&o, page);
    assert_int_not_equal(okr_office_scope(&o, OKR_OFFICE_SH).token_elsn, 0);
    okr_office_objective(&o, "later");
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    assert_int_equal(okr_office_scope(&o, OKR_OFFICE_SH).cursor, 0);
    assert_null(okr_office_text(&o, &goal, OKR_F_O_TITLE, false));
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* Several entities of one operation have one lsn: a token of the lsn alone
 * would stand still between them. */
static void test_paging_within_one_operation(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    for (int i = 0; i < 4; i++)
        okr_company_kr(c, &goal, &c->lin, "Revenue");
    struct okr_typed move[] = {OKR_REF(OKR_F_O_UNIT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &goal, move);
    assert_true(okr_verdict_is_in(&v));
    o.page_rows = 1;
    okr_office_live(&o);
    assert_int_equal(okr_office_state(&o).alarms, 0);
    assert_int_equal(okr_office_scope(&o, OKR_OFFICE_BJ).count, 5);
    assert_true(okr_office_same(&o));
}

/* The page was made, an Event came after it and was held back: what the page
 * says is the end is the end no more. */
static void test_an_event_behind_the_last_page(void **state)
{
    (void)state;
    many_objectives(2);
    link_up();
    okr_office_message(&o, page_for(take_pull())); /* the directory */
    struct okr_msg *page = page_for(take_pull());
    okr_office_objective(&o, "late");
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    okr_office_message(&o, page);
    assert_false(okr_office_same(&o));
    okr_office_serve(&o);
    assert_true(okr_office_same(&o));
}

/* Events were faster than the page that had been asked for. */
static void test_a_page_older_than_the_cursor(void **state)
{
    (void)state;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    struct okr_msg *events[3];
    for (int i = 0; i < 3; i++) {
        okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE,
                            i % 2 == 0 ? "a" : "b");
        events[i] = okr_office_events(&o, OKR_OFFICE_SH);
    }
    okr_office_publish(&o, events[1]);
    okr_office_wait(&o, 300000);
    struct okr_msg *pull = take_pull();
    assert_non_null(pull);
    struct okr_msg *page = page_for(pull);
    page->u.page.sections[0].head = events[1]->u.event.lsn;
    page->u.page.sections[0].n_rows = 0;
    for (int i = 0; i < 3; i++)
        okr_office_publish(&o, events[i]);
    okr_lsn cursor = okr_office_scope(&o, OKR_OFFICE_SH).cursor;
    assert_int_equal(cursor, events[2]->u.event.lsn);
    okr_office_message(&o, page);
    assert_int_equal(okr_office_scope(&o, OKR_OFFICE_SH).cursor, cursor);
    assert_false(okr_office_traced(&o, "differs"));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* A section that begins where nobody asked leaves a hole. */
static void test_a_section_from_elsewhere(void **state)
{
    (void)state;
    link_up();
    struct okr_msg *page = page_for(take_pull());
    page->u.page.sections[0].since = 3;
    okr_office_message(&o, page);
    assert_int_equal(okr_office_scope(&o, 4).cursor, 0);
    assert_int_equal(okr_office_scope(&o, 4).count, 0);
}

/* A page that was given up comes after all: its rows are older than what the
 * next one brought, and its token would send the site back. */
static void test_a_late_page_is_ignored(void **state)
{
    (void)state;
    link_up();
    struct okr_msg *first = page_for(take_pull());
    okr_office_wait(&o, 16 * S);
    struct okr_msg *again = take_pull();
    assert_int_not_equal(again->request, first->request);
    okr_office_message(&o, first);
    assert_true(okr_office_traced(&o, "late page"));
    assert_int_equal(okr_office_scope(&o, 4).cursor, 0);
    okr_office_message(&o, page_for(again));
    assert_int_not_equal(okr_office_scope(&o, 4).cursor, 0);
    okr_office_message(&o, page_for(again)); /* twice */
    okr_office_serve(&o);
    assert_true(okr_office_same(&o));
}

static void test_time_outs_double_and_pages_shrink(void **state)
{
    (void)state;
    many_objectives(30);
    link_up();
    o.now += 1000;
    okr_office_message(&o, page_for(take_pull()));
    struct okr_msg *pull = take_pull();
    assert_int_equal(pull->u.pull.bytes_max, 200 * 1024); /* a fast link */
    okr_office_wait(&o, 15 * S + 1000);
    pull = take_pull();
    assert_non_null(pull);
    assert_int_equal(pull->u.pull.bytes_max, 4096);
    okr_office_wait(&o, 29 * S);
    assert_null(take_pull());
    okr_office_wait(&o, 2 * S);
    pull = take_pull();
    assert_non_null(pull);
    /* 30 rows in a second: what that gives in ten. */
    o.now += S;
    okr_office_message(&o, page_for(pull));
    okr_office_happens(&o, OKR_SITE_TIMEOUT);
    okr_office_ada_sets(&o, OKR_KIND_UNIT, &o.company.sh, OKR_F_UNIT_NAME, "x");
    okr_office_publish(&o, okr_office_head(&o, 4));
    okr_office_wait(&o, 300000);
    pull = take_pull();
    assert_in_range(pull->u.pull.bytes_max, 8 * 1024, 200 * 1024 - 1);
}

/* A move: the entity leaves one followed scope for another one.  The gone row
 * of the one must not keep out what comes in the other. */
static void test_a_move_between_scopes(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    struct okr_typed to_bj[] = {OKR_REF(OKR_F_O_UNIT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &goal, to_bj);
    assert_true(okr_verdict_is_in(&v));
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    assert_null(okr_office_text(&o, &goal, OKR_F_O_TITLE, false));
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_BJ));
    assert_string_equal(okr_office_text(&o, &goal, OKR_F_O_TITLE, false),
                        "Grow");
    okr_office_publish_all(&o);
    assert_true(okr_office_same(&o));
    /* And back, the other way round. */
    struct okr_typed to_sh[] = {OKR_REF(OKR_F_O_UNIT, c->sh), {0}};
    v = okr_company_act(c, &c->ada, OKR_VERB_SET, OKR_KIND_OBJECTIVE, &goal,
                        to_sh);
    assert_true(okr_verdict_is_in(&v));
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_BJ));
    okr_office_publish_all(&o);
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* The other scope's Event has it already taken out of this one, whose Head is
 * still of the time before: digests of two moments. */
static void test_a_move_is_no_difference(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    struct okr_msg *head = okr_office_head(&o, OKR_OFFICE_SH);
    struct okr_typed to_bj[] = {OKR_REF(OKR_F_O_UNIT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &goal, to_bj);
    assert_true(okr_verdict_is_in(&v));
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_BJ));
    okr_office_publish(&o, head);
    assert_false(okr_office_traced(&o, "differs"));
    okr_office_publish_all(&o);
    assert_true(okr_office_same(&o));
}

/* It left; a row of the time before comes late.  Brought back, it would stay
 * for ever: nobody tells again that it is gone. */
static void test_a_late_row_does_not_bring_back_what_left(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, "old");
    struct okr_msg *late = okr_office_events(&o, OKR_OFFICE_SH);
    struct okr_typed move[] = {OKR_REF(OKR_F_O_UNIT, c->bj), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &goal, move);
    assert_true(okr_verdict_is_in(&v));
    okr_office_publish(&o, okr_office_head(&o, OKR_OFFICE_SH));
    okr_office_wait(&o, 300000);
    okr_office_serve(&o);
    assert_null(okr_office_text(&o, &goal, OKR_F_O_TITLE, false));
    /* As if the scope had not moved on: the row itself must not pass. */
    late->u.event.prev_lsn = okr_office_scope(&o, OKR_OFFICE_SH).cursor;
    late->u.event.lsn = late->u.event.prev_lsn + 100;
    late->u.event.rows[0].all = true;
    okr_office_publish(&o, late);
    assert_null(okr_office_text(&o, &goal, OKR_F_O_TITLE, false));
}

static void test_busy_is_obeyed(void **state)
{
    (void)state;
    link_up();
    struct okr_msg *pull = take_pull();
    struct okr_msg busy = {.type = OKR_MSG_BUSY,
                           .request = pull->request,
                           .u.busy.retry_ms = 5000};
    okr_office_message(&o, &busy);
    okr_office_wait(&o, 4900000);
    assert_null(take_pull());
    okr_office_wait(&o, 5200000);
    assert_non_null(take_pull());
}

/* One scope is refused: the others are still pulled. */
static void test_a_scope_that_is_not_ours_is_left_out(void **state)
{
    (void)state;
    link_up();
    okr_office_message(&o, page_for(take_pull()));
    struct okr_msg *pull = take_pull();
    size_t n = pull->u.pull.n_wants;
    struct okr_msg error = {.type = OKR_MSG_ERROR,
                            .request = pull->request,
                            .u.error = {.code = OKR_ERROR_NOT_YOURS,
                                        .last_seq = OKR_OFFICE_SH_PRIVATE}};
    okr_office_message(&o, &error);
    pull = take_pull();
    assert_int_equal(pull->u.pull.n_wants, n - 1);
    okr_office_message(&o, page_for(pull));
    okr_office_publish_all(&o);
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    /* Nor is it polled, until the next Welcome. */
    okr_office_wait(&o, 20 * S);
    assert_null(take_pull());
    link_up();
    assert_int_equal(take_pull()->u.pull.n_wants, n + 1);
}

/* The server is of no use now: no question after the other. */
static void test_a_page_of_nothing_makes_no_storm(void **state)
{
    (void)state;
    link_up();
    struct okr_msg *page = page_for(take_pull());
    page->u.page.n_sections = 0;
    okr_office_message(&o, page);
    okr_office_wait(&o, 10 * S);
    assert_null(take_pull());
    okr_office_wait(&o, 60 * S);
    assert_non_null(take_pull());
}

/* A token that stands still would page for ever. */
static void test_a_token_that_stands_still(void **state)
{
    (void)state;
    o.page_rows = 5;
    link_up();
    struct okr_msg *pull = take_pull();
    struct okr_msg *page = page_for(pull);
    okr_office_message(&o, page);
    pull = take_pull();
    page->request = pull->request;
    okr_office_message(&o, page);
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_ODD);
    okr_office_wait(&o, 10 * S);
    assert_null(take_pull());
}

/* Thin: nothing is subscribed; the next Pull waits at the server. */
static void test_thin_polls_everything(void **state)
{
    (void)state;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
    assert_int_equal(okr_office_effects(&o, OKR_FX_SUBSCRIBE_BEAT), 0);
    okr_office_message(&o, page_for(take_pull()));
    assert_int_equal(okr_office_effects(&o, OKR_FX_SUBSCRIBE), 0);
    okr_office_message(&o, page_for(take_pull()));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    struct okr_msg *poll = take_pull();
    assert_int_equal(poll->u.pull.wait_s, 60);
    assert_int_equal(poll->u.pull.n_wants, okr_office_state(&o).scopes);
    assert_null(okr_office_answer(&o, poll)); /* held */
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, "new");
    o.now += 40 * S;
    okr_office_message(&o, page_for(poll));
    assert_string_equal(okr_office_text(&o, &goal, OKR_F_O_TITLE, false),
                        "new");
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    assert_int_equal(okr_office_state(&o).fresh_at, o.now);
    poll = take_pull();
    assert_int_equal(poll->u.pull.wait_s, 60);
    okr_office_wait(&o, 70 * S);
    assert_null(take_pull()); /* it may well take a minute */
    okr_office_wait(&o, 6 * S);
    assert_non_null(take_pull());
}

/* Own operations come back by the poll, not by an Event: no phantoms. */
static void test_thin_own_edits(void **state)
{
    (void)state;
    struct okr_id goal = okr_office_objective(&o, "Grow");
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_serve(&o);
    for (int i = 0; i < 3; i++)
        okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE,
                       i % 2 == 0 ? "a" : "b");
    struct okr_msg *lost = okr_office_answer(&o, okr_office_take(&o));
    assert_int_equal(lost->type, OKR_MSG_PUSHED);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    link_up();
    okr_office_message(&o, page_for(take_pull()));
    assert_string_equal(okr_office_text(&o, &goal, OKR_F_O_TITLE, false), "a");
    assert_string_equal(okr_office_text(&o, &goal, OKR_F_O_TITLE, true), "a");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_true(okr_office_traced(&o, "operation 1 is written"));
    assert_true(okr_office_view_holds(&o));
    okr_office_wait(&o, 20 * S);
    okr_office_serve(&o);
    okr_office_wait(&o, 80 * S);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, false), 0);
    assert_true(okr_office_same(&o));
}

/* Private scopes never come on PUB; a poll brings them. */
static void test_private_scopes_are_polled(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    link_up();
    okr_office_message(&o, page_for(take_pull()));
    okr_office_message(&o, page_for(take_pull()));
    struct okr_msg *poll = take_pull();
    assert_int_equal(poll->u.pull.wait_s, 60);
    assert_int_equal(poll->u.pull.n_wants, 1);
    assert_int_equal(poll->u.pull.wants[0].scope, OKR_OFFICE_SH_PRIVATE);
    struct okr_typed policy[] = {OKR_TYPED(OKR_F_WORKFLOW, "formal"), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_POLICY, &c->policy, policy);
    assert_true(okr_verdict_is_in(&v));
    struct okr_id draft = okr_company_objective(c, &c->lin, &c->sh, "secret");
    okr_office_message(&o, page_for(poll));
    assert_string_equal(okr_office_text(&o, &draft, OKR_F_O_TITLE, false),
                        "secret");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)
#define THIN(f) cmocka_unit_test_setup_teardown(f, open_thin, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_paging_resumes_at_its_token),
        TEST(test_changes_during_paging),
        TEST(test_events_wait_while_a_scope_is_paged),
        TEST(test_a_late_page_is_ignored),
        TEST(test_time_outs_double_and_pages_shrink),

        TEST(test_paging_within_one_operation),
        TEST(test_an_event_behind_the_last_page),
        TEST(test_a_page_older_than_the_cursor),
        TEST(test_a_section_from_elsewhere),
        TEST(test_a_move_between_scopes),
        TEST(test_a_move_is_no_difference),
        TEST(test_a_late_row_does_not_bring_back_what_left),
        TEST(test_busy_is_obeyed),
        TEST(test_a_scope_that_is_not_ours_is_left_out),
        TEST(test_a_page_of_nothing_makes_no_storm),
        TEST(test_a_token_that_stands_still),
        THIN(test_thin_polls_everything),
        THIN(test_thin_own_edits),
        TEST(test_private_scopes_are_polled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
