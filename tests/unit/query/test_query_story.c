/* A quarter from end to end: typed, composed, judged, recorded, asked for.
 * What compose makes is what the judge takes, for every verb a person has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/codec/codec.h"
#include "common/query/query.h"
#include "tests/lib/company.h"

struct story {
    struct okr_company c;
    struct okr_problem problem;
    struct okr_verdict verdict;
    struct okr_id entity; /* of the last act */
    uint8_t drawn;
    char json[20000];
};

static int begin(void **state)
{
    static struct story s;
    memset(&s, 0, sizeof s);
    okr_company_open(&s.c);
    *state = &s;
    return 0;
}

static int end(void **state)
{
    struct story *s = *state;
    okr_company_close(&s->c);
    return 0;
}

static struct okr_ask question(const char *method, struct okr_arg *args,
                               va_list list)
{
    struct okr_ask ask = {.method = okr_slice_str(method), .args = args};
    for (const char *text; (text = va_arg(list, const char *)) != NULL;) {
        const char *eq = strchr(text, '=');
        assert_non_null(eq);
        args[ask.n_args].name = okr_slice_of(text, (size_t)(eq - text));
        args[ask.n_args++].value = okr_slice_str(eq + 1);
    }
    return ask;
}

static void judge(struct story *s, const struct okr_id *person,
                  const struct okr_payload *payload)
{
    struct okr_decision decision;
    struct okr_buf bytes;
    okr_buf_init(&bytes, s->c.arena);
    okr_payload_encode(payload, &bytes);
    struct okr_op op = {.id = okr_company_id(&s->c),
                        .person = *person,
                        .time = s->c.ground.now,
                        .verb = payload->verb,
                        .schema = OKR_SCHEMA_VERSION,
                        .payload = okr_buf_slice(&bytes)};
    assert_int_equal(okr_judge(&s->c.ground, &op, &decision), OKR_OK);
    s->verdict = decision.verdict;
    s->entity = payload->entity;
    if (okr_verdict_is_in(&s->verdict))
        assert_int_equal(okr_record_write(&decision, ++s->c.lsn), OKR_OK);
}

/* "accepted", another outcome, or the name of the rule that refuses. */
__attribute__((sentinel)) static void act(struct story *s, const char *want,
                                          const struct okr_id *person,
                                          const char *method, ...)
{
    struct okr_arg args[16];
    va_list list;
    va_start(list, method);
    struct okr_ask ask = question(method, args, list);
    va_end(list);
    struct okr_compose ground = {.space = s->c.ground.space,
                                 .person = *person,
                                 .epoch = 1,
                                 .now = s->c.ground.now};
    memset(ground.entropy, ++s->drawn, sizeof ground.entropy);
    struct okr_payload payload;
    assert_int_equal(okr_compose(&ground, &ask, &payload, &s->problem), OKR_OK);
    if (s->problem.rule != OKR_RULE_NONE) {
        s->verdict = okr_verdict_reject(s->problem.rule, 0);
    } else {
        judge(s, person, &payload);
        okr_problem_of(&s->verdict, payload.kind, &s->problem);
    }
    const char *is = s->verdict.outcome == OKR_OUTCOME_REJECTED
                         ? okr_rule_name(s->verdict.rule)
                         : okr_outcome_name(s->verdict.outcome);
    if (strcmp(is, want) != 0)
        fail_msg("%s: %s, not %s: %s", method, is, want, s->problem.what);
}

static const char *ref(struct story *s, const char *name,
                       const struct okr_id *id)
{
    char hex[OKR_ID_HEX];
    okr_id_hex(id, hex);
    return okr_arena_printf(s->c.arena, "%s=%s", name, hex);
}

static void look(struct story *s, const struct okr_id *id)
{
    struct okr_query query = {.space = s->c.ground.space,
                              .now = s->c.ground.now};
    struct okr_json json;
    struct okr_buf out;
    okr_buf_init_fixed(&out, s->json, sizeof s->json - 1);
    okr_json_init(&json, &out);
    assert_int_equal(okr_query_entity(&query, id, &json), OKR_OK);
    assert_int_equal(out.err, OKR_OK);
    s->json[out.len] = '\0';
}

