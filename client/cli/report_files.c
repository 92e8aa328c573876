/* A report as Markdown (CommonMark and its tables) and as one HTML page that
 * needs nothing from elsewhere.  Whatever people wrote is escaped. */
#include <string.h>

#include "client/cli/report.h"
#include "common/lang/text.h"

struct form {
    struct okr_page *page;
    /* One character of a text as it must be written; NULL: as it is. */
    const char *(*escape)(char c);
};

/* ---- escaping ------------------------------------------------------------ */

static const char *escape_html(char c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    case '\n':
        return "<br>";
    default:
        return (unsigned char)c < ' ' ? "" : NULL;
    }
}

/* Every ASCII sign may be escaped (CommonMark 2.4); '<' also from HTML. */
static const char *escape_markdown(char c)
{
    static const char signs[] = "\\`*_{}[]<>()#+-.!|&~";
    static const char escaped[] = "\\\\\0\\`\0\\*\0\\_\0\\{\0\\}\0\\[\0\\]\0"
                                  "\\<\0\\>\0\\(\0\\)\0\\#\0\\+\0\\-\0\\.\0"
                                  "\\!\0\\|\0\\&\0\\~";
    const char *at = c == '\0' ? NULL : strchr(signs, c);
    if (at != NULL)
        return escaped + 3 * (at - signs);
    return (unsigned char)c < ' ' ? " " : NULL;
}

static void put(const struct form *form, const char *text)
{
    for (; *text != '\0'; text++) {
        const char *escaped = form->escape(*text);
        if (escaped != NULL)
            okr_buf_printf(form->page->out, "%s", escaped);
        else
            okr_buf_u8(form->page->out, (uint8_t)*text);
    }
}

/* `before` and `after` are the form's own, the text is anybody's. */
static void put_between(const struct form *form, const char *before,
                        const char *text, const char *after)
{
    okr_buf_printf(form->page->out, "%s", before);
    put(form, text);
    okr_buf_printf(form->page->out, "%s", after);
}

/* ---- tables of figures --------------------------------------------------- */

struct marks {
    const char *open, *close;           /* of the table */
    const char *head_open, *head_close; /* of the row of headings */
    const char *h_open, *h_close;       /* of a heading */
    const char *row_open, *row_close, *cell_open, *cell_close;
};

static void put_unit(const struct form *form, const struct marks *m,
                     const json_t *unit, const char *title)
{
    okr_buf_printf(form->page->out, "%s", m->row_open);
    put_between(form, m->cell_open, title, m->cell_close);
    for (const struct okr_report_figure *f = okr_report_figures; f->key != NULL;
         f++)
        put_between(form, m->cell_open, okr_report_figure(form->page, unit, f),
                    m->cell_close);
    okr_buf_printf(form->page->out, "%s", m->row_close);
}

static void put_units(const struct form *form, const struct marks *m,
                      const json_t *report)
{
    const json_t *units = json_object_get(report, "units");
    struct okr_page *page = form->page;
    okr_buf_printf(page->out, "%s%s", m->open, m->head_open);
    put_between(form, m->h_open, _("unit"), m->h_close);
    for (const struct okr_report_figure *f = okr_report_figures; f->key != NULL;
         f++)
        put_between(form, m->h_open, _(f->heading), m->h_close);
    okr_buf_printf(page->out, "%s", m->head_close);
    for (size_t i = 0; i < json_array_size(units); i++) {
        const json_t *unit = json_array_get(units, i);
        put_unit(form, m, unit, okr_member(page, unit, "title"));
    }
    if (json_array_size(units) != 1)
        put_unit(form, m, json_object_get(report, "figures"),
                 _("all together"));
    okr_buf_printf(page->out, "%s", m->close);
}

/* "45 %, on track" */
static const char *gauge_of(struct okr_page *page, const json_t *entity)
{
    const char *text = okr_arena_printf(
        page->arena, _("%s, %s"),
        okr_page_percent(page, json_object_get(entity, "progress")),
        okr_member_word(page, entity, "status"));
    return text == NULL ? "" : text;
}

/* ---- Markdown ------------------------------------------------------------ */

static void markdown_key_result(const struct form *form, const json_t *kr)
{
    struct okr_page *page = form->page;
    const char *note = okr_member(page, kr, "last_note");
    put_between(form, "- ", okr_member_title(page, kr), " — **");
    put(form, gauge_of(page, kr));
    put_between(form, "** (", okr_report_facts(page, kr), ")\n");
    if (note[0] != '\0')
        put_between(form, "  > ", note, "\n");
}

static void markdown_list(const struct form *form, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        markdown_key_result(form, json_array_get(rows, i));
}

static void markdown_figures(const struct form *form, const json_t *report)
{
    static const struct marks marks = {
        .open = "",
        .close = "\n",
        .head_open = "|",
        .head_close = "\n|---|---|---|---|---|---|---|---|---|\n",
        .h_open = " ",
        .h_close = " |",
        .row_open = "|",
        .row_close = "\n",
        .cell_open = " ",
        .cell_close = " |",
    };
    const char *hints[OKR_REPORT_HINTS_MAX];
    size_t n = okr_report_hints(form->page, report, hints);
    if (json_object_get(report, "figures") == NULL)
        return;
    put_between(form, "## ", _("Cycle health"), "\n\n");
    put_units(form, &marks, report);
    for (size_t i = 0; i < n; i++)
        put_between(form, "- ", hints[i], i + 1 == n ? "\n\n" : "\n");
}

