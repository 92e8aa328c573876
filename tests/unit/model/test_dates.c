/* Days against calendars that are worked out in other ways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/dates.h"

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int length_of(int year, int month)
{
    switch (month) {
    case 2:
        return is_leap(year) ? 29 : 28;
    case 4:
    case 6:
    case 9:
    case 11:
        return 30;
    default:
        return 31;
    }
}

/* A calendar that is turned over day by day, from year 1 to year 9999. */
static void every_day_goes_both_ways(void **state)
{
    (void)state;
    okr_day day, count = -719162;
    int weekday = 0; /* 0001-01-01 was a Monday */
    for (int year = 1; year <= 9999; year++)
        for (int month = 1; month <= 12; month++)
            for (int mday = 1; mday <= length_of(year, month); mday++) {
                int y, m, d;
                assert_true(okr_day_from_ymd(year, month, mday, &day));
                assert_int_equal(day, count);
                okr_day_to_ymd(day, &y, &m, &d);
                assert_true(y == year && m == month && d == mday);
                assert_int_equal(okr_day_weekday(day), weekday);
                weekday = (weekday + 1) % 7;
                count++;
            }
    assert_int_equal(count, 2932897);
}

/* Fliegel and van Flandern, CACM 11 (1968) 657: the Julian day number. */
static int32_t julian_day(int32_t year, int32_t month, int32_t mday)
{
    int32_t a = (month - 14) / 12;
    return (1461 * (year + 4800 + a)) / 4 + (367 * (month - 2 - 12 * a)) / 12 -
           (3 * ((year + 4900 + a) / 100)) / 4 + mday - 32075;
}

static void agrees_with_julian_days_over_400_years(void **state)
{
    (void)state;
    for (int year = 1799; year <= 2201; year++)
        for (int month = 1; month <= 12; month++)
            for (int mday = 1; mday <= length_of(year, month); mday++) {
                okr_day day;
                assert_true(okr_day_from_ymd(year, month, mday, &day));
                assert_int_equal(day, julian_day(year, month, mday) - 2440588);
            }
}

static void days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const int bad[][3] = {
        {2026, 2, 29}, {2100, 2, 29}, {2024, 2, 30}, {2026, 4, 31},
        {2026, 0, 1},  {2026, 13, 1}, {2026, 1, 0},  {2026, 1, 32},
        {0, 1, 1},     {10000, 1, 1}, {-4, 1, 1},    {2026, -1, 1},
    };
    okr_day day = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(okr_day_from_ymd(bad[i][0], bad[i][1], bad[i][2], &day));
    assert_int_equal(day, 77);
    assert_true(okr_day_from_ymd(2000, 2, 29, &day));
    assert_true(okr_day_valid(-719162) && !okr_day_valid(-719163));
    assert_true(okr_day_valid(2932896) && !okr_day_valid(2932897));
    assert_false(okr_day_valid(INT64_MAX));
}

static okr_us at(const char *text)
{
    okr_us time;
    assert_true(okr_time_parse(okr_slice_str(text), &time));
    return time;
}

static void the_day_is_the_company_s(void **state)
{
    (void)state;
    okr_day day;
    assert_true(okr_day_parse(OKR_SLICE_LIT("2026-04-15"), &day));
    /* The same moments in London, Shanghai and New York. */
    assert_int_equal(okr_day_at(at("2026-04-15T15:59:59Z"), 480), day);
    assert_int_equal(okr_day_at(at("2026-04-15T16:00:00Z"), 480), day + 1);
    assert_int_equal(okr_day_at(at("2026-04-15T03:59:59Z"), -240), day - 1);
    assert_int_equal(okr_day_at(at("2026-04-15T04:00:00Z"), -240), day);
    assert_int_equal(okr_day_at(-1, 0), -1); /* before 1970 */
    assert_int_equal(okr_day_at(0, 0), 0);
    assert_int_equal(okr_day_at(INT64_MAX, 840), 106751991);
    assert_int_equal(okr_day_at(INT64_MIN, -840), -106751992);
}

static void a_day_ends_where_the_next_begins(void **state)
{
    (void)state;
    static const int offsets[] = {0, 480, -240, 345, 840, -720};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++)
        for (okr_day day = -3; day < 3; day++) {
            okr_us end = okr_day_end(day, offsets[i]);
            assert_int_equal(okr_day_at(end, offsets[i]), day);
            assert_int_equal(okr_day_at(end + 1, offsets[i]), day + 1);
        }
    okr_day april;
    assert_true(okr_day_parse(OKR_SLICE_LIT("2026-04-15"), &april));
    assert_int_equal(okr_day_end(april, 480),
                     at("2026-04-15T23:59:59.999999+08:00"));
}

