/* META: name -> value, sealed. */
#include "common/store/meta.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/store/seal.h"

#define NUMBER_LEN 8
#define EPOCH_LEN 28 /* counter u32, random 16, began u64 */

static enum okr_err borrow(struct okr_kv_txn *txn, const char *name,
                           struct okr_slice *ret_value)
{
    OKR_ASSERT(name != NULL && ret_value != NULL);
    return okr_sealed_get(txn, OKR_TABLE_META, okr_slice_str(name), ret_value);
}

enum okr_err okr_meta_get(struct okr_kv_txn *txn, const char *name,
                          struct okr_arena *arena, struct okr_slice *ret_value)
{
    struct okr_slice value;
    OKR_TRY(borrow(txn, name, &value));
    value = okr_arena_copy(arena, value);
    if (value.data == NULL)
        return OKR_ERR_NOMEM;
    *ret_value = value;
    return OKR_OK;
}

/* Seals what is in `value` and puts it; the buffer is done with. */
static enum okr_err put_closing(struct okr_kv_txn *txn, const char *name,
                                struct okr_buf *value)
{
    enum okr_err err =
        okr_sealed_put(txn, OKR_TABLE_META, okr_slice_str(name), value);
    okr_buf_close(value);
    return err;
}

enum okr_err okr_meta_put(struct okr_kv_txn *txn, const char *name,
                          struct okr_slice value)
{
    OKR_ASSERT(name != NULL);
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_buf_put(&buf, value);
    return put_closing(txn, name, &buf);
}

enum okr_err okr_meta_u64(struct okr_kv_txn *txn, const char *name,
                          uint64_t *ret_value)
{
    struct okr_slice value;
    enum okr_err err = borrow(txn, name, &value);
    if (err == OKR_ERR_NOTFOUND) {
        *ret_value = 0;
        return OKR_OK;
    }
    OKR_TRY(err);
    if (value.len != NUMBER_LEN)
        return OKR_ERR_CORRUPT;
    *ret_value = okr_be_get64(value.data);
    return OKR_OK;
}

enum okr_err okr_meta_put_u64(struct okr_kv_txn *txn, const char *name,
                              uint64_t value)
{
    OKR_ASSERT(name != NULL);
    uint8_t bytes[NUMBER_LEN + OKR_SEAL_LEN];
    struct okr_buf buf;
    okr_buf_init_fixed(&buf, bytes, sizeof bytes);
    okr_buf_u64(&buf, value);
    return okr_sealed_put(txn, OKR_TABLE_META, okr_slice_str(name), &buf);
}

enum okr_err okr_meta_id(struct okr_kv_txn *txn, const char *name,
                         struct okr_id *ret_id)
{
    struct okr_slice value;
    OKR_TRY(borrow(txn, name, &value));
    return okr_id_from(value, ret_id) == OKR_OK ? OKR_OK : OKR_ERR_CORRUPT;
}

/* ---- epochs -------------------------------------------------------------- */

static struct okr_epoch_row epoch_read(const uint8_t b[EPOCH_LEN])
{
    struct okr_epoch_row epoch = {.counter = okr_be_get32(b)};
    memcpy(epoch.random, b + 4, sizeof epoch.random);
    epoch.began = okr_be_get64(b + 20);
    return epoch;
}

enum okr_err okr_meta_epochs(struct okr_kv_txn *txn, struct okr_arena *arena,
                             struct okr_epoch_row **ret_epochs, size_t *ret_n)
{
    OKR_ASSERT(arena != NULL && ret_epochs != NULL && ret_n != NULL);
    struct okr_slice value;
    enum okr_err err = borrow(txn, "epochs", &value);
    if (err == OKR_ERR_NOTFOUND)
        value = OKR_SLICE_NONE;
    else
        OKR_TRY(err);
    size_t n = value.len / EPOCH_LEN;
    if (value.len % EPOCH_LEN != 0 || n > OKR_EPOCHS_MAX)
        return OKR_ERR_CORRUPT;
    struct okr_epoch_row *epochs = okr_arena_array(arena, n, sizeof *epochs);
    if (epochs == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        epochs[i] = epoch_read(value.data + i * EPOCH_LEN);
    *ret_epochs = epochs;
    *ret_n = n;
    return OKR_OK;
}

enum okr_err okr_meta_put_epochs(struct okr_kv_txn *txn,
                                 const struct okr_epoch_row *epochs, size_t n)
{
    OKR_ASSERT(epochs != NULL || n == 0);
    if (n > OKR_EPOCHS_MAX)
        return OKR_ERR_LIMIT;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    for (size_t i = 0; i < n; i++) {
        const struct okr_epoch_row *epoch = &epochs[i];
        okr_buf_u32(&buf, epoch->counter);
        okr_buf_put(&buf, okr_slice_of(epoch->random, sizeof epoch->random));
        okr_buf_u64(&buf, epoch->began);
    }
    return put_closing(txn, "epochs", &buf);
}
