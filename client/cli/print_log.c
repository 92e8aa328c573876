/* `okr log` and `okr watch`: who changed what, when, from where. */
#include <string.h>

#include "client/cli/print.h"
#include "common/lang/text.h"
#include "common/base/utf8.h"

enum { VALUE_COLUMNS = 40, CHANGES_SHOWN_MAX = 8 };

/* A value of a change on one line, short enough to be compared. */
static const char *side_of(struct okr_page *page, const json_t *change,
                           const char *key)
{
    const json_t *value = json_object_get(change, key);
    const char *field = okr_member(page, change, "field");
    const char *text = okr_print_value(page, change, key, field);
    struct okr_slice s = okr_slice_str(text);
    if (value == NULL || json_is_null(value))
        return "–";
    const char *end = memchr(s.data, '\n', s.len);
    struct okr_slice line =
        end == NULL ? s : okr_slice_of(text, (size_t)(end - text));
    struct okr_slice fit = okr_utf8_fit(line, VALUE_COLUMNS);
    const char *out =
        okr_arena_printf(page->arena, "%.*s%s", (int)fit.len,
                         (const char *)fit.data, fit.len < s.len ? "…" : "");
    return out == NULL ? "" : out;
}

const char *okr_print_changes(struct okr_page *page, const json_t *changes)
{
    const char *all = "";
    size_t n = json_array_size(changes);
    for (size_t i = 0; i < n && i < CHANGES_SHOWN_MAX; i++) {
        const json_t *change = json_array_get(changes, i);
        bool first = json_is_null(json_object_get(change, "before"));
        const char *text = okr_arena_printf(
            page->arena, "%s%s%s: %s%s%s", all, i > 0 ? "; " : "",
            okr_word(okr_member(page, change, "field")),
            first ? "" : side_of(page, change, "before"), first ? "" : " → ",
            side_of(page, change, "after"));
        all = text == NULL ? all : text;
    }
    if (n > CHANGES_SHOWN_MAX) {
        const char *text = okr_arena_printf(page->arena, "%s; …", all);
        all = text == NULL ? all : text;
    }
    return all;
}

static void put_who(struct okr_page *page, const json_t *row)
{
    const char *time = json_string_value(json_object_get(row, "time"));
    const char *verb = okr_member(page, row, "verb");
    bool pending = json_is_null(json_object_get(row, "lsn"));
    page->pending = page->pending || pending;
    okr_page_text(page, OKR_TONE_FAINT, okr_page_time(page, time));
    okr_page_text(page, OKR_TONE_WARN, pending ? " * " : "   ");
    okr_page_text(page, OKR_TONE_PLAIN, okr_member(page, row, "person"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_STRONG,
                  verb[0] == '\0' ? _("changed") : okr_word(verb));
}

static void put_site(struct okr_page *page, const json_t *row)
{
    const char *site = okr_member(page, row, "site");
    if (site[0] == '\0')
        return;
    okr_page_tone(page, OKR_TONE_FAINT);
    okr_buf_printf(page->out, _("  at %s"), site);
    okr_page_tone(page, OKR_TONE_PLAIN);
}

/* Who signed himself is told from whom his site vouches for. */
static void put_signature(struct okr_page *page, const json_t *row)
{
    if (okr_member_is(row, "signature", "person"))
        okr_page_text(page, OKR_TONE_FAINT, _("  signed"));
}

static void put_log_row(struct okr_page *page, const json_t *row)
{
    const json_t *changes = json_object_get(row, "changes");
    const char *reason = okr_member(page, row, "reason");
    put_who(page, row);
    put_site(page, row);
    put_signature(page, row);
    if (okr_member_yes(row, "collapsed"))
        okr_page_text(page, OKR_TONE_FAINT, _("  (several changes in one)"));
    okr_page_line_end(page);
    if (reason[0] != '\0')
        okr_page_prose(
            page, okr_arena_printf(page->arena, _("reason: %s"), reason), 4);
    for (size_t i = 0; i < json_array_size(changes); i++) {
        json_t *one = json_array();
        (void)json_array_append(one, json_array_get(changes, i));
        okr_page_prose(page, okr_print_changes(page, one), 4);
        json_decref(one);
    }
}

void okr_print_log(struct okr_page *page, const json_t *rows)
{
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        const json_t *before = json_object_get(row, "history_before");
        if (before == NULL) {
            put_log_row(page, row);
            continue;
        }
        okr_page_tone(page, OKR_TONE_FAINT);
        okr_buf_printf(page->out, _("history before %s is at headquarters"),
                       okr_member(page, row, "history_before"));
        okr_page_tone(page, OKR_TONE_PLAIN);
        okr_page_line_end(page);
    }
    okr_print_legend(page);
}

/* Of a conflict the texts are for `okr conflicts`. */
static const char *changes_of(struct okr_page *page, const json_t *change)
{
    const json_t *changes = json_object_get(change, "changes");
    json_t *kept = json_array();
    bool conflict = okr_member_is(change, "kind", "conflict");
    for (size_t i = 0; i < json_array_size(changes); i++) {
        json_t *one = json_array_get(changes, i);
        if (!conflict || okr_member_is(one, "field", "subject") ||
            okr_member_is(one, "field", "state"))
            (void)json_array_append(kept, one);
    }
    const char *text = okr_print_changes(page, kept);
    json_decref(kept);
    return text;
}

void okr_print_change(struct okr_page *page, const json_t *change)
{
    const char *changes = changes_of(page, change);
    put_who(page, change);
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_FAINT, okr_member(page, change, "ref"));
    okr_page_spaces(page, 2);
    const char *title = okr_member(page, change, "title");
    bool conflict = okr_member_is(change, "kind", "conflict");
    okr_page_text(
        page, conflict ? OKR_TONE_WARN : OKR_TONE_PLAIN,
        title[0] != '\0' ? title : okr_word(okr_member(page, change, "kind")));
    if (changes[0] != '\0') {
        okr_page_text(page, OKR_TONE_FAINT, "  ");
        okr_page_text(page, OKR_TONE_PLAIN, changes);
    }
    put_site(page, change);
    put_signature(page, change);
    okr_page_line_end(page);
}
