/* Names to things that a plan knows; open addressing.  Private to
 * common/import/plan*.c. */
#ifndef OKR_IMPORT_PLAN_NAMES_H
#define OKR_IMPORT_PLAN_NAMES_H

#include "common/base/arena.h"
#include "common/base/id.h"

struct okr_owner {
    struct okr_slice name; /* `data` NULL: a free slot */
    struct okr_id id;
    size_t n; /* so many have that name */
};
struct okr_owners {
    struct okr_owner *slots;
    size_t n, n_slots;
};

/* The slot of a name, or the free one where it belongs. */
struct okr_owner *okr_owner_slot(const struct okr_owners *owners,
                                 struct okr_slice name);
OKR_MUST_USE enum okr_err okr_owner_put(struct okr_owners *owners,
                                        struct okr_arena *arena,
                                        struct okr_slice name,
                                        const struct okr_id *id);
const struct okr_owner *okr_owner_get(const struct okr_owners *owners,
                                      struct okr_slice name);

#endif
