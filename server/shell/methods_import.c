/* import: plan what a file would change, then do it. */
#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/crypto/keyfile.h"
#include "common/import/import.h"
#include "common/model/dates.h"
#include "server/shell/methods.h"

/* Operations of one turn: a commit each, and others wait no longer. */
enum { TURN_OPS = 256 };
_Static_assert((int)TURN_OPS <= (int)OKR_TURN_OPS_MAX,
               "more than a turn takes");

/* ---- what is asked for --------------------------------------------------- */

static void read_day(struct okr_call *call, const char *name, bool *ret_has,
                     okr_day *ret_day)
{
    struct okr_slice typed = okr_call_arg(call, name);
    *ret_has = typed.len > 0;
    if (*ret_has && !okr_day_parse(typed, ret_day))
        okr_fault_usage(&call->fault, "write it as 2026-01-31",
                        "--%s: `%.*s` is no day", name, (int)typed.len,
                        (const char *)typed.data);
}

static void read_format(struct okr_call *call)
{
    struct okr_slice format = okr_call_arg(call, "format");
    if (format.len > 0 && !okr_slice_is(format, "markdown"))
        okr_fault_usage(&call->fault, "this version reads markdown",
                        "--format: `%.*s` is not read", (int)format.len,
                        (const char *)format.data);
}

static bool is_dry(const struct okr_call *call)
{
    struct okr_slice dry = okr_call_arg(call, "dry_run");
    return okr_slice_is(dry, "true") || okr_slice_is(dry, "yes");
}

static enum okr_err make_plan(struct okr_call *call,
                              const struct okr_view *view,
                              struct okr_import_plan *ret_plan)
{
    struct okr_import_doc doc;
    struct okr_import_conf conf = {
        .space = view->space,
        .cycle = okr_call_arg(call, "cycle"),
        .source = okr_call_arg(call, "source"),
        .epoch = view->epoch,
        .now = call->now,
        .offset_min = view->offset_min,
    };
    read_format(call);
    read_day(call, "start", &conf.has_start, &conf.start);
    read_day(call, "end", &conf.has_end, &conf.end);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    okr_random(conf.entropy, sizeof conf.entropy);
    OKR_TRY(okr_import_markdown(call->ask->blob, call->arena, &doc));
    return okr_import_plan(&conf, &doc, ret_plan);
}

/* ---- doing it ------------------------------------------------------------ */

struct doing {
    struct okr_call *call;
    struct okr_import_plan *plan;
    size_t at;      /* first payload of this turn */
    size_t refused; /* so far */
    enum okr_err err;
};

static void note_refused(struct doing *d, size_t at,
                         const struct okr_verdict *verdict)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    okr_problem_of(verdict, d->plan->payloads[at].kind, &problem);
    d->refused++;
    if (d->err == OKR_OK)
        d->err =
            okr_import_say(&d->plan->errors, d->call->arena, d->plan->lines[at],
                           "", okr_rule_name(problem.rule), "%s: %s",
                           problem.what, problem.remedy);
}

static void decided(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event)
{
    struct doing *d = context;
    size_t n;
    const struct okr_answer *answers =
        okr_hub_local_answers(d->call->server->hub, &n);
    (void)txn;
    OKR_ASSERT(n == event->n_ops);
    for (size_t i = 0; i < n; i++)
        if (!okr_verdict_is_in(&answers[i].verdict))
            note_refused(d, d->at + i, &answers[i].verdict);
}

static enum okr_err do_some(struct doing *d, const struct okr_id *person,
                            struct okr_op *ops, size_t n)
{
    struct okr_hub_event event = {
        .kind = OKR_HUB_LOCAL, .now = d->call->now, .ops = ops, .n_ops = n};
    const struct okr_stepped stepped = {decided, d};
    for (size_t i = 0; i < n; i++)
        OKR_TRY(okr_call_op(d->call, person, &d->plan->payloads[d->at + i],
                            &ops[i]));
    okr_random(event.entropy, sizeof event.entropy);
    OKR_TRY(okr_server_turn(d->call->server, &event, 1, &stepped));
    return d->err;
}

static enum okr_err do_all(struct okr_call *call, const struct okr_id *person,
                           struct okr_import_plan *plan)
{
    struct doing d = {.call = call, .plan = plan};
    struct okr_op *ops = okr_arena_array(call->arena, TURN_OPS, sizeof *ops);
    if (ops == NULL)
        return OKR_ERR_NOMEM;
    /* Alone the batch: if it is refused, all that belongs to it would be. */
    for (size_t n = 1; d.at < plan->n; n = TURN_OPS) {
        size_t left = plan->n - d.at;
        n = left < n ? left : n;
        OKR_TRY(do_some(&d, person, ops, n));
        d.at += n;
        if (d.at == 1 && d.refused > 0) {
            const struct okr_import_note *why =
                &plan->errors.at[plan->errors.n - 1];
            okr_fault_refuse(&call->fault, why->rule,
                             "import as an admin or a champion: --as MAIL",
                             "nothing was imported: %s", why->message);
            return OKR_OK;
        }
    }
    if (d.refused > 0)
        okr_fault_refuse(&call->fault, NULL,
                         "the list of errors says which, and why; an import "
                         "that is repeated changes only what is missing",
                         "%zu of %zu changes were refused", d.refused, plan->n);
    return OKR_OK;
}

/* ---- the method ---------------------------------------------------------- */

static enum okr_err import(struct okr_call *call, struct okr_view *view)
{
    struct okr_import_plan plan;
    OKR_TRY(make_plan(call, view, &plan));
    okr_view_close(view);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    call->lists_faults = true;
    if (plan.impossible != NULL)
        okr_fault_refuse(&call->fault, NULL, "nothing was changed", "%s",
                         plan.impossible);
    else if (!is_dry(call))
        OKR_TRY(do_all(call, &view->person, &plan));
    okr_import_json(&plan, &call->json);
    return OKR_OK;
}

enum okr_err okr_method_import(struct okr_call *call)
{
    struct okr_view view;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = import(call, &view);
    okr_view_close(&view);
    return err;
}
