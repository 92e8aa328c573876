/* Pulls: pages of what is different, long polls, and who may ask. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "tests/lib/hub.h"

#define ROWS_MAX 64

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id cycle, sh, bj;
static okr_scope private_sh, private_bj, summary_sh;

static okr_scope scope_of(const struct okr_id *unit, enum okr_depth depth)
{
    int64_t no = okr_record_int(okr_test_record_of(&h, unit), OKR_F_ROOT_NO, 0);
    assert_true(no > 1);
    return OKR_SCOPE((uint32_t)no, depth);
}

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    sh = okr_test_unit(&h, "sh", &h.root);
    bj = okr_test_unit(&h, "bj", &h.root);
    private_sh = scope_of(&sh, OKR_DEPTH_PRIVATE);
    private_bj = scope_of(&bj, OKR_DEPTH_PRIVATE);
    summary_sh = scope_of(&sh, OKR_DEPTH_SUMMARY);
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

static struct okr_id add_objective(const struct okr_id *unit, const char *title,
                                   bool draft)
{
    struct okr_test_act act =
        okr_test_objective(&h, &cycle, unit, title, draft);
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
    return act.entity;
}

static void set_title(const struct okr_id *objective, const char *title)
{
    struct okr_typed with[] = {OKR_TYPED(OKR_F_O_TITLE, title), {0}};
    struct okr_test_act act = {
        OKR_VERB_SET, OKR_KIND_OBJECTIVE, *objective, with, {{0}}};
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
}

static const struct okr_page *pull(const struct okr_msg *ask)
{
    const struct okr_msg *reply = okr_test_send(&h, &peer, ask);
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_PAGE);
    assert_int_equal(reply->request, peer.request);
    return &reply->u.page;
}

static okr_lsn head_of(okr_scope scope)
{
    struct okr_msg ask = okr_test_pull(&h, scope, 0, OKR_BATCH_MAX);
    return pull(&ask)->sections[0].head;
}

struct got {
    struct okr_row rows[ROWS_MAX];
    size_t n, pages;
    struct okr_section last;
};

/* Pulls a page and goes on behind its token next time. */
static bool page(struct okr_msg *ask, struct got *got)
{
    const struct okr_page *reply = pull(ask);
    assert_int_equal(reply->n_sections, 1);
    got->last = reply->sections[0];
    got->pages++;
    for (size_t i = 0; i < got->last.n_rows; i++) {
        assert_true(got->n < ROWS_MAX);
        got->rows[got->n++] = got->last.rows[i];
    }
    struct okr_want *want = &ask->u.pull.wants[0];
    want->after_elsn = got->last.token_elsn;
    want->after_id = got->last.token_id;
    want->upto = got->last.upto;
    return got->last.more;
}

static const struct okr_row *row_of(const struct got *got,
                                    const struct okr_id *id, size_t *ret_times)
{
    const struct okr_row *found = NULL;
    *ret_times = 0;
    for (size_t i = 0; i < got->n; i++)
        if (okr_id_eq(&got->rows[i].id, id)) {
            found = &got->rows[i];
            (*ret_times)++;
        }
    return found;
}

/* ---- paging -------------------------------------------------------------- */

static void test_tiny_pages_give_every_row_once(void **state)
{
    (void)state;
    struct got all = {0}, tiny = {0};
    struct okr_msg ask = okr_test_pull(&h, OKR_SCOPE_COMPANY, 0, OKR_BATCH_MAX);
    assert_false(page(&ask, &all));
    assert_true(all.n > 5);
    ask = okr_test_pull(&h, OKR_SCOPE_COMPANY, 0, 1);
    while (page(&ask, &tiny))
        assert_int_equal(tiny.last.n_rows, 1);
    assert_int_equal(tiny.n, all.n);
    assert_int_equal(tiny.pages, all.n);
    for (size_t i = 0; i < all.n; i++) {
        assert_true(okr_id_eq(&tiny.rows[i].id, &all.rows[i].id));
        assert_int_equal(tiny.rows[i].elsn, all.rows[i].elsn);
        assert_true(i == 0 || all.rows[i].elsn > all.rows[i - 1].elsn ||
                    okr_id_cmp(&all.rows[i].id, &all.rows[i - 1].id) > 0);
    }
    assert_true(okr_digest_eq(&tiny.last.digest, &all.last.digest));
    assert_int_equal(all.last.head, all.rows[all.n - 1].elsn);
}

