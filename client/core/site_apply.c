/* Rows become the confirmed copy, its history, and what `watch` tells. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/replica/repair.h"

/* Do its registers come from more than one operation? */
static bool several(const struct okr_row *row)
{
    for (size_t i = 1; i < row->n_regs; i++)
        if (row->regs[i].lsn != row->regs[0].lsn)
            return true;
    return false;
}

static enum okr_err history_of(struct okr_turn *turn, const struct okr_row *row,
                               const struct okr_joined *joined, bool page,
                               struct okr_history **ret_history)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_history *history = okr_arena_alloc(turn->arena, sizeof *history);
    if (history == NULL)
        return OKR_ERR_NOMEM;
    history->lsn = row->elsn;
    history->last = row->last;
    history->collapsed = page || several(row);
    OKR_TRY(
        okr_history_diff(joined->before, joined->after, turn->arena, history));
    OKR_TRY(okr_history_put(&space, &row->id, history));
    *ret_history = history;
    return OKR_OK;
}

static enum okr_err tell(struct okr_turn *turn, const struct okr_row *row,
                         okr_scope scope, const struct okr_history *history)
{
    struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_CHANGED);
    OKR_ASSERT(row->gone == (history == NULL));
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->id = row->id;
    fx->scope = scope;
    fx->lsn = row->elsn;
    fx->row = row;
    fx->history = history;
    return OKR_OK;
}

static void say_row(const struct okr_site *site, const struct okr_row *row,
                    okr_scope scope, enum okr_applied what)
{
    static const char *const words[] = {
        [OKR_APPLIED_NOTHING] = "nothing new",
        [OKR_APPLIED_CHANGED] = "changed",
        [OKR_APPLIED_CREATED] = "created",
        [OKR_APPLIED_GONE] = "gone",
    };
    char hex[OKR_ID_HEX];
    if (site->conf.trace.line == NULL)
        return;
    okr_id_hex(&row->id, hex);
    okr_trace(&site->conf.trace, "row %s scope %u at %llu%s%s: %s", hex + 20,
              scope, (unsigned long long)row->elsn, row->all ? " all" : "",
              row->gone ? " gone" : "", words[what]);
}

static enum okr_err apply_one(struct okr_turn *turn, const struct okr_row *row,
                              const struct okr_site_rows *rows)
{
    struct okr_site *site = turn->site;
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_joined joined;
    struct okr_history *history = NULL;
    enum okr_err err =
        rows->replace
            ? okr_repair_row(&space, rows->scope, rows->as_of, row, &joined)
            : okr_record_row(&space, rows->scope, row, &joined);
    if (err == OKR_ERR_FORMAT)
        return okr_site_raise(turn, OKR_SITE_ALARM_ODD);
    OKR_TRY(err);
    say_row(site, row, rows->scope, joined.what);
    if (joined.what == OKR_APPLIED_NOTHING)
        return OKR_OK;
    site->view.moved = site->settle_due = true;
    if (row->kind == OKR_KIND_UNIT || row->kind == OKR_KIND_SITE ||
        row->kind == OKR_KIND_POLICY || row->gone)
        site->follow_due |= rows->scope == OKR_SCOPE_COMPANY;
    if (joined.what != OKR_APPLIED_GONE)
        OKR_TRY(history_of(turn, row, &joined, rows->page, &history));
    return tell(turn, row, rows->scope, history);
}

enum okr_err okr_site_apply(struct okr_turn *turn,
                            const struct okr_site_rows *rows)
{
    OKR_ASSERT(rows->scope != 0 && (rows->rows != NULL || rows->n == 0));
    for (size_t i = 0; i < rows->n; i++)
        OKR_TRY(apply_one(turn, &rows->rows[i], rows));
    return OKR_OK;
}

enum okr_err okr_site_drop(struct okr_turn *turn, okr_scope scope,
                           const struct okr_id *id)
{
    struct okr_site *site = turn->site;
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_record *record;
    struct okr_row *row = okr_arena_alloc(turn->arena, sizeof *row);
    if (row == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_entity_get(&space, id, &record));
    *row = (struct okr_row){.id = *id,
                            .kind = record->kind,
                            .elsn = okr_record_elsn(record),
                            .gone = true};
    say_row(site, row, scope, OKR_APPLIED_GONE);
    OKR_TRY(okr_entity_drop(&space, record, 0));
    site->view.moved = site->settle_due = true;
    site->follow_due |= scope == OKR_SCOPE_COMPANY;
    return tell(turn, row, scope, NULL);
}
