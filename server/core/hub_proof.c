/* Proofs over the log as it is now, for sites that are witnesses. */
#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/core/hub_log.h"

/* Consistency from one size to another, or inclusion of a leaf in a tree;
 * `to` 0 means the log as it is. */
static enum okr_err make_proof(const struct okr_hub_work *work,
                               const struct okr_proof_ask *ask, uint64_t to,
                               struct okr_tlog_proof *ret_proof)
{
    struct okr_tlog_nodes nodes = okr_hub_log_nodes(work->txn);
    if (ask->inclusion)
        return okr_tlog_inclusion(&nodes, ask->index, to, ret_proof);
    return okr_tlog_consistency(&nodes, ask->from, to, ret_proof);
}

enum okr_err okr_hub_on_proof(struct okr_hub_work *work,
                              struct okr_record *site)
{
    const struct okr_proof_ask *ask = &work->event->msg->u.proof;
    OKR_ASSERT(site != NULL);
    uint64_t size;
    OKR_TRY(okr_oplog_size(work->txn, &size));
    uint64_t to = ask->to == 0 ? size : ask->to;
    bool there =
        ask->inclusion ? ask->index < to : ask->from > 0 && ask->from <= to;
    if (!there || to > size)
        return okr_hub_error(work, OKR_ERROR_LIMIT, 0,
                             "the log here is not that long");
    struct okr_tlog_proof *proof = okr_arena_alloc(work->arena, sizeof *proof);
    if (proof == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(make_proof(work, ask, to, proof));
    struct okr_msg msg = {
        .type = OKR_MSG_PROVED,
        .u.proved = {.hash = proof->hash,
                     .n_hash = proof->n,
                     .from = ask->from,
                     .to = to,
                     .index = ask->index,
                     .inclusion = ask->inclusion},
    };
    OKR_TRY(okr_hub_log_note(work, &msg.u.proved.checkpoint));
    return okr_hub_reply(work, &msg);
}
