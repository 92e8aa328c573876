/* iCalendar (RFC 5545): days, no times, so no time zones. */
#ifndef CLIENT_CLI_ICS_H
#define CLIENT_CLI_ICS_H

#include "common/base/buf.h"
#include "common/base/id.h"

struct okr_ics_event {
    const char *uid;     /* ASCII, the same whenever it is written again */
    const char *title;   /* UTF-8 */
    okr_us stamp;        /* when this was written */
    okr_day first, last; /* inclusive */
    int every_days;      /* 0: once; 1: Monday to Friday */
    okr_day until;       /* where it is repeated */
};
void okr_ics_open(struct okr_buf *out);
void okr_ics_event(struct okr_buf *out, const struct okr_ics_event *event);
void okr_ics_close(struct okr_buf *out);

#endif
