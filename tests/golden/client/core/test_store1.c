/* A site's store of version 1 opens with today's program: migrated, sound in
 * every row, and the site goes on: what was saved and not pushed is pushed.
 *
 * tests/golden/store1/site.txt was made by running this with
 * OKR_GOLDEN_WRITE=1.  Once version 1 is released it is never made again: what
 * fails here then wants a migration (common/store/migrate.c). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/check.h"
#include "common/store/migrate.h"
#include "tests/lib/office.h"
#include "tests/lib/store_dump.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define DUMP "store1/site.txt"

static struct okr_office o;

static void damaged(void *context, const struct okr_damage *damage)
{
    ++*(unsigned *)context;
    print_error("%s: %s\n", okr_table_name(damage->table), damage->what);
}

static void check(struct okr_kv *kv)
{
    unsigned damages = 0;
    const struct okr_damage_sink sink = {damaged, &damages};
    struct okr_kv_txn *txn;
    OK(okr_kv_begin(kv, false, &txn));
    OK(okr_store_check(txn, &sink));
    okr_kv_abort(&txn);
    assert_int_equal(damages, 0);
}

/* A site at work: one operation taken, one refused, one that is on its way
 * and one that is not; an objective that left. */
static void work(struct okr_id *ret_objective)
{
    okr_office_open(&o, false);
    struct okr_kv_txn *txn = okr_office_begin(&o);
    OK(okr_meta_stamp(txn, "site"));
    okr_office_end(&o, &txn);
    okr_office_live(&o);
    *ret_objective = okr_office_objective(&o, "Grow");
    okr_office_publish_all(&o);
    (void)okr_office_set(&o, OKR_KIND_OBJECTIVE, ret_objective, OKR_F_O_TITLE,
                         "taken");
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_serve(&o);
    o.verdict = (struct okr_verdict){.outcome = OKR_OUTCOME_REJECTED,
                                     .rule = OKR_RULE_NOT_PERMITTED};
    (void)okr_office_set(&o, OKR_KIND_OBJECTIVE, ret_objective, OKR_F_O_TITLE,
                         "refused");
    okr_office_serve(&o);
    o.verdict = (struct okr_verdict){.outcome = OKR_OUTCOME_ACCEPTED};
    (void)okr_office_set(&o, OKR_KIND_OBJECTIVE, ret_objective, OKR_F_O_TITLE,
                         "waiting");
}

static void version_1_opens_and_goes_on(void **state)
{
    (void)state;
    struct okr_id objective;
    struct okr_kv *kv;
    struct okr_kv_txn *txn;
    static const enum okr_table tables[] = {
        OKR_TABLE_META,    OKR_TABLE_ENTITY,      OKR_TABLE_INDEX,
        OKR_TABLE_SCOPE,   OKR_TABLE_CHANGED,     OKR_TABLE_OP,
        OKR_TABLE_PUSH,    OKR_TABLE_OUTBOX,      OKR_TABLE_SENT,
        OKR_TABLE_REFUSED, OKR_TABLE_VIEW_ENTITY, OKR_TABLE_HISTORY,
    };
    work(&objective);
    if (okr_test_dump_write(o.kv, DUMP))
        print_message("written: tests/golden/" DUMP "\n");
    OK(okr_kv_mem_open(&kv));
    okr_test_dump_load(kv, DUMP);
    OK(okr_kv_begin(kv, true, &txn));
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        uint64_t rows;
        OK(okr_kv_count(txn, tables[i], &rows));
        if (rows == 0)
            fail_msg("the dump has no row in %s", okr_table_name(tables[i]));
    }
    OK(okr_meta_stamp(txn, "site"));
    OK(okr_kv_commit(&txn));
    check(kv);
    /* The process comes up over it. */
    struct okr_kv *own = o.kv, *inner = o.inner;
    o.kv = o.inner = kv;
    okr_office_restart(&o);
    assert_string_equal(okr_office_text(&o, &objective, OKR_F_O_TITLE, true),
                        "waiting");
    o.n_out = 0;
    okr_office_live(&o);
    okr_office_publish_all(&o);
    okr_office_serve(&o);
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_string_equal(okr_office_text(&o, &objective, OKR_F_O_TITLE, false),
                        "waiting");
    check(kv);
    o.kv = own;
    o.inner = inner;
    okr_kv_close(&kv);
    okr_office_close(&o);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_opens_and_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
