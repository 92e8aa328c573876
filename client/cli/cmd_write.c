/* Commands that change something: each asks one method of the daemon (or one
 * a reference) and shows what became of the entity. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/run.h"
#include "client/cli/sign.h"
#include "client/cli/walk.h"
#include "common/lang/text.h"

static void finish(struct okr_run *run)
{
    json_t *root = okr_sign_answer(run);
    if (root == NULL)
        return;
    okr_print_saved(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}

void okr_cmd_add(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    okr_run_ask(run, "add");
    /* First the kind of the entity; a second argument of that name is the
     * field "kind" of what is made. */
    okr_run_arg(run, "kind", line->words[0]);
    for (size_t i = 0; i < line->n_options; i++) {
        bool draft = strcmp(line->options[i].name, "draft") == 0;
        okr_run_arg(run, draft ? "state" : line->options[i].name,
                    draft ? "draft" : line->options[i].value);
    }
    finish(run);
}

static void put_changes(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    okr_run_arg(run, "ref", line->words[0]);
    for (size_t i = 1; i < line->n_words; i++) {
        if (strchr(line->words[i], '=') == NULL)
            okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "malformed",
                            N_("write field=value; quote a value with spaces"),
                            _("\"%s\" is no field=value"), line->words[i]);
        okr_run_arg(run, "change", line->words[i]);
    }
    okr_run_options(run);
}

void okr_cmd_set(struct okr_run *run)
{
    okr_run_ask(run, run->line->command->name);
    put_changes(run);
    finish(run);
}

/* okr score REF 0.7 is okr score REF score=0.7; na: there is none to give */
void okr_cmd_score(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    const char *first = line->words[1];
    bool none = strcmp(first, "na") == 0;
    if (strchr(first, '=') != NULL || line->n_words > 2) {
        okr_cmd_set(run);
        return;
    }
    okr_run_ask(run, "score");
    okr_run_arg(run, "ref", line->words[0]);
    okr_run_arg(run, "change",
                none ? "not_applicable=true"
                     : okr_arena_printf(run->arena, "score=%s", first));
    okr_run_options(run);
    finish(run);
}

/* One verb for each reference; the first trouble ends it. */
void okr_cmd_verb(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    for (size_t i = 0; i < line->n_words && run->trouble.code == 0; i++) {
        okr_run_ask(run, line->command->name);
        okr_run_arg(run, "ref", line->words[i]);
        okr_run_options(run);
        finish(run);
    }
}

void okr_cmd_checkin(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    if (line->n_words == 0 && line->n_options == 0) {
        okr_walk_checkins(run);
        return;
    }
    okr_run_ask(run, "checkin");
    if (line->n_words > 0)
        okr_run_arg(run, "key_result", line->words[0]);
    if (line->n_words > 1)
        okr_run_arg(run, "value", line->words[1]);
    okr_run_options(run);
    finish(run);
}

void okr_cmd_comment(struct okr_run *run)
{
    okr_run_ask(run, "comment");
    okr_run_arg(run, "subject", run->line->words[0]);
    okr_run_arg(run, "text", okr_run_text(run, 1));
    okr_run_options(run);
    finish(run);
}

void okr_cmd_resolve(struct okr_run *run)
{
    okr_run_ask(run, "resolve");
    okr_run_arg(run, "ref", run->line->words[0]);
    okr_run_arg(run, "choice", okr_run_text(run, 1));
    okr_run_options(run);
    finish(run);
}

void okr_cmd_retry(struct okr_run *run)
{
    okr_run_ask(run, "retry");
    okr_run_arg(run, "op", run->line->words[0]);
    for (size_t i = 0; i < run->line->n_options; i++)
        if (strcmp(run->line->options[i].name, "yes") != 0)
            okr_run_arg(run, run->line->options[i].name,
                        run->line->options[i].value);
    finish(run);
}
