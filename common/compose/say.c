/* Sentences about what was typed: cut to fit, and never a way to put control
 * characters on somebody's terminal. */
#include "common/compose/say.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/utf8.h"
#include "common/model/ref.h"

enum { TYPED_COLUMNS = 60, TITLE_COLUMNS = 40 };

/* Takes back a character that was cut in its middle. */
static void trim_broken(char *text)
{
    size_t len = strlen(text);
    while (len > 0 && !okr_utf8_valid(okr_slice_of(text, len)))
        len--;
    text[len] = '\0';
}

__attribute__((format(printf, 3, 0))) static void
append(char *at, size_t cap, const char *format, va_list args)
{
    size_t len = strlen(at);
    OKR_ASSERT(len < cap);
    int more = vsnprintf(at + len, cap - len, format, args);
    OKR_ASSERT(more >= 0);
    if ((size_t)more >= cap - len)
        trim_broken(at);
}

void okr_say(struct okr_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(problem->what, sizeof problem->what, format, args);
    va_end(args);
}

void okr_say_remedy(struct okr_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(problem->remedy, sizeof problem->remedy, format, args);
    va_end(args);
}

/* Printable or '?', so that the result is valid and on one line. */
static size_t tame(struct okr_slice text, char *out, size_t cap)
{
    bool valid = okr_utf8_valid(text);
    size_t n = 0;
    for (; n < text.len && n + 1 < cap; n++) {
        uint8_t c = text.data[n];
        bool bad = c < 0x20 || c == 0x7f || (c >= 0x80 && !valid);
        out[n] = bad ? '?' : (char)c;
    }
    out[n] = '\0';
    trim_broken(out);
    return strlen(out);
}

static void say_clipped(struct okr_problem *problem, struct okr_slice text,
                        size_t columns)
{
    char plain[4 * TYPED_COLUMNS + 1];
    size_t len = tame(text, plain, sizeof plain);
    struct okr_slice fit = okr_utf8_fit(okr_slice_of(plain, len), columns);
    bool cut = fit.len < len || len < text.len;
    okr_say(problem, "%.*s%s", (int)fit.len, plain, cut ? "…" : "");
}

void okr_say_typed(struct okr_problem *problem, struct okr_slice text)
{
    okr_say(problem, "\"");
    say_clipped(problem, text, TYPED_COLUMNS);
    okr_say(problem, "\"");
}

void okr_say_kind(struct okr_problem *problem, uint32_t kind)
{
    const struct okr_kind_info *info = okr_kind_info(kind);
    const char *word = info == NULL ? "entity" : info->word;
    for (; *word != '\0'; word++)
        okr_say(problem, "%c", *word == '_' ? ' ' : *word);
}

void okr_say_words(struct okr_problem *problem, uint16_t vocabulary)
{
    const char *word, *comma = "";
    for (size_t at = 0; (word = okr_enum_next(vocabulary, &at)) != NULL;) {
        okr_say(problem, "%s%s", comma, word);
        comma = ", ";
    }
}

void okr_say_fields(struct okr_problem *problem, uint32_t kind)
{
    const struct okr_field_info *field;
    const char *comma = "";
    for (size_t at = OKR_FIELD_COMMON_MAX + 1;
         (field = okr_field_next(kind, &at)) != NULL;) {
        if (field->merge == OKR_MERGE_DERIVED)
            continue;
        okr_say(problem, "%s%s", comma, field->word);
        comma = ", ";
    }
}

void okr_say_entity(struct okr_problem *problem,
                    const struct okr_record *record)
{
    char ref[OKR_REF_TEXT];
    okr_ref_format(record->kind, &record->id, OKR_REF_CHARS, ref);
    okr_say(problem, "%s", ref);
    uint16_t field = okr_field_named(record->kind, "title");
    if (field == 0)
        field = okr_field_named(record->kind, "name");
    struct okr_slice title =
        field == 0 ? OKR_SLICE_NONE : okr_record_text(record, field);
    if (title.len == 0)
        return;
    okr_say(problem, " (");
    say_clipped(problem, title, TITLE_COLUMNS);
    okr_say(problem, ")");
}

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct okr_slice okr_say_trimmed(struct okr_slice text)
{
    while (text.len > 0 && is_blank(text.data[0]))
        text = okr_slice_sub(text, 1, text.len);
    while (text.len > 0 && is_blank(text.data[text.len - 1]))
        text.len--;
    return text;
}

const char *okr_say_article(const char *word)
{
    return strchr("aeio", word[0]) != NULL ? "an" : "a";
}

void okr_problem_of(const struct okr_verdict *verdict, uint16_t kind,
                    struct okr_problem *ret_problem)
{
    OKR_ASSERT(verdict != NULL && ret_problem != NULL);
    *ret_problem = (struct okr_problem){.rule = verdict->rule};
    if (verdict->rule == OKR_RULE_NONE)
        return;
    const struct okr_field_info *field =
        verdict->field == 0 ? NULL : okr_field_info(kind, verdict->field);
    if (field != NULL)
        okr_say(ret_problem, "%s: ", field->word);
    okr_say(ret_problem, "%s", okr_rule_what(verdict->rule));
    if (!okr_id_is_zero(&verdict->about)) {
        char hex[OKR_ID_HEX];
        okr_id_hex(&verdict->about, hex);
        okr_say(ret_problem, " (%s)", hex);
    }
    okr_say_remedy(ret_problem, "%s", okr_rule_remedy(verdict->rule));
}
