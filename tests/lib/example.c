/* Operations of the story, and what is signed and logged of them. */
#include "tests/lib/example.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/value.h"
#include "common/tlog/checkpoint.h"

#define ORIGIN "acme/audit/epoch-1"
enum { SEEN_SIZE = 1040, LEAF_INDEX = 1042, LSN = LEAF_INDEX + 1 };

struct okr_id okr_example_id(enum okr_example_id id)
{
    return (struct okr_id){{0x01, 0x90, 0xa1, 0xb2, 0xc3, 0xd4, 0x70, 0,
                            0x80, [15] = (uint8_t)id}};
}

static struct okr_sk *key_of(enum okr_example_key key)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk = NULL;
    memset(seed, (int)key, sizeof seed);
    okr_crypto_init();
    OKR_ASSERT(okr_sk_from_seed(seed, &sk) == OKR_OK);
    return sk;
}

struct okr_pk okr_example_pk(enum okr_example_key key)
{
    struct okr_sk *sk = key_of(key);
    struct okr_pk pk = okr_sk_public(sk);
    okr_sk_free(&sk);
    return pk;
}

struct okr_sig okr_example_sign(enum okr_example_key key, struct okr_slice s)
{
    struct okr_sk *sk = key_of(key);
    struct okr_sig sig = okr_sign(sk, s);
    okr_sk_free(&sk);
    return sig;
}

struct okr_hash okr_example_hash(const char *text)
{
    okr_crypto_init();
    return okr_sha256(okr_slice_str(text));
}

static struct okr_slice done(const struct okr_buf *buf)
{
    OKR_ASSERT(buf->err == OKR_OK);
    return okr_buf_slice(buf);
}

/* ---- operations ---- */

static struct okr_slice ref(struct okr_example *e, enum okr_example_id id)
{
    struct okr_id one = okr_example_id(id);
    return okr_value_id(e->arena, &one);
}

/* Ada renames a key result, of which she saw lsn 1021, and raises the target
 * that she set a moment ago in an operation still on its way. */
static void make_change(struct okr_example *e)
{
    struct okr_change *changes = okr_arena_array(e->arena, 2, sizeof *changes);
    changes[0] = (struct okr_change){
        .field = OKR_F_KR_TITLE,
        .form = OKR_REG_VALUE,
        .data = OKR_SLICE_LIT("Answer within a day"),
        .seen = {.form = OKR_SEEN_LSN, .epoch = 1, .lsn = 1021}};
    changes[1] = (struct okr_change){
        .field = OKR_F_TARGET,
        .form = OKR_REG_VALUE,
        .data = okr_value_dec(e->arena, (struct okr_dec){955, 1}),
        .seen = {.form = OKR_SEEN_OP, .op = okr_example_id(0x1f)}};
    e->payloads[0] = (struct okr_payload){
        .verb = OKR_VERB_SET,
        .kind = OKR_KIND_KEY_RESULT,
        .entity = okr_example_id(OKR_EXAMPLE_KEY_RESULT),
        .changes = changes,
        .n_changes = 2,
        .reason = OKR_SLICE_LIT("Customers wait too long")};
}

/* Ben checks in on the web page. */
static void make_check_in(struct okr_example *e)
{
    struct okr_change *changes = okr_arena_array(e->arena, 3, sizeof *changes);
    changes[0] = (struct okr_change){.field = OKR_F_CI_KEY_RESULT,
                                     .form = OKR_REG_VALUE,
                                     .data = ref(e, OKR_EXAMPLE_KEY_RESULT)};
    changes[1] = (struct okr_change){
        .field = OKR_F_CI_VALUE,
        .form = OKR_REG_VALUE,
        .data = okr_value_dec(e->arena, (struct okr_dec){81, 0})};
    changes[2] =
        (struct okr_change){.field = OKR_F_CI_OBSERVED_AT,
                            .form = OKR_REG_VALUE,
                            .data = okr_value_int(e->arena, OKR_EXAMPLE_TIME)};
    e->payloads[1] =
        (struct okr_payload){.verb = OKR_VERB_CHECKIN,
                             .kind = OKR_KIND_CHECK_IN,
                             .entity = okr_example_id(OKR_EXAMPLE_CHECK_IN),
                             .changes = changes,
                             .n_changes = 3};
}

static struct okr_op op_of(struct okr_example *e, size_t i)
{
    struct okr_buf buf;
    okr_buf_init(&buf, e->arena);
    okr_payload_encode(&e->payloads[i], &buf);
    struct okr_op op = {.time = OKR_EXAMPLE_TIME + (okr_us)i * 1000000,
                        .verb = e->payloads[i].verb,
                        .schema = OKR_SCHEMA_VERSION,
                        .payload = done(&buf)};
    memset(op.salt, 0xa0 + (int)i, sizeof op.salt);
    return op;
}

