/* Arenas: apart, aligned, zero, bounded, and failing when a test says so. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/arena.h"

static struct okr_arena *make(size_t bytes_max)
{
    struct okr_arena *arena = NULL;
    assert_int_equal(okr_arena_new(bytes_max, &arena), OKR_OK);
    return arena;
}

static bool all_zero(const uint8_t *at, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (at[i] != 0)
            return false;
    return true;
}

static void free_forgets_and_takes_null(void **state)
{
    (void)state;
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    assert_non_null(okr_arena_alloc(arena, 10));
    okr_arena_free(&arena);
    assert_null(arena);
    okr_arena_free(&arena);
}

/* Over many blocks: catches a block whose room is computed wrongly, which
 * would make neighbours write over each other. */
static void allocations_are_apart_aligned_and_zero(void **state)
{
    (void)state;
    enum { N = 300 };
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    uint8_t *at[N];
    for (size_t i = 0; i < N; i++) {
        size_t len = i * 7;
        at[i] = okr_arena_alloc(arena, len);
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % _Alignof(max_align_t), 0);
        assert_true(all_zero(at[i], len));
        memset(at[i], (int)(i % 255 + 1), len);
    }
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(at[i][k], i % 255 + 1);
    okr_arena_free(&arena);
}

static void one_large_allocation_fits(void **state)
{
    (void)state;
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    size_t len = 5 * 1024 * 1024;
    assert_non_null(okr_arena_alloc(arena, 1));
    uint8_t *large = okr_arena_alloc(arena, len);
    assert_non_null(large);
    large[len - 1] = 1;
    assert_non_null(okr_arena_alloc(arena, 1));
    okr_arena_free(&arena);
}

/* A turn's memory is used again: what the turn before left must be gone. */
static void reset_reuses_the_first_block_zeroed(void **state)
{
    (void)state;
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    uint8_t *first = okr_arena_alloc(arena, 100);
    uintptr_t was = (uintptr_t)first;
    memset(first, 0xee, 100);
    for (int i = 0; i < 100; i++)
        assert_non_null(okr_arena_alloc(arena, 4000));
    okr_arena_reset(arena);
    assert_int_equal(okr_arena_used(arena), 0);
    uint8_t *again = okr_arena_alloc(arena, 100);
    assert_int_equal((uintptr_t)again, was);
    assert_true(all_zero(again, 100));
    okr_arena_reset(arena);
    okr_arena_reset(arena);
    okr_arena_free(&arena);
}

static void reset_of_a_new_arena_is_fine(void **state)
{
    (void)state;
    struct okr_arena *arena = make(64);
    okr_arena_reset(arena);
    assert_non_null(okr_arena_alloc(arena, 64));
    okr_arena_free(&arena);
}

/* The bound is what stops a small message from filling the memory. */
static void bound_holds_exactly(void **state)
{
    (void)state;
    struct okr_arena *arena = make(160);
    assert_null(okr_arena_alloc(arena, 161));
    assert_int_equal(okr_arena_used(arena), 0);
    assert_non_null(okr_arena_alloc(arena, 100));
    assert_null(okr_arena_alloc(arena, 49));
    assert_non_null(okr_arena_alloc(arena, 48));
    assert_int_equal(okr_arena_used(arena), 160);
    assert_null(okr_arena_alloc(arena, 1));
    assert_null(okr_arena_alloc(arena, 0));
    okr_arena_reset(arena);
    assert_non_null(okr_arena_alloc(arena, 160));
    okr_arena_free(&arena);
}

/* A thousand empty submessages must not be free of charge. */
static void empty_allocations_count(void **state)
{
    (void)state;
    struct okr_arena *arena = make(1000);
    unsigned n = 0;
    while (okr_arena_alloc(arena, 0) != NULL)
        n++;
    assert_in_range(n, 1, 1000);
    okr_arena_free(&arena);
}

static void sizes_that_overflow_fail(void **state)
{
    (void)state;
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    assert_null(okr_arena_alloc(arena, SIZE_MAX));
    assert_null(okr_arena_alloc(arena, SIZE_MAX - 20));
    assert_null(okr_arena_array(arena, SIZE_MAX / 8 + 1, 8));
    assert_null(okr_arena_array(arena, SIZE_MAX, SIZE_MAX));
    struct okr_slice endless = {(const uint8_t *)"", SIZE_MAX};
    assert_null(okr_arena_str(arena, endless));
    assert_int_equal(okr_arena_used(arena), 0);
    assert_non_null(okr_arena_array(arena, 3, 8));
    assert_non_null(okr_arena_array(arena, 0, 8));
    okr_arena_free(&arena);
}

static void copies_do_not_borrow(void **state)
{
    (void)state;
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    char text[] = "a\0b";
    struct okr_slice from = okr_slice_of(text, 3);
    struct okr_slice copy = okr_arena_copy(arena, from);
    char *str = okr_arena_str(arena, okr_slice_of(text, 1));
    text[0] = 'x';
    assert_true(okr_slice_eq(copy, OKR_SLICE_LIT("a\0b")));
    assert_string_equal(str, "a");
    assert_true(okr_slice_is(okr_arena_copy(arena, OKR_SLICE_LIT("y")), "y"));
    assert_non_null(okr_arena_copy(arena, OKR_SLICE_NONE).data);
    assert_string_equal(okr_arena_str(arena, OKR_SLICE_NONE), "");
    okr_arena_free(&arena);
}

static void printf_takes_what_it_needs(void **state)
{
    (void)state;
    struct okr_arena *arena = make(64);
    assert_string_equal(okr_arena_printf(arena, "%s-%d", "kr", 7), "kr-7");
    assert_string_equal(okr_arena_printf(arena, "%s", ""), "");
    assert_null(okr_arena_printf(arena, "%100d", 1));
    okr_arena_free(&arena);
}

/* The fault tests count on it: the n-th fails, none before, none after. */
static void planted_failure_strikes_once(void **state)
{
    (void)state;
    struct okr_arena *arena = make(OKR_ARENA_UNBOUNDED);
    for (unsigned n = 1; n <= 4; n++) {
        okr_arena_fail_at(arena, n);
        for (unsigned i = 1; i <= 6; i++)
            assert_int_equal(okr_arena_alloc(arena, 8) == NULL, i == n);
    }
    okr_arena_fail_at(arena, 2);
    okr_arena_fail_at(arena, 0);
    for (unsigned i = 0; i < 4; i++)
        assert_non_null(okr_arena_alloc(arena, 8));
    okr_arena_fail_at(arena, 1);
    assert_null(okr_arena_copy(arena, OKR_SLICE_LIT("x")).data);
    okr_arena_fail_at(arena, 1);
    assert_null(okr_arena_str(arena, OKR_SLICE_LIT("x")));
    okr_arena_fail_at(arena, 1);
    assert_null(okr_arena_printf(arena, "%d", 1));
    okr_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(free_forgets_and_takes_null),
        cmocka_unit_test(allocations_are_apart_aligned_and_zero),
        cmocka_unit_test(one_large_allocation_fits),
        cmocka_unit_test(reset_reuses_the_first_block_zeroed),
        cmocka_unit_test(reset_of_a_new_arena_is_fine),
        cmocka_unit_test(bound_holds_exactly),
        cmocka_unit_test(empty_allocations_count),
        cmocka_unit_test(sizes_that_overflow_fail),
        cmocka_unit_test(copies_do_not_borrow),
        cmocka_unit_test(printf_takes_what_it_needs),
        cmocka_unit_test(planted_failure_strikes_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
