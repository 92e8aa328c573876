/* Joining copies: over all small records it is idempotent, commutative and
 * associative, so copies may travel twice and in any order. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/model/record.h"
#include "tests/lib/made.h"

#define DATA(s)                             \
    {                                       \
        (const uint8_t *)(s), sizeof(s) - 1 \
    }

enum { SCALAR = 16, SET = 17, RECORDS = 7 * 4 * 3 };

/* What each register of a small record may be; form 99: not there.  Some
 * of the scalar's states share an lsn, which must not happen and may not hurt. */
static const struct okr_reg scalars[] = {
    {.form = 99},
    {SCALAR, OKR_REG_VALUE, 1, DATA("x")},
    {SCALAR, OKR_REG_VALUE, 2, DATA("y")},
    {SCALAR, OKR_REG_VALUE, 2, DATA("yy")},
    {SCALAR, OKR_REG_UNSET, 2, {0}},
    {SCALAR, OKR_REG_VALUE, 3, DATA("x")},
    {SCALAR, OKR_REG_VALUE, OKR_LSN_PENDING | 1, DATA("xy")},
};
static const struct okr_reg firsts[] = {
    {.form = 99},
    {SET, OKR_REG_PRESENT, 1, DATA("x")},
    {SET, OKR_REG_ABSENT, 2, DATA("x")},
    {SET, OKR_REG_PRESENT, 3, DATA("x")},
};
static const struct okr_reg seconds[] = {
    {.form = 99},
    {SET, OKR_REG_PRESENT, 2, DATA("xy")},
    {SET, OKR_REG_ABSENT, 1, DATA("xy")},
};

static struct okr_arena *kept, *arena; /* the records; what is joined */
static struct okr_record *records[RECORDS];

static struct okr_record *record_of(size_t i)
{
    const struct okr_reg *choice[] = {&scalars[i % 7], &firsts[i / 7 % 4],
                                      &seconds[i / 28]};
    struct okr_reg regs[3];
    size_t n = 0;
    for (size_t k = 0; k < 3; k++)
        if (choice[k]->form != 99)
            regs[n++] = *choice[k];
    struct okr_id id = okr_made_id(1);
    struct okr_record *record = okr_record_new(&id, OKR_KIND_TASK, kept);
    record = okr_record_with(record, regs, n, kept);
    record->entered = i % 3;
    return record;
}

static int make_records(void **state)
{
    (void)state;
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK ||
        okr_arena_new(OKR_ARENA_UNBOUNDED, &kept) != OKR_OK)
        return -1;
    for (size_t i = 0; i < RECORDS; i++)
        records[i] = record_of(i);
    return 0;
}

static int free_records(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    okr_arena_free(&kept);
    return 0;
}

static bool same(const struct okr_record *a, const struct okr_record *b)
{
    if (a->n_regs != b->n_regs || a->entered != b->entered)
        return false;
    for (size_t i = 0; i < a->n_regs; i++) {
        const struct okr_reg *x = &a->regs[i], *y = &b->regs[i];
        if (x->field != y->field || x->form != y->form || x->lsn != y->lsn ||
            !okr_slice_eq(x->data, y->data))
            return false;
    }
    return true;
}

static struct okr_record *join(const struct okr_record *a,
                               const struct okr_record *b)
{
    struct okr_record *joined = okr_record_join(a, b, arena);
    assert_non_null(joined);
    return joined;
}

static void joining_with_itself_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDS; i++)
        assert_true(same(join(records[i], records[i]), records[i]));
}

static void order_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDS; i++)
        for (size_t k = 0; k < RECORDS; k++)
            assert_true(same(join(records[i], records[k]),
                             join(records[k], records[i])));
}

static void grouping_does_not_matter(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDS; i++)
        for (size_t k = 0; k < RECORDS; k++) {
            const struct okr_record *left = join(records[i], records[k]);
            for (size_t m = 0; m < RECORDS; m++)
                assert_true(
                    same(join(left, records[m]),
                         join(records[i], join(records[k], records[m]))));
            okr_arena_reset(arena);
        }
}

/* Nothing is lost and nothing is invented: each register of the join is the
 * later one of its two. */
static void each_register_is_the_later_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORDS; i++)
        for (size_t k = 0; k < RECORDS; k++) {
            const struct okr_record *a = records[i], *b = records[k];
            const struct okr_record *j = join(a, b);
            const struct okr_reg *x = okr_record_reg(a, SCALAR);
            const struct okr_reg *y = okr_record_reg(b, SCALAR);
            const struct okr_reg *z = okr_record_reg(j, SCALAR);
            okr_lsn most = 0;
            if (x != NULL)
                most = x->lsn;
            if (y != NULL && y->lsn > most)
                most = y->lsn;
            assert_int_equal(z == NULL, x == NULL && y == NULL);
            assert_true(z == NULL || z->lsn == most);
            x = okr_record_element(a, SET, OKR_SLICE_LIT("x"));
            y = okr_record_element(b, SET, OKR_SLICE_LIT("x"));
            z = okr_record_element(j, SET, OKR_SLICE_LIT("x"));
            assert_int_equal(z == NULL, x == NULL && y == NULL);
            if (x != NULL && y != NULL)
                assert_int_equal(z->form, x->lsn > y->lsn ? x->form : y->form);
            assert_true(okr_record_elsn(j) >= okr_record_elsn(a));
        }
}

static void the_join_can_be_stored(void **state)
{
    (void)state;
    struct okr_id id = okr_made_id(1);
    for (size_t i = 0; i < RECORDS; i++)
        for (size_t k = 0; k < RECORDS; k += 5) {
            struct okr_record *joined = join(records[i], records[k]), *back;
            struct okr_buf buf;
            okr_buf_init(&buf, arena);
            okr_record_encode(joined, &buf);
            assert_int_equal(
                okr_record_decode(okr_buf_slice(&buf), &id, arena, &back),
                OKR_OK);
            back->entered = joined->entered; /* kept beside it */
            assert_true(same(joined, back));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joining_with_itself_changes_nothing),
        cmocka_unit_test(order_does_not_matter),
        cmocka_unit_test(grouping_does_not_matter),
        cmocka_unit_test(each_register_is_the_later_one),
        cmocka_unit_test(the_join_can_be_stored),
    };
    return cmocka_run_group_tests(tests, make_records, free_records);
}
