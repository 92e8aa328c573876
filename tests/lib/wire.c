/* The protobuf wire format, by hand. */
#include "tests/lib/wire.h"

#include <string.h>

enum { VARINT = 0, FIXED64 = 1, BYTES = 2 };

void okr_wire_varint(struct okr_buf *buf, unsigned field, uint64_t v)
{
    okr_buf_varint(buf, field * 8u + VARINT);
    okr_buf_varint(buf, v);
}

void okr_wire_fixed64(struct okr_buf *buf, unsigned field, uint64_t v)
{
    okr_buf_varint(buf, field * 8u + FIXED64);
    for (unsigned i = 0; i < 8; i++)
        okr_buf_u8(buf, (uint8_t)(v >> (8 * i)));
}

void okr_wire_bytes(struct okr_buf *buf, unsigned field, struct okr_slice s)
{
    okr_buf_varint(buf, field * 8u + BYTES);
    okr_buf_block(buf, s);
}

void okr_wire_fill(struct okr_buf *buf, unsigned field, uint8_t byte,
                   size_t len)
{
    okr_buf_varint(buf, field * 8u + BYTES);
    okr_buf_varint(buf, len);
    uint8_t run[256];
    memset(run, byte, sizeof run);
    for (size_t n = 0; len > 0; len -= n) {
        n = len < sizeof run ? len : sizeof run;
        okr_buf_put(buf, okr_slice_of(run, n));
    }
}
