/* Writing checkpoints and cosignatures, and checking their signatures. */
#include "common/tlog/checkpoint.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/tlog/note_name.h"

enum {
    TYPE_SIGNER = 0x01,   /* Ed25519 of a log, C2SP signed-note */
    TYPE_COSIGNER = 0x04, /* timestamped Ed25519, C2SP tlog-cosignature */
    KEY_ID_LEN = 4,
    TIME_LEN = 8,
    COSIG_LEN = TIME_LEN + OKR_SIGN_LEN,
    /* origin, 13 digits of 2^40, base64 of 32 bytes, three LF */
    TEXT_MAX = OKR_ORIGIN_MAX + 13 + 44 + 3,
    COSIGNED_MAX = TEXT_MAX + 64,
};

static struct okr_slice pk_slice(const struct okr_pk *pk)
{
    return okr_slice_of(pk->b, sizeof pk->b);
}

void okr_checkpoint_text(const struct okr_checkpoint *cp, struct okr_buf *out)
{
    OKR_ASSERT(cp != NULL && out != NULL && cp->size <= OKR_TLOG_SIZE_MAX);
    OKR_ASSERT(okr_note_name_valid(okr_slice_str(cp->origin)));
    okr_buf_printf(out, "%s\n%" PRIu64 "\n", cp->origin, cp->size);
    okr_base64_encode(okr_slice_of(cp->root.b, sizeof cp->root.b), out);
    okr_buf_put(out, OKR_SLICE_LIT("\n"));
}

void okr_note_key_id(const char *name, uint8_t type, const struct okr_pk *pk,
                     uint8_t ret_id[4])
{
    OKR_ASSERT(name != NULL && pk != NULL && ret_id != NULL);
    const struct okr_slice parts[] = {
        okr_slice_str(name),
        OKR_SLICE_LIT("\n"),
        okr_slice_of(&type, 1),
        pk_slice(pk),
    };
    struct okr_hash hash = okr_sha256_parts(parts, 4);
    memcpy(ret_id, hash.b, KEY_ID_LEN);
}

void okr_note_vkey(const char *name, uint8_t type, const struct okr_pk *pk,
                   struct okr_buf *out)
{
    OKR_ASSERT(okr_note_name_valid(okr_slice_str(name)));
    uint8_t id[KEY_ID_LEN], key[1 + OKR_SIGN_PK_LEN];
    char id_hex[2 * KEY_ID_LEN + 1];
    okr_note_key_id(name, type, pk, id);
    okr_hex_encode(okr_slice_of(id, sizeof id), id_hex);
    key[0] = type;
    memcpy(key + 1, pk->b, OKR_SIGN_PK_LEN);
    okr_buf_printf(out, "%s+%s+", name, id_hex);
    okr_base64_encode(okr_slice_of(key, sizeof key), out);
}

/* "— name base64(key id ‖ bytes)" LF */
static void put_line(const char *name, const uint8_t id[KEY_ID_LEN],
                     struct okr_slice bytes, struct okr_buf *out)
{
    uint8_t all[KEY_ID_LEN + COSIG_LEN];
    OKR_ASSERT(bytes.len <= COSIG_LEN);
    memcpy(all, id, KEY_ID_LEN);
    memcpy(all + KEY_ID_LEN, bytes.data, bytes.len);
    okr_buf_printf(out, "\xe2\x80\x94 %s ", name);
    okr_base64_encode(okr_slice_of(all, KEY_ID_LEN + bytes.len), out);
    okr_buf_put(out, OKR_SLICE_LIT("\n"));
}

void okr_note_sign(const struct okr_checkpoint *cp, const struct okr_sk *sk,
                   struct okr_buf *out)
{
    OKR_ASSERT(sk != NULL && out != NULL);
    size_t start = out->len;
    okr_checkpoint_text(cp, out);
    if (out->err != OKR_OK)
        return;
    struct okr_slice text = okr_slice_of(out->data + start, out->len - start);
    struct okr_sig sig = okr_sign(sk, text);
    struct okr_pk pk = okr_sk_public(sk);
    uint8_t id[KEY_ID_LEN];
    okr_note_key_id(cp->origin, TYPE_SIGNER, &pk, id);
    okr_buf_put(out, OKR_SLICE_LIT("\n"));
    put_line(cp->origin, id, okr_slice_of(sig.b, sizeof sig.b), out);
}