static void test_a_page_keeps_to_its_size(void **state)
{
    (void)state;
    for (int i = 0; i < 20; i++)
        (void)add_objective(&sh, "a title of some length, for the size", false);
    struct got got = {0};
    struct okr_msg ask = okr_test_pull(&h, summary_sh, 0, 1500);
    bool more;
    do {
        more = page(&ask, &got);
        struct okr_msg msg = {.type = OKR_MSG_PAGE};
        msg.u.page.sections = &got.last;
        msg.u.page.n_sections = 1;
        struct okr_buf bytes;
        okr_buf_init(&bytes, h.keep);
        okr_msg_encode(&msg, &bytes);
        assert_true(bytes.len <= 1500);
        assert_true(!more || bytes.len > 700);
    } while (more);
    assert_int_equal(got.n, 20);
}

/* What changes while it is paged moves to the end and comes once more. */
static void test_what_changes_while_paging_comes_again(void **state)
{
    (void)state;
    struct okr_id a = add_objective(&sh, "a", false);
    struct okr_id b = add_objective(&sh, "b", false);
    struct okr_id c = add_objective(&sh, "c", false);
    struct got got = {0};
    struct okr_msg ask = okr_test_pull(&h, summary_sh, 0, 1);
    assert_true(page(&ask, &got));
    okr_lsn upto = got.last.upto;
    set_title(&a, "a changed");
    set_title(&b, "b changed");
    while (page(&ask, &got))
        assert_int_equal(got.last.upto, upto);
    size_t times;
    const struct okr_row *row = row_of(&got, &a, &times);
    assert_int_equal(times, 2);
    assert_true(row->all); /* entered after `since`: 0 */
    row = row_of(&got, &b, &times);
    assert_int_equal(times, 1); /* it moved on before its turn */
    (void)row_of(&got, &c, &times);
    assert_int_equal(times, 1);
    assert_true(got.last.head > upto);
}

static void test_only_what_changed_travels(void **state)
{
    (void)state;
    struct okr_id a = add_objective(&sh, "a", false);
    (void)add_objective(&sh, "b", false);
    okr_lsn since = head_of(summary_sh);
    set_title(&a, "a changed");
    struct got got = {0};
    struct okr_msg ask = okr_test_pull(&h, summary_sh, since, OKR_BATCH_MAX);
    assert_false(page(&ask, &got));
    assert_int_equal(got.n, 1);
    assert_false(got.rows[0].all);
    assert_int_equal(got.rows[0].n_regs, 1);
    assert_int_equal(got.rows[0].regs[0].field, OKR_F_O_TITLE);
    assert_true(okr_slice_is(got.rows[0].regs[0].data, "a changed"));
    assert_true(okr_id_eq(&got.rows[0].last.person, &h.admin));
    assert_true(okr_id_eq(&got.rows[0].last.site, &h.server_site));
    assert_int_equal(got.rows[0].last.verb, OKR_VERB_SET);
    assert_false(got.rows[0].last.is_signed);
    assert_int_equal(got.rows[0].last.time, h.now - 1000000);
}

static void test_what_left_leaves_a_row(void **state)
{
    (void)state;
    okr_scope summary_bj = scope_of(&bj, OKR_DEPTH_SUMMARY);
    struct okr_id a = add_objective(&sh, "a", false);
    okr_lsn since = head_of(summary_sh);
    struct okr_typed with[] = {OKR_REF(OKR_F_O_UNIT, bj), {0}};
    struct okr_test_act act = {
        OKR_VERB_SET, OKR_KIND_OBJECTIVE, a, with, {{0}}};
    struct okr_answer moved = okr_test_local(&h, &act);
    assert_int_equal(moved.n_scopes, 2);
    struct got old = {0}, now = {0};
    struct okr_msg ask = okr_test_pull(&h, summary_sh, since, OKR_BATCH_MAX);
    assert_false(page(&ask, &old));
    assert_int_equal(old.n, 1);
    assert_true(old.rows[0].gone);
    assert_int_equal(old.rows[0].n_regs, 0);
    assert_int_equal(old.rows[0].elsn, moved.lsn);
    assert_int_equal(old.rows[0].last.verb, OKR_VERB_SET);
    /* Where it went it comes whole, although most of it is older. */
    ask = okr_test_pull(&h, summary_bj, moved.lsn - 1, OKR_BATCH_MAX);
    assert_false(page(&ask, &now));
    assert_int_equal(now.n, 1);
    assert_true(now.rows[0].all);
    assert_true(now.rows[0].n_regs > 5);
}

