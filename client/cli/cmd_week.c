/* Commands of the week: todo, board, calendar, report. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/run.h"
#include "common/lang/text.h"

typedef void print(struct okr_page *page, const json_t *root);

static void answer(struct okr_run *run, print *show, bool tells_age)
{
    json_t *root = okr_run_answer(run);
    if (root == NULL)
        return;
    show(&run->page, root);
    if (tells_age)
        okr_run_age(run);
    okr_run_flush(run);
    json_decref(root);
}

static void pass(struct okr_run *run, const char *option)
{
    okr_run_arg(run, option, okr_line_option(run->line, option));
}

void okr_cmd_todo(struct okr_run *run)
{
    okr_run_ask(run, "todo");
    okr_run_options(run);
    answer(run, okr_print_todo, true);
}

void okr_cmd_board(struct okr_run *run)
{
    okr_run_ask(run, "board");
    if (run->line->n_words > 0)
        okr_run_arg(run, "unit", run->line->words[0]);
    okr_run_options(run);
    answer(run, okr_print_board, true);
}

/* A file for a calendar program tells no age: it is fetched again anyway. */
void okr_cmd_calendar(struct okr_run *run)
{
    bool ics = okr_line_option(run->line, "ics") != NULL;
    okr_run_ask(run, "calendar");
    pass(run, "cycle");
    answer(run, ics ? okr_print_ics : okr_print_calendar, !ics);
}

static print *format_of(struct okr_run *run)
{
    static const struct {
        const char *word;
        print *show;
    } formats[] = {{"text", okr_print_report},
                   {"markdown", okr_print_report_markdown},
                   {"html", okr_print_report_html}};
    const char *word = okr_line_option(run->line, "format");
    if (word == NULL)
        return okr_print_report;
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++)
        if (strcmp(word, formats[i].word) == 0)
            return formats[i].show;
    okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "bad_value",
                    N_("write --format text, markdown or html"),
                    _("\"%s\" is no format of a report"), word);
    return okr_print_report;
}

/* Of a person (a mail, or "me") or of a unit. */
void okr_cmd_report(struct okr_run *run)
{
    print *show = format_of(run);
    if (!run->line->json && run->trouble.code == 0)
        run->page.age = okr_run_age_text(run);
    okr_run_ask(run, "report");
    if (run->line->n_words > 0) {
        const char *whose = run->line->words[0];
        bool person = strcmp(whose, "me") == 0 || strchr(whose, '@') != NULL ||
                      strncmp(whose, "p-", 2) == 0;
        okr_run_arg(run, person ? "owner" : "unit", whose);
    }
    pass(run, "cycle");
    answer(run, show, false);
}
