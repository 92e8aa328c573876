/* What kv.h promises, over every store there is: one list of tests, run on
 * the store in memory, on LMDB, and on both behind the faulty store. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/kv.h"
#include "common/store/kv_fault.h"
#include "tests/lib/files.h"

#define T OKR_TABLE_ENTITY
#define OTHER OKR_TABLE_INDEX
#define LIT(s) OKR_SLICE_LIT(s)
#define OK(call) assert_int_equal(call, OKR_OK)
#define NONE OKR_SLICE_NONE

struct backend {
    bool lmdb, fault;
    struct okr_kv *kv, *inner;
    struct okr_kv_txn *txn;
    char dir[OKR_TEST_PATH_MAX];
};

static int set_up(void **state)
{
    struct backend *b = *state;
    struct okr_kv *kv = NULL;
    if (b->lmdb) {
        okr_test_dir_make(b->dir);
        OK(okr_kv_lmdb_open(b->dir, 16 << 20, &kv));
    } else {
        OK(okr_kv_mem_open(&kv));
    }
    b->kv = kv;
    b->inner = NULL;
    if (b->fault) {
        b->inner = kv;
        OK(okr_kv_fault_open(b->inner, &b->kv));
    }
    OK(okr_kv_begin(b->kv, true, &b->txn));
    return 0;
}

static int tear_down(void **state)
{
    struct backend *b = *state;
    okr_kv_abort(&b->txn);
    okr_kv_close(&b->kv);
    okr_kv_close(&b->inner);
    if (b->lmdb)
        okr_test_dir_remove(b->dir);
    return 0;
}

/* Commits or aborts, and goes on in a new transaction. */
static void next_txn(struct backend *b, bool commit, bool write)
{
    if (commit)
        OK(okr_kv_commit(&b->txn));
    else
        okr_kv_abort(&b->txn);
    assert_null(b->txn);
    OK(okr_kv_begin(b->kv, write, &b->txn));
}

static void put(struct backend *b, struct okr_slice key, const char *value)
{
    OK(okr_kv_put(b->txn, T, key, okr_slice_str(value)));
}

static void assert_slice(struct okr_slice got, struct okr_slice want)
{
    assert_int_equal(got.len, want.len);
    if (want.len > 0)
        assert_memory_equal(got.data, want.data, want.len);
}

static void assert_value(struct backend *b, struct okr_slice key,
                         const char *value)
{
    struct okr_slice got = LIT("untouched");
    OK(okr_kv_get(b->txn, T, key, &got));
    assert_slice(got, okr_slice_str(value));
}

static void assert_missing(struct backend *b, struct okr_slice key)
{
    struct okr_slice got = LIT("untouched");
    assert_int_equal(okr_kv_get(b->txn, T, key, &got), OKR_ERR_NOTFOUND);
    assert_slice(got, LIT("untouched"));
}

static void assert_count(struct backend *b, uint64_t want)
{
    uint64_t rows = UINT64_MAX;
    OK(okr_kv_count(b->txn, T, &rows));
    assert_int_equal(rows, want);
}

/* The keys of a walk, each followed by a blank, so one string is compared. */
static void assert_walk(struct backend *b, struct okr_slice prefix,
                        struct okr_slice from, const char *want)
{
    char got[200];
    size_t len = 0;
    struct okr_kv_iter it;
    okr_kv_scan(b->txn, T, prefix, from, &it);
    while (okr_kv_iter_next(&it)) {
        assert_true(len + it.key.len + 2 < sizeof got);
        memcpy(got + len, it.key.data, it.key.len);
        len += it.key.len;
        got[len++] = ' ';
    }
    assert_false(okr_kv_iter_next(&it));
    OK(okr_kv_iter_close(&it));
    got[len] = '\0';
    assert_string_equal(got, want);
}

static void rows_come_back(void **state)
{
    struct backend *b = *state;
    assert_missing(b, LIT("a"));
    put(b, LIT("a"), "one");
    put(b, LIT("b"), "");
    assert_value(b, LIT("a"), "one");
    assert_value(b, LIT("b"), "");
    assert_missing(b, LIT("aa"));
    put(b, LIT("a"), "longer than one");
    assert_value(b, LIT("a"), "longer than one");
    put(b, LIT("a"), "");
    assert_value(b, LIT("a"), "");
    OK(okr_kv_get(b->txn, T, LIT("a"), NULL));
    assert_int_equal(okr_kv_get(b->txn, T, LIT("c"), NULL), OKR_ERR_NOTFOUND);
}

