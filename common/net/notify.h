/* What a daemon tells its supervisor: systemd's notification protocol,
 * sd_notify(3), spoken directly: one datagram to $NOTIFY_SOCKET.  Without that
 * all of these do nothing. */
#ifndef OKR_NET_NOTIFY_H
#define OKR_NET_NOTIFY_H

#include "common/base/id.h"

/* "READY=1", "RELOADING=1", "STOPPING=1", "STATUS=…", lines of them. */
void okr_notify(const char *state);
/* How often the supervisor wants to hear of us, halved to be on the safe
 * side; 0: it does not ($WATCHDOG_USEC, $WATCHDOG_PID). */
okr_ms okr_notify_watchdog_ms(void);
/* "Still here", where it is due; called once a loop.  When it is due next, in
 * monotonic time; OKR_NEVER where nobody asks. */
okr_ms okr_notify_alive(okr_ms *due);

#endif
