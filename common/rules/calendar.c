/* The rhythm of a cycle. */
#include "common/rules/calendar.h"

#include "common/base/assert.h"
#include "common/model/dates.h"
#include "common/rules/gate.h"

enum { WEEK = 7, SATURDAY = 5 };

const char *okr_event_word(enum okr_event_kind kind)
{
    static const char *const words[] = {
        [OKR_EVENT_STANDUP] = "standup", [OKR_EVENT_WEEKLY] = "weekly",
        [OKR_EVENT_MIDTERM] = "midterm", [OKR_EVENT_CLOSE] = "close",
        [OKR_EVENT_RETRO] = "retro",
    };
    OKR_ASSERT((size_t)kind < sizeof words / sizeof words[0]);
    return words[kind];
}

static okr_day working_day(okr_day day)
{
    int weekday = okr_day_weekday(day);
    return weekday < SATURDAY ? day : day + WEEK - weekday;
}

static okr_day monday(okr_day day)
{
    int weekday = okr_day_weekday(day);
    return weekday == 0 ? day : day + WEEK - weekday;
}

bool okr_event_of(const struct okr_rhythm *r, enum okr_event_kind kind,
                  struct okr_event *ret)
{
    OKR_ASSERT(r != NULL && ret != NULL);
    struct okr_event e = {.kind = kind, .until = r->end};
    struct okr_window window;
    if (r->end < r->start)
        return false;
    switch (kind) {
    case OKR_EVENT_STANDUP:
        e.first = e.last = working_day(r->start);
        e.every_days = 1;
        break;
    case OKR_EVENT_WEEKLY:
        e.first = e.last = monday(r->start);
        e.every_days = r->cadence_days;
        break;
    case OKR_EVENT_MIDTERM:
        window = okr_midterm(r->start, r->end, r->midterm_days);
        e.first = window.from;
        e.last = window.to < r->end ? window.to : r->end;
        break;
    case OKR_EVENT_CLOSE:
        e.first = e.last = r->end;
        break;
    case OKR_EVENT_RETRO:
        e.first = r->end + 1;
        e.last = e.until = r->end + WEEK;
        break;
    case OKR_EVENTS:
        OKR_UNREACHABLE();
    }
    if (e.first > e.last || e.first > e.until)
        return false;
    *ret = e;
    return true;
}

bool okr_event_next(const struct okr_event *e, okr_day day, okr_day *ret_first)
{
    OKR_ASSERT(e != NULL && ret_first != NULL);
    okr_day first = e->first;
    if (e->every_days == 0) {
        if (day > e->last)
            return false;
    } else if (day > first) {
        int64_t times =
            ((int64_t)day - first + e->every_days - 1) / e->every_days;
        first = (okr_day)(first + times * e->every_days);
        if (e->every_days == 1)
            first = working_day(first);
    }
    if (first > e->until)
        return false;
    *ret_first = first;
    return true;
}
