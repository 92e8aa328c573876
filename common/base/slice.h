/* A borrowed run of bytes.  A slice never owns what it points at. */
#ifndef OKR_BASE_SLICE_H
#define OKR_BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct okr_slice {
    const uint8_t *data; /* may be NULL when len is 0 */
    size_t len;          /* bytes */
};

#define OKR_SLICE_NONE ((struct okr_slice){NULL, 0})
/* A string literal without its NUL. */
#define OKR_SLICE_LIT(s) \
    ((struct okr_slice){(const uint8_t *)(s), sizeof(s) - 1})

struct okr_slice okr_slice_of(const void *data, size_t len);
/* The bytes of a NUL-terminated string, NUL left out; NULL gives none. */
struct okr_slice okr_slice_str(const char *s);
bool okr_slice_eq(struct okr_slice a, struct okr_slice b);
/* <0, 0, >0 as memcmp; a prefix sorts before the longer one. */
int okr_slice_cmp(struct okr_slice a, struct okr_slice b);
bool okr_slice_starts(struct okr_slice s, struct okr_slice prefix);
/* The part [from, from+len), cut to what is there. */
struct okr_slice okr_slice_sub(struct okr_slice s, size_t from, size_t len);
/* Equal to the NUL-terminated string `text`. */
bool okr_slice_is(struct okr_slice s, const char *text);

#endif
