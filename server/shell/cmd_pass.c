/* add, set, checkin, publish, list, tree, show …: as `okr` has them, with the
 * folder in front. */
#include <string.h>

#include "server/shell/cli.h"

/* What the words behind DIR are to a method. */
static const struct {
    const char *command;
    const char *first, *rest; /* NULL: there are none */
} shapes[] = {
    {"add", "kind", NULL},
    {"set", "ref", "change"},
    {"archive", "ref", NULL},
    {"list", NULL, NULL},
    {"tree", "ref", NULL},
    {"show", "ref", NULL},
    {"log", "ref", NULL},
    {"search", "text", NULL},
    {"checkin", "key_result", "value"},
    {"comment", "subject", "text"},
    {"revise", "ref", "change"},
    {"score", "ref", "change"},
    {"advance", "ref", NULL},
    {"submit", "ref", NULL},
    {"return", "ref", NULL},
    {"approve", "ref", NULL},
    {"publish", "ref", NULL},
    {"close", "ref", NULL},
    {"abandon", "ref", NULL},
    {"start", "ref", NULL},
    {"finish", "ref", NULL},
    {"drop", "ref", NULL},
    {"reopen", "ref", NULL},
    {"conflicts", "ref", NULL},
    {"resolve", "ref", "choice"},
    {"todo", NULL, NULL},
    {"report", "unit", NULL},
    {"advance", "ref", NULL},
    {"hints", "ref", NULL},
    {"carry-over", "ref", NULL},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

/* Carrying over without a decision lists what is to be decided on. */
static const char *method_of(const struct okr_cli *cli, const char *command)
{
    if (strcmp(command, "carry-over") != 0)
        return command;
    return okr_cli_flag(cli, "keep") || okr_cli_flag(cli, "modify") ||
                   okr_cli_flag(cli, "abandon")
               ? "carry_over"
               : "carry_list";
}

void okr_cmd_pass(struct okr_cli *cli)
{
    struct okr_ask ask;
    struct okr_slice json;
    size_t at = 0;
    while (at + 1 < SHAPES &&
           strcmp(shapes[at].command, cli->command->name) != 0)
        at++;
    okr_cli_ask_init(cli, method_of(cli, shapes[at].command), &ask);
    for (size_t i = 1; i < cli->n_words; i++)
        okr_cli_ask_arg(cli, &ask, i == 1 ? shapes[at].first : shapes[at].rest,
                        cli->words[i]);
    okr_cli_ask_options(cli, &ask);
    if (okr_cli_ask(cli, &ask, &json))
        okr_cli_print(cli, json);
}
