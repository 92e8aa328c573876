/* Reading a file, whatever its format: steps, and what makes it no text. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/utf8.h"
#include "common/import/markdown_text.h"
#include "common/import/read_impl.h"

enum okr_err okr_import_say(struct okr_import_notes *notes,
                            struct okr_arena *arena, uint32_t line,
                            const char *column, const char *rule,
                            const char *format, ...)
{
    char text[400];
    va_list args;
    if (notes->n == notes->cap) {
        size_t cap = notes->cap == 0 ? 16 : notes->cap * 2;
        struct okr_import_note *at = okr_arena_array(arena, cap, sizeof *at);
        if (at == NULL)
            return OKR_ERR_NOMEM;
        if (notes->n > 0)
            memcpy(at, notes->at, notes->n * sizeof *at);
        notes->at = at;
        notes->cap = cap;
    }
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    /* A cut in the middle of a character would not be text any more. */
    struct okr_slice s = okr_slice_str(text);
    while (s.len > 0 && !okr_utf8_valid(s))
        s.len--;
    const char *copy = okr_arena_str(arena, s);
    if (copy == NULL)
        return OKR_ERR_NOMEM;
    notes->at[notes->n++] = (struct okr_import_note){line, column, rule, copy};
    return OKR_OK;
}

enum okr_err okr_import_add_row(struct okr_import_doc *doc,
                                const struct okr_import_row *row)
{
    if (doc->n_rows == doc->cap_rows) {
        size_t cap = doc->cap_rows == 0 ? 256 : doc->cap_rows * 2;
        struct okr_import_row *rows =
            okr_arena_array(doc->arena, cap, sizeof *rows);
        if (rows == NULL)
            return OKR_ERR_NOMEM;
        if (doc->n_rows > 0)
            memcpy(rows, doc->rows, doc->n_rows * sizeof *rows);
        doc->rows = rows;
        doc->cap_rows = cap;
    }
    doc->rows[doc->n_rows++] = *row;
    return OKR_OK;
}

enum okr_err okr_import_break(struct okr_import_doc *doc, uint32_t line,
                              const char *column, const char *rule,
                              const char *why)
{
    if (doc->broken != NULL)
        return OKR_OK;
    OKR_TRY(okr_import_say(&doc->errors, doc->arena, line, column, rule, "%s",
                           why));
    doc->broken = doc->errors.at[doc->errors.n - 1].message;
    return OKR_OK;
}

