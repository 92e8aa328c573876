/* `okr completion bash|zsh`: what a shell needs to complete a line, made of
 * the table of commands. */
#include <string.h>

#include "client/cli/run.h"
#include "common/lang/text.h"

/* Words that a value may be: "new|show" as it stands, KIND by the schema.
 * Empty where nobody can say. */
static void put_values(struct okr_buf *out, const char *value)
{
    const struct okr_kind_info *kind;
    if (value == NULL)
        return;
    if (strcmp(value, "KIND") == 0)
        for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
            okr_buf_printf(out, "%s ", kind->word);
    size_t len = strcspn(value, " ");
    bool words = memchr(value, '|', len) != NULL;
    for (size_t i = 0; words && i < len; i++) {
        bool own = (value[i] >= 'a' && value[i] <= 'z') || value[i] == '-' ||
                   value[i] == '_';
        okr_buf_u8(out, own ? (uint8_t)value[i] : ' ');
    }
}

static bool has_values(const char *value)
{
    return value != NULL && (strcmp(value, "KIND") == 0 ||
                             memchr(value, '|', strcspn(value, " ")) != NULL);
}

/* The kinds that somebody can make. */
static void put_makeable(struct okr_buf *out)
{
    const struct okr_kind_info *kind;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (kind->add != OKR_WHO_NOBODY)
            okr_buf_printf(out, "%s ", kind->word);
}

static void put_dashed(struct okr_buf *out, const char *word)
{
    for (; *word != '\0'; word++)
        okr_buf_u8(out, *word == '_' ? '-' : (uint8_t)*word);
}

/* ---- bash ---------------------------------------------------------------- */

/* Of `add KIND`: its fields as options. */
static void bash_fields(struct okr_buf *out, const char *command)
{
    const struct okr_kind_info *kind;
    const struct okr_field_info *field;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;) {
        if (kind->add == OKR_WHO_NOBODY)
            continue;
        okr_buf_printf(out, "    %s:%s) words+='", command, kind->word);
        for (size_t i = 0;
             (field = okr_field_next(kind->number, &i)) != NULL;) {
            if (field->merge == OKR_MERGE_DERIVED ||
                field->number <= OKR_FIELD_COMMON_MAX)
                continue;
            okr_buf_printf(out, "--");
            put_dashed(out, field->word);
            okr_buf_u8(out, ' ');
        }
        okr_buf_printf(out, "';;\n");
    }
}

static void bash_options(struct okr_buf *out,
                         const struct okr_option_info *list)
{
    for (; list != NULL && list->name[0] != '\0'; list++)
        okr_buf_printf(out, "--%s ", list->name);
}

/* Behind an option with a value: its words, folders, or nothing. */
static void bash_behind(struct okr_buf *out, const char *command,
                        const struct okr_option_info *list)
{
    for (; list != NULL && list->name[0] != '\0'; list++) {
        if (list->value == NULL)
            continue;
        okr_buf_printf(out, "    %s:--%s) ", command, list->name);
        if (strcmp(list->value, "DIR") == 0) {
            okr_buf_printf(out, "dirs=1;;\n");
            continue;
        }
        okr_buf_printf(out, "words='");
        put_values(out, list->value);
        okr_buf_printf(out, "' value=1;;\n");
    }
}

static void put_bash(struct okr_buf *out)
{
    const struct okr_command *c;
    okr_buf_printf(
        out,
        "# bash completion of okr; made by `okr completion bash`\n"
        "_okr() {\n"
        "  local cur=${COMP_WORDS[COMP_CWORD]} i\n"
        "  local prev=${COMP_WORDS[COMP_CWORD-1]} cmd= words= value= dirs=\n"
        "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "    case ${COMP_WORDS[i]} in\n"
        "    --site|--as) ((i++));;\n"
        "    -*) ;;\n"
        "    *) cmd=${COMP_WORDS[i]}; break;;\n"
        "    esac\n"
        "  done\n"
        "  case $cmd:$prev in\n");
    bash_behind(out, "*", okr_options_global);
    for (c = okr_commands; c->name[0] != '\0'; c++)
        bash_behind(out, c->name, c->options);
    okr_buf_printf(out, "  esac\n"
                        "  [ -n \"$value$dirs\" ] || case $cmd in\n"
                        "    '') words='");
    for (c = okr_commands; c->name[0] != '\0'; c++)
        okr_buf_printf(out, "%s ", c->name);
    okr_buf_printf(out, "';;\n");
    for (c = okr_commands; c->name[0] != '\0'; c++) {
        okr_buf_printf(out, "    %s) words='", c->name);
        put_values(out, c->words);
        if (c->of_kind)
            put_makeable(out);
        bash_options(out, c->options);
        okr_buf_printf(out, "';;\n");
    }
    okr_buf_printf(out, "  esac\n"
                        "  [ -n \"$value$dirs\" ] || case "
                        "$cmd:${COMP_WORDS[i+1]} in\n");
    for (c = okr_commands; c->name[0] != '\0'; c++)
        if (c->of_kind)
            bash_fields(out, c->name);
    okr_buf_printf(out, "  esac\n"
                        "  [ -n \"$value$dirs\" ] || words+=' ");
    bash_options(out, okr_options_global);
    okr_buf_printf(out, "'\n"
                        "  if [ -n \"$dirs\" ]; then\n"
                        "    mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
                        "  else\n"
                        "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- "
                        "\"$cur\")\n"
                        "  fi\n"
                        "}\n"
                        "complete -F _okr okr\n");
}

