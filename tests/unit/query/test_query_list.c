/* Lists, searches and trees: what is in them, in which order, at what cost. */
#include "tests/unit/query/answer.h"

/* Titles of an array, one after the other, and of what is below: "A(B C)". */
static void put_titles(struct answer *a, const char *path, struct okr_buf *out)
{
    for (int i = 0;; i++) {
        char one[200], title[220], below[220];
        (void)snprintf(one, sizeof one, "%s%d", path, i);
        (void)snprintf(title, sizeof title, "%s.title", one);
        (void)snprintf(below, sizeof below, "%s.children.", one);
        const char *is = value_at(a, title);
        if (is == NULL)
            return;
        okr_buf_printf(out, "%s%.*s", i == 0 ? "" : " ", (int)strlen(is) - 2,
                       is + 1);
        (void)snprintf(title, sizeof title, "%s.children.0", one);
        if (value_at(a, title) == NULL)
            continue;
        okr_buf_u8(out, '(');
        put_titles(a, below, out);
        okr_buf_u8(out, ')');
    }
}

static void assert_titles(struct answer *a, const char *want)
{
    struct okr_buf out;
    okr_buf_init(&out, a->c.arena);
    put_titles(a, "", &out);
    okr_buf_u8(&out, 0);
    if (a->problem.rule != OKR_RULE_NONE)
        fail_msg("%s", a->problem.what);
    assert_string_equal((const char *)out.data, want);
}

static void sorted_by_id_objectives_and_key_results(void **state)
{
    struct answer *a = *state;
    assert_true(ask(a, "list", NULL));
    assert_string_equal((const char *)a->json.data, "[]");
    struct okr_id one = add_objective(a, "O1", NULL);
    struct okr_id two = add_objective(a, "O2", NULL);
    (void)add_kr(a, &two, "K1", "1");
    (void)add_kr(a, &one, "K2", "1");
    ask(a, "list", NULL);
    assert_titles(a, "O1 O2 K1 K2");
    ask(a, "list", "kind=kr", NULL);
    assert_titles(a, "K1 K2");
    ask(a, "list", "kind=person", NULL);
    assert_titles(a, "Ann Ace Bob Bee Cy Cee");
    ask(a, "list", "kind=all", NULL);
    assert_at(a, "0.kind", "\"policy\"");
    assert_at(a, "10.title", "\"K2\"");
    assert_at(a, "11", NULL);
}

static void filters(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id one = add_objective(a, "O1", NULL);
    struct okr_id two = add_objective(a, "O2", NULL);
    struct okr_id q3 = okr_acme_add(c, OKR_KIND_CYCLE, "name", "2026-Q3", NULL);
    okr_acme_set(c, &two, 0, "cycle", okr_acme_hex(c, &q3), "unit",
                 okr_acme_hex(c, &c->acme), "owner", okr_acme_hex(c, &c->ann),
                 NULL);
    (void)add_kr(a, &one, "K1", "1");
    struct okr_id other = add_kr(a, &two, "K2", "1");
    okr_acme_set(c, &other, 0, "owner", okr_acme_hex(c, &c->bob), NULL);
    ask(a, "list", "cycle=2026-Q2", NULL);
    assert_titles(a, "O1 K1");
    ask(a, "list", "unit=acme", NULL);
    assert_titles(a, "O2 K2");
    ask(a, "list", "owner=bob@acme.test", NULL);
    assert_titles(a, "O1 K2");
    ask(a, "list", "owner=me", NULL);
    assert_titles(a, "K1");
    ask(a, "list", "cycle=2026-Q3", "owner=ann@acme.test", "kind=objective",
        NULL);
    assert_titles(a, "O2");
    ask(a, "list", "kind=person", "unit=sales", NULL);
    assert_titles(a, "Bob Bee Cy Cee");
    (void)okr_acme_add(c, OKR_KIND_TASK, "subject", okr_acme_hex(c, &other),
                       "title", "T", NULL);
    ask(a, "list", "kind=task", "unit=acme", "cycle=2026-Q3", NULL);
    assert_titles(a, "T");
    ask(a, "list", "kind=task", "unit=sales", NULL);
    assert_titles(a, "");
}

/* Page by page as in one piece, whatever the pages' size; each ends where it
 * says, also where nothing on it fits. */
