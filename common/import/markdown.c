/* Markdown: lines into rows, by indentation. */
#include <string.h>

#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/import/markdown_text.h"
#include "common/import/read_impl.h"
#include "common/model/text.h"

#define LEVELS_MAX 64
#define HEADINGS_MAX 6
#define LINES_AT_ONCE 256

/* Where in the lists the reader is: the open rows by their indentation, and
 * above them the open headings by the number of their signs. */
struct level {
    size_t indent;
    size_t row; /* OKR_IMPORT_NONE: an item that could not be read */
};
struct okr_markdown {
    struct okr_import_doc *doc;
    struct okr_slice text; /* what is left of it */
    struct level levels[LEVELS_MAX];
    size_t n_levels;
    struct level headings[HEADINGS_MAX];
    size_t n_headings;
    uint32_t line;
    /* The item being read: lines that go on with it may follow. */
    struct okr_buf item;
    size_t item_indent;
    uint32_t item_line;
    bool has_item;
    bool front_matter, fence;
};

static enum okr_err unread(struct okr_markdown *r, uint32_t line,
                           struct okr_slice text, const char *rule,
                           const char *why)
{
    return okr_import_say(&r->doc->errors, r->doc->arena, line, "title", rule,
                          "%s: \"%.*s\"", why,
                          (int)(text.len < 120 ? text.len : 120),
                          text.len == 0 ? "" : (const char *)text.data);
}

/* The last open row; items that could not be read do not count, so that what
 * hangs below them hangs where they do. */
static size_t last_row(const struct level *levels, size_t n)
{
    while (n > 0 && levels[n - 1].row == OKR_IMPORT_NONE)
        n--;
    return n > 0 ? levels[n - 1].row : OKR_IMPORT_NONE;
}

static void close_levels(struct level *levels, size_t *n, size_t indent)
{
    while (*n > 0 && levels[*n - 1].indent >= indent)
        (*n)--;
}

/* ---- one row ------------------------------------------------------------- */
/* The texts must be what the fields hold. */
static enum okr_rule check_texts(const struct okr_import_row *row)
{
    enum okr_rule rule = okr_text_check(row->owner, true, OKR_TITLE_CHARS_MAX);
    if (rule == OKR_RULE_NONE)
        rule = okr_text_check(row->title, true, OKR_TITLE_CHARS_MAX);
    if (rule == OKR_RULE_NONE && row->result.len > 0)
        rule = okr_text_check(row->result, false, OKR_TEXT_CHARS_MAX);
    return rule;
}

/* What keeps the row from being taken, NULL: nothing does. */
static const char *fault_of(const struct okr_markdown *r,
                            const struct okr_import_row *row, bool exact,
                            const char **ret_rule)
{
    enum okr_rule rule = check_texts(row);
    *ret_rule = okr_rule_name(rule);
    if (rule != OKR_RULE_NONE)
        return okr_rule_what(rule);
    *ret_rule = "inexact";
    if (!exact)
        return "the number cannot be taken exactly: at most 18 digits";
    *ret_rule = "no_objective";
    if (row->kind == OKR_KIND_KEY_RESULT &&
        (row->parent == OKR_IMPORT_NONE ||
         r->doc->rows[row->parent].kind == OKR_KIND_KEY_RESULT))
        return "a key result needs an objective right above it";
    return NULL;
}

/* `*ret_row` is OKR_IMPORT_NONE where the text is none; then that is listed. */
static enum okr_err read_row(struct okr_markdown *r, uint32_t line,
                             struct okr_slice text, size_t parent,
                             size_t *ret_row)
{
    struct okr_import_doc *doc = r->doc;
    struct okr_import_row row = {.line = line, .parent = parent};
    struct okr_slice left = text, right = OKR_SLICE_NONE;
    bool kr = false;
    *ret_row = OKR_IMPORT_NONE;
    (void)okr_markdown_arrow(text, &left, &right);
    left = okr_markdown_plain(left, doc->arena);
    row.result = okr_markdown_plain(right, doc->arena);
    if (left.data == NULL || row.result.data == NULL)
        return OKR_ERR_NOMEM;
    if (!okr_markdown_owner(left, &row.owner, &row.title, &kr))
        return unread(r, line, left, "unreadable",
                      "neither `Owner: Objective` nor `Owner KR: text`");
    row.kind = kr ? OKR_KIND_KEY_RESULT : OKR_KIND_OBJECTIVE;
    bool exact =
        okr_markdown_percent(row.result, &row.has_percent, &row.percent);
    const char *rule, *fault = fault_of(r, &row, exact, &rule);
    if (fault != NULL)
        return unread(r, line, left, rule, fault);
    *ret_row = doc->n_rows;
    return okr_import_add_row(doc, &row);
}

