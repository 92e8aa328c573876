/* What must hold at the server after every commit: the log, the answers, the
 * shape of the tree, where things live. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/replica/home.h"
#include "common/store/check.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "common/tlog/tree.h"
#include "tests/sim/check.h"

/* 1, 5: every index row, digest and seal follows from the entities. */
static void take_damage(void *context, const struct okr_damage *damage)
{
    struct sim_world *w = context;
    sim_fail(w, 5, "table %s: %s", okr_table_name(damage->table), damage->what);
}

void sim_check_tables(struct sim_world *w, struct okr_kv_txn *txn)
{
    struct okr_damage_sink sink = {take_damage, w};
    OKR_ASSERT(okr_store_check(txn, &sink) == OKR_OK);
}

static struct sim_tips *tips_of(struct sim_world *w, okr_scope scope)
{
    OKR_ASSERT(scope < SIM_SCOPES_MAX);
    return &w->tips[scope];
}

static void add_tip(struct sim_world *w, okr_scope scope,
                    const struct okr_scope_row *row)
{
    struct sim_tips *tips = tips_of(w, scope);
    if (tips->n > 0 && tips->at[tips->n - 1].head == row->head) {
        if (!okr_digest_eq(&tips->at[tips->n - 1].digest, &row->digest))
            sim_fail(w, 12, "scope %u changed without a new head", scope);
        return;
    }
    if (tips->n == tips->cap) {
        tips->cap = tips->cap == 0 ? 64 : tips->cap * 2;
        tips->at = realloc(tips->at, tips->cap * sizeof *tips->at);
        OKR_ASSERT(tips->at != NULL);
    }
    tips->at[tips->n++] = (struct sim_tip){row->head, row->digest};
}

/* Keeps the state of every scope as it is inside a turn: a page that is made
 * between two pushes of one turn shows it.  A turn that fails takes its tips
 * back (sim_drop_tips). */
void sim_keep_tips(struct sim_world *w, struct okr_kv_txn *txn)
{
    for (okr_scope scope = 1; scope < SIM_SCOPES_MAX; scope++) {
        struct okr_scope_row row;
        if (okr_scope_get(txn, scope, &row) != OKR_OK)
            return; /* the armed fault fell on our own reading */
        if (row.head > 0)
            add_tip(w, scope, &row);
    }
}

void sim_drop_tips(struct sim_world *w)
{
    for (okr_scope scope = 0; scope < SIM_SCOPES_MAX; scope++)
        w->tips[scope].n = w->tips[scope].n_committed;
}

static void commit_tips(struct sim_world *w)
{
    for (okr_scope scope = 0; scope < SIM_SCOPES_MAX; scope++)
        w->tips[scope].n_committed = w->tips[scope].n;
}

/* The state of a scope at `lsn`: its last tip that is not later. */
const struct sim_tip *sim_tip_at(const struct sim_world *w, okr_scope scope,
                                 okr_lsn lsn)
{
    const struct sim_tips *tips = &w->tips[scope];
    size_t from = 0, to = tips->n; /* the first one later is in [from, to] */
    OKR_ASSERT(scope < SIM_SCOPES_MAX);
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (tips->at[middle].head <= lsn)
            from = middle + 1;
        else
            to = middle;
    }
    return from == 0 ? NULL : &tips->at[from - 1];
}

/* 22, 20: no circle through it, and it is where its chain says. */
static void check_entity(struct sim_world *w, struct okr_kv_txn *txn,
                         const struct okr_id *id)
{
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    struct okr_draft draft;
    struct okr_record *record, *at;
    struct okr_id up;
    okr_scope home;
    OKR_ASSERT(okr_draft_init(&draft, &space) == OKR_OK);
    if (okr_entity_get(&space, id, &record) != OKR_OK) {
        sim_fail(w, 5, "an entity that the log names is not there");
        return;
    }
    if (okr_home_of(&draft, record, &home) != OKR_OK ||
        home != okr_record_home(record))
        sim_fail(w, 20, "%s lives in %u and belongs to %u",
                 okr_kind_info(record->kind)->word, okr_record_home(record),
                 home);
    struct okr_ids children;
    OKR_ASSERT(okr_index_children(&space, id, 0, &children) == OKR_OK);
    for (size_t i = 0; i < children.n; i++) {
        OKR_ASSERT(okr_entity_get(&space, &children.at[i], &at) == OKR_OK);
        if (okr_home_of(&draft, at, &home) != OKR_OK ||
            home != okr_record_home(at))
            sim_fail(w, 20, "%s lives in %u, and what it hangs on in %u",
                     okr_kind_info(at->kind)->word, okr_record_home(at), home);
    }
    at = record;
    for (int level = 0; level <= 2 * OKR_DEPTH_MAX; level++) {
        uint16_t field = at->kind == OKR_KIND_OBJECTIVE ? OKR_F_CONTRIBUTES_TO
                         : at->kind == OKR_KIND_KEY_RESULT ? OKR_F_KR_OBJECTIVE
                         : at->kind == OKR_KIND_UNIT       ? OKR_F_UNIT_PARENT
                                                           : 0;
        if (field == 0 || !okr_record_id(at, field, &up) ||
            okr_entity_get(&space, &up, &at) != OKR_OK)
            return;
    }
    sim_fail(w, 22, "a circle in the hierarchy");
}

