/* What must hold at a site after every commit: cursors, copies, the view. */
#include <string.h>

#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/meta.h"
#include "tests/sim/check.h"

/* 2: within an epoch a cursor never goes back, but where a scope is dropped
 * and pulled anew, which never happens without damage. */
static void check_cursor(struct sim_world *w, struct sim_site *site,
                         okr_scope scope, const struct okr_scope_row *row)
{
    size_t i = 0;
    while (i < site->n_cursors && site->cursor_scopes[i] != scope)
        i++;
    if (i == site->n_cursors) {
        OKR_ASSERT(site->n_cursors < 64);
        site->cursor_scopes[site->n_cursors] = scope;
        site->cursors[site->n_cursors++] = 0;
    }
    if (row->followed && row->cursor < site->cursors[i])
        sim_fail(w, 2,
                 "site %d: cursor of scope %u went back from %llu to "
                 "%llu",
                 site->index, scope, (unsigned long long)site->cursors[i],
                 (unsigned long long)row->cursor);
    site->cursors[i] = row->followed ? row->cursor : 0;
}

/* Says which entities differ, as the server has them now. */
static void explain(struct sim_world *w, struct sim_site *site, okr_scope scope)
{
    struct okr_kv_txn *there, *here;
    struct okr_trace trace = sim_trace(w);
    OKR_ASSERT(okr_kv_begin(w->server.disk.mem, false, &there) == OKR_OK);
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &here) == OKR_OK);
    struct okr_space spaces[2] = {{.txn = there, .arena = w->scratch},
                                  {.txn = here, .arena = w->scratch}};
    for (int side = 0; side < 2; side++) {
        struct okr_changed *rows;
        struct okr_id first = {{0}};
        size_t n;
        OKR_ASSERT(okr_changed_after(spaces[side].txn, scope, 0, &first, 100000,
                                     w->scratch, &rows, &n) == OKR_OK);
        for (size_t i = 0; i < n; i++) {
            struct okr_record *a = NULL, *b = NULL;
            char hex[OKR_ID_HEX];
            okr_id_hex(&rows[i].id, hex);
            bool has_a = okr_entity_get(&spaces[0], &rows[i].id, &a) == OKR_OK;
            bool has_b = okr_entity_get(&spaces[1], &rows[i].id, &b) == OKR_OK;
            okr_lsn elsn_a = has_a ? okr_record_elsn(a) : 0;
            okr_lsn elsn_b = has_b ? okr_record_elsn(b) : 0;
            okr_scope home_a = has_a ? okr_record_home(a) : 0;
            okr_scope home_b = has_b ? okr_record_home(b) : 0;
            if (elsn_a == elsn_b && home_a == home_b)
                continue;
            struct okr_history *past;
            size_t n_past;
            OKR_ASSERT(okr_history_get(&spaces[0], &rows[i].id, &past,
                                       &n_past) == OKR_OK);
            for (size_t k = 0; k < n_past; k++)
                okr_trace(&trace, "  written at %llu",
                          (unsigned long long)past[k].lsn);
            okr_trace(&trace,
                      "differs %s: server home %u elsn %llu, site home %u "
                      "elsn %llu; row %s at %llu",
                      hex, home_a, (unsigned long long)elsn_a, home_b,
                      (unsigned long long)elsn_b,
                      rows[i].gone ? "gone" : "live",
                      (unsigned long long)rows[i].elsn);
        }
    }
    okr_kv_abort(&there);
    okr_kv_abort(&here);
}

/* 3, 4, 6: with nothing newer here, the copy at a cursor is the server's
 * state at that lsn, to the last byte. */
static void check_copy(struct sim_world *w, struct sim_site *site,
                       okr_scope scope, const struct okr_scope_row *row)
{
    if (!row->followed || row->cursor == 0 || row->token_elsn != 0 ||
        row->met > row->cursor)
        return;
    const struct sim_tip *tip = sim_tip_at(w, scope, row->cursor);
    w->counts->digests++;
    if (tip != NULL && okr_digest_eq(&tip->digest, &row->digest)) {
        w->counts->repaired += site->damaged[scope];
        site->damaged[scope] = false;
        return;
    }
    if (site->damaged[scope])
        return; /* it has to be noticed, and mended before the end */
    explain(w, site, scope);
    sim_fail(w, 3, "site %d: scope %u at %llu is not what the server had",
             site->index, scope, (unsigned long long)row->cursor);
}

