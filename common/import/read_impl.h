/* Private to common/import: the readers of the formats. */
#ifndef OKR_IMPORT_READ_IMPL_H
#define OKR_IMPORT_READ_IMPL_H

#include "common/import/read.h"

OKR_MUST_USE enum okr_err okr_import_add_row(struct okr_import_doc *doc,
                                             const struct okr_import_row *row);
/* Nothing of the file is taken: says why, once. */
OKR_MUST_USE enum okr_err okr_import_break(struct okr_import_doc *doc,
                                           uint32_t line, const char *column,
                                           const char *rule, const char *why);

/* Readers of text that is valid UTF-8 without NUL and BOM. */
struct okr_markdown;
OKR_MUST_USE enum okr_err okr_markdown_begin(struct okr_slice text,
                                             struct okr_import_doc *doc,
                                             struct okr_markdown **ret);
OKR_MUST_USE enum okr_err okr_markdown_step(struct okr_markdown *markdown,
                                            bool *ret_done);

/* Does it begin with a line that names columns of a table? */
bool okr_csv_is(struct okr_slice text);
struct okr_csv;
OKR_MUST_USE enum okr_err okr_csv_begin(struct okr_slice text,
                                        struct okr_import_doc *doc,
                                        struct okr_csv **ret);
OKR_MUST_USE enum okr_err okr_csv_step(struct okr_csv *csv, bool *ret_done);
void okr_csv_free(struct okr_csv **csv);

/* The JSON text with every number as a string, so that it keeps its digits.
 * `data` NULL: out of memory. */
struct okr_slice okr_json_quoted(struct okr_slice text,
                                 struct okr_arena *arena);
struct okr_rows; /* JSON */
OKR_MUST_USE enum okr_err okr_rows_begin(struct okr_slice text,
                                         struct okr_import_doc *doc,
                                         struct okr_rows **ret);
OKR_MUST_USE enum okr_err okr_rows_step(struct okr_rows *rows, bool *ret_done);
void okr_rows_free(struct okr_rows **rows);

#endif
