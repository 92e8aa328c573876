/* Who this copy is: its incarnation, and the history that it follows. */
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"

static enum okr_err begin_incarnation(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    static const uint8_t nothing[OKR_SHA256_LEN];
    site->incarnation = 1 + okr_site_random(site, UINT64_MAX - 1);
    site->push_from = 1;
    site->flight = site->parked = 0;
    site->flight_bytes = 0;
    site->chain_errors = site->push_tries = 0;
    OKR_ASSERT(site->incarnation != 0);
    OKR_TRY(okr_meta_put_u64(turn->txn, "incarnation", site->incarnation));
    OKR_TRY(okr_meta_put_u64(turn->txn, "push_from", site->push_from));
    OKR_TRY(okr_meta_put_u64(turn->txn, "next_seq", site->next_seq));
    return okr_meta_put(turn->txn, "last_push",
                        okr_slice_of(nothing, sizeof nothing));
}

enum okr_err okr_site_found(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    if (site->incarnation != 0)
        return OKR_OK;
    site->next_seq = 1;
    OKR_TRY(okr_meta_put(turn->txn, "org", okr_id_slice(&site->conf.org)));
    OKR_TRY(okr_meta_put(turn->txn, "site", okr_id_slice(&site->conf.site)));
    OKR_TRY(begin_incarnation(turn));
    okr_trace(&site->conf.trace, "founded");
    return OKR_OK;
}

/* Gives one row the next new sequence.  An answered row is told anew as well:
 * the server knows it by its op id and only repeats the answer. */
static enum okr_err renumber(struct okr_turn *turn, struct okr_out *out,
                             void *context)
{
    uint64_t *next = context;
    uint64_t was = out->seq;
    out->seq = (*next)++;
    OKR_ASSERT(out->seq <= was);
    out->state = OKR_OUT_SAVED;
    out->answer = (struct okr_answer){.lsn = 0};
    OKR_TRY(okr_outbox_put(turn->txn, out, turn->arena));
    if (was != out->seq)
        OKR_TRY(okr_outbox_del(turn->txn, was));
    if (out->written)
        return OKR_OK;
    return okr_oplog_put_op(turn->txn, &out->op.id, OKR_LSN_PENDING | out->seq);
}

enum okr_err okr_site_reincarnate(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    uint64_t next = 1;
    struct okr_site_visit visit = {
        .row = renumber, .context = &next, .below = UINT64_MAX};
    OKR_TRY(okr_site_each(turn, &visit));
    OKR_TRY(okr_kv_clear(turn->txn, OKR_TABLE_PUSH, OKR_SLICE_NONE));
    site->next_seq = next;
    site->view_due = true;
    OKR_TRY(begin_incarnation(turn));
    okr_trace(&site->conf.trace, "new incarnation, %llu operations",
              (unsigned long long)(next - 1));
    return OKR_OK;
}

/* ---- epochs -------------------------------------------------------------- */

uint32_t okr_site_epoch(const struct okr_site *site)
{
    OKR_ASSERT(site->n_epochs <= OKR_EPOCHS_MAX);
    return site->n_epochs == 0 ? 0 : site->epochs[site->n_epochs - 1].counter;
}

static bool known_already(const struct okr_site *site,
                          const struct okr_welcome *welcome)
{
    if (site->n_epochs != welcome->n_epochs)
        return false;
    for (size_t i = 0; i < site->n_epochs; i++)
        if (site->epochs[i].counter != welcome->epochs[i].counter ||
            site->epochs[i].began != welcome->epochs[i].began ||
            memcmp(site->epochs[i].random, welcome->epochs[i].random,
                   sizeof site->epochs[i].random) != 0)
            return false;
    return true;
}

enum okr_err okr_site_adopt_epochs(struct okr_turn *turn,
                                   const struct okr_welcome *welcome)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(welcome->n_epochs > 0 && welcome->n_epochs <= OKR_EPOCHS_MAX);
    if (known_already(site, welcome))
        return OKR_OK;
    struct okr_epoch_row rows[OKR_EPOCHS_MAX];
    for (size_t i = 0; i < welcome->n_epochs; i++) {
        const struct okr_epoch *epoch = &welcome->epochs[i];
        site->epochs[i] = *epoch;
        rows[i] = (struct okr_epoch_row){.counter = epoch->counter,
                                         .began = epoch->began};
        memcpy(rows[i].random, epoch->random, sizeof rows[i].random);
    }
    site->n_epochs = welcome->n_epochs;
    site->view_due = true; /* judging reads the ancestry */
    return okr_meta_put_epochs(turn->txn, rows, site->n_epochs);
}

