/* JSON for people. */
#include "server/shell/print.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/base/utf8.h"
#include "common/lang/text.h"

enum {
    CELL_MAX = 1000,
    COLUMNS_MAX = 16,
    INDENT = 2,
    CELL_COLUMNS_MAX = 60,
    VALUE_MAX = 40, /* columns of a value before and after */
};

/* What a table shows, in this order, of what its rows have. */
static const char *const columns[] = {
    "alert", "ref",    "lsn",      "time",   "person",  "signature",
    "verb",  "name",   "kind",     "title",  "owner",   "unit",
    "cycle", "state",  "progress", "status", "role",    "last_seq",
    "units", "rule",   "row",      "column", "message", "scope",
    "head",  "digest", "count",    "changes"};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void scalar_of(const json_t *value, char out[CELL_MAX])
{
    out[0] = '\0';
    if (json_is_string(value))
        (void)snprintf(out, CELL_MAX, "%s", json_string_value(value));
    else if (json_is_integer(value))
        (void)snprintf(out, CELL_MAX, "%" JSON_INTEGER_FORMAT,
                       json_integer_value(value));
    else if (json_is_real(value))
        (void)snprintf(out, CELL_MAX, "%g", json_real_value(value));
    else if (json_is_boolean(value))
        (void)snprintf(out, CELL_MAX, "%s",
                       json_boolean_value(value) ? _("yes") : _("no"));
}

/* "title: First -> Second", or a scalar of a list. */
static void element_of(const json_t *element, char out[CELL_MAX])
{
    char before[CELL_MAX], after[CELL_MAX];
    const char *field = json_string_value(json_object_get(element, "field"));
    if (field == NULL) {
        scalar_of(element, out);
        return;
    }
    scalar_of(json_object_get(element, "before"), before);
    scalar_of(json_object_get(element, "after"), after);
    struct okr_slice from = okr_utf8_fit(okr_slice_str(before), VALUE_MAX);
    struct okr_slice to = okr_utf8_fit(okr_slice_str(after), VALUE_MAX);
    (void)snprintf(out, CELL_MAX, "%s: %.*s%s%.*s", field, (int)from.len,
                   (const char *)from.data, from.len > 0 ? " -> " : "",
                   (int)to.len, (const char *)to.data);
}

/* A scalar, or a list of them, on one line. */
static void cell_of(const json_t *value, char out[CELL_MAX])
{
    size_t n = 0;
    scalar_of(value, out);
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value);
         i++) {
        char text[CELL_MAX];
        element_of(json_array_get(value, i), text);
        size_t len = strlen(text);
        if (len == 0 || n + len + 4 >= CELL_MAX)
            continue;
        n += (size_t)snprintf(out + n, CELL_MAX - n, "%s%s", n > 0 ? ", " : "",
                              text);
    }
}

static bool holds_objects(const json_t *value)
{
    return json_is_array(value) && json_array_size(value) > 0 &&
           json_is_object(json_array_get(value, 0));
}

/* ---- tables -------------------------------------------------------------- */

struct table {
    size_t column[COLUMNS_MAX]; /* into `columns` */
    size_t width[COLUMNS_MAX];
    size_t n;
};

