/* docs/store.md shows the rows that server/store writes, byte for byte. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "server/store/invites.h"
#include "server/store/parked.h"
#include "server/store/peers.h"
#include "tests/lib/store.h"
#include "tests/lib/store_doc.h"

#define OK(call) assert_int_equal(call, OKR_OK)
#define TIME INT64_C(1767225600000000) /* 2026-01-01T00:00Z */
enum { SITE = 3, OP = 7, MISSING = 9, INVITE = 10, ADA = 1 };

static struct okr_hash filled(int byte)
{
    struct okr_hash hash;
    memset(hash.b, byte, sizeof hash.b);
    return hash;
}

static struct okr_mark mark(void)
{
    return (struct okr_mark){
        .site = okr_test_id(SITE), .incarnation = 2, .seq = 5};
}

static void peers(struct okr_test_store *s)
{
    struct okr_mark of = mark();
    struct okr_peer peer = {.incarnation = of.incarnation,
                            .last_seq = of.seq,
                            .last_push = filled(0xaa),
                            .seen_size = 300,
                            .seen_root = filled(0xbb)};
    OK(okr_peer_put(s->txn, &of.site, &peer));
    struct okr_answer answer = {.op = okr_test_id(OP), .lsn = 9, .time = TIME};
    struct okr_hash op_hash = filled(0xcc);
    OK(okr_answer_put(s->txn, &of, &answer, &op_hash, s->arena));
}

static void invites(struct okr_test_store *s)
{
    static const uint8_t token[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    struct okr_invite invite = {.secret_hash = filled(0xdd),
                                .entity = okr_test_id(INVITE),
                                .expires = TIME,
                                .failures = 2,
                                .used = true,
                                .site = okr_test_id(SITE)};
    OK(okr_invite_put(s->txn, token, &invite));
}

static void parked(struct okr_test_store *s)
{
    struct okr_parked row = {.op = {.id = okr_test_id(OP),
                                    .person = okr_test_id(ADA),
                                    .time = TIME,
                                    .verb = 2,
                                    .schema = 1,
                                    .payload = OKR_SLICE_LIT("payload")},
                             .mark = mark(),
                             .first_seq = 4,
                             .waits_for = okr_test_id(MISSING),
                             .since = TIME};
    memset(row.op.salt, 0x5a, sizeof row.op.salt);
    OK(okr_parked_put(s->txn, &row, s->arena));
}

static void the_document_shows_the_rows(void **state)
{
    (void)state;
    struct okr_test_store s = {0};
    okr_test_store_open(&s);
    peers(&s);
    invites(&s);
    parked(&s);
    unsigned dumps[] = {okr_test_store_doc(s.txn, OKR_TABLE_ANSWER),
                        okr_test_store_doc(s.txn, OKR_TABLE_PEER),
                        okr_test_store_doc(s.txn, OKR_TABLE_INVITE),
                        okr_test_store_doc(s.txn, OKR_TABLE_PARKED)};
    okr_test_store_close(&s);
    assert_int_equal(dumps[0], 1);
    assert_int_equal(dumps[1], 1);
    assert_int_equal(dumps[2], 1);
    assert_int_equal(dumps[3], 3);
}

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_document_shows_the_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
