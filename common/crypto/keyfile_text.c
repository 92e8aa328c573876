/* Key files as text: writing and reading the lines that keyfile.h shows. */
#include "common/crypto/keyfile_text.h"

#include <inttypes.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/decimal.h"
#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/crypto/keyfile_seal.h"

enum { SECRET_LEN = 32, HEX_MAX = OKR_BOX_LEN };

static const char damaged[] = "it is damaged; restore it from a copy";

static const char *kind_name(enum okr_key_kind kind)
{
    switch (kind) {
    case OKR_KEY_PERSON:
        return "person";
    case OKR_KEY_SITE:
        return "site";
    case OKR_KEY_WITNESS:
        return "witness";
    case OKR_KEY_LINK:
        return "link";
    case OKR_KEY_LOG:
        return "log";
    }
    OKR_UNREACHABLE();
}

static enum okr_err public_of(enum okr_key_kind kind,
                              const uint8_t secret[SECRET_LEN],
                              uint8_t ret_public[32])
{
    if (kind == OKR_KEY_LINK) {
        okr_curve_public(secret, ret_public);
        return OKR_OK;
    }
    struct okr_sk *sk = NULL;
    OKR_TRY(okr_sk_from_seed(secret, &sk));
    struct okr_pk pk = okr_sk_public(sk);
    okr_sk_free(&sk);
    memcpy(ret_public, pk.b, sizeof pk.b);
    return OKR_OK;
}

static void put_hex(struct okr_buf *out, const uint8_t *data, size_t len)
{
    char hex[2 * HEX_MAX + 1];
    OKR_ASSERT(len <= HEX_MAX);
    okr_hex_encode(okr_slice_of(data, len), hex);
    okr_buf_put(out, okr_slice_str(hex));
    okr_wipe(hex, sizeof hex);
}

static enum okr_err put_sealed(struct okr_buf *out,
                               const uint8_t secret[SECRET_LEN],
                               const char *passphrase)
{
    struct okr_sealed sealed;
    OKR_TRY(okr_keyfile_seal(secret, passphrase, &sealed));
    okr_buf_put(out, OKR_SLICE_LIT("sealed "));
    put_hex(out, sealed.salt, sizeof sealed.salt);
    okr_buf_printf(out, " %" PRIu64 " %" PRIu64 " ", sealed.ops,
                   sealed.mem_bytes);
    put_hex(out, sealed.nonce, sizeof sealed.nonce);
    okr_buf_u8(out, ' ');
    put_hex(out, sealed.box, sizeof sealed.box);
    okr_buf_u8(out, '\n');
    return OKR_OK;
}

enum okr_err okr_keyfile_text(enum okr_key_kind kind,
                              const uint8_t secret[SECRET_LEN],
                              const char *passphrase, struct okr_buf *out)
{
    uint8_t public[32];
    OKR_TRY(public_of(kind, secret, public));
    okr_buf_printf(out, "okr-key 1\nkind %s\npublic ", kind_name(kind));
    put_hex(out, public, sizeof public);
    okr_buf_u8(out, '\n');
    if (passphrase != NULL) {
        OKR_TRY(put_sealed(out, secret, passphrase));
    } else {
        okr_buf_put(out, OKR_SLICE_LIT("secret "));
        put_hex(out, secret, SECRET_LEN);
        okr_buf_u8(out, '\n');
    }
    return out->err;
}

/* The part of `rest` before `end`, which is taken off with it. */
static bool take_until(struct okr_slice *rest, uint8_t end,
                       struct okr_slice *ret_part)
{
    for (size_t i = 0; i < rest->len; i++)
        if (rest->data[i] == end) {
            *ret_part = okr_slice_sub(*rest, 0, i);
            *rest = okr_slice_sub(*rest, i + 1, rest->len);
            return true;
        }
    return false;
}

/* The value of the line "name value"; takes nothing if it is another. */
static bool take_line(struct okr_slice *rest, const char *name,
                      struct okr_slice *ret_value)
{
    struct okr_slice after = *rest, line, word;
    if (!take_until(&after, '\n', &line) || !take_until(&line, ' ', &word) ||
        !okr_slice_is(word, name))
        return false;
    *rest = after;
    *ret_value = line;
    return true;
}

static bool take_hex(struct okr_slice *words, uint8_t *out, size_t len)
{
    struct okr_slice word;
    return take_until(words, ' ', &word) &&
           okr_hex_decode(word, out, len) == OKR_OK;
}

static bool take_count(struct okr_slice *words, uint64_t *ret_count)
{
    struct okr_slice word;
    struct okr_dec dec;
    if (!take_until(words, ' ', &word) || okr_dec_parse(word, &dec) != OKR_OK ||
        dec.scale != 0 || dec.mant < 0)
        return false;
    *ret_count = (uint64_t)dec.mant;
    return true;
}