static void sign_op(struct okr_op *op, const struct okr_id *org,
                    enum okr_example_key key)
{
    uint8_t header[OKR_OP_HEADER_LEN];
    okr_layout_op(op, org, header);
    struct okr_sig sig =
        okr_example_sign(key, okr_slice_of(header, sizeof header));
    op->is_signed = true;
    memcpy(op->sig, sig.b, sizeof op->sig);
}

static void make_ops(struct okr_example *e)
{
    make_change(e);
    make_check_in(e);
    e->ops[0] = op_of(e, 0);
    e->ops[0].id = okr_example_id(OKR_EXAMPLE_OP_SET);
    e->ops[0].person = okr_example_id(OKR_EXAMPLE_ADA);
    e->ops[1] = op_of(e, 1);
    e->ops[1].id = okr_example_id(OKR_EXAMPLE_OP_CHECK_IN);
    e->ops[1].person = okr_example_id(OKR_EXAMPLE_BEN);
    sign_op(&e->ops[0], &e->ground.org, OKR_EXAMPLE_KEY_ADA);
}

static void make_push(struct okr_example *e)
{
    e->ground = (struct okr_push_ground){
        .org = okr_example_id(OKR_EXAMPLE_ORG),
        .site = okr_example_id(OKR_EXAMPLE_NORTH),
        .prev = okr_example_hash("the push before"),
        .seen_root = okr_example_hash("the root at 1040")};
    make_ops(e);
    e->push = (struct okr_push){.incarnation = 0x1122334455667788,
                                .first_seq = 41,
                                .ops = e->ops,
                                .n_ops = 2,
                                .seen_size = SEEN_SIZE};
    memcpy(e->push.prev8, e->ground.prev.b, sizeof e->push.prev8);
    memcpy(e->push.seen_root8, e->ground.seen_root.b,
           sizeof e->push.seen_root8);
    okr_layout_push(&e->push, &e->ground, e->push_layout);
    e->push.sig =
        okr_example_sign(OKR_EXAMPLE_KEY_NORTH,
                         okr_slice_of(e->push_layout, OKR_PUSH_LAYOUT_LEN));
}

/* ---- leaves ---- */

static struct okr_slice leaf_of(struct okr_example *e,
                                const struct okr_leaf *leaf)
{
    struct okr_buf buf;
    okr_buf_init(&buf, e->arena);
    okr_layout_leaf(leaf, &buf);
    return done(&buf);
}

static void make_leaf(struct okr_example *e)
{
    const struct okr_effect effects[] = {
        {.entity = e->payloads[0].entity,
         .field = OKR_F_KR_TITLE,
         .form = OKR_REG_VALUE,
         .replaced = 1021},
        {.entity = e->payloads[0].entity,
         .field = OKR_F_TARGET,
         .form = OKR_REG_VALUE,
         .replaced = 1042},
    };
    struct okr_op_body body = {.site = e->ground.site,
                               .incarnation = e->push.incarnation,
                               .seq = e->push.first_seq,
                               .first_seq = e->push.first_seq,
                               .has_push = true};
    struct okr_buf made, out;
    okr_buf_init(&made, e->arena);
    okr_buf_init(&out, e->arena);
    okr_layout_effects(effects, 2, &made);
    okr_layout_op(&e->ops[0], &e->ground.org, body.header);
    memcpy(body.sig, e->ops[0].sig, sizeof body.sig);
    memcpy(body.push, e->push_layout, sizeof body.push);
    memcpy(body.push_sig, e->push.sig.b, sizeof body.push_sig);
    body.effects = done(&made);
    okr_layout_op_body(&body, &out);
    e->op_body = done(&out);
    uint8_t salt[32];
    memset(salt, 0xb0, sizeof salt);
    e->meta = okr_layout_meta(
        salt, OKR_SLICE_LIT("203.0.113.7"),
        okr_slice_of(e->enrol.link_key, sizeof e->enrol.link_key),
        OKR_SLICE_NONE);
    struct okr_leaf leaf = {.index = LEAF_INDEX,
                            .time = OKR_EXAMPLE_TIME + 250000,
                            .kind = OKR_LEAF_OP,
                            .result =
                                OKR_OUTCOME_ACCEPTED * 256 + OKR_RULE_NONE,
                            .body = e->op_body};
    memcpy(leaf.meta, e->meta.b, sizeof leaf.meta);
    e->leaf = leaf_of(e, &leaf);
}

static void make_enrolment(struct okr_example *e)
{
    e->enrol = (struct okr_enrol){
        .site = e->ground.site,
        .site_key = okr_example_pk(OKR_EXAMPLE_KEY_NORTH),
        .witness_key = okr_example_pk(OKR_EXAMPLE_KEY_WITNESS)};
    uint8_t link[OKR_CURVE_LEN], layout[OKR_ENROL_LAYOUT_LEN];
    memset(e->enrol.token_id, 0xc1, sizeof e->enrol.token_id);
    memset(e->enrol.secret, 0xc2, sizeof e->enrol.secret);
    memset(link, OKR_EXAMPLE_KEY_LINK, sizeof link);
    okr_curve_public(link, e->enrol.link_key);
    okr_layout_enrol(&e->enrol, layout);
    e->enrol.sig = okr_example_sign(OKR_EXAMPLE_KEY_NORTH,
                                    okr_slice_of(layout, sizeof layout));
}

