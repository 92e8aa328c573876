/* Keys of persons: brought by a code, replaced, revoked; and what is believed
 * with and without them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/store/oplog.h"
#include "server/store/invites.h"
#include "tests/lib/persons.h"

static struct okr_test_hub h;
static struct okr_test_peer paris; /* a site of another unit than Bo's */
static struct okr_id sh, bo, cycle, objective;

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    sh = okr_test_unit(&h, "sh", &h.root);
    struct okr_id pa = okr_test_unit(&h, "pa", &h.root);
    const struct okr_id units[2] = {pa};
    okr_test_join(&h, &paris, "paris", units);
    bo = okr_test_person(&h, "bo@acme.example", &sh);
    cycle = okr_test_cycle(&h, "2026-Q1");
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, &sh, "grow", false);
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
    objective = act.entity;
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&paris);
    okr_test_hub_close(&h);
    return 0;
}

static void accepted(struct okr_answer answer)
{
    assert_int_equal(answer.verdict.rule, OKR_RULE_NONE);
    assert_true(okr_verdict_is_in(&answer.verdict));
}

static void refused(struct okr_answer answer, enum okr_rule rule)
{
    assert_int_equal(answer.verdict.outcome, OKR_OUTCOME_REJECTED);
    assert_int_equal(answer.verdict.rule, rule);
}

/* Something that everybody may do, and not a word that could be forged. */
static struct okr_op proposal(const struct okr_id *person)
{
    const struct okr_typed with[] = {OKR_REF(OKR_F_PR_CYCLE, cycle),
                                     OKR_REF(OKR_F_PR_UNIT, sh),
                                     OKR_TYPED(OKR_F_PR_TITLE, "tea"),
                                     {0}};
    const struct okr_test_act act = {OKR_VERB_ADD, OKR_KIND_PROPOSAL,
                                     okr_test_hub_id(&h), with, *person};
    return okr_test_op(&h, &act);
}

static struct okr_op comment(const struct okr_id *person)
{
    const struct okr_typed with[] = {OKR_REF(OKR_F_CM_SUBJECT, objective),
                                     OKR_TYPED(OKR_F_CM_TEXT, "tea?"),
                                     {0}};
    const struct okr_test_act act = {OKR_VERB_ADD, OKR_KIND_COMMENT,
                                     okr_test_hub_id(&h), with, *person};
    return okr_test_op(&h, &act);
}

static struct okr_answer pushed(struct okr_op op)
{
    return okr_test_push_op(&h, &paris, &op);
}

/* Signed with `key`, pushed by a site that does not attest for Bo. */
static struct okr_answer signs(const struct okr_test_key *key)
{
    struct okr_op op = proposal(&key->person);
    okr_test_sign(&h, key, &op);
    return pushed(op);
}

/* Through the server's own site, which attests for everybody. */
static struct okr_answer attested(struct okr_op op)
{
    struct okr_hub_event event = {
        .kind = OKR_HUB_LOCAL, .now = h.now, .ops = &op, .n_ops = 1};
    size_t n;
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    return okr_hub_local_answers(h.hub, &n)[0];
}

static struct okr_answer revokes(const struct okr_id *person,
                                 const struct okr_id *key)
{
    const struct okr_test_act act = {OKR_VERB_REVOKE, OKR_KIND_KEY, *key, NULL,
                                     *person};
    return attested(okr_test_op(&h, &act));
}

static uint32_t state_of(const struct okr_id *id, uint16_t field)
{
    return okr_record_enum(okr_test_record_of(&h, id), field, 0);
}

/* ---- bringing ------------------------------------------------------------ */

