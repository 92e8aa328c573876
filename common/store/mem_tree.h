/* An ordered set of rows in memory: an AVL tree that links the caller's rows
 * and allocates nothing, so taking a change back cannot fail.  Private to
 * kv_mem.c. */
#ifndef OKR_STORE_MEM_TREE_H
#define OKR_STORE_MEM_TREE_H

#include "common/store/kv.h"

struct okr_mem_row {
    struct okr_mem_row *left, *right, *up;
    uint8_t *value;   /* owned; NULL when value_len is 0 */
    size_t value_len; /* bytes */
    uint64_t stamp;   /* transaction that last saved the value to undo */
    uint8_t height;   /* of the subtree, a leaf has 1 */
    uint8_t key_len;  /* bytes, 1..OKR_KEY_MAX */
    uint8_t key[];
};

struct okr_mem_tree {
    struct okr_mem_row *root;
    uint64_t rows;
};

/* The row of this key, or NULL. */
struct okr_mem_row *okr_mem_tree_find(const struct okr_mem_tree *tree,
                                      struct okr_slice key);
/* The first row with a key >= `key`, or NULL. */
struct okr_mem_row *okr_mem_tree_seek(const struct okr_mem_tree *tree,
                                      struct okr_slice key);
/* The last row with a key < `key` (empty: the last of all), or NULL. */
struct okr_mem_row *okr_mem_tree_before(const struct okr_mem_tree *tree,
                                        struct okr_slice key);
/* The row behind `row` in key order, or NULL. */
struct okr_mem_row *okr_mem_tree_next(const struct okr_mem_row *row);

/* Links a row; its key must not be there. */
void okr_mem_tree_add(struct okr_mem_tree *tree, struct okr_mem_row *row);
/* Unlinks a row, which keeps its key and value and is the caller's again. */
void okr_mem_tree_cut(struct okr_mem_tree *tree, struct okr_mem_row *row);

#endif
