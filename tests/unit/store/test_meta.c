/* Settings by name, the stamp of a store, and the ancestry of epochs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/store/check.h"
#include "common/store/kv_impl.h"
#include "common/store/meta.h"
#include "tests/lib/store_sample.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LIT(s) OKR_SLICE_LIT(s)

static int set_up(void **state)
{
    okr_test_store_open(*state);
    return 0;
}

static int tear_down(void **state)
{
    okr_test_store_close(*state);
    return 0;
}

static void count(void *context, const struct okr_damage *damage)
{
    (void)damage;
    ++*(unsigned *)context;
}

static void bytes_by_name(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_slice got = LIT("untouched");
    assert_int_equal(okr_meta_get(s->txn, "no", s->arena, &got),
                     OKR_ERR_NOTFOUND);
    assert_true(okr_slice_is(got, "untouched"));
    OK(okr_meta_put(s->txn, "name", LIT("first")));
    OK(okr_meta_put(s->txn, "nam", LIT("")));
    OK(okr_meta_get(s->txn, "name", s->arena, &got));
    /* A copy: what is written afterwards does not change it. */
    OK(okr_meta_put(s->txn, "name", LIT("later")));
    assert_true(okr_slice_is(got, "first"));
    OK(okr_meta_get(s->txn, "nam", s->arena, &got));
    assert_int_equal(got.len, 0);
}

static void numbers(void **state)
{
    struct okr_test_store *s = *state;
    uint64_t got = 7;
    OK(okr_meta_u64(s->txn, "n", &got));
    assert_int_equal(got, 0);
    OK(okr_meta_put_u64(s->txn, "n", UINT64_C(0x0102030405060708)));
    OK(okr_meta_put_u64(s->txn, "m", UINT64_MAX));
    okr_test_store_next(s, true);
    OK(okr_meta_u64(s->txn, "n", &got));
    assert_true(got == UINT64_C(0x0102030405060708));
    OK(okr_meta_u64(s->txn, "m", &got));
    assert_true(got == UINT64_MAX);
    OK(okr_meta_put(s->txn, "n", LIT("seven b")));
    assert_int_equal(okr_meta_u64(s->txn, "n", &got), OKR_ERR_CORRUPT);
}

static void ids(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_id id = okr_test_id(5), got;
    assert_int_equal(okr_meta_id(s->txn, "id", &got), OKR_ERR_NOTFOUND);
    OK(okr_meta_put(s->txn, "id", okr_id_slice(&id)));
    OK(okr_meta_id(s->txn, "id", &got));
    assert_true(okr_id_eq(&got, &id));
    OK(okr_meta_put(s->txn, "id", okr_slice_of(id.b, 15)));
    assert_int_equal(okr_meta_id(s->txn, "id", &got), OKR_ERR_CORRUPT);
}

static void a_store_is_stamped_once(void **state)
{
    struct okr_test_store *s = *state;
    uint64_t version;
    OK(okr_meta_stamp(s->txn, "server"));
    OK(okr_meta_u64(s->txn, "version", &version));
    assert_int_equal(version, OKR_STORE_VERSION);
    okr_test_store_next(s, true);
    OK(okr_meta_stamp(s->txn, "server"));
    assert_int_equal(okr_meta_stamp(s->txn, "site"), OKR_ERR_DENIED);
    assert_int_equal(okr_meta_stamp(s->txn, "serve"), OKR_ERR_DENIED);
    OK(okr_meta_put_u64(s->txn, "version", OKR_STORE_VERSION + 1));
    assert_int_equal(okr_meta_stamp(s->txn, "server"), OKR_ERR_VERSION);
}

/* A field that an older program did not know is found after the upgrade, in
 * the confirmed copy and in the view; what needs no change does not get one. */
