/* Enrolling: a token becomes a site once, and says why when it does not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/tlog/checkpoint.h"
#include "server/store/invites.h"
#include "tests/lib/hub.h"

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id sh, units[2];

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    sh = okr_test_unit(&h, "sh", &h.root);
    units[0] = sh;
    okr_test_invite(&h, &peer, "paris", units);
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&peer);
    okr_test_hub_close(&h);
    return 0;
}

static const struct okr_enrolled *enrolled(const struct okr_msg *reply)
{
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_ENROLLED);
    return &reply->u.enrolled;
}

static void refused(const struct okr_msg *reply, const char *word)
{
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_REFUSE);
    assert_int_equal(reply->u.refuse.code, OKR_REFUSAL_TOKEN);
    char *text = okr_arena_str(h.keep, reply->u.refuse.text);
    assert_non_null(strstr(text, word));
    assert_null(okr_test_effect(&h, OKR_FX_ENROLLED));
    assert_null(okr_test_record_of(&h, &peer.id));
}

static void test_a_token_makes_a_site(void **state)
{
    (void)state;
    uint64_t size = okr_test_log_size(&h);
    struct okr_enrolled reply = *enrolled(okr_test_enrol(&h, &peer));
    assert_true(okr_slice_is(reply.name, "paris"));
    assert_true(okr_id_eq(&reply.org, &h.org));
    assert_true(okr_id_eq(&reply.server_site, &h.server_site));
    const struct okr_record *site = okr_test_record_of(&h, &peer.id);
    assert_non_null(site);
    assert_true(okr_record_in_set(site, OKR_F_SITE_UNITS, okr_id_slice(&sh)));
    assert_int_equal(okr_record_enum(site, OKR_F_SITE_STATE, 0),
                     OKR_V_KEY_STATE_ACTIVE);
    struct okr_id author;
    assert_true(okr_record_id(site, OKR_F_AUTHOR, &author));
    assert_true(okr_id_eq(&author, &h.admin));
    struct okr_id by;
    assert_true(okr_record_id(site, OKR_F_SITE_INVITE, &by));
    assert_int_equal(
        okr_record_enum(okr_test_record_of(&h, &by), OKR_F_INVITE_STATE, 0),
        OKR_V_INVITE_STATE_USED);
    const struct okr_fx *fx = okr_test_effect(&h, OKR_FX_ENROLLED);
    assert_true(okr_id_eq(&fx->id, &peer.id));
    assert_memory_equal(fx->user, peer.enrol.link_key, sizeof fx->user);
    assert_int_equal(reply.leaf_index, size);
    /* Everybody learns of it. */
    assert_non_null(okr_test_published(&h, OKR_MSG_EVENT, OKR_SCOPE_COMPANY));
}

static void check_leaf(const struct okr_enrolled *reply)
{
    struct okr_note *note = okr_arena_alloc(h.keep, sizeof *note);
    struct okr_pk pk = okr_sk_public(h.log_key);
    assert_memory_equal(pk.b, reply->log_key.b, sizeof pk.b);
    assert_int_equal(okr_note_parse(reply->checkpoint, note), OKR_OK);
    assert_true(okr_note_signed_by(note, &pk));
    assert_string_equal(note->checkpoint.origin, "acme/audit/epoch-1");
    struct okr_tlog_proof proof = {.n = reply->n_proof};
    memcpy(proof.hash, reply->proof, reply->n_proof * sizeof *proof.hash);
    struct okr_hash hash = okr_tlog_leaf_hash(reply->leaf);
    assert_true(okr_tlog_inclusion_holds(&hash, reply->leaf_index,
                                         note->checkpoint.size, &proof,
                                         &note->checkpoint.root));
    struct okr_leaf leaf;
    struct okr_op_body body;
    struct okr_op_header header;
    assert_int_equal(okr_layout_leaf_read(reply->leaf, &leaf), OKR_OK);
    assert_int_equal(leaf.kind, OKR_LEAF_KEY);
    assert_int_equal(okr_layout_op_body_read(leaf.body, &body), OKR_OK);
    okr_layout_op_header_read(body.header, &header);
    assert_int_equal(header.verb, OKR_VERB_ENROL);
}

static void test_the_reply_proves_the_leaf(void **state)
{
    (void)state;
    struct okr_enrolled reply = *enrolled(okr_test_enrol(&h, &peer));
    check_leaf(&reply);
}

static void test_the_same_enrol_again_succeeds_again(void **state)
{
    (void)state;
    struct okr_enrolled first = *enrolled(okr_test_enrol(&h, &peer));
    (void)okr_test_unit(&h, "bj", &h.root);
    uint64_t size = okr_test_log_size(&h);
    okr_test_hub_restart(&h);
    h.now += (okr_us)48 * 3600 * 1000000; /* even when it has expired since */
    struct okr_enrolled again = *enrolled(okr_test_enrol(&h, &peer));
    assert_int_equal(again.leaf_index, first.leaf_index);
    assert_true(okr_slice_eq(again.leaf, first.leaf));
    check_leaf(&again);
    assert_int_equal(okr_test_log_size(&h), size);
    assert_non_null(okr_test_effect(&h, OKR_FX_ENROLLED));
}