static void assert_says(struct story *s, const struct okr_id *id,
                        const char *part)
{
    look(s, id);
    if (strstr(s->json, part) == NULL)
        fail_msg("no %s in %s", part, s->json);
}

static void a_quarter_of_lin(void **state)
{
    struct story *s = *state;
    const struct okr_id *lin = &s->c.lin, *ada = &s->c.ada;
    act(s, "accepted", lin, "add", "kind=objective", "cycle=q1", "title=Grow",
        NULL);
    struct okr_id o = s->entity;
    assert_says(s, &o, "\"state\":\"published\"");
    assert_says(s, &o, "\"unit\":\"sh\"");
    act(s, "accepted", lin, "add", "kind=kr", ref(s, "objective", &o),
        "title=Share", "start=0%", "target=80%", "due=2026-03-01", NULL);
    struct okr_id kr = s->entity;
    act(s, "accepted", lin, "checkin", ref(s, "key_result", &kr), "value=20%",
        "confidence=8", "note=good start", NULL);
    struct okr_id first = s->entity;
    assert_says(s, &kr, "\"progress\":0.250000");
    assert_says(s, &kr, "\"confidence\":8");
    act(s, "accepted", lin, "checkin", ref(s, "amends", &first), "value=40",
        NULL);
    assert_says(s, &kr, "\"value\":\"40\"");
    assert_says(s, &o, "\"progress\":0.500000");
    act(s, "accepted", lin, "set", ref(s, "ref", &kr), "change=target=100",
        "change=low=", "reason=more", NULL);
    assert_says(s, &kr, "\"progress\":0.400000");
    act(s, "accepted", lin, "revise", ref(s, "ref", &kr), "target=80",
        "reason=less", NULL);
    act(s, "accepted", lin, "score", ref(s, "ref", &kr), "score=0.6",
        "reason=fair", NULL);
    assert_says(s, &kr, "\"score_reason\":\"fair\"");
    act(s, "accepted", lin, "archive", ref(s, "ref", &kr), NULL);
    act(s, "archived", lin, "checkin", ref(s, "key_result", &kr), "value=1",
        NULL);
    act(s, "accepted", lin, "restore", ref(s, "ref", &kr), NULL);
    act(s, "accepted", ada, "close", ref(s, "ref", &o), NULL);
    assert_says(s, &kr, "\"state\":\"closed\"");
    act(s, "wrong_state", ada, "close", ref(s, "ref", &o), NULL);
}

static void what_else_people_add(void **state)
{
    struct story *s = *state;
    const struct okr_id *lin = &s->c.lin, *wang = &s->c.wang;
    act(s, "accepted", lin, "add", "kind=objective", "cycle=Q1", "title=Grow",
        "state=draft", NULL);
    struct okr_id o = s->entity;
    const char *subject = ref(s, "subject", &o);
    act(s, "accepted", lin, "publish", ref(s, "ref", &o), NULL);
    act(s, "accepted", wang, "comment", subject, "text=fine", NULL);
    act(s, "accepted", wang, "reaction", subject, "kind=kudos", NULL);
    act(s, "accepted", lin, "add", "kind=task", subject, "title=Do it", NULL);
    struct okr_id task = s->entity;
    act(s, "accepted", lin, "start", ref(s, "ref", &task), NULL);
    act(s, "accepted", lin, "finish", ref(s, "ref", &task), NULL);
    assert_says(s, &task, "\"state\":\"done\"");
    act(s, "accepted", lin, "reopen", ref(s, "ref", &task), NULL);
    act(s, "accepted", lin, "drop", ref(s, "ref", &task), NULL);
    act(s, "accepted", wang, "proposal", "cycle=Q1", "title=Try", NULL);
    act(s, "accepted", wang, "vote", ref(s, "proposal", &s->entity), NULL);
    act(s, "accepted", wang, "standup", "done=a", "plan=b", NULL);
    act(s, "accepted", lin, "focus", "text=Ship", NULL);
    act(s, "accepted", lin, "health", "metric=team", "state=green", NULL);
    act(s, "accepted", lin, "review", "cycle=Q1", "kind=weekly", NULL);
    act(s, "accepted", wang, "assessment", subject, "kind=peer", "score=0.5",
        NULL);
    act(s, "accepted", lin, "add", "kind=kr", ref(s, "objective", &o),
        "title=Done", "metric=boolean", NULL);
    act(s, "accepted", lin, "checkin", ref(s, "key_result", &s->entity),
        "no_change=", NULL);
}

