/* The view moves with the copy: each answer costs the judgements that it
 * concerns, whatever else is pending. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/core/site_soft.h"
#include "tests/lib/office.h"

enum { MANY = 300 };

static struct okr_office o;
static struct okr_id goals[MANY];

static int open_office(void **state)
{
    (void)state;
    okr_office_open(&o, false);
    for (size_t i = 0; i < MANY; i++) {
        char title[32];
        (void)snprintf(title, sizeof title, "Goal %zu", i);
        goals[i] = okr_office_objective(&o, title);
    }
    okr_office_live(&o);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    return 0;
}

static int close_office(void **state)
{
    (void)state;
    okr_office_close(&o);
    return 0;
}

static uint64_t judged(void)
{
    return o.site->view.judged;
}

static void rename_goal(size_t i, const char *text)
{
    okr_office_set(&o, OKR_KIND_OBJECTIVE, &goals[i], OKR_F_O_TITLE, text);
}

static void come_back(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* n operations on n entities, and all their answers: n judgements when they
 * are saved, and none again, for what leaves concerns nobody else. */
static void test_a_week_offline(void **state)
{
    uint64_t before = judged();
    (void)state;
    for (size_t i = 0; i < MANY; i++)
        rename_goal(i, "away");
    assert_int_equal(judged() - before, MANY);
    come_back();
    assert_int_equal(o.site->view.n, 0);
    assert_true(okr_office_view_holds(&o));
    print_message("%d pending, answered: %llu judgements\n", MANY,
                  (unsigned long long)(judged() - before));
    assert_in_range(judged() - before, MANY, MANY + MANY / 10);
}

/* Somebody else's change concerns only those who saw what it changed. */
static void test_a_change_of_somebody_else(void **state)
{
    (void)state;
    for (size_t i = 0; i < 50; i++)
        rename_goal(i, "mine");
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, okr_office_take(&o)));
    o.n_out = 0; /* the pushes are lost on the way */
    uint64_t before = judged();
    okr_office_ada_sets(&o, OKR_KIND_OBJECTIVE, &goals[7], OKR_F_O_TITLE,
                        "hers");
    okr_office_publish(&o, okr_office_events(&o, OKR_OFFICE_SH));
    assert_int_equal(judged() - before, 1);
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 1);
    assert_true(okr_office_view_holds(&o));
}

/* Two about one thing: the later is judged again when the earlier is in. */
static void test_who_wrote_the_same(void **state)
{
    (void)state;
    rename_goal(3, "first");
    rename_goal(4, "other");
    rename_goal(3, "second");
    assert_string_equal(okr_office_text(&o, &goals[3], OKR_F_O_TITLE, true),
                        "second");
    come_back();
    assert_string_equal(okr_office_text(&o, &goals[3], OKR_F_O_TITLE, false),
                        "second");
    assert_true(okr_office_view_holds(&o));
}

/* A store that is loaded anew judges each once, and goes on from there. */
static void test_after_a_restart(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++)
        rename_goal(i, "kept");
    okr_office_restart(&o);
    okr_office_happens(&o, OKR_SITE_START);
    assert_int_equal(judged(), 20);
    rename_goal(5, "more");
    assert_int_equal(judged(), 21);
    assert_int_equal(o.site->view.n, 21);
    assert_true(okr_office_view_holds(&o));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_week_offline, open_office,
                                        close_office),
        cmocka_unit_test_setup_teardown(test_a_change_of_somebody_else,
                                        open_office, close_office),
        cmocka_unit_test_setup_teardown(test_who_wrote_the_same, open_office,
                                        close_office),
        cmocka_unit_test_setup_teardown(test_after_a_restart, open_office,
                                        close_office),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
