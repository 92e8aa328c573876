/* Writing text for a terminal: tones, cuts, wrapped lines. */
#include "client/cli/page.h"

#include <string.h>

#include "common/base/utf8.h"

enum { WRAP_MIN = 20, WRAP_DEFAULT = 80 };

void okr_page_tone(struct okr_page *page, enum okr_tone tone)
{
    static const char *const codes[] = {
        [OKR_TONE_PLAIN] = "\033[0m", [OKR_TONE_STRONG] = "\033[1m",
        [OKR_TONE_FAINT] = "\033[2m", [OKR_TONE_GOOD] = "\033[32m",
        [OKR_TONE_WARN] = "\033[33m", [OKR_TONE_BAD] = "\033[31m"};
    if (page->colour)
        okr_buf_put(page->out, okr_slice_str(codes[tone]));
}

/* Titles come from other people: nothing of them may move the cursor. */
static void put_tame(struct okr_page *page, struct okr_slice text)
{
    while (text.len > 0) {
        struct okr_slice from = text;
        uint32_t c = okr_utf8_next(&text);
        bool wild = c < 0x20 || (c >= 0x7f && c < 0xa0) ||
                    (c >= 0x202a && c <= 0x202e) ||
                    (c >= 0x2066 && c <= 0x2069);
        if (!wild)
            okr_buf_put(page->out,
                        okr_slice_of(from.data, from.len - text.len));
    }
}

static struct okr_slice slice_of(const char *text)
{
    struct okr_slice s = okr_slice_str(text);
    return okr_utf8_valid(s) ? s : OKR_SLICE_LIT("?");
}

size_t okr_page_width(const char *text)
{
    return okr_utf8_width(slice_of(text));
}

size_t okr_page_cut(struct okr_page *page, enum okr_tone tone, const char *text,
                    size_t columns)
{
    struct okr_slice s = slice_of(text);
    size_t width = okr_utf8_width(s);
    bool cut = columns > 0 && width > columns;
    if (cut) {
        s = okr_utf8_fit(s, columns - 1);
        width = okr_utf8_width(s) + 1;
    }
    if (tone != OKR_TONE_PLAIN)
        okr_page_tone(page, tone);
    put_tame(page, s);
    if (cut)
        okr_buf_put(page->out, OKR_SLICE_LIT("…"));
    if (tone != OKR_TONE_PLAIN)
        okr_page_tone(page, OKR_TONE_PLAIN);
    return width;
}

void okr_page_text(struct okr_page *page, enum okr_tone tone, const char *text)
{
    (void)okr_page_cut(page, tone, text, 0);
}

void okr_page_spaces(struct okr_page *page, size_t n)
{
    okr_buf_printf(page->out, "%*s", (int)n, "");
}

void okr_page_line_end(struct okr_page *page)
{
    okr_buf_put(page->out, OKR_SLICE_LIT("\n"));
}

/* ---- prose --------------------------------------------------------------- */

/* The bytes that go on one line of `columns`: up to a blank where there is
 * one, between two wide characters where there is none. */
static struct okr_slice line_of(struct okr_slice text, size_t columns)
{
    struct okr_slice fit = okr_utf8_fit(text, columns);
    if (fit.len == text.len || text.data[fit.len] == ' ')
        return fit;
    for (size_t len = fit.len; len > 0; len--)
        if (text.data[len - 1] == ' ')
            return okr_slice_of(text.data, len - 1);
        else if (text.data[len - 1] >= 0x80)
            break; /* Chinese is broken anywhere */
    return fit.len > 0 ? fit : text;
}

static void put_wrapped(struct okr_page *page, struct okr_slice text,
                        size_t indent)
{
    size_t width = page->columns == 0 ? WRAP_DEFAULT : page->columns;
    size_t columns = width > indent + WRAP_MIN ? width - indent : WRAP_MIN;
    do {
        struct okr_slice line = line_of(text, columns);
        okr_page_spaces(page, indent);
        put_tame(page, line);
        okr_page_line_end(page);
        text = okr_slice_sub(text, line.len, text.len);
        while (text.len > 0 && text.data[0] == ' ')
            text = okr_slice_sub(text, 1, text.len);
    } while (text.len > 0);
}

void okr_page_prose(struct okr_page *page, const char *text, size_t indent)
{
    struct okr_slice rest = slice_of(text);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        size_t len = end == NULL ? rest.len : (size_t)(end - rest.data);
        put_wrapped(page, okr_slice_sub(rest, 0, len), indent);
        rest = okr_slice_sub(rest, len + 1, rest.len);
    }
}

void okr_page_beside(struct okr_page *page, const char *text, size_t indent)
{
    struct okr_buf prose, *out = page->out;
    okr_buf_init(&prose, page->arena);
    page->out = &prose;
    okr_page_prose(page, text, indent);
    page->out = out;
    okr_buf_put(out, okr_slice_sub(okr_buf_slice(&prose), indent, prose.len));
}
