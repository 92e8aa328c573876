/* PUB: events, heads, beats. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/tlog/checkpoint.h"
#include "tests/lib/hub.h"

#define BEAT_MS ((okr_ms)15000)

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id cycle, sh;
static okr_scope summary_sh, detail_sh, private_sh;

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    sh = okr_test_unit(&h, "sh", &h.root);
    uint32_t root =
        (uint32_t)okr_record_int(okr_test_record_of(&h, &sh), OKR_F_ROOT_NO, 0);
    summary_sh = OKR_SCOPE(root, OKR_DEPTH_SUMMARY);
    detail_sh = OKR_SCOPE(root, OKR_DEPTH_DETAIL);
    private_sh = OKR_SCOPE(root, OKR_DEPTH_PRIVATE);
    cycle = okr_test_cycle(&h, "Q1");
    const struct okr_id units[] = {h.root, {{0}}};
    okr_test_join(&h, &peer, "hq", units);
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&peer);
    okr_test_hub_close(&h);
    return 0;
}

static struct okr_test_act objective_act(const char *title, bool draft)
{
    return okr_test_objective(&h, &cycle, &sh, title, draft);
}

static struct okr_answer comment(const struct okr_id *subject)
{
    struct okr_typed with[] = {OKR_REF(OKR_F_CM_SUBJECT, *subject),
                               OKR_TYPED(OKR_F_CM_TEXT, "well done"),
                               {0}};
    struct okr_test_act act = {
        OKR_VERB_ADD, OKR_KIND_COMMENT, okr_test_hub_id(&h), with, {{0}}};
    return okr_test_do(&h, &peer, &act);
}

static const struct okr_event_msg *event_of(okr_scope scope)
{
    const struct okr_msg *msg = okr_test_published(&h, OKR_MSG_EVENT, scope);
    return msg == NULL ? NULL : &msg->u.event;
}

static const struct okr_head *head_of(okr_scope scope)
{
    const struct okr_msg *msg = okr_test_published(&h, OKR_MSG_HEAD, scope);
    return msg == NULL ? NULL : &msg->u.head;
}

static void same_rows(const struct okr_row *a, const struct okr_row *b)
{
    assert_true(okr_id_eq(&a->id, &b->id));
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->elsn, b->elsn);
    assert_int_equal(a->all, b->all);
    assert_int_equal(a->gone, b->gone);
    assert_int_equal(a->n_regs, b->n_regs);
    for (size_t i = 0; i < a->n_regs; i++) {
        assert_int_equal(a->regs[i].field, b->regs[i].field);
        assert_int_equal(a->regs[i].lsn, b->regs[i].lsn);
        assert_true(okr_slice_eq(a->regs[i].data, b->regs[i].data));
    }
    assert_true(okr_id_eq(&a->last.person, &b->last.person));
    assert_true(okr_id_eq(&a->last.site, &b->last.site));
    assert_int_equal(a->last.verb, b->last.verb);
    assert_int_equal(a->last.time, b->last.time);
}

/* ---- events -------------------------------------------------------------- */

static void test_an_event_says_what_a_pull_would(void **state)
{
    (void)state;
    struct okr_test_act first = objective_act("a", false);
    (void)okr_test_do(&h, &peer, &first);
    struct okr_event_msg one = *event_of(summary_sh);
    assert_int_equal(one.prev_lsn, 0);
    assert_int_equal(one.n_rows, 1);
    assert_true(one.rows[0].all);
    struct okr_op ops[2];
    struct okr_typed with[] = {OKR_TYPED(OKR_F_O_TITLE, "b"), {0}};
    struct okr_test_act set = {
        OKR_VERB_SET, OKR_KIND_OBJECTIVE, first.entity, with, {{0}}};
    struct okr_test_act second = objective_act("c", false);
    ops[0] = okr_test_op(&h, &set);
    ops[1] = okr_test_op(&h, &second);
    struct okr_msg push = okr_test_push(&h, &peer, ops, 2);
    (void)okr_test_send(&h, &peer, &push);
    struct okr_event_msg two = *event_of(summary_sh);
    assert_int_equal(two.prev_lsn, one.lsn);
    assert_int_equal(two.epoch, 1);
    assert_int_equal(two.n_rows, 2);
    assert_int_equal(two.n_marks, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_true(okr_id_eq(&two.marks[i].site, &peer.id));
        assert_int_equal(two.marks[i].incarnation, peer.incarnation);
        assert_int_equal(two.marks[i].seq, 2 + i);
    }
    struct okr_msg ask =
        okr_test_pull(&h, summary_sh, two.prev_lsn, OKR_BATCH_MAX);
    const struct okr_section *section =
        &okr_test_send(&h, &peer, &ask)->u.page.sections[0];
    assert_int_equal(section->head, two.lsn);
    assert_int_equal(section->n_rows, 2);
    for (size_t i = 0; i < 2; i++)
        same_rows(&section->rows[i], &two.rows[i]);
    assert_false(two.rows[0].all);
    assert_int_equal(two.rows[0].n_regs, 1);
}

