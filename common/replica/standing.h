/* What a person is to an entity: the bits that rules/permit.h asks for. */
#ifndef OKR_REPLICA_STANDING_H
#define OKR_REPLICA_STANDING_H

#include "common/replica/draft.h"

/* Bits of enum okr_who that `person` holds towards `record` (a record of the
 * draft, also one that is being created). */
OKR_MUST_USE enum okr_err okr_standing(const struct okr_draft *draft,
                                       const struct okr_record *person,
                                       const struct okr_record *record,
                                       unsigned *ret_holds);
bool okr_standing_role(const struct okr_record *person, uint32_t role);
/* Is `unit` one of `units` or below one of them? */
OKR_MUST_USE enum okr_err okr_standing_under(const struct okr_draft *draft,
                                             const struct okr_id *unit,
                                             const struct okr_id *units,
                                             size_t n_units, bool *ret_under);
/* Has the person a key of his own, or had one?  A revoked key must not make
 * him easier to impersonate than a good one. */
OKR_MUST_USE enum okr_err okr_standing_has_key(const struct okr_draft *draft,
                                               const struct okr_id *person,
                                               bool *ret_has);

#endif
