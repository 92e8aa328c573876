/* Walking through the check-ins that are owed.
 *
 * Nothing has a default that says something: an empty answer to all of it is
 * "no change", and a confidence is never taken over from the last time. */
#include "client/cli/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/cli/print.h"
#include "client/cli/sign.h"
#include "client/cli/report.h"
#include "common/lang/text.h"

bool okr_walk_can_ask(void)
{
    return isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1;
}

const char *okr_walk_ask(struct okr_run *run, const char *question)
{
    char *line = NULL;
    size_t cap = 0;
    okr_page_text(&run->page, OKR_TONE_FAINT, question);
    okr_buf_put(run->page.out, OKR_SLICE_LIT(" "));
    okr_run_flush(run);
    ssize_t len = getline(&line, &cap, stdin);
    while (len > 0 && strchr(" \t\r\n", line[len - 1]) != NULL)
        line[--len] = '\0';
    const char *text =
        len < 0 ? NULL : okr_arena_str(run->arena, okr_slice_str(line));
    free(line);
    if (text == NULL)
        okr_page_line_end(&run->page);
    while (text != NULL && *text == ' ')
        text++;
    return text;
}

/* ---- one check-in -------------------------------------------------------- */

struct said {
    const char *value, *confidence, *note, *blocked; /* "": nothing */
};

static bool is_word(const char *text, const char *letter, const char *word)
{
    return strcmp(text, letter) == 0 || strcmp(text, word) == 0;
}

static void put_head(struct okr_run *run, const json_t *row, size_t at,
                     size_t n)
{
    struct okr_page *page = &run->page;
    const char *percent =
        okr_page_percent(page, json_object_get(row, "progress"));
    const char *expected =
        okr_page_percent(page, json_object_get(row, "expected"));
    const char *since = json_string_value(json_object_get(row, "observed_at"));
    okr_page_line_end(page);
    okr_buf_printf(page->out, "%zu/%zu  ", at, n);
    okr_page_text(page, OKR_TONE_STRONG, okr_member_title(page, row));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_FAINT, okr_member(page, row, "ref"));
    okr_page_line_end(page);
    okr_buf_printf(page->out, "     %s\n", okr_report_facts(page, row));
    if (since != NULL)
        okr_buf_printf(page->out, _("     last check-in %s\n"),
                       okr_page_time(page, since));
    if (expected[0] != '\0')
        okr_buf_printf(page->out, _("     %s done, %s expected by today\n"),
                       percent, expected);
}

/* 1: said; 0: skipped; -1: enough. */
static int ask_all(struct okr_run *run, struct said *said)
{
    said->value =
        okr_walk_ask(run, _("value (empty: no change, s: skip, q: quit):"));
    if (said->value == NULL || is_word(said->value, "q", "quit"))
        return -1;
    if (is_word(said->value, "s", "skip"))
        return 0;
    said->confidence =
        okr_walk_ask(run, _("confidence, 0 no hope to 10 certain "
                            "(empty: not said):"));
    if (said->confidence == NULL)
        return -1;
    said->note = okr_walk_ask(run, _("note (empty: none):"));
    if (said->note == NULL)
        return -1;
    said->blocked =
        okr_walk_ask(run, _("blocked, so that it needs help (y, empty: no):"));
    return said->blocked == NULL ? -1 : 1;
}

static const char *given(const char *text)
{
    return text[0] == '\0' ? NULL : text;
}

/* Both languages' y, whatever the prompt was. */
static bool says_yes(const char *text)
{
    return is_word(text, "y", "yes") || is_word(text, "Y", "是");
}

static bool save(struct okr_run *run, const json_t *row,
                 const struct said *said)
{
    okr_run_ask(run, "checkin");
    okr_run_arg(run, "key_result",
                json_string_value(json_object_get(row, "id")));
    okr_run_arg(run, "value", given(said->value));
    okr_run_arg(run, "confidence", given(said->confidence));
    okr_run_arg(run, "note", given(said->note));
    if (said->value[0] == '\0')
        okr_run_arg(run, "no_change", "true");
    if (says_yes(said->blocked))
        okr_run_arg(run, "blocked", "true");
    json_t *root = okr_sign_answer(run);
    if (root != NULL)
        okr_print_saved(&run->page, root);
    json_decref(root);
    return root != NULL;
}

/* Asks until it is taken, skipped or enough; false: enough. */
static bool walk_one(struct okr_run *run, const json_t *row)
{
    for (;;) {
        struct said said;
        int answer = ask_all(run, &said);
        if (answer <= 0)
            return answer == 0;
        if (save(run, row, &said))
            return true;
        if (run->asker == NULL)
            return false; /* nobody answers any more */
        okr_trouble_print(&run->trouble, false, run->page.out);
        run->trouble = (struct okr_trouble){.code = 0};
    }
}

/* ---- all of them --------------------------------------------------------- */

static bool is_check_in(const json_t *row)
{
    static const char *const alerts[] = {"late_check_in", "outdated",
                                         "check_in_due"};
    for (size_t i = 0; i < sizeof alerts / sizeof alerts[0]; i++)
        if (okr_member_is(row, "alert", alerts[i]))
            return true;
    return false;
}

/* What is owed and is a check-in; the caller decrefs. */
static json_t *owed(struct okr_run *run)
{
    json_t *root = NULL, *kept = json_array();
    okr_run_ask(run, "todo");
    if (okr_run_send(run)) {
        const struct okr_reply *reply = okr_run_next(run, OKR_RUN_WAIT_MS);
        if (reply != NULL)
            root = okr_run_parse(run, reply);
    }
    for (size_t i = 0; i < json_array_size(root); i++)
        if (is_check_in(json_array_get(root, i)))
            (void)json_array_append(kept, json_array_get(root, i));
    bool asked = root != NULL;
    json_decref(root);
    if (asked)
        return kept;
    json_decref(kept);
    return NULL;
}

static void refuse(struct okr_run *run, const json_t *rows)
{
    if (!run->line->json) {
        okr_print_todo(&run->page, rows);
        okr_run_flush(run);
    }
    okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "missing",
                    N_("name a key result: okr checkin KR [VALUE]; okr todo "
                       "lists yours"),
                    _("there is no terminal at which to ask for %ld check-ins"),
                    (long)json_array_size(rows));
}

void okr_walk_checkins(struct okr_run *run)
{
    json_t *rows = owed(run);
    size_t n = json_array_size(rows);
    if (rows == NULL)
        return;
    if (n > 0 && (run->line->json || !okr_walk_can_ask())) {
        refuse(run, rows);
        json_decref(rows);
        return;
    }
    if (n == 0 && !run->line->json)
        okr_print_todo(&run->page, rows);
    else if (n == 0)
        okr_buf_printf(run->page.out, "[]\n");
    for (size_t i = 0; i < n; i++) {
        put_head(run, json_array_get(rows, i), i + 1, n);
        if (!walk_one(run, json_array_get(rows, i)))
            break;
    }
    okr_run_age(run);
    okr_run_flush(run);
    json_decref(rows);
}
