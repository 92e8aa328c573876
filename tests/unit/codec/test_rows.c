/* Rows: their columns, the table of ids and references into it, and how large
 * they get. */
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

/* Numbers of the fields of Rows. */
enum {
    ID = 1,
    KIND,
    ELSN,
    FLAGS,
    REG_COUNT,
    PERSON,
    SITE,
    VERB,
    TIME,
    FIELD,
    AGE,
    SIZE,
    DATA,
    COLUMNS
};

/* An event with rows, column by column as it goes on the wire (numbers that
 * are signed: zigzag), and its table of ids. */
struct event {
    struct okr_buf columns[COLUMNS];
    struct okr_buf heads, tails;
};

static void event_init(struct event *e)
{
    for (size_t i = 0; i < COLUMNS; i++)
        okr_buf_init(&e->columns[i], arena);
    okr_buf_init(&e->heads, arena);
    okr_buf_init(&e->tails, arena);
}

static void put(struct event *e, unsigned column, uint64_t v)
{
    okr_buf_varint(&e->columns[column], v);
}

static void put_id(struct event *e, int64_t head, uint8_t byte)
{
    uint8_t tail[10];
    memset(tail, byte, sizeof tail);
    okr_buf_zigzag(&e->heads, head);
    okr_buf_put(&e->tails, okr_slice_of(tail, sizeof tail));
}

/* A row that is new to the table, elsn 1000 behind the one before. */
static void put_row(struct event *e, size_t n_regs)
{
    const uint64_t row[] = {[ID] = 1,   [KIND] = 11, [ELSN] = 2000,
                            [SITE] = 0, [TIME] = 0,  [REG_COUNT] = n_regs};
    for (unsigned i = ID; i <= TIME; i++)
        put(e, i, row[i]);
    put_id(e, 1, 1);
}

static void put_reg(struct event *e, uint32_t field, uint64_t age,
                    const char *data)
{
    put(e, FIELD, field);
    put(e, AGE, age);
    put(e, SIZE, 2 * strlen(data));
    okr_buf_put(&e->columns[DATA], okr_slice_str(data));
}

static struct okr_msg *decoded;

static enum okr_err decode(struct event *e)
{
    struct okr_buf rows, ids, frame;
    okr_buf_init(&rows, arena);
    okr_buf_init(&ids, arena);
    okr_buf_init(&frame, arena);
    for (unsigned i = ID; i < COLUMNS; i++)
        if (e->columns[i].len > 0)
            okr_wire_bytes(&rows, i, okr_buf_slice(&e->columns[i]));
    okr_wire_bytes(&ids, 1, okr_buf_slice(&e->heads));
    okr_wire_bytes(&ids, 2, okr_buf_slice(&e->tails));
    okr_buf_put(&frame, OKR_SLICE_LIT("\x08\0\0\0\1\1\0"));
    okr_wire_bytes(&frame, 3, okr_buf_slice(&rows));
    okr_wire_bytes(&frame, 4, okr_buf_slice(&ids));
    return okr_msg_decode_pub(okr_buf_slice(&frame), arena, &decoded);
}

/* ---- registers ----------------------------------------------------------- */

struct reg {
    uint32_t field;
    uint64_t age;
    const char *data;
};

static enum okr_err with_regs(const struct reg *regs, size_t n)
{
    struct event e;
    event_init(&e);
    put_row(&e, n);
    for (size_t i = 0; i < n; i++)
        put_reg(&e, regs[i].field, regs[i].age, regs[i].data);
    return decode(&e);
}

#define REGS(...)                                \
    with_regs((const struct reg[]){__VA_ARGS__}, \
              sizeof((const struct reg[]){__VA_ARGS__}) / sizeof(struct reg))

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

/* ---- columns ------------------------------------------------------------- */

/* Whatever column is longer than it should be, the rows are refused. */
static void columns_are_of_one_length(void **state)
{
    (void)state;
    for (unsigned longer = 0; longer < COLUMNS; longer++) {
        struct event e;
        event_init(&e);
        put_row(&e, 1);
        put_reg(&e, 4 + 1, 0, "a");
        if (longer > 0)
            put(&e, longer, 0);
        assert_int_equal(decode(&e), longer == 0 ? OKR_OK : OKR_ERR_FORMAT);
    }
}

static void counts_of_registers_add_up(void **state)
{
    (void)state;
    const uint64_t counts[][2] = {{1, 1}, {0, 2}, {2, 0},
                                  {1, 0}, {2, 1}, {UINT32_MAX, 3}};
    for (size_t i = 0; i < 6; i++) {
        struct event e;
        event_init(&e);
        put_row(&e, counts[i][0]);
        put_row(&e, counts[i][1]);
        put_reg(&e, 4 + 1, 0, "a");
        put_reg(&e, 8 + 1, 0, "b");
        assert_int_equal(decode(&e), i < 3 ? OKR_OK : OKR_ERR_FORMAT);
    }
}

