/* Importing OKRs from a file: read it, compare it with what is there, list
 * what would change.  Pure: text and a space in, payloads and lists out; the
 * shell makes operations of the payloads, or only prints the lists (dry run).
 *
 * Markdown (docs/domain.md "Import"): nested lists of `Owner: Objective` and
 * `Owner KR: text => result`, headings `Owner: Objective` above them.  What
 * cannot be read is listed with its line, never guessed at. */
#ifndef OKR_IMPORT_IMPORT_H
#define OKR_IMPORT_IMPORT_H

#include "common/base/json.h"
#include "common/store/space.h"

/* ---- what a file says ---------------------------------------------------- */
struct okr_import_row {
    uint32_t line;          /* from 1 */
    uint16_t kind;          /* OBJECTIVE or KEY_RESULT */
    size_t parent;          /* index of a row, OKR_IMPORT_NONE: none */
    struct okr_slice owner; /* as written */
    struct okr_slice title;
    struct okr_slice result; /* behind the arrow; may be empty */
    bool has_percent;        /* the result begins with N% or DONE */
    struct okr_dec percent;
};
#define OKR_IMPORT_NONE SIZE_MAX

/* Something about a line, for people. */
struct okr_import_note {
    uint32_t line; /* 0: about the file */
    const char *column;
    const char *rule;
    const char *message; /* in the arena */
};
struct okr_import_notes {
    struct okr_import_note *at;
    size_t n, cap;
};

struct okr_import_doc {
    struct okr_import_row *rows;
    size_t n_rows, cap_rows;
    bool has_period; /* "from D to D" was found */
    okr_day start, end;
    struct okr_import_notes errors, warnings;
    struct okr_arena *arena;
};

/* Reads Markdown.  `text` is borrowed as long as the document.  Text that is
 * not UTF-8 is one error with its line. */
OKR_MUST_USE enum okr_err okr_import_markdown(struct okr_slice text,
                                              struct okr_arena *arena,
                                              struct okr_import_doc *ret_doc);

/* ---- what it would change ------------------------------------------------ */
struct okr_import_conf {
    struct okr_space space;
    struct okr_slice cycle;  /* its name */
    bool has_start, has_end; /* --start, --end */
    okr_day start, end;
    struct okr_slice source; /* the file's name, for the batch */
    uint32_t epoch;
    okr_us now;
    int offset_min;
    uint8_t entropy[32];
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
/* Only a row that is read is planned; what could not be read is in `errors`
 * and stops nothing else. */
OKR_MUST_USE enum okr_err okr_import_plan(const struct okr_import_conf *conf,
                                          const struct okr_import_doc *doc,
                                          struct okr_import_plan *ret_plan);
/* `create update unchanged changes[] errors[] warnings[]`; lists end at
 * OKR_IMPORT_LISTED, and say so. */
#define OKR_IMPORT_LISTED 10000
void okr_import_json(const struct okr_import_plan *plan, struct okr_json *out);

/* Adds a note; `format` as printf. */
__attribute__((format(printf, 6, 7))) OKR_MUST_USE enum okr_err
okr_import_say(struct okr_import_notes *notes, struct okr_arena *arena,
               uint32_t line, const char *column, const char *rule,
               const char *format, ...);

#endif
