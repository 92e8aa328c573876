/* Judging: changes of fields while others change them too. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/crypto/hash.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"
#include "common/rules/merge.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"

enum okr_err okr_judge_concurrent(struct okr_judging *j,
                                  const struct okr_change *change,
                                  const struct okr_reg *reg,
                                  bool *ret_concurrent)
{
    const struct okr_ground *ground = j->ground;
    struct okr_epoch_span spans[OKR_EPOCHS_MAX];
    size_t n =
        ground->n_epochs < OKR_EPOCHS_MAX ? ground->n_epochs : OKR_EPOCHS_MAX;
    for (size_t i = 0; i < n; i++)
        spans[i] = (struct okr_epoch_span){ground->epochs[i].counter,
                                           ground->epochs[i].began};
    okr_lsn seen_op = 0;
    if (change->seen.form == OKR_SEEN_OP) {
        okr_trail_read(ground->space.trail, okr_print_op(&change->seen.op));
        OKR_TRY(okr_oplog_op(ground->space.txn, &change->seen.op, &seen_op));
    }
    *ret_concurrent =
        okr_merge_concurrent(reg, &change->seen, seen_op, spans, n);
    return OKR_OK;
}

/* What the author had seen: the value that the operation at that lsn gave the
 * field.  Only a server has the log; elsewhere, and where the value came
 * about otherwise, the base stays empty. */
static enum okr_err base_of(struct okr_judging *j,
                            const struct okr_change *change,
                            struct okr_slice *ret_base)
{
    struct okr_kv_txn *txn = j->ground->space.txn;
    okr_lsn lsn = change->seen.lsn;
    uint64_t log_base = 0;
    *ret_base = OKR_SLICE_NONE;
    if (change->seen.form == OKR_SEEN_OP)
        OKR_TRY(okr_oplog_op(txn, &change->seen.op, &lsn));
    OKR_TRY(okr_meta_u64(txn, "base", &log_base));
    if (!j->ground->server || lsn <= log_base || lsn >= OKR_LSN_PENDING)
        return OKR_OK;
    struct okr_slice bytes, salt, payload_bytes;
    struct okr_leaf leaf;
    struct okr_op_body body;
    struct okr_op_header header;
    enum okr_err err = okr_oplog_leaf(txn, lsn - log_base - 1, &bytes);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    OKR_TRY(okr_layout_leaf_read(bytes, &leaf));
    if (okr_layout_op_body_read(leaf.body, &body) != OKR_OK)
        return OKR_OK;
    okr_layout_op_header_read(body.header, &header);
    err = okr_oplog_payload(txn, &header.commit, &salt, &payload_bytes);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK; /* erased */
    OKR_TRY(err);
    struct okr_payload *payload;
    OKR_TRY(
        okr_payload_decode(payload_bytes, j->ground->space.arena, &payload));
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].field == change->field &&
            payload->changes[i].form == OKR_REG_VALUE &&
            okr_id_eq(&payload->entity, &j->payload->entity))
            *ret_base = okr_arena_copy(j->ground->space.arena,
                                       payload->changes[i].data);
    return OKR_OK;
}

/* Who wrote the register last, as far as the log here says. */
static enum okr_err author_of(struct okr_judging *j, const struct okr_reg *reg,
                              struct okr_id *ret_person)
{
    struct okr_kv_txn *txn = j->ground->space.txn;
    uint64_t log_base = 0;
    struct okr_slice bytes;
    struct okr_leaf leaf;
    struct okr_op_body body;
    struct okr_op_header header;
    *ret_person = (struct okr_id){{0}};
    OKR_TRY(okr_meta_u64(txn, "base", &log_base));
    if (!j->ground->server || reg == NULL || reg->lsn <= log_base ||
        reg->lsn >= OKR_LSN_PENDING)
        return OKR_OK;
    enum okr_err err = okr_oplog_leaf(txn, reg->lsn - log_base - 1, &bytes);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    OKR_TRY(okr_layout_leaf_read(bytes, &leaf));
    if (okr_layout_op_body_read(leaf.body, &body) != OKR_OK)
        return OKR_OK;
    okr_layout_op_header_read(body.header, &header);
    *ret_person = header.person;
    return OKR_OK;
}

/* SHA-256(tag ‖ op id ‖ field u16)[:16]: the same on every replay. */
static struct okr_id conflict_id(const struct okr_op *op, uint16_t field)
{
    uint8_t number[2];
    okr_be_put16(number, field);
    const struct okr_slice parts[3] = {
        okr_slice_of("\0okr/conflict/v1", 16),
        okr_id_slice(&op->id),
        okr_slice_of(number, sizeof number),
    };
    struct okr_hash hash = okr_sha256_parts(parts, 3);
    struct okr_id id;
    memcpy(id.b, hash.b, OKR_ID_LEN);
    return id;
}

static void add_reg(struct okr_reg *regs, size_t *n, uint16_t field,
                    struct okr_slice data)
{
    regs[(*n)++] =
        (struct okr_reg){.field = field, .form = OKR_REG_VALUE, .data = data};
}