static void data_is_used_up(void **state)
{
    (void)state;
    const uint64_t sizes[] = {6, 4, 8, UINT32_MAX - 1};
    for (size_t i = 0; i < 4; i++) {
        struct event e;
        event_init(&e);
        put_row(&e, 1);
        put(&e, FIELD, 4 + 1);
        put(&e, AGE, 0);
        put(&e, SIZE, sizes[i]);
        okr_buf_put(&e.columns[DATA], OKR_SLICE_LIT("abc"));
        assert_int_equal(decode(&e), i == 0 ? OKR_OK : OKR_ERR_FORMAT);
    }
}

static enum okr_err two_rows(unsigned column, uint64_t first, uint64_t second)
{
    struct event e;
    event_init(&e);
    put_row(&e, 0);
    put_row(&e, 0);
    e.columns[column].len = 0;
    put(&e, column, first);
    put(&e, column, second);
    return decode(&e);
}

static void numbers_are_bounded(void **state)
{
    (void)state;
    const uint64_t lsn_max = OKR_LSN_PENDING - 1, time_max = UINT64_C(1) << 61;
    assert_int_equal(two_rows(ELSN, 2 * lsn_max, 0), OKR_OK);
    assert_int_equal(two_rows(ELSN, 2 * lsn_max, 2), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(ELSN, 2000, 1999), OKR_OK);
    assert_int_equal(two_rows(ELSN, 2000, 2001), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(TIME, 2 * time_max, 4 * time_max - 1), OKR_OK);
    assert_int_equal(two_rows(TIME, 2 * time_max, 2), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(TIME, 2 * time_max - 1, 1), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(KIND, UINT16_MAX, 0), OKR_OK);
    assert_int_equal(two_rows(KIND, UINT16_MAX + 1, 0), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(VERB, UINT16_MAX + 1, 0), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(FLAGS, UINT32_MAX - 1, 0), OKR_OK);
    assert_true(decoded->u.event.rows[0].gone); /* others are ignored */
    assert_false(decoded->u.event.rows[0].all);
}

/* ---- references ---------------------------------------------------------- */

