/* Looking into JSON that a test got. */
#include "tests/lib/json_look.h"

#include <stdlib.h>
#include <string.h>

/* Behind the string that begins at `at`; NULL if it is none. */
static const char *check_string(const char *at)
{
    if (*at++ != '"')
        return NULL;
    for (; *at != '"'; at++) {
        if ((unsigned char)*at < ' ')
            return NULL;
        if (*at == '\\' && *++at == '\0')
            return NULL;
    }
    return at + 1;
}

static const char *check_value(const char *at);

static const char *check_members(const char *at, bool object)
{
    const char end = object ? '}' : ']';
    if (*at == end)
        return at + 1;
    for (;; at++) {
        if (object && ((at = check_string(at)) == NULL || *at++ != ':'))
            return NULL;
        at = check_value(at);
        if (at == NULL)
            return NULL;
        if (*at == end)
            return at + 1;
        if (*at != ',')
            return NULL;
    }
}

static const char *check_value(const char *at)
{
    if (*at == '"')
        return check_string(at);
    if (*at == '{' || *at == '[')
        return check_members(at + 1, *at == '{');
    size_t len = strspn(at, "-.0123456789aeflnrstu");
    return len > 0 ? at + len : NULL;
}

bool okr_json_valid(const char *json)
{
    const char *end = check_value(json);
    return end != NULL && *end == '\0';
}

const char *okr_json_skip(const char *at)
{
    const char *end = check_value(at);
    return end == NULL ? at + strlen(at) : end;
}

/* The member or element that the path's first `len` characters name; NULL. */
static const char *step(const char *at, const char *path, size_t len)
{
    bool object = *at == '{';
    long index = object ? -1 : strtol(path, NULL, 10);
    if ((!object && *at != '[') || at[1] == '}' || at[1] == ']')
        return NULL;
    for (at++;; at++) {
        if (!object && index-- == 0)
            return at;
        const char *value = object ? check_string(at) + 1 : at;
        if (object && value - at == (long)len + 3 &&
            strncmp(at + 1, path, len) == 0)
            return value;
        at = okr_json_skip(value);
        if (*at != ',')
            return NULL;
    }
}

const char *okr_json_at(const char *json, const char *path,
                        struct okr_arena *arena)
{
    const char *at = json;
    while (*path != '\0' && at != NULL) {
        size_t len = strcspn(path, ".");
        at = step(at, path, len);
        path += len + (path[len] == '.' ? 1 : 0);
    }
    if (at == NULL)
        return NULL;
    size_t len = (size_t)(okr_json_skip(at) - at);
    return okr_arena_str(arena, okr_slice_of(at, len));
}
