/* Walks a scope's changed-since index: every entity once, as it is now. */
#include "server/core/hub_rows.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/codec/squeeze.h"
#include "server/core/hub_log.h"

enum { ROWS_AT_ONCE = 64 };

enum okr_err okr_hub_row(const struct okr_hub_work *work,
                         const struct okr_id *id, okr_lsn since,
                         struct okr_row *ret_row)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_record *record;
    enum okr_err err = okr_entity_get(&space, id, &record);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_ERR_CORRUPT; /* the index names what is not there */
    OKR_TRY(err);
    return okr_record_make_row(record, since, work->arena, ret_row);
}

static enum okr_err make_row(const struct okr_hub_work *work,
                             const struct okr_changed *changed, okr_lsn since,
                             struct okr_row *ret_row)
{
    if (changed->gone) {
        *ret_row = (struct okr_row){
            .id = changed->id, .elsn = changed->elsn, .gone = true};
        return OKR_OK;
    }
    OKR_TRY(okr_hub_row(work, &changed->id, since, ret_row));
    OKR_ASSERT(ret_row->elsn == changed->elsn);
    return OKR_OK;
}

/* Rows of one operation stand together: its leaf is read once. */
static enum okr_err add_last(const struct okr_hub_work *work,
                             const struct okr_hub_rows *rows,
                             struct okr_row *row)
{
    const struct okr_row *before = rows->n > 0 ? &rows->at[rows->n - 1] : NULL;
    if (before != NULL && before->elsn == row->elsn) {
        row->last = before->last;
        return OKR_OK;
    }
    return okr_hub_log_last(work, row->elsn, &row->last);
}

static enum okr_err add_row(const struct okr_hub_work *work,
                            struct okr_hub_rows *rows,
                            const struct okr_row *row)
{
    if (rows->n == rows->cap) {
        size_t cap = rows->cap == 0 ? ROWS_AT_ONCE : rows->cap * 2;
        struct okr_row *at = okr_arena_array(work->arena, cap, sizeof *at);
        if (at == NULL)
            return OKR_ERR_NOMEM;
        if (rows->n > 0)
            memcpy(at, rows->at, rows->n * sizeof *at);
        rows->at = at;
        rows->cap = cap;
    }
    rows->at[rows->n++] = *row;
    return OKR_OK;
}

enum okr_err okr_hub_rows_take(const struct okr_hub_work *work,
                               const struct okr_hub_walk *walk,
                               struct okr_row *row, struct okr_hub_rows *rows)
{
    OKR_TRY(add_last(work, rows, row));
    size_t bytes = okr_row_size(row, walk->meter);
    bool free = walk->first && rows->n == 0;
    rows->more = !free && rows->bytes + bytes > walk->room;
    if (rows->more)
        return OKR_OK;
    rows->bytes += bytes;
    return add_row(work, rows, row);
}

/* One handful. */
static enum okr_err add_some(const struct okr_hub_work *work,
                             const struct okr_hub_walk *walk,
                             const struct okr_changed *changed, size_t n,
                             struct okr_hub_rows *rows)
{
    for (size_t i = 0; i < n && !rows->more; i++) {
        struct okr_row row;
        OKR_TRY(make_row(work, &changed[i], walk->since, &row));
        OKR_TRY(okr_hub_rows_take(work, walk, &row, rows));
    }
    return OKR_OK;
}

uint8_t okr_hub_dictionary(uint32_t theirs)
{
    return theirs < OKR_DICTIONARY ? (uint8_t)theirs : OKR_DICTIONARY;
}

enum okr_err okr_hub_rows(const struct okr_hub_work *work,
                          const struct okr_hub_walk *walk,
                          struct okr_hub_rows *ret_rows)
{
    OKR_ASSERT(walk->scope != 0 && ret_rows != NULL);
    struct okr_hub_rows rows = {0};
    okr_lsn elsn = walk->after_elsn;
    struct okr_id id = walk->after_id;
    if (elsn == 0) {
        elsn = walk->since;
        memset(id.b, 0xff, sizeof id.b); /* behind all of that lsn */
    }
    struct okr_changed *changed;
    size_t n;
    do {
        OKR_TRY(okr_changed_after(work->txn, walk->scope, elsn, &id,
                                  ROWS_AT_ONCE, work->arena, &changed, &n));
        OKR_TRY(add_some(work, walk, changed, n, &rows));
        if (n > 0) {
            OKR_ASSERT(changed[n - 1].elsn >= elsn);
            elsn = changed[n - 1].elsn;
            id = changed[n - 1].id;
        }
    } while (n == ROWS_AT_ONCE && !rows.more);
    *ret_rows = rows;
    return OKR_OK;
}
