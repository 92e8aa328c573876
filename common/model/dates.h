/* Days and times without a clock and without the C library's time zones. */
#ifndef OKR_MODEL_DATES_H
#define OKR_MODEL_DATES_H

#include "common/base/id.h"

#define OKR_US_PER_S ((okr_us)1000000)
#define OKR_US_PER_MIN (60 * OKR_US_PER_S)
#define OKR_US_PER_DAY (1440 * OKR_US_PER_MIN)

/* Is it in the years 1..9999?  Everything stored is. */
bool okr_day_valid(int64_t day);
bool okr_time_valid(okr_us time);
/* Proleptic Gregorian; year 1..9999, else false. */
bool okr_day_from_ymd(int year, int month, int mday, okr_day *ret_day);
/* `day` is valid. */
void okr_day_to_ymd(okr_day day, int *ret_year, int *ret_month, int *ret_mday);
/* The company's day at an instant. */
okr_day okr_day_at(okr_us time, int offset_min);
int okr_day_weekday(okr_day day);                /* 0 Monday … 6 Sunday */
okr_us okr_day_end(okr_day day, int offset_min); /* its last microsecond */
/* "2026-04-15"; false for anything else. */
bool okr_day_parse(struct okr_slice text, okr_day *ret_day);
#define OKR_DAY_TEXT 12
/* Days and times out of range, as a wrong clock gives them, are formatted as
 * the nearest one in range. */
void okr_day_format(okr_day day, char out[OKR_DAY_TEXT]);
/* RFC 3339: "2026-04-15T09:30:00Z", fraction and offset allowed. */
bool okr_time_parse(struct okr_slice text, okr_us *ret_time);
#define OKR_TIME_TEXT 40
void okr_time_format(okr_us time, int offset_min, char out[OKR_TIME_TEXT]);

#endif
