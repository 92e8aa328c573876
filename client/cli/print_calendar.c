/* `okr calendar`: what comes when, as a table or as iCalendar. */
#include <stdlib.h>
#include <string.h>

#include "client/cli/ics.h"
#include "client/cli/print.h"
#include "client/cli/table.h"
#include "common/lang/text.h"
#include "common/model/dates.h"

static const char *title_of(const char *event)
{
    static const struct {
        const char *event, *title;
    } titles[] = {
        {"standup", N_("stand-up, 15 minutes")},
        {"weekly", N_("weekly meeting: okr board, check-ins")},
        {"midterm", N_("mid-term: key results may be revised")},
        {"close", N_("close: last check-ins, self-assessment")},
        {"retro", N_("retro: what held, what to change")},
    };
    for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
        if (strcmp(titles[i].event, event) == 0)
            return _(titles[i].title);
    return event;
}

/* "every working day", "every 7 days", or the last day of a span. */
static const char *rhythm_of(struct okr_page *page, const json_t *event)
{
    long days = (long)json_integer_value(json_object_get(event, "every_days"));
    const char *end = okr_member(page, event, "end");
    const char *text = "";
    if (days == 1)
        return _("every working day");
    if (days > 1)
        text = okr_arena_printf(page->arena, _("every %ld days"), days);
    else if (strcmp(end, okr_member(page, event, "start")) != 0)
        text = okr_arena_printf(page->arena, _("until %s"), end);
    return text == NULL ? "" : text;
}

static int by_next(const void *a, const void *b)
{
    const json_t *const *x = a, *const *y = b;
    const char *p = json_string_value(json_object_get(*x, "next"));
    const char *q = json_string_value(json_object_get(*y, "next"));
    int order = strcmp(p, q);
    if (order != 0)
        return order;
    return strcmp(json_string_value(json_object_get(*x, "uid")),
                  json_string_value(json_object_get(*y, "uid")));
}

void okr_print_calendar(struct okr_page *page, const json_t *events)
{
    struct okr_table table;
    size_t n = 0, all = json_array_size(events);
    const json_t **rows = okr_arena_array(page->arena, all, sizeof *rows);
    for (size_t i = 0; rows != NULL && i < all; i++) {
        const json_t *event = json_array_get(events, i);
        if (json_is_string(json_object_get(event, "next")) &&
            json_is_string(json_object_get(event, "uid")))
            rows[n++] = event;
    }
    if (n > 0)
        qsort(rows, n, sizeof *rows, by_next);
    okr_table_init(&table, page);
    okr_table_column(&table, _("next"), OKR_COLUMN_WHOLE);
    okr_table_column(&table, _("what"), OKR_COLUMN_FLEXIBLE);
    okr_table_column(&table, _("how often"), OKR_COLUMN_PLAIN);
    okr_table_column(&table, _("cycle"), OKR_COLUMN_PLAIN);
    for (size_t i = 0; i < n; i++) {
        okr_table_cell(&table, OKR_TONE_PLAIN,
                       okr_member(page, rows[i], "next"));
        okr_table_cell(&table, OKR_TONE_STRONG,
                       title_of(okr_member(page, rows[i], "event")));
        okr_table_cell(&table, OKR_TONE_PLAIN, rhythm_of(page, rows[i]));
        okr_table_cell(&table, OKR_TONE_FAINT,
                       okr_member(page, rows[i], "cycle"));
    }
    okr_table_print(&table);
    if (n > 0)
        return;
    okr_page_text(page, OKR_TONE_FAINT, _("no cycle is ahead"));
    okr_page_line_end(page);
}

/* ---- iCalendar ----------------------------------------------------------- */

static bool day_of(const json_t *event, const char *key, okr_day *ret_day)
{
    const char *text = json_string_value(json_object_get(event, key));
    return text != NULL && okr_day_parse(okr_slice_str(text), ret_day);
}

void okr_print_ics(struct okr_page *page, const json_t *events)
{
    okr_ics_open(page->out);
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        struct okr_ics_event e = {
            .uid = okr_member(page, event, "uid"),
            .title =
                okr_arena_printf(page->arena, "%s (%s)",
                                 title_of(okr_member(page, event, "event")),
                                 okr_member(page, event, "cycle")),
            .stamp = page->now,
            .every_days =
                (int)json_integer_value(json_object_get(event, "every_days")),
        };
        if (e.title == NULL || !day_of(event, "start", &e.first) ||
            !day_of(event, "end", &e.last) ||
            (e.every_days > 0 && !day_of(event, "until", &e.until)))
            continue;
        okr_ics_event(page->out, &e);
    }
    okr_ics_close(page->out);
}
