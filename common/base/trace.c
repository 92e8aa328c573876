/* Makes one line of what a core has to say and hands it on. */
#include "common/base/trace.h"

#include <stdarg.h>
#include <stdio.h>

#include "common/base/assert.h"

enum { LINE_MAX_BYTES = 400 };

/* What is left of `len` bytes once a character that the cut split is gone. */
static size_t whole_chars(const char *text, size_t len)
{
    size_t back = len;
    while (back > 0 && len - back < 3 && ((uint8_t)text[back] & 0xc0) == 0x80)
        back--;
    return ((uint8_t)text[back] & 0xc0) == 0x80 ? len : back;
}

void okr_trace(const struct okr_trace *trace, const char *format, ...)
{
    if (trace == NULL || trace->line == NULL)
        return;
    /* One character more than shown, so that a cut can be told. */
    char text[LINE_MAX_BYTES + 2];
    va_list args;
    va_start(args, format);
    int wanted = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    OKR_ASSERT(wanted >= 0);
    size_t len = (size_t)wanted;
    if (len > LINE_MAX_BYTES)
        len = whole_chars(text, LINE_MAX_BYTES);
    for (size_t i = 0; i < len; i++)
        if (text[i] == '\n' || text[i] == '\r')
            text[i] = ' ';
    trace->line(trace->context, okr_slice_of(text, len));
}
