/* Asking okr_compose as a person would.  For the tests of this folder. */
#ifndef OKR_TESTS_UNIT_COMPOSE_ASKING_H
#define OKR_TESTS_UNIT_COMPOSE_ASKING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "common/compose/compose.h"
#include "common/compose/intent.h"
#include "common/model/ref.h"
#include "common/model/value.h"
#include "tests/lib/acme.h"

struct asking {
    struct okr_acme c;
    struct okr_compose ground;
    struct okr_payload payload;
    struct okr_problem problem;
};

static inline int asking_open(void **state)
{
    static struct asking a;
    memset(&a, 0, sizeof a);
    okr_acme_open(&a.c);
    a.ground = (struct okr_compose){
        .space = a.c.space, .person = a.c.cy, .epoch = 3, .now = OKR_ACME_NOW};
    memset(a.ground.entropy, 0x5a, sizeof a.ground.entropy);
    *state = &a;
    return 0;
}

static inline int asking_close(void **state)
{
    struct asking *a = *state;
    okr_acme_close(&a->c);
    return 0;
}

/* Who signs finds in every payload what was typed. */
static inline void assert_as_typed(struct asking *a,
                                   const struct okr_ask *question)
{
    struct okr_problem problem;
    const struct okr_intent intent = {.ask = question,
                                      .person = a->ground.person,
                                      .now = a->ground.now,
                                      .arena = a->c.arena};
    assert_int_equal(okr_intent_check(&intent, &a->payload, &problem), OKR_OK);
    if (problem.rule != OKR_RULE_NONE)
        fail_msg("%.*s: %s", (int)question->method.len,
                 (const char *)question->method.data, problem.what);
}

/* ask(a, "add", "kind=task", "title=x", NULL) */
__attribute__((sentinel)) static inline bool ask(struct asking *a,
                                                 const char *method, ...)
{
    struct okr_arg args[300];
    struct okr_ask question = {.method = okr_slice_str(method), .args = args};
    va_list list;
    va_start(list, method);
    for (const char *s; (s = va_arg(list, const char *)) != NULL;) {
        const char *eq = strchr(s, '=');
        assert_non_null(eq);
        args[question.n_args].name = okr_slice_of(s, (size_t)(eq - s));
        args[question.n_args++].value = okr_slice_str(eq + 1);
    }
    va_end(list);
    memset(&a->payload, 0, sizeof a->payload);
    memset(&a->problem, 0xee, sizeof a->problem);
    a->ground.space = a->c.space;
    assert_int_equal(
        okr_compose(&a->ground, &question, &a->payload, &a->problem), OKR_OK);
    if (a->problem.rule != OKR_RULE_NONE)
        return false;
    assert_as_typed(a, &question);
    return true;
}

static inline void assert_done(const struct asking *a)
{
    if (a->problem.rule != OKR_RULE_NONE)
        fail_msg("%s [%s]", a->problem.what, a->problem.remedy);
}

static inline const struct okr_change *change_of(const struct asking *a,
                                                 uint16_t field)
{
    for (size_t i = 0; i < a->payload.n_changes; i++)
        if (a->payload.changes[i].field == field)
            return &a->payload.changes[i];
    return NULL;
}

/* The change of the field, as people read it. */
static inline void assert_field(struct asking *a, uint16_t field,
                                const char *want)
{
    const struct okr_change *change = change_of(a, field);
    const struct okr_field_info *info = okr_field_info(a->payload.kind, field);
    if (want == NULL) {
        assert_null(change);
        return;
    }
    if (change == NULL) {
        fail_msg("no change of %s", info->word);
        return;
    }
    assert_string_equal(okr_value_text(info, change->data, 0, a->c.arena),
                        want);
}

static inline void assert_id(struct asking *a, uint16_t field,
                             const struct okr_id *want)
{
    assert_field(a, field, okr_acme_hex(&a->c, want));
}

/* Both say what they should, as part of what they say. */
static inline void assert_refused(const struct asking *a, enum okr_rule rule,
                                  const char *what, const char *remedy)
{
    if (a->problem.rule != rule)
        fail_msg("rule %s: %s", okr_rule_name(a->problem.rule),
                 a->problem.rule == OKR_RULE_NONE ? "" : a->problem.what);
    if (strstr(a->problem.what, what) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", what, a->problem.what);
    if (strstr(a->problem.remedy, remedy) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", remedy, a->problem.remedy);
    assert_int_equal(a->payload.verb, 0);
}

#endif