static void what_an_admin_does(void **state)
{
    struct story *s = *state;
    const struct okr_id *ada = &s->c.ada;
    act(s, "accepted", ada, "add", "kind=unit", "name=New", "code=new",
        "parent=hq", NULL);
    act(s, "accepted", ada, "add", "kind=person", "name=Bo",
        "mail=Bo@Example.ORG", "unit=new", "roles=auditor", NULL);
    act(s, "accepted", ada, "set", "ref=bo@example.org",
        "change=roles=champion", NULL);
    act(s, "accepted", ada, "leave", "ref=bo@example.org", NULL);
    act(s, "accepted", ada, "add", "kind=cycle", "name=Q2", "kind=quarter",
        "start=2026-04-01", "end=2026-06-30", NULL);
    act(s, "accepted", ada, "advance", "ref=Q2", NULL);
    act(s, "accepted", ada, "set", "ref=policy", "change=workflow=formal",
        NULL);
    act(s, "accepted", ada, "invite", "name=Oslo", "units=sh,bj",
        "expires=2026-05-01", NULL);
    act(s, "accepted", ada, "revoke", "ref=office", NULL);
    act(s, "not_permitted", &s->c.li, "add", "kind=unit", "name=x", "code=x",
        "parent=hq", NULL);
}

/* Two set one title from the same view; the second chooses. */
static void a_conflict_and_its_end(void **state)
{
    struct story *s = *state;
    struct okr_id o = okr_company_objective(&s->c, &s->c.lin, &s->c.sh, "Old");
    struct okr_typed blind[] = {{OKR_F_O_TITLE, "Hers", {{0}}, false, true},
                                {0}};
    act(s, "accepted", &s->c.lin, "set", ref(s, "ref", &o), "change=title=His",
        NULL);
    struct okr_verdict v = okr_company_act(&s->c, &s->c.ada, OKR_VERB_SET,
                                           OKR_KIND_OBJECTIVE, &o, blind);
    assert_int_equal(v.outcome, OKR_OUTCOME_CONFLICT);
    act(s, "accepted", &s->c.ada, "resolve", ref(s, "ref", &o), "choice=mine",
        NULL);
    assert_says(s, &o, "\"title\":\"Hers\"");
    act(s, "not_open", &s->c.ada, "resolve", ref(s, "ref", &o), "choice=theirs",
        NULL);
}

static void a_third_text_ends_one_too(void **state)
{
    struct story *s = *state;
    struct okr_id o = okr_company_objective(&s->c, &s->c.lin, &s->c.sh, "Old");
    struct okr_typed blind[] = {{OKR_F_O_TITLE, "Hers", {{0}}, false, true},
                                {0}};
    (void)okr_company_act(&s->c, &s->c.ada, OKR_VERB_SET, OKR_KIND_OBJECTIVE,
                          &o, blind);
    act(s, "accepted", &s->c.ada, "resolve", ref(s, "ref", &o), "choice=Ours",
        NULL);
    assert_says(s, &o, "\"title\":\"Ours\"");
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)
    const struct CMUnitTest tests[] = {
        T(a_quarter_of_lin),          T(what_else_people_add),
        T(what_an_admin_does),        T(a_conflict_and_its_end),
        T(a_third_text_ends_one_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