/* Columns whose values are words of the schema. */
static bool is_word(const char *name)
{
    static const char *const names[] = {"kind", "state", "status",
                                        "verb", "role",  "signature"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void cell_at(const json_t *row, const char *name, size_t depth,
                    char out[CELL_MAX])
{
    char text[CELL_MAX];
    cell_of(json_object_get(row, name), text);
    if (is_word(name))
        (void)snprintf(text, sizeof text, "%s", okr_word(text));
    bool last = strcmp(name, "changes") == 0;
    struct okr_slice fit = okr_utf8_fit(
        okr_slice_str(text), last ? CELL_MAX : (size_t)CELL_COLUMNS_MAX);
    bool indented = strcmp(name, "title") == 0 || strcmp(name, "name") == 0;
    (void)snprintf(out, CELL_MAX, "%*s%.*s",
                   indented ? (int)(depth * INDENT) : 0, "", (int)fit.len,
                   (const char *)fit.data);
}

/* Widens `*width` to what the column takes; false: nobody has it. */
static bool measure(const json_t *rows, const char *name, size_t depth,
                    size_t *width)
{
    bool found = false;
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        char text[CELL_MAX];
        cell_at(row, name, depth, text);
        size_t columns_taken = okr_utf8_width(okr_slice_str(text));
        if (json_object_get(row, name) != NULL && text[0] != '\0')
            found = true;
        if (columns_taken > *width)
            *width = columns_taken;
        const json_t *children = json_object_get(row, "children");
        if (children != NULL)
            found = measure(children, name, depth + 1, width) || found;
    }
    return found;
}

static void lay_out(const json_t *rows, struct table *table)
{
    table->n = 0;
    for (size_t i = 0; i < COLUMNS && table->n < COLUMNS_MAX; i++) {
        size_t width = okr_utf8_width(okr_slice_str(okr_word(columns[i])));
        if (!measure(rows, columns[i], 0, &width))
            continue;
        table->column[table->n] = i;
        table->width[table->n++] = width;
    }
}

static void print_cell(const struct table *table, size_t i, const char *text)
{
    size_t width = okr_utf8_width(okr_slice_str(text));
    size_t gap = table->width[i] > width ? table->width[i] - width : 0;
    if (i + 1 == table->n)
        printf("%s\n", text);
    else
        printf("%s%*s", text, (int)gap + INDENT, "");
}

static void print_rows(const json_t *rows, const struct table *table,
                       size_t depth)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        for (size_t c = 0; c < table->n; c++) {
            char text[CELL_MAX];
            cell_at(row, columns[table->column[c]], depth, text);
            print_cell(table, c, text);
        }
        const json_t *children = json_object_get(row, "children");
        if (children != NULL)
            print_rows(children, table, depth + 1);
    }
}

static void print_table(const json_t *rows)
{
    struct table table;
    lay_out(rows, &table);
    for (size_t c = 0; c < table.n; c++)
        print_cell(&table, c, okr_word(columns[table.column[c]]));
    print_rows(rows, &table, 0);
}

/* ---- objects ------------------------------------------------------------- */

static void print_member(const char *name, size_t width, const char *text)
{
    size_t taken = okr_utf8_width(okr_slice_str(name));
    printf("%s%*s  %s\n", name, (int)(width - taken), "", text);
}

static void print_object(json_t *object)
{
    const char *key;
    json_t *value;
    size_t width = 0;
    json_object_foreach(object, key, value)
    {
        size_t taken = okr_utf8_width(okr_slice_str(okr_word(key)));
        if (taken > width)
            width = taken;
    }
    json_object_foreach(object, key, value)
    {
        char text[CELL_MAX];
        if (holds_objects(value) || json_is_object(value))
            continue;
        cell_of(value, text);
        if (text[0] != '\0')
            print_member(okr_word(key), width, text);
    }
    json_object_foreach(object, key, value)
    {
        if (holds_objects(value)) {
            printf("\n%s\n", okr_word(key));
            print_table(value);
        }
    }
}

void okr_print_json(struct okr_slice json)
{
    json_t *root =
        json_loadb((const char *)json.data, json.len, JSON_DECODE_ANY, NULL);
    if (holds_objects(root))
        print_table(root);
    else if (json_is_object(root))
        print_object(root);
    else if (!json_is_array(root)) /* an empty list says nothing */
        printf("%.*s\n", (int)json.len, (const char *)json.data);
    json_decref(root);
}

void okr_print_member(struct okr_slice json, const char *name)
{
    json_t *root = json_loadb((const char *)json.data, json.len, 0, NULL);
    char text[CELL_MAX];
    const char *value = json_string_value(json_object_get(root, name));
    if (value == NULL)
        cell_of(json_object_get(root, name), text);
    printf("%s\n", value != NULL ? value : text);
    json_decref(root);
}
