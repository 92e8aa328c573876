/* Each limit of docs/protocol.md "Bytes", at it and one beyond. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "tests/lib/samples.h"
#include "tests/lib/wire.h"

#define LSN_MAX ((UINT64_C(1) << 63) - 1)
#define TIME_MAX (UINT64_C(1) << 61)

static struct okr_arena *arena;

static int arena_new(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK;
}

static int arena_gone(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

static bool is_pub(enum okr_msg_type type)
{
    return type == OKR_MSG_EVENT || type == OKR_MSG_HEAD ||
           type == OKR_MSG_BEAT;
}

static enum okr_err decode(struct okr_slice frame)
{
    struct okr_msg *msg = NULL;
    bool pub = frame.data[0] != OKR_WIRE_VERSION;
    enum okr_err err = pub ? okr_msg_decode_pub(frame, arena, &msg)
                           : okr_msg_decode(frame, arena, &msg);
    assert_true((err == OKR_OK) == (msg != NULL));
    return err;
}

/* The sample of `type`: of a singular field that is written once more behind
 * it, the last value counts; a list grows. */
static struct okr_buf sample(enum okr_msg_type type)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_msg_encode(okr_sample(type), &buf);
    assert_int_equal(buf.err, OKR_OK);
    return buf;
}

static struct okr_buf header(enum okr_msg_type type)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_buf_u8(&buf, is_pub(type) ? (uint8_t)type : OKR_WIRE_VERSION);
    if (is_pub(type)) {
        okr_buf_u32(&buf, 0);
        okr_buf_u8(&buf, OKR_WIRE_VERSION);
        okr_buf_u8(&buf, 0);
    } else {
        okr_buf_u8(&buf, (uint8_t)type);
        okr_buf_u16(&buf, 0);
        okr_buf_u32(&buf, 1);
    }
    return buf;
}

static enum okr_err with_bytes(enum okr_msg_type type, unsigned field,
                               size_t len)
{
    struct okr_buf buf = sample(type);
    okr_wire_fill(&buf, field, 0x7e, len);
    return decode(okr_buf_slice(&buf));
}

static enum okr_err with_varint(enum okr_msg_type type, unsigned field,
                                uint64_t v)
{
    struct okr_buf buf = sample(type);
    okr_wire_varint(&buf, field, v);
    return decode(okr_buf_slice(&buf));
}

/* ---- bytes of a fixed length ---- */

static const struct {
    enum okr_msg_type type;
    unsigned field;
    size_t len;
    bool may_be_absent;
} fixed[] = {
    {OKR_MSG_HELLO, 3, 16, false},        {OKR_MSG_HELLO, 7, 32, true},
    {OKR_MSG_WELCOME, 5, 32, true},       {OKR_MSG_WELCOME, 8, 16, false},
    {OKR_MSG_PUSH, 4, 8, true},           {OKR_MSG_PUSH, 6, 8, true},
    {OKR_MSG_PUSH, 7, 64, false},         {OKR_MSG_HEAD, 3, 16, false},
    {OKR_MSG_REPAIR, 3, 4096, false},     {OKR_MSG_REPAIR, 5, 16, true},
    {OKR_MSG_REPAIRED, 8, 16, true},      {OKR_MSG_HISTORY, 1, 16, false},
    {OKR_MSG_HISTORY_PAGE, 1, 16, false}, {OKR_MSG_ENROL, 1, 8, false},
    {OKR_MSG_ENROL, 2, 20, false},        {OKR_MSG_ENROL, 3, 16, false},
    {OKR_MSG_ENROL, 4, 32, false},        {OKR_MSG_ENROL, 5, 32, false},
    {OKR_MSG_ENROL, 6, 32, false},        {OKR_MSG_ENROL, 7, 64, false},
    {OKR_MSG_ENROLLED, 1, 16, false},     {OKR_MSG_ENROLLED, 3, 32, false},
    {OKR_MSG_ENROLLED, 7, 32, false},     {OKR_MSG_ENROLLED, 8, 16, false},
    {OKR_MSG_PROVED, 1, 32, false},
};

static void bytes_of_fixed_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
        enum okr_msg_type type = fixed[i].type;
        unsigned field = fixed[i].field;
        size_t len = fixed[i].len;
        assert_int_equal(with_bytes(type, field, len), OKR_OK);
        assert_int_equal(with_bytes(type, field, len - 1), OKR_ERR_FORMAT);
        assert_int_equal(with_bytes(type, field, len + 1), OKR_ERR_FORMAT);
        assert_int_equal(with_bytes(type, field, 0),
                         fixed[i].may_be_absent ? OKR_OK : OKR_ERR_FORMAT);
    }
}

