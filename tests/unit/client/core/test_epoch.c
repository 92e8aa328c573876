/* Another history, another copy of this site: what is kept, what begins
 * anew; and which scopes are followed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "tests/lib/office.h"

static struct okr_office o;
static struct okr_id goal;

static int open_office(void **state)
{
    (void)state;
    okr_office_open(&o, false);
    goal = okr_office_objective(&o, "Grow");
    okr_office_live(&o);
    return 0;
}

static int close_office(void **state)
{
    (void)state;
    okr_office_close(&o);
    return 0;
}

static void set_title(const char *text)
{
    okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE, text);
}

static const char *title(bool view)
{
    return okr_office_text(&o, &goal, OKR_F_O_TITLE, view);
}

static void relink(void)
{
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_wait(&o, 1000);
    okr_office_serve(&o);
}

static struct okr_out *rows(size_t *ret_n)
{
    struct okr_kv_txn *txn = okr_office_begin(&o);
    struct okr_outs list;
    assert_int_equal(okr_outbox_list(txn, 1, 100, o.company.arena, &list),
                     OKR_OK);
    okr_office_end(&o, &txn);
    *ret_n = list.n;
    return list.at;
}

static struct okr_msg *take(enum okr_msg_type type)
{
    struct okr_msg *msg;
    while ((msg = okr_office_take(&o)) != NULL)
        if (msg->type == type)
            return msg;
    return NULL;
}

/* ---- incarnations -------------------------------------------------------- */

/* FORK: all operations without a final answer, in the same order, under new
 * numbers; no gap, or the server would refuse the push for ever. */
static void test_fork_keeps_all_in_order(void **state)
{
    (void)state;
    struct okr_id ids[5];
    static const char *const texts[] = {"a", "b", "c", "d", "e"};
    for (size_t i = 0; i < 5; i++) {
        struct okr_op op = okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal,
                                          OKR_F_O_TITLE, texts[i]);
        ids[i] = op.id;
        if (i < 2)
            okr_office_serve(&o);
        if (i == 0)
            okr_office_publish_all(&o); /* done; the next: answered only */
    }
    struct okr_msg *push = take(OKR_MSG_PUSH);
    struct okr_msg fork = {.type = OKR_MSG_ERROR,
                           .request = push->request,
                           .u.error = {.code = OKR_ERROR_FORK}};
    okr_office_message(&o, &fork);
    size_t n;
    struct okr_out *list = rows(&n);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].seq, i + 1);
        assert_int_equal(list[i].state, OKR_OUT_SAVED);
        assert_true(okr_id_eq(&list[i].op.id, &ids[i + 1]));
    }
    assert_string_equal(title(true), "e");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, true), 0);
    assert_true(okr_office_view_holds(&o));
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_FORK);
    struct okr_msg *hello = take(OKR_MSG_HELLO);
    assert_int_not_equal(hello->u.hello.incarnation, push->u.push.incarnation);
    /* A late word about the old ones changes nothing. */
    okr_office_message(&o, &fork);
    okr_office_message(&o, okr_office_answer(&o, hello));
    okr_office_message(&o, &fork);
    assert_int_equal(rows(&n)[0].seq, 1);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_int_equal(okr_office_state(&o).pending, 0);
    assert_string_equal(title(false), "e");
    assert_int_equal(okr_office_count(&o, OKR_KIND_CONFLICT, false), 0);
    assert_true(okr_office_same(&o));
}

/* A page says how far the server is with the *old* incarnation: believed, it
 * would call new operations written and take them out of the view. */
static void test_a_new_incarnation_starts_with_a_hello(void **state)
{
    (void)state;
    set_title("a");
    struct okr_msg *push = take(OKR_MSG_PUSH);
    struct okr_msg *pull = take(OKR_MSG_PULL);
    struct okr_msg fork = {.type = OKR_MSG_ERROR,
                           .request = push->request,
                           .u.error = {.code = OKR_ERROR_FORK}};
    okr_office_message(&o, &fork);
    if (pull != NULL) {
        struct okr_msg *page = okr_office_answer(&o, pull);
        page->u.page.own_seq = 1;
        okr_office_message(&o, page);
    }
    struct okr_msg page = {.type = OKR_MSG_PAGE, .u.page.own_seq = 1};
    okr_office_message(&o, &page);
    assert_string_equal(title(true), "a");
    assert_null(take(OKR_MSG_PUSH));
    assert_null(take(OKR_MSG_PULL));
}

