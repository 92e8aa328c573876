/* A table on a page: columns as wide as what stands in them, cut to the page
 * where that is too much. */
#ifndef CLIENT_CLI_TABLE_H
#define CLIENT_CLI_TABLE_H

#include "client/cli/page.h"

enum { OKR_TABLE_COLUMNS_MAX = 20 };

enum okr_column_form {
    OKR_COLUMN_PLAIN,
    OKR_COLUMN_FLEXIBLE, /* cut first */
    OKR_COLUMN_WHOLE,    /* never cut: references */
    OKR_COLUMN_OPTIONAL, /* left out, the last first, where room is short */
};
struct okr_cell {
    const char *text;
    enum okr_tone tone;
};
struct okr_table {
    struct okr_page *page;
    struct {
        const char *heading;
        enum okr_column_form form;
        size_t width;
        bool any; /* something stands in it */
    } column[OKR_TABLE_COLUMNS_MAX];
    size_t n_columns, n_cells;
    struct okr_buf cells; /* struct okr_cell each, row by row */
};

void okr_table_init(struct okr_table *table, struct okr_page *page);
/* A column in which nothing stands is not shown. */
void okr_table_column(struct okr_table *table, const char *heading,
                      enum okr_column_form form);
/* The next cell of the row; `text` must live as long as the table.  NULL is
 * an empty cell. */
void okr_table_cell(struct okr_table *table, enum okr_tone tone,
                    const char *text);
void okr_table_print(struct okr_table *table);
void okr_table_print_plain(struct okr_table *table); /* without headings */

#endif
