/* Commits on a failing disk: each write and sync of a commit fails in turn.
 *
 * This program defines pwrite, writev and fdatasync itself, so liblmdb calls
 * these; they do what they should until a test arms them.  An error other
 * than COMMIT promises that nothing was written: that is checked here against
 * the LMDB that is installed, in this process and after opening again. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

#include "common/store/kv.h"
#include "tests/lib/files.h"

#define LIT(s) OKR_SLICE_LIT(s)
#define OK(call) assert_int_equal(call, OKR_OK)
#define ROWS 40

struct disk {
    unsigned calls;   /* since it was armed */
    unsigned fail_at; /* 0: never */
    int error;
    bool done; /* the failing call does its work all the same */
    bool dead; /* all later calls fail, too, and do nothing */
    bool fired;
};

static struct disk disk;

enum fate { WORK, FAIL, WORK_AND_FAIL };

static enum fate next_fate(void)
{
    disk.calls++;
    if (disk.fired && disk.dead)
        return FAIL;
    if (disk.calls != disk.fail_at)
        return WORK;
    disk.fired = true;
    return disk.done ? WORK_AND_FAIL : FAIL;
}

static long failed(void)
{
    errno = disk.error;
    return -1;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t at)
{
    enum fate fate = next_fate();
    long did = fate == FAIL ? 0 : syscall(SYS_pwrite64, fd, data, len, at);
    return fate == WORK ? did : failed();
}

ssize_t writev(int fd, const struct iovec *parts, int n)
{
    enum fate fate = next_fate();
    long did = fate == FAIL ? 0 : syscall(SYS_writev, fd, parts, n);
    return fate == WORK ? did : failed();
}

int fdatasync(int fd)
{
    enum fate fate = next_fate();
    long did = fate == FAIL ? 0 : syscall(SYS_fdatasync, fd);
    return (int)(fate == WORK ? did : failed());
}

static struct okr_kv *open_store(const char *dir)
{
    struct okr_kv *kv = NULL;
    OK(okr_kv_lmdb_open(dir, 4 << 20, &kv));
    return kv;
}

/* Rows in several tables, some in pages of their own, so that the commit
 * writes in more than one call. */
static enum okr_err write_all(struct okr_kv *kv, uint8_t value)
{
    struct okr_kv_txn *txn = NULL;
    uint8_t bytes[3000];
    memset(bytes, value, sizeof bytes);
    OKR_TRY(okr_kv_begin(kv, true, &txn));
    for (uint8_t i = 0; i < ROWS; i++) {
        enum okr_table table = i % 2 == 0 ? OKR_TABLE_ENTITY : OKR_TABLE_LEAF;
        OK(okr_kv_put(txn, table, okr_slice_of(&i, 1),
                      okr_slice_of(bytes, i % 3 == 0 ? sizeof bytes : 20)));
    }
    return okr_kv_commit(&txn);
}

/* The value of all rows, which must be one. */
static uint8_t read_all(struct okr_kv *kv)
{
    struct okr_kv_txn *txn = NULL;
    struct okr_slice value;
    uint8_t first = 0;
    OK(okr_kv_begin(kv, false, &txn));
    for (uint8_t i = 0; i < ROWS; i++) {
        enum okr_table table = i % 2 == 0 ? OKR_TABLE_ENTITY : OKR_TABLE_LEAF;
        OK(okr_kv_get(txn, table, okr_slice_of(&i, 1), &value));
        if (i == 0)
            first = value.data[0];
        for (size_t at = 0; at < value.len; at++)
            assert_int_equal(value.data[at], first);
    }
    okr_kv_abort(&txn);
    return first;
}

struct seen {
    unsigned sure, unknown_old, unknown_new;
};

/* For sure: the old rows are there, and the store goes on working, with or
 * without being opened again in between. */
static struct okr_kv *check_sure(struct okr_kv *kv, const char *dir,
                                 bool reopen)
{
    assert_int_equal(read_all(kv), 'o');
    if (reopen) {
        okr_kv_close(&kv);
        kv = open_store(dir);
        assert_int_equal(read_all(kv), 'o');
    }
    OK(write_all(kv, 'n'));
    okr_kv_close(&kv);
    kv = open_store(dir);
    assert_int_equal(read_all(kv), 'n');
    return kv;
}

/* Unknown: nothing begins any more, and who opens again finds all of the
 * transaction or nothing of it. */
static struct okr_kv *check_unknown(struct okr_kv *kv, const char *dir,
                                    struct seen *seen)
{
    struct okr_kv_txn *txn = NULL;
    assert_int_equal(okr_kv_begin(kv, true, &txn), OKR_ERR_COMMIT);
    assert_int_equal(okr_kv_begin(kv, false, &txn), OKR_ERR_COMMIT);
    assert_null(txn);
    okr_kv_close(&kv);
    kv = open_store(dir);
    uint8_t value = read_all(kv);
    assert_true(value == 'o' || value == 'n');
    seen->unknown_old += value == 'o';
    seen->unknown_new += value == 'n';
    return kv;
}

/* False when the commit has no such call any more. */
static bool fail_call(unsigned n, const struct disk *plan, bool reopen,
                      struct seen *seen)
{
    char dir[OKR_TEST_PATH_MAX];
    okr_test_dir_make(dir);
    struct okr_kv *kv = open_store(dir);
    OK(write_all(kv, 'o'));
    disk = *plan;
    disk.fail_at = n;
    enum okr_err err = write_all(kv, 'n');
    bool fired = disk.fired;
    disk = (struct disk){.fail_at = 0};
    if (!fired) {
        OK(err);
    } else if (err == OKR_ERR_COMMIT) {
        kv = check_unknown(kv, dir, seen);
    } else {
        assert_int_equal(err, plan->error == EIO ? OKR_ERR_IO : OKR_ERR_FULL);
        kv = check_sure(kv, dir, reopen);
        seen->sure++;
    }
    okr_kv_close(&kv);
    okr_test_dir_remove(dir);
    return fired;
}

static struct seen sweep(const struct disk *plan, bool reopen)
{
    struct seen seen = {0};
    unsigned n = 1;
    while (fail_call(n, plan, reopen, &seen))
        n++;
    /* Pages, their sync, the meta page at least. */
    assert_true(seen.sure >= 2);
    assert_int_equal(seen.unknown_old + seen.unknown_new, 1);
    assert_int_equal(seen.sure + 1, n - 1);
    return seen;
}

static void disk_full(void **state)
{
    (void)state;
    const struct disk plan = {.error = ENOSPC};
    (void)sweep(&plan, false);
    (void)sweep(&plan, true);
}

static void write_errors(void **state)
{
    (void)state;
    const struct disk plan = {.error = EIO};
    const struct disk dies = {.error = EIO, .dead = true};
    (void)sweep(&plan, false);
    (void)sweep(&plan, true);
    (void)sweep(&dies, true);
}

/* The error comes although the bytes arrived: the meta page is new on disk,
 * and whoever took the error for "not written" would do it twice. */
static void written_and_reported_as_failed(void **state)
{
    (void)state;
    const struct disk dies = {.error = EIO, .done = true, .dead = true};
    struct seen seen = sweep(&dies, true);
    assert_int_equal(seen.unknown_new, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disk_full),
        cmocka_unit_test(write_errors),
        cmocka_unit_test(written_and_reported_as_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
