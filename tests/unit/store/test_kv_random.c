/* Both stores do the same: 400 transactions of a fixed seed, over few and
 * awkward keys so that they collide, compared after every call. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/kv.h"
#include "common/store/kv_fault.h"
#include "tests/lib/files.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define STORES 2
#define TXNS 400
#define CALLS_MAX 60
#define VALUE_MAX 3000

struct world {
    struct okr_kv *kv[STORES];
    struct okr_kv_txn *txn[STORES];
    uint64_t random;
    unsigned found, missed; /* so that a run which tests nothing fails */
    char dir[OKR_TEST_PATH_MAX];
};

/* xorshift64* */
static uint64_t draw(struct world *w, uint64_t below)
{
    w->random ^= w->random >> 12;
    w->random ^= w->random << 25;
    w->random ^= w->random >> 27;
    return (w->random * UINT64_C(0x2545f4914f6cdd1d) >> 32) % below;
}

struct bytes {
    uint8_t b[VALUE_MAX];
    size_t len;
};

/* Of the bytes 00 01 61 fe ff, `len_min` to 4 of them. */
static struct okr_slice draw_key(struct world *w, uint8_t bytes[4],
                                 size_t len_min)
{
    static const uint8_t alphabet[] = {0x00, 0x01, 0x61, 0xfe, 0xff};
    size_t len = len_min + (size_t)draw(w, 5 - len_min);
    for (size_t i = 0; i < len; i++)
        bytes[i] = alphabet[draw(w, sizeof alphabet)];
    return okr_slice_of(bytes, len);
}

static struct okr_slice draw_value(struct world *w, struct bytes *value)
{
    /* Mostly short; some need a page of their own. */
    uint64_t len_max = draw(w, 20) == 0 ? VALUE_MAX : 30;
    value->len = (size_t)draw(w, len_max);
    memset(value->b, (int)draw(w, 256), value->len);
    return okr_slice_of(value->b, value->len);
}

static enum okr_table draw_table(struct world *w)
{
    static const enum okr_table tables[] = {OKR_TABLE_ENTITY, OKR_TABLE_INDEX,
                                            OKR_TABLE_CHANGED};
    return tables[draw(w, 3)];
}

static void assert_same(struct world *w, const enum okr_err err[STORES],
                        const struct okr_slice got[STORES])
{
    assert_int_equal(err[0], err[1]);
    assert_true(err[0] == OKR_OK || err[0] == OKR_ERR_NOTFOUND);
    if (err[0] == OKR_OK)
        assert_true(okr_slice_eq(got[0], got[1]));
    w->found += err[0] == OKR_OK;
    w->missed += err[0] != OKR_OK;
}

static void act_put(struct world *w)
{
    uint8_t key_bytes[4];
    struct bytes value_bytes;
    struct okr_slice key = draw_key(w, key_bytes, 1);
    struct okr_slice value = draw_value(w, &value_bytes);
    enum okr_table table = draw_table(w);
    for (size_t i = 0; i < STORES; i++)
        OK(okr_kv_put(w->txn[i], table, key, value));
}

static void act_del(struct world *w)
{
    uint8_t key_bytes[4];
    struct okr_slice key = draw_key(w, key_bytes, 1);
    enum okr_table table = draw_table(w);
    for (size_t i = 0; i < STORES; i++)
        OK(okr_kv_del(w->txn[i], table, key));
}

static void act_clear(struct world *w)
{
    uint8_t key_bytes[4];
    struct okr_slice prefix = draw_key(w, key_bytes, draw(w, 40) == 0 ? 0 : 1);
    enum okr_table table = draw_table(w);
    for (size_t i = 0; i < STORES; i++)
        OK(okr_kv_clear(w->txn[i], table, prefix));
}

static void act_get(struct world *w)
{
    uint8_t key_bytes[4];
    struct okr_slice key = draw_key(w, key_bytes, 1), got[STORES];
    enum okr_table table = draw_table(w);
    enum okr_err err[STORES];
    for (size_t i = 0; i < STORES; i++)
        err[i] = okr_kv_get(w->txn[i], table, key, &got[i]);
    assert_same(w, err, got);
}

