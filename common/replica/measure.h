/* Progress of key results from the store: what their metric asks of check-ins,
 * tasks and contributors.  The formulas are rules/progress.h. */
#ifndef OKR_REPLICA_MEASURE_H
#define OKR_REPLICA_MEASURE_H

#include "common/rules/progress.h"
#include "common/store/space.h"

struct okr_measuring {
    struct okr_space space;
    okr_day today;
    int cadence_days;
    bool strict_limits;
};
/* Milestones and hits, for the metrics that ask for them.  Where the details
 * are not followed there are none. */
OKR_MUST_USE enum okr_err okr_measure_detail(const struct okr_measuring *m,
                                             const struct okr_record *kr,
                                             okr_day start, okr_day end,
                                             struct okr_kr_facts *facts);
/* Its progress, 0..1, contributors and all. */
OKR_MUST_USE enum okr_err okr_measure_kr(const struct okr_measuring *m,
                                         const struct okr_record *kr,
                                         okr_rate *ret_p);

#endif
