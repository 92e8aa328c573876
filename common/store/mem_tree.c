/* An AVL tree with links upwards, so that walking on needs no stack. */
#include "common/store/mem_tree.h"

#include <string.h>

#include "common/base/assert.h"

static int row_cmp(struct okr_slice key, const struct okr_mem_row *row)
{
    size_t len = key.len < row->key_len ? key.len : row->key_len;
    int order = len == 0 ? 0 : memcmp(key.data, row->key, len);
    if (order != 0)
        return order;
    return (key.len > row->key_len) - (key.len < row->key_len);
}

struct okr_mem_row *okr_mem_tree_find(const struct okr_mem_tree *tree,
                                      struct okr_slice key)
{
    struct okr_mem_row *row = tree->root;
    while (row != NULL) {
        int order = row_cmp(key, row);
        if (order == 0)
            return row;
        row = order < 0 ? row->left : row->right;
    }
    return NULL;
}

struct okr_mem_row *okr_mem_tree_seek(const struct okr_mem_tree *tree,
                                      struct okr_slice key)
{
    struct okr_mem_row *best = NULL;
    struct okr_mem_row *row = tree->root;
    while (row != NULL) {
        int order = row_cmp(key, row);
        if (order == 0)
            return row;
        if (order < 0)
            best = row;
        row = order < 0 ? row->left : row->right;
    }
    return best;
}

struct okr_mem_row *okr_mem_tree_before(const struct okr_mem_tree *tree,
                                        struct okr_slice key)
{
    struct okr_mem_row *best = NULL;
    struct okr_mem_row *row = tree->root;
    while (row != NULL) {
        bool less = key.len == 0 || row_cmp(key, row) > 0;
        if (less)
            best = row;
        row = less ? row->right : row->left;
    }
    return best;
}

static struct okr_mem_row *leftmost(struct okr_mem_row *row)
{
    while (row->left != NULL)
        row = row->left;
    return row;
}

struct okr_mem_row *okr_mem_tree_next(const struct okr_mem_row *row)
{
    OKR_ASSERT(row != NULL);
    if (row->right != NULL)
        return leftmost(row->right);
    struct okr_mem_row *up = row->up;
    while (up != NULL && row == up->right) {
        row = up;
        up = up->up;
    }
    return up;
}

static int height(const struct okr_mem_row *row)
{
    return row == NULL ? 0 : row->height;
}

static void refresh(struct okr_mem_row *row)
{
    int left = height(row->left);
    int right = height(row->right);
    row->height = (uint8_t)((left > right ? left : right) + 1);
}

/* Hangs `child` where `row` hangs below `row->up`. */
static void replace(struct okr_mem_tree *tree, struct okr_mem_row *row,
                    struct okr_mem_row *child)
{
    struct okr_mem_row *up = row->up;
    if (up == NULL)
        tree->root = child;
    else if (up->left == row)
        up->left = child;
    else
        up->right = child;
    if (child != NULL)
        child->up = up;
}

/* Lifts the right child above `row`; gives the new top. */
static struct okr_mem_row *turn_left(struct okr_mem_tree *tree,
                                     struct okr_mem_row *row)
{
    struct okr_mem_row *top = row->right;
    replace(tree, row, top);
    row->right = top->left;
    if (row->right != NULL)
        row->right->up = row;
    top->left = row;
    row->up = top;
    refresh(row);
    refresh(top);
    return top;
}

static struct okr_mem_row *turn_right(struct okr_mem_tree *tree,
                                      struct okr_mem_row *row)
{
    struct okr_mem_row *top = row->left;
    replace(tree, row, top);
    row->left = top->right;
    if (row->left != NULL)
        row->left->up = row;
    top->right = row;
    row->up = top;
    refresh(row);
    refresh(top);
    return top;
}

/* Restores the balance at one row whose subtrees are in order. */
static struct okr_mem_row *settle(struct okr_mem_tree *tree,
                                  struct okr_mem_row *row)
{
    int tilt = height(row->left) - height(row->right);
    OKR_ASSERT(tilt >= -2 && tilt <= 2);
    if (tilt == 2) {
        if (height(row->left->left) < height(row->left->right))
            (void)turn_left(tree, row->left);
        return turn_right(tree, row);
    }
    if (tilt == -2) {
        if (height(row->right->right) < height(row->right->left))
            (void)turn_right(tree, row->right);
        return turn_left(tree, row);
    }
    refresh(row);
    return row;
}

/* Walks up from the lowest changed row until a height stays as it was. */
static void rebalance(struct okr_mem_tree *tree, struct okr_mem_row *row)
{
    while (row != NULL) {
        uint8_t was = row->height;
        row = settle(tree, row);
        if (row->height == was)
            return;
        row = row->up;
    }
}

void okr_mem_tree_add(struct okr_mem_tree *tree, struct okr_mem_row *row)
{
    struct okr_slice key = okr_slice_of(row->key, row->key_len);
    struct okr_mem_row **link = &tree->root;
    struct okr_mem_row *up = NULL;
    while (*link != NULL) {
        int order = row_cmp(key, *link);
        OKR_ASSERT(order != 0);
        up = *link;
        link = order < 0 ? &up->left : &up->right;
    }
    *link = row;
    row->left = row->right = NULL;
    row->up = up;
    row->height = 1;
    tree->rows++;
    rebalance(tree, up);
}

/* Puts the next row of the right subtree in the place of `row`; gives the
 * lowest row whose subtree changed. */
static struct okr_mem_row *cut_inner(struct okr_mem_tree *tree,
                                     struct okr_mem_row *row)
{
    struct okr_mem_row *heir = leftmost(row->right);
    struct okr_mem_row *low = heir;
    if (heir->up != row) {
        low = heir->up;
        replace(tree, heir, heir->right);
        heir->right = row->right;
        heir->right->up = heir;
    }
    replace(tree, row, heir);
    heir->left = row->left;
    heir->left->up = heir;
    heir->height = row->height;
    return low;
}

void okr_mem_tree_cut(struct okr_mem_tree *tree, struct okr_mem_row *row)
{
    OKR_ASSERT(tree->rows > 0);
    struct okr_mem_row *low = row->up;
    if (row->left != NULL && row->right != NULL)
        low = cut_inner(tree, row);
    else
        replace(tree, row, row->left != NULL ? row->left : row->right);
    tree->rows--;
    row->left = row->right = row->up = NULL;
    rebalance(tree, low);
}
