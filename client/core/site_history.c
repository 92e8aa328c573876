/* Histories from headquarters: asked for when somebody reads one, and handed
 * to him; nothing of it is kept. */
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/squeeze.h"

static enum okr_err hand_over(struct okr_turn *turn,
                              const struct okr_id *entity,
                              const struct okr_msg *msg)
{
    struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_HISTORY);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->id = *entity;
    fx->msg = msg;
    return OKR_OK;
}

enum okr_err okr_site_history_ask(struct okr_turn *turn,
                                  const struct okr_id *entity)
{
    struct okr_site *site = turn->site;
    struct okr_msg msg = {.type = OKR_MSG_HISTORY,
                          .u.history = {.entity = *entity,
                                        .max = OKR_HISTORY_MAX,
                                        .dictionary = OKR_DICTIONARY}};
    if (!okr_link_is_up(site))
        return hand_over(turn, entity, NULL);
    /* Numbers of their own: those of pulls and pushes end in other bits. */
    struct okr_site_asked *asked =
        &site->asked[site->n_asked++ % OKR_SITE_ASKED_MAX];
    site->request = UINT32_C(0x80000000) | (site->request + 1);
    *asked = (struct okr_site_asked){site->request, *entity};
    msg.request = site->request;
    okr_trace(&site->conf.trace, "history asked for");
    return okr_effects_send(turn->fx, NULL, &msg);
}

static struct okr_site_asked *find(struct okr_site *site, uint32_t request)
{
    for (size_t i = 0; i < OKR_SITE_ASKED_MAX; i++)
        if (site->asked[i].request == request && request != 0)
            return &site->asked[i];
    return NULL;
}

enum okr_err okr_site_history(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    struct okr_site_asked *asked = find(site, msg->request);
    bool fits =
        asked != NULL && okr_id_eq(&asked->entity, &msg->u.history_page.entity);
    if (!fits) {
        okr_trace(&site->conf.trace, "history that nobody waits for");
        return OKR_OK;
    }
    struct okr_id entity = asked->entity;
    *asked = (struct okr_site_asked){0};
    return hand_over(turn, &entity, msg);
}

enum okr_err okr_site_history_denied(struct okr_turn *turn, uint32_t request,
                                     bool *ret_was)
{
    struct okr_site_asked *asked = find(turn->site, request);
    *ret_was = asked != NULL;
    if (asked == NULL)
        return OKR_OK;
    struct okr_id entity = asked->entity;
    *asked = (struct okr_site_asked){0};
    return hand_over(turn, &entity, NULL);
}
