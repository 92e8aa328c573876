/* One question being answered.  Private to common/query.
 *
 * Whatever is read is read once: a node keeps the record and what was worked
 * out about it, so that a list of n key results costs O(n) look-ups. */
#ifndef OKR_QUERY_SESSION_H
#define OKR_QUERY_SESSION_H

#include "common/query/query.h"
#include "common/replica/draft.h"
#include "common/rules/progress.h"
#include "common/rules/status.h"

/* What the formulas say of an objective or a key result. */
struct okr_gauge {
    okr_rate raw, p, expected;
    bool measured, has_expected;
    enum okr_status status;
    int confidence; /* -1: none; objectives: the mean */
    bool has_check_in;
    okr_day last_check_in;
};

enum okr_known { OKR_KNOWN_NOT, OKR_KNOWN_NO, OKR_KNOWN_YES };

struct okr_node {
    struct okr_id id;
    struct okr_record *record;  /* NULL: not here */
    struct okr_ids key_results; /* of an objective, archived ones left out */
    bool has_key_results;
    bool measuring, has_gauge; /* measuring: met again, it is a circle */
    struct okr_gauge gauge;
    enum okr_known visible;
    bool shown; /* in the tree already */
};

struct okr_session {
    const struct okr_query *query;
    struct okr_space space;
    struct okr_json *out;
    struct okr_problem *problem;
    struct okr_draft draft; /* standing is asked through one; it stays empty */
    struct okr_record *person; /* NULL: nobody in particular */
    struct okr_thresholds thresholds;
    okr_day today;
    int offset_min;
    int midterm_days;
    bool strict_limits, mean_status;
    bool site;               /* of the details only what is followed is here */
    struct okr_node **slots; /* open addressing by id */
    size_t n, n_slots;
};

#define OKR_ASKED(session, call)                       \
    do {                                               \
        OKR_TRY(call);                                 \
        if ((session)->problem->rule != OKR_RULE_NONE) \
            return OKR_OK;                             \
    } while (0)

OKR_MUST_USE enum okr_err okr_session_init(struct okr_session *session,
                                           const struct okr_query *query,
                                           struct okr_json *out,
                                           struct okr_problem *problem);
/* The node of an entity, its record loaded if it is here. */
OKR_MUST_USE enum okr_err okr_session_node(struct okr_session *session,
                                           const struct okr_id *id,
                                           struct okr_node **ret_node);
/* The node that a reference field of `record` names; NULL where unset. */
OKR_MUST_USE enum okr_err okr_session_follow(struct okr_session *session,
                                             const struct okr_record *record,
                                             uint16_t field,
                                             struct okr_node **ret_node);
/* The objective above a key result, a task, a check-in …; NULL: none here. */
OKR_MUST_USE enum okr_err okr_session_objective(struct okr_session *session,
                                                const struct okr_record *record,
                                                struct okr_node **ret_node);
OKR_MUST_USE enum okr_err
okr_session_key_results(struct okr_session *session, struct okr_node *objective,
                        const struct okr_ids **ret_ids);
/* The time of an objective's cycle. */
struct okr_period {
    bool known; /* both ends are */
    bool closed;
    okr_day start, end; /* both inside */
};
OKR_MUST_USE enum okr_err okr_session_period(struct okr_session *session,
                                             const struct okr_record *objective,
                                             struct okr_period *ret_period);
struct okr_period okr_period_of(const struct okr_record *cycle);
/* Has the person left the company (or been put away)? */
bool okr_session_gone(const struct okr_session *session,
                      const struct okr_record *person);
/* May who asks see it?  Drafts are private. */
OKR_MUST_USE enum okr_err okr_session_visible(struct okr_session *session,
                                              struct okr_node *node,
                                              bool *ret_visible);
/* Is what hangs below it here (check-ins, tasks, comments)? */
OKR_MUST_USE enum okr_err okr_session_detail(struct okr_session *session,
                                             const struct okr_record *record,
                                             bool *ret_detail);
/* Is what hangs below the unit itself here (focus, health, reviews)? */
OKR_MUST_USE enum okr_err okr_session_unit_detail(struct okr_session *session,
                                                  const struct okr_record *unit,
                                                  bool *ret_detail);
uint32_t okr_session_state(const struct okr_record *objective);

/* ---- formulas ------------------------------------------------------------ */
/* Of an objective or a key result that is here; worked out once. */
OKR_MUST_USE enum okr_err okr_gauge_of(struct okr_session *session,
                                       struct okr_node *node,
                                       const struct okr_gauge **ret_gauge);
/* What a metric asks beyond the key result's own fields. */
OKR_MUST_USE enum okr_err okr_gauge_detail(struct okr_session *session,
                                           const struct okr_record *key_result,
                                           okr_day start, okr_day end,
                                           struct okr_kr_facts *facts);

#endif
