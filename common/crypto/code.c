/* The one-use code of a person. */
#include "common/crypto/code.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/hex.h"

enum {
    CHECK_LEN = 2,
    RAW_LEN = OKR_CODE_LEN + CHECK_LEN,
    CHARS = 20, /* of RAW_LEN bytes in base32 */
    GROUP = 5,
};

static struct okr_hash tagged(struct okr_slice tag, const uint8_t *code)
{
    const struct okr_slice parts[] = {tag, {code, OKR_CODE_LEN}};
    return okr_sha256_parts(parts, 2);
}

void okr_code_format(const uint8_t code[OKR_CODE_LEN], char out[OKR_CODE_TEXT])
{
    uint8_t raw[RAW_LEN];
    char chars[CHARS];
    struct okr_buf buf;
    struct okr_hash sum = okr_sha256(okr_slice_of(code, OKR_CODE_LEN));
    memcpy(raw, code, OKR_CODE_LEN);
    memcpy(raw + OKR_CODE_LEN, sum.b, CHECK_LEN);
    okr_buf_init_fixed(&buf, chars, sizeof chars);
    okr_base32_encode(okr_slice_of(raw, sizeof raw), &buf);
    OKR_ASSERT(buf.err == OKR_OK && buf.len == CHARS);
    for (size_t i = 0; i < CHARS; i++) {
        if (i > 0 && i % GROUP == 0)
            *out++ = '-';
        *out++ = chars[i];
    }
    *out = '\0';
    okr_wipe(raw, sizeof raw);
    okr_wipe(chars, sizeof chars);
}

/* Leaves out what people put in between; false: too many characters. */
static bool compact(struct okr_slice text, struct okr_buf *chars)
{
    for (size_t i = 0; i < text.len; i++) {
        uint8_t c = text.data[i];
        if (c != '-' && c != ' ' && (c < '\t' || c > '\r'))
            okr_buf_u8(chars, c);
    }
    return chars->err == OKR_OK && chars->len == CHARS;
}

enum okr_err okr_code_parse(struct okr_slice text,
                            uint8_t ret_code[OKR_CODE_LEN])
{
    OKR_ASSERT(ret_code != NULL);
    uint8_t typed[CHARS], raw[RAW_LEN];
    struct okr_buf chars, bytes;
    okr_buf_init_fixed(&chars, typed, sizeof typed);
    okr_buf_init_fixed(&bytes, raw, sizeof raw);
    enum okr_err err = OKR_ERR_FORMAT;
    if (compact(text, &chars) &&
        okr_base32_decode(okr_buf_slice(&chars), &bytes) == OKR_OK &&
        bytes.len == RAW_LEN) {
        struct okr_hash sum = okr_sha256(okr_slice_of(raw, OKR_CODE_LEN));
        err = memcmp(raw + OKR_CODE_LEN, sum.b, CHECK_LEN) == 0
                  ? OKR_OK
                  : OKR_ERR_CORRUPT;
    }
    if (err == OKR_OK)
        memcpy(ret_code, raw, OKR_CODE_LEN);
    okr_wipe(typed, sizeof typed);
    okr_wipe(raw, sizeof raw);
    return err;
}

void okr_code_id(const uint8_t code[OKR_CODE_LEN], uint8_t out[OKR_CODE_ID_LEN])
{
    struct okr_hash hash =
        tagged(OKR_SLICE_LIT("\0okr/person-code/id/v1\0"), code);
    memcpy(out, hash.b, OKR_CODE_ID_LEN);
}

struct okr_hash okr_code_key(const uint8_t code[OKR_CODE_LEN])
{
    return tagged(OKR_SLICE_LIT("\0okr/person-code/v1\0"), code);
}
