/* References in base32, after Crockford: no letter is taken for another. */
#include "common/model/ref.h"

#include "common/base/assert.h"

/* Bytes 8..15 of an id without the two variant bits are 62 bits: 12 characters
 * of 5 bits; the last two bits stay out. */
enum { CHARS_MAX = 12, CHAR_BITS = 5, RANDOM_BITS = 62 };

static const char alphabet[] = "0123456789abcdefghjkmnpqrstvwxyz";

static unsigned char_at(const struct okr_id *id, unsigned i)
{
    OKR_ASSERT(i < CHARS_MAX);
    uint64_t random = 0;
    for (unsigned b = 8; b < OKR_ID_LEN; b++)
        random = (random << 8) | id->b[b];
    return (random >> (RANDOM_BITS - CHAR_BITS * (i + 1))) & 0x1f;
}

/* The value of a typed character, Crockford's way; -1: none. */
static int value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        c = (uint8_t)(c - 'A' + 'a');
    if (c == 'o')
        c = '0';
    if (c == 'i' || c == 'l')
        c = '1';
    for (int v = 0; v < 32; v++)
        if (alphabet[v] == (char)c)
            return v;
    return -1;
}

void okr_ref_format(uint32_t kind, const struct okr_id *id, unsigned chars,
                    char out[OKR_REF_TEXT])
{
    const struct okr_kind_info *info = okr_kind_info(kind);
    OKR_ASSERT(id != NULL && chars <= CHARS_MAX);
    char *at = out;
    *at++ = info == NULL ? '?' : info->letter;
    *at++ = '-';
    for (unsigned i = 0; i < chars; i++)
        *at++ = alphabet[char_at(id, i)];
    *at = '\0';
}

bool okr_ref_parse(struct okr_slice text, uint32_t *ret_kind,
                   struct okr_slice *ret_run)
{
    if (text.len < 3 || text.len > 2 + CHARS_MAX || text.data[1] != '-')
        return false;
    uint8_t letter = text.data[0];
    if (letter >= 'A' && letter <= 'Z')
        letter = (uint8_t)(letter - 'A' + 'a');
    const struct okr_kind_info *kind = okr_kind_by_letter((char)letter);
    if (kind == NULL)
        return false;
    struct okr_slice run = okr_slice_sub(text, 2, text.len);
    for (size_t i = 0; i < run.len; i++)
        if (value_of(run.data[i]) < 0)
            return false;
    *ret_kind = kind->number;
    *ret_run = run;
    return true;
}

bool okr_ref_matches(const struct okr_id *id, struct okr_slice run)
{
    OKR_ASSERT(id != NULL);
    if (run.len > CHARS_MAX)
        return false;
    for (unsigned i = 0; i < run.len; i++)
        if (value_of(run.data[i]) != (int)char_at(id, i))
            return false;
    return true;
}
