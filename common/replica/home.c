/* Homes: walking up from an entity to its root, and down from what moved. */
#include "common/replica/home.h"

#include "common/model/value.h"

enum okr_err okr_home_root(const struct okr_draft *draft,
                           const struct okr_id *unit, uint32_t *ret_root_no)
{
    struct okr_record *at, *above;
    struct okr_id up;
    OKR_TRY(okr_draft_get(draft, unit, &at));
    if (!okr_record_id(at, OKR_F_UNIT_PARENT, &up)) {
        *ret_root_no = OKR_ROOT_COMPANY;
        return OKR_OK;
    }
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        OKR_TRY(okr_draft_get(draft, &up, &above));
        if (!okr_record_id(above, OKR_F_UNIT_PARENT, &up)) {
            /* `at` is a child of the root: a root itself.  A site may see
             * one that has no number yet; then it shows it as company. */
            int64_t no = okr_record_int(at, OKR_F_ROOT_NO, OKR_ROOT_COMPANY);
            *ret_root_no = (uint32_t)no;
            return OKR_OK;
        }
        at = above;
    }
    return OKR_ERR_LIMIT;
}

/* One step towards the unit: the record's home field.  False at a unit, and
 * where there is none. */
static bool home_parent(const struct okr_record *record, struct okr_id *ret_id)
{
    const struct okr_kind_info *info = okr_kind_info(record->kind);
    if (info == NULL || info->home_field == 0 || record->kind == OKR_KIND_UNIT)
        return false;
    return okr_record_id(record, info->home_field, ret_id);
}

static bool is_draft(const struct okr_record *record)
{
    if (record->kind != OKR_KIND_OBJECTIVE)
        return false;
    uint32_t state =
        okr_record_enum(record, OKR_F_O_STATE, OKR_V_OBJECTIVE_STATE_PUBLISHED);
    return state < OKR_V_OBJECTIVE_STATE_PUBLISHED;
}

/* Climbs from `record` to its unit; `ret_private` if a draft is on the way.
 * NOTFOUND: there is no unit above it. */
static enum okr_err climb(const struct okr_draft *draft,
                          const struct okr_record *record,
                          struct okr_id *ret_unit, bool *ret_private)
{
    const struct okr_record *at = record;
    bool hidden = is_draft(at);
    struct okr_id up;
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        if (at->kind == OKR_KIND_UNIT) {
            *ret_unit = at->id;
            *ret_private = hidden;
            return OKR_OK;
        }
        if (!home_parent(at, &up))
            return OKR_ERR_NOTFOUND;
        struct okr_record *above;
        OKR_TRY(okr_draft_get(draft, &up, &above));
        at = above;
        hidden = hidden || is_draft(at);
    }
    return OKR_ERR_LIMIT;
}

enum okr_err okr_home_unit(const struct okr_draft *draft,
                           const struct okr_record *record,
                           struct okr_id *ret_unit)
{
    bool hidden;
    return climb(draft, record, ret_unit, &hidden);
}

/* Does its chain end at a directory entity that belongs to no unit (a comment
 * on a cycle)?  Then it lives with the company. */
static bool ends_in_directory(const struct okr_draft *draft,
                              const struct okr_record *record)
{
    const struct okr_record *at = record;
    struct okr_id up;
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        if (!home_parent(at, &up)) {
            const struct okr_kind_info *info = okr_kind_info(at->kind);
            return info != NULL && info->home == OKR_HOME_DIRECTORY;
        }
        struct okr_record *above;
        if (okr_draft_get(draft, &up, &above) != OKR_OK)
            return false;
        at = above;
    }
    return false;
}

enum okr_err okr_home_of(const struct okr_draft *draft,
                         const struct okr_record *record, okr_scope *ret_scope)
{
    const struct okr_kind_info *info = okr_kind_info(record->kind);
    if (info == NULL)
        return OKR_ERR_NOTFOUND;
    if (info->home == OKR_HOME_DIRECTORY) {
        *ret_scope = OKR_SCOPE_COMPANY;
        return OKR_OK;
    }
    struct okr_id unit;
    bool hidden;
    enum okr_err err = climb(draft, record, &unit, &hidden);
    if (err == OKR_ERR_NOTFOUND && ends_in_directory(draft, record)) {
        *ret_scope = OKR_SCOPE(OKR_ROOT_COMPANY, info->depth);
        return OKR_OK;
    }
    OKR_TRY(err);
    uint32_t root_no;
    OKR_TRY(okr_home_root(draft, &unit, &root_no));
    enum okr_depth depth = hidden ? OKR_DEPTH_PRIVATE : info->depth;
    *ret_scope = OKR_SCOPE(root_no, depth);
    return OKR_OK;
}

