/* What publishing asks of an objective and its key results: pure; who walks
 * the store is common/replica/publish.h. */
#ifndef OKR_RULES_PUBLISH_H
#define OKR_RULES_PUBLISH_H

#include "common/base/decimal.h"
#include "common/base/flaw.h"
#include "common/model/record.h"

/* From the policy; without one, or where it says nothing, the numbers of
 * docs/domain.md. */
struct okr_limits {
    int64_t objectives_max; /* of an owner in a cycle: 3 */
    int64_t krs_min;        /* of an objective: 2 */
    int64_t krs_max;        /* 5 */
    int64_t midterm_days;   /* 14 */
};
struct okr_limits okr_limits_of(const struct okr_record *policy);

/* Flaws of one key result, as bits 1 << OKR_FLAW_*: metric, what the metric
 * needs, due date.  Owners and siblings are not looked at. */
unsigned okr_flaws_of_kr(const struct okr_record *key_result, okr_day start,
                         okr_day end);

/* Weights of siblings: all have one or none; together 100 ± 0.1, 1 ± 0.001.
 * Added up in millionths.  Begins with zeros. */
struct okr_weights {
    okr_rate sum;
    size_t n, weighted;
};
void okr_weights_add(struct okr_weights *weights,
                     const struct okr_record *sibling, uint16_t field);
bool okr_weights_good(const struct okr_weights *weights);

#endif