static bool text_is_kept(struct sim_world *w, struct okr_kv_txn *txn,
                         const struct okr_payload *payload,
                         const struct okr_change *change)
{
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    struct okr_record *record;
    struct okr_ids ids;
    if (okr_entity_get(&space, &payload->entity, &record) == OKR_OK &&
        okr_slice_eq(okr_record_text(record, change->field), change->data))
        return true;
    OKR_ASSERT(okr_index_children(&space, &payload->entity, OKR_KIND_CONFLICT,
                                  &ids) == OKR_OK);
    for (size_t i = 0; i < ids.n; i++)
        if (okr_entity_get(&space, &ids.at[i], &record) == OKR_OK &&
            okr_slice_eq(okr_record_text(record, OKR_F_MINE), change->data))
            return true;
    return false;
}

/* 23, 21: what a conflict keeps, and who is in conflict with whom. */
static void check_conflict(struct sim_world *w, struct okr_kv_txn *txn,
                           const struct okr_op_header *header)
{
    struct okr_slice salt, bytes;
    struct okr_payload *payload;
    w->counts->conflicts++;
    OKR_ASSERT(okr_oplog_payload(txn, &header->commit, &salt, &bytes) ==
               OKR_OK);
    OKR_ASSERT(okr_payload_decode(bytes, w->scratch, &payload) == OKR_OK);
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].form == OKR_REG_VALUE &&
            w->server.leaves_fresh == 1 &&
            !text_is_kept(w, txn, payload, &payload->changes[i]))
            sim_fail(w, 23, "a text that met another one is lost");
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    struct okr_ids ids;
    OKR_ASSERT(okr_index_children(&space, &payload->entity, OKR_KIND_CONFLICT,
                                  &ids) == OKR_OK);
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *conflict;
        struct okr_id mine, theirs;
        OKR_ASSERT(okr_entity_get(&space, &ids.at[i], &conflict) == OKR_OK);
        if (okr_record_id(conflict, OKR_F_MINE_AUTHOR, &mine) &&
            okr_record_id(conflict, OKR_F_THEIRS_AUTHOR, &theirs) &&
            okr_id_eq(&mine, &theirs) &&
            okr_record_int(conflict, OKR_F_CF_FIELD, 0) != OKR_F_ARCHIVED &&
            !okr_record_archived(conflict) &&
            sim_only_author(w, txn, payload, &mine))
            sim_fail(w, 21, "somebody is in conflict with himself");
    }
}

static void check_leaf(struct sim_world *w, struct okr_kv_txn *txn,
                       uint64_t index)
{
    struct okr_slice bytes;
    struct okr_leaf leaf;
    struct okr_op_body body;
    struct okr_op_header header;
    OKR_ASSERT(okr_oplog_leaf(txn, index, &bytes) == OKR_OK);
    bytes = okr_arena_copy(w->scratch, bytes);
    if (okr_layout_leaf_read(bytes, &leaf) != OKR_OK || leaf.index != index) {
        sim_fail(w, 1, "leaf %llu is not in its place",
                 (unsigned long long)index);
        return;
    }
    if (leaf.time < w->server.leaf_time)
        sim_fail(w, 1, "the log's time goes back");
    w->server.leaf_time = leaf.time;
    if (okr_layout_op_body_read(leaf.body, &body) != OKR_OK)
        return;
    okr_layout_op_header_read(body.header, &header);
    enum okr_outcome outcome = (enum okr_outcome)(leaf.result / 256);
    w->counts->outcome[outcome]++;
    if (outcome == OKR_OUTCOME_REJECTED)
        w->counts->rule[leaf.result % 256]++;
    sim_saved_decided(w, &body, &header, outcome);
    if (outcome == OKR_OUTCOME_CONFLICT)
        check_conflict(w, txn, &header);
    struct okr_slice rest = body.effects;
    struct okr_effect effect;
    rest = okr_slice_sub(rest, 4, rest.len - 4);
    while (okr_layout_effect_next(&rest, &effect)) {
        if (effect.field == OKR_F_HOME && effect.replaced != 0)
            w->counts->moves++;
        if (effect.field == OKR_F_CF_STATE && effect.replaced != 0)
            w->counts->resolved++;
        check_entity(w, txn, &effect.entity);
    }
}

