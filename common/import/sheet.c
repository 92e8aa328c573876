/* Rows of a table: what their cells are called, and what they are. */
#include "common/import/sheet.h"

#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/limits.h"
#include "common/import/markdown_text.h"
#include "common/model/text.h"

/* ---- columns ------------------------------------------------------------- */

static const char *const words[OKR_COL_COUNT] = {
    [OKR_COL_ROW_ID] = "row_id",
    [OKR_COL_PARENTS] = "parent_row_ids",
    [OKR_COL_TYPE] = "type",
    [OKR_COL_TITLE] = "title",
    [OKR_COL_OWNER] = "owner_mail",
    [OKR_COL_UNIT] = "unit",
    [OKR_COL_CYCLE] = "cycle",
    [OKR_COL_METRIC] = "metric",
    [OKR_COL_START] = "start",
    [OKR_COL_TARGET] = "target",
    [OKR_COL_VALUE] = "value",
    [OKR_COL_CONFIDENCE] = "confidence",
    [OKR_COL_UNIT_OF_MEASURE] = "unit_of_measure",
    [OKR_COL_WEIGHT] = "weight",
    [OKR_COL_DUE] = "due",
    [OKR_COL_STATE] = "state",
    [OKR_COL_SCORE] = "score",
    [OKR_COL_DATE] = "date",
    [OKR_COL_NOTE] = "note",
    [OKR_COL_LOW] = "low",
    [OKR_COL_HIGH] = "high",
    [OKR_COL_STRETCH] = "stretch",
    [OKR_COL_DESCRIPTION] = "description",
};

const char *okr_import_column_word(enum okr_import_column column)
{
    OKR_ASSERT(column < OKR_COL_COUNT);
    return words[column];
}

/* Headers are typed by people: case, blanks and dashes do not matter. */
static bool same_name(struct okr_slice name, const char *word)
{
    size_t n = strlen(word);
    if (name.len != n)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = name.data[i];
        c = c == ' ' || c == '-' ? '_' : c;
        c = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
        if (c != (uint8_t)word[i])
            return false;
    }
    return true;
}

bool okr_sheet_column(struct okr_slice name, enum okr_import_column *ret)
{
    name = okr_markdown_trim(name);
    if (name.len > 2 && name.data[0] == '"' && name.data[name.len - 1] == '"')
        name = okr_slice_sub(name, 1, name.len - 2);
    for (size_t i = 0; i < OKR_COL_COUNT; i++)
        if (same_name(name, words[i])) {
            *ret = (enum okr_import_column)i;
            return true;
        }
    return false;
}

/* ---- cells --------------------------------------------------------------- */

static bool is_plain(struct okr_slice text)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] < ' ' || text.data[i] >= 0x7f)
            return false;
    return true;
}

static bool is_text_column(enum okr_import_column column)
{
    return column == OKR_COL_NOTE || column == OKR_COL_DESCRIPTION;
}

enum okr_err okr_sheet_bad(struct okr_sheet *sheet, size_t at,
                           enum okr_import_column column, const char *rule,
                           const char *why)
{
    struct okr_import_doc *doc = sheet->doc;
    sheet->at[at].kind = 0;
    return okr_import_say(&doc->errors, doc->arena, sheet->at[at].line,
                          words[column], rule, "%s", why);
}

/* A cell with line breaks, as spreadsheets have them, where a line is wanted:
 * blanks in their place.  `data` NULL: out of memory. */
static struct okr_slice in_one_line(struct okr_arena *arena,
                                    struct okr_slice text)
{
    struct okr_buf out;
    if (memchr(text.data, '\n', text.len) == NULL &&
        memchr(text.data, '\t', text.len) == NULL)
        return text;
    okr_buf_init(&out, arena);
    for (size_t i = 0; i < text.len; i++)
        okr_buf_u8(&out, text.data[i] == '\n' || text.data[i] == '\t'
                             ? ' '
                             : text.data[i]);
    return out.err == OKR_OK ? okr_buf_slice(&out) : OKR_SLICE_NONE;
}

/* What keeps a cell from being a text at all. */
static enum okr_rule take_cell(struct okr_arena *arena, struct okr_slice raw,
                               enum okr_import_column column,
                               struct okr_slice *ret)
{
    struct okr_slice text = okr_markdown_trim(raw), normal;
    bool one_line = !is_text_column(column);
    if (text.len > OKR_IMPORT_LINE_MAX)
        return OKR_RULE_TOO_LONG;
    if (is_plain(text)) {
        *ret = okr_arena_copy(arena, text);
    } else {
        enum okr_rule rule = okr_text_normal(text, arena, &normal);
        if (rule != OKR_RULE_NONE)
            return rule;
        *ret = normal;
    }
    if (ret->data == NULL || ret->len == 0)
        return OKR_RULE_NONE;
    if (one_line)
        *ret = in_one_line(arena, *ret);
    if (ret->data == NULL)
        return OKR_RULE_NONE;
    return okr_text_check(*ret, one_line,
                          one_line ? OKR_TITLE_CHARS_MAX : OKR_TEXT_CHARS_MAX);
}

