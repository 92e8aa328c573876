/* A person's operation: judged on what is shown, saved, shown as pending. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"

#define ROWS_AT_ONCE 64

static struct okr_verdict same_as(const struct okr_turn *turn,
                                  const struct okr_op *op,
                                  const struct okr_op *known)
{
    const struct okr_id *org = &turn->site->conf.org;
    struct okr_hash a = okr_layout_op_hash(op, org);
    struct okr_hash b = okr_layout_op_hash(known, org);
    return okr_hash_eq(&a, &b) ? okr_verdict_ok()
                               : okr_verdict_reject(OKR_RULE_OP_ID_REUSED, 0);
}

/* The outbox row of an operation.  OKR_ERR_NOTFOUND. */
static enum okr_err find_out(struct okr_turn *turn, const struct okr_id *op,
                             struct okr_out *ret_out)
{
    uint64_t from = 1;
    struct okr_outs rows;
    do {
        OKR_TRY(
            okr_outbox_list(turn->txn, from, ROWS_AT_ONCE, turn->arena, &rows));
        for (size_t i = 0; i < rows.n; i++) {
            from = rows.at[i].seq + 1;
            if (!okr_id_eq(&rows.at[i].op.id, op))
                continue;
            *ret_out = rows.at[i];
            return OKR_OK;
        }
    } while (rows.n == ROWS_AT_ONCE);
    return OKR_ERR_NOTFOUND;
}

/* Somebody who did not hear that it was saved submits the same again: he is
 * told so, and nothing is saved twice. */
static enum okr_err submit_again(struct okr_turn *turn, const struct okr_op *op)
{
    struct okr_site *site = turn->site;
    struct okr_out out;
    struct okr_refused refused;
    enum okr_err err = find_out(turn, &op->id, &out);
    if (err == OKR_ERR_NOTFOUND)
        err = okr_sent_get(turn->txn, &op->id, turn->arena, &out);
    if (err == OKR_OK) {
        site->submitted_seq = out.seq;
        site->submitted = same_as(turn, op, &out.op);
        return OKR_OK;
    }
    if (err != OKR_ERR_NOTFOUND)
        return err;
    err = okr_refused_get(turn->txn, &op->id, turn->arena, &refused);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    site->submitted = err == OKR_OK
                          ? refused.answer.verdict
                          : okr_verdict_reject(OKR_RULE_OP_ID_REUSED, 0);
    return OKR_OK;
}

static enum okr_err judge(struct okr_turn *turn, const struct okr_op *op,
                          struct okr_decision *ret_decision)
{
    struct okr_ground ground = okr_site_ground(
        turn, turn->arena, okr_site_server_time(turn->site, turn->now));
    okr_trail_clear(&turn->site->view.judging);
    ground.space.trail = &turn->site->view.judging;
    OKR_TRY(okr_judge(&ground, op, ret_decision));
    if (!okr_verdict_is_in(&ret_decision->verdict))
        return OKR_OK;
    /* Only now: where the person is unknown here, so are his keys. */
    enum okr_rule rule;
    OKR_TRY(okr_judge_signature(&ground, op, &rule));
    if (rule != OKR_RULE_NONE)
        ret_decision->verdict = okr_verdict_reject(rule, 0);
    return OKR_OK;
}

/* What the draft changes, as a row: those registers that it wrote. */
static enum okr_err pending_row(struct okr_turn *turn,
                                const struct okr_draft_entry *entry,
                                okr_lsn lsn, struct okr_row **ret_row)
{
    const struct okr_record *now = entry->now;
    struct okr_row *row = okr_arena_alloc(turn->arena, sizeof *row);
    struct okr_reg *regs =
        okr_arena_array(turn->arena, now->n_regs, sizeof *regs);
    if (row == NULL || regs == NULL)
        return OKR_ERR_NOMEM;
    *row = (struct okr_row){.id = now->id,
                            .kind = now->kind,
                            .elsn = lsn,
                            .all = entry->old == NULL,
                            .regs = regs};
    for (size_t i = 0; i < now->n_regs; i++)
        if (now->regs[i].lsn == lsn)
            regs[row->n_regs++] = now->regs[i];
    *ret_row = row;
    return OKR_OK;
}

