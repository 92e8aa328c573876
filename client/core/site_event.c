/* What comes on SUB: events by the gap rule, heads, beats. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"

#define JITTER ((okr_us)300 * 1000)
#define BEATS_MISSED 3
#define REBUILDS_MAX 6 /* doublings of the silence that is borne */

void okr_site_heard(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    if (site->conf.thin)
        return;
    OKR_ASSERT(okr_link_is_up(site));
    unsigned doublings =
        site->rebuilds < REBUILDS_MAX ? site->rebuilds : REBUILDS_MAX;
    site->at[OKR_AT_SILENCE] =
        turn->now + BEATS_MISSED * (site->beat << doublings);
}

/* Something is missing, and maybe at many sites at once. */
static void miss(struct okr_turn *turn, struct okr_site_scope *entry)
{
    struct okr_site *site = turn->site;
    okr_site_want(site, entry, turn->now + okr_site_jitter(site, JITTER));
}

/* The scope of a frame, if it is of this site and epoch.  NULL: nothing more
 * is to be done with it. */
static enum okr_err scope_of(struct okr_turn *turn, okr_scope scope,
                             uint32_t epoch, struct okr_site_scope **ret_entry)
{
    struct okr_site *site = turn->site;
    struct okr_site_scope *entry = okr_site_scope(site, scope);
    *ret_entry = NULL;
    site->rebuilds = 0;
    okr_site_heard(turn);
    if (epoch != okr_site_epoch(site)) {
        okr_trace(&site->conf.trace, "epoch %u on SUB, ours is %u",
                  (unsigned)epoch, (unsigned)okr_site_epoch(site));
        return okr_link_take(turn, OKR_HAPPENING_AGAIN, NULL);
    }
    if (entry == NULL) {
        struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_UNSUBSCRIBE);
        if (fx == NULL)
            return OKR_ERR_NOMEM;
        fx->scope = scope;
        okr_trace(&site->conf.trace, "scope %u is not followed",
                  (unsigned)scope);
    }
    *ret_entry = entry;
    return OKR_OK;
}

/* In the middle of a scope its events would leave holes behind. */
static bool held_back(const struct okr_site *site,
                      const struct okr_site_scope *entry,
                      const struct okr_scope_row *row)
{
    return entry->repair || row->token_elsn != 0 ||
           (row->cursor == 0 && site->pull.open && entry->asked);
}

static enum okr_err apply_event(struct okr_turn *turn,
                                struct okr_site_scope *entry,
                                const struct okr_event_msg *event)
{
    struct okr_site_rows rows = {
        .scope = entry->scope, .rows = event->rows, .n = event->n_rows};
    OKR_TRY(okr_site_apply(turn, &rows));
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    OKR_ASSERT(row.cursor < event->lsn && event->prev_lsn <= row.cursor);
    row.cursor = event->lsn;
    OKR_TRY(okr_site_scope_put(turn, entry, &row));
    okr_trace(&turn->site->conf.trace, "event: scope %u at %llu, %zu rows",
              (unsigned)entry->scope, (unsigned long long)event->lsn,
              event->n_rows);
    return okr_site_marks(turn, event);
}

enum okr_err okr_site_event(struct okr_turn *turn, const struct okr_msg *msg)
{
    const struct okr_event_msg *event = &msg->u.event;
    struct okr_site *site = turn->site;
    struct okr_site_scope *entry;
    OKR_TRY(scope_of(turn, event->scope, event->epoch, &entry));
    if (entry == NULL)
        return OKR_OK;
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    if (event->lsn <= row.cursor)
        return OKR_OK;
    if (held_back(site, entry, &row)) {
        okr_trace(&site->conf.trace, "event %llu of scope %u held back",
                  (unsigned long long)event->lsn, (unsigned)entry->scope);
        if (entry->head < event->lsn)
            entry->head = event->lsn;
        return OKR_OK;
    }
    if (event->prev_lsn <= row.cursor)
        return apply_event(turn, entry, event);
    okr_trace(&site->conf.trace, "gap: scope %u at %llu, event after %llu",
              (unsigned)entry->scope, (unsigned long long)row.cursor,
              (unsigned long long)event->prev_lsn);
    if (entry->head < event->lsn)
        entry->head = event->lsn;
    miss(turn, entry);
    return OKR_OK;
}

enum okr_err okr_site_head(struct okr_turn *turn, const struct okr_msg *msg)
{
    const struct okr_head *head = &msg->u.head;
    struct okr_site *site = turn->site;
    struct okr_site_scope *entry;
    OKR_TRY(scope_of(turn, head->scope, head->epoch, &entry));
    if (entry == NULL)
        return OKR_OK;
    site->head_met = true;
    if (entry->repair && entry->head < head->head)
        entry->head = head->head;
    if (entry->repair)
        return OKR_OK; /* a pull follows */
    if (head->head > entry->cursor) {
        if (entry->head < head->head)
            entry->head = head->head;
        okr_trace(&site->conf.trace, "head: scope %u at %llu, we at %llu",
                  (unsigned)entry->scope, (unsigned long long)head->head,
                  (unsigned long long)entry->cursor);
        miss(turn, entry);
        return OKR_OK;
    }
    /* A scope that was never pulled is compared at the end of its pull. */
    if (head->head < entry->cursor || (entry->cursor == 0 && !entry->ended))
        return OKR_OK;
    bool agree;
    OKR_TRY(okr_site_compare(turn, entry, &head->digest, &agree));
    if (!agree || site->phase != OKR_PHASE_LIVE)
        return OKR_OK;
    return okr_site_fresh(turn, head->time != 0
                                    ? head->time
                                    : okr_site_server_time(site, turn->now));
}

enum okr_err okr_site_beat(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(msg->type == OKR_MSG_BEAT);
    site->rebuilds = 0;
    okr_site_heard(turn);
    if (site->phase != OKR_PHASE_LIVE)
        return OKR_OK;
    return okr_site_fresh(turn, okr_site_server_time(site, turn->now));
}