/* ---- formats ------------------------------------------------------------- */
bool okr_import_format_of(struct okr_slice word,
                          enum okr_import_format *ret_format)
{
    static const struct {
        const char *word;
        enum okr_import_format format;
    } words[] = {{"markdown", OKR_IMPORT_MARKDOWN},
                 {"md", OKR_IMPORT_MARKDOWN},
                 {"csv", OKR_IMPORT_CSV},
                 {"json", OKR_IMPORT_JSON}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (okr_slice_is(word, words[i].word)) {
            *ret_format = words[i].format;
            return true;
        }
    return false;
}

static bool ends_in(struct okr_slice name, const char *end)
{
    size_t n = strlen(end);
    if (name.len <= n)
        return false;
    for (size_t i = 0; i < n; i++) {
        uint8_t c = name.data[name.len - n + i];
        if ((c >= 'A' && c <= 'Z' ? c + 32 : c) != end[i])
            return false;
    }
    return true;
}

enum okr_import_format okr_import_guess(struct okr_slice name,
                                        struct okr_slice text)
{
    static const struct {
        const char *end;
        enum okr_import_format format;
    } ends[] = {
        {".csv", OKR_IMPORT_CSV},           {".tsv", OKR_IMPORT_CSV},
        {".json", OKR_IMPORT_JSON},         {".md", OKR_IMPORT_MARKDOWN},
        {".markdown", OKR_IMPORT_MARKDOWN},
    };
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (ends_in(name, ends[i].end))
            return ends[i].format;
    struct okr_slice head = okr_markdown_trim(okr_slice_sub(text, 0, 400));
    if (head.len > 0 && (head.data[0] == '{' || head.data[0] == '['))
        return OKR_IMPORT_JSON;
    return okr_csv_is(text) ? OKR_IMPORT_CSV : OKR_IMPORT_MARKDOWN;
}

/* ---- no text ------------------------------------------------------------- */

/* The first byte that is not part of valid UTF-8; the length: none. */
static size_t first_bad(struct okr_slice text)
{
    size_t from = 0, to = text.len;
    if (okr_utf8_valid(text))
        return text.len;
    /* The longest valid prefix ends within four bytes of where halving ends:
     * a prefix that ends inside a character is not valid either. */
    while (to - from > 1024) {
        size_t half = from + (to - from) / 2, end = half;
        while (end > from && (text.data[end] & 0xc0) == 0x80 && half - end < 4)
            end--;
        if (okr_utf8_valid(okr_slice_sub(text, from, end - from)))
            from = end;
        else
            to = half;
    }
    while (from < text.len) {
        size_t n = 1;
        while (n <= 4 && !okr_utf8_valid(okr_slice_sub(text, from, n)))
            n++;
        if (n > 4 || from + n > text.len)
            return from;
        from += n;
    }
    return from;
}

/* Pairs as GBK and GB 18030 have them, from `at` on. */
static bool looks_gbk(struct okr_slice text, size_t at)
{
    size_t pairs = 0;
    for (size_t i = at; i < text.len && pairs < 64; i++) {
        if (text.data[i] < 0x80)
            continue;
        if (i + 1 == text.len || text.data[i] < 0x81 || text.data[i + 1] < 0x40)
            return false;
        pairs++;
        i++;
    }
    return pairs >= 2;
}

static const char *encoding_of(struct okr_slice text, size_t bad)
{
    const uint8_t *b = text.data;
    size_t n = text.len < 64 ? text.len : 64, even = 0, odd = 0;
    if (text.len >= 2 &&
        ((b[0] == 0xff && b[1] == 0xfe) || (b[0] == 0xfe && b[1] == 0xff)))
        return "UTF-16";
    for (size_t i = 0; i < n; i++) {
        even += i % 2 == 0 && b[i] == 0;
        odd += i % 2 == 1 && b[i] == 0;
    }
    if (odd > n / 4)
        return "UTF-16LE";
    if (even > n / 4)
        return "UTF-16BE";
    return looks_gbk(text, bad) ? "GB18030" : "WINDOWS-1252";
}

static enum okr_err check_text(struct okr_import_doc *doc,
                               struct okr_slice text)
{
    char why[300];
    const uint8_t *nul = text.len == 0 ? NULL : memchr(text.data, 0, text.len);
    size_t bad = first_bad(text);
    if (nul != NULL && (size_t)(nul - text.data) < bad)
        bad = (size_t)(nul - text.data);
    if (bad == text.len)
        return OKR_OK;
    const char *from = encoding_of(text, bad);
    uint32_t line = 1;
    for (size_t i = 0; i < bad; i++)
        line += text.data[i] == '\n';
    if (text.data[bad] == 0 && from[0] != 'U')
        (void)snprintf(why, sizeof why,
                       "byte %zu (line %u) is NUL: this is no text; save it "
                       "as UTF-8 text",
                       bad, line);
    else
        (void)snprintf(why, sizeof why,
                       "byte %zu (line %u) is not UTF-8; it may be %s: "
                       "iconv -f %s -t UTF-8 FILE > FILE.utf8",
                       bad, line, from, from);
    return okr_import_break(doc, line, "", "encoding", why);
}

/* ---- steps --------------------------------------------------------------- */
struct okr_import_reader {
    struct okr_import_doc doc;
    enum okr_import_format format;
    struct okr_markdown *markdown;
    struct okr_csv *csv;
    struct okr_rows *rows;
};

static enum okr_err begin(struct okr_import_reader *r, struct okr_slice text)
{
    OKR_TRY(check_text(&r->doc, text));
    if (r->doc.broken != NULL)
        return OKR_OK;
    if (okr_slice_starts(text, OKR_SLICE_LIT("\xef\xbb\xbf")))
        text = okr_slice_sub(text, 3, text.len);
    switch (r->format) {
    case OKR_IMPORT_CSV:
        return okr_csv_begin(text, &r->doc, &r->csv);
    case OKR_IMPORT_JSON:
        return okr_rows_begin(text, &r->doc, &r->rows);
    case OKR_IMPORT_ANY:
    case OKR_IMPORT_MARKDOWN:
        break;
    }
    return okr_markdown_begin(text, &r->doc, &r->markdown);
}

enum okr_err okr_import_read_begin(enum okr_import_format format,
                                   struct okr_slice text,
                                   struct okr_arena *arena,
                                   struct okr_import_reader **ret_reader)
{
    OKR_ASSERT(arena != NULL && ret_reader != NULL);
    struct okr_import_reader *r = calloc(1, sizeof *r);
    if (r == NULL)
        return OKR_ERR_NOMEM;
    r->format = format == OKR_IMPORT_ANY
                    ? okr_import_guess(OKR_SLICE_NONE, text)
                    : format;
    r->doc.arena = arena;
    enum okr_err err = begin(r, text);
    if (err != OKR_OK)
        okr_import_read_free(&r);
    else
        *ret_reader = r;
    return err;
}

enum okr_err okr_import_read_step(struct okr_import_reader *r, bool *ret_done)
{
    if (r->doc.broken != NULL) {
        *ret_done = true;
        return OKR_OK;
    }
    if (r->csv != NULL)
        return okr_csv_step(r->csv, ret_done);
    if (r->rows != NULL)
        return okr_rows_step(r->rows, ret_done);
    return okr_markdown_step(r->markdown, ret_done);
}

const struct okr_import_doc *
okr_import_read_doc(const struct okr_import_reader *reader)
{
    return &reader->doc;
}

void okr_import_read_free(struct okr_import_reader **reader)
{
    if (*reader == NULL)
        return;
    okr_csv_free(&(*reader)->csv);
    okr_rows_free(&(*reader)->rows);
    free(*reader);
    *reader = NULL;
}

enum okr_err okr_import_read(enum okr_import_format format,
                             struct okr_slice text, struct okr_arena *arena,
                             struct okr_import_doc *ret_doc)
{
    struct okr_import_reader *reader;
    bool done = false;
    OKR_TRY(okr_import_read_begin(format, text, arena, &reader));
    enum okr_err err = OKR_OK;
    while (err == OKR_OK && !done)
        err = okr_import_read_step(reader, &done);
    if (err == OKR_OK)
        *ret_doc = reader->doc;
    okr_import_read_free(&reader);
    return err;
}
