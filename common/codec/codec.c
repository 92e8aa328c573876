/* Frames: the header, and which body belongs to which number. */
#include "common/codec/codec.h"

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/pb.h"
#include "common/codec/squeeze.h"

struct codec {
    enum okr_msg_type type;
    const ProtobufCMessageDescriptor *desc;
    void *(*pack)(struct okr_pack *p, const struct okr_msg *msg);
    void (*unpack)(struct okr_unpack *u, const void *message,
                   struct okr_msg *msg);
};

static const struct codec codecs[] = {
#define CODEC(number, NAME, name, Name)                           \
    {OKR_MSG_##NAME, &okr__##name##__descriptor, okr_pack_##name, \
     okr_unpack_##name},
    OKR_MSG_TABLE(CODEC)
#undef CODEC
};

static const struct codec *codec_of(uint8_t type)
{
    for (size_t i = 0; i < sizeof codecs / sizeof codecs[0]; i++)
        if (codecs[i].type == (enum okr_msg_type)type)
            return &codecs[i];
    return NULL;
}

static bool is_pub(enum okr_msg_type type)
{
    return type == OKR_MSG_EVENT || type == OKR_MSG_HEAD ||
           type == OKR_MSG_BEAT;
}

void okr_topic(enum okr_msg_type type, okr_scope scope,
               uint8_t out[OKR_TOPIC_LEN])
{
    OKR_ASSERT(is_pub(type));
    out[0] = (uint8_t)type;
    okr_be_put32(out + 1, scope);
}

static okr_scope scope_of(const struct okr_msg *msg)
{
    if (msg->type == OKR_MSG_EVENT)
        return msg->u.event.scope;
    return msg->type == OKR_MSG_HEAD ? msg->u.head.scope : 0;
}

/* Bits of the header's flags; a reader ignores the others. */
enum { FLAG_SQUEEZED = 1 };

static void put_header(const struct okr_msg *msg, unsigned flags,
                       struct okr_buf *out)
{
    if (is_pub(msg->type)) {
        uint8_t topic[OKR_TOPIC_LEN];
        okr_topic(msg->type, scope_of(msg), topic);
        okr_buf_put(out, okr_slice_of(topic, sizeof topic));
        okr_buf_u8(out, OKR_WIRE_VERSION);
        okr_buf_u8(out, (uint8_t)flags);
        return;
    }
    okr_buf_u8(out, OKR_WIRE_VERSION);
    okr_buf_u8(out, (uint8_t)msg->type);
    okr_buf_u16(out, (uint16_t)flags);
    okr_buf_u32(out, msg->request);
}

/* The body that stands behind `from`, compressed if that makes it smaller. */
static void squeeze(const struct okr_msg *msg, size_t from, struct okr_arena *a,
                    struct okr_buf *out)
{
    size_t header = is_pub(msg->type) ? OKR_PUB_HEADER : OKR_WIRE_HEADER;
    struct okr_slice small, all = okr_buf_slice(out);
    struct okr_slice body = okr_slice_sub(all, from + header, all.len);
    enum okr_err err = okr_squeeze(body, msg->dictionary, a, &small);
    if (err != OKR_OK)
        out->err = err;
    if (err != OKR_OK || small.len == 0)
        return;
    out->len = from;
    put_header(msg, FLAG_SQUEEZED, out);
    okr_buf_put(out, small);
}

void okr_msg_encode(const struct okr_msg *msg, struct okr_buf *out)
{
    OKR_ASSERT(msg != NULL && out != NULL);
    const struct codec *codec = codec_of((uint8_t)msg->type);
    OKR_ASSERT(codec != NULL && codec->type == msg->type);
    struct okr_pack p;
    size_t before = out->len;
    if (!okr_pack_begin(&p, out))
        return;
    put_header(msg, 0, out);
    okr_pack_put(&p, codec->pack(&p, msg), out);
    if (out->err == OKR_OK && out->len - before > OKR_FRAME_MAX)
        out->err = OKR_ERR_LIMIT;
    if (out->err == OKR_OK && msg->dictionary != 0)
        squeeze(msg, before, p.arena, out);
    okr_pack_end(&p, out);
}

/* What the header says, and what stands behind it. */
struct framed {
    struct okr_msg head;
    okr_scope scope;
    unsigned flags;
    struct okr_slice body;
};

static enum okr_err decode_body(const struct framed *framed,
                                struct okr_arena *arena,
                                struct okr_msg **ret_msg)
{
    const struct okr_msg *head = &framed->head;
    const struct codec *codec = codec_of((uint8_t)head->type);
    OKR_ASSERT(codec != NULL);
    struct okr_slice body = framed->body;
    ProtobufCMessage *message = NULL;
    struct okr_unpack u = {.arena = arena};
    if ((framed->flags & FLAG_SQUEEZED) != 0)
        OKR_TRY(okr_unsqueeze(framed->body, OKR_FRAME_MAX, arena, &body));
    OKR_TRY(okr_pb_unpack(codec->desc, body, arena, &message));
    struct okr_msg *msg = okr_unpack_array(&u, 1, sizeof *msg);
    if (msg == NULL)
        return u.err;
    *msg = *head;
    codec->unpack(&u, message, msg);
    if (msg->type == OKR_MSG_EVENT)
        msg->u.event.scope = framed->scope;
    if (msg->type == OKR_MSG_HEAD)
        msg->u.head.scope = framed->scope;
    if (u.err == OKR_OK)
        *ret_msg = msg;
    return u.err;
}

enum okr_err okr_msg_decode(struct okr_slice frame, struct okr_arena *arena,
                            struct okr_msg **ret_msg)
{
    OKR_ASSERT(arena != NULL && ret_msg != NULL);
    struct okr_reader r = okr_reader_of(frame);
    struct framed framed = {.scope = 0};
    if (frame.len > OKR_FRAME_MAX)
        return OKR_ERR_LIMIT;
    uint8_t version = okr_reader_u8(&r);
    uint8_t type = okr_reader_u8(&r);
    framed.flags = okr_reader_u16(&r);
    framed.head.request = okr_reader_u32(&r);
    if (r.err != OKR_OK)
        return r.err;
    if (version != OKR_WIRE_VERSION)
        return OKR_ERR_VERSION;
    framed.head.type = (enum okr_msg_type)type;
    if (codec_of(type) == NULL || is_pub(framed.head.type))
        return OKR_ERR_NOTFOUND;
    framed.body = r.rest;
    return decode_body(&framed, arena, ret_msg);
}

uint32_t okr_msg_request(struct okr_slice frame)
{
    return frame.len < OKR_WIRE_HEADER ? 0 : okr_be_get32(frame.data + 4);
}

enum okr_err okr_msg_decode_pub(struct okr_slice frame, struct okr_arena *arena,
                                struct okr_msg **ret_msg)
{
    OKR_ASSERT(arena != NULL && ret_msg != NULL);
    struct okr_reader r = okr_reader_of(frame);
    struct framed framed = {.scope = 0};
    if (frame.len > OKR_FRAME_MAX)
        return OKR_ERR_LIMIT;
    framed.head.type = (enum okr_msg_type)okr_reader_u8(&r);
    framed.scope = okr_reader_u32(&r);
    uint8_t version = okr_reader_u8(&r);
    framed.flags = okr_reader_u8(&r);
    if (r.err != OKR_OK)
        return r.err;
    if (version != OKR_WIRE_VERSION)
        return OKR_ERR_VERSION;
    if (!is_pub(framed.head.type))
        return OKR_ERR_NOTFOUND;
    framed.body = r.rest;
    return decode_body(&framed, arena, ret_msg);
}
