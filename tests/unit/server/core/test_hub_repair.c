/* What a hub answers beside pages: buckets that differ, histories, Busy. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/replica/repair.h"
#include "tests/lib/hub.h"

enum { GOALS = 12 };

static struct okr_test_hub h;
static struct okr_test_peer peer;
static struct okr_id cycle, sh, bj, goals[GOALS];
static okr_scope summary, private_bj;

static okr_scope scope_of(const struct okr_id *unit, enum okr_depth depth)
{
    int64_t no = okr_record_int(okr_test_record_of(&h, unit), OKR_F_ROOT_NO, 0);
    return OKR_SCOPE((uint32_t)no, depth);
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

static void act(uint16_t verb, const struct okr_id *objective,
                const struct okr_typed *with)
{
    struct okr_test_act one = {
        verb, OKR_KIND_OBJECTIVE, *objective, with, {{0}}};
    struct okr_answer answer = okr_test_local(&h, &one);
    assert_true(okr_verdict_is_in(&answer.verdict));
}

static void set_title(const struct okr_id *objective, const char *title)
{
    const struct okr_typed with[] = {OKR_TYPED(OKR_F_O_TITLE, title), {0}};
    act(OKR_VERB_SET, objective, with);
}

static int begin(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    sh = okr_test_unit(&h, "sh", &h.root);
    bj = okr_test_unit(&h, "bj", &h.root);
    summary = scope_of(&sh, OKR_DEPTH_SUMMARY);
    private_bj = scope_of(&bj, OKR_DEPTH_PRIVATE);
    cycle = okr_test_cycle(&h, "Q1");
    const struct okr_id units[] = {sh, {{0}}};
    okr_test_join(&h, &peer, "shanghai", units);
    for (size_t i = 0; i < GOALS; i++)
        goals[i] = add_objective(&sh, "a title of some length", false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    okr_test_leave(&peer);
    okr_test_hub_close(&h);
    return 0;
}

/* ---- repair -------------------------------------------------------------- */

static struct okr_repair_list list;

static okr_lsn look(okr_scope scope)
{
    struct okr_kv_txn *txn;
    struct okr_scope_row row;
    assert_int_equal(okr_kv_begin(h.kv, false, &txn), OKR_OK);
    struct okr_space space = {.txn = txn, .arena = h.keep};
    assert_int_equal(okr_repair_list(&space, scope, &list), OKR_OK);
    assert_int_equal(okr_scope_get(txn, scope, &row), OKR_OK);
    okr_kv_abort(&txn);
    return row.head;
}

static struct okr_msg ask_repair(okr_scope scope, uint32_t bytes_max)
{
    return (struct okr_msg){.type = OKR_MSG_REPAIR,
                            .u.repair = {.scope = scope,
                                         .cursor = look(scope),
                                         .buckets = list.buckets,
                                         .bytes_max = bytes_max,
                                         .dictionary = 1}};
}

static const struct okr_repaired *repaired(const struct okr_msg *ask)
{
    const struct okr_msg *reply = okr_test_send(&h, &peer, ask);
    assert_non_null(reply);
    assert_int_equal(reply->type, OKR_MSG_REPAIRED);
    assert_int_equal(reply->request, peer.request);
    assert_true(reply->u.repaired.as_of == look(reply->u.repaired.scope));
    return &reply->u.repaired;
}

static void test_what_agrees_is_not_sent(void **state)
{
    (void)state;
    struct okr_msg ask = ask_repair(summary, OKR_BATCH_MAX);
    const struct okr_repaired *page = repaired(&ask);
    assert_int_equal(page->n_buckets, 0);
    assert_int_equal(page->n_rows, 0);
    assert_false(page->more);
}

