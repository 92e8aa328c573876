/* Buckets of a scope. */
#include "common/replica/repair.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/store/scopes.h"

enum { AT_ONCE = 1000 }; /* rows of the index read at a time */

int okr_place_cmp(const struct okr_place *a, const struct okr_place *b)
{
    if (a->bucket != b->bucket)
        return a->bucket < b->bucket ? -1 : 1;
    return okr_id_cmp(&a->id, &b->id);
}

static int compare(const void *a, const void *b)
{
    return okr_place_cmp(a, b);
}

/* ---- what is there ------------------------------------------------------- */

static enum okr_err add(const struct okr_space *space, const struct okr_id *id,
                        struct okr_buf *places, struct okr_repair_list *list)
{
    struct okr_place place = {okr_bucket(id), *id};
    uint8_t b2[OKR_B2_LEN];
    OKR_TRY(okr_entity_hash(space, id, b2));
    struct okr_digest digest = okr_digest_of(b2);
    okr_digest_add(&list->buckets[place.bucket], &digest);
    okr_buf_put(places, okr_slice_of(&place, sizeof place));
    return places->err;
}

enum okr_err okr_repair_list(const struct okr_space *space, okr_scope scope,
                             struct okr_repair_list *ret_list)
{
    struct okr_changed *rows, last = {.elsn = 0};
    struct okr_buf places;
    size_t n;
    OKR_ASSERT(!space->view && scope != 0);
    memset(ret_list, 0, sizeof *ret_list);
    okr_buf_init(&places, space->arena);
    do {
        OKR_TRY(okr_changed_after(space->txn, scope, last.elsn, &last.id,
                                  AT_ONCE, space->arena, &rows, &n));
        for (size_t i = 0; i < n; i++)
            if (!rows[i].gone)
                OKR_TRY(add(space, &rows[i].id, &places, ret_list));
        if (n > 0)
            last = rows[n - 1];
    } while (n > 0);
    ret_list->at = (void *)places.data; /* an arena aligns for any type */
    ret_list->n = places.len / sizeof *ret_list->at;
    if (ret_list->n > 0)
        qsort(ret_list->at, ret_list->n, sizeof *ret_list->at, compare);
    return OKR_OK;
}

enum okr_err okr_repair_sum(const struct okr_space *space, okr_scope scope,
                            const struct okr_repair_list *list)
{
    struct okr_digest sum = {0};
    struct okr_scope_row row;
    for (size_t i = 0; i < OKR_BUCKETS; i++)
        okr_digest_add(&sum, &list->buckets[i]);
    OKR_TRY(okr_scope_get(space->txn, scope, &row));
    if (okr_digest_eq(&row.digest, &sum) && row.count == list->n)
        return OKR_OK;
    row.digest = sum;
    row.count = list->n;
    return okr_scope_put(space->txn, scope, &row);
}

/* ---- what should be there ------------------------------------------------ */

static okr_lsn home_lsn(const struct okr_record *record)
{
    const struct okr_reg *home = okr_record_reg(record, OKR_F_HOME);
    return home == NULL ? 0 : home->lsn;
}

static bool same(const struct okr_record *a, const struct okr_record *b)
{
    bool equal = a->n_regs == b->n_regs && a->entered == b->entered;
    for (size_t i = 0; equal && i < a->n_regs; i++) {
        const struct okr_reg *x = &a->regs[i], *y = &b->regs[i];
        equal = x->field == y->field && x->form == y->form &&
                x->lsn == y->lsn && okr_slice_eq(x->data, y->data);
    }
    return equal;
}