/* ---- the same inside of submessages ---- */

struct part {
    enum okr_msg_type type;
    unsigned list;
    void (*make)(struct okr_buf *out);
};

static void make_op(struct okr_buf *out)
{
    okr_op_encode(&okr_sample_op, out);
}

static void make_answer(struct okr_buf *out)
{
    okr_answer_encode(&okr_sample_answer, out);
}

static void make_want(struct okr_buf *out)
{
    okr_wire_varint(out, 1, 4);
}

static void make_section(struct okr_buf *out)
{
    okr_wire_fill(out, 8, 1, 16);
}

static void make_mark(struct okr_buf *out)
{
    okr_wire_fill(out, 1, 1, 16);
}

static void make_epoch(struct okr_buf *out)
{
    okr_wire_varint(out, 1, 1);
    okr_wire_fill(out, 2, 1, 16);
}

static const struct part op_part = {OKR_MSG_PUSH, 3, make_op};
static const struct part answer_part = {OKR_MSG_PUSHED, 3, make_answer};
static const struct part want_part = {OKR_MSG_PULL, 1, make_want};
static const struct part section_part = {OKR_MSG_PAGE, 1, make_section};
static const struct part mark_part = {OKR_MSG_EVENT, 5, make_mark};
static const struct part epoch_part = {OKR_MSG_WELCOME, 1, make_epoch};
static const struct part own_epoch_part = {OKR_MSG_HELLO, 5, make_epoch};

static enum okr_err part_decode(const struct part *part,
                                const struct okr_buf *body)
{
    struct okr_buf buf = header(part->type);
    if (part->type == OKR_MSG_PUSH)
        okr_wire_fill(&buf, 7, 1, OKR_SIGN_LEN);
    if (part->type == OKR_MSG_WELCOME)
        okr_wire_fill(&buf, 8, 1, OKR_ID_LEN);
    if (part->type == OKR_MSG_HELLO)
        okr_wire_fill(&buf, 3, 1, OKR_ID_LEN);
    okr_wire_bytes(&buf, part->list, okr_buf_slice(body));
    return decode(okr_buf_slice(&buf));
}

static enum okr_err part_bytes(const struct part *part, unsigned field,
                               size_t len)
{
    struct okr_buf body;
    okr_buf_init(&body, arena);
    part->make(&body);
    okr_wire_fill(&body, field, 1, len);
    return part_decode(part, &body);
}

static enum okr_err part_varint(const struct part *part, unsigned field,
                                uint64_t v)
{
    struct okr_buf body;
    okr_buf_init(&body, arena);
    part->make(&body);
    okr_wire_varint(&body, field, v);
    return part_decode(part, &body);
}

static void parts_of_fixed_length(void **state)
{
    (void)state;
    static const struct {
        const struct part *part;
        unsigned field;
        size_t len;
        bool may_be_absent;
    } cases[] = {
        {&op_part, 1, 16, false},        {&op_part, 2, 16, false},
        {&op_part, 7, 32, false},        {&op_part, 8, 64, true},
        {&answer_part, 5, 16, true},     {&answer_part, 10, 32, true},
        {&answer_part, 12, 16, false},   {&want_part, 4, 16, true},
        {&section_part, 6, 16, true},    {&section_part, 8, 16, false},
        {&mark_part, 1, 16, false},      {&epoch_part, 2, 16, false},
        {&own_epoch_part, 2, 16, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct part *part = cases[i].part;
        unsigned field = cases[i].field;
        size_t len = cases[i].len;
        assert_int_equal(part_bytes(part, field, len), OKR_OK);
        assert_int_equal(part_bytes(part, field, len - 1), OKR_ERR_FORMAT);
        assert_int_equal(part_bytes(part, field, len + 1), OKR_ERR_FORMAT);
        assert_int_equal(part_bytes(part, field, 0),
                         cases[i].may_be_absent ? OKR_OK : OKR_ERR_FORMAT);
    }
}

/* ---- numbers ---- */

static void numbers_have_63_bits(void **state)
{
    (void)state;
    static const struct {
        enum okr_msg_type type;
        unsigned field;
    } fields[] = {
        {OKR_MSG_HELLO, 9},   {OKR_MSG_WELCOME, 4}, {OKR_MSG_WELCOME, 9},
        {OKR_MSG_PUSH, 2},    {OKR_MSG_PUSH, 5},    {OKR_MSG_PUSHED, 2},
        {OKR_MSG_PAGE, 3},    {OKR_MSG_EVENT, 1},   {OKR_MSG_EVENT, 2},
        {OKR_MSG_HEAD, 2},    {OKR_MSG_ERROR, 3},   {OKR_MSG_ENROLLED, 6},
        {OKR_MSG_PROOF, 1},   {OKR_MSG_PROOF, 2},   {OKR_MSG_PROOF, 3},
        {OKR_MSG_PROVED, 2},  {OKR_MSG_PROVED, 3},  {OKR_MSG_PROVED, 4},
        {OKR_MSG_COSIGN, 3},  {OKR_MSG_REPAIR, 2},  {OKR_MSG_REPAIRED, 2},
        {OKR_MSG_HISTORY, 2},
    };
    static const struct {
        const struct part *part;
        unsigned field;
    } parts[] = {
        {&answer_part, 2},  {&answer_part, 6},  {&want_part, 2},
        {&want_part, 3},    {&want_part, 5},    {&section_part, 2},
        {&section_part, 5}, {&section_part, 7}, {&section_part, 9},
        {&mark_part, 3},    {&epoch_part, 3},
    };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        enum okr_msg_type type = fields[i].type;
        unsigned field = fields[i].field;
        assert_int_equal(with_varint(type, field, LSN_MAX), OKR_OK);
        assert_int_equal(with_varint(type, field, LSN_MAX + 1), OKR_ERR_FORMAT);
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct part *part = parts[i].part;
        unsigned field = parts[i].field;
        assert_int_equal(part_varint(part, field, LSN_MAX), OKR_OK);
        assert_int_equal(part_varint(part, field, LSN_MAX + 1), OKR_ERR_FORMAT);
    }
}

