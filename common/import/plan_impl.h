/* Private to common/import/plan*.c: a plan in the making. */
#ifndef OKR_IMPORT_PLAN_IMPL_H
#define OKR_IMPORT_PLAN_IMPL_H

#include "common/import/import.h"
#include "common/model/op.h"

#define OKR_IMPORT_KEY_LEN 32

/* An entity that an earlier import made. */
struct okr_known {
    const struct okr_record *record;
    const uint8_t *key; /* its import_key */
    bool taken;         /* a row of the document is this one */
};

struct okr_owner {
    struct okr_slice name;
    struct okr_id id;
};

struct okr_planning {
    const struct okr_import_conf *conf;
    struct okr_import_plan *plan;
    uint64_t made; /* ids handed out */
    struct okr_id batch, cycle, root;
    okr_day end; /* of the cycle: when results are dated */
    struct okr_known *known;
    size_t n_known;
    struct okr_id *ids;       /* per row: its entity */
    struct okr_known **found; /* per row: NULL, it is new */
    uint8_t *keys;            /* per row: OKR_IMPORT_KEY_LEN */
    struct okr_owner *owners;
    size_t n_owners, cap_owners;
};

struct okr_id okr_plan_id(struct okr_planning *p);
/* Cycle and root unit: found, or made and listed. */
OKR_MUST_USE enum okr_err okr_plan_ground(struct okr_planning *p,
                                          const struct okr_import_doc *doc);
/* The person of an owner's name: found, or made and listed. */
OKR_MUST_USE enum okr_err okr_plan_owner(struct okr_planning *p,
                                         const struct okr_import_row *row,
                                         struct okr_id *ret_person);
/* One row: entity, check-in, comment. */
OKR_MUST_USE enum okr_err okr_plan_row(struct okr_planning *p,
                                       const struct okr_import_doc *doc,
                                       size_t at);
/* Puts the batch in front, if anything changes at all. */
OKR_MUST_USE enum okr_err okr_plan_batch(struct okr_planning *p);

/* ---- payloads ------------------------------------------------------------ */
struct okr_made {
    struct okr_change changes[16];
    size_t n;
    bool failed; /* out of memory */
};
void okr_made_text(struct okr_made *made, uint16_t field, struct okr_slice s);
void okr_made_id(struct okr_planning *p, struct okr_made *made, uint16_t field,
                 const struct okr_id *id);
void okr_made_value(struct okr_made *made, uint16_t field,
                    struct okr_slice value);
/* Adds the payload; `old`: what it changes (NULL: it makes the entity), from
 * which is taken what the author saw. */
OKR_MUST_USE enum okr_err okr_plan_add(struct okr_planning *p, uint16_t verb,
                                       uint16_t kind, const struct okr_id *id,
                                       const struct okr_made *made,
                                       const struct okr_record *old);

#endif
