/* The signed layouts, put together a second time from their description:
 * what is signed must not depend on how this program happens to write it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/msg/layout.h"
#include "tests/lib/samples.h"

static struct okr_buf expected;

static int setup(void **state)
{
    (void)state;
    okr_crypto_init();
    okr_buf_init(&expected, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    okr_buf_close(&expected);
    return 0;
}

static void put(const void *data, size_t len)
{
    okr_buf_put(&expected, okr_slice_of(data, len));
}

/* NUL, the text, NULs up to 16. */
static void put_tag(const char *text)
{
    uint8_t tag[16] = {0};
    memcpy(tag + 1, text, strlen(text));
    put(tag, sizeof tag);
}

/* NUL, the text, one NUL: how hashes are told apart. */
static void put_prefix(const char *text)
{
    put("", 1);
    put(text, strlen(text) + 1);
}

static struct okr_hash hash_of_expected(void)
{
    struct okr_hash hash = okr_sha256(okr_buf_slice(&expected));
    expected.len = 0;
    return hash;
}

static void equals_expected(const void *data, size_t len)
{
    assert_int_equal(expected.err, OKR_OK);
    assert_int_equal(expected.len, len);
    assert_memory_equal(expected.data, data, len);
    expected.len = 0;
}

static struct okr_id org = {{1, [15] = 2}};

static struct okr_hash commit_of(const struct okr_op *op)
{
    put_prefix("okr/payload/v1");
    put(op->salt, 32);
    put(op->payload.data, op->payload.len);
    return hash_of_expected();
}

static void put_op(const struct okr_op *op)
{
    struct okr_hash commit = commit_of(op);
    put_tag("okr/op/v1");
    put(org.b, 16);
    put(op->person.b, 16);
    put(op->id.b, 16);
    okr_buf_u64(&expected, (uint64_t)op->time);
    okr_buf_u16(&expected, op->verb);
    okr_buf_u16(&expected, op->schema);
    okr_buf_u32(&expected, (uint32_t)op->payload.len);
    put(commit.b, 32);
}

static void an_operation(void **state)
{
    (void)state;
    const struct okr_op *op = &okr_sample_op;
    uint8_t header[OKR_OP_HEADER_LEN];
    okr_layout_op(op, &org, header);
    put_op(op);
    equals_expected(header, 112);
    struct okr_hash commit = okr_layout_payload_commit(op);
    struct okr_hash again = commit_of(op);
    assert_true(okr_hash_eq(&commit, &again));
}

static void a_header_is_read_back(void **state)
{
    (void)state;
    const struct okr_op *op = &okr_sample_op;
    uint8_t header[OKR_OP_HEADER_LEN];
    struct okr_op_header read;
    okr_layout_op(op, &org, header);
    okr_layout_op_header_read(header, &read);
    struct okr_hash commit = okr_layout_payload_commit(op);
    assert_true(okr_id_eq(&read.org, &org));
    assert_true(okr_id_eq(&read.person, &op->person));
    assert_true(okr_id_eq(&read.op, &op->id));
    assert_true(read.time == op->time);
    assert_int_equal(read.verb, op->verb);
    assert_int_equal(read.schema, op->schema);
    assert_int_equal(read.payload_len, op->payload.len);
    assert_true(okr_hash_eq(&read.commit, &commit));
}

static void an_operation_hash(void **state)
{
    (void)state;
    struct okr_op op = okr_sample_op;
    static const uint8_t none[64];
    for (int is_signed = 0; is_signed <= 1; is_signed++) {
        uint8_t header[OKR_OP_HEADER_LEN];
        op.is_signed = is_signed;
        okr_layout_op(&op, &org, header);
        put_prefix("okr/ophash/v1");
        put(header, sizeof header);
        put(is_signed ? op.sig : none, 64);
        struct okr_hash want = hash_of_expected();
        struct okr_hash got = okr_layout_op_hash(&op, &org);
        assert_true(okr_hash_eq(&want, &got));
    }
}

static const struct okr_push_ground ground = {
    .org = {{1, [15] = 2}},
    .site = {{3, [15] = 4}},
    .prev = {{5, [31] = 6}},
    .seen_root = {{7, [31] = 8}},
};