static void numbers_have_16_bits(void **state)
{
    (void)state;
    static const struct {
        const struct part *part;
        unsigned field;
    } parts[] = {
        {&op_part, 4},
        {&op_part, 5},
        {&answer_part, 4},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const struct part *part = parts[i].part;
        unsigned field = parts[i].field;
        assert_int_equal(part_varint(part, field, UINT16_MAX), OKR_OK);
        assert_int_equal(part_varint(part, field, UINT16_MAX + 1),
                         OKR_ERR_FORMAT);
    }
}

/* Zigzag: 2t for t >= 0, 2|t| - 1 for others. */
static void times_can_be_subtracted(void **state)
{
    (void)state;
    const uint64_t last = 2 * TIME_MAX;
    assert_int_equal(with_varint(OKR_MSG_WELCOME, 7, last), OKR_OK);
    assert_int_equal(with_varint(OKR_MSG_WELCOME, 7, last - 1), OKR_OK);
    assert_int_equal(with_varint(OKR_MSG_WELCOME, 7, last + 2), OKR_ERR_FORMAT);
    assert_int_equal(with_varint(OKR_MSG_WELCOME, 7, last + 1), OKR_ERR_FORMAT);
    assert_int_equal(with_varint(OKR_MSG_HEAD, 5, last + 2), OKR_ERR_FORMAT);
    assert_int_equal(part_varint(&op_part, 3, last), OKR_OK);
    assert_int_equal(part_varint(&op_part, 3, UINT64_MAX), OKR_ERR_FORMAT);
    assert_int_equal(part_varint(&answer_part, 8, last + 2), OKR_ERR_FORMAT);
}

/* ---- lists ---- */

static enum okr_err with_list(const struct part *part, size_t n)
{
    struct okr_buf body;
    okr_buf_init(&body, arena);
    part->make(&body);
    struct okr_buf buf = header(part->type);
    if (part->type == OKR_MSG_PUSH)
        okr_wire_fill(&buf, 7, 1, OKR_SIGN_LEN);
    if (part->type == OKR_MSG_WELCOME)
        okr_wire_fill(&buf, 8, 1, OKR_ID_LEN);
    for (size_t i = 0; i < n; i++)
        okr_wire_bytes(&buf, part->list, okr_buf_slice(&body));
    return decode(okr_buf_slice(&buf));
}

