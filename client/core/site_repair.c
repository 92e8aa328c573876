/* Repair: a copy that differs from the server's is compared bucket by bucket,
 * and what differs is replaced.
 *
 * It takes the place of a pull.  Meanwhile nothing else is taken in of the
 * scope: what is listed is older than an event that comes, and would undo it.
 * When it is through, the cursor is where the server was when the buckets were
 * compared first: of those that were equal then, nothing younger is here. */
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/codec/squeeze.h"
#include "common/replica/repair.h"

#define ERROR_PAUSE (60 * (okr_us)1000000)

void okr_site_repair_end(struct okr_site *site)
{
    site->repair.scope = 0;
    for (size_t i = 0; i < site->n_scopes; i++)
        site->scopes[i].repair = false;
}

void okr_site_repair_want(struct okr_site *site, struct okr_site_scope *entry)
{
    OKR_ASSERT(!entry->denied && !entry->repair);
    if (site->repair.scope == entry->scope)
        site->repair.scope = 0; /* of an earlier time: it begins anew */
    entry->repair = true;
    entry->asked = entry->ended = false;
}

struct okr_site_scope *okr_site_repair_due(const struct okr_site *site)
{
    struct okr_site_scope *first = NULL;
    for (size_t i = 0; i < site->n_scopes; i++) {
        struct okr_site_scope *entry = &site->scopes[i];
        if (entry->repair && entry->scope == site->repair.scope)
            return entry;
        if (entry->repair && first == NULL)
            first = entry;
    }
    return first;
}

/* ---- asking -------------------------------------------------------------- */

static enum okr_err begin(struct okr_turn *turn, okr_scope scope)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_site_repair *repair = &turn->site->repair;
    struct okr_repair_list *list = okr_arena_alloc(turn->arena, sizeof *list);
    if (list == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_repair_list(&space, scope, list));
    OKR_TRY(okr_repair_sum(&space, scope, list));
    *repair = (struct okr_site_repair){.scope = scope};
    memcpy(repair->buckets, list->buckets, sizeof repair->buckets);
    return OKR_OK;
}

enum okr_err okr_site_repair_ask(struct okr_turn *turn,
                                 struct okr_site_scope *entry)
{
    struct okr_site *site = turn->site;
    if (site->repair.scope != entry->scope)
        OKR_TRY(begin(turn, entry->scope));
    struct okr_msg msg = {.type = OKR_MSG_REPAIR,
                          .u.repair = {.scope = entry->scope,
                                       .cursor = entry->cursor,
                                       .buckets = site->repair.buckets,
                                       .from = site->repair.from,
                                       .bytes_max = site->pull.bytes_max,
                                       .dictionary = OKR_DICTIONARY}};
    okr_trace(&site->conf.trace, "repair of scope %u from bucket %u",
              (unsigned)entry->scope, (unsigned)site->repair.from.bucket);
    okr_us at = site->at[OKR_AT_PULL];
    OKR_TRY(okr_site_pull_send(turn, &msg, 0));
    site->at[OKR_AT_PULL] = at; /* what else is wanted comes behind it */
    return OKR_OK;
}

/* ---- a page -------------------------------------------------------------- */

static enum okr_err drop_left_over(struct okr_turn *turn,
                                   const struct okr_repaired *page)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_ids ids;
    struct okr_repair_range range = {.scope = page->scope,
                                     .as_of = page->as_of,
                                     .after = turn->site->repair.from,
                                     .to = page->next,
                                     .buckets = page->buckets,
                                     .n_buckets = page->n_buckets,
                                     .rows = page->rows,
                                     .n_rows = page->n_rows};
    if (!page->more)
        range.to.bucket = OKR_BUCKETS;
    OKR_TRY(okr_repair_left_over(&space, &range, &ids));
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(okr_site_drop(turn, page->scope, &ids.at[i]));
    return OKR_OK;
}

/* What is here now is ahead of the cursor. */
static enum okr_err raise_met(struct okr_turn *turn,
                              const struct okr_repaired *page)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, page->scope, &row));
    if (row.met >= page->as_of)
        return OKR_OK;
    row.met = page->as_of;
    return okr_scope_put(turn->txn, page->scope, &row);
}

static enum okr_err replace(struct okr_turn *turn,
                            const struct okr_repaired *page)
{
    struct okr_site_rows rows = {.scope = page->scope,
                                 .rows = page->rows,
                                 .n = page->n_rows,
                                 .page = true,
                                 .as_of = page->as_of,
                                 .replace = true};
    OKR_TRY(okr_site_apply(turn, &rows));
    OKR_TRY(drop_left_over(turn, page));
    return raise_met(turn, page);
}

static enum okr_err finish(struct okr_turn *turn, struct okr_site_scope *entry)
{
    struct okr_site *site = turn->site;
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    OKR_ASSERT(site->repair.as_of >= row.cursor);
    row.cursor = site->repair.as_of;
    row.token_elsn = row.upto = 0;
    row.token_id = (struct okr_id){{0}};
    row.repairs++;
    okr_trace(&site->conf.trace, "scope %u repaired as of %llu",
              (unsigned)entry->scope, (unsigned long long)row.cursor);
    entry->repair = false;
    site->repair.scope = 0;
    okr_site_want(site, entry, turn->now);
    return okr_site_scope_put(turn, entry, &row);
}

/* What cannot be a page of this repair. */
static bool is_odd(const struct okr_site_repair *repair,
                   const struct okr_site_scope *entry,
                   const struct okr_repaired *page)
{
    okr_lsn least = repair->begun ? repair->as_of : entry->cursor;
    return page->scope != entry->scope || page->as_of < least ||
           (page->more && okr_place_cmp(&page->next, &repair->from) <= 0);
}

enum okr_err okr_site_repaired(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    struct okr_site_repair *repair = &site->repair;
    const struct okr_repaired *page = &msg->u.repaired;
    struct okr_site_scope *entry = okr_site_scope(site, repair->scope);
    site->pull.tries = 0;
    okr_site_pull_close(site, turn->now);
    if (entry == NULL || !entry->repair)
        return OKR_OK; /* it is followed no more */
    if (is_odd(repair, entry, page)) {
        repair->scope = 0;
        entry->repair = false;
        okr_site_want(site, entry, turn->now + ERROR_PAUSE);
        return okr_site_raise(turn, OKR_SITE_ALARM_ODD);
    }
    if (!repair->begun)
        repair->as_of = page->as_of;
    repair->begun = true;
    OKR_TRY(replace(turn, page));
    repair->from = page->next;
    return page->more ? OKR_OK : finish(turn, entry);
}
