/* Migrations on the disk: a copy first, all steps in one transaction, and what
 * breaks off has not happened.  The steps are the test's own, so that the
 * frame is tested before the first real one. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/store/migrate.h"
#include "tests/lib/files.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define LIT(s) OKR_SLICE_LIT(s)
#define MAP_BYTES ((size_t)1 << 22)

static char dir[OKR_TEST_PATH_MAX], store[OKR_TEST_PATH_MAX],
    copy[OKR_TEST_PATH_MAX];
static struct okr_kv *kv;
static unsigned steps_run;
static enum okr_err last_fails;

/* ---- three versions ------------------------------------------------------ */

/* 1 -> 2: the only row of OP gets a tail. */
static enum okr_err lengthen(struct okr_kv_txn *txn)
{
    steps_run++;
    return okr_kv_put(txn, OKR_TABLE_OP, LIT("row"), LIT("value and tail"));
}

/* 2 -> 3: it moves to another table. */
static enum okr_err move(struct okr_kv_txn *txn)
{
    struct okr_slice value;
    steps_run++;
    OKR_TRY(okr_kv_get(txn, OKR_TABLE_OP, LIT("row"), &value));
    OKR_TRY(okr_kv_put(txn, OKR_TABLE_GONE, LIT("row"), value));
    OKR_TRY(okr_kv_del(txn, OKR_TABLE_OP, LIT("row")));
    return last_fails;
}

static okr_migration *const steps[] = {NULL, lengthen, move};
static const struct okr_migrations version_1 = {steps, 1};
static const struct okr_migrations version_3 = {steps, 3};

/* ---- the place ----------------------------------------------------------- */

static void open_store(void)
{
    OK(okr_kv_lmdb_open(store, MAP_BYTES, &kv));
}

static int set_up(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    steps_run = 0;
    last_fails = OKR_OK;
    okr_test_dir_make(dir);
    okr_test_path(dir, "store", store);
    okr_test_path(dir, "store.v1", copy);
    open_store();
    OK(okr_kv_begin(kv, true, &txn));
    OK(okr_store_stamp(txn, "server", &version_1));
    OK(okr_kv_put(txn, OKR_TABLE_OP, LIT("row"), LIT("value")));
    OK(okr_kv_commit(&txn));
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    okr_kv_close(&kv);
    okr_test_dir_remove(dir);
    return 0;
}

static struct okr_upgrade upgrade_to(const struct okr_migrations *migrations)
{
    return (struct okr_upgrade){
        .kv = kv, .path = store, .side = "server", .migrations = migrations};
}

/* The row, wherever it is, and the version of the store that is open. */
static void same(enum okr_table table, const char *row, uint64_t version)
{
    struct okr_kv_txn *txn;
    struct okr_slice value;
    uint64_t found;
    OK(okr_kv_begin(kv, false, &txn));
    OK(okr_kv_get(txn, table, LIT("row"), &value));
    assert_true(okr_slice_is(value, row));
    OK(okr_meta_u64(txn, "version", &found));
    assert_int_equal(found, version);
    okr_kv_abort(&txn);
}

static void reopen(const char *path)
{
    okr_kv_close(&kv);
    OK(okr_kv_lmdb_open(path, MAP_BYTES, &kv));
}

/* ---- what is true -------------------------------------------------------- */

static void an_older_store_is_copied_and_migrated(void **state)
{
    (void)state;
    struct okr_upgrade up = upgrade_to(&version_3);
    OK(okr_store_upgrade(&up));
    assert_string_equal(up.copy, copy);
    assert_int_equal(steps_run, 2);
    same(OKR_TABLE_GONE, "value and tail", 3);
    /* Once is enough. */
    OK(okr_store_upgrade(&up));
    assert_string_equal(up.copy, "");
    assert_int_equal(steps_run, 2);
    reopen(copy);
    same(OKR_TABLE_OP, "value", 1);
}

static void a_step_that_fails_has_not_happened(void **state)
{
    (void)state;
    struct okr_upgrade up = upgrade_to(&version_3);
    last_fails = OKR_ERR_FULL;
    assert_int_equal(okr_store_upgrade(&up), OKR_ERR_FULL);
    same(OKR_TABLE_OP, "value", 1);
    reopen(store);
    same(OKR_TABLE_OP, "value", 1);
    /* The copy stays, and is never written over. */
    last_fails = OKR_OK;
    up = upgrade_to(&version_3);
    assert_int_equal(okr_store_upgrade(&up), OKR_ERR_EXISTS);
    same(OKR_TABLE_OP, "value", 1);
}

static void a_newer_or_foreign_store_is_left_alone(void **state)
{
    (void)state;
    struct okr_upgrade up = upgrade_to(&version_3);
    up.side = "site"; /* seen after the steps, and they are undone */
    assert_int_equal(okr_store_upgrade(&up), OKR_ERR_DENIED);
    same(OKR_TABLE_OP, "value", 1);
    char file[OKR_TEST_PATH_MAX];
    okr_test_path(copy, "data.mdb", file);
    OK(unlink(file));
    okr_test_path(dir, "store.v1", copy);
    OK(rmdir(copy));
    up.side = "server";
    OK(okr_store_upgrade(&up));
    up.migrations = &version_1;
    assert_int_equal(okr_store_upgrade(&up), OKR_ERR_VERSION);
    same(OKR_TABLE_GONE, "value and tail", 3);
}

static void an_empty_store_is_nobodys(void **state)
{
    (void)state;
    struct okr_upgrade up = upgrade_to(&version_3);
    okr_test_path(dir, "empty", store);
    reopen(store);
    up.kv = kv;
    assert_int_equal(okr_store_upgrade(&up), OKR_ERR_NOTFOUND);
}

/* Whatever the umask; one that was cut short is cleared away. */
static void a_copy_is_whole_and_private(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX], part[OKR_TEST_PATH_MAX];
    struct stat info;
    mode_t was = umask(0);
    okr_test_path(dir, "copy.part", part);
    OK(mkdir(part, 0700));
    okr_test_path(part, "data.mdb", path);
    FILE *half = fopen(path, "w");
    assert_non_null(half);
    OK(fclose(half));
    okr_test_path(dir, "copy", copy);
    OK(okr_kv_lmdb_copy(kv, copy));
    assert_int_equal(okr_kv_lmdb_copy(kv, copy), OKR_ERR_EXISTS);
    OK(stat(copy, &info));
    assert_int_equal(info.st_mode & 07777, 0700);
    okr_test_path(copy, "data.mdb", path);
    OK(stat(path, &info));
    assert_int_equal(info.st_mode & 07777, 0600);
    assert_int_equal(access(part, F_OK), -1);
    (void)umask(was);
    reopen(copy);
    same(OKR_TABLE_OP, "value", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_older_store_is_copied_and_migrated,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_step_that_fails_has_not_happened,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_newer_or_foreign_store_is_left_alone,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(an_empty_store_is_nobodys, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(a_copy_is_whole_and_private, set_up,
                                        tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
