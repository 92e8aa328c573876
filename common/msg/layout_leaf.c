/* Leaves of the log, and the body of an operation's leaf. */
#include "common/msg/layout.h"

#include <string.h>

#include "common/base/assert.h"

enum {
    TAG_LEN = 16,
    FORM_MAX = OKR_REG_ABSENT,
};

static const uint8_t leaf_tag[TAG_LEN] = "\0okr/leaf/v1";

static uint16_t kind_of(uint16_t verb, const struct okr_verdict *verdict)
{
    if (!okr_verdict_is_in(verdict))
        return OKR_LEAF_REFUSED;
    switch (verb) {
    case OKR_VERB_GENESIS:
    case OKR_VERB_INVITE:
        return OKR_LEAF_ADMIN;
    case OKR_VERB_ENROL:
    case OKR_VERB_REVOKE:
    case OKR_VERB_KEY_ADD:
    case OKR_VERB_KEY_ROTATE:
        return OKR_LEAF_KEY;
    default:
        return OKR_LEAF_OP;
    }
}

void okr_layout_leaf_verdict(uint16_t verb, const struct okr_verdict *verdict,
                             struct okr_leaf *leaf)
{
    OKR_ASSERT(verdict != NULL && leaf != NULL);
    unsigned outcome = (unsigned)verdict->outcome;
    unsigned rule = (unsigned)verdict->rule;
    OKR_ASSERT(outcome <= UINT8_MAX && rule <= UINT8_MAX);
    leaf->kind = kind_of(verb, verdict);
    leaf->result = (uint16_t)(outcome * 256 + rule);
}

void okr_layout_leaf(const struct okr_leaf *leaf, struct okr_buf *out)
{
    OKR_ASSERT(leaf != NULL && out != NULL);
    OKR_ASSERT(leaf->body.len <= UINT32_MAX);
    okr_buf_put(out, okr_slice_of(leaf_tag, TAG_LEN));
    okr_buf_u64(out, leaf->index);
    okr_buf_u64(out, (uint64_t)leaf->time);
    okr_buf_u16(out, leaf->kind);
    okr_buf_u16(out, leaf->result);
    okr_buf_u32(out, (uint32_t)leaf->body.len);
    okr_buf_put(out, leaf->body);
    okr_buf_put(out, okr_slice_of(leaf->meta, sizeof leaf->meta));
}

/* Copies `len` bytes; zeros once the reader has failed. */
static void read_bytes(struct okr_reader *r, uint8_t *out, size_t len)
{
    struct okr_slice s = okr_reader_take(r, len);
    if (s.len == len)
        memcpy(out, s.data, len);
}