enum { MANY = 150 };

/* A unit with many objectives goes from one root to another in one operation;
 * the lsn at which it did. */
static okr_lsn great_move(void)
{
    struct okr_id dev = okr_test_unit(&h, "dev", &sh);
    struct okr_op ops[MANY];
    for (size_t i = 0; i < MANY; i++) {
        struct okr_test_act act =
            okr_test_objective(&h, &cycle, &dev, "a", false);
        ops[i] = okr_test_op(&h, &act);
    }
    struct okr_hub_event event = {
        .kind = OKR_HUB_LOCAL, .now = h.now, .ops = ops, .n_ops = MANY};
    assert_int_equal(okr_test_turn(&h, &event, 1), OKR_OK);
    struct okr_typed with[] = {OKR_REF(OKR_F_UNIT_PARENT, bj), {0}};
    struct okr_test_act act = {OKR_VERB_SET, OKR_KIND_UNIT, dev, with, {{0}}};
    struct okr_answer moved = okr_test_local(&h, &act);
    assert_int_equal(moved.n_scopes, 3);
    return moved.lsn;
}

/* The rows of a section from the `n`-th of all on; how many there are now. */
static size_t same_rows(const struct okr_section *some,
                        const struct okr_section *all, size_t n)
{
    assert_true(n + some->n_rows <= all->n_rows);
    for (size_t i = 0; i < some->n_rows; i++) {
        assert_true(okr_id_eq(&some->rows[i].id, &all->rows[n + i].id));
        assert_int_equal(some->rows[i].elsn, all->rows[n + i].elsn);
        assert_int_equal(some->rows[i].gone, all->rows[n + i].gone);
    }
    return n + some->n_rows;
}

/* More rows of one operation than are read at once, so that a page ends
 * between rows of the same lsn. */
static void test_a_great_move_is_paged_whole(void **state)
{
    (void)state;
    okr_lsn moved = great_move();
    const okr_scope scopes[] = {summary_sh, scope_of(&bj, OKR_DEPTH_SUMMARY)};
    for (size_t i = 0; i < 2; i++) {
        struct okr_msg ask = okr_test_pull(&h, scopes[i], 0, OKR_BATCH_MAX);
        const struct okr_section *all = &pull(&ask)->sections[0];
        assert_int_equal(all->n_rows, MANY);
        assert_int_equal(all->rows[0].elsn, moved);
        assert_int_equal(all->rows[MANY - 1].elsn, moved);
        assert_int_equal(all->rows[0].gone, i == 0);
        size_t n = 0;
        ask = okr_test_pull(&h, scopes[i], 0, 700);
        for (bool more = true; more;) {
            const struct okr_section *some = &pull(&ask)->sections[0];
            n = same_rows(some, all, n);
            ask.u.pull.wants[0].after_elsn = some->token_elsn;
            ask.u.pull.wants[0].after_id = some->token_id;
            more = some->more;
        }
        assert_int_equal(n, MANY);
    }
}

static void test_several_scopes_in_the_order_asked(void **state)
{
    (void)state;
    (void)add_objective(&sh, "a", false);
    struct okr_want wants[] = {
        {.scope = summary_sh},
        {.scope = private_sh},
        {.scope = OKR_SCOPE_COMPANY},
    };
    struct okr_msg ask = {
        .type = OKR_MSG_PULL,
        .u.pull = {.wants = wants, .n_wants = 3, .bytes_max = OKR_BATCH_MAX}};
    const struct okr_page *reply = pull(&ask);
    assert_int_equal(reply->n_sections, 3);
    assert_int_equal(reply->sections[0].scope, summary_sh);
    assert_int_equal(reply->sections[0].n_rows, 1);
    assert_int_equal(reply->sections[1].scope, private_sh);
    assert_int_equal(reply->sections[1].head, 0);
    assert_false(reply->sections[1].more);
    assert_true(reply->sections[2].n_rows > 5);
    /* What does not fit is left for the next one. */
    ask.u.pull.bytes_max = 600;
    reply = pull(&ask);
    assert_true(reply->n_sections < 3);
    assert_false(reply->sections[0].more);
}

static void test_an_empty_scope_ends_at_once(void **state)
{
    (void)state;
    struct got got = {0};
    struct okr_msg ask =
        okr_test_pull(&h, OKR_SCOPE(77, OKR_DEPTH_DETAIL), 0, 4096);
    assert_false(page(&ask, &got));
    assert_int_equal(got.n, 0);
    assert_int_equal(got.last.head, 0);
}

