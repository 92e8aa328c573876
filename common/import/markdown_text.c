/* Bold, links, arrows, owners, percentages, periods. */
#include "common/import/markdown_text.h"

#include <string.h>

#include "common/model/dates.h"

#define OWNER_MAX 80 /* bytes: longer ones are sentences with a colon */

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

/* The index behind a link's ")" if one begins at `at`, else `at`; its text in
 * `ret_text`. */
static size_t link_end(struct okr_slice s, size_t at,
                       struct okr_slice *ret_text)
{
    size_t close = at + 1, depth = 1;
    if (s.data[at] != '[')
        return at;
    while (close < s.len && s.data[close] != ']')
        close++;
    if (close + 1 >= s.len || s.data[close + 1] != '(')
        return at;
    size_t end = close + 2;
    for (; end < s.len && depth > 0; end++)
        depth += s.data[end] == '(' ? 1U : s.data[end] == ')' ? -1U : 0U;
    if (depth > 0)
        return at;
    *ret_text = okr_slice_sub(s, at + 1, close - at - 1);
    return end;
}

struct okr_slice okr_markdown_plain(struct okr_slice s, struct okr_arena *arena)
{
    uint8_t *out = okr_arena_alloc(arena, s.len + 1);
    size_t n = 0;
    if (out == NULL)
        return OKR_SLICE_NONE;
    for (size_t i = 0; i < s.len;) {
        struct okr_slice text;
        size_t end = link_end(s, i, &text);
        if (end > i) {
            memcpy(out + n, text.data, text.len);
            n += text.len;
            i = end;
        } else if (i + 1 < s.len && s.data[i] == '*' && s.data[i + 1] == '*') {
            i += 2;
        } else {
            out[n++] = s.data[i++];
        }
    }
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

bool okr_markdown_owner(struct okr_slice s, struct okr_slice *ret_owner,
                        struct okr_slice *ret_text, bool *ret_kr)
{
    size_t at = 0, len = 0;
    while (at < s.len && at <= OWNER_MAX) {
        len = colon(okr_slice_sub(s, at, s.len - at));
        if (len > 0)
            break;
        if (s.data[at] == '*' || s.data[at] == '_' || s.data[at] == '`')
            return false; /* emphasis where a name should be */
        at++;
    }
    struct okr_slice owner = okr_markdown_trim(okr_slice_sub(s, 0, at));
    struct okr_slice text =
        okr_markdown_trim(okr_slice_sub(s, at + len, s.len - at - len));
    if (len == 0 || at > OWNER_MAX)
        return false;
    bool kr =
        owner.len > 3 && memcmp(owner.data + owner.len - 3, " KR", 3) == 0;
    if (kr)
        owner = okr_markdown_trim(okr_slice_sub(owner, 0, owner.len - 3));
    if (owner.len == 0 || text.len == 0)
        return false;
    *ret_owner = owner;
    *ret_text = text;
    *ret_kr = kr;
    return true;
}

bool okr_markdown_percent(struct okr_slice s, struct okr_dec *ret_percent)
{
    size_t n = 0;
    s = okr_markdown_trim(s);
    while (n < s.len &&
           ((s.data[n] >= '0' && s.data[n] <= '9') || s.data[n] == '.'))
        n++;
    if (n > 0 && n < s.len && s.data[n] == '%')
        return okr_dec_parse(okr_slice_sub(s, 0, n), ret_percent) == OKR_OK;
    bool done = s.len >= 4 && (s.data[0] | 32) == 'd' &&
                (s.data[1] | 32) == 'o' && (s.data[2] | 32) == 'n' &&
                (s.data[3] | 32) == 'e';
    /* "done", "Done. …", but not "donearly" */
    if (!done ||
        (s.len > 4 && (s.data[4] | 32) >= 'a' && (s.data[4] | 32) <= 'z'))
        return false;
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

/* "November 1, 2019" or "2019-11-01" at the start; its length, 0: none. */
static size_t read_day(struct okr_slice s, okr_day *ret_day)
{
    static const char *const months[] = {
        "January", "February", "March",     "April",   "May",      "June",
        "July",    "August",   "September", "October", "November", "December"};
    if (s.len >= 10 && okr_day_parse(okr_slice_sub(s, 0, 10), ret_day))
        return 10;
    for (int m = 0; m < 12; m++) {
        struct okr_slice name = okr_slice_str(months[m]);
        int mday, year;
        if (!okr_slice_starts(s, name))
            continue;
        size_t at = name.len + 1;
        at += digits(okr_slice_sub(s, at, s.len - at), &mday);
        while (at < s.len && (s.data[at] == ',' || s.data[at] == ' '))
            at++;
        at += digits(okr_slice_sub(s, at, s.len - at), &year);
        return okr_day_from_ymd(year, m + 1, mday, ret_day) ? at : 0;
    }
    return 0;
}

bool okr_markdown_period(struct okr_slice s, okr_day *ret_start,
                         okr_day *ret_end)
{
    for (size_t i = 0; i + 5 < s.len; i++) {
        struct okr_slice rest = okr_slice_sub(s, i, s.len - i);
        okr_day start, end;
        if (!okr_slice_starts(rest, OKR_SLICE_LIT("from ")))
            continue;
        rest = okr_slice_sub(rest, 5, rest.len - 5);
        size_t n = read_day(rest, &start);
        rest = okr_slice_sub(rest, n, rest.len - n);
        if (n == 0 || !okr_slice_starts(rest, OKR_SLICE_LIT(" to ")))
            continue;
        rest = okr_slice_sub(rest, 4, rest.len - 4);
        if (read_day(rest, &end) == 0 || end < start)
            continue;
        *ret_start = start;
        *ret_end = end;
        return true;
    }
    return false;
}