static void test_one_operation_one_event_a_scope(void **state)
{
    (void)state;
    struct okr_test_act act = objective_act("a", false);
    (void)okr_test_do(&h, &peer, &act);
    struct okr_answer answer = comment(&act.entity);
    assert_int_equal(answer.n_scopes, 1);
    assert_int_equal(answer.scopes[0], detail_sh);
    assert_non_null(event_of(detail_sh));
    assert_null(event_of(summary_sh));
    assert_int_equal(h.n_published, 1);
}

static void test_nothing_written_nothing_said(void **state)
{
    (void)state;
    struct okr_typed none[] = {OKR_TYPED(OKR_F_O_TITLE, "no cycle"), {0}};
    struct okr_test_act bad = {
        OKR_VERB_ADD, OKR_KIND_OBJECTIVE, okr_test_hub_id(&h), none, {{0}}};
    (void)okr_test_do(&h, &peer, &bad);
    assert_int_equal(h.n_published, 0);
}

static void test_private_scopes_are_never_published(void **state)
{
    (void)state;
    struct okr_test_act draft = objective_act("secret", true);
    struct okr_answer made = okr_test_do(&h, &peer, &draft);
    assert_int_equal(made.n_scopes, 1);
    assert_int_equal(made.scopes[0], private_sh);
    assert_int_equal(h.n_published, 0);
    (void)comment(&draft.entity);
    assert_int_equal(h.n_published, 0);
    okr_test_subscribe(&h, private_sh);
    okr_test_timeout(&h, 4 * BEAT_MS);
    okr_test_hub_restart(&h);
    okr_test_timeout(&h, 0);
    assert_null(head_of(private_sh));
    /* Published, it comes out whole, and all that hangs below it. */
    struct okr_typed to[] = {OKR_TYPED(OKR_F_O_STATE, "published"), {0}};
    struct okr_test_act act = {
        OKR_VERB_PUBLISH, OKR_KIND_OBJECTIVE, draft.entity, to, {{0}}};
    struct okr_answer out = okr_test_do(&h, &peer, &act);
    assert_int_equal(out.n_scopes, 3);
    assert_null(event_of(private_sh));
    assert_true(event_of(summary_sh)->rows[0].all);
    assert_true(event_of(detail_sh)->rows[0].all);
    assert_int_equal(event_of(detail_sh)->n_marks, 1);
}

static void test_what_does_not_fit_is_a_head(void **state)
{
    (void)state;
    enum { MANY = 24 };
    static char text[8001];
    memset(text, 'x', sizeof text - 1);
    struct okr_op ops[MANY];
    struct okr_hub_event events[2];
    struct okr_msg push[2];
    for (size_t i = 0; i < MANY; i++) {
        struct okr_test_act act = objective_act("a", false);
        struct okr_typed with[6];
        memcpy(with, act.changes, sizeof with);
        with[4] = (struct okr_typed)OKR_TYPED(OKR_F_DESCRIPTION, text);
        with[5] = (struct okr_typed){0};
        act.changes = with;
        ops[i] = okr_test_op(&h, &act);
    }
    for (size_t i = 0; i < 2; i++) {
        push[i] = okr_test_push(&h, &peer, ops + i * MANY / 2, MANY / 2);
        events[i] = okr_test_from(&h, &peer, &push[i]);
    }
    assert_int_equal(okr_test_turn(&h, events, 2), OKR_OK);
    assert_non_null(event_of(summary_sh)); /* 192,000 bytes: they fit */
    struct okr_op more[MANY + 2];
    for (size_t i = 0; i < MANY + 2; i++) {
        struct okr_test_act act = objective_act("a", false);
        struct okr_typed with[6];
        memcpy(with, act.changes, sizeof with);
        with[4] = (struct okr_typed)OKR_TYPED(OKR_F_DESCRIPTION, text);
        with[5] = (struct okr_typed){0};
        act.changes = with;
        more[i] = okr_test_op(&h, &act);
    }
    for (size_t i = 0; i < 2; i++) {
        push[i] =
            okr_test_push(&h, &peer, more + i * (MANY / 2 + 1), MANY / 2 + 1);
        events[i] = okr_test_from(&h, &peer, &push[i]);
    }
    assert_int_equal(okr_test_turn(&h, events, 2), OKR_OK);
    assert_null(event_of(summary_sh));
    const struct okr_head *head = head_of(summary_sh);
    assert_non_null(head);
    /* The next event goes on from there. */
    okr_lsn tip = head->head;
    struct okr_test_act act = objective_act("b", false);
    (void)okr_test_do(&h, &peer, &act);
    assert_int_equal(event_of(summary_sh)->prev_lsn, tip);
}

