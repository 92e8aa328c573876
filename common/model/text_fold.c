/* Text for comparing. */
#include <utf8proc.h>

#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/utf8.h"
#include "common/model/text.h"

static bool is_space(utf8proc_int32_t c)
{
    utf8proc_category_t category = utf8proc_category(c);
    return category == UTF8PROC_CATEGORY_ZS ||
           category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP || (c >= '\t' && c <= '\r');
}

/* Appends the characters; white space becomes one blank between words. */
static void put_squeezed(const utf8proc_int32_t *chars, utf8proc_ssize_t n,
                         struct okr_buf *out)
{
    bool blank = false;
    for (utf8proc_ssize_t i = 0; i < n; i++) {
        uint8_t bytes[4];
        if (is_space(chars[i])) {
            blank = out->len > 0;
            continue;
        }
        if (blank)
            okr_buf_u8(out, ' ');
        blank = false;
        utf8proc_ssize_t len = utf8proc_encode_char(chars[i], bytes);
        okr_buf_put(out, okr_slice_of(bytes, (size_t)len));
    }
}

enum okr_rule okr_text_folded(struct okr_slice text, struct okr_arena *arena,
                              struct okr_slice *ret_text)
{
    const utf8proc_option_t fold = UTF8PROC_STABLE | UTF8PROC_COMPOSE |
                                   UTF8PROC_COMPAT | UTF8PROC_CASEFOLD |
                                   UTF8PROC_IGNORE;
    OKR_ASSERT(arena != NULL && ret_text != NULL);
    if (!okr_utf8_valid(text))
        return OKR_RULE_BAD_TEXT;
    utf8proc_ssize_t len = (utf8proc_ssize_t)text.len;
    utf8proc_ssize_t n = utf8proc_decompose(text.data, len, NULL, 0, fold);
    OKR_ASSERT(n >= 0);
    utf8proc_int32_t *chars =
        okr_arena_array(arena, (size_t)n + 1, sizeof *chars);
    struct okr_buf out;
    okr_buf_init(&out, arena);
    if (chars != NULL) {
        n = utf8proc_decompose(text.data, len, chars, n, fold);
        n = utf8proc_normalize_utf32(chars, n, fold);
        OKR_ASSERT(n >= 0);
        put_squeezed(chars, n, &out);
    }
    bool failed = chars == NULL || out.err != OKR_OK;
    *ret_text = failed        ? OKR_SLICE_NONE
                : out.len > 0 ? okr_buf_slice(&out)
                              : okr_arena_copy(arena, OKR_SLICE_NONE);
    return OKR_RULE_NONE;
}
