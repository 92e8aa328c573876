/* The store in memory: a balanced tree per table and a log of what the open
 * transaction did, which abort plays backwards.
 *
 * A write changes the trees in place, so readers cannot be open beside it;
 * that is asserted.  Everything that can run out of memory happens before the
 * first change of a call: a failed put leaves the row as it was. */
#include "common/store/kv_impl.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/store/mem_tree.h"

enum undo_kind {
    UNDO_ADD,   /* the row was not there */
    UNDO_VALUE, /* the row had another value */
    UNDO_CUT,   /* the row was there; it waits unlinked */
};

struct undo {
    enum undo_kind kind;
    enum okr_table table;
    struct okr_mem_row *row;
    uint8_t *value; /* UNDO_VALUE: the one before, owned */
    size_t value_len;
};

struct mem_kv {
    struct okr_kv base;
    struct okr_mem_tree tables[OKR_TABLE_COUNT];
    struct undo *undo;
    size_t undo_len, undo_cap;
    uint64_t stamp; /* number of the last write transaction */
    unsigned readers;
    bool writing;
};

static struct mem_kv *mem_of(struct okr_kv *kv)
{
    return (struct mem_kv *)kv;
}

static struct okr_mem_tree *tree_of(struct okr_kv_txn *txn,
                                    enum okr_table table)
{
    return &mem_of(txn->kv)->tables[table];
}

static void row_free(struct okr_mem_row *row)
{
    free(row->value);
    free(row);
}

static void mem_close(struct okr_kv *kv)
{
    struct mem_kv *mem = mem_of(kv);
    OKR_ASSERT(mem->readers == 0 && !mem->writing);
    for (size_t i = 0; i < OKR_TABLE_COUNT; i++) {
        struct okr_mem_tree *tree = &mem->tables[i];
        while (tree->root != NULL) {
            struct okr_mem_row *row = tree->root;
            okr_mem_tree_cut(tree, row);
            row_free(row);
        }
    }
    free(mem->undo);
    free(mem);
}

static enum okr_err mem_begin(struct okr_kv *kv, bool write,
                              struct okr_kv_txn **ret_txn)
{
    struct mem_kv *mem = mem_of(kv);
    OKR_ASSERT(!mem->writing && (!write || mem->readers == 0));
    struct okr_kv_txn *txn = malloc(sizeof *txn);
    if (txn == NULL)
        return OKR_ERR_NOMEM;
    if (write) {
        mem->writing = true;
        mem->stamp++;
    } else {
        mem->readers++;
    }
    *ret_txn = txn;
    return OKR_OK;
}

static void end(struct okr_kv_txn *txn)
{
    struct mem_kv *mem = mem_of(txn->kv);
    OKR_ASSERT(txn->write ? mem->writing : mem->readers > 0);
    mem->undo_len = 0;
    if (txn->write)
        mem->writing = false;
    else
        mem->readers--;
    free(txn);
}

static enum okr_err mem_commit(struct okr_kv_txn *txn)
{
    struct mem_kv *mem = mem_of(txn->kv);
    for (size_t i = 0; i < mem->undo_len; i++) {
        if (mem->undo[i].kind == UNDO_VALUE)
            free(mem->undo[i].value);
        if (mem->undo[i].kind == UNDO_CUT)
            row_free(mem->undo[i].row);
    }
    end(txn);
    return OKR_OK;
}

static void take_back(struct mem_kv *mem, const struct undo *undo)
{
    struct okr_mem_tree *tree = &mem->tables[undo->table];
    struct okr_mem_row *row = undo->row;
    switch (undo->kind) {
    case UNDO_ADD:
        okr_mem_tree_cut(tree, row);
        row_free(row);
        break;
    case UNDO_VALUE:
        free(row->value);
        row->value = undo->value;
        row->value_len = undo->value_len;
        break;
    case UNDO_CUT:
        okr_mem_tree_add(tree, row);
        break;
    }
}

static void mem_abort(struct okr_kv_txn *txn)
{
    struct mem_kv *mem = mem_of(txn->kv);
    for (size_t i = mem->undo_len; i > 0; i--)
        take_back(mem, &mem->undo[i - 1]);
    end(txn);
}

static enum okr_err mem_get(struct okr_kv_txn *txn, enum okr_table table,
                            struct okr_slice key, struct okr_slice *ret_value)
{
    const struct okr_mem_row *row = okr_mem_tree_find(tree_of(txn, table), key);
    if (row == NULL)
        return OKR_ERR_NOTFOUND;
    *ret_value = okr_slice_of(row->value, row->value_len);
    return OKR_OK;
}

/* Makes room for one more line of the undo log. */
static enum okr_err undo_reserve(struct mem_kv *mem)
{
    if (mem->undo_len < mem->undo_cap)
        return OKR_OK;
    size_t cap = mem->undo_cap == 0 ? 64 : 2 * mem->undo_cap;
    struct undo *undo = realloc(mem->undo, cap * sizeof *undo);
    if (undo == NULL)
        return OKR_ERR_NOMEM;
    mem->undo = undo;
    mem->undo_cap = cap;
    return OKR_OK;
}

static void undo_add(struct mem_kv *mem, struct undo undo)
{
    OKR_ASSERT(mem->writing && mem->undo_len < mem->undo_cap);
    mem->undo[mem->undo_len++] = undo;
}

