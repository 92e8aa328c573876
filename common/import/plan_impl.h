/* Private to common/import/plan*.c: a plan in the making. */
#ifndef OKR_IMPORT_PLAN_IMPL_H
#define OKR_IMPORT_PLAN_IMPL_H

#include "common/base/verdict.h"
#include "common/import/import.h"
#include "common/import/plan_names.h"
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

/* A cycle that rows are of. */
struct okr_plan_cycle {
    struct okr_slice name;
    struct okr_id id;
    okr_day end; /* when results are dated that say nothing else */
};

enum okr_plan_phase {
    OKR_PLAN_BEGIN,
    OKR_PLAN_BASE,  /* units, persons, cycles that are rows */
    OKR_PLAN_LEADS, /* of those units */
    OKR_PLAN_CHECK, /* the cells of the others */
    OKR_PLAN_MATCH, /* which of them are there */
    OKR_PLAN_ROWS,
    OKR_PLAN_END,
    OKR_PLAN_DONE,
};

struct okr_planning {
    const struct okr_import_conf *conf;
    const struct okr_import_doc *doc;
    struct okr_import_plan *plan;
    enum okr_plan_phase phase;
    size_t at;     /* the next row of the phase */
    uint64_t made; /* ids handed out, one for each row among them */
    struct okr_id batch, root;
    struct okr_plan_cycle *cycles;
    size_t n_cycles, cap_cycles;
    struct okr_known *known;
    size_t n_known, cap_known;
    struct okr_matching *matching;
    struct okr_id *ids;       /* per row: its entity */
    struct okr_known **found; /* per row: NULL, it is new */
    uint8_t *keys;            /* per row: OKR_IMPORT_KEY_LEN */
    bool *bad;                /* per row: it is not taken */
    size_t *cycle_of;         /* per row: in `cycles`; NONE: of no cycle */
    struct okr_id *outside;   /* per row: a parent that is no row, or zero */
    /* Rows by parent: those of row i (or of none, at n_rows) are
     * children[first[i]] up to children[first[i + 1]]. */
    size_t *first, *children;
    struct okr_owners owners; /* by mail, or the mail of their slug */
    struct okr_owners names;  /* all persons that were there */
    struct okr_owners units;  /* by folded code, those of the file */
    struct okr_owners homes;  /* units of the file's persons, by their ids */
    struct okr_owners said;   /* check-ins of the file, by their keys */
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
/* The root unit; for Markdown also the cycle: found, or made and listed; or
 * there is no plan. */
OKR_MUST_USE enum okr_err okr_plan_ground(struct okr_planning *p);
/* The cycle of a name: found, or made and listed.  NONE: its dates are not
 * known. */
OKR_MUST_USE enum okr_err okr_plan_cycle(struct okr_planning *p,
                                         struct okr_slice name,
                                         size_t *ret_cycle);
OKR_MUST_USE enum okr_err okr_plan_add_cycle(struct okr_planning *p,
                                             struct okr_slice name,
                                             const struct okr_id *id,
                                             okr_day end, size_t *ret_cycle);
/* What the dates say it is. */
uint32_t okr_plan_cycle_kind(okr_day start, okr_day end);
/* The cycle that an entity which is there belongs to. */
OKR_MUST_USE enum okr_err okr_plan_cycle_of(struct okr_planning *p,
                                            const struct okr_id *entity,
                                            size_t *ret_cycle);
/* Which rows are there already: fills `known`, `found`, `ids`, `keys`; the
 * children of one parent a step, `n_rows` those without one. */
OKR_MUST_USE enum okr_err okr_plan_match_begin(struct okr_planning *p);
OKR_MUST_USE enum okr_err okr_plan_match_below(struct okr_planning *p,
                                               size_t parent);
/* The person of an owner's name: found, or made and listed. */
OKR_MUST_USE enum okr_err okr_plan_owner(struct okr_planning *p,
                                         struct okr_slice name,
                                         struct okr_id *ret_person);

/* ---- plan_rows.c --------------------------------------------------------- */
/* One row: entity, check-in, comment. */
OKR_MUST_USE enum okr_err okr_plan_row(struct okr_planning *p, size_t at);
/* What an import leaves beside a row is known by this key (16 bytes). */
struct okr_slice okr_plan_result_key(struct okr_planning *p,
                                     const struct okr_id *about,
                                     struct okr_slice result);
/* The last result that an import left; NULL: none did. */
OKR_MUST_USE enum okr_err okr_plan_last_result(struct okr_planning *p,
                                               size_t at, uint16_t kind,
                                               const struct okr_record **ret);
OKR_MUST_USE enum okr_err okr_plan_act(struct okr_planning *p, size_t at,
                                       bool makes);
/* Puts the batch in front, if anything changes at all. */
OKR_MUST_USE enum okr_err okr_plan_batch(struct okr_planning *p);

/* ---- payloads ------------------------------------------------------------ */
enum { OKR_MADE_MAX = 96 };
struct okr_made {
    struct okr_change changes[OKR_MADE_MAX];
    size_t n;
    bool failed; /* out of memory */
};
void okr_plan_put_text(struct okr_made *made, uint16_t field,
                       struct okr_slice s);
void okr_plan_put_id(struct okr_planning *p, struct okr_made *made,
                     uint16_t field, const struct okr_id *id);
void okr_plan_put_value(struct okr_made *made, uint16_t field,
                        struct okr_slice value);
void okr_plan_put_element(struct okr_made *made, uint16_t field,
                          struct okr_slice value);
/* Adds the payload; `old`: what it changes (NULL: it makes the entity), from
 * which is taken what the author saw. */
OKR_MUST_USE enum okr_err okr_plan_add(struct okr_planning *p, uint16_t verb,
                                       uint16_t kind, const struct okr_id *id,
                                       const struct okr_made *made,
                                       const struct okr_record *old);

#endif
