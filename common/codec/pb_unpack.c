/* Fields out of generated structs. */
#include "common/codec/pb.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/utf8.h"

void okr_unpack_need(struct okr_unpack *u, bool good, enum okr_err otherwise)
{
    OKR_ASSERT(otherwise != OKR_OK);
    if (!good && u->err == OKR_OK)
        u->err = otherwise;
}

void *okr_unpack_array(struct okr_unpack *u, size_t n, size_t size)
{
    if (n == 0 || u->err != OKR_OK)
        return NULL;
    void *array = okr_arena_array(u->arena, n, size);
    okr_unpack_need(u, array != NULL, OKR_ERR_NOMEM);
    return array;
}

struct okr_slice okr_unpack_slice(okr_pb_bytes b)
{
    return b.len == 0 ? OKR_SLICE_NONE : okr_slice_of(b.data, b.len);
}

void okr_unpack_fixed(struct okr_unpack *u, okr_pb_bytes b, void *out,
                      size_t len)
{
    okr_unpack_need(u, b.len == len, OKR_ERR_FORMAT);
    if (b.len == len)
        memcpy(out, b.data, len);
    else
        memset(out, 0, len);
}

void okr_unpack_optional(struct okr_unpack *u, okr_pb_bytes b, void *out,
                         size_t len)
{
    if (b.len == 0)
        memset(out, 0, len);
    else
        okr_unpack_fixed(u, b, out, len);
}

struct okr_digest okr_unpack_digest(struct okr_unpack *u, okr_pb_bytes b)
{
    uint8_t bytes[OKR_B2_LEN];
    okr_unpack_optional(u, b, bytes, sizeof bytes);
    return okr_digest_of(bytes);
}

static bool steers(uint32_t c)
{
    if (c == '\n' || c == '\t')
        return false;
    return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

struct okr_slice okr_unpack_text(struct okr_unpack *u, okr_pb_bytes b)
{
    struct okr_slice text = okr_unpack_slice(b), rest = text;
    okr_unpack_need(u, okr_utf8_valid(text), OKR_ERR_FORMAT);
    while (u->err == OKR_OK && rest.len > 0)
        okr_unpack_need(u, !steers(okr_utf8_next(&rest)), OKR_ERR_FORMAT);
    return text;
}

uint16_t okr_unpack_u16(struct okr_unpack *u, uint32_t v)
{
    okr_unpack_need(u, v <= UINT16_MAX, OKR_ERR_FORMAT);
    return (uint16_t)v;
}

uint64_t okr_unpack_number(struct okr_unpack *u, uint64_t v)
{
    okr_unpack_need(u, v <= OKR_PB_NUMBER_MAX, OKR_ERR_FORMAT);
    return v;
}

okr_us okr_unpack_time(struct okr_unpack *u, int64_t v)
{
    bool good = v >= -OKR_PB_TIME_MAX && v <= OKR_PB_TIME_MAX;
    okr_unpack_need(u, good, OKR_ERR_FORMAT);
    return good ? v : 0;
}

void okr_unpack_field(struct okr_unpack *u, uint32_t v, uint16_t *ret_field,
                      uint8_t *ret_form)
{
    *ret_form = (uint8_t)(v % 4);
    *ret_field = okr_unpack_u16(u, v / 4);
    okr_unpack_need(u, *ret_field != 0, OKR_ERR_FORMAT);
}
