/* Importing OKRs from a file: read it, compare it with what is there, list
 * what would change.  Pure: text and a space in, payloads and lists out; the
 * shell makes operations of the payloads, or only prints the lists (dry run).
 *
 * docs/import.md describes the files: Markdown (nested lists), CSV and JSON (a
 * row an entity).  What cannot be read is listed with its place, never guessed
 * at.  A large file is read and planned in steps, so that whoever does it can
 * do something else in between. */
#ifndef OKR_IMPORT_IMPORT_H
#define OKR_IMPORT_IMPORT_H

#include "common/import/read.h"

/* ---- what it would change ------------------------------------------------ */
struct okr_import_conf {
    struct okr_space space;
    struct okr_slice cycle;  /* its name */
    bool has_start, has_end; /* --start, --end */
    okr_day start, end;
    struct okr_slice source; /* the file's name, for the batch */
    struct okr_id person;    /* who imports: owner of what names none */
    uint32_t epoch;
    okr_us now;
    int offset_min;
    uint8_t entropy[32];
    /* The op id of the own pending operation with this sequence; NULL where
     * nothing is pending. */
    enum okr_err (*pending_op)(void *context, uint64_t seq,
                               struct okr_id *ret_op);
    void *context;
};
/* A row that would be made or changed. */
struct okr_import_act {
    uint32_t line;
    uint16_t kind;
    bool makes; /* else it changes one */
    struct okr_slice title;
};
struct okr_import_plan {
    struct okr_payload *payloads; /* in order; each one operation */
    uint32_t *lines;              /* of each: where it comes from, 0: nowhere */
    size_t n, cap;
    size_t create, update, unchanged; /* rows, they sum up to all of them */
    struct okr_import_act *acts;      /* create + update */
    size_t n_acts, cap_acts;
    const char *impossible; /* why there is no plan at all; NULL: there is */
    struct okr_import_notes errors, warnings;
    struct okr_arena *arena;
};
/* In steps of some hundred rows; everything lives in the document's arena, and
 * `conf` and `doc` as long as the planning. */
struct okr_planning;
OKR_MUST_USE enum okr_err
okr_import_plan_begin(const struct okr_import_conf *conf,
                      const struct okr_import_doc *doc,
                      struct okr_planning **ret_planning);
OKR_MUST_USE enum okr_err okr_import_plan_step(struct okr_planning *planning,
                                               bool *ret_done);
struct okr_import_plan *okr_import_plan_of(struct okr_planning *planning);
/* All at once.  Only a row that is read is planned; what could not be read is
 * in `errors` and stops nothing else. */
OKR_MUST_USE enum okr_err okr_import_plan(const struct okr_import_conf *conf,
                                          const struct okr_import_doc *doc,
                                          struct okr_import_plan *ret_plan);
/* `create update unchanged changes[] errors[] warnings[]`; lists end at
 * OKR_IMPORT_LISTED, and say so. */
#define OKR_IMPORT_LISTED 10000
void okr_import_json(const struct okr_import_plan *plan, struct okr_json *out);

#endif
