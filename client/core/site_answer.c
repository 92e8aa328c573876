/* Answers: what the server decided about what was pushed. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/oplog.h"

/* ---- Pushed -------------------------------------------------------------- */

/* The stored push that is answered; OKR_ERR_NOTFOUND if it is none of ours. */
static enum okr_err find_push(struct okr_turn *turn,
                              const struct okr_pushed *pushed,
                              struct okr_pushed_out *ret_push)
{
    struct okr_pushed_out *rows;
    size_t n;
    if (pushed->incarnation != turn->site->incarnation)
        return OKR_ERR_NOTFOUND;
    OKR_TRY(okr_site_pushes(turn->txn, turn->arena, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].first_seq != pushed->first_seq)
            continue;
        if (rows[i].last_seq - rows[i].first_seq + 1 != pushed->n_answers)
            return OKR_ERR_NOTFOUND;
        *ret_push = rows[i];
        return OKR_OK;
    }
    return OKR_ERR_NOTFOUND;
}

/* Its rows, as many as are left; `ret_ours` false if one of the answers is
 * about another operation than the one of that sequence. */
static enum okr_err rows_of(struct okr_turn *turn,
                            const struct okr_pushed *pushed,
                            struct okr_out *rows, bool *ret_ours)
{
    *ret_ours = true;
    for (size_t i = 0; i < pushed->n_answers; i++) {
        enum okr_err err = okr_outbox_get(turn->txn, pushed->first_seq + i,
                                          turn->arena, &rows[i]);
        if (err == OKR_ERR_NOTFOUND) {
            rows[i].seq = 0; /* it left with a final answer */
            continue;
        }
        OKR_TRY(err);
        if (!okr_id_eq(&rows[i].op.id, &pushed->answers[i].op))
            *ret_ours = false;
    }
    return OKR_OK;
}

static enum okr_err tell(struct okr_turn *turn, const struct okr_answer *answer)
{
    struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_ANSWERED);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->id = answer->op;
    fx->verdict = answer->verdict;
    fx->lsn = answer->lsn;
    return OKR_OK;
}

static enum okr_err refuse(struct okr_turn *turn, const struct okr_out *out,
                           const struct okr_answer *answer)
{
    struct okr_refused refused = {
        .op = out->op,
        .answer = *answer,
        .at = okr_site_server_time(turn->site, turn->now),
    };
    OKR_ASSERT(out->seq > 0);
    OKR_TRY(okr_refused_put(turn->txn, &refused, turn->arena));
    OKR_TRY(okr_outbox_del(turn->txn, out->seq));
    okr_view_gone(&turn->site->view, out->seq);
    return okr_site_op_at(turn, &out->op.id, answer->lsn);
}

/* It was taken and has no effect yet.  A page that came before this answer
 * may have had it taken for written. */
static enum okr_err park(struct okr_turn *turn, struct okr_out *out,
                         const struct okr_answer *answer)
{
    OKR_ASSERT(answer->verdict.outcome == OKR_OUTCOME_PARKED);
    if (out->written) {
        OKR_TRY(okr_site_op_at(turn, &out->op.id, OKR_LSN_PENDING | out->seq));
        OKR_TRY(okr_view_back(&turn->site->view, out->seq));
    }
    out->written = false;
    out->state = OKR_OUT_PARKED;
    out->answer = *answer;
    return okr_outbox_put(turn->txn, out, turn->arena);
}

/* One answer.  `ret_final`: nothing more will be heard of the operation. */
static enum okr_err answer_one(struct okr_turn *turn, struct okr_out *out,
                               const struct okr_answer *answer, bool *ret_final)
{
    struct okr_site *site = turn->site;
    *ret_final = answer->verdict.outcome != OKR_OUTCOME_PARKED;
    if (out->seq == 0 || out->state == OKR_OUT_ANSWERED) {
        *ret_final = true;
        return OKR_OK;
    }
    OKR_ASSERT(out->state != OKR_OUT_SAVED);
    okr_trace(
        &site->conf.trace, "answer to %llu: %s %s at %llu",
        (unsigned long long)out->seq, okr_outcome_name(answer->verdict.outcome),
        okr_rule_name(answer->verdict.rule), (unsigned long long)answer->lsn);
    if (!*ret_final)
        return park(turn, out, answer);
    if (okr_verdict_is_in(&answer->verdict)) {
        out->state = OKR_OUT_ANSWERED;
        out->answer = *answer;
        OKR_TRY(okr_outbox_put(turn->txn, out, turn->arena));
        site->settle_due = true;
    } else {
        OKR_TRY(refuse(turn, out, answer));
    }
    return tell(turn, answer);
}

static enum okr_err answer_all(struct okr_turn *turn,
                               const struct okr_pushed *pushed,
                               struct okr_out *rows,
                               struct okr_pushed_out *push)
{
    size_t open = 0;
    for (size_t i = 0; i < pushed->n_answers; i++) {
        bool final;
        OKR_TRY(answer_one(turn, &rows[i], &pushed->answers[i], &final));
        open += !final;
    }
    if (open == 0)
        return okr_push_del(turn->txn, push->first_seq);
    push->answered = true;
    return okr_push_put(turn->txn, push, turn->arena);
}

