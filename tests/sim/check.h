/* The checkers' own names; each invariant has its number from
 * docs/invariants.md. */
#ifndef OKR_SIM_CHECK_H
#define OKR_SIM_CHECK_H

#include "common/msg/layout.h"
#include "tests/sim/sim.h"

/* An operation that a person was told is saved, and what became of it. */
struct sim_saved {
    struct okr_id op, entity;
    bool makes;
    int site;
    uint64_t leaves; /* final ones: must end as 1 */
    bool parked;
    enum okr_outcome outcome;
};

void sim_check_tables(struct sim_world *world, struct okr_kv_txn *txn);
void sim_keep_tips(struct sim_world *world, struct okr_kv_txn *txn);
/* The log's root when it had `size` leaves. */
bool sim_root_at(struct sim_world *world, uint64_t size,
                 struct okr_hash *ret_root);
void sim_drop_tips(struct sim_world *world);
const struct sim_tip *sim_tip_at(const struct sim_world *world, okr_scope scope,
                                 okr_lsn lsn);
/* A leaf decided it (7, 9). */
void sim_saved_decided(struct sim_world *world, const struct okr_op_body *body,
                       const struct okr_op_header *header,
                       enum okr_outcome outcome);
/* Did nobody but `person` ever write the fields of this payload? */
bool sim_only_author(struct sim_world *world, struct okr_kv_txn *txn,
                     const struct okr_payload *payload,
                     const struct okr_id *person);

void sim_check_kept(struct sim_world *world, struct sim_site *site,
                    struct okr_kv_txn *txn);
void sim_check_answered(struct sim_world *world);
/* Does the site itself say that it has everything? */
bool sim_says_live(struct sim_world *world, struct sim_site *site);

#endif
