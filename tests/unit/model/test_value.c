/* Values have one form: what passes is what would be written again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/model/dates.h"
#include "common/model/value.h"
#include "tests/lib/made.h"

static struct okr_arena *arena;

static int make_arena(void **state)
{
    (void)state;
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

static enum okr_rule check(uint16_t kind, uint16_t field,
                           struct okr_slice value)
{
    return okr_value_check(okr_field_info(kind, field), value);
}

/* The bytes are stored and signed: these must stay for ever. */
static void known_bytes(void **state)
{
    (void)state;
    struct okr_slice s = okr_value_bool(arena, true);
    assert_true(okr_slice_eq(s, BYTES(1)));
    s = okr_value_int(arena, -1);
    assert_true(okr_slice_eq(s, BYTES(1)));
    s = okr_value_int(arena, 300);
    assert_true(okr_slice_eq(s, BYTES(0xd8, 0x04)));
    s = okr_value_enum(arena, 300);
    assert_true(okr_slice_eq(s, BYTES(0xac, 0x02)));
    s = okr_value_dec(arena, okr_made_dec("-12.5"));
    assert_true(okr_slice_eq(s, BYTES(1, 0xf9, 0x01)));
    s = okr_value_dec(arena, (struct okr_dec){.mant = 1000, .scale = 2});
    assert_true(okr_slice_eq(s, BYTES(0, 20))); /* normalised: 10 */
    const struct okr_pair pair = {.at = {50, 0}, .p = {4, 1}};
    s = okr_value_list(arena, OKR_LIST_DEC_DEC, &pair, 1);
    assert_true(okr_slice_eq(s, BYTES(2, 0, 100, 2, 1, 8)));
    const struct okr_pair day = {.day = 1, .p = {1, 0}};
    s = okr_value_list(arena, OKR_LIST_DAY_DEC, &day, 1);
    assert_true(okr_slice_eq(s, BYTES(1, 2, 2, 0, 2)));
}

static void numbers_come_back(void **state)
{
    (void)state;
    static const int64_t ints[] = {0, 1, -1, 63, 64, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < sizeof ints / sizeof ints[0]; i++) {
        int64_t v;
        assert_true(okr_value_as_int(okr_value_int(arena, ints[i]), &v));
        assert_true(v == ints[i]);
    }
    static const char *const decs[] = {
        "0",
        "1",
        "-1",
        "0.000000000000000001",
        "999999999999999999",
        "-999999999999999999",
        "3440219",
        "0.54",
    };
    for (size_t i = 0; i < sizeof decs / sizeof decs[0]; i++) {
        struct okr_dec v, want = okr_made_dec(decs[i]);
        assert_true(okr_value_as_dec(okr_value_dec(arena, want), &v));
        assert_true(v.mant == want.mant && v.scale == want.scale);
    }
    uint32_t number;
    assert_true(okr_value_as_enum(okr_value_enum(arena, UINT32_MAX), &number));
    assert_true(number == UINT32_MAX);
    struct okr_id id = okr_made_id(7), back;
    assert_true(okr_value_as_id(okr_value_id(arena, &id), &back));
    assert_true(okr_id_eq(&id, &back));
}

/* Every value of up to three bytes, of every type made of numbers: if it is
 * read, writing what was read gives the same bytes. */
static void what_is_read_is_what_would_be_written(void **state)
{
    (void)state;
    uint8_t bytes[3];
    for (uint32_t i = 0; i < 1u << 24; i += i < 1u << 16 ? 1 : 251) {
        bytes[0] = (uint8_t)i;
        bytes[1] = (uint8_t)(i >> 8);
        bytes[2] = (uint8_t)(i >> 16);
        for (size_t len = 0; len <= 3; len++) {
            struct okr_slice s = okr_slice_of(bytes, len);
            bool b;
            int64_t v;
            uint32_t e;
            struct okr_dec d;
            if (okr_value_as_bool(s, &b))
                assert_true(okr_slice_eq(s, okr_value_bool(arena, b)));
            if (okr_value_as_int(s, &v))
                assert_true(okr_slice_eq(s, okr_value_int(arena, v)));
            if (okr_value_as_enum(s, &e))
                assert_true(okr_slice_eq(s, okr_value_enum(arena, e)));
            if (okr_value_as_dec(s, &d))
                assert_true(okr_slice_eq(s, okr_value_dec(arena, d)));
        }
        okr_arena_reset(arena);
    }
}

