/* The rhythm of a cycle: which meeting when.  Follows from its first and last
 * day and the policy; nobody enters it. */
#ifndef OKR_RULES_CALENDAR_H
#define OKR_RULES_CALENDAR_H

#include "common/base/id.h"

enum okr_event_kind {
    OKR_EVENT_STANDUP, /* every working day of the cycle */
    OKR_EVENT_WEEKLY,  /* every cadence, from the cycle's first Monday on */
    OKR_EVENT_MIDTERM, /* from half time on, for the policy's days */
    OKR_EVENT_CLOSE,   /* the last day: last check-ins, self-assessment */
    OKR_EVENT_RETRO,   /* the week after */
    OKR_EVENTS
};
const char *okr_event_word(enum okr_event_kind kind); /* "midterm" */

struct okr_event {
    enum okr_event_kind kind;
    okr_day first, last; /* of the event, or of its first time; inclusive */
    int every_days;      /* 0: once; 1: on working days */
    okr_day until;       /* the last day on which it may be repeated */
};
struct okr_rhythm {
    okr_day start, end; /* of the cycle, inclusive; end >= start */
    int cadence_days, midterm_days;
};
/* The event of that kind; false: the cycle has none. */
bool okr_event_of(const struct okr_rhythm *rhythm, enum okr_event_kind kind,
                  struct okr_event *ret_event);
/* The first day on which it happens at or after `day`; false: it is over.
 * What lasts several days happens on its last day too. */
bool okr_event_next(const struct okr_event *event, okr_day day,
                    okr_day *ret_first);

#endif
