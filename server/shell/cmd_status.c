/* status */
#include "server/shell/cli.h"

void okr_cmd_status(struct okr_cli *cli)
{
    struct okr_ask ask;
    struct okr_slice json;
    okr_cli_ask_init(cli, "status", &ask);
    if (okr_cli_ask(cli, &ask, &json))
        okr_cli_print(cli, json);
}
