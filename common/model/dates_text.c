/* Days and times as text: ISO 8601 dates, RFC 3339 times. */
#include "common/base/assert.h"
#include "common/model/dates.h"

/* Reads exactly `n` digits off the front of `s`. */
static bool take_number(struct okr_slice *s, size_t n, int *ret_number)
{
    int number = 0;
    if (s->len < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (s->data[i] < '0' || s->data[i] > '9')
            return false;
        number = number * 10 + (s->data[i] - '0');
    }
    *s = okr_slice_sub(*s, n, s->len);
    *ret_number = number;
    return true;
}

static bool take_char(struct okr_slice *s, char c)
{
    if (s->len == 0 || s->data[0] != (uint8_t)c)
        return false;
    *s = okr_slice_sub(*s, 1, s->len);
    return true;
}

static bool take_day(struct okr_slice *s, okr_day *ret_day)
{
    int year, month, mday;
    return take_number(s, 4, &year) && take_char(s, '-') &&
           take_number(s, 2, &month) && take_char(s, '-') &&
           take_number(s, 2, &mday) &&
           okr_day_from_ymd(year, month, mday, ret_day);
}

bool okr_day_parse(struct okr_slice text, okr_day *ret_day)
{
    okr_day day;
    if (!take_day(&text, &day) || text.len != 0)
        return false;
    *ret_day = day;
    return true;
}

/* hh:mm:ss in microseconds.  A leap second (60) is refused: nothing here
 * could tell it from the second after it. */
static bool take_clock(struct okr_slice *s, okr_us *ret_clock)
{
    int hour, min, sec;
    if (!take_number(s, 2, &hour) || !take_char(s, ':') ||
        !take_number(s, 2, &min) || !take_char(s, ':') ||
        !take_number(s, 2, &sec))
        return false;
    if (hour > 23 || min > 59 || sec > 59)
        return false;
    *ret_clock = (hour * 60 + min) * OKR_US_PER_MIN + sec * OKR_US_PER_S;
    return true;
}

/* ".250": digits beyond the microsecond are cut off. */
static bool take_fraction(struct okr_slice *s, okr_us *ret_fraction)
{
    okr_us fraction = 0, unit = OKR_US_PER_S / 10;
    int digit;
    if (take_char(s, '.')) {
        if (!take_number(s, 1, &digit))
            return false;
        do {
            fraction += digit * unit;
            unit /= 10;
        } while (take_number(s, 1, &digit));
    }
    *ret_fraction = fraction;
    return true;
}

/* "Z" or "+08:00"; minutes east of UTC. */
static bool take_offset(struct okr_slice *s, int *ret_offset_min)
{
    int hour, min;
    if (take_char(s, 'Z') || take_char(s, 'z')) {
        *ret_offset_min = 0;
        return true;
    }
    bool west = take_char(s, '-');
    if (!west && !take_char(s, '+'))
        return false;
    if (!take_number(s, 2, &hour) || !take_char(s, ':') ||
        !take_number(s, 2, &min) || hour > 23 || min > 59)
        return false;
    *ret_offset_min = (west ? -1 : 1) * (hour * 60 + min);
    return true;
}

bool okr_time_parse(struct okr_slice text, okr_us *ret_time)
{
    okr_day day;
    okr_us clock, fraction;
    int offset_min;
    if (!take_day(&text, &day))
        return false;
    if (!take_char(&text, 'T') && !take_char(&text, 't') &&
        !take_char(&text, ' '))
        return false;
    if (!take_clock(&text, &clock) || !take_fraction(&text, &fraction) ||
        !take_offset(&text, &offset_min) || text.len != 0)
        return false;
    okr_us time =
        day * OKR_US_PER_DAY + clock + fraction - offset_min * OKR_US_PER_MIN;
    if (!okr_time_valid(time))
        return false;
    *ret_time = time;
    return true;
}

/* Writes `n` digits and returns where it stopped. */
static char *put_number(char *at, size_t n, int64_t number)
{
    OKR_ASSERT(number >= 0);
    for (size_t i = n; i-- > 0; number /= 10)
        at[i] = (char)('0' + number % 10);
    OKR_ASSERT(number == 0);
    return at + n;
}

static char *put_char(char *at, char c)
{
    *at = c;
    return at + 1;
}

static char *put_day(char *at, okr_day day)
{
    int year, month, mday;
    okr_day_to_ymd(day, &year, &month, &mday);
    at = put_char(put_number(at, 4, year), '-');
    at = put_char(put_number(at, 2, month), '-');
    return put_number(at, 2, mday);
}

void okr_day_format(okr_day day, char out[OKR_DAY_TEXT])
{
    if (!okr_day_valid(day))
        (void)okr_day_from_ymd(day < 0 ? 1 : 9999, day < 0 ? 1 : 12,
                               day < 0 ? 1 : 31, &day);
    char *end = put_char(put_day(out, day), '\0');
    OKR_ASSERT(end <= out + OKR_DAY_TEXT);
}

static char *put_clock(char *at, okr_us within)
{
    okr_us sec = within / OKR_US_PER_S, fraction = within % OKR_US_PER_S;
    at = put_char(put_number(at, 2, sec / 3600), ':');
    at = put_char(put_number(at, 2, sec / 60 % 60), ':');
    at = put_number(at, 2, sec % 60);
    if (fraction != 0)
        at = put_number(put_char(at, '.'), 6, fraction);
    return at;
}

static char *put_offset(char *at, int offset_min)
{
    if (offset_min == 0)
        return put_char(at, 'Z');
    int size = offset_min < 0 ? -offset_min : offset_min;
    at = put_char(at, offset_min < 0 ? '-' : '+');
    at = put_char(put_number(at, 2, size / 60), ':');
    return put_number(at, 2, size % 60);
}

void okr_time_format(okr_us time, int offset_min, char out[OKR_TIME_TEXT])
{
    okr_day first, last;
    (void)okr_day_from_ymd(1, 1, 1, &first);
    (void)okr_day_from_ymd(9999, 12, 31, &last);
    okr_us least = okr_day_end(first, offset_min) + 1 - OKR_US_PER_DAY;
    okr_us most = okr_day_end(last, offset_min);
    time = time < least ? least : time > most ? most : time;
    okr_day day = okr_day_at(time, offset_min);
    okr_us within = time - (okr_day_end(day, offset_min) + 1 - OKR_US_PER_DAY);
    char *at = put_char(put_day(out, day), 'T');
    at = put_offset(put_clock(at, within), offset_min);
    at = put_char(at, '\0');
    OKR_ASSERT(at <= out + OKR_TIME_TEXT);
}
