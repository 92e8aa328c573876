/* Histories, read from the log. */
#include "server/core/hub_history.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/value.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"

/* The last value that was told of a register. */
struct known {
    uint16_t field;
    uint8_t form;
    bool element; /* of a set: `data` says which */
    struct okr_slice data;
};

struct telling {
    const struct okr_space *space;
    const struct okr_record *now; /* the entity as it is */
    okr_lsn base;
    struct known *known;
    size_t n_known, cap_known;
};

/* One leaf that touched the entity. */
struct leaf {
    okr_lsn lsn;
    struct okr_op_body body;
    struct okr_op_header header;
    const struct okr_payload *payload; /* NULL: erased */
};

/* ---- reading ------------------------------------------------------------- */

static enum okr_err read_payload(const struct telling *t, struct leaf *leaf)
{
    struct okr_slice salt, bytes;
    struct okr_payload *payload;
    enum okr_err err =
        okr_oplog_payload(t->space->txn, &leaf->header.commit, &salt, &bytes);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    bytes = okr_arena_copy(t->space->arena, bytes);
    if (bytes.data == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_payload_decode(bytes, t->space->arena, &payload));
    leaf->payload = payload;
    return OKR_OK;
}

static enum okr_err read_leaf(const struct telling *t, okr_lsn lsn,
                              struct leaf *ret_leaf)
{
    struct leaf leaf = {.lsn = lsn};
    struct okr_leaf outer;
    struct okr_slice bytes;
    if (lsn <= t->base)
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_oplog_leaf(t->space->txn, lsn - t->base - 1, &bytes));
    OKR_TRY(okr_layout_leaf_read(bytes, &outer));
    OKR_TRY(okr_layout_op_body_read(outer.body, &leaf.body));
    okr_layout_op_header_read(leaf.body.header, &leaf.header);
    leaf.body.effects = okr_arena_copy(t->space->arena, leaf.body.effects);
    if (leaf.body.effects.data == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(read_payload(t, &leaf));
    *ret_leaf = leaf;
    return OKR_OK;
}

/* ---- values -------------------------------------------------------------- */

static const struct okr_change *change_of(const struct leaf *leaf,
                                          uint16_t field)
{
    const struct okr_payload *payload = leaf->payload;
    for (size_t i = 0; payload != NULL && i < payload->n_changes; i++)
        if (payload->changes[i].field == field)
            return &payload->changes[i];
    return NULL;
}

/* What an operation on another entity wrote here: a check-in into its key
 * result, an objective's state into those of its key results. */