static void a_code_makes_a_key_known(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN];
    struct okr_id invite = okr_test_code(&h, &bo, code);
    struct okr_test_key key = okr_test_key_make(&h, &bo, 1);
    refused(signs(&key), OKR_RULE_SIGNATURE);
    struct okr_answer answer =
        pushed(okr_test_key_add(&h, &key, &invite, code));
    accepted(answer);
    assert_int_equal(state_of(&key.entity, OKR_F_KEY_STATE),
                     OKR_V_KEY_STATE_ACTIVE);
    assert_int_equal(state_of(&invite, OKR_F_INVITE_STATE),
                     OKR_V_INVITE_STATE_USED);
    accepted(signs(&key));
    struct okr_slice bytes;
    struct okr_leaf leaf;
    struct okr_kv_txn *txn;
    assert_int_equal(okr_kv_begin(h.kv, false, &txn), OKR_OK);
    assert_int_equal(okr_oplog_leaf(txn, answer.lsn - 1, &bytes), OKR_OK);
    assert_int_equal(okr_layout_leaf_read(bytes, &leaf), OKR_OK);
    assert_int_equal(leaf.kind, OKR_LEAF_KEY);
    okr_kv_abort(&txn);
    okr_test_key_free(&key);
}

/* The same operation again has the same answer; another one has none. */
static void a_code_is_used_once(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN];
    struct okr_id invite = okr_test_code(&h, &bo, code);
    struct okr_test_key key = okr_test_key_make(&h, &bo, 1);
    struct okr_test_key other = okr_test_key_make(&h, &bo, 2);
    struct okr_op op = okr_test_key_add(&h, &key, &invite, code);
    struct okr_answer first = pushed(op);
    accepted(first);
    assert_int_equal(pushed(op).lsn, first.lsn);
    refused(pushed(okr_test_key_add(&h, &other, &invite, code)),
            OKR_RULE_VOID_CODE);
    refused(signs(&other), OKR_RULE_SIGNATURE);
    okr_test_key_free(&key);
    okr_test_key_free(&other);
}

static void wrong_codes_burn_it(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN], wrong[OKR_CODE_LEN];
    struct okr_id invite = okr_test_code(&h, &bo, code);
    struct okr_test_key key = okr_test_key_make(&h, &bo, 1);
    memcpy(wrong, code, sizeof wrong);
    wrong[9] ^= 1;
    for (int i = 0; i < OKR_INVITE_FAILURES_MAX; i++) {
        key.entity = okr_test_hub_id(&h);
        refused(pushed(okr_test_key_add(&h, &key, &invite, wrong)),
                OKR_RULE_BAD_CODE);
        okr_test_hub_restart(&h); /* counted in the store */
    }
    key.entity = okr_test_hub_id(&h);
    refused(pushed(okr_test_key_add(&h, &key, &invite, code)),
            OKR_RULE_BAD_CODE);
    okr_test_key_free(&key);
}

static void four_slips_are_forgiven(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN], wrong[OKR_CODE_LEN] = {0};
    struct okr_id invite = okr_test_code(&h, &bo, code);
    struct okr_test_key key = okr_test_key_make(&h, &bo, 1);
    for (int i = 0; i < OKR_INVITE_FAILURES_MAX - 1; i++) {
        key.entity = okr_test_hub_id(&h);
        refused(pushed(okr_test_key_add(&h, &key, &invite, wrong)),
                OKR_RULE_BAD_CODE);
    }
    key.entity = okr_test_hub_id(&h);
    accepted(pushed(okr_test_key_add(&h, &key, &invite, code)));
    okr_test_key_free(&key);
}

static void a_code_expires(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN];
    struct okr_id invite = okr_test_code(&h, &bo, code);
    struct okr_test_key key = okr_test_key_make(&h, &bo, 1);
    h.now += (okr_us)3600 * 1000000;
    refused(pushed(okr_test_key_add(&h, &key, &invite, code)),
            OKR_RULE_VOID_CODE);
    okr_test_key_free(&key);
}

/* Who hears of a code cannot use it for himself, nor bring a key that he does
 * not hold, nor one that is somebody's. */
