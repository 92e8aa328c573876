/* Genesis: what the first transaction leaves behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "tests/lib/hub.h"

static struct okr_test_hub h;

static int open_hub(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    return 0;
}

static int close_hub(void **state)
{
    (void)state;
    okr_test_hub_close(&h);
    return 0;
}

static void test_it_makes_what_a_company_needs(void **state)
{
    (void)state;
    const struct okr_record *unit = okr_test_record_of(&h, &h.root);
    const struct okr_record *admin = okr_test_record_of(&h, &h.admin);
    const struct okr_record *site = okr_test_record_of(&h, &h.server_site);
    struct okr_id lead;
    assert_true(okr_record_id(unit, OKR_F_LEAD, &lead));
    assert_true(okr_id_eq(&lead, &h.admin));
    assert_int_equal(okr_record_int(unit, OKR_F_ROOT_NO, 0), 1);
    assert_true(okr_record_in_set(admin, OKR_F_ROLES,
                                  okr_value_enum(h.keep, OKR_V_ROLE_ADMIN)));
    assert_true(okr_slice_is(okr_record_text(site, OKR_F_SITE_NAME), "server"));
    assert_int_equal(okr_record_enum(site, OKR_F_SITE_STATE, 0),
                     OKR_V_KEY_STATE_ACTIVE);
    assert_int_equal(okr_test_log_size(&h), 5);
}

static enum okr_err genesis_again(struct okr_kv *kv, const char *slug)
{
    struct okr_hub *hub;
    struct okr_kv_txn *txn;
    struct okr_genesis g = {
        .org = h.org,
        .name = OKR_SLICE_LIT("Acme"),
        .slug = okr_slice_str(slug),
        .admin_name = OKR_SLICE_LIT("Ada"),
        .admin_mail = OKR_SLICE_LIT("ada@acme.example"),
        .now = h.now,
        .entropy = {1},
    };
    for (size_t i = 0; i < sizeof g.entropy; i++)
        g.entropy[i] = (uint8_t)(i * 3 + i / 16);
    assert_int_equal(okr_hub_new(&h.conf, &hub), OKR_OK);
    assert_int_equal(okr_kv_begin(kv, true, &txn), OKR_OK);
    enum okr_err err = okr_hub_genesis(hub, txn, &g, h.keep);
    okr_kv_abort(&txn);
    okr_hub_free(&hub);
    return err;
}

static void test_it_happens_once(void **state)
{
    (void)state;
    assert_int_equal(genesis_again(h.kv, "acme"), OKR_ERR_EXISTS);
}

static void test_a_bad_slug_is_refused(void **state)
{
    (void)state;
    struct okr_kv *kv;
    assert_int_equal(okr_kv_mem_open(&kv), OKR_OK);
    assert_int_equal(genesis_again(kv, "a b+c"), OKR_ERR_FORMAT);
    assert_int_equal(genesis_again(kv, ""), OKR_ERR_FORMAT);
    assert_int_equal(genesis_again(kv, "acme"), OKR_OK);
    okr_kv_close(&kv);
}

static void test_an_empty_store_is_not_found(void **state)
{
    (void)state;
    struct okr_kv *kv;
    struct okr_hub *hub;
    assert_int_equal(okr_kv_mem_open(&kv), OKR_OK);
    assert_int_equal(okr_hub_new(&h.conf, &hub), OKR_OK);
    struct okr_hub_shell shell = {.kv = kv, .arena = h.arena};
    assert_int_equal(okr_hub_reload(hub, &shell), OKR_ERR_NOTFOUND);
    assert_true(okr_hub_deadline(hub) == OKR_NEVER);
    okr_hub_free(&hub);
    okr_kv_close(&kv);
}

/* ---- the server's own operations ----------------------------------------- */

static void test_own_operations_come_in_several_pushes(void **state)
{
    (void)state;
    enum { MANY = 150 };
    struct okr_op ops[MANY];
    struct okr_id cycle = okr_test_cycle(&h, "Q1");
    for (size_t i = 0; i < MANY; i++) {
        struct okr_test_act act =
            okr_test_objective(&h, &cycle, &h.root, "a", false);
        if (i == 70)
            act.changes = NULL;
        ops[i] = okr_test_op(&h, &act);
    }
    uint64_t size = okr_test_log_size(&h);
    struct okr_hub_event event = {
        .kind = OKR_HUB_LOCAL, .now = h.now, .ops = ops, .n_ops = MANY};
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    size_t n;
    const struct okr_answer *answers = okr_hub_local_answers(h.hub, &n);
    assert_int_equal(n, MANY);
    /* The turn's memory is used for other things; they outlive it. */
    for (size_t i = 0; i < 64; i++)
        memset(okr_arena_alloc(h.arena, 65536), 0xee, 65536);
    okr_arena_reset(h.arena);
    for (size_t i = 0; i < MANY; i++) {
        assert_int_equal(answers[i].verdict.outcome,
                         i == 70 ? OKR_OUTCOME_REJECTED : OKR_OUTCOME_ACCEPTED);
        assert_int_equal(answers[i].lsn, size + i + 1);
        assert_true(okr_id_eq(&answers[i].op, &ops[i].id));
        assert_int_equal(answers[i].n_scopes, i == 70 ? 0 : 1);
        if (i != 70)
            assert_int_equal(answers[i].scopes[0], OKR_SCOPE_COMPANY);
    }
    /* They are gone with the next step, and seq goes on after a restart. */
    okr_test_timeout(&h, 0);
    (void)okr_hub_local_answers(h.hub, &n);
    assert_int_equal(n, 0);
    okr_test_hub_restart(&h);
    (void)okr_test_cycle(&h, "Q2");
    assert_int_equal(okr_test_log_size(&h), size + MANY + 1);
    const struct okr_msg *said =
        okr_test_published(&h, OKR_MSG_EVENT, OKR_SCOPE_COMPANY);
    assert_int_equal(said->u.event.marks[0].seq, 5 + 1 + MANY + 1);
}

/* Without authority the server's operations are judged as anybody's. */
static void test_authority_is_not_for_everybody(void **state)
{
    (void)state;
    struct okr_typed with[] = {OKR_TYPED(OKR_F_SITE_NAME, "x"),
                               OKR_TYPED(OKR_F_SITE_KEY, "00"),
                               OKR_TYPED(OKR_F_WITNESS_KEY, "00"),
                               OKR_TYPED(OKR_F_LINK_KEY, "00"),
                               {0}};
    struct okr_test_act act = {.verb = OKR_VERB_ENROL,
                               .kind = OKR_KIND_SITE,
                               .entity = okr_test_hub_id(&h),
                               .changes = with};
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_int_equal(answer.verdict.outcome, OKR_OUTCOME_REJECTED);
    act.person = okr_test_hub_id(&h);
    answer = okr_test_local(&h, &act);
    assert_false(okr_verdict_is_in(&answer.verdict));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_makes_what_a_company_needs,
                                        open_hub, close_hub),
        cmocka_unit_test_setup_teardown(test_it_happens_once, open_hub,
                                        close_hub),
        cmocka_unit_test_setup_teardown(test_a_bad_slug_is_refused, open_hub,
                                        close_hub),
        cmocka_unit_test_setup_teardown(test_an_empty_store_is_not_found,
                                        open_hub, close_hub),
        cmocka_unit_test_setup_teardown(
            test_own_operations_come_in_several_pushes, open_hub, close_hub),
        cmocka_unit_test_setup_teardown(test_authority_is_not_for_everybody,
                                        open_hub, close_hub),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
