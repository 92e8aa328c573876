/* Stored records: known bytes, and nothing but canonical ones is read. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/record.h"
#include "tests/lib/made.h"

static struct okr_arena *arena;
static struct okr_id id;

static int make_arena(void **state)
{
    (void)state;
    id = okr_made_id(1);
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK;
}

static int free_arena(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

#define BYTES(...)                               \
    okr_slice_of((const uint8_t[]){__VA_ARGS__}, \
                 sizeof((const uint8_t[]){__VA_ARGS__}))

static enum okr_err decode(struct okr_slice s, struct okr_record **ret_record)
{
    return okr_record_decode(s, &id, arena, ret_record);
}

static struct okr_slice encode(const struct okr_record *record)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    okr_record_encode(record, &buf);
    assert_int_equal(buf.err, OKR_OK);
    return okr_buf_slice(&buf);
}

static struct okr_record *sample(void)
{
    static const struct okr_made fields[] = {
        {OKR_F_T_TITLE, "Ship it"},
        {OKR_F_COLLABORATORS, "11111111111111111111111111111111"},
        {OKR_F_COLLABORATORS, "00000000000000000000000000000000"},
        {OKR_F_T_DUE, NULL},
        {OKR_F_T_STATE, "doing"},
        {0},
    };
    struct okr_record *record = okr_made_record(OKR_KIND_TASK, fields, arena);
    record->regs[0].lsn = 300;
    record->regs[1].lsn = 0;
    record->regs[2].form = OKR_REG_ABSENT;
    return record;
}

/* kind, count, then (field, form, lsn, length, data). */
static const uint8_t small[] = {
    13, 2,                          /* a task, two registers */
    17, 1, 0xac, 0x02, 2, 'H', 'i', /* title, VALUE, lsn 300, "Hi" */
    20, 0, 7,    0,                 /* due, UNSET, lsn 7 */
};

static void known_bytes(void **state)
{
    (void)state;
    struct okr_record *record;
    struct okr_slice s = okr_slice_of(small, sizeof small);
    assert_int_equal(decode(s, &record), OKR_OK);
    assert_int_equal(record->kind, OKR_KIND_TASK);
    assert_int_equal(record->n_regs, 2);
    assert_true(okr_id_eq(&record->id, &id));
    assert_int_equal(okr_record_reg(record, OKR_F_T_TITLE)->lsn, 300);
    assert_true(okr_slice_is(okr_record_text(record, OKR_F_T_TITLE), "Hi"));
    assert_false(okr_record_has(record, OKR_F_T_DUE));
    assert_true(okr_slice_eq(encode(record), s));
}

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct okr_record *record = sample(), *back;
    struct okr_slice bytes = encode(record);
    assert_int_equal(decode(bytes, &back), OKR_OK);
    assert_int_equal(back->n_regs, record->n_regs);
    assert_true(okr_slice_eq(encode(back), bytes));
    record = okr_record_new(&id, OKR_KIND_VOTE, arena);
    assert_int_equal(decode(encode(record), &back), OKR_OK);
    assert_int_equal(back->n_regs, 0);
}

static void assert_corrupt(struct okr_slice s)
{
    struct okr_record untouched, *record = &untouched;
    assert_int_equal(decode(s, &record), OKR_ERR_CORRUPT);
    assert_ptr_equal(record, &untouched);
}

static void other_forms_are_corrupt(void **state)
{
    (void)state;
    assert_corrupt(OKR_SLICE_NONE);
    assert_corrupt(BYTES(13));
    assert_corrupt(BYTES(13, 0, 0));                /* left over */
    assert_corrupt(BYTES(13, 1));                   /* cut off */
    assert_corrupt(BYTES(13, 1, 17, 1, 5, 2, 'H')); /* cut off */
    assert_corrupt(BYTES(0x80, 0x80, 0x04, 0));     /* kind 65536 */
    assert_corrupt(BYTES(0x8d, 0x00, 0));           /* over-long kind */
    assert_corrupt(BYTES(13, 1, 17, 4, 5, 0));      /* no such form */
    assert_corrupt(BYTES(13, 1, 0, 1, 5, 0));       /* field 0 */
    assert_corrupt(BYTES(13, 1, 0x80, 0x80, 0x04, 1, 5, 0)); /* field 65536 */
    assert_corrupt(BYTES(13, 1, 17, 0, 5, 1, 'x')); /* UNSET with data */
    assert_corrupt(BYTES(13, 2, 20, 1, 5, 0, 17, 1, 5, 0)); /* order */
    assert_corrupt(BYTES(13, 2, 17, 1, 5, 0, 17, 1, 6, 0)); /* twice */
    assert_corrupt(BYTES(13, 2, 17, 1, 5, 0, 17, 0, 6, 0)); /* twice */
}

