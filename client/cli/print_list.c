/* `okr list` and `okr search`: one row an entity; `what was saved` after a
 * write. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/table.h"
#include "common/lang/text.h"

struct column {
    const char *kind; /* NULL: of every kind */
    const char *key, *heading;
    enum okr_column_form form;
};

/* In this order; what no row has is not shown. */
static const struct column columns[] = {
    {NULL, "ref", N_("ref"), OKR_COLUMN_WHOLE},
    {NULL, "kind", N_("kind"), OKR_COLUMN_WHOLE},
    {NULL, "title", N_("title"), OKR_COLUMN_FLEXIBLE},
    {"unit", "code", N_("code"), OKR_COLUMN_PLAIN},
    {"unit", "level", N_("level"), OKR_COLUMN_PLAIN},
    {"person", "mail", N_("mail"), OKR_COLUMN_PLAIN},
    {"person", "roles", N_("roles"), OKR_COLUMN_PLAIN},
    {"cycle", "cycle_kind", N_("kind"), OKR_COLUMN_PLAIN},
    {"cycle", "start", N_("start"), OKR_COLUMN_WHOLE},
    {"cycle", "end", N_("end"), OKR_COLUMN_WHOLE},
    {"cycle", "phase", N_("phase"), OKR_COLUMN_PLAIN},
    {"check_in", "value", N_("value"), OKR_COLUMN_PLAIN},
    {"check_in", "confidence", N_("confidence"), OKR_COLUMN_PLAIN},
    {"check_in", "note", N_("note"), OKR_COLUMN_FLEXIBLE},
    {"comment", "text", N_("text"), OKR_COLUMN_FLEXIBLE},
    {"task", "due", N_("due"), OKR_COLUMN_WHOLE},
    {"site", "role", N_("role"), OKR_COLUMN_PLAIN},
    {"proposal", "votes", N_("votes"), OKR_COLUMN_WHOLE},
    {"proposal", "group", N_("group"), OKR_COLUMN_PLAIN},
    {"standup", "day", N_("day"), OKR_COLUMN_WHOLE},
    {"standup", "author", N_("person"), OKR_COLUMN_PLAIN},
    {"standup", "done", N_("done"), OKR_COLUMN_FLEXIBLE},
    {"standup", "plan", N_("plan"), OKR_COLUMN_FLEXIBLE},
    {"standup", "obstacles", N_("obstacles"), OKR_COLUMN_FLEXIBLE},
    {"focus", "week", N_("week"), OKR_COLUMN_WHOLE},
    {"focus", "horizon", N_("horizon"), OKR_COLUMN_OPTIONAL},
    {"focus", "rank", N_("rank"), OKR_COLUMN_WHOLE},
    {"focus", "text", N_("text"), OKR_COLUMN_FLEXIBLE},
    {"health", "week", N_("week"), OKR_COLUMN_WHOLE},
    {"health", "metric", N_("metric"), OKR_COLUMN_PLAIN},
    {"health", "note", N_("note"), OKR_COLUMN_FLEXIBLE},
    {"review", "review_kind", N_("kind"), OKR_COLUMN_PLAIN},
    {"review", "author", N_("author"), OKR_COLUMN_PLAIN},
    {"review", "text", N_("text"), OKR_COLUMN_FLEXIBLE},
    {"review", "decisions", N_("decisions"), OKR_COLUMN_FLEXIBLE},
    {"vote", "author", N_("person"), OKR_COLUMN_PLAIN},
    {"vote", "weight", N_("weight"), OKR_COLUMN_WHOLE},
    {"reaction", "author", N_("person"), OKR_COLUMN_PLAIN},
    {"reaction", "reaction_kind", N_("kind"), OKR_COLUMN_PLAIN},
    {"assessment", "author", N_("person"), OKR_COLUMN_PLAIN},
    {"assessment", "assessment_kind", N_("kind"), OKR_COLUMN_PLAIN},
    {"assessment", "score", N_("score"), OKR_COLUMN_WHOLE},
    {"assessment", "text", N_("text"), OKR_COLUMN_FLEXIBLE},
    {NULL, "progress", N_("progress"), OKR_COLUMN_WHOLE},
    {NULL, "status", N_("status"), OKR_COLUMN_WHOLE},
    {NULL, "state", N_("state"), OKR_COLUMN_OPTIONAL},
    {NULL, "owner", N_("owner"), OKR_COLUMN_PLAIN},
    {NULL, "unit", N_("unit"), OKR_COLUMN_OPTIONAL},
    {NULL, "cycle", N_("cycle"), OKR_COLUMN_OPTIONAL},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

const char *okr_print_mark(struct okr_page *page, const json_t *entity)
{
    if (!okr_member_yes(entity, "pending"))
        return "";
    page->pending = true;
    return "*";
}

const char *okr_print_marks(struct okr_page *page, const json_t *entity)
{
    bool blocked = okr_member_yes(entity, "blocked");
    bool conflict =
        json_integer_value(json_object_get(entity, "open_conflicts")) > 0;
    page->blocked = page->blocked || blocked;
    page->conflict = page->conflict || conflict;
    const char *text =
        okr_arena_printf(page->arena, "%s%s%s", okr_print_mark(page, entity),
                         blocked ? "!" : "", conflict ? "x" : "");
    return text == NULL ? "" : text;
}

static void put_legend(struct okr_page *page, bool used, const char *text)
{
    if (!used)
        return;
    okr_page_text(page, OKR_TONE_FAINT, text);
    okr_page_line_end(page);
}

void okr_print_legend(struct okr_page *page)
{
    put_legend(page, page->pending,
               _("* saved here, not yet confirmed by headquarters"));
    put_legend(page, page->blocked, _("! cannot go on without help"));
    put_legend(page, page->conflict,
               _("x two people wrote at once; see okr conflicts"));
}

/* The kind of all rows, or NULL where they are of several. */
static const char *only_kind(const json_t *entities)
{
    const char *kind =
        json_string_value(json_object_get(json_array_get(entities, 0), "kind"));
    for (size_t i = 1; kind != NULL && i < json_array_size(entities); i++)
        if (!okr_member_is(json_array_get(entities, i), "kind", kind))
            return NULL;
    return kind;
}

static bool is_shown(const struct column *column, const char *kind)
{
    if (column->kind != NULL)
        return kind != NULL && strcmp(kind, column->kind) == 0;
    return kind == NULL || strcmp(column->key, "kind") != 0;
}

static void put_cell(struct okr_table *table, const struct column *column,
                     const json_t *entity)
{
    struct okr_page *page = table->page;
    const char *text = okr_member(page, entity, column->key);
    if (strcmp(column->key, "progress") == 0) {
        const char *status = okr_member(page, entity, "status");
        okr_table_cell(table, okr_tone_of(status),
                       okr_page_bar(page, json_object_get(entity, "progress")));
    } else if (strcmp(column->key, "ref") == 0) {
        okr_table_cell(table, OKR_TONE_FAINT, text);
    } else if (strcmp(column->key, "title") == 0 ||
               strcmp(column->key, "mail") == 0) {
        bool archived = okr_member_yes(entity, "archived");
        okr_table_cell(table, archived ? OKR_TONE_FAINT : OKR_TONE_PLAIN, text);
    } else if (strcmp(column->key, "author") == 0 ||
               strcmp(column->key, "metric") == 0) {
        okr_table_cell(table, OKR_TONE_PLAIN,
                       okr_print_value(page, entity, column->key, column->key));
    } else if (okr_print_is_word(column->key)) {
        okr_table_cell(table, okr_tone_of(text),
                       okr_member_word(page, entity, column->key));
    } else {
        okr_table_cell(table, OKR_TONE_PLAIN, text);
    }
}

void okr_print_list(struct okr_page *page, const json_t *entities)
{
    struct okr_table table;
    const char *kind = only_kind(entities);
    size_t n = json_array_size(entities);
    okr_table_init(&table, page);
    okr_table_column(&table, "", OKR_COLUMN_WHOLE);
    for (size_t i = 0; i < COLUMNS; i++)
        if (is_shown(&columns[i], kind))
            okr_table_column(&table, _(columns[i].heading), columns[i].form);
    for (size_t k = 0; k < n; k++) {
        const json_t *entity = json_array_get(entities, k);
        okr_table_cell(&table, OKR_TONE_WARN, okr_print_mark(page, entity));
        for (size_t i = 0; i < COLUMNS; i++)
            if (is_shown(&columns[i], kind))
                put_cell(&table, &columns[i], entity);
    }
    okr_table_print(&table);
    if (n == 0) {
        okr_page_text(page, OKR_TONE_FAINT, _("nothing fits"));
        okr_page_line_end(page);
    }
    okr_print_legend(page);
}

void okr_print_saved(struct okr_page *page, const json_t *entity)
{
    const char *status = okr_member(page, entity, "status");
    const char *state = okr_member(page, entity, "state");
    const json_t *progress = json_object_get(entity, "progress");
    okr_page_text(page, OKR_TONE_STRONG, okr_member(page, entity, "ref"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_PLAIN, okr_member_title(page, entity));
    if (json_is_number(progress)) {
        okr_page_spaces(page, 2);
        okr_page_text(page, okr_tone_of(status), okr_page_bar(page, progress));
        okr_page_spaces(page, 2);
        okr_page_text(page, okr_tone_of(status), okr_word(status));
    }
    if (state[0] != '\0') {
        okr_page_spaces(page, 2);
        okr_page_text(page, okr_tone_of(state), okr_word(state));
    }
    okr_page_line_end(page);
    if (okr_member_yes(entity, "pending")) {
        okr_page_text(page, OKR_TONE_FAINT,
                      _("saved here, not yet confirmed by headquarters"));
        okr_page_line_end(page);
    }
    okr_print_advice(page, json_object_get(entity, "warnings"));
}
