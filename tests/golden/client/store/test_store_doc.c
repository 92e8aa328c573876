/* docs/store.md shows the rows that client/store writes, byte for byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/store/outbox.h"
#include "tests/lib/store.h"
#include "tests/lib/store_doc.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define TIME INT64_C(1767225600000000) /* 2026-01-01T00:00Z */
enum { ADA = 1, MINE = 8 };

static struct okr_op operation(void)
{
    struct okr_op op = {.id = okr_test_id(MINE),
                        .person = okr_test_id(ADA),
                        .time = TIME,
                        .verb = 2,
                        .schema = 1,
                        .payload = OKR_SLICE_LIT("payload")};
    memset(op.salt, 0x5a, sizeof op.salt);
    return op;
}

static void fill(struct okr_test_store *s)
{
    struct okr_out out = {
        .seq = 3, .state = OKR_OUT_PUSHED, .at = TIME, .op = operation()};
    OK(okr_outbox_put(s->txn, &out, s->arena));
    out.state = OKR_OUT_ANSWERED;
    out.written = true;
    out.answer = (struct okr_answer){.op = out.op.id, .lsn = 9, .time = TIME};
    OK(okr_sent_put(s->txn, &out, s->arena));
    out.answer.verdict = okr_verdict_reject(OKR_RULE_STALE, OKR_F_O_STATE);
    struct okr_refused refused = {
        .op = out.op, .answer = out.answer, .at = TIME};
    OK(okr_refused_put(s->txn, &refused, s->arena));
    struct okr_pushed_out push = {
        .first_seq = 2, .last_seq = 3, .frame = OKR_SLICE_LIT("frame")};
    memset(push.hash.b, 0xaa, sizeof push.hash.b);
    OK(okr_push_put(s->txn, &push, s->arena));
}

static void the_document_shows_the_rows(void **state)
{
    (void)state;
    struct okr_test_store s = {0};
    okr_test_store_open(&s);
    fill(&s);
    unsigned dumps[] = {okr_test_store_doc(s.txn, OKR_TABLE_OUTBOX),
                        okr_test_store_doc(s.txn, OKR_TABLE_PUSH),
                        okr_test_store_doc(s.txn, OKR_TABLE_SENT),
                        okr_test_store_doc(s.txn, OKR_TABLE_REFUSED)};
    okr_test_store_close(&s);
    for (size_t i = 0; i < sizeof dumps / sizeof dumps[0]; i++)
        assert_int_equal(dumps[i], 1);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_shows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
