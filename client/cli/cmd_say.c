/* Short forms for what people say to each other every week: each makes one
 * entity of a kind, of words that stand where they are expected. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/sign.h"
#include "client/cli/walk.h"
#include "common/lang/text.h"

enum { PLACES = 3 };

/* What the words behind a command are to the daemon. */
static const struct saying {
    const char *command, *method;
    const char *places[PLACES]; /* field of each word, NULL behind the last */
    const char *field, *unsaid; /* a field, and its value where none is given */
} sayings[] = {
    {"propose", "proposal", {"title", NULL, NULL}, NULL, NULL},
    {"vote", "vote", {"proposal", "weight", NULL}, NULL, NULL},
    {"kudos", "reaction", {"subject", NULL, NULL}, "kind", "kudos"},
    {"focus", "focus", {"text", NULL, NULL}, NULL, NULL},
    {"health", "health", {"metric", "state", "note"}, NULL, NULL},
    {"review", "review", {"kind", NULL, NULL}, NULL, NULL},
    {"assess", "assessment", {"subject", "score", "text"}, "kind", "self"},
    {"standup", "standup", {NULL, NULL, NULL}, NULL, NULL},
};

static const struct saying *saying_of(const char *command)
{
    size_t at = 0;
    while (strcmp(sayings[at].command, command) != 0)
        at++;
    return &sayings[at];
}

static void put_places(struct okr_run *run, const struct saying *saying)
{
    const struct okr_line *line = run->line;
    for (size_t i = 0; i < PLACES && saying->places[i] != NULL; i++) {
        /* Texts are last and take all words that are left. */
        bool rest = strcmp(saying->places[i], "title") == 0 ||
                    strcmp(saying->places[i], "text") == 0 ||
                    strcmp(saying->places[i], "note") == 0;
        if (i < line->n_words)
            okr_run_arg(run, saying->places[i],
                        rest ? okr_run_text(run, i) : line->words[i]);
    }
}

/* --next is short for --horizon next_4_weeks. */
static void put_options(struct okr_run *run)
{
    const struct okr_line *line = run->line;
    for (size_t i = 0; i < line->n_options; i++) {
        bool next = strcmp(line->options[i].name, "next") == 0;
        okr_run_arg(run, next ? "horizon" : line->options[i].name,
                    next ? "next_4_weeks" : line->options[i].value);
    }
}

static void ask(struct okr_run *run)
{
    const struct saying *saying = saying_of(run->line->command->name);
    okr_run_ask(run, saying->method);
    put_places(run, saying);
    if (saying->field != NULL &&
        okr_line_option(run->line, saying->field) == NULL)
        okr_run_arg(run, saying->field, saying->unsaid);
    put_options(run);
}

static void finish(struct okr_run *run)
{
    json_t *root = okr_sign_answer(run);
    if (root == NULL)
        return;
    okr_print_saved(&run->page, root);
    okr_run_flush(run);
    json_decref(root);
}

void okr_cmd_say(struct okr_run *run)
{
    ask(run);
    finish(run);
}

/* Words behind the reference are a comment beside the sign. */
void okr_cmd_kudos(struct okr_run *run)
{
    ask(run);
    finish(run);
    if (run->line->n_words < 2 || run->trouble.code != 0)
        return;
    okr_run_ask(run, "comment");
    okr_run_arg(run, "subject", run->line->words[0]);
    okr_run_arg(run, "text", okr_run_text(run, 1));
    finish(run);
}

/* Three questions, where nothing was said on the line. */
void okr_cmd_standup(struct okr_run *run)
{
    static const struct {
        const char *field, *question;
    } questions[] = {{"done", N_("done:")},
                     {"plan", N_("planned for today:")},
                     {"obstacles", N_("what is in the way:")}};
    const char *said[3] = {NULL, NULL, NULL};
    bool any = run->line->n_options > 0;
    if (!any && !okr_walk_can_ask()) {
        okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "missing",
                        N_("give --done, --plan or --obstacles"),
                        _("the stand-up says nothing"));
        return;
    }
    for (size_t i = 0; !any && i < 3; i++) {
        said[i] = okr_walk_ask(run, _(questions[i].question));
        if (said[i] == NULL)
            return;
    }
    ask(run);
    for (size_t i = 0; i < 3; i++)
        if (said[i] != NULL && said[i][0] != '\0')
            okr_run_arg(run, questions[i].field, said[i]);
    finish(run);
}