/* Soft state that an abort leaves behind would say what never happened. */
static void test_an_aborted_turn_says_nothing(void **state)
{
    (void)state;
    struct okr_test_act act = objective_act("a", false);
    (void)okr_test_do(&h, &peer, &act);
    okr_lsn tip = event_of(summary_sh)->lsn;
    struct okr_test_act lost = objective_act("b", false);
    struct okr_op op = okr_test_op(&h, &lost);
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    struct okr_hub_event event = okr_test_from(&h, &peer, &push);
    struct okr_kv_txn *txn;
    struct okr_effects fx;
    okr_effects_init(&fx, h.keep);
    uint64_t size = okr_test_log_size(&h);
    assert_int_equal(okr_kv_begin(h.kv, true, &txn), OKR_OK);
    assert_int_equal(okr_hub_step(h.hub, txn, &event, &fx), OKR_OK);
    assert_int_equal(okr_hub_flush(h.hub, txn, h.now, &fx), OKR_OK);
    okr_kv_abort(&txn);
    struct okr_hub_shell shell = {.kv = h.kv, .arena = h.arena};
    assert_int_equal(okr_hub_reload(h.hub, &shell), OKR_OK);
    assert_int_equal(okr_test_log_size(&h), size);
    /* The same push again: now it is taken, as if for the first time. */
    const struct okr_msg *reply = okr_test_send(&h, &peer, &push);
    assert_int_equal(reply->type, OKR_MSG_PUSHED);
    assert_int_equal(reply->u.pushed.answers[0].lsn, size + 1);
    const struct okr_event_msg *said = event_of(summary_sh);
    assert_int_equal(said->prev_lsn, tip);
    assert_int_equal(said->n_rows, 1);
    assert_int_equal(said->n_marks, 1);
}

/* ---- heads --------------------------------------------------------------- */

/* Goes from deadline to deadline; no Head of the scope comes before `when`. */
static void quiet_until(okr_us when)
{
    okr_us next;
    while ((next = okr_hub_deadline(h.hub)) < when) {
        assert_true(next > h.now);
        okr_test_timeout(&h, (next - h.now) / 1000);
        assert_null(head_of(summary_sh));
    }
    okr_test_timeout(&h, (when - h.now) / 1000);
}

static void test_heads_follow_an_event(void **state)
{
    (void)state;
    okr_test_timeout(&h, 1000); /* those of the load */
    struct okr_test_act act = objective_act("a", false);
    (void)okr_test_do(&h, &peer, &act);
    okr_lsn tip = event_of(summary_sh)->lsn;
    const okr_ms gaps[] = {1, 2, 4, 8, 16, 32, 64, 128, 240, 240};
    for (size_t i = 0; i < sizeof gaps / sizeof gaps[0]; i++) {
        quiet_until(h.now + gaps[i] * BEAT_MS * 1000);
        assert_non_null(head_of(summary_sh));
        assert_int_equal(head_of(summary_sh)->head, tip);
    }
}

static void test_a_head_says_what_a_pull_ends_with(void **state)
{
    (void)state;
    struct okr_test_act act = objective_act("a", false);
    (void)okr_test_do(&h, &peer, &act);
    struct okr_msg ask = okr_test_pull(&h, summary_sh, 0, OKR_BATCH_MAX);
    struct okr_section section =
        okr_test_send(&h, &peer, &ask)->u.page.sections[0];
    okr_test_subscribe(&h, summary_sh);
    const struct okr_head *head = head_of(summary_sh);
    assert_non_null(head);
    assert_int_equal(h.n_published, 1);
    assert_int_equal(head->head, section.head);
    assert_int_equal(head->time, h.now);
    assert_int_equal(head->epoch, 1);
    assert_true(okr_digest_eq(&head->digest, &section.digest));
}