/* Keys up to the limit, with zeros in them; values larger than a page. */
static void sizes_at_the_limits(void **state)
{
    struct backend *b = *state;
    uint8_t key[OKR_KEY_MAX] = {0};
    size_t len = 300000;
    uint8_t *big = malloc(len);
    assert_non_null(big);
    for (size_t i = 0; i < len; i++)
        big[i] = (uint8_t)(i * 7 >> 3);
    OK(okr_kv_put(b->txn, T, okr_slice_of(key, 1), LIT("short")));
    OK(okr_kv_put(b->txn, T, okr_slice_of(key, sizeof key),
                  okr_slice_of(big, len)));
    next_txn(b, true, false);
    struct okr_slice got;
    OK(okr_kv_get(b->txn, T, okr_slice_of(key, sizeof key), &got));
    assert_slice(got, okr_slice_of(big, len));
    OK(okr_kv_get(b->txn, T, okr_slice_of(key, 1), &got));
    assert_slice(got, LIT("short"));
    free(big);
}

static void tables_are_apart(void **state)
{
    struct backend *b = *state;
    put(b, LIT("k"), "entity");
    OK(okr_kv_put(b->txn, OTHER, LIT("k"), LIT("index")));
    OK(okr_kv_put(b->txn, OTHER, LIT("l"), LIT("index")));
    assert_value(b, LIT("k"), "entity");
    assert_count(b, 1);
    OK(okr_kv_clear(b->txn, OTHER, NONE));
    assert_value(b, LIT("k"), "entity");
}

static void deleting(void **state)
{
    struct backend *b = *state;
    OK(okr_kv_del(b->txn, T, LIT("a")));
    put(b, LIT("a"), "1");
    put(b, LIT("b"), "2");
    OK(okr_kv_del(b->txn, T, LIT("a")));
    OK(okr_kv_del(b->txn, T, LIT("a")));
    assert_missing(b, LIT("a"));
    assert_count(b, 1);
    next_txn(b, true, true);
    assert_missing(b, LIT("a"));
    assert_value(b, LIT("b"), "2");
    OK(okr_kv_del(b->txn, T, LIT("b")));
    assert_count(b, 0);
}

/* Bytes are unsigned, and a prefix comes before what it begins. */
static void order_is_that_of_bytes(void **state)
{
    struct backend *b = *state;
    static const struct {
        const char *bytes;
        size_t len;
    } keys[] = {{"\0", 1},    {"\0\0", 2}, {"a", 1},     {"a\0", 2},
                {"a\xff", 2}, {"b", 1},    {"\x7f", 1},  {"\x80", 1},
                {"\xfe", 1},  {"\xff", 1}, {"\xff\0", 2}};
    size_t n = sizeof keys / sizeof keys[0];
    for (size_t i = 0; i < n; i++) {
        size_t at = i * 7 % n;
        put(b, okr_slice_of(keys[at].bytes, keys[at].len), "");
    }
    struct okr_kv_iter it;
    okr_kv_scan(b->txn, T, NONE, NONE, &it);
    for (size_t i = 0; i < n; i++) {
        assert_true(okr_kv_iter_next(&it));
        assert_slice(it.key, okr_slice_of(keys[i].bytes, keys[i].len));
    }
    assert_false(okr_kv_iter_next(&it));
    OK(okr_kv_iter_close(&it));
}

static void walks(void **state)
{
    struct backend *b = *state;
    assert_walk(b, NONE, NONE, "");
    static const char *const keys[] = {"a", "ab", "aba", "abb", "ac", "b"};
    for (size_t i = 0; i < 6; i++)
        put(b, okr_slice_str(keys[i]), "v");
    assert_walk(b, NONE, NONE, "a ab aba abb ac b ");
    assert_walk(b, LIT("ab"), NONE, "ab aba abb ");
    assert_walk(b, LIT("b"), NONE, "b ");
    assert_walk(b, LIT("abc"), NONE, "");
    assert_walk(b, LIT("c"), NONE, "");
    /* from inside, before, behind, and without a prefix */
    assert_walk(b, LIT("ab"), LIT("aba"), "aba abb ");
    assert_walk(b, LIT("ab"), LIT("abaa"), "abb ");
    assert_walk(b, LIT("ab"), LIT("a"), "ab aba abb ");
    assert_walk(b, LIT("ab"), LIT("ac"), "");
    assert_walk(b, NONE, LIT("abb"), "abb ac b ");
    assert_walk(b, NONE, LIT("z"), "");
}

