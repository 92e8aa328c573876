/* The check, on a small store with rows in every table: it says nothing while
 * all is well, and something about every byte that changes and every row that
 * goes missing where others tell that it was there. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/changed.h"
#include "common/store/check.h"
#include "common/store/index.h"
#include "common/store/oplog.h"
#include "common/store/seal.h"
#include "tests/lib/store_sample.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define ROWS_MAX 64
#define VALUE_MAX 400

/* What the check told, by table. */
struct told {
    unsigned by_table[OKR_TABLE_COUNT];
    unsigned all;
};

static void take(void *context, const struct okr_damage *damage)
{
    struct told *told = context;
    assert_true(damage->key.len > 0 && damage->what != NULL);
    told->by_table[damage->table]++;
    told->all++;
}

static struct told check(struct okr_test_store *s)
{
    struct told told = {.all = 0};
    struct okr_damage_sink sink = {.take = take, .context = &told};
    OK(okr_store_check(s->txn, &sink));
    return told;
}

static int set_up(void **state)
{
    okr_test_store_open(*state);
    okr_test_store_fill(*state);
    return 0;
}

static int tear_down(void **state)
{
    okr_test_store_close(*state);
    return 0;
}

static const enum okr_table tables[] = {
    OKR_TABLE_META,    OKR_TABLE_ENTITY,      OKR_TABLE_INDEX,
    OKR_TABLE_CHANGED, OKR_TABLE_SCOPE,       OKR_TABLE_OP,
    OKR_TABLE_LEAF,    OKR_TABLE_NODE,        OKR_TABLE_PAYLOAD,
    OKR_TABLE_GONE,    OKR_TABLE_VIEW_ENTITY, OKR_TABLE_VIEW_INDEX,
};
#define TABLES (sizeof tables / sizeof tables[0])

struct row {
    uint8_t key[OKR_KEY_MAX], value[VALUE_MAX];
    size_t key_len, value_len;
};

static size_t rows_of(struct okr_test_store *s, enum okr_table table,
                      struct row rows[ROWS_MAX])
{
    size_t n = 0;
    struct okr_kv_iter it;
    okr_kv_scan(s->txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it)) {
        assert_true(n < ROWS_MAX && it.value.len <= VALUE_MAX);
        struct row *row = &rows[n++];
        row->key_len = it.key.len;
        row->value_len = it.value.len;
        memcpy(row->key, it.key.data, it.key.len);
        if (it.value.len > 0)
            memcpy(row->value, it.value.data, it.value.len);
    }
    OK(okr_kv_iter_close(&it));
    assert_true(n > 0);
    return n;
}

static void put(struct okr_test_store *s, enum okr_table table,
                const struct row *row)
{
    OK(okr_kv_put(s->txn, table, okr_slice_of(row->key, row->key_len),
                  okr_slice_of(row->value, row->value_len)));
}

static void del(struct okr_test_store *s, enum okr_table table,
                const struct row *row)
{
    OK(okr_kv_del(s->txn, table, okr_slice_of(row->key, row->key_len)));
}

/* A leaf and its hash disagree: either may be the damaged one. */
static unsigned told_of(const struct told *told, enum okr_table table)
{
    unsigned n = told->by_table[table];
    if (table == OKR_TABLE_NODE)
        n += told->by_table[OKR_TABLE_LEAF];
    return n;
}

static void a_sound_store_has_no_damage(void **state)
{
    struct told told = check(*state);
    assert_int_equal(told.all, 0);
    /* Nor has an empty one. */
    struct okr_test_store empty = {0};
    okr_test_store_open(&empty);
    told = check(&empty);
    assert_int_equal(told.all, 0);
    okr_test_store_close(&empty);
}

static void assert_told(struct okr_test_store *s, enum okr_table table,
                        const struct row *row, size_t at)
{
    struct told told = check(s);
    if (told_of(&told, table) == 0)
        fail_msg("%s: key %02x…%02x, byte %zu: not told", okr_table_name(table),
                 row->key[0], row->key[row->key_len - 1], at);
}

static void every_changed_byte_of_a_value_is_told(void **state)
{
    struct okr_test_store *s = *state;
    static struct row rows[ROWS_MAX];
    for (size_t t = 0; t < TABLES; t++) {
        size_t n = rows_of(s, tables[t], rows);
        for (size_t i = 0; i < n; i++) {
            struct row *row = &rows[i];
            for (size_t at = 0; at < row->value_len; at++) {
                uint8_t bit = (uint8_t)(1u << (at + i) % 8);
                row->value[at] ^= bit;
                put(s, tables[t], row);
                assert_told(s, tables[t], row, at);
                row->value[at] ^= bit;
            }
            put(s, tables[t], row);
        }
    }
    assert_int_equal(check(s).all, 0);
}

