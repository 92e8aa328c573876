/* Reading a command line.
 *
 * Global options stand anywhere, a command's own behind it.  A word that
 * begins with '-' and a digit is a number, "--" ends the options. */
#include "client/cli/line.h"

#include <ctype.h>
#include <string.h>

#include "client/cli/near.h"
#include "common/lang/text.h"
#include "common/codec/local.h"

#define SEE_HELP N_("see okr --help")

struct reader {
    struct okr_line *line;
    struct okr_trouble *trouble;
    struct okr_arena *arena;
    char **argv;
    int argc, at; /* the word that is read next */
};

/* An option as it was typed, and what it turned out to be. */
struct option {
    const char *typed; /* "--title=x" */
    char name[64];     /* "title" */
    const char *value; /* behind '=', or NULL */
    const struct okr_option_info *info;
    const struct okr_field_info *field;
};

const char *okr_line_option(const struct okr_line *line, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < line->n_options; i++)
        if (strcmp(line->options[i].name, name) == 0)
            value = line->options[i].value;
    return value;
}

const struct okr_command *okr_command_named(const char *name)
{
    for (const struct okr_command *c = okr_commands; c->name[0] != '\0'; c++)
        if (strcmp(c->name, name) == 0)
            return c;
    return NULL;
}

/* ---- words --------------------------------------------------------------- */

static void refuse_command(struct reader *r, const char *name)
{
    struct okr_near near = okr_near_to(name);
    for (const struct okr_command *c = okr_commands; c->name[0] != '\0'; c++)
        okr_near_try(&near, c->name);
    if (near.best != NULL)
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "unknown_command",
                        SEE_HELP, _("there is no command %s; did you mean %s?"),
                        name, near.best);
    else
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "unknown_command",
                        SEE_HELP, _("there is no command %s"), name);
}

static void refuse_kind(struct reader *r, const char *word)
{
    const struct okr_kind_info *kind;
    struct okr_near near = okr_near_to(word);
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (kind->add != OKR_WHO_NOBODY)
            okr_near_try(&near, kind->word);
    if (near.best != NULL)
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "unknown_kind",
                        N_("okr add --help names the kinds"),
                        _("there is no kind %s; did you mean %s?"), word,
                        near.best);
    else
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "unknown_kind",
                        N_("okr add --help names the kinds"),
                        _("there is no kind %s"), word);
}

static void add_word(struct reader *r, const char *word)
{
    struct okr_line *line = r->line;
    if (line->command == NULL) {
        line->command = okr_command_named(word);
        if (line->command == NULL)
            refuse_command(r, word);
        return;
    }
    if (line->n_words == OKR_LINE_WORDS_MAX) {
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "too_long",
                        N_("split it into several commands"),
                        _("there are too many words"));
        return;
    }
    line->words[line->n_words++] = word;
    if (!line->command->of_kind || line->n_words > 1)
        return;
    line->kind = okr_kind_by_word(okr_slice_str(word));
    if (line->kind == NULL)
        refuse_kind(r, word);
}

/* ---- options ------------------------------------------------------------- */

static bool same_name(const char *typed, const char *name)
{
    for (; *typed != '\0' && *name != '\0'; typed++, name++)
        if ((*typed == '_' ? '-' : *typed) != (*name == '_' ? '-' : *name))
            return false;
    return *typed == *name;
}

static const struct okr_option_info *
option_in(const struct okr_option_info *list, const char *name, char letter)
{
    for (; list != NULL && list->name[0] != '\0'; list++)
        if ((letter != 0 && list->letter == letter) ||
            (letter == 0 && same_name(name, list->name)))
            return list;
    return NULL;
}

static void try_fields(const struct okr_line *line, struct okr_near *near)
{
    const struct okr_field_info *field;
    if (line->kind == NULL)
        return;
    for (size_t at = 0;
         (field = okr_field_next(line->kind->number, &at)) != NULL;)
        if (field->merge != OKR_MERGE_DERIVED)
            okr_near_try(near, field->word);
}

static void refuse_option(struct reader *r, const struct option *option)
{
    const struct okr_command *command = r->line->command;
    const char *of = command == NULL ? "okr" : command->name;
    struct okr_near near = okr_near_to(option->name);
    const struct okr_option_info *lists[] = {
        okr_options_global, command == NULL ? NULL : command->options};
    for (size_t i = 0; i < 2; i++)
        for (const struct okr_option_info *o = lists[i];
             o != NULL && o->name[0] != '\0'; o++)
            okr_near_try(&near, o->name);
    try_fields(r->line, &near);
    size_t len = strcspn(option->typed, "=");
    char best[64] = "";
    for (size_t i = 0;
         near.best != NULL && i < sizeof best - 1 && near.best[i] != '\0'; i++)
        best[i] = near.best[i] == '_' ? '-' : near.best[i];
    if (near.best != NULL)
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "unknown_option", SEE_HELP,
                        _("%s has no option %.*s; did you mean --%s?"), of,
                        (int)len, option->typed, best);
    else
        okr_trouble_say(
            r->trouble, OKR_REPLY_USAGE, "unknown_option",
            command == NULL ? N_("an option of a command stands behind it")
                            : N_("see okr COMMAND --help"),
            _("%s has no option %.*s"), of, (int)len, option->typed);
}

static bool is_yes_or_no(const char *word)
{
    static const char *const words[] = {"true", "false", "yes", "no"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0)
            return true;
    return false;
}

