/* Rows: their columns, their table of ids, and how large they get. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/codec/codec.h"
#include "tests/lib/samples.h"
#include "tests/lib/wire.h"

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

static struct okr_buf event_header(void)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_buf_put(&buf, OKR_SLICE_LIT("\x08\0\0\0\1\1\0"));
    return buf;
}

static enum okr_err decode(const struct okr_buf *frame)
{
    struct okr_msg *msg = NULL;
    return okr_msg_decode_pub(okr_buf_slice(frame), arena, &msg);
}

static void make_row(struct okr_buf *out)
{
    okr_wire_fill(out, 1, 1, OKR_ID_LEN);
    okr_wire_varint(out, 3, 1000);
}

static enum okr_err with_row(const struct okr_buf *row)
{
    struct okr_buf frame = event_header();
    okr_wire_bytes(&frame, 3, okr_buf_slice(row));
    return decode(&frame);
}

struct column {
    uint32_t field;
    uint64_t age;
    const char *data;
};

static void put_packed(struct okr_buf *out, unsigned field,
                       const struct okr_buf *numbers)
{
    okr_wire_bytes(out, field, okr_buf_slice(numbers));
}

/* A row with elsn 1000 and these registers, as Event.rows. */
static enum okr_err with_regs(const struct column *columns, size_t n)
{
    struct okr_buf fields, ages, row;
    okr_buf_init(&fields, arena);
    okr_buf_init(&ages, arena);
    okr_buf_init(&row, arena);
    make_row(&row);
    for (size_t i = 0; i < n; i++) {
        okr_buf_varint(&fields, columns[i].field);
        okr_buf_varint(&ages, columns[i].age);
        okr_wire_bytes(&row, 7, okr_slice_str(columns[i].data));
    }
    put_packed(&row, 5, &fields);
    put_packed(&row, 6, &ages);
    return with_row(&row);
}

#define REGS(...)                                            \
    with_regs((const struct column[]){__VA_ARGS__},          \
              sizeof((const struct column[]){__VA_ARGS__}) / \
                  sizeof(struct column))

static void registers_are_in_order(void **state)
{
    (void)state;
    assert_int_equal(REGS({4 + 1, 0, "b"}, {8 + 1, 0, "a"}), OKR_OK);
    assert_int_equal(REGS({8 + 1, 0, "a"}, {4 + 1, 0, "b"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 1, 0, "a"}, {4 + 1, 0, "b"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 1, 0, "a"}, {4 + 0, 0, ""}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 2, 0, "a"}, {4 + 3, 0, "b"}), OKR_OK);
    assert_int_equal(REGS({4 + 3, 0, ""}, {4 + 2, 0, "b"}), OKR_OK);
    assert_int_equal(REGS({4 + 2, 0, "b"}, {4 + 3, 0, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 2, 0, "a"}, {4 + 3, 0, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 2, 0, "ab"}, {4 + 3, 0, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 1, 0, "a"}, {4 + 2, 0, "b"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 2, 0, "a"}, {4 + 1, 0, "b"}), OKR_ERR_FORMAT);
}