static void sets_are_in_order_too(void **state)
{
    (void)state;
    struct okr_record *record;
    assert_int_equal(
        decode(BYTES(13, 2, 19, 2, 5, 1, 'a', 19, 3, 5, 1, 'b'), &record),
        OKR_OK);
    assert_corrupt(BYTES(13, 2, 19, 2, 5, 1, 'b', 19, 2, 5, 1, 'a'));
    assert_corrupt(BYTES(13, 2, 19, 2, 5, 1, 'a', 19, 2, 5, 1, 'a'));
    assert_corrupt(BYTES(13, 2, 19, 2, 5, 1, 'a', 19, 3, 5, 1, 'a'));
    /* One field is a scalar or a set, not both. */
    assert_corrupt(BYTES(13, 2, 19, 1, 5, 1, 'a', 19, 2, 5, 1, 'b'));
    assert_corrupt(BYTES(13, 2, 19, 2, 5, 1, 'a', 19, 1, 5, 1, 'b'));
}

/* A count that the bytes cannot hold must not cost memory. */
static void a_huge_count_allocates_nothing(void **state)
{
    (void)state;
    size_t before = okr_arena_used(arena);
    assert_corrupt(BYTES(13, 2, 17, 1, 5, 0, 1, 1, 1)); /* 7 of 8 bytes */
    assert_corrupt(BYTES(13, 0xff, 0xff, 0x03, 17, 1, 5, 0));
    assert_corrupt(
        BYTES(13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01));
    assert_int_equal(okr_arena_used(arena), before);
}

/* Fields and kinds of a newer version pass through unchanged. */
static void unknown_fields_pass_through(void **state)
{
    (void)state;
    struct okr_record *record;
    struct okr_slice s =
        BYTES(0xff, 0xff, 0x03, 1, 0xff, 0xff, 0x03, 1, 5, 1, 0xff);
    assert_int_equal(decode(s, &record), OKR_OK);
    assert_int_equal(record->kind, 65535);
    assert_true(okr_slice_eq(encode(record), s));
}

/* Either it is refused, or it is what would be written. */
static void assert_canonical_or_corrupt(const uint8_t *data, size_t len)
{
    struct okr_record *record;
    struct okr_slice s = okr_slice_of(data, len);
    enum okr_err err = decode(s, &record);
    if (err == OKR_OK)
        assert_true(okr_slice_eq(encode(record), s));
    else
        assert_int_equal(err, OKR_ERR_CORRUPT);
}

static void damaged_bytes(void **state)
{
    (void)state;
    struct okr_slice good = encode(sample());
    uint8_t bytes[512];
    assert_true(good.len < sizeof bytes);
    struct okr_arena *kept = arena;
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
    for (size_t i = 0; i < good.len; i++) {
        for (unsigned v = 0; v < 256; v++) { /* every byte, every value */
            memcpy(bytes, good.data, good.len);
            bytes[i] = (uint8_t)v;
            assert_canonical_or_corrupt(bytes, good.len);
        }
        memcpy(bytes, good.data, good.len);
        for (size_t k = 0; k < 8 * good.len; k++) { /* every two bits */
            bytes[i] ^= 0x10;
            bytes[k / 8] ^= (uint8_t)(1u << k % 8);
            assert_canonical_or_corrupt(bytes, good.len);
            bytes[k / 8] ^= (uint8_t)(1u << k % 8);
            bytes[i] ^= 0x10;
        }
        struct okr_record *record;
        assert_int_equal(decode(okr_slice_of(bytes, i), &record),
                         OKR_ERR_CORRUPT); /* cut off */
        okr_arena_reset(arena);
    }
    okr_arena_free(&arena);
    arena = kept;
}

static void memory_that_runs_out_is_no_damage(void **state)
{
    (void)state;
    struct okr_record *record;
    for (unsigned n = 1; n <= 2; n++) {
        okr_arena_fail_at(arena, n);
        assert_int_equal(decode(okr_slice_of(small, sizeof small), &record),
                         OKR_ERR_NOMEM);
    }
    okr_arena_fail_at(arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_bytes),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(other_forms_are_corrupt),
        cmocka_unit_test(sets_are_in_order_too),
        cmocka_unit_test(a_huge_count_allocates_nothing),
        cmocka_unit_test(unknown_fields_pass_through),
        cmocka_unit_test(damaged_bytes),
        cmocka_unit_test(memory_that_runs_out_is_no_damage),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