/* ---- who may ------------------------------------------------------------- */

static void test_private_scopes_are_for_their_own_sites(void **state)
{
    (void)state;
    (void)add_objective(&sh, "secret", true);
    (void)add_objective(&bj, "theirs", true);
    struct got got = {0};
    struct okr_msg ask = okr_test_pull(&h, private_sh, 0, 4096);
    assert_false(page(&ask, &got));
    assert_int_equal(got.n, 1);
    const okr_scope not_yours[] = {
        private_bj, OKR_SCOPE(OKR_ROOT_COMPANY, OKR_DEPTH_PRIVATE),
        OKR_SCOPE(0, OKR_DEPTH_DETAIL), OKR_SCOPE(2, 3), 0};
    for (size_t i = 0; i < sizeof not_yours / sizeof not_yours[0]; i++) {
        ask = okr_test_pull(&h, not_yours[i], 0, 4096);
        ask.u.pull.wait_s = i % 2 == 0 ? 0 : 60;
        const struct okr_msg *reply = okr_test_send(&h, &peer, &ask);
        assert_non_null(reply);
        assert_int_equal(reply->type, OKR_MSG_ERROR);
        assert_int_equal(reply->u.error.code, OKR_ERROR_NOT_YOURS);
        assert_int_equal(reply->u.error.last_seq, not_yours[i]);
    }
}

static void test_the_site_of_the_root_unit_may_see_all(void **state)
{
    (void)state;
    struct okr_test_peer hq;
    const struct okr_id units[] = {h.root, {{0}}};
    okr_test_join(&h, &hq, "hq", units);
    (void)add_objective(&bj, "theirs", true);
    struct okr_msg ask = okr_test_pull(&h, private_bj, 0, 4096);
    const struct okr_msg *reply = okr_test_send(&h, &hq, &ask);
    assert_int_equal(reply->type, OKR_MSG_PAGE);
    assert_int_equal(reply->u.page.sections[0].n_rows, 1);
    okr_test_leave(&hq);
}

static void test_a_site_below_a_root_sees_that_root(void **state)
{
    (void)state;
    struct okr_test_peer team;
    struct okr_id dev = okr_test_unit(&h, "sh-dev", &sh);
    const struct okr_id units[] = {dev, {{0}}};
    okr_test_join(&h, &team, "dev", units);
    struct okr_msg ask = okr_test_pull(&h, private_sh, 0, 4096);
    assert_int_equal(okr_test_send(&h, &team, &ask)->type, OKR_MSG_PAGE);
    ask = okr_test_pull(&h, private_bj, 0, 4096);
    assert_int_equal(okr_test_send(&h, &team, &ask)->type, OKR_MSG_ERROR);
    okr_test_leave(&team);
}

static void test_a_unit_taken_from_a_site_takes_its_drafts_along(void **state)
{
    (void)state;
    struct okr_typed with[] = {OKR_REF(OKR_F_SITE_UNITS, sh), {0}};
    with[0].text = "-";
    struct okr_test_act act = {
        OKR_VERB_SET, OKR_KIND_SITE, peer.id, with, {{0}}};
    struct okr_msg ask = okr_test_pull(&h, private_sh, 0, 4096);
    assert_int_equal(okr_test_send(&h, &peer, &ask)->type, OKR_MSG_PAGE);
    struct okr_answer answer = okr_test_local(&h, &act);
    assert_true(okr_verdict_is_in(&answer.verdict));
    assert_int_equal(okr_test_send(&h, &peer, &ask)->type, OKR_MSG_ERROR);
}

/* ---- own operations ------------------------------------------------------ */

static void test_a_page_says_what_was_taken_from_the_site(void **state)
{
    (void)state;
    struct okr_test_act act = okr_test_objective(&h, &cycle, &sh, "own", false);
    struct okr_msg ask = okr_test_pull(&h, summary_sh, 0, 4096);
    assert_int_equal(pull(&ask)->own_seq, 0);
    (void)okr_test_do(&h, &peer, &act);
    assert_int_equal(pull(&ask)->own_seq, 1);
    /* A hub that does not know under which incarnation promises nothing. */
    okr_test_hub_restart(&h);
    assert_int_equal(pull(&ask)->own_seq, 0);
    (void)okr_test_hello(&h, &peer);
    assert_int_equal(pull(&ask)->own_seq, 1);
    peer.incarnation++;
    (void)okr_test_hello(&h, &peer);
    assert_int_equal(pull(&ask)->own_seq, 0);
}

