/* What stands in the way, and what reads badly: one line each, named, with what
 * to do about it. */
#include "client/cli/print.h"
#include "common/lang/text.h"

static void put_name(struct okr_page *page, const json_t *row)
{
    const char *ref = okr_member(page, row, "ref");
    const char *title = okr_member(page, row, "title");
    if (ref[0] == '\0')
        return;
    okr_page_text(page, OKR_TONE_STRONG, ref);
    okr_page_spaces(page, 1);
    okr_page_cut(page, OKR_TONE_PLAIN, title, 48);
    okr_page_text(page, OKR_TONE_PLAIN,
                  okr_text_is_chinese() ? "："
                  : title[0] == '\0'    ? ""
                                        : ": ");
}

static void put_one(struct okr_page *page, const json_t *row)
{
    bool refuses = okr_member_yes(row, "refuses");
    const char *remedy = okr_member(page, row, "remedy");
    json_int_t count = json_integer_value(json_object_get(row, "count"));
    okr_page_spaces(page, 2);
    okr_page_text(page, refuses ? OKR_TONE_BAD : OKR_TONE_WARN,
                  refuses ? "!" : "?");
    okr_page_spaces(page, 1);
    put_name(page, row);
    okr_page_text(page, OKR_TONE_PLAIN,
                  okr_text(okr_member(page, row, "what")));
    if (count > 0)
        okr_buf_printf(page->out, " (%lld)", (long long)count);
    okr_page_line_end(page);
    if (remedy[0] == '\0')
        return;
    okr_page_spaces(page, 4);
    okr_page_text(page, OKR_TONE_FAINT, "-> ");
    okr_page_text(page, OKR_TONE_FAINT, okr_text(remedy));
    okr_page_line_end(page);
}

void okr_print_advice(struct okr_page *page, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++)
        put_one(page, json_array_get(rows, i));
}

void okr_print_hints(struct okr_page *page, const json_t *answer)
{
    const json_t *hints = json_object_get(answer, "hints");
    okr_page_text(page, OKR_TONE_STRONG, okr_member(page, answer, "ref"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_PLAIN, okr_member(page, answer, "title"));
    okr_page_line_end(page);
    if (json_array_size(hints) == 0) {
        okr_page_text(page, OKR_TONE_GOOD,
                      _("nothing to say: it could be published as it is"));
        okr_page_line_end(page);
    }
    okr_print_advice(page, hints);
}

/* A cycle that was published or closed, or from which something was carried
 * over: one batch. */
void okr_print_acts(struct okr_page *page, const json_t *answer)
{
    const json_t *cycle = json_object_get(answer, "cycle");
    json_int_t n = json_integer_value(json_object_get(answer, "operations"));
    okr_page_text(page, OKR_TONE_STRONG, okr_member(page, cycle, "ref"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_PLAIN, okr_member(page, cycle, "title"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_GOOD, okr_member_word(page, cycle, "phase"));
    okr_page_line_end(page);
    okr_buf_printf(page->out, _("%lld operations, one batch: %s\n"),
                   (long long)n, okr_member(page, answer, "batch"));
    okr_page_text(page, OKR_TONE_FAINT,
                  _("saved here, not yet confirmed by headquarters"));
    okr_page_line_end(page);
}
