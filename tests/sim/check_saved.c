/* What a person was told is saved: it is never lost, never done twice, and
 * the operations of one incarnation are done in order (7, 8, 9). */
#include <stdlib.h>
#include <string.h>

#include "client/store/outbox.h"
#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/store/peers.h"
#include "tests/sim/check.h"

static struct sim_saved *find(struct sim_world *w, const struct okr_id *op)
{
    for (size_t i = w->n_saved; i-- > 0;)
        if (okr_id_eq(&w->saved[i].op, op))
            return &w->saved[i];
    return NULL;
}

void sim_check_saved(struct sim_world *w, struct sim_site *site,
                     const struct okr_op *op)
{
    struct okr_payload *payload;
    if (w->n_saved == w->cap_saved) {
        w->cap_saved = w->cap_saved == 0 ? 256 : w->cap_saved * 2;
        w->saved = realloc(w->saved, w->cap_saved * sizeof *w->saved);
        OKR_ASSERT(w->saved != NULL);
    }
    OKR_ASSERT(okr_payload_decode(op->payload, w->scratch, &payload) == OKR_OK);
    w->saved[w->n_saved++] =
        (struct sim_saved){.op = op->id,
                           .entity = payload->entity,
                           .makes = okr_verb_info(op->verb)->makes,
                           .site = site->index};
    site->saved++;
}

void sim_check_unsure(struct sim_world *w, struct sim_site *site,
                      const struct okr_op *op)
{
    struct okr_kv_txn *txn;
    okr_lsn lsn;
    OKR_ASSERT(okr_kv_begin(site->disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_oplog_op(txn, &op->id, &lsn) == OKR_OK);
    okr_kv_abort(&txn);
    if (lsn != 0)
        sim_check_saved(w, site, op);
}

bool sim_check_unseen(struct sim_world *w, struct okr_id *ret_id)
{
    for (size_t i = w->n_saved; i-- > 0;)
        if (w->saved[i].makes && w->saved[i].leaves == 0) {
            *ret_id = w->saved[i].entity;
            return true;
        }
    return false;
}

/* 15: whatever became of it, its sequence is used up. */
static void check_consumed(struct sim_world *w, const struct okr_op_body *body)
{
    struct okr_kv_txn *txn;
    struct okr_peer peer;
    OKR_ASSERT(okr_kv_begin(w->server.disk.mem, false, &txn) == OKR_OK);
    OKR_ASSERT(okr_peer_get(txn, &body->site, body->incarnation, &peer) ==
               OKR_OK);
    okr_kv_abort(&txn);
    if (peer.last_seq < body->seq)
        sim_fail(w, 15, "sequence %llu has its leaf and is not used up",
                 (unsigned long long)body->seq);
}

void sim_saved_decided(struct sim_world *w, const struct okr_op_body *body,
                       const struct okr_op_header *header,
                       enum okr_outcome outcome)
{
    struct sim_saved *saved = find(w, &header->op);
    if (saved == NULL)
        return; /* the server's own */
    if (outcome == OKR_OUTCOME_PARKED) {
        if (saved->parked || saved->leaves > 0)
            sim_fail(w, 7, "an operation was parked twice");
        saved->parked = true;
        return;
    }
    check_consumed(w, body);
    if (saved->parked)
        w->counts->unparked++;
    saved->outcome = outcome;
    if (++saved->leaves > 1)
        sim_fail(w, 7, "an operation of site %d was done twice", saved->site);
    struct sim_site *site = &w->sites[saved->site];
    if (saved->parked)
        return;
    if (body->incarnation == site->last_incarnation &&
        body->seq <= site->last_seq)
        sim_fail(w, 9, "site %d: sequence %llu was done after %llu",
                 saved->site, (unsigned long long)body->seq,
                 (unsigned long long)site->last_seq);
    site->last_incarnation = body->incarnation;
    site->last_seq = body->seq;
}

static uint64_t rows(struct okr_kv_txn *txn, enum okr_table table)
{
    uint64_t n;
    OKR_ASSERT(okr_kv_count(txn, table, &n) == OKR_OK);
    return n;
}

/* 8: each saved operation is in the outbox, or sent, or refused. */
void sim_check_kept(struct sim_world *w, struct sim_site *site,
                    struct okr_kv_txn *txn)
{
    uint64_t kept = rows(txn, OKR_TABLE_OUTBOX) + rows(txn, OKR_TABLE_SENT) +
                    rows(txn, OKR_TABLE_REFUSED);
    if (kept != site->saved)
        sim_fail(w, 8, "site %d: %llu operations saved, %llu are left",
                 site->index, (unsigned long long)site->saved,
                 (unsigned long long)kept);
}

bool sim_only_author(struct sim_world *w, struct okr_kv_txn *txn,
                     const struct okr_payload *payload,
                     const struct okr_id *person)
{
    struct okr_kv_iter it;
    bool only = true;
    okr_kv_scan(txn, OKR_TABLE_HISTORY, okr_id_slice(&payload->entity),
                OKR_SLICE_NONE, &it);
    while (okr_kv_iter_next(&it)) {
        uint64_t index = okr_be_get64(it.key.data + OKR_ID_LEN) - 1;
        struct okr_slice bytes;
        struct okr_leaf leaf;
        struct okr_op_body body;
        struct okr_op_header header;
        OKR_ASSERT(okr_oplog_leaf(txn, index, &bytes) == OKR_OK);
        OKR_ASSERT(okr_layout_leaf_read(bytes, &leaf) == OKR_OK);
        OKR_ASSERT(okr_layout_op_body_read(leaf.body, &body) == OKR_OK);
        okr_layout_op_header_read(body.header, &header);
        only = only && okr_id_eq(&header.person, person);
    }
    OKR_ASSERT(okr_kv_iter_close(&it) == OKR_OK);
    (void)w;
    return only;
}

/* At the end, all healed: every saved operation has its one final leaf. */
void sim_check_answered(struct sim_world *w)
{
    for (size_t i = 0; i < w->n_saved; i++) {
        const struct sim_saved *saved = &w->saved[i];
        if (saved->leaves != 1 && !w->sites[saved->site].revoked)
            sim_fail(w, 8, "an operation of site %d has no final answer",
                     saved->site);
    }
}