static void a_push(void **state)
{
    (void)state;
    const struct okr_push *push = &okr_sample(OKR_MSG_PUSH)->u.push;
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    okr_layout_push(push, &ground, layout);
    for (size_t i = 0; i < push->n_ops; i++) {
        struct okr_hash one = okr_layout_op_hash(&push->ops[i], &ground.org);
        put(one.b, 32);
    }
    struct okr_hash ops = hash_of_expected();
    put_tag("okr/push/v1");
    put(ground.org.b, 16);
    put(ground.site.b, 16);
    okr_buf_u64(&expected, push->incarnation);
    okr_buf_u64(&expected, push->first_seq);
    okr_buf_u32(&expected, (uint32_t)push->n_ops);
    put(ops.b, 32);
    okr_buf_u64(&expected, push->seen_size);
    put(ground.seen_root.b, 32);
    put(ground.prev.b, 32);
    equals_expected(layout, 172);
    put(layout, sizeof layout);
    struct okr_hash want = hash_of_expected();
    struct okr_hash got = okr_layout_push_hash(layout);
    assert_true(okr_hash_eq(&want, &got));
}

/* No operation at all, and the largest push. */
static void pushes_of_any_length(void **state)
{
    (void)state;
    static struct okr_op ops[OKR_PUSH_OPS_MAX];
    struct okr_push push = {.ops = ops};
    uint8_t none[OKR_PUSH_LAYOUT_LEN], all[OKR_PUSH_LAYOUT_LEN];
    okr_layout_push(&push, &ground, none);
    push.n_ops = OKR_PUSH_OPS_MAX;
    okr_layout_push(&push, &ground, all);
    struct okr_hash empty = okr_sha256(OKR_SLICE_NONE);
    assert_memory_equal(none + 68, empty.b, 32);
    assert_memory_not_equal(none + 68, all + 68, 32);
    assert_int_equal(okr_be_get32(all + 64), OKR_PUSH_OPS_MAX);
}

/* Order matters, and so does every operation. */
static void operations_are_hashed_in_order(void **state)
{
    (void)state;
    struct okr_op ops[2] = {{.verb = 1}, {.verb = 2}};
    struct okr_push push = {.ops = ops, .n_ops = 2};
    uint8_t one[OKR_PUSH_LAYOUT_LEN], two[OKR_PUSH_LAYOUT_LEN];
    okr_layout_push(&push, &ground, one);
    ops[0].verb = 2;
    ops[1].verb = 1;
    okr_layout_push(&push, &ground, two);
    assert_memory_not_equal(one + 68, two + 68, 32);
}

static void an_enrolment(void **state)
{
    (void)state;
    const struct okr_enrol *enrol = &okr_sample(OKR_MSG_ENROL)->u.enrol;
    uint8_t layout[OKR_ENROL_LAYOUT_LEN];
    okr_layout_enrol(enrol, layout);
    put(enrol->secret, 20);
    struct okr_hash secret = hash_of_expected();
    put_tag("okr/enrol/v1");
    put(enrol->token_id, 8);
    put(secret.b, 32);
    put(enrol->site.b, 16);
    put(enrol->site_key.b, 32);
    put(enrol->witness_key.b, 32);
    put(enrol->link_key, 32);
    equals_expected(layout, 168);
}

static void a_meta_commitment(void **state)
{
    (void)state;
    uint8_t salt[32] = {9, [31] = 10};
    struct okr_slice peer = OKR_SLICE_LIT("203.0.113.7:50123");
    struct okr_slice user = OKR_SLICE_LIT("user");
    struct okr_slice none = OKR_SLICE_NONE;
    struct okr_hash got = okr_layout_meta(salt, peer, user, none);
    put_prefix("okr/meta/v1");
    put(salt, 32);
    okr_buf_u16(&expected, 17);
    put(peer.data, peer.len);
    okr_buf_u16(&expected, 4);
    put(user.data, user.len);
    okr_buf_u16(&expected, 0);
    struct okr_hash want = hash_of_expected();
    assert_true(okr_hash_eq(&want, &got));
}

/* ---- leaves ---- */

static const struct okr_leaf leaf = {
    .index = 0x0102030405060708,
    .time = -2,
    .kind = 0x1112,
    .result = 0x1314,
    .body = {(const uint8_t *)"body", 4},
    .meta = {11, [31] = 12},
};

static void put_leaf(void)
{
    put_tag("okr/leaf/v1");
    okr_buf_u64(&expected, leaf.index);
    okr_buf_u64(&expected, (uint64_t)leaf.time);
    okr_buf_u16(&expected, leaf.kind);
    okr_buf_u16(&expected, leaf.result);
    okr_buf_u32(&expected, 4);
    put("body", 4);
    put(leaf.meta, 32);
}

