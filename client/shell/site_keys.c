/* The site's three keys, each in a file of its own. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "client/shell/site_dir.h"
#include "common/crypto/hash.h"

static const struct {
    const char *name;
    enum okr_key_kind kind;
} files[] = {
    {"keys/site.key", OKR_KEY_SITE},
    {"keys/witness.key", OKR_KEY_WITNESS},
    {"keys/link.key", OKR_KEY_LINK},
};
enum { KEYS = sizeof files / sizeof files[0] };

static bool make_key(const char *dir, size_t i, struct okr_snag *snag)
{
    char path[OKR_SITE_PATH_MAX];
    uint8_t secret[32];
    struct okr_keyfile_error error;
    if (!okr_site_path(dir, files[i].name, path, snag))
        return false;
    okr_random(secret, sizeof secret);
    enum okr_err err =
        okr_keyfile_write(path, files[i].kind, secret, NULL, &error);
    okr_wipe(secret, sizeof secret);
    if (err != OKR_OK && err != OKR_ERR_EXISTS)
        okr_snag_refuse(snag, NULL, NULL, "%s", error.text);
    return !okr_snagged(snag);
}

bool okr_site_keys_make(const char *dir, struct okr_snag *snag)
{
    char path[OKR_SITE_PATH_MAX];
    if (!okr_site_path(dir, "keys", path, snag))
        return false;
    if (mkdir(path, S_IRWXU) != 0 && errno != EEXIST) {
        okr_snag_refuse(snag, NULL, NULL, "%s: %s", path, strerror(errno));
        return false;
    }
    for (size_t i = 0; i < KEYS; i++)
        if (!make_key(dir, i, snag))
            return false;
    return true;
}

static struct okr_sk *load_key(const char *dir, size_t i, struct okr_snag *snag)
{
    char path[OKR_SITE_PATH_MAX];
    uint8_t secret[32];
    struct okr_keyfile_error error;
    struct okr_sk *sk = NULL;
    if (!okr_site_path(dir, files[i].name, path, snag))
        return NULL;
    enum okr_err err =
        okr_keyfile_read(path, files[i].kind, NULL, secret, &error);
    if (err != OKR_OK) {
        okr_snag_refuse(snag, NULL,
                        err == OKR_ERR_NOTFOUND ? OKR_KEYS_REMEDY : NULL, "%s",
                        error.text);
        return NULL;
    }
    err = okr_sk_from_seed(secret, &sk);
    okr_wipe(secret, sizeof secret);
    if (err != OKR_OK)
        okr_snag_world(snag, err, path);
    return err == OKR_OK ? sk : NULL;
}

bool okr_site_keys_load(const char *dir, struct okr_site_keys *ret_keys,
                        struct okr_snag *snag)
{
    struct okr_site_keys keys = {.site = NULL};
    struct okr_sk **at[KEYS] = {&keys.site, &keys.witness, &keys.link};
    for (size_t i = 0; i < KEYS; i++) {
        *at[i] = load_key(dir, i, snag);
        if (*at[i] == NULL) {
            okr_site_keys_free(&keys);
            return false;
        }
    }
    okr_curve_public(okr_sk_seed(keys.link), keys.link_public);
    *ret_keys = keys;
    return true;
}

void okr_site_keys_free(struct okr_site_keys *keys)
{
    okr_sk_free(&keys->site);
    okr_sk_free(&keys->witness);
    okr_sk_free(&keys->link);
}

/* A UUID of version 8 (RFC 9562, 5.8): what is in it is the maker's matter. */
struct okr_id okr_site_id_of(const struct okr_site_keys *keys)
{
    static const char tag[] = "okr/site-id/v1";
    struct okr_pk pk = okr_sk_public(keys->site);
    const struct okr_slice parts[] = {okr_slice_of(tag, sizeof tag),
                                      okr_slice_of(pk.b, sizeof pk.b)};
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    struct okr_id id;
    memcpy(id.b, hash.b, sizeof id.b);
    id.b[6] = (uint8_t)((id.b[6] & 0x0f) | 0x80);
    id.b[8] = (uint8_t)((id.b[8] & 0x3f) | 0x80);
    return id;
}
