/* CSV as RFC 4180 has it, read by libcsv; the separator is `,`, `;` or tab,
 * as the header says. */
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/import/sheet.h"

#define BYTES_AT_ONCE (64 * 1024)
#define CELL_GROWS (1024 * 1024)

enum {
    COLUMNS_MAX = 64,
    NO_COLUMN = -1,
};

struct okr_csv {
    struct csv_parser parser;
    struct okr_sheet sheet;
    struct okr_import_doc *doc;
    struct okr_slice text; /* what is left */
    int columns[COLUMNS_MAX];
    size_t n_columns; /* of the header; 0: it was not read yet */
    /* The record that is read: its cells lie in `heap` one behind the other. */
    struct okr_buf heap;
    size_t from[COLUMNS_MAX], len[COLUMNS_MAX];
    size_t n_cells;
    bool empty; /* so far it has nothing */
    uint32_t line, record_line;
    enum okr_err err;
};

/* ---- the header ---------------------------------------------------------- */

/* How many columns of a table the line names, if it is split at `by`. */
static size_t named(struct okr_slice line, uint8_t by)
{
    size_t n = 0, from = 0;
    enum okr_import_column column;
    for (size_t i = 0; i <= line.len; i++) {
        if (i < line.len && line.data[i] != by)
            continue;
        n += okr_sheet_column(okr_slice_sub(line, from, i - from), &column);
        from = i + 1;
    }
    return n;
}

static uint8_t separator(struct okr_slice text, size_t *ret_named)
{
    static const uint8_t separators[] = {',', ';', '\t'};
    size_t end = 0;
    uint8_t best = ',';
    *ret_named = 0;
    while (end < text.len && text.data[end] != '\n' && text.data[end] != '\r')
        end++;
    for (size_t i = 0; i < sizeof separators; i++) {
        size_t n = named(okr_slice_sub(text, 0, end), separators[i]);
        if (n > *ret_named) {
            best = separators[i];
            *ret_named = n;
        }
    }
    return best;
}

bool okr_csv_is(struct okr_slice text)
{
    size_t n;
    if (okr_slice_starts(text, OKR_SLICE_LIT("\xef\xbb\xbf")))
        text = okr_slice_sub(text, 3, text.len);
    (void)separator(text, &n);
    return n >= 2;
}

static struct okr_slice cell_at(const struct okr_csv *csv, size_t i)
{
    return okr_slice_of(csv->heap.data + csv->from[i], csv->len[i]);
}

/* Each name once; one that is none is left out, and told. */
static enum okr_err read_column(struct okr_csv *csv, size_t at)
{
    struct okr_import_doc *doc = csv->doc;
    struct okr_slice name = cell_at(csv, at);
    enum okr_import_column column;
    char why[200];
    csv->columns[at] = NO_COLUMN;
    if (!okr_sheet_column(name, &column))
        return okr_import_say(&doc->warnings, doc->arena, csv->record_line, "",
                              "unknown_column",
                              "column %zu, \"%.*s\", is none that is read",
                              at + 1, (int)(name.len < 60 ? name.len : 60),
                              name.len == 0 ? "" : (const char *)name.data);
    for (size_t i = 0; i < at; i++)
        if (csv->columns[i] == (int)column) {
            (void)snprintf(why, sizeof why, "two columns are %s",
                           okr_import_column_word(column));
            return okr_import_break(doc, csv->record_line,
                                    okr_import_column_word(column), "duplicate",
                                    why);
        }
    csv->columns[at] = (int)column;
    return OKR_OK;
}

static enum okr_err read_header(struct okr_csv *csv)
{
    bool type = false;
    csv->n_columns = csv->n_cells;
    for (size_t i = 0; i < csv->n_cells; i++) {
        OKR_TRY(read_column(csv, i));
        type = type || csv->columns[i] == OKR_COL_TYPE;
    }
    if (type)
        return OKR_OK;
    return okr_import_break(csv->doc, csv->record_line, "type", "header",
                            "the first line must name the columns, `type` and "
                            "`title` among them; docs/import.md has an "
                            "example");
}

/* ---- records ------------------------------------------------------------- */

static enum okr_err read_record(struct okr_csv *csv)
{
    struct okr_slice cells[OKR_COL_COUNT] = {{NULL, 0}};
    char why[160];
    if (csv->n_columns == 0)
        return read_header(csv);
    if (csv->n_cells != csv->n_columns) {
        (void)snprintf(why, sizeof why,
                       "%zu cells where the header has %zu: a cell with the "
                       "separator or a line break in it must be quoted",
                       csv->n_cells, csv->n_columns);
        return okr_import_say(&csv->doc->errors, csv->doc->arena,
                              csv->record_line, "", "columns", "%s", why);
    }
    for (size_t i = 0; i < csv->n_cells; i++)
        if (csv->columns[i] != NO_COLUMN)
            cells[csv->columns[i]] = cell_at(csv, i);
    return okr_sheet_add(&csv->sheet, csv->record_line, cells, OKR_IMPORT_NONE);
}

