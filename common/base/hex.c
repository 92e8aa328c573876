/* Hexadecimal; the other bases are hex_base.c. */
#include "common/base/hex.h"

#include "common/base/assert.h"

static int digit_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

void okr_hex_encode(struct okr_slice s, char *out)
{
    static const char digits[] = "0123456789abcdef";
    OKR_ASSERT(out != NULL);
    for (size_t i = 0; i < s.len; i++) {
        *out++ = digits[s.data[i] >> 4];
        *out++ = digits[s.data[i] & 15];
    }
    *out = '\0';
}

enum okr_err okr_hex_decode(struct okr_slice text, uint8_t *out, size_t len)
{
    if (text.len % 2 != 0 || text.len / 2 != len)
        return OKR_ERR_FORMAT;
    for (size_t i = 0; i < text.len; i++)
        if (digit_value(text.data[i]) < 0)
            return OKR_ERR_FORMAT;
    for (size_t i = 0; i < len; i++)
        out[i] = (uint8_t)(digit_value(text.data[2 * i]) * 16 +
                           digit_value(text.data[2 * i + 1]));
    return OKR_OK;
}
