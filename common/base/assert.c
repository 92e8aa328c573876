/* How the process ends when an assumption is broken. */
#include "common/base/assert.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Writes without the stdio buffers, which may be what is broken. */
void okr_assert_fail(const char *text, const char *file, int line)
{
    char out[512];
    int len = snprintf(out, sizeof out, "%s:%d: assertion failed: %s\n", file,
                       line, text);
    if (len > 0) {
        size_t n = (size_t)len < sizeof out ? (size_t)len : sizeof out - 1;
        if (write(STDERR_FILENO, out, n) < 0)
            abort();
    }
    abort();
}
