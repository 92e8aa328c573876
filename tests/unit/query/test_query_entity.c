/* Entities as JSON: names, versions, and every field under its word. */
#include "tests/unit/query/answer.h"

static void a_key_result(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More \"x\"", "62.50");
    okr_acme_set(&a->c, &kr, 0, "due", "2026-06-15", "confidence", "6",
                 "observed_at", "2026-04-14T10:00:00Z", "weight", "40", "low",
                 "-0.50", NULL);
    entity(a, &kr);
    char ref[OKR_REF_TEXT + 2], quoted[OKR_REF_TEXT + 4];
    okr_ref_format(OKR_KIND_KEY_RESULT, &kr, 8, ref);
    (void)snprintf(quoted, sizeof quoted, "\"%s\"", ref);
    assert_id_at(a, "id", &kr);
    assert_at(a, "ref", quoted);
    const char *const want[][2] = {
        {"kind", "\"key_result\""},
        {"title", "\"More \\\"x\\\"\""},
        {"owner", "\"cy@acme.test\""},
        {"unit", "\"sales\""},
        {"cycle", "\"2026-Q2\""},
        {"state", "\"published\""},
        {"archived", "false"},
        {"pending", "false"},
        {"metric", "\"increase\""},
        {"start", "\"0\""},
        {"target", "\"100\""},
        {"value", "\"62.5\""},
        {"low", "\"-0.5\""},
        {"high", "null"},
        {"progress", "0.625000"},
        {"raw_progress", "0.625000"},
        {"measured", "true"},
        {"confidence", "6"},
        {"due", "\"2026-06-15\""},
        {"weight", "\"40\""},
        {"observed_at", "\"2026-04-14T10:00:00Z\""},
        {"blocked", "false"},
        {"checkpoints", "[]"},
        {"description", "null"},
        {"status", "\"at_risk\""},
    };
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        assert_at(a, want[i][0], want[i][1]);
    assert_id_at(a, "objective", &o);
    assert_id_at(a, "author", &a->c.ann);
}

/* A key that stands twice is read as one of the two, nobody knows which. */
static void no_member_stands_twice(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    (void)add_kr(a, &o, "More", "1");
    (void)okr_acme_add(&a->c, OKR_KIND_TASK, "subject", okr_acme_hex(&a->c, &o),
                       "title", "x", "owner", okr_acme_hex(&a->c, &a->c.cy),
                       NULL);
    (void)okr_acme_add(&a->c, OKR_KIND_CONFLICT, "subject",
                       okr_acme_hex(&a->c, &o), "field", "17", NULL);
    ask(a, "list", "kind=all", NULL);
    const char *at;
    int n = 0;
    for (char path[16]; (void)snprintf(path, sizeof path, "%d", n),
                        (at = value_at(a, path)) != NULL;
         n++)
        for (const char *m = at + 1; *m == '"';) {
            size_t len = (size_t)(okr_json_skip(m) - m) + 1;
            const char *next = okr_json_skip(m + len), *other = next;
            while (*other == ',' && strncmp(other + 1, m, len) != 0)
                other = okr_json_skip(okr_json_skip(other + 1) + 1);
            if (*other == ',')
                fail_msg("%.*s twice in %s", (int)len, m, at);
            m = *next == ',' ? next + 1 : next;
        }
    assert_int_equal(n, 11);
}

static void an_objective(void **state)
{
    struct answer *a = *state;
    struct okr_id up = add_objective(a, "Company", NULL);
    struct okr_id o = add_objective(a, "Grow", &up);
    struct okr_id one = add_kr(a, &o, "One", "50");
    struct okr_id two = add_kr(a, &o, "Two", "100");
    struct okr_id gone = add_kr(a, &o, "Gone", "0");
    okr_acme_set(&a->c, &gone, 0, "archived", "true", NULL);
    okr_acme_set(&a->c, &o, 0, "kind", "aspirational", NULL);
    entity(a, &o);
    assert_at(a, "kind", "\"objective\"");
    assert_at(a, "objective_kind", "\"aspirational\"");
    assert_at(a, "owner", "\"bob@acme.test\"");
    assert_at(a, "progress", "0.750000");
    assert_id_at(a, "contributes_to", &up);
    assert_id_at(a, "key_results.0", &one);
    assert_id_at(a, "key_results.1", &two);
    assert_at(a, "key_results.2", NULL);
    assert_at(a, "supports", "[]");
    assert_at(a, "raw_progress", NULL);
}