static void an_older_schema_is_indexed_anew(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_damage_sink sink = {.take = count, .context = &(unsigned){0}};
    uint64_t rows, writes;
    okr_test_store_fill(s);
    OK(okr_meta_stamp(s->txn, "server"));
    OK(okr_meta_put_u64(s->txn, "schema", OKR_SCHEMA_VERSION - 1));
    OK(okr_kv_count(s->txn, OKR_TABLE_INDEX, &rows));
    OK(okr_kv_clear(s->txn, OKR_TABLE_INDEX, OKR_SLICE_NONE));
    OK(okr_kv_clear(s->txn, OKR_TABLE_VIEW_INDEX, OKR_SLICE_NONE));
    OK(okr_kv_put(s->txn, OKR_TABLE_INDEX, LIT("stray"), OKR_SLICE_NONE));
    OK(okr_kv_put(s->txn, OKR_TABLE_VIEW_INDEX, LIT("stray"), LIT("\1")));
    OK(okr_store_check(s->txn, &sink));
    assert_true(*(unsigned *)sink.context > rows);
    OK(okr_meta_stamp(s->txn, "server"));
    *(unsigned *)sink.context = 0;
    OK(okr_store_check(s->txn, &sink));
    assert_int_equal(*(unsigned *)sink.context, 0);
    writes = s->txn->writes[OKR_TABLE_INDEX];
    OK(okr_meta_stamp(s->txn, "server"));
    assert_int_equal(s->txn->writes[OKR_TABLE_INDEX], writes);
    OK(okr_meta_put_u64(s->txn, "schema", OKR_SCHEMA_VERSION + 1));
    assert_int_equal(okr_meta_stamp(s->txn, "server"), OKR_ERR_VERSION);
}

/* Half a stamp is damage, not a new store: that one would be stamped anew
 * and its data taken for what it is not. */
static void half_a_stamp_is_damage(void **state)
{
    struct okr_test_store *s = *state;
    OK(okr_meta_put(s->txn, "side", LIT("server")));
    assert_int_equal(okr_meta_stamp(s->txn, "server"), OKR_ERR_CORRUPT);
    okr_test_store_next(s, false);
    OK(okr_meta_put_u64(s->txn, "version", OKR_STORE_VERSION));
    assert_int_equal(okr_meta_stamp(s->txn, "server"), OKR_ERR_CORRUPT);
    okr_test_store_next(s, false);
    OK(okr_kv_put(s->txn, OKR_TABLE_META, LIT("side"), LIT("server1234")));
    assert_int_equal(okr_meta_stamp(s->txn, "server"), OKR_ERR_CORRUPT);
}

static void an_old_store_can_be_stamped_read_only(void **state)
{
    struct okr_test_store *s = *state;
    OK(okr_meta_stamp(s->txn, "site"));
    okr_test_store_next(s, true);
    okr_kv_abort(&s->txn);
    OK(okr_kv_begin(s->kv, false, &s->txn));
    OK(okr_meta_stamp(s->txn, "site"));
}

static void epochs(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_epoch_row *got;
    size_t n = 7;
    OK(okr_meta_epochs(s->txn, s->arena, &got, &n));
    assert_int_equal(n, 0);
    struct okr_epoch_row want[OKR_EPOCHS_MAX + 1] = {{.counter = 0}};
    for (uint32_t i = 0; i <= OKR_EPOCHS_MAX; i++) {
        want[i].counter = i + 1;
        memset(want[i].random, (int)i + 3, sizeof want[i].random);
        want[i].began = UINT64_C(1) << i % 63;
    }
    OK(okr_meta_put_epochs(s->txn, want, OKR_EPOCHS_MAX));
    OK(okr_meta_epochs(s->txn, s->arena, &got, &n));
    assert_int_equal(n, OKR_EPOCHS_MAX);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(got[i].counter, want[i].counter);
        assert_memory_equal(got[i].random, want[i].random, 16);
        assert_true(got[i].began == want[i].began);
    }
    assert_int_equal(okr_meta_put_epochs(s->txn, want, OKR_EPOCHS_MAX + 1),
                     OKR_ERR_LIMIT);
    OK(okr_meta_put(s->txn, "epochs", LIT("27 bytes are no whole epoch")));
    assert_int_equal(okr_meta_epochs(s->txn, s->arena, &got, &n),
                     OKR_ERR_CORRUPT);
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
        BOTH(bytes_by_name),
        BOTH(numbers),
        BOTH(ids),
        BOTH(a_store_is_stamped_once),
        BOTH(an_older_schema_is_indexed_anew),
        BOTH(half_a_stamp_is_damage),
        BOTH(an_old_store_can_be_stamped_read_only),
        BOTH(epochs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
