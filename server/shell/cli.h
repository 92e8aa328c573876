/* The command line: one table of commands, one way to read options, one way
 * to answer. */
#ifndef SERVER_SHELL_CLI_H
#define SERVER_SHELL_CLI_H

#include "common/base/json.h"
#include "server/shell/fault.h"

enum { OKR_WORDS_MAX = 256 };

struct okr_option {
    const char *name; /* without dashes, '-' between its words */
    const char *value;
};

struct okr_cli {
    const struct okr_command *command;
    const char *words[OKR_WORDS_MAX]; /* behind the command's name */
    size_t n_words;
    struct okr_option options[OKR_WORDS_MAX]; /* in the order given */
    size_t n_options;
    bool json;
    const char *as; /* NULL: the first admin */
    struct okr_arena *arena;
    struct okr_fault fault;
};

struct okr_command {
    const char *name;    /* "site invite" */
    const char *words;   /* what follows: "DIR NAME" */
    const char *options; /* "units role": with values, each once; "*": any */
    const char *options_help;
    const char *what;     /* one line, for the list */
    const char *examples; /* one a line */
    size_t words_min, words_max;
    /* Writes its answer; a fault is told by the caller. */
    void (*run)(struct okr_cli *cli);
};

/* All commands, ended by one without a name. */
extern const struct okr_command okr_commands[];

/* Runs what `argv` says; the exit code. */
int okr_cli_main(int argc, char **argv);

/* Value of an option, or NULL. */
const char *okr_cli_option(const struct okr_cli *cli, const char *name);
bool okr_cli_flag(const struct okr_cli *cli, const char *name);

/* ---- asking the server --------------------------------------------------- */
/* Starts a question with `method`; arguments are added one by one.  All is
 * borrowed or in the cli's arena. */
void okr_cli_ask_init(struct okr_cli *cli, const char *method,
                      struct okr_ask *ret_ask);
/* Nothing where `value` is NULL. */
void okr_cli_ask_arg(struct okr_cli *cli, struct okr_ask *ask, const char *name,
                     const char *value);
/* Adds all options that were given. */
void okr_cli_ask_options(struct okr_cli *cli, struct okr_ask *ask);
/* Asks the server of folder words[0]: a running one over its socket, else by
 * opening the folder.  False and a fault when nothing came of it.  The answer
 * is JSON in the cli's arena; an import has one with a fault, too. */
bool okr_cli_ask(struct okr_cli *cli, const struct okr_ask *ask,
                 struct okr_slice *ret_json);

/* ---- answering ----------------------------------------------------------- */
/* JSON as it is with --json, else as people read it. */
void okr_cli_print(struct okr_cli *cli, struct okr_slice json);
/* The fault, on stderr. */
void okr_cli_complain(const struct okr_cli *cli);
void okr_cli_help(const struct okr_command *command); /* NULL: all */

void okr_cmd_init(struct okr_cli *cli);
void okr_cmd_serve(struct okr_cli *cli);
void okr_cmd_site_invite(struct okr_cli *cli);
void okr_cmd_site(struct okr_cli *cli); /* list, show, revoke */
void okr_cmd_person_invite(struct okr_cli *cli);
void okr_cmd_import(struct okr_cli *cli);
void okr_cmd_export(struct okr_cli *cli);
void okr_cmd_check(struct okr_cli *cli);
void okr_cmd_backup(struct okr_cli *cli);
void okr_cmd_restore(struct okr_cli *cli);
void okr_cmd_compact(struct okr_cli *cli);
void okr_cmd_status(struct okr_cli *cli);
void okr_cmd_pass(struct okr_cli *cli); /* add, set, list, … */

#endif
