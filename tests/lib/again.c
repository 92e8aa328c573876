/* Decode, show, encode, decode, show. */
#include "tests/lib/again.h"

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "common/msg/layout.h"
#include "tests/lib/believed.h"
#include "tests/lib/show.h"

static struct okr_arena *arena_new(void)
{
    struct okr_arena *arena = NULL;
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) == OKR_OK);
    return arena;
}

/* What was dropped (unknown fields) counted for the memory that a body may
 * take, so what is left may be too dense: the only error there may be. */
static bool again_good(enum okr_err err, struct okr_slice before,
                       const struct okr_buf *after)
{
    OKR_ASSERT(after->err == OKR_OK);
    OKR_ASSERT(err == OKR_OK ||
               (err == OKR_ERR_LIMIT && after->len < before.len));
    return err == OKR_OK;
}

static bool same(const struct okr_buf *a, const struct okr_buf *b)
{
    OKR_ASSERT(a->err == OKR_OK && b->err == OKR_OK);
    return okr_slice_eq(okr_buf_slice(a), okr_buf_slice(b));
}

/* TYPE `one` is there already, decoded from `bytes`. */
#define AGAIN(one, two, encode, decode, show)  \
    do {                                       \
        struct okr_buf out, shown, again;      \
        okr_buf_init(&out, arena);             \
        okr_buf_init(&shown, arena);           \
        okr_buf_init(&again, arena);           \
        encode(one, &out);                     \
        if (again_good(decode, bytes, &out)) { \
            show(one, &shown);                 \
            show(two, &again);                 \
            OKR_ASSERT(same(&shown, &again));  \
        }                                      \
    } while (0)

static enum okr_err decode_msg(struct okr_slice bytes, bool pub,
                               struct okr_arena *arena,
                               struct okr_msg **ret_msg)
{
    return pub ? okr_msg_decode_pub(bytes, arena, ret_msg)
               : okr_msg_decode(bytes, arena, ret_msg);
}

void okr_again_msg(struct okr_slice bytes, bool pub)
{
    struct okr_arena *arena = arena_new();
    struct okr_msg *one = NULL, *two = NULL;
    enum okr_err err = decode_msg(bytes, pub, arena, &one);
    OKR_ASSERT(okr_arena_used(arena) <= 40 * bytes.len + 512 * 1024);
    if (err == OKR_OK) {
        OKR_ASSERT(okr_msg_unbelievable(one) == NULL);
        AGAIN(one, two, okr_msg_encode,
              decode_msg(okr_buf_slice(&out), pub, arena, &two), okr_show_msg);
    }
    okr_arena_free(&arena);
}

void okr_again_payload(struct okr_slice bytes)
{
    struct okr_arena *arena = arena_new();
    struct okr_payload *one = NULL, *two = NULL;
    if (okr_payload_decode(bytes, arena, &one) == OKR_OK) {
        OKR_ASSERT(okr_payload_unbelievable(one) == NULL);
        AGAIN(one, two, okr_payload_encode,
              okr_payload_decode(okr_buf_slice(&out), arena, &two),
              okr_show_payload);
    }
    okr_arena_free(&arena);
}

void okr_again_op(struct okr_slice bytes)
{
    struct okr_arena *arena = arena_new();
    struct okr_op one, two;
    if (okr_op_decode(bytes, arena, &one) == OKR_OK)
        AGAIN(&one, &two, okr_op_encode,
              okr_op_decode(okr_buf_slice(&out), arena, &two), okr_show_op);
    okr_arena_free(&arena);
}

void okr_again_answer(struct okr_slice bytes)
{
    struct okr_arena *arena = arena_new();
    struct okr_answer one, two;
    if (okr_answer_decode(bytes, arena, &one) == OKR_OK)
        AGAIN(&one, &two, okr_answer_encode,
              okr_answer_decode(okr_buf_slice(&out), arena, &two),
              okr_show_answer);
    okr_arena_free(&arena);
}

void okr_again_ask(struct okr_slice bytes)
{
    struct okr_arena *arena = arena_new();
    struct okr_ask *one = NULL, *two = NULL;
    if (okr_ask_decode(bytes, arena, &one) == OKR_OK) {
        OKR_ASSERT(okr_ask_unbelievable(one) == NULL);
        AGAIN(one, two, okr_ask_encode,
              okr_ask_decode(okr_buf_slice(&out), arena, &two), okr_show_ask);
    }
    okr_arena_free(&arena);
}

void okr_again_reply(struct okr_slice bytes)
{
    struct okr_arena *arena = arena_new();
    struct okr_reply *one = NULL, *two = NULL;
    if (okr_reply_decode(bytes, arena, &one) == OKR_OK) {
        OKR_ASSERT(okr_reply_unbelievable(one) == NULL);
        AGAIN(one, two, okr_reply_encode,
              okr_reply_decode(okr_buf_slice(&out), arena, &two),
              okr_show_reply);
    }
    okr_arena_free(&arena);
}

void okr_again_leaf(struct okr_slice s)
{
    struct okr_leaf leaf;
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    if (okr_layout_leaf_read(s, &leaf) == OKR_OK) {
        okr_layout_leaf(&leaf, &out);
        OKR_ASSERT(out.err == OKR_OK);
        OKR_ASSERT(okr_slice_eq(okr_buf_slice(&out), s));
        okr_again_op_body(leaf.body);
    }
    okr_buf_close(&out);
}

void okr_again_op_body(struct okr_slice s)
{
    struct okr_op_body body;
    struct okr_op_header header;
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    if (okr_layout_op_body_read(s, &body) == OKR_OK) {
        okr_layout_op_body(&body, &out);
        OKR_ASSERT(out.err == OKR_OK);
        OKR_ASSERT(okr_slice_eq(okr_buf_slice(&out), s));
        okr_layout_op_header_read(body.header, &header);
        okr_again_effects(body.effects);
    }
    okr_buf_close(&out);
}

/* `s`: the count first, as in a body. */
void okr_again_effects(struct okr_slice s)
{
    struct okr_slice rest = okr_slice_sub(s, 4, s.len);
    struct okr_buf out;
    struct okr_effect effect;
    okr_buf_init(&out, NULL);
    while (okr_layout_effect_next(&rest, &effect)) {
        struct okr_buf one;
        okr_buf_init(&one, NULL);
        okr_layout_effects(&effect, 1, &one);
        okr_buf_put(&out, okr_slice_sub(okr_buf_slice(&one), 4, one.len));
        okr_buf_close(&one);
    }
    OKR_ASSERT(out.err == OKR_OK);
    OKR_ASSERT(out.len + rest.len + 4 == s.len || s.len < 4);
    OKR_ASSERT(okr_slice_eq(okr_buf_slice(&out), okr_slice_sub(s, 4, out.len)));
    okr_buf_close(&out);
}
