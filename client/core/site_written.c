/* Own operations whose effect is in the confirmed copy before their answer
 * is: the replay leaves them out, or they would conflict with themselves. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/store/oplog.h"

#define ROWS_AT_ONCE 64

/* ---- seeing an effect ---------------------------------------------------- */

static const struct okr_reg *reg_of(const struct okr_record *record,
                                    const struct okr_change *change)
{
    const struct okr_reg *reg;
    if (change->form == OKR_REG_PRESENT || change->form == OKR_REG_ABSENT)
        reg = okr_record_element(record, change->field, change->data);
    else
        reg = okr_record_reg(record, change->field);
    if (reg == NULL || reg->form != change->form ||
        !okr_slice_eq(reg->data, change->data))
        return NULL;
    return reg;
}

/* The lsn at which the copy says what the operation asked for, 0 if it does
 * not; `ret_all`: it says all of it. */
static enum okr_err effect_of(struct okr_turn *turn, const struct okr_op *op,
                              okr_lsn *ret_lsn, bool *ret_all)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_payload *payload;
    struct okr_record *record;
    *ret_lsn = 0;
    *ret_all = false;
    enum okr_err err = okr_payload_decode(op->payload, turn->arena, &payload);
    if (err != OKR_OK)
        return err == OKR_ERR_NOMEM ? err : OKR_OK;
    err = okr_entity_get(&space, &payload->entity, &record);
    if (err != OKR_OK)
        return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
    *ret_all = payload->n_changes > 0;
    for (size_t i = 0; i < payload->n_changes; i++) {
        const struct okr_reg *reg = reg_of(record, &payload->changes[i]);
        if (reg == NULL)
            *ret_all = false;
        else if (reg->lsn > *ret_lsn)
            *ret_lsn = reg->lsn;
    }
    return OKR_OK;
}

/* Later own operations may name this one as what their author saw: they find
 * the number that the register has now. */
static enum okr_err mark(struct okr_turn *turn, struct okr_out *out,
                         okr_lsn lsn)
{
    OKR_ASSERT(!out->written && lsn < OKR_LSN_PENDING);
    out->written = true;
    OKR_TRY(okr_outbox_put(turn->txn, out, turn->arena));
    if (lsn != 0)
        OKR_TRY(okr_oplog_put_op(turn->txn, &out->op.id, lsn));
    turn->site->view_due = true;
    okr_trace(&turn->site->conf.trace, "operation %llu is written",
              (unsigned long long)out->seq);
    return OKR_OK;
}

/* ---- who says so --------------------------------------------------------- */

enum okr_err okr_site_marks(struct okr_turn *turn, const struct okr_mark *marks,
                            size_t n)
{
    const struct okr_site *site = turn->site;
    OKR_ASSERT(marks != NULL || n == 0);
    for (size_t i = 0; i < n; i++) {
        struct okr_out out;
        okr_lsn lsn;
        bool all;
        if (!okr_id_eq(&marks[i].site, &site->conf.site) ||
            marks[i].incarnation != site->incarnation || marks[i].seq == 0)
            continue;
        enum okr_err err =
            okr_outbox_get(turn->txn, marks[i].seq, turn->arena, &out);
        if (err == OKR_ERR_NOTFOUND)
            continue;
        OKR_TRY(err);
        if (out.written || out.state == OKR_OUT_SAVED)
            continue;
        OKR_TRY(effect_of(turn, &out.op, &lsn, &all));
        OKR_TRY(mark(turn, &out, lsn));
    }
    return OKR_OK;
}

static enum okr_err taken_one(struct okr_turn *turn, struct okr_out *out,
                              bool ended)
{
    okr_lsn lsn;
    bool all;
    /* What is parked is taken and has no effect yet. */
    if (out->written || out->state == OKR_OUT_PARKED)
        return OKR_OK;
    OKR_TRY(effect_of(turn, &out->op, &lsn, &all));
    return ended || all ? mark(turn, out, lsn) : OKR_OK;
}

enum okr_err okr_site_taken(struct okr_turn *turn, uint64_t seq, bool ended)
{
    uint64_t from = 1;
    struct okr_out *rows;
    size_t n;
    if (seq >= turn->site->push_from)
        seq = turn->site->push_from - 1;
    do {
        OKR_TRY(okr_outbox_list(turn->txn, from, ROWS_AT_ONCE, turn->arena,
                                &rows, &n));
        for (size_t i = 0; i < n && rows[i].seq <= seq; i++)
            OKR_TRY(taken_one(turn, &rows[i], ended));
        if (n > 0)
            from = rows[n - 1].seq + 1;
    } while (n == ROWS_AT_ONCE && from <= seq);
    return OKR_OK;
}
