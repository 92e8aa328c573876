/* Rows of scopes, and paging through what changed since. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/changed.h"
#include "common/store/scopes.h"
#include "tests/lib/store.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LIT(s) OKR_SLICE_LIT(s)
#define SCOPE 5u

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

static void scopes_are_root_and_depth(void **state)
{
    (void)state;
    assert_int_equal(OKR_SCOPE_COMPANY, 4);
    assert_int_equal(OKR_SCOPE(3, OKR_DEPTH_PRIVATE), 14);
    assert_int_equal(OKR_SCOPE_ROOT(14), 3);
    assert_int_equal(OKR_SCOPE_DEPTH(14), OKR_DEPTH_PRIVATE);
}

static void a_row_comes_back(void **state)
{
    struct okr_test_store *s = *state;
    /* Every field another value, so that none is taken for another. */
    struct okr_scope_row want = {
        .head = UINT64_C(0x1112131415161718),
        .digest = {UINT64_C(0x2122232425262728), UINT64_C(0x3132333435363738)},
        .count = UINT64_C(0x4142434445464748),
        .met = UINT64_C(0x5152535455565758),
        .cursor = UINT64_C(0x6162636465666768),
        .token_elsn = UINT64_C(0x7172737475767778),
        .token_id = okr_test_id(9),
        .upto = UINT64_C(0x8182838485868788),
        .followed = true,
        .repairs = 3,
    };
    OK(okr_scope_put(s->txn, SCOPE, &want));
    okr_test_store_next(s, true);
    struct okr_scope_row got;
    OK(okr_scope_get(s->txn, SCOPE, &got));
    assert_true(got.head == want.head && got.count == want.count);
    assert_true(okr_digest_eq(&got.digest, &want.digest));
    assert_true(got.met == want.met && got.cursor == want.cursor);
    assert_true(got.token_elsn == want.token_elsn && got.upto == want.upto);
    assert_true(okr_id_eq(&got.token_id, &want.token_id));
    assert_true(got.followed && got.repairs == 3);
}

static void an_unknown_scope_is_all_zero(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_scope_row got, zero = {0};
    memset(&got, 0xff, sizeof got);
    OK(okr_scope_get(s->txn, SCOPE, &got));
    assert_true(got.head == 0 && got.count == 0 && got.met == 0);
    assert_true(okr_digest_eq(&got.digest, &zero.digest));
    assert_true(got.cursor == 0 && got.token_elsn == 0 && got.upto == 0);
    assert_true(okr_id_is_zero(&got.token_id));
    assert_true(!got.followed && got.repairs == 0);
    /* Somebody may ask for no scope at all: that is no reason to die. */
    bool any = true;
    OK(okr_scope_get(s->txn, 0, &got));
    OK(okr_changed_any(s->txn, 0, 0, NULL, &any));
    assert_false(any);
}

static void a_damaged_row_is_told(void **state)
{
    struct okr_test_store *s = *state;
    static const uint8_t key[4] = {0, 0, 0, SCOPE};
    struct okr_scope_row got = {.head = 7};
    OK(okr_kv_put(s->txn, OKR_TABLE_SCOPE, okr_slice_of(key, sizeof key),
                  LIT("damage")));
    assert_int_equal(okr_scope_get(s->txn, SCOPE, &got), OKR_ERR_CORRUPT);
    assert_int_equal(got.head, 7);
}

static void all_scopes_ascend(void **state)
{
    struct okr_test_store *s = *state;
    static const okr_scope want[] = {4, 255, 256, 0x01000000};
    static const size_t order[] = {2, 0, 3, 1};
    okr_scope *got;
    size_t n = 7;
    OK(okr_scope_all(s->txn, s->arena, &got, &n));
    assert_int_equal(n, 0);
    for (size_t i = 0; i < 4; i++)
        OK(okr_scope_put(s->txn, want[order[i]], &(struct okr_scope_row){0}));
    OK(okr_scope_all(s->txn, s->arena, &got, &n));
    assert_int_equal(n, 4);
    assert_memory_equal(got, want, sizeof want);
}

/* ---- changed since ------------------------------------------------------- */

#define ROWS 6

/* In the order in which they are read; elsn 300 sorts behind 7 only as a
 * number, and two of one elsn only by id. */
