/* Check-ins, attested or signed; see bench_author.h. */
#include "tests/lib/bench_author.h"

#include <stdio.h>
#include <string.h>

#include "common/codec/codec.h"
#include "common/model/value.h"
#include "tests/lib/bench.h"

struct okr_sk *okr_bench_author_key(struct okr_test_hub *h)
{
    static const uint8_t seed[OKR_SIGN_SEED_LEN] = {0x5e, 0xed};
    char hex[2 * OKR_SIGN_PK_LEN + 1];
    struct okr_sk *key;
    okr_bench_need(okr_sk_from_seed(seed, &key) == OKR_OK, "key");
    struct okr_pk pk = okr_sk_public(key);
    for (size_t i = 0; i < sizeof pk.b; i++)
        (void)snprintf(hex + 2 * i, 3, "%02x", pk.b[i]);
    const struct okr_typed with[] = {OKR_REF(OKR_F_KEY_PERSON, h->admin),
                                     OKR_TYPED(OKR_F_KEY_PUBLIC, hex),
                                     {.field = 0}};
    const struct okr_test_act act = {.verb = OKR_VERB_KEY_ADD,
                                     .kind = OKR_KIND_KEY,
                                     .entity = okr_test_hub_id(h),
                                     .changes = with};
    struct okr_op op = okr_test_op(h, &act);
    const struct okr_hub_event event = {.kind = OKR_HUB_LOCAL,
                                        .now = h->now,
                                        .ops = &op,
                                        .n_ops = 1,
                                        .authority = true};
    okr_bench_need(okr_test_turn(h, &event, 1) == OKR_OK, "key");
    size_t n;
    const struct okr_answer *answer = okr_hub_local_answers(h->hub, &n);
    okr_bench_need(n == 1 && okr_verdict_is_in(&answer->verdict), "key");
    return key;
}

/* As sites make them: UUIDv7, so they ascend with time. */
static struct okr_id fresh_id(struct okr_bench_author *author)
{
    uint8_t random[10] = {0};
    author->drawn++;
    okr_be_put32(random + 2, author->drawn);
    okr_be_put32(random + 6, author->drawn * 2654435761U);
    return okr_id_make(author->now + author->drawn * 100, random);
}

static struct okr_slice payload_of(struct okr_bench_author *author,
                                   struct okr_arena *arena)
{
    size_t i = author->drawn / 2 % author->n_key_results;
    const struct okr_dec value = {42, 0};
    struct okr_change changes[] = {
        {.field = OKR_F_CI_KEY_RESULT,
         .data = okr_value_id(arena, &author->key_results[i])},
        {.field = OKR_F_CI_VALUE, .data = okr_value_dec(arena, value)},
        {.field = OKR_F_CI_CONFIDENCE, .data = okr_value_int(arena, 7)},
        {.field = OKR_F_CI_OBSERVED_AT,
         .data = okr_value_int(arena, author->now - 1000000)},
    };
    const struct okr_payload payload = {
        .verb = OKR_VERB_CHECKIN,
        .kind = OKR_KIND_CHECK_IN,
        .entity = fresh_id(author),
        .changes = changes,
        .n_changes = sizeof changes / sizeof changes[0],
    };
    struct okr_buf bytes;
    for (size_t k = 0; k < payload.n_changes; k++)
        changes[k].form = OKR_REG_VALUE;
    okr_buf_init(&bytes, arena);
    okr_payload_encode(&payload, &bytes);
    okr_bench_need(bytes.err == OKR_OK, "a check-in");
    return okr_buf_slice(&bytes);
}

struct okr_op okr_bench_check_in(struct okr_bench_author *author,
                                 struct okr_arena *arena)
{
    struct okr_op op = {
        .payload = payload_of(author, arena),
        .id = fresh_id(author),
        .person = author->person,
        .time = author->now,
        .verb = OKR_VERB_CHECKIN,
        .schema = OKR_SCHEMA_VERSION,
    };
    memcpy(op.salt, op.id.b, OKR_ID_LEN);
    if (author->key != NULL) {
        uint8_t header[OKR_OP_HEADER_LEN];
        op.is_signed = true;
        okr_layout_op(&op, &author->org, header);
        struct okr_sig sig =
            okr_sign(author->key, okr_slice_of(header, sizeof header));
        memcpy(op.sig, sig.b, sizeof op.sig);
    }
    return op;
}
