/* okr-site: the daemon of an office, and the commands about its folder. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "client/shell/commands.h"
#include "common/crypto/hash.h"
#include "common/lang/text.h"
#include "common/model/schema.h"
#include "common/msg/msg.h"
#include "common/store/meta.h"

enum { USAGE = 2 };

static const char usage[] = N_(
    "usage: okr-site COMMAND\n"
    "\n"
    "  join DIR TOKEN           make DIR a site's folder: with the token that\n"
    "                           `okr-server site invite` printed\n"
    "  run DIR [--config F] [--debug]\n"
    "                           the daemon, until SIGTERM; SIGHUP reads the\n"
    "                           settings anew (F, else DIR/site.conf)\n"
    "  run DIR --check-config   only reads the settings\n"
    "  status DIR [--json]      what the daemon of DIR says of itself\n"
    "  check DIR                reads everything, names what is damaged\n"
    "  --help, --version\n"
    "\n"
    "Examples:\n"
    "  okr-site join /var/lib/okr-site okr1-9k2c-…\n"
    "  okr-site run /var/lib/okr-site\n"
    "  okr-site status /var/lib/okr-site --json\n"
    "\n"
    "Exit codes: 0 done, 1 refused or failed, 2 usage.\n");

struct command {
    const char *name;
    int words; /* behind the name */
    const char *options;
    int (*run)(const struct okr_site_options *options);
};

static const struct command commands[] = {
    {"join", 2, "--json", okr_site_cmd_join},
    {"run", 1, "--config --check-config --debug", okr_site_cmd_run},
    {"status", 1, "--json", okr_site_cmd_status},
    {"check", 1, "", okr_site_cmd_check},
};

static const struct command *command_of(const char *name)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(name, commands[i].name) == 0)
            return &commands[i];
    return NULL;
}

static int off(const char *what, const char *word)
{
    (void)fprintf(stderr, "okr-site: %s%s%s\n  see okr-site --help\n", what,
                  word == NULL ? "" : " ", word == NULL ? "" : word);
    return USAGE;
}

/* Is the option one of the command's?  Whole words, not parts of them. */
static bool takes(const struct command *command, const char *option)
{
    size_t len = strlen(option);
    const char *at = command->options;
    while ((at = strstr(at, option)) != NULL) {
        if (at[len] == ' ' || at[len] == '\0')
            return true;
        at += len;
    }
    return false;
}

/* The option at argv[*i]; 0, or the exit code. */
static int read_option(const struct command *command, char **argv, int *i,
                       struct okr_site_options *ret)
{
    const char *option = argv[*i];
    if (strlen(option) < 3 || !takes(command, option))
        return off("no such option here:", option);
    if (strcmp(option, "--json") == 0)
        ret->json = true;
    else if (strcmp(option, "--debug") == 0)
        ret->debug = true;
    else if (strcmp(option, "--check-config") == 0)
        ret->check_config = true;
    else if (argv[*i + 1] == NULL)
        return off("a file is missing behind", option);
    else
        ret->config = argv[++*i];
    return 0;
}

/* The word that is the command: options may stand before it. */
static const char *name_in(char **argv)
{
    for (int i = 0; argv[i] != NULL; i++)
        if (argv[i][0] != '-' &&
            (i == 0 || strcmp(argv[i - 1], "--config") != 0))
            return argv[i];
    return "";
}

static int run(const struct command *command, const char *name, char **argv)
{
    struct okr_site_options options = {.dir = NULL};
    const char *words[2] = {NULL, NULL};
    int n = 0;
    for (int i = 0; argv[i] != NULL; i++) {
        int code = 0;
        if (argv[i] == name)
            continue;
        if (argv[i][0] == '-' && argv[i][1] != '\0')
            code = read_option(command, argv, &i, &options);
        else if (n < command->words)
            words[n++] = argv[i];
        else
            code = off("one word too many:", argv[i]);
        if (code != 0)
            return code;
    }
    if (n < command->words)
        return off(command->words == 2 ? "join needs a folder and a token"
                                       : "a folder is missing behind",
                   command->words == 2 ? NULL : command->name);
    options.dir = words[0];
    options.token = words[1];
    return command->run(&options);
}

static int print_version(void)
{
    (void)printf("okr-site (protocol %d, schema %d, store %d)\n",
                 OKR_WIRE_VERSION, OKR_SCHEMA_VERSION, OKR_STORE_VERSION);
    return 0;
}

/* Nobody else reads what this program writes, and no core holds its keys. */
static void close_up(void)
{
    const struct rlimit none = {0, 0};
    (void)umask(077);
    (void)setrlimit(RLIMIT_CORE, &none);
}

static bool asks_for(char **argv, const char *option)
{
    for (int i = 0; argv[i] != NULL; i++)
        if (strcmp(argv[i], option) == 0)
            return true;
    return false;
}

int main(int argc, char **argv)
{
    char *nothing[] = {NULL};
    char **words = argc > 1 ? argv + 1 : nothing;
    const char *name = name_in(words);
    close_up();
    okr_crypto_init();
    okr_text_choose();
    if (asks_for(words, "--help") || asks_for(words, "-h") ||
        strcmp(name, "help") == 0) {
        (void)fputs(_(usage), stdout);
        return 0;
    }
    if (asks_for(words, "--version"))
        return print_version();
    const struct command *command = command_of(name);
    if (command != NULL)
        return run(command, name, words);
    (void)fputs(_(usage), stderr);
    return name[0] == '\0' ? USAGE : off("no command", name);
}