enum okr_err okr_layout_leaf_read(struct okr_slice bytes,
                                  struct okr_leaf *ret_leaf)
{
    OKR_ASSERT(ret_leaf != NULL);
    struct okr_reader r = okr_reader_of(bytes);
    struct okr_leaf leaf = {0};
    struct okr_slice tag = okr_reader_take(&r, TAG_LEN);
    if (!okr_slice_eq(tag, okr_slice_of(leaf_tag, TAG_LEN)))
        return OKR_ERR_CORRUPT;
    leaf.index = okr_reader_u64(&r);
    leaf.time = (okr_us)okr_reader_u64(&r);
    leaf.kind = okr_reader_u16(&r);
    leaf.result = okr_reader_u16(&r);
    leaf.body = okr_reader_take(&r, okr_reader_u32(&r));
    read_bytes(&r, leaf.meta, sizeof leaf.meta);
    if (okr_reader_end(&r) != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_leaf = leaf;
    return OKR_OK;
}

static bool is_element(uint8_t form)
{
    return form == OKR_REG_PRESENT || form == OKR_REG_ABSENT;
}

/* An element that is too long for its u16 is OKR_ERR_LIMIT in `out`. */
static void put_effect(const struct okr_effect *effect, struct okr_buf *out)
{
    OKR_ASSERT(effect->form <= FORM_MAX);
    struct okr_slice element =
        is_element(effect->form) ? effect->element : OKR_SLICE_NONE;
    if (element.len > UINT16_MAX) {
        out->err = out->err == OKR_OK ? OKR_ERR_LIMIT : out->err;
        return;
    }
    okr_buf_put(out, okr_id_slice(&effect->entity));
    okr_buf_u16(out, effect->field);
    okr_buf_u8(out, effect->form);
    okr_buf_u64(out, effect->replaced);
    okr_buf_u16(out, (uint16_t)element.len);
    okr_buf_put(out, element);
}

void okr_layout_effects(const struct okr_effect *effects, size_t n,
                        struct okr_buf *out)
{
    OKR_ASSERT(effects != NULL || n == 0);
    OKR_ASSERT(n <= UINT32_MAX);
    okr_buf_u32(out, (uint32_t)n);
    for (size_t i = 0; i < n; i++)
        put_effect(&effects[i], out);
}

bool okr_layout_effect_next(struct okr_slice *rest,
                            struct okr_effect *ret_effect)
{
    OKR_ASSERT(rest != NULL && ret_effect != NULL);
    if (rest->len == 0)
        return false;
    struct okr_reader r = okr_reader_of(*rest);
    struct okr_effect effect = {0};
    read_bytes(&r, effect.entity.b, OKR_ID_LEN);
    effect.field = okr_reader_u16(&r);
    effect.form = okr_reader_u8(&r);
    effect.replaced = okr_reader_u64(&r);
    effect.element = okr_reader_take(&r, okr_reader_u16(&r));
    if (r.err != OKR_OK || effect.form > FORM_MAX)
        return false;
    if (!is_element(effect.form) && effect.element.len > 0)
        return false;
    *ret_effect = effect;
    *rest = r.rest;
    return true;
}

/* As many as the count says, and nothing behind them. */
static bool effects_hold(struct okr_slice effects)
{
    struct okr_reader r = okr_reader_of(effects);
    uint32_t count = okr_reader_u32(&r);
    struct okr_slice rest = r.rest;
    struct okr_effect effect;
    uint32_t n = 0;
    while (okr_layout_effect_next(&rest, &effect))
        n++;
    return r.err == OKR_OK && rest.len == 0 && n == count;
}

void okr_layout_op_body(const struct okr_op_body *body, struct okr_buf *out)
{
    OKR_ASSERT(body != NULL && out != NULL);
    okr_buf_put(out, okr_slice_of(body->header, sizeof body->header));
    okr_buf_put(out, okr_slice_of(body->sig, sizeof body->sig));
    okr_buf_put(out, okr_id_slice(&body->site));
    okr_buf_u64(out, body->incarnation);
    okr_buf_u64(out, body->seq);
    okr_buf_u64(out, body->first_seq);
    okr_buf_u8(out, body->has_push ? 1 : 0);
    if (body->has_push) {
        okr_buf_put(out, okr_slice_of(body->push, sizeof body->push));
        okr_buf_put(out, okr_slice_of(body->push_sig, sizeof body->push_sig));
    }
    okr_buf_put(out, body->effects);
}

enum okr_err okr_layout_op_body_who(struct okr_slice bytes,
                                    struct okr_op_body *ret_body)
{
    OKR_ASSERT(ret_body != NULL);
    struct okr_reader r = okr_reader_of(bytes);
    struct okr_op_body body = {0};
    read_bytes(&r, body.header, sizeof body.header);
    read_bytes(&r, body.sig, sizeof body.sig);
    read_bytes(&r, body.site.b, OKR_ID_LEN);
    if (r.err != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_body = body;
    return OKR_OK;
}

bool okr_layout_op_is_signed(const struct okr_op_body *body)
{
    static const uint8_t none[OKR_SIGN_LEN];
    OKR_ASSERT(body != NULL);
    return memcmp(body->sig, none, sizeof none) != 0;
}

enum okr_err okr_layout_op_body_read(struct okr_slice bytes,
                                     struct okr_op_body *ret_body)
{
    OKR_ASSERT(ret_body != NULL);
    struct okr_reader r = okr_reader_of(bytes);
    struct okr_op_body body = {0};
    read_bytes(&r, body.header, sizeof body.header);
    read_bytes(&r, body.sig, sizeof body.sig);
    read_bytes(&r, body.site.b, OKR_ID_LEN);
    body.incarnation = okr_reader_u64(&r);
    body.seq = okr_reader_u64(&r);
    body.first_seq = okr_reader_u64(&r);
    uint8_t flag = okr_reader_u8(&r);
    body.has_push = flag == 1;
    if (body.has_push) {
        read_bytes(&r, body.push, sizeof body.push);
        read_bytes(&r, body.push_sig, sizeof body.push_sig);
    }
    body.effects = r.rest;
    if (r.err != OKR_OK || flag > 1 || !effects_hold(body.effects))
        return OKR_ERR_CORRUPT;
    *ret_body = body;
    return OKR_OK;
}
