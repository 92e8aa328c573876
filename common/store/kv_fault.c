/* A store that fails on purpose, and in which a value dies exactly when kv.h
 * says so.
 *
 * What is read here is a copy of its own.  It is overwritten and freed with
 * the next write to its table, or with the transaction, before the write
 * looks at its arguments: where LMDB would hand out bytes of another row, a
 * test sees 0xdd, and the address sanitizer names the line.  Copies lie at
 * odd addresses, because LMDB aligns values to two bytes at most. */
#include "common/store/kv_fault.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/store/kv_impl.h"

struct shown {
    struct shown *next;
    size_t len;
    uint8_t bytes[]; /* one byte of padding, then the copy */
};

struct fault_kv {
    struct okr_kv base;
    struct okr_kv *inner;
    uint64_t calls;
    uint64_t fail_at; /* in `calls`; 0: never */
    enum okr_err err;
    bool commit_happens;
    bool fired;
};

struct fault_txn {
    struct okr_kv_txn base;
    struct okr_kv_txn *inner;
    struct shown *shown[OKR_TABLE_COUNT];
};

static const struct okr_kv_ops fault_ops;

static struct fault_kv *fault_of(struct okr_kv *kv)
{
    OKR_ASSERT(kv != NULL && kv->ops == &fault_ops);
    return (struct fault_kv *)kv;
}

static struct fault_txn *txn_of(struct okr_kv_txn *txn)
{
    OKR_ASSERT(txn->kv->ops == &fault_ops);
    return (struct fault_txn *)txn;
}

static bool fire(struct fault_kv *fault)
{
    fault->fail_at = 0;
    fault->fired = true;
    return true;
}

/* Counts a call other than a commit; the error if it is the one to fail.  An
 * unknown outcome waits for the next commit. */
static enum okr_err tick(struct okr_kv *kv)
{
    struct fault_kv *fault = fault_of(kv);
    fault->calls++;
    if (fault->calls != fault->fail_at || fault->err == OKR_ERR_COMMIT)
        return OKR_OK;
    return fire(fault) ? fault->err : OKR_OK;
}

/* Counts a commit; true if it is to fail. */
static bool due(struct fault_kv *fault)
{
    fault->calls++;
    bool late = fault->err == OKR_ERR_COMMIT && fault->fail_at != 0 &&
                fault->calls > fault->fail_at;
    return (fault->calls == fault->fail_at || late) && fire(fault);
}

static void forget(struct fault_txn *txn, enum okr_table table)
{
    struct shown *shown = txn->shown[table];
    txn->shown[table] = NULL;
    while (shown != NULL) {
        struct shown *next = shown->next;
        memset(shown->bytes, 0xdd, shown->len + 1);
        free(shown);
        shown = next;
    }
}

/* Replaces `*s` by a copy that lives as long as it may be used. */
static enum okr_err show(struct fault_txn *txn, enum okr_table table,
                         struct okr_slice *s)
{
    struct shown *shown = malloc(sizeof *shown + s->len + 1);
    if (shown == NULL)
        return OKR_ERR_NOMEM;
    shown->len = s->len;
    if (s->len > 0)
        memcpy(shown->bytes + 1, s->data, s->len);
    shown->next = txn->shown[table];
    txn->shown[table] = shown;
    *s = okr_slice_of(shown->bytes + 1, shown->len);
    return OKR_OK;
}

static enum okr_err show_row(struct fault_txn *txn, enum okr_table table,
                             struct okr_kv_row row, struct okr_kv_row *ret_row)
{
    OKR_TRY(show(txn, table, &row.key));
    OKR_TRY(show(txn, table, &row.value));
    *ret_row = row;
    return OKR_OK;
}

static void fault_close(struct okr_kv *kv)
{
    free(fault_of(kv));
}

