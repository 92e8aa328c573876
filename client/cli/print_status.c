/* `okr status`: the link, the age of the data, what waits; and the last line
 * of everything that shows data while the link is not live. */
#include "client/cli/print.h"
#include "common/lang/text.h"

static void row(struct okr_page *page, const char *label, enum okr_tone tone,
                const char *text)
{
    enum { LABEL_COLUMNS = 12 };
    size_t width = okr_page_width(label);
    if (text == NULL || text[0] == '\0')
        return;
    okr_page_text(page, OKR_TONE_FAINT, label);
    okr_page_spaces(page, width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1);
    okr_page_text(page, tone, text);
    okr_page_line_end(page);
}

static const char *age_of(struct okr_page *page, const json_t *status)
{
    const json_t *age = json_object_get(status, "age_s");
    bool live = okr_member_is(status, "link", "live");
    if (!json_is_number(age))
        return _("never heard from headquarters");
    int64_t seconds = (int64_t)json_number_value(age);
    const char *span = okr_page_span(page, seconds);
    const char *clock =
        okr_page_clock(page, page->now - (okr_us)seconds * 1000000);
    const char *text = okr_arena_printf(
        page->arena, live ? _("up to date, %s (%s ago)") : _("of %s, %s old"),
        clock, span);
    return text == NULL ? "" : text;
}

static json_int_t count_of(const json_t *status, const char *key)
{
    return json_integer_value(json_object_get(status, key));
}

/* A number, and the command that shows what it counts. */
static const char *counted(struct okr_page *page, const json_t *status,
                           const char *key, const char *more)
{
    json_int_t n = count_of(status, key);
    const char *text = okr_arena_printf(
        page->arena, "%" JSON_INTEGER_FORMAT "%s%s", n,
        n > 0 && more[0] != '\0' ? "  " : "", n > 0 ? more : "");
    return text == NULL ? "" : text;
}

static void print_alarms(struct okr_page *page, const json_t *status)
{
    const json_t *alarms = json_object_get(status, "alarms");
    for (size_t i = 0; i < json_array_size(alarms); i++) {
        const char *text = json_string_value(json_array_get(alarms, i));
        row(page, _("alarm"), OKR_TONE_BAD, text == NULL ? "?" : _(text));
    }
}

static enum okr_tone if_any(const json_t *status, const char *key)
{
    return count_of(status, key) > 0 ? OKR_TONE_WARN : OKR_TONE_PLAIN;
}

/* The first of what the reader owes, and how much more it is. */
static void print_owed(struct okr_page *page, const json_t *status)
{
    enum { ALERTS_SHOWN = 5 };
    json_int_t owed = count_of(status, "owed");
    if (owed == 0)
        return;
    okr_page_line_end(page);
    okr_page_text(page, OKR_TONE_STRONG, _("You owe"));
    okr_page_line_end(page);
    okr_print_owed(page, json_object_get(status, "alerts"), ALERTS_SHOWN);
    if (owed <= ALERTS_SHOWN)
        return;
    okr_buf_printf(page->out, _("and %ld more: okr todo\n"),
                   (long)(owed - ALERTS_SHOWN));
}

void okr_print_status(struct okr_page *page, const json_t *status)
{
    const char *link = okr_member(page, status, "link");
    row(page, _("site"), OKR_TONE_STRONG, okr_member(page, status, "name"));
    row(page, _("company"), OKR_TONE_PLAIN, okr_member(page, status, "org"));
    row(page, _("person"), OKR_TONE_PLAIN, okr_member(page, status, "person"));
    row(page, _("link"), okr_tone_of(link), okr_word(link));
    row(page, _("data"), OKR_TONE_PLAIN, age_of(page, status));
    row(page, _("waiting"), if_any(status, "pending"),
        counted(page, status, "pending",
                _("saved here, not yet confirmed by headquarters")));
    row(page, _("conflicts"), if_any(status, "conflicts"),
        counted(page, status, "conflicts", _("see okr conflicts")));
    if (count_of(status, "refused") > 0)
        row(page, _("refused"), OKR_TONE_BAD,
            counted(page, status, "refused", _("see okr refused")));
    print_alarms(page, status);
    const char *position = okr_arena_printf(
        page->arena, _("%s of %s, epoch %s"), okr_member(page, status, "lsn"),
        okr_member(page, status, "head"), okr_member(page, status, "epoch"));
    row(page, _("position"), OKR_TONE_FAINT, position);
    row(page, _("digest"), OKR_TONE_FAINT, okr_member(page, status, "digest"));
    print_owed(page, status);
    okr_print_age(page, status);
}

void okr_print_age(struct okr_page *page, const json_t *status)
{
    const char *link = json_string_value(json_object_get(status, "link"));
    const json_t *age = json_object_get(status, "age_s");
    if (link == NULL || okr_member_is(status, "link", "live"))
        return;
    okr_page_tone(page, OKR_TONE_WARN);
    if (!json_is_number(age)) {
        okr_buf_printf(page->out,
                       _("%s: nothing was heard from headquarters "
                         "yet"),
                       okr_word(link));
    } else {
        int64_t seconds = (int64_t)json_number_value(age);
        const char *clock =
            okr_page_clock(page, page->now - (okr_us)seconds * 1000000);
        okr_buf_printf(page->out, _("%s since %s, data of %s (%s old)"),
                       okr_word(link), clock, clock,
                       okr_page_span(page, seconds));
    }
    okr_page_tone(page, OKR_TONE_PLAIN);
    okr_page_line_end(page);
}