/* ---- long polls ---------------------------------------------------------- */

static struct okr_msg wait_pull(okr_lsn since, uint32_t wait_s)
{
    struct okr_msg ask = okr_test_pull(&h, summary_sh, since, 4096);
    ask.u.pull.wait_s = wait_s;
    return ask;
}

static void test_a_pull_waits_for_something_new(void **state)
{
    (void)state;
    (void)add_objective(&sh, "a", false);
    okr_lsn head = head_of(summary_sh);
    struct okr_msg ask = wait_pull(head, 60);
    assert_null(okr_test_send(&h, &peer, &ask));
    uint32_t request = peer.request;
    (void)add_objective(&bj, "elsewhere", false);
    assert_int_equal(h.n_sent, 0);
    (void)add_objective(&sh, "b", false);
    assert_int_equal(h.n_sent, 1);
    assert_int_equal(h.sent[0].msg->type, OKR_MSG_PAGE);
    assert_int_equal(h.sent[0].msg->request, request);
    assert_memory_equal(h.sent[0].to.b, peer.from.b, peer.from.len);
    assert_int_equal(h.sent[0].msg->u.page.sections[0].n_rows, 1);
    (void)add_objective(&sh, "c", false);
    assert_int_equal(h.n_sent, 0); /* once */
}

static void test_a_private_scope_wakes_too(void **state)
{
    (void)state;
    struct okr_msg ask = okr_test_pull(&h, private_sh, 0, 4096);
    ask.u.pull.wait_s = 60;
    assert_null(okr_test_send(&h, &peer, &ask));
    (void)add_objective(&sh, "draft", true);
    assert_int_equal(h.n_sent, 1);
    assert_int_equal(h.sent[0].msg->u.page.sections[0].n_rows, 1);
}

static void test_a_wait_ends_in_time(void **state)
{
    (void)state;
    (void)add_objective(&sh, "a", false);
    okr_lsn head = head_of(summary_sh);
    okr_test_timeout(&h, 1);
    struct okr_msg ask = wait_pull(head, 7);
    assert_null(okr_test_send(&h, &peer, &ask));
    assert_int_equal(okr_hub_deadline(h.hub), h.now + (okr_us)7 * 1000000);
    okr_test_timeout(&h, 6999);
    assert_int_equal(h.n_sent, 0);
    okr_test_timeout(&h, 1);
    assert_int_equal(h.n_sent, 1);
    assert_int_equal(h.sent[0].msg->u.page.sections[0].n_rows, 0);
    assert_int_equal(h.sent[0].msg->u.page.sections[0].head, head);
    assert_true(okr_hub_deadline(h.hub) > h.now);
}

static void test_another_message_ends_the_wait(void **state)
{
    (void)state;
    (void)add_objective(&sh, "a", false);
    okr_lsn head = head_of(summary_sh);
    struct okr_msg ask = wait_pull(head, 60), now = wait_pull(head, 0);
    assert_null(okr_test_send(&h, &peer, &ask));
    (void)pull(&now); /* a Pull takes its place */
    (void)add_objective(&sh, "b", false);
    assert_int_equal(h.n_sent, 0);
    ask = wait_pull(head_of(summary_sh), 60);
    assert_null(okr_test_send(&h, &peer, &ask));
    (void)okr_test_hello(&h, &peer); /* over another link */
    (void)add_objective(&sh, "c", false);
    assert_int_equal(h.n_sent, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tiny_pages_give_every_row_once),
        TEST(test_a_page_keeps_to_its_size),
        TEST(test_what_changes_while_paging_comes_again),
        TEST(test_only_what_changed_travels),
        TEST(test_what_left_leaves_a_row),
        TEST(test_a_great_move_is_paged_whole),
        TEST(test_several_scopes_in_the_order_asked),
        TEST(test_an_empty_scope_ends_at_once),
        TEST(test_private_scopes_are_for_their_own_sites),
        TEST(test_the_site_of_the_root_unit_may_see_all),
        TEST(test_a_site_below_a_root_sees_that_root),
        TEST(test_a_unit_taken_from_a_site_takes_its_drafts_along),
        TEST(test_a_page_says_what_was_taken_from_the_site),
        TEST(test_a_pull_waits_for_something_new),
        TEST(test_a_private_scope_wakes_too),
        TEST(test_a_wait_ends_in_time),
        TEST(test_another_message_ends_the_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