/* The server's own site takes the new one in: an operation as any other, that
 * a site attests for nobody, without a push around it. */
static void make_key_leaf(struct okr_example *e)
{
    struct okr_effect effect = {.entity = e->enrol.site,
                                .field = OKR_F_SITE_KEY,
                                .form = OKR_REG_VALUE};
    struct okr_payload payload = {
        .verb = OKR_VERB_ENROL, .kind = OKR_KIND_SITE, .entity = e->enrol.site};
    struct okr_op op = {.id = okr_example_id(OKR_EXAMPLE_OP_ENROL),
                        .time = OKR_EXAMPLE_TIME - 3600000000,
                        .verb = OKR_VERB_ENROL,
                        .schema = OKR_SCHEMA_VERSION};
    struct okr_op_body body = {.site = okr_example_id(OKR_EXAMPLE_SERVER),
                               .incarnation = 1,
                               .seq = 8,
                               .first_seq = 8};
    struct okr_buf made, packed, out;
    okr_buf_init(&made, e->arena);
    okr_buf_init(&packed, e->arena);
    okr_buf_init(&out, e->arena);
    okr_payload_encode(&payload, &packed);
    op.payload = done(&packed);
    okr_layout_effects(&effect, 1, &made);
    okr_layout_op(&op, &e->ground.org, body.header);
    body.effects = done(&made);
    okr_layout_op_body(&body, &out);
    struct okr_leaf leaf = {.index = 7,
                            .time = op.time,
                            .kind = OKR_LEAF_KEY,
                            .body = done(&out),
                            .meta = {0xd1, [31] = 0xd2}};
    e->key_leaf = leaf_of(e, &leaf);
}

/* ---- the entity and its scope ---- */

static void make_record(struct okr_example *e)
{
    struct okr_id id = e->payloads[0].entity;
    struct okr_record *base =
        okr_record_new(&id, OKR_KIND_KEY_RESULT, e->arena);
    const struct okr_reg regs[] = {
        {OKR_F_HOME, OKR_REG_VALUE, 1021, okr_value_int(e->arena, 8)},
        {OKR_F_AUTHOR, OKR_REG_VALUE, 1021, ref(e, OKR_EXAMPLE_ADA)},
        {OKR_F_KR_OBJECTIVE, OKR_REG_VALUE, 1021,
         ref(e, OKR_EXAMPLE_OBJECTIVE)},
        {OKR_F_KR_TITLE, OKR_REG_VALUE, LSN, e->payloads[0].changes[0].data},
        {OKR_F_TARGET, OKR_REG_VALUE, LSN, e->payloads[0].changes[1].data},
        {OKR_F_HIGH, OKR_REG_UNSET, 1030, OKR_SLICE_NONE},
    };
    e->record =
        okr_record_with(base, regs, sizeof regs / sizeof regs[0], e->arena);
    OKR_ASSERT(e->record != NULL);
    uint8_t b2[OKR_B2_LEN];
    struct okr_buf hashed;
    okr_buf_init(&hashed, e->arena);
    okr_buf_put(&hashed, okr_id_slice(&id));
    okr_record_encode(e->record, &hashed);
    e->hashed_record = done(&hashed);
    okr_blake2b(e->hashed_record, b2);
    e->digest = okr_digest_of(b2);
}

static void make_note(struct okr_example *e)
{
    struct okr_checkpoint cp = {.origin = ORIGIN,
                                .size = LSN,
                                .root = okr_example_hash("the root at 1043")};
    struct okr_note *note = okr_arena_alloc(e->arena, sizeof *note);
    struct okr_sk *log = key_of(OKR_EXAMPLE_KEY_LOG);
    struct okr_sk *witness = key_of(OKR_EXAMPLE_KEY_WITNESS);
    struct okr_buf text, line;
    okr_buf_init(&text, e->arena);
    okr_buf_init(&line, e->arena);
    okr_note_sign(&cp, log, &text);
    e->note = done(&text);
    OKR_ASSERT(okr_note_parse(e->note, note) == OKR_OK);
    okr_note_cosign(note, "acme/north", witness, OKR_EXAMPLE_TIME / 1000000 + 1,
                    &line);
    e->cosignature = done(&line);
    okr_sk_free(&log);
    okr_sk_free(&witness);
}

void okr_example_make(struct okr_arena *arena, struct okr_example *ret)
{
    *ret = (struct okr_example){.arena = arena};
    okr_crypto_init();
    make_push(ret);
    make_enrolment(ret);
    make_leaf(ret);
    make_key_leaf(ret);
    make_record(ret);
    make_note(ret);
}