/* A clone has pushed more than this copy ever did. */
static void test_a_clone_is_noticed_at_hello(void **state)
{
    (void)state;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    set_title("mine");
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *hello = take(OKR_MSG_HELLO);
    struct okr_msg *welcome = okr_office_answer(&o, hello);
    welcome->u.welcome.last_seq = 1; /* ours is saved, and in no push yet */
    okr_office_message(&o, welcome);
    struct okr_msg *again = take(OKR_MSG_HELLO);
    assert_non_null(again);
    assert_int_not_equal(again->u.hello.incarnation,
                         hello->u.hello.incarnation);
    okr_office_message(&o, okr_office_answer(&o, again));
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_string_equal(title(false), "mine");
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* More than a handful: none may be left behind under its old number. */
static void test_a_long_outbox_is_renumbered(void **state)
{
    (void)state;
    set_title("first");
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    for (int i = 0; i < 70; i++)
        set_title(i % 2 == 0 ? "a" : "b");
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *welcome = okr_office_answer(&o, take(OKR_MSG_HELLO));
    welcome->u.welcome.last_seq = 50;
    okr_office_message(&o, welcome);
    size_t n;
    struct okr_out *list = rows(&n);
    assert_int_equal(n, 70);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(list[i].seq, i + 1);
    assert_true(okr_office_view_holds(&o));
}

/* ---- epochs -------------------------------------------------------------- */

static void restore_server(void)
{
    o.company.epoch.counter++;
    o.company.epoch.random[0]++;
    o.company.epoch.began = o.company.lsn;
    o.n_taken = 0;
}

static void test_a_new_epoch_drops_all_but_the_outbox(void **state)
{
    (void)state;
    set_title("answered");
    okr_office_serve(&o);
    set_title("pending");
    okr_office_take(&o);
    restore_server();
    okr_lsn before = okr_office_scope(&o, 4).cursor;
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *hello = take(OKR_MSG_HELLO);
    okr_office_message(&o, okr_office_answer(&o, hello));
    assert_int_equal(okr_office_scope(&o, 4).cursor, 0);
    assert_int_equal(okr_office_scope(&o, OKR_OFFICE_SH).count, 0);
    assert_int_equal(okr_office_state(&o).alarms, OKR_SITE_ALARM_EPOCH);
    assert_int_equal(okr_office_state(&o).epoch, 2);
    assert_int_equal(okr_office_state(&o).scopes, 5);
    size_t n;
    assert_int_equal(rows(&n)[0].state, OKR_OUT_SAVED);
    assert_int_equal(n, 2);
    struct okr_msg *again = take(OKR_MSG_HELLO);
    assert_int_equal(again->u.hello.epoch.counter, 2);
    assert_int_equal(again->u.hello.n_cursors, 0);
    assert_int_not_equal(again->u.hello.incarnation,
                         hello->u.hello.incarnation);
    okr_office_message(&o, okr_office_answer(&o, again));
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    okr_office_wait(&o, 1000);
    okr_office_serve(&o);
    assert_true(okr_office_same(&o));
    assert_in_range(okr_office_scope(&o, 4).cursor, 1, before);
    assert_int_equal(okr_office_state(&o).pending, 0);
}

/* Its effect was here, its answer was not, and the restored server has
 * neither: it has to be shown, and told, again. */
static void test_a_new_epoch_forgets_what_was_written(void **state)
{
    (void)state;
    set_title("mine");
    struct okr_msg *push = okr_office_take(&o);
    okr_office_answer(&o, push);
    struct okr_msg *event = okr_office_events(&o, OKR_OFFICE_SH);
    okr_office_publish(&o, event);
    size_t n;
    assert_true(rows(&n)[0].written);
    restore_server();
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    okr_office_message(&o, okr_office_answer(&o, take(OKR_MSG_HELLO)));
    assert_false(rows(&n)[0].written);
    assert_int_equal(n, 1);
}

static size_t sent_rows(void)
{
    struct okr_kv_txn *txn = okr_office_begin(&o);
    uint64_t n;
    assert_int_equal(okr_kv_count(txn, OKR_TABLE_SENT, &n), OKR_OK);
    okr_office_end(&o, &txn);
    return n;
}

/* What was accepted after the backup goes up again, before what is new, in the
 * order in which it was accepted, whatever its numbers were: it may be of
 * several incarnations.  What the backup has stays where it is. */
static void test_a_new_epoch_hands_back_what_was_accepted(void **state)
{
    (void)state;
    static const char *const titles[] = {"in the backup", "lost 1", "lost 2",
                                         "lost 3", "pending"};
    struct okr_id ops[5];
    okr_lsn backup = 0;
    for (size_t i = 0; i < 5; i++) {
        ops[i] = okr_office_set(&o, OKR_KIND_OBJECTIVE, &goal, OKR_F_O_TITLE,
                                titles[i])
                     .id;
        if (i < 4)
            okr_office_serve(&o);
        okr_office_publish_all(&o);
        if (i == 0)
            backup = o.company.lsn;
        if (i == 1) { /* numbers begin again */
            okr_office_happens(&o, OKR_SITE_LINK_DOWN);
            o.n_out = 0;
            okr_office_happens(&o, OKR_SITE_LINK_UP);
            struct okr_msg *welcome =
                okr_office_answer(&o, take(OKR_MSG_HELLO));
            welcome->u.welcome.last_seq = 50;
            okr_office_message(&o, welcome);
            relink();
        }
    }
    assert_int_equal(sent_rows(), 4);
    okr_office_happens(&o, OKR_SITE_LINK_DOWN);
    o.n_out = 0;
    okr_office_happens(&o, OKR_SITE_LINK_UP);
    struct okr_msg *welcome = okr_office_answer(&o, take(OKR_MSG_HELLO));
    struct okr_epoch ancestry[] = {welcome->u.welcome.epochs[0],
                                   {.counter = 2, .began = backup}};
    welcome->u.welcome.epochs = ancestry;
    welcome->u.welcome.n_epochs = 2;
    okr_office_message(&o, welcome);
    size_t n;
    struct okr_out *list = rows(&n);
    assert_int_equal(n, 4);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(list[i].seq, i + 1);
        assert_true(okr_id_eq(&list[i].op.id, &ops[i + 1]));
        assert_int_equal(list[i].answer.lsn, 0);
        assert_int_equal(list[i].state, OKR_OUT_SAVED);
    }
    assert_int_equal(sent_rows(), 1);
    assert_int_equal(okr_office_state(&o).pending, 4);
}

