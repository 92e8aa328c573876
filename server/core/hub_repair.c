/* Repair: the buckets of a scope that differ from a site's copy, whole, as
 * they are now.  Nothing is remembered of it between two pages: the site says
 * again what it had, and where to go on. */
#include "common/base/assert.h"
#include "common/replica/repair.h"
#include "server/core/hub_pull.h"
#include "server/core/hub_rows.h"
#include "server/core/hub_scope.h"

enum { REPAIRED_LEN = 96 + 3 * OKR_BUCKETS + OKR_ROWS_SIZE };

/* Which buckets differ, from the one to go on in. */
static enum okr_err compare(const struct okr_hub_work *work,
                            const struct okr_repair *repair,
                            const struct okr_repair_list *list,
                            struct okr_repaired *repaired)
{
    repaired->buckets =
        okr_arena_array(work->arena, OKR_BUCKETS, sizeof *repaired->buckets);
    if (repaired->buckets == NULL)
        return OKR_ERR_NOMEM;
    for (uint32_t i = repair->from.bucket; i < OKR_BUCKETS; i++)
        if (!okr_digest_eq(&list->buckets[i], &repair->buckets[i]))
            repaired->buckets[repaired->n_buckets++] = i;
    return OKR_OK;
}

static bool differs(const struct okr_repaired *repaired, uint32_t bucket)
{
    for (size_t i = 0; i < repaired->n_buckets; i++)
        if (repaired->buckets[i] == bucket)
            return true;
    return false;
}

/* The page ends behind its last row: what it says of buckets ends there. */
static void end_at(const struct okr_place *place, struct okr_repaired *repaired)
{
    repaired->more = true;
    repaired->next = *place;
    while (repaired->n_buckets > 0 &&
           repaired->buckets[repaired->n_buckets - 1] > place->bucket)
        repaired->n_buckets--;
}

static enum okr_err fill(struct okr_hub_work *work,
                         const struct okr_repair *repair,
                         const struct okr_repair_list *list,
                         struct okr_repaired *repaired)
{
    size_t most = okr_hub_page_bytes(repair->bytes_max);
    struct okr_row_meter meter = {.seen = {{{0}}}};
    const struct okr_hub_walk walk = {
        .room = most > REPAIRED_LEN ? most - REPAIRED_LEN : 0,
        .first = true,
        .meter = &meter};
    struct okr_hub_rows rows = {0};
    struct okr_place last = repair->from;
    for (size_t i = 0; i < list->n && !rows.more; i++) {
        const struct okr_place *place = &list->at[i];
        struct okr_row row;
        if (okr_place_cmp(place, &repair->from) <= 0 ||
            !differs(repaired, place->bucket))
            continue;
        OKR_TRY(okr_hub_row(work, &place->id, 0, &row));
        OKR_TRY(okr_hub_rows_take(work, &walk, &row, &rows));
        if (rows.more)
            end_at(&last, repaired);
        last = *place;
    }
    repaired->rows = rows.at;
    repaired->n_rows = rows.n;
    okr_hub_charge(work, REPAIRED_LEN + rows.bytes + list->n);
    return OKR_OK;
}

static enum okr_err answer(struct okr_hub_work *work,
                           const struct okr_hub_reader *reader,
                           const struct okr_repair *repair)
{
    struct okr_msg msg = {.type = OKR_MSG_REPAIRED,
                          .dictionary = okr_hub_dictionary(repair->dictionary),
                          .request = reader->request};
    struct okr_repaired *repaired = &msg.u.repaired;
    struct okr_repair_list *list = okr_arena_alloc(work->arena, sizeof *list);
    struct okr_space space = okr_hub_space(work);
    struct okr_scope_row scope;
    if (list == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_scope_get(work->txn, repair->scope, &scope));
    OKR_TRY(okr_repair_list(&space, repair->scope, list));
    repaired->scope = repair->scope;
    repaired->as_of = scope.head;
    OKR_TRY(compare(work, repair, list, repaired));
    size_t differing = repaired->n_buckets;
    OKR_TRY(fill(work, repair, list, repaired));
    okr_trace(&work->hub->conf.trace,
              "repair of scope %u at %llu: %zu buckets differ, %zu rows%s",
              repair->scope, (unsigned long long)scope.head, differing,
              repaired->n_rows, repaired->more ? ", more" : "");
    return okr_effects_send(work->fx, &reader->to, &msg);
}

enum okr_err okr_hub_on_repair(struct okr_hub_work *work,
                               struct okr_record *site)
{
    const struct okr_repair *repair = &work->event->msg->u.repair;
    struct okr_hub_reader reader = okr_hub_reader_of(work, site);
    struct okr_hub_reach reach;
    bool busy;
    OKR_TRY(okr_hub_reach_of(work, site, &reach));
    if (!okr_hub_reaches(&reach, repair->scope))
        return okr_hub_not_yours(work, &reader, repair->scope);
    OKR_TRY(okr_hub_busy(work, &busy));
    return busy ? OKR_OK : answer(work, &reader, repair);
}