static void references_lie_in_the_table(void **state)
{
    (void)state;
    /* Two rows name two ids; then come the persons' references. */
    static const struct {
        uint64_t person;
        size_t more;
        enum okr_err err;
    } cases[] = {
        {0, 0, OKR_OK},         {2, 0, OKR_OK},
        {3, 0, OKR_ERR_FORMAT}, {1, 1, OKR_OK},
        {1, 0, OKR_ERR_FORMAT}, {0, 1, OKR_ERR_FORMAT},
        {1, 2, OKR_ERR_FORMAT}, {UINT32_MAX, 0, OKR_ERR_FORMAT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct event e;
        event_init(&e);
        put_row(&e, 0);
        e.columns[PERSON].len = 0;
        put(&e, PERSON, cases[i].person);
        for (size_t k = 0; k < cases[i].more; k++)
            put_id(&e, 1, (uint8_t)(7 + k));
        assert_int_equal(decode(&e), cases[i].err);
    }
}

static void a_row_has_an_id(void **state)
{
    (void)state;
    assert_int_equal(two_rows(ID, 1, 1), OKR_OK);
    assert_int_equal(two_rows(ID, 1, 0), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(ID, 0, 1), OKR_ERR_FORMAT);
    assert_int_equal(two_rows(ID, 2, 1), OKR_ERR_FORMAT); /* not named yet */
}

/* A value of 16 bytes goes by reference; what it means is the same. */
static void values_are_references_too(void **state)
{
    (void)state;
    struct event e;
    event_init(&e);
    put_row(&e, 2);
    put(&e, FIELD, 4 + 1);
    put(&e, FIELD, 8 + 1);
    put(&e, AGE, 0);
    put(&e, AGE, 0);
    put(&e, SIZE, 2 * 1 + 1);
    put(&e, SIZE, 2 * 2 + 1);
    put_id(&e, 0, 9);
    assert_int_equal(decode(&e), OKR_OK);
    const struct okr_row *row = &decoded->u.event.rows[0];
    static const uint8_t want[] = {0, 0, 0, 0, 0, 1, 9, 9,
                                   9, 9, 9, 9, 9, 9, 9, 9};
    assert_memory_equal(row->regs[0].data.data, want, sizeof want);
    assert_true(okr_slice_eq(row->regs[1].data, okr_id_slice(&row->id)));
    e.columns[SIZE].len = 0;
    put(&e, SIZE, 1); /* a value that refers to nothing */
    put(&e, SIZE, 2 * 1 + 1);
    assert_int_equal(decode(&e), OKR_ERR_FORMAT);
}

static void the_table_holds_ids(void **state)
{
    (void)state;
    struct event e;
    for (int damage = 0; damage < 5; damage++) {
        event_init(&e);
        put_row(&e, 0);
        if (damage == 1)
            okr_buf_u8(&e.tails, 0);
        if (damage == 2)
            e.tails.len--;
        if (damage == 3 || damage == 4) { /* beyond 6 bytes; zero */
            e.heads.len = e.tails.len = 0;
            put_id(&e, damage == 3 ? INT64_C(1) << 48 : 0, 0);
        }
        assert_int_equal(decode(&e), damage == 0 ? OKR_OK : OKR_ERR_FORMAT);
    }
}

/* Ids that differ in a few bytes only keep their own numbers: a reference
 * that is used again for another id would mix entities up. */
static void similar_ids_stay_apart(void **state)
{
    (void)state;
    enum { N = 300 };
    static struct okr_row rows[N];
    struct okr_msg msg = {.type = OKR_MSG_EVENT,
                          .u.event = {.rows = rows, .n_rows = N}};
    struct okr_buf buf;
    for (size_t i = 0; i < N; i++) {
        struct okr_row row = {.kind = 11, .elsn = i};
        row.id.b[i % OKR_ID_LEN] = (uint8_t)(1 + i / OKR_ID_LEN);
        row.last.person = rows[i / 2].id;
        rows[i] = row;
    }
    okr_buf_init(&buf, arena);
    okr_msg_encode(&msg, &buf);
    assert_int_equal(okr_msg_decode_pub(okr_buf_slice(&buf), arena, &decoded),
                     OKR_OK);
    assert_int_equal(decoded->u.event.n_rows, N);
    for (size_t i = 0; i < N; i++) {
        const struct okr_row *row = &decoded->u.event.rows[i];
        assert_memory_equal(&row->id, &rows[i].id, OKR_ID_LEN);
        assert_memory_equal(&row->last.person, &rows[i].last.person,
                            OKR_ID_LEN);
    }
}

/* ---- sizes --------------------------------------------------------------- */

static size_t size_of(struct okr_row *row, size_t n)
{
    struct okr_msg msg = {.type = OKR_MSG_EVENT,
                          .u.event = {.rows = row, .n_rows = n}};
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_msg_encode(&msg, &buf);
    assert_int_equal(buf.err, OKR_OK);
    return buf.len - OKR_PUB_HEADER;
}

static size_t size_alone(const struct okr_row *row)
{
    struct okr_row_meter meter = {.seen = {{{0}}}};
    return okr_row_size(row, &meter);
}

/* A size that promises less than a row takes would overfill a page. */
static void row_size_is_a_bound(void **state)
{
    (void)state;
    const struct okr_page *page = &okr_sample(OKR_MSG_PAGE)->u.page;
    for (size_t i = 0; i < page->sections[0].n_rows; i++) {
        struct okr_row row = page->sections[0].rows[i];
        row.last.verb = UINT16_MAX;
        row.last.time = -(INT64_C(1) << 61);
        assert_true(size_of(&row, 1) <= size_alone(&row) + OKR_ROWS_SIZE);
        assert_true(size_of(&row, 1) + 64 > size_alone(&row));
    }
}

/* Many registers leave no room for what the bound adds once a row. */
static void row_size_counts_registers(void **state)
{
    (void)state;
    enum { N = 300 };
    static struct okr_reg regs[N];
    static const uint8_t data[200];
    struct okr_row row = {.id = {{3}},
                          .kind = UINT16_MAX,
                          .elsn = UINT64_MAX >> 1,
                          .all = true,
                          .regs = regs,
                          .n_regs = N,
                          .last = {.person = {{1}},
                                   .site = {{2}},
                                   .verb = UINT16_MAX,
                                   .time = -(INT64_C(1) << 61)}};
    for (size_t i = 0; i < N; i++)
        regs[i] = (struct okr_reg){.field = (uint16_t)(UINT16_MAX - N + i),
                                   .form = OKR_REG_VALUE,
                                   .data = {data, sizeof data}};
    assert_true(size_of(&row, 1) <= size_alone(&row) + OKR_ROWS_SIZE);
    assert_true(size_of(&row, 1) + 500 > size_alone(&row));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, arena_new, arena_gone)
    const struct CMUnitTest tests[] = {
        TEST(registers_are_in_order),
        TEST(shape_of_a_register),
        TEST(columns_are_of_one_length),
        TEST(counts_of_registers_add_up),
        TEST(data_is_used_up),
        TEST(numbers_are_bounded),
        TEST(references_lie_in_the_table),
        TEST(a_row_has_an_id),
        TEST(values_are_references_too),
        TEST(the_table_holds_ids),
        TEST(similar_ids_stay_apart),
        TEST(row_size_is_a_bound),
        TEST(row_size_counts_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