/* Same counter, other random bytes: restored twice from the same backup. */
static void test_an_epoch_is_more_than_its_number(void **state)
{
    (void)state;
    o.company.epoch.random[5] ^= 1;
    relink();
    assert_true(okr_office_traced(&o, "another epoch"));
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
}

/* What left in the old history may live in the new one. */
static void test_a_new_epoch_forgets_what_left(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_typed move[] = {OKR_REF(OKR_F_O_UNIT, c->root), {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &goal, move);
    assert_true(okr_verdict_is_in(&v));
    struct okr_msg *event = okr_office_events(&o, OKR_OFFICE_SH);
    event->u.event.rows[0].elsn += 1000; /* as if much had happened */
    event->u.event.lsn += 1000;
    okr_office_publish(&o, event);
    assert_null(title(false));
    restore_server();
    o.published[OKR_OFFICE_SH] = 0;
    relink();
    assert_string_equal(title(false), "Grow");
    assert_true(okr_office_same(&o));
}

/* ---- scopes -------------------------------------------------------------- */

static void move_site(const struct okr_id *from, const struct okr_id *to)
{
    struct okr_company *c = &o.company;
    struct okr_typed units[] = {
        {.field = OKR_F_SITE_UNITS, .text = "-", .ref = *from, .is_ref = true},
        {.field = OKR_F_SITE_UNITS, .text = "+", .ref = *to, .is_ref = true},
        {0}};
    struct okr_id site = c->ground.site;
    c->ground.site = c->site;
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_SET, OKR_KIND_SITE, &o.id, units);
    c->ground.site = site;
    assert_true(okr_verdict_is_in(&v));
}

/* An admin gives the site another unit: other scopes come, old ones go, with
 * their data and their subscription. */
static void test_another_unit_means_other_scopes(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id kr = okr_company_kr(c, &goal, &c->lin, "Revenue");
    struct okr_id note = okr_company_id(c);
    struct okr_typed task[] = {OKR_REF(OKR_F_T_SUBJECT, kr),
                               OKR_TYPED(OKR_F_T_TITLE, "call"),
                               OKR_REF(OKR_F_T_OWNER, c->lin),
                               {0}};
    struct okr_id site = c->ground.site;
    c->ground.site = c->site;
    struct okr_verdict v =
        okr_company_act(c, &c->lin, OKR_VERB_ADD, OKR_KIND_TASK, &note, task);
    c->ground.site = site;
    assert_true(okr_verdict_is_in(&v));
    okr_office_publish_all(&o);
    assert_string_equal(okr_office_text(&o, &note, OKR_F_T_TITLE, false),
                        "call");
    move_site(&c->sh, &c->bj);
    okr_office_publish(&o, okr_office_events(&o, 4));
    assert_int_equal(okr_office_effects(&o, OKR_FX_SUBSCRIBE), 1);
    assert_int_equal(okr_office_effect(&o, OKR_FX_SUBSCRIBE)->scope, 13);
    assert_int_equal(okr_office_effects(&o, OKR_FX_UNSUBSCRIBE), 1);
    assert_int_equal(okr_office_effect(&o, OKR_FX_UNSUBSCRIBE)->scope,
                     OKR_OFFICE_SH_DETAIL);
    assert_null(okr_office_text(&o, &note, OKR_F_T_TITLE, false));
    assert_string_equal(title(false), "Grow"); /* its summary stays */
    okr_office_wait(&o, 1000);
    okr_office_serve(&o);
    okr_office_publish_all(&o);
    assert_int_equal(okr_office_state(&o).scopes, 5);
    assert_true(okr_office_same(&o));
    assert_int_equal(okr_office_state(&o).link, OKR_LINK_LIVE);
    okr_office_restart(&o);
    assert_int_equal(okr_office_state(&o).scopes, 5);
    /* And back again: what was dropped comes whole. */
    move_site(&c->bj, &c->sh);
    relink();
    assert_string_equal(okr_office_text(&o, &note, OKR_F_T_TITLE, false),
                        "call");
    assert_true(okr_office_same(&o));
}

