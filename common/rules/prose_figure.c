/* Figures in titles, apart from those that are part of a name. */
#include "common/base/utf8.h"
#include "common/rules/prose.h"

#define LENGTH(array) (sizeof(array) / sizeof(array)[0])

static bool is_letter(uint32_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_digit(uint32_t c)
{
    return (c >= '0' && c <= '9') || (c >= 0xff10 && c <= 0xff19);
}

/* Letters that may stand right behind a figure; others make a name: 5G, 3D. */
static bool is_unit(struct okr_slice letters)
{
    static const char *const units[] = {
        "k",  "K",  "m",  "M",   "B",  "bn",  "x",   "X",   "h",   "d",
        "w",  "s",  "ms", "min", "th", "nd",  "rd",  "st",  "pp",  "mb",
        "MB", "GB", "TB", "kg",  "km", "USD", "EUR", "RMB", "CNY",
    };
    for (size_t i = 0; i < LENGTH(units); i++)
        if (okr_slice_is(letters, units[i]))
            return true;
    return letters.len == 0;
}

/* `rest` begins with a digit; moves it behind the figure.  Is it one? */
static bool take_figure(struct okr_slice *rest, uint32_t before)
{
    struct okr_slice next = *rest;
    uint32_t c = okr_utf8_next(&next);
    while (is_digit(c) || c == '.' || c == ',') {
        *rest = next;
        c = next.len > 0 ? okr_utf8_next(&next) : 0;
    }
    size_t n = 0;
    while (n < rest->len && is_letter(rest->data[n]))
        n++;
    return !is_letter(before) && is_unit(okr_slice_sub(*rest, 0, n));
}

static bool has_digits(struct okr_slice text)
{
    uint32_t before = 0;
    while (text.len > 0) {
        struct okr_slice rest = text;
        uint32_t c = okr_utf8_next(&rest);
        if (!is_digit(c))
            text = rest;
        else if (take_figure(&text, before))
            return true;
        before = c;
    }
    return false;
}

/* ---- Chinese numbers ---------------------------------------------------- */

static bool is_in(uint32_t c, const uint32_t *set, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (set[i] == c)
            return true;
    return false;
}

static bool is_unit_digit(uint32_t c) /* 一二三四五六七八九两 */
{
    static const uint32_t set[] = {0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94,
                                   0x516d, 0x4e03, 0x516b, 0x4e5d, 0x4e24};
    return is_in(c, set, LENGTH(set));
}

static bool is_power(uint32_t c) /* 十百千万亿 */
{
    static const uint32_t set[] = {0x5341, 0x767e, 0x5343, 0x4e07, 0x4ebf};
    return is_in(c, set, LENGTH(set));
}

/* 个名家次件项人天月年周季倍成元篇场条套台届期轮位款步 */
static bool is_measure(uint32_t c)
{
    static const uint32_t set[] = {
        0x4e2a, 0x540d, 0x5bb6, 0x6b21, 0x4ef6, 0x9879, 0x4eba, 0x5929, 0x6708,
        0x5e74, 0x5468, 0x5b63, 0x500d, 0x6210, 0x5143, 0x7bc7, 0x573a, 0x6761,
        0x5957, 0x53f0, 0x5c4a, 0x671f, 0x8f6e, 0x4f4d, 0x6b3e, 0x6b65};
    return is_in(c, set, LENGTH(set));
}

struct run {
    unsigned chars;
    uint32_t first, second;
    bool power;
};

/* Does a run of numerals, `after` behind it, count something?  一 alone is an
 * article, 千万 a warning, 十分 an adverb. */
static bool is_count(const struct run *run, uint32_t after)
{
    const uint32_t one = 0x4e00, thousand = 0x5343, ten_thousand = 0x4e07;
    if (run->chars == 1 && run->first == one)
        return false;
    if (run->chars >= 2 && run->power && is_unit_digit(run->first))
        return true;
    bool adverb = (run->first == thousand && run->second == ten_thousand) ||
                  (run->first == ten_thousand && run->second != 0);
    return !adverb && is_measure(after);
}

static bool has_chinese_number(struct okr_slice text)
{
    const uint32_t ordinal = 0x7b2c; /* 第 */
    struct run run = {0};
    uint32_t before_run = 0, before = 0;
    while (true) {
        uint32_t c = text.len > 0 ? okr_utf8_next(&text) : 0;
        if (is_unit_digit(c) || is_power(c)) {
            if (run.chars == 0)
                before_run = before;
            if (run.chars == 0)
                run.first = c;
            if (run.chars == 1)
                run.second = c;
            run.power = run.power || is_power(c);
            run.chars++;
        } else {
            if (run.chars > 0 && before_run != ordinal && is_count(&run, c))
                return true;
            run = (struct run){0};
        }
        if (c == 0)
            return false;
        before = c;
    }
}

static bool has_percent_of(struct okr_slice text)
{
    const struct okr_slice percent = OKR_SLICE_LIT("百分之");
    for (size_t i = 0; i < text.len; i++)
        if (okr_slice_starts(okr_slice_sub(text, i, text.len), percent))
            return true;
    return false;
}

bool okr_prose_has_figure(struct okr_slice text)
{
    return has_digits(text) || has_percent_of(text) || has_chinese_number(text);
}
