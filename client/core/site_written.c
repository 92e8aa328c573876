/* Own operations whose effect is in the confirmed copy before their answer
 * is: the replay leaves them out, or they would conflict with themselves. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/store/oplog.h"

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

/* What an operation is about, and how the confirmed copy has it. */
struct subject {
    struct okr_payload *payload; /* NULL: it cannot be read */
    struct okr_record *record;   /* NULL: it is not here */
};

static enum okr_err subject_of(struct okr_turn *turn, const struct okr_op *op,
                               struct subject *ret_subject)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct subject subject = {.payload = NULL};
    enum okr_err err =
        okr_payload_decode(op->payload, turn->arena, &subject.payload);
    if (err == OKR_ERR_NOMEM)
        return err;
    *ret_subject = subject;
    if (err != OKR_OK)
        return OKR_OK;
    err = okr_entity_get(&space, &subject.payload->entity, &subject.record);
    if (err == OKR_ERR_NOTFOUND)
        subject.record = NULL;
    else
        OKR_TRY(err);
    *ret_subject = subject;
    return OKR_OK;
}

/* The lsn of the registers that say what the operation asked for; 0: none. */
static okr_lsn lsn_of(const struct subject *subject)
{
    okr_lsn lsn = 0;
    if (subject->record == NULL)
        return 0;
    for (size_t i = 0; i < subject->payload->n_changes; i++) {
        const struct okr_reg *reg =
            reg_of(subject->record, &subject->payload->changes[i]);
        if (reg != NULL && reg->lsn > lsn)
            lsn = reg->lsn;
    }
    OKR_ASSERT(lsn < OKR_LSN_PENDING);
    return lsn;
}

static bool wrote(const struct okr_answer *answer, okr_scope scope)
{
    for (size_t i = 0; i < answer->n_scopes; i++)
        if (answer->scopes[i] == scope)
            return true;
    return false;
}

/* What was accepted wrote its entity, if it wrote anything.  Where it did not
 * write the scope in which the copy has it, that is no more its home. */
static bool has_moved(const struct okr_site *site,
                      const struct okr_answer *answer, okr_scope home)
{
    const struct okr_site_scope *entry = okr_site_scope(site, home);
    bool whole = answer->verdict.outcome == OKR_OUTCOME_ACCEPTED ||
                 answer->verdict.outcome == OKR_OUTCOME_MERGED;
    return whole && answer->n_scopes > 0 && !wrote(answer, home) &&
           entry != NULL && entry->cursor < answer->lsn;
}

enum okr_err okr_site_copy_of(struct okr_turn *turn, const struct okr_out *out,
                              enum okr_site_copy *ret_copy)
{
    struct subject subject;
    OKR_ASSERT(out->state == OKR_OUT_ANSWERED);
    OKR_TRY(subject_of(turn, &out->op, &subject));
    *ret_copy = OKR_SITE_COPY_NONE;
    if (subject.record == NULL)
        return OKR_OK;
    okr_scope home = okr_record_home(subject.record);
    if (okr_record_elsn(subject.record) >= out->answer.lsn)
        *ret_copy = OKR_SITE_COPY_NEW;
    else if (has_moved(turn->site, &out->answer, home))
        *ret_copy = OKR_SITE_COPY_OLD;
    return OKR_OK;
}

/* Later own operations may name this one as what their author saw: they find
 * the number that the register has now. */
static enum okr_err mark(struct okr_turn *turn, struct okr_out *out,
                         const struct subject *subject)
{
    okr_lsn lsn = lsn_of(subject);
    OKR_ASSERT(!out->written);
    out->written = true;
    OKR_TRY(okr_outbox_put(turn->txn, out, turn->arena));
    if (lsn != 0)
        OKR_TRY(okr_site_op_at(turn, &out->op.id, lsn));
    okr_view_gone(&turn->site->view, out->seq);
    okr_trace(&turn->site->conf.trace, "operation %llu is written",
              (unsigned long long)out->seq);
    return OKR_OK;
}

/* ---- who says so --------------------------------------------------------- */

/* Does the copy that is shown stem from before the Event?  It moved away from
 * there meanwhile; that it did is still on its way. */
static bool is_elsewhere(const struct subject *subject, okr_scope scope)
{
    return subject->record != NULL && lsn_of(subject) == 0 &&
           okr_record_home(subject->record) != scope;
}

static enum okr_err mark_one(struct okr_turn *turn, uint64_t seq,
                             okr_scope scope)
{
    struct okr_out out;
    struct subject subject;
    enum okr_err err = okr_outbox_get(turn->txn, seq, turn->arena, &out);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    if (out.written || out.state == OKR_OUT_SAVED)
        return OKR_OK;
    OKR_TRY(subject_of(turn, &out.op, &subject));
    return is_elsewhere(&subject, scope) ? OKR_OK : mark(turn, &out, &subject);
}

enum okr_err okr_site_marks(struct okr_turn *turn,
                            const struct okr_event_msg *event)
{
    const struct okr_site *site = turn->site;
    OKR_ASSERT(event->marks != NULL || event->n_marks == 0);
    for (size_t i = 0; i < event->n_marks; i++) {
        const struct okr_mark *one = &event->marks[i];
        if (!okr_id_eq(&one->site, &site->conf.site) ||
            one->incarnation != site->incarnation || one->seq == 0)
            continue;
        OKR_TRY(mark_one(turn, one->seq, event->scope));
    }
    return OKR_OK;
}

static bool names(const struct okr_page *page, const struct okr_id *id)
{
    for (size_t i = 0; i < page->n_sections; i++)
        for (size_t k = 0; k < page->sections[i].n_rows; k++)
            if (okr_id_eq(&page->sections[i].rows[k].id, id))
                return true;
    return false;
}

/* `context`, the page, NULL: all is here.  Else what the page brought is as
 * it was after everything that it calls taken. */
static enum okr_err taken_one(struct okr_turn *turn, struct okr_out *out,
                              void *context)
{
    const struct okr_page *page = context;
    struct subject subject;
    /* What is parked is taken and has no effect yet. */
    if (out->written || out->state == OKR_OUT_PARKED)
        return OKR_OK;
    OKR_TRY(subject_of(turn, &out->op, &subject));
    if (page != NULL &&
        (subject.payload == NULL || !names(page, &subject.payload->entity)))
        return OKR_OK;
    return mark(turn, out, &subject);
}

enum okr_err okr_site_taken(struct okr_turn *turn, uint64_t seq,
                            struct okr_page *page)
{
    uint64_t pushed = turn->site->push_from - 1;
    struct okr_site_visit visit = {.row = taken_one,
                                   .context = page,
                                   .below = (seq < pushed ? seq : pushed) + 1};
    return okr_site_each(turn, &visit);
}