static void test_a_used_token_is_void_for_others(void **state)
{
    (void)state;
    struct okr_test_peer thief;
    (void)enrolled(okr_test_enrol(&h, &peer));
    okr_test_invite(&h, &thief, "thief", units);
    memcpy(thief.enrol.token_id, peer.enrol.token_id, 8);
    memcpy(thief.enrol.secret, peer.enrol.secret, 20);
    okr_test_enrol_sign(&thief);
    const struct okr_msg *reply = okr_test_enrol(&h, &thief);
    assert_int_equal(reply->u.refuse.code, OKR_REFUSAL_TOKEN);
    assert_null(okr_test_record_of(&h, &thief.id));
    /* Nor with the first one's name, under another key. */
    thief.enrol.site = peer.id;
    okr_test_enrol_sign(&thief);
    reply = okr_test_enrol(&h, &thief);
    assert_int_equal(reply->type, OKR_MSG_REFUSE);
    assert_null(okr_test_effect(&h, OKR_FX_ENROLLED));
    okr_test_leave(&thief);
}

/* A second site with the keys of the first could not be told from it. */
static void test_keys_make_one_site(void **state)
{
    (void)state;
    struct okr_test_peer other;
    okr_test_invite(&h, &other, "other", units);
    struct okr_enrol own = other.enrol;
    (void)enrolled(okr_test_enrol(&h, &peer));
    memcpy(other.enrol.link_key, peer.enrol.link_key, 32);
    okr_test_enrol_sign(&other);
    assert_int_equal(okr_test_enrol(&h, &other)->type, OKR_MSG_REFUSE);
    struct okr_sk *key = other.key;
    other.key = peer.key;
    other.enrol = own;
    other.enrol.site_key = peer.enrol.site_key;
    okr_test_enrol_sign(&other);
    assert_int_equal(okr_test_enrol(&h, &other)->type, OKR_MSG_REFUSE);
    other.key = key;
    other.enrol = own;
    okr_test_enrol_sign(&other);
    (void)enrolled(okr_test_enrol(&h, &other)); /* the token is still good */
    okr_test_leave(&other);
}

/* Again means all of it again: another id or another key is another site. */
static void test_again_means_the_very_same(void **state)
{
    (void)state;
    (void)enrolled(okr_test_enrol(&h, &peer));
    struct okr_enrol was = peer.enrol;
    peer.enrol.site = okr_test_hub_id(&h);
    okr_test_enrol_sign(&peer);
    assert_int_equal(okr_test_enrol(&h, &peer)->type, OKR_MSG_REFUSE);
    peer.enrol = was;
    struct okr_sk *key = peer.key;
    uint8_t seed[OKR_SIGN_SEED_LEN] = {0x31};
    assert_int_equal(okr_sk_from_seed(seed, &peer.key), OKR_OK);
    peer.enrol.site_key = okr_sk_public(peer.key);
    okr_test_enrol_sign(&peer);
    assert_int_equal(okr_test_enrol(&h, &peer)->type, OKR_MSG_REFUSE);
    okr_sk_free(&peer.key);
    peer.key = key;
    peer.enrol = was;
    (void)enrolled(okr_test_enrol(&h, &peer));
}

static void test_a_wrong_secret_burns_the_token(void **state)
{
    (void)state;
    struct okr_test_peer good = peer;
    peer.enrol.secret[19] ^= 1;
    okr_test_enrol_sign(&peer);
    uint64_t size = okr_test_log_size(&h);
    for (int i = 0; i < OKR_INVITE_FAILURES_MAX - 1; i++) {
        refused(okr_test_enrol(&h, &peer), "altered");
        okr_test_hub_restart(&h); /* counted in the store */
    }
    refused(okr_test_enrol(&h, &peer), "void");
    refused(okr_test_enrol(&h, &good), "void");
    assert_int_equal(okr_test_log_size(&h), size);
}

static void test_four_slips_are_forgiven(void **state)
{
    (void)state;
    struct okr_test_peer bad = peer;
    bad.enrol.secret[0] ^= 1;
    okr_test_enrol_sign(&bad);
    for (int i = 0; i < OKR_INVITE_FAILURES_MAX - 1; i++)
        refused(okr_test_enrol(&h, &bad), "altered");
    (void)enrolled(okr_test_enrol(&h, &peer));
}

static void test_an_expired_token_says_so(void **state)
{
    (void)state;
    h.now += (okr_us)24 * 3600 * 1000000 - 1;
    struct okr_hub_event event = {.kind = OKR_HUB_TIMEOUT, .now = h.now};
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    h.now += 1;
    refused(okr_test_enrol(&h, &peer), "expired");
}

static void test_an_unknown_token_says_so(void **state)
{
    (void)state;
    peer.enrol.token_id[0] ^= 1;
    okr_test_enrol_sign(&peer);
    refused(okr_test_enrol(&h, &peer), "unknown");
}