static void pages(void **state)
{
    struct answer *a = *state;
    char titles[200], limit[32], after[6 + OKR_ID_HEX] = "";
    for (int i = 0; i < 5; i++) {
        char title[] = {'O', (char)('1' + i), '\0'};
        struct okr_id one = add_objective(a, title, NULL);
        title[0] = 'K';
        struct okr_id kr = add_kr(a, &one, title, "1");
        if (i % 2 == 1)
            okr_acme_set(&a->c, &kr, 0, "archived", "true", NULL);
    }
    struct okr_id next;
    a->query.next = &next;
    for (int size = 1; size <= 11; size++) {
        int n = 0;
        titles[0] = after[0] = '\0';
        (void)snprintf(limit, sizeof limit, "limit=%d", size);
        do {
            assert_true(ask(a, "list", limit, after[0] ? after : NULL, NULL));
            for (int i = 0;; i++) {
                char path[32];
                (void)snprintf(path, sizeof path, "%d.title", i);
                const char *title = value_at(a, path);
                if (title == NULL)
                    break;
                (void)strcat(titles, title);
            }
            char hex[OKR_ID_HEX];
            okr_id_hex(&next, hex);
            (void)snprintf(after, sizeof after, "after=%s", hex);
            n++;
        } while (!okr_id_is_zero(&next));
        assert_string_equal(titles, "\"O1\"\"K1\"\"O2\"\"O3\"\"K3\"\"O4\""
                                    "\"O5\"\"K5\"");
        assert_int_equal(n, (10 + size - 1) / size);
    }
    assert_true(ask(a, "list", "unit=sales", "limit=3", NULL));
    assert_at(a, "2.title", "\"O2\"");
    assert_false(okr_id_is_zero(&next));
    assert_true(ask(a, "search", "text=k3", "limit=1000", NULL));
    assert_titles(a, "K3");
    assert_true(okr_id_is_zero(&next));
    const char *const bad[] = {"limit=0", "limit=1001", "limit=x", "limit=-1",
                               "after=00"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(ask(a, "list", bad[i], NULL));
        assert_int_equal(a->problem.rule, OKR_RULE_MALFORMED);
    }
    assert_false(ask(a, "list", "limit=5", "after=nothing", NULL));
    a->query.next = NULL;
}

static void archived_ones_only_when_asked(void **state)
{
    struct answer *a = *state;
    struct okr_id one = add_objective(a, "O1", NULL);
    struct okr_id kr = add_kr(a, &one, "K1", "1");
    okr_acme_set(&a->c, &kr, 0, "archived", "true", NULL);
    ask(a, "list", NULL);
    assert_titles(a, "O1");
    ask(a, "list", "archived=true", NULL);
    assert_titles(a, "O1 K1");
    ask(a, "list", "archived=no", NULL);
    assert_titles(a, "O1");
    ask(a, "tree", "archived=", NULL);
    assert_titles(a, "O1(K1)");
    ask(a, "tree", NULL);
    assert_titles(a, "O1");
}

static void slips(void **state)
{
    struct answer *a = *state;
    assert_false(ask(a, "list", "kind=knd", NULL));
    assert_non_null(strstr(a->problem.what, "\"knd\" is no kind; one of all"));
    assert_true(a->problem.usage);
    assert_false(ask(a, "list", "cycle=Q9", NULL));
    assert_string_equal(a->problem.what, "--cycle: no cycle is named \"Q9\"");
    assert_false(a->problem.usage);
    assert_false(ask(a, "list", "kind=unit", "colour=red", NULL));
    assert_non_null(strstr(a->problem.what, "\"colour\" is no option of list; "
                                            "its options: kind, cycle"));
    assert_false(ask(a, "dance", NULL));
    assert_int_equal(a->problem.rule, OKR_RULE_UNKNOWN_VERB);
    assert_true(a->problem.usage);
    assert_false(ask(a, "show", NULL));
    assert_string_equal(a->problem.what, "\"show\" needs a reference");
    assert_false(ask(a, "search", "text= ", NULL));
    assert_int_equal(a->problem.rule, OKR_RULE_MISSING);
    assert_true(a->problem.usage);
    assert_int_equal(a->json.len, 1);
    assert_true(okr_query_knows(OKR_SLICE_LIT("tree")));
    assert_false(okr_query_knows(OKR_SLICE_LIT("add")));
}

/* ---- drafts -------------------------------------------------------------- */

static bool sees(struct answer *a, const struct okr_id *who,
                 const struct okr_id *what)
{
    a->query.person = *who;
    bool listed = ask(a, "list", "kind=all", NULL) &&
                  strstr((const char *)a->json.data, "Secret") != NULL;
    bool found = ask(a, "search", "text=secret", NULL) && a->json.len > 3;
    bool shown = ask(a, "show", arg(a, "ref", what), NULL);
    bool logged = ask(a, "log", arg(a, "ref", what), NULL);
    bool grown = ask(a, "tree", NULL) &&
                 strstr((const char *)a->json.data, "Secret") != NULL;
    bool told;
    assert_int_equal(okr_query_shows(&a->query, what, &told), OKR_OK);
    assert_int_equal(told, listed);
    if (listed != found || listed != shown || listed != logged ||
        listed != grown)
        fail_msg("list %d search %d show %d log %d tree %d", listed, found,
                 shown, logged, grown);
    return listed;
}

