/* Rows: what a server sends of an entity, and what a site makes of it. */
#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/model/value.h"
#include "common/replica/record.h"
#include "common/store/scopes.h"

#define DROP_AT_ONCE 1000 /* rows read at a time */

enum okr_err okr_record_make_row(const struct okr_record *record, okr_lsn since,
                                 struct okr_arena *arena,
                                 struct okr_row *ret_row)
{
    struct okr_row row = {
        .id = record->id,
        .kind = record->kind,
        .elsn = okr_record_elsn(record),
        .all = record->entered > since,
        .regs = okr_arena_array(arena, record->n_regs, sizeof *row.regs),
    };
    if (row.regs == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < record->n_regs; i++)
        if (row.all || record->regs[i].lsn > since)
            row.regs[row.n_regs++] = record->regs[i];
    *ret_row = row;
    return OKR_OK;
}

static okr_lsn home_lsn(const struct okr_record *record)
{
    const struct okr_reg *home = okr_record_reg(record, OKR_F_HOME);
    return home == NULL ? 0 : home->lsn;
}

/* It left the scope.  A copy whose home is younger came back, or lives in
 * another scope that is followed, and stays. */
static enum okr_err row_gone(const struct okr_space *space,
                             const struct okr_row *row, struct okr_record *copy,
                             enum okr_applied *ret_applied)
{
    if (copy == NULL || home_lsn(copy) >= row->elsn)
        return OKR_OK;
    *ret_applied = OKR_APPLIED_GONE;
    return okr_entity_drop(space, copy, row->elsn);
}

static bool newer(const struct okr_record *copy, const struct okr_record *join)
{
    if (copy->n_regs != join->n_regs)
        return true;
    for (size_t i = 0; i < join->n_regs; i++)
        if (copy->regs[i].lsn != join->regs[i].lsn)
            return true;
    return false;
}

/* What the row's scope says of this entity was overtaken at `lsn`, by a word
 * from another scope: until this side's cursor is there too, its copy of the
 * scope is ahead of any state that the server had, and digests say nothing. */
static enum okr_err overtaken(const struct okr_space *space, okr_scope scope,
                              okr_lsn lsn)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(space->txn, scope, &row));
    if (row.met >= lsn)
        return OKR_OK;
    row.met = lsn;
    return okr_scope_put(space->txn, scope, &row);
}

enum okr_err okr_record_row(const struct okr_space *space, okr_scope scope,
                            const struct okr_row *row,
                            struct okr_joined *ret_joined)
{
    OKR_ASSERT(!space->view && scope != 0);
    struct okr_record *copy = NULL;
    enum okr_err err = okr_entity_get(space, &row->id, &copy);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    *ret_joined =
        (struct okr_joined){.what = OKR_APPLIED_NOTHING, .before = copy};
    if (row->gone)
        return row_gone(space, row, copy, &ret_joined->what);
    if (row->kind == OKR_KIND_ANY || (copy != NULL && copy->kind != row->kind))
        return OKR_ERR_FORMAT; /* an entity never changes its kind */
    if (copy == NULL && !row->all)
        return OKR_OK; /* it left meanwhile; what came of it comes whole */
    struct okr_record sent = {.id = row->id,
                              .kind = row->kind,
                              .regs = row->regs,
                              .n_regs = row->n_regs};
    okr_lsn gone;
    OKR_TRY(okr_entity_gone(space, &row->id, &gone));
    /* One that came to its home with the very operation that took it away
     * from the other scope is not older than its leaving. */
    if (copy == NULL && home_lsn(&sent) < gone)
        return overtaken(space, scope, gone);
    struct okr_record *join =
        copy == NULL ? okr_record_with(&sent, NULL, 0, space->arena)
                     : okr_record_join(copy, &sent, space->arena);
    if (join == NULL)
        return OKR_ERR_NOMEM;
    if (okr_record_home(join) != scope)
        OKR_TRY(overtaken(space, scope, home_lsn(join)));
    if (copy != NULL && !newer(copy, join))
        return OKR_OK;
    if (okr_record_home(join) == 0)
        return OKR_ERR_FORMAT; /* the server sent no home: not a copy of it */
    join->entered = home_lsn(join);
    ret_joined->what = copy == NULL ? OKR_APPLIED_CREATED : OKR_APPLIED_CHANGED;
    ret_joined->after = join;
    return okr_entity_put(space, copy, join);
}

enum okr_err okr_record_drop_scope(const struct okr_space *space,
                                   okr_scope scope)
{
    struct okr_changed *rows, last = {.elsn = 0};
    size_t n;
    do {
        OKR_TRY(okr_changed_after(space->txn, scope, last.elsn, &last.id,
                                  DROP_AT_ONCE, space->arena, &rows, &n));
        for (size_t i = 0; i < n; i++) {
            struct okr_record *record;
            if (rows[i].gone)
                continue;
            OKR_TRY(okr_entity_get(space, &rows[i].id, &record));
            OKR_TRY(okr_entity_drop(space, record, 0));
        }
        if (n > 0)
            last = rows[n - 1];
    } while (n > 0);
    uint8_t prefix[4];
    okr_be_put32(prefix, scope);
    OKR_TRY(okr_kv_clear(space->txn, OKR_TABLE_CHANGED,
                         okr_slice_of(prefix, sizeof prefix)));
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(space->txn, scope, &row));
    OKR_ASSERT(row.count == 0);
    row.cursor = row.token_elsn = row.upto = row.met = 0;
    return okr_scope_put(space->txn, scope, &row);
}
