/* The log: stderr, one line an entry.  Where stderr is no terminal each line
 * begins with its priority as sd-daemon(3) reads it: "<6>". */
#ifndef SERVER_SHELL_LOG_H
#define SERVER_SHELL_LOG_H

#include "common/base/trace.h"

enum okr_log_level {
    OKR_LOG_ALARM = 1,
    OKR_LOG_ERROR = 3,
    OKR_LOG_WARNING = 4,
    OKR_LOG_NOTICE = 5,
    OKR_LOG_INFO = 6,
    OKR_LOG_DEBUG = 7,
};

/* Names and texts come from outside: control characters become '?'. */
__attribute__((format(printf, 2, 3))) void okr_log(enum okr_log_level level,
                                                   const char *format, ...);
/* Entries of level DEBUG are dropped unless it is switched on. */
void okr_log_debug(bool on);
/* A sink for trace lines of the cores, at level DEBUG; none while that is
 * off. */
struct okr_trace okr_log_trace(void);

#endif
