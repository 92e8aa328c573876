/* Rows of a table into a document: kinds, parents, order.  Private to
 * common/import. */
#ifndef OKR_IMPORT_SHEET_H
#define OKR_IMPORT_SHEET_H

#include "common/import/read_impl.h"

/* The column of a name ("owner_mail", "owner", "kr" …), as a header or a JSON
 * member says it; false: there is none. */
bool okr_sheet_column(struct okr_slice name, enum okr_import_column *ret);

struct okr_sheet_row {
    uint32_t line;
    struct okr_slice *cells; /* OKR_COL_COUNT */
    uint16_t kind;           /* 0: it cannot be taken */
    size_t parent, place;    /* record above; index among the doc's rows */
    uint8_t mark;
};
struct okr_sheet {
    struct okr_import_doc *doc;
    struct okr_sheet_row *at;
    size_t n, cap;
    size_t *slots; /* by row_id: index + 1, 0: free */
    size_t n_slots;
};

/* Adds a row whose cells are as read; they are copied, trimmed and brought
 * into their normal form.  `parent`: the row that it is nested in, else
 * OKR_IMPORT_NONE. */
OKR_MUST_USE enum okr_err okr_sheet_add(struct okr_sheet *sheet, uint32_t line,
                                        const struct okr_slice *cells,
                                        size_t parent);
/* The row cannot be taken at all, for this reason. */
OKR_MUST_USE enum okr_err okr_sheet_bad(struct okr_sheet *sheet, size_t at,
                                        enum okr_import_column column,
                                        const char *rule, const char *why);
/* All rows are in: makes the document's rows, parents before children. */
OKR_MUST_USE enum okr_err okr_sheet_finish(struct okr_sheet *sheet);

#endif