static void a_code_is_one_persons(void **state)
{
    (void)state;
    uint8_t code[OKR_CODE_LEN];
    struct okr_id cy = okr_test_person(&h, "cy@acme.example", &sh);
    struct okr_id invite = okr_test_code(&h, &bo, code);
    struct okr_test_key mine = okr_test_key_make(&h, &bo, 1);
    struct okr_test_key his = okr_test_key_make(&h, &cy, 2);
    refused(pushed(okr_test_key_add(&h, &his, &invite, code)),
            OKR_RULE_BAD_CODE);
    struct okr_op op = okr_test_key_add(&h, &mine, &invite, code);
    his.person = bo;
    okr_test_sign(&h, &his, &op);
    refused(pushed(op), OKR_RULE_SIGNATURE);
    op.is_signed = false;
    op.id = okr_test_hub_id(&h);
    refused(attested(op), OKR_RULE_SIGNATURE);
    his.person = cy;
    his.entity = okr_test_hub_id(&h);
    struct okr_test_key known = okr_test_key_known(&h, &paris, &cy, 3);
    struct okr_test_key copy = okr_test_key_make(&h, &bo, 3);
    refused(pushed(okr_test_key_add(&h, &copy, &invite, code)),
            OKR_RULE_DUPLICATE);
    okr_test_key_free(&known);
    okr_test_key_free(&copy);
    okr_test_key_free(&mine);
    okr_test_key_free(&his);
}

/* ---- with and without ---------------------------------------------------- */

static void who_has_a_key_must_sign(void **state)
{
    (void)state;
    accepted(attested(proposal(&bo)));
    struct okr_test_key laptop = okr_test_key_known(&h, &paris, &bo, 1);
    struct okr_test_key phone = okr_test_key_known(&h, &paris, &bo, 2);
    refused(attested(proposal(&bo)), OKR_RULE_NEEDS_KEY);
    accepted(attested(comment(&bo))); /* words do no harm */
    accepted(signs(&laptop));
    accepted(signs(&phone));
    struct okr_op op = proposal(&bo);
    okr_test_sign(&h, &phone, &op);
    op.sig[0] ^= 1;
    refused(pushed(op), OKR_RULE_SIGNATURE);
    okr_test_key_free(&laptop);
    okr_test_key_free(&phone);
}

/* ---- revoking ------------------------------------------------------------ */

static void a_revoked_key_signs_nothing_more(void **state)
{
    (void)state;
    struct okr_test_key lost = okr_test_key_known(&h, &paris, &bo, 1);
    struct okr_op late = proposal(&bo);
    okr_test_sign(&h, &lost, &late); /* before, and arrives after */
    accepted(revokes(&h.admin, &lost.entity));
    refused(pushed(late), OKR_RULE_KEY_REVOKED);
    refused(signs(&lost), OKR_RULE_KEY_REVOKED);
    /* Without a key he is not easier to impersonate than with one. */
    refused(attested(proposal(&bo)), OKR_RULE_NEEDS_KEY);
    struct okr_test_key next = okr_test_key_known(&h, &paris, &bo, 2);
    accepted(signs(&next));
    refused(revokes(&h.admin, &lost.entity), OKR_RULE_NOT_OPEN);
    okr_test_key_free(&lost);
    okr_test_key_free(&next);
}

static void who_may_revoke(void **state)
{
    (void)state;
    struct okr_id cy = okr_test_person(&h, "cy@acme.example", &sh);
    struct okr_test_key boss = okr_test_key_known(&h, &paris, &h.admin, 9);
    struct okr_test_key laptop = okr_test_key_known(&h, &paris, &bo, 1);
    struct okr_test_key phone = okr_test_key_known(&h, &paris, &bo, 2);
    refused(revokes(&cy, &laptop.entity), OKR_RULE_NOT_PERMITTED);
    const struct okr_test_act act = {OKR_VERB_REVOKE, OKR_KIND_KEY,
                                     laptop.entity, NULL, bo};
    struct okr_op op = okr_test_op(&h, &act);
    okr_test_sign(&h, &phone, &op);
    accepted(pushed(op)); /* his own, from the other device */
    /* An admin who lost his key: the server's own site may say it for him,
     * another one may not. */
    const struct okr_test_act of_boss = {OKR_VERB_REVOKE, OKR_KIND_KEY,
                                         phone.entity, NULL, h.admin};
    const struct okr_id root[2] = {h.root};
    struct okr_test_peer wide;
    okr_test_join(&h, &wide, "wide", root);
    op = okr_test_op(&h, &of_boss);
    refused(okr_test_push_op(&h, &wide, &op), OKR_RULE_NEEDS_KEY);
    accepted(revokes(&h.admin, &boss.entity));
    okr_test_leave(&wide);
    okr_test_key_free(&boss);
    okr_test_key_free(&laptop);
    okr_test_key_free(&phone);
}

