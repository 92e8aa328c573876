/* The draft: a small hash table of changed records over a space. */
#include "common/replica/draft.h"

#include <string.h>

#include "common/base/assert.h"

#define DRAFT_FIRST 8
#define SLOT_FREE SIZE_MAX

static size_t slot_of(const struct okr_draft *draft, const struct okr_id *id)
{
    /* The tail of an id is random. */
    uint64_t hash;
    memcpy(&hash, id->b + OKR_ID_LEN - sizeof hash, sizeof hash);
    size_t at = (size_t)(hash % draft->n_slots);
    while (draft->slots[at] != SLOT_FREE) {
        const struct okr_draft_entry *one = &draft->entries[draft->slots[at]];
        if (okr_id_eq(&one->now->id, id))
            break;
        at = (at + 1) % draft->n_slots;
    }
    return at;
}

static enum okr_err grow(struct okr_draft *draft, size_t cap)
{
    struct okr_arena *arena = draft->space.arena;
    struct okr_draft_entry *entries =
        okr_arena_array(arena, cap, sizeof *entries);
    size_t n_slots = cap * 2 + 1;
    size_t *slots = okr_arena_array(arena, n_slots, sizeof *slots);
    if (entries == NULL || slots == NULL)
        return OKR_ERR_NOMEM;
    if (draft->n > 0)
        memcpy(entries, draft->entries, draft->n * sizeof *entries);
    for (size_t i = 0; i < n_slots; i++)
        slots[i] = SLOT_FREE;
    draft->entries = entries;
    draft->cap = cap;
    draft->slots = slots;
    draft->n_slots = n_slots;
    for (size_t i = 0; i < draft->n; i++)
        slots[slot_of(draft, &entries[i].now->id)] = i;
    return OKR_OK;
}

enum okr_err okr_draft_init(struct okr_draft *draft,
                            const struct okr_space *space)
{
    *draft = (struct okr_draft){
        .space = *space,
        .read = okr_arena_alloc(space->arena, sizeof *draft->read),
    };
    if (draft->read == NULL)
        return OKR_ERR_NOMEM;
    *draft->read = (struct okr_draft_read){{NULL}};
    return grow(draft, DRAFT_FIRST);
}

static struct okr_draft_entry *entry_of(const struct okr_draft *draft,
                                        const struct okr_id *id)
{
    size_t at = slot_of(draft, id);
    if (draft->slots[at] == SLOT_FREE)
        return NULL;
    return &draft->entries[draft->slots[at]];
}

/* As the space has it: nothing is written there while a draft is made. */
static enum okr_err read_record(const struct okr_draft *draft,
                                const struct okr_id *id,
                                struct okr_record **ret_record)
{
    struct okr_record **slot =
        &draft->read->at[id->b[OKR_ID_LEN - 1] % OKR_DRAFT_READ];
    if (*slot == NULL || !okr_id_eq(&(*slot)->id, id))
        OKR_TRY(okr_entity_get(&draft->space, id, slot));
    *ret_record = *slot;
    return OKR_OK;
}

enum okr_err okr_draft_get(const struct okr_draft *draft,
                           const struct okr_id *id,
                           struct okr_record **ret_record)
{
    const struct okr_draft_entry *entry = entry_of(draft, id);
    if (entry == NULL)
        return read_record(draft, id, ret_record);
    *ret_record = entry->now;
    return OKR_OK;
}

static enum okr_err add_entry(struct okr_draft *draft, struct okr_record *old,
                              struct okr_record *now)
{
    if (draft->n == OKR_OP_ENTITIES_MAX)
        return OKR_ERR_LIMIT;
    if (draft->n == draft->cap)
        OKR_TRY(grow(draft, draft->cap * 2));
    size_t at = slot_of(draft, &now->id);
    OKR_ASSERT(draft->slots[at] == SLOT_FREE);
    draft->entries[draft->n] = (struct okr_draft_entry){old, now};
    draft->slots[at] = draft->n++;
    return OKR_OK;
}

enum okr_err okr_draft_write(struct okr_draft *draft, const struct okr_id *id,
                             const struct okr_reg *regs, size_t n)
{
    struct okr_arena *arena = draft->space.arena;
    struct okr_draft_entry *entry = entry_of(draft, id);
    struct okr_record *old = NULL;
    if (entry == NULL)
        OKR_TRY(read_record(draft, id, &old));
    struct okr_reg *marked = okr_arena_array(arena, n, sizeof *marked);
    if (marked == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        marked[i] = regs[i];
        marked[i].lsn = OKR_LSN_DRAFT;
    }
    const struct okr_record *base = entry != NULL ? entry->now : old;
    struct okr_record *now = okr_record_with(base, marked, n, arena);
    if (now == NULL)
        return OKR_ERR_NOMEM;
    if (entry == NULL)
        return add_entry(draft, old, now);
    entry->now = now;
    return OKR_OK;
}

enum okr_err okr_draft_create(struct okr_draft *draft, const struct okr_id *id,
                              uint16_t kind)
{
    OKR_ASSERT(entry_of(draft, id) == NULL);
    struct okr_record *now = okr_record_new(id, kind, draft->space.arena);
    if (now == NULL)
        return OKR_ERR_NOMEM;
    return add_entry(draft, NULL, now);
}
