/* Commands of the workflow that are more than one operation, or that tell
 * before anything is done. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/run.h"
#include "client/cli/sign.h"
#include "common/lang/text.h"

/* A whole cycle takes its time. */
enum { ACTS_WAIT_MS = 120 * 1000 };

static void finish(struct okr_run *run)
{
    json_t *root = okr_sign_within(run, ACTS_WAIT_MS);
    if (root == NULL)
        return;
    if (json_object_get(root, "operations") != NULL)
        okr_print_acts(&run->page, root);
    else
        okr_print_saved(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}

/* publish, close: of an objective, or of a whole cycle. */
void okr_cmd_end(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    for (size_t i = 0; i < line->n_words && run->trouble.code == 0; i++) {
        okr_run_ask(run, line->command->name);
        okr_run_arg(run, "ref", line->words[i]);
        okr_run_options(run);
        finish(run);
    }
}

/* Without a decision: what is to be decided on. */
void okr_cmd_carry_over(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    bool decides = line->n_options > 0;
    okr_run_ask(run, decides ? "carry_over" : "carry_list");
    okr_run_arg(run, "ref", line->words[0]);
    okr_run_options(run);
    if (decides) {
        finish(run);
        return;
    }
    json_t *root = okr_run_answer(run);
    if (root == NULL)
        return;
    okr_print_list(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}

void okr_cmd_hints(struct okr_run *run)
{
    okr_run_ask(run, "hints");
    okr_run_arg(run, "ref", run->line->words[0]);
    json_t *root = okr_run_answer(run);
    if (root == NULL)
        return;
    okr_print_hints(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}
