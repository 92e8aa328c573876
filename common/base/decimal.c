/* Decimals as text, their normal form and their order. */
#include "common/base/decimal.h"

#include <inttypes.h>
#include <stdio.h>

#include "common/base/assert.h"

__extension__ typedef __int128 wide_int;

#define MANT_END INT64_C(1000000000000000000) /* 10^18 */

enum { SCALE_MAX = 18 };

static int64_t power_of_ten(unsigned n)
{
    OKR_ASSERT(n <= SCALE_MAX);
    int64_t power = 1;
    while (n-- > 0)
        power *= 10;
    return power;
}

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static size_t count_digits(struct okr_slice s)
{
    size_t n = 0;
    while (n < s.len && is_digit(s.data[n]))
        n++;
    return n;
}

/* Splits digits[.digits] into the two runs of digits. */
static enum okr_err split(struct okr_slice text, struct okr_slice *ret_whole,
                          struct okr_slice *ret_part)
{
    size_t whole = count_digits(text);
    if (whole == 0)
        return OKR_ERR_FORMAT;
    struct okr_slice part = okr_slice_sub(text, whole, text.len);
    if (part.len > 0) {
        if (part.data[0] != '.')
            return OKR_ERR_FORMAT;
        part = okr_slice_sub(part, 1, part.len);
        if (part.len == 0 || count_digits(part) != part.len)
            return OKR_ERR_FORMAT;
    }
    *ret_whole = okr_slice_sub(text, 0, whole);
    *ret_part = part;
    return OKR_OK;
}

static enum okr_err append(struct okr_slice digits, int64_t *mant)
{
    for (size_t i = 0; i < digits.len; i++) {
        int64_t digit = digits.data[i] - '0';
        if (*mant > (MANT_END - 1 - digit) / 10)
            return OKR_ERR_LIMIT;
        *mant = *mant * 10 + digit;
    }
    return OKR_OK;
}

enum okr_err okr_dec_parse(struct okr_slice text, struct okr_dec *ret_dec)
{
    OKR_ASSERT(ret_dec != NULL);
    bool negative = text.len > 0 && text.data[0] == '-';
    if (negative)
        text = okr_slice_sub(text, 1, text.len);
    struct okr_slice whole, part;
    OKR_TRY(split(text, &whole, &part));
    while (part.len > 0 && part.data[part.len - 1] == '0')
        part.len--;
    if (part.len > SCALE_MAX)
        return OKR_ERR_LIMIT;
    int64_t mant = 0;
    OKR_TRY(append(whole, &mant));
    OKR_TRY(append(part, &mant));
    *ret_dec = (struct okr_dec){.mant = negative ? -mant : mant,
                                .scale = (uint8_t)part.len};
    OKR_ASSERT(okr_dec_valid(*ret_dec));
    return OKR_OK;
}

void okr_dec_format(struct okr_dec dec, char out[OKR_DEC_TEXT_MAX])
{
    dec = okr_dec_normal(dec);
    const char *sign = dec.mant < 0 ? "-" : "";
    int64_t size = dec.mant < 0 ? -dec.mant : dec.mant;
    int64_t one = power_of_ten(dec.scale);
    int len;
    if (dec.scale == 0)
        len = snprintf(out, OKR_DEC_TEXT_MAX, "%s%" PRId64, sign, size);
    else
        len = snprintf(out, OKR_DEC_TEXT_MAX, "%s%" PRId64 ".%0*" PRId64, sign,
                       size / one, dec.scale, size % one);
    OKR_ASSERT(len > 0 && len < OKR_DEC_TEXT_MAX);
}

struct okr_dec okr_dec_normal(struct okr_dec dec)
{
    OKR_ASSERT(okr_dec_valid(dec));
    while (dec.scale > 0 && dec.mant % 10 == 0) {
        dec.mant /= 10;
        dec.scale--;
    }
    return dec;
}

struct okr_dec okr_dec_int(int64_t v)
{
    struct okr_dec dec = {.mant = v};
    OKR_ASSERT(okr_dec_valid(dec));
    return dec;
}

bool okr_dec_valid(struct okr_dec dec)
{
    return dec.mant > -MANT_END && dec.mant < MANT_END &&
           dec.scale <= SCALE_MAX;
}

/* Both at scale 18: below 10^36, which 128 bits hold. */
int okr_dec_cmp(struct okr_dec a, struct okr_dec b)
{
    OKR_ASSERT(okr_dec_valid(a) && okr_dec_valid(b));
    wide_int left = (wide_int)a.mant * power_of_ten(SCALE_MAX - a.scale);
    wide_int right = (wide_int)b.mant * power_of_ten(SCALE_MAX - b.scale);
    return (left > right) - (left < right);
}
