/* docs/store.md shows the rows that common/store writes, byte for byte.  A
 * test that fails here after a change says that stores which people have can
 * no longer be read: the remedy is a migration, not another dump. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "tests/lib/store_doc.h"
#include "tests/lib/store_sample.h"

static void the_document_shows_the_rows(void **state)
{
    (void)state;
    /* How many forms of rows a table has: each has a dump at least. */
    static const struct {
        enum okr_table table;
        unsigned dumps;
    } want[] = {
        {OKR_TABLE_META, 4},        {OKR_TABLE_ENTITY, 1},
        {OKR_TABLE_INDEX, 4},       {OKR_TABLE_CHANGED, 2},
        {OKR_TABLE_SCOPE, 1},       {OKR_TABLE_OP, 2},
        {OKR_TABLE_LEAF, 1},        {OKR_TABLE_NODE, 2},
        {OKR_TABLE_PAYLOAD, 1},     {OKR_TABLE_GONE, 1},
        {OKR_TABLE_VIEW_ENTITY, 1}, {OKR_TABLE_VIEW_INDEX, 2},
    };
    struct okr_test_store s = {0};
    unsigned wrong = 0;
    okr_test_store_open(&s);
    okr_test_store_fill(&s);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        if (okr_test_store_doc(s.txn, want[i].table) != want[i].dumps)
            wrong++;
    okr_test_store_close(&s);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_shows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
