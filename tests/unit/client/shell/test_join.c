/* Joining: what a token is answered with, what of the server's answer is
 * believed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "client/shell/join.h"
#include "common/msg/layout.h"
#include "common/tlog/checkpoint.h"
#include "tests/lib/files.h"

enum { SIZE = 6, INDEX = 4 };

/* A log of six leaves, the fifth of which enrols the site. */
static struct {
    struct okr_arena *arena;
    struct okr_sk *log_key, *other_key;
    struct okr_site_keys keys;
    struct okr_hash nodes[64];
    struct okr_token token;
    struct okr_enrol enrol;
    struct okr_id org, server_site;
    struct okr_effect effects[4];
    size_t n_effects;
    struct okr_op op;
    struct okr_leaf leaf;
    struct okr_enrolled enrolled;
    struct okr_tlog_proof proof;
    struct okr_checkpoint checkpoint;
} t;

static enum okr_err node_get(void *context, uint64_t index,
                             struct okr_hash *ret)
{
    (void)context;
    *ret = t.nodes[index];
    return OKR_OK;
}

static enum okr_err node_put(void *context, uint64_t index,
                             const struct okr_hash *hash)
{
    (void)context;
    t.nodes[index] = *hash;
    return OKR_OK;
}

static const struct okr_tlog_nodes nodes = {node_get, node_put, NULL};

static struct okr_sk *key_of(uint8_t byte)
{
    uint8_t seed[OKR_SIGN_SEED_LEN];
    struct okr_sk *sk;
    memset(seed, byte, sizeof seed);
    assert_int_equal(okr_sk_from_seed(seed, &sk), OKR_OK);
    return sk;
}

static void fill_leaf(void)
{
    struct okr_op_body body = {.site = t.server_site, .incarnation = 1};
    struct okr_buf effects, bytes;
    okr_buf_init(&effects, t.arena);
    okr_buf_init(&bytes, t.arena);
    okr_layout_effects(t.effects, t.n_effects, &effects);
    okr_layout_op(&t.op, &t.org, body.header);
    body.effects = okr_buf_slice(&effects);
    okr_layout_op_body(&body, &bytes);
    t.leaf.body = okr_buf_slice(&bytes);
    okr_buf_init(&bytes, t.arena);
    okr_layout_leaf(&t.leaf, &bytes);
    assert_int_equal(bytes.err, OKR_OK);
    t.enrolled.leaf = okr_buf_slice(&bytes);
}

static void fill_log(void)
{
    for (uint64_t i = 0; i < SIZE; i++) {
        uint8_t other = (uint8_t)i;
        struct okr_hash hash = okr_tlog_leaf_hash(
            i == INDEX ? t.enrolled.leaf : okr_slice_of(&other, 1));
        assert_int_equal(okr_tlog_append(&nodes, i, &hash), OKR_OK);
    }
    t.checkpoint =
        (struct okr_checkpoint){.origin = "acme/audit/epoch-1", .size = SIZE};
    assert_int_equal(okr_tlog_root(&nodes, SIZE, &t.checkpoint.root), OKR_OK);
    assert_int_equal(okr_tlog_inclusion(&nodes, INDEX, SIZE, &t.proof), OKR_OK);
    t.enrolled.proof = t.proof.hash;
    t.enrolled.n_proof = t.proof.n;
    t.enrolled.leaf_index = INDEX;
}

static void sign(const struct okr_sk *key)
{
    struct okr_buf note;
    okr_buf_init(&note, t.arena);
    okr_note_sign(&t.checkpoint, key, &note);
    assert_int_equal(note.err, OKR_OK);
    t.enrolled.checkpoint = okr_buf_slice(&note);
}

static void finish(void)
{
    fill_leaf();
    fill_log();
    sign(t.log_key);
}

