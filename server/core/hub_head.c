/* Heads and beats: so that a site finds out what PUB lost without a sign. */
#include "common/base/assert.h"
#include "server/core/hub_log.h"
#include "server/core/hub_publish.h"
#include "server/core/hub_scope.h"

#define HEAD_GAP_MAX ((okr_us)3600 * 1000000) /* hourly */

uint32_t okr_hub_epoch(const struct okr_hub *hub)
{
    OKR_ASSERT(hub->n_epochs > 0);
    return hub->epochs[hub->n_epochs - 1].counter;
}

static okr_us beat_us(const struct okr_hub *hub)
{
    return hub->conf.beat_ms * 1000;
}

void okr_hub_heads_from_now(const struct okr_hub_work *work,
                            struct okr_hub_tip *tip)
{
    tip->head_gap = beat_us(work->hub);
    tip->head_at = work->now + tip->head_gap;
}

enum okr_err okr_hub_send_head(const struct okr_hub_work *work, okr_scope scope,
                               bool checkpoint)
{
    OKR_ASSERT(okr_hub_is_public(scope));
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(work->txn, scope, &row));
    struct okr_msg msg = {
        .type = OKR_MSG_HEAD,
        .u.head = {.scope = scope,
                   .epoch = okr_hub_epoch(work->hub),
                   .head = row.head,
                   .digest = row.digest,
                   .time = work->now},
    };
    if (checkpoint)
        OKR_TRY(okr_hub_log_note(work, &msg.u.head.checkpoint));
    okr_trace(&work->hub->conf.trace, "head scope=%u %llu", scope,
              (unsigned long long)row.head);
    return okr_hub_send_pub(work, &msg);
}

/* Somebody's subscription arrived.  The answer goes out with the flush: after
 * the events of this turn. */
enum okr_err okr_hub_on_subscribed(struct okr_hub_work *work)
{
    okr_scope scope = work->event->scope;
    if (!okr_hub_is_public(scope))
        return OKR_OK;
    struct okr_hub_tip *tip = okr_hub_soft_find_tip(&work->hub->soft, scope);
    if (tip == NULL) /* nothing was ever written there */
        return okr_hub_send_head(work, scope, false);
    tip->wanted = true;
    work->hub->soft.dirty = true;
    return OKR_OK;
}

static enum okr_err head_of(struct okr_hub_work *work, struct okr_hub_tip *tip)
{
    bool due = tip->head_at <= work->now;
    if (!due && !tip->wanted)
        return OKR_OK;
    /* The company's regular Heads carry the log's checkpoint. */
    OKR_TRY(okr_hub_send_head(work, tip->scope,
                              due && tip->scope == OKR_SCOPE_COMPANY));
    if (!due)
        return OKR_OK;
    okr_us gap = tip->head_gap > 0 ? tip->head_gap * 2 : beat_us(work->hub);
    tip->head_gap = gap < HEAD_GAP_MAX ? gap : HEAD_GAP_MAX;
    tip->head_at = work->now + tip->head_gap;
    return OKR_OK;
}

static enum okr_err heads(struct okr_hub_work *work)
{
    struct okr_hub_soft *soft = &work->hub->soft;
    if (!soft->dirty && work->now < soft->head_next)
        return OKR_OK;
    okr_us next = OKR_NEVER;
    for (size_t i = 0; i < soft->n_tips; i++) {
        struct okr_hub_tip *tip = &soft->tips[i];
        if (!okr_hub_is_public(tip->scope))
            continue;
        OKR_TRY(head_of(work, tip));
        OKR_ASSERT(tip->head_at > work->now);
        next = tip->head_at < next ? tip->head_at : next;
    }
    soft->head_next = next;
    return OKR_OK;
}

enum okr_err okr_hub_beat(struct okr_hub_work *work)
{
    struct okr_hub *hub = work->hub;
    OKR_TRY(heads(work));
    if (work->now < hub->beat_at)
        return OKR_OK;
    hub->beat_at = work->now + beat_us(hub);
    struct okr_msg msg = {.type = OKR_MSG_BEAT};
    return okr_hub_send_pub(work, &msg);
}
