/* `okr help`, --help, --version. */
#include <string.h>

#include "client/cli/help.h"
#include "client/cli/run.h"
#include "common/base/json.h"
#include "common/lang/text.h"

enum { NAME_COLUMNS = 12, OPTION_COLUMNS = 24 };

static void put_padded(struct okr_page *page, const char *text, size_t columns)
{
    size_t width = okr_page_width(text);
    okr_page_text(page, OKR_TONE_PLAIN, text);
    okr_page_spaces(page, width < columns ? columns - width : 2);
}

static void put_options(struct okr_page *page,
                        const struct okr_option_info *list)
{
    for (; list != NULL && list->name[0] != '\0'; list++) {
        bool letter = list->letter != 0;
        const char *text =
            okr_arena_printf(page->arena, "%c%c%s--%s%s%s", letter ? '-' : ' ',
                             letter ? list->letter : ' ', letter ? ", " : "  ",
                             list->name, list->value == NULL ? "" : " ",
                             list->value == NULL ? "" : list->value);
        okr_page_spaces(page, 2);
        put_padded(page, text == NULL ? "" : text, OPTION_COLUMNS + 4);
        okr_page_text(page, OKR_TONE_PLAIN, _(list->what));
        okr_page_line_end(page);
    }
}

/* ---- fields of a kind ---------------------------------------------------- */

static const char *words_of(struct okr_page *page, uint16_t vocabulary)
{
    const char *all = "", *word;
    for (size_t at = 0; (word = okr_enum_next(vocabulary, &at)) != NULL;) {
        const char *text = okr_arena_printf(page->arena, "%s%s%s", all,
                                            all[0] == '\0' ? "" : " | ", word);
        all = text == NULL ? all : text;
    }
    return all;
}

static const char *type_of(struct okr_page *page,
                           const struct okr_field_info *field)
{
    if (field->type == OKR_TYPE_ENUM)
        return words_of(page, field->of);
    if (field->type == OKR_TYPE_REF && field->of != OKR_KIND_ANY) {
        const char *word = okr_word(okr_kind_info(field->of)->word);
        const char *copy = okr_arena_str(page->arena, okr_slice_str(word));
        return copy == NULL ? "" : copy;
    }
    return okr_word(okr_type_word(field->type));
}

static void put_field(struct okr_page *page, const struct okr_field_info *field)
{
    /* These two have a default. */
    bool given =
        strcmp(field->word, "owner") == 0 || strcmp(field->word, "unit") == 0;
    bool needed = (field->flags & OKR_FLAG_REQUIRED) != 0 && !given;
    bool several = (field->flags & OKR_FLAG_SET) != 0;
    char *name = okr_arena_str(page->arena, okr_slice_str(field->word));
    for (char *c = name; c != NULL && *c != '\0'; c++)
        if (*c == '_')
            *c = '-';
    const char *text = okr_arena_printf(
        page->arena, "%s%s%s", type_of(page, field),
        several ? _("; several: a,b,c") : "", needed ? _("; needed") : "");
    okr_buf_put(page->out, OKR_SLICE_LIT("  --"));
    put_padded(page, name == NULL ? "" : name, OPTION_COLUMNS);
    okr_page_beside(page, text == NULL ? "" : text, OPTION_COLUMNS + 4);
}

static void put_fields(struct okr_page *page, const struct okr_kind_info *kind)
{
    const struct okr_field_info *field;
    okr_buf_printf(page->out, _("\nfields of a new %s:\n"),
                   okr_word(kind->word));
    for (size_t at = 0; (field = okr_field_next(kind->number, &at)) != NULL;)
        if (field->merge != OKR_MERGE_DERIVED &&
            field->number > OKR_FIELD_COMMON_MAX)
            put_field(page, field);
    okr_buf_printf(page->out,
                   _("the owner is you and the unit the owner's, unless "
                     "said otherwise\n"));
}

static void put_kinds(struct okr_page *page)
{
    const struct okr_kind_info *kind;
    okr_buf_printf(page->out, _("\nkinds:"));
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (kind->add != OKR_WHO_NOBODY)
            okr_buf_printf(page->out, " %s", kind->word);
    okr_buf_printf(page->out,
                   _("\nokr add KIND --help names the fields of one\n"));
}

/* ---- commands ------------------------------------------------------------ */

/* As they are: a wrapped line cannot be copied. */
static void put_examples(struct okr_page *page, const char *examples)
{
    while (*examples != '\0') {
        size_t len = strcspn(examples, "\n");
        okr_buf_printf(page->out, "  %.*s\n", (int)len, examples);
        examples += len + (examples[len] == '\n' ? 1 : 0);
    }
}