/* The largest committed lsn, however many are pending above it. */
static void versions(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    char want[24];
    (void)snprintf(want, sizeof want, "%llu", (unsigned long long)a->c.lsn);
    okr_acme_set(&a->c, &o, OKR_LSN_PENDING | 3, "title", "Grown", NULL);
    entity(a, &o);
    assert_at(a, "pending", "false");
    assert_at(a, "title", "\"Grow\"");
    a->c.space.view = true;
    entity(a, &o);
    assert_at(a, "pending", "true");
    assert_at(a, "lsn", want);
    assert_at(a, "title", "\"Grown\"");
    okr_acme_set(&a->c, &a->c.q2, OKR_LSN_PENDING | 4, "name", NULL, NULL);
    entity(a, &a->c.q2);
    assert_at(a, "title", "null");
}

static void a_key_result_follows_its_objective(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "1");
    okr_acme_set(&a->c, &o, 0, "state", "closed", "unit",
                 okr_acme_hex(&a->c, &a->c.acme), NULL);
    entity(a, &kr);
    assert_at(a, "state", "\"closed\"");
    assert_at(a, "unit", "\"acme\"");
    assert_at(a, "status", "\"closed\"");
    struct okr_id lost = {{7}};
    struct okr_id orphan = add_kr(a, &lost, "Lost", "1");
    entity(a, &orphan);
    assert_at(a, "state", "null");
    assert_at(a, "cycle", "null");
    assert_at(a, "unit", "null");
    assert_at(a, "status", "\"on_track\"");
    assert_at(a, "expected", "null");
    assert_id_at(a, "objective", &lost);
}

static void the_directory(void **state)
{
    struct answer *a = *state;
    entity(a, &a->c.ann);
    assert_at(a, "title", "\"Ann Ace\"");
    assert_at(a, "name", "\"Ann Ace\"");
    assert_at(a, "mail", "\"ann@acme.test\"");
    assert_at(a, "unit", "\"acme\"");
    assert_at(a, "roles", "[\"admin\",\"champion\"]");
    okr_acme_set(&a->c, &a->c.ann, 0, "roles", "-admin", NULL);
    entity(a, &a->c.ann);
    assert_at(a, "roles", "[\"champion\"]");
    entity(a, &a->c.sales);
    assert_at(a, "code", "\"sales\"");
    assert_id_at(a, "parent", &a->c.acme);
    assert_id_at(a, "lead", &a->c.bob);
    entity(a, &a->c.q2);
    assert_at(a, "kind", "\"cycle\"");
    assert_at(a, "cycle_kind", "\"quarter\"");
    assert_at(a, "start", "\"2026-04-01\"");
    assert_at(a, "end", "\"2026-06-30\"");
    assert_at(a, "phase", "null");
    entity(a, &a->c.policy);
    assert_at(a, "workflow", "\"light\"");
    assert_at(a, "on_track_from", "null");
}

static void lists_bytes_and_strangers(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "1");
    okr_acme_set(&a->c, &kr, 0, "checkpoints", "50:0.4,80:0.70", "plan",
                 "2026-05-01:0.5", "import_key", "00ff", "owner",
                 "0123456789abcdef0123456789abcdef", NULL);
    entity(a, &kr);
    assert_at(a, "checkpoints",
              "[{\"value\":\"50\",\"p\":\"0.4\"},"
              "{\"value\":\"80\",\"p\":\"0.7\"}]");
    assert_at(a, "plan", "[{\"date\":\"2026-05-01\",\"p\":\"0.5\"}]");
    assert_at(a, "import_key", "\"00ff\"");
    assert_at(a, "owner", "\"0123456789abcdef0123456789abcdef\"");
}

static void an_unset_metric_is_unmeasured(void **state)
{
    struct answer *a = *state;
    struct okr_id o = add_objective(a, "Grow", NULL);
    struct okr_id kr = add_kr(a, &o, "More", "1");
    okr_acme_set(&a->c, &kr, 0, "metric", NULL, NULL);
    entity(a, &kr);
    assert_at(a, "metric", "\"unmeasured\"");
    assert_at(a, "measured", "false");
    assert_at(a, "progress", "0.000000");
}

static void what_is_not_here(void **state)
{
    struct answer *a = *state;
    struct okr_json json;
    struct okr_id none = {{9}};
    answer_begin(a, &json);
    assert_int_equal(okr_query_entity(&a->query, &none, &json),
                     OKR_ERR_NOTFOUND);
    assert_int_equal(a->json.len, 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, answer_open, answer_close)
    const struct CMUnitTest tests[] = {
        T(a_key_result),
        T(no_member_stands_twice),
        T(an_objective),
        T(versions),
        T(a_key_result_follows_its_objective),
        T(the_directory),
        T(lists_bytes_and_strangers),
        T(an_unset_metric_is_unmeasured),
        T(what_is_not_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
