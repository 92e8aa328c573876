/* What only the store on disk has: files, rights, a size limit, a tomorrow. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/store/kv.h"
#include "tests/lib/files.h"

#define T OKR_TABLE_ENTITY
#define LIT(s) OKR_SLICE_LIT(s)
#define OK(call) assert_int_equal(call, OKR_OK)
#define MAP_BYTES ((size_t)1 << 20)

struct place {
    char dir[OKR_TEST_PATH_MAX];   /* of the test */
    char store[OKR_TEST_PATH_MAX]; /* dir/store, not made yet */
    char data[OKR_TEST_PATH_MAX];  /* dir/store/data.mdb */
    char lock[OKR_TEST_PATH_MAX];
    mode_t umask;
};

static int set_up(void **state)
{
    static struct place place;
    okr_test_dir_make(place.dir);
    okr_test_path(place.dir, "store", place.store);
    okr_test_path(place.store, "data.mdb", place.data);
    okr_test_path(place.store, "lock.mdb", place.lock);
    /* The worst a service can be started with. */
    place.umask = umask(0);
    *state = &place;
    return 0;
}

static int tear_down(void **state)
{
    struct place *place = *state;
    (void)umask(place->umask);
    okr_test_dir_remove(place->dir);
    return 0;
}

static enum okr_err open_once(const struct place *place)
{
    struct okr_kv *kv = NULL;
    enum okr_err err = okr_kv_lmdb_open(place->store, MAP_BYTES, &kv);
    assert_int_equal(kv != NULL, err == OKR_OK);
    okr_kv_close(&kv);
    return err;
}

static mode_t mode_of(const char *path)
{
    struct stat st;
    assert_int_equal(lstat(path, &st), 0);
    return st.st_mode & 07777;
}

static void nobody_else_may_read(void **state)
{
    struct place *place = *state;
    OK(open_once(place));
    assert_int_equal(mode_of(place->store), 0700);
    assert_int_equal(mode_of(place->data), 0600);
    assert_int_equal(mode_of(place->lock), 0600);
    OK(open_once(place));
}

static void loose_files_are_refused(void **state)
{
    struct place *place = *state;
    OK(open_once(place));
    const char *const files[] = {place->data, place->lock};
    static const mode_t loose[] = {0640, 0604, 0620, 0601, 0666};
    for (size_t f = 0; f < 2; f++) {
        for (size_t m = 0; m < 5; m++) {
            assert_int_equal(chmod(files[f], loose[m]), 0);
            assert_int_equal(open_once(place), OKR_ERR_DENIED);
            assert_int_equal(mode_of(files[f]), loose[m]);
        }
        assert_int_equal(chmod(files[f], 0600), 0);
    }
    OK(open_once(place));
}

/* Whoever may write in the folder can put his own file there.  Reading the
 * folder does no harm: services are often set up as 0750. */
static void loose_folders_are_refused(void **state)
{
    struct place *place = *state;
    OK(open_once(place));
    assert_int_equal(chmod(place->store, 0770), 0);
    assert_int_equal(open_once(place), OKR_ERR_DENIED);
    assert_int_equal(chmod(place->store, 0702), 0);
    assert_int_equal(open_once(place), OKR_ERR_DENIED);
    assert_int_equal(chmod(place->store, 0750), 0);
    OK(open_once(place));
}

static void links_are_refused(void **state)
{
    struct place *place = *state;
    char other[OKR_TEST_PATH_MAX];
    OK(open_once(place));
    okr_test_path(place->dir, "other.mdb", other);
    assert_int_equal(rename(place->data, other), 0);
    assert_int_equal(symlink(other, place->data), 0);
    assert_int_equal(open_once(place), OKR_ERR_DENIED);
}

static void other_owners_are_refused(void **state)
{
    struct place *place = *state;
    if (geteuid() != 0) {
        print_message("SKIPPED: only root can give a file away\n");
        skip();
    }
    OK(open_once(place));
    assert_int_equal(chown(place->data, 1, (gid_t)-1), 0);
    assert_int_equal(open_once(place), OKR_ERR_DENIED);
    assert_int_equal(chown(place->data, 0, (gid_t)-1), 0);
    assert_int_equal(chown(place->store, 1, (gid_t)-1), 0);
    assert_int_equal(open_once(place), OKR_ERR_DENIED);
}

