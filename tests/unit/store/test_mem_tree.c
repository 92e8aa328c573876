/* The tree stays ordered, linked and low, whatever is added and cut. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "common/store/mem_tree.h"

#define ROWS 9

struct forest {
    struct okr_mem_tree tree;
    struct okr_mem_row *row[ROWS]; /* key: one byte, 2 * place + 1 */
};

static int set_up(void **state)
{
    struct forest *f = calloc(1, sizeof *f);
    assert_non_null(f);
    for (uint8_t i = 0; i < ROWS; i++) {
        f->row[i] = calloc(1, sizeof *f->row[i] + 1);
        assert_non_null(f->row[i]);
        f->row[i]->key_len = 1;
        f->row[i]->key[0] = (uint8_t)(2 * i + 1);
    }
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct forest *f = *state;
    for (size_t i = 0; i < ROWS; i++)
        free(f->row[i]);
    free(f);
    return 0;
}

/* Height of the subtree; checks links, order and balance on the way. */
static int check_subtree(const struct okr_mem_row *row,
                         const struct okr_mem_row *up, uint64_t *rows)
{
    if (row == NULL)
        return 0;
    assert_ptr_equal(row->up, up);
    if (row->left != NULL)
        assert_true(row->left->key[0] < row->key[0]);
    if (row->right != NULL)
        assert_true(row->right->key[0] > row->key[0]);
    int left = check_subtree(row->left, row, rows);
    int right = check_subtree(row->right, row, rows);
    assert_true(left - right >= -1 && left - right <= 1);
    int height = (left > right ? left : right) + 1;
    assert_int_equal(row->height, height);
    (*rows)++;
    return height;
}

/* `in` has a bit for each row that should be there. */
static void check(const struct forest *f, unsigned in)
{
    uint64_t rows = 0;
    (void)check_subtree(f->tree.root, NULL, &rows);
    assert_int_equal(rows, f->tree.rows);
    const struct okr_mem_row *next = NULL, *before = NULL;
    for (unsigned i = ROWS; i-- > 0;) {
        uint8_t own = (uint8_t)(2 * i + 1), above = (uint8_t)(own + 1);
        struct okr_mem_row *row = f->row[i];
        assert_ptr_equal(okr_mem_tree_seek(&f->tree, okr_slice_of(&above, 1)),
                         next);
        bool there = (in >> i & 1) != 0;
        assert_ptr_equal(okr_mem_tree_find(&f->tree, okr_slice_of(&own, 1)),
                         there ? row : NULL);
        if (there) {
            assert_ptr_equal(okr_mem_tree_next(row), next);
            next = row;
        }
        assert_ptr_equal(okr_mem_tree_seek(&f->tree, okr_slice_of(&own, 1)),
                         next);
    }
    for (unsigned i = 0; i < ROWS; i++) {
        uint8_t own = (uint8_t)(2 * i + 1);
        assert_ptr_equal(okr_mem_tree_before(&f->tree, okr_slice_of(&own, 1)),
                         before);
        if ((in >> i & 1) != 0)
            before = f->row[i];
    }
    assert_ptr_equal(okr_mem_tree_before(&f->tree, OKR_SLICE_NONE), before);
}

/* Every set of nine keys, in an order that depends on the set, and each of
 * its rows cut and added again: all shapes of small trees occur. */
static void every_small_set(void **state)
{
    struct forest *f = *state;
    for (unsigned in = 0; in < 1u << ROWS; in++) {
        unsigned stride = 1 + in % (ROWS - 1), at = in % ROWS, now = 0;
        for (unsigned i = 0; i < ROWS; i++) {
            unsigned row = (at + i * (stride % 3 == 0 ? 1 : stride)) % ROWS;
            if ((in >> row & 1) == 0 || (now >> row & 1) != 0)
                continue;
            okr_mem_tree_add(&f->tree, f->row[row]);
            now |= 1u << row;
            check(f, now);
        }
        for (unsigned row = 0; row < ROWS; row++) {
            if ((now >> row & 1) == 0)
                continue;
            okr_mem_tree_cut(&f->tree, f->row[row]);
            check(f, now & ~(1u << row));
            okr_mem_tree_add(&f->tree, f->row[row]);
            check(f, now);
        }
        while (f->tree.root != NULL) {
            now &= ~(1u << (f->tree.root->key[0] / 2));
            okr_mem_tree_cut(&f->tree, f->tree.root);
            check(f, now);
        }
        assert_int_equal(now, 0);
    }
}

/* Ascending keys are what logs and outboxes write: no list may come of it.
 * An AVL tree of 4095 rows is at most 1.44 · log2(4097) = 17 high. */
static void ascending_keys_stay_low(void **state)
{
    (void)state;
    enum { N = 4095 };
    struct okr_mem_tree tree = {.root = NULL};
    struct okr_mem_row **rows = calloc(N, sizeof(struct okr_mem_row *));
    assert_non_null(rows);
    for (unsigned i = 0; i < N; i++) {
        rows[i] = calloc(1, sizeof *rows[i] + 2);
        assert_non_null(rows[i]);
        rows[i]->key_len = 2;
        rows[i]->key[0] = (uint8_t)(i >> 8);
        rows[i]->key[1] = (uint8_t)i;
        okr_mem_tree_add(&tree, rows[i]);
    }
    assert_true(tree.root->height <= 17);
    for (unsigned i = 0; i < N - 1; i++)
        okr_mem_tree_cut(&tree, rows[i]);
    assert_int_equal(tree.rows, 1);
    assert_int_equal(tree.root->height, 1);
    for (unsigned i = 0; i < N; i++)
        free(rows[i]);
    free(rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_small_set, set_up, tear_down),
        cmocka_unit_test(ascending_keys_stay_low),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
