/* Writing what was decided: registers get their lsn, indexes follow. */
#ifndef OKR_REPLICA_RECORD_H
#define OKR_REPLICA_RECORD_H

#include "common/msg/layout.h"
#include "common/msg/msg_history.h"
#include "common/replica/judge.h"

/* What writing a decision did, for the leaf and the answer. */
struct okr_recorded {
    struct okr_effect *effects; /* per register touched */
    size_t n_effects;
    okr_scope *scopes; /* written, ascending */
    size_t n_scopes;
};

/* Works out effects and scopes of a decision without writing (the leaf has
 * to be made before its lsn is final). */
OKR_MUST_USE enum okr_err okr_record_plan(const struct okr_decision *decision,
                                          struct okr_recorded *ret_recorded);
/* Writes the draft into its space with `lsn` (or OKR_LSN_PENDING | seq in the
 * view), raises the heads of the scopes written, adds history rows. */
OKR_MUST_USE enum okr_err okr_record_write(const struct okr_decision *decision,
                                           okr_lsn lsn);

/* ---- a site: rows from pages and events ---------------------------------- */
enum okr_applied {
    OKR_APPLIED_NOTHING, /* known already, or overtaken */
    OKR_APPLIED_CHANGED,
    OKR_APPLIED_CREATED,
    OKR_APPLIED_GONE,
};
struct okr_joined {
    enum okr_applied what;
    struct okr_record *before; /* NULL: there was none */
    struct okr_record *after;  /* CHANGED, CREATED: as it is stored now */
};
/* Joins a row into the confirmed copy.  `scope`: of the page or event it came
 * with. */
OKR_MUST_USE enum okr_err okr_record_row(const struct okr_space *space,
                                         okr_scope scope,
                                         const struct okr_row *row,
                                         struct okr_joined *ret_joined);
/* The server: the row of an entity for somebody who has everything up to
 * `since`: what changed, or all of it if it came to the scope later. */
OKR_MUST_USE enum okr_err okr_record_make_row(const struct okr_record *record,
                                              okr_lsn since,
                                              struct okr_arena *arena,
                                              struct okr_row *ret_row);
/* Drops all that is here of a scope: before it is pulled anew. */
OKR_MUST_USE enum okr_err okr_record_drop_scope(const struct okr_space *space,
                                                okr_scope scope);

/* ---- history of one entity, as this store saw it ------------------------- */
/* The server: that this lsn touched it; the log has the rest. */
OKR_MUST_USE enum okr_err okr_history_mark(const struct okr_space *space,
                                           const struct okr_id *entity,
                                           okr_lsn lsn);
OKR_MUST_USE enum okr_err okr_history_put(const struct okr_space *space,
                                          const struct okr_id *entity,
                                          const struct okr_history *history);
/* Oldest first. */
OKR_MUST_USE enum okr_err okr_history_get(const struct okr_space *space,
                                          const struct okr_id *entity,
                                          struct okr_history **ret_rows,
                                          size_t *ret_n);
/* The changes from `before` (NULL: created) to `after`. */
OKR_MUST_USE enum okr_err okr_history_diff(const struct okr_record *before,
                                           const struct okr_record *after,
                                           struct okr_arena *arena,
                                           struct okr_history *ret_history);

#endif
