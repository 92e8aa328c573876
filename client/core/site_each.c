/* Walks the outbox, a handful at a time; rows may be rewritten and removed on
 * the way. */
#include "client/core/site_work.h"
#include "common/base/assert.h"

#define ROWS_AT_ONCE 64

static enum okr_err visit_all(struct okr_turn *turn,
                              const struct okr_site_visit *visit,
                              const struct okr_outs *rows)
{
    for (size_t i = 0; i < rows->n && rows->at[i].seq < visit->below; i++)
        OKR_TRY(visit->row(turn, &rows->at[i], visit->context));
    return OKR_OK;
}

enum okr_err okr_site_each(struct okr_turn *turn,
                           const struct okr_site_visit *visit)
{
    struct okr_outs rows;
    uint64_t from = 1;
    OKR_ASSERT(visit->row != NULL);
    do {
        OKR_TRY(
            okr_outbox_list(turn->txn, from, ROWS_AT_ONCE, turn->arena, &rows));
        if (rows.n == 0)
            break;
        /* Before the rows are touched: a visit may change its number. */
        from = rows.at[rows.n - 1].seq + 1;
        OKR_TRY(visit_all(turn, visit, &rows));
    } while (rows.n == ROWS_AT_ONCE && from < visit->below);
    return OKR_OK;
}
