/* Which method answers a question, and which arguments it takes. */
#include "common/query/query.h"

#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/compose/say.h"
#include "common/query/emit.h"
#include "common/query/filter.h"

struct method {
    const char *name;
    enum okr_err (*answer)(struct okr_session *, const struct okr_ask *);
    const char *args[9]; /* NULL at the end */
};

static const struct method methods[] = {
    {"list",
     okr_query_list,
     {"kind", "cycle", "unit", "owner", "archived", "after", "limit", NULL}},
    {"tree",
     okr_query_tree,
     {"ref", "cycle", "unit", "owner", "archived", NULL}},
    {"show", okr_query_show, {"ref", NULL}},
    {"search",
     okr_query_search,
     {"text", "kind", "cycle", "unit", "owner", "archived", "after", "limit",
      NULL}},
    {"log", okr_query_log, {"ref", NULL}},
    {"conflicts", okr_query_conflicts, {"ref", "unit", "cycle", NULL}},
    {"hints", okr_query_hints, {"ref", NULL}},
    {"carry_list", okr_query_carry_list, {"ref", NULL}},
    {"whoami", okr_query_whoami, {"public_key", NULL}},
    {"todo", okr_query_todo, {"cycle", "unit", "owner", NULL}},
    {"board", okr_query_board, {"unit", "cycle", NULL}},
    {"calendar", okr_query_calendar, {"cycle", NULL}},
    {"report", okr_query_report, {"cycle", "unit", "owner", NULL}},
};

static const struct method *method_of(struct okr_slice name)
{
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (okr_slice_is(name, methods[i].name))
            return &methods[i];
    return NULL;
}

bool okr_query_knows(struct okr_slice name)
{
    return method_of(name) != NULL;
}

static bool takes(const struct method *method, struct okr_slice arg)
{
    for (size_t i = 0; method->args[i] != NULL; i++)
        if (okr_slice_is(arg, method->args[i]))
            return true;
    return false;
}

static void refuse_arg(const struct method *method, struct okr_slice arg,
                       struct okr_problem *problem)
{
    *problem =
        (struct okr_problem){.rule = OKR_RULE_UNKNOWN_FIELD, .usage = true};
    struct okr_said options = {0}, command;
    for (size_t i = 0; method->args[i] != NULL; i++)
        okr_said_item(&options, method->args[i]);
    if (options.text[0] == '\0')
        okr_say(problem, N_("%s is no option of %s"), OKR_SAID_TYPED(arg),
                method->name);
    else
        okr_say(problem, N_("%s is no option of %s; its options: %s"),
                OKR_SAID_TYPED(arg), method->name, options.text);
    (void)snprintf(command.text, sizeof command.text, "okr %s --help",
                   method->name);
    okr_say_remedy(problem, N_("see %s"), command.text);
}

enum okr_err okr_query_answer(const struct okr_query *query,
                              const struct okr_ask *ask, struct okr_json *out,
                              struct okr_problem *ret_problem)
{
    OKR_ASSERT(query != NULL && ask != NULL && ret_problem != NULL);
    const struct method *method = method_of(ask->method);
    struct okr_session session;
    *ret_problem = (struct okr_problem){0};
    if (method == NULL) {
        *ret_problem =
            (struct okr_problem){.rule = OKR_RULE_UNKNOWN_VERB, .usage = true};
        okr_say(ret_problem, N_("%s is no question that is answered here"),
                OKR_SAID_TYPED(ask->method));
        okr_say_remedy(ret_problem, N_("see okr --help"));
        return OKR_OK;
    }
    for (size_t i = 0; i < ask->n_args; i++)
        if (!takes(method, ask->args[i].name)) {
            refuse_arg(method, ask->args[i].name, ret_problem);
            return OKR_OK;
        }
    OKR_TRY(okr_session_init(&session, query, out, ret_problem));
    return method->answer(&session, ask);
}

enum okr_err okr_query_entity(const struct okr_query *query,
                              const struct okr_id *id, struct okr_json *out)
{
    struct okr_session session;
    struct okr_problem problem;
    struct okr_node *node;
    OKR_ASSERT(id != NULL);
    OKR_TRY(okr_session_init(&session, query, out, &problem));
    OKR_TRY(okr_session_node(&session, id, &node));
    if (node->record == NULL)
        return OKR_ERR_NOTFOUND;
    return okr_emit_entity(&session, node);
}

enum okr_err okr_query_shows(const struct okr_query *query,
                             const struct okr_id *id, bool *ret_shows)
{
    struct okr_session session;
    struct okr_problem problem;
    struct okr_json none = {.out = NULL}; /* nothing is written */
    struct okr_node *node;
    OKR_ASSERT(id != NULL && ret_shows != NULL);
    OKR_TRY(okr_session_init(&session, query, &none, &problem));
    OKR_TRY(okr_session_node(&session, id, &node));
    *ret_shows = true;
    return node->record == NULL
               ? OKR_OK
               : okr_session_visible(&session, node, ret_shows);
}