/* A copy of the value; `*ret_data` is NULL for an empty one. */
static enum okr_err value_copy(struct okr_slice value, uint8_t **ret_data)
{
    uint8_t *data = NULL;
    if (value.len > 0) {
        data = malloc(value.len);
        if (data == NULL)
            return OKR_ERR_NOMEM;
        memcpy(data, value.data, value.len);
    }
    *ret_data = data;
    return OKR_OK;
}

static enum okr_err row_new(struct okr_slice key, struct okr_slice value,
                            struct okr_mem_row **ret_row)
{
    struct okr_mem_row *row = malloc(sizeof *row + key.len);
    if (row == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = value_copy(value, &row->value);
    if (err != OKR_OK) {
        free(row);
        return err;
    }
    row->value_len = value.len;
    row->key_len = (uint8_t)key.len;
    memcpy(row->key, key.data, key.len);
    *ret_row = row;
    return OKR_OK;
}

/* Changes the value.  The one that the transaction found is kept for abort;
 * those it made itself in between are not needed again. */
static enum okr_err row_change(struct mem_kv *mem, enum okr_table table,
                               struct okr_mem_row *row, struct okr_slice value)
{
    uint8_t *data = NULL;
    OKR_TRY(value_copy(value, &data));
    if (row->stamp == mem->stamp)
        free(row->value);
    else
        undo_add(mem, (struct undo){UNDO_VALUE, table, row, row->value,
                                    row->value_len});
    row->stamp = mem->stamp;
    row->value = data;
    row->value_len = value.len;
    return OKR_OK;
}

static enum okr_err mem_put(struct okr_kv_txn *txn, enum okr_table table,
                            struct okr_slice key, struct okr_slice value)
{
    struct mem_kv *mem = mem_of(txn->kv);
    struct okr_mem_tree *tree = &mem->tables[table];
    OKR_TRY(undo_reserve(mem));
    struct okr_mem_row *row = okr_mem_tree_find(tree, key);
    if (row != NULL)
        return row_change(mem, table, row, value);
    OKR_TRY(row_new(key, value, &row));
    row->stamp = mem->stamp;
    okr_mem_tree_add(tree, row);
    undo_add(mem, (struct undo){UNDO_ADD, table, row, NULL, 0});
    return OKR_OK;
}

static enum okr_err mem_del(struct okr_kv_txn *txn, enum okr_table table,
                            struct okr_slice key)
{
    struct mem_kv *mem = mem_of(txn->kv);
    struct okr_mem_tree *tree = &mem->tables[table];
    OKR_TRY(undo_reserve(mem));
    struct okr_mem_row *row = okr_mem_tree_find(tree, key);
    if (row == NULL)
        return OKR_ERR_NOTFOUND;
    okr_mem_tree_cut(tree, row);
    undo_add(mem, (struct undo){UNDO_CUT, table, row, NULL, 0});
    return OKR_OK;
}

static enum okr_err row_give(const struct okr_mem_row *row,
                             struct okr_kv_row *ret_row)
{
    if (row == NULL)
        return OKR_ERR_NOTFOUND;
    ret_row->key = okr_slice_of(row->key, row->key_len);
    ret_row->value = okr_slice_of(row->value, row->value_len);
    return OKR_OK;
}

/* The cursor is the row itself: kv.c lets nobody step on after a write. */
static enum okr_err mem_seek(struct okr_kv_txn *txn, enum okr_table table,
                             void **cursor, struct okr_slice key,
                             struct okr_kv_row *ret_row)
{
    struct okr_mem_row *row = okr_mem_tree_seek(tree_of(txn, table), key);
    *cursor = row;
    return row_give(row, ret_row);
}

static enum okr_err mem_next(struct okr_kv_txn *txn, enum okr_table table,
                             void **cursor, struct okr_kv_row *ret_row)
{
    (void)txn;
    (void)table;
    OKR_ASSERT(*cursor != NULL);
    struct okr_mem_row *row = okr_mem_tree_next(*cursor);
    *cursor = row;
    return row_give(row, ret_row);
}

static void mem_cursor_close(struct okr_kv_txn *txn, void *cursor)
{
    (void)txn;
    (void)cursor;
}

static enum okr_err mem_before(struct okr_kv_txn *txn, enum okr_table table,
                               struct okr_slice key, struct okr_kv_row *ret_row)
{
    return row_give(okr_mem_tree_before(tree_of(txn, table), key), ret_row);
}

static enum okr_err mem_count(struct okr_kv_txn *txn, enum okr_table table,
                              uint64_t *ret_rows)
{
    *ret_rows = tree_of(txn, table)->rows;
    return OKR_OK;
}

static const struct okr_kv_ops mem_ops = {
    .close = mem_close,
    .begin = mem_begin,
    .commit = mem_commit,
    .abort = mem_abort,
    .get = mem_get,
    .put = mem_put,
    .del = mem_del,
    .seek = mem_seek,
    .next = mem_next,
    .cursor_close = mem_cursor_close,
    .before = mem_before,
    .count = mem_count,
};

enum okr_err okr_kv_mem_open(struct okr_kv **ret_kv)
{
    OKR_ASSERT(ret_kv != NULL);
    struct mem_kv *mem = calloc(1, sizeof *mem);
    if (mem == NULL)
        return OKR_ERR_NOMEM;
    mem->base.ops = &mem_ops;
    *ret_kv = &mem->base;
    return OKR_OK;
}
