/* zstd with a dictionary that both sides have. */
#include "common/codec/squeeze.h"

#include <zstd.h>

#include "common/base/assert.h"
#include "proto/dictionary.h"

/* Level 3 of 22: higher ones save some percent and cost several times the
 * time, which a returning fleet would pay at the server. */
enum { LEVEL = 3, WINDOW_LOG = 18 };

static struct okr_slice dictionary_of(uint8_t number)
{
    if (number != OKR_DICTIONARY)
        return OKR_SLICE_NONE;
    return okr_slice_of(okr_dictionary_1, sizeof okr_dictionary_1);
}

static enum okr_err compress(ZSTD_CCtx *ctx, struct okr_slice body,
                             struct okr_slice dictionary, uint8_t *to,
                             size_t *len)
{
    size_t bad = ZSTD_CCtx_setParameter(ctx, ZSTD_c_compressionLevel, LEVEL);
    if (!ZSTD_isError(bad))
        bad = ZSTD_CCtx_setParameter(ctx, ZSTD_c_windowLog, WINDOW_LOG);
    if (!ZSTD_isError(bad))
        bad = ZSTD_CCtx_loadDictionary(ctx, dictionary.data, dictionary.len);
    if (ZSTD_isError(bad))
        return OKR_ERR_NOMEM;
    *len = ZSTD_compress2(ctx, to, *len, body.data, body.len);
    /* Too large for where it goes: then it is no gain. */
    if (ZSTD_isError(*len))
        *len = 0;
    return OKR_OK;
}

enum okr_err okr_squeeze(struct okr_slice body, uint8_t dictionary,
                         struct okr_arena *arena,
                         struct okr_slice *ret_squeezed)
{
    OKR_ASSERT(arena != NULL && ret_squeezed != NULL);
    struct okr_slice known = dictionary_of(dictionary);
    OKR_ASSERT(known.len > 0);
    *ret_squeezed = OKR_SLICE_NONE;
    if (body.len < OKR_SQUEEZE_MIN)
        return OKR_OK;
    uint8_t *to = okr_arena_alloc(arena, body.len);
    ZSTD_CCtx *ctx = ZSTD_createCCtx();
    enum okr_err err = OKR_ERR_NOMEM;
    size_t len = body.len - 2; /* at most: smaller, with the number */
    if (to != NULL && ctx != NULL)
        err = compress(ctx, body, known, to + 1, &len);
    (void)ZSTD_freeCCtx(ctx);
    if (err != OKR_OK || len == 0)
        return err;
    to[0] = dictionary;
    *ret_squeezed = okr_slice_of(to, 1 + len);
    return OKR_OK;
}

/* The one frame that is all of it, and what it says to hold. */
static enum okr_err look(struct okr_slice frame, size_t max, size_t *ret_len)
{
    unsigned long long says = ZSTD_getFrameContentSize(frame.data, frame.len);
    if (says == ZSTD_CONTENTSIZE_ERROR || says == ZSTD_CONTENTSIZE_UNKNOWN)
        return OKR_ERR_FORMAT;
    if (says > max)
        return OKR_ERR_LIMIT;
    if (ZSTD_findFrameCompressedSize(frame.data, frame.len) != frame.len)
        return OKR_ERR_FORMAT;
    *ret_len = (size_t)says;
    return OKR_OK;
}

enum okr_err okr_unsqueeze(struct okr_slice squeezed, size_t max,
                           struct okr_arena *arena, struct okr_slice *ret_body)
{
    OKR_ASSERT(arena != NULL && ret_body != NULL);
    if (squeezed.len < 2)
        return OKR_ERR_FORMAT;
    struct okr_slice known = dictionary_of(squeezed.data[0]);
    if (known.len == 0)
        return OKR_ERR_VERSION;
    struct okr_slice frame = okr_slice_sub(squeezed, 1, squeezed.len);
    size_t len;
    OKR_TRY(look(frame, max, &len));
    uint8_t *to = okr_arena_alloc(arena, len == 0 ? 1 : len);
    ZSTD_DCtx *ctx = ZSTD_createDCtx();
    size_t got = 0;
    if (to != NULL && ctx != NULL)
        got = ZSTD_decompress_usingDict(ctx, to, len, frame.data, frame.len,
                                        known.data, known.len);
    (void)ZSTD_freeDCtx(ctx);
    if (to == NULL || ctx == NULL)
        return OKR_ERR_NOMEM;
    if (ZSTD_isError(got) || got != len)
        return OKR_ERR_FORMAT;
    *ret_body = okr_slice_of(to, len);
    return OKR_OK;
}
