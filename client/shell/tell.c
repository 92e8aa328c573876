/* The daemon's log, one line at a time. */
#include "client/shell/tell.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 1024 };

static enum okr_tell_level level_max = OKR_TELL_INFO;

void okr_tell_up_to(enum okr_tell_level level)
{
    level_max = level;
}

void okr_tell(enum okr_tell_level level, const char *format, ...)
{
    char line[LINE_BYTES_MAX];
    va_list args;
    if (level > level_max)
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
    okr_tell(OKR_TELL_DEBUG, "%.*s", (int)line.len, (const char *)line.data);
}

struct okr_trace okr_tell_trace(void)
{
    /* Nothing is formatted that nobody reads: a page has thousands of lines. */
    return (struct okr_trace){.line = level_max >= OKR_TELL_DEBUG ? trace_line
                                                                  : NULL};
}