static int make(void **state)
{
    (void)state;
    memset(&t, 0, sizeof t);
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &t.arena), OKR_OK);
    t.log_key = key_of(1);
    t.other_key = key_of(2);
    t.keys = (struct okr_site_keys){key_of(3), key_of(4), key_of(5), {0}};
    okr_curve_public(okr_sk_seed(t.keys.link), t.keys.link_public);
    memset(t.org.b, 6, sizeof t.org.b);
    memset(t.server_site.b, 7, sizeof t.server_site.b);
    struct okr_pk pk = okr_sk_public(t.log_key);
    struct okr_hash pin = okr_sha256(okr_slice_of(pk.b, sizeof pk.b));
    memcpy(t.token.log_pin, pin.b, sizeof t.token.log_pin);
    okr_join_enrol(&t.token, &t.keys, &t.enrol);
    t.enrolled = (struct okr_enrolled){
        .org = t.org, .server_site = t.server_site, .log_key = pk};
    static const uint16_t fields[] = {OKR_F_SITE_NAME, OKR_F_SITE_KEY,
                                      OKR_F_WITNESS_KEY, OKR_F_LINK_KEY};
    for (size_t i = 0; i < 4; i++)
        t.effects[t.n_effects++] = (struct okr_effect){
            .entity = t.enrol.site, .field = fields[i], .form = OKR_REG_VALUE};
    t.op = (struct okr_op){.verb = OKR_VERB_ENROL, .schema = 1};
    t.leaf = (struct okr_leaf){.index = INDEX, .kind = OKR_LEAF_KEY};
    finish();
    return 0;
}

static int drop(void **state)
{
    (void)state;
    okr_sk_free(&t.log_key);
    okr_sk_free(&t.other_key);
    okr_site_keys_free(&t.keys);
    okr_arena_free(&t.arena);
    return 0;
}

static bool check(struct okr_snag *ret_snag)
{
    struct okr_ident_seen seen = {.size = 0};
    *ret_snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    bool good =
        okr_join_check(&t.token, &t.enrol, &t.enrolled, &seen, ret_snag);
    assert_true(good == (seen.size == SIZE));
    if (good)
        assert_true(okr_hash_eq(&seen.root, &t.checkpoint.root));
    return good;
}

static void assert_not_believed(const char *because)
{
    struct okr_snag snag;
    assert_false(check(&snag));
    assert_int_equal(snag.code, OKR_REPLY_REFUSED);
    if (strstr(snag.what, because) == NULL)
        fail_msg("not because of '%s': %s", because, snag.what);
}

static void a_proved_answer_is_believed(void **state)
{
    (void)state;
    struct okr_snag snag;
    if (!check(&snag))
        fail_msg("%s", snag.what);
}

/* Somebody in the middle who has a log of his own. */
static void another_logs_key(void **state)
{
    (void)state;
    t.enrolled.log_key = okr_sk_public(t.other_key);
    sign(t.other_key);
    assert_not_believed("the token names");
}

static void a_checkpoint_of_nobody(void **state)
{
    (void)state;
    sign(t.other_key);
    assert_not_believed("not signed");
    t.enrolled.checkpoint = OKR_SLICE_LIT("acme\n");
    assert_not_believed("cannot be read");
    t.enrolled.checkpoint = OKR_SLICE_NONE;
    assert_not_believed("cannot be read");
}

static void a_leaf_that_is_not_in_the_log(void **state)
{
    (void)state;
    t.enrolled.n_proof--;
    assert_not_believed("not in the log");
    t.enrolled.n_proof++;
    t.proof.hash[0].b[0] ^= 1;
    assert_not_believed("not in the log");
    t.proof.hash[0].b[0] ^= 1;
    t.enrolled.leaf_index--;
    assert_not_believed("not in the log");
    t.enrolled.leaf_index = SIZE;
    assert_not_believed("not in the log");
    t.enrolled.leaf_index = INDEX;
    t.enrolled.leaf.len--;
    assert_not_believed("not in the log");
}

/* More elements than a proof can have must not be copied. */
static void an_endless_proof(void **state)
{
    (void)state;
    struct okr_hash many[OKR_TLOG_PROOF_MAX + 2] = {{{0}}};
    t.enrolled.proof = many;
    t.enrolled.n_proof = OKR_TLOG_PROOF_MAX + 2;
    assert_not_believed("not in the log");
}

