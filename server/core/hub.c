/* The hub: its life, and which event goes where. */
#include "server/core/hub.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "server/core/hub_publish.h"
#include "server/core/hub_pull.h"
#include "server/core/hub_take.h"

enum okr_err okr_hub_new(const struct okr_hub_conf *conf,
                         struct okr_hub **ret_hub)
{
    OKR_ASSERT(conf != NULL && ret_hub != NULL);
    OKR_ASSERT(conf->site_key != NULL && conf->log_key != NULL);
    OKR_ASSERT(conf->beat_ms > 0 && conf->park_ms > 0);
    struct okr_hub *hub = calloc(1, sizeof *hub);
    if (hub == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &hub->local_arena);
    if (err != OKR_OK) {
        free(hub);
        return err;
    }
    hub->conf = *conf;
    *ret_hub = hub;
    return OKR_OK;
}

void okr_hub_free(struct okr_hub **hub)
{
    OKR_ASSERT(hub != NULL);
    if (*hub == NULL)
        return;
    okr_hub_soft_free(&(*hub)->soft);
    okr_arena_free(&(*hub)->local_arena);
    free(*hub);
    *hub = NULL;
}

/* ---- what is drawn and worked out in one place --------------------------- */

void okr_hub_draw(struct okr_hub *hub, uint8_t out[32])
{
    uint8_t count[8];
    okr_be_put64(count, hub->drawn++);
    const struct okr_slice parts[] = {
        OKR_SLICE_LIT("\0okr/hub/draw\0"),
        {hub->entropy, sizeof hub->entropy},
        {count, sizeof count},
    };
    struct okr_hash hash = okr_sha256_parts(parts, 3);
    memcpy(out, hash.b, sizeof hash.b);
}

/* New entropy joins what is left of the old: a flush draws from it too. */
static void stir(struct okr_hub *hub, const uint8_t entropy[OKR_ENTROPY])
{
    const struct okr_slice parts[] = {
        {hub->entropy, sizeof hub->entropy},
        {entropy, OKR_ENTROPY},
    };
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    memcpy(hub->entropy, hash.b, sizeof hub->entropy);
    hub->drawn = 0;
}

struct okr_space okr_hub_space(const struct okr_hub_work *work)
{
    return (struct okr_space){.txn = work->txn,
                              .arena = work->arena,
                              .cache = &work->hub->entities};
}

okr_lsn okr_hub_lsn(const struct okr_hub *hub, uint64_t index)
{
    OKR_ASSERT(index < OKR_TLOG_SIZE_MAX);
    return hub->base + index + 1;
}

/* ---- loading ------------------------------------------------------------- */

static enum okr_err load_epochs(struct okr_hub *hub, struct okr_kv_txn *txn,
                                struct okr_arena *arena)
{
    struct okr_epoch_row *rows;
    size_t n;
    OKR_TRY(okr_meta_epochs(txn, arena, &rows, &n));
    if (n == 0 || n > OKR_EPOCHS_MAX)
        return OKR_ERR_CORRUPT;
    for (size_t i = 0; i < n; i++) {
        hub->epochs[i].counter = rows[i].counter;
        hub->epochs[i].began = rows[i].began;
        memcpy(hub->epochs[i].random, rows[i].random, sizeof rows[i].random);
    }
    hub->n_epochs = n;
    return OKR_OK;
}

/* "<slug>/audit/epoch-N" */
static enum okr_err load_origin(struct okr_hub *hub, struct okr_kv_txn *txn,
                                struct okr_arena *arena)
{
    struct okr_slice slug;
    struct okr_buf origin;
    OKR_TRY(okr_meta_get(txn, "slug", arena, &slug));
    okr_buf_init_fixed(&origin, hub->origin, sizeof hub->origin - 1);
    okr_buf_put(&origin, slug);
    okr_buf_printf(&origin, "/audit/epoch-%u", okr_hub_epoch(hub));
    if (origin.err != OKR_OK)
        return origin.err;
    hub->origin[origin.len] = '\0';
    return OKR_OK;
}

