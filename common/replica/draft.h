/* What an operation would leave behind: records changed on top of a space,
 * not yet written.  Rules read through the draft, so that the second change
 * of an operation sees the first. */
#ifndef OKR_REPLICA_DRAFT_H
#define OKR_REPLICA_DRAFT_H

#include "common/base/limits.h"
#include "common/store/space.h"

/* The lsn of registers that are written but not recorded yet. */
#define OKR_LSN_DRAFT UINT64_MAX

struct okr_draft_entry {
    struct okr_record *old; /* NULL: the operation creates it */
    struct okr_record *now;
};
/* What was read last, so that judging one operation, which looks at the same
 * person, unit and parent again and again, reads and checks each row once. */
enum { OKR_DRAFT_READ = 16 };
struct okr_draft_read {
    struct okr_record *at[OKR_DRAFT_READ]; /* by id; NULL: free */
};
struct okr_draft {
    struct okr_space space;
    struct okr_draft_read *read; /* of what is in no entry */
    struct okr_draft_entry *entries;
    size_t n, cap;
    size_t *slots; /* open addressing by id; SIZE_MAX: free */
    size_t n_slots;
};

OKR_MUST_USE enum okr_err okr_draft_init(struct okr_draft *draft,
                                         const struct okr_space *space);
/* As the draft has it, else as the space has it; OKR_ERR_NOTFOUND. */
OKR_MUST_USE enum okr_err okr_draft_get(const struct okr_draft *draft,
                                        const struct okr_id *id,
                                        struct okr_record **ret_record);
/* Writes registers over it (their lsn is set when the draft is recorded).
 * OKR_ERR_LIMIT beyond OKR_OP_ENTITIES_MAX entities. */
OKR_MUST_USE enum okr_err okr_draft_write(struct okr_draft *draft,
                                          const struct okr_id *id,
                                          const struct okr_reg *regs, size_t n);
OKR_MUST_USE enum okr_err okr_draft_create(struct okr_draft *draft,
                                           const struct okr_id *id,
                                           uint16_t kind);

#endif
