/* okr-flip: what a bad disk, or a hand on it, does to a store.
 *
 *   okr-flip STORE TABLE ROW     flips a bit in the middle of that row's value
 *                                (of its key, where it has none); ROW from 0
 *   okr-flip STORE --rows        prints every table that has rows, and how many
 *   okr-flip STORE --version N   says that version N of the programs wrote it */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/crypto/hash.h"
#include "common/store/kv.h"
#include "common/store/meta.h"

#define MAP_BYTES ((size_t)1 << 34)

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "okr-flip: %s\n", what);
    exit(1);
}

static void must(enum okr_err err)
{
    if (err != OKR_OK)
        die(okr_err_text(err));
}

static enum okr_table table_of(const char *name)
{
    for (int i = 0; i < OKR_TABLE_COUNT; i++)
        if (strcmp(okr_table_name((enum okr_table)i), name) == 0)
            return (enum okr_table)i;
    die("no such table");
}

struct row {
    uint8_t key[OKR_KEY_MAX], value[65536];
    size_t key_len, value_len;
};

static void find(struct okr_kv_txn *txn, enum okr_table table, long number,
                 struct row *row)
{
    struct okr_kv_iter it;
    bool found = false;
    okr_kv_scan(txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    for (long i = 0; !found && okr_kv_iter_next(&it); i++) {
        if (i != number)
            continue;
        if (it.value.len > sizeof row->value)
            die("a large row");
        row->key_len = it.key.len;
        row->value_len = it.value.len;
        memcpy(row->key, it.key.data, it.key.len);
        if (it.value.len > 0)
            memcpy(row->value, it.value.data, it.value.len);
        found = true;
    }
    must(okr_kv_iter_close(&it));
    if (!found)
        die("no such row");
}

static void flip(struct okr_kv_txn *txn, enum okr_table table, long number)
{
    static struct row row;
    find(txn, table, number, &row);
    struct okr_slice key = okr_slice_of(row.key, row.key_len);
    if (row.value_len > 0) {
        row.value[row.value_len / 2] ^= 4;
    } else {
        must(okr_kv_del(txn, table, key));
        row.key[row.key_len - 1] ^= 4;
    }
    must(okr_kv_put(txn, table, key, okr_slice_of(row.value, row.value_len)));
}

static void print_rows(struct okr_kv_txn *txn)
{
    for (int i = 0; i < OKR_TABLE_COUNT; i++) {
        uint64_t rows;
        must(okr_kv_count(txn, (enum okr_table)i, &rows));
        if (rows > 0)
            printf("%s %llu\n", okr_table_name((enum okr_table)i),
                   (unsigned long long)rows);
    }
}

int main(int argc, char **argv)
{
    struct okr_kv *kv;
    struct okr_kv_txn *txn;
    if (argc < 3)
        die("STORE TABLE ROW | STORE --rows | STORE --version N");
    okr_crypto_init();
    must(okr_kv_lmdb_open(argv[1], MAP_BYTES, &kv));
    must(okr_kv_begin(kv, true, &txn));
    if (strcmp(argv[2], "--rows") == 0)
        print_rows(txn);
    else if (argc < 4)
        die("which row, which version?");
    else if (strcmp(argv[2], "--version") == 0)
        must(okr_meta_put_u64(txn, "version", (uint64_t)atol(argv[3])));
    else
        flip(txn, table_of(argv[2]), atol(argv[3]));
    must(okr_kv_commit(&txn));
    okr_kv_close(&kv);
    return 0;
}
