/* The scopes that a site follows: what is known of each, what is wanted. */
#include <stdlib.h>
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"

struct okr_site_scope *okr_site_scope(const struct okr_site *site,
                                      okr_scope scope)
{
    for (size_t i = 0; i < site->n_scopes; i++)
        if (site->scopes[i].scope == scope)
            return &site->scopes[i];
    return NULL;
}

bool okr_site_is_public(okr_scope scope)
{
    OKR_ASSERT(scope != 0);
    return OKR_SCOPE_DEPTH(scope) != OKR_DEPTH_PRIVATE;
}

enum okr_err okr_site_scopes_reserve(struct okr_site *site, size_t n)
{
    OKR_ASSERT(site->n_scopes <= site->cap_scopes);
    if (n <= site->cap_scopes)
        return OKR_OK;
    size_t cap = site->cap_scopes < 8 ? 8 : site->cap_scopes * 2;
    if (cap < n)
        cap = n;
    if (cap > SIZE_MAX / sizeof *site->scopes)
        return OKR_ERR_NOMEM;
    struct okr_site_scope *more =
        realloc(site->scopes, cap * sizeof *site->scopes);
    if (more == NULL)
        return OKR_ERR_NOMEM;
    site->scopes = more;
    site->cap_scopes = cap;
    return OKR_OK;
}

enum okr_err okr_site_scopes_load(struct okr_site *site, struct okr_kv_txn *txn,
                                  struct okr_arena *arena)
{
    okr_scope *scopes;
    size_t n;
    site->n_scopes = 0;
    OKR_TRY(okr_scope_all(txn, arena, &scopes, &n));
    OKR_TRY(okr_site_scopes_reserve(site, n));
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row row;
        OKR_TRY(okr_scope_get(txn, scopes[i], &row));
        if (!row.followed)
            continue;
        site->scopes[site->n_scopes++] = (struct okr_site_scope){
            .scope = scopes[i],
            .cursor = row.cursor,
            .head = row.head,
        };
    }
    return OKR_OK;
}

enum okr_err okr_site_scope_put(struct okr_turn *turn,
                                struct okr_site_scope *entry,
                                struct okr_scope_row *row)
{
    OKR_ASSERT(row->cursor >= entry->cursor);
    if (entry->head < row->cursor)
        entry->head = row->cursor;
    row->head = entry->head;
    row->followed = true;
    if (row->cursor != entry->cursor)
        turn->site->settle_due = true;
    entry->cursor = row->cursor;
    return okr_scope_put(turn->txn, entry->scope, row);
}

enum okr_err okr_site_scope_reset(struct okr_turn *turn,
                                  struct okr_site_scope *entry)
{
    struct okr_space space = okr_site_confirmed(turn);
    OKR_TRY(okr_record_drop_scope(&space, entry->scope));
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    OKR_ASSERT(row.count == 0 && row.cursor == 0 && row.token_elsn == 0);
    entry->cursor = 0;
    entry->ended = false;
    turn->site->view_due = true;
    return okr_site_scope_put(turn, entry, &row);
}

void okr_site_want(struct okr_site *site, struct okr_site_scope *entry,
                   okr_us at)
{
    if (entry->denied)
        return;
    entry->want = true;
    if (site->at[OKR_AT_PULL] > at)
        site->at[OKR_AT_PULL] = at;
}

bool okr_site_wanting(const struct okr_site *site)
{
    for (size_t i = 0; i < site->n_scopes; i++)
        if (site->scopes[i].want || site->scopes[i].repair)
            return true;
    return false;
}

bool okr_site_current(const struct okr_site *site)
{
    if (!okr_link_is_up(site) || site->n_scopes == 0)
        return false;
    if (!site->conf.thin && !site->head_met)
        return false;
    for (size_t i = 0; i < site->n_scopes; i++) {
        const struct okr_site_scope *entry = &site->scopes[i];
        if (entry->denied)
            continue;
        if (entry->want || entry->repair || !entry->ended ||
            entry->head > entry->cursor)
            return false;
    }
    return true;
}

/* ---- digests ------------------------------------------------------------- */

#define REPAIRS_MAX 3 /* in a row, then the scope is dropped */
#define DROP_PAUSE (3600 * (okr_us)1000000)

static enum okr_err agreed(struct okr_turn *turn, struct okr_site_scope *entry,
                           struct okr_scope_row *row)
{
    if (row->repairs == 0)
        return OKR_OK;
    okr_trace(&turn->site->conf.trace, "scope %u agrees again",
              (unsigned)entry->scope);
    row->repairs = 0;
    entry->repair_at = 0;
    return okr_site_scope_put(turn, entry, row);
}

/* Comparing buckets did not help: all of it comes anew. */
static enum okr_err give_up(struct okr_turn *turn, struct okr_site_scope *entry)
{
    struct okr_site *site = turn->site;
    if (turn->now < entry->repair_at)
        return OKR_OK;
    entry->repair_at = turn->now + DROP_PAUSE;
    OKR_TRY(okr_site_raise(turn, OKR_SITE_ALARM_DIGEST));
    OKR_TRY(okr_site_scope_reset(turn, entry));
    okr_site_want(site, entry, turn->now);
    return OKR_OK;
}

static enum okr_err differs(struct okr_turn *turn, struct okr_site_scope *entry,
                            const struct okr_scope_row *row)
{
    struct okr_site *site = turn->site;
    okr_trace(&site->conf.trace, "scope %u differs at %llu, after %u repairs",
              (unsigned)entry->scope, (unsigned long long)row->cursor,
              (unsigned)row->repairs);
    if (row->repairs >= REPAIRS_MAX)
        return give_up(turn, entry);
    okr_site_repair_want(site, entry);
    if (site->at[OKR_AT_PULL] > turn->now)
        site->at[OKR_AT_PULL] = turn->now;
    return OKR_OK;
}

enum okr_err okr_site_compare(struct okr_turn *turn,
                              struct okr_site_scope *entry,
                              const struct okr_digest *digest, bool *ret_agree)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    OKR_ASSERT(row.cursor == entry->cursor);
    *ret_agree = false;
    if (entry->repair || row.token_elsn != 0 || row.met > row.cursor)
        return OKR_OK; /* more of it is on the way: nothing can be told */
    *ret_agree = okr_digest_eq(&row.digest, digest);
    return *ret_agree ? agreed(turn, entry, &row) : differs(turn, entry, &row);
}
