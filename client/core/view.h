/* Which pending operation of the view saw and wrote what, and which of them
 * have to be judged again when something changed.  Private to client/core.
 *
 * The view is the confirmed copy with the pending operations over it, in the
 * order of their sequences.  An operation is judged again if something that it
 * read was changed by the copy or by an earlier operation that is judged again
 * or gone; with it all that must be taken off the overlay for that: who else
 * wrote an entity that it wrote, and later ones that wrote what it reads.
 *
 * All of it is soft: where it is lost, the view is made from nothing. */
#ifndef CLIENT_CORE_VIEW_H
#define CLIENT_CORE_VIEW_H

#include "common/store/space.h"

/* One pending operation.  Lists are one block of the heap. */
struct okr_view_op {
    uint64_t seq;
    uint64_t *reads; /* prints, ascending, each once; owns the block */
    struct okr_id *ids;
    struct okr_trail_row *rows;
    size_t n_reads, n_ids, n_rows;
    bool gone;  /* it is not pending any more: refused, or in the copy */
    bool again; /* judged again in the next round */
};

struct okr_view {
    struct okr_view_op *ops; /* by sequence */
    size_t n, cap;
    struct okr_trail judging; /* of the operation that is judged now */
    struct okr_trail copy;    /* written to the confirmed copy since */
    bool moved;               /* something is to be done */
    uint64_t judged;          /* judgements so far */
};

void okr_view_init(struct okr_view *view);
void okr_view_free(struct okr_view *view);
void okr_view_forget(struct okr_view *view); /* all of it */

/* Keeps the trail in `judging` as that of `seq`, in the place of what is there
 * under it.  OKR_ERR_NOMEM. */
OKR_MUST_USE enum okr_err okr_view_keep(struct okr_view *view, uint64_t seq);
/* It is not pending any more; nothing, if it is not known. */
void okr_view_gone(struct okr_view *view, uint64_t seq);
/* It is pending (again), and was not judged yet. */
OKR_MUST_USE enum okr_err okr_view_back(struct okr_view *view, uint64_t seq);

/* Marks `again` all that has to be judged again, and forgets what was written
 * to the copy.  OKR_ERR_LIMIT: too tangled, make it from nothing. */
OKR_MUST_USE enum okr_err okr_view_plan(struct okr_view *view,
                                        struct okr_arena *arena);
/* Takes off the overlay what those that are marked or gone wrote, and forgets
 * the latter. */
OKR_MUST_USE enum okr_err okr_view_clean(struct okr_view *view,
                                         struct okr_kv_txn *txn);
/* Before okr_view_keep of an operation that was marked: did it read or write
 * anything that it did not before, which a later one that is not marked had
 * to do with?  Then the plan was too small.  A later one without effect so far
 * is marked instead. */
bool okr_view_surprises(struct okr_view *view, uint64_t seq);

#endif
