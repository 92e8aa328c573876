/* Which entities a question is about, and the methods that answer one.
 * Private to common/query. */
#ifndef OKR_QUERY_FILTER_H
#define OKR_QUERY_FILTER_H

#include "common/query/session.h"

/* Which entities a list or a tree is about. */
struct okr_filter {
    uint16_t kind; /* 0: objectives and key results */
    bool all;      /* of every kind */
    bool archived; /* archived ones too */
    bool has_cycle, has_unit, has_owner;
    struct okr_id cycle, unit, owner;
    size_t limit; /* entities looked at; 0: all */
    struct okr_id after;
};
OKR_MUST_USE enum okr_err okr_filter_read(struct okr_session *session,
                                          const struct okr_ask *ask,
                                          struct okr_filter *ret_filter);
OKR_MUST_USE enum okr_err okr_filter_fits(struct okr_session *session,
                                          const struct okr_filter *filter,
                                          struct okr_node *node,
                                          bool *ret_fits);
/* All that a list would show, or its page, ascending by id. */
OKR_MUST_USE enum okr_err okr_filter_all(struct okr_session *session,
                                         const struct okr_filter *filter,
                                         struct okr_node ***ret_nodes,
                                         size_t *ret_n);
/* Reads `after` and `limit`. */
OKR_MUST_USE enum okr_err okr_filter_page(struct okr_session *session,
                                          const struct okr_ask *ask,
                                          struct okr_filter *filter);
/* The entity that `ref` names, if who asks may see it. */
OKR_MUST_USE enum okr_err okr_filter_ref(struct okr_session *session,
                                         const struct okr_ask *ask,
                                         struct okr_node **ret_node);

OKR_MUST_USE enum okr_err okr_query_list(struct okr_session *session,
                                         const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_tree(struct okr_session *session,
                                         const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_show(struct okr_session *session,
                                         const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_search(struct okr_session *session,
                                           const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_log(struct okr_session *session,
                                        const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_conflicts(struct okr_session *session,
                                              const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_todo(struct okr_session *session,
                                         const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_board(struct okr_session *session,
                                          const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_calendar(struct okr_session *session,
                                             const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_report(struct okr_session *session,
                                           const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_hints(struct okr_session *session,
                                          const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_carry_list(struct okr_session *session,
                                               const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_query_whoami(struct okr_session *session,
                                           const struct okr_ask *ask);

#endif
