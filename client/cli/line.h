/* A command line, read: which command, its words, its options. */
#ifndef CLIENT_CLI_LINE_H
#define CLIENT_CLI_LINE_H

#include "client/cli/trouble.h"
#include "common/model/schema.h"

enum { OKR_LINE_WORDS_MAX = 256 };

struct okr_run;

/* An option of a command; the table ends with an empty name. */
struct okr_option_info {
    const char *name;  /* "observed-at" */
    char letter;       /* 'm' for -m, or 0 */
    const char *value; /* what its value is, "NOTE"; NULL: it has none */
    const char *what;  /* English, one line */
    bool repeated;     /* may be given more than once */
};
struct okr_command {
    const char *name;
    const char *words; /* "REF field=value …" */
    const char *what;  /* English, one line */
    const char *examples;
    const struct okr_option_info *options;
    size_t words_min, words_max;
    bool of_kind; /* words[0] is a kind, whose fields are options too */
    void (*run)(struct okr_run *run);
    const char *group; /* the first of a group: its title, else NULL */
};
struct okr_typed {
    const char *name; /* the argument's name for the daemon: "observed_at" */
    const char *value;
};
struct okr_line {
    const char *site, *as_mail; /* NULL: not given */
    bool json, help, version;
    const struct okr_command *command; /* NULL: none was given */
    const struct okr_kind_info *kind;  /* of_kind: what words[0] means */
    const char *words[OKR_LINE_WORDS_MAX];
    size_t n_words;
    struct okr_typed options[OKR_LINE_WORDS_MAX];
    size_t n_options;
};

/* All commands, in the order of the help; the table ends with an empty name. */
extern const struct okr_command okr_commands[];
extern const struct okr_option_info okr_options_global[];
const struct okr_command *okr_command_named(const char *name);

/* `argv` stays in use.  Trouble: usage.  What is said about JSON before the
 * trouble is known even then. */
void okr_line_read(int argc, char **argv, struct okr_arena *arena,
                   struct okr_line *line, struct okr_trouble *trouble);
/* The last value of an option, or NULL. */
const char *okr_line_option(const struct okr_line *line, const char *name);

#endif
