/* What stands in the way of publishing: one objective, or all that would go
 * out with a cycle.  The same walk refuses in the formal workflow, warns in the
 * light one, and answers `okr hints`. */
#ifndef OKR_REPLICA_PUBLISH_H
#define OKR_REPLICA_PUBLISH_H

#include "common/replica/draft.h"
#include "common/rules/publish.h"

struct okr_publishing {
    const struct okr_draft *draft; /* read through it */
    struct okr_limits limits;
    okr_day today;
    bool light;   /* drafts go out too, without approval */
    bool decided; /* what is submitted may stay so: somebody said why */
    bool strict;  /* looks for what refuses only */
    /* found */
    struct okr_offence *at;
    size_t n, cap;
    uint32_t more;        /* that did not fit OKR_OFFENCES_MAX */
    struct okr_id absent; /* the first entity that is not here, or zero */
};

/* `policy`: NULL for none. */
struct okr_publishing okr_publishing_begin(const struct okr_draft *draft,
                                           const struct okr_record *policy,
                                           okr_day today);
/* One objective, by itself: its key results, what it contributes to, how many
 * its owner has already.  Warnings included. */
OKR_MUST_USE enum okr_err
okr_publish_objective(struct okr_publishing *p,
                      const struct okr_record *objective);
/* All objectives of the cycle that would be published, and those that are
 * submitted and not decided on. */
OKR_MUST_USE enum okr_err okr_publish_cycle(struct okr_publishing *p,
                                            const struct okr_record *cycle);
/* Is the objective one of those that go out with its cycle? */
bool okr_publish_goes(const struct okr_record *objective, bool light);
/* How many of those found refuse; the rest warns. */
size_t okr_publish_refusing(const struct okr_publishing *p);
/* Leaves only what refuses, and says how much did not fit. */
void okr_publish_refusals(struct okr_publishing *p);

#endif