static enum okr_err load_log(struct okr_hub *hub, struct okr_kv_txn *txn)
{
    uint64_t size;
    struct okr_slice bytes;
    struct okr_leaf leaf;
    hub->leaf_time = 0;
    OKR_TRY(okr_meta_u64(txn, "base", &hub->base));
    OKR_TRY(okr_oplog_size(txn, &size));
    if (size == 0)
        return OKR_OK;
    OKR_TRY(okr_oplog_leaf(txn, size - 1, &bytes));
    OKR_TRY(okr_layout_leaf_read(bytes, &leaf));
    hub->leaf_time = leaf.time;
    return OKR_OK;
}

/* What is committed counts as published: whoever missed it learns from the
 * Heads that follow a load. */
static enum okr_err load_tips(struct okr_hub *hub, struct okr_kv_txn *txn,
                              struct okr_arena *arena)
{
    okr_scope *scopes;
    size_t n;
    OKR_TRY(okr_scope_all(txn, arena, &scopes, &n));
    for (size_t i = 0; i < n; i++) {
        struct okr_hub_tip *tip;
        struct okr_scope_row row;
        OKR_TRY(okr_scope_get(txn, scopes[i], &row));
        OKR_TRY(okr_hub_soft_tip(&hub->soft, scopes[i], &tip));
        tip->lsn = row.head;
    }
    return OKR_OK;
}

enum okr_err okr_hub_load(struct okr_hub *hub, struct okr_kv_txn *txn,
                          struct okr_arena *arena)
{
    OKR_ASSERT(hub != NULL && txn != NULL && arena != NULL);
    hub->loaded = false;
    okr_hub_soft_reset(&hub->soft);
    hub->entities = (struct okr_entity_cache){0};
    hub->root_size = 0;
    hub->beat_at = 0;
    hub->pages_until = 0;
    hub->put_off = 0;
    hub->note_len = 0;
    hub->parked_walk = true;
    memset(hub->parked_from, 0, sizeof hub->parked_from);
    OKR_TRY(okr_meta_id(txn, "org", &hub->org));
    OKR_TRY(okr_meta_id(txn, "server_site", &hub->server_site));
    OKR_TRY(okr_meta_u64(txn, "incarnation", &hub->incarnation));
    if (hub->incarnation == 0)
        hub->incarnation = 1;
    OKR_TRY(load_epochs(hub, txn, arena));
    OKR_TRY(load_origin(hub, txn, arena));
    OKR_TRY(load_log(hub, txn));
    OKR_TRY(load_tips(hub, txn, arena));
    hub->loaded = true;
    return OKR_OK;
}

/* ---- messages ------------------------------------------------------------ */

static enum okr_err undecodable(const struct okr_hub_work *work)
{
    enum okr_err bad = work->event->bad;
    if (bad == OKR_ERR_VERSION)
        return okr_hub_refuse(work, OKR_REFUSAL_VERSION,
                              "no common version of the protocol: upgrade");
    if (bad == OKR_ERR_LIMIT)
        return okr_hub_error(work, OKR_ERROR_LIMIT, 0,
                             "the message is over a limit");
    if (bad == OKR_ERR_NOTFOUND)
        return okr_hub_error(work, OKR_ERROR_TYPE, 0,
                             "this server does not know the message");
    return okr_hub_error(work, OKR_ERROR_MALFORMED, 0,
                         "the message cannot be read");
}

typedef enum okr_err handle(struct okr_hub_work *work, struct okr_record *site);

static const struct {
    enum okr_msg_type type;
    handle *handle;
} handlers[] = {
    {OKR_MSG_HELLO, okr_hub_on_hello},   {OKR_MSG_PUSH, okr_hub_on_push},
    {OKR_MSG_PULL, okr_hub_on_pull},     {OKR_MSG_PROOF, okr_hub_on_proof},
    {OKR_MSG_REPAIR, okr_hub_on_repair}, {OKR_MSG_HISTORY, okr_hub_on_history},
};

static enum okr_err dispatch(struct okr_hub_work *work, struct okr_record *site)
{
    for (size_t i = 0; i < sizeof handlers / sizeof handlers[0]; i++)
        if (handlers[i].type == work->event->msg->type)
            return handlers[i].handle(work, site);
    return okr_hub_error(work, OKR_ERROR_TYPE, 0,
                         "this server does not take the message");
}

static enum okr_err unknown_site(const struct okr_hub_work *work)
{
    return okr_hub_refuse(work, OKR_REFUSAL_UNKNOWN,
                          "this site is not enrolled here");
}

