/* Exporting what a store holds, in steps of some hundred entities.
 *
 *   JSON      every entity but keys, sites and invites, every field of the
 *             schema but where it lives; RFC 8785, ordered by kind number and
 *             id, one LF at the end.  An empty server that takes it in exports
 *             the same bytes.
 *   CSV       what a table can hold (docs/import.md); archived entities and
 *             check-ins that were corrected are left out
 *   Markdown  the objectives and key results of each cycle, nested */
#ifndef OKR_EXPORT_EXPORT_H
#define OKR_EXPORT_EXPORT_H

#include "common/base/buf.h"
#include "common/base/json.h"
#include "common/store/space.h"

enum okr_export_format { OKR_EXPORT_JSON, OKR_EXPORT_CSV, OKR_EXPORT_MARKDOWN };
bool okr_export_format_of(struct okr_slice word,
                          enum okr_export_format *ret_format);

#define OKR_EXPORT_FORMAT "okr-sync/1"
#define OKR_EXPORT_COPY "okr-sync-copy/1"

/* What a site says of its copy. */
struct okr_export_copy {
    struct okr_slice site; /* its name */
    okr_lsn lsn;
    int64_t age_s; /* below 0: it was never complete */
    const okr_scope *scopes;
    size_t n_scopes;
};
struct okr_export_conf {
    struct okr_space space; /* the confirmed copy; its arena keeps little */
    struct okr_arena *line; /* of a step; reset by each */
    enum okr_export_format format;
    const struct okr_export_copy *copy; /* NULL: the server's own, complete */
    /* May whoever asks see the entity?  NULL: all of them. */
    enum okr_err (*shows)(void *context, const struct okr_id *id, bool *ret);
    void *context;
};

struct okr_export;
/* Lives in the space's arena; `conf` as long. */
OKR_MUST_USE enum okr_err okr_export_begin(const struct okr_export_conf *conf,
                                           struct okr_export **ret_export);
/* Adds to `out`; its text so far is the caller's to take away. */
OKR_MUST_USE enum okr_err okr_export_step(struct okr_export *export,
                                          struct okr_buf *out, bool *ret_done);

/* Is the kind part of an export?  Who may speak, and from where, is not. */
bool okr_export_has_kind(uint16_t kind);
/* Is the field?  Where it lives follows from what it is. */
bool okr_export_has_field(const struct okr_field_info *field);
/* Its name: `kind` says what an entity is, so a field of that name says of
 * what: "task_kind".  `name` has room for 32 bytes. */
const char *okr_export_name(const struct okr_field_info *field, char name[32]);

#endif
