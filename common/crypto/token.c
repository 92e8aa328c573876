/* The invite token: bytes with a checksum, as one word. */
#include "common/crypto/token.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/crypto/hash.h"

enum {
    PIN_LEN = 16,
    KEY_LEN = 32,
    CHECK_LEN = 4,
    FIXED_LEN = OKR_TOKEN_ID_LEN + OKR_TOKEN_SECRET_LEN + KEY_LEN + PIN_LEN + 1,
    RAW_MAX = FIXED_LEN + OKR_TOKEN_ENDPOINT_MAX + CHECK_LEN,
    CHARS_MAX = (RAW_MAX * 8 + 4) / 5,
};

static bool is_endpoint(struct okr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] <= ' ' || s.data[i] > '~')
            return false;
    return s.len > 0 && s.len <= OKR_TOKEN_ENDPOINT_MAX;
}

static struct okr_slice checksum(struct okr_hash *hash, struct okr_slice s)
{
    *hash = okr_sha256(s);
    return okr_slice_of(hash->b, CHECK_LEN);
}

void okr_token_format(const struct okr_token *token, struct okr_buf *out)
{
    OKR_ASSERT(memchr(token->endpoint, 0, sizeof token->endpoint) != NULL);
    struct okr_slice endpoint = okr_slice_str(token->endpoint);
    OKR_ASSERT(is_endpoint(endpoint));
    uint8_t bytes[RAW_MAX];
    struct okr_buf raw;
    okr_buf_init_fixed(&raw, bytes, sizeof bytes);
    okr_buf_put(&raw, okr_slice_of(token->id, sizeof token->id));
    okr_buf_put(&raw, okr_slice_of(token->secret, sizeof token->secret));
    okr_buf_put(&raw,
                okr_slice_of(token->server_key, sizeof token->server_key));
    okr_buf_put(&raw, okr_slice_of(token->log_pin, sizeof token->log_pin));
    okr_buf_u8(&raw, (uint8_t)endpoint.len);
    okr_buf_put(&raw, endpoint);
    struct okr_hash hash;
    okr_buf_put(&raw, checksum(&hash, okr_buf_slice(&raw)));
    OKR_ASSERT(raw.err == OKR_OK);
    okr_buf_put(out, OKR_SLICE_LIT("okr1-"));
    okr_base32_encode(okr_buf_slice(&raw), out);
    okr_wipe(bytes, sizeof bytes);
}

static bool is_space(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct okr_slice trimmed(struct okr_slice s)
{
    while (s.len > 0 && is_space(s.data[0]))
        s = okr_slice_sub(s, 1, s.len);
    while (s.len > 0 && is_space(s.data[s.len - 1]))
        s.len--;
    return s;
}

/* "okr", a number without leading zero, "-". */
static enum okr_err take_prefix(struct okr_slice *text)
{
    size_t end = 3;
    if (!okr_slice_starts(*text, OKR_SLICE_LIT("okr")))
        return OKR_ERR_FORMAT;
    while (end < text->len && text->data[end] >= '0' && text->data[end] <= '9')
        end++;
    if (end == 3 || text->data[3] == '0' || end == text->len ||
        text->data[end] != '-')
        return OKR_ERR_FORMAT;
    if (end != 4 || text->data[3] != '1')
        return OKR_ERR_VERSION;
    *text = okr_slice_sub(*text, end + 1, text->len);
    return OKR_OK;
}

/* Leaves out what mail programs and careful people put in between. */
static bool compact(struct okr_slice text, struct okr_buf *chars)
{
    for (size_t i = 0; i < text.len; i++)
        if (text.data[i] != '-' && text.data[i] != '\n' && text.data[i] != '\r')
            okr_buf_u8(chars, text.data[i]);
    return chars->err == OKR_OK;
}

static void take_bytes(struct okr_reader *r, uint8_t *out, size_t len)
{
    struct okr_slice s = okr_reader_take(r, len);
    if (s.len == len)
        memcpy(out, s.data, len);
}

static enum okr_err parse_raw(struct okr_slice raw, struct okr_token *ret_token)
{
    if (raw.len < FIXED_LEN + CHECK_LEN)
        return OKR_ERR_CORRUPT;
    struct okr_slice body = okr_slice_sub(raw, 0, raw.len - CHECK_LEN);
    struct okr_slice check = okr_slice_sub(raw, body.len, CHECK_LEN);
    struct okr_hash hash;
    if (!okr_slice_eq(checksum(&hash, body), check))
        return OKR_ERR_CORRUPT;
    struct okr_token token = {0};
    struct okr_reader r = okr_reader_of(body);
    take_bytes(&r, token.id, sizeof token.id);
    take_bytes(&r, token.secret, sizeof token.secret);
    take_bytes(&r, token.server_key, sizeof token.server_key);
    take_bytes(&r, token.log_pin, sizeof token.log_pin);
    struct okr_slice endpoint = okr_reader_take(&r, okr_reader_u8(&r));
    bool good = okr_reader_end(&r) == OKR_OK && is_endpoint(endpoint);
    if (good) {
        memcpy(token.endpoint, endpoint.data, endpoint.len);
        *ret_token = token;
    }
    okr_wipe(&token, sizeof token);
    return good ? OKR_OK : OKR_ERR_CORRUPT;
}

enum okr_err okr_token_parse(struct okr_slice text, struct okr_token *ret_token)
{
    OKR_ASSERT(ret_token != NULL);
    uint8_t compacted[CHARS_MAX], bytes[RAW_MAX];
    struct okr_buf chars, raw;
    okr_buf_init_fixed(&chars, compacted, sizeof compacted);
    okr_buf_init_fixed(&raw, bytes, sizeof bytes);
    text = trimmed(text);
    OKR_TRY(take_prefix(&text));
    enum okr_err err = OKR_ERR_CORRUPT;
    if (compact(text, &chars) &&
        okr_base32_decode(okr_buf_slice(&chars), &raw) == OKR_OK)
        err = parse_raw(okr_buf_slice(&raw), ret_token);
    okr_wipe(compacted, sizeof compacted);
    okr_wipe(bytes, sizeof bytes);
    return err;
}