/* The item that no line goes on with any more. */
static enum okr_err end_item(struct okr_markdown *r)
{
    size_t row;
    if (!r->has_item)
        return OKR_OK;
    r->has_item = false;
    OKR_TRY(r->item.err);
    close_levels(r->levels, &r->n_levels, r->item_indent);
    struct okr_slice text = okr_buf_slice(&r->item);
    if (r->n_levels == LEVELS_MAX)
        return unread(r, r->item_line, text, "too_deep", "more than 64 levels");
    size_t parent = last_row(r->levels, r->n_levels);
    if (parent == OKR_IMPORT_NONE)
        parent = last_row(r->headings, r->n_headings);
    OKR_TRY(read_row(r, r->item_line, text, parent, &row));
    r->levels[r->n_levels++] = (struct level){r->item_indent, row};
    return OKR_OK;
}

/* ---- lines --------------------------------------------------------------- */
static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The marker of a list item ("1. ", "* ", "- [x] " …), 0: none. */
static size_t marker(struct okr_slice s)
{
    size_t n = 0;
    if (s.len > 0 && (s.data[0] == '*' || s.data[0] == '-' || s.data[0] == '+'))
        n = 1;
    while (n < s.len && s.data[n] >= '0' && s.data[n] <= '9' &&
           s.data[0] >= '0' && s.data[0] <= '9')
        n++;
    if (n > 0 && s.data[0] >= '0' && s.data[0] <= '9' && n < s.len)
        n = s.data[n] == '.' || s.data[n] == ')' ? n + 1 : s.len;
    if (n == 0 || n >= s.len || !is_blank(s.data[n]))
        return 0;
    while (n < s.len && is_blank(s.data[n]))
        n++;
    struct okr_slice box = okr_slice_sub(s, n, 4);
    bool boxed = okr_slice_is(box, "[ ] ") || okr_slice_is(box, "[x] ") ||
                 okr_slice_is(box, "[X] ");
    return boxed ? n + 4 : n;
}

static size_t indent_of(struct okr_slice line)
{
    size_t columns = 0;
    for (size_t i = 0; i < line.len && is_blank(line.data[i]); i++)
        columns += line.data[i] == '\t' ? 4 - columns % 4 : 1;
    return columns;
}

static enum okr_err begin_item(struct okr_markdown *r, size_t indent,
                               struct okr_slice text)
{
    okr_buf_init(&r->item, r->doc->arena);
    okr_buf_put(&r->item, text);
    r->item_indent = indent;
    r->item_line = r->line;
    r->has_item = true;
    return r->item.err;
}

/* How many signs a heading begins with, 0: it is none. */
static size_t heading_signs(struct okr_slice text)
{
    size_t n = 0;
    while (n < text.len && text.data[n] == '#')
        n++;
    return n <= HEADINGS_MAX && n < text.len && is_blank(text.data[n]) ? n : 0;
}

static enum okr_err read_heading(struct okr_markdown *r, size_t signs,
                                 struct okr_slice text)
{
    struct okr_slice owner, title;
    bool kr;
    size_t row = OKR_IMPORT_NONE;
    text = okr_markdown_trim(okr_slice_sub(text, signs, text.len));
    text = okr_slice_sub(text, marker(text), text.len);
    r->n_levels = 0;
    close_levels(r->headings, &r->n_headings, signs);
    struct okr_slice plain = okr_markdown_plain(text, r->doc->arena);
    if (plain.data == NULL)
        return OKR_ERR_NOMEM;
    if (okr_markdown_owner(plain, &owner, &title, &kr)) /* else of the page */
        OKR_TRY(read_row(r, r->line, text, last_row(r->headings, r->n_headings),
                         &row));
    r->headings[r->n_headings++] = (struct level){signs, row};
    return OKR_OK;
}

