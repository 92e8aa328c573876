/* `okr tree`: who contributes to what, drawn with lines. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/table.h"
#include "common/lang/text.h"

static const char *joined(struct okr_page *page, const char *a, const char *b)
{
    const char *text = okr_arena_printf(page->arena, "%s%s", a, b);
    return text == NULL ? "" : text;
}

static void put_row(struct okr_table *table, const json_t *node,
                    const char *lines)
{
    struct okr_page *page = table->page;
    const char *status = okr_member(page, node, "status");
    const char *state = okr_member(page, node, "state");
    bool goal = okr_member_is(node, "kind", "objective");
    bool usual = strcmp(state, "published") == 0;
    okr_table_cell(table, OKR_TONE_WARN, okr_print_marks(page, node));
    okr_table_cell(table, goal ? OKR_TONE_STRONG : OKR_TONE_PLAIN,
                   joined(page, lines, okr_member(page, node, "title")));
    okr_table_cell(table, okr_tone_of(status),
                   okr_page_bar(page, json_object_get(node, "progress")));
    okr_table_cell(table, okr_tone_of(status),
                   okr_member_word(page, node, "status"));
    /* What is published needs no word. */
    okr_table_cell(table, okr_tone_of(state),
                   usual || !goal ? "" : okr_member_word(page, node, "state"));
    okr_table_cell(table, OKR_TONE_PLAIN, okr_member(page, node, "owner"));
    okr_table_cell(table, OKR_TONE_FAINT, okr_member(page, node, "ref"));
}

/* `lines` stands before the row, `below` before the rows under it. */
static void put_node(struct okr_table *table, const json_t *node,
                     const char *lines, const char *below)
{
    struct okr_page *page = table->page;
    const json_t *children = json_object_get(node, "children");
    size_t n = json_array_size(children);
    put_row(table, node, lines);
    for (size_t i = 0; i < n; i++) {
        bool last = i + 1 == n;
        put_node(table, json_array_get(children, i),
                 joined(page, below, last ? "└ " : "├ "),
                 joined(page, below, last ? "  " : "│ "));
    }
}

void okr_print_tree(struct okr_page *page, const json_t *roots)
{
    struct okr_table table;
    okr_table_init(&table, page);
    okr_table_column(&table, "", OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("objective"), OKR_COLUMN_FLEXIBLE);
    okr_table_column(&table, _("progress"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("status"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("state"), OKR_COLUMN_PLAIN);
    okr_table_column(&table, _("owner"), OKR_COLUMN_PLAIN);
    okr_table_column(&table, _("ref"), OKR_COLUMN_WHOLE);
    for (size_t i = 0; i < json_array_size(roots); i++)
        put_node(&table, json_array_get(roots, i), "", "");
    okr_table_print(&table);
    if (json_array_size(roots) == 0) {
        okr_page_text(page, OKR_TONE_FAINT,
                      _("no objectives; okr add objective makes one"));
        okr_page_line_end(page);
    }
    okr_print_legend(page);
}
