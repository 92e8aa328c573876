/* Trace lines of the cores: what a decision was, in words.  Compared in
 * tests, the debug log in production.  A core never prints: it is handed a
 * sink, or none. */
#ifndef OKR_BASE_TRACE_H
#define OKR_BASE_TRACE_H

#include "common/base/slice.h"

struct okr_trace {
    /* Gets one line without LF.  Borrows it for the call. */
    void (*line)(void *context, struct okr_slice line);
    void *context;
};

/* Does nothing when `trace` or its `line` is NULL.  At most 400 bytes. */
__attribute__((format(printf, 2, 3))) void
okr_trace(const struct okr_trace *trace, const char *format, ...);

#endif
