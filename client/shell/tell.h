/* What the daemon tells its supervisor: stderr, one line an entry.  Where
 * stderr is no terminal each line begins with its priority as sd-daemon(3)
 * reads it: "<6>". */
#ifndef CLIENT_SHELL_TELL_H
#define CLIENT_SHELL_TELL_H

#include "common/base/trace.h"

enum okr_tell_level {
    OKR_TELL_ALARM = 1,
    OKR_TELL_ERROR = 3,
    OKR_TELL_WARNING = 4,
    OKR_TELL_NOTICE = 5,
    OKR_TELL_INFO = 6,
    OKR_TELL_DEBUG = 7,
};

/* Entries above `level` are left out; INFO from the start. */
void okr_tell_up_to(enum okr_tell_level level);
/* Names and texts come from outside: control characters become '?'. */
__attribute__((format(printf, 2, 3))) void okr_tell(enum okr_tell_level level,
                                                    const char *format, ...);
/* A sink for trace lines of the core, at level DEBUG. */
struct okr_trace okr_tell_trace(void);

#endif
