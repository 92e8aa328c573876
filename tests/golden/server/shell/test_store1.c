/* A server's store of version 1 opens with today's program: migrated, sound
 * in every row, with the log that it had, and a hub goes on with it.
 *
 * tests/golden/store1/server.txt was made by running this with
 * OKR_GOLDEN_WRITE=1.  Once version 1 is released it is never made again: what
 * fails here then wants a migration (common/store/migrate.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/migrate.h"
#include "server/audit/verify.h"
#include "tests/lib/everything.h"
#include "tests/lib/store_dump.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define DUMP "store1/server.txt"

static struct okr_everything e;

static void damaged(void *context, const struct okr_damage *damage)
{
    ++*(unsigned *)context;
    print_error("%s: %s\n", okr_table_name(damage->table), damage->what);
}

static struct okr_verified check(struct okr_kv *kv)
{
    unsigned damages = 0;
    const struct okr_verify how = {.sink = {damaged, &damages}};
    struct okr_verified verified;
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(kv, false, &txn));
    OK(okr_store_check(txn, &how.sink));
    OK(okr_verify(txn, &how, &verified));
    okr_kv_abort(&txn);
    assert_int_equal(damages, 0);
    return verified;
}

static void migrate(struct okr_kv *kv)
{
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(kv, true, &txn));
    OK(okr_meta_stamp(txn, "server"));
    OK(okr_kv_commit(&txn));
}

static void version_1_opens_and_goes_on(void **state)
{
    (void)state;
    struct okr_kv *kv;
    uint64_t rows;
    struct okr_kv_txn *txn;
    okr_everything_open(&e);
    if (okr_test_dump_write(e.h.kv, DUMP))
        print_message("written: tests/golden/" DUMP "\n");
    OK(okr_kv_mem_open(&kv));
    okr_test_dump_load(kv, DUMP);
    migrate(kv);
    struct okr_verified verified = check(kv);
    /* It is the history of everything.c: the leaves do not depend on how the
     * store is laid out, so neither does the root. */
    struct okr_hash root = okr_test_log_root(&e.h, verified.leaves);
    assert_int_equal(verified.leaves, okr_test_log_size(&e.h));
    assert_memory_equal(verified.root.b, root.b, sizeof root.b);
    OK(okr_kv_begin(kv, false, &txn));
    for (enum okr_table table = OKR_TABLE_META; table <= OKR_TABLE_METACOMMIT;
         table++) {
        OK(okr_kv_count(txn, table, &rows));
        if (rows == 0)
            fail_msg("the dump has no row in %s", okr_table_name(table));
    }
    okr_kv_abort(&txn);
    /* The process comes up over it, and knows its site. */
    struct okr_kv *own = e.h.kv;
    e.h.kv = kv;
    okr_test_hub_restart(&e.h);
    const struct okr_msg *welcome = okr_test_hello(&e.h, &e.peer);
    assert_non_null(welcome);
    assert_int_equal(welcome->type, OKR_MSG_WELCOME);
    assert_true(welcome->u.welcome.last_seq > 0);
    okr_kv_close(&own);
    okr_everything_close(&e);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_opens_and_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