/* The first line of this name and key with `len` bytes behind the key id. */
static const struct okr_note_sig *find_sig(const struct okr_note *note,
                                           const char *name, uint8_t type,
                                           const struct okr_pk *pk, size_t len)
{
    uint8_t id[KEY_ID_LEN];
    okr_note_key_id(name, type, pk, id);
    for (size_t i = 0; i < note->n_sigs; i++) {
        const struct okr_note_sig *sig = &note->sigs[i];
        if (sig->len == len && memcmp(sig->key_id, id, KEY_ID_LEN) == 0 &&
            okr_slice_is(sig->name, name))
            return sig;
    }
    return NULL;
}

bool okr_note_signed_by(const struct okr_note *note, const struct okr_pk *pk)
{
    OKR_ASSERT(note != NULL && pk != NULL);
    const struct okr_note_sig *line =
        find_sig(note, note->checkpoint.origin, TYPE_SIGNER, pk, OKR_SIGN_LEN);
    if (line == NULL)
        return false;
    struct okr_sig sig;
    memcpy(sig.b, line->bytes, OKR_SIGN_LEN);
    return okr_sign_check(pk, note->text, &sig);
}

/* What a witness signs: "cosignature/v1\ntime T\n" ‖ text. */
static struct okr_slice cosigned(const struct okr_note *note, uint64_t time_s,
                                 uint8_t bytes[COSIGNED_MAX])
{
    char head[64];
    int len = snprintf(head, sizeof head, "cosignature/v1\ntime %" PRIu64 "\n",
                       time_s);
    OKR_ASSERT(len > 0 && (size_t)len < sizeof head);
    OKR_ASSERT(note->text.len <= TEXT_MAX);
    memcpy(bytes, head, (size_t)len);
    memcpy(bytes + len, note->text.data, note->text.len);
    return okr_slice_of(bytes, (size_t)len + note->text.len);
}

void okr_note_cosign(const struct okr_note *note, const char *name,
                     const struct okr_sk *sk, uint64_t time_s,
                     struct okr_buf *out)
{
    OKR_ASSERT(note != NULL && sk != NULL && out != NULL);
    OKR_ASSERT(okr_note_name_valid(okr_slice_str(name)));
    uint8_t message[COSIGNED_MAX], id[KEY_ID_LEN], bytes[COSIG_LEN];
    struct okr_sig sig = okr_sign(sk, cosigned(note, time_s, message));
    struct okr_pk pk = okr_sk_public(sk);
    okr_note_key_id(name, TYPE_COSIGNER, &pk, id);
    okr_be_put64(bytes, time_s);
    memcpy(bytes + TIME_LEN, sig.b, OKR_SIGN_LEN);
    put_line(name, id, okr_slice_of(bytes, sizeof bytes), out);
}

bool okr_note_cosigned_by(const struct okr_note *note, const char *name,
                          const struct okr_pk *pk, uint64_t *ret_time_s)
{
    OKR_ASSERT(note != NULL && name != NULL && pk != NULL);
    OKR_ASSERT(ret_time_s != NULL);
    const struct okr_note_sig *line =
        find_sig(note, name, TYPE_COSIGNER, pk, COSIG_LEN);
    if (line == NULL)
        return false;
    uint64_t time_s = okr_be_get64(line->bytes);
    struct okr_sig sig;
    memcpy(sig.b, line->bytes + TIME_LEN, OKR_SIGN_LEN);
    uint8_t message[COSIGNED_MAX];
    if (!okr_sign_check(pk, cosigned(note, time_s, message), &sig))
        return false;
    *ret_time_s = time_s;
    return true;
}
