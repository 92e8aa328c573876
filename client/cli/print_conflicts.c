/* `okr conflicts` and `okr refused`: what waits for a person's decision. */
#include "client/cli/print.h"
#include "common/lang/text.h"

static void put_side(struct okr_page *page, const char *label,
                     const json_t *conflict, const char *by, const char *key)
{
    const char *who = by == NULL ? "" : okr_member(page, conflict, by);
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_STRONG, label);
    if (who[0] != '\0') {
        okr_page_spaces(page, 2);
        okr_page_text(page, OKR_TONE_FAINT, who);
    }
    okr_page_line_end(page);
    okr_page_prose(page, okr_member(page, conflict, key), 4);
}

static void put_conflict(struct okr_page *page, const json_t *conflict)
{
    const char *ref = okr_member(page, conflict, "subject_ref");
    const char *word = okr_word(okr_member(page, conflict, "field"));
    if (ref[0] == '\0')
        ref = okr_member(page, conflict, "ref");
    okr_page_text(page, OKR_TONE_FAINT, ref);
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_PLAIN,
                  okr_member(page, conflict, "subject_title"));
    okr_page_text(page, OKR_TONE_WARN, okr_print_mark(page, conflict));
    okr_page_line_end(page);
    okr_page_tone(page, OKR_TONE_FAINT);
    okr_buf_printf(page->out, _("  two people wrote the field \"%s\""), word);
    okr_page_tone(page, OKR_TONE_PLAIN);
    okr_page_line_end(page);
    if (okr_member(page, conflict, "base")[0] != '\0')
        put_side(page, _("before"), conflict, NULL, "base");
    put_side(page, _("mine"), conflict, "mine_by", "mine");
    put_side(page, _("theirs"), conflict, "theirs_by", "theirs");
    okr_page_tone(page, OKR_TONE_FAINT);
    okr_buf_printf(page->out, "  -> okr resolve %s mine|theirs|%s", ref,
                   _("\"a new text\""));
    okr_page_tone(page, OKR_TONE_PLAIN);
    okr_page_line_end(page);
}

void okr_print_conflicts(struct okr_page *page, const json_t *conflicts)
{
    size_t n = json_array_size(conflicts);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            okr_page_line_end(page);
        put_conflict(page, json_array_get(conflicts, i));
    }
    if (n == 0) {
        okr_page_text(page, OKR_TONE_FAINT, _("no conflicts"));
        okr_page_line_end(page);
    }
    okr_print_legend(page);
}

static void put_refused(struct okr_page *page, const json_t *row)
{
    const char *time = json_string_value(json_object_get(row, "time"));
    okr_page_text(page, OKR_TONE_FAINT, okr_page_time(page, time));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_STRONG, okr_member_word(page, row, "verb"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_FAINT, okr_member(page, row, "ref"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_PLAIN, okr_member(page, row, "title"));
    okr_page_line_end(page);
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_BAD, _(okr_member(page, row, "what")));
    okr_buf_printf(page->out, " (%s)\n", okr_member(page, row, "rule"));
    okr_print_advice(page, json_object_get(row, "offenders"));
    okr_page_spaces(page, 2);
    okr_buf_printf(page->out, "-> %s\n", _(okr_member(page, row, "remedy")));
    okr_page_tone(page, OKR_TONE_FAINT);
    okr_buf_printf(page->out, "  -> okr retry %s", okr_member(page, row, "op"));
    okr_page_tone(page, OKR_TONE_PLAIN);
    okr_page_line_end(page);
}

void okr_print_refused(struct okr_page *page, const json_t *refused)
{
    size_t n = json_array_size(refused);
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            okr_page_line_end(page);
        put_refused(page, json_array_get(refused, i));
    }
    if (n == 0) {
        okr_page_text(page, OKR_TONE_FAINT, _("nothing was refused"));
        okr_page_line_end(page);
    }
}
