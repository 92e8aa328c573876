/* Base64 and base32: the same bit queue with 6 and with 5 bits. */
#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/hex.h"

static const char base64_chars[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "abcdefghijklmnopqrstuvwxyz0123456789+/";
static const char base32_chars[] = "0123456789abcdefghjkmnpqrstvwxyz";

static void encode(struct okr_slice s, const char *chars, unsigned bits,
                   struct okr_buf *out)
{
    uint32_t queue = 0, mask = (UINT32_C(1) << bits) - 1;
    unsigned queued = 0;
    for (size_t i = 0; i < s.len; i++) {
        queue = (queue << 8) | s.data[i];
        queued += 8;
        while (queued >= bits) {
            queued -= bits;
            okr_buf_u8(out, (uint8_t)chars[(queue >> queued) & mask]);
        }
        queue &= (UINT32_C(1) << queued) - 1;
    }
    OKR_ASSERT(queued < bits);
    if (queued > 0)
        okr_buf_u8(out, (uint8_t)chars[(queue << (bits - queued)) & mask]);
}

/* Either everything is appended or nothing, so `out` is cut back where a
 * character is wrong, a whole character is left over or its bits are not 0. */
static enum okr_err decode(struct okr_slice text, int (*value)(uint8_t),
                           unsigned bits, struct okr_buf *out)
{
    size_t before = out->len;
    uint32_t queue = 0;
    unsigned queued = 0;
    for (size_t i = 0; i < text.len; i++) {
        int v = value(text.data[i]);
        if (v < 0)
            goto malformed;
        queue = (queue << bits) | (uint32_t)v;
        queued += bits;
        if (queued >= 8) {
            queued -= 8;
            okr_buf_u8(out, (uint8_t)(queue >> queued));
            queue &= (UINT32_C(1) << queued) - 1;
        }
    }
    OKR_ASSERT(queued < 8);
    if (queued >= bits || queue != 0)
        goto malformed;
    return out->err;
malformed:
    out->len = before;
    return OKR_ERR_FORMAT;
}

static int base64_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

static int base32_value(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        c = (uint8_t)(c - 'A' + 'a');
    if (c == 'o')
        c = '0';
    if (c == 'i' || c == 'l')
        c = '1';
    for (int v = 0; v < 32; v++)
        if (base32_chars[v] == (char)c)
            return v;
    return -1;
}

void okr_base64_encode(struct okr_slice s, struct okr_buf *out)
{
    encode(s, base64_chars, 6, out);
    for (size_t i = s.len % 3; i > 0 && i < 3; i++)
        okr_buf_u8(out, '=');
}

enum okr_err okr_base64_decode(struct okr_slice text, struct okr_buf *out)
{
    if (text.len % 4 != 0)
        return OKR_ERR_FORMAT;
    for (int i = 0; i < 2 && text.len > 0; i++)
        if (text.data[text.len - 1] == '=')
            text.len--;
    return decode(text, base64_value, 6, out);
}

void okr_base32_encode(struct okr_slice s, struct okr_buf *out)
{
    encode(s, base32_chars, 5, out);
}

enum okr_err okr_base32_decode(struct okr_slice text, struct okr_buf *out)
{
    return decode(text, base32_value, 5, out);
}