static enum okr_err read_prose(struct okr_markdown *r, struct okr_slice text)
{
    struct okr_import_doc *doc = r->doc;
    if (!doc->has_period && okr_markdown_period(text, &doc->start, &doc->end)) {
        doc->has_period = true;
        return OKR_OK;
    }
    return okr_import_say(&doc->warnings, doc->arena, r->line, "", "prose",
                          "not an item of a list, left out: \"%.*s\"",
                          (int)(text.len < 80 ? text.len : 80),
                          (const char *)text.data);
}

/* YAML in front, code between fences: not what the page says. */
static bool is_outside(struct okr_markdown *r, struct okr_slice text)
{
    if (okr_slice_is(text, "---") && (r->line == 1 || r->front_matter)) {
        r->front_matter = r->line == 1;
        return true;
    }
    if (okr_slice_starts(text, OKR_SLICE_LIT("```"))) {
        r->fence = !r->fence;
        return true;
    }
    return r->front_matter || r->fence;
}

/* A line of text, trimmed and in its normal form, not empty. */
static enum okr_err read_text(struct okr_markdown *r, size_t indent,
                              struct okr_slice text)
{
    bool goes_on = r->has_item && indent > r->item_indent;
    size_t mark = marker(text), signs = heading_signs(text);
    if (is_outside(r, text))
        return end_item(r);
    if (mark == 0 && signs == 0 && goes_on) {
        okr_buf_u8(&r->item, ' ');
        okr_buf_put(&r->item, text);
        return r->item.err;
    }
    OKR_TRY(end_item(r));
    if (signs > 0)
        return read_heading(r, signs, text);
    if (mark == 0)
        return read_prose(r, text);
    return begin_item(r, indent, okr_slice_sub(text, mark, text.len));
}

static enum okr_err read_line(struct okr_markdown *r, struct okr_slice line)
{
    const char *fault = NULL, *rule = "bad_text";
    struct okr_slice text = okr_markdown_trim(line), normal;
    if (!okr_utf8_valid(line))
        fault = "not valid UTF-8, save the file as UTF-8";
    else if (memchr(line.data, '\0', line.len) != NULL)
        fault = "it has a NUL byte, save the file as text";
    else if (text.len > (size_t)OKR_IMPORT_LINE_MAX) {
        fault = "a line of more than 64 KiB";
        rule = "too_long";
    }
    if (fault == NULL && text.len == 0)
        return end_item(r);
    if (fault == NULL &&
        okr_text_normal(text, r->doc->arena, &normal) != OKR_RULE_NONE)
        fault = "it has characters that are no text";
    if (fault != NULL) {
        OKR_TRY(end_item(r));
        return unread(r, r->line, okr_slice_sub(text, 0, 40), rule, fault);
    }
    if (normal.data == NULL)
        return OKR_ERR_NOMEM;
    return read_text(r, indent_of(line), normal);
}

enum okr_err okr_markdown_begin(struct okr_slice text,
                                struct okr_import_doc *doc,
                                struct okr_markdown **ret)
{
    struct okr_markdown *r = okr_arena_alloc(doc->arena, sizeof *r);
    if (r == NULL)
        return OKR_ERR_NOMEM;
    r->doc = doc;
    r->text = text;
    *ret = r;
    return OKR_OK;
}

static enum okr_err end(struct okr_markdown *r)
{
    OKR_TRY(end_item(r));
    if (!r->front_matter && !r->fence)
        return OKR_OK;
    return okr_import_say(&r->doc->errors, r->doc->arena, 0, "", "not_closed",
                          "a block that begins with %s never ends, and "
                          "hides what follows",
                          r->fence ? "```" : "---");
}

enum okr_err okr_markdown_step(struct okr_markdown *r, bool *ret_done)
{
    for (int i = 0; i < LINES_AT_ONCE && r->text.len > 0; i++) {
        const uint8_t *lf = memchr(r->text.data, '\n', r->text.len);
        size_t len = lf == NULL ? r->text.len : (size_t)(lf - r->text.data);
        size_t used = lf == NULL ? len : len + 1;
        r->line++;
        OKR_TRY(read_line(r, okr_slice_sub(r->text, 0, len)));
        r->text = okr_slice_sub(r->text, used, r->text.len);
    }
    *ret_done = r->text.len == 0;
    return *ret_done ? end(r) : OKR_OK;
}
