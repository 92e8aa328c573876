/* Progress of key results and its roll-up (docs/domain.md "Formulas").
 * Rates are millionths; `raw` is shown, the clamped `p` rolls up. */
#ifndef OKR_RULES_PROGRESS_H
#define OKR_RULES_PROGRESS_H

#include "common/base/decimal.h"
#include "common/model/op.h"
#include "common/model/value.h"

struct okr_kr_facts {
    uint32_t metric; /* OKR_V_METRIC_* */
    bool has_value, has_start, has_target, has_low, has_high, has_stretch;
    struct okr_dec value, start, target, low, high, stretch;
    struct okr_slice checkpoints; /* LIST DEC_DEC, may be empty */
    bool strict_limits;
    /* hit_rate: check-ins inside [low, high], and planned so far */
    uint32_t hits, planned;
    /* milestones: sums over the key result's milestone tasks */
    struct okr_dec milestones_done, milestones_all;
    /* rollup: mean of the objectives that contribute, if any */
    bool has_contributors;
    okr_rate contributors;
};
enum okr_level {
    OKR_LEVEL_NONE,
    OKR_LEVEL_COMMIT,
    OKR_LEVEL_TARGET,
    OKR_LEVEL_STRETCH
};

struct okr_progress {
    okr_rate raw, p; /* p = clamp(raw) */
    bool measured;
    enum okr_level level; /* metric levels only */
};

struct okr_progress okr_progress_of(const struct okr_kr_facts *facts);
/* The facts a key result's own registers give; counts and sums stay 0. */
void okr_progress_facts(const struct okr_record *key_result, bool strict_limits,
                        struct okr_kr_facts *ret_facts);

/* Weighted mean of parts; weights unset on all: equal ones. */
struct okr_part {
    okr_rate p;
    bool has_weight, excluded; /* excluded: abandoned, NA */
    struct okr_dec weight;
};
okr_rate okr_progress_rollup(const struct okr_part *parts, size_t n);

/* Share of a period that is over at the end of `today`, both ends inside. */
okr_rate okr_expected(okr_day start, okr_day end, okr_day today);
/* By the key result's own plan (LIST DAY_DEC): linear between its points,
 * 0 at `start` before the first, the last one's p after it. */
okr_rate okr_expected_plan(struct okr_slice plan, okr_day start, okr_day today);

/* Score at the close: clamp(p) to one decimal. */
okr_rate okr_score_of(okr_rate p);
/* Weighted mean of scores, NA (excluded) left out. */
okr_rate okr_score_rollup(const struct okr_part *parts, size_t n);
enum okr_band { OKR_BAND_RED, OKR_BAND_YELLOW, OKR_BAND_GREEN };
enum okr_band okr_score_band(okr_rate score);
/* A stated total against the recomputed one: differs by 0.0005 or more. */
bool okr_score_mismatch(okr_rate stated, okr_rate recomputed);

#endif