static void shape_of_a_register(void **state)
{
    (void)state;
    assert_int_equal(REGS({4 + 1, 1000, "a"}), OKR_OK);
    assert_int_equal(REGS({4 + 1, 1001, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 1, UINT64_MAX, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 * 65535 + 1, 0, "a"}), OKR_OK);
    assert_int_equal(REGS({4 * 65536 + 1, 0, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({1, 0, "a"}), OKR_ERR_FORMAT);
    assert_int_equal(REGS({4 + 0, 0, ""}), OKR_OK);
    assert_int_equal(REGS({4 + 0, 0, "a"}), OKR_ERR_FORMAT);
}

static void columns_are_of_one_length(void **state)
{
    (void)state;
    for (unsigned missing = 5; missing <= 7; missing++) {
        struct okr_buf row;
        okr_buf_init(&row, arena);
        make_row(&row);
        if (missing != 5)
            okr_wire_bytes(&row, 5, OKR_SLICE_LIT("\5"));
        if (missing != 6)
            okr_wire_bytes(&row, 6, OKR_SLICE_LIT("\1"));
        if (missing != 7)
            okr_wire_bytes(&row, 7, OKR_SLICE_LIT("x"));
        assert_int_equal(with_row(&row), OKR_ERR_FORMAT);
    }
}

static enum okr_err with_index(unsigned field, uint64_t index, size_t n_ids)
{
    struct okr_buf row, frame = event_header();
    okr_buf_init(&row, arena);
    make_row(&row);
    okr_wire_varint(&row, field, index);
    okr_wire_bytes(&frame, 3, okr_buf_slice(&row));
    for (size_t i = 0; i < n_ids; i++)
        okr_wire_fill(&frame, 4, (uint8_t)(i + 1), OKR_ID_LEN);
    return decode(&frame);
}

static void indexes_lie_in_the_table(void **state)
{
    (void)state;
    for (unsigned field = 8; field <= 9; field++) {
        assert_int_equal(with_index(field, 0, 0), OKR_OK);
        assert_int_equal(with_index(field, 1, 0), OKR_ERR_FORMAT);
        assert_int_equal(with_index(field, 2, 2), OKR_OK);
        assert_int_equal(with_index(field, 3, 2), OKR_ERR_FORMAT);
        assert_int_equal(with_index(field, UINT32_MAX, 2), OKR_ERR_FORMAT);
    }
}

/* A size that promises less than a row takes would overfill a page. */
static void row_size_is_a_bound(void **state)
{
    (void)state;
    const struct okr_page *page = &okr_sample(OKR_MSG_PAGE)->u.page;
    for (size_t i = 0; i < page->sections[0].n_rows; i++) {
        struct okr_row row = page->sections[0].rows[i];
        struct okr_msg msg = {.type = OKR_MSG_EVENT};
        struct okr_buf without, with;
        okr_buf_init(&without, arena);
        okr_buf_init(&with, arena);
        okr_msg_encode(&msg, &without);
        msg.u.event.rows = &row;
        msg.u.event.n_rows = 1;
        row.last.verb = UINT16_MAX;
        row.last.time = -(INT64_C(1) << 61);
        okr_msg_encode(&msg, &with);
        assert_true(with.len - without.len <= okr_row_size(&row));
        assert_true(with.len - without.len + 64 > okr_row_size(&row));
    }
}

/* Many registers leave no room for what the bound adds once a row. */
static void row_size_counts_registers(void **state)
{
    (void)state;
    enum { REGS = 300 };
    static struct okr_reg regs[REGS];
    static const uint8_t data[200];
    struct okr_row row = {.kind = UINT16_MAX,
                          .elsn = UINT64_MAX >> 1,
                          .all = true,
                          .regs = regs,
                          .n_regs = REGS,
                          .last = {.person = {{1}},
                                   .site = {{2}},
                                   .verb = UINT16_MAX,
                                   .time = -(INT64_C(1) << 61)}};
    struct okr_msg msg = {.type = OKR_MSG_EVENT,
                          .u.event = {.rows = &row, .n_rows = 1}};
    struct okr_buf buf;
    for (size_t i = 0; i < REGS; i++)
        regs[i] = (struct okr_reg){.field = (uint16_t)(UINT16_MAX - REGS + i),
                                   .form = OKR_REG_VALUE,
                                   .data = {data, sizeof data}};
    okr_buf_init(&buf, arena);
    okr_msg_encode(&msg, &buf);
    assert_true(buf.len - OKR_PUB_HEADER <= okr_row_size(&row));
    assert_true(buf.len + 16 > okr_row_size(&row));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(registers_are_in_order),    TEST(shape_of_a_register),
        TEST(columns_are_of_one_length), TEST(indexes_lie_in_the_table),
        TEST(row_size_is_a_bound),       TEST(row_size_counts_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
