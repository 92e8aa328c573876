/* What follows from a decision beyond its own effects. */
#include <string.h>

#include "common/base/assert.h"
#include "server/core/hub_take.h"
#include "server/store/refused_ids.h"

/* The entity that a refused operation would have made: nothing that builds on
 * it needs to wait any more. */
static enum okr_err never_made(struct okr_hub_work *work,
                               const struct okr_decision *decision, okr_lsn lsn)
{
    const struct okr_payload *payload = decision->payload;
    if (payload == NULL || okr_id_is_zero(&payload->entity))
        return OKR_OK;
    const struct okr_verb_info *verb = okr_verb_info(payload->verb);
    if (verb == NULL || !verb->makes)
        return OKR_OK;
    struct okr_space space = okr_hub_space(work);
    struct okr_record *there;
    enum okr_err err = okr_entity_get(&space, &payload->entity, &there);
    if (err != OKR_ERR_NOTFOUND)
        return err; /* it is there: another operation made it */
    OKR_TRY(okr_refused_id_put(work->txn, &payload->entity, lsn));
    return okr_hub_soft_came(&work->hub->soft, &payload->entity);
}

/* Tells the site itself, by the way its last message came. */
static enum okr_err tell_revoked(struct okr_hub_work *work,
                                 const struct okr_id *site)
{
    struct okr_hub_link *link = okr_hub_soft_find(&work->hub->soft, site);
    if (link == NULL)
        return OKR_OK;
    link->waits = false;
    struct okr_msg msg = {
        .type = OKR_MSG_REFUSE,
        .u.refuse = {.code = OKR_REFUSAL_REVOKED,
                     .text = OKR_SLICE_LIT("this site was revoked")},
    };
    return okr_effects_send(work->fx, &link->last, &msg);
}

static enum okr_err revoke_site(struct okr_hub_work *work,
                                const struct okr_record *site)
{
    struct okr_slice link_key = okr_record_text(site, OKR_F_LINK_KEY);
    struct okr_fx *revoked = okr_effects_add(work->fx, OKR_FX_REVOKED);
    if (revoked == NULL)
        return OKR_ERR_NOMEM;
    revoked->id = site->id;
    if (link_key.len == sizeof revoked->user)
        memcpy(revoked->user, link_key.data, sizeof revoked->user);
    if (okr_effects_add(work->fx, OKR_FX_CUT_PUB) == NULL)
        return OKR_ERR_NOMEM;
    return tell_revoked(work, &site->id);
}

static enum okr_err written(struct okr_hub_work *work,
                            const struct okr_mark *mark,
                            const struct okr_decision *decision,
                            const struct okr_answer *answer)
{
    struct okr_hub_soft *soft = &work->hub->soft;
    for (size_t i = 0; i < answer->n_scopes; i++)
        OKR_TRY(okr_hub_soft_wrote(soft, answer->scopes[i], mark));
    const struct okr_draft *draft = &decision->draft;
    for (size_t i = 0; i < draft->n; i++) {
        const struct okr_record *now = draft->entries[i].now;
        if (draft->entries[i].old == NULL)
            OKR_TRY(okr_hub_soft_came(soft, &now->id));
        if (decision->payload->verb == OKR_VERB_REVOKE &&
            now->kind == OKR_KIND_SITE)
            OKR_TRY(revoke_site(work, now));
    }
    return OKR_OK;
}

enum okr_err okr_hub_follow(struct okr_hub_work *work,
                            const struct okr_mark *mark,
                            const struct okr_decision *decision,
                            const struct okr_answer *answer)
{
    OKR_ASSERT(answer->lsn > 0 && mark->seq > 0);
    if (okr_verdict_is_in(&answer->verdict))
        return written(work, mark, decision, answer);
    if (answer->verdict.outcome == OKR_OUTCOME_REJECTED)
        return never_made(work, decision, answer->lsn);
    return OKR_OK;
}
