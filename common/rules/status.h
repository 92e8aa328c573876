/* Status of key results and objectives: pace, confidence, silence. */
#ifndef OKR_RULES_STATUS_H
#define OKR_RULES_STATUS_H

#include "common/base/decimal.h"
#include "common/base/id.h"

enum okr_status {
    OKR_STATUS_PENDING,
    OKR_STATUS_ON_TRACK,
    OKR_STATUS_AT_RISK,
    OKR_STATUS_OFF_TRACK,
    OKR_STATUS_OUTDATED,
    OKR_STATUS_ACHIEVED,
    OKR_STATUS_CLOSED,
};
const char *okr_status_word(enum okr_status status); /* "on_track" */

/* From the policy; okr_thresholds_default() gives the page's numbers. */
struct okr_thresholds {
    okr_rate on_track_from; /* d >= this: on track (-0.10) */
    okr_rate at_risk_from;  /* d >= this: at risk (-0.25) */
    int confidence_on_track, confidence_at_risk; /* 7, 4 */
    int cadence_days;                            /* 7 */
};
struct okr_thresholds okr_thresholds_default(void);

enum okr_status okr_pace(okr_rate p, okr_rate expected,
                         const struct okr_thresholds *t);
enum okr_status okr_confidence_status(int confidence,
                                      const struct okr_thresholds *t);

struct okr_status_facts {
    bool closed; /* its objective is closed or abandoned */
    bool measured;
    okr_rate p, expected, elapsed; /* elapsed: share of the cycle's time */
    int confidence;                /* -1: none */
    bool has_check_in;
    okr_day last_check_in, today;
};
/* First that applies: closed, achieved (p >= 1), outdated, the worse of pace
 * and confidence, pending. */
enum okr_status okr_status_of(const struct okr_status_facts *facts,
                              const struct okr_thresholds *t);
/* The worst of several (outdated counts as bad as off_track, and is shown
 * rather than it; achieved and closed are best); n = 0: pending. */
enum okr_status okr_status_worst(const enum okr_status *all, size_t n);

/* "Value stuck": the last 3 values equal while confidence fell.  Newest last;
 * confidence -1: none. */
struct okr_point {
    bool has_value;
    struct okr_dec value;
    int confidence;
    okr_us at;
};
bool okr_alert_stuck(const struct okr_point *points, size_t n);
bool okr_alert_confidence_drop(const struct okr_point *points, size_t n);

#endif