/* ---- zsh ----------------------------------------------------------------- */

/* Inside '…[…]' of _arguments and 'name:…' of _describe. */
static void zsh_text(struct okr_buf *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            okr_buf_printf(out, "'\\''");
        else if (strchr("[]:\\", *text) != NULL)
            okr_buf_printf(out, "\\%c", *text);
        else
            okr_buf_u8(out, (uint8_t)*text);
    }
}

static void zsh_options(struct okr_buf *out, const struct okr_option_info *o)
{
    for (; o != NULL && o->name[0] != '\0'; o++) {
        okr_buf_printf(out, " \\\n      '%s--%s%s[", o->repeated ? "*" : "",
                       o->name, o->value == NULL ? "" : "=");
        zsh_text(out, _(o->what));
        okr_buf_printf(out, "]");
        if (o->value != NULL) {
            okr_buf_printf(out, ":");
            zsh_text(out, o->value);
            okr_buf_printf(out, ":");
        }
        if (o->value != NULL && strcmp(o->value, "DIR") == 0)
            okr_buf_printf(out, "_directories");
        if (has_values(o->value)) {
            okr_buf_printf(out, "(");
            put_values(out, o->value);
            okr_buf_printf(out, ")");
        }
        okr_buf_printf(out, "'");
    }
}

static void zsh_command(struct okr_buf *out, const struct okr_command *c)
{
    const char *words = c->words;
    okr_buf_printf(out, "    %s) _arguments", c->name);
    zsh_options(out, okr_options_global);
    zsh_options(out, c->options);
    if (has_values(words)) {
        okr_buf_printf(out, " \\\n      '*: :(");
        put_values(out, words);
        okr_buf_printf(out, ")'");
    }
    if (c->of_kind) {
        okr_buf_printf(out, " \\\n      '1: :(");
        put_makeable(out);
        okr_buf_printf(out, ")'");
    }
    okr_buf_printf(out, ";;\n");
}

static void put_zsh(struct okr_buf *out)
{
    const struct okr_command *c;
    okr_buf_printf(out,
                   "#compdef okr\n"
                   "# zsh completion of okr; made by `okr completion zsh`\n"
                   "_okr() {\n"
                   "  local -a commands\n"
                   "  local state line\n"
                   "  commands=(\n");
    for (c = okr_commands; c->name[0] != '\0'; c++) {
        okr_buf_printf(out, "    '%s:", c->name);
        zsh_text(out, _(c->what));
        okr_buf_printf(out, "'\n");
    }
    okr_buf_printf(out, "  )\n"
                        "  _arguments -C");
    zsh_options(out, okr_options_global);
    okr_buf_printf(out, " \\\n      '1: :->command' '*:: :->rest'\n"
                        "  case $state in\n"
                        "  command) _describe command commands;;\n"
                        "  rest) case $line[1] in\n");
    for (c = okr_commands; c->name[0] != '\0'; c++)
        zsh_command(out, c);
    okr_buf_printf(out, "    esac;;\n"
                        "  esac\n"
                        "}\n"
                        "_okr \"$@\"\n");
}

void okr_cmd_completion(struct okr_run *run)
{
    const char *shell = run->line->words[0];
    if (strcmp(shell, "bash") == 0)
        put_bash(run->page.out);
    else if (strcmp(shell, "zsh") == 0)
        put_zsh(run->page.out);
    else
        okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "bad_value",
                        N_("write okr completion bash or okr completion zsh"),
                        _("there is no completion for %s"), shell);
}
