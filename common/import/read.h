/* What a file says: rows, and what is wrong with its lines.  A large file is
 * read in steps, so that whoever reads can do something else in between. */
#ifndef OKR_IMPORT_READ_H
#define OKR_IMPORT_READ_H

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

/* Adds a note; `format` as printf. */
__attribute__((format(printf, 6, 7))) OKR_MUST_USE enum okr_err
okr_import_say(struct okr_import_notes *notes, struct okr_arena *arena,
               uint32_t line, const char *column, const char *rule,
               const char *format, ...);

#endif
