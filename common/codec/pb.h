/* What the files of this folder share: getting fields into and out of the
 * generated structs.  Both directions have a sticky error: after the first
 * failure the rest is harmless, and the error is asked for once. */
#ifndef OKR_CODEC_PB_H
#define OKR_CODEC_PB_H

#include <stddef.h>

#include <protobuf-c/protobuf-c.h>

#include "common/msg/msg.h"
#include "proto/sync.pb-c.h"

typedef ProtobufCBinaryData okr_pb_bytes;

/* Largest lsn, log size and sequence number that may travel; the bit above
 * it means "pending" at a site and never leaves it. */
#define OKR_PB_NUMBER_MAX (OKR_LSN_PENDING - 1)
/* Times lie within this many µs of 1970 (73 000 years), so that the
 * difference of any two fits an okr_us. */
#define OKR_PB_TIME_MAX ((okr_us)1 << 61)

/* ---- structs -> bytes ---- */

/* Ids that rows refer to: a hash table of places in `ids`. */
struct okr_pack_ids {
    struct okr_id *ids;
    uint32_t *slots; /* index + 1, 0: free */
    size_t n_ids, n_max, slots_mask;
};
struct okr_pack {
    struct okr_arena *arena;
    enum okr_err err;
    struct okr_pack_ids ids;
    /* Written to instead of memory that could not be had. */
    max_align_t spare[32];
};

/* A message in its initial state; never NULL. */
void *okr_pack_new(struct okr_pack *p, const ProtobufCMessageDescriptor *desc);
/* NULL when `n` is 0 or memory is out. */
void *okr_pack_array(struct okr_pack *p, size_t n, size_t size);
okr_pb_bytes okr_pack_slice(struct okr_slice s);
okr_pb_bytes okr_pack_fixed(const void *data, size_t len);
/* Nothing where all bytes are zero. */
okr_pb_bytes okr_pack_optional(const void *data, size_t len);
okr_pb_bytes okr_pack_id(const struct okr_id *id);
okr_pb_bytes okr_pack_id_optional(const struct okr_id *id);
okr_pb_bytes okr_pack_digest(struct okr_pack *p, const struct okr_digest *d);

/* Room for `n_max` ids in the message's table. */
void okr_pack_ids_begin(struct okr_pack *p, size_t n_max);
/* A reference to the id, which joins the table if it is new; 0 for zero. */
uint32_t okr_pack_ref(struct okr_pack *p, const struct okr_id *id);
Okr__Ids *okr_pack_ids_end(struct okr_pack *p); /* NULL: none was named */

/* field number * 4 + form, as changes and registers have it. */
uint32_t okr_pack_field(uint16_t field, uint8_t form);

/* A whole message behind what `out` holds: okr_pack_begin (false: no memory,
 * nothing to end), fill, okr_pack_put, okr_pack_end. */
OKR_MUST_USE bool okr_pack_begin(struct okr_pack *p, struct okr_buf *out);
void okr_pack_put(struct okr_pack *p, const void *message, struct okr_buf *out);
void okr_pack_end(struct okr_pack *p, const struct okr_buf *out);

/* pb->FIELD = every FROM[i] packed by ONE(p, &FROM[i]), which returns a
 * pointer to a message. */
