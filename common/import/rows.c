/* JSON: one document, `rows` with the names of the columns, nested by
 * `children` or by `parent_row_ids`.  Numbers keep their text: each is made a
 * string before jansson reads it, which would make a binary fraction of it. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/buf.h"
#include "common/import/sheet.h"
#include "common/model/dates.h"

enum { ROWS_AT_ONCE = 256, NEST_MAX = 64 };

/* Where the reader is: an array and the next of its elements. */
struct level {
    json_t *rows;
    size_t next, parent;
};
struct okr_rows {
    json_t *root;
    struct okr_sheet sheet;
    struct okr_import_doc *doc;
    struct level levels[NEST_MAX];
    size_t n_levels;
    uint32_t number; /* of the last row, from 1 */
};

/* ---- numbers ------------------------------------------------------------- */

static size_t string_end(struct okr_slice text, size_t at)
{
    for (at++; at < text.len && text.data[at] != '"'; at++)
        if (text.data[at] == '\\')
            at++;
    return at < text.len ? at + 1 : text.len;
}

static bool is_number(uint8_t c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
           c == 'e' || c == 'E';
}

struct okr_slice okr_json_quoted(struct okr_slice text, struct okr_arena *arena)
{
    struct okr_buf out;
    okr_buf_init(&out, arena);
    for (size_t at = 0, to; at < text.len; at = to) {
        uint8_t c = text.data[at];
        bool number = (c >= '0' && c <= '9') || c == '-';
        to = at + 1;
        if (c == '"')
            to = string_end(text, at);
        while (c != '"' && to < text.len && text.data[to] != '"' &&
               (number ? is_number(text.data[to])
                       : text.data[to] != '-' &&
                             (text.data[to] < '0' || text.data[to] > '9')))
            to++;
        if (number)
            okr_buf_u8(&out, '"');
        okr_buf_put(&out, okr_slice_sub(text, at, to - at));
        if (number)
            okr_buf_u8(&out, '"');
    }
    return out.err == OKR_OK ? okr_buf_slice(&out) : OKR_SLICE_NONE;
}

/* ---- the document -------------------------------------------------------- */

static struct okr_slice text_of(const json_t *value)
{
    return okr_slice_of(json_string_value(value), json_string_length(value));
}

static enum okr_err read_day(struct okr_rows *r, const char *name, bool *ret,
                             okr_day *ret_day)
{
    const json_t *value = json_object_get(r->root, name);
    char why[80];
    *ret = false;
    if (value == NULL)
        return OKR_OK;
    if (json_is_string(value) && okr_day_parse(text_of(value), ret_day)) {
        *ret = true;
        return OKR_OK;
    }
    (void)snprintf(why, sizeof why, "`%s` is no day: write \"2026-01-31\"",
                   name);
    return okr_import_break(r->doc, 0, name, "bad_value", why);
}

static enum okr_err read_head(struct okr_rows *r)
{
    bool starts, ends;
    const json_t *cycle = json_object_get(r->root, "cycle");
    if (json_object_get(r->root, "entities") != NULL)
        return okr_import_break(r->doc, 0, "", "whole",
                                "this is the export of a whole company: it "
                                "goes into an empty server, by `okr-server "
                                "import`");
    if (json_is_string(cycle))
        r->doc->cycle = okr_arena_copy(r->doc->arena, text_of(cycle));
    OKR_TRY(read_day(r, "start", &starts, &r->doc->start));
    OKR_TRY(read_day(r, "end", &ends, &r->doc->end));
    r->doc->has_period = starts && ends;
    return OKR_OK;
}

static enum okr_err read_top(struct okr_rows *r)
{
    json_t *rows = r->root;
    if (json_is_object(rows)) {
        OKR_TRY(read_head(r));
        rows = json_object_get(r->root, "rows");
    }
    if (r->doc->broken != NULL)
        return OKR_OK;
    if (!json_is_array(rows))
        return okr_import_break(r->doc, 0, "rows", "missing",
                                "the document must be an array of rows, or an "
                                "object with `rows`; docs/import.md has an "
                                "example");
    r->levels[r->n_levels++] =
        (struct level){.rows = rows, .parent = OKR_IMPORT_NONE};
    return OKR_OK;
}

static enum okr_err read_text(struct okr_rows *r, struct okr_slice text)
{
    json_error_t error;
    char why[300];
    struct okr_slice quoted = okr_json_quoted(text, r->doc->arena);
    if (quoted.data == NULL && text.len > 0)
        return OKR_ERR_NOMEM;
    r->root = json_loadb((const char *)quoted.data, quoted.len,
                         JSON_REJECT_DUPLICATES, &error);
    if (r->root != NULL)
        return read_top(r);
    if (json_error_code(&error) == json_error_out_of_memory)
        return OKR_ERR_NOMEM;
    (void)snprintf(why, sizeof why, "line %d: %s", error.line, error.text);
    return okr_import_break(r->doc, error.line > 0 ? (uint32_t)error.line : 0,
                            "", "malformed", why);
}