static void forms_that_are_not_canonical_are_refused(void **state)
{
    (void)state;
    bool b;
    int64_t v;
    uint32_t e;
    struct okr_dec d;
    struct okr_id id;
    assert_false(okr_value_as_bool(BYTES(2), &b));
    assert_false(okr_value_as_bool(OKR_SLICE_NONE, &b));
    assert_false(okr_value_as_bool(BYTES(1, 0), &b));
    assert_false(okr_value_as_int(BYTES(0x80, 0x00), &v)); /* over-long 0 */
    assert_false(okr_value_as_int(BYTES(0x80), &v));
    assert_false(okr_value_as_int(BYTES(2, 0), &v)); /* left over */
    assert_false(okr_value_as_enum(BYTES(0x80, 0x80, 0x80, 0x80, 0x10), &e));
    assert_false(okr_value_as_dec(BYTES(1, 20), &d)); /* 1.0 */
    assert_false(okr_value_as_dec(BYTES(1, 0), &d));  /* 0.0 */
    assert_false(okr_value_as_dec(BYTES(19, 2), &d)); /* scale 19 */
    assert_false(okr_value_as_dec(BYTES(0), &d));
    struct okr_buf big;
    okr_buf_init(&big, arena);
    okr_buf_u8(&big, 0);
    okr_buf_zigzag(&big, INT64_C(1000000000000000000)); /* 19 digits */
    assert_false(okr_value_as_dec(okr_buf_slice(&big), &d));
    assert_false(okr_value_as_id(BYTES(1, 2, 3), &id));
}

static void lists_come_back(void **state)
{
    (void)state;
    const struct okr_pair pairs[] = {
        {.at = okr_made_dec("-5"), .p = okr_made_dec("0")},
        {.at = okr_made_dec("50"), .p = okr_made_dec("0.4")},
        {.at = okr_made_dec("80.25"), .p = okr_made_dec("0.7")},
    };
    struct okr_slice list = okr_value_list(arena, OKR_LIST_DEC_DEC, pairs, 3);
    struct okr_pair pair;
    for (size_t i = 0; i < 3; i++) {
        assert_true(okr_value_pair(OKR_LIST_DEC_DEC, &list, &pair));
        assert_int_equal(okr_dec_cmp(pair.at, pairs[i].at), 0);
        assert_int_equal(okr_dec_cmp(pair.p, pairs[i].p), 0);
    }
    assert_int_equal(list.len, 0);
    assert_false(okr_value_pair(OKR_LIST_DEC_DEC, &list, &pair));
    list = okr_value_list(arena, OKR_LIST_DEC_DEC, NULL, 0);
    assert_non_null(list.data);
    assert_int_equal(list.len, 0);
}

static void lists_are_checked(void **state)
{
    (void)state;
    const uint16_t kr = OKR_KIND_KEY_RESULT;
    const struct okr_pair up[] = {{.at = {1, 0}}, {.at = {2, 0}}};
    const struct okr_pair same[] = {{.at = {1, 0}}, {.at = {1, 0}}};
    const struct okr_pair days[] = {{.day = 5}, {.day = 4}};
    struct okr_slice s = okr_value_list(arena, OKR_LIST_DEC_DEC, up, 2);
    assert_int_equal(check(kr, OKR_F_CHECKPOINTS, s), OKR_RULE_NONE);
    s.len--;
    assert_int_equal(check(kr, OKR_F_CHECKPOINTS, s), OKR_RULE_BAD_VALUE);
    s = okr_value_list(arena, OKR_LIST_DEC_DEC, same, 2);
    assert_int_equal(check(kr, OKR_F_CHECKPOINTS, s), OKR_RULE_BAD_RANGE);
    s = okr_value_list(arena, OKR_LIST_DAY_DEC, days, 2);
    assert_int_equal(check(kr, OKR_F_PLAN, s), OKR_RULE_BAD_RANGE);
    const struct okr_pair one_day[] = {{.day = 5}, {.day = 5}};
    s = okr_value_list(arena, OKR_LIST_DAY_DEC, one_day, 2);
    assert_int_equal(check(kr, OKR_F_PLAN, s), OKR_RULE_BAD_RANGE);
    s = okr_value_list(arena, OKR_LIST_DAY_DEC, days, 1);
    assert_int_equal(check(kr, OKR_F_PLAN, s), OKR_RULE_NONE);
    assert_int_equal(check(kr, OKR_F_PLAN, OKR_SLICE_NONE), OKR_RULE_BAD_VALUE);
    /* An over-long length in front of a half. */
    s = BYTES(0x82, 0x00, 0, 100, 2, 1, 8);
    assert_int_equal(check(kr, OKR_F_CHECKPOINTS, s), OKR_RULE_BAD_VALUE);
    /* A day beyond the calendar. */
    s = BYTES(5, 0xfe, 0xff, 0xff, 0xff, 0x0f, 2, 0, 2);
    assert_int_equal(check(kr, OKR_F_PLAN, s), OKR_RULE_BAD_VALUE);
    uint8_t *big = okr_arena_alloc(arena, OKR_LIST_BYTES_MAX + 1);
    s = okr_slice_of(big, OKR_LIST_BYTES_MAX + 1);
    assert_int_equal(check(kr, OKR_F_PLAN, s), OKR_RULE_TOO_LONG);
}

