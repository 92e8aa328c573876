/* What comes from beside: nonsense on the wire, somebody who asks for proofs,
 * an admin who revokes a site in the middle of everything. */
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/tlog/checkpoint.h"
#include "tests/sim/damage.h"
#include "tests/sim/check.h"

/* A frame that no program of ours makes; what decodes by chance is fine too. */
static void talk_nonsense(struct sim_world *w, const struct sim_site *site)
{
    uint8_t frame[200];
    size_t len = 1 + sim_below(w, sizeof frame);
    sim_bytes(w, frame, len);
    if (sim_chance(w, 700) && len >= OKR_WIRE_HEADER) {
        frame[0] = OKR_WIRE_VERSION;
        frame[1] = (uint8_t)(1 + sim_below(w, 20));
    }
    sim_send(w, site->index, -1, site->link, okr_slice_of(frame, len));
}

static void ask_proof(struct sim_world *w, const struct sim_site *site)
{
    uint64_t size = w->server.leaves_checked;
    bool inclusion = sim_chance(w, 500);
    struct okr_msg msg = {.type = OKR_MSG_PROOF,
                          .u.proof = {.inclusion = inclusion,
                                      .from = 1 + sim_below(w, size),
                                      .index = sim_below(w, size)}};
    struct okr_buf frame;
    okr_buf_init(&frame, w->scratch);
    okr_msg_encode(&msg, &frame);
    OKR_ASSERT(frame.err == OKR_OK);
    sim_send(w, site->index, -1, site->link, okr_buf_slice(&frame));
}

/* 30: the checkpoint is signed, and the proof leads to its root. */
void sim_probe_answer(struct sim_world *w, const struct okr_msg *msg)
{
    const struct okr_proved *proved = &msg->u.proved;
    struct okr_pk pk = okr_sk_public(w->server.log_key);
    static struct okr_note note;
    if (okr_note_parse(proved->checkpoint, &note) != OKR_OK ||
        !okr_note_signed_by(&note, &pk)) {
        sim_fail(w, 30, "a checkpoint that is not signed by the log");
        return;
    }
    struct okr_tlog_proof proof = {.n = proved->n_hash};
    if (proved->n_hash > 0)
        memcpy(proof.hash, proved->hash, proved->n_hash * sizeof *proved->hash);
    if (proved->to != note.checkpoint.size)
        return; /* the log grew while the answer was made */
    if (proved->inclusion)
        return; /* the leaf's hash is not known here; check_inclusion has it */
    struct okr_hash from_root;
    if (!sim_root_at(w, proved->from, &from_root))
        return;
    if (!okr_tlog_consistency_holds(proved->from, proved->to, &from_root,
                                    &note.checkpoint.root, &proof))
        sim_fail(w, 30, "the log is not an extension of what it was at %llu",
                 (unsigned long long)proved->from);
    w->counts->proofs++;
}

static void revoke(struct sim_world *w, struct sim_site *site)
{
    struct okr_op op;
    const char *words[] = {"revoke", "ref", site->unit, "kind", "site", NULL};
    char hex[OKR_ID_HEX];
    okr_id_hex(&site->id, hex);
    words[2] = hex;
    words[3] = NULL;
    okr_arena_reset(w->scratch);
    sim_admin(w, words, &op);
    w->counts->revoked += site->revoked;
}

void sim_probe(struct sim_world *w)
{
    struct sim_site *site = &w->sites[sim_below(w, (uint64_t)w->n_sites)];
    okr_arena_reset(w->scratch);
    if (w->healing)
        return;
    sim_at(w, w->now + sim_around(w, SIM_MINUTE), SIM_PROBE, -1);
    if (!w->server.up)
        return;
    if (w->n_sites > 2 && !w->sites[w->n_sites - 1].revoked &&
        sim_chance(w, 10))
        revoke(w, &w->sites[w->n_sites - 1]);
    else if (!site->linked || site->revoked)
        return;
    else if (sim_chance(w, 500))
        talk_nonsense(w, site);
    else if (site->up && sim_chance(w, 500))
        sim_ask_history(w, site);
    else
        ask_proof(w, site);
}