enum okr_err okr_rows_begin(struct okr_slice text, struct okr_import_doc *doc,
                            struct okr_rows **ret)
{
    struct okr_rows *r = calloc(1, sizeof *r);
    if (r == NULL)
        return OKR_ERR_NOMEM;
    r->doc = r->sheet.doc = doc;
    doc->table = true;
    enum okr_err err = read_text(r, text);
    if (err != OKR_OK)
        okr_rows_free(&r);
    else
        *ret = r;
    return err;
}

void okr_rows_free(struct okr_rows **rows)
{
    if (*rows == NULL)
        return;
    json_decref((*rows)->root);
    free(*rows);
    *rows = NULL;
}

/* ---- one row ------------------------------------------------------------- */

/* A list of row ids is written as its names with blanks between them. */
static enum okr_err cell_of(struct okr_rows *r, const json_t *value,
                            struct okr_slice *ret, bool *ret_good)
{
    struct okr_buf out;
    size_t i;
    const json_t *one;
    *ret_good = true;
    *ret = OKR_SLICE_NONE;
    if (json_is_null(value))
        return OKR_OK;
    if (json_is_boolean(value)) {
        *ret = okr_slice_str(json_is_true(value) ? "true" : "false");
        return OKR_OK;
    }
    if (json_is_string(value)) {
        *ret = text_of(value);
        return OKR_OK;
    }
    *ret_good = json_is_array(value);
    okr_buf_init(&out, r->doc->arena);
    json_array_foreach(value, i, one)
    {
        *ret_good = *ret_good && json_is_string(one);
        if (i > 0)
            okr_buf_u8(&out, ' ');
        okr_buf_put(&out, text_of(one));
    }
    *ret = okr_buf_slice(&out);
    return out.err;
}

static enum okr_err say_member(struct okr_rows *r, const char *name, bool known)
{
    struct okr_import_doc *doc = r->doc;
    return known ? okr_import_say(&doc->errors, doc->arena, r->number, name,
                                  "bad_value",
                                  "a text, a number or a list of row ids is "
                                  "expected")
                 : okr_import_say(&doc->warnings, doc->arena, r->number, "",
                                  "unknown_column",
                                  "\"%.60s\" is none that is read", name);
}

static enum okr_err read_row(struct okr_rows *r, json_t *object, size_t parent)
{
    struct okr_slice cells[OKR_COL_COUNT] = {{NULL, 0}};
    enum okr_import_column column;
    const char *name;
    json_t *value;
    bool good;
    json_object_foreach(object, name, value)
    {
        if (strcmp(name, "children") == 0)
            continue;
        if (!okr_sheet_column(okr_slice_str(name), &column)) {
            OKR_TRY(say_member(r, name, false));
            continue;
        }
        OKR_TRY(cell_of(r, value, &cells[column], &good));
        if (!good) {
            OKR_TRY(say_member(r, name, true));
            return OKR_OK;
        }
    }
    return okr_sheet_add(&r->sheet, r->number, cells, parent);
}

static enum okr_err enter(struct okr_rows *r, json_t *object, size_t parent)
{
    json_t *children = json_object_get(object, "children");
    if (children == NULL || json_array_size(children) == 0)
        return OKR_OK;
    if (r->n_levels == NEST_MAX)
        return okr_import_say(&r->doc->errors, r->doc->arena, r->number,
                              "children", "too_deep", "more than 64 levels");
    r->levels[r->n_levels++] =
        (struct level){.rows = children, .parent = parent};
    return OKR_OK;
}

static enum okr_err next_row(struct okr_rows *r)
{
    struct level *level = &r->levels[r->n_levels - 1];
    struct okr_import_doc *doc = r->doc;
    if (level->next == json_array_size(level->rows)) {
        r->n_levels--;
        return OKR_OK;
    }
    json_t *object = json_array_get(level->rows, level->next++);
    size_t before = r->sheet.n;
    r->number++;
    if (!json_is_object(object))
        return okr_import_say(&doc->errors, doc->arena, r->number, "",
                              "malformed", "a row is an object");
    OKR_TRY(read_row(r, object, level->parent));
    if (r->sheet.n == before) /* its children would have no parent */
        return OKR_OK;
    return enter(r, object, before);
}

enum okr_err okr_rows_step(struct okr_rows *r, bool *ret_done)
{
    for (int i = 0; i < ROWS_AT_ONCE && r->n_levels > 0; i++)
        OKR_TRY(next_row(r));
    *ret_done = r->n_levels == 0 || r->doc->broken != NULL;
    return *ret_done && r->doc->broken == NULL ? okr_sheet_finish(&r->sheet)
                                               : OKR_OK;
}
