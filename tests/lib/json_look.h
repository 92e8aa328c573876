/* Looking into JSON that a test got: is it well formed, what stands where. */
#ifndef OKR_TESTS_LIB_JSON_LOOK_H
#define OKR_TESTS_LIB_JSON_LOOK_H

#include <stdbool.h>

#include "common/base/arena.h"

/* One value and nothing behind it (numbers and words are not looked at). */
bool okr_json_valid(const char *json);
/* Behind the value that begins at `at`, of valid JSON. */
const char *okr_json_skip(const char *at);
/* The value at a path such as "0.children.1.title", cut out as it stands:
 * strings with their quotes.  In `arena`; NULL: there is none. */
const char *okr_json_at(const char *json, const char *path,
                        struct okr_arena *arena);

#endif
