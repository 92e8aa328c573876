/* A site: its life, its steps, its turns. */
#include "client/core/site.h"

#include <stdlib.h>
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/meta.h"

#define SCRATCH_MAX ((size_t)64 * 1024 * 1024)
#define PULL_BYTES_FIRST 4096
#define FRESH_SAVE_US (300 * (okr_us)1000000)

/* ---- life ---------------------------------------------------------------- */

enum okr_err okr_site_new(const struct okr_site_conf *conf,
                          struct okr_site **ret_site)
{
    OKR_ASSERT(conf->site_key != NULL && conf->pull_ms_min > 0);
    OKR_ASSERT(conf->beat_ms > 0 && conf->retry_max_ms > 0);
    struct okr_site *site = calloc(1, sizeof *site);
    if (site == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = okr_arena_new(SCRATCH_MAX, &site->scratch);
    if (err != OKR_OK) {
        free(site);
        return err;
    }
    site->conf = *conf;
    okr_view_init(&site->view);
    okr_site_link_reset(site);
    *ret_site = site;
    return OKR_OK;
}

void okr_site_free(struct okr_site **site)
{
    OKR_ASSERT(site != NULL);
    if (*site == NULL)
        return;
    okr_arena_free(&(*site)->scratch);
    okr_view_free(&(*site)->view);
    free((*site)->scopes);
    free(*site);
    *site = NULL;
}

/* ---- loading ------------------------------------------------------------- */

static enum okr_err check_id(struct okr_kv_txn *txn, const char *name,
                             const struct okr_id *expected)
{
    struct okr_id id;
    OKR_TRY(okr_meta_id(txn, name, &id));
    return okr_id_eq(&id, expected) ? OKR_OK : OKR_ERR_DENIED;
}

static enum okr_err load_numbers(struct okr_site *site, struct okr_kv_txn *txn)
{
    uint64_t offset, fresh;
    OKR_TRY(okr_meta_u64(txn, "incarnation", &site->incarnation));
    if (site->incarnation == 0)
        return OKR_OK; /* a new store: the first step founds it */
    OKR_TRY(check_id(txn, "org", &site->conf.org));
    OKR_TRY(check_id(txn, "site", &site->conf.site));
    OKR_TRY(okr_meta_u64(txn, "next_seq", &site->next_seq));
    OKR_TRY(okr_meta_u64(txn, "push_from", &site->push_from));
    OKR_TRY(okr_meta_u64(txn, "offset_us", &offset));
    OKR_TRY(okr_meta_u64(txn, "fresh_at", &fresh));
    site->offset = (okr_us)offset;
    site->fresh_at = site->fresh_saved = (okr_us)fresh;
    return site->push_from > 0 && site->push_from <= site->next_seq
               ? OKR_OK
               : OKR_ERR_CORRUPT;
}

static enum okr_err load_epochs(struct okr_site *site, struct okr_kv_txn *txn,
                                struct okr_arena *arena)
{
    struct okr_epoch_row *rows;
    OKR_TRY(okr_meta_epochs(txn, arena, &rows, &site->n_epochs));
    OKR_ASSERT(site->n_epochs <= OKR_EPOCHS_MAX);
    for (size_t i = 0; i < site->n_epochs; i++) {
        site->epochs[i] = (struct okr_epoch){.counter = rows[i].counter,
                                             .began = rows[i].began};
        memcpy(site->epochs[i].random, rows[i].random, sizeof rows[i].random);
    }
    return OKR_OK;
}

static void forget(struct okr_site *site)
{
    struct okr_site kept = {.conf = site->conf,
                            .scratch = site->scratch,
                            .view = site->view,
                            .world = site->world,
                            .request = site->request,
                            .scopes = site->scopes,
                            .cap_scopes = site->cap_scopes};
    *site = kept;
    okr_view_forget(&site->view);
    site->pull.bytes_max = PULL_BYTES_FIRST;
    site->beat = site->conf.beat_ms * 1000;
    site->view_due = site->settle_due = site->follow_due = true;
    okr_site_link_reset(site);
    /* What was asked of the shell may have been dropped with the turn, so it
     * is asked again: for a Welcome, or for a link. */
    site->phase = site->world.wire ? OKR_PHASE_HELLO : OKR_PHASE_DOWN;
    site->at[site->world.wire ? OKR_AT_HELLO : OKR_AT_CALL] = 0;
}

enum okr_err okr_site_load(struct okr_site *site, struct okr_kv_txn *txn,
                           struct okr_arena *arena)
{
    OKR_ASSERT(site != NULL && txn != NULL && arena != NULL);
    forget(site);
    OKR_TRY(load_numbers(site, txn));
    OKR_TRY(load_epochs(site, txn, arena));
    OKR_TRY(okr_site_scopes_load(site, txn, arena));
    OKR_TRY(okr_site_count_pushes(site, txn, arena));
    okr_trace(&site->conf.trace, "loaded: epoch %u, %zu scopes, next seq %llu",
              (unsigned)okr_site_epoch(site), site->n_scopes,
              (unsigned long long)site->next_seq);
    return OKR_OK;
}

/* ---- what all parts need ------------------------------------------------- */

uint64_t okr_site_random(struct okr_site *site, uint64_t below)
{
    uint8_t bytes[OKR_ENTROPY + 8], hash[OKR_B2_LEN];
    OKR_ASSERT(below > 0);
    memcpy(bytes, site->world.entropy, OKR_ENTROPY);
    okr_be_put64(bytes + OKR_ENTROPY, site->world.draws++);
    okr_blake2b(okr_slice_of(bytes, sizeof bytes), hash);
    return okr_be_get64(hash) % below;
}

okr_us okr_site_jitter(struct okr_site *site, okr_us most)
{
    OKR_ASSERT(most >= 0);
    return (okr_us)okr_site_random(site, (uint64_t)most + 1);
}

okr_us okr_site_server_time(const struct okr_site *site, okr_us now)
{
    return now + site->offset;
}

const char *okr_site_alarm_text(enum okr_site_alarm alarm)
{
    switch (alarm) {
#define ALARM_TEXT(bit, name, text) \
    case OKR_SITE_ALARM_##name:     \
        return text;
        OKR_SITE_ALARM_TABLE(ALARM_TEXT)
#undef ALARM_TEXT
    }
    return "unknown alarm";
}

enum okr_err okr_site_raise(struct okr_turn *turn, enum okr_site_alarm alarm)
{
    struct okr_site_world *world = &turn->site->world;
    const char *text = okr_site_alarm_text(alarm);
    okr_trace(&turn->site->conf.trace, "alarm: %s", text);
    if (world->alarms & (unsigned)alarm)
        return OKR_OK; /* told already */
    struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_ALARM);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    world->alarms |= (unsigned)alarm;
    fx->text = okr_slice_str(text);
    return OKR_OK;
}

