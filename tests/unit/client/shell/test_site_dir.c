/* The folder, its lock, its keys, and the enrolment in its store. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/shell/ident.h"
#include "client/shell/site_dir.h"
#include "common/store/meta.h"
#include "tests/lib/files.h"

static char base[OKR_TEST_PATH_MAX], dir[OKR_TEST_PATH_MAX];
static struct okr_snag snag;

static int open_dir(void **state)
{
    (void)state;
    okr_test_dir_make(base);
    okr_test_path(base, "site", dir);
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    return 0;
}

static int close_dir(void **state)
{
    (void)state;
    okr_test_dir_remove(base);
    return 0;
}

static void put_file(const char *name)
{
    char path[OKR_TEST_PATH_MAX];
    okr_test_path(dir, name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fclose(file), 0);
}

static bool fine(bool done)
{
    assert_true(done == !okr_snagged(&snag));
    if (okr_snagged(&snag))
        assert_true(snag.what[0] != '\0');
    snag.code = OKR_REPLY_DONE;
    return done;
}

static void nobody_else_may_look_into_it(void **state)
{
    (void)state;
    struct stat info;
    umask(022);
    assert_true(fine(okr_site_dir_make(dir, &snag)));
    assert_int_equal(stat(dir, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(chmod(dir, 0755), 0);
    assert_true(fine(okr_site_dir_make(dir, &snag))); /* an empty one */
    assert_int_equal(stat(dir, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
}

/* A slip of the keyboard must not fill somebody's home with keys. */
static void folders_of_others_are_left_alone(void **state)
{
    (void)state;
    assert_true(fine(okr_site_dir_make(dir, &snag)));
    put_file("letter.txt");
    assert_false(okr_site_dir_make(dir, &snag));
    assert_non_null(strstr(snag.what, "letter.txt"));
    snag.code = OKR_REPLY_DONE;
    char path[OKR_TEST_PATH_MAX];
    okr_test_path(dir, "letter.txt", path);
    assert_false(fine(okr_site_dir_make(path, &snag))); /* no folder */
    assert_int_equal(unlink(path), 0);
    okr_test_path(dir, "keys", path);
    assert_int_equal(mkdir(path, 0700), 0);
    put_file("keys/log.key");
    assert_false(fine(okr_site_dir_make(dir, &snag))); /* a server's */
    assert_false(fine(okr_site_dir_check(dir, &snag)));
}

static void what_is_no_sites_folder(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    assert_false(fine(okr_site_dir_check(dir, &snag))); /* not there */
    assert_true(fine(okr_site_dir_make(dir, &snag)));
    assert_false(fine(okr_site_dir_check(dir, &snag)));
    okr_test_path(dir, "keys", path);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(okr_site_dir_check(dir, &snag));
    assert_non_null(strstr(snag.what, "cut short"));
    snag.code = OKR_REPLY_DONE;
    okr_test_path(dir, "store", path);
    assert_int_equal(mkdir(path, 0700), 0);
    put_file("store/data.mdb");
    assert_true(fine(okr_site_dir_check(dir, &snag)));
}

static void one_at_a_time(void **state)
{
    (void)state;
    int first, second = -1;
    char pid[32];
    assert_true(fine(okr_site_dir_make(dir, &snag)));
    assert_true(fine(okr_site_lock(dir, &first, &snag)));
    assert_false(okr_site_lock(dir, &second, &snag));
    (void)snprintf(pid, sizeof pid, "process %ld", (long)getpid());
    assert_non_null(strstr(snag.what, pid)); /* who has it */
    assert_string_equal(snag.rule, "busy");
    snag.code = OKR_REPLY_DONE;
    assert_int_equal(close(first), 0);
    assert_true(fine(okr_site_lock(dir, &second, &snag)));
    assert_int_equal(close(second), 0);
}

static void paths_too_long(void **state)
{
    (void)state;
    static char name[OKR_SITE_PATH_MAX + 1];
    char path[OKR_SITE_PATH_MAX];
    memset(name, 'a', sizeof name - 1);
    assert_false(fine(okr_site_path("/", name, path, &snag)));
    assert_false(okr_site_has("/", name));
}

/* ---- keys ---------------------------------------------------------------- */

/* A join that was cut short goes on with what it may have shown. */
static void keys_that_are_there_stay(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    struct okr_site_keys keys, again;
    assert_true(fine(okr_site_dir_make(dir, &snag)));
    assert_true(fine(okr_site_keys_make(dir, &snag)));
    assert_true(fine(okr_site_keys_load(dir, &keys, &snag)));
    okr_test_path(dir, "keys/witness.key", path);
    assert_int_equal(unlink(path), 0); /* before its last one was made */
    assert_false(okr_site_keys_load(dir, &again, &snag));
    assert_non_null(strstr(snag.what, "witness.key"));
    snag.code = OKR_REPLY_DONE;
    assert_true(fine(okr_site_keys_make(dir, &snag)));
    assert_true(fine(okr_site_keys_load(dir, &again, &snag)));
    struct okr_pk a = okr_sk_public(keys.site), b = okr_sk_public(again.site);
    assert_memory_equal(&a, &b, sizeof a);
    assert_memory_equal(keys.link_public, again.link_public,
                        sizeof keys.link_public);
    okr_site_keys_free(&keys);
    okr_site_keys_free(&again);
}

static void keys_that_others_could_read(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    struct okr_site_keys keys;
    assert_true(fine(okr_site_dir_make(dir, &snag)));
    assert_true(fine(okr_site_keys_make(dir, &snag)));
    okr_test_path(dir, "keys/site.key", path);
    assert_int_equal(chmod(path, 0640), 0);
    assert_false(fine(okr_site_keys_load(dir, &keys, &snag)));
}

/* ---- the enrolment ------------------------------------------------------- */

static struct okr_ident sample(void)
{
    struct okr_ident ident = {.name = "上海", .endpoint = "tcp://[::1]:5000"};
    memset(ident.org.b, 1, sizeof ident.org.b);
    memset(ident.site.b, 2, sizeof ident.site.b);
    memset(ident.server_key, 3, sizeof ident.server_key);
    memset(ident.log_key.b, 4, sizeof ident.log_key.b);
    return ident;
}

static void what_was_written_is_read(void **state)
{
    (void)state;
    struct okr_ident ident = sample(), read;
    struct okr_ident_seen seen = {.size = 9};
    struct okr_arena *arena;
    struct okr_kv *kv;
    struct okr_kv_txn *txn;
    uint64_t size;
    memset(read.name, 'x', sizeof read.name);
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
    assert_int_equal(okr_kv_mem_open(&kv), OKR_OK);
    assert_int_equal(okr_kv_begin(kv, true, &txn), OKR_OK);
    assert_int_equal(okr_ident_get(txn, arena, &read), OKR_ERR_NOTFOUND);
    assert_int_equal(okr_ident_put(txn, &ident, &seen), OKR_OK);
    assert_int_equal(okr_ident_get(txn, arena, &read), OKR_OK);
    assert_string_equal(read.name, ident.name);
    assert_string_equal(read.endpoint, ident.endpoint);
    assert_true(okr_id_eq(&read.org, &ident.org));
    assert_true(okr_id_eq(&read.site, &ident.site));
    assert_memory_equal(read.server_key, ident.server_key, 32);
    assert_memory_equal(read.log_key.b, ident.log_key.b, 32);
    assert_int_equal(okr_meta_u64(txn, "seen_size", &size), OKR_OK);
    assert_int_equal(size, 9); /* what the core signs with its pushes */
    assert_int_equal(okr_meta_put(txn, "log_key", OKR_SLICE_LIT("short")),
                     OKR_OK);
    assert_int_equal(okr_ident_get(txn, arena, &read), OKR_ERR_CORRUPT);
    okr_kv_abort(&txn);
    okr_kv_close(&kv);
    okr_arena_free(&arena);
}

static void the_publish_endpoint(void **state)
{
    (void)state;
    struct okr_ident ident = sample();
    char endpoint[OKR_ENDPOINT_BYTES];
    static const char *const bad[] = {"",         "0",   "65536", "-1",
                                      "12345678", "80x", " 80"};
    assert_true(okr_ident_publish(&ident, OKR_SLICE_LIT("5001"), endpoint));
    assert_string_equal(endpoint, "tcp://[::1]:5001");
    memcpy(ident.endpoint, "tcp://okr.example:5000", 23);
    assert_true(okr_ident_publish(&ident, OKR_SLICE_LIT("65535"), endpoint));
    assert_string_equal(endpoint, "tcp://okr.example:65535");
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(
            okr_ident_publish(&ident, okr_slice_str(bad[i]), endpoint));
}

#define IN_DIR(test) cmocka_unit_test_setup_teardown(test, open_dir, close_dir)

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        IN_DIR(nobody_else_may_look_into_it),
        IN_DIR(folders_of_others_are_left_alone),
        IN_DIR(what_is_no_sites_folder),
        IN_DIR(one_at_a_time),
        IN_DIR(paths_too_long),
        IN_DIR(keys_that_are_there_stay),
        IN_DIR(keys_that_others_could_read),
        IN_DIR(what_was_written_is_read),
        IN_DIR(the_publish_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
