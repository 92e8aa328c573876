/* Reading the command line: which command, its words, its options. */
#include "server/shell/cli.h"
#include "server/shell/print.h"

#include <stdio.h>
#include <string.h>

#include "common/crypto/hash.h"
#include "common/lang/text.h"

#define PROGRAM "okr-server"
#define VERSION "0.1.0"
#define SEE_HELP "see `" PROGRAM " --help`"

/* Options without a value, of whatever command. */
static const char *const flags[] = {
    "json",    "help",      "version",      "dry-run", "archived",
    "verbose", "with-keys", "check-config", "blocked", "no-change"};

static bool is_flag(const char *name, size_t len)
{
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++)
        if (strlen(flags[i]) == len && strncmp(flags[i], name, len) == 0)
            return true;
    return false;
}

/* ---- the raw words ------------------------------------------------------- */

static void add_word(struct okr_cli *cli, const char *word)
{
    if (cli->n_words == OKR_WORDS_MAX)
        okr_fault_usage(&cli->fault, SEE_HELP, "too many words");
    else
        cli->words[cli->n_words++] = word;
}

static void add_option(struct okr_cli *cli, const char *name, size_t len,
                       const char *value)
{
    char *copy = okr_arena_str(cli->arena, okr_slice_of(name, len));
    if (copy == NULL || cli->n_options == OKR_WORDS_MAX) {
        okr_fault_usage(&cli->fault, SEE_HELP, "too many options");
        return;
    }
    for (char *c = copy; *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
    cli->options[cli->n_options++] = (struct okr_option){copy, value};
}

/* "--name value", "--name=value", "--flag"; how many words it took. */
static int read_option(struct okr_cli *cli, char **argv, int left)
{
    const char *name = argv[0] + 2;
    size_t len = strcspn(name, "=");
    if (is_flag(name, len)) {
        if (name[len] == '=')
            okr_fault_usage(&cli->fault, SEE_HELP, "--%.*s takes no value",
                            (int)len, name);
        add_option(cli, name, len, "true");
        return 1;
    }
    if (name[len] == '=') {
        add_option(cli, name, len, name + len + 1);
        return 1;
    }
    if (left < 2) {
        okr_fault_usage(&cli->fault, SEE_HELP, "%s needs a value", argv[0]);
        return 1;
    }
    add_option(cli, name, len, argv[1]);
    return 2;
}

static void read_words(struct okr_cli *cli, int argc, char **argv)
{
    for (int i = 1; i < argc && !okr_faulty(&cli->fault);) {
        if (strcmp(argv[i], "--") == 0) {
            while (++i < argc)
                add_word(cli, argv[i]);
        } else if (strncmp(argv[i], "--", 2) == 0) {
            i += read_option(cli, argv + i, argc - i);
        } else if (strcmp(argv[i], "-h") == 0) {
            add_option(cli, "help", 4, "true");
            i++;
        } else {
            add_word(cli, argv[i++]);
        }
    }
}

const char *okr_cli_option(const struct okr_cli *cli, const char *name)
{
    for (size_t i = 0; i < cli->n_options; i++)
        if (strcmp(cli->options[i].name, name) == 0)
            return cli->options[i].value;
    return NULL;
}

bool okr_cli_flag(const struct okr_cli *cli, const char *name)
{
    return okr_cli_option(cli, name) != NULL;
}

/* ---- which command ------------------------------------------------------- */

/* How many words of the line are the command's name; 0: it is another. */
static size_t name_words(const struct okr_command *command,
                         const struct okr_cli *cli)
{
    size_t n = 0;
    const char *at = command->name;
    while (*at != '\0') {
        size_t len = strcspn(at, " ");
        if (n == cli->n_words || strlen(cli->words[n]) != len ||
            strncmp(cli->words[n], at, len) != 0)
            return 0;
        n++;
        at += at[len] == ' ' ? len + 1 : len;
    }
    return n;
}

static void find_command(struct okr_cli *cli)
{
    if (cli->n_words == 0)
        return;
    for (const struct okr_command *c = okr_commands; c->name != NULL; c++) {
        size_t n = name_words(c, cli);
        if (n == 0)
            continue;
        cli->command = c;
        cli->n_words -= n;
        memmove(cli->words, cli->words + n,
                cli->n_words * sizeof cli->words[0]);
        return;
    }
    bool two = cli->n_words > 1 && (strcmp(cli->words[0], "site") == 0 ||
                                    strcmp(cli->words[0], "person") == 0);
    okr_fault_usage(&cli->fault, SEE_HELP, "there is no command `%s%s%s`",
                    cli->words[0], two ? " " : "", two ? cli->words[1] : "");
}

/* Is `name` one of the words of `list`? */
static bool is_listed(const char *list, const char *name)
{
    size_t len = strlen(name);
    for (const char *at = list; *at != '\0';) {
        size_t word = strcspn(at, " ");
        if (word == len && strncmp(at, name, len) == 0)
            return true;
        at += at[word] == ' ' ? word + 1 : word;
    }
    return false;
}

static bool is_global(const char *name)
{
    return is_listed("json help version as verbose", name);
}

static void check_options(struct okr_cli *cli)
{
    const char *list = cli->command->options;
    bool any = strcmp(list, "*") == 0;
    for (size_t i = 0; i < cli->n_options; i++) {
        const char *name = cli->options[i].name;
        if (is_global(name) || any)
            continue;
        if (!is_listed(list, name))
            okr_fault_usage(&cli->fault, SEE_HELP, "%s has no option --%s",
                            cli->command->name, name);
        for (size_t k = 0; k < i; k++)
            if (strcmp(cli->options[k].name, name) == 0)
                okr_fault_usage(&cli->fault, "give it once",
                                "--%s is given twice", name);
    }
}

static void check_words(struct okr_cli *cli)
{
    const struct okr_command *c = cli->command;
    if (cli->n_words >= c->words_min && cli->n_words <= c->words_max)
        return;
    okr_fault_usage(&cli->fault, SEE_HELP,
                    cli->n_words < c->words_min
                        ? "%s: something is missing; it is: " PROGRAM " %s %s"
                        : "%s: there are too many words; it is: " PROGRAM
                          " %s %s",
                    c->name, c->name, c->words);
}

/* ---- telling ------------------------------------------------------------- */

static void print_command(const struct okr_command *c)
{
    printf("  %s %s%s%s\n      %s\n", c->name, c->words,
           c->options_help[0] != '\0' ? " " : "", c->options_help, _(c->what));
}

void okr_cli_help(const struct okr_command *command)
{
    if (command != NULL) {
        printf("usage: " PROGRAM " %s %s%s%s\n\n%s.\n\nexamples:\n%s",
               command->name, command->words,
               command->options_help[0] != '\0' ? " " : "",
               command->options_help, _(command->what), command->examples);
        return;
    }
    printf("usage: " PROGRAM " COMMAND DIR ... [--json] [--as MAIL]\n\n%s\n\n",
           _("The server of OKR Sync.  DIR is its folder.  All commands but "
             "serve work\nwhether serve runs or not."));
    for (const struct okr_command *c = okr_commands; c->name != NULL; c++)
        print_command(c);
    printf("\n  --json      %s\n  --as MAIL   %s\n  --help      %s\n"
           "  --version\n\n%s\n\nexample:\n",
           _("stable JSON instead of text"),
           _("in whose name; default: the first admin"),
           _("this, or with a command: more about it"),
           _("exit codes: 0 done, 1 refused or failed, 2 usage"));
    printf("  " PROGRAM " init /srv/okr --org 'Acme' --admin 'Ada "
           "<ada@acme.example>'\n"
           "  " PROGRAM " serve /srv/okr --listen tcp://0.0.0.0:7801\n"
           "  " PROGRAM " site invite /srv/okr Shanghai --endpoint "
           "tcp://okr.acme.example:7801\n");
}

/* One line; what to do behind it. */
void okr_cli_complain(const struct okr_cli *cli)
{
    const struct okr_fault *f = &cli->fault;
    (void)fprintf(stderr, PROGRAM ": %s", f->what);
    if (f->rule[0] != '\0')
        (void)fprintf(stderr, okr_text_is_chinese() ? "（%s：%s）" : " (%s)",
                      f->rule, okr_word(f->rule));
    if (f->remedy[0] != '\0')
        (void)fprintf(stderr, "\n  -> %s", f->remedy);
    (void)fprintf(stderr, "\n");
}

void okr_cli_print(struct okr_cli *cli, struct okr_slice json)
{
    if (!cli->json)
        okr_print_json(json);
    else
        printf("%.*s\n", (int)json.len, (const char *)json.data);
}

/* ---- running ------------------------------------------------------------- */

static void run(struct okr_cli *cli, int argc, char **argv)
{
    read_words(cli, argc, argv);
    bool help = okr_cli_flag(cli, "help");
    if (!okr_faulty(&cli->fault) && okr_cli_flag(cli, "version")) {
        printf(PROGRAM " " VERSION "\n");
        return;
    }
    if (!okr_faulty(&cli->fault))
        find_command(cli);
    if (!okr_faulty(&cli->fault) && cli->command == NULL && !help)
        okr_fault_usage(&cli->fault, SEE_HELP, "no command is given");
    if (!okr_faulty(&cli->fault) && help) {
        okr_cli_help(cli->command);
        return;
    }
    if (!okr_faulty(&cli->fault))
        check_options(cli);
    if (!okr_faulty(&cli->fault))
        check_words(cli);
    cli->json = okr_cli_flag(cli, "json");
    cli->as = okr_cli_option(cli, "as");
    if (!okr_faulty(&cli->fault))
        cli->command->run(cli);
}

int okr_cli_main(int argc, char **argv)
{
    static struct okr_cli cli; /* large */
    okr_crypto_init();
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &cli.arena) != OKR_OK)
        return OKR_REPLY_REFUSED;
    okr_text_choose();
    run(&cli, argc, argv);
    if (fflush(stdout) != 0)
        okr_fault_refuse(&cli.fault, NULL, NULL,
                         "the answer could not be written");
    if (cli.fault.what[0] != '\0')
        okr_cli_complain(&cli);
    okr_arena_free(&cli.arena);
    return (int)cli.fault.code;
}
