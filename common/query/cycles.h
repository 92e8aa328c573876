/* Which cycles a question is about that names none.  Private to common/query.
 */
#ifndef OKR_QUERY_CYCLES_H
#define OKR_QUERY_CYCLES_H

#include "common/query/filter.h"

/* The one that is named; else those that run today, by their first day; where
 * none does, the one that ended last, or else the one that begins next. */
OKR_MUST_USE enum okr_err okr_cycles_asked(struct okr_session *session,
                                           const struct okr_filter *filter,
                                           struct okr_node ***ret_cycles,
                                           size_t *ret_n);
/* The one that is named; else all that are not over and settled. */
OKR_MUST_USE enum okr_err okr_cycles_ahead(struct okr_session *session,
                                           const struct okr_filter *filter,
                                           struct okr_node ***ret_cycles,
                                           size_t *ret_n);
/* One of the first: the shortest, which is what people work in. */
OKR_MUST_USE enum okr_err okr_cycles_one(struct okr_session *session,
                                         const struct okr_filter *filter,
                                         struct okr_node **ret_cycle);
/* An objective's place is one of them. */
bool okr_cycles_have(struct okr_node *const *cycles, size_t n,
                     const struct okr_record *objective);
/* `start`, `end` and `phase` of a cycle. */
void okr_cycles_emit(struct okr_session *session,
                     const struct okr_record *cycle);
/* The unit that is named, else that of who asks, else the company; a problem
 * where there is none. */
OKR_MUST_USE enum okr_err okr_unit_asked(struct okr_session *session,
                                         const struct okr_filter *filter,
                                         struct okr_node **ret_unit);

#endif