static enum okr_err fault_begin(struct okr_kv *kv, bool write,
                                struct okr_kv_txn **ret_txn)
{
    OKR_TRY(tick(kv));
    struct fault_txn *txn = calloc(1, sizeof *txn);
    if (txn == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = okr_kv_begin(fault_of(kv)->inner, write, &txn->inner);
    if (err != OKR_OK) {
        free(txn);
        return err;
    }
    *ret_txn = &txn->base;
    return OKR_OK;
}

static void end(struct fault_txn *txn)
{
    OKR_ASSERT(txn->inner == NULL);
    for (size_t i = 0; i < OKR_TABLE_COUNT; i++)
        forget(txn, (enum okr_table)i);
    free(txn);
}

static void fault_abort(struct okr_kv_txn *base)
{
    struct fault_txn *txn = txn_of(base);
    okr_kv_abort(&txn->inner);
    end(txn);
}

static enum okr_err fault_commit(struct okr_kv_txn *base)
{
    struct fault_kv *fault = fault_of(base->kv);
    struct fault_txn *txn = txn_of(base);
    enum okr_err err = due(fault) ? fault->err : OKR_OK;
    if (err == OKR_OK) {
        err = okr_kv_commit(&txn->inner);
    } else if (err == OKR_ERR_COMMIT && fault->commit_happens) {
        enum okr_err inner_err = okr_kv_commit(&txn->inner);
        err = inner_err == OKR_OK ? err : inner_err;
    } else {
        okr_kv_abort(&txn->inner);
    }
    end(txn);
    return err;
}

static enum okr_err fault_get(struct okr_kv_txn *base, enum okr_table table,
                              struct okr_slice key, struct okr_slice *ret_value)
{
    struct fault_txn *txn = txn_of(base);
    struct okr_slice value;
    OKR_TRY(tick(base->kv));
    OKR_TRY(okr_kv_get(txn->inner, table, key, &value));
    OKR_TRY(show(txn, table, &value));
    *ret_value = value;
    return OKR_OK;
}

static enum okr_err fault_put(struct okr_kv_txn *base, enum okr_table table,
                              struct okr_slice key, struct okr_slice value)
{
    struct fault_txn *txn = txn_of(base);
    OKR_TRY(tick(base->kv));
    forget(txn, table);
    return okr_kv_put(txn->inner, table, key, value);
}

static enum okr_err fault_del(struct okr_kv_txn *base, enum okr_table table,
                              struct okr_slice key)
{
    struct fault_txn *txn = txn_of(base);
    OKR_TRY(tick(base->kv));
    forget(txn, table);
    return okr_kv_del(txn->inner, table, key);
}

static enum okr_err fault_seek(struct okr_kv_txn *base, enum okr_table table,
                               void **cursor, struct okr_slice key,
                               struct okr_kv_row *ret_row)
{
    struct fault_txn *txn = txn_of(base);
    struct okr_kv_row row;
    OKR_TRY(tick(base->kv));
    OKR_TRY(txn->inner->kv->ops->seek(txn->inner, table, cursor, key, &row));
    return show_row(txn, table, row, ret_row);
}

static enum okr_err fault_next(struct okr_kv_txn *base, enum okr_table table,
                               void **cursor, struct okr_kv_row *ret_row)
{
    struct fault_txn *txn = txn_of(base);
    struct okr_kv_row row;
    OKR_TRY(tick(base->kv));
    OKR_TRY(txn->inner->kv->ops->next(txn->inner, table, cursor, &row));
    return show_row(txn, table, row, ret_row);
}

static void fault_cursor_close(struct okr_kv_txn *base, void *cursor)
{
    struct okr_kv_txn *inner = txn_of(base)->inner;
    inner->kv->ops->cursor_close(inner, cursor);
}

static enum okr_err fault_before(struct okr_kv_txn *base, enum okr_table table,
                                 struct okr_slice key,
                                 struct okr_kv_row *ret_row)
{
    struct fault_txn *txn = txn_of(base);
    struct okr_kv_row row;
    OKR_TRY(tick(base->kv));
    OKR_TRY(txn->inner->kv->ops->before(txn->inner, table, key, &row));
    return show_row(txn, table, row, ret_row);
}

static enum okr_err fault_count(struct okr_kv_txn *base, enum okr_table table,
                                uint64_t *ret_rows)
{
    OKR_TRY(tick(base->kv));
    return okr_kv_count(txn_of(base)->inner, table, ret_rows);
}

static const struct okr_kv_ops fault_ops = {
    .close = fault_close,
    .begin = fault_begin,
    .commit = fault_commit,
    .abort = fault_abort,
    .get = fault_get,
    .put = fault_put,
    .del = fault_del,
    .seek = fault_seek,
    .next = fault_next,
    .cursor_close = fault_cursor_close,
    .before = fault_before,
    .count = fault_count,
};

enum okr_err okr_kv_fault_open(struct okr_kv *inner, struct okr_kv **ret_kv)
{
    OKR_ASSERT(inner != NULL && ret_kv != NULL);
    struct fault_kv *fault = calloc(1, sizeof *fault);
    if (fault == NULL)
        return OKR_ERR_NOMEM;
    fault->base.ops = &fault_ops;
    fault->inner = inner;
    *ret_kv = &fault->base;
    return OKR_OK;
}

void okr_kv_fault_at(struct okr_kv *kv, uint64_t calls, enum okr_err err,
                     bool commit_happens)
{
    struct fault_kv *fault = fault_of(kv);
    OKR_ASSERT(calls == 0 || (err != OKR_OK && err != OKR_ERR_NOTFOUND));
    fault->fail_at = calls == 0 ? 0 : fault->calls + calls;
    fault->err = err;
    fault->commit_happens = commit_happens;
    fault->fired = false;
}

uint64_t okr_kv_fault_calls(const struct okr_kv *kv)
{
    OKR_ASSERT(kv != NULL && kv->ops == &fault_ops);
    return ((const struct fault_kv *)kv)->calls;
}

bool okr_kv_fault_fired(const struct okr_kv *kv)
{
    OKR_ASSERT(kv != NULL && kv->ops == &fault_ops);
    return ((const struct fault_kv *)kv)->fired;
}
