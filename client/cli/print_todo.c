/* `okr todo`: what is owed, the most urgent first, each with its command. */
#include <string.h>

#include "client/cli/print.h"
#include "common/lang/text.h"
#include "common/model/dates.h"

static enum okr_tone tone_of(const char *alert)
{
    static const char *const bad[] = {"blocked", "outdated", "no_owner"};
    static const char *const mild[] = {"orphan", "midterm_due", "unconfirmed"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (strcmp(bad[i], alert) == 0)
            return OKR_TONE_BAD;
    for (size_t i = 0; i < sizeof mild / sizeof mild[0]; i++)
        if (strcmp(mild[i], alert) == 0)
            return OKR_TONE_PLAIN;
    return OKR_TONE_WARN;
}

/* "since 2026-04-15 (3 days)"; "" where nobody can say. */
static const char *since_of(struct okr_page *page, const json_t *row)
{
    enum { S_PER_DAY = 86400 };
    const char *text = json_string_value(json_object_get(row, "since"));
    okr_day since, today = okr_day_at(page->now, page->offset_min);
    if (text == NULL || !okr_day_parse(okr_slice_str(text), &since))
        return "";
    long days = (long)today - since;
    const char *said =
        days > 0 ? okr_arena_printf(page->arena, _("since %s (%s)"), text,
                                    okr_page_span(page, days * S_PER_DAY))
                 : okr_arena_printf(page->arena, _("since %s"), text);
    return said == NULL ? "" : said;
}

/* Do they concern more than one person? */
static bool are_several(const json_t *rows)
{
    const char *first =
        json_string_value(json_object_get(json_array_get(rows, 0), "person"));
    for (size_t i = 1; first != NULL && i < json_array_size(rows); i++)
        if (!okr_member_is(json_array_get(rows, i), "person", first))
            return true;
    return false;
}

static size_t widest(struct okr_page *page, const json_t *rows, size_t max)
{
    size_t width = 0;
    for (size_t i = 0; i < json_array_size(rows) && i < max; i++) {
        size_t one = okr_page_width(
            okr_member_word(page, json_array_get(rows, i), "alert"));
        width = one > width ? one : width;
    }
    return width;
}

static void put_row(struct okr_page *page, const json_t *row, size_t indent,
                    bool several)
{
    enum { TITLE_LEAST = 20 };
    const char *word = okr_member_word(page, row, "alert");
    const char *since = since_of(page, row);
    const char *person = several ? okr_member(page, row, "person") : "";
    size_t room = 0, taken = 0;
    if (since[0] != '\0')
        taken += okr_page_width(since) + 2;
    if (person[0] != '\0')
        taken += okr_page_width(person) + 2;
    if (page->columns > indent + taken)
        room = page->columns - indent - taken;
    okr_page_text(page, tone_of(okr_member(page, row, "alert")), word);
    okr_page_spaces(page, indent - okr_page_width(word));
    (void)okr_page_cut(page, OKR_TONE_STRONG, okr_member_title(page, row),
                       page->columns == 0   ? 0
                       : room < TITLE_LEAST ? TITLE_LEAST
                                            : room);
    if (person[0] != '\0') {
        okr_page_spaces(page, 2);
        okr_page_text(page, OKR_TONE_PLAIN, person);
    }
    if (since[0] != '\0') {
        okr_page_spaces(page, 2);
        okr_page_text(page, OKR_TONE_FAINT, since);
    }
    okr_page_line_end(page);
    okr_page_spaces(page, indent);
    okr_buf_printf(page->out, "-> ");
    okr_page_text(page, OKR_TONE_PLAIN, okr_member(page, row, "action"));
    okr_page_line_end(page);
}

void okr_print_owed(struct okr_page *page, const json_t *rows, size_t max)
{
    size_t indent = widest(page, rows, max) + 2;
    bool several = are_several(rows);
    for (size_t i = 0; i < json_array_size(rows) && i < max; i++)
        put_row(page, json_array_get(rows, i), indent, several);
}

void okr_print_todo(struct okr_page *page, const json_t *rows)
{
    okr_print_owed(page, rows, SIZE_MAX);
    if (json_array_size(rows) > 0)
        return;
    okr_page_text(page, OKR_TONE_FAINT, _("nothing is owed"));
    okr_page_line_end(page);
}