enum okr_err okr_site_fresh(struct okr_turn *turn, okr_us at)
{
    struct okr_site *site = turn->site;
    if (at > site->fresh_at)
        site->fresh_at = at;
    /* Not worth a write each beat. */
    if (site->fresh_at - site->fresh_saved < FRESH_SAVE_US)
        return OKR_OK;
    site->fresh_saved = site->fresh_at;
    return okr_meta_put_u64(turn->txn, "fresh_at", (uint64_t)site->fresh_at);
}

/* ---- stepping ------------------------------------------------------------ */

static enum okr_err message(struct okr_turn *turn, const struct okr_msg *msg)
{
    static const struct {
        enum okr_msg_type type;
        enum okr_happening happening;
    } known[] = {
        {OKR_MSG_WELCOME, OKR_HAPPENING_WELCOME},
        {OKR_MSG_REFUSE, OKR_HAPPENING_REFUSE},
        {OKR_MSG_PUSHED, OKR_HAPPENING_PUSHED},
        {OKR_MSG_PAGE, OKR_HAPPENING_PAGE},
        {OKR_MSG_REPAIRED, OKR_HAPPENING_PAGE},
        {OKR_MSG_EVENT, OKR_HAPPENING_EVENT},
        {OKR_MSG_HEAD, OKR_HAPPENING_HEAD},
        {OKR_MSG_BEAT, OKR_HAPPENING_BEAT},
        {OKR_MSG_BUSY, OKR_HAPPENING_BUSY},
        {OKR_MSG_ERROR, OKR_HAPPENING_ERROR},
    };
    struct okr_site *site = turn->site;
    if (msg->type == OKR_MSG_WELCOME && !okr_site_welcome_fits(site, msg)) {
        okr_trace(&site->conf.trace, "late welcome");
        return OKR_OK;
    }
    if (msg->type == OKR_MSG_HISTORY_PAGE)
        return okr_site_history(turn, msg);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].type == msg->type)
            return okr_link_take(turn, known[i].happening, msg);
    okr_trace(&site->conf.trace, "not for a site: %s", okr_msg_name(msg->type));
    return OKR_OK;
}

