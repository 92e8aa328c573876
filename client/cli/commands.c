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
static const struct okr_option_info options_revise[] = {
    {"exceptional", 0, NULL, N_("outside the mid-term window"), false},
    OPTION_REASON,
    END,
};
static const struct okr_option_info options_carry[] = {
    {"to", 0, "CYCLE", N_("into which cycle"), false},
    {"keep", 0, "REF", N_("goes on as it is"), true},
    {"modify", 0, "REF", N_("goes on, and will be changed"), true},
    {"abandon", 0, "REF", N_("does not go on"), true},
    OPTION_REASON,
    END,
};
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
static const struct okr_option_info options_todo[] = {
    {"unit", 0, "UNIT", N_("what everybody owes in this unit"), false},
    {"owner", 0, "MAIL", N_("what this person owes"), false},
    {"cycle", 0, "CYCLE", N_("only of this cycle"), false},
    END,
};
static const struct okr_option_info options_cycle[] = {
    {"cycle", 0, "CYCLE", N_("of this cycle; else what runs today"), false},
    END,
};
static const struct okr_option_info options_calendar[] = {
    {"cycle", 0, "CYCLE", N_("only of this cycle"), false},
    {"ics", 0, NULL, N_("as iCalendar, for a calendar program"), false},
    END,
};
static const struct okr_option_info options_report[] = {
    {"cycle", 0, "CYCLE", N_("of this cycle; else what runs today"), false},
    {"format", 0, "text|markdown|html", N_("text, unless it is said"), false},
    END,
};
#define OPTION_UNIT                                                    \
    {                                                                  \
        "unit", 0, "UNIT", N_("in this unit; else in your own"), false \
    }
#define OPTION_WEEK                                                 \
    {                                                               \
        "week", 0, "DAY", N_("its Monday; else this week's"), false \
    }
