/* `okr board`: the four quadrants of the weekly meeting.  Beside each other
 * what is to be done, below it how far it is, below that how one feels. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/table.h"
#include "common/lang/text.h"

enum { LINES_MAX = 64, COLUMNS_WIDE = 60 };

static void put_heading(struct okr_page *page, const char *text)
{
    okr_page_line_end(page);
    okr_page_text(page, OKR_TONE_STRONG, text);
    okr_page_line_end(page);
}

/* ---- focus and the weeks ahead ------------------------------------------- */

struct lines {
    const char *at[LINES_MAX];
    size_t n;
};

/* "1 text", wrapped at `columns`, with the further lines below the text. */
static void wrap(struct okr_page *page, const json_t *item, size_t columns,
                 struct lines *lines)
{
    struct okr_buf text;
    struct okr_page narrow = *page;
    okr_buf_init(&text, page->arena);
    narrow.out = &text;
    narrow.columns = columns;
    okr_buf_printf(&text, "%-2s", okr_member(page, item, "rank"));
    okr_page_beside(&narrow, okr_member(page, item, "text"), 2);
    struct okr_slice rest = okr_buf_slice(&text);
    while (rest.len > 0 && lines->n < LINES_MAX) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        const char *line =
            okr_arena_str(page->arena, okr_slice_sub(rest, 0, len));
        lines->at[lines->n++] = line == NULL ? "" : line;
        rest = okr_slice_sub(rest, len + 1, rest.len);
    }
}

static struct lines lines_of(struct okr_page *page, const json_t *items,
                             size_t columns)
{
    struct lines lines = {.n = 0};
    for (size_t i = 0; i < json_array_size(items); i++)
        wrap(page, json_array_get(items, i), columns, &lines);
    if (lines.n == 0)
        lines.at[lines.n++] = _("nothing is written here");
    return lines;
}

static void put_left(struct okr_page *page, enum okr_tone tone,
                     const char *text, size_t columns)
{
    size_t taken = okr_page_cut(page, tone, text, columns);
    okr_page_spaces(page, columns - taken + 2);
}

static void put_beside(struct okr_page *page, const json_t *board,
                       size_t columns)
{
    size_t half = (columns - 2) / 2;
    struct lines left = lines_of(page, json_object_get(board, "focus"), half);
    struct lines right =
        lines_of(page, json_object_get(board, "next_4_weeks"), half);
    okr_page_line_end(page);
    put_left(page, OKR_TONE_STRONG, _("Focus of this week"), half);
    okr_page_text(page, OKR_TONE_STRONG, _("The next four weeks"));
    okr_page_line_end(page);
    for (size_t i = 0; i < left.n || i < right.n; i++) {
        if (i < right.n) {
            put_left(page, OKR_TONE_PLAIN, i < left.n ? left.at[i] : "", half);
            (void)okr_page_cut(page, OKR_TONE_PLAIN, right.at[i], half);
        } else {
            okr_page_text(page, OKR_TONE_PLAIN, left.at[i]);
        }
        okr_page_line_end(page);
    }
}

static void put_below(struct okr_page *page, const char *heading,
                      const json_t *items)
{
    struct lines lines = lines_of(page, items, page->columns);
    put_heading(page, heading);
    for (size_t i = 0; i < lines.n; i++) {
        okr_page_text(page, OKR_TONE_PLAIN, lines.at[i]);
        okr_page_line_end(page);
    }
}

static void put_weeks(struct okr_page *page, const json_t *board)
{
    enum { COLUMNS_ELSEWHERE = 100 };
    size_t columns = page->columns == 0 ? COLUMNS_ELSEWHERE : page->columns;
    if (columns >= COLUMNS_WIDE) {
        put_beside(page, board, columns);
        return;
    }
    put_below(page, _("Focus of this week"), json_object_get(board, "focus"));
    put_below(page, _("The next four weeks"),
              json_object_get(board, "next_4_weeks"));
}

/* ---- objectives and key results ------------------------------------------ */

/* Goes well and asks for nothing: it need not be talked about. */
static bool is_calm(const json_t *entity)
{
    return (okr_member_is(entity, "status", "on_track") ||
            okr_member_is(entity, "status", "achieved") ||
            okr_member_is(entity, "status", "closed")) &&
           json_array_size(json_object_get(entity, "alerts")) == 0 &&
           json_integer_value(json_object_get(entity, "open_conflicts")) == 0;
}

/* "-12", "+3": percentage points ahead of what is expected. */
static const char *pace_of(struct okr_page *page, const json_t *entity)
{
    const json_t *is = json_object_get(entity, "progress");
    const json_t *want = json_object_get(entity, "expected");
    if (!json_is_number(is) || !json_is_number(want) ||
        !okr_member_yes(entity, "measured"))
        return "";
    double points = 100 * (json_number_value(is) - json_number_value(want));
    return okr_arena_printf(page->arena, "%+.0f", points);
}

/* A title is worth more than a bar. */
static bool is_narrow(const struct okr_page *page)
{
    enum { COLUMNS_FOR_BARS = 100 };
    return page->columns > 0 && page->columns < COLUMNS_FOR_BARS;
}

