/* Memory that is given back all at once: what one turn decodes and computes
 * lives in the turn's arena and is dropped by a reset after its effects. */
#ifndef OKR_BASE_ARENA_H
#define OKR_BASE_ARENA_H

#include "common/base/err.h"
#include "common/base/slice.h"

struct okr_arena;

/* Makes an arena that refuses to hold more than `bytes_max` bytes
 * (OKR_ARENA_UNBOUNDED: no bound).  The caller owns `*ret_arena`. */
#define OKR_ARENA_UNBOUNDED SIZE_MAX
OKR_MUST_USE enum okr_err okr_arena_new(size_t bytes_max,
                                        struct okr_arena **ret_arena);
void okr_arena_free(struct okr_arena **arena);
/* Drops everything allocated; keeps the first block for reuse. */
void okr_arena_reset(struct okr_arena *arena);
/* Bytes handed out since the last reset, each allocation rounded up to the
 * alignment; this is what `bytes_max` bounds. */
size_t okr_arena_used(const struct okr_arena *arena);

/* Zeroed memory, aligned for any type, or NULL when memory or the bound is
 * exceeded.  `bytes` may be 0 (a valid pointer comes back). */
void *okr_arena_alloc(struct okr_arena *arena, size_t bytes);
/* An array of `n` zeroed elements; NULL also on overflow. */
void *okr_arena_array(struct okr_arena *arena, size_t n, size_t size);
/* Copies `s` into the arena.  On failure, and only then, `data` is NULL: a
 * copy of nothing has a pointer too. */
struct okr_slice okr_arena_copy(struct okr_arena *arena, struct okr_slice s);
/* A NUL-terminated copy, or NULL. */
char *okr_arena_str(struct okr_arena *arena, struct okr_slice s);
/* Formats as snprintf does into the arena; NULL when out of memory. */
__attribute__((format(printf, 2, 3))) char *
okr_arena_printf(struct okr_arena *arena, const char *format, ...);

/* For tests: the `n`-th allocation from now on fails once (0: never). */
void okr_arena_fail_at(struct okr_arena *arena, unsigned n);

#endif
