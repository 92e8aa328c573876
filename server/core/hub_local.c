/* Operations of the server's own site: pushed to itself, signed with its site
 * key, judged, logged and attested like any other. */
#include <string.h>

#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/core/hub_local.h"
#include "server/core/hub_log.h"
#include "server/core/hub_take.h"
#include "server/store/peers.h"

/* Fills in what a site says beside its operations, and signs. */
static enum okr_err make_push(struct okr_hub_work *work,
                              const struct okr_op_print *prints,
                              struct okr_push_ground *ground,
                              struct okr_push *push,
                              uint8_t layout[OKR_PUSH_LAYOUT_LEN])
{
    OKR_TRY(okr_oplog_size(work->txn, &push->seen_size));
    if (push->seen_size > 0) {
        struct okr_tlog_nodes nodes = okr_hub_log_nodes(work->txn);
        OKR_TRY(okr_tlog_root(&nodes, push->seen_size, &ground->seen_root));
    }
    ground->org = work->hub->org;
    ground->site = work->hub->server_site;
    memcpy(push->prev8, ground->prev.b, sizeof push->prev8);
    memcpy(push->seen_root8, ground->seen_root.b, sizeof push->seen_root8);
    okr_layout_push_of(push, ground, prints, layout);
    push->sig = okr_sign(work->hub->conf.site_key,
                         okr_slice_of(layout, OKR_PUSH_LAYOUT_LEN));
    return OKR_OK;
}

/* One push's worth. */
static enum okr_err take_some(struct okr_hub_work *work, struct okr_op *ops,
                              size_t n, bool authority,
                              struct okr_answer *answers)
{
    struct okr_hub *hub = work->hub;
    struct okr_peer peer;
    OKR_TRY(
        okr_peer_get(work->txn, &hub->server_site, hub->incarnation, &peer));
    struct okr_push push = {
        .incarnation = hub->incarnation,
        .first_seq = peer.last_seq + 1,
        .ops = ops,
        .n_ops = n,
    };
    struct okr_push_ground ground = {.prev = peer.last_push};
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    const struct okr_hub_load load = {&push, okr_hub_prints(work, &push),
                                      &ground};
    if (load.prints == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(make_push(work, load.prints, &ground, &push, layout));
    struct okr_hub_origin origin = {
        .site = hub->server_site,
        .incarnation = push.incarnation,
        .first_seq = push.first_seq,
        .authority = authority,
        .push = layout,
        .push_sig = push.sig,
    };
    OKR_TRY(okr_hub_take_push(work, &load, &origin, answers));
    struct okr_buf line;
    okr_buf_init(&line, work->arena);
    for (size_t i = 0; i < n; i++)
        okr_hub_say_verdict(&answers[i].verdict, &line);
    OKR_TRY(line.err);
    okr_trace(&hub->conf.trace, "local first=%llu n=%zu ->%.*s",
              (unsigned long long)push.first_seq, n, (int)line.len,
              (const char *)line.data);
    return OKR_OK;
}

enum okr_err okr_hub_take_local(struct okr_hub_work *work,
                                const struct okr_op *ops, size_t n,
                                bool authority, struct okr_answer *answers)
{
    OKR_ASSERT(ops != NULL && n > 0 && answers != NULL);
    struct okr_op *own = okr_arena_array(work->arena, n, sizeof *own);
    if (own == NULL)
        return OKR_ERR_NOMEM;
    memcpy(own, ops, n * sizeof *own);
    for (size_t at = 0; at < n;) {
        size_t some = n - at < OKR_PUSH_OPS_MAX ? n - at : OKR_PUSH_OPS_MAX;
        OKR_TRY(take_some(work, own + at, some, authority, answers + at));
        at += some;
    }
    return OKR_OK;
}

/* The caller reads the answers after the work, when its arena is gone. */
static enum okr_err keep(struct okr_hub *hub, struct okr_answer *answer)
{
    struct okr_arena *arena = hub->local_arena;
    okr_scope *scopes =
        okr_arena_array(arena, answer->n_scopes, sizeof *scopes);
    answer->effects = okr_arena_copy(arena, answer->effects);
    answer->current = okr_arena_copy(arena, answer->current);
    if (scopes == NULL || answer->effects.data == NULL ||
        answer->current.data == NULL)
        return OKR_ERR_NOMEM;
    if (answer->n_scopes > 0)
        memcpy(scopes, answer->scopes, answer->n_scopes * sizeof *scopes);
    answer->scopes = scopes;
    return OKR_OK;
}

enum okr_err okr_hub_on_local(struct okr_hub_work *work)
{
    struct okr_hub *hub = work->hub;
    const struct okr_hub_event *event = work->event;
    if (event->n_ops == 0)
        return OKR_OK;
    struct okr_answer *answers =
        okr_arena_array(hub->local_arena, event->n_ops, sizeof *answers);
    if (answers == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_hub_take_local(work, event->ops, event->n_ops, event->authority,
                               answers));
    for (size_t i = 0; i < event->n_ops; i++)
        OKR_TRY(keep(hub, &answers[i]));
    hub->local = answers;
    hub->n_local = event->n_ops;
    return OKR_OK;
}

const struct okr_answer *okr_hub_local_answers(const struct okr_hub *hub,
                                               size_t *ret_n)
{
    OKR_ASSERT(hub != NULL && ret_n != NULL);
    *ret_n = hub->n_local;
    return hub->local;
}
