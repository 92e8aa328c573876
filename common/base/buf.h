/* A growing byte buffer (writer) and a bounds-checked cursor (reader).
 *
 * Both keep a sticky error: after the first failure further calls do nothing
 * and the error is asked for once, at the end. */
#ifndef OKR_BASE_BUF_H
#define OKR_BASE_BUF_H

#include "common/base/arena.h"
#include "common/base/err.h"
#include "common/base/slice.h"

/* Writer.  Memory comes from `arena`, which owns it, or, where `arena` is
 * NULL, from the heap, and is given back by okr_buf_close. */
struct okr_buf {
    uint8_t *data;
    size_t len, cap;
    struct okr_arena *arena;
    bool fixed;
    enum okr_err err;
};

void okr_buf_init(struct okr_buf *buf, struct okr_arena *arena);
/* Writes into memory of the caller, who wipes it if it must be; more than
 * `cap` bytes are OKR_ERR_LIMIT.  There is nothing to close. */
void okr_buf_init_fixed(struct okr_buf *buf, void *memory, size_t cap);
void okr_buf_close(struct okr_buf *buf); /* frees only heap memory */
void okr_buf_put(struct okr_buf *buf, struct okr_slice s);
void okr_buf_u8(struct okr_buf *buf, uint8_t v);
/* Big-endian fixed width. */
void okr_buf_u16(struct okr_buf *buf, uint16_t v);
void okr_buf_u32(struct okr_buf *buf, uint32_t v);
void okr_buf_u64(struct okr_buf *buf, uint64_t v);
/* LEB128 (the protobuf varint): 7 bits a byte, low group first. */
void okr_buf_varint(struct okr_buf *buf, uint64_t v);
/* Zigzag varint for signed numbers. */
void okr_buf_zigzag(struct okr_buf *buf, int64_t v);
/* Varint length, then the bytes. */
void okr_buf_block(struct okr_buf *buf, struct okr_slice s);
__attribute__((format(printf, 2, 3))) void
okr_buf_printf(struct okr_buf *buf, const char *format, ...);
/* What was written; valid until the next write. */
struct okr_slice okr_buf_slice(const struct okr_buf *buf);

/* Reader over borrowed bytes.  Past the end every read gives 0/none and sets
 * err = OKR_ERR_FORMAT. */
struct okr_reader {
    struct okr_slice rest;
    enum okr_err err;
};

struct okr_reader okr_reader_of(struct okr_slice s);
struct okr_slice okr_reader_take(struct okr_reader *r, size_t len);
uint8_t okr_reader_u8(struct okr_reader *r);
uint16_t okr_reader_u16(struct okr_reader *r);
uint32_t okr_reader_u32(struct okr_reader *r);
uint64_t okr_reader_u64(struct okr_reader *r);
/* At most 10 bytes; over-long encodings (a last byte of 0) are refused, so
 * every number has exactly one form. */
uint64_t okr_reader_varint(struct okr_reader *r);
int64_t okr_reader_zigzag(struct okr_reader *r);
struct okr_slice okr_reader_block(struct okr_reader *r);
/* OKR_OK only if nothing failed and every byte was read. */
OKR_MUST_USE enum okr_err okr_reader_end(const struct okr_reader *r);

/* Big-endian loads and stores for fixed layouts. */
void okr_be_put16(uint8_t *at, uint16_t v);
void okr_be_put32(uint8_t *at, uint32_t v);
void okr_be_put64(uint8_t *at, uint64_t v);
uint16_t okr_be_get16(const uint8_t *at);
uint32_t okr_be_get32(const uint8_t *at);
uint64_t okr_be_get64(const uint8_t *at);

#endif
