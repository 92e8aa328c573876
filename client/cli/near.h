/* "Did you mean": which known name is nearest to a mistyped one. */
#ifndef CLIENT_CLI_NEAR_H
#define CLIENT_CLI_NEAR_H

#include <stddef.h>

struct okr_near {
    const char *typed;
    const char *best; /* NULL while nothing is near enough */
    size_t distance;
};

struct okr_near okr_near_to(const char *typed);
/* One candidate; '_' and '-' are one. */
void okr_near_try(struct okr_near *near, const char *name);
/* Letters to insert, delete, replace or swap; names over 31 letters are far
 * from everything. */
size_t okr_near_distance(const char *a, const char *b);

#endif
