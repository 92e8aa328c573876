/* site invite, list, show, revoke; key list, revoke. */
#include <stdio.h>
#include <string.h>

#include "server/shell/cli.h"
#include "server/shell/print.h"

/* The token alone on stdout: $(okr-server site invite …) is what one wants. */
void okr_cmd_site_invite(struct okr_cli *cli)
{
    struct okr_ask ask;
    struct okr_slice json;
    okr_cli_ask_init(cli, "site_invite", &ask);
    okr_cli_ask_arg(cli, &ask, "name", cli->words[1]);
    okr_cli_ask_options(cli, &ask);
    if (!okr_cli_ask(cli, &ask, &json))
        return;
    if (cli->json)
        okr_cli_print(cli, json);
    else
        okr_print_member(json, "token");
}

void okr_cmd_site(struct okr_cli *cli)
{
    static const char *const methods[][2] = {{"site list", "site_list"},
                                             {"site show", "site_show"},
                                             {"site revoke", "site_revoke"},
                                             {"key list", "key_list"},
                                             {"key revoke", "key_revoke"}};
    struct okr_ask ask;
    struct okr_slice json;
    const char *method = NULL;
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++)
        if (strcmp(cli->command->name, methods[i][0]) == 0)
            method = methods[i][1];
    okr_cli_ask_init(cli, method, &ask);
    if (cli->n_words > 1)
        okr_cli_ask_arg(cli, &ask, "ref", cli->words[1]);
    okr_cli_ask_options(cli, &ask);
    if (okr_cli_ask(cli, &ask, &json))
        okr_cli_print(cli, json);
}
