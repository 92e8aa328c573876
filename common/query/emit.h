/* Entities and values as JSON.  Private to common/query. */
#ifndef OKR_QUERY_EMIT_H
#define OKR_QUERY_EMIT_H

#include "common/query/session.h"

/* All members of an entity, without the braces. */
OKR_MUST_USE enum okr_err okr_emit_members(struct okr_session *session,
                                           struct okr_node *node);
OKR_MUST_USE enum okr_err okr_emit_entity(struct okr_session *session,
                                          struct okr_node *node);
/* A value as entities show it: null, a word, a number, a mail … */
OKR_MUST_USE enum okr_err okr_emit_value(struct okr_session *session,
                                         const struct okr_field_info *field,
                                         struct okr_slice value);
/* A person's mail, a unit's code, a cycle's or site's name; hex where that is
 * not here, null for a zero id. */
OKR_MUST_USE enum okr_err okr_emit_name(struct okr_session *session,
                                        const struct okr_id *id);
void okr_emit_ref(struct okr_session *session, const char *key, uint16_t kind,
                  const struct okr_id *id);
/* Title or name; null where it has none. */
void okr_emit_title(struct okr_session *session, const char *key,
                    const struct okr_record *record);
void okr_emit_time(struct okr_session *session, okr_us time);
void okr_emit_day(struct okr_session *session, int64_t day);
/* `signature`: how the entity's last confirmed change is known to be its
 * author's, as in `log`. */
OKR_MUST_USE enum okr_err okr_emit_signature(struct okr_session *session,
                                             const struct okr_id *entity);
OKR_MUST_USE enum okr_err okr_emit_history(struct okr_session *session,
                                           uint16_t kind,
                                           const struct okr_history *row);

#endif