/* Also one byte less and one more. */
static void a_value_of_another_length_is_told(void **state)
{
    struct okr_test_store *s = *state;
    static struct row rows[ROWS_MAX];
    for (size_t t = 0; t < TABLES; t++) {
        size_t n = rows_of(s, tables[t], rows);
        for (size_t i = 0; i < n; i++) {
            struct row other = rows[i];
            other.value[other.value_len++] = 0;
            put(s, tables[t], &other);
            assert_told(s, tables[t], &other, other.value_len);
            if (rows[i].value_len > 0) {
                other.value_len -= 2;
                put(s, tables[t], &other);
                assert_told(s, tables[t], &other, other.value_len);
            }
            put(s, tables[t], &rows[i]);
        }
    }
}

static bool exists(struct okr_test_store *s, enum okr_table table,
                   const struct row *row)
{
    struct okr_slice key = okr_slice_of(row->key, row->key_len);
    return okr_kv_get(s->txn, table, key, NULL) == OKR_OK;
}

/* Byte `at` changed, or, behind the last one, a zero more or a byte less. */
static void change_key(struct okr_test_store *s, enum okr_table table,
                       const struct row *row, size_t at)
{
    struct row other = *row;
    if (at < other.key_len)
        other.key[at] ^= (uint8_t)(0x80u >> at % 8);
    else if (at == other.key_len)
        other.key_len++;
    else
        other.key_len--;
    if (exists(s, table, &other))
        return; /* no store has two rows of one key */
    del(s, table, row);
    put(s, table, &other);
    assert_told(s, table, &other, at);
    del(s, table, &other);
    put(s, table, row);
}

static void every_changed_byte_of_a_key_is_told(void **state)
{
    struct okr_test_store *s = *state;
    static struct row rows[ROWS_MAX];
    for (size_t t = 0; t < TABLES; t++) {
        size_t n = rows_of(s, tables[t], rows);
        for (size_t i = 0; i < n; i++)
            for (size_t at = 0; at <= rows[i].key_len + 1; at++)
                change_key(s, tables[t], &rows[i], at);
    }
    assert_int_equal(check(s).all, 0);
}

/* Where another row tells that there has to be one. */
static void a_missing_row_is_told(void **state)
{
    struct okr_test_store *s = *state;
    static struct row rows[ROWS_MAX];
    static const enum okr_table followed[] = {
        OKR_TABLE_ENTITY,      OKR_TABLE_INDEX,     OKR_TABLE_SCOPE,
        OKR_TABLE_LEAF,        OKR_TABLE_NODE,      OKR_TABLE_CHANGED,
        OKR_TABLE_VIEW_ENTITY, OKR_TABLE_VIEW_INDEX};
    unsigned missed = 0;
    for (size_t t = 0; t < sizeof followed / sizeof followed[0]; t++) {
        size_t n = rows_of(s, followed[t], rows);
        for (size_t i = 0; i < n; i++) {
            /* That an entity left is known from this row alone, and so is
             * the state of a scope that is empty. */
            bool alone =
                followed[t] == OKR_TABLE_CHANGED && rows[i].value_len > 0;
            alone |= followed[t] == OKR_TABLE_SCOPE && rows[i].value[31] == 0;
            del(s, followed[t], &rows[i]);
            struct told told = check(s);
            if (told.all == 0)
                missed++;
            assert_int_equal(told.all == 0, alone);
            put(s, followed[t], &rows[i]);
        }
    }
    assert_int_equal(missed, 3);
}

/* A row too many, which no entity explains. */
static void a_stray_row_is_told(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_changed stray = {.elsn = 8, .id = okr_test_id(OKR_SAMPLE_GOAL)};
    OK(okr_changed_put(s->txn, OKR_SCOPE(2, OKR_DEPTH_SUMMARY), &stray));
    assert_int_equal(check(s).by_table[OKR_TABLE_CHANGED], 1);
    /* The entity is there, but it has no such value. */
    struct okr_key key;
    struct okr_id ada = okr_test_id(OKR_SAMPLE_ADA);
    okr_index_prefix(OKR_KIND_OBJECTIVE, OKR_F_O_OWNER, ada.b, &key);
    okr_key_id(&key, &stray.id);
    OK(okr_kv_put(s->txn, OKR_TABLE_INDEX, okr_key_slice(&key),
                  OKR_SLICE_NONE));
    assert_int_equal(check(s).by_table[OKR_TABLE_INDEX], 1);
    struct okr_hash hash = okr_sha256(OKR_SLICE_LIT("x"));
    OK(okr_oplog_put_node(s->txn, 77, &hash));
    assert_int_equal(check(s).by_table[OKR_TABLE_NODE], 1);
}

