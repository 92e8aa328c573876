/* Values of fields, whatever the field: words in the reader's language, times
 * on his clock, ids by the names of what they stand for. */
#include <string.h>

#include "client/cli/print.h"

enum { ID_CHARS = 32 };

static bool is_id(const char *text)
{
    return strlen(text) == ID_CHARS &&
           strspn(text, "0123456789abcdef") == ID_CHARS;
}

static bool ends_in(const char *key, const char *end)
{
    size_t len = strlen(key), n = strlen(end);
    return len > n && strcmp(key + len - n, end) == 0;
}

bool okr_print_is_word(const char *key)
{
    static const char *const keys[] = {
        "kind", "state",   "status", "metric",   "phase", "origin",
        "role", "horizon", "verb",   "workflow", "field", "objective_status"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        if (strcmp(keys[i], key) == 0)
            return true;
    return ends_in(key, "_kind");
}

static const char *name_of(struct okr_page *page, const char *text)
{
    if (!is_id(text) || page->name == NULL)
        return text;
    return page->name(page->context, text);
}

static const char *names_of(struct okr_page *page, const json_t *ids)
{
    const char *all = "";
    for (size_t i = 0; i < json_array_size(ids); i++) {
        const char *one = json_string_value(json_array_get(ids, i));
        const char *text =
            okr_arena_printf(page->arena, "%s%s%s", all, i > 0 ? "\n" : "",
                             one == NULL ? "" : name_of(page, one));
        all = text == NULL ? all : text;
    }
    return all;
}

const char *okr_print_value(struct okr_page *page, const json_t *object,
                            const char *key, const char *field)
{
    const json_t *value = json_object_get(object, key);
    const char *text = json_string_value(value);
    if (json_is_string(json_array_get(value, 0)))
        return names_of(page, value);
    if (text == NULL)
        return okr_member(page, object, key);
    /* A unit's health has metrics of its own, which are no words of ours. */
    bool own =
        strcmp(field, "metric") == 0 && okr_member_is(object, "kind", "health");
    if (okr_print_is_word(field) && !own)
        return okr_member_word(page, object, key);
    if (ends_in(field, "_at"))
        return okr_page_time(page, text);
    return name_of(page, text);
}