/* ---- replacing ----------------------------------------------------------- */

static void a_key_is_replaced_by_both(void **state)
{
    (void)state;
    struct okr_test_key old = okr_test_key_known(&h, &paris, &bo, 1);
    struct okr_test_key other = okr_test_key_known(&h, &paris, &bo, 2);
    struct okr_test_key next = okr_test_key_make(&h, &bo, 3);
    struct okr_op op = okr_test_key_rotate(&h, &old, &next);
    struct okr_op forged = op;
    forged.id = okr_test_hub_id(&h);
    okr_test_sign(&h, &next, &forged); /* by the new one alone */
    refused(pushed(forged), OKR_RULE_SIGNATURE);
    forged = op;
    forged.id = okr_test_hub_id(&h);
    okr_test_sign(&h, &other, &forged); /* by a third one of his */
    refused(pushed(forged), OKR_RULE_SIGNATURE);
    accepted(pushed(op));
    assert_int_equal(state_of(&old.entity, OKR_F_KEY_STATE),
                     OKR_V_KEY_STATE_REPLACED);
    refused(signs(&old), OKR_RULE_KEY_REVOKED);
    accepted(signs(&next));
    accepted(signs(&other));
    struct okr_test_key last = okr_test_key_make(&h, &bo, 4);
    refused(pushed(okr_test_key_rotate(&h, &old, &last)), OKR_RULE_KEY_REVOKED);
    okr_test_key_free(&old);
    okr_test_key_free(&other);
    okr_test_key_free(&next);
    okr_test_key_free(&last);
}

/* A proof by another key than the one that comes: nobody holds that one. */
static void the_new_key_must_agree(void **state)
{
    (void)state;
    struct okr_test_key old = okr_test_key_known(&h, &paris, &bo, 1);
    struct okr_test_key next = okr_test_key_make(&h, &bo, 3);
    struct okr_test_key cy = okr_test_key_make(&h, &bo, 4);
    struct okr_op op = okr_test_key_rotate(&h, &old, &next);
    struct okr_slice cys = okr_arena_copy(h.keep, op.payload);
    uint8_t *bytes = (uint8_t *)(uintptr_t)cys.data;
    struct okr_pk mine = okr_sk_public(next.sk), his = okr_sk_public(cy.sk);
    for (size_t i = 0; i + sizeof mine.b <= cys.len; i++)
        if (memcmp(bytes + i, mine.b, sizeof mine.b) == 0)
            memcpy(bytes + i, his.b, sizeof his.b);
    op.payload = cys;
    op.id = okr_test_hub_id(&h);
    okr_test_sign(&h, &old, &op);
    refused(pushed(op), OKR_RULE_SIGNATURE);
    okr_test_key_free(&old);
    okr_test_key_free(&next);
    okr_test_key_free(&cy);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_code_makes_a_key_known), TEST(a_code_is_used_once),
        TEST(wrong_codes_burn_it),      TEST(four_slips_are_forgiven),
        TEST(a_code_expires),           TEST(a_code_is_one_persons),
        TEST(who_has_a_key_must_sign),  TEST(a_revoked_key_signs_nothing_more),
        TEST(who_may_revoke),           TEST(a_key_is_replaced_by_both),
        TEST(the_new_key_must_agree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