static void a_leaf(void **state)
{
    (void)state;
    struct okr_buf out;
    struct okr_leaf read;
    okr_buf_init(&out, NULL);
    okr_layout_leaf(&leaf, &out);
    put_leaf();
    equals_expected(out.data, out.len);
    assert_int_equal(okr_layout_leaf_read(okr_buf_slice(&out), &read), OKR_OK);
    assert_true(read.index == leaf.index && read.time == leaf.time);
    assert_true(read.kind == leaf.kind && read.result == leaf.result);
    assert_true(okr_slice_is(read.body, "body"));
    assert_memory_equal(read.meta, leaf.meta, 32);
    okr_buf_close(&out);
}

static enum okr_err read_expected(size_t len)
{
    struct okr_leaf read;
    return okr_layout_leaf_read(okr_slice_of(expected.data, len), &read);
}

static void a_damaged_leaf(void **state)
{
    (void)state;
    put_leaf();
    size_t len = expected.len;
    for (size_t cut = 0; cut < len; cut++)
        assert_int_equal(read_expected(cut), OKR_ERR_CORRUPT);
    for (size_t at = 0; at < 16; at++) {
        expected.data[at] ^= 1;
        assert_int_equal(read_expected(len), OKR_ERR_CORRUPT);
        expected.data[at] ^= 1;
    }
    for (size_t at = 36; at < 40; at++) {
        expected.data[at] ^= 1;
        assert_int_equal(read_expected(len), OKR_ERR_CORRUPT);
        expected.data[at] ^= 1;
    }
    assert_int_equal(read_expected(len), OKR_OK);
    okr_buf_u8(&expected, 0);
    assert_int_equal(read_expected(len + 1), OKR_ERR_CORRUPT);
}

static const struct okr_effect effects[] = {
    {.entity = {{1}}, .field = 0x0203, .form = OKR_REG_VALUE, .replaced = 4},
    {.entity = {{5}}, .field = 6, .form = OKR_REG_UNSET},
    {.entity = {{7}},
     .field = 8,
     .form = OKR_REG_PRESENT,
     .replaced = UINT64_MAX,
     .element = {(const uint8_t *)"elem", 4}},
    {.entity = {{9}}, .field = 10, .form = OKR_REG_ABSENT},
};
enum { EFFECTS = sizeof effects / sizeof effects[0] };

static void put_effects(void)
{
    okr_buf_u32(&expected, EFFECTS);
    for (size_t i = 0; i < EFFECTS; i++) {
        put(effects[i].entity.b, 16);
        okr_buf_u16(&expected, effects[i].field);
        okr_buf_u8(&expected, effects[i].form);
        okr_buf_u64(&expected, effects[i].replaced);
        okr_buf_u16(&expected, (uint16_t)effects[i].element.len);
        put(effects[i].element.data, effects[i].element.len);
    }
}

static void effects_of_an_operation(void **state)
{
    (void)state;
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    okr_layout_effects(effects, EFFECTS, &out);
    put_effects();
    equals_expected(out.data, out.len);
    struct okr_slice rest = okr_slice_sub(okr_buf_slice(&out), 4, out.len);
    struct okr_effect effect;
    for (size_t i = 0; i < EFFECTS; i++) {
        assert_true(okr_layout_effect_next(&rest, &effect));
        assert_true(okr_id_eq(&effect.entity, &effects[i].entity));
        assert_int_equal(effect.field, effects[i].field);
        assert_int_equal(effect.form, effects[i].form);
        assert_true(effect.replaced == effects[i].replaced);
        assert_true(okr_slice_eq(effect.element, effects[i].element));
    }
    assert_false(okr_layout_effect_next(&rest, &effect));
    assert_int_equal(rest.len, 0);
    okr_buf_close(&out);
}

/* A scalar has no element, whatever its maker left in the struct. */
static void elements_are_for_sets(void **state)
{
    (void)state;
    struct okr_effect effect = {.form = OKR_REG_VALUE,
                                .element = OKR_SLICE_LIT("value")};
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    okr_layout_effects(&effect, 1, &out);
    assert_int_equal(out.len, 4 + 29);
    struct okr_slice rest = okr_slice_sub(okr_buf_slice(&out), 4, out.len);
    okr_be_put16(out.data + out.len - 2, 1);
    okr_buf_u8(&out, 'v');
    rest = okr_slice_sub(okr_buf_slice(&out), 4, out.len);
    assert_false(okr_layout_effect_next(&rest, &effect));
    assert_true(rest.len > 0);
    okr_buf_close(&out);
}