static bool parse_sealed(struct okr_slice words, struct okr_sealed *ret_sealed)
{
    return take_hex(&words, ret_sealed->salt, sizeof ret_sealed->salt) &&
           take_count(&words, &ret_sealed->ops) &&
           take_count(&words, &ret_sealed->mem_bytes) &&
           take_hex(&words, ret_sealed->nonce, sizeof ret_sealed->nonce) &&
           okr_hex_decode(words, ret_sealed->box, sizeof ret_sealed->box) ==
               OKR_OK &&
           okr_sealed_valid(ret_sealed);
}

static enum okr_err unseal(struct okr_slice words, const char *passphrase,
                           uint8_t ret_secret[SECRET_LEN], const char **ret_why)
{
    struct okr_sealed sealed;
    if (!parse_sealed(words, &sealed))
        return OKR_ERR_FORMAT;
    if (passphrase == NULL) {
        *ret_why = OKR_KEYFILE_SEALED;
        return OKR_ERR_DENIED;
    }
    enum okr_err err = okr_keyfile_unseal(&sealed, passphrase, ret_secret);
    if (err == OKR_ERR_DENIED)
        *ret_why = "the passphrase is wrong; try again";
    return err;
}

/* The lines before the secret. */
static enum okr_err parse_head(struct okr_slice *rest, enum okr_key_kind kind,
                               uint8_t ret_public[32], const char **ret_why)
{
    struct okr_slice value;
    struct okr_dec version;
    if (!take_line(rest, "okr-key", &value) ||
        okr_dec_parse(value, &version) != OKR_OK ||
        okr_dec_cmp(version, okr_dec_int(1)) < 0) {
        *ret_why = "it is no key file; name the right file";
        return OKR_ERR_FORMAT;
    }
    if (!okr_slice_is(value, "1")) {
        *ret_why = "a newer version wrote it; upgrade this program";
        return OKR_ERR_VERSION;
    }
    if (!take_line(rest, "kind", &value))
        return OKR_ERR_FORMAT;
    if (!okr_slice_is(value, kind_name(kind))) {
        *ret_why = "it holds a key of another kind; name the right file";
        return OKR_ERR_FORMAT;
    }
    if (!take_line(rest, "public", &value))
        return OKR_ERR_FORMAT;
    return okr_hex_decode(value, ret_public, 32);
}

/* A public key that the secret does not make would let this side sign with
 * one key and show another. */
static enum okr_err check_public(enum okr_key_kind kind,
                                 const uint8_t secret[SECRET_LEN],
                                 const uint8_t stated[32])
{
    uint8_t public[32];
    OKR_TRY(public_of(kind, secret, public));
    return memcmp(public, stated, sizeof public) == 0 ? OKR_OK : OKR_ERR_FORMAT;
}

static enum okr_err parse_secret(struct okr_slice rest, const char *passphrase,
                                 uint8_t ret_secret[SECRET_LEN],
                                 const char **ret_why)
{
    struct okr_slice value;
    bool plain = take_line(&rest, "secret", &value);
    if (!plain && !take_line(&rest, "sealed", &value))
        return OKR_ERR_FORMAT;
    if (rest.len > 0)
        return OKR_ERR_FORMAT;
    if (plain)
        return okr_hex_decode(value, ret_secret, SECRET_LEN);
    return unseal(value, passphrase, ret_secret, ret_why);
}

enum okr_err okr_keyfile_text_parse(struct okr_slice text,
                                    enum okr_key_kind kind,
                                    const char *passphrase,
                                    uint8_t ret_secret[SECRET_LEN],
                                    const char **ret_why)
{
    uint8_t stated[32];
    *ret_why = damaged;
    OKR_TRY(parse_head(&text, kind, stated, ret_why));
    uint8_t secret[SECRET_LEN];
    enum okr_err err = parse_secret(text, passphrase, secret, ret_why);
    if (err == OKR_OK)
        err = check_public(kind, secret, stated);
    if (err == OKR_OK)
        memcpy(ret_secret, secret, SECRET_LEN);
    if (err == OKR_ERR_NOMEM)
        *ret_why = okr_err_text(err);
    okr_wipe(secret, sizeof secret);
    return err;
}

enum okr_err okr_keyfile_text_public(struct okr_slice text,
                                     enum okr_key_kind kind,
                                     uint8_t ret_public[32],
                                     const char **ret_why)
{
    uint8_t stated[32];
    *ret_why = damaged;
    OKR_TRY(parse_head(&text, kind, stated, ret_why));
    memcpy(ret_public, stated, sizeof stated);
    return OKR_OK;
}