static void test_a_bucket_that_differs_comes_whole(void **state)
{
    (void)state;
    struct okr_msg ask = ask_repair(summary, OKR_BATCH_MAX);
    uint32_t bucket = okr_bucket(&goals[3]);
    size_t in_it = 0;
    for (size_t i = 0; i < GOALS; i++)
        in_it += okr_bucket(&goals[i]) == bucket;
    ask.u.repair.buckets[bucket].lo ^= 1;
    const struct okr_repaired *page = repaired(&ask);
    assert_int_equal(page->n_buckets, 1);
    assert_int_equal(page->buckets[0], bucket);
    assert_int_equal(page->n_rows, in_it);
    for (size_t i = 0; i < page->n_rows; i++) {
        assert_true(page->rows[i].all);
        assert_int_equal(okr_bucket(&page->rows[i].id), bucket);
        assert_false(okr_id_is_zero(&page->rows[i].last.person));
    }
}

/* Everything differs: page by page, each row once, in order. */
static void test_paged_by_place(void **state)
{
    (void)state;
    struct okr_msg ask = ask_repair(summary, 1500);
    static struct okr_digest none[OKR_BUCKETS];
    for (size_t i = 0; i < OKR_BUCKETS; i++)
        none[i].lo = 77;
    ask.u.repair.buckets = none;
    struct okr_place before = {0};
    size_t rows = 0, pages = 0;
    bool more;
    do {
        const struct okr_repaired *page = repaired(&ask);
        more = page->more;
        for (size_t i = 0; i < page->n_rows; i++, rows++) {
            struct okr_place place = {okr_bucket(&page->rows[i].id),
                                      page->rows[i].id};
            assert_true(okr_place_cmp(&before, &place) < 0);
            before = place;
        }
        if (more) {
            assert_int_equal(okr_place_cmp(&page->next, &before), 0);
            assert_int_equal(page->buckets[page->n_buckets - 1],
                             page->next.bucket);
        }
        ask.u.repair.from = page->next;
        pages++;
    } while (more && pages < 50);
    assert_int_equal(rows, GOALS);
    assert_true(pages > 2);
}

static void test_a_private_scope_of_others(void **state)
{
    (void)state;
    struct okr_msg ask = ask_repair(private_bj, OKR_BATCH_MAX);
    const struct okr_msg *reply = okr_test_send(&h, &peer, &ask);
    assert_int_equal(reply->type, OKR_MSG_ERROR);
    assert_int_equal(reply->u.error.code, OKR_ERROR_NOT_YOURS);
    assert_int_equal(reply->u.error.last_seq, private_bj);
}

/* ---- history ------------------------------------------------------------- */

static const struct okr_msg *history(const struct okr_id *entity,
                                     okr_lsn before, uint32_t max)
{
    struct okr_msg ask = {
        .type = OKR_MSG_HISTORY,
        .u.history = {.entity = *entity, .before = before, .max = max}};
    return okr_test_send(&h, &peer, &ask);
}

static struct okr_slice title_after(const struct okr_history *row)
{
    for (size_t i = 0; i < row->n_changes; i++)
        if (row->changes[i].field == OKR_F_O_TITLE)
            return row->changes[i].after;
    return OKR_SLICE_NONE;
}

static void test_a_history_from_its_end(void **state)
{
    (void)state;
    set_title(&goals[0], "two");
    set_title(&goals[0], "three");
    set_title(&goals[0], "four");
    const struct okr_history_page *all =
        &history(&goals[0], 0, 0)->u.history_page;
    assert_int_equal(all->n_rows, 4);
    assert_false(all->more);
    assert_int_equal(all->rows[0].last.verb, OKR_VERB_ADD);
    assert_true(okr_slice_is(title_after(&all->rows[3]), "four"));
    okr_lsn last = all->rows[3].lsn;
    const struct okr_history_page *two =
        &history(&goals[0], last, 2)->u.history_page;
    assert_int_equal(two->n_rows, 2);
    assert_true(two->more);
    assert_true(okr_slice_is(title_after(&two->rows[1]), "three"));
    assert_true(okr_slice_is(title_after(&two->rows[0]), "two"));
    const struct okr_history_page *first =
        &history(&goals[0], two->rows[0].lsn, 2)->u.history_page;
    assert_int_equal(first->n_rows, 1);
    assert_false(first->more);
}

