/* The view: what is confirmed, and over it the own operations that are not in
 * there yet, judged by the same code as at the server. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/oplog.h"

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

/* ---- the confirmed copy, as the view follows it -------------------------- */

struct okr_space okr_site_confirmed(const struct okr_turn *turn)
{
    struct okr_view *view = &turn->site->view;
    /* With nothing pending nothing has to follow. */
    return (struct okr_space){.txn = turn->txn,
                              .arena = turn->arena,
                              .trail = view->n > 0 ? &view->copy : NULL};
}

enum okr_err okr_site_op_at(struct okr_turn *turn, const struct okr_id *op,
                            okr_lsn lsn)
{
    struct okr_view *view = &turn->site->view;
    if (view->n > 0)
        okr_trail_wrote_op(&view->copy, op);
    view->moved = true;
    return okr_oplog_put_op(turn->txn, op, lsn);
}

/* ---- judging again ------------------------------------------------------- */

/* What cannot be judged any more is left out, and stays pending: only the
 * server says no. */
static enum okr_err replay(struct okr_turn *turn, struct okr_view *view,
                           const struct okr_out *out)
{
    struct okr_ground ground =
        okr_site_ground(turn, turn->site->scratch, out->at);
    struct okr_decision decision;
    okr_trail_clear(&view->judging);
    ground.space.trail = &view->judging;
    OKR_TRY(okr_judge(&ground, &out->op, &decision));
    if (okr_verdict_is_in(&decision.verdict))
        return okr_record_write(&decision, OKR_LSN_PENDING | out->seq);
    okr_trace(&turn->site->conf.trace, "replay %llu: %s, left out",
              (unsigned long long)out->seq,
              okr_outcome_name(decision.verdict.outcome));
    return OKR_OK;
}

enum okr_err okr_site_view_make(struct okr_turn *turn, struct okr_view *view)
{
    struct okr_site *site = turn->site;
    uint64_t from = 1;
    struct okr_outs rows;
    okr_view_forget(view);
    OKR_TRY(okr_view_clear(turn->txn));
    do {
        okr_arena_reset(site->scratch);
        OKR_TRY(okr_outbox_list(turn->txn, from, ROWS_AT_ONCE, site->scratch,
                                &rows));
        for (size_t i = 0; i < rows.n; i++) {
            if (rows.at[i].written)
                continue;
            OKR_TRY(replay(turn, view, &rows.at[i]));
            OKR_TRY(okr_view_keep(view, rows.at[i].seq));
        }
        if (rows.n > 0)
            from = rows.at[rows.n - 1].seq + 1;
    } while (rows.n == ROWS_AT_ONCE);
    if (view->n > 0)
        okr_trace(&site->conf.trace, "view made over %zu operations", view->n);
    return OKR_OK;
}

/* OKR_ERR_LIMIT: it has to be made from nothing. */
static enum okr_err judge_again(struct okr_turn *turn, uint64_t seq)
{
    struct okr_site *site = turn->site;
    struct okr_out out;
    okr_arena_reset(site->scratch);
    OKR_TRY(okr_outbox_get(turn->txn, seq, site->scratch, &out));
    OKR_ASSERT(!out.written);
    OKR_TRY(replay(turn, &site->view, &out));
    OKR_TRY(okr_trail_err(&site->view.judging));
    if (okr_view_surprises(&site->view, seq))
        return OKR_ERR_LIMIT;
    return okr_view_keep(&site->view, seq);
}

static enum okr_err move(struct okr_turn *turn)
{
    struct okr_view *view = &turn->site->view;
    size_t again = 0;
    OKR_TRY(okr_view_plan(view, turn->arena));
    OKR_TRY(okr_view_clean(view, turn->txn));
    for (size_t i = 0; i < view->n; i++) {
        if (!view->ops[i].again)
            continue;
        OKR_TRY(judge_again(turn, view->ops[i].seq));
        again++;
    }
    if (view->n > 0)
        okr_trace(&turn->site->conf.trace,
                  "view moved: %zu of %zu operations judged again", again,
                  view->n);
    return OKR_OK;
}

enum okr_err okr_site_view(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    if (!site->view_due && !site->view.moved)
        return OKR_OK;
    enum okr_err err = site->view_due ? OKR_ERR_LIMIT : move(turn);
    if (err == OKR_ERR_LIMIT)
        err = okr_site_view_make(turn, &site->view);
    if (err == OKR_OK)
        site->view_due = false;
    return err;
}
