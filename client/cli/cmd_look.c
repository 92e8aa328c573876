/* Commands that ask and show: status, tree, show, log, conflicts, refused. */
#include "client/cli/print.h"
#include "client/cli/run.h"

typedef void print(struct okr_page *page, const json_t *root);

/* The method's name is the command's. */
static void look(struct okr_run *run, const char *argument, print *show,
                 bool tells_age)
{
    const struct okr_line *line = run->line;
    okr_run_ask(run, line->command->name);
    if (line->n_words > 0)
        okr_run_arg(run, argument, line->words[0]);
    okr_run_options(run);
    json_t *root = okr_run_answer(run);
    if (root == NULL)
        return;
    show(&run->page, root);
    if (tells_age)
        okr_run_age(run);
    okr_run_flush(run);
    json_decref(root);
}

void okr_cmd_status(struct okr_run *run)
{
    look(run, NULL, okr_print_status, false);
}

void okr_cmd_tree(struct okr_run *run)
{
    look(run, "ref", okr_print_tree, true);
}

void okr_cmd_show(struct okr_run *run)
{
    look(run, "ref", okr_print_show, true);
}

void okr_cmd_log(struct okr_run *run)
{
    look(run, "ref", okr_print_log, true);
}

void okr_cmd_conflicts(struct okr_run *run)
{
    look(run, "ref", okr_print_conflicts, true);
}

void okr_cmd_refused(struct okr_run *run)
{
    look(run, NULL, okr_print_refused, false);
}
