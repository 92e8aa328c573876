/* Who may speak at all, and what a Welcome says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/hub.h"

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id cycle, sh, bj;

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    sh = okr_test_unit(&h, "sh", &h.root);
    bj = okr_test_unit(&h, "bj", &h.root);
    cycle = okr_test_cycle(&h, "Q1");
    const struct okr_id units[] = {sh, {{0}}};
    okr_test_join(&h, &peer, "shanghai", units);
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&peer);
    okr_test_hub_close(&h);
    return 0;
}

static okr_scope scope_of(const struct okr_id *unit, enum okr_depth depth)
{
    int64_t no = okr_record_int(okr_test_record_of(&h, unit), OKR_F_ROOT_NO, 0);
    return OKR_SCOPE((uint32_t)no, depth);
}

static void add_objective(const struct okr_id *unit, bool draft)
{
    struct okr_test_act act = okr_test_objective(&h, &cycle, unit, "a", draft);
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
}

static void refused(const struct okr_msg *reply, enum okr_refusal code)
{
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_REFUSE);
    assert_int_equal(reply->u.refuse.code, code);
    assert_int_equal(reply->request, peer.request);
    assert_true(reply->u.refuse.text.len > 0);
}

static struct okr_msg hello(void)
{
    return (struct okr_msg){
        .type = OKR_MSG_HELLO,
        .u.hello = {.version_min = OKR_WIRE_VERSION,
                    .version_max = OKR_WIRE_VERSION,
                    .site = peer.id,
                    .incarnation = peer.incarnation},
    };
}

/* ---- Hello --------------------------------------------------------------- */

static void test_a_welcome_says_how_far_all_is(void **state)
{
    (void)state;
    add_objective(&sh, false);
    add_objective(&sh, true);
    add_objective(&bj, true);
    struct okr_test_act act = okr_test_objective(&h, &cycle, &sh, "b", false);
    act.changes = NULL; /* rejected, and counted all the same */
    (void)okr_test_do(&h, &peer, &act);
    const struct okr_msg *reply = okr_test_hello(&h, &peer);
    assert_int_equal(reply->type, OKR_MSG_WELCOME);
    const struct okr_welcome *w = &reply->u.welcome;
    assert_int_equal(w->n_epochs, 1);
    assert_int_equal(w->epochs[0].counter, 1);
    assert_int_equal(w->epochs[0].random[2], 3);
    assert_true(okr_id_eq(&w->org, &h.org));
    assert_true(okr_slice_is(w->origin, "acme/audit/epoch-1"));
    assert_true(okr_slice_is(w->publish, "7001"));
    assert_int_equal(w->beat_ms, 15000);
    assert_int_equal(w->time, h.now);
    assert_int_equal(w->last_seq, 1);
    assert_memory_equal(w->last_push.b, peer.prev.b, sizeof peer.prev.b);
    bool own = false, theirs = false, company = false;
    for (size_t i = 0; i < w->n_heads; i++) {
        assert_true(w->heads[i].lsn > 0);
        own |= w->heads[i].scope == scope_of(&sh, OKR_DEPTH_PRIVATE);
        theirs |= w->heads[i].scope == scope_of(&bj, OKR_DEPTH_PRIVATE);
        company |= w->heads[i].scope == OKR_SCOPE_COMPANY;
    }
    assert_true(own && company && !theirs);
}

static void test_another_incarnation_starts_from_nothing(void **state)
{
    (void)state;
    struct okr_test_act act = okr_test_objective(&h, &cycle, &sh, "b", false);
    (void)okr_test_do(&h, &peer, &act);
    peer.incarnation++;
    const struct okr_welcome *w = &okr_test_hello(&h, &peer)->u.welcome;
    assert_int_equal(w->last_seq, 0);
    assert_int_equal(w->last_push.b[0], 0);
}

static void test_hello_names_the_site_of_the_key(void **state)
{
    (void)state;
    struct okr_msg msg = hello();
    msg.u.hello.site = h.server_site;
    refused(okr_test_send(&h, &peer, &msg), OKR_REFUSAL_SITE);
}