/* Gives one entity its home; `*ret_moved` if it was elsewhere before. */
static enum okr_err settle_one(struct okr_draft *draft, const struct okr_id *id,
                               bool *ret_moved)
{
    struct okr_record *record;
    okr_scope home;
    OKR_TRY(okr_draft_get(draft, id, &record));
    OKR_TRY(okr_home_of(draft, record, &home));
    okr_scope before = okr_record_home(record);
    *ret_moved = before != 0 && before != home;
    if (before == home)
        return OKR_OK;
    struct okr_reg reg = {
        .field = OKR_F_HOME,
        .form = OKR_REG_VALUE,
        .data = okr_value_int(draft->space.arena, (int64_t)home),
    };
    if (reg.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(draft, id, &reg, 1);
}

/* Does what hangs below this directory entity belong to another root now? */
static enum okr_err root_changed(const struct okr_draft *draft,
                                 const struct okr_draft_entry *entry,
                                 bool *ret_changed)
{
    *ret_changed = false;
    if (entry->old == NULL || (entry->now->kind != OKR_KIND_UNIT &&
                               entry->now->kind != OKR_KIND_PERSON))
        return OKR_OK;
    struct okr_draft before;
    OKR_TRY(okr_draft_init(&before, &draft->space));
    struct okr_id unit_was, unit_is;
    bool hidden;
    uint32_t was, is;
    enum okr_err err = climb(&before, entry->old, &unit_was, &hidden);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    OKR_TRY(climb(draft, entry->now, &unit_is, &hidden));
    OKR_TRY(okr_home_root(&before, &unit_was, &was));
    OKR_TRY(okr_home_root(draft, &unit_is, &is));
    *ret_changed = was != is;
    return OKR_OK;
}

/* Settles everything below `top`, depth first with a list of its own. */
static enum okr_err settle_below(struct okr_draft *draft,
                                 const struct okr_id *top)
{
    struct okr_arena *arena = draft->space.arena;
    size_t cap = 64, n = 0;
    struct okr_id *todo = okr_arena_array(arena, cap, sizeof *todo);
    if (todo == NULL)
        return OKR_ERR_NOMEM;
    todo[n++] = *top;
    while (n > 0) {
        struct okr_id parent = todo[--n];
        struct okr_ids children;
        OKR_TRY(okr_index_children(&draft->space, &parent, 0, &children));
        for (size_t i = 0; i < children.n; i++) {
            bool moved;
            OKR_TRY(settle_one(draft, &children.at[i], &moved));
            struct okr_record *child;
            OKR_TRY(okr_draft_get(draft, &children.at[i], &child));
            bool directory =
                child->kind == OKR_KIND_UNIT || child->kind == OKR_KIND_PERSON;
            if (!moved && !directory)
                continue;
            if (n == cap) {
                struct okr_id *more =
                    okr_arena_array(arena, cap * 2, sizeof *more);
                if (more == NULL)
                    return OKR_ERR_NOMEM;
                for (size_t k = 0; k < n; k++)
                    more[k] = todo[k];
                todo = more;
                cap *= 2;
            }
            todo[n++] = children.at[i];
        }
    }
    return OKR_OK;
}

enum okr_err okr_home_settle(struct okr_draft *draft)
{
    /* Dependents are added behind; those are settled with what moved them. */
    size_t own = draft->n;
    for (size_t i = 0; i < own; i++) {
        struct okr_id id = draft->entries[i].now->id;
        bool moved, other_root;
        OKR_TRY(settle_one(draft, &id, &moved));
        OKR_TRY(root_changed(draft, &draft->entries[i], &other_root));
        if (moved || other_root)
            OKR_TRY(settle_below(draft, &id));
    }
    return OKR_OK;
}
