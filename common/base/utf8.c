/* Decoding UTF-8; widths are utf8_width.c. */
#include "common/base/utf8.h"

#include "common/base/assert.h"

/* Bytes of the character that begins with `lead`, 0 if none does. */
static size_t length_of(uint8_t lead)
{
    if (lead < 0x80)
        return 1;
    if (lead >= 0xc2 && lead <= 0xdf)
        return 2;
    if (lead >= 0xe0 && lead <= 0xef)
        return 3;
    if (lead >= 0xf0 && lead <= 0xf4)
        return 4;
    return 0;
}

/* Decodes the character at the start of `s`; its bytes, or 0. */
static size_t decode(struct okr_slice s, uint32_t *ret_char)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    static const uint8_t lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
    size_t len = s.len == 0 ? 0 : length_of(s.data[0]);
    if (len == 0 || len > s.len)
        return 0;
    uint32_t c = s.data[0] & lead_bits[len];
    for (size_t i = 1; i < len; i++) {
        if ((s.data[i] & 0xc0) != 0x80)
            return 0;
        c = (c << 6) | (s.data[i] & 0x3f);
    }
    if (c < least[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
        return 0;
    *ret_char = c;
    return len;
}

bool okr_utf8_valid(struct okr_slice s)
{
    while (s.len > 0) {
        uint32_t c;
        size_t len = decode(s, &c);
        if (len == 0)
            return false;
        s = okr_slice_sub(s, len, s.len);
    }
    return true;
}

uint32_t okr_utf8_next(struct okr_slice *s)
{
    uint32_t c = 0;
    size_t len = decode(*s, &c);
    OKR_ASSERT(len > 0);
    *s = okr_slice_sub(*s, len, s->len);
    return c;
}

size_t okr_utf8_count(struct okr_slice s)
{
    size_t n = 0;
    for (; s.len > 0; n++)
        (void)okr_utf8_next(&s);
    return n;
}
