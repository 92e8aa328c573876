/* Markdown: lines into rows, by indentation. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/utf8.h"
#include "common/import/markdown_text.h"

#define LEVELS_MAX 64
#define LINE_MAX_BYTES (64 * 1024)

enum okr_err okr_import_say(struct okr_import_notes *notes,
                            struct okr_arena *arena, uint32_t line,
                            const char *column, const char *rule,
                            const char *format, ...)
{
    char text[400];
    va_list args;
    if (notes->n == notes->cap) {
        size_t cap = notes->cap == 0 ? 16 : notes->cap * 2;
        struct okr_import_note *at = okr_arena_array(arena, cap, sizeof *at);
        if (at == NULL)
            return OKR_ERR_NOMEM;
        if (notes->n > 0)
            memcpy(at, notes->at, notes->n * sizeof *at);
        notes->at = at;
        notes->cap = cap;
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* A cut in the middle of a character would not be text any more. */
    struct okr_slice s = okr_slice_str(text);
    while (s.len > 0 && !okr_utf8_valid(s))
        s.len--;
    const char *copy = okr_arena_str(arena, s);
    if (copy == NULL)
        return OKR_ERR_NOMEM;
    notes->at[notes->n++] = (struct okr_import_note){line, column, rule, copy};
    return OKR_OK;
}

/* Where in the lists the reader is: the open rows by their indentation. */
struct level {
    size_t indent;
    size_t row; /* OKR_IMPORT_NONE: an item that could not be read */
};
struct reading {
    struct okr_import_doc *doc;
    struct level levels[LEVELS_MAX];
    size_t n_levels;
    size_t heading; /* the objective of the last heading */
    uint32_t line;
    bool front_matter;
};

static enum okr_err add_row(struct reading *r, const struct okr_import_row *row)
{
    struct okr_import_doc *doc = r->doc;
    if (doc->n_rows == doc->cap_rows) {
        size_t cap = doc->cap_rows == 0 ? 256 : doc->cap_rows * 2;
        struct okr_import_row *rows =
            okr_arena_array(doc->arena, cap, sizeof *rows);
        if (rows == NULL)
            return OKR_ERR_NOMEM;
        if (doc->n_rows > 0)
            memcpy(rows, doc->rows, doc->n_rows * sizeof *rows);
        doc->rows = rows;
        doc->cap_rows = cap;
    }
    doc->rows[doc->n_rows++] = *row;
    return OKR_OK;
}

static enum okr_err unread(struct reading *r, struct okr_slice text,
                           const char *rule, const char *why)
{
    return okr_import_say(&r->doc->errors, r->doc->arena, r->line, "title",
                          rule, "%s: \"%.*s\"", why,
                          (int)(text.len < 120 ? text.len : 120),
                          text.len == 0 ? "" : (const char *)text.data);
}

/* The nearest row above this indentation; items that could not be read do not
 * count, so that what hangs below them hangs where they do. */
static size_t parent_of(struct reading *r, size_t indent)
{
    while (r->n_levels > 0 && r->levels[r->n_levels - 1].indent >= indent)
        r->n_levels--;
    for (size_t i = r->n_levels; i-- > 0;)
        if (r->levels[i].row != OKR_IMPORT_NONE)
            return r->levels[i].row;
    return r->heading;
}

static enum okr_err read_item(struct reading *r, struct okr_slice text,
                              size_t parent, size_t *ret_row)
{
    struct okr_import_doc *doc = r->doc;
    struct okr_import_row row = {.line = r->line, .parent = parent};
    struct okr_slice left = text, right = OKR_SLICE_NONE;
    bool kr = false;
    *ret_row = OKR_IMPORT_NONE;
    (void)okr_markdown_arrow(text, &left, &right);
    left = okr_markdown_plain(left, doc->arena);
    row.result = okr_markdown_plain(right, doc->arena);
    if (left.data == NULL || row.result.data == NULL)
        return OKR_ERR_NOMEM;
    if (!okr_markdown_owner(left, &row.owner, &row.title, &kr))
        return unread(r, left, "unreadable",
                      "neither `Owner: Objective` nor `Owner KR: text`");
    row.kind = kr ? OKR_KIND_KEY_RESULT : OKR_KIND_OBJECTIVE;
    if (kr && (parent == OKR_IMPORT_NONE ||
               doc->rows[parent].kind == OKR_KIND_KEY_RESULT))
        return unread(r, left, "no_objective",
                      "a key result needs an objective right above it");
    row.has_percent = okr_markdown_percent(row.result, &row.percent);
    *ret_row = doc->n_rows;
    return add_row(r, &row);
}

