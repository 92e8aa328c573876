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

#include "common/base/json.h"
#include "common/store/space.h"

enum {
    OKR_IMPORT_ROWS_MAX = 200000,
    OKR_IMPORT_LINE_MAX = 64 * 1024, /* bytes of a line, or of a cell */
};

/* ---- what a file says ---------------------------------------------------- */

/* The columns of a table; the names are in sheet.c. */
enum okr_import_column {
    OKR_COL_ROW_ID,
    OKR_COL_PARENTS,
    OKR_COL_TYPE,
    OKR_COL_TITLE,
    OKR_COL_OWNER,
    OKR_COL_UNIT,
    OKR_COL_CYCLE,
    OKR_COL_METRIC,
    OKR_COL_START,
    OKR_COL_TARGET,
    OKR_COL_VALUE,
    OKR_COL_CONFIDENCE,
    OKR_COL_UNIT_OF_MEASURE,
    OKR_COL_WEIGHT,
    OKR_COL_DUE,
    OKR_COL_STATE,
    OKR_COL_SCORE,
    OKR_COL_DATE,
    OKR_COL_NOTE,
    OKR_COL_USUAL, /* so many stand in every table; these may: */
    OKR_COL_LOW = OKR_COL_USUAL,
    OKR_COL_HIGH,
    OKR_COL_STRETCH,
    OKR_COL_DESCRIPTION,
    OKR_COL_COUNT,
};
/* "owner_mail" */
const char *okr_import_column_word(enum okr_import_column column);

struct okr_import_row {
    uint32_t line; /* from 1; of a table, the number of the row */
    uint16_t kind;
    size_t parent;          /* index of a row, OKR_IMPORT_NONE: none */
    struct okr_slice owner; /* as written */
    struct okr_slice title;
    struct okr_slice result; /* behind the arrow; may be empty */
    bool has_percent;        /* the result begins with N% or DONE */
    struct okr_dec percent;
    /* Of a table only: */
    struct okr_slice *cells;  /* by okr_import_column; NULL: no table */
    struct okr_slice outside; /* a parent that is no row of the file */
    size_t *supports;         /* further parents, rows */
    size_t n_supports;
    bool has_check_ins; /* rows of the file that are below it */
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
    bool table;      /* CSV or JSON: its rows have cells */
    bool has_period; /* "from D to D" was found */
    okr_day start, end;
    struct okr_slice cycle; /* that the document names for all its rows */
    const char *broken; /* why nothing of it is taken; NULL: rows were read */
    struct okr_import_notes errors, warnings;
    struct okr_arena *arena;
};

enum okr_import_format {
    OKR_IMPORT_ANY, /* by the file's name, else by what it begins with */
    OKR_IMPORT_MARKDOWN,
    OKR_IMPORT_CSV,
    OKR_IMPORT_JSON,
};
/* "csv", "json", "markdown"; false for another word. */
bool okr_import_format_of(struct okr_slice word,
                          enum okr_import_format *ret_format);
enum okr_import_format okr_import_guess(struct okr_slice name,
                                        struct okr_slice text);

/* Reads a document in steps, each of some tens of KiB.  `text` is borrowed as
 * long as the document; what is not UTF-8 is refused as a whole, naming the
 * byte and how to convert it.  The caller frees the reader, also after an
 * error; the document lives in `arena`. */
struct okr_import_reader;
OKR_MUST_USE enum okr_err
okr_import_read_begin(enum okr_import_format format, struct okr_slice text,
                      struct okr_arena *arena,
                      struct okr_import_reader **ret_reader);
OKR_MUST_USE enum okr_err okr_import_read_step(struct okr_import_reader *reader,
                                               bool *ret_done);
/* The document; steps are done. */
const struct okr_import_doc *
okr_import_read_doc(const struct okr_import_reader *reader);
void okr_import_read_free(struct okr_import_reader **reader);
/* All at once. */
OKR_MUST_USE enum okr_err okr_import_read(enum okr_import_format format,
                                          struct okr_slice text,
                                          struct okr_arena *arena,
                                          struct okr_import_doc *ret_doc);

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
/* All at once.  Only a row that is read is planned; what could not be read is in `errors`
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