enum okr_err okr_site_pushed(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    const struct okr_pushed *pushed = &msg->u.pushed;
    struct okr_pushed_out push;
    bool ours = false;
    struct okr_out *rows =
        okr_arena_array(turn->arena, pushed->n_answers, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    enum okr_err err = find_push(turn, pushed, &push);
    if (err == OKR_OK)
        OKR_TRY(rows_of(turn, pushed, rows, &ours));
    else if (err != OKR_ERR_NOTFOUND)
        return err;
    if (!ours) {
        okr_trace(&site->conf.trace, "answers to no push of ours: %llu",
                  (unsigned long long)pushed->first_seq);
        return OKR_OK;
    }
    OKR_TRY(answer_all(turn, pushed, rows, &push));
    site->push_tries = site->chain_errors = 0;
    OKR_TRY(okr_site_count_pushes(site, turn->txn, turn->arena));
    okr_site_push_timers(turn);
    return OKR_OK;
}

/* ---- leaving the outbox -------------------------------------------------- */

/* How far the copy has caught up with an accepted operation. */
static void caught_up(struct okr_site *site, const struct okr_answer *answer,
                      bool *ret_some, bool *ret_all)
{
    *ret_some = false;
    *ret_all = true;
    for (size_t i = 0; i < answer->n_scopes; i++) {
        const struct okr_site_scope *entry =
            okr_site_scope(site, answer->scopes[i]);
        if (entry == NULL)
            continue;
        if (entry->cursor >= answer->lsn)
            *ret_some = true;
        else
            *ret_all = false;
    }
}

static enum okr_err settle_one(struct okr_turn *turn, struct okr_out *out,
                               void *context)
{
    struct okr_site *site = turn->site;
    bool some, all;
    (void)context;
    if (out->state != OKR_OUT_ANSWERED)
        return OKR_OK;
    enum okr_site_copy copy;
    caught_up(site, &out->answer, &some, &all);
    if (!all && out->written)
        return OKR_OK;
    OKR_TRY(okr_site_copy_of(turn, out, &copy));
    /* It went to a scope that is not followed, and is still shown as it was
     * in the one that is: its author must go on seeing what he did. */
    if (copy == OKR_SITE_COPY_OLD)
        return OKR_OK;
    if (!all && !some && copy != OKR_SITE_COPY_NEW)
        return OKR_OK;
    /* From now on the view has the confirmed register, so what names this
     * operation as seen has to find that one's number. */
    OKR_TRY(okr_site_op_at(turn, &out->op.id, out->answer.lsn));
    okr_view_gone(&site->view, out->seq);
    out->written = true;
    if (!all)
        return okr_outbox_put(turn->txn, out, turn->arena);
    OKR_TRY(okr_sent_put(turn->txn, out, turn->arena));
    okr_trace(&site->conf.trace, "operation %llu is here",
              (unsigned long long)out->seq);
    return okr_outbox_del(turn->txn, out->seq);
}

enum okr_err okr_site_settle(struct okr_turn *turn)
{
    struct okr_site_visit visit = {.row = settle_one,
                                   .below = turn->site->push_from};
    turn->site->settle_due = false;
    return okr_site_each(turn, &visit);
}

/* ---- Error to a push ----------------------------------------------------- */

#define CHAIN_ERRORS_MAX 4 /* without an answer in between */
#define PUSH_PAUSE (3600 * (okr_us)1000000)

static enum okr_err start_anew(struct okr_turn *turn)
{
    OKR_TRY(okr_site_raise(turn, OKR_SITE_ALARM_FORK));
    OKR_TRY(okr_site_reincarnate(turn));
    return okr_link_take(turn, OKR_HAPPENING_AGAIN, NULL);
}

/* The server wants `last_seq` + 1 next.  What it had before an answer that is
 * here is a word of yesterday.  What it has beyond all that was ever pushed
 * from here, somebody else pushed.  Else all pushes are sent again; if that
 * does not help, a Hello shows which of the two is mistaken. */
static enum okr_err chain(struct okr_turn *turn, uint64_t last_seq)
{
    struct okr_site *site = turn->site;
    struct okr_pushed_out *rows;
    size_t n;
    OKR_TRY(okr_site_pushes(turn->txn, turn->arena, &rows, &n));
    if (last_seq >= site->push_from)
        return start_anew(turn);
    bool wanted = false;
    for (size_t i = 0; i < n; i++)
        wanted = wanted || (rows[i].first_seq <= last_seq + 1 &&
                            last_seq + 1 <= rows[i].last_seq);
    if (!wanted) {
        okr_trace(&site->conf.trace, "chain: an old word, up to %llu",
                  (unsigned long long)last_seq);
        return OKR_OK;
    }
    if (++site->chain_errors > CHAIN_ERRORS_MAX)
        return okr_link_take(turn, OKR_HAPPENING_AGAIN, NULL);
    return okr_site_resend(turn, true);
}

enum okr_err okr_site_push_error(struct okr_turn *turn,
                                 const struct okr_error_msg *error)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(okr_link_is_up(site));
    if (error->code == OKR_ERROR_FORK)
        return start_anew(turn);
    if (error->code == OKR_ERROR_CHAIN)
        return chain(turn, error->last_seq);
    /* Resending at once would not help: a person has to look at it. */
    site->at[OKR_AT_PUSH] = turn->now + PUSH_PAUSE;
    return okr_site_raise(turn, error->code == OKR_ERROR_SPLIT
                                    ? OKR_SITE_ALARM_SPLIT
                                    : OKR_SITE_ALARM_PUSH);
}
