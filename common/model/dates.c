/* Days from the civil calendar and back, after Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms" (days_from_civil): years
 * begin in March, so that the leap day is a year's last. */
#include "common/model/dates.h"

#include "common/base/assert.h"

enum {
    DAYS_PER_ERA = 146097, /* 400 years */
    DAYS_TO_1970 = 719468, /* from 0000-03-01 */
    YEAR_MAX = 9999,
    DAY_MIN = -719162, /* 0001-01-01 */
    DAY_MAX = 2932896, /* 9999-12-31 */
};

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    OKR_ASSERT(month >= 1 && month <= 12);
    return days[month - 1] + (month == 2 && leap);
}

bool okr_day_from_ymd(int year, int month, int mday, okr_day *ret_day)
{
    if (year < 1 || year > YEAR_MAX || month < 1 || month > 12)
        return false;
    if (mday < 1 || mday > days_in_month(year, month))
        return false;
    int y = month <= 2 ? year - 1 : year;
    int era = y / 400, year_of_era = y % 400;
    int month_from_march = (month + 9) % 12;
    int day_of_year = (153 * month_from_march + 2) / 5 + mday - 1;
    int day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    *ret_day = era * DAYS_PER_ERA + day_of_era - DAYS_TO_1970;
    OKR_ASSERT(*ret_day >= DAY_MIN && *ret_day <= DAY_MAX);
    return true;
}

void okr_day_to_ymd(okr_day day, int *ret_year, int *ret_month, int *ret_mday)
{
    OKR_ASSERT(day >= DAY_MIN && day <= DAY_MAX);
    int z = day + DAYS_TO_1970;
    int era = z / DAYS_PER_ERA, day_of_era = z % DAYS_PER_ERA;
    int year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
                       day_of_era / 146096) /
                      365;
    int day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month_from_march = (5 * day_of_year + 2) / 153;
    *ret_mday = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    *ret_month =
        month_from_march < 10 ? month_from_march + 3 : month_from_march - 9;
    *ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

bool okr_day_valid(int64_t day)
{
    return day >= DAY_MIN && day <= DAY_MAX;
}

bool okr_time_valid(okr_us time)
{
    return time >= DAY_MIN * OKR_US_PER_DAY &&
           time < (DAY_MAX + 1) * OKR_US_PER_DAY;
}

okr_day okr_day_at(okr_us time, int offset_min)
{
    OKR_ASSERT(offset_min > -1440 && offset_min < 1440);
    /* The offset is added to the part within the day: nothing overflows. */
    okr_us days = time / OKR_US_PER_DAY;
    okr_us within = time % OKR_US_PER_DAY + offset_min * OKR_US_PER_MIN;
    for (; within < 0; within += OKR_US_PER_DAY)
        days--;
    for (; within >= OKR_US_PER_DAY; within -= OKR_US_PER_DAY)
        days++;
    return (okr_day)days;
}

int okr_day_weekday(okr_day day)
{
    int since_monday = (int)(((int64_t)day + 3) % 7); /* 1970-01-01: Thursday */
    return since_monday < 0 ? since_monday + 7 : since_monday;
}

okr_us okr_day_end(okr_day day, int offset_min)
{
    OKR_ASSERT(offset_min > -1440 && offset_min < 1440);
    OKR_ASSERT(okr_day_valid(day));
    return ((okr_us)day + 1) * OKR_US_PER_DAY - offset_min * OKR_US_PER_MIN - 1;
}
