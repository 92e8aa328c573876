/* What an implementation of kv.h provides.  Private to common/store/kv_*.c. */
#ifndef OKR_STORE_KV_IMPL_H
#define OKR_STORE_KV_IMPL_H

#include "common/store/kv.h"

/* kv.c has checked the arguments: keys of 1..OKR_KEY_MAX bytes, `ret_x` never
 * NULL, writes only in write transactions, nothing after a failure, and every
 * cursor closed before the transaction ends. */
/* A row that a walk has come to; both parts die as kv.h says. */
struct okr_kv_row {
    struct okr_slice key, value;
};

struct okr_kv_ops {
    void (*close)(struct okr_kv *kv);
    /* Allocates; kv.c fills in the common part. */
    enum okr_err (*begin)(struct okr_kv *kv, bool write,
                          struct okr_kv_txn **ret_txn);
    enum okr_err (*commit)(struct okr_kv_txn *txn); /* of a write; frees txn */
    void (*abort)(struct okr_kv_txn *txn);          /* frees txn */
    enum okr_err (*get)(struct okr_kv_txn *txn, enum okr_table table,
                        struct okr_slice key, struct okr_slice *ret_value);
    enum okr_err (*put)(struct okr_kv_txn *txn, enum okr_table table,
                        struct okr_slice key, struct okr_slice value);
    /* OKR_OK or NOTFOUND when there is no such row. */
    enum okr_err (*del)(struct okr_kv_txn *txn, enum okr_table table,
                        struct okr_slice key);
    /* The first row with key >= `key` (empty: the first of all), through a
     * cursor kept in `*cursor` (NULL at first). */
    enum okr_err (*seek)(struct okr_kv_txn *txn, enum okr_table table,
                         void **cursor, struct okr_slice key,
                         struct okr_kv_row *ret_row);
    /* The row after the one that seek or next gave last. */
    enum okr_err (*next)(struct okr_kv_txn *txn, enum okr_table table,
                         void **cursor, struct okr_kv_row *ret_row);
    /* `cursor` is never NULL. */
    void (*cursor_close)(struct okr_kv_txn *txn, void *cursor);
    /* The last row with key < `key`; an empty key means the very last. */
    enum okr_err (*before)(struct okr_kv_txn *txn, enum okr_table table,
                           struct okr_slice key, struct okr_kv_row *ret_row);
    enum okr_err (*count)(struct okr_kv_txn *txn, enum okr_table table,
                          uint64_t *ret_rows);
};

struct okr_kv {
    const struct okr_kv_ops *ops;
};
struct okr_kv_txn {
    struct okr_kv *kv;
    bool write;
    enum okr_err err;                 /* sticky: the first failure */
    unsigned iters;                   /* walks that are not closed */
    uint64_t writes[OKR_TABLE_COUNT]; /* calls of put and del */
};

#endif
