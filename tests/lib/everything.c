/* A server's store in which everything happened that leaves rows: see
 * everything.h. */
#include "tests/lib/everything.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define OK(call) assert_int_equal(call, OKR_OK)

struct okr_answer okr_everything_push(struct okr_everything *e,
                                      struct okr_op *op)
{
    struct okr_msg push = okr_test_push(&e->h, &e->peer, op, 1);
    const struct okr_msg *reply = okr_test_send(&e->h, &e->peer, &push);
    assert_int_equal(reply->type, OKR_MSG_PUSHED);
    return reply->u.pushed.answers[0];
}

static struct okr_test_act key_result(struct okr_everything *e,
                                      const struct okr_id *objective)
{
    struct okr_typed *with = okr_arena_array(e->h.keep, 4, sizeof *with);
    with[0] = (struct okr_typed)OKR_REF(OKR_F_KR_OBJECTIVE, *objective);
    with[1] = (struct okr_typed)OKR_TYPED(OKR_F_KR_TITLE, "kr");
    with[2] = (struct okr_typed)OKR_REF(OKR_F_KR_OWNER, e->h.admin);
    return (struct okr_test_act){.verb = OKR_VERB_ADD,
                                 .kind = OKR_KIND_KEY_RESULT,
                                 .entity = okr_test_hub_id(&e->h),
                                 .changes = with};
}

static struct okr_sk *author_key(void)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk;
    memset(seed, 9, sizeof seed);
    OK(okr_sk_from_seed(seed, &sk));
    return sk;
}

static void sign(struct okr_everything *e, struct okr_op *op)
{
    uint8_t header[OKR_OP_HEADER_LEN];
    struct okr_sk *sk = author_key();
    okr_layout_op(op, &e->h.org, header);
    struct okr_sig sig = okr_sign(sk, okr_slice_of(header, sizeof header));
    memcpy(op->sig, sig.b, sizeof op->sig);
    op->is_signed = true;
    okr_sk_free(&sk);
}

/* The admin's key, as a person's key comes: by the server's own operation. */
static void add_key(struct okr_everything *e)
{
    static char hex[65];
    struct okr_sk *sk = author_key();
    struct okr_pk pk = okr_sk_public(sk);
    for (size_t i = 0; i < sizeof pk.b; i++)
        snprintf(hex + 2 * i, 3, "%02x", pk.b[i]);
    const struct okr_typed with[] = {OKR_REF(OKR_F_KEY_PERSON, e->h.admin),
                                     OKR_TYPED(OKR_F_KEY_PUBLIC, hex),
                                     {0}};
    e->key_id = okr_test_hub_id(&e->h);
    struct okr_test_act act = {.verb = OKR_VERB_KEY_ADD,
                               .kind = OKR_KIND_KEY,
                               .entity = e->key_id,
                               .changes = with};
    struct okr_op op = okr_test_op(&e->h, &act);
    struct okr_hub_event event = {.kind = OKR_HUB_LOCAL,
                                  .now = e->h.now,
                                  .ops = &op,
                                  .n_ops = 1,
                                  .authority = true};
    OK(okr_test_turn(&e->h, &event, 1));
    size_t n;
    assert_true(
        okr_verdict_is_in(&okr_hub_local_answers(e->h.hub, &n)[0].verdict));
    okr_sk_free(&sk);
}

static void push_acts(struct okr_everything *e)
{
    struct okr_test_act late =
        okr_test_objective(&e->h, &e->cycle, &e->h.root, "late", true);
    struct okr_test_act first = key_result(e, &late.entity);
    struct okr_test_act never = key_result(e, &e->parked_for);
    struct okr_op op = okr_test_op(&e->h, &first);
    assert_int_equal(okr_everything_push(e, &op).verdict.outcome,
                     OKR_OUTCOME_PARKED);
    op = okr_test_op(&e->h, &late); /* and that sets it free */
    assert_int_equal(okr_everything_push(e, &op).verdict.outcome,
                     OKR_OUTCOME_ACCEPTED);
    /* Again, in pushes of their own that leave no leaf. */
    assert_int_equal(okr_everything_push(e, &op).verdict.outcome,
                     OKR_OUTCOME_ACCEPTED);
    assert_int_equal(okr_everything_push(e, &op).verdict.outcome,
                     OKR_OUTCOME_ACCEPTED);
    op.time++; /* another one under its number */
    assert_int_equal(okr_everything_push(e, &op).verdict.rule,
                     OKR_RULE_OP_ID_REUSED);
    op = okr_test_op(&e->h, &never);
    assert_int_equal(okr_everything_push(e, &op).verdict.outcome,
                     OKR_OUTCOME_PARKED);
}

static void push_signed(struct okr_everything *e)
{
    struct okr_test_act act =
        okr_test_objective(&e->h, &e->cycle, &e->h.root, "signed", false);
    e->signed_op = okr_test_op(&e->h, &act);
    sign(e, &e->signed_op);
    assert_int_equal(okr_everything_push(e, &e->signed_op).verdict.outcome,
                     OKR_OUTCOME_ACCEPTED);
    act = okr_test_objective(&e->h, &e->cycle, &e->h.root, "forged", false);
    struct okr_op op = okr_test_op(&e->h, &act);
    sign(e, &op);
    op.sig[5] ^= 1;
    assert_int_equal(okr_everything_push(e, &op).verdict.rule,
                     OKR_RULE_SIGNATURE);
}

void okr_everything_open(struct okr_everything *e)
{
    okr_test_hub_open(&e->h);
    const struct okr_id units[] = {e->h.root, {{0}}};
    okr_test_join(&e->h, &e->peer, "paris", units);
    e->cycle = okr_test_cycle(&e->h, "Q1");
    e->parked_for = okr_test_hub_id(&e->h);
    for (size_t i = 0; i < 4; i++)
        (void)okr_test_unit(&e->h, (const char *[]){"a", "b", "c", "d"}[i],
                            &e->h.root);
    push_acts(e);
    add_key(e);
    push_signed(e);
    struct okr_test_act last =
        okr_test_objective(&e->h, &e->cycle, &e->h.root, "last", false);
    struct okr_op op = okr_test_op(&e->h, &last);
    sign(e, &op);
    assert_int_equal(okr_everything_push(e, &op).verdict.outcome,
                     OKR_OUTCOME_ACCEPTED);
}

void okr_everything_close(struct okr_everything *e)
{
    okr_test_leave(&e->peer);
    okr_test_hub_close(&e->h);
}
