/* Where entities live: which root, and how deep (docs/protocol.md "Scopes").
 *
 * Roots are the root unit and each of its children.  An entity belongs to the
 * nearest root above its unit; what hangs below a draft objective is private.
 * A change of home is a move: every dependent moves in the same operation. */
#ifndef OKR_REPLICA_HOME_H
#define OKR_REPLICA_HOME_H

#include "common/replica/draft.h"
#include "common/store/scopes.h"

/* The scope an entity belongs to as the draft stands.  OKR_ERR_NOTFOUND when
 * something above it is not here; OKR_ERR_LIMIT deeper than OKR_DEPTH_MAX. */
OKR_MUST_USE enum okr_err okr_home_of(const struct okr_draft *draft,
                                      const struct okr_record *record,
                                      okr_scope *ret_scope);
/* The number of the root above a unit. */
OKR_MUST_USE enum okr_err okr_home_root(const struct okr_draft *draft,
                                        const struct okr_id *unit,
                                        uint32_t *ret_root_no);
/* The unit that a record belongs to, by its home fields upwards;
 * OKR_ERR_NOTFOUND where it has none (a cycle, the policy). */
OKR_MUST_USE enum okr_err okr_home_unit(const struct okr_draft *draft,
                                        const struct okr_record *record,
                                        struct okr_id *ret_unit);
/* Gives every entity of the draft, and all that depend on one whose home
 * changed, its HOME register.  OKR_ERR_LIMIT: more than an operation may. */
OKR_MUST_USE enum okr_err okr_home_settle(struct okr_draft *draft);

#endif
