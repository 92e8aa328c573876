/* Questions about the state, answered as JSON with the stable names of
 * docs/cli.md.  Read-only and pure: a space, a time, a sink. */
#ifndef OKR_QUERY_QUERY_H
#define OKR_QUERY_QUERY_H

#include "common/base/json.h"
#include "common/codec/local.h"
#include "common/compose/compose.h"
#include "common/replica/record.h"

struct okr_query {
    struct okr_space space; /* the view at a site */
    okr_us now;
    struct okr_id person; /* who asks: drafts are shown to their author and
                               leads only; zero: nobody in particular */
    okr_lsn last_lsn;     /* for `log`: where this copy's history begins */
    bool everything;      /* a private draft is shown to all (server) */
};

/* The methods `list`, `tree`, `show`, `search`, `log`, `conflicts`, `whoami`
 * with arguments as typed (kind=, ref=, cycle=, unit=, owner=, text=). */
bool okr_query_knows(struct okr_slice method);
OKR_MUST_USE enum okr_err okr_query_answer(const struct okr_query *query,
                                           const struct okr_ask *ask,
                                           struct okr_json *out,
                                           struct okr_problem *ret_problem);
/* One entity as in `list`. */
OKR_MUST_USE enum okr_err okr_query_entity(const struct okr_query *query,
                                           const struct okr_id *id,
                                           struct okr_json *out);
/* One line of `okr watch`.  Of a draft that `person` may not see it says only
 * that it changed: title null, no changes. */
OKR_MUST_USE enum okr_err okr_query_change(const struct okr_query *query,
                                           const struct okr_id *entity,
                                           const struct okr_history *history,
                                           struct okr_json *out);
/* May `person` see it?  Drafts are private; what is not here is nobody's. */
OKR_MUST_USE enum okr_err okr_query_shows(const struct okr_query *query,
                                          const struct okr_id *id,
                                          bool *ret_shows);

#endif
