/* What methods share: who speaks, composing, submitting. */
#include <string.h>

#include "common/base/assert.h"
#include "common/base/flaw.h"
#include "common/codec/codec.h"
#include "common/model/value.h"
#include "common/net/net.h"
#include "common/store/meta.h"
#include "server/shell/methods.h"

/* ---- arguments ----------------------------------------------------------- */

struct okr_slice okr_call_arg(const struct okr_call *call, const char *name)
{
    return okr_ask_arg(call->ask, name);
}

bool okr_call_need(struct okr_call *call, const char *name,
                   struct okr_slice *ret_value)
{
    struct okr_slice value = okr_ask_arg(call->ask, name);
    if (value.len == 0) {
        okr_fault_usage(&call->fault, "give it", "the argument `%s` is missing",
                        name);
        return false;
    }
    *ret_value = value;
    return true;
}

enum okr_err okr_call_ask(struct okr_call *call, const char *method,
                          const struct okr_pairs *pairs,
                          struct okr_ask *ret_ask)
{
    size_t n = 0;
    while (pairs[n].name != NULL)
        n++;
    struct okr_ask ask = {.method = okr_slice_str(method)};
    ask.args = okr_arena_array(call->arena, n, sizeof *ask.args);
    if (ask.args == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (pairs[i].value.len > 0)
            ask.args[ask.n_args++] =
                (struct okr_arg){okr_slice_str(pairs[i].name), pairs[i].value};
    *ret_ask = ask;
    return OKR_OK;
}

/* ---- who speaks ---------------------------------------------------------- */

/* Ids of persons grow with the time they were made, so the first admin that
 * still is one comes first. */
static enum okr_err first_admin(struct okr_call *call, struct okr_view *view)
{
    struct okr_slice admin = okr_value_enum(call->arena, OKR_V_ROLE_ADMIN);
    struct okr_ids ids;
    struct okr_record *person;
    OKR_TRY(okr_index_kind(&view->space, OKR_KIND_PERSON, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&view->space, &ids.at[i], &person));
        if (!okr_record_in_set(person, OKR_F_ROLES, admin) ||
            okr_record_has(person, OKR_F_LEFT) || okr_record_archived(person))
            continue;
        view->person = person->id;
        return OKR_OK;
    }
    okr_fault_refuse(&call->fault, NULL, "say --as MAIL", "there is no admin");
    return OKR_OK;
}

static enum okr_err find_person(struct okr_call *call, struct okr_view *view)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    if (call->ask->as_mail.len == 0)
        return first_admin(call, view);
    OKR_TRY(okr_resolve(&view->space, OKR_KIND_PERSON, call->ask->as_mail,
                        &view->person, &problem));
    okr_fault_problem(&call->fault, &problem);
    return OKR_OK;
}

static enum okr_err read_company(struct okr_call *call, struct okr_view *view)
{
    struct okr_epoch_row *epochs;
    struct okr_record *policy;
    struct okr_ids ids;
    size_t n;
    OKR_TRY(okr_meta_epochs(view->txn, call->arena, &epochs, &n));
    if (n == 0)
        return OKR_ERR_CORRUPT;
    view->epoch = epochs[n - 1].counter;
    OKR_TRY(okr_index_kind(&view->space, OKR_KIND_POLICY, &ids));
    if (ids.n == 0)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&view->space, &ids.at[0], &policy));
    view->offset_min = (int)okr_record_int(policy, OKR_F_UTC_OFFSET_MIN, 0);
    return OKR_OK;
}

enum okr_err okr_view_open(struct okr_call *call, struct okr_view *view)
{
    *view = (struct okr_view){.txn = NULL};
    OKR_TRY(okr_kv_begin(call->server->kv, false, &view->txn));
    view->space = (struct okr_space){.txn = view->txn, .arena = call->arena};
    OKR_TRY(read_company(call, view));
    return find_person(call, view);
}