/* Bob's draft in Sales, which he leads; Cy works there too. */
static void a_draft_is_for_those_who_work_on_it(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id dee =
        okr_acme_add(c, OKR_KIND_PERSON, "name", "Dee", "mail", "dee@acme.test",
                     "unit", okr_acme_hex(c, &c->sales), NULL);
    struct okr_id o = add_objective(a, "Secret", NULL);
    struct okr_id kr = add_kr(a, &o, "Secret too", "1");
    okr_acme_set(c, &o, 0, "state", "draft", "home", "6", "owner",
                 okr_acme_hex(c, &c->cy), "author", okr_acme_hex(c, &c->cy),
                 NULL);
    okr_acme_set(c, &kr, 0, "home", "6", "author", okr_acme_hex(c, &c->cy),
                 "owner", okr_acme_hex(c, &c->cy), NULL);
    struct okr_id nobody = {{0}};
    assert_true(sees(a, &c->cy, &o));
    assert_true(sees(a, &c->bob, &kr)); /* leads Sales */
    assert_true(sees(a, &c->ann, &o));  /* leads the unit above */
    assert_false(sees(a, &dee, &o));
    assert_false(sees(a, &dee, &kr));
    assert_false(sees(a, &nobody, &o));
    a->query.everything = true;
    assert_true(sees(a, &nobody, &kr));
}

/* ---- search -------------------------------------------------------------- */

static void search_folds_and_looks_into_texts(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Größe zählt", NULL);
    struct okr_id kr = add_kr(a, &o, "客户满意度", "1");
    okr_acme_set(&a->c, &kr, 0, "description", "ask our CUSTOMERS twice", NULL);
    ask(a, "search", "text=GRÖSSE  Z", NULL);
    assert_titles(a, "Größe zählt");
    ask(a, "search", "text=满意", NULL);
    assert_titles(a, "客户满意度");
    ask(a, "search", "text=our customers", NULL);
    assert_titles(a, "客户满意度");
    ask(a, "search", "text=bee", NULL);
    assert_titles(a, "Bob Bee");
    ask(a, "search", "text=acme.test", "kind=person", NULL);
    assert_titles(a, "Ann Ace Bob Bee Cy Cee");
    ask(a, "search", "text=nothing like it", NULL);
    assert_titles(a, "");
    okr_acme_set(&a->c, &kr, 0, "archived", "true", NULL);
    ask(a, "search", "text=满意", NULL);
    assert_titles(a, "");
}

static void who_am_i(void **state)
{
    struct answer *a = *state;
    a->query.person = a->c.bob;
    assert_true(ask(a, "whoami", NULL));
    assert_at(a, "mail", "\"bob@acme.test\"");
    assert_at(a, "leads", "[\"sales\"]");
    okr_acme_set(&a->c, &a->c.acme, 0, "lead", okr_acme_hex(&a->c, &a->c.bob),
                 NULL);
    assert_true(ask(a, "whoami", NULL));
    assert_at(a, "leads", "[\"acme\",\"sales\"]");
    assert_at(a, "key", "null");
    const struct okr_id nobody[] = {{{0}}, {{8}}, a->c.sales};
    for (size_t i = 0; i < 3; i++) {
        a->query.person = nobody[i];
        assert_false(ask(a, "whoami", NULL));
        assert_int_equal(a->problem.rule, OKR_RULE_UNKNOWN_PERSON);
    }
}

/* ---- trees --------------------------------------------------------------- */

