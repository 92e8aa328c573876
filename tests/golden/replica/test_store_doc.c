/* docs/store.md shows the rows of HISTORY, byte for byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/replica/record.h"
#include "tests/lib/store.h"
#include "tests/lib/store_doc.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define TIME INT64_C(1767225600000000) /* 2026-01-01T00:00Z */
enum { ADA = 1, SITE = 3, GOAL = 4 };

static void the_document_shows_the_rows(void **state)
{
    (void)state;
    struct okr_test_store s = {0};
    okr_test_store_open(&s);
    struct okr_space space = okr_test_space(&s, false);
    struct okr_id goal = okr_test_id(GOAL);
    struct okr_history_change change = {.field = OKR_F_O_TITLE,
                                        .form_before = OKR_REG_VALUE,
                                        .form_after = OKR_REG_VALUE,
                                        .before = OKR_SLICE_LIT("Grow"),
                                        .after = OKR_SLICE_LIT("Shrink")};
    struct okr_history history = {.lsn = 12,
                                  .last = {.person = okr_test_id(ADA),
                                           .site = okr_test_id(SITE),
                                           .verb = OKR_VERB_SET,
                                           .is_signed = true,
                                           .time = TIME},
                                  .reason = OKR_SLICE_LIT("too big"),
                                  .changes = &change,
                                  .n_changes = 1};
    OK(okr_history_mark(&space, &goal, 9));
    OK(okr_history_put(&space, &goal, &history));
    unsigned dumps = okr_test_store_doc(s.txn, OKR_TABLE_HISTORY);
    okr_test_store_close(&s);
    assert_int_equal(dumps, 2);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_shows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