enum okr_err okr_judge_keep_aside(struct okr_judging *j,
                                  const struct okr_change *change,
                                  const struct okr_reg *theirs)
{
    struct okr_arena *arena = j->draft->space.arena;
    struct okr_id id = conflict_id(j->op, change->field), *other;
    struct okr_reg regs[12];
    size_t n = 0;
    struct okr_slice base;
    OKR_TRY(base_of(j, change, &base));
    other = okr_arena_alloc(arena, sizeof *other);
    if (other == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(author_of(j, theirs, other));
    add_reg(regs, &n, OKR_F_AUTHOR, okr_value_id(arena, &j->op->person));
    add_reg(regs, &n, OKR_F_CREATED_AT, okr_value_int(arena, j->ground->now));
    add_reg(regs, &n, OKR_F_VIA, okr_value_id(arena, &j->ground->site));
    add_reg(regs, &n, OKR_F_CF_SUBJECT,
            okr_value_id(arena, &j->payload->entity));
    add_reg(regs, &n, OKR_F_CF_FIELD, okr_value_int(arena, change->field));
    if (base.len > 0)
        add_reg(regs, &n, OKR_F_BASE, base);
    if (change->form == OKR_REG_VALUE)
        add_reg(regs, &n, OKR_F_MINE, change->data);
    if (theirs != NULL && theirs->form == OKR_REG_VALUE)
        add_reg(regs, &n, OKR_F_THEIRS, theirs->data);
    add_reg(regs, &n, OKR_F_CF_STATE,
            okr_value_enum(arena, OKR_V_CONFLICT_STATE_OPEN));
    add_reg(regs, &n, OKR_F_MINE_AUTHOR, okr_value_id(arena, &j->op->person));
    if (!okr_id_is_zero(other))
        add_reg(regs, &n, OKR_F_THEIRS_AUTHOR, okr_id_slice(other));
    for (size_t i = 0; i < n; i++)
        if (regs[i].data.data == NULL && regs[i].data.len > 0)
            return OKR_ERR_NOMEM;
    OKR_TRY(okr_draft_create(j->draft, &id, OKR_KIND_CONFLICT));
    OKR_TRY(okr_draft_write(j->draft, &id, regs, n));
    struct okr_verdict *v = &j->decision->verdict;
    if (v->outcome != OKR_OUTCOME_CONFLICT)
        *v = (struct okr_verdict){.outcome = OKR_OUTCOME_CONFLICT,
                                  .field = change->field,
                                  .about = id};
    return OKR_OK;
}

static enum okr_err write_change(struct okr_judging *j,
                                 const struct okr_change *change)
{
    struct okr_reg reg = {
        .field = change->field, .form = change->form, .data = change->data};
    return okr_draft_write(j->draft, &j->payload->entity, &reg, 1);
}

static enum okr_err one_change(struct okr_judging *j,
                               const struct okr_change *change)
{
    const struct okr_field_info *field =
        okr_field_info(j->payload->kind, change->field);
    OKR_ASSERT(field != NULL);
    const struct okr_reg *reg =
        field->flags & OKR_FLAG_SET
            ? okr_record_element(j->target, change->field, change->data)
            : okr_record_reg(j->target, change->field);
    bool concurrent = false;
    if (!(field->flags & OKR_FLAG_SET))
        OKR_TRY(okr_judge_concurrent(j, change, reg, &concurrent));
    struct okr_verdict *v = &j->decision->verdict;
    switch (okr_merge_act(field->merge, reg, change, concurrent)) {
    case OKR_ACT_NOTHING:
        return OKR_OK;
    case OKR_ACT_WRITE:
        return write_change(j, change);
    case OKR_ACT_REPLACE:
        if (v->outcome == OKR_OUTCOME_ACCEPTED)
            *v = (struct okr_verdict){.outcome = OKR_OUTCOME_MERGED,
                                      .field = change->field,
                                      .replaced = reg == NULL ? 0 : reg->lsn};
        return write_change(j, change);
    case OKR_ACT_KEEP_ASIDE:
        return okr_judge_keep_aside(j, change, reg);
    case OKR_ACT_STALE:
        okr_judging_refuse(j, OKR_RULE_STALE, change->field, &j->target->id);
        return OKR_OK;
    }
    OKR_UNREACHABLE();
}

/* The whole edit of something that was archived meanwhile is kept aside. */
static enum okr_err edit_of_archived(struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    if (!j->ground->server) {
        okr_judging_refuse(j, OKR_RULE_ARCHIVED, OKR_F_ARCHIVED, &p->entity);
        return OKR_OK;
    }
    for (size_t i = 0; i < p->n_changes; i++) {
        const struct okr_change *change = &p->changes[i];
        if (change->form == OKR_REG_PRESENT || change->form == OKR_REG_ABSENT)
            continue;
        const struct okr_reg *reg = okr_record_reg(j->target, change->field);
        OKR_TRY(okr_judge_keep_aside(j, change, reg));
    }
    if (j->decision->verdict.outcome != OKR_OUTCOME_CONFLICT)
        okr_judging_refuse(j, OKR_RULE_ARCHIVED, OKR_F_ARCHIVED, &p->entity);
    return OKR_OK;
}

enum okr_err okr_judge_change(struct okr_judging *j)
{
    OKR_ASSERT(j->target != NULL);
    const struct okr_payload *p = j->payload;
    bool about_archive = false;
    for (size_t i = 0; i < p->n_changes; i++)
        about_archive |= p->changes[i].field == OKR_F_ARCHIVED;
    if (okr_record_archived(j->target) && !about_archive)
        return edit_of_archived(j);
    for (size_t i = 0; i < p->n_changes && okr_judging_on(j); i++)
        OKR_TRY(one_change(j, &p->changes[i]));
    return OKR_OK;
}