static void an_element_too_long(void **state)
{
    (void)state;
    static const uint8_t bytes[UINT16_MAX + 1];
    struct okr_effect effect = {.form = OKR_REG_PRESENT,
                                .element = {bytes, UINT16_MAX}};
    struct okr_buf out;
    okr_buf_init(&out, NULL);
    okr_layout_effects(&effect, 1, &out);
    assert_int_equal(out.err, OKR_OK);
    assert_int_equal(out.len, 4 + 29 + UINT16_MAX);
    effect.element.len++;
    okr_layout_effects(&effect, 1, &out);
    assert_int_equal(out.err, OKR_ERR_LIMIT);
    okr_buf_close(&out);
}

static struct okr_op_body body_of(bool has_push, struct okr_slice made)
{
    struct okr_op_body body = {.header = {1, [111] = 2},
                               .sig = {3, [63] = 4},
                               .site = {{5, [15] = 6}},
                               .incarnation = 7,
                               .seq = 8,
                               .first_seq = 9,
                               .has_push = has_push,
                               .effects = made};
    if (has_push) {
        body.push[0] = 10;
        body.push[171] = 11;
        body.push_sig[0] = 12;
        body.push_sig[63] = 13;
    }
    return body;
}

static void put_body(const struct okr_op_body *body)
{
    put(body->header, 112);
    put(body->sig, 64);
    put(body->site.b, 16);
    okr_buf_u64(&expected, body->incarnation);
    okr_buf_u64(&expected, body->seq);
    okr_buf_u64(&expected, body->first_seq);
    okr_buf_u8(&expected, body->has_push);
    if (body->has_push) {
        put(body->push, 172);
        put(body->push_sig, 64);
    }
    put(body->effects.data, body->effects.len);
}

static void the_body_of_an_operation(void **state)
{
    (void)state;
    struct okr_buf made, out;
    okr_buf_init(&made, NULL);
    okr_layout_effects(effects, EFFECTS, &made);
    for (int has_push = 0; has_push <= 1; has_push++) {
        struct okr_op_body body = body_of(has_push, okr_buf_slice(&made));
        struct okr_op_body read;
        okr_buf_init(&out, NULL);
        okr_layout_op_body(&body, &out);
        put_body(&body);
        equals_expected(out.data, out.len);
        assert_int_equal(okr_layout_op_body_read(okr_buf_slice(&out), &read),
                         OKR_OK);
        put_body(&read);
        equals_expected(out.data, out.len);
        for (size_t cut = 0; cut < out.len; cut++)
            assert_int_equal(
                okr_layout_op_body_read(okr_slice_of(out.data, cut), &read),
                OKR_ERR_CORRUPT);
        okr_buf_u8(&out, 0);
        assert_int_equal(okr_layout_op_body_read(okr_buf_slice(&out), &read),
                         OKR_ERR_CORRUPT);
        okr_buf_close(&out);
    }
    okr_buf_close(&made);
}

static void a_damaged_body(void **state)
{
    (void)state;
    struct okr_buf made, out;
    struct okr_op_body read;
    okr_buf_init(&made, NULL);
    okr_buf_init(&out, NULL);
    okr_layout_effects(effects, 1, &made);
    struct okr_op_body body = body_of(false, okr_buf_slice(&made));
    okr_layout_op_body(&body, &out);
    enum { FLAG = 216, COUNT = 217, FORM = COUNT + 4 + 18 };
    static const size_t wrong[] = {FLAG, COUNT, COUNT + 3, FORM};
    static const uint8_t to[] = {2, 1, 2, 4};
    for (size_t i = 0; i < sizeof to; i++) {
        uint8_t was = out.data[wrong[i]];
        out.data[wrong[i]] = to[i];
        assert_int_equal(okr_layout_op_body_read(okr_buf_slice(&out), &read),
                         OKR_ERR_CORRUPT);
        out.data[wrong[i]] = was;
    }
    assert_int_equal(okr_layout_op_body_read(okr_buf_slice(&out), &read),
                     OKR_OK);
    okr_buf_close(&made);
    okr_buf_close(&out);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(an_operation),
        TEST(a_header_is_read_back),
        TEST(an_operation_hash),
        TEST(a_push),
        TEST(pushes_of_any_length),
        TEST(operations_are_hashed_in_order),
        TEST(an_enrolment),
        TEST(a_meta_commitment),
        TEST(a_leaf),
        TEST(a_damaged_leaf),
        TEST(effects_of_an_operation),
        TEST(elements_are_for_sets),
        TEST(an_element_too_long),
        TEST(the_body_of_an_operation),
        TEST(a_damaged_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