/* The marker of a list item ("1. ", "* " …), 0: none. */
static size_t marker(struct okr_slice s)
{
    size_t n = 0;
    if (s.len > 1 && strchr("*-+", s.data[0]) != NULL && s.data[1] == ' ')
        return 2;
    while (n < s.len && s.data[n] >= '0' && s.data[n] <= '9')
        n++;
    bool ends = n > 0 && n + 1 < s.len &&
                (s.data[n] == '.' || s.data[n] == ')') && s.data[n + 1] == ' ';
    return ends ? n + 2 : 0;
}

static size_t indent_of(struct okr_slice line, size_t *ret_bytes)
{
    size_t columns = 0, i = 0;
    for (; i < line.len && (line.data[i] == ' ' || line.data[i] == '\t'); i++)
        columns += line.data[i] == '\t' ? 4 - columns % 4 : 1;
    *ret_bytes = i;
    return columns;
}

static enum okr_err read_heading(struct reading *r, struct okr_slice line)
{
    size_t i = 0;
    while (i < line.len && line.data[i] == '#')
        i++;
    struct okr_slice text =
        okr_markdown_trim(okr_slice_sub(line, i, line.len - i));
    size_t number = marker(text);
    text = okr_slice_sub(text, number, text.len - number);
    struct okr_slice owner, title,
        plain = okr_markdown_plain(text, r->doc->arena);
    bool kr;
    r->n_levels = 0;
    r->heading = OKR_IMPORT_NONE;
    if (plain.data == NULL)
        return OKR_ERR_NOMEM;
    if (!okr_markdown_owner(plain, &owner, &title, &kr))
        return OKR_OK; /* a heading of the page */
    return read_item(r, text, OKR_IMPORT_NONE, &r->heading);
}

static enum okr_err read_prose(struct reading *r, struct okr_slice line)
{
    struct okr_import_doc *doc = r->doc;
    if (!doc->has_period && okr_markdown_period(line, &doc->start, &doc->end)) {
        doc->has_period = true;
        return OKR_OK;
    }
    return okr_import_say(&doc->warnings, doc->arena, r->line, "", "prose",
                          "not an item of a list, left out: \"%.*s\"",
                          (int)(line.len < 80 ? line.len : 80),
                          (const char *)line.data);
}

static enum okr_err read_line(struct reading *r, struct okr_slice line)
{
    size_t bytes, indent = indent_of(line, &bytes), row;
    struct okr_slice text = okr_markdown_trim(line);
    if (text.len == 0)
        return OKR_OK;
    if (okr_slice_is(text, "---") && (r->line == 1 || r->front_matter)) {
        r->front_matter = r->line == 1;
        return OKR_OK;
    }
    if (r->front_matter)
        return OKR_OK;
    if (line.len > LINE_MAX_BYTES)
        return unread(r, okr_slice_sub(text, 0, 40), "too_long",
                      "a line of more than 64 KiB");
    if (text.data[0] == '#')
        return read_heading(r, text);
    size_t mark = marker(text);
    if (mark == 0)
        return read_prose(r, text);
    if (r->n_levels == LEVELS_MAX)
        return unread(r, text, "too_deep", "more than 64 levels");
    size_t parent = parent_of(r, indent);
    OKR_TRY(
        read_item(r, okr_slice_sub(text, mark, text.len - mark), parent, &row));
    r->levels[r->n_levels++] = (struct level){indent, row};
    return OKR_OK;
}

enum okr_err okr_import_markdown(struct okr_slice text, struct okr_arena *arena,
                                 struct okr_import_doc *ret_doc)
{
    struct okr_import_doc doc = {.arena = arena};
    struct reading r = {.doc = &doc, .heading = OKR_IMPORT_NONE};
    if (okr_slice_starts(text, OKR_SLICE_LIT("\xef\xbb\xbf")))
        text = okr_slice_sub(text, 3, text.len - 3);
    while (text.len > 0) {
        const uint8_t *lf = memchr(text.data, '\n', text.len);
        size_t len = lf == NULL ? text.len : (size_t)(lf - text.data);
        struct okr_slice line = okr_slice_sub(text, 0, len);
        size_t used = lf == NULL ? len : len + 1;
        text = okr_slice_sub(text, used, text.len - used);
        r.line++;
        if (!okr_utf8_valid(line) || memchr(line.data, '\0', line.len) != NULL)
            OKR_TRY(okr_import_say(&doc.errors, arena, r.line, "title",
                                   "bad_text",
                                   "not valid UTF-8: save the file as UTF-8"));
        else
            OKR_TRY(read_line(&r, line));
    }
    *ret_doc = doc;
    return OKR_OK;
}