/* The effect of nothing is here any more. */
static enum okr_err forget_written(struct okr_turn *turn, struct okr_out *out,
                                   void *context)
{
    (void)context;
    if (!out->written)
        return OKR_OK;
    out->written = false;
    return okr_outbox_put(turn->txn, out, turn->arena);
}

/* Also of scopes that are not followed: nothing of the other history stays. */
static enum okr_err drop_everything(struct okr_turn *turn)
{
    struct okr_space space = okr_site_confirmed(turn);
    okr_scope *scopes;
    size_t n;
    OKR_TRY(okr_scope_all(turn->txn, turn->arena, &scopes, &n));
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row row;
        OKR_TRY(okr_record_drop_scope(&space, scopes[i]));
        OKR_TRY(okr_scope_get(turn->txn, scopes[i], &row));
        row.head = row.met = 0;
        row.repairs = 0;
        OKR_TRY(okr_scope_put(turn->txn, scopes[i], &row));
    }
    /* What left, left at an lsn that may now mean something else. */
    return okr_kv_clear(turn->txn, OKR_TABLE_GONE, OKR_SLICE_NONE);
}

/* ---- what the other history has lost ------------------------------------- */

static bool same_epoch(const struct okr_epoch *a, const struct okr_epoch *b)
{
    return a->counter == b->counter &&
           memcmp(a->random, b->random, sizeof a->random) == 0;
}

/* Up to which lsn the two histories are one.  Of what lies behind it the
 * server may have some all the same: it knows that by its op id, and only
 * says again what it said. */
static okr_lsn forked_at(const struct okr_site *site,
                         const struct okr_welcome *welcome)
{
    size_t i = 0;
    okr_lsn at = UINT64_MAX;
    while (i < site->n_epochs && i < welcome->n_epochs &&
           same_epoch(&site->epochs[i], &welcome->epochs[i]))
        i++;
    if (i < site->n_epochs)
        at = site->epochs[i].began;
    if (i < welcome->n_epochs && welcome->epochs[i].began < at)
        at = welcome->epochs[i].began;
    return at;
}

/* Out of the way of those that come before it. */
static enum okr_err shift(struct okr_turn *turn, struct okr_out *out,
                          void *context)
{
    uint64_t *next = context, was = out->seq;
    out->seq = (*next)++;
    OKR_TRY(okr_outbox_put(turn->txn, out, turn->arena));
    return okr_outbox_del(turn->txn, was);
}

/* A restored server does not know what it accepted after its backup.  People
 * here have read that it was taken, so it goes up again: the same operations,
 * in the order in which they were accepted, before what is new. */
static enum okr_err hand_back(struct okr_turn *turn, okr_lsn after)
{
    struct okr_site *site = turn->site;
    struct okr_sent_at *rows;
    struct okr_out out;
    size_t n;
    OKR_TRY(okr_sent_after(turn->txn, after, turn->arena, &rows, &n));
    uint64_t first = site->next_seq, next = first + n;
    struct okr_site_visit visit = {
        .row = shift, .context = &next, .below = first};
    if (n > 0)
        OKR_TRY(okr_site_each(turn, &visit));
    for (size_t i = 0; i < n; i++) {
        OKR_TRY(okr_sent_get(turn->txn, &rows[i].op, turn->arena, &out));
        out.seq = first + i;
        out.written = false;
        OKR_TRY(okr_outbox_put(turn->txn, &out, turn->arena));
        OKR_TRY(okr_sent_del(turn->txn, &rows[i].op));
    }
    okr_trace(&site->conf.trace, "%zu operations handed back", n);
    return OKR_OK;
}

enum okr_err okr_site_new_epoch(struct okr_turn *turn,
                                const struct okr_welcome *welcome)
{
    struct okr_site *site = turn->site;
    okr_trace(&site->conf.trace, "another epoch: %u, was %u",
              (unsigned)welcome->epochs[welcome->n_epochs - 1].counter,
              (unsigned)okr_site_epoch(site));
    OKR_TRY(okr_site_raise(turn, OKR_SITE_ALARM_EPOCH));
    OKR_TRY(drop_everything(turn));
    OKR_TRY(okr_site_scopes_load(site, turn->txn, turn->arena));
    struct okr_site_visit forget = {.row = forget_written, .below = UINT64_MAX};
    OKR_TRY(okr_site_each(turn, &forget));
    OKR_TRY(hand_back(turn, forked_at(site, welcome)));
    OKR_TRY(okr_site_adopt_epochs(turn, welcome));
    return okr_site_reincarnate(turn);
}