static void a_tree(void **state)
{
    struct answer *a = *state;
    struct okr_acme *c = &a->c;
    struct okr_id top = add_objective(a, "Top", NULL);
    struct okr_id kr = add_kr(a, &top, "TopK", "1");
    struct okr_id mid = add_objective(a, "Mid", &kr);
    (void)add_kr(a, &mid, "MidK", "1");
    (void)add_kr(a, &mid, "MidL", "1");
    struct okr_id low = add_objective(a, "Low", &mid);
    struct okr_id lost = {{7}};
    struct okr_id astray = add_kr(a, &lost, "Astray", "1");
    (void)add_objective(a, "Orphan", &astray);
    ask(a, "tree", NULL);
    assert_titles(a, "Top(TopK(Mid(MidK MidL Low))) Orphan");
    ask(a, "tree", arg(a, "ref", &kr), NULL);
    assert_titles(a, "TopK(Mid(MidK MidL Low))");
    /* In a selection what hangs on something outside stands at the top. */
    okr_acme_set(c, &mid, 0, "unit", okr_acme_hex(c, &c->acme), NULL);
    ask(a, "tree", "unit=sales", NULL);
    assert_titles(a, "Top(TopK) Low Orphan");
    ask(a, "tree", arg(a, "ref", &c->acme), NULL);
    assert_titles(a, "Mid(MidK MidL)");
    ask(a, "tree", arg(a, "ref", &mid), NULL);
    assert_titles(a, "Mid(MidK MidL Low)");
    okr_acme_set(c, &kr, 0, "archived", "true", NULL);
    ask(a, "tree", NULL);
    assert_titles(a, "Top Mid(MidK MidL Low) Orphan");
    okr_acme_set(c, &low, 0, "archived", "true", NULL);
    ask(a, "tree", arg(a, "ref", &c->q2), NULL);
    assert_titles(a, "Top Mid(MidK MidL) Orphan");
    assert_false(ask(a, "tree", "ref=ann@acme.test", NULL));
    assert_int_equal(a->problem.rule, OKR_RULE_WRONG_KIND);
}

/* Each once, and what hangs below a circle stays below it. */
static void circles_are_cut(void **state)
{
    struct answer *a = *state;
    struct okr_id below = add_objective(a, "Below", NULL);
    struct okr_id one = add_objective(a, "One", NULL);
    struct okr_id two = add_objective(a, "Two", &one);
    okr_acme_set(&a->c, &one, 0, "contributes_to", okr_acme_hex(&a->c, &two),
                 NULL);
    okr_acme_set(&a->c, &below, 0, "contributes_to", okr_acme_hex(&a->c, &two),
                 NULL);
    ask(a, "tree", NULL);
    assert_titles(a, "Two(Below One)");
    struct okr_id self = add_objective(a, "Self", NULL);
    okr_acme_set(&a->c, &self, 0, "contributes_to", okr_acme_hex(&a->c, &self),
                 NULL);
    ask(a, "tree", NULL);
    assert_titles(a, "Two(Below One) Self");
}

/* Deeper than any rule allows: cut, and nothing lost. */
static void a_chain_without_end(void **state)
{
    struct answer *a = *state;
    struct okr_id up = add_objective(a, "O", NULL);
    for (int i = 1; i < 300; i++)
        up = add_objective(a, "O", &up);
    ask(a, "tree", NULL);
    size_t n = 0;
    for (const char *at = (const char *)a->json.data;
         (at = strstr(at, "\"title\":\"O\"")) != NULL; at++)
        n++;
    assert_int_equal(n, 300);
    assert_true(ask(a, "list", NULL));
}

/* ---- cost ---------------------------------------------------------------- */

static uint64_t calls_of(struct answer *a, const char *method)
{
    uint64_t before = okr_kv_fault_calls(a->c.kv);
    assert_true(ask(a, method, NULL));
    return okr_kv_fault_calls(a->c.kv) - before;
}

static void add_many(struct answer *a, const struct okr_id *top, int n)
{
    for (int i = 0; i < n; i++) {
        struct okr_id o = add_objective(a, "O", top);
        for (int k = 0; k < 4; k++)
            (void)add_kr(a, &o, "K", "1");
    }
}

/* Twice as many cost twice as much, also where all contribute to one: the
 * progress of each is worked out once. */
static void cost_is_linear(void **state)
{
    struct answer *a = *state;
    struct okr_id top = add_objective(a, "Top", NULL);
    static const char *const methods[] = {"list", "tree"};
    uint64_t few[2], many[2];
    add_many(a, &top, 100);
    for (int i = 0; i < 2; i++)
        few[i] = calls_of(a, methods[i]);
    add_many(a, &top, 100);
    for (int i = 0; i < 2; i++) {
        many[i] = calls_of(a, methods[i]);
        assert_in_range(many[i], few[i], few[i] * 2 + 100);
        assert_in_range(many[i], 1000, 1000 * 12);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, answer_open, answer_close)
    const struct CMUnitTest tests[] = {
        T(sorted_by_id_objectives_and_key_results),
        T(filters),
        T(pages),
        T(archived_ones_only_when_asked),
        T(slips),
        T(a_draft_is_for_those_who_work_on_it),
        T(search_folds_and_looks_into_texts),
        T(who_am_i),
        T(a_tree),
        T(circles_are_cut),
        T(a_chain_without_end),
        T(cost_is_linear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
