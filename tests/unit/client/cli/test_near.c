/* Which name somebody may have meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/near.h"

static void distances(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},
        {"a", "", 1},
        {"tree", "tree", 0},
        {"tree", "trees", 1},
        {"tree", "tee", 1},
        {"tree", "trea", 1},
        {"tree", "tere", 1},
        {"cycle", "cylce", 1},
        {"set", "score", 4},
        {"a_b", "a-b", 0},
        {"titel", "title", 1},
        {"abc", "xyz", 3},
        {"a-name-of-more-than-31-characters", "a", 99},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(okr_near_distance(rows[i].a, rows[i].b),
                         rows[i].distance);
        assert_int_equal(okr_near_distance(rows[i].b, rows[i].a),
                         rows[i].distance);
    }
}

static const char *best(const char *typed)
{
    static const char *const names[] = {"status", "start", "checkin",  "set",
                                        "show",   "score", "conflicts"};
    struct okr_near near = okr_near_to(typed);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        okr_near_try(&near, names[i]);
    return near.best;
}

static void nearest(void **state)
{
    (void)state;
    assert_string_equal(best("chekin"), "checkin");
    assert_string_equal(best("shwo"), "show");
    assert_string_equal(best("conf"), "conflicts");
    assert_string_equal(best("statsu"), "status");
    assert_null(best("xylophone"));
    assert_null(best("q"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(distances),
                                       cmocka_unit_test(nearest)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
