/* What is owed about an entity, and by whom.  Private to common/query. */
#ifndef OKR_QUERY_OWED_H
#define OKR_QUERY_OWED_H

#include "common/query/session.h"
#include "common/rules/alert.h"

/* Bits of enum okr_alert for an objective, a key result, a task or a unit that
 * is here; 0 for other kinds. */
OKR_MUST_USE enum okr_err okr_owed_bits(struct okr_session *session,
                                        struct okr_node *node,
                                        unsigned *ret_bits);
/* Whose it is; zero: nobody's. */
OKR_MUST_USE enum okr_err okr_owed_by(struct okr_session *session,
                                      const struct okr_node *node,
                                      enum okr_alert alert,
                                      struct okr_id *ret_person);
/* Since when; false where nobody can say. */
OKR_MUST_USE enum okr_err okr_owed_since(struct okr_session *session,
                                         struct okr_node *node,
                                         enum okr_alert alert, bool *ret_known,
                                         okr_day *ret_day);
/* Is the cycle's mid-term window open today, and since when? */
bool okr_owed_midterm(const struct okr_session *session,
                      const struct okr_record *cycle, okr_day *ret_first);

/* The words of the bits, as an array. */
void okr_owed_emit(struct okr_session *session, unsigned bits);

/* The open conflicts about an entity, as far as they are kept here. */
OKR_MUST_USE enum okr_err okr_owed_conflicts(struct okr_session *session,
                                             const struct okr_id *id,
                                             uint64_t *ret_n);

#endif
