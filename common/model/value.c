/* Encoding and decoding, without a choice of form. */
#include "common/model/value.h"

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/model/dates.h"

/* ---- writing ---------------------------------------------------------- */

static void put_dec(struct okr_buf *buf, struct okr_dec v)
{
    v = okr_dec_normal(v);
    okr_buf_u8(buf, v.scale);
    okr_buf_zigzag(buf, v.mant);
}

/* What was written; no data if memory ran out. */
static struct okr_slice written(const struct okr_buf *buf)
{
    OKR_ASSERT(buf->err == OKR_OK || buf->err == OKR_ERR_NOMEM);
    return buf->err == OKR_OK ? okr_buf_slice(buf) : OKR_SLICE_NONE;
}

struct okr_slice okr_value_bool(struct okr_arena *arena, bool v)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_buf_u8(&buf, v);
    return written(&buf);
}

struct okr_slice okr_value_int(struct okr_arena *arena, int64_t v)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_buf_zigzag(&buf, v);
    return written(&buf);
}

struct okr_slice okr_value_enum(struct okr_arena *arena, uint32_t v)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_buf_varint(&buf, v);
    return written(&buf);
}

struct okr_slice okr_value_dec(struct okr_arena *arena, struct okr_dec v)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    put_dec(&buf, v);
    return written(&buf);
}

struct okr_slice okr_value_id(struct okr_arena *arena, const struct okr_id *v)
{
    return okr_arena_copy(arena, okr_id_slice(v));
}

/* Appends one half of a pair as a block. */
static void put_half(struct okr_buf *buf, bool is_day, okr_day day,
                     struct okr_dec dec, struct okr_arena *arena)
{
    struct okr_slice half =
        is_day ? okr_value_int(arena, day) : okr_value_dec(arena, dec);
    if (half.data == NULL && buf->err == OKR_OK)
        buf->err = OKR_ERR_NOMEM;
    okr_buf_block(buf, half);
}

struct okr_slice okr_value_list(struct okr_arena *arena,
                                enum okr_list_shape shape,
                                const struct okr_pair *pairs, size_t n)
{
    OKR_ASSERT(arena != NULL && (pairs != NULL || n == 0));
    if (n == 0)
        return okr_arena_copy(arena, OKR_SLICE_NONE);
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    for (size_t i = 0; i < n; i++) {
        put_half(&buf, shape == OKR_LIST_DAY_DEC, pairs[i].day, pairs[i].at,
                 arena);
        put_half(&buf, false, 0, pairs[i].p, arena);
    }
    return written(&buf);
}

/* ---- reading ---------------------------------------------------------- */

bool okr_value_as_bool(struct okr_slice s, bool *ret)
{
    if (s.len != 1 || s.data[0] > 1)
        return false;
    *ret = s.data[0] == 1;
    return true;
}

bool okr_value_as_int(struct okr_slice s, int64_t *ret)
{
    struct okr_reader r = okr_reader_of(s);
    int64_t v = okr_reader_zigzag(&r);
    if (okr_reader_end(&r) != OKR_OK)
        return false;
    *ret = v;
    return true;
}

bool okr_value_as_enum(struct okr_slice s, uint32_t *ret)
{
    struct okr_reader r = okr_reader_of(s);
    uint64_t v = okr_reader_varint(&r);
    if (okr_reader_end(&r) != OKR_OK || v > UINT32_MAX)
        return false;
    *ret = (uint32_t)v;
    return true;
}

bool okr_value_as_dec(struct okr_slice s, struct okr_dec *ret)
{
    struct okr_reader r = okr_reader_of(s);
    struct okr_dec v = {.scale = okr_reader_u8(&r)};
    v.mant = okr_reader_zigzag(&r);
    if (okr_reader_end(&r) != OKR_OK || !okr_dec_valid(v))
        return false;
    if (v.scale > 0 && v.mant % 10 == 0)
        return false; /* not normalised */
    *ret = v;
    return true;
}

bool okr_value_as_id(struct okr_slice s, struct okr_id *ret)
{
    return okr_id_from(s, ret) == OKR_OK;
}

bool okr_value_pair(enum okr_list_shape shape, struct okr_slice *rest,
                    struct okr_pair *ret_pair)
{
    OKR_ASSERT(rest != NULL && ret_pair != NULL);
    struct okr_reader r = okr_reader_of(*rest);
    struct okr_slice first = okr_reader_block(&r);
    struct okr_slice second = okr_reader_block(&r);
    struct okr_pair pair = {0};
    if (r.err != OKR_OK || !okr_value_as_dec(second, &pair.p))
        return false;
    if (shape == OKR_LIST_DAY_DEC) {
        int64_t day;
        if (!okr_value_as_int(first, &day) || !okr_day_valid(day))
            return false;
        pair.day = (okr_day)day;
    } else if (!okr_value_as_dec(first, &pair.at)) {
        return false;
    }
    *rest = r.rest;
    *ret_pair = pair;
    return true;
}