static enum okr_err show(struct okr_turn *turn, const struct okr_out *out,
                         const struct okr_decision *decision)
{
    okr_lsn lsn = OKR_LSN_PENDING | out->seq;
    for (size_t i = 0; i < decision->draft.n; i++) {
        const struct okr_draft_entry *entry = &decision->draft.entries[i];
        struct okr_history *history =
            okr_arena_alloc(turn->arena, sizeof *history);
        struct okr_row *row;
        OKR_TRY(pending_row(turn, entry, lsn, &row));
        row->last = (struct okr_last){.person = out->op.person,
                                      .site = turn->site->conf.site,
                                      .verb = out->op.verb,
                                      .is_signed = out->op.is_signed,
                                      .time = out->op.time};
        struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_CHANGED);
        if (fx == NULL || history == NULL)
            return OKR_ERR_NOMEM;
        history->lsn = lsn;
        history->last = row->last;
        OKR_TRY(okr_history_diff(entry->old, entry->now, turn->arena, history));
        fx->id = row->id;
        fx->scope = okr_record_home(entry->now);
        fx->lsn = lsn;
        fx->row = row;
        fx->history = history;
    }
    return OKR_OK;
}

static enum okr_err save(struct okr_turn *turn, const struct okr_op *op,
                         const struct okr_decision *decision)
{
    struct okr_site *site = turn->site;
    struct okr_out out = {
        .seq = site->next_seq,
        .state = OKR_OUT_SAVED,
        .at = okr_site_server_time(site, turn->now),
        .op = *op,
    };
    OKR_ASSERT(out.seq > 0 && out.seq < OKR_LSN_PENDING);
    OKR_TRY(okr_outbox_put(turn->txn, &out, turn->arena));
    OKR_TRY(okr_oplog_put_op(turn->txn, &op->id, OKR_LSN_PENDING | out.seq));
    OKR_TRY(okr_meta_put_u64(turn->txn, "next_seq", out.seq + 1));
    site->next_seq = out.seq + 1;
    site->submitted_seq = out.seq;
    /* What waits for something that it names has no effect so far. */
    bool in = okr_verdict_is_in(&decision->verdict);
    if (in)
        OKR_TRY(okr_record_write(decision, OKR_LSN_PENDING | out.seq));
    OKR_TRY(okr_view_keep(&site->view, out.seq));
    return in ? show(turn, &out, decision) : OKR_OK;
}

enum okr_err okr_site_submit(struct okr_turn *turn, const struct okr_op *op)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(op != NULL);
    okr_lsn lsn;
    site->submitted_seq = 0;
    OKR_TRY(okr_oplog_op(turn->txn, &op->id, &lsn));
    if (lsn != 0)
        return submit_again(turn, op);
    if (op->payload.len > OKR_OP_MAX) {
        site->submitted = okr_verdict_reject(OKR_RULE_TOO_LARGE, 0);
        return OKR_OK;
    }
    /* An earlier step of this turn may have moved what lies below. */
    OKR_TRY(okr_site_view(turn));
    struct okr_decision decision;
    OKR_TRY(judge(turn, op, &decision));
    site->submitted = decision.verdict;
    okr_trace(&site->conf.trace, "submit: %s %s",
              okr_outcome_name(decision.verdict.outcome),
              okr_rule_name(decision.verdict.rule));
    if (!okr_verdict_is_in(&decision.verdict) &&
        decision.verdict.outcome != OKR_OUTCOME_UNKNOWN_HERE)
        return OKR_OK;
    return save(turn, op, &decision);
}