/* 16: the view is what a rebuild from scratch gives. */
static struct okr_hash hash_table(struct sim_world *w, struct okr_kv_txn *txn,
                                  enum okr_table table)
{
    struct okr_buf all;
    struct okr_kv_iter it;
    okr_buf_init(&all, w->scratch);
    okr_kv_scan(txn, table, OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it)) {
        okr_buf_block(&all, it.key);
        okr_buf_block(&all, it.value);
    }
    OKR_ASSERT(okr_kv_iter_close(&it) == OKR_OK && all.err == OKR_OK);
    return okr_sha256(okr_buf_slice(&all));
}

static void check_view(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    struct okr_effects fx;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, true, &txn) == OKR_OK);
    struct okr_hash entities = hash_table(w, txn, OKR_TABLE_VIEW_ENTITY);
    struct okr_hash index = hash_table(w, txn, OKR_TABLE_VIEW_INDEX);
    okr_effects_init(&fx, w->scratch);
    struct okr_turn turn = {site->core, txn, &fx, w->scratch, w->now};
    struct okr_view made;
    okr_view_init(&made);
    OKR_ASSERT(okr_site_view_make(&turn, &made) == OKR_OK);
    okr_view_free(&made);
    struct okr_hash again = hash_table(w, txn, OKR_TABLE_VIEW_ENTITY);
    struct okr_hash index_again = hash_table(w, txn, OKR_TABLE_VIEW_INDEX);
    okr_kv_abort(&txn);
    w->counts->views++;
    if (!okr_hash_eq(&entities, &again) || !okr_hash_eq(&index, &index_again))
        sim_fail(w, 16, "site %d: the view is not confirmed plus pending",
                 site->index);
}

void sim_check_site(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    okr_scope *scopes;
    size_t n;
    okr_arena_reset(w->scratch);
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_scope_all(txn, w->scratch, &scopes, &n) == OKR_OK);
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row row;
        OKR_ASSERT(okr_scope_get(txn, scopes[i], &row) == OKR_OK);
        check_cursor(w, site, scopes[i], &row);
        check_copy(w, site, scopes[i], &row);
    }
    sim_check_kept(w, site, txn);
    if (sim_chance(w, 5))
        sim_check_tables(w, txn);
    okr_kv_abort(&txn);
    check_view(w, site);
    okr_arena_reset(w->scratch);
}

/* All that it follows is here, as far as the server has it. */
bool sim_caught_up(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    okr_scope *scopes;
    size_t n;
    bool here = true;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_scope_all(txn, w->scratch, &scopes, &n) == OKR_OK);
    for (size_t i = 0; i < n && here; i++) {
        struct okr_scope_row row;
        OKR_ASSERT(okr_scope_get(txn, scopes[i], &row) == OKR_OK);
        const struct sim_tip *tip = sim_tip_at(w, scopes[i], OKR_LSN_PENDING);
        here = !row.followed || tip == NULL || row.cursor >= tip->head;
    }
    okr_kv_abort(&txn);
    okr_arena_reset(w->scratch);
    return here;
}

bool sim_says_live(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    struct okr_site_state state;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_site_state(site->core, txn, &state) == OKR_OK);
    okr_kv_abort(&txn);
    okr_arena_reset(w->scratch);
    return state.link == OKR_LINK_LIVE;
}

/* Nothing is on its way any more: outboxes are empty, cursors at the heads. */
static bool site_quiet(struct sim_world *w, struct sim_site *site)
{
    struct okr_kv_txn *txn;
    struct okr_site_state state;
    if (!site->up)
        return false;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_site_state(site->core, txn, &state) == OKR_OK);
    okr_kv_abort(&txn);
    return site->revoked ||
           (state.pending == 0 && state.link == OKR_LINK_LIVE &&
            sim_caught_up(w, site));
}

bool sim_quiet(struct sim_world *w)
{
    for (int i = 0; i < w->n_sites; i++)
        if (!site_quiet(w, &w->sites[i]))
            return false;
    return w->server.up;
}

void sim_check_end(struct sim_world *w)
{
    if (!sim_quiet(w)) {
        sim_fail(w, 27, "three hours after all healed it is still not quiet");
        return;
    }
    sim_check_answered(w);
    for (int i = 0; i < w->n_sites; i++)
        for (okr_scope scope = 0; scope < SIM_SCOPES_MAX; scope++)
            if (w->sites[i].damaged[scope] && !w->sites[i].revoked)
                sim_fail(w, 4, "site %d: scope %u is still damaged", i, scope);
    for (int i = 0; i < w->n_sites && w->failed == 0; i++) {
        struct okr_kv_txn *txn;
        sim_check_site(w, &w->sites[i]);
        check_view(w, &w->sites[i]);
        OKR_ASSERT(okr_kv_begin(w->sites[i].disk.mem, false, &txn) == OKR_OK);
        sim_check_tables(w, txn);
        okr_kv_abort(&txn);
        okr_arena_reset(w->scratch);
    }
}