static void act_last(struct world *w)
{
    uint8_t key_bytes[4];
    struct okr_slice prefix = draw_key(w, key_bytes, 0);
    struct okr_slice key[STORES], value[STORES];
    enum okr_table table = draw_table(w);
    enum okr_err err[STORES];
    for (size_t i = 0; i < STORES; i++)
        err[i] = okr_kv_last(w->txn[i], table, prefix, &key[i], &value[i]);
    assert_same(w, err, key);
    assert_same(w, err, value);
}

/* Walks both at once; gives the number of rows. */
static uint64_t walk(struct world *w, enum okr_table table,
                     struct okr_slice prefix, struct okr_slice from)
{
    struct okr_kv_iter it[STORES];
    uint64_t rows = 0;
    for (size_t i = 0; i < STORES; i++)
        okr_kv_scan(w->txn[i], table, prefix, from, &it[i]);
    for (;;) {
        bool more = okr_kv_iter_next(&it[0]);
        assert_int_equal(more, okr_kv_iter_next(&it[1]));
        if (!more)
            break;
        assert_true(okr_slice_eq(it[0].key, it[1].key));
        assert_true(okr_slice_eq(it[0].value, it[1].value));
        rows++;
    }
    for (size_t i = 0; i < STORES; i++)
        OK(okr_kv_iter_close(&it[i]));
    return rows;
}

static void act_walk(struct world *w)
{
    uint8_t prefix_bytes[4], from_bytes[4];
    struct okr_slice prefix = draw_key(w, prefix_bytes, 0);
    struct okr_slice from = draw_key(w, from_bytes, 0);
    (void)walk(w, draw_table(w), prefix, from);
}

static void act(struct world *w)
{
    uint64_t dice = draw(w, 100);
    if (dice < 40)
        act_put(w);
    else if (dice < 60)
        act_del(w);
    else if (dice < 62)
        act_clear(w);
    else if (dice < 75)
        act_get(w);
    else if (dice < 88)
        act_last(w);
    else
        act_walk(w);
}

static void begin(struct world *w, bool write)
{
    for (size_t i = 0; i < STORES; i++)
        OK(okr_kv_begin(w->kv[i], write, &w->txn[i]));
}

static void compare_all(struct world *w)
{
    begin(w, false);
    for (unsigned t = 0; t < OKR_TABLE_COUNT; t++) {
        uint64_t rows =
            walk(w, (enum okr_table)t, OKR_SLICE_NONE, OKR_SLICE_NONE);
        for (size_t i = 0; i < STORES; i++) {
            uint64_t count;
            OK(okr_kv_count(w->txn[i], (enum okr_table)t, &count));
            assert_int_equal(count, rows);
        }
    }
    for (size_t i = 0; i < STORES; i++)
        okr_kv_abort(&w->txn[i]);
}

static void run_txn(struct world *w)
{
    begin(w, true);
    uint64_t calls = draw(w, CALLS_MAX);
    for (uint64_t i = 0; i < calls; i++)
        act(w);
    bool commit = draw(w, 3) > 0;
    for (size_t i = 0; i < STORES; i++) {
        if (commit)
            OK(okr_kv_commit(&w->txn[i]));
        else
            okr_kv_abort(&w->txn[i]);
    }
    compare_all(w);
}

static void memory_and_disk_agree(void **state)
{
    (void)state;
    struct world w = {.random = UINT64_C(0x0123456789abcdef)};
    okr_test_dir_make(w.dir);
    OK(okr_kv_mem_open(&w.kv[0]));
    OK(okr_kv_lmdb_open(w.dir, 64 << 20, &w.kv[1]));
    for (unsigned i = 0; i < TXNS; i++)
        run_txn(&w);
    assert_true(w.found > 1000 && w.missed > 1000);
    okr_kv_close(&w.kv[0]);
    okr_kv_close(&w.kv[1]);
    okr_test_dir_remove(w.dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_and_disk_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