/* All in order, but it is not this site that was enrolled. */
static void a_leaf_about_something_else(void **state)
{
    (void)state;
    for (size_t i = 1; i < 4; i++) {
        t.effects[i].entity.b[0] ^= 1;
        finish();
        assert_not_believed("not about this site");
        t.effects[i].entity.b[0] ^= 1;
    }
    t.n_effects = 3;
    finish();
    assert_not_believed("not about this site");
    t.n_effects = 4;
    t.op.verb = OKR_VERB_REVOKE;
    finish();
    assert_not_believed("not about this site");
    t.op.verb = OKR_VERB_ENROL;
    t.leaf.kind = OKR_LEAF_REFUSED;
    finish();
    assert_not_believed("not about this site");
    t.leaf.kind = OKR_LEAF_KEY;
    finish();
    t.enrolled.org.b[0] ^= 1; /* the org is signed, the envelope is not */
    assert_not_believed("not about this site");
}

/* ---- the message --------------------------------------------------------- */

static void the_message_is_signed_and_repeatable(void **state)
{
    (void)state;
    uint8_t layout[OKR_ENROL_LAYOUT_LEN];
    struct okr_enrol again;
    okr_join_enrol(&t.token, &t.keys, &again);
    assert_memory_equal(&again, &t.enrol, sizeof again);
    okr_layout_enrol(&t.enrol, layout);
    assert_true(okr_sign_check(
        &t.enrol.site_key, okr_slice_of(layout, sizeof layout), &t.enrol.sig));
    struct okr_id id = okr_site_id_of(&t.keys);
    assert_true(okr_id_eq(&id, &t.enrol.site));
    assert_int_equal(id.b[6] >> 4, 8); /* a UUID, and other keys' another */
    assert_int_equal(id.b[8] >> 6, 2);
    struct okr_site_keys other = t.keys;
    other.site = t.other_key;
    struct okr_id other_id = okr_site_id_of(&other);
    assert_false(okr_id_eq(&id, &other_id));
}

static void tokens(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said, *remedy;
    } bad[] = {
        {"", "no token", "okr1-"},
        {"hello", "no token", "okr1-"},
        {"okr-", "no token", "okr1-"},
        {"okr1-", "altered or cut", "whole"},
        {"okr1-abcdef", "altered or cut", "whole"},
        {"okr2-abcdef", "newer server", "upgrade"},
        {"okr17-x", "newer server", "upgrade"},
    };
    struct okr_token token;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct okr_snag snag = {.code = OKR_REPLY_DONE};
        assert_false(okr_join_token(bad[i].text, &token, &snag));
        assert_non_null(strstr(snag.what, bad[i].said));
        assert_non_null(strstr(snag.remedy, bad[i].remedy));
    }
}

/* A slip in any character is seen before anything is dialled or made. */
static void every_slip_is_seen(void **state)
{
    (void)state;
    struct okr_buf word;
    struct okr_token token;
    memcpy(t.token.endpoint, "tcp://h:1", 10);
    okr_buf_init(&word, t.arena);
    okr_token_format(&t.token, &word);
    char *text = okr_arena_str(t.arena, okr_buf_slice(&word));
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    assert_true(okr_join_token(text, &token, &snag));
    for (size_t i = 5; text[i] != '\0'; i++) {
        char was = text[i];
        text[i] = was == '7' ? '8' : '7';
        snag = (struct okr_snag){.code = OKR_REPLY_DONE};
        assert_false(okr_join_token(text, &token, &snag));
        text[i] = was;
    }
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, make, drop)

int main(void)
{
    okr_crypto_init();
    const struct CMUnitTest tests[] = {
        WITH(a_proved_answer_is_believed),
        WITH(another_logs_key),
        WITH(a_checkpoint_of_nobody),
        WITH(a_leaf_that_is_not_in_the_log),
        WITH(an_endless_proof),
        WITH(a_leaf_about_something_else),
        WITH(the_message_is_signed_and_repeatable),
        WITH(tokens),
        WITH(every_slip_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
