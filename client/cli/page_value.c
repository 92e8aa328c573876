/* Values as people read them: times, spans, bars, lists. */
#include <stdio.h>
#include <string.h>

#include "client/cli/page.h"
#include "common/lang/text.h"
#include "common/model/dates.h"

enum { BAR_CELLS = 8, LIST_SHOWN_MAX = 20 };

static const char *text_or_none(const char *text)
{
    return text == NULL ? "" : text;
}

static const char *scalar(struct okr_page *page, const json_t *value)
{
    if (json_is_string(value))
        return json_string_value(value);
    if (json_is_integer(value))
        return text_or_none(okr_arena_printf(
            page->arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value)));
    if (json_is_real(value))
        return text_or_none(
            okr_arena_printf(page->arena, "%g", json_real_value(value)));
    if (json_is_boolean(value))
        return json_is_true(value) ? _("yes") : _("no");
    return "";
}

/* [{"date":"2026-05-01","p":"0.4"}]: "2026-05-01: 0.4" */
static const char *element_of(struct okr_page *page, const json_t *value)
{
    if (!json_is_object(value))
        return scalar(page, value);
    const json_t *at = json_object_get(value, "date");
    if (at == NULL)
        at = json_object_get(value, "value");
    return text_or_none(
        okr_arena_printf(page->arena, "%s: %s", scalar(page, at),
                         scalar(page, json_object_get(value, "p"))));
}

static const char *value_text(struct okr_page *page, const json_t *value)
{
    if (!json_is_array(value))
        return json_is_object(value) ? element_of(page, value)
                                     : scalar(page, value);
    const char *text = "";
    for (size_t i = 0; i < json_array_size(value) && i < LIST_SHOWN_MAX; i++)
        text = text_or_none(
            okr_arena_printf(page->arena, "%s%s%s", text, i > 0 ? ", " : "",
                             element_of(page, json_array_get(value, i))));
    return text;
}

const char *okr_member(struct okr_page *page, const json_t *object,
                       const char *key)
{
    return value_text(page, json_object_get(object, key));
}

const char *okr_member_title(struct okr_page *page, const json_t *entity)
{
    static const char *const keys[] = {"title", "text", "metric", "done",
                                       "plan"};
    const char *title = "";
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        title = okr_member(page, entity, keys[i]);
        if (title[0] != '\0')
            return title;
    }
    return okr_member_word(page, entity, "kind");
}

const char *okr_member_word(struct okr_page *page, const json_t *object,
                            const char *key)
{
    const char *word = okr_word(okr_member(page, object, key));
    return text_or_none(okr_arena_str(page->arena, okr_slice_str(word)));
}

bool okr_member_is(const json_t *object, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value != NULL && strcmp(value, text) == 0;
}

bool okr_member_yes(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* ---- time ---------------------------------------------------------------- */

const char *okr_page_clock(struct okr_page *page, okr_us time)
{
    char text[OKR_TIME_TEXT];
    okr_time_format(time, page->offset_min, text); /* 2026-04-15T14:02:11… */
    bool today = okr_day_at(time, page->offset_min) ==
                 okr_day_at(page->now, page->offset_min);
    return text_or_none(
        today ? okr_arena_printf(page->arena, "%.5s", text + 11)
              : okr_arena_printf(page->arena, "%.10s %.5s", text, text + 11));
}

const char *okr_page_time(struct okr_page *page, const char *rfc3339)
{
    okr_us time;
    if (rfc3339 == NULL || !okr_time_parse(okr_slice_str(rfc3339), &time))
        return text_or_none(rfc3339);
    return okr_page_clock(page, time);
}

const char *okr_page_span(struct okr_page *page, int64_t seconds)
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
    long n = (long)seconds;
    const char *text;
    if (n < 2 * MINUTE)
        text = okr_arena_printf(page->arena, _("%ld s"), n);
    else if (n < 2 * HOUR)
        text = okr_arena_printf(page->arena, _("%ld min"), n / MINUTE);
    else if (n < 2 * DAY)
        text = okr_arena_printf(page->arena, _("%ld h"), n / HOUR);
    else
        text = okr_arena_printf(page->arena, _("%ld days"), n / DAY);
    return text_or_none(text);
}

/* ---- rates --------------------------------------------------------------- */

const char *okr_page_percent(struct okr_page *page, const json_t *rate)
{
    if (!json_is_number(rate))
        return "";
    double percent = json_number_value(rate) * 100;
    return text_or_none(okr_arena_printf(page->arena, "%.0f %%", percent));
}

const char *okr_page_bar(struct okr_page *page, const json_t *rate)
{
    char cells[BAR_CELLS * 4] = "";
    size_t n = 0;
    if (!json_is_number(rate))
        return "";
    double share = json_number_value(rate);
    share = share < 0 ? 0 : share > 1 ? 1 : share;
    /* Full only when it is done, empty only when nothing is. */
    int full = (int)(share * BAR_CELLS);
    if (full == 0 && share > 0)
        full = 1;
    for (int i = 0; i < BAR_CELLS; i++)
        n += (size_t)snprintf(cells + n, sizeof cells - n, "%s",
                              i < full ? "█" : "░");
    return text_or_none(okr_arena_printf(page->arena, "%s %5s", cells,
                                         okr_page_percent(page, rate)));
}

enum okr_tone okr_tone_of(const char *word)
{
    static const struct {
        const char *word;
        enum okr_tone tone;
    } tones[] = {
        {"on_track", OKR_TONE_GOOD}, {"achieved", OKR_TONE_GOOD},
        {"at_risk", OKR_TONE_WARN},  {"outdated", OKR_TONE_WARN},
        {"off_track", OKR_TONE_BAD}, {"live", OKR_TONE_GOOD},
        {"offline", OKR_TONE_BAD},   {"refused", OKR_TONE_BAD},
        {"draft", OKR_TONE_FAINT},   {"closed", OKR_TONE_FAINT},
        {"pending", OKR_TONE_FAINT}, {"abandoned", OKR_TONE_FAINT},
        {"done", OKR_TONE_GOOD},     {"dropped", OKR_TONE_FAINT},
        {"doing", OKR_TONE_WARN},    {"catching_up", OKR_TONE_WARN},
        {"revoked", OKR_TONE_BAD},   {"red", OKR_TONE_BAD},
        {"yellow", OKR_TONE_WARN},   {"green", OKR_TONE_GOOD},
    };
    for (size_t i = 0; i < sizeof tones / sizeof tones[0]; i++)
        if (strcmp(tones[i].word, word) == 0)
            return tones[i].tone;
    return OKR_TONE_PLAIN;
}