static void test_versions_must_meet(void **state)
{
    (void)state;
    struct okr_msg msg = hello();
    msg.u.hello.version_max = OKR_WIRE_VERSION + 5;
    assert_int_equal(okr_test_send(&h, &peer, &msg)->type, OKR_MSG_WELCOME);
    msg.u.hello.version_min = OKR_WIRE_VERSION + 1;
    refused(okr_test_send(&h, &peer, &msg), OKR_REFUSAL_VERSION);
    msg.u.hello.version_min = msg.u.hello.version_max = 0;
    refused(okr_test_send(&h, &peer, &msg), OKR_REFUSAL_VERSION);
}

/* ---- who may speak ------------------------------------------------------- */

static void test_an_unknown_key_may_only_enrol(void **state)
{
    (void)state;
    struct okr_msg pull = okr_test_pull(&h, OKR_SCOPE_COMPANY, 0, 4096);
    struct okr_msg msg = hello();
    peer.state = OKR_PEER_QUARANTINE;
    refused(okr_test_send(&h, &peer, &msg), OKR_REFUSAL_UNKNOWN);
    refused(okr_test_send(&h, &peer, &pull), OKR_REFUSAL_UNKNOWN);
    /* A key that the transport still knows, and the store does not. */
    peer.state = OKR_PEER_SITE;
    peer.id = okr_test_hub_id(&h);
    refused(okr_test_send(&h, &peer, &pull), OKR_REFUSAL_UNKNOWN);
    peer.id = h.admin; /* there is such an entity: a person */
    refused(okr_test_send(&h, &peer, &pull), OKR_REFUSAL_UNKNOWN);
}

static void test_no_hello_is_needed(void **state)
{
    (void)state;
    struct okr_msg pull = okr_test_pull(&h, OKR_SCOPE_COMPANY, 0, 4096);
    okr_test_hub_restart(&h);
    assert_int_equal(okr_test_send(&h, &peer, &pull)->type, OKR_MSG_PAGE);
}

static void revoke(void)
{
    struct okr_test_act act = {
        .verb = OKR_VERB_REVOKE, .kind = OKR_KIND_SITE, .entity = peer.id};
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
}

static void test_revoking_cuts_a_site_off(void **state)
{
    (void)state;
    struct okr_msg pull = okr_test_pull(&h, OKR_SCOPE_COMPANY, 0, 4096);
    struct okr_msg msg = hello();
    revoke();
    const struct okr_fx *fx = okr_test_effect(&h, OKR_FX_REVOKED);
    assert_non_null(fx);
    assert_true(okr_id_eq(&fx->id, &peer.id));
    assert_memory_equal(fx->user, peer.enrol.link_key, sizeof fx->user);
    assert_non_null(okr_test_effect(&h, OKR_FX_CUT_PUB));
    /* It is told over the link it spoke last. */
    assert_int_equal(h.n_sent, 1);
    assert_int_equal(h.sent[0].msg->type, OKR_MSG_REFUSE);
    assert_int_equal(h.sent[0].msg->u.refuse.code, OKR_REFUSAL_REVOKED);
    assert_memory_equal(h.sent[0].to.b, peer.from.b, peer.from.len);
    refused(okr_test_send(&h, &peer, &msg), OKR_REFUSAL_REVOKED);
    refused(okr_test_send(&h, &peer, &pull), OKR_REFUSAL_REVOKED);
    struct okr_test_act act = okr_test_objective(&h, &cycle, &sh, "b", false);
    struct okr_op op = okr_test_op(&h, &act);
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    refused(okr_test_send(&h, &peer, &push), OKR_REFUSAL_REVOKED);
    assert_null(okr_test_record_of(&h, &act.entity));
    peer.state = OKR_PEER_REVOKED;
    refused(okr_test_send(&h, &peer, &msg), OKR_REFUSAL_REVOKED);
}

static void test_a_revoked_site_waits_no_more(void **state)
{
    (void)state;
    okr_scope scope = scope_of(&sh, OKR_DEPTH_SUMMARY);
    struct okr_msg pull = okr_test_pull(&h, scope, 0, 4096);
    pull.u.pull.wait_s = 60;
    assert_null(okr_test_send(&h, &peer, &pull));
    revoke();
    add_objective(&sh, false);
    assert_int_equal(h.n_sent, 0);
    okr_test_timeout(&h, 61000);
    assert_int_equal(h.n_sent, 0);
}

