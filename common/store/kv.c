/* What every store shares: checks of the arguments, the sticky error, walks
 * and prefixes.  The implementations only find, put and step. */
#include "common/store/kv_impl.h"

#include <string.h>

#include "common/base/assert.h"

static const struct {
    const char *name;
    const char *what;
} table_texts[OKR_TABLE_COUNT] = {
#define X(name, word, what) {word, what},
#include "common/store/tables.def"
#undef X
};

const char *okr_table_name(enum okr_table table)
{
    OKR_ASSERT((unsigned)table < OKR_TABLE_COUNT);
    return table_texts[table].name;
}

const char *okr_table_what(enum okr_table table)
{
    OKR_ASSERT((unsigned)table < OKR_TABLE_COUNT);
    return table_texts[table].what;
}

void okr_kv_close(struct okr_kv **kv)
{
    OKR_ASSERT(kv != NULL);
    if (*kv == NULL)
        return;
    (*kv)->ops->close(*kv);
    *kv = NULL;
}

enum okr_err okr_kv_begin(struct okr_kv *kv, bool write,
                          struct okr_kv_txn **ret_txn)
{
    OKR_ASSERT(kv != NULL && ret_txn != NULL);
    struct okr_kv_txn *txn = NULL;
    OKR_TRY(kv->ops->begin(kv, write, &txn));
    OKR_ASSERT(txn != NULL);
    *txn = (struct okr_kv_txn){.kv = kv, .write = write};
    *ret_txn = txn;
    return OKR_OK;
}

enum okr_err okr_kv_commit(struct okr_kv_txn **txn)
{
    OKR_ASSERT(txn != NULL && *txn != NULL);
    struct okr_kv_txn *ended = *txn;
    OKR_ASSERT(ended->iters == 0);
    enum okr_err err = ended->err;
    *txn = NULL;
    if (err == OKR_OK && ended->write)
        return ended->kv->ops->commit(ended);
    ended->kv->ops->abort(ended);
    return err;
}

void okr_kv_abort(struct okr_kv_txn **txn)
{
    OKR_ASSERT(txn != NULL);
    if (*txn == NULL)
        return;
    OKR_ASSERT((*txn)->iters == 0);
    (*txn)->kv->ops->abort(*txn);
    *txn = NULL;
}

/* Keeps the first failure of the transaction; not finding is none. */
static enum okr_err keep(struct okr_kv_txn *txn, enum okr_err err)
{
    OKR_ASSERT(txn->err == OKR_OK);
    if (err != OKR_ERR_NOTFOUND)
        txn->err = err;
    return err;
}

static void check_row(const struct okr_kv_txn *txn, enum okr_table table,
                      struct okr_slice key)
{
    OKR_ASSERT(txn != NULL && (unsigned)table < OKR_TABLE_COUNT);
    OKR_ASSERT(key.len >= 1 && key.len <= OKR_KEY_MAX && key.data != NULL);
}

enum okr_err okr_kv_get(struct okr_kv_txn *txn, enum okr_table table,
                        struct okr_slice key, struct okr_slice *ret_value)
{
    struct okr_slice unused;
    check_row(txn, table, key);
    OKR_TRY(txn->err);
    if (ret_value == NULL)
        ret_value = &unused;
    return keep(txn, txn->kv->ops->get(txn, table, key, ret_value));
}

enum okr_err okr_kv_put(struct okr_kv_txn *txn, enum okr_table table,
                        struct okr_slice key, struct okr_slice value)
{
    check_row(txn, table, key);
    OKR_ASSERT(txn->write && (value.len == 0 || value.data != NULL));
    OKR_TRY(txn->err);
    if (value.len > UINT32_MAX)
        return keep(txn, OKR_ERR_LIMIT);
    txn->writes[table]++;
    return keep(txn, txn->kv->ops->put(txn, table, key, value));
}