static void test_a_withdrawn_invitation_says_so(void **state)
{
    (void)state;
    struct okr_kv_txn *txn;
    struct okr_invite invite;
    assert_int_equal(okr_kv_begin(h.kv, false, &txn), OKR_OK);
    assert_int_equal(okr_invite_get(txn, peer.enrol.token_id, &invite), OKR_OK);
    okr_kv_abort(&txn);
    struct okr_typed with[] = {OKR_TYPED(OKR_F_ARCHIVED, "true"), {0}};
    struct okr_test_act act = {
        OKR_VERB_ARCHIVE, OKR_KIND_INVITE, invite.entity, with, {{0}}};
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
    refused(okr_test_enrol(&h, &peer), "withdrawn");
}

/* Judged, not only kept beside the log: an auditor's replay sees it too. */
static void test_an_invitation_makes_one_site(void **state)
{
    (void)state;
    struct okr_id by;
    (void)enrolled(okr_test_enrol(&h, &peer));
    assert_true(okr_record_id(okr_test_record_of(&h, &peer.id),
                              OKR_F_SITE_INVITE, &by));
    struct okr_typed with[] = {
        OKR_TYPED(OKR_F_SITE_NAME, "second"), OKR_TYPED(OKR_F_SITE_KEY, "00"),
        OKR_TYPED(OKR_F_WITNESS_KEY, "00"),   OKR_TYPED(OKR_F_LINK_KEY, "00"),
        OKR_REF(OKR_F_SITE_INVITE, by),       {0}};
    struct okr_test_act act = {.verb = OKR_VERB_ENROL,
                               .kind = OKR_KIND_SITE,
                               .entity = okr_test_hub_id(&h),
                               .changes = with};
    struct okr_op op = okr_test_op(&h, &act);
    struct okr_hub_event event = {.kind = OKR_HUB_LOCAL,
                                  .now = h.now,
                                  .ops = &op,
                                  .n_ops = 1,
                                  .authority = true};
    size_t n;
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    const struct okr_answer *answer = okr_hub_local_answers(h.hub, &n);
    assert_int_equal(answer->verdict.rule, OKR_RULE_NOT_OPEN);
    assert_true(okr_id_eq(&answer->verdict.about, &by));
}

/* The name is taken: the operation is rejected, and the token not used up. */
static void test_a_taken_name_is_told(void **state)
{
    (void)state;
    struct okr_test_peer other;
    okr_test_invite(&h, &other, "paris", units);
    (void)enrolled(okr_test_enrol(&h, &peer));
    const struct okr_msg *reply = okr_test_enrol(&h, &other);
    assert_int_equal(reply->type, OKR_MSG_REFUSE);
    char *text = okr_arena_str(h.keep, reply->u.refuse.text);
    assert_non_null(strstr(text, "unique"));
    okr_test_leave(&other);
}

static void test_it_must_be_signed_by_what_it_brings(void **state)
{
    (void)state;
    peer.enrol.sig.b[0] ^= 1;
    const struct okr_msg *reply = okr_test_enrol(&h, &peer);
    assert_int_equal(reply->type, OKR_MSG_ERROR);
    peer.enrol.sig.b[0] ^= 1;
    /* Over a link with another key than the one it would enrol. */
    struct okr_msg msg = {.type = OKR_MSG_ENROL, .u.enrol = peer.enrol};
    struct okr_hub_event event = okr_test_from(&h, &peer, &msg);
    event.user[0] ^= 1;
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    assert_int_equal(h.sent[0].msg->type, OKR_MSG_ERROR);
    assert_null(okr_test_record_of(&h, &peer.id));
    (void)enrolled(okr_test_enrol(&h, &peer));
}

static void test_a_revoked_site_does_not_come_back(void **state)
{
    (void)state;
    (void)enrolled(okr_test_enrol(&h, &peer));
    struct okr_test_act revoke = {
        .verb = OKR_VERB_REVOKE, .kind = OKR_KIND_SITE, .entity = peer.id};
    struct okr_answer answer = okr_test_local(&h, &revoke);
    assert_true(okr_verdict_is_in(&answer.verdict));
    const struct okr_msg *reply = okr_test_enrol(&h, &peer);
    assert_int_equal(reply->type, OKR_MSG_REFUSE);
    assert_int_equal(reply->u.refuse.code, OKR_REFUSAL_REVOKED);
    assert_null(okr_test_effect(&h, OKR_FX_ENROLLED));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_token_makes_a_site),
        TEST(test_the_reply_proves_the_leaf),
        TEST(test_the_same_enrol_again_succeeds_again),
        TEST(test_a_used_token_is_void_for_others),
        TEST(test_keys_make_one_site),
        TEST(test_again_means_the_very_same),
        TEST(test_a_wrong_secret_burns_the_token),
        TEST(test_four_slips_are_forgiven),
        TEST(test_an_expired_token_says_so),
        TEST(test_an_unknown_token_says_so),
        TEST(test_a_withdrawn_invitation_says_so),
        TEST(test_an_invitation_makes_one_site),
        TEST(test_a_taken_name_is_told),
        TEST(test_it_must_be_signed_by_what_it_brings),
        TEST(test_a_revoked_site_does_not_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
