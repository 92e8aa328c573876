/* Normal form.  With text_fold.c the only place that knows utf8proc.
 *
 * Checking must not allocate, so text is brought into NFC grapheme cluster by
 * cluster (UAX #29) in a small buffer: no composition and no reordering of
 * marks ever crosses the border of a cluster. */
#include "common/model/text.h"

#include <utf8proc.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"

/* Characters of one cluster, and what they become at most when decomposed
 * (UAX #15, table 8: four for one). */
enum { CLUSTER_MAX = 64, DECOMPOSED_MAX = 4 * CLUSTER_MAX };

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f);
}

static bool allowed(uint32_t c, bool one_line)
{
    if (c == '\n' || c == '\t')
        return !one_line;
    if (c == 0x2028 || c == 0x2029) /* line and paragraph separator */
        return !one_line;
    return !is_control(c);
}

/* The cluster at the start of `text`, which is valid and not empty; empty if
 * it is longer than CLUSTER_MAX. */
static struct okr_slice first_cluster(struct okr_slice text)
{
    struct okr_slice rest = text;
    utf8proc_int32_t state = 0;
    uint32_t before = okr_utf8_next(&rest);
    for (unsigned n = 1; n <= CLUSTER_MAX; n++) {
        size_t len = text.len - rest.len;
        if (rest.len == 0)
            return text;
        uint32_t c = okr_utf8_next(&rest);
        if (utf8proc_grapheme_break_stateful((utf8proc_int32_t)before,
                                             (utf8proc_int32_t)c, &state))
            return okr_slice_sub(text, 0, len);
        before = c;
    }
    return OKR_SLICE_NONE;
}

/* Length of the leading part in which every cluster is one ASCII character:
 * NFC in itself.  The last one is left out, a mark may follow it. */
static size_t plain_len(struct okr_slice text)
{
    size_t n = 0;
    while (n < text.len && text.data[n] < 0x80)
        n++;
    return n == text.len ? n : n > 0 ? n - 1 : 0;
}

/* The NFC form of one cluster, in `bytes`. */
static struct okr_slice normal_cluster(struct okr_slice cluster,
                                       uint8_t bytes[4 * DECOMPOSED_MAX])
{
    const utf8proc_option_t nfc = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_int32_t chars[DECOMPOSED_MAX];
    utf8proc_ssize_t n =
        utf8proc_decompose(cluster.data, (utf8proc_ssize_t)cluster.len, chars,
                           DECOMPOSED_MAX, nfc);
    OKR_ASSERT(n >= 0 && n <= DECOMPOSED_MAX);
    n = utf8proc_normalize_utf32(chars, n, nfc);
    OKR_ASSERT(n >= 0);
    size_t len = 0;
    for (utf8proc_ssize_t i = 0; i < n; i++)
        len += (size_t)utf8proc_encode_char(chars[i], bytes + len);
    return okr_slice_of(bytes, len);
}

/* Valid text: is it in NFC? */
static bool is_normal(struct okr_slice text)
{
    uint8_t bytes[4 * DECOMPOSED_MAX];
    while (text.len > 0) {
        size_t len = plain_len(text);
        if (len == 0) {
            struct okr_slice cluster = first_cluster(text);
            len = cluster.len;
            if (len == 0 ||
                !okr_slice_eq(cluster, normal_cluster(cluster, bytes)))
                return false;
        }
        text = okr_slice_sub(text, len, text.len);
    }
    return true;
}

enum okr_rule okr_text_check(struct okr_slice text, bool one_line,
                             size_t chars_max)
{
    size_t chars = 0;
    if (!okr_utf8_valid(text))
        return OKR_RULE_BAD_TEXT;
    for (struct okr_slice rest = text; rest.len > 0; chars++)
        if (!allowed(okr_utf8_next(&rest), one_line))
            return OKR_RULE_BAD_TEXT;
    if (chars > chars_max)
        return OKR_RULE_TOO_LONG;
    return is_normal(text) ? OKR_RULE_NONE : OKR_RULE_BAD_TEXT;
}

/* CR LF becomes LF.  A lone CR stays, and is refused when checked. */
static void drop_cr(struct okr_buf *out)
{
    size_t kept = 0;
    for (size_t i = 0; i < out->len; i++) {
        bool crlf = out->data[i] == '\r' && i + 1 < out->len &&
                    out->data[i + 1] == '\n';
        if (!crlf)
            out->data[kept++] = out->data[i];
    }
    out->len = kept;
}

/* What was written; no data if memory ran out. */
static struct okr_slice written(const struct okr_buf *out,
                                struct okr_arena *arena)
{
    if (out->err != OKR_OK)
        return OKR_SLICE_NONE;
    return out->len > 0 ? okr_buf_slice(out)
                        : okr_arena_copy(arena, OKR_SLICE_NONE);
}

enum okr_rule okr_text_normal(struct okr_slice text, struct okr_arena *arena,
                              struct okr_slice *ret_text)
{
    OKR_ASSERT(arena != NULL && ret_text != NULL);
    struct okr_buf out;
    uint8_t bytes[4 * DECOMPOSED_MAX];
    if (!okr_utf8_valid(text))
        return OKR_RULE_BAD_TEXT;
    okr_buf_init(&out, arena);
    while (text.len > 0) {
        struct okr_slice part = okr_slice_sub(text, 0, plain_len(text));
        bool plain = part.len > 0;
        if (!plain)
            part = first_cluster(text);
        if (part.len == 0)
            return OKR_RULE_BAD_TEXT;
        okr_buf_put(&out, plain ? part : normal_cluster(part, bytes));
        text = okr_slice_sub(text, part.len, text.len);
    }
    drop_cr(&out);
    *ret_text = written(&out, arena);
    return OKR_RULE_NONE;
}