void okr_print_report_markdown(struct okr_page *page, const json_t *report)
{
    const struct form form = {page, escape_markdown};
    const json_t *goals = okr_report_objectives(report);
    const json_t *shared = okr_report_shared(report);
    put_between(&form, "# ", okr_report_title(page, report), "\n\n");
    put_between(&form, "", okr_report_period(page, report), "\n\n");
    if (page->age != NULL)
        put_between(&form, "**", page->age, "**\n\n");
    markdown_figures(&form, report);
    for (size_t i = 0; i < json_array_size(goals); i++) {
        const json_t *goal = json_array_get(goals, i);
        put_between(&form, "## ", okr_member_title(page, goal), "\n\n");
        put_between(&form, "**", gauge_of(page, goal), "**\n\n");
        markdown_list(&form, json_object_get(goal, "children"));
        okr_page_line_end(page);
    }
    if (json_array_size(shared) == 0)
        return;
    put_between(&form, "## ", _("Key results in objectives of others"), "\n\n");
    markdown_list(&form, shared);
}

/* ---- HTML ---------------------------------------------------------------- */

static const char style[] =
    "<style>body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;"
    "padding:0 1em;color:#222;background:#fff}table{border-collapse:collapse}"
    "th,td{padding:.2em .7em;border-bottom:1px solid #ddd;text-align:right}"
    "th:first-child,td:first-child{text-align:left}h2{margin:1.5em 0 .2em}"
    ".s{color:#666}.b{display:inline-block;width:8em;height:.7em;"
    "background:#e4e4e4;margin-right:.6em}.b i{display:block;height:100%;"
    "background:#888}.on_track i,.achieved i{background:#2e8b57}"
    ".at_risk i,.outdated i{background:#d99000}.off_track i{background:#c33}"
    "blockquote{margin:.2em 0 .8em 1em;color:#444}"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#191919}"
    "th,td{border-color:#444}.s,blockquote{color:#aaa}.b{background:#444}}"
    "</style>";

static void html_gauge(const struct form *form, const json_t *entity)
{
    struct okr_page *page = form->page;
    double share = json_number_value(json_object_get(entity, "progress"));
    put_between(form, "<span class=\"b ", okr_member(page, entity, "status"),
                "\">");
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    okr_buf_printf(page->out, "<i style=\"width:%.0f%%\"></i></span>",
                   share * 100);
    put(form, gauge_of(page, entity));
}

static void html_key_result(const struct form *form, const json_t *kr)
{
    struct okr_page *page = form->page;
    const char *note = okr_member(page, kr, "last_note");
    put_between(form, "<li>", okr_member_title(page, kr), "<br>");
    html_gauge(form, kr);
    put_between(form, " <span class=\"s\">(", okr_report_facts(page, kr),
                ")</span>");
    if (note[0] != '\0')
        put_between(form, "<blockquote>", note, "</blockquote>");
    okr_buf_printf(page->out, "</li>\n");
}

static void html_list(const struct form *form, const json_t *rows)
{
    if (json_array_size(rows) == 0)
        return;
    okr_buf_printf(form->page->out, "<ul>\n");
    for (size_t i = 0; i < json_array_size(rows); i++)
        html_key_result(form, json_array_get(rows, i));
    okr_buf_printf(form->page->out, "</ul>\n");
}

static void html_figures(const struct form *form, const json_t *report)
{
    static const struct marks marks = {
        .open = "<table>\n",
        .close = "</table>\n",
        .head_open = "<tr>",
        .head_close = "</tr>\n",
        .h_open = "<th>",
        .h_close = "</th>",
        .row_open = "<tr>",
        .row_close = "</tr>\n",
        .cell_open = "<td>",
        .cell_close = "</td>",
    };
    const char *hints[OKR_REPORT_HINTS_MAX];
    size_t n = okr_report_hints(form->page, report, hints);
    if (json_object_get(report, "figures") == NULL)
        return;
    put_between(form, "<h2>", _("Cycle health"), "</h2>\n");
    put_units(form, &marks, report);
    for (size_t i = 0; i < n; i++)
        put_between(form, "<p>", hints[i], "</p>\n");
}

void okr_print_report_html(struct okr_page *page, const json_t *report)
{
    const struct form form = {page, escape_html};
    const json_t *goals = okr_report_objectives(report);
    const json_t *shared = okr_report_shared(report);
    okr_buf_printf(page->out,
                   "<!doctype html>\n<html lang=\"%s\">\n<meta "
                   "charset=\"utf-8\">\n<meta name=\"viewport\" "
                   "content=\"width=device-width\">\n",
                   okr_text_is_chinese() ? "zh-CN" : "en");
    put_between(&form, "<title>", okr_report_title(page, report), "</title>\n");
    okr_buf_printf(page->out, "%s\n", style);
    put_between(&form, "<h1>", okr_report_title(page, report), "</h1>\n");
    put_between(&form, "<p class=\"s\">", okr_report_period(page, report),
                "</p>\n");
    if (page->age != NULL)
        put_between(&form, "<p><strong>", page->age, "</strong></p>\n");
    html_figures(&form, report);
    for (size_t i = 0; i < json_array_size(goals); i++) {
        const json_t *goal = json_array_get(goals, i);
        put_between(&form, "<h2>", okr_member_title(page, goal), "</h2>\n<p>");
        html_gauge(&form, goal);
        okr_buf_printf(page->out, "</p>\n");
        html_list(&form, json_object_get(goal, "children"));
    }
    if (json_array_size(shared) > 0) {
        put_between(&form, "<h2>", _("Key results in objectives of others"),
                    "</h2>\n");
        html_list(&form, shared);
    }
    okr_buf_printf(page->out, "</html>\n");
}