static bool is_published(const struct okr_msg *msg)
{
    return msg->type == OKR_MSG_EVENT || msg->type == OKR_MSG_HEAD ||
           msg->type == OKR_MSG_BEAT;
}

static enum okr_err arrived(struct okr_turn *turn,
                            const struct okr_site_event *event)
{
    struct okr_site *site = turn->site;
    bool published = event->kind == OKR_SITE_PUBLISHED;
    if (event->msg == NULL) {
        okr_trace(&site->conf.trace, "unreadable: %s",
                  okr_err_text(event->bad));
        return okr_site_raise(turn, OKR_SITE_ALARM_ODD);
    }
    if (is_published(event->msg) != published) {
        okr_trace(&site->conf.trace, "on the wrong socket: %s",
                  okr_msg_name(event->msg->type));
        return OKR_OK;
    }
    if (!published)
        site->silent = 0;
    return message(turn, event->msg);
}

static enum okr_err dispatch(struct okr_turn *turn,
                             const struct okr_site_event *event)
{
    struct okr_site *site = turn->site;
    switch (event->kind) {
    case OKR_SITE_START:
        return site->phase == OKR_PHASE_DOWN ? okr_site_call(turn, 0) : OKR_OK;
    case OKR_SITE_LINK_UP:
        site->world.wire = true;
        return okr_link_take(turn, OKR_HAPPENING_UP, NULL);
    case OKR_SITE_LINK_DOWN:
        site->world.wire = false;
        return okr_link_take(turn, OKR_HAPPENING_LOST, NULL);
    case OKR_SITE_MESSAGE:
    case OKR_SITE_PUBLISHED:
        return arrived(turn, event);
    case OKR_SITE_SUBMIT:
        return okr_site_submit(turn, event->op);
    case OKR_SITE_HISTORY:
        return okr_site_history_ask(turn, &event->id);
    case OKR_SITE_RETRY:
        return okr_refused_del(turn->txn, &event->id);
    case OKR_SITE_TIMEOUT:
        return okr_site_timeouts(turn);
    }
    OKR_UNREACHABLE();
}

/* A clock that was set back would stop every timer: they move with it, and
 * so does what is known of the server's time. */
static void keep_time(struct okr_site *site, okr_us now)
{
    okr_us back = site->world.clock - now;
    site->world.clock = now;
    if (back <= 0)
        return;
    okr_trace(&site->conf.trace, "clock set back by %lld us", (long long)back);
    for (size_t i = 0; i < OKR_AT_COUNT; i++)
        if (site->at[i] != OKR_NEVER && site->at[i] != 0)
            site->at[i] -= back;
    site->pull.sent_at -= back;
    site->hello_sent -= back;
    site->world.retry_at -= back;
    site->offset += back;
}

enum okr_err okr_site_step(struct okr_site *site, struct okr_kv_txn *txn,
                           const struct okr_site_event *event,
                           struct okr_effects *fx)
{
    OKR_ASSERT(site != NULL && txn != NULL && event != NULL && fx != NULL);
    struct okr_turn turn = {.site = site,
                            .txn = txn,
                            .fx = fx,
                            .arena = fx->arena,
                            .now = event->now};
    keep_time(site, event->now);
    memcpy(site->world.entropy, event->entropy, sizeof event->entropy);
    site->world.draws = 0;
    OKR_TRY(okr_site_found(&turn));
    OKR_TRY(dispatch(&turn, event));
    return okr_link_settle(&turn);
}

enum okr_err okr_site_flush(struct okr_site *site, struct okr_kv_txn *txn,
                            okr_us now, struct okr_effects *fx)
{
    OKR_ASSERT(site != NULL && txn != NULL && fx != NULL);
    struct okr_turn turn = {
        .site = site, .txn = txn, .fx = fx, .arena = fx->arena, .now = now};
    if (site->follow_due)
        OKR_TRY(okr_site_follow(&turn));
    OKR_TRY(okr_site_round_end(&turn));
    if (site->settle_due)
        OKR_TRY(okr_site_settle(&turn));
    OKR_TRY(okr_site_view(&turn));
    OKR_TRY(okr_site_push(&turn));
    OKR_TRY(okr_site_pull(&turn));
    return okr_link_settle(&turn);
}