static void make_rows(struct okr_test_store *s, struct okr_changed rows[ROWS])
{
    static const struct {
        okr_lsn elsn;
        unsigned id;
        bool gone;
    } all[ROWS] = {{7, 1, false},   {7, 2, true},
                   {7, 3, false},   {8, 1, false},
                   {300, 1, false}, {OKR_LSN_PENDING - 1, 9, true}};
    for (size_t i = ROWS; i-- > 0;) {
        rows[i] = (struct okr_changed){.elsn = all[i].elsn,
                                       .id = okr_test_id(all[i].id),
                                       .gone = all[i].gone};
        OK(okr_changed_put(s->txn, SCOPE, &rows[i]));
    }
    /* Neighbours, which must not be seen. */
    OK(okr_changed_put(s->txn, SCOPE - 1, &rows[ROWS - 1]));
    OK(okr_changed_put(s->txn, SCOPE + 1, &rows[0]));
}

static void assert_rows(const struct okr_changed *got, size_t n,
                        const struct okr_changed *want, size_t want_n)
{
    assert_int_equal(n, want_n);
    for (size_t i = 0; i < n; i++) {
        assert_true(got[i].elsn == want[i].elsn);
        assert_true(okr_id_eq(&got[i].id, &want[i].id));
        assert_int_equal(got[i].gone, want[i].gone);
    }
}

/* From every place, in pages of every size. */
static void pages_follow_each_other(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_changed rows[ROWS], *got;
    make_rows(s, rows);
    for (size_t from = 0; from <= ROWS; from++) {
        struct okr_changed after = {0};
        if (from > 0)
            after = rows[from - 1];
        for (size_t max = 0; max <= ROWS + 1; max++) {
            size_t n, left = ROWS - from;
            OK(okr_changed_after(s->txn, SCOPE, after.elsn, &after.id, max,
                                 s->arena, &got, &n));
            assert_rows(got, n, rows + from, left < max ? left : max);
        }
        bool any = from == ROWS;
        OK(okr_changed_any(s->txn, SCOPE, after.elsn, &after.id, &any));
        assert_int_equal(any, from < ROWS);
    }
}

static void a_cursor_is_behind_all_rows_of_its_lsn(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_changed rows[ROWS], *got;
    make_rows(s, rows);
    static const struct {
        okr_lsn since;
        size_t first;
    } cases[] = {{0, 0},
                 {6, 0},
                 {7, 3},
                 {8, 4},
                 {299, 4},
                 {300, 5},
                 {OKR_LSN_PENDING - 1, ROWS}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n;
        bool any;
        OK(okr_changed_after(s->txn, SCOPE, cases[i].since, NULL, SIZE_MAX,
                             s->arena, &got, &n));
        assert_rows(got, n, rows + cases[i].first, ROWS - cases[i].first);
        OK(okr_changed_any(s->txn, SCOPE, cases[i].since, NULL, &any));
        assert_int_equal(any, n > 0);
    }
}

static void a_row_of_another_form_is_damage(void **state)
{
    struct okr_test_store *s = *state;
    struct okr_changed *got;
    struct okr_key key;
    struct okr_id id = okr_test_id(1);
    size_t n;
    okr_changed_key(SCOPE, 7, &id, &key);
    OK(okr_kv_put(s->txn, OKR_TABLE_CHANGED, okr_key_slice(&key), LIT("\1")));
    assert_int_equal(
        okr_changed_after(s->txn, SCOPE, 0, NULL, 9, s->arena, &got, &n),
        OKR_ERR_CORRUPT);
    okr_test_store_next(s, false);
    OK(okr_kv_put(s->txn, OKR_TABLE_CHANGED, okr_slice_of(key.b, key.len - 1),
                  OKR_SLICE_NONE));
    assert_int_equal(
        okr_changed_after(s->txn, SCOPE, 0, NULL, 9, s->arena, &got, &n),
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
        cmocka_unit_test(scopes_are_root_and_depth),
        BOTH(a_row_comes_back),
        BOTH(an_unknown_scope_is_all_zero),
        BOTH(a_damaged_row_is_told),
        BOTH(all_scopes_ascend),
        BOTH(pages_follow_each_other),
        BOTH(a_cursor_is_behind_all_rows_of_its_lsn),
        BOTH(a_row_of_another_form_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
