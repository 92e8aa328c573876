/* `okr show`: one entity, all that is known of it, and what hangs below. */
#include <string.h>

#include "client/cli/print.h"
#include "client/cli/table.h"
#include "common/lang/text.h"

enum { LABEL_COLUMNS = 16 };

/* ---- the entity's own members -------------------------------------------- */

static void put_label(struct okr_page *page, const char *label)
{
    size_t width = okr_page_width(label);
    okr_page_text(page, OKR_TONE_FAINT, label);
    okr_page_spaces(page, width < LABEL_COLUMNS ? LABEL_COLUMNS - width : 1);
}

/* The first line beside the label, the others below it. */
static void put_row(struct okr_page *page, const char *key, enum okr_tone tone,
                    const char *text)
{
    if (text == NULL || text[0] == '\0')
        return;
    put_label(page, okr_word(key));
    size_t room =
        page->columns > LABEL_COLUMNS + 20 ? page->columns - LABEL_COLUMNS : 0;
    bool lines = strchr(text, '\n') != NULL;
    if (lines || (room > 0 && okr_page_width(text) > room)) {
        okr_page_beside(page, text, LABEL_COLUMNS);
        return;
    }
    okr_page_text(page, tone, text);
    okr_page_line_end(page);
}

/* Members that the head says, or that say how it is stored. */
static bool is_elsewhere(const char *key)
{
    static const char *const keys[] = {
        "id",       "ref",          "kind",       "title",  "name",
        "archived", "pending",      "lsn",        "home",   "via",
        "progress", "raw_progress", "measured",   "status", "expected",
        "children", "key_results",  "created_at", "author", "import_key",
        "batch",    "detail",       "signature",
    };
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return false;
}

static void put_member(struct okr_page *page, const json_t *entity,
                       const char *key, const json_t *value)
{
    const char *text = okr_member(page, entity, key);
    enum okr_tone tone =
        okr_print_is_word(key) ? okr_tone_of(text) : OKR_TONE_PLAIN;
    if (!json_is_false(value))
        put_row(page, key, tone, okr_print_value(page, entity, key, key));
}

static void put_gauge(struct okr_page *page, const json_t *entity)
{
    const json_t *progress = json_object_get(entity, "progress");
    const char *status = okr_member(page, entity, "status");
    if (!json_is_number(progress))
        return;
    const char *expected =
        okr_page_percent(page, json_object_get(entity, "expected"));
    put_label(page, okr_word("progress"));
    okr_page_text(page, okr_tone_of(status), okr_page_bar(page, progress));
    okr_page_spaces(page, 2);
    okr_page_text(page, okr_tone_of(status), okr_word(status));
    if (expected[0] != '\0') {
        okr_page_tone(page, OKR_TONE_FAINT);
        okr_buf_printf(page->out, _("  (expected by today: %s)"), expected);
        okr_page_tone(page, OKR_TONE_PLAIN);
    }
    okr_page_line_end(page);
}

static void put_made(struct okr_page *page, const json_t *entity)
{
    const char *author = okr_print_value(page, entity, "author", "author");
    const char *time = json_string_value(json_object_get(entity, "created_at"));
    if (author[0] == '\0')
        return;
    put_row(page, "author", OKR_TONE_FAINT,
            okr_arena_printf(page->arena, "%s, %s", author,
                             okr_page_time(page, time)));
}

/* ---- what hangs below ---------------------------------------------------- */

struct part {
    const char *key, *title;
    const char *columns[5]; /* members, NULL at the end */
};
static const struct part parts[] = {
    {"check_ins",
     N_("Check-ins"),
     {"observed_at", "value", "confidence", "author", "note"}},
    {"tasks", N_("Tasks"), {"ref", "title", "state", "owner", "due"}},
    {"comments", N_("Comments"), {"created_at", "author", "text", NULL}},
    {"reactions", N_("Reactions"), {"author", "reaction_kind", NULL}},
    {"assessments",
     N_("Assessments"),
     {"author", "assessment_kind", "score", "text", NULL}},
    {"made", N_("What it made"), {"ref", "kind", "title", NULL}},
};

