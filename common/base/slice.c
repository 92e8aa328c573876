/* Comparing and cutting borrowed bytes. */
#include "common/base/slice.h"

#include <string.h>

#include "common/base/assert.h"

struct okr_slice okr_slice_of(const void *data, size_t len)
{
    OKR_ASSERT(data != NULL || len == 0);
    return (struct okr_slice){data, len};
}

struct okr_slice okr_slice_str(const char *s)
{
    if (s == NULL)
        return OKR_SLICE_NONE;
    return okr_slice_of(s, strlen(s));
}

/* memcmp and friends must not be given NULL, not even for 0 bytes. */
bool okr_slice_eq(struct okr_slice a, struct okr_slice b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

int okr_slice_cmp(struct okr_slice a, struct okr_slice b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

bool okr_slice_starts(struct okr_slice s, struct okr_slice prefix)
{
    return s.len >= prefix.len &&
           okr_slice_eq(okr_slice_sub(s, 0, prefix.len), prefix);
}

struct okr_slice okr_slice_sub(struct okr_slice s, size_t from, size_t len)
{
    if (s.len == 0)
        return s;
    if (from > s.len)
        from = s.len;
    if (len > s.len - from)
        len = s.len - from;
    return okr_slice_of(s.data + from, len);
}

bool okr_slice_is(struct okr_slice s, const char *text)
{
    return okr_slice_eq(s, okr_slice_str(text));
}
