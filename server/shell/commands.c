/* The table of commands. */
#include "server/shell/cli.h"

const struct okr_command okr_commands[] = {
    {
        .name = "init",
        .words = "DIR",
        .options = "org slug admin utc-offset",
        .options_help = "--org NAME --admin \"Name <mail>\" [--slug S] "
                        "[--utc-offset MIN]",
        .what = "Makes a server: keys, store, first admin; prints the "
                "fingerprint",
        .examples = "  okr-server init /srv/okr --org 'Acme' "
                    "--admin 'Ada <ada@acme.example>'\n"
                    "  okr-server init /srv/okr --org '星海' --slug xinghai "
                    "--admin '李 <li@x.example>' --utc-offset 480\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_init,
    },
    {
        .name = "serve",
        .words = "DIR",
        .options = "listen publish",
        .options_help = "[--listen tcp://A:P] [--publish tcp://A:P]",
        .what = "Serves until SIGTERM; a line beginning with \"ready\" says "
                "when it does",
        .examples = "  okr-server serve /srv/okr\n"
                    "  okr-server serve /srv/okr --listen tcp://0.0.0.0:7801 "
                    "--publish tcp://0.0.0.0:7802\n"
                    "  okr-server serve /tmp/okr --listen "
                    "'tcp://127.0.0.1:*'    # any free port\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_serve,
    },
    {
        .name = "site invite",
        .words = "DIR NAME",
        .options = "units role expires endpoint",
        .options_help = "[--units U,...] [--role member|auditor] "
                        "[--expires 24h] [--endpoint tcp://HOST:PORT]",
        .what = "Prints a token with which one site can join, once",
        .examples = "  okr-server site invite /srv/okr Shanghai --units sales\n"
                    "  okr-server site invite /srv/okr Audit --role auditor "
                    "--expires 2h --endpoint tcp://okr.acme.example:7801\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_site_invite,
    },
    {
        .name = "site list",
        .words = "DIR",
        .options = "",
        .options_help = "",
        .what = "Lists the sites",
        .examples = "  okr-server site list /srv/okr --json\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_site,
    },
    {
        .name = "site show",
        .words = "DIR NAME|ID",
        .options = "",
        .options_help = "",
        .what = "Shows a site",
        .examples = "  okr-server site show /srv/okr Shanghai\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_site,
    },
    {
        .name = "site revoke",
        .words = "DIR NAME|ID",
        .options = "reason",
        .options_help = "[--reason TEXT]",
        .what = "Cuts a site off, for good",
        .examples = "  okr-server site revoke /srv/okr Shanghai --reason "
                    "'laptop stolen'\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_site,
    },
    {.name = NULL},
};
