/* person invite */
#include "server/shell/cli.h"
#include "server/shell/print.h"

void okr_cmd_person_invite(struct okr_cli *cli)
{
    struct okr_ask ask;
    struct okr_slice json;
    okr_cli_ask_init(cli, "person_invite", &ask);
    okr_cli_ask_arg(cli, &ask, "mail", cli->words[1]);
    if (!okr_cli_ask(cli, &ask, &json))
        return;
    if (cli->json)
        okr_cli_print(cli, json);
    else
        okr_print_member(json, "code");
}
