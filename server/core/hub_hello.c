/* Hello: who is there and how far it is; Welcome: how far the server is. */
#include <string.h>

#include "common/base/assert.h"
#include "server/core/hub_impl.h"
#include "server/core/hub_scope.h"
#include "server/store/peers.h"

/* A fleet that comes back at once spreads its pulls: so long for each site
 * that the hub knows, up to a minute. */
enum { SPREAD_SITE_MS = 5, SPREAD_MAX_MS = 60 * 1000 };

static uint32_t spread_ms(const struct okr_hub *hub)
{
    size_t ms = hub->soft.n_links * SPREAD_SITE_MS;
    return ms < SPREAD_MAX_MS ? (uint32_t)ms : SPREAD_MAX_MS;
}

static enum okr_err add_heads(const struct okr_hub_work *work,
                              const struct okr_record *site,
                              struct okr_welcome *welcome)
{
    struct okr_hub_reach reach;
    okr_scope *scopes;
    size_t n;
    OKR_TRY(okr_hub_reach_of(work, site, &reach));
    OKR_TRY(okr_scope_all(work->txn, work->arena, &scopes, &n));
    welcome->heads = okr_arena_array(work->arena, n, sizeof *welcome->heads);
    if (welcome->heads == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row row;
        if (!okr_hub_reaches(&reach, scopes[i]))
            continue;
        OKR_TRY(okr_scope_get(work->txn, scopes[i], &row));
        welcome->heads[welcome->n_heads++] =
            (struct okr_cursor){scopes[i], row.head};
    }
    return OKR_OK;
}

static enum okr_err send_welcome(struct okr_hub_work *work,
                                 const struct okr_record *site)
{
    struct okr_hub *hub = work->hub;
    const struct okr_hello *hello = &work->event->msg->u.hello;
    struct okr_peer peer;
    OKR_TRY(okr_peer_get(work->txn, &site->id, hello->incarnation, &peer));
    struct okr_msg msg = {
        .type = OKR_MSG_WELCOME,
        .u.welcome = {.epochs = hub->epochs,
                      .n_epochs = hub->n_epochs,
                      .publish = okr_slice_str(hub->conf.publish),
                      .last_seq = peer.last_seq,
                      .last_push = peer.last_push,
                      .spread_ms = spread_ms(hub),
                      .schema = OKR_SCHEMA_VERSION,
                      .beat_ms = (uint32_t)hub->conf.beat_ms,
                      .time = work->now,
                      .org = hub->org,
                      .base = hub->base,
                      .origin = okr_slice_str(hub->origin)},
    };
    OKR_TRY(add_heads(work, site, &msg.u.welcome));
    char hex[OKR_ID_HEX];
    okr_id_hex(&site->id, hex);
    okr_trace(&hub->conf.trace, "welcome site=%.8s last_seq=%llu scopes=%zu",
              hex, (unsigned long long)peer.last_seq, msg.u.welcome.n_heads);
    return okr_hub_reply(work, &msg);
}

static bool same_epoch(const struct okr_hub *hub, const struct okr_epoch *other)
{
    const struct okr_epoch *present = &hub->epochs[hub->n_epochs - 1];
    return present->counter == other->counter &&
           memcmp(present->random, other->random, sizeof other->random) == 0;
}

enum okr_err okr_hub_on_hello(struct okr_hub_work *work,
                              struct okr_record *site)
{
    const struct okr_hello *hello = &work->event->msg->u.hello;
    OKR_ASSERT(work->hub->n_epochs > 0);
    if (hello->version_min > OKR_WIRE_VERSION ||
        hello->version_max < OKR_WIRE_VERSION)
        return okr_hub_refuse(work, OKR_REFUSAL_VERSION,
                              "no common version of the protocol: upgrade");
    if (!okr_id_eq(&hello->site, &site->id))
        return okr_hub_refuse(work, OKR_REFUSAL_SITE,
                              "the key belongs to another site");
    struct okr_hub_link *link = okr_hub_soft_find(&work->hub->soft, &site->id);
    if (link != NULL) {
        link->waits = false; /* asked over a link that is gone */
        /* A site of another epoch is about to begin a new incarnation. */
        link->incarnation =
            hello->epoch.counter == 0 || same_epoch(work->hub, &hello->epoch)
                ? hello->incarnation
                : 0;
    }
    return send_welcome(work, site);
}