static void test_only_an_admin_revokes(void **state)
{
    (void)state;
    struct okr_typed with[] = {OKR_TYPED(OKR_F_PERSON_NAME, "Bob"),
                               OKR_TYPED(OKR_F_MAIL, "bob@acme.example"),
                               OKR_REF(OKR_F_PERSON_UNIT, sh),
                               {0}};
    struct okr_test_act act = {.verb = OKR_VERB_REVOKE,
                               .kind = OKR_KIND_SITE,
                               .entity = peer.id,
                               .person =
                                   okr_test_add(&h, OKR_KIND_PERSON, with)};
    struct okr_answer answer = okr_test_do(&h, &peer, &act);
    assert_int_equal(answer.verdict.rule, OKR_RULE_NOT_PERMITTED);
    assert_null(okr_test_effect(&h, OKR_FX_REVOKED));
}

/* What stands in somebody's way is shown to him, unless his site may not
 * see it. */
static void test_a_private_value_is_not_shown(void **state)
{
    (void)state;
    struct okr_typed with[] = {OKR_TYPED(OKR_F_PERSON_NAME, "Bob"),
                               OKR_TYPED(OKR_F_MAIL, "bob@acme.example"),
                               OKR_REF(OKR_F_PERSON_UNIT, sh),
                               OKR_TYPED(OKR_F_ROLES, "champion"),
                               {0}};
    struct okr_id bob = okr_test_add(&h, OKR_KIND_PERSON, with);
    const struct okr_id *const units[] = {&sh, &bj};
    for (size_t i = 0; i < 2; i++) {
        struct okr_test_act draft =
            okr_test_objective(&h, &cycle, units[i], "a", true);
        (void)okr_test_local(&h, &draft);
        struct okr_typed to[] = {OKR_TYPED(OKR_F_O_STATE, "published"), {0}};
        to[0].blind = true;
        struct okr_test_act act = {OKR_VERB_PUBLISH, OKR_KIND_OBJECTIVE,
                                   draft.entity, to, bob};
        struct okr_answer answer = okr_test_do(&h, &peer, &act);
        assert_int_equal(answer.verdict.rule, OKR_RULE_STALE);
        assert_int_equal(answer.current.len, i == 0 ? 1 : 0);
    }
}

/* ---- what cannot be read ------------------------------------------------- */

static void bad_message(enum okr_err bad, enum okr_msg_type type, uint32_t code)
{
    struct okr_msg msg = hello();
    struct okr_hub_event event = okr_test_from(&h, &peer, &msg);
    event.msg = NULL;
    event.bad = bad;
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    assert_int_equal(h.n_sent, 1);
    const struct okr_msg *reply = h.sent[0].msg;
    assert_int_equal(reply->type, type);
    assert_int_equal(type == OKR_MSG_REFUSE ? reply->u.refuse.code
                                            : reply->u.error.code,
                     code);
}

static void test_what_cannot_be_read_is_told(void **state)
{
    (void)state;
    bad_message(OKR_ERR_FORMAT, OKR_MSG_ERROR, OKR_ERROR_MALFORMED);
    bad_message(OKR_ERR_LIMIT, OKR_MSG_ERROR, OKR_ERROR_LIMIT);
    bad_message(OKR_ERR_NOTFOUND, OKR_MSG_ERROR, OKR_ERROR_TYPE);
    bad_message(OKR_ERR_VERSION, OKR_MSG_REFUSE, OKR_REFUSAL_VERSION);
    struct okr_msg msg = {.type = OKR_MSG_BUSY};
    const struct okr_msg *reply = okr_test_send(&h, &peer, &msg);
    assert_int_equal(reply->u.error.code, OKR_ERROR_TYPE);
    peer.state = OKR_PEER_QUARANTINE;
    bad_message(OKR_ERR_FORMAT, OKR_MSG_ERROR, OKR_ERROR_MALFORMED);
    peer.state = OKR_PEER_REVOKED;
    bad_message(OKR_ERR_FORMAT, OKR_MSG_REFUSE, OKR_REFUSAL_REVOKED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_welcome_says_how_far_all_is),
        TEST(test_another_incarnation_starts_from_nothing),
        TEST(test_hello_names_the_site_of_the_key),
        TEST(test_versions_must_meet),
        TEST(test_an_unknown_key_may_only_enrol),
        TEST(test_no_hello_is_needed),
        TEST(test_revoking_cuts_a_site_off),
        TEST(test_a_revoked_site_waits_no_more),
        TEST(test_only_an_admin_revokes),
        TEST(test_a_private_value_is_not_shown),
        TEST(test_what_cannot_be_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
