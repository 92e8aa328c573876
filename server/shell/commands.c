/* The table of commands. */
#include "server/shell/cli.h"
#include "common/lang/text.h"

/* Moves of a state: one entity, and why. */
#define MOVE(word, text)                                                    \
    {                                                                       \
        .name = word, .words = "DIR REF", .options = "reason",              \
        .options_help = "[--reason R]", .what = text,                       \
        .examples = "  okr-server " word " /srv/okr REF\n", .words_min = 2, \
        .words_max = 2, .run = okr_cmd_pass,                                \
    }

const struct okr_command okr_commands[] = {
    {
        .name = "init",
        .words = "DIR",
        .options = "org slug admin utc-offset",
        .options_help = "--org NAME --admin \"Name <mail>\" [--slug S] "
                        "[--utc-offset MIN]",
        .what = N_("Makes a server: keys, store, first admin; prints the "
                   "fingerprint"),
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
        .options = "listen publish config check-config",
        .options_help = "[--listen tcp://A:P] [--publish tcp://A:P] "
                        "[--config F] [--check-config]",
        .what = N_("Serves until SIGTERM; a line beginning with \"ready\" says "
                   "when it does"),
        .examples =
            "  okr-server serve /srv/okr\n"
            "  okr-server serve /srv/okr --listen tcp://0.0.0.0:7801 "
            "--publish tcp://0.0.0.0:7802\n"
            "  okr-server serve /tmp/okr --listen "
            "'tcp://127.0.0.1:*'    # any free port\n"
            "  okr-server serve /srv/okr --check-config    # only reads "
            "/srv/okr/server.conf\n",
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
        .what = N_("Prints a token with which one site can join, once"),
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
        .what = N_("Lists the sites"),
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
        .what = N_("Shows a site"),
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
        .what = N_("Cuts a site off, for good"),
        .examples = "  okr-server site revoke /srv/okr Shanghai --reason "
                    "'laptop stolen'\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_site,
    },
    {
        .name = "person invite",
        .words = "DIR MAIL",
        .options = "",
        .options_help = "",
        .what =
            N_("Prints a one-use code, good for 7 days, with which a person "
               "brings a key"),
        .examples = "  okr-server person invite /srv/okr ada@acme.example\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_person_invite,
    },
    {
        .name = "key list",
        .words = "DIR [MAIL]",
        .options = "",
        .options_help = "",
        .what = N_("Lists the keys of persons, or of one"),
        .examples = "  okr-server key list /srv/okr ada@acme.example\n",
        .words_min = 1,
        .words_max = 2,
        .run = okr_cmd_site,
    },
    {
        .name = "key revoke",
        .words = "DIR KEY|MAIL",
        .options = "reason",
        .options_help = "[--reason TEXT]",
        .what =
            N_("Ends a person's key, for good; person invite lets him bring "
               "another"),
        .examples = "  okr-server key revoke /srv/okr g-7m3qd2xa --reason "
                    "'laptop stolen'\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_site,
    },
    {
        .name = "import",
        .words = "DIR FILE",
        .options = "format cycle start end dry-run source",
        .options_help = "[--format csv|json|markdown] [--cycle C] "
                        "[--start D --end D] [--dry-run]",
        .what = N_("Imports a file as one batch; FILE may be - (stdin)"),
        .examples = "  okr-server import /srv/okr okrs.md --cycle 2026-Q1 "
                    "--dry-run\n"
                    "  okr-server import /srv/okr okrs.md --cycle 2026-H1 "
                    "--start 2026-01-01 --end 2026-06-30 --as "
                    "ada@acme.example\n"
                    "  okr-server import /srv/okr okrs.csv --dry-run --json\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_import,
    },
    {
        .name = "export",
        .words = "DIR",
        .options = "format",
        .options_help = "[--format json|csv|markdown]",
        .what = N_("Writes what the company has to stdout; an empty server "
                   "imports the JSON"),
        .examples = "  okr-server export /srv/okr > acme.json\n"
                    "  okr-server export /srv/okr --format csv > acme.csv\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_export,
    },
    {
        .name = "check",
        .words = "DIR",
        .options = "",
        .options_help = "",
        .what = N_("Verifies every row, signature and hash, and names what is "
                   "wrong"),
        .examples = "  okr-server check /srv/okr\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_check,
    },
    {
        .name = "backup",
        .words = "DIR DEST",
        .options = "with-keys",
        .options_help = "[--with-keys]",
        .what = N_("Copies the store to a new folder, while serve runs or not, "
                   "and verifies the copy"),
        .examples = "  okr-server backup /srv/okr /backup/okr-$(date +%F)\n"
                    "  okr-server backup /srv/okr /vault/okr --with-keys\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_backup,
    },
    {
        .name = "restore",
        .words = "BACKUP DIR",
        .options = "keys",
        .options_help = "[--keys FOLDER]",
        .what = N_("Makes a server's folder of a backup; a new epoch begins"),
        .examples = "  okr-server restore /backup/okr-2026-03-01 /srv/okr "
                    "--keys /vault/okr-keys\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_restore,
    },
    {
        .name = "compact",
        .words = "DIR",
        .options = "",
        .options_help = "",
        .what = N_("Gives free space of the store back to the disk; serve must "
                   "not run"),
        .examples = "  okr-server compact /srv/okr\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_compact,
    },
    {
        .name = "status",
        .words = "DIR",
        .options = "",
        .options_help = "",
        .what = N_("Where the server is: lsn, epoch, sites, digests"),
        .examples = "  okr-server status /srv/okr --json\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_status,
    },
    {
        .name = "add",
        .words = "DIR KIND",
        .options = "*",
        .options_help = "--field value ...",
        .what = N_("Adds a unit, a person, a cycle, an objective ..."),
        .examples = "  okr-server add /srv/okr unit --name Sales --code sales\n"
                    "  okr-server add /srv/okr person --name Bo --mail "
                    "bo@acme.example --unit sales\n"
                    "  okr-server add /srv/okr cycle --name 2026-Q1 --kind "
                    "quarter --start 2026-01-01 --end 2026-03-31\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "set",
        .words = "DIR REF FIELD=VALUE ...",
        .options = "reason",
        .options_help = "[--reason R]",
        .what = N_("Changes fields"),
        .examples = "  okr-server set /srv/okr sales lead=bo@acme.example\n",
        .words_min = 3,
        .words_max = OKR_WORDS_MAX,
        .run = okr_cmd_pass,
    },
    {
        .name = "archive",
        .words = "DIR REF",
        .options = "reason",
        .options_help = "[--reason R]",
        .what = N_("Puts an entity away"),
        .examples = "  okr-server archive /srv/okr o-7m3qd\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "checkin",
        .words = "DIR KR [VALUE]",
        .options = "confidence note observed-at amends blocked no-change",
        .options_help = "[--confidence 0..10] [--note TEXT] [--blocked] "
                        "[--no-change] [--observed-at TIME]",
        .what = N_("Says how far a key result is"),
        .examples = "  okr-server checkin /srv/okr k-7m3qd 42 --confidence 7 "
                    "--as bo@acme.example\n",
        .words_min = 2,
        .words_max = 3,
        .run = okr_cmd_pass,
    },
    {
        .name = "comment",
        .words = "DIR REF TEXT",
        .options = "",
        .options_help = "",
        .what = N_("Says something about an entity"),
        .examples = "  okr-server comment /srv/okr k-7m3qd 'who helps?'\n",
        .words_min = 3,
        .words_max = 3,
        .run = okr_cmd_pass,
    },
    {
        .name = "revise",
        .words = "DIR KR FIELD=VALUE ...",
        .options = "reason exceptional",
        .options_help = "--reason R",
        .what = N_("Changes a published key result"),
        .examples = "  okr-server revise /srv/okr k-7m3qd target=35 --reason "
                    "'two people left'\n",
        .words_min = 3,
        .words_max = OKR_WORDS_MAX,
        .run = okr_cmd_pass,
    },
    {
        .name = "score",
        .words = "DIR REF score=0..1",
        .options = "reason",
        .options_help = "--reason R",
        .what = N_("Grades it at the end"),
        .examples = "  okr-server score /srv/okr k-7m3qd score=0.7 --reason "
                    "'late but complete'\n",
        .words_min = 3,
        .words_max = OKR_WORDS_MAX,
        .run = okr_cmd_pass,
    },
    MOVE("advance", N_("Takes a cycle into its next phase")),
    MOVE("submit", N_("Hands a draft to the lead above")),
    MOVE("return", N_("Gives what was submitted back")),
    MOVE("approve", N_("Agrees to what was submitted")),
    MOVE("publish", N_("Shows it to the whole company")),
    MOVE("close", N_("Ends it with its cycle")),
    MOVE("abandon", N_("Gives it up before its end")),
    MOVE("start", N_("Begins a task")),
    MOVE("finish", N_("A task is done")),
    MOVE("drop", N_("A task is not needed any more")),
    MOVE("reopen", N_("A task is open again")),
    {
        .name = "conflicts",
        .words = "DIR [REF]",
        .options = "cycle unit",
        .options_help = "[--cycle C] [--unit U]",
        .what = N_("Lists texts that two people wrote at once"),
        .examples = "  okr-server conflicts /srv/okr\n",
        .words_min = 1,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "resolve",
        .words = "DIR REF mine|theirs|TEXT",
        .options = "reason",
        .options_help = "[--reason R]",
        .what = N_("Decides a conflict"),
        .examples = "  okr-server resolve /srv/okr o-7m3qd theirs\n",
        .words_min = 3,
        .words_max = 3,
        .run = okr_cmd_pass,
    },
    {
        .name = "todo",
        .words = "DIR",
        .options = "unit owner cycle",
        .options_help = "[--unit U] [--owner MAIL] [--cycle C]",
        .what = N_("Lists what is owed: in a unit, or by a person"),
        .examples = "  okr-server todo /srv/okr --unit sales\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_pass,
    },
    {
        .name = "report",
        .words = "DIR [UNIT]",
        .options = "owner cycle",
        .options_help = "[--owner MAIL] [--cycle C]",
        .what = N_("The summary of a cycle, as JSON"),
        .examples = "  okr-server report /srv/okr sales --json\n",
        .words_min = 1,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "list",
        .words = "DIR",
        .options = "kind cycle unit owner archived",
        .options_help = "[--kind K|all] [--cycle C] [--unit U] [--owner MAIL] "
                        "[--archived]",
        .what = N_("Lists objectives and key results, or what --kind says"),
        .examples = "  okr-server list /srv/okr --kind person --json\n",
        .words_min = 1,
        .words_max = 1,
        .run = okr_cmd_pass,
    },
    {
        .name = "tree",
        .words = "DIR [REF]",
        .options = "cycle unit owner archived",
        .options_help = "[--cycle C] [--unit U] [--owner MAIL] [--archived]",
        .what = N_("Shows what contributes to what"),
        .examples = "  okr-server tree /srv/okr --cycle 2026-Q1\n",
        .words_min = 1,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "show",
        .words = "DIR REF",
        .options = "",
        .options_help = "",
        .what = N_("Shows one entity"),
        .examples = "  okr-server show /srv/okr k-7m3qd\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "log",
        .words = "DIR REF",
        .options = "",
        .options_help = "",
        .what = N_("Shows the changes of one entity"),
        .examples = "  okr-server log /srv/okr k-7m3qd\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "search",
        .words = "DIR TEXT",
        .options = "kind cycle unit owner archived",
        .options_help = "[--kind K] [--cycle C] [--unit U] [--owner MAIL]",
        .what = N_("Finds entities by their texts"),
        .examples = "  okr-server search /srv/okr onboarding\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "advance",
        .words = "DIR CYCLE",
        .options = "reason",
        .options_help = "[--reason R]",
        .what = N_("Begins a cycle's next phase"),
        .examples = "  okr-server advance /srv/okr 2026-Q2\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "carry-over",
        .words = "DIR CYCLE",
        .options = "to keep modify abandon reason",
        .options_help =
            "[--to NEXT --keep REF,... --modify REF,... --abandon REF,...]",
        .what = N_("Takes objectives along into the next cycle"),
        .examples = "  okr-server carry-over /srv/okr 2026-Q2 --to 2026-Q3 "
                    "--keep o-7m3qd\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {
        .name = "hints",
        .words = "DIR REF|CYCLE",
        .options = "",
        .options_help = "",
        .what = N_("Tells what publishing would find"),
        .examples = "  okr-server hints /srv/okr 2026-Q2\n",
        .words_min = 2,
        .words_max = 2,
        .run = okr_cmd_pass,
    },
    {.name = NULL},
};
