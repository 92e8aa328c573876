/* Bold, links, arrows, owners, percentages, periods. */
#include "common/import/markdown_text.h"

#include <string.h>

#include "common/model/dates.h"

#define OWNER_MAX 80 /* bytes: longer ones are sentences with a colon */
#define NEST_MAX 4   /* brackets in brackets of a link */

static bool is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

struct okr_slice okr_markdown_trim(struct okr_slice s)
{
    while (s.len > 0 && is_space(s.data[0]))
        s = okr_slice_sub(s, 1, s.len - 1);
    while (s.len > 0 && is_space(s.data[s.len - 1]))
        s.len--;
    return s;
}

/* The index of the bracket that closes the one at `at`; s.len: none does.  So
 * deep a nest is none: the bound keeps "[[[[…" from taking for ever. */
static size_t closing(struct okr_slice s, size_t at, uint8_t open,
                      uint8_t close)
{
    size_t depth = 0;
    for (size_t i = at; i < s.len && depth <= NEST_MAX; i++) {
        if (s.data[i] == open)
            depth++;
        else if (s.data[i] == close && --depth == 0)
            return i;
    }
    return s.len;
}

/* The index behind a link's ")" if one begins at `at`, else `at`; its text in
 * `ret_text`. */
static size_t link_end(struct okr_slice s, size_t at,
                       struct okr_slice *ret_text)
{
    if (s.data[at] != '[')
        return at;
    size_t text = closing(s, at, '[', ']');
    if (text + 1 >= s.len || s.data[text + 1] != '(')
        return at;
    size_t url = closing(s, text + 1, '(', ')');
    if (url == s.len)
        return at;
    *ret_text = okr_slice_sub(s, at + 1, text - at - 1);
    return url + 1;
}

/* Copies without bold marks; a tab would not be text of one line. */
static size_t copy_plain(struct okr_slice s, uint8_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (i + 1 < s.len && s.data[i] == '*' && s.data[i + 1] == '*')
            i++;
        else
            out[n++] = s.data[i] == '\t' ? ' ' : s.data[i];
    }
    return n;
}

struct okr_slice okr_markdown_plain(struct okr_slice s, struct okr_arena *arena)
{
    uint8_t *out = okr_arena_alloc(arena, s.len + 1);
    size_t n = 0, from = 0;
    if (out == NULL)
        return OKR_SLICE_NONE;
    for (size_t i = 0; i < s.len;) {
        struct okr_slice text;
        size_t end = link_end(s, i, &text);
        if (end == i) {
            i++;
            continue;
        }
        n += copy_plain(okr_slice_sub(s, from, i - from), out + n);
        n += copy_plain(text, out + n);
        from = i = end;
    }
    n += copy_plain(okr_slice_sub(s, from, s.len - from), out + n);
    struct okr_slice plain = okr_markdown_trim(okr_slice_of(out, n));
    return plain.data == NULL ? okr_slice_of(out, 0) : plain;
}

bool okr_markdown_arrow(struct okr_slice s, struct okr_slice *ret_left,
                        struct okr_slice *ret_right)
{
    static const char *const arrows[] = {"==>", "-->", "=>"};
    for (size_t i = 0; i < s.len;) {
        struct okr_slice text, rest = okr_slice_sub(s, i, s.len - i);
        size_t end = link_end(s, i, &text);
        if (end > i) {
            i = end;
            continue;
        }
        for (size_t k = 0; k < 3; k++) {
            struct okr_slice arrow = okr_slice_str(arrows[k]);
            if (!okr_slice_starts(rest, arrow))
                continue;
            *ret_left = okr_slice_sub(s, 0, i);
            *ret_right = okr_slice_sub(rest, arrow.len, rest.len - arrow.len);
            return true;
        }
        i++;
    }
    return false;
}

/* Length of a colon (':' or '：') at the start, 0: none. */
static size_t colon(struct okr_slice s)
{
    if (s.len > 0 && s.data[0] == ':')
        return 1;
    return okr_slice_starts(s, OKR_SLICE_LIT("\xef\xbc\x9a")) ? 3 : 0;
}