static void lists_are_bounded(void **state)
{
    (void)state;
    assert_int_equal(with_list(&op_part, OKR_PUSH_OPS_MAX), OKR_OK);
    assert_int_equal(with_list(&op_part, OKR_PUSH_OPS_MAX + 1), OKR_ERR_LIMIT);
    assert_int_equal(with_list(&answer_part, OKR_PUSH_OPS_MAX), OKR_OK);
    assert_int_equal(with_list(&answer_part, OKR_PUSH_OPS_MAX + 1),
                     OKR_ERR_LIMIT);
    assert_int_equal(with_list(&want_part, OKR_SCOPES_PER_PULL_MAX), OKR_OK);
    assert_int_equal(with_list(&want_part, OKR_SCOPES_PER_PULL_MAX + 1),
                     OKR_ERR_LIMIT);
    assert_int_equal(with_list(&section_part, OKR_SCOPES_PER_PULL_MAX), OKR_OK);
    assert_int_equal(with_list(&section_part, OKR_SCOPES_PER_PULL_MAX + 1),
                     OKR_ERR_LIMIT);
    assert_int_equal(with_list(&epoch_part, OKR_EPOCHS_MAX), OKR_OK);
    assert_int_equal(with_list(&epoch_part, OKR_EPOCHS_MAX + 1), OKR_ERR_LIMIT);
}

static enum okr_err with_proof(enum okr_msg_type type, unsigned field, size_t n)
{
    struct okr_buf buf = sample(type);
    for (size_t i = 0; i < n; i++)
        okr_wire_fill(&buf, field, 2, OKR_SHA256_LEN);
    return decode(okr_buf_slice(&buf));
}

static void proofs_are_bounded(void **state)
{
    (void)state;
    size_t has = okr_sample(OKR_MSG_PROVED)->u.proved.n_hash;
    size_t room = OKR_PROOF_MAX - has;
    assert_int_equal(with_proof(OKR_MSG_PROVED, 1, room), OKR_OK);
    assert_int_equal(with_proof(OKR_MSG_PROVED, 1, room + 1), OKR_ERR_LIMIT);
    has = okr_sample(OKR_MSG_ENROLLED)->u.enrolled.n_proof;
    room = OKR_PROOF_MAX - has;
    assert_int_equal(with_proof(OKR_MSG_ENROLLED, 7, room), OKR_OK);
    assert_int_equal(with_proof(OKR_MSG_ENROLLED, 7, room + 1), OKR_ERR_LIMIT);
}

/* ---- operations and payloads ---- */

static enum okr_err payload_decode(const struct okr_buf *buf)
{
    struct okr_payload *payload = NULL;
    return okr_payload_decode(okr_buf_slice(buf), arena, &payload);
}

static void payload_with_changes(size_t n, struct okr_buf *out)
{
    static const uint8_t change[] = {0x08, 0x05};
    okr_wire_fill(out, 3, 1, OKR_ID_LEN);
    for (size_t i = 0; i < n; i++)
        okr_wire_bytes(out, 4, okr_slice_of(change, sizeof change));
}

static void payloads_are_bounded(void **state)
{
    (void)state;
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    payload_with_changes(OKR_CHANGES_MAX, &buf);
    assert_int_equal(payload_decode(&buf), OKR_OK);
    buf.len = 0;
    payload_with_changes(OKR_CHANGES_MAX + 1, &buf);
    assert_int_equal(payload_decode(&buf), OKR_ERR_LIMIT);
    buf.len = 0;
    okr_wire_fill(&buf, 3, 1, OKR_ID_LEN);
    okr_wire_fill(&buf, 5, 'r', OKR_OP_MAX - buf.len - 4);
    assert_int_equal(buf.len, OKR_OP_MAX);
    assert_int_equal(payload_decode(&buf), OKR_OK);
    okr_wire_varint(&buf, 1, 1);
    assert_int_equal(payload_decode(&buf), OKR_ERR_LIMIT);
    assert_int_equal(part_bytes(&op_part, 6, OKR_OP_MAX), OKR_OK);
    assert_int_equal(part_bytes(&op_part, 6, OKR_OP_MAX + 1), OKR_ERR_LIMIT);
}

static enum okr_err payload_with(unsigned field, size_t len)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_payload_encode(&okr_sample_payload, &buf);
    okr_wire_fill(&buf, field, 1, len);
    return payload_decode(&buf);
}

/* `seen`: bytes of the Seen message, or NULL. */
static enum okr_err with_change(uint64_t field, struct okr_slice data,
                                const struct okr_buf *seen)
{
    struct okr_buf change, buf;
    okr_buf_init(&change, arena);
    okr_buf_init(&buf, arena);
    okr_wire_varint(&change, 1, field);
    okr_wire_bytes(&change, 2, data);
    if (seen != NULL)
        okr_wire_bytes(&change, 3, okr_buf_slice(seen));
    okr_wire_fill(&buf, 3, 1, OKR_ID_LEN);
    okr_wire_bytes(&buf, 4, okr_buf_slice(&change));
    return payload_decode(&buf);
}

