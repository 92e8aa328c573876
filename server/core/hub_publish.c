/* Events: after each commit, for each public scope that it wrote, what a Pull
 * since the last Event would give.  Private scopes are never published. */
#include "server/core/hub_publish.h"

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/codec/squeeze.h"
#include "server/core/hub_rows.h"
#include "server/core/hub_scope.h"

enum {
    EVENT_LEN = 48 + OKR_ROWS_SIZE, /* of an Event beside rows and marks */
    MARK_LEN = 40,                  /* at most, encoded */
};

enum okr_err okr_hub_send_pub(const struct okr_hub_work *work,
                              const struct okr_msg *msg)
{
    OKR_ASSERT(msg->type == OKR_MSG_EVENT || msg->type == OKR_MSG_HEAD ||
               msg->type == OKR_MSG_BEAT);
    struct okr_msg *copy = okr_arena_alloc(work->arena, sizeof *copy);
    struct okr_fx *fx = okr_effects_add(work->fx, OKR_FX_PUBLISH);
    if (copy == NULL || fx == NULL)
        return OKR_ERR_NOMEM;
    *copy = *msg;
    fx->msg = copy;
    return OKR_OK;
}

/* Marks of the turn's operations that wrote the scope. */
static enum okr_err marks_of(const struct okr_hub_work *work, okr_scope scope,
                             struct okr_event_msg *event)
{
    const struct okr_hub_soft *soft = &work->hub->soft;
    size_t n = 0;
    for (size_t i = 0; i < soft->n_wrote; i++)
        n += soft->wrote[i].scope == scope;
    event->marks = okr_arena_array(work->arena, n, sizeof *event->marks);
    if (event->marks == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < soft->n_wrote; i++)
        if (soft->wrote[i].scope == scope)
            event->marks[event->n_marks++] = soft->wrote[i].mark;
    return OKR_OK;
}

static enum okr_err publish_scope(struct okr_hub_work *work,
                                  struct okr_hub_tip *tip)
{
    OKR_ASSERT(okr_hub_is_public(tip->scope));
    struct okr_scope_row scope;
    OKR_TRY(okr_scope_get(work->txn, tip->scope, &scope));
    OKR_ASSERT(scope.head > tip->lsn);
    struct okr_msg msg = {
        .type = OKR_MSG_EVENT,
        .dictionary = OKR_DICTIONARY,
        .u.event = {.scope = tip->scope,
                    .epoch = okr_hub_epoch(work->hub),
                    .prev_lsn = tip->lsn,
                    .lsn = scope.head},
    };
    struct okr_event_msg *event = &msg.u.event;
    OKR_TRY(marks_of(work, tip->scope, event));
    size_t beside = EVENT_LEN + MARK_LEN * event->n_marks;
    struct okr_row_meter meter = {.seen = {{{0}}}};
    struct okr_hub_walk walk = {
        .scope = tip->scope,
        .since = tip->lsn,
        .meter = &meter,
        .room = beside < OKR_BATCH_MAX ? OKR_BATCH_MAX - beside : 0,
    };
    struct okr_hub_rows rows;
    OKR_TRY(okr_hub_rows(work, &walk, &rows));
    tip->lsn = scope.head;
    okr_hub_heads_from_now(work, tip);
    okr_trace(&work->hub->conf.trace, "event scope=%u %llu..%llu rows=%zu%s",
              tip->scope, (unsigned long long)event->prev_lsn,
              (unsigned long long)event->lsn, rows.n,
              rows.more ? " too large: a head" : "");
    if (rows.more || beside >= OKR_BATCH_MAX)
        return okr_hub_send_head(work, tip->scope, false);
    event->rows = rows.at;
    event->n_rows = rows.n;
    return okr_hub_send_pub(work, &msg);
}

enum okr_err okr_hub_publish(struct okr_hub_work *work)
{
    struct okr_hub_soft *soft = &work->hub->soft;
    for (size_t i = 0; i < soft->n_tips && soft->dirty; i++) {
        struct okr_hub_tip *tip = &soft->tips[i];
        if (tip->dirty && okr_hub_is_public(tip->scope))
            OKR_TRY(publish_scope(work, tip));
    }
    return OKR_OK;
}
