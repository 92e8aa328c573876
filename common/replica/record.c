/* Recording a decision: registers get their lsn, scopes their head. */
#include "common/replica/record.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/store/scopes.h"

static bool touched(const struct okr_reg *reg)
{
    return reg->lsn == OKR_LSN_DRAFT;
}

static const struct okr_reg *old_reg(const struct okr_draft_entry *entry,
                                     const struct okr_reg *now)
{
    if (entry->old == NULL)
        return NULL;
    bool element = now->form == OKR_REG_PRESENT || now->form == OKR_REG_ABSENT;
    return element ? okr_record_element(entry->old, now->field, now->data)
                   : okr_record_reg(entry->old, now->field);
}

static void add_scope(struct okr_recorded *recorded, okr_scope scope)
{
    if (scope == 0)
        return;
    size_t at = 0;
    while (at < recorded->n_scopes && recorded->scopes[at] < scope)
        at++;
    if (at < recorded->n_scopes && recorded->scopes[at] == scope)
        return;
    memmove(&recorded->scopes[at + 1], &recorded->scopes[at],
            (recorded->n_scopes - at) * sizeof *recorded->scopes);
    recorded->scopes[at] = scope;
    recorded->n_scopes++;
}

static void add_effects(struct okr_recorded *recorded,
                        const struct okr_draft_entry *entry)
{
    const struct okr_record *now = entry->now;
    for (size_t i = 0; i < now->n_regs; i++) {
        const struct okr_reg *reg = &now->regs[i];
        if (!touched(reg))
            continue;
        const struct okr_reg *old = old_reg(entry, reg);
        bool element =
            reg->form == OKR_REG_PRESENT || reg->form == OKR_REG_ABSENT;
        recorded->effects[recorded->n_effects++] = (struct okr_effect){
            .entity = now->id,
            .field = reg->field,
            .form = reg->form,
            .replaced = old == NULL ? 0 : old->lsn,
            .element = element ? reg->data : OKR_SLICE_NONE,
        };
    }
}

enum okr_err okr_record_plan(const struct okr_decision *decision,
                             struct okr_recorded *ret_recorded)
{
    const struct okr_draft *draft = &decision->draft;
    struct okr_arena *arena = draft->space.arena;
    size_t n = 0;
    for (size_t i = 0; i < draft->n; i++)
        for (size_t k = 0; k < draft->entries[i].now->n_regs; k++)
            n += touched(&draft->entries[i].now->regs[k]);
    struct okr_recorded recorded = {
        .effects = okr_arena_array(arena, n, sizeof *recorded.effects),
        .scopes =
            okr_arena_array(arena, 2 * draft->n + 1, sizeof *recorded.scopes),
    };
    if (recorded.effects == NULL || recorded.scopes == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < draft->n; i++) {
        const struct okr_draft_entry *entry = &draft->entries[i];
        add_effects(&recorded, entry);
        add_scope(&recorded, okr_record_home(entry->now));
        if (entry->old != NULL)
            add_scope(&recorded, okr_record_home(entry->old));
    }
    OKR_ASSERT(recorded.n_effects == n);
    *ret_recorded = recorded;
    return OKR_OK;
}

/* Gives the draft's registers their lsn.  A new home means that the entity
 * entered its scope with this operation. */
static void stamp(struct okr_record *record, okr_lsn lsn)
{
    for (size_t i = 0; i < record->n_regs; i++) {
        if (!touched(&record->regs[i]))
            continue;
        record->regs[i].lsn = lsn;
        if (record->regs[i].field == OKR_F_HOME)
            record->entered = lsn;
    }
}

static enum okr_err raise_heads(struct okr_kv_txn *txn,
                                const struct okr_recorded *recorded,
                                okr_lsn lsn)
{
    for (size_t i = 0; i < recorded->n_scopes; i++) {
        struct okr_scope_row row;
        OKR_TRY(okr_scope_get(txn, recorded->scopes[i], &row));
        OKR_ASSERT(row.head < lsn);
        row.head = lsn;
        OKR_TRY(okr_scope_put(txn, recorded->scopes[i], &row));
    }
    return OKR_OK;
}

enum okr_err okr_record_write(const struct okr_decision *decision, okr_lsn lsn)
{
    const struct okr_draft *draft = &decision->draft;
    OKR_ASSERT(draft->space.view == (lsn >= OKR_LSN_PENDING));
    struct okr_recorded recorded;
    OKR_TRY(okr_record_plan(decision, &recorded));
    for (size_t i = 0; i < draft->n; i++) {
        const struct okr_draft_entry *entry = &draft->entries[i];
        stamp(entry->now, lsn);
        OKR_TRY(okr_entity_put(&draft->space, entry->old, entry->now));
    }
    if (draft->space.view)
        return OKR_OK;
    for (size_t i = 0; i < recorded.n_effects; i++) {
        const struct okr_id *id = &recorded.effects[i].entity;
        if (i > 0 && okr_id_eq(id, &recorded.effects[i - 1].entity))
            continue;
        OKR_TRY(okr_history_mark(&draft->space, id, lsn));
    }
    return raise_heads(draft->space.txn, &recorded, lsn);
}
