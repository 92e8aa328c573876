/* Sentences about what was typed: cut to fit, and never a way to put control
 * characters on somebody's terminal. */
#include "common/compose/say.h"

#include <inttypes.h>
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

static void put(char *at, size_t cap, const char *text)
{
    size_t len = strlen(at);
    OKR_ASSERT(len < cap);
    if ((size_t)snprintf(at + len, cap - len, "%s", text) >= cap - len)
        trim_broken(at);
}

/* ---- clauses ------------------------------------------------------------- */

static size_t args_of(const char *format)
{
    size_t n = 0;
    for (const char *c = format; (c = strchr(c, '%')) != NULL; c += 2) {
        OKR_ASSERT(c[1] == 's'); /* what can be kept and said again */
        n++;
    }
    OKR_ASSERT(n <= OKR_CLAUSE_ARGS);
    return n;
}

/* What does not fit is not said in another language either: the English text
 * is cut at the same place. */
static void keep(struct okr_clauses *said, const char *format,
                 const char *const *args, size_t n)
{
    if (said->n == OKR_CLAUSES_MAX)
        return;
    for (size_t i = 0; i < n; i++) {
        char *at = said->pool + said->used;
        size_t room = sizeof said->pool - said->used;
        if (room < 8)
            return;
        if ((size_t)snprintf(at, room, "%s", args[i]) >= room)
            trim_broken(at);
        said->clause[said->n].args[i] = said->used;
        said->used = (uint16_t)(said->used + strlen(at) + 1);
    }
    said->clause[said->n].format = format;
    said->clause[said->n].n_args = (uint8_t)n;
    said->n++;
}

static const char *as_it_is(const char *english)
{
    return english;
}

/* A word of the schema reads better without its underscores; what a person
 * typed is in quotes, an option has dashes, so neither is taken for one. */
