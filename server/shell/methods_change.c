/* add, set, archive and every other verb: as at a site, by any person. */
#include "common/model/value.h"
#include "common/query/query.h"
#include "server/audit/history.h"
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
    return okr_query_entity(&query, &shown, &call->json);
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

enum okr_err okr_method_change(struct okr_call *call)
{
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
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = okr_call_submit(call, &view.person, &payload, NULL, &submitted);
    if (err != OKR_OK || okr_faulty(&call->fault))
        return err;
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
                                    .history = okr_audit_history};
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
