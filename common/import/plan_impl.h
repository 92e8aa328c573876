/* Private to common/import/plan*.c: a plan in the making. */
#ifndef OKR_IMPORT_PLAN_IMPL_H
#define OKR_IMPORT_PLAN_IMPL_H

#include "common/import/import.h"
#include "common/model/op.h"

/* A row's identity, kept as `import_key`: group 16 ‖ place u32 ‖ title 12.
 *   group  SHA-256(cycle ‖ parent ‖ kind ‖ owner)[:16], with the ids of cycle
 *          and parent, so that a renamed parent keeps its children
 *   place  among the rows of the group, from 0, when it was made
 *   title  SHA-256(title)[:12], when it was made */
#define OKR_IMPORT_KEY_LEN 32
#define OKR_IMPORT_GROUP_LEN 16
#define OKR_IMPORT_TITLE_LEN 12

/* An entity that an earlier import made. */
struct okr_known {
    const struct okr_record *record;
    const uint8_t *key; /* its import_key */
    bool taken;         /* a row of the document is this one */
};

/* Names to persons; open addressing. */
struct okr_owner {
    struct okr_slice name; /* `data` NULL: a free slot */
    struct okr_id id;
    size_t n; /* persons of that name */
};
struct okr_owners {
    struct okr_owner *slots;
    size_t n, n_slots;
};

struct okr_planning {
    const struct okr_import_conf *conf;
    struct okr_import_plan *plan;
    uint64_t made; /* ids handed out, one for each row among them */
    struct okr_id batch, cycle, root;
    okr_day end; /* of the cycle: when results are dated */
    struct okr_known *known;
    size_t n_known;
    struct okr_id *ids;       /* per row: its entity */
    struct okr_known **found; /* per row: NULL, it is new */
    uint8_t *keys;            /* per row: OKR_IMPORT_KEY_LEN */
    struct okr_owners owners; /* by the mail of their slug */
    struct okr_owners names;  /* all persons that were there */
    bool has_names;
    uint32_t line; /* of the row that is planned */
};

/* The id of row `n` - 1, and a new one behind those of all rows. */
struct okr_id okr_plan_id_at(const struct okr_planning *p, uint64_t n);
struct okr_id okr_plan_id(struct okr_planning *p);
/* There is no plan: says why, once. */
__attribute__((format(printf, 4, 5))) OKR_MUST_USE enum okr_err
okr_plan_give_up(struct okr_planning *p, const char *column, const char *rule,
                 const char *format, ...);
/* Cycle and root unit: found, or made and listed; or there is no plan. */
OKR_MUST_USE enum okr_err okr_plan_ground(struct okr_planning *p,
                                          const struct okr_import_doc *doc);
/* Which rows are there already: fills `known`, `found`, `ids`, `keys`. */
OKR_MUST_USE enum okr_err okr_plan_match(struct okr_planning *p,
                                         const struct okr_import_doc *doc);
/* The person of an owner's name: found, or made and listed. */
OKR_MUST_USE enum okr_err okr_plan_owner(struct okr_planning *p,
                                         struct okr_slice name,
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
void okr_plan_put_text(struct okr_made *made, uint16_t field,
                       struct okr_slice s);
void okr_plan_put_id(struct okr_planning *p, struct okr_made *made,
                     uint16_t field, const struct okr_id *id);
void okr_plan_put_value(struct okr_made *made, uint16_t field,
                        struct okr_slice value);
/* Adds the payload; `old`: what it changes (NULL: it makes the entity), from
 * which is taken what the author saw. */
OKR_MUST_USE enum okr_err okr_plan_add(struct okr_planning *p, uint16_t verb,
                                       uint16_t kind, const struct okr_id *id,
                                       const struct okr_made *made,
                                       const struct okr_record *old);

#endif
