/* Tables: measured, narrowed to the page, written. */
#include "client/cli/table.h"

#include "common/base/assert.h"

enum { GAP = 2, FLEXIBLE_MIN = 12, PLAIN_MIN = 6 };

void okr_table_init(struct okr_table *table, struct okr_page *page)
{
    *table = (struct okr_table){.page = page};
    okr_buf_init(&table->cells, page->arena);
}

void okr_table_column(struct okr_table *table, const char *heading,
                      enum okr_column_form form)
{
    OKR_ASSERT(table->n_columns < OKR_TABLE_COLUMNS_MAX);
    table->column[table->n_columns].heading = heading;
    table->column[table->n_columns].width = okr_page_width(heading);
    table->column[table->n_columns++].form = form;
}

void okr_table_cell(struct okr_table *table, enum okr_tone tone,
                    const char *text)
{
    const struct okr_cell cell = {text == NULL ? "" : text, tone};
    size_t at = table->n_cells++ % table->n_columns;
    size_t width = okr_page_width(cell.text);
    okr_buf_put(&table->cells, okr_slice_of(&cell, sizeof cell));
    if (width > table->column[at].width)
        table->column[at].width = width;
    table->column[at].any = table->column[at].any || width > 0;
}

/* ---- narrowing ----------------------------------------------------------- */

/* Columns that the table takes, with none that is flexible over `most`. */
static size_t total(const struct okr_table *table, size_t most)
{
    size_t sum = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        size_t width = table->column[i].width;
        if (table->column[i].form == OKR_COLUMN_FLEXIBLE && width > most)
            width = most;
        if (table->column[i].any)
            sum += width + (sum > 0 ? GAP : 0);
    }
    return sum;
}

/* The widest column of the form that may still lose one; n_columns: none. */
static size_t widest(const struct okr_table *table, enum okr_column_form form,
                     size_t least)
{
    size_t best = table->n_columns;
    for (size_t i = 0; i < table->n_columns; i++)
        if (table->column[i].any && table->column[i].form == form &&
            table->column[i].width > least &&
            (best == table->n_columns ||
             table->column[i].width > table->column[best].width))
            best = i;
    return best;
}

/* Leaves out the last column that may be missing; false: there is none. */
static bool leave_out(struct okr_table *table)
{
    for (size_t i = table->n_columns; i-- > 0;)
        if (table->column[i].any &&
            table->column[i].form == OKR_COLUMN_OPTIONAL) {
            table->column[i].any = false;
            return true;
        }
    return false;
}

static bool cut_one(struct okr_table *table, enum okr_column_form form,
                    size_t least)
{
    size_t at = widest(table, form, least);
    if (at == table->n_columns)
        return false;
    table->column[at].width--;
    return true;
}

static void narrow(struct okr_table *table)
{
    size_t columns = table->page->columns;
    if (columns == 0)
        return;
    while (total(table, 2 * FLEXIBLE_MIN) > columns && leave_out(table)) {
    }
    while (total(table, SIZE_MAX) > columns)
        if (!cut_one(table, OKR_COLUMN_FLEXIBLE, 2 * FLEXIBLE_MIN) &&
            !cut_one(table, OKR_COLUMN_PLAIN, 2 * PLAIN_MIN) &&
            !cut_one(table, OKR_COLUMN_FLEXIBLE, FLEXIBLE_MIN) &&
            !cut_one(table, OKR_COLUMN_PLAIN, PLAIN_MIN))
            return;
}

/* ---- writing ------------------------------------------------------------- */

/* Blanks are owed until something follows: no line ends with them. */
static void put(struct okr_table *table, size_t at, size_t *owed,
                const struct okr_cell *cell)
{
    size_t width = table->column[at].width, taken = 0;
    if (cell->text[0] != '\0') {
        okr_page_spaces(table->page, *owed);
        *owed = 0;
        taken = okr_page_cut(table->page, cell->tone, cell->text, width);
    }
    *owed += width - taken + GAP;
}

static void put_headings(struct okr_table *table)
{
    size_t owed = 0;
    for (size_t i = 0; i < table->n_columns; i++) {
        const struct okr_cell heading = {table->column[i].heading,
                                         OKR_TONE_FAINT};
        if (table->column[i].any)
            put(table, i, &owed, &heading);
    }
    okr_page_line_end(table->page);
}

static void put_cells(struct okr_table *table)
{
    const struct okr_cell *cells = (const void *)table->cells.data;
    size_t owed = 0;
    for (size_t i = 0; i < table->n_cells; i++) {
        size_t at = i % table->n_columns;
        if (table->column[at].any)
            put(table, at, &owed, &cells[i]);
        if (at + 1 != table->n_columns)
            continue;
        okr_page_line_end(table->page);
        owed = 0;
    }
}

static void print(struct okr_table *table, bool headings)
{
    if (table->n_cells == 0 || table->cells.err != OKR_OK)
        return;
    narrow(table);
    if (headings)
        put_headings(table);
    put_cells(table);
}

void okr_table_print(struct okr_table *table)
{
    print(table, true);
}

void okr_table_print_plain(struct okr_table *table)
{
    print(table, false);
}