static void put_row(struct okr_table *table, const json_t *entity,
                    const char *indent)
{
    struct okr_page *page = table->page;
    const char *status = okr_member(page, entity, "status");
    bool goal = okr_member_is(entity, "kind", "objective");
    const char *title = okr_arena_printf(page->arena, "%s%s", indent,
                                         okr_member(page, entity, "title"));
    okr_table_cell(table, OKR_TONE_BAD, okr_print_marks(page, entity));
    okr_table_cell(table, goal ? OKR_TONE_STRONG : OKR_TONE_PLAIN, title);
    const json_t *progress = json_object_get(entity, "progress");
    okr_table_cell(table, okr_tone_of(status),
                   is_narrow(page) ? okr_page_percent(page, progress)
                                   : okr_page_bar(page, progress));
    okr_table_cell(table, OKR_TONE_PLAIN, pace_of(page, entity));
    okr_table_cell(table, OKR_TONE_PLAIN,
                   okr_member(page, entity, "confidence"));
    okr_table_cell(table, okr_tone_of(status),
                   okr_member_word(page, entity, "status"));
    okr_table_cell(table, OKR_TONE_FAINT, okr_member(page, entity, "ref"));
    okr_table_cell(table, OKR_TONE_PLAIN, okr_member(page, entity, "owner"));
}

static void put_collapsed(struct okr_table *table, long n)
{
    okr_table_cell(table, OKR_TONE_PLAIN, "");
    okr_table_cell(
        table, OKR_TONE_FAINT,
        okr_arena_printf(table->page->arena, _("  … and %ld that go well"), n));
    for (int i = 0; i < 6; i++)
        okr_table_cell(table, OKR_TONE_PLAIN, "");
}

/* Confident ones become one line, if there are at least two. */
static void put_goal(struct okr_table *table, const json_t *goal)
{
    const json_t *children = json_object_get(goal, "children");
    size_t n = json_array_size(children);
    long calm = 0;
    put_row(table, goal, "");
    for (size_t i = 0; i < n; i++)
        calm += is_calm(json_array_get(children, i)) ? 1 : 0;
    for (size_t i = 0; i < n; i++) {
        const json_t *child = json_array_get(children, i);
        if (calm < 2 || !is_calm(child))
            put_row(table, child, "  ");
    }
    if (calm >= 2)
        put_collapsed(table, calm);
}

static void put_goals(struct okr_page *page, const json_t *board)
{
    const json_t *goals = json_object_get(board, "objectives");
    struct okr_table table;
    okr_page_line_end(page);
    okr_table_init(&table, page);
    okr_table_column(&table, "", OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("Objectives and key results"),
                     OKR_COLUMN_FLEXIBLE);
    okr_table_column(&table, _("progress"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("pace"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("confid."), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("status"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("ref"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("owner"), OKR_COLUMN_OPTIONAL);
    for (size_t i = 0; i < json_array_size(goals); i++)
        put_goal(&table, json_array_get(goals, i));
    okr_table_print(&table);
    if (json_array_size(goals) > 0)
        return;
    okr_page_text(page, OKR_TONE_STRONG, _("Objectives and key results"));
    okr_page_line_end(page);
    okr_page_text(page, OKR_TONE_FAINT,
                  _("no published objective of this unit in this cycle"));
    okr_page_line_end(page);
}

/* ---- health -------------------------------------------------------------- */

static void put_health(struct okr_page *page, const json_t *board)
{
    const json_t *rows = json_object_get(board, "health");
    const char *week = okr_member(page, board, "week");
    struct okr_table table;
    put_heading(page, _("Health"));
    okr_table_init(&table, page);
    for (int i = 0; i < 4; i++)
        okr_table_column(&table, "",
                         i == 3 ? OKR_COLUMN_FLEXIBLE : OKR_COLUMN_PLAIN);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const char *light = okr_member(page, row, "state");
        const char *of = okr_member(page, row, "week");
        bool old = strcmp(of, week) < 0; /* both are dates */
        okr_table_cell(&table, OKR_TONE_PLAIN, okr_member(page, row, "metric"));
        okr_table_cell(&table, old ? OKR_TONE_FAINT : okr_tone_of(light),
                       okr_member_word(page, row, "state"));
        okr_table_cell(&table, OKR_TONE_WARN,
                       old ? okr_arena_printf(page->arena, _("of %s"), of)
                           : "");
        okr_table_cell(&table, OKR_TONE_PLAIN, okr_member(page, row, "note"));
    }
    if (json_array_size(rows) > 0) {
        okr_table_print_plain(&table);
        return;
    }
    okr_page_text(page, OKR_TONE_FAINT,
                  _("nothing yet; okr health METRIC red|yellow|green says it"));
    okr_page_line_end(page);
}

/* ---- all of it ----------------------------------------------------------- */

static void put_head(struct okr_page *page, const json_t *board)
{
    const json_t *cycles = json_object_get(board, "cycles");
    okr_page_text(page, OKR_TONE_STRONG, okr_member(page, board, "unit_title"));
    okr_buf_printf(page->out, _("  week of %s"),
                   okr_member(page, board, "week"));
    if (json_array_size(cycles) > 0)
        okr_buf_printf(page->out, "  %s", okr_member(page, board, "cycles"));
    okr_page_line_end(page);
}

void okr_print_board(struct okr_page *page, const json_t *board)
{
    put_head(page, board);
    put_weeks(page, board);
    put_goals(page, board);
    put_health(page, board);
    okr_print_legend(page);
    if (json_is_false(json_object_get(board, "detail"))) {
        okr_page_text(page, OKR_TONE_WARN,
                      _("focus and health of this unit are not kept at this "
                        "site"));
        okr_page_line_end(page);
    }
}