/* The row, and over it what is younger here. */
static struct okr_record *replacement(const struct okr_space *space,
                                      const struct okr_record *copy,
                                      const struct okr_row *row, okr_lsn as_of)
{
    struct okr_record sent = {.id = row->id,
                              .kind = row->kind,
                              .regs = row->regs,
                              .n_regs = row->n_regs};
    struct okr_reg *younger = NULL;
    size_t n = 0;
    if (copy != NULL) {
        younger = okr_arena_array(space->arena, copy->n_regs, sizeof *younger);
        if (younger == NULL)
            return NULL;
        for (size_t i = 0; i < copy->n_regs; i++)
            if (copy->regs[i].lsn > as_of)
                younger[n++] = copy->regs[i];
    }
    struct okr_record *record =
        okr_record_with(&sent, younger, n, space->arena);
    if (record != NULL)
        record->entered = home_lsn(record);
    return record;
}

enum okr_err okr_repair_row(const struct okr_space *space, okr_scope scope,
                            okr_lsn as_of, const struct okr_row *row,
                            struct okr_joined *ret_joined)
{
    struct okr_record *copy = NULL;
    OKR_ASSERT(!space->view && scope != 0);
    if (row->kind == OKR_KIND_ANY || row->gone || !row->all)
        return OKR_ERR_FORMAT;
    enum okr_err err = okr_entity_get(space, &row->id, &copy);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    if (copy != NULL && copy->kind != row->kind)
        return OKR_ERR_FORMAT;
    *ret_joined =
        (struct okr_joined){.what = OKR_APPLIED_NOTHING, .before = copy};
    okr_lsn gone;
    OKR_TRY(okr_entity_gone(space, &row->id, &gone));
    struct okr_record *now = replacement(space, copy, row, as_of);
    if (now == NULL)
        return OKR_ERR_NOMEM;
    if (okr_record_home(now) == 0)
        return OKR_ERR_FORMAT;
    /* It left since, as another scope told; the next pull tells here too. */
    if (copy == NULL && home_lsn(now) < gone)
        return OKR_OK;
    if (copy != NULL && same(copy, now))
        return OKR_OK;
    ret_joined->what = copy == NULL ? OKR_APPLIED_CREATED : OKR_APPLIED_CHANGED;
    ret_joined->after = now;
    return okr_entity_put(space, copy, now);
}

/* ---- what should not ----------------------------------------------------- */

static bool has_bucket(const struct okr_repair_range *range, uint32_t bucket)
{
    for (size_t i = 0; i < range->n_buckets; i++)
        if (range->buckets[i] == bucket)
            return true;
    return false;
}

/* The rows are in the same order: `*at` moves along. */
static bool is_listed(const struct okr_repair_range *range,
                      const struct okr_place *place, size_t *at)
{
    for (; *at < range->n_rows; ++*at) {
        const struct okr_row *row = &range->rows[*at];
        const struct okr_place listed = {okr_bucket(&row->id), row->id};
        int order = okr_place_cmp(&listed, place);
        if (order >= 0)
            return order == 0;
    }
    return false;
}

static enum okr_err is_younger(const struct okr_space *space,
                               const struct okr_id *id, okr_lsn as_of,
                               bool *ret_younger)
{
    struct okr_record *record;
    OKR_TRY(okr_entity_get(space, id, &record));
    *ret_younger = okr_record_elsn(record) > as_of;
    return OKR_OK;
}

enum okr_err okr_repair_left_over(const struct okr_space *space,
                                  const struct okr_repair_range *range,
                                  struct okr_ids *ret_ids)
{
    struct okr_repair_list list;
    OKR_TRY(okr_repair_list(space, range->scope, &list));
    struct okr_ids ids = {
        .at = okr_arena_array(space->arena, list.n, sizeof *ids.at)};
    if (ids.at == NULL)
        return OKR_ERR_NOMEM;
    size_t row = 0;
    for (size_t i = 0; i < list.n; i++) {
        const struct okr_place *place = &list.at[i];
        bool younger;
        if (okr_place_cmp(place, &range->after) <= 0 ||
            okr_place_cmp(place, &range->to) > 0 ||
            !has_bucket(range, place->bucket) || is_listed(range, place, &row))
            continue;
        OKR_TRY(is_younger(space, &place->id, range->as_of, &younger));
        if (!younger)
            ids.at[ids.n++] = place->id;
    }
    *ret_ids = ids;
    return OKR_OK;
}