static void values_are_checked_by_type(void **state)
{
    (void)state;
    const uint16_t kr = OKR_KIND_KEY_RESULT, policy = OKR_KIND_POLICY;
    const uint16_t task = OKR_KIND_TASK;
    assert_int_equal(check(task, OKR_F_T_BLOCKED, BYTES(0)), OKR_RULE_NONE);
    assert_int_equal(check(task, OKR_F_T_BLOCKED, BYTES(2)),
                     OKR_RULE_BAD_VALUE);
    assert_int_equal(check(kr, OKR_F_METRIC, BYTES(12)), OKR_RULE_NONE);
    assert_int_equal(check(kr, OKR_F_METRIC, BYTES(13)), OKR_RULE_BAD_VALUE);
    assert_int_equal(check(kr, OKR_F_METRIC, BYTES(0x8c, 0)),
                     OKR_RULE_BAD_VALUE);
    assert_int_equal(check(kr, OKR_F_KR_OWNER, BYTES(1, 2)),
                     OKR_RULE_BAD_VALUE);
    assert_int_equal(check(kr, OKR_F_TARGET, BYTES(1, 20)), OKR_RULE_BAD_VALUE);
    assert_int_equal(check(policy, OKR_F_KRS_MAX, BYTES(10)), OKR_RULE_NONE);
    assert_int_equal(check(policy, OKR_F_KRS_MAX, OKR_SLICE_NONE),
                     OKR_RULE_BAD_VALUE);
    struct okr_slice last = okr_value_int(arena, 2932896);
    struct okr_slice over = okr_value_int(arena, 2932897);
    assert_int_equal(check(kr, OKR_F_KR_DUE, last), OKR_RULE_NONE);
    assert_int_equal(check(kr, OKR_F_KR_DUE, over), OKR_RULE_BAD_RANGE);
    over = okr_value_int(arena, INT64_MAX);
    assert_int_equal(check(OKR_KIND_REVIEW, OKR_F_HELD_AT, over),
                     OKR_RULE_BAD_RANGE);
    assert_int_equal(check(OKR_KIND_REVIEW, OKR_F_HELD_AT, last),
                     OKR_RULE_NONE);
}

static void texts_are_checked_by_type(void **state)
{
    (void)state;
    const uint16_t kr = OKR_KIND_KEY_RESULT;
    const struct okr_slice two_lines = OKR_SLICE_LIT("a\nb");
    assert_int_equal(check(kr, OKR_F_KR_TITLE, two_lines), OKR_RULE_BAD_TEXT);
    assert_int_equal(check(kr, OKR_F_KR_DESCRIPTION, two_lines), OKR_RULE_NONE);
    assert_int_equal(check(kr, OKR_F_KR_TITLE, OKR_SLICE_NONE),
                     OKR_RULE_BAD_VALUE);
    assert_int_equal(check(kr, OKR_F_KR_TITLE, OKR_SLICE_LIT("e\xcc\x81")),
                     OKR_RULE_BAD_TEXT);
    char *text = okr_arena_alloc(arena, 32001);
    memset(text, 'x', 32001);
    assert_int_equal(check(kr, OKR_F_KR_TITLE, okr_slice_of(text, 1001)),
                     OKR_RULE_TOO_LONG);
    assert_int_equal(check(kr, OKR_F_KR_DESCRIPTION, okr_slice_of(text, 8000)),
                     OKR_RULE_NONE);
    assert_int_equal(check(kr, OKR_F_KR_DESCRIPTION, okr_slice_of(text, 8001)),
                     OKR_RULE_TOO_LONG);
    /* A conflict must be able to keep the longest text there is. */
    assert_int_equal(
        check(OKR_KIND_CONFLICT, OKR_F_MINE, okr_slice_of(text, 32000)),
        OKR_RULE_NONE);
    assert_int_equal(
        check(OKR_KIND_CONFLICT, OKR_F_MINE, okr_slice_of(text, 32001)),
        OKR_RULE_TOO_LONG);
}

static void memory_that_runs_out_gives_no_data(void **state)
{
    (void)state;
    const struct okr_pair pair = {.day = 1};
    struct okr_id id = okr_made_id(1);
    okr_arena_fail_at(arena, 1);
    assert_null(okr_value_int(arena, 1).data);
    okr_arena_fail_at(arena, 1);
    assert_null(okr_value_id(arena, &id).data);
    for (unsigned n = 1; n <= 3; n++) {
        okr_arena_fail_at(arena, n);
        assert_null(okr_value_list(arena, OKR_LIST_DAY_DEC, &pair, 1).data);
    }
    okr_arena_fail_at(arena, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_bytes),
        cmocka_unit_test(numbers_come_back),
        cmocka_unit_test(what_is_read_is_what_would_be_written),
        cmocka_unit_test(forms_that_are_not_canonical_are_refused),
        cmocka_unit_test(lists_come_back),
        cmocka_unit_test(lists_are_checked),
        cmocka_unit_test(values_are_checked_by_type),
        cmocka_unit_test(texts_are_checked_by_type),
        cmocka_unit_test(memory_that_runs_out_gives_no_data),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