static void test_the_root_unit_means_everything(void **state)
{
    (void)state;
    move_site(&o.company.sh, &o.company.root);
    okr_office_publish(&o, okr_office_events(&o, 4));
    okr_office_wait(&o, 1000);
    okr_office_serve(&o);
    /* 4 5 6, 8 9 10, 12 13 14 */
    assert_int_equal(okr_office_state(&o).scopes, 9);
    assert_true(okr_office_same(&o));
}

/* A new child of the root is a root itself. */
static void test_a_new_root_is_followed(void **state)
{
    (void)state;
    struct okr_company *c = &o.company;
    struct okr_id id = okr_company_id(c);
    struct okr_typed unit[] = {OKR_TYPED(OKR_F_UNIT_NAME, "gz"),
                               OKR_TYPED(OKR_F_CODE, "gz"),
                               OKR_REF(OKR_F_UNIT_PARENT, c->root),
                               {0}};
    struct okr_id site = c->ground.site;
    c->ground.site = c->site;
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_ADD, OKR_KIND_UNIT, &id, unit);
    c->ground.site = site;
    assert_true(okr_verdict_is_in(&v));
    okr_office_publish(&o, okr_office_events(&o, 4));
    assert_int_equal(okr_office_effect(&o, OKR_FX_SUBSCRIBE)->scope, 16);
    okr_office_wait(&o, 1000);
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).scopes, 6);
    assert_true(okr_office_same(&o));
}

/* Half a directory does not say what is not followed. */
static void test_nothing_is_dropped_while_the_directory_is_paged(void **state)
{
    (void)state;
    struct okr_msg *head = okr_office_head(&o, 4);
    struct okr_scope_row row = okr_office_scope(&o, 4);
    struct okr_kv_txn *txn = okr_office_begin(&o);
    row.repairs = 3; /* that much was tried: now the scope is dropped */
    assert_int_equal(okr_scope_put(txn, 4, &row), OKR_OK);
    assert_int_equal(okr_kv_commit(&txn), OKR_OK);
    head->u.head.digest.lo ^= 1;
    o.page_rows = 3;
    o.n_out = 0;
    okr_office_publish(&o, head);
    assert_int_equal(okr_office_scope(&o, 4).cursor, 0);
    for (int i = 0; i < 2; i++) {
        struct okr_msg *pull = take(OKR_MSG_PULL);
        okr_office_message(&o, okr_office_answer(&o, pull));
        assert_int_not_equal(okr_office_scope(&o, 4).token_elsn, 0);
        assert_int_equal(okr_office_state(&o).scopes, 5);
        assert_int_equal(okr_office_effects(&o, OKR_FX_UNSUBSCRIBE), 0);
    }
    okr_office_serve(&o);
    assert_int_equal(okr_office_state(&o).scopes, 5);
    assert_true(okr_office_same(&o));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_fork_keeps_all_in_order),
        TEST(test_a_new_incarnation_starts_with_a_hello),
        TEST(test_a_clone_is_noticed_at_hello),
        TEST(test_a_long_outbox_is_renumbered),
        TEST(test_a_new_epoch_drops_all_but_the_outbox),
        TEST(test_a_new_epoch_forgets_what_was_written),
        TEST(test_a_new_epoch_hands_back_what_was_accepted),
        TEST(test_an_epoch_is_more_than_its_number),
        TEST(test_a_new_epoch_forgets_what_left),
        TEST(test_another_unit_means_other_scopes),
        TEST(test_the_root_unit_means_everything),
        TEST(test_a_new_root_is_followed),
        TEST(test_nothing_is_dropped_while_the_directory_is_paged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