#define OKR_PACK_LIST(p, pb, field, from, n, one)           \
    do {                                                    \
        (pb)->field = okr_pack_array(p, n, sizeof(void *)); \
        (pb)->n_##field = (pb)->field != NULL ? (n) : 0;    \
        for (size_t i_ = 0; i_ < (pb)->n_##field; i_++)     \
            (pb)->field[i_] = one(p, &(from)[i_]);          \
    } while (0)

/* ---- bytes -> structs ---- */

struct okr_unpack {
    struct okr_arena *arena;
    enum okr_err err;
    struct okr_id *ids;      /* the message's table … */
    size_t n_ids, ids_named; /* … of which so many were named so far */
};

/* Unpacks a body.  OKR_ERR_LIMIT if that takes more than 8 times its length
 * (see codec_alloc.c), FORMAT if it is no such message, NOMEM. */
OKR_MUST_USE enum okr_err okr_pb_unpack(const ProtobufCMessageDescriptor *desc,
                                        struct okr_slice body,
                                        struct okr_arena *arena,
                                        ProtobufCMessage **ret_message);

void okr_unpack_need(struct okr_unpack *u, bool good, enum okr_err otherwise);
/* Zeroed; NULL when `n` is 0 or memory is out. */
void *okr_unpack_array(struct okr_unpack *u, size_t n, size_t size);
struct okr_slice okr_unpack_slice(okr_pb_bytes b);
/* Exactly `len` bytes; `_optional`: or none, then `out` becomes zero. */
void okr_unpack_fixed(struct okr_unpack *u, okr_pb_bytes b, void *out,
                      size_t len);
void okr_unpack_optional(struct okr_unpack *u, okr_pb_bytes b, void *out,
                         size_t len);
struct okr_digest okr_unpack_digest(struct okr_unpack *u, okr_pb_bytes b);
/* Text that people see as it came: UTF-8 without control characters but LF
 * and TAB, which could steer a terminal. */
struct okr_slice okr_unpack_text(struct okr_unpack *u, okr_pb_bytes b);
uint16_t okr_unpack_u16(struct okr_unpack *u, uint32_t v);
uint64_t okr_unpack_number(struct okr_unpack *u, uint64_t v);
okr_us okr_unpack_time(struct okr_unpack *u, int64_t v);
/* Splits field number * 4 + form. */
void okr_unpack_field(struct okr_unpack *u, uint32_t v, uint16_t *ret_field,
                      uint8_t *ret_form);
void okr_unpack_ids(struct okr_unpack *u, const Okr__Ids *pb);
/* What a reference means; NULL: none (or an error, see `u`). */
const struct okr_id *okr_unpack_ref(struct okr_unpack *u, uint32_t ref);
void okr_unpack_ids_end(struct okr_unpack *u); /* each was named */

/* to = every pb->FIELD[i] unpacked by ONE(u, pb->FIELD[i], &to[i]). */
#define OKR_UNPACK_LIST(u, to, n_to, pb, field, one)               \
    do {                                                           \
        (to) = okr_unpack_array(u, (pb)->n_##field, sizeof *(to)); \
        (n_to) = (to) != NULL ? (pb)->n_##field : 0;               \
        for (size_t i_ = 0; i_ < (n_to); i_++)                     \
            one(u, (pb)->field[i_], &(to)[i_]);                    \
    } while (0)

/* ---- parts that several messages have ---- */

Okr__Operation *okr_pack_op(struct okr_pack *p, const struct okr_op *op);
void okr_unpack_op(struct okr_unpack *u, const Okr__Operation *pb,
                   struct okr_op *ret);
Okr__Answer *okr_pack_answer(struct okr_pack *p, const struct okr_answer *from);
void okr_unpack_answer(struct okr_unpack *u, const Okr__Answer *pb,
                       struct okr_answer *ret);
/* How many ids rows name at most; to be reserved before they are packed. */
size_t okr_pack_rows_ids(const struct okr_row *rows, size_t n);
Okr__Rows *okr_pack_rows(struct okr_pack *p, const struct okr_row *rows,
                         size_t n);
void okr_unpack_rows(struct okr_unpack *u, const Okr__Rows *pb,
                     struct okr_row **ret_rows, size_t *ret_n);

/* ---- whole messages: okr_pack_hello, okr_unpack_hello, … ---- */

#define OKR_PB_FUNCTIONS(number, NAME, name, Name)                        \
    void *okr_pack_##name(struct okr_pack *p, const struct okr_msg *msg); \
    void okr_unpack_##name(struct okr_unpack *u, const void *message,     \
                           struct okr_msg *msg);
OKR_MSG_TABLE(OKR_PB_FUNCTIONS)
#undef OKR_PB_FUNCTIONS

#endif