static void walk_gives_values(void **state)
{
    struct backend *b = *state;
    put(b, LIT("k1"), "first");
    put(b, LIT("k2"), "second");
    struct okr_kv_iter it;
    okr_kv_scan(b->txn, T, LIT("k"), NONE, &it);
    assert_true(okr_kv_iter_next(&it));
    assert_slice(it.value, LIT("first"));
    /* Writing to another table leaves the walk alone. */
    OK(okr_kv_put(b->txn, OTHER, it.key, it.value));
    assert_slice(it.value, LIT("first"));
    assert_true(okr_kv_iter_next(&it));
    assert_slice(it.value, LIT("second"));
    OK(okr_kv_iter_close(&it));
}

/* Closed before the first step, in the middle, and while others go on. */
static void walks_may_stop_anywhere(void **state)
{
    struct backend *b = *state;
    put(b, LIT("a"), "");
    put(b, LIT("b"), "");
    struct okr_kv_iter one, two;
    okr_kv_scan(b->txn, T, NONE, NONE, &one);
    okr_kv_scan(b->txn, T, NONE, LIT("b"), &two);
    assert_true(okr_kv_iter_next(&one));
    OK(okr_kv_iter_close(&one));
    okr_kv_scan(b->txn, T, NONE, NONE, &one);
    OK(okr_kv_iter_close(&one));
    assert_true(okr_kv_iter_next(&two));
    assert_slice(two.key, LIT("b"));
    OK(okr_kv_iter_close(&two));
    next_txn(b, true, true);
    assert_count(b, 2);
}

static void assert_last(struct backend *b, struct okr_slice prefix,
                        struct okr_slice want)
{
    struct okr_slice key = LIT("untouched"), value = LIT("untouched");
    enum okr_err err = okr_kv_last(b->txn, T, prefix, &key, &value);
    assert_int_equal(err, want.len > 0 ? OKR_OK : OKR_ERR_NOTFOUND);
    assert_slice(key, want.len > 0 ? want : LIT("untouched"));
    assert_slice(value, want.len > 0 ? want : LIT("untouched"));
}

/* The end of a prefix of 0xff bytes is not found by adding one to it. */
static void last_of_a_prefix(void **state)
{
    struct backend *b = *state;
    assert_last(b, NONE, NONE);
    assert_last(b, LIT("\xff"), NONE);
    static const char *const keys[] = {
        "a", "a\x01", "a\xff", "a\xff\xff", "a\xff\x62", "b", "c\x01"};
    for (size_t i = 0; i < 7; i++)
        put(b, okr_slice_str(keys[i]), keys[i]);
    assert_last(b, NONE, LIT("c\x01"));
    assert_last(b, LIT("a"), LIT("a\xff\xff"));
    assert_last(b, LIT("a\x01"), LIT("a\x01"));
    assert_last(b, LIT("a\xff"), LIT("a\xff\xff"));
    assert_last(b, LIT("a\xff\x62"), LIT("a\xff\x62"));
    assert_last(b, LIT("a\x02"), NONE);
    assert_last(b, LIT("b"), LIT("b"));
    assert_last(b, LIT("c"), LIT("c\x01"));
    assert_last(b, LIT("d"), NONE);
    assert_last(b, LIT("\xff"), NONE);
    put(b, LIT("\xff\xff\x01"), "\xff\xff\x01");
    assert_last(b, NONE, LIT("\xff\xff\x01"));
    assert_last(b, LIT("\xff"), LIT("\xff\xff\x01"));
    assert_last(b, LIT("\xff\xff"), LIT("\xff\xff\x01"));
    assert_last(b, LIT("\xff\xff\xff"), NONE);
    OK(okr_kv_last(b->txn, T, LIT("a"), NULL, NULL));
}