static void shape_of_a_payload(void **state)
{
    (void)state;
    struct okr_slice some = OKR_SLICE_LIT("x"), none = OKR_SLICE_NONE;
    assert_int_equal(payload_with(3, 15), OKR_ERR_FORMAT);
    assert_int_equal(payload_with(3, 0), OKR_ERR_FORMAT);
    assert_int_equal(payload_with(6, 15), OKR_ERR_FORMAT);
    assert_int_equal(payload_with(6, 0), OKR_OK);
    assert_int_equal(with_change(4 * 1 + 1, some, NULL), OKR_OK);
    assert_int_equal(with_change(4 * 65535 + 3, some, NULL), OKR_OK);
    assert_int_equal(with_change(4 * 65536, none, NULL), OKR_ERR_FORMAT);
    assert_int_equal(with_change(1, some, NULL), OKR_ERR_FORMAT);
    assert_int_equal(with_change(4 * 1, none, NULL), OKR_OK);
    assert_int_equal(with_change(4 * 1, some, NULL), OKR_ERR_FORMAT);
}

static void what_was_seen(void **state)
{
    (void)state;
    struct okr_slice some = OKR_SLICE_LIT("x");
    struct okr_buf seen;
    okr_buf_init(&seen, arena);
    assert_int_equal(with_change(5, some, &seen), OKR_OK);
    okr_wire_varint(&seen, 1, 3);
    okr_wire_varint(&seen, 2, LSN_MAX);
    assert_int_equal(with_change(5, some, &seen), OKR_OK);
    okr_wire_varint(&seen, 2, LSN_MAX + 1);
    assert_int_equal(with_change(5, some, &seen), OKR_ERR_FORMAT);
    seen.len = 0;
    okr_wire_fill(&seen, 3, 1, 16);
    assert_int_equal(with_change(5, some, &seen), OKR_OK);
    okr_wire_fill(&seen, 3, 1, 15);
    assert_int_equal(with_change(5, some, &seen), OKR_ERR_FORMAT);
    okr_wire_fill(&seen, 3, 1, 16);
    okr_wire_varint(&seen, 2, 1); /* either this or that */
    assert_int_equal(with_change(5, some, &seen), OKR_ERR_FORMAT);
}

/* ---- text ---- */

static enum okr_err with_text(enum okr_msg_type type, unsigned field,
                              const char *text)
{
    struct okr_buf buf = sample(type);
    okr_wire_bytes(&buf, field, okr_slice_str(text));
    return decode(okr_buf_slice(&buf));
}

static void text_of_a_peer(void **state)
{
    (void)state;
    static const struct {
        enum okr_msg_type type;
        unsigned field;
    } texts[] = {
        {OKR_MSG_REFUSE, 3},   {OKR_MSG_ERROR, 2},    {OKR_MSG_WELCOME, 3},
        {OKR_MSG_WELCOME, 12}, {OKR_MSG_ENROLLED, 2}, {OKR_MSG_COSIGN, 1},
        {OKR_MSG_COSIGN, 2},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        enum okr_msg_type type = texts[i].type;
        unsigned field = texts[i].field;
        assert_int_equal(with_text(type, field,
                                   "Gr\xc3\xbc\xc3\x9f"
                                   "e\n\tx"),
                         OKR_OK);
        assert_int_equal(with_text(type, field, ""), OKR_OK);
        assert_int_equal(with_text(type, field, "\xff"), OKR_ERR_FORMAT);
        assert_int_equal(with_text(type, field, "\xc0\x80"), OKR_ERR_FORMAT);
        assert_int_equal(with_text(type, field, "\x1b[2J"), OKR_ERR_FORMAT);
        assert_int_equal(with_text(type, field, "a\x7f"), OKR_ERR_FORMAT);
        assert_int_equal(with_text(type, field,
                                   "\xc2\x9b"
                                   "2J"),
                         OKR_ERR_FORMAT);
        assert_int_equal(with_text(type, field, "\xc2\x9f"), OKR_ERR_FORMAT);
        assert_int_equal(with_text(type, field, "\xc2\xa0"), OKR_OK);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(bytes_of_fixed_length),   TEST(parts_of_fixed_length),
        TEST(numbers_have_63_bits),    TEST(numbers_have_16_bits),
        TEST(times_can_be_subtracted), TEST(lists_are_bounded),
        TEST(proofs_are_bounded),      TEST(payloads_are_bounded),
        TEST(shape_of_a_payload),      TEST(what_was_seen),
        TEST(text_of_a_peer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
