/* What went wrong, for who typed the command: what, which rule, what to do.
 * The first trouble is kept; it decides the exit code. */
#ifndef CLIENT_CLI_TROUBLE_H
#define CLIENT_CLI_TROUBLE_H

#include <jansson.h>

#include "common/base/buf.h"

struct okr_trouble {
    uint32_t code; /* enum okr_reply_code: 0 no trouble, 1 failed, 2 usage */
    char what[600];
    const char *rule; /* constant, or of the arena that the reply is in */
    const char *remedy;
    json_t *offenders; /* all that is in the way, as JSON; NULL: no list */
};

/* `code` 1 or 2; `rule` and `remedy` are kept as pointers, `remedy` is
 * translated when it is told. */
__attribute__((format(printf, 5, 6))) void
okr_trouble_say(struct okr_trouble *trouble, uint32_t code, const char *rule,
                const char *remedy, const char *format, ...);
/* As text for people, or as {"error","rule","remedy"} (+ "offenders"); ends
 * with LF. */
void okr_trouble_print(const struct okr_trouble *trouble, bool json,
                       struct okr_buf *out);

#endif
