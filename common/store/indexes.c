/* Look-ups: each is a walk over one prefix of the index. */
#include "common/store/index.h"

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/model/ref.h"

/* Which of the rows below a prefix are wanted. */
struct want {
    uint16_t kind;              /* children only: 0 all */
    const struct okr_id *after; /* behind this one; NULL: from the first */
    struct okr_slice run;       /* of a reference; empty: any */
    size_t max;
};

static bool wanted(const struct okr_index_walk *walk, const struct want *want)
{
    if (want->kind != 0 && walk->kind != want->kind)
        return false;
    if (want->after != NULL && okr_id_eq(&walk->id, want->after))
        return false;
    return want->run.len == 0 || okr_ref_matches(&walk->id, want->run);
}

static enum okr_err collect(const struct okr_space *space,
                            const struct okr_key *prefix,
                            const struct want *want, struct okr_ids *ret_ids)
{
    OKR_ASSERT(ret_ids != NULL);
    struct okr_buf ids;
    okr_buf_init(&ids, space->arena);
    struct okr_index_walk walk;
    okr_index_walk_from(space, prefix, want->after, &walk);
    for (size_t n = 0; n < want->max && okr_index_walk_next(&walk);) {
        if (!wanted(&walk, want))
            continue;
        okr_buf_put(&ids, okr_id_slice(&walk.id));
        n++;
    }
    OKR_TRY(okr_index_walk_close(&walk));
    OKR_TRY(ids.err);
    ret_ids->at = (void *)ids.data; /* an id is bytes: it needs no alignment */
    ret_ids->n = ids.len / OKR_ID_LEN;
    return OKR_OK;
}

enum okr_err okr_index_find(const struct okr_space *space, uint16_t kind,
                            uint16_t field, struct okr_slice value,
                            struct okr_ids *ret_ids)
{
    OKR_ASSERT(space != NULL && kind != OKR_KIND_ANY);
    const struct okr_field_info *info = okr_field_info(kind, field);
    OKR_ASSERT(info != NULL && (info->flags & OKR_FLAG_INDEX) != 0);
    uint8_t bytes[OKR_INDEX_VALUE_LEN];
    OKR_TRY(okr_index_value(info, value, space->arena, bytes));
    struct okr_key prefix;
    okr_index_prefix(kind, field, bytes, &prefix);
    struct want want = {.max = SIZE_MAX};
    return collect(space, &prefix, &want, ret_ids);
}

enum okr_err okr_index_kind(const struct okr_space *space, uint16_t kind,
                            struct okr_ids *ret_ids)
{
    return okr_index_ref(space, kind, OKR_SLICE_NONE, SIZE_MAX, ret_ids);
}

enum okr_err okr_index_kind_after(const struct okr_space *space, uint16_t kind,
                                  const struct okr_id *after, size_t max,
                                  struct okr_ids *ret_ids)
{
    OKR_ASSERT(space != NULL && kind != OKR_KIND_ANY && max > 0);
    static const uint8_t no_value[OKR_INDEX_VALUE_LEN];
    struct okr_key prefix;
    okr_index_prefix(kind, 0, no_value, &prefix);
    struct want want = {.after = after, .max = max};
    return collect(space, &prefix, &want, ret_ids);
}

enum okr_err okr_index_children(const struct okr_space *space,
                                const struct okr_id *parent, uint16_t kind,
                                struct okr_ids *ret_ids)
{
    OKR_ASSERT(space != NULL && parent != NULL);
    struct okr_key prefix;
    okr_index_prefix(OKR_KIND_ANY, OKR_INDEX_CHILDREN, parent->b, &prefix);
    struct want want = {.kind = kind, .max = SIZE_MAX};
    return collect(space, &prefix, &want, ret_ids);
}

enum okr_err okr_index_ref(const struct okr_space *space, uint32_t kind,
                           struct okr_slice run, size_t max,
                           struct okr_ids *ret_ids)
{
    OKR_ASSERT(space != NULL && kind != OKR_KIND_ANY && kind <= UINT16_MAX);
    static const uint8_t no_value[OKR_INDEX_VALUE_LEN];
    struct okr_key prefix;
    okr_index_prefix((uint16_t)kind, 0, no_value, &prefix);
    struct want want = {.run = run, .max = max};
    return collect(space, &prefix, &want, ret_ids);
}
