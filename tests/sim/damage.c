/* A copy that is not what the server sent: rows are missing, say something
 * else, or are too many.  Whatever did that (a disk, a restored folder, a
 * mistake of ours), digests have to tell, and a repair has to mend it. */
#include <string.h>

#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/record.h"
#include "tests/sim/damage.h"
#include "tests/sim/check.h"

enum { DAMAGED_MAX = 40 };

static void write_other(struct sim_world *w, const struct okr_space *space,
                        const struct okr_record *record)
{
    static const uint16_t fields[] = {OKR_F_O_TITLE, OKR_F_KR_TITLE};
    for (size_t i = 0; i < 2; i++) {
        const struct okr_reg *reg = okr_record_reg(record, fields[i]);
        if (reg == NULL || reg->form != OKR_REG_VALUE ||
            record->kind != (i == 0 ? OKR_KIND_OBJECTIVE : OKR_KIND_KEY_RESULT))
            continue;
        struct okr_reg other = *reg;
        other.data = OKR_SLICE_LIT("damaged");
        struct okr_record *now =
            okr_record_with(record, &other, 1, space->arena);
        OKR_ASSERT(now != NULL);
        now->entered = record->entered;
        OKR_ASSERT(okr_entity_put(space, record, now) == OKR_OK);
        return;
    }
    (void)w;
}

static void damage_scope(struct sim_world *w, struct okr_kv_txn *txn,
                         okr_scope scope)
{
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    struct okr_id first = {{0}};
    struct okr_changed *rows;
    size_t n;
    OKR_ASSERT(okr_changed_after(txn, scope, 0, &first, 10000, w->scratch,
                                 &rows, &n) == OKR_OK);
    size_t most = 1 + sim_below(w, DAMAGED_MAX);
    for (size_t i = 0; i < most && n > 0; i++) {
        const struct okr_changed *row = &rows[sim_below(w, n)];
        struct okr_record *record;
        if (row->gone ||
            okr_entity_get(&space, &row->id, &record) == OKR_ERR_NOTFOUND)
            continue;
        if (sim_chance(w, 500))
            OKR_ASSERT(okr_entity_drop(&space, record, 0) == OKR_OK);
        else
            write_other(w, &space, record);
    }
}

/* The directory stays: without it a site knows neither what it follows nor
 * who may do what. */
static bool may_be_damaged(okr_scope scope, const struct okr_scope_row *row)
{
    return scope != OKR_SCOPE_COMPANY && scope < SIM_SCOPES_MAX &&
           row->followed && row->cursor > 0;
}

void sim_damage(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    okr_scope *scopes;
    size_t n;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, true, &txn) == OKR_OK);
    OKR_ASSERT(okr_scope_all(txn, w->scratch, &scopes, &n) == OKR_OK);
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row row, after;
        OKR_ASSERT(okr_scope_get(txn, scopes[i], &row) == OKR_OK);
        if (!may_be_damaged(scopes[i], &row) || !sim_chance(w, 400))
            continue;
        damage_scope(w, txn, scopes[i]);
        OKR_ASSERT(okr_scope_get(txn, scopes[i], &after) == OKR_OK);
        if (okr_digest_eq(&row.digest, &after.digest))
            continue;
        site->damaged[scopes[i]] = true;
        w->counts->damaged++;
    }
    OKR_ASSERT(okr_kv_commit(&txn) == OKR_OK);
    okr_arena_reset(w->scratch);
}

/* ---- histories ----------------------------------------------------------- */

void sim_ask_history(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    struct okr_ids ids;
    struct okr_site_event event = {.kind = OKR_SITE_HISTORY};
    uint16_t kind =
        sim_chance(w, 500) ? OKR_KIND_KEY_RESULT : OKR_KIND_OBJECTIVE;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &txn) == OKR_OK);
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    OKR_ASSERT(okr_index_kind(&space, kind, &ids) == OKR_OK);
    if (ids.n > 0)
        event.id = ids.at[sim_below(w, ids.n)];
    okr_kv_abort(&txn);
    if (ids.n > 0)
        sim_site_step(w, site, &event);
}

/* What was told of an entity is what the server has marked; and where it is
 * told from the beginning, it begins with its making. */
void sim_check_history(struct sim_world *w, struct sim_site *site,
                       const struct okr_fx *fx)
{
    struct okr_kv_txn *txn;
    struct okr_history *marks;
    size_t n, at = 0;
    if (fx->msg == NULL)
        return;
    const struct okr_history_page *page = &fx->msg->u.history_page;
    OKR_ASSERT(okr_kv_begin(w->server.disk.mem, false, &txn) == OKR_OK);
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    OKR_ASSERT(okr_history_get(&space, &fx->id, &marks, &n) == OKR_OK);
    for (size_t i = 0; i < page->n_rows; i++) {
        while (at < n && marks[at].lsn < page->rows[i].lsn)
            at++;
        if (at == n || marks[at].lsn != page->rows[i].lsn)
            sim_fail(w, 3, "site %d was told of a change that never was",
                     site->index);
    }
    okr_kv_abort(&txn);
    w->counts->histories += page->n_rows > 0;
}