static bool is_letter(uint8_t c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

/* "CEO KR", "CEO KR 2", "张伟KR": the owner of a key result. */
static bool strip_kr(struct okr_slice *owner)
{
    size_t n = owner->len;
    while (n > 0 && owner->data[n - 1] >= '0' && owner->data[n - 1] <= '9')
        n--;
    while (n > 0 && n < owner->len && owner->data[n - 1] == ' ')
        n--;
    if (n < 2 || owner->data[n - 2] != 'K' || owner->data[n - 1] != 'R')
        return false;
    n -= 2;
    if (n > 0 && owner->data[n - 1] != ' ' && owner->data[n - 1] < 0x80)
        return false; /* "BKR" */
    *owner = okr_markdown_trim(okr_slice_sub(*owner, 0, n));
    return true;
}

/* Words that name the row where others name its owner. */
static bool is_no_owner(struct okr_slice owner)
{
    static const char *const words[] = {"Objective", "Objectives", "Key Result",
                                        "Key Results", "O"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (okr_slice_is(owner, words[i]))
            return true;
    return owner.len == 0 || memchr(owner.data, '[', owner.len) != NULL;
}

bool okr_markdown_owner(struct okr_slice s, struct okr_slice *ret_owner,
                        struct okr_slice *ret_text, bool *ret_kr)
{
    size_t at = 0, len = 0;
    while (at < s.len && at <= OWNER_MAX) {
        len = colon(okr_slice_sub(s, at, s.len - at));
        if (len > 0)
            break;
        if (s.data[at] == '*' || s.data[at] == '`' ||
            (s.data[at] == '_' && at == 0))
            return false; /* emphasis where a name should be */
        at++;
    }
    struct okr_slice owner = okr_markdown_trim(okr_slice_sub(s, 0, at));
    struct okr_slice text = okr_slice_sub(s, at + len, s.len - at - len);
    if (len == 0 || okr_slice_starts(text, OKR_SLICE_LIT("//")))
        return false; /* none, or an address */
    text = okr_markdown_trim(text);
    bool kr = strip_kr(&owner);
    if (is_no_owner(owner) || text.len == 0)
        return false;
    *ret_owner = owner;
    *ret_text = text;
    *ret_kr = kr;
    return true;
}

static bool is_done(struct okr_slice s)
{
    static const char done[] = "done";
    if (s.len < 4)
        return false;
    for (size_t i = 0; i < 4; i++)
        if ((s.data[i] | 32) != done[i])
            return false;
    return s.len == 4 || !is_letter(s.data[4]); /* no "donearly" */
}

bool okr_markdown_percent(struct okr_slice s, bool *ret_has,
                          struct okr_dec *ret_percent)
{
    size_t n = 0;
    s = okr_markdown_trim(s);
    while (n < s.len &&
           ((s.data[n] >= '0' && s.data[n] <= '9') || s.data[n] == '.'))
        n++;
    size_t sign = n;
    while (sign < s.len && s.data[sign] == ' ')
        sign++;
    *ret_has = n > 0 && sign < s.len && s.data[sign] == '%';
    if (*ret_has)
        return okr_dec_parse(okr_slice_sub(s, 0, n), ret_percent) == OKR_OK;
    *ret_has = is_done(s);
    if (*ret_has)
        *ret_percent = okr_dec_int(100);
    return true;
}

static size_t digits(struct okr_slice s, int *ret)
{
    size_t n = 0;
    *ret = 0;
    while (n < s.len && n < 4 && s.data[n] >= '0' && s.data[n] <= '9')
        *ret = *ret * 10 + (s.data[n++] - '0');
    return n;
}

/* "November 1, 2019" at the start; its length, 0: none. */
static size_t read_long_day(struct okr_slice s, int month,
                            struct okr_slice name, okr_day *ret_day)
{
    int mday, year;
    size_t at = name.len;
    while (at < s.len && s.data[at] == ' ')
        at++;
    at += digits(okr_slice_sub(s, at, s.len), &mday);
    while (at < s.len && (s.data[at] == ',' || s.data[at] == ' '))
        at++;
    at += digits(okr_slice_sub(s, at, s.len), &year);
    return okr_day_from_ymd(year, month, mday, ret_day) ? at : 0;
}

/* That, or "2019-11-01". */
static size_t read_day(struct okr_slice s, okr_day *ret_day)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    if (s.len >= 10 && okr_day_parse(okr_slice_sub(s, 0, 10), ret_day))
        return 10;
    for (int m = 0; m < 12; m++)
        if (okr_slice_starts(s, okr_slice_str(months[m])))
            return read_long_day(s, m + 1, okr_slice_str(months[m]), ret_day);
    return 0;
}

/* The part of `s` behind `word`, in whatever case its first letter is. */
static bool behind(struct okr_slice s, const char *word,
                   struct okr_slice *ret_rest)
{
    struct okr_slice w = okr_slice_str(word);
    if (s.len <= w.len || (s.data[0] | 32) != w.data[0] ||
        memcmp(s.data + 1, w.data + 1, w.len - 1) != 0)
        return false;
    *ret_rest = okr_slice_sub(s, w.len, s.len);
    return true;
}

bool okr_markdown_period(struct okr_slice s, okr_day *ret_start,
                         okr_day *ret_end)
{
    for (size_t i = 0; i < s.len; i++) {
        struct okr_slice rest;
        okr_day start, end;
        if ((i > 0 && is_letter(s.data[i - 1])) ||
            !behind(okr_slice_sub(s, i, s.len), "from ", &rest))
            continue;
        size_t n = read_day(rest, &start);
        if (n == 0 || !behind(okr_slice_sub(rest, n, rest.len), " to ", &rest))
            continue;
        if (read_day(rest, &end) == 0 || end < start)
            continue;
        *ret_start = start;
        *ret_end = end;
        return true;
    }
    return false;
}