/* 30: the root that proofs are made from is the root of the leaves. */
static enum okr_err no_put(void *context, uint64_t index,
                           const struct okr_hash *hash)
{
    (void)context, (void)index, (void)hash;
    return OKR_ERR_DENIED;
}

static enum okr_err get_node(void *context, uint64_t index,
                             struct okr_hash *ret)
{
    return okr_oplog_node(context, index, ret);
}

static void check_inclusion(struct sim_world *w, struct okr_kv_txn *txn,
                            uint64_t size)
{
    struct okr_tlog_nodes nodes = {get_node, no_put, txn};
    struct okr_tlog_proof proof;
    struct okr_hash root;
    struct okr_slice leaf;
    uint64_t index = sim_below(w, size);
    OKR_ASSERT(okr_tlog_root(&nodes, size, &root) == OKR_OK);
    OKR_ASSERT(okr_tlog_inclusion(&nodes, index, size, &proof) == OKR_OK);
    OKR_ASSERT(okr_oplog_leaf(txn, index, &leaf) == OKR_OK);
    struct okr_hash hash = okr_tlog_leaf_hash(leaf);
    if (!okr_tlog_inclusion_holds(&hash, index, size, &proof, &root))
        sim_fail(w, 30, "leaf %llu is not under the root",
                 (unsigned long long)index);
    w->counts->proofs++;
}

bool sim_root_at(struct sim_world *w, uint64_t size, struct okr_hash *ret_root)
{
    struct okr_kv_txn *txn;
    OKR_ASSERT(okr_kv_begin(w->server.disk.mem, false, &txn) == OKR_OK);
    struct okr_tlog_nodes nodes = {get_node, no_put, txn};
    bool known = okr_tlog_root(&nodes, size, ret_root) == OKR_OK;
    okr_kv_abort(&txn);
    return known;
}

/* Who is revoked is what the store says, as for the daemon: the effect that
 * tells it is lost where the outcome of its commit was unknown. */
static void look_for_revoked(struct sim_world *w, struct okr_kv_txn *txn)
{
    struct okr_space space = {.txn = txn, .arena = w->scratch};
    for (int i = 0; i < w->n_sites; i++) {
        struct okr_record *site;
        if (!w->sites[i].enrolled ||
            okr_entity_get(&space, &w->sites[i].id, &site) != OKR_OK)
            continue;
        if (okr_record_enum(site, OKR_F_SITE_STATE, 0) !=
            OKR_V_KEY_STATE_REVOKED)
            continue;
        if (!w->sites[i].revoked) /* the XPUB socket is new after a restart */
            w->sites[i].n_subscribed = w->sites[i].beat = 0;
        w->sites[i].revoked = true;
    }
}

void sim_check_server(struct sim_world *w)
{
    struct okr_kv_txn *txn;
    uint64_t size;
    okr_arena_reset(w->scratch);
    OKR_ASSERT(okr_kv_begin(w->server.disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_oplog_size(txn, &size) == OKR_OK);
    if (size < w->server.leaves_checked)
        sim_fail(w, 10, "acknowledged leaves are gone");
    w->server.leaves_fresh = size - w->server.leaves_checked;
    if (w->server.leaves_fresh > 0)
        look_for_revoked(w, txn);
    sim_keep_tips(w, txn);
    commit_tips(w);
    while (w->server.leaves_checked < size && w->failed == 0)
        check_leaf(w, txn, w->server.leaves_checked++);
    if (w->server.leaves_fresh > 0 && size > 0 && sim_chance(w, 50))
        check_inclusion(w, txn, size);
    if (w->server.leaves_fresh > 0 && sim_chance(w, 10))
        sim_check_tables(w, txn);
    okr_kv_abort(&txn);
    okr_arena_reset(w->scratch);
}