/* The key says who sends; the store says whether he still may. */
static enum okr_err from_site(struct okr_hub_work *work)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_record *site;
    enum okr_err err = okr_entity_get(&space, &work->event->site, &site);
    if (err == OKR_ERR_NOTFOUND)
        return unknown_site(work);
    OKR_TRY(err);
    if (site->kind != OKR_KIND_SITE)
        return unknown_site(work);
    if (okr_record_enum(site, OKR_F_SITE_STATE, 0) != OKR_V_KEY_STATE_ACTIVE)
        return okr_hub_refuse(work, OKR_REFUSAL_REVOKED,
                              "this site was revoked");
    struct okr_hub_link *link;
    OKR_TRY(okr_hub_soft_link(&work->hub->soft, &site->id, &link));
    if (link != NULL)
        link->last = work->event->from;
    if (work->event->msg == NULL)
        return undecodable(work);
    return dispatch(work, site);
}

static enum okr_err on_message(struct okr_hub_work *work)
{
    const struct okr_hub_event *event = work->event;
    if (event->peer == OKR_PEER_REVOKED)
        return okr_hub_refuse(work, OKR_REFUSAL_REVOKED,
                              "this site was revoked");
    if (event->msg != NULL && event->msg->type == OKR_MSG_ENROL)
        return okr_hub_on_enrol(work);
    if (event->peer == OKR_PEER_SITE)
        return from_site(work);
    return event->msg == NULL ? undecodable(work) : unknown_site(work);
}

/* ---- steps --------------------------------------------------------------- */

enum okr_err okr_hub_step(struct okr_hub *hub, struct okr_kv_txn *txn,
                          const struct okr_hub_event *event,
                          struct okr_effects *fx)
{
    OKR_ASSERT(hub != NULL && hub->loaded && event != NULL && fx != NULL);
    struct okr_hub_work work = {
        .hub = hub,
        .txn = txn,
        .fx = fx,
        .arena = fx->arena,
        .now = event->now,
        .event = event,
    };
    stir(hub, event->entropy);
    okr_arena_reset(hub->local_arena);
    hub->local = NULL;
    hub->n_local = 0;
    switch (event->kind) {
    case OKR_HUB_MESSAGE:
        return on_message(&work);
    case OKR_HUB_SUBSCRIBED:
        return okr_hub_on_subscribed(&work);
    case OKR_HUB_LOCAL:
        return okr_hub_on_local(&work);
    case OKR_HUB_TIMEOUT:
        return OKR_OK; /* what is due is done in the flush */
    }
    OKR_UNREACHABLE();
}

static void end_turn(struct okr_hub *hub)
{
    struct okr_hub_soft *soft = &hub->soft;
    for (size_t i = 0; i < soft->n_tips && soft->dirty; i++)
        soft->tips[i].dirty = soft->tips[i].wanted = false;
    soft->dirty = false;
    soft->n_wrote = 0;
    hub->entities = (struct okr_entity_cache){0};
}

enum okr_err okr_hub_flush(struct okr_hub *hub, struct okr_kv_txn *txn,
                           okr_us now, struct okr_effects *fx)
{
    OKR_ASSERT(hub != NULL && hub->loaded && fx != NULL);
    struct okr_hub_work work = {
        .hub = hub, .txn = txn, .fx = fx, .arena = fx->arena, .now = now};
    if (hub->beat_at <= now)
        OKR_TRY(okr_hub_expire(&work));
    OKR_TRY(okr_hub_unpark(&work));
    OKR_TRY(okr_hub_publish(&work));
    OKR_TRY(okr_hub_beat(&work));
    OKR_TRY(okr_hub_wake(&work));
    end_turn(hub);
    return OKR_OK;
}

okr_us okr_hub_deadline(const struct okr_hub *hub)
{
    OKR_ASSERT(hub != NULL);
    if (!hub->loaded)
        return OKR_NEVER;
    if (hub->parked_walk || hub->soft.n_came > 0 || hub->soft.came_more)
        return 0; /* at once: there is more to judge */
    okr_us next = hub->beat_at;
    if (hub->soft.wait_until < next)
        next = hub->soft.wait_until;
    return hub->soft.head_next < next ? hub->soft.head_next : next;
}
