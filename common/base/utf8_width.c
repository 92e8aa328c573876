/* Columns on a terminal: zero-width and wide characters as ranges. */
#include "common/base/utf8.h"

struct range {
    uint32_t first, last;
};

/* Controls, combining marks, joiners, variation selectors. */
static const struct range zero[] = {
    {0x0000, 0x001f}, {0x007f, 0x009f},   {0x0300, 0x036f}, {0x0483, 0x0489},
    {0x0591, 0x05bd}, {0x0610, 0x061a},   {0x064b, 0x065f}, {0x1160, 0x11ff},
    {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff},   {0x200b, 0x200f}, {0x202a, 0x202e},
    {0x2060, 0x2064}, {0x20d0, 0x20ff},   {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
    {0xfeff, 0xfeff}, {0xe0100, 0xe01ef},
};

static const struct range wide[] = {
    {0x1100, 0x115f},   {0x2e80, 0x303e},   {0x3041, 0x33ff},
    {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa4cf},
    {0xac00, 0xd7a3},   {0xf900, 0xfaff},   {0xfe30, 0xfe6f},
    {0xff00, 0xff60},   {0xffe0, 0xffe6},   {0x1f300, 0x1f64f},
    {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
};

static bool among(uint32_t c, const struct range *ranges, size_t n)
{
    size_t from = 0, to = n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (c < ranges[mid].first)
            to = mid;
        else if (c > ranges[mid].last)
            from = mid + 1;
        else
            return true;
    }
    return false;
}

static size_t char_width(uint32_t c)
{
    if (c >= 0x20 && c < 0x7f)
        return 1;
    if (among(c, zero, sizeof zero / sizeof zero[0]))
        return 0;
    return among(c, wide, sizeof wide / sizeof wide[0]) ? 2 : 1;
}

size_t okr_utf8_width(struct okr_slice s)
{
    size_t width = 0;
    while (s.len > 0)
        width += char_width(okr_utf8_next(&s));
    return width;
}

struct okr_slice okr_utf8_fit(struct okr_slice s, size_t columns)
{
    struct okr_slice rest = s;
    size_t fits = 0, width = 0;
    while (rest.len > 0) {
        width += char_width(okr_utf8_next(&rest));
        if (width > columns)
            break;
        fits = s.len - rest.len;
    }
    return okr_slice_sub(s, 0, fits);
}