static const struct okr_option_info options_propose[] = {
    {"cycle", 0, "CYCLE", N_("for this cycle; else the one that is drafted"),
     false},
    OPTION_UNIT,
    {"why", 0, "TEXT", N_("what speaks for it"), false},
    {"group", 0, "TEXT", N_("a keyword under which it is sorted"), false},
    END,
};
static const struct okr_option_info options_kudos[] = {
    {"kind", 0, "kudos|thanks|question", N_("kudos, unless it is said"), false},
    END,
};
static const struct okr_option_info options_standup[] = {
    {"done", 0, "TEXT", N_("what is done"), false},
    {"plan", 0, "TEXT", N_("what is planned for today"), false},
    {"obstacles", 0, "TEXT", N_("what is in the way"), false},
    {"day", 0, "DAY", N_("of this day; else of today"), false},
    END,
};
static const struct okr_option_info options_focus[] = {
    OPTION_UNIT,
    OPTION_WEEK,
    {"rank", 0, "N", N_("1 is first; replaces what has it"), false},
    {"next", 0, NULL, N_("for the next four weeks, not for this one"), false},
    END,
};
static const struct okr_option_info options_health[] = {
    OPTION_UNIT,
    OPTION_WEEK,
    END,
};
static const struct okr_option_info options_review[] = {
    OPTION_UNIT,
    {"cycle", 0, "CYCLE", N_("of this cycle; else what runs today"), false},
    {"person", 0, "MAIL", N_("about this person"), false},
    {"agenda", 0, "TEXT", N_("what is to be talked about"), false},
    {"text", 0, "TEXT", N_("what was said"), false},
    {"decisions", 0, "TEXT", N_("what was decided"), false},
    {"held-at", 0, "TIME", N_("when it was held"), false},
    END,
};
static const struct okr_option_info options_assess[] = {
    {"kind", 0, "self|peer|lead", N_("self, unless it is said"), false},
    END,
};
static const struct okr_option_info options_retry[] = {
    {"replace", 0, "OLD=NEW", N_("name NEW where OLD was named"), true},
    {"yes", 0, NULL, N_("sign it with the key in use without asking"), false},
    END,
};
static const struct okr_option_info options_import[] = {
    {"format", 0, "FORMAT", N_("csv, json or markdown; else by its name"),
     false},
    {"cycle", 0, "CYCLE", N_("of rows that name none"), false},
    {"start", 0, "DAY", N_("first day of a cycle that is new"), false},
    {"end", 0, "DAY", N_("last day of a cycle that is new"), false},
    {"dry-run", 0, NULL, N_("only list what would change"), false},
    END,
};
static const struct okr_option_info options_export[] = {
    {"format", 0, "FORMAT", N_("json, csv or markdown"), false},
    END,
};
static const struct okr_option_info options_key[] = {
    {"code", 0, "CODE", N_("the one-time code that an admin gave"), false},
    {"label", 0, "TEXT", N_("how the key is called; else the machine"), false},
    {"passphrase", 0, NULL, N_("seals the new key's file; asks for it"), false},
    OPTION_REASON,
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
    {"todo", "", N_("what you owe, each with what to do"),
     "okr todo\nokr todo --unit SH\nokr todo --json | jq length",
     options_todo, 0, 0, false, okr_cmd_todo, N_("Every week")},
    {"board", "[UNIT]", N_("the weekly meeting on one screen"),
     "okr board\nokr board SH\nokr board SH --cycle 2026-Q2",
     options_cycle, 0, 1, false, okr_cmd_board, NULL},
    {"calendar", "", N_("what comes when: meetings, mid-term, close"),
     "okr calendar\nokr calendar --ics > okr.ics",
     options_calendar, 0, 0, false, okr_cmd_calendar, NULL},
    {"report", "[UNIT|MAIL|me]", N_("the summary of a cycle"),
     "okr report\nokr report SH --format html > sh.html\n"
     "okr report me --cycle 2026-Q2 --format markdown",
     options_report, 0, 1, false, okr_cmd_report, NULL},
    {"standup", "", N_("what is done, planned, in the way today"),
     "okr standup\n"
     "okr standup --done \"two offers\" --plan \"call Ms Wu\"",
     options_standup, 0, 0, false, okr_cmd_standup, NULL},
    {"focus", "TEXT …", N_("what the unit works on this week"),
     "okr focus \"answer all tickets within a day\"\n"
     "okr focus --rank 1 \"the fair in June\"\n"
     "okr focus --next \"hire two engineers\"",
     options_focus, 1, ANY_NUMBER, false, okr_cmd_say, NULL},
    {"health", "METRIC red|yellow|green [NOTE …]",
     N_("how the unit feels this week"),
     "okr health team yellow \"two are ill\"\nokr health quality green",
     options_health, 2, ANY_NUMBER, false, okr_cmd_say, NULL},
    {"review", "weekly|midterm|close|retro|consult|one_on_one|summary",
     N_("notes what a meeting said and decided"),
     "okr review weekly --decisions \"Li helps with the offer\"\n"
     "okr review midterm --unit SH --text \"two targets were revised\"",
     options_review, 1, 1, false, okr_cmd_say, NULL},
    {"kudos", "REF [TEXT …]", N_("thanks or asks, with a comment"),
     "okr kudos k-7m3qd2xa\nokr kudos k-7m3qd2xa \"what a week!\"\n"
     "okr kudos o-7m3qd2xa --kind question \"who owns this?\"",
     options_kudos, 1, ANY_NUMBER, false, okr_cmd_kudos, NULL},
    {"propose", "TITLE …", N_("an objective that the unit should have"),
     "okr propose Customers answer within a day\n"
     "okr propose --unit SH --why \"we lose offers\" \"Offers in a day\"\n"
     "okr set q-7m3qd2xa state=taken",
     options_propose, 1, ANY_NUMBER, false, okr_cmd_say, NULL},
    {"vote", "PROPOSAL [WEIGHT]", N_("for a proposal"),
     "okr vote q-7m3qd2xa\nokr vote q-7m3qd2xa 2",
     NULL, 1, 2, false, okr_cmd_say, NULL},
    {"assess", "REF [SCORE [TEXT …]]",
     N_("how it went, at the end: yours, or a colleague's"),
     "okr assess k-7m3qd2xa 0.7 \"late but complete\"\n"
     "okr assess o-7m3qd2xa --kind peer 0.6",
     options_assess, 1, ANY_NUMBER, false, okr_cmd_say, NULL},
    {"checkin", "[KR [VALUE]]",
     N_("says how far a key result is; alone, it asks for all you owe"),
     "okr checkin\nokr checkin k-7m3qd2xa 42 -c 7 -m \"two more customers\"\n"
     "okr checkin k-7m3qd2xa -5\nokr checkin k-7m3qd2xa --no-change -c 4",
     options_checkin, 0, 2, false, okr_cmd_checkin, N_("To say and to change")},
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
     options_revise, 2, ANY_NUMBER, false, okr_cmd_set, NULL},
    {"score", "REF 0..1|na", N_("grades it when the cycle ends"),
     "okr score k-7m3qd2xa 0.7 --reason \"late but complete\"\n"
     "okr score k-7m3qd2xa na --reason \"the product was sold\"",
     options_reason, 2, ANY_NUMBER, false, okr_cmd_score, NULL},
    VERB("submit", N_("hands a draft to the lead above"),
         N_("To move on")),
    VERB("return", N_("gives what was submitted back to its author"),
         NULL),
    VERB("approve", N_("agrees to what was submitted"),
         NULL),
    {"publish", "REF|CYCLE …", N_("shows it to the whole company"),
     "okr publish o-7m3qd2xa\nokr publish 2026-Q2\n"
     "okr publish 2026-Q2 --reason \"two are late\"",
     options_reason, 1, ANY_NUMBER, false, okr_cmd_end, NULL},
    VERB("advance", N_("begins a cycle's next phase"),
         NULL),
    {"close", "REF|CYCLE …", N_("ends it with its cycle; scores are final"),
     "okr close 2026-Q2", options_reason, 1, ANY_NUMBER, false, okr_cmd_end,
     NULL},
    {"carry-over", "CYCLE [--to NEXT --keep REF …]",
     N_("takes objectives along into the next cycle, one by one"),
     "okr carry-over 2026-Q2\n"
     "okr carry-over 2026-Q2 --to 2026-Q3 --keep o-7m3qd2xa "
     "--modify o-2b4c6d8e --abandon o-9f8e7d6c",
     options_carry, 1, 1, false, okr_cmd_carry_over, NULL},
    {"hints", "REF|CYCLE",
     N_("what reads badly, and what publishing would find"),
     "okr hints o-7m3qd2xa\nokr hints 2026-Q2",
     NULL, 1, 1, false, okr_cmd_hints, NULL},
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
    {"import", "FILE", N_("takes a file in as one batch; - is stdin"),
     "okr import okrs.csv --dry-run\nokr import okrs.md --cycle 2026-Q2",
     options_import, 1, 1, false, okr_cmd_import, NULL},
    {"export", "", N_("writes what is here to stdout"),
     "okr export > okrs.json\nokr export --format csv > okrs.csv",
     options_export, 0, 0, false, okr_cmd_export, NULL},
    {"whoami", "", N_("in whose name you speak here"),
     "okr whoami\nokr whoami --as li@acme.example",
     NULL, 0, 0, false, okr_cmd_whoami, N_("Yourself")},
    {"key", "new|show|list|rotate|revoke [KEY]", N_("your personal key"),
     "okr key new --code 4f2k9-0r40m-30e20-93y10\n"
     "okr key new --passphrase --label phone\nokr key show\nokr key rotate\n"
     "okr key revoke g-7m3qd2xa --reason \"lost on the train\"",
     options_key, 1, 2, false, okr_cmd_key, NULL},
    {"completion", "bash|zsh", N_("what the shell needs to complete lines"),
     "okr completion bash > /etc/bash_completion.d/okr\n"
     "okr completion zsh > /usr/share/zsh/vendor-completions/_okr",
     NULL, 1, 1, false, okr_cmd_completion, NULL},
    {"help", "[COMMAND]", N_("this text, or about a command"),
     "okr help checkin\nokr help add kr",
     NULL, 0, 2, false, okr_cmd_help, NULL},
    END,
};
/* clang-format on */
