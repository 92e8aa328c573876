/* Identifiers of entities, operations and keys: 16 bytes, made by whoever
 * creates the thing, also offline. */
#ifndef OKR_BASE_ID_H
#define OKR_BASE_ID_H

#include "common/base/err.h"
#include "common/base/slice.h"

#define OKR_ID_LEN 16
#define OKR_ID_HEX (2 * OKR_ID_LEN + 1) /* with NUL */

struct okr_id {
    uint8_t b[OKR_ID_LEN];
};

/* Position of a committed operation: base + size of the log after its leaf.
 * 0 is before everything.  See docs/protocol.md. */
typedef uint64_t okr_lsn;
typedef uint32_t okr_scope; /* 0: none.  See model/scope.h */
typedef int64_t okr_ms;     /* milliseconds */
typedef int64_t okr_us;  /* microseconds since 1970-01-01T00:00Z, or a span */
typedef int32_t okr_day; /* days since 1970-01-01, company time */
#define OKR_NEVER INT64_MAX

bool okr_id_eq(const struct okr_id *a, const struct okr_id *b);
int okr_id_cmp(const struct okr_id *a, const struct okr_id *b);
bool okr_id_is_zero(const struct okr_id *id);
struct okr_slice okr_id_slice(const struct okr_id *id); /* borrows */
/* A slice of exactly 16 bytes; else OKR_ERR_FORMAT. */
OKR_MUST_USE enum okr_err okr_id_from(struct okr_slice s,
                                      struct okr_id *ret_id);
void okr_id_hex(const struct okr_id *id, char out[OKR_ID_HEX]);
/* UUIDv7 (RFC 9562, 5.7) of a time and ten random bytes that the caller drew.
 */
struct okr_id okr_id_make(okr_us now, const uint8_t random[10]);

#endif
