/* The log, one line at a time. */
#include "server/shell/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 1024 };

static bool debug_on;

void okr_log_debug(bool on)
{
    debug_on = on;
}

void okr_log(enum okr_log_level level, const char *format, ...)
{
    char line[LINE_MAX_BYTES];
    va_list args;
    if (level == OKR_LOG_DEBUG && !debug_on)
        return;
    va_start(args, format);
    (void)vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *c = line; *c != '\0'; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f)
            *c = '?';
    /* One call a line: lines of several processes do not mix. */
    if (isatty(STDERR_FILENO))
        (void)fprintf(stderr, "%s\n", line);
    else
        (void)fprintf(stderr, "<%d>%s\n", (int)level, line);
}

static void trace_line(void *context, struct okr_slice line)
{
    (void)context;
    okr_log(OKR_LOG_DEBUG, "%.*s", (int)line.len, (const char *)line.data);
}

struct okr_trace okr_log_trace(void)
{
    return (struct okr_trace){.line = debug_on ? trace_line : NULL};
}