enum okr_err okr_kv_del(struct okr_kv_txn *txn, enum okr_table table,
                        struct okr_slice key)
{
    check_row(txn, table, key);
    OKR_ASSERT(txn->write);
    OKR_TRY(txn->err);
    txn->writes[table]++;
    enum okr_err err = keep(txn, txn->kv->ops->del(txn, table, key));
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

/* The smallest key behind all that start with `prefix`, so 61 ff ends at 62;
 * none (length 0) where only 0xff bytes are left. */
static struct okr_slice prefix_end(struct okr_slice prefix,
                                   uint8_t end[OKR_KEY_MAX])
{
    OKR_ASSERT(prefix.len <= OKR_KEY_MAX);
    size_t len = prefix.len;
    while (len > 0 && prefix.data[len - 1] == 0xff)
        len--;
    if (len == 0)
        return OKR_SLICE_NONE;
    memcpy(end, prefix.data, len);
    end[len - 1]++;
    return okr_slice_of(end, len);
}

enum okr_err okr_kv_last(struct okr_kv_txn *txn, enum okr_table table,
                         struct okr_slice prefix, struct okr_slice *ret_key,
                         struct okr_slice *ret_value)
{
    OKR_ASSERT(txn != NULL && (unsigned)table < OKR_TABLE_COUNT);
    OKR_TRY(txn->err);
    uint8_t bytes[OKR_KEY_MAX];
    struct okr_slice end = prefix_end(prefix, bytes);
    struct okr_kv_row row;
    OKR_TRY(keep(txn, txn->kv->ops->before(txn, table, end, &row)));
    if (row.key.len > OKR_KEY_MAX)
        return keep(txn, OKR_ERR_CORRUPT);
    if (!okr_slice_starts(row.key, prefix))
        return OKR_ERR_NOTFOUND;
    if (ret_key != NULL)
        *ret_key = row.key;
    if (ret_value != NULL)
        *ret_value = row.value;
    return OKR_OK;
}

enum okr_err okr_kv_clear(struct okr_kv_txn *txn, enum okr_table table,
                          struct okr_slice prefix)
{
    OKR_ASSERT(txn != NULL && txn->write && prefix.len <= OKR_KEY_MAX);
    struct okr_kv_iter it;
    uint8_t key[OKR_KEY_MAX];
    for (;;) {
        okr_kv_scan(txn, table, prefix, OKR_SLICE_NONE, &it);
        bool found = okr_kv_iter_next(&it);
        size_t len = found ? it.key.len : 0;
        if (found)
            memcpy(key, it.key.data, len);
        OKR_TRY(okr_kv_iter_close(&it));
        if (!found)
            return OKR_OK;
        OKR_TRY(okr_kv_del(txn, table, okr_slice_of(key, len)));
    }
}

void okr_kv_scan(struct okr_kv_txn *txn, enum okr_table table,
                 struct okr_slice prefix, struct okr_slice from,
                 struct okr_kv_iter *it)
{
    OKR_ASSERT(txn != NULL && (unsigned)table < OKR_TABLE_COUNT && it != NULL);
    OKR_ASSERT(prefix.len <= OKR_KEY_MAX && from.len <= OKR_KEY_MAX);
    it->key = it->value = OKR_SLICE_NONE;
    it->txn = txn;
    it->table = table;
    it->cursor = NULL;
    it->err = OKR_OK;
    it->started = false;
    it->writes = txn->writes[table];
    it->prefix_len = prefix.len;
    if (prefix.len > 0)
        memcpy(it->prefix, prefix.data, prefix.len);
    it->from_len = from.len;
    if (from.len > 0)
        memcpy(it->from, from.data, from.len);
    txn->iters++;
}

static enum okr_err iter_step(struct okr_kv_iter *it,
                              struct okr_kv_row *ret_row)
{
    const struct okr_kv_ops *ops = it->txn->kv->ops;
    if (it->started)
        return ops->next(it->txn, it->table, &it->cursor, ret_row);
    it->started = true;
    struct okr_slice first = okr_slice_of(it->prefix, it->prefix_len);
    struct okr_slice from = okr_slice_of(it->from, it->from_len);
    if (okr_slice_cmp(from, first) > 0)
        first = from;
    return ops->seek(it->txn, it->table, &it->cursor, first, ret_row);
}

/* NOTFOUND at the end of the table and at the end of the prefix. */
static enum okr_err iter_row(struct okr_kv_iter *it, struct okr_kv_row *ret_row)
{
    OKR_TRY(it->txn->err);
    OKR_TRY(keep(it->txn, iter_step(it, ret_row)));
    if (ret_row->key.len > OKR_KEY_MAX)
        return keep(it->txn, OKR_ERR_CORRUPT);
    struct okr_slice prefix = okr_slice_of(it->prefix, it->prefix_len);
    return okr_slice_starts(ret_row->key, prefix) ? OKR_OK : OKR_ERR_NOTFOUND;
}

bool okr_kv_iter_next(struct okr_kv_iter *it)
{
    OKR_ASSERT(it != NULL && it->txn != NULL);
    OKR_ASSERT(it->writes == it->txn->writes[it->table]);
    struct okr_kv_row row;
    if (it->err == OKR_OK)
        it->err = iter_row(it, &row);
    if (it->err != OKR_OK)
        return false;
    it->key = row.key;
    it->value = row.value;
    return true;
}

enum okr_err okr_kv_iter_close(struct okr_kv_iter *it)
{
    OKR_ASSERT(it != NULL && it->txn != NULL && it->txn->iters > 0);
    if (it->cursor != NULL)
        it->txn->kv->ops->cursor_close(it->txn, it->cursor);
    it->cursor = NULL;
    it->txn->iters--;
    it->txn = NULL;
    it->key = it->value = OKR_SLICE_NONE;
    return it->err == OKR_ERR_NOTFOUND ? OKR_OK : it->err;
}

enum okr_err okr_kv_count(struct okr_kv_txn *txn, enum okr_table table,
                          uint64_t *ret_rows)
{
    OKR_ASSERT(txn != NULL && (unsigned)table < OKR_TABLE_COUNT);
    OKR_ASSERT(ret_rows != NULL);
    OKR_TRY(txn->err);
    return keep(txn, txn->kv->ops->count(txn, table, ret_rows));
}