static void put_arg(char *out, size_t cap, const char *arg,
                    okr_translate *translate)
{
    const char *said = translate(arg);
    size_t from = strlen(out);
    put(out, cap, said);
    bool word = arg[0] != '\0' &&
                strspn(arg, "abcdefghijklmnopqrstuvwxyz_") == strlen(arg);
    for (char *c = out + from; word && said == arg && *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
}

/* "%s" takes the next argument, "%2$s" the second. */
static void render_clause(const struct okr_clauses *said, size_t i,
                          okr_translate *translate, char *out, size_t cap)
{
    size_t next = 0;
    const char *c = translate(said->clause[i].format);
    while (*c != '\0') {
        size_t plain = strcspn(c, "%");
        char text[sizeof said->pool];
        (void)snprintf(text, sizeof text, "%.*s", (int)plain, c);
        put(out, cap, text);
        c += plain;
        if (*c == '\0')
            return;
        size_t at = next++;
        if (c[1] >= '1' && c[1] <= '9' && c[2] == '$') {
            at = (size_t)(c[1] - '1');
            c += 2;
        }
        c += 2;
        if (at < said->clause[i].n_args)
            put_arg(out, cap, said->pool + said->clause[i].args[at], translate);
    }
}

void okr_problem_render(const struct okr_clauses *said,
                        okr_translate *translate, char *out, size_t cap)
{
    OKR_ASSERT(said != NULL && translate != NULL && cap > 0);
    out[0] = '\0';
    for (size_t i = 0; i < said->n; i++)
        render_clause(said, i, translate, out, cap);
}

__attribute__((format(printf, 2, 0))) static void
say(struct okr_clauses *said, const char *format, va_list args)
{
    const char *texts[OKR_CLAUSE_ARGS];
    size_t n = args_of(format);
    for (size_t i = 0; i < n; i++)
        texts[i] = va_arg(args, const char *);
    keep(said, format, texts, n);
}

void okr_say(struct okr_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(&problem->said_what, format, args);
    va_end(args);
    okr_problem_render(&problem->said_what, as_it_is, problem->what,
                       sizeof problem->what);
}

void okr_say_remedy(struct okr_problem *problem, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say(&problem->said_remedy, format, args);
    va_end(args);
    okr_problem_render(&problem->said_remedy, as_it_is, problem->remedy,
                       sizeof problem->remedy);
}

static void add_clauses(struct okr_clauses *to, const struct okr_clauses *from)
{
    for (size_t i = 0; i < from->n; i++) {
        const char *args[OKR_CLAUSE_ARGS];
        for (size_t k = 0; k < from->clause[i].n_args; k++)
            args[k] = from->pool + from->clause[i].args[k];
        keep(to, from->clause[i].format, args, from->clause[i].n_args);
    }
}

void okr_say_again(struct okr_problem *problem, const struct okr_problem *other)
{
    add_clauses(&problem->said_what, &other->said_what);
    add_clauses(&problem->said_remedy, &other->said_remedy);
    okr_problem_render(&problem->said_what, as_it_is, problem->what,
                       sizeof problem->what);
    okr_problem_render(&problem->said_remedy, as_it_is, problem->remedy,
                       sizeof problem->remedy);
}

/* ---- what stands in them ------------------------------------------------- */

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

static void put_clipped(struct okr_said *said, struct okr_slice text,
                        size_t columns)
{
    char plain[4 * TYPED_COLUMNS + 1];
    size_t len = tame(text, plain, sizeof plain);
    struct okr_slice fit = okr_utf8_fit(okr_slice_of(plain, len), columns);
    bool cut = fit.len < len || len < text.len;
    plain[fit.len] = '\0';
    put(said->text, sizeof said->text, plain);
    put(said->text, sizeof said->text, cut ? "…" : "");
}

const char *okr_said_typed(struct okr_said *said, struct okr_slice text)
{
    put(said->text, sizeof said->text, "\"");
    put_clipped(said, text, TYPED_COLUMNS);
    put(said->text, sizeof said->text, "\"");
    return said->text;
}

void okr_said_item(struct okr_said *said, const char *item)
{
    put(said->text, sizeof said->text, said->text[0] == '\0' ? "" : ", ");
    put(said->text, sizeof said->text, item);
}

const char *okr_said_kind(uint32_t kind)
{
    const struct okr_kind_info *info = okr_kind_info(kind);
    return info == NULL ? "entity" : info->word;
}

const char *okr_said_words(struct okr_said *said, uint16_t vocabulary)
{
    const char *word;
    for (size_t at = 0; (word = okr_enum_next(vocabulary, &at)) != NULL;)
        okr_said_item(said, word);
    return said->text;
}

const char *okr_said_fields(struct okr_said *said, uint32_t kind)
{
    const struct okr_field_info *field;
    for (size_t at = OKR_FIELD_COMMON_MAX + 1;
         (field = okr_field_next(kind, &at)) != NULL;)
        if (field->merge != OKR_MERGE_DERIVED)
            okr_said_item(said, field->word);
    return said->text;
}

const char *okr_said_entity(struct okr_said *said,
                            const struct okr_record *record)
{
    char ref[OKR_REF_TEXT];
    okr_ref_format(record->kind, &record->id, OKR_REF_CHARS, ref);
    put(said->text, sizeof said->text, ref);
    uint16_t field = okr_field_named(record->kind, "title");
    if (field == 0)
        field = okr_field_named(record->kind, "name");
    struct okr_slice title =
        field == 0 ? OKR_SLICE_NONE : okr_record_text(record, field);
    if (title.len == 0)
        return said->text;
    put(said->text, sizeof said->text, " (");
    put_clipped(said, title, TITLE_COLUMNS);
    put(said->text, sizeof said->text, ")");
    return said->text;
}

const char *okr_said_number(struct okr_said *said, uint64_t number)
{
    (void)snprintf(said->text, sizeof said->text, "%" PRIu64, number);
    return said->text;
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

void okr_problem_of(const struct okr_verdict *verdict, uint16_t kind,
                    struct okr_problem *ret_problem)
{
    OKR_ASSERT(verdict != NULL && ret_problem != NULL);
    *ret_problem = (struct okr_problem){.rule = verdict->rule,
                                        .offences = verdict->offences,
                                        .n_offences = verdict->n_offences};
    if (verdict->rule == OKR_RULE_NONE)
        return;
    const struct okr_field_info *field =
        verdict->field == 0 ? NULL : okr_field_info(kind, verdict->field);
    if (field != NULL)
        okr_say(ret_problem, N_("%s: "), field->word);
    okr_say(ret_problem, "%s", okr_rule_what(verdict->rule));
    if (!okr_id_is_zero(&verdict->about)) {
        char hex[OKR_ID_HEX];
        okr_id_hex(&verdict->about, hex);
        okr_say(ret_problem, " (%s)", hex);
    }
    okr_say_remedy(ret_problem, "%s", okr_rule_remedy(verdict->rule));
}
