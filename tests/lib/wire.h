/* Writes protobuf fields one by one, also such as no encoder would. */
#ifndef OKR_TESTS_LIB_WIRE_H
#define OKR_TESTS_LIB_WIRE_H

#include "common/base/buf.h"

void okr_wire_varint(struct okr_buf *buf, unsigned field, uint64_t v);
void okr_wire_fixed64(struct okr_buf *buf, unsigned field, uint64_t v);
void okr_wire_bytes(struct okr_buf *buf, unsigned field, struct okr_slice s);
/* `len` bytes of value `byte`. */
void okr_wire_fill(struct okr_buf *buf, unsigned field, uint8_t byte,
                   size_t len);

#endif
