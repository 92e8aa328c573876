/* The table of commands and options. */
#include "client/cli/run.h"
#include "common/lang/text.h"

#define END        \
    {              \
        .name = "" \
    }
#define ANY_NUMBER OKR_LINE_WORDS_MAX

const struct okr_option_info okr_options_global[] = {
    {"site", 0, "DIR", N_("folder of the site; else $OKR_SITE"), false},
    {"as", 0, "MAIL", N_("in whose name (root and the site's own user)"),
     false},
    {"json", 0, NULL, N_("the daemon's answer as it is"), false},
    {"help", 'h', NULL, N_("this text; behind a command: about it"), false},
    {"version", 0, NULL, N_("which version this is"), false},
    END,
};

#define OPTION_REASON                                         \
    {                                                         \
        "reason", 'r', "TEXT", N_("why; it is logged"), false \
    }

static const struct okr_option_info options_reason[] = {OPTION_REASON, END};
static const struct okr_option_info options_add[] = {
    {"draft", 0, NULL, N_("not published yet"), false},
    OPTION_REASON,
    END,
};
#define OPTIONS_PLACE                                                     \
    {"cycle", 0, "CYCLE", N_("only of this cycle"), false},               \
        {"unit", 0, "UNIT", N_("only of this unit"), false},              \
        {"owner", 0, "MAIL", N_("only of this person; me: mine"), false}, \
    {                                                                     \
        "archived", 0, NULL, N_("archived ones as well"), false           \
    }
static const struct okr_option_info options_tree[] = {OPTIONS_PLACE, END};
static const struct okr_option_info options_list[] = {
    {"kind", 0, "KIND", N_("only of this kind; all: every kind"), false},
    OPTIONS_PLACE,
    END,
};
static const struct okr_option_info options_conflicts[] = {
    {"cycle", 0, "CYCLE", N_("only of this cycle"), false},
    {"unit", 0, "UNIT", N_("only of this unit"), false},
    END,
};
static const struct okr_option_info options_checkin[] = {
    {"confidence", 'c', "0..10", N_("0: no hope, 10: certain"), false},
    {"note", 'm', "NOTE", N_("what happened, what is planned"), false},
    {"blocked", 0, NULL, N_("it cannot go on without help"), false},
    {"no-change", 0, NULL, N_("the value is as it was"), false},
    {"amends", 0, "REF", N_("corrects this check-in"), false},
    {"observed-at", 0, "TIME", N_("when it was so; else now"), false},
    END,
};
static const struct okr_option_info options_retry[] = {
    {"replace", 0, "OLD=NEW", N_("name NEW where OLD was named"), true},
    END,
};
static const struct okr_option_info options_key[] = {
    {"code", 0, "CODE", N_("the one-time code that an admin gave"), false},
    {"label", 0, "TEXT", N_("how the key is called; else the machine"), false},
    END,
};

/* clang-format off */
#define VERB(word, text, group)                                      \
    {word, "REF …", text, "okr " word " REF", options_reason,        \
     1, ANY_NUMBER, false, okr_cmd_verb, group}

