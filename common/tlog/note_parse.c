/* Reading a signed note, strictly: one text has one form, so that two sites
 * that hold the same checkpoint hold the same bytes. */
#include "common/tlog/checkpoint.h"

#include <string.h>

#include "common/base/hex.h"
#include "common/base/assert.h"
#include "common/base/utf8.h"
#include "common/tlog/note_name.h"

enum {
    ROOT_CHARS = 44,  /* base64 of 32 bytes */
    SIG_CHARS = 92,   /* of 4 + 64 */
    COSIG_CHARS = 104 /* of 4 + 72 */
};

/* White_Space of Unicode, and everything below U+0020. */
static bool is_space(uint32_t c)
{
    return c <= 0x20 || c == 0x7f || c == 0x85 || c == 0xa0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200a) || c == 0x2028 || c == 0x2029 ||
           c == 0x202f || c == 0x205f || c == 0x3000;
}

bool okr_note_name_valid(struct okr_slice name)
{
    if (name.len == 0 || name.len > OKR_ORIGIN_MAX || !okr_utf8_valid(name))
        return false;
    while (name.len > 0) {
        uint32_t c = okr_utf8_next(&name);
        if (is_space(c) || c == '+')
            return false;
    }
    return true;
}

/* Takes the bytes up to `end` off the front; `end` itself is dropped. */
static enum okr_err take_until(struct okr_slice *rest, uint8_t end,
                               struct okr_slice *ret_part)
{
    const uint8_t *at =
        rest->len == 0 ? NULL : memchr(rest->data, end, rest->len);
    if (at == NULL)
        return OKR_ERR_FORMAT;
    size_t len = (size_t)(at - rest->data);
    *ret_part = okr_slice_of(rest->data, len);
    *rest = okr_slice_of(at + 1, rest->len - len - 1);
    return OKR_OK;
}

/* Decimal without leading zeros, at most OKR_TLOG_SIZE_MAX. */
static enum okr_err parse_size(struct okr_slice line, uint64_t *ret_size)
{
    if (line.len == 0 || line.len > 13 || (line.len > 1 && line.data[0] == '0'))
        return OKR_ERR_FORMAT;
    uint64_t size = 0;
    for (size_t i = 0; i < line.len; i++) {
        if (line.data[i] < '0' || line.data[i] > '9')
            return OKR_ERR_FORMAT;
        size = 10 * size + (uint64_t)(line.data[i] - '0');
    }
    if (size > OKR_TLOG_SIZE_MAX)
        return OKR_ERR_FORMAT;
    *ret_size = size;
    return OKR_OK;
}

/* Decodes `chars` characters into exactly `len` bytes. */
static enum okr_err parse_base64(struct okr_slice text, uint8_t *out,
                                 size_t len)
{
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    enum okr_err err = okr_base64_decode(text, &buf);
    if (err == OKR_OK)
        err = buf.err;
    if (err == OKR_OK && buf.len != len)
        err = OKR_ERR_FORMAT;
    if (err == OKR_OK)
        memcpy(out, buf.data, len);
    okr_buf_close(&buf);
    return err;
}

static enum okr_err parse_text(struct okr_slice *rest,
                               struct okr_checkpoint *ret_cp)
{
    struct okr_slice origin, size, root;
    OKR_TRY(take_until(rest, '\n', &origin));
    OKR_TRY(take_until(rest, '\n', &size));
    OKR_TRY(take_until(rest, '\n', &root));
    if (!okr_note_name_valid(origin) || root.len != ROOT_CHARS)
        return OKR_ERR_FORMAT;
    memcpy(ret_cp->origin, origin.data, origin.len);
    ret_cp->origin[origin.len] = '\0';
    OKR_TRY(parse_size(size, &ret_cp->size));
    return parse_base64(root, ret_cp->root.b, sizeof ret_cp->root.b);
}

/* "— name base64" */
static enum okr_err parse_sig(struct okr_slice line,
                              struct okr_note_sig *ret_sig)
{
    const struct okr_slice dash = OKR_SLICE_LIT("\xe2\x80\x94 ");
    if (!okr_slice_starts(line, dash))
        return OKR_ERR_FORMAT;
    struct okr_slice rest = okr_slice_sub(line, dash.len, line.len);
    OKR_TRY(take_until(&rest, ' ', &ret_sig->name));
    if (!okr_note_name_valid(ret_sig->name))
        return OKR_ERR_FORMAT;
    if (rest.len != SIG_CHARS && rest.len != COSIG_CHARS)
        return OKR_ERR_FORMAT;
    uint8_t bytes[sizeof ret_sig->key_id + sizeof ret_sig->bytes];
    ret_sig->len = rest.len == SIG_CHARS ? OKR_SIGN_LEN : sizeof ret_sig->bytes;
    size_t id_len = sizeof ret_sig->key_id;
    OKR_TRY(parse_base64(rest, bytes, id_len + ret_sig->len));
    memcpy(ret_sig->key_id, bytes, id_len);
    memcpy(ret_sig->bytes, bytes + id_len, ret_sig->len);
    return OKR_OK;
}

static enum okr_err parse_sigs(struct okr_slice rest, struct okr_note *note)
{
    while (rest.len > 0) {
        struct okr_slice line;
        if (note->n_sigs == OKR_NOTE_SIGS_MAX)
            return OKR_ERR_FORMAT;
        OKR_TRY(take_until(&rest, '\n', &line));
        OKR_TRY(parse_sig(line, &note->sigs[note->n_sigs]));
        note->n_sigs++;
    }
    return note->n_sigs > 0 ? OKR_OK : OKR_ERR_FORMAT;
}

enum okr_err okr_note_parse(struct okr_slice note, struct okr_note *ret_note)
{
    OKR_ASSERT(ret_note != NULL);
    if (note.len > OKR_NOTE_MAX)
        return OKR_ERR_FORMAT;
    struct okr_note parsed = {.n_sigs = 0};
    struct okr_slice rest = note;
    struct okr_slice empty;
    OKR_TRY(parse_text(&rest, &parsed.checkpoint));
    parsed.text = okr_slice_of(note.data, note.len - rest.len);
    OKR_TRY(take_until(&rest, '\n', &empty));
    if (empty.len != 0)
        return OKR_ERR_FORMAT;
    OKR_TRY(parse_sigs(rest, &parsed));
    *ret_note = parsed;
    return OKR_OK;
}