/* What was written while it was a draft stays with those who saw it. */
static void test_no_history_of_drafts(void **state)
{
    (void)state;
    struct okr_id goal = add_objective(&sh, "a secret", true);
    set_title(&goal, "still a secret");
    set_title(&goal, "in public");
    assert_int_equal(history(&goal, 0, 0)->u.history_page.n_rows, 3);
    const struct okr_typed out[] = {OKR_TYPED(OKR_F_O_STATE, "published"), {0}};
    act(OKR_VERB_PUBLISH, &goal, out);
    set_title(&goal, "in print");
    const struct okr_history_page *page = &history(&goal, 0, 0)->u.history_page;
    assert_int_equal(page->n_rows, 2);
    assert_false(page->more);
    assert_int_equal(page->rows[0].last.verb, OKR_VERB_PUBLISH);
    for (size_t i = 0; i < page->n_rows; i++)
        for (size_t k = 0; k < page->rows[i].n_changes; k++) {
            const struct okr_history_change *change = &page->rows[i].changes[k];
            assert_false(okr_slice_is(change->before, "a secret"));
            assert_false(okr_slice_is(change->before, "still a secret"));
        }
}

static void test_histories_of_others(void **state)
{
    (void)state;
    struct okr_id hidden = add_objective(&bj, "of others", true);
    struct okr_id open = add_objective(&bj, "for all", false);
    struct okr_id nothing = {{1}};
    assert_int_equal(history(&open, 0, 0)->type, OKR_MSG_HISTORY_PAGE);
    const struct okr_id *ids[] = {&hidden, &nothing};
    for (size_t i = 0; i < 2; i++) {
        const struct okr_msg *reply = history(ids[i], 0, 0);
        assert_int_equal(reply->type, OKR_MSG_ERROR);
        assert_int_equal(reply->u.error.code, OKR_ERROR_NOT_YOURS);
    }
}

/* ---- Busy ---------------------------------------------------------------- */

/* So many bytes of pages a second, with a burst of eight seconds' worth; who
 * is put off comes each a little later. */
static void test_busy(void **state)
{
    (void)state;
    h.conf.page_bytes_s = 500;
    okr_test_hub_restart(&h);
    (void)okr_test_hello(&h, &peer);
    struct okr_msg ask = okr_test_pull(&h, summary, 0, OKR_BATCH_MAX);
    const struct okr_msg *reply = okr_test_send(&h, &peer, &ask);
    int served = 0;
    while (reply->type == OKR_MSG_PAGE && served < 50) {
        served++;
        reply = okr_test_send(&h, &peer, &ask);
    }
    assert_in_range(served, 2, 20);
    assert_int_equal(reply->type, OKR_MSG_BUSY);
    uint32_t first = reply->u.busy.retry_ms;
    assert_in_range(first, 50, 60000);
    reply = okr_test_send(&h, &peer, &ask);
    assert_int_equal(reply->type, OKR_MSG_BUSY);
    assert_true(reply->u.busy.retry_ms > first);
    struct okr_msg repair = ask_repair(summary, OKR_BATCH_MAX);
    assert_int_equal(okr_test_send(&h, &peer, &repair)->type, OKR_MSG_BUSY);
    assert_int_equal(history(&goals[0], 0, 0)->type, OKR_MSG_BUSY);
    h.now += (okr_us)(first + 10000) * 1000;
    assert_int_equal(okr_test_send(&h, &peer, &ask)->type, OKR_MSG_PAGE);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(test_what_agrees_is_not_sent),
        TEST(test_a_bucket_that_differs_comes_whole),
        TEST(test_paged_by_place),
        TEST(test_a_private_scope_of_others),
        TEST(test_a_history_from_its_end),
        TEST(test_no_history_of_drafts),
        TEST(test_histories_of_others),
        TEST(test_busy),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
