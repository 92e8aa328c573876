/* A report for the terminal. */
#include "client/cli/report.h"
#include "client/cli/table.h"
#include "common/lang/text.h"

static void put_heading(struct okr_page *page, const char *text)
{
    okr_page_line_end(page);
    okr_page_text(page, OKR_TONE_STRONG, text);
    okr_page_line_end(page);
}

/* ---- figures ------------------------------------------------------------- */

static void put_unit(struct okr_table *table, const json_t *unit,
                     const char *title)
{
    struct okr_page *page = table->page;
    long level = (long)json_integer_value(json_object_get(unit, "level"));
    okr_table_cell(
        table, OKR_TONE_PLAIN,
        okr_arena_printf(page->arena, "%*s%s", (int)(2 * level), "", title));
    for (const struct okr_report_figure *f = okr_report_figures; f->key != NULL;
         f++)
        okr_table_cell(table, OKR_TONE_PLAIN, okr_report_figure(page, unit, f));
}

static void put_figures(struct okr_page *page, const json_t *report)
{
    const json_t *units = json_object_get(report, "units");
    const json_t *figures = json_object_get(report, "figures");
    struct okr_table table;
    if (figures == NULL)
        return;
    put_heading(page, _("Cycle health"));
    okr_table_init(&table, page);
    okr_table_column(&table, _("unit"), OKR_COLUMN_FLEXIBLE);
    for (const struct okr_report_figure *f = okr_report_figures; f->key != NULL;
         f++)
        okr_table_column(&table, _(f->heading), OKR_COLUMN_OPTIONAL);
    for (size_t i = 0; i < json_array_size(units); i++) {
        const json_t *unit = json_array_get(units, i);
        put_unit(&table, unit, okr_member(page, unit, "title"));
    }
    if (json_array_size(units) != 1)
        put_unit(&table, figures, _("all together"));
    okr_table_print(&table);
}

static void put_hints(struct okr_page *page, const json_t *report)
{
    const char *hints[OKR_REPORT_HINTS_MAX];
    size_t n = okr_report_hints(page, report, hints);
    for (size_t i = 0; i < n; i++) {
        okr_buf_put(page->out, OKR_SLICE_LIT("- "));
        okr_page_beside(page, hints[i], 2);
    }
}

/* ---- objectives ---------------------------------------------------------- */

static void put_line(struct okr_page *page, const json_t *entity, size_t indent,
                     size_t width)
{
    const char *status = okr_member(page, entity, "status");
    bool goal = okr_member_is(entity, "kind", "objective");
    size_t room = width > indent ? width - indent : 0;
    okr_page_spaces(page, indent);
    size_t taken = okr_page_cut(page, goal ? OKR_TONE_STRONG : OKR_TONE_PLAIN,
                                okr_member_title(page, entity), room);
    okr_page_spaces(page, room > taken ? room - taken + 2 : 2);
    okr_page_text(page, okr_tone_of(status),
                  okr_page_bar(page, json_object_get(entity, "progress")));
    okr_page_spaces(page, 2);
    okr_page_text(page, okr_tone_of(status), okr_word(status));
    okr_page_line_end(page);
}

static void put_key_result(struct okr_page *page, const json_t *kr,
                           size_t width)
{
    const char *note = okr_member(page, kr, "last_note");
    put_line(page, kr, 2, width);
    okr_page_spaces(page, 4);
    okr_page_text(page, OKR_TONE_FAINT, okr_report_facts(page, kr));
    okr_page_line_end(page);
    if (note[0] != '\0')
        okr_page_prose(page, note, 4);
}

/* Titles get what the bar and the status leave of the page. */
static size_t width_of_titles(struct okr_page *page)
{
    enum { BEHIND = 32, ELSEWHERE = 60, LEAST = 20 };
    if (page->columns == 0)
        return ELSEWHERE;
    return page->columns > BEHIND + LEAST ? page->columns - BEHIND : LEAST;
}

static void put_objectives(struct okr_page *page, const json_t *report)
{
    const json_t *goals = okr_report_objectives(report);
    const json_t *shared = okr_report_shared(report);
    size_t width = width_of_titles(page);
    put_heading(page, _("Objectives and key results"));
    for (size_t i = 0; i < json_array_size(goals); i++) {
        const json_t *goal = json_array_get(goals, i);
        const json_t *children = json_object_get(goal, "children");
        put_line(page, goal, 0, width);
        for (size_t k = 0; k < json_array_size(children); k++)
            put_key_result(page, json_array_get(children, k), width);
    }
    if (json_array_size(goals) == 0) {
        okr_page_text(page, OKR_TONE_FAINT, _("none in this cycle"));
        okr_page_line_end(page);
    }
    if (json_array_size(shared) == 0)
        return;
    put_heading(page, _("Key results in objectives of others"));
    for (size_t k = 0; k < json_array_size(shared); k++)
        put_key_result(page, json_array_get(shared, k), width);
}

void okr_print_report(struct okr_page *page, const json_t *report)
{
    okr_page_text(page, OKR_TONE_STRONG, okr_report_title(page, report));
    okr_page_line_end(page);
    okr_page_text(page, OKR_TONE_FAINT, okr_report_period(page, report));
    okr_page_line_end(page);
    if (page->age != NULL) {
        okr_page_text(page, OKR_TONE_WARN, page->age);
        okr_page_line_end(page);
    }
    put_figures(page, report);
    put_hints(page, report);
    put_objectives(page, report);
}