static void put_command(struct okr_page *page, const struct okr_line *line)
{
    const struct okr_command *c = line->command;
    okr_buf_printf(page->out, "okr %s %s\n\n%s\n", c->name, c->words,
                   _(c->what));
    if (c->options != NULL && c->options[0].name[0] != '\0') {
        okr_buf_printf(page->out, _("\noptions:\n"));
        put_options(page, c->options);
    }
    if (c->of_kind && line->kind != NULL)
        put_fields(page, line->kind);
    else if (c->of_kind)
        put_kinds(page);
    okr_buf_printf(page->out, _("\nexamples:\n"));
    put_examples(page, c->examples);
}

static void put_all(struct okr_page *page)
{
    okr_buf_printf(page->out,
                   _("okr COMMAND …   the objectives and key results of your "
                     "company\n\n"));
    for (const struct okr_command *c = okr_commands; c->name[0] != '\0'; c++) {
        if (c->group != NULL) {
            okr_page_text(page, OKR_TONE_STRONG, _(c->group));
            okr_page_line_end(page);
        }
        okr_page_spaces(page, 2);
        put_padded(page, c->name, NAME_COLUMNS);
        okr_page_text(page, OKR_TONE_PLAIN, _(c->what));
        okr_page_line_end(page);
    }
    okr_buf_printf(page->out, _("\noptions, before or behind the command:\n"));
    put_options(page, okr_options_global);
    okr_buf_printf(
        page->out,
        _("\nokr COMMAND --help tells more, with examples.\n"
          "References are what okr list shows (k-7m3qd2xa), also shortened, "
          "or names.\n"
          "Exit codes: 0 done, 1 refused or failed, 2 wrongly typed.\n"));
}

void okr_help_print(struct okr_page *page, const struct okr_line *line)
{
    if (line->command == NULL)
        put_all(page);
    else
        put_command(page, line);
}

/* ---- the table as JSON, for manual pages --------------------------------- */

static void json_text(struct okr_json *json, const char *key, const char *text)
{
    okr_json_key(json, key);
    if (text == NULL)
        okr_json_null(json);
    else
        okr_json_cstr(json, text);
}

static void json_options(struct okr_json *json,
                         const struct okr_option_info *list)
{
    okr_json_key(json, "options");
    okr_json_open_array(json);
    for (; list != NULL && list->name[0] != '\0'; list++) {
        const char letter[] = {list->letter, '\0'};
        okr_json_open_object(json);
        json_text(json, "name", list->name);
        json_text(json, "letter", list->letter == 0 ? NULL : letter);
        json_text(json, "value", list->value);
        json_text(json, "what", _(list->what));
        okr_json_key(json, "repeated");
        okr_json_bool(json, list->repeated);
        okr_json_close_object(json);
    }
    okr_json_close_array(json);
}

static void json_examples(struct okr_json *json, const char *examples)
{
    okr_json_key(json, "examples");
    okr_json_open_array(json);
    while (*examples != '\0') {
        size_t len = strcspn(examples, "\n");
        okr_json_text(json, okr_slice_of(examples, len));
        examples += len + (examples[len] == '\n' ? 1 : 0);
    }
    okr_json_close_array(json);
}

static void put_json(struct okr_page *page)
{
    struct okr_json json;
    const char *group = NULL;
    okr_json_init(&json, page->out);
    okr_json_open_array(&json);
    for (const struct okr_command *c = okr_commands; c->name[0] != '\0'; c++) {
        group = c->group == NULL ? group : c->group;
        okr_json_open_object(&json);
        json_text(&json, "name", c->name);
        json_text(&json, "group", group == NULL ? NULL : _(group));
        json_text(&json, "words", c->words);
        json_text(&json, "what", _(c->what));
        json_options(&json, c->options);
        json_examples(&json, c->examples);
        okr_json_close_object(&json);
    }
    okr_json_close_array(&json);
    okr_page_line_end(page);
}

void okr_cmd_help(struct okr_run *run)
{
    struct okr_line line = {.command = NULL};
    if (run->line->json) {
        put_json(&run->page);
        okr_run_flush(run);
        return;
    }
    if (run->line->n_words > 0) {
        line.command = okr_command_named(run->line->words[0]);
        if (line.command == NULL)
            okr_trouble_say(&run->trouble, OKR_REPLY_USAGE, "unknown_command",
                            N_("see okr --help"), _("there is no command %s"),
                            run->line->words[0]);
    }
    if (run->line->n_words > 1 && line.command != NULL && line.command->of_kind)
        line.kind = okr_kind_by_word(okr_slice_str(run->line->words[1]));
    if (run->trouble.code == 0)
        okr_help_print(&run->page, &line);
    okr_run_flush(run);
}