/* A Head that overtakes its event would look like a gap. */
static void test_a_subscription_is_answered_behind_the_events(void **state)
{
    (void)state;
    struct okr_test_act first = objective_act("a", false);
    (void)okr_test_do(&h, &peer, &first);
    struct okr_test_act act = objective_act("b", false);
    struct okr_op op = okr_test_op(&h, &act);
    struct okr_msg push = okr_test_push(&h, &peer, &op, 1);
    struct okr_hub_event events[] = {
        okr_test_from(&h, &peer, &push),
        {.kind = OKR_HUB_SUBSCRIBED, .now = h.now, .scope = summary_sh},
    };
    assert_int_equal(okr_test_turn(&h, events, 2), OKR_OK);
    assert_int_equal(h.n_published, 2);
    assert_int_equal(h.published[0]->type, OKR_MSG_EVENT);
    assert_int_equal(h.published[1]->type, OKR_MSG_HEAD);
    assert_int_equal(h.published[1]->u.head.head, h.published[0]->u.event.lsn);
    struct okr_test_act next = objective_act("c", false);
    (void)okr_test_do(&h, &peer, &next);
    assert_int_equal(h.n_published, 1); /* once is enough */
}

static void test_a_scope_without_anything_has_a_head_too(void **state)
{
    (void)state;
    okr_test_subscribe(&h, OKR_SCOPE(99, OKR_DEPTH_DETAIL));
    assert_non_null(head_of(OKR_SCOPE(99, OKR_DEPTH_DETAIL)));
    okr_test_subscribe(&h, OKR_SCOPE(99, 3));
    assert_int_equal(h.n_published, 0);
    okr_test_subscribe(&h, 0);
    assert_int_equal(h.n_published, 0);
}

static void test_beats_come_in_time(void **state)
{
    (void)state;
    okr_us last = h.now; /* with the first flush */
    for (int i = 0; i < 20; i++) {
        okr_us next = okr_hub_deadline(h.hub);
        assert_true(next > h.now && next <= last + BEAT_MS * 1000);
        okr_test_timeout(&h, (next - h.now) / 1000);
        if (okr_test_published(&h, OKR_MSG_BEAT, 0) != NULL) {
            assert_int_equal(h.now - last, BEAT_MS * 1000);
            last = h.now;
        }
    }
}

static void test_a_restart_tells_where_every_scope_is(void **state)
{
    (void)state;
    struct okr_test_act act = objective_act("a", false);
    struct okr_answer answer = okr_test_do(&h, &peer, &act);
    okr_test_hub_restart(&h);
    assert_true(okr_hub_deadline(h.hub) <= h.now);
    okr_test_timeout(&h, 0);
    assert_int_equal(head_of(summary_sh)->head, answer.lsn);
    const struct okr_head *company = head_of(OKR_SCOPE_COMPANY);
    assert_non_null(company);
    struct okr_note *note = okr_arena_alloc(h.keep, sizeof *note);
    assert_int_equal(okr_note_parse(company->checkpoint, note), OKR_OK);
    struct okr_pk pk = okr_sk_public(h.log_key);
    assert_true(okr_note_signed_by(note, &pk));
    assert_string_equal(note->checkpoint.origin, "acme/audit/epoch-1");
    assert_int_equal(note->checkpoint.size, okr_test_log_size(&h));
    struct okr_hash root = okr_test_log_root(&h, note->checkpoint.size);
    assert_true(okr_hash_eq(&root, &note->checkpoint.root));
    /* And the first event afterwards goes on from there. */
    (void)comment(&act.entity);
    struct okr_test_act next = objective_act("b", false);
    (void)okr_test_do(&h, &peer, &next);
    assert_int_equal(event_of(summary_sh)->prev_lsn, answer.lsn);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_event_says_what_a_pull_would),
        TEST(test_one_operation_one_event_a_scope),
        TEST(test_nothing_written_nothing_said),
        TEST(test_private_scopes_are_never_published),
        TEST(test_what_does_not_fit_is_a_head),
        TEST(test_an_aborted_turn_says_nothing),
        TEST(test_heads_follow_an_event),
        TEST(test_a_head_says_what_a_pull_ends_with),
        TEST(test_a_subscription_is_answered_behind_the_events),
        TEST(test_a_scope_without_anything_has_a_head_too),
        TEST(test_beats_come_in_time),
        TEST(test_a_restart_tells_where_every_scope_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