static bool is_part(const char *key)
{
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (strcmp(parts[i].key, key) == 0)
            return true;
    return strcmp(key, "conflicts") == 0;
}

/* Lines of a note become one: a table's row is one line. */
static const char *on_one_line(struct okr_page *page, const json_t *row,
                               const char *key)
{
    const char *text = okr_print_value(page, row, key, key);
    char *copy = okr_arena_str(page->arena, okr_slice_str(text));
    for (char *c = copy; c != NULL && *c != '\0'; c++)
        if (*c == '\n')
            *c = ' ';
    return copy;
}

static void put_part(struct okr_page *page, const json_t *entity,
                     const struct part *part)
{
    const json_t *rows = json_object_get(entity, part->key);
    struct okr_table table;
    size_t n = 0;
    if (json_array_size(rows) == 0)
        return;
    okr_page_line_end(page);
    okr_page_text(page, OKR_TONE_STRONG, _(part->title));
    okr_page_line_end(page);
    okr_table_init(&table, page);
    okr_table_column(&table, "", OKR_COLUMN_WHOLE);
    for (; n < 5 && part->columns[n] != NULL; n++) {
        bool flexible = strcmp(part->columns[n], "text") == 0 ||
                        strcmp(part->columns[n], "note") == 0 ||
                        strcmp(part->columns[n], "title") == 0;
        const char *label = okr_word(part->columns[n]);
        okr_table_column(&table,
                         okr_arena_str(page->arena, okr_slice_str(label)),
                         flexible ? OKR_COLUMN_FLEXIBLE : OKR_COLUMN_PLAIN);
    }
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        okr_table_cell(&table, OKR_TONE_WARN, okr_print_mark(page, row));
        for (size_t k = 0; k < n; k++)
            okr_table_cell(&table, OKR_TONE_PLAIN,
                           on_one_line(page, row, part->columns[k]));
    }
    okr_table_print(&table);
}

static void put_head(struct okr_page *page, const json_t *entity)
{
    okr_page_text(page, OKR_TONE_FAINT, okr_member(page, entity, "ref"));
    okr_page_spaces(page, 2);
    okr_page_text(page, OKR_TONE_STRONG, okr_member_title(page, entity));
    okr_buf_printf(page->out, "  (%s)",
                   okr_word(okr_member(page, entity, "kind")));
    if (okr_member_yes(entity, "archived"))
        okr_page_text(page, OKR_TONE_WARN, _("  archived"));
    if (okr_print_mark(page, entity)[0] != '\0')
        okr_page_text(page, OKR_TONE_WARN, " *");
    okr_page_line_end(page);
}

void okr_print_show(struct okr_page *page, const json_t *entity)
{
    const char *key;
    const json_t *value;
    put_head(page, entity);
    put_gauge(page, entity);
    for (void *at = json_object_iter((json_t *)(uintptr_t)entity); at != NULL;
         at = json_object_iter_next((json_t *)(uintptr_t)entity, at)) {
        key = json_object_iter_key(at);
        value = json_object_iter_value(at);
        if (!is_elsewhere(key) && !is_part(key))
            put_member(page, entity, key, value);
    }
    put_row(page, "key_results", OKR_TONE_PLAIN,
            okr_print_value(page, entity, "key_results", "key_results"));
    put_made(page, entity);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        put_part(page, entity, &parts[i]);
    if (json_is_false(json_object_get(entity, "detail"))) {
        okr_page_text(page, OKR_TONE_FAINT,
                      _("check-ins, tasks and comments of this unit are not "
                        "kept at this site"));
        okr_page_line_end(page);
    }
    if (json_array_size(json_object_get(entity, "conflicts")) > 0) {
        okr_page_line_end(page);
        okr_page_text(page, OKR_TONE_STRONG, _("Conflicts"));
        okr_page_line_end(page);
        okr_print_conflicts(page, json_object_get(entity, "conflicts"));
    }
    okr_print_legend(page);
}