/* A sealed row can be wrong too: then a bug wrote it. */
static void a_scope_that_does_not_add_up_is_told(void **state)
{
    struct okr_test_store *s = *state;
    static const okr_scope full = OKR_SCOPE(2, OKR_DEPTH_SUMMARY);
    static const okr_scope empty = OKR_SCOPE(2, OKR_DEPTH_PRIVATE);
    struct okr_scope_row was[2], row;
    OK(okr_scope_get(s->txn, full, &was[0]));
    OK(okr_scope_get(s->txn, empty, &was[1]));
    for (unsigned i = 0; i < 5; i++) {
        row = was[i == 4];
        row.count += i == 0;
        row.digest.lo ^= i == 1 || i == 4;
        row.digest.hi ^= i == 2;
        row.met = i == 3 ? 9 : row.met;
        OK(okr_scope_put(s->txn, i == 4 ? empty : full, &row));
        struct told told = check(s);
        assert_true(told.by_table[OKR_TABLE_SCOPE] == 1 && told.all == 1);
        OK(okr_scope_put(s->txn, full, &was[0]));
    }
}

/* Not only by the check: nobody gets a damaged entity to see. */
static void a_damaged_entity_is_not_read(void **state)
{
    struct okr_test_store *s = *state;
    static struct row rows[ROWS_MAX];
    static const enum okr_table both[] = {OKR_TABLE_ENTITY,
                                          OKR_TABLE_VIEW_ENTITY};
    for (size_t t = 0; t < 2; t++) {
        struct okr_space space = okr_test_space(s, t == 1);
        size_t n = rows_of(s, both[t], rows);
        for (size_t i = 0; i < 8 * rows[n - 1].value_len; i++) {
            struct row row = rows[n - 1];
            struct okr_record *record;
            struct okr_id id;
            row.value[i / 8] ^= (uint8_t)(1u << i % 8);
            put(s, both[t], &row);
            OK(okr_id_from(okr_slice_of(row.key, row.key_len), &id));
            assert_int_equal(okr_entity_get(&space, &id, &record),
                             OKR_ERR_CORRUPT);
        }
        put(s, both[t], &rows[n - 1]);
    }
}

/* Those that the two sides write: whatever they hold, it is sealed. */
static void tables_of_the_sides_are_read_too(void **state)
{
    struct okr_test_store *s = *state;
    static const enum okr_table theirs[] = {
        OKR_TABLE_HISTORY, OKR_TABLE_ANSWER, OKR_TABLE_PEER,
        OKR_TABLE_INVITE,  OKR_TABLE_PARKED, OKR_TABLE_METACOMMIT,
        OKR_TABLE_OUTBOX,  OKR_TABLE_PUSH,   OKR_TABLE_SENT,
        OKR_TABLE_REFUSED};
    _Static_assert(TABLES + sizeof theirs / sizeof theirs[0] == OKR_TABLE_COUNT,
                   "every table is in one of the two lists");
    struct okr_slice key = OKR_SLICE_LIT("o key");
    for (size_t i = 0; i < sizeof theirs / sizeof theirs[0]; i++) {
        struct okr_buf buf;
        okr_buf_init(&buf, s->arena);
        okr_buf_put(&buf, OKR_SLICE_LIT("value"));
        OK(okr_sealed_put(s->txn, theirs[i], key, &buf));
        assert_int_equal(check(s).all, 0);
        buf.data[0] ^= 1;
        OK(okr_kv_put(s->txn, theirs[i], key, okr_buf_slice(&buf)));
        struct told told = check(s);
        assert_true(told.by_table[theirs[i]] == 1 && told.all == 1);
        /* Only some rows may be without a value. */
        OK(okr_kv_put(s->txn, theirs[i], key, OKR_SLICE_NONE));
        told = check(s);
        assert_int_equal(told.all, theirs[i] != OKR_TABLE_HISTORY);
        OK(okr_kv_del(s->txn, theirs[i], key));
    }
    OK(okr_kv_put(s->txn, OKR_TABLE_PARKED, OKR_SLICE_LIT("t key"),
                  OKR_SLICE_NONE));
    assert_int_equal(check(s).all, 0);
}

#define BOTH(test)                                         \
    {#test " (memory)", test, set_up, tear_down, &memory}, \
    {                                                      \
#test " (lmdb)", test, set_up, tear_down, &disk    \
    }

int main(void)
{
    okr_crypto_init();
    struct okr_test_store memory = {0}, disk = {.lmdb = true};
    const struct CMUnitTest tests[] = {
        BOTH(a_sound_store_has_no_damage),
        BOTH(every_changed_byte_of_a_value_is_told),
        BOTH(a_value_of_another_length_is_told),
        BOTH(every_changed_byte_of_a_key_is_told),
        BOTH(a_missing_row_is_told),
        BOTH(a_stray_row_is_told),
        BOTH(a_scope_that_does_not_add_up_is_told),
        BOTH(a_damaged_entity_is_not_read),
        BOTH(tables_of_the_sides_are_read_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