static enum okr_err take_cells(struct okr_sheet *sheet, size_t at,
                               const struct okr_slice *cells)
{
    struct okr_sheet_row *row = &sheet->at[at];
    char why[200];
    for (size_t i = 0; i < OKR_COL_COUNT; i++) {
        enum okr_import_column column = (enum okr_import_column)i;
        if (cells[i].len == 0)
            continue;
        enum okr_rule rule =
            take_cell(sheet->doc->arena, cells[i], column, &row->cells[i]);
        if (rule == OKR_RULE_NONE && row->cells[i].data == NULL)
            return OKR_ERR_NOMEM;
        if (rule == OKR_RULE_NONE)
            continue;
        (void)snprintf(why, sizeof why, "%s: %s (at most %d characters); %s",
                       words[i], okr_rule_what(rule),
                       is_text_column(column) ? OKR_TEXT_CHARS_MAX
                                              : OKR_TITLE_CHARS_MAX,
                       okr_rule_remedy(rule));
        return okr_sheet_bad(sheet, at, column, okr_rule_name(rule), why);
    }
    return OKR_OK;
}

static bool is_imported_kind(uint16_t kind)
{
    switch (kind) {
    case OKR_KIND_UNIT:
    case OKR_KIND_PERSON:
    case OKR_KIND_CYCLE:
    case OKR_KIND_OBJECTIVE:
    case OKR_KIND_KEY_RESULT:
    case OKR_KIND_CHECK_IN:
    case OKR_KIND_TASK:
        return true;
    default:
        return false;
    }
}

static enum okr_err find_kind(struct okr_sheet *sheet, size_t at)
{
    struct okr_sheet_row *row = &sheet->at[at];
    struct okr_slice type = row->cells[OKR_COL_TYPE];
    const struct okr_kind_info *kind = okr_kind_by_word(type);
    char why[240];
    if (kind == NULL || !is_imported_kind(kind->number)) {
        (void)snprintf(why, sizeof why,
                       "\"%.*s\" is no type that is imported; one of unit, "
                       "person, cycle, objective, key_result, check_in, task",
                       (int)(type.len < 60 ? type.len : 60),
                       type.len == 0 ? "" : (const char *)type.data);
        return okr_sheet_bad(sheet, at, OKR_COL_TYPE, "unknown_kind", why);
    }
    row->kind = kind->number;
    if (row->kind != OKR_KIND_CHECK_IN && row->cells[OKR_COL_TITLE].len == 0)
        return okr_sheet_bad(sheet, at, OKR_COL_TITLE, "missing",
                             "every row but a check-in needs a title");
    return OKR_OK;
}

static enum okr_err make_room(struct okr_sheet *sheet)
{
    if (sheet->n < sheet->cap)
        return OKR_OK;
    size_t cap = sheet->cap == 0 ? 256 : 2 * sheet->cap;
    struct okr_sheet_row *at =
        okr_arena_array(sheet->doc->arena, cap, sizeof *at);
    if (at == NULL)
        return OKR_ERR_NOMEM;
    if (sheet->n > 0)
        memcpy(at, sheet->at, sheet->n * sizeof *at);
    sheet->at = at;
    sheet->cap = cap;
    return OKR_OK;
}

enum okr_err okr_sheet_add(struct okr_sheet *sheet, uint32_t line,
                           const struct okr_slice *cells, size_t parent)
{
    if (sheet->n == OKR_IMPORT_ROWS_MAX)
        return okr_import_break(sheet->doc, line, "", "too_large",
                                "more than 200000 rows: import them in parts");
    OKR_TRY(make_room(sheet));
    struct okr_sheet_row *row = &sheet->at[sheet->n];
    *row = (struct okr_sheet_row){.line = line, .parent = parent};
    row->cells =
        okr_arena_array(sheet->doc->arena, OKR_COL_COUNT, sizeof *row->cells);
    if (row->cells == NULL)
        return OKR_ERR_NOMEM;
    size_t at = sheet->n++, errors = sheet->doc->errors.n;
    OKR_TRY(take_cells(sheet, at, cells));
    return sheet->doc->errors.n == errors ? find_kind(sheet, at) : OKR_OK;
}