static uint16_t comes_from(const struct leaf *leaf, uint16_t field)
{
    static const uint16_t pairs[][3] = {
        {OKR_KIND_CHECK_IN, OKR_F_VALUE, OKR_F_CI_VALUE},
        {OKR_KIND_CHECK_IN, OKR_F_CONFIDENCE, OKR_F_CI_CONFIDENCE},
        {OKR_KIND_CHECK_IN, OKR_F_OBSERVED_AT, OKR_F_CI_OBSERVED_AT},
        {OKR_KIND_CHECK_IN, OKR_F_KR_BLOCKED, OKR_F_CI_BLOCKED},
        {OKR_KIND_OBJECTIVE, OKR_F_KR_STATE, OKR_F_O_STATE},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (leaf->payload->kind == pairs[i][0] && field == pairs[i][1])
            return pairs[i][2];
    return 0;
}

/* The value that the effect wrote; false: nothing tells it any more. */
static bool value_of(const struct telling *t, const struct leaf *leaf,
                     const struct okr_effect *effect,
                     struct okr_slice *ret_value)
{
    const struct okr_reg *reg = okr_record_reg(t->now, effect->field);
    const struct okr_change *change = NULL;
    if (effect->form != OKR_REG_VALUE) {
        *ret_value = effect->element;
        return true;
    }
    if (reg != NULL && reg->lsn == leaf->lsn) {
        *ret_value = reg->data;
        return true;
    }
    if (leaf->payload == NULL)
        return false;
    if (okr_id_eq(&leaf->payload->entity, &t->now->id))
        change = change_of(leaf, effect->field);
    else if (comes_from(leaf, effect->field) != 0)
        change = change_of(leaf, comes_from(leaf, effect->field));
    if (change == NULL || change->form != OKR_REG_VALUE)
        return false;
    *ret_value = change->data;
    return true;
}

/* ---- what was before ----------------------------------------------------- */

static bool is_element(uint8_t form)
{
    return form == OKR_REG_PRESENT || form == OKR_REG_ABSENT;
}

static struct known *known_of(struct telling *t, const struct known *wanted)
{
    for (size_t i = 0; i < t->n_known; i++) {
        struct known *k = &t->known[i];
        if (k->field == wanted->field && k->element == wanted->element &&
            (!k->element || okr_slice_eq(k->data, wanted->data)))
            return k;
    }
    return NULL;
}

static enum okr_err know(struct telling *t, const struct known *known)
{
    struct known *k = known_of(t, known);
    if (k != NULL) {
        *k = *known;
        return OKR_OK;
    }
    if (t->n_known == t->cap_known) {
        size_t cap = t->cap_known == 0 ? 32 : 2 * t->cap_known;
        struct known *more =
            okr_arena_array(t->space->arena, cap, sizeof *more);
        if (more == NULL)
            return OKR_ERR_NOMEM;
        if (t->n_known > 0)
            memcpy(more, t->known, t->n_known * sizeof *more);
        t->known = more;
        t->cap_known = cap;
    }
    t->known[t->n_known++] = *known;
    return OKR_OK;
}

/* ---- rows ---------------------------------------------------------------- */

static enum okr_err add_change(struct telling *t, const struct leaf *leaf,
                               const struct okr_effect *effect,
                               struct okr_history *row)
{
    struct known after = {.field = effect->field,
                          .form = effect->form,
                          .element = is_element(effect->form)};
    if (!value_of(t, leaf, effect, &after.data))
        return OKR_OK;
    const struct known *before = known_of(t, &after);
    struct okr_history_change change = {
        .field = effect->field,
        .form_after = after.form,
        .after = after.data,
        .form_before = after.element ? OKR_REG_ABSENT : OKR_REG_UNSET,
        .before = after.element ? after.data : OKR_SLICE_NONE,
    };
    if (before != NULL) {
        change.form_before = before->form;
        change.before = before->data;
    }
    row->changes[row->n_changes++] = change;
    return know(t, &after);
}

static enum okr_err make_row(struct telling *t, const struct leaf *leaf,
                             struct okr_history *ret_row)
{
    struct okr_reader r = okr_reader_of(leaf->body.effects);
    uint32_t count = okr_reader_u32(&r);
    struct okr_effect effect;
    struct okr_history row = {
        .lsn = leaf->lsn,
        .last = {.person = leaf->header.person,
                 .site = leaf->body.site,
                 .verb = leaf->header.verb,
                 .is_signed = okr_layout_op_is_signed(&leaf->body),
                 .time = leaf->header.time},
    };
    row.changes = okr_arena_array(t->space->arena, count, sizeof *row.changes);
    if (row.changes == NULL)
        return OKR_ERR_NOMEM;
    if (leaf->payload != NULL)
        row.reason = leaf->payload->reason;
    while (okr_layout_effect_next(&r.rest, &effect)) {
        OKR_ASSERT(row.n_changes < count);
        if (okr_id_eq(&effect.entity, &t->now->id))
            OKR_TRY(add_change(t, leaf, &effect, &row));
    }
    *ret_row = row;
    return OKR_OK;
}

enum okr_err okr_hub_history(const struct okr_space *space,
                             const struct okr_id *entity,
                             struct okr_history **ret_rows, size_t *ret_n)
{
    struct telling telling = {.space = space};
    struct okr_history *rows;
    struct okr_record *now;
    size_t n;
    OKR_TRY(okr_entity_get(space, entity, &now));
    OKR_TRY(okr_meta_u64(space->txn, "base", &telling.base));
    OKR_TRY(okr_history_get(space, entity, &rows, &n));
    telling.now = now;
    for (size_t i = 0; i < n; i++) {
        struct leaf leaf;
        OKR_TRY(read_leaf(&telling, rows[i].lsn, &leaf));
        OKR_TRY(make_row(&telling, &leaf, &rows[i]));
    }
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}
