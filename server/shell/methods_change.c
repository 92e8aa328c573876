/* add, set, archive and every other verb: as at a site, by any person. */
#include "common/base/flaw.h"
#include "common/compose/acts.h"
#include "common/model/value.h"
#include "common/net/net.h"
#include "common/query/query.h"
#include "server/core/hub_history.h"
#include "server/shell/methods.h"

/* The field that names whom the act is about, where that is not the entity it
 * writes: the key result of a check-in, the subject of a conflict. */
static uint16_t about_field(uint16_t verb)
{
    return verb == OKR_VERB_CHECKIN   ? OKR_F_CI_KEY_RESULT
           : verb == OKR_VERB_RESOLVE ? OKR_F_CF_SUBJECT
                                      : 0;
}

static enum okr_err put_entity(struct okr_call *call,
                               const struct okr_view *view,
                               const struct okr_payload *payload)
{
    struct okr_query query = {.space = view->space,
                              .now = call->now,
                              .person = view->person,
                              .everything = true};
    struct okr_id shown = payload->entity;
    struct okr_record *written;
    uint16_t field = about_field(payload->verb);
    if (field != 0) {
        OKR_TRY(okr_entity_get(&view->space, &payload->entity, &written));
        (void)okr_record_id(written, field, &shown);
    }
    return okr_query_saved(&query, &shown, &call->json);
}

/* An invitation without its secret would be of no use. */
static void refuse_invite(struct okr_call *call)
{
    const struct okr_kind_info *kind =
        okr_kind_by_word(okr_call_arg(call, "kind"));
    if (okr_slice_is(call->ask->method, "invite") ||
        (okr_slice_is(call->ask->method, "add") && kind != NULL &&
         kind->number == OKR_KIND_INVITE))
        okr_fault_usage(&call->fault,
                        "`okr-server site invite DIR NAME` prints its token",
                        "an invitation is made together with its token");
}

/* ---- acts of several operations ------------------------------------------ */

static enum okr_err put_offenders(struct okr_call *call,
                                  const struct okr_verdict *verdict)
{
    struct okr_view view;
    if (verdict->n_offences == 0)
        return OKR_OK;
    call->lists_faults = true;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK) {
        struct okr_query query = {.space = view.space,
                                  .now = call->now,
                                  .person = view.person,
                                  .everything = true};
        okr_json_open_object(&call->json);
        okr_json_key(&call->json, "offenders");
        err = okr_query_offences(&query, verdict->offences, verdict->n_offences,
                                 &call->json);
        okr_json_close_object(&call->json);
    }
    okr_view_close(&view);
    return err;
}

static enum okr_err compose_acts(struct okr_call *call,
                                 const struct okr_view *view,
                                 struct okr_acts *ret_acts,
                                 struct okr_verdict *ret_verdict)
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
    OKR_TRY(okr_compose_acts(&ground, call->ask, ret_acts, &problem));
    okr_fault_problem(&call->fault, &problem);
    *ret_verdict = (struct okr_verdict){.offences = problem.offences,
                                        .n_offences = problem.n_offences};
    return OKR_OK;
}

static enum okr_err put_done(struct okr_call *call, const struct okr_acts *acts,
                             size_t n)
{
    struct okr_view view;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK) {
        struct okr_query query = {.space = view.space,
                                  .now = call->now,
                                  .person = view.person,
                                  .everything = true};
        okr_json_open_object(&call->json);
        okr_json_key(&call->json, "batch");
        okr_json_id(&call->json, &acts->batch);
        okr_json_key(&call->json, "operations");
        okr_json_uint(&call->json, n);
        okr_json_key(&call->json, "cycle");
        err = okr_query_entity(&query, &acts->shown, &call->json);
        okr_json_close_object(&call->json);
    }
    okr_view_close(&view);
    return err;
}

/* One after the other, until one is refused. */
static enum okr_err submit_acts(struct okr_call *call,
                                const struct okr_id *person,
                                const struct okr_acts *acts)
{
    struct okr_submitted submitted;
    size_t n = 0;
    for (; n < acts->n && !okr_faulty(&call->fault); n++) {
        OKR_TRY(okr_call_submit(call, person, &acts->at[n], NULL, &submitted));
    }
    if (okr_faulty(&call->fault))
        return put_offenders(call, &submitted.verdict);
    return put_done(call, acts, n);
}

static enum okr_err change_acts(struct okr_call *call, bool *ret_is)
{
    struct okr_view view;
    struct okr_acts acts = {.n = 0};
    struct okr_verdict verdict = {.n_offences = 0};
    *ret_is = false;
    if (!okr_acts_named(call->ask->method))
        return OKR_OK;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = okr_acts_is_one(&view.space, call->ask, ret_is);
    if (err == OKR_OK && *ret_is && !okr_faulty(&call->fault))
        err = compose_acts(call, &view, &acts, &verdict);
    okr_view_close(&view);
    if (err != OKR_OK || !*ret_is)
        return err;
    if (okr_faulty(&call->fault))
        return put_offenders(call, &verdict);
    return submit_acts(call, &view.person, &acts);
}

enum okr_err okr_method_change(struct okr_call *call)
{
    bool done;
    OKR_TRY(change_acts(call, &done));
    if (done || okr_faulty(&call->fault))
        return OKR_OK;
    struct okr_view view;
    struct okr_payload payload;
    struct okr_submitted submitted;
    refuse_invite(call);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = okr_call_compose(call, &view, call->ask, &payload);
    okr_view_close(&view);
    if (err != OKR_OK || okr_faulty(&call->fault))
        return err;
    OKR_TRY(okr_call_submit(call, &view.person, &payload, NULL, &submitted));
    if (okr_faulty(&call->fault))
        return put_offenders(call, &submitted.verdict);
    err = okr_view_open(call, &view); /* as it is now */
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = put_entity(call, &view, &payload);
    okr_view_close(&view);
    return err;
}

/* ---- questions ----------------------------------------------------------- */

static enum okr_err query(struct okr_call *call, const struct okr_view *view)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    const struct okr_query query = {.space = view->space,
                                    .now = call->now,
                                    .person = view->person,
                                    .everything = true,
                                    .history = okr_hub_history};
    OKR_TRY(okr_query_answer(&query, call->ask, &call->json, &problem));
    okr_fault_problem(&call->fault, &problem);
    return OKR_OK;
}

enum okr_err okr_method_query(struct okr_call *call)
{
    struct okr_view view;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = query(call, &view);
    okr_view_close(&view);
    return err;
}