static void bad_places(void **state)
{
    struct place *place = *state;
    struct place below = *place;
    okr_test_path(place->store, "below", below.store);
    assert_int_equal(open_once(&below), OKR_ERR_NOTFOUND);
    FILE *file = fopen(place->store, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(open_once(place), OKR_ERR_IO);
}

static void write_file(const char *path, const char *text, size_t times)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    while (times-- > 0)
        assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static void foreign_file_is_corrupt(void **state)
{
    struct place *place = *state;
    assert_int_equal(mkdir(place->store, 0700), 0);
    write_file(place->data, "This is no database. ", 1000);
    assert_int_equal(open_once(place), OKR_ERR_CORRUPT);
}

/* The format's version stands at byte 20 of both meta pages, behind 16 bytes
 * of page header and 4 of magic. */
static void newer_file_is_refused(void **state)
{
    struct place *place = *state;
    OK(open_once(place));
    FILE *file = fopen(place->data, "r+");
    assert_non_null(file);
    for (long page = 0; page < 2; page++) {
        assert_int_equal(fseek(file, page * 4096 + 20, SEEK_SET), 0);
        assert_int_equal(fputc(2, file), 2);
    }
    assert_int_equal(fclose(file), 0);
    assert_int_equal(open_once(place), OKR_ERR_VERSION);
}

static void rows_survive_a_restart(void **state)
{
    struct place *place = *state;
    struct okr_kv *kv = NULL;
    struct okr_kv_txn *txn = NULL;
    struct okr_slice value;
    OK(okr_kv_lmdb_open(place->store, MAP_BYTES, &kv));
    OK(okr_kv_begin(kv, true, &txn));
    for (unsigned t = 0; t < OKR_TABLE_COUNT; t++)
        OK(okr_kv_put(txn, (enum okr_table)t, LIT("k"),
                      okr_slice_str(okr_table_name((enum okr_table)t))));
    OK(okr_kv_commit(&txn));
    OK(okr_kv_begin(kv, true, &txn));
    OK(okr_kv_put(txn, T, LIT("aborted"), LIT("v")));
    okr_kv_abort(&txn);
    okr_kv_close(&kv);

    OK(okr_kv_lmdb_open(place->store, MAP_BYTES, &kv));
    OK(okr_kv_begin(kv, false, &txn));
    for (unsigned t = 0; t < OKR_TABLE_COUNT; t++) {
        OK(okr_kv_get(txn, (enum okr_table)t, LIT("k"), &value));
        assert_true(okr_slice_is(value, okr_table_name((enum okr_table)t)));
    }
    assert_int_equal(okr_kv_get(txn, T, LIT("aborted"), NULL),
                     OKR_ERR_NOTFOUND);
    okr_kv_abort(&txn);
    okr_kv_close(&kv);
}

/* A reader that began before a write goes on seeing what was. */
static void readers_see_their_moment(void **state)
{
    struct place *place = *state;
    struct okr_kv *kv = NULL;
    struct okr_kv_txn *reader = NULL, *writer = NULL;
    OK(okr_kv_lmdb_open(place->store, MAP_BYTES, &kv));
    OK(okr_kv_begin(kv, false, &reader));
    OK(okr_kv_begin(kv, true, &writer));
    OK(okr_kv_put(writer, T, LIT("k"), LIT("v")));
    OK(okr_kv_commit(&writer));
    assert_int_equal(okr_kv_get(reader, T, LIT("k"), NULL), OKR_ERR_NOTFOUND);
    okr_kv_abort(&reader);
    OK(okr_kv_begin(kv, false, &reader));
    OK(okr_kv_get(reader, T, LIT("k"), NULL));
    okr_kv_abort(&reader);
    okr_kv_close(&kv);
}

static enum okr_err fill_up(struct okr_kv_txn *txn)
{
    static const uint8_t page[4000];
    for (unsigned i = 0; i < 1000; i++) {
        char key[16];
        int len = snprintf(key, sizeof key, "%06u", i);
        OKR_TRY(okr_kv_put(txn, T, okr_slice_of(key, (size_t)len),
                           okr_slice_of(page, sizeof page)));
    }
    return OKR_OK;
}

/* Full is told at the put and at the commit; what was stays, and reading
 * and small writes go on. */
static void full_map(void **state)
{
    struct place *place = *state;
    struct okr_kv *kv = NULL;
    struct okr_kv_txn *txn = NULL;
    uint64_t rows = 7;
    OK(okr_kv_lmdb_open(place->store, MAP_BYTES, &kv));
    OK(okr_kv_begin(kv, true, &txn));
    OK(okr_kv_put(txn, T, LIT("before"), LIT("v")));
    OK(okr_kv_commit(&txn));
    OK(okr_kv_begin(kv, true, &txn));
    assert_int_equal(fill_up(txn), OKR_ERR_FULL);
    assert_int_equal(okr_kv_commit(&txn), OKR_ERR_FULL);
    OK(okr_kv_begin(kv, true, &txn));
    OK(okr_kv_count(txn, T, &rows));
    assert_int_equal(rows, 1);
    OK(okr_kv_put(txn, T, LIT("after"), LIT("v")));
    OK(okr_kv_commit(&txn));
    okr_kv_close(&kv);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_PLACE(nobody_else_may_read),
        IN_PLACE(loose_files_are_refused),
        IN_PLACE(loose_folders_are_refused),
        IN_PLACE(links_are_refused),
        IN_PLACE(other_owners_are_refused),
        IN_PLACE(bad_places),
        IN_PLACE(foreign_file_is_corrupt),
        IN_PLACE(newer_file_is_refused),
        IN_PLACE(rows_survive_a_restart),
        IN_PLACE(readers_see_their_moment),
        IN_PLACE(full_map),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