static void on_cell(void *data, size_t len, void *context)
{
    struct okr_csv *csv = context;
    if (csv->n_cells < COLUMNS_MAX) {
        csv->from[csv->n_cells] = csv->heap.len;
        csv->len[csv->n_cells] = len;
        okr_buf_put(&csv->heap, okr_slice_of(data, len));
    }
    csv->n_cells++;
    csv->empty = csv->empty && len == 0;
}

static void on_record(int end, void *context)
{
    struct okr_csv *csv = context;
    (void)end;
    if (csv->err == OKR_OK)
        csv->err = csv->heap.err;
    if (csv->err == OKR_OK && !csv->empty && csv->doc->broken == NULL)
        csv->err = csv->n_cells > COLUMNS_MAX
                       ? okr_import_break(csv->doc, csv->record_line, "",
                                          "columns", "more than 64 columns")
                       : read_record(csv);
    csv->n_cells = csv->heap.len = 0;
    csv->empty = true;
    csv->record_line = 0;
}

/* ---- the text ------------------------------------------------------------ */

enum okr_err okr_csv_begin(struct okr_slice text, struct okr_import_doc *doc,
                           struct okr_csv **ret)
{
    size_t n;
    struct okr_csv *csv = calloc(1, sizeof *csv);
    if (csv == NULL)
        return OKR_ERR_NOMEM;
    if (csv_init(&csv->parser, CSV_STRICT | CSV_STRICT_FINI) != 0) {
        free(csv);
        return OKR_ERR_NOMEM;
    }
    csv_set_delim(&csv->parser, separator(text, &n));
    csv_set_blk_size(&csv->parser, CELL_GROWS); /* a long cell is copied each
                                                   time that it grows */
    csv->doc = csv->sheet.doc = doc;
    csv->text = text;
    doc->table = true;
    csv->empty = true;
    okr_buf_init(&csv->heap, NULL);
    *ret = csv;
    return OKR_OK;
}

void okr_csv_free(struct okr_csv **csv)
{
    if (*csv == NULL)
        return;
    csv_free(&(*csv)->parser);
    okr_buf_close(&(*csv)->heap);
    free(*csv);
    *csv = NULL;
}

static enum okr_err not_csv(struct okr_csv *csv)
{
    if (csv_error(&csv->parser) != CSV_EPARSE)
        return OKR_ERR_NOMEM;
    return okr_import_break(
        csv->doc, csv->record_line == 0 ? csv->line : csv->record_line, "",
        "quotes",
        "a quote is not closed, or stands inside a cell "
        "that is not quoted: quote the cell, and write "
        "\"\" for a quote in it");
}

/* A physical line at a time, so that a record knows where it began. */
static enum okr_err read_line(struct okr_csv *csv)
{
    const uint8_t *lf = memchr(csv->text.data, '\n', csv->text.len);
    size_t len = lf == NULL ? csv->text.len : (size_t)(lf - csv->text.data) + 1;
    csv->line++;
    if (csv->record_line == 0)
        csv->record_line = csv->line;
    size_t used =
        csv_parse(&csv->parser, csv->text.data, len, on_cell, on_record, csv);
    OKR_TRY(csv->err);
    if (used != len)
        return not_csv(csv);
    csv->text = okr_slice_sub(csv->text, len, csv->text.len);
    return OKR_OK;
}

enum okr_err okr_csv_step(struct okr_csv *csv, bool *ret_done)
{
    size_t until =
        csv->text.len > BYTES_AT_ONCE ? csv->text.len - BYTES_AT_ONCE : 0;
    while (csv->text.len > until && csv->doc->broken == NULL)
        OKR_TRY(read_line(csv));
    *ret_done = csv->text.len == 0 || csv->doc->broken != NULL;
    if (!*ret_done)
        return OKR_OK;
    if (csv->doc->broken == NULL &&
        csv_fini(&csv->parser, on_cell, on_record, csv) != 0)
        OKR_TRY(not_csv(csv));
    OKR_TRY(csv->err);
    if (csv->n_columns == 0)
        OKR_TRY(
            okr_import_break(csv->doc, 1, "", "empty", "the file has no line"));
    return csv->doc->broken != NULL ? OKR_OK : okr_sheet_finish(&csv->sheet);
}