const struct okr_command okr_commands[] = {
    {"status", "", N_("the link, the age of the data, what waits"),
     "okr status\nokr status --json | jq .pending",
     NULL, 0, 0, false, okr_cmd_status, N_("To look")},
    {"tree", "[REF]", N_("who contributes to what"),
     "okr tree\nokr tree --cycle 2026-Q2 --unit SH\nokr tree o-7m3qd2xa",
     options_tree, 0, 1, false, okr_cmd_tree, NULL},
    {"list", "", N_("objectives and key results, or another kind"),
     "okr list --owner me\nokr list --kind task --unit SH\n"
     "okr list --kind all --archived",
     options_list, 0, 0, false, okr_cmd_list, NULL},
    {"show", "REF", N_("one of them with check-ins, tasks, comments"),
     "okr show k-7m3qd2xa\nokr show k-7m3q",
     NULL, 1, 1, false, okr_cmd_show, NULL},
    {"search", "TEXT …", N_("by title, name or description"),
     "okr search customer care\nokr search 客户 --kind key_result",
     options_list, 1, ANY_NUMBER, false, okr_cmd_search, NULL},
    {"log", "REF", N_("who changed it, when, from where"),
     "okr log k-7m3qd2xa", NULL, 1, 1, false, okr_cmd_log, NULL},
    {"watch", "", N_("changes as they arrive, one line each"),
     "okr watch\nokr watch --json | while read -r line; do …; done",
     NULL, 0, 0, false, okr_cmd_watch, NULL},
    {"checkin", "KR [VALUE]", N_("says how far a key result is"),
     "okr checkin k-7m3qd2xa 42 -c 7 -m \"two more customers\"\n"
     "okr checkin k-7m3qd2xa -5\nokr checkin k-7m3qd2xa --no-change -c 4",
     options_checkin, 1, 2, false, okr_cmd_checkin, N_("To say and to change")},
    {"comment", "REF TEXT …", N_("says something about it"),
     "okr comment k-7m3qd2xa \"who helps with this?\"",
     options_reason, 2, ANY_NUMBER, false, okr_cmd_comment, NULL},
    {"add", "KIND --field value …", N_("makes a new one"),
     "okr add objective --cycle 2026-Q2 --title \"Customers stay\"\n"
     "okr add kr --objective o-7m3qd2xa --title \"Churn below 3 %\" "
     "--metric decrease --start 5 --target 3 --due 2026-06-30\n"
     "okr add cycle --name 2026-Q3 --kind quarter --start 2026-07-01 "
     "--end 2026-09-30",
     options_add, 1, 1, true, okr_cmd_add, NULL},
    {"set", "REF field=value …", N_("changes fields"),
     "okr set k-7m3qd2xa target=40 due=2026-06-30\n"
     "okr set o-7m3qd2xa supports+=o-2b4c6d8e\nokr set o-7m3qd2xa weight=",
     options_reason, 2, ANY_NUMBER, false, okr_cmd_set, NULL},
    {"revise", "REF field=value …",
     N_("changes a published key result, with a reason"),
     "okr revise k-7m3qd2xa target=35 --reason \"two people left\"",
     options_reason, 2, ANY_NUMBER, false, okr_cmd_set, NULL},
    {"score", "REF 0..1", N_("grades it when the cycle ends"),
     "okr score k-7m3qd2xa 0.7 --reason \"late but complete\"",
     options_reason, 2, ANY_NUMBER, false, okr_cmd_score, NULL},
    VERB("submit", N_("hands a draft to the lead above"),
         N_("To move on")),
    VERB("return", N_("gives what was submitted back to its author"),
         NULL),
    VERB("approve", N_("agrees to what was submitted"),
         NULL),
    VERB("publish", N_("shows it to the whole company"),
         NULL),
    VERB("close", N_("ends it with its cycle"),
         NULL),
    VERB("abandon", N_("gives it up before its end"),
         NULL),
    VERB("start", N_("begins a task"),
         NULL),
    VERB("finish", N_("a task is done"),
         NULL),
    VERB("drop", N_("a task is not needed any more"),
         NULL),
    VERB("reopen", N_("a task is open again"),
         NULL),
    VERB("archive", N_("puts it away; nothing is deleted"),
         NULL),
    VERB("restore", N_("takes it out of the archive"),
         NULL),
    {"conflicts", "[REF]", N_("texts that two people wrote at once"),
     "okr conflicts\nokr conflicts o-7m3qd2xa",
     options_conflicts, 0, 1, false, okr_cmd_conflicts, N_("To decide")},
    {"resolve", "REF mine|theirs|TEXT", N_("decides a conflict"),
     "okr resolve o-7m3qd2xa theirs\n"
     "okr resolve o-7m3qd2xa \"Customers stay with us\"",
     options_reason, 2, ANY_NUMBER, false, okr_cmd_resolve, NULL},
    {"refused", "", N_("what headquarters did not accept"),
     "okr refused", NULL, 0, 0, false, okr_cmd_refused, NULL},
    {"retry", "OP [--replace OLD=NEW]", N_("issues a refused one anew"),
     "okr retry 0196a1b2 --replace o-7m3qd2xa=o-2b4c6d8e",
     options_retry, 1, 1, false, okr_cmd_retry, NULL},
    {"whoami", "", N_("in whose name you speak here"),
     "okr whoami\nokr whoami --as li@acme.example",
     NULL, 0, 0, false, okr_cmd_whoami, N_("Yourself")},
    {"key", "new|show", N_("your personal key"),
     "okr key new\nokr key new --code K3MX-2Q7A\nokr key show",
     options_key, 1, 1, false, okr_cmd_key, NULL},
    {"help", "[COMMAND]", N_("this text, or about a command"),
     "okr help checkin\nokr help add kr",
     NULL, 0, 2, false, okr_cmd_help, NULL},
    END,
};
/* clang-format on */
