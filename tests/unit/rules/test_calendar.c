/* The rhythm of a cycle: first and last days, and what comes next. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "common/model/dates.h"
#include "common/rules/calendar.h"

static okr_day day(const char *text)
{
    okr_day day;
    assert_true(okr_day_parse(okr_slice_str(text), &day));
    return day;
}

static const char *event_text(const char *start, const char *end, int midterm,
                              enum okr_event_kind kind)
{
    static char text[80];
    char first[OKR_DAY_TEXT], last[OKR_DAY_TEXT], until[OKR_DAY_TEXT];
    struct okr_event e;
    const struct okr_rhythm rhythm = {day(start), day(end), 7, midterm};
    if (!okr_event_of(&rhythm, kind, &e))
        return "none";
    okr_day_format(e.first, first);
    okr_day_format(e.last, last);
    okr_day_format(e.until, until);
    (void)snprintf(text, sizeof text, "%s..%s %d until %s", first, last,
                   e.every_days, until);
    return text;
}

static void events_of_a_quarter(void **state)
{
    (void)state;
    static const struct {
        const char *start, *end;
        int midterm;
        enum okr_event_kind kind;
        const char *want;
    } rows[] = {
        /* Wednesday to Tuesday, 91 days */
        {"2026-04-01", "2026-06-30", 14, OKR_EVENT_STANDUP,
         "2026-04-01..2026-04-01 1 until 2026-06-30"},
        {"2026-04-01", "2026-06-30", 14, OKR_EVENT_WEEKLY,
         "2026-04-06..2026-04-06 7 until 2026-06-30"},
        {"2026-04-01", "2026-06-30", 14, OKR_EVENT_MIDTERM,
         "2026-05-16..2026-05-29 0 until 2026-06-30"},
        {"2026-04-01", "2026-06-30", 14, OKR_EVENT_CLOSE,
         "2026-06-30..2026-06-30 0 until 2026-06-30"},
        {"2026-04-01", "2026-06-30", 14, OKR_EVENT_RETRO,
         "2026-07-01..2026-07-07 0 until 2026-07-07"},
        /* begins on a Saturday */
        {"2026-08-01", "2026-08-31", 14, OKR_EVENT_STANDUP,
         "2026-08-03..2026-08-03 1 until 2026-08-31"},
        {"2026-08-01", "2026-08-31", 14, OKR_EVENT_WEEKLY,
         "2026-08-03..2026-08-03 7 until 2026-08-31"},
        /* a window never ends behind its cycle, and may be switched off */
        {"2026-08-01", "2026-08-31", 60, OKR_EVENT_MIDTERM,
         "2026-08-16..2026-08-31 0 until 2026-08-31"},
        {"2026-08-01", "2026-08-31", 0, OKR_EVENT_MIDTERM, "none"},
        /* one weekend */
        {"2026-08-01", "2026-08-02", 14, OKR_EVENT_STANDUP, "none"},
        {"2026-08-01", "2026-08-02", 14, OKR_EVENT_WEEKLY, "none"},
        {"2026-08-01", "2026-08-01", 14, OKR_EVENT_MIDTERM,
         "2026-08-01..2026-08-01 0 until 2026-08-01"},
        {"2026-08-02", "2026-08-01", 14, OKR_EVENT_CLOSE, "none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_string_equal(event_text(rows[i].start, rows[i].end,
                                       rows[i].midterm, rows[i].kind),
                            rows[i].want);
}

static void what_comes_next(void **state)
{
    (void)state;
    static const struct {
        enum okr_event_kind kind;
        const char *from, *want; /* NULL: over */
    } rows[] = {
        {OKR_EVENT_STANDUP, "2026-01-01", "2026-04-01"},
        {OKR_EVENT_STANDUP, "2026-04-03", "2026-04-03"}, /* Friday */
        {OKR_EVENT_STANDUP, "2026-04-04", "2026-04-06"},
        {OKR_EVENT_STANDUP, "2026-06-30", "2026-06-30"},
        {OKR_EVENT_STANDUP, "2026-07-01", NULL},
        {OKR_EVENT_WEEKLY, "2026-04-06", "2026-04-06"},
        {OKR_EVENT_WEEKLY, "2026-04-07", "2026-04-13"},
        {OKR_EVENT_WEEKLY, "2026-06-30", NULL}, /* a Tuesday */
        {OKR_EVENT_MIDTERM, "2026-05-20", "2026-05-16"},
        {OKR_EVENT_MIDTERM, "2026-05-29", "2026-05-16"},
        {OKR_EVENT_MIDTERM, "2026-05-30", NULL},
        {OKR_EVENT_RETRO, "2026-07-07", "2026-07-01"},
        {OKR_EVENT_RETRO, "2026-07-08", NULL},
    };
    const struct okr_rhythm quarter = {day("2026-04-01"), day("2026-06-30"), 7,
                                       14};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_event e;
        okr_day next;
        assert_true(okr_event_of(&quarter, rows[i].kind, &e));
        bool any = okr_event_next(&e, day(rows[i].from), &next);
        assert_int_equal(any, rows[i].want != NULL);
        if (any)
            assert_int_equal(next, day(rows[i].want));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_of_a_quarter),
        cmocka_unit_test(what_comes_next),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