static void days_are_read_strictly(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",           "2026-4-15",   "2026-04-15 ", " 2026-04-15",
        "2026/04/15", "20260415",    "2026-04-1",   "2026-04-155",
        "2026-02-30", "0000-01-01",  "-026-04-15",  "2026-04-1a",
        "+2026-04-1", "2026-04-15T", "2026--4-15",  "12026-04-15",
    };
    okr_day day = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (okr_day_parse(okr_slice_str(bad[i]), &day))
            fail_msg("\"%s\" is no day", bad[i]);
    assert_int_equal(day, 77);
}

static void days_are_written_as_they_are_read(void **state)
{
    (void)state;
    char text[OKR_DAY_TEXT];
    static const char *const days[] = {"2026-04-15", "0001-01-01", "9999-12-31",
                                       "1969-12-31"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        okr_day day;
        assert_true(okr_day_parse(okr_slice_str(days[i]), &day));
        okr_day_format(day, text);
        assert_string_equal(text, days[i]);
    }
    okr_day_format(INT32_MAX, text); /* nonsense does not crash */
    assert_string_equal(text, "9999-12-31");
    okr_day_format(INT32_MIN, text);
    assert_string_equal(text, "0001-01-01");
}

static void times_are_read_as_rfc_3339_says(void **state)
{
    (void)state;
    okr_us noon = at("2026-04-15T12:00:00Z");
    assert_int_equal(noon, INT64_C(1776254400) * OKR_US_PER_S);
    assert_int_equal(at("2026-04-15T20:00:00+08:00"), noon);
    assert_int_equal(at("2026-04-15T07:30:00-04:30"), noon);
    assert_int_equal(at("2026-04-15t12:00:00z"), noon);
    assert_int_equal(at("2026-04-15 12:00:00Z"), noon);
    assert_int_equal(at("2026-04-16T00:00:00+12:00"), noon);
    assert_int_equal(at("2026-04-15T12:00:00.5Z"), noon + 500000);
    assert_int_equal(at("2026-04-15T12:00:00.000001Z"), noon + 1);
    assert_int_equal(at("2026-04-15T12:00:00.0000019Z"), noon + 1);
    assert_int_equal(at("1969-12-31T23:59:59.999999Z"), -1);
}

static void no_times_are_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "2026-04-15",
        "2026-04-15T12:00:00",
        "2026-04-15T12:00Z",
        "2026-04-15T24:00:00Z",
        "2026-04-15T12:60:00Z",
        "2026-04-15T12:00:60Z",
        "2026-04-15T12:00:00.Z",
        "2026-04-15T12:00:00,5Z",
        "2026-04-15T12:00:00+8:00",
        "2026-04-15T12:00:00+0800",
        "2026-04-15T12:00:00+24:00",
        "2026-04-15T12:00:00+08:60",
        "2026-04-15T12:00:00Z ",
        "2026-04-15X12:00:00Z",
        "2026-02-29T12:00:00Z",
        "0001-01-01T00:00:00+00:01", /* would be in the year 0 */
        "9999-12-31T23:59:59-00:01", /* in the year 10000 */
    };
    okr_us time = 77;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (okr_time_parse(okr_slice_str(bad[i]), &time))
            fail_msg("\"%s\" is no time", bad[i]);
    assert_int_equal(time, 77);
}

static void assert_format(okr_us time, int offset_min, const char *want)
{
    char text[OKR_TIME_TEXT];
    okr_time_format(time, offset_min, text);
    assert_string_equal(text, want);
}

static void times_are_written_with_their_offset(void **state)
{
    (void)state;
    okr_us noon = at("2026-04-15T12:00:00Z");
    assert_format(noon, 0, "2026-04-15T12:00:00Z");
    assert_format(noon, 480, "2026-04-15T20:00:00+08:00");
    assert_format(noon, -210, "2026-04-15T08:30:00-03:30");
    assert_format(noon + 250000, 0, "2026-04-15T12:00:00.250000Z");
    assert_format(-1, 0, "1969-12-31T23:59:59.999999Z");
    /* A clock that is wrong beyond measure is shown, not a crash. */
    assert_format(INT64_MAX, 480, "9999-12-31T23:59:59.999999+08:00");
    assert_format(INT64_MIN, -300, "0001-01-01T00:00:00-05:00");
    for (int offset_min = -840; offset_min <= 840; offset_min += 35) {
        char text[OKR_TIME_TEXT];
        okr_time_format(noon + 1, offset_min, text);
        assert_int_equal(at(text), noon + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_goes_both_ways),
        cmocka_unit_test(agrees_with_julian_days_over_400_years),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(the_day_is_the_company_s),
        cmocka_unit_test(a_day_ends_where_the_next_begins),
        cmocka_unit_test(days_are_read_strictly),
        cmocka_unit_test(days_are_written_as_they_are_read),
        cmocka_unit_test(times_are_read_as_rfc_3339_says),
        cmocka_unit_test(no_times_are_refused),
        cmocka_unit_test(times_are_written_with_their_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
