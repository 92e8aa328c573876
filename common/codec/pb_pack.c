/* Fields into generated structs.  Nothing is copied that the message's maker
 * keeps until it is encoded. */
#include "common/codec/pb.h"

#include <string.h>

#include "common/base/assert.h"

void *okr_pack_new(struct okr_pack *p, const ProtobufCMessageDescriptor *desc)
{
    OKR_ASSERT(desc->sizeof_message <= sizeof p->spare);
    void *message = okr_arena_alloc(p->arena, desc->sizeof_message);
    if (message == NULL) {
        p->err = OKR_ERR_NOMEM;
        message = p->spare;
    }
    desc->message_init(message);
    return message;
}

void *okr_pack_array(struct okr_pack *p, size_t n, size_t size)
{
    if (n == 0)
        return NULL;
    void *array = okr_arena_array(p->arena, n, size);
    if (array == NULL)
        p->err = OKR_ERR_NOMEM;
    return array;
}

okr_pb_bytes okr_pack_slice(struct okr_slice s)
{
    return okr_pack_fixed(s.data, s.len);
}

okr_pb_bytes okr_pack_fixed(const void *data, size_t len)
{
    /* The library wants a pointer it could write to, and only reads. */
    union {
        const void *given;
        uint8_t *wanted;
    } same = {.given = data};
    return (okr_pb_bytes){.len = len, .data = same.wanted};
}

okr_pb_bytes okr_pack_optional(const void *data, size_t len)
{
    const uint8_t *bytes = data;
    uint8_t any = 0;
    for (size_t i = 0; i < len; i++)
        any |= bytes[i];
    return any != 0 ? okr_pack_fixed(data, len) : okr_pack_fixed(NULL, 0);
}

okr_pb_bytes okr_pack_id(const struct okr_id *id)
{
    return okr_pack_fixed(id->b, OKR_ID_LEN);
}

okr_pb_bytes okr_pack_id_optional(const struct okr_id *id)
{
    return okr_pack_optional(id->b, OKR_ID_LEN);
}

okr_pb_bytes okr_pack_digest(struct okr_pack *p, const struct okr_digest *d)
{
    uint8_t *bytes = okr_pack_array(p, OKR_B2_LEN, 1);
    if (bytes == NULL)
        return okr_pack_fixed(NULL, 0);
    okr_digest_bytes(d, bytes);
    return okr_pack_fixed(bytes, OKR_B2_LEN);
}

uint32_t okr_pack_field(uint16_t field, uint8_t form)
{
    OKR_ASSERT(form <= OKR_REG_ABSENT);
    return (uint32_t)field * 4 + form;
}

bool okr_pack_begin(struct okr_pack *p, struct okr_buf *out)
{
    OKR_ASSERT(p != NULL && out != NULL);
    memset(p, 0, sizeof *p);
    p->arena = out->arena;
    if (out->err == OKR_OK && p->arena == NULL)
        out->err = okr_arena_new(OKR_ARENA_UNBOUNDED, &p->arena);
    return out->err == OKR_OK;
}

struct sink {
    ProtobufCBuffer base; /* first: the library knows only this part */
    struct okr_buf *out;
};

static void append(ProtobufCBuffer *base, size_t len, const uint8_t *data)
{
    struct sink *sink = (struct sink *)base;
    okr_buf_put(sink->out, okr_slice_of(data, len));
}

void okr_pack_put(struct okr_pack *p, const void *message, struct okr_buf *out)
{
    struct sink sink = {.base = {append}, .out = out};
    if (p->err != OKR_OK)
        out->err = p->err;
    else
        protobuf_c_message_pack_to_buffer(message, &sink.base);
}

void okr_pack_end(struct okr_pack *p, const struct okr_buf *out)
{
    if (out->arena == NULL)
        okr_arena_free(&p->arena);
}