static void clearing(void **state)
{
    struct backend *b = *state;
    OK(okr_kv_clear(b->txn, T, NONE));
    static const char *const keys[] = {"a", "a\xff",    "a\xff\xff",
                                       "b", "\xff\xff", "\xff"};
    for (size_t i = 0; i < 6; i++)
        put(b, okr_slice_str(keys[i]), "v");
    OK(okr_kv_clear(b->txn, T, LIT("a\xff")));
    assert_walk(b, NONE, NONE, "a b \xff \xff\xff ");
    OK(okr_kv_clear(b->txn, T, LIT("\xff")));
    assert_walk(b, NONE, NONE, "a b ");
    OK(okr_kv_clear(b->txn, T, LIT("nobody")));
    OK(okr_kv_clear(b->txn, T, NONE));
    assert_count(b, 0);
    next_txn(b, false, true);
    assert_walk(b, NONE, NONE, "");
}

/* Each way in which one transaction can touch one row, and back. */
static void abort_takes_all_back(void **state)
{
    struct backend *b = *state;
    static const char *const old[] = {"change", "twice", "gone",
                                      "reborn", "dies",  "same"};
    for (size_t i = 0; i < 6; i++)
        put(b, okr_slice_str(old[i]), "old");
    next_txn(b, true, true);
    put(b, LIT("change"), "new");
    put(b, LIT("twice"), "new");
    put(b, LIT("twice"), "newer");
    OK(okr_kv_del(b->txn, T, LIT("gone")));
    OK(okr_kv_del(b->txn, T, LIT("reborn")));
    put(b, LIT("reborn"), "new");
    put(b, LIT("reborn"), "newer");
    put(b, LIT("dies"), "new");
    OK(okr_kv_del(b->txn, T, LIT("dies")));
    put(b, LIT("born"), "new");
    put(b, LIT("brief"), "new");
    OK(okr_kv_del(b->txn, T, LIT("brief")));
    put(b, LIT("flicker"), "new");
    OK(okr_kv_del(b->txn, T, LIT("flicker")));
    put(b, LIT("flicker"), "newer");
    next_txn(b, false, true);
    assert_walk(b, NONE, NONE, "change dies gone reborn same twice ");
    for (size_t i = 0; i < 6; i++)
        assert_value(b, okr_slice_str(old[i]), "old");
    assert_count(b, 6);
    /* The same again, committed this time. */
    put(b, LIT("twice"), "new");
    put(b, LIT("twice"), "newer");
    OK(okr_kv_del(b->txn, T, LIT("gone")));
    OK(okr_kv_del(b->txn, T, LIT("reborn")));
    put(b, LIT("reborn"), "new");
    next_txn(b, true, false);
    assert_walk(b, NONE, NONE, "change dies reborn same twice ");
    assert_value(b, LIT("twice"), "newer");
    assert_value(b, LIT("reborn"), "new");
}

/* Ending a read transaction either way is fine, and changes nothing. */
static void reading_transactions(void **state)
{
    struct backend *b = *state;
    put(b, LIT("a"), "1");
    next_txn(b, true, false);
    struct okr_kv_txn *second = NULL;
    OK(okr_kv_begin(b->kv, false, &second));
    assert_value(b, LIT("a"), "1");
    OK(okr_kv_get(second, T, LIT("a"), NULL));
    OK(okr_kv_commit(&second));
    okr_kv_abort(&second);
    next_txn(b, true, true);
    assert_value(b, LIT("a"), "1");
}

static void table_texts(void **state)
{
    (void)state;
    assert_string_equal(okr_table_name(OKR_TABLE_META), "meta");
    assert_string_equal(okr_table_name(OKR_TABLE_VIEW_INDEX), "view_index");
    assert_string_equal(okr_table_what(OKR_TABLE_ENTITY), "id -> record");
}

/* Tests run one after the other, so they can share the four. */
static struct backend mem, disk = {.lmdb = true}, faulty_mem = {.fault = true},
                           faulty_disk = {.lmdb = true, .fault = true};

#define ON(store, test)                                        \
    {                                                          \
#test " on " #store, test, set_up, tear_down, &(store) \
    }
#define ON_ALL(test) \
    ON(mem, test), ON(disk, test), ON(faulty_mem, test), ON(faulty_disk, test)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ON_ALL(rows_come_back),         ON_ALL(sizes_at_the_limits),
        ON_ALL(tables_are_apart),       ON_ALL(deleting),
        ON_ALL(order_is_that_of_bytes), ON_ALL(walks),
        ON_ALL(walk_gives_values),      ON_ALL(walks_may_stop_anywhere),
        ON_ALL(last_of_a_prefix),       ON_ALL(clearing),
        ON_ALL(abort_takes_all_back),   ON_ALL(reading_transactions),
        cmocka_unit_test(table_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