void okr_view_close(struct okr_view *view)
{
    if (view->txn != NULL)
        okr_kv_abort(&view->txn);
}

/* ---- composing ----------------------------------------------------------- */

enum okr_err okr_call_compose(struct okr_call *call,
                              const struct okr_view *view,
                              const struct okr_ask *ask,
                              struct okr_payload *ret_payload)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_compose ground = {
        .space = view->space,
        .person = view->person,
        .epoch = view->epoch,
        .now = call->now,
        .offset_min = view->offset_min,
    };
    okr_random(ground.entropy, sizeof ground.entropy);
    OKR_TRY(okr_compose(&ground, ask, ret_payload, &problem));
    okr_fault_problem(&call->fault, &problem);
    return OKR_OK;
}

/* ---- submitting ---------------------------------------------------------- */

enum okr_err okr_call_op(struct okr_call *call, const struct okr_id *person,
                         const struct okr_payload *payload,
                         struct okr_op *ret_op)
{
    uint8_t random[10];
    struct okr_buf bytes;
    okr_buf_init(&bytes, call->arena);
    okr_payload_encode(payload, &bytes);
    OKR_TRY(bytes.err);
    okr_random(random, sizeof random);
    *ret_op = (struct okr_op){
        .id = okr_id_make(call->now, random),
        .person = *person,
        .time = call->now,
        .verb = payload->verb,
        .schema = OKR_SCHEMA_VERSION,
        .payload = okr_buf_slice(&bytes),
    };
    okr_random(ret_op->salt, sizeof ret_op->salt);
    return OKR_OK;
}

struct deciding {
    struct okr_hub *hub;
    const struct okr_beside *beside;
    struct okr_arena *arena;
    struct okr_submitted submitted;
};

static void decided(void *context, struct okr_kv_txn *txn,
                    const struct okr_hub_event *event)
{
    struct deciding *d = context;
    size_t n;
    const struct okr_answer *answers = okr_hub_local_answers(d->hub, &n);
    OKR_ASSERT(n == 1 && event->n_ops == 1);
    d->submitted = (struct okr_submitted){answers[0].verdict, answers[0].lsn};
    okr_verdict_keep(&d->submitted.verdict, d->arena);
    if (d->beside != NULL && okr_verdict_is_in(&answers[0].verdict))
        d->beside->write(d->beside->context, txn);
}

static void tell_refused(struct okr_call *call,
                         const struct okr_verdict *verdict, uint16_t kind)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    if (verdict->outcome == OKR_OUTCOME_PARKED) {
        char hex[OKR_ID_HEX];
        okr_id_hex(&verdict->about, hex);
        okr_fault_refuse(&call->fault, "parked",
                         "check the reference: what is unknown may still come "
                         "from a site",
                         "it waits for %s, which is unknown here", hex);
        return;
    }
    okr_problem_of(verdict, kind, &problem);
    okr_fault_problem(&call->fault, &problem);
}

enum okr_err okr_call_submit(struct okr_call *call, const struct okr_id *person,
                             const struct okr_payload *payload,
                             const struct okr_beside *beside,
                             struct okr_submitted *ret_submitted)
{
    struct okr_op op;
    OKR_TRY(okr_call_op(call, person, payload, &op));
    struct okr_hub_event event = {
        .kind = OKR_HUB_LOCAL, .now = call->now, .ops = &op, .n_ops = 1};
    okr_random(event.entropy, sizeof event.entropy);
    struct deciding deciding = {
        .hub = call->server->hub, .beside = beside, .arena = call->arena};
    const struct okr_stepped stepped = {decided, &deciding};
    OKR_TRY(okr_server_turn(call->server, &event, 1, &stepped));
    if (!okr_verdict_is_in(&deciding.submitted.verdict))
        tell_refused(call, &deciding.submitted.verdict, payload->kind);
    *ret_submitted = deciding.submitted;
    return OKR_OK;
}
