/* The reading half of buf.h, and the loads and stores of both. */
#include "common/base/assert.h"
#include "common/base/buf.h"

struct okr_reader okr_reader_of(struct okr_slice s)
{
    return (struct okr_reader){.rest = s};
}

static void fail(struct okr_reader *r)
{
    r->err = OKR_ERR_FORMAT;
}

struct okr_slice okr_reader_take(struct okr_reader *r, size_t len)
{
    if (r->err != OKR_OK || len == 0)
        return OKR_SLICE_NONE;
    if (len > r->rest.len) {
        fail(r);
        return OKR_SLICE_NONE;
    }
    struct okr_slice taken = {r->rest.data, len};
    r->rest.data += len;
    r->rest.len -= len;
    return taken;
}

uint8_t okr_reader_u8(struct okr_reader *r)
{
    struct okr_slice s = okr_reader_take(r, 1);
    return s.len == 1 ? s.data[0] : 0;
}

uint16_t okr_reader_u16(struct okr_reader *r)
{
    struct okr_slice s = okr_reader_take(r, 2);
    return s.len == 2 ? okr_be_get16(s.data) : 0;
}

uint32_t okr_reader_u32(struct okr_reader *r)
{
    struct okr_slice s = okr_reader_take(r, 4);
    return s.len == 4 ? okr_be_get32(s.data) : 0;
}

uint64_t okr_reader_u64(struct okr_reader *r)
{
    struct okr_slice s = okr_reader_take(r, 8);
    return s.len == 8 ? okr_be_get64(s.data) : 0;
}

/* Every field of every record passes here, so it walks the bytes itself. */
uint64_t okr_reader_varint(struct okr_reader *r)
{
    uint64_t v = 0;
    const uint8_t *at = r->rest.data;
    size_t most = r->rest.len < 10 ? r->rest.len : 10;
    if (r->err != OKR_OK)
        return 0;
    for (size_t i = 0; i < most; i++) {
        unsigned shift = (unsigned)i * 7;
        uint64_t group = at[i] & 0x7f;
        if (group << shift >> shift != group)
            break; /* beyond 64 bits */
        v |= group << shift;
        if (at[i] & 0x80)
            continue;
        if (at[i] == 0 && i > 0)
            break; /* over-long */
        r->rest.data += i + 1;
        r->rest.len -= i + 1;
        return v;
    }
    fail(r);
    return 0;
}

int64_t okr_reader_zigzag(struct okr_reader *r)
{
    uint64_t v = okr_reader_varint(r);
    int64_t half = (int64_t)(v >> 1);
    return v & 1 ? -half - 1 : half;
}

struct okr_slice okr_reader_block(struct okr_reader *r)
{
    uint64_t len = okr_reader_varint(r);
    if (r->err == OKR_OK && len > r->rest.len)
        fail(r);
    if (r->err != OKR_OK)
        return OKR_SLICE_NONE;
    return okr_reader_take(r, (size_t)len);
}

enum okr_err okr_reader_end(const struct okr_reader *r)
{
    if (r->err != OKR_OK)
        return r->err;
    return r->rest.len == 0 ? OKR_OK : OKR_ERR_FORMAT;
}

void okr_be_put16(uint8_t *at, uint16_t v)
{
    at[0] = (uint8_t)(v >> 8);
    at[1] = (uint8_t)v;
}

void okr_be_put32(uint8_t *at, uint32_t v)
{
    okr_be_put16(at, (uint16_t)(v >> 16));
    okr_be_put16(at + 2, (uint16_t)v);
}

void okr_be_put64(uint8_t *at, uint64_t v)
{
    okr_be_put32(at, (uint32_t)(v >> 32));
    okr_be_put32(at + 4, (uint32_t)v);
}

uint16_t okr_be_get16(const uint8_t *at)
{
    OKR_ASSERT(at != NULL);
    return (uint16_t)(((unsigned)at[0] << 8) | at[1]);
}

uint32_t okr_be_get32(const uint8_t *at)
{
    return ((uint32_t)okr_be_get16(at) << 16) | okr_be_get16(at + 2);
}

uint64_t okr_be_get64(const uint8_t *at)
{
    return ((uint64_t)okr_be_get32(at) << 32) | okr_be_get32(at + 4);
}
