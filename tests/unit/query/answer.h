/* Asking okr_query_answer, and looking into what it says.  For the tests of
 * this folder. */
#ifndef OKR_TESTS_UNIT_QUERY_ANSWER_H
#define OKR_TESTS_UNIT_QUERY_ANSWER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/ref.h"
#include "common/query/query.h"
#include "tests/lib/acme.h"
#include "tests/lib/json_look.h"

struct answer {
    struct okr_acme c;
    struct okr_query query;
    struct okr_problem problem;
    struct okr_buf json;
};

static inline int answer_open(void **state)
{
    static struct answer a;
    memset(&a, 0, sizeof a);
    okr_acme_open(&a.c);
    a.query.now = OKR_ACME_NOW;
    a.query.person = a.c.cy;
    *state = &a;
    return 0;
}

static inline int answer_close(void **state)
{
    struct answer *a = *state;
    okr_buf_close(&a->json);
    okr_acme_close(&a->c);
    return 0;
}

static inline void answer_end(struct answer *a)
{
    okr_buf_u8(&a->json, 0);
    assert_int_equal(a->json.err, OKR_OK);
    const char *text = (const char *)a->json.data;
    assert_true(*text == '\0' || okr_json_valid(text));
}

static inline void answer_begin(struct answer *a, struct okr_json *json)
{
    okr_buf_close(&a->json);
    okr_buf_init(&a->json, NULL);
    okr_json_init(json, &a->json);
    a->query.space = a->c.space;
}

/* ask(a, "list", "kind=unit", NULL): true if there was no problem. */
__attribute__((sentinel)) static inline bool ask(struct answer *a,
                                                 const char *method, ...)
{
    struct okr_arg args[16];
    struct okr_ask question = {.method = okr_slice_str(method), .args = args};
    struct okr_json json;
    va_list list;
    va_start(list, method);
    for (const char *s; (s = va_arg(list, const char *)) != NULL;) {
        const char *eq = strchr(s, '=');
        assert_non_null(eq);
        args[question.n_args].name = okr_slice_of(s, (size_t)(eq - s));
        args[question.n_args++].value = okr_slice_str(eq + 1);
    }
    va_end(list);
    memset(&a->problem, 0xee, sizeof a->problem);
    answer_begin(a, &json);
    assert_int_equal(okr_query_answer(&a->query, &question, &json, &a->problem),
                     OKR_OK);
    answer_end(a);
    return a->problem.rule == OKR_RULE_NONE;
}

static inline const char *entity(struct answer *a, const struct okr_id *id)
{
    struct okr_json json;
    answer_begin(a, &json);
    assert_int_equal(okr_query_entity(&a->query, id, &json), OKR_OK);
    answer_end(a);
    return (const char *)a->json.data;
}

static inline const char *arg(struct answer *a, const char *name,
                              const struct okr_id *id)
{
    return okr_arena_printf(a->c.arena, "%s=%s", name, okr_acme_hex(&a->c, id));
}

/* The value at "0.children.1.title", as it stands; NULL: there is none. */
static inline const char *value_at(struct answer *a, const char *path)
{
    return okr_json_at((const char *)a->json.data, path, a->c.arena);
}

static inline void assert_at(struct answer *a, const char *path,
                             const char *want)
{
    const char *is = value_at(a, path);
    if (want == NULL) {
        if (is != NULL)
            fail_msg("%s: %s is there", path, is);
        return;
    }
    if (is == NULL || strcmp(is, want) != 0)
        fail_msg("%s: %s, not %s in %s", path, is == NULL ? "missing" : is,
                 want, (const char *)a->json.data);
}

static inline void assert_id_at(struct answer *a, const char *path,
                                const struct okr_id *want)
{
    assert_at(
        a, path,
        okr_arena_printf(a->c.arena, "\"%s\"", okr_acme_hex(&a->c, want)));
}

/* ---- what is asked about ------------------------------------------------- */

/* Sales' published objective of Bob in Q2. */
static inline struct okr_id add_objective(struct answer *a, const char *title,
                                          const struct okr_id *contributes_to)
{
    struct okr_acme *c = &a->c;
    return okr_acme_add(
        c, OKR_KIND_OBJECTIVE, "cycle", okr_acme_hex(c, &c->q2), "title", title,
        "owner", okr_acme_hex(c, &c->bob), "unit", okr_acme_hex(c, &c->sales),
        "state", "published", "contributes_to",
        contributes_to == NULL ? NULL : okr_acme_hex(c, contributes_to), NULL);
}

/* 0 to 100, of Cy. */
static inline struct okr_id add_kr(struct answer *a,
                                   const struct okr_id *objective,
                                   const char *title, const char *value)
{
    struct okr_acme *c = &a->c;
    return okr_acme_add(c, OKR_KIND_KEY_RESULT, "objective",
                        okr_acme_hex(c, objective), "title", title, "owner",
                        okr_acme_hex(c, &c->cy), "metric", "increase", "start",
                        "0", "target", "100", "value", value, NULL);
}

#endif
