/* The writing half of buf.h; buf_read.c is the other. */
#include "common/base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

enum { CAP_MIN = 64 };

void okr_buf_init(struct okr_buf *buf, struct okr_arena *arena)
{
    OKR_ASSERT(buf != NULL);
    *buf = (struct okr_buf){.arena = arena};
}

void okr_buf_init_fixed(struct okr_buf *buf, void *memory, size_t cap)
{
    OKR_ASSERT(buf != NULL && memory != NULL);
    *buf = (struct okr_buf){.data = memory, .cap = cap, .fixed = true};
}

void okr_buf_close(struct okr_buf *buf)
{
    if (buf == NULL)
        return;
    if (buf->arena == NULL && !buf->fixed)
        free(buf->data);
    *buf = (struct okr_buf){.arena = buf->arena};
}

static uint8_t *moved(struct okr_buf *buf, size_t cap)
{
    if (buf->arena == NULL)
        return realloc(buf->data, cap);
    uint8_t *data = okr_arena_alloc(buf->arena, cap);
    if (data != NULL && buf->len > 0)
        memcpy(data, buf->data, buf->len);
    return data;
}

/* Makes room for `more` bytes; false, and the sticky error, if it cannot. */
static bool reserve(struct okr_buf *buf, size_t more)
{
    OKR_ASSERT(buf->len <= buf->cap);
    if (buf->err != OKR_OK)
        return false;
    if (more <= buf->cap - buf->len)
        return true;
    if (buf->fixed) {
        buf->err = OKR_ERR_LIMIT;
        return false;
    }
    uint8_t *data = NULL;
    size_t cap = 0;
    if (more <= SIZE_MAX / 2 - buf->len) {
        size_t twice = buf->cap < CAP_MIN / 2 ? CAP_MIN : buf->cap * 2;
        cap = buf->len + more > twice ? buf->len + more : twice;
        data = moved(buf, cap);
    }
    if (data == NULL) {
        buf->err = OKR_ERR_NOMEM;
        return false;
    }
    buf->data = data;
    buf->cap = cap;
    return true;
}

/* Where `more` bytes go, which count as written; NULL: there is no room. */
static uint8_t *room(struct okr_buf *buf, size_t more)
{
    bool fits = buf->err == OKR_OK && more <= buf->cap - buf->len;
    if (!fits && !reserve(buf, more))
        return NULL;
    uint8_t *at = buf->data + buf->len;
    buf->len += more;
    return at;
}

void okr_buf_put(struct okr_buf *buf, struct okr_slice s)
{
    if (s.len == 0)
        return;
    uint8_t *at = room(buf, s.len);
    if (at != NULL)
        memcpy(at, s.data, s.len);
}

void okr_buf_u8(struct okr_buf *buf, uint8_t v)
{
    uint8_t *at = room(buf, 1);
    if (at != NULL)
        *at = v;
}

void okr_buf_u16(struct okr_buf *buf, uint16_t v)
{
    uint8_t *at = room(buf, 2);
    if (at != NULL)
        okr_be_put16(at, v);
}

void okr_buf_u32(struct okr_buf *buf, uint32_t v)
{
    uint8_t *at = room(buf, 4);
    if (at != NULL)
        okr_be_put32(at, v);
}

void okr_buf_u64(struct okr_buf *buf, uint64_t v)
{
    uint8_t *at = room(buf, 8);
    if (at != NULL)
        okr_be_put64(at, v);
}

void okr_buf_varint(struct okr_buf *buf, uint64_t v)
{
    size_t len = 1;
    for (uint64_t rest = v >> 7; rest != 0; rest >>= 7)
        len++;
    uint8_t *at = room(buf, len);
    if (at == NULL)
        return;
    for (; v > 0x7f; v >>= 7)
        *at++ = (uint8_t)(v & 0x7f) | 0x80;
    *at = (uint8_t)v;
}

void okr_buf_zigzag(struct okr_buf *buf, int64_t v)
{
    uint64_t twice = (uint64_t)v << 1;
    okr_buf_varint(buf, v < 0 ? ~twice : twice);
}

void okr_buf_block(struct okr_buf *buf, struct okr_slice s)
{
    okr_buf_varint(buf, s.len);
    okr_buf_put(buf, s);
}

void okr_buf_printf(struct okr_buf *buf, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 && buf->err == OKR_OK)
        buf->err = OKR_ERR_FORMAT;
    if (len > 0 && reserve(buf, (size_t)len + 1)) {
        (void)vsnprintf((char *)buf->data + buf->len, (size_t)len + 1, format,
                        again);
        buf->len += (size_t)len;
    }
    va_end(again);
}

struct okr_slice okr_buf_slice(const struct okr_buf *buf)
{
    return okr_slice_of(buf->data, buf->len);
}