/* The value behind the option; false: there is none. */
static bool take_value(struct reader *r, struct option *option)
{
    bool flag = option->info != NULL ? option->info->value == NULL
                                     : option->field->type == OKR_TYPE_BOOL;
    if (option->value != NULL) {
        if (option->info == NULL || !flag)
            return true;
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "bad_value", SEE_HELP,
                        _("--%s takes no value"), option->name);
        return false;
    }
    bool more = r->at < r->argc;
    if (flag) {
        option->value = "true";
        /* "--blocked no" of `add`: a field, so the word is its value. */
        if (option->info == NULL && more && is_yes_or_no(r->argv[r->at]))
            option->value = r->argv[r->at++];
        return true;
    }
    if (!more || strncmp(r->argv[r->at], "--", 2) == 0) {
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "missing",
                        N_("a value that begins with -- is written "
                           "--option=value"),
                        _("--%s needs a value"), option->name);
        return false;
    }
    option->value = r->argv[r->at++];
    return true;
}

static bool is_global(const struct option *option)
{
    return option->info != NULL &&
           option_in(okr_options_global, option->info->name, 0) == option->info;
}

static void keep_global(struct okr_line *line, const struct option *option)
{
    const char *name = option->info->name;
    if (strcmp(name, "site") == 0)
        line->site = option->value;
    else if (strcmp(name, "as") == 0)
        line->as_mail = option->value;
    else if (strcmp(name, "json") == 0)
        line->json = true;
    else if (strcmp(name, "help") == 0)
        line->help = true;
    else
        line->version = true;
}

static void keep(struct reader *r, const struct option *option)
{
    struct okr_line *line = r->line;
    const char *name =
        option->info != NULL ? option->info->name : option->field->word;
    if (is_global(option)) {
        keep_global(line, option);
        return;
    }
    char *arg = okr_arena_str(r->arena, okr_slice_str(name));
    bool repeated = option->info != NULL && option->info->repeated;
    if (arg == NULL || line->n_options == OKR_LINE_WORDS_MAX) {
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "too_long",
                        N_("split it into several commands"),
                        _("there are too many options"));
        return;
    }
    for (char *c = arg; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
    if (!repeated && okr_line_option(line, arg) != NULL)
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "duplicate",
                        N_("give it once"), _("--%s is given twice"),
                        option->name);
    line->options[line->n_options++] = (struct okr_typed){arg, option->value};
}

static void find_option(const struct okr_line *line, struct option *option,
                        char letter)
{
    option->info = option_in(okr_options_global, option->name, letter);
    if (option->info == NULL && line->command != NULL)
        option->info = option_in(line->command->options, option->name, letter);
    if (option->info != NULL || line->kind == NULL || letter != 0)
        return;
    option->field =
        okr_field_by_word(line->kind->number, okr_slice_str(option->name));
    if (option->field == NULL) { /* fields are written with '-' as well */
        for (char *c = option->name; *c != '\0'; c++)
            if (*c == '-')
                *c = '_';
        option->field =
            okr_field_by_word(line->kind->number, okr_slice_str(option->name));
        for (char *c = option->name; *c != '\0'; c++)
            if (*c == '_')
                *c = '-';
    }
}

static void read_option(struct reader *r, const char *typed)
{
    struct option option = {.typed = typed};
    char letter = 0;
    if (typed[1] == '-') {
        size_t len = strcspn(typed + 2, "=");
        size_t kept = len < sizeof option.name ? len : sizeof option.name - 1;
        memcpy(option.name, typed + 2, kept);
        if (typed[2 + len] == '=')
            option.value = typed + 2 + len + 1;
    } else {
        letter = typed[1];
        option.name[0] = letter;
        if (typed[2] != '\0')
            option.value = typed + 2; /* -c7 */
    }
    if (r->line->command != NULL && r->line->command->of_kind &&
        r->line->kind == NULL &&
        option_in(okr_options_global, option.name, letter) == NULL) {
        okr_trouble_say(r->trouble, OKR_REPLY_USAGE, "missing",
                        N_("write okr add KIND --field value"),
                        _("%s stands before the kind that it belongs to"),
                        typed);
        return;
    }
    find_option(r->line, &option, letter);
    if (option.info == NULL && option.field == NULL)
        refuse_option(r, &option);
    else if (take_value(r, &option))
        keep(r, &option);
}

/* "-5", "-.5" and "-" are words. */
static bool is_option(const char *word)
{
    return word[0] == '-' && word[1] != '\0' &&
           !isdigit((unsigned char)word[1]) && word[1] != '.';
}

/* ---- all of it ----------------------------------------------------------- */

static void check_words(const struct okr_line *line,
                        struct okr_trouble *trouble)
{
    const struct okr_command *c = line->command;
    if (line->n_words < c->words_min)
        okr_trouble_say(
            trouble, OKR_REPLY_USAGE, "missing", N_("see okr COMMAND --help"),
            _("something is missing; write okr %s %s"), c->name, c->words);
    else if (line->n_words > c->words_max)
        okr_trouble_say(trouble, OKR_REPLY_USAGE, "malformed",
                        N_("put a text with spaces into quotes"),
                        _("\"%s\" is one word too many; write okr %s %s"),
                        line->words[c->words_max], c->name, c->words);
}

void okr_line_read(int argc, char **argv, struct okr_arena *arena,
                   struct okr_line *line, struct okr_trouble *trouble)
{
    struct reader r = {line, trouble, arena, argv, argc, 1};
    bool words_only = false;
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        line->json = line->json || strcmp(argv[i], "--json") == 0;
    while (r.at < argc && trouble->code == 0) {
        const char *word = argv[r.at++];
        if (!words_only && strcmp(word, "--") == 0)
            words_only = true;
        else if (!words_only && is_option(word))
            read_option(&r, word);
        else
            add_word(&r, word);
    }
    if (trouble->code != 0 || line->help || line->version)
        return;
    if (line->command == NULL)
        okr_trouble_say(trouble, OKR_REPLY_USAGE, "missing", SEE_HELP,
                        _("no command is given"));
    else
        check_words(line, trouble);
}
