/* Opening a daemon on folders that it cannot serve: each is named, nothing is
 * left behind, and no socket was opened for it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/shell/daemon.h"
#include "common/store/meta.h"
#include "tests/lib/files.h"

static char base[OKR_TEST_PATH_MAX], dir[OKR_TEST_PATH_MAX];

/* Writes into the store as another program would have. */
static struct okr_kv *store;
static struct okr_kv_txn *txn;

static void begin(void)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    assert_true(okr_site_store_open(dir, &store, &snag));
    assert_int_equal(okr_kv_begin(store, true, &txn), OKR_OK);
}

static void end(void)
{
    assert_int_equal(okr_kv_commit(&txn), OKR_OK);
    okr_kv_close(&store);
}

/* A folder as a join leaves it. */
static int make(void **state)
{
    (void)state;
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    struct okr_site_keys keys;
    okr_test_dir_make(base);
    okr_test_path(base, "site", dir);
    assert_true(okr_site_dir_make(dir, &snag));
    assert_true(okr_site_keys_make(dir, &snag));
    assert_true(okr_site_keys_load(dir, &keys, &snag));
    struct okr_ident ident = {.name = "lyon",
                              .endpoint = "tcp://127.0.0.1:1",
                              .site = okr_site_id_of(&keys)};
    const struct okr_ident_seen seen = {.size = 0};
    okr_site_keys_free(&keys);
    begin();
    assert_int_equal(okr_meta_stamp(txn, "site"), OKR_OK);
    assert_int_equal(okr_ident_put(txn, &ident, &seen), OKR_OK);
    end();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    okr_test_dir_remove(base);
    return 0;
}

static void assert_refused(const char *said)
{
    struct okr_daemon daemon;
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    char sock[OKR_TEST_PATH_MAX];
    bool open = okr_daemon_open(&daemon, dir, NULL, &snag);
    okr_daemon_close(&daemon);
    assert_false(open);
    assert_int_equal(snag.code, OKR_REPLY_REFUSED);
    if (strstr(snag.what, said) == NULL)
        fail_msg("no '%s' in '%s'", said, snag.what);
    okr_test_path(dir, "sock", sock);
    assert_int_not_equal(access(sock, F_OK), 0);
}

static void a_newer_store_is_left_alone(void **state)
{
    (void)state;
    begin();
    assert_int_equal(okr_meta_put_u64(txn, "version", OKR_STORE_VERSION + 1),
                     OKR_OK);
    end();
    assert_refused(okr_err_text(OKR_ERR_VERSION));
}

static void a_store_of_the_other_side(void **state)
{
    (void)state;
    begin();
    assert_int_equal(okr_meta_put(txn, "side", OKR_SLICE_LIT("server")),
                     OKR_OK);
    end();
    assert_refused(okr_err_text(OKR_ERR_DENIED));
}

static void a_join_that_was_cut_short(void **state)
{
    (void)state;
    begin();
    assert_int_equal(
        okr_kv_del(txn, OKR_TABLE_META, OKR_SLICE_LIT("server_endpoint")),
        OKR_OK);
    end();
    assert_refused("cut short");
}

static void a_damaged_enrolment(void **state)
{
    (void)state;
    begin();
    assert_int_equal(okr_kv_put(txn, OKR_TABLE_META, OKR_SLICE_LIT("log_key"),
                                OKR_SLICE_LIT("not sealed")),
                     OKR_OK);
    end();
    assert_refused(okr_err_text(OKR_ERR_CORRUPT));
}

/* Their pushes would be refused, in worse words and much later. */
static void keys_of_another_site(void **state)
{
    (void)state;
    char path[OKR_TEST_PATH_MAX];
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    okr_test_path(dir, "keys/site.key", path);
    assert_int_equal(unlink(path), 0);
    assert_true(okr_site_keys_make(dir, &snag));
    assert_refused("not those of this site");
}

static void a_folder_in_use(void **state)
{
    (void)state;
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    int lock;
    assert_true(okr_site_lock(dir, &lock, &snag));
    assert_refused("in use");
    assert_int_equal(close(lock), 0);
}

static void a_good_folder_opens(void **state)
{
    (void)state;
    struct okr_daemon daemon;
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    if (!okr_daemon_open(&daemon, dir, NULL, &snag))
        fail_msg("%s", snag.what);
    assert_string_equal(daemon.ident.name, "lyon");
    okr_daemon_close(&daemon);
    assert_true(okr_daemon_open(&daemon, dir, NULL, &snag)); /* unlocked */
    okr_daemon_close(&daemon);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        WITH(a_newer_store_is_left_alone), WITH(a_store_of_the_other_side),
        WITH(a_join_that_was_cut_short),   WITH(a_damaged_enrolment),
        WITH(keys_of_another_site),        WITH(a_folder_in_use),
        WITH(a_good_folder_opens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
