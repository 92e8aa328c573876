/* The view: what is confirmed, and over it the own operations that are not in
 * there yet, judged by the same code as at the server. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"

#define ROWS_AT_ONCE 16

struct okr_ground okr_site_ground(const struct okr_turn *turn,
                                  struct okr_arena *arena, okr_us at)
{
    const struct okr_site *site = turn->site;
    OKR_ASSERT(arena != NULL);
    return (struct okr_ground){
        .space = {.txn = turn->txn, .arena = arena, .view = true},
        .org = site->conf.org,
        .site = site->conf.site,
        .now = at,
        .epochs = site->epochs,
        .n_epochs = site->n_epochs,
    };
}

/* What cannot be judged any more is left out, and stays pending: only the
 * server says no. */
static enum okr_err replay(struct okr_turn *turn, const struct okr_out *out)
{
    if (out->written)
        return OKR_OK;
    struct okr_ground ground =
        okr_site_ground(turn, turn->site->scratch, out->at);
    struct okr_decision decision;
    OKR_TRY(okr_judge(&ground, &out->op, &decision));
    if (!okr_verdict_is_in(&decision.verdict)) {
        okr_trace(&turn->site->conf.trace, "replay %llu: %s, left out",
                  (unsigned long long)out->seq,
                  okr_outcome_name(decision.verdict.outcome));
        return OKR_OK;
    }
    return okr_record_write(&decision, OKR_LSN_PENDING | out->seq);
}

enum okr_err okr_site_rebuild(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    uint64_t from = 1, rows_all = 0;
    struct okr_outs rows;
    OKR_TRY(okr_view_clear(turn->txn));
    do {
        okr_arena_reset(site->scratch);
        OKR_TRY(okr_outbox_list(turn->txn, from, ROWS_AT_ONCE, site->scratch,
                                &rows));
        for (size_t i = 0; i < rows.n; i++)
            OKR_TRY(replay(turn, &rows.at[i]));
        rows_all += rows.n;
        if (rows.n > 0)
            from = rows.at[rows.n - 1].seq + 1;
    } while (rows.n == ROWS_AT_ONCE);
    site->view_due = false;
    if (rows_all > 0)
        okr_trace(&site->conf.trace, "view rebuilt over %llu operations",
                  (unsigned long long)rows_all);
    return OKR_OK;
}
