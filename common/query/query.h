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
    /* `list` and `search` with `limit`: behind which id the next page begins;
     * zero: that was all.  NULL where nobody pages. */
    struct okr_id *next;
    /* For `log`: what headquarters told of it; NULL: this copy tells. */
    const struct okr_history_page *told;
    /* Where HISTORY does not tell an entity's history by itself (the server,
     * whose log has it); NULL: okr_history_get. */
    enum okr_err (*history)(const struct okr_space *space,
                            const struct okr_id *entity,
                            struct okr_history **ret_rows, size_t *ret_n);
};

/* The methods `list`, `tree`, `show`, `search`, `log`, `conflicts`, `whoami`,
 * `todo`, `board`, `calendar`, `report` with arguments as typed (kind=, ref=,
 * cycle=, unit=, owner=, text=, archived=).
 *
 * Every field of the schema stands under its own word; one named kind is
 * called cycle_kind, task_kind …, because `kind` says what the entity is.
 * `owner` is a mail, `unit` a code, `cycle` a name, other references are ids;
 * what is not here is shown as its id.  A filter means exactly that unit; a
 * tree shows what fits, with `ref` all that contributes to it.
 *   show       + detail check_ins[] tasks[] comments[] reactions[]
 *                assessments[] conflicts[]
 *   log        rows oldest first; where this copy does not know how the entity
 *              began, a last element {history_before}
 *   conflicts  + subject_ref subject_title mine_by theirs_by
 *   hints      {id ref kind title hints[{flaw what remedy refuses count id ref
 *              kind title}]}, of an objective, a key result or a cycle
 *   carry_list the objectives of the cycle `ref` that are over and undecided
 *   whoami     the person, + leads[] (codes)
 *   todo       what who asks owes (of `owner`; in `unit`: everybody there):
 *              entities + alert action person since
 *   board, calendar, report: docs/cli.md
 * `list` and `search` look at `limit` entities at most (1 to 1,000) behind the
 * id `after`, ascending, and show those that fit: none, maybe.  Without limit
 * they show all.
 * On a problem, or an error, `out` may hold a part: throw it away. */
bool okr_query_knows(struct okr_slice method);
OKR_MUST_USE enum okr_err okr_query_answer(const struct okr_query *query,
                                           const struct okr_ask *ask,
                                           struct okr_json *out,
                                           struct okr_problem *ret_problem);
/* Does the copy know how the entity began?  Then `log` needs nobody else. */
OKR_MUST_USE enum okr_err okr_query_log_is_whole(const struct okr_space *space,
                                                 const struct okr_id *entity,
                                                 bool *ret_whole);
/* One entity as in `list`. */
OKR_MUST_USE enum okr_err okr_query_entity(const struct okr_query *query,
                                           const struct okr_id *id,
                                           struct okr_json *out);
/* The same behind a write: + warnings[] of an objective or key result, what
 * reads badly and what publishing would find (docs/cli.md). */
OKR_MUST_USE enum okr_err okr_query_saved(const struct okr_query *query,
                                          const struct okr_id *id,
                                          struct okr_json *out);
/* The offenders of a refusal, as an array. */
OKR_MUST_USE enum okr_err okr_query_offences(const struct okr_query *query,
                                             const struct okr_offence *offences,
                                             size_t n, struct okr_json *out);
/* One line of `okr watch`.  Of a draft that `person` may not see it says only
 * that it changed: title null, no changes. */
OKR_MUST_USE enum okr_err okr_query_change(const struct okr_query *query,
                                           const struct okr_id *entity,
                                           const struct okr_history *history,
                                           struct okr_json *out);
/* The first `max` of what who asks owes, an array of {alert action since ref
 * title}, and how much it is in all; nothing for nobody in particular. */
OKR_MUST_USE enum okr_err okr_query_alerts(const struct okr_query *query,
                                           size_t max, struct okr_json *out,
                                           uint64_t *ret_n);
/* May `person` see it?  Drafts are private; what is not here is nobody's. */
OKR_MUST_USE enum okr_err okr_query_shows(const struct okr_query *query,
                                          const struct okr_id *id,
                                          bool *ret_shows);

#endif
