/* The server's four keys, each in a file of its own. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "server/shell/files.h"
#include "server/shell/folder.h"

static const struct {
    const char *name;
    enum okr_key_kind kind;
} files[] = {
    {"keys/site.key", OKR_KEY_SITE},
    {"keys/witness.key", OKR_KEY_WITNESS},
    {"keys/link.key", OKR_KEY_LINK},
    {"keys/log.key", OKR_KEY_LOG},
};
enum { KEYS = sizeof files / sizeof files[0] };

static bool make_key(const char *dir, size_t i, struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    uint8_t secret[32];
    struct okr_keyfile_error error;
    if (!okr_folder_path(dir, files[i].name, path, fault))
        return false;
    okr_random(secret, sizeof secret);
    enum okr_err err =
        okr_keyfile_write(path, files[i].kind, secret, NULL, &error);
    okr_wipe(secret, sizeof secret);
    if (err != OKR_OK)
        okr_fault_refuse(fault, NULL, NULL, "%s", error.text);
    return err == OKR_OK;
}

bool okr_keys_make(const char *dir, struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(dir, "keys", path, fault))
        return false;
    if (mkdir(path, S_IRWXU) != 0) {
        okr_fault_world(fault, OKR_ERR_IO, path);
        return false;
    }
    for (size_t i = 0; i < KEYS; i++)
        if (!make_key(dir, i, fault))
            return false;
    return true;
}

bool okr_keys_copy(const char *from, const char *dir, struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES], to[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(dir, "keys", path, fault))
        return false;
    if (mkdir(path, S_IRWXU) != 0) {
        okr_fault_world(fault, OKR_ERR_IO, path);
        return false;
    }
    for (size_t i = 0; i < KEYS; i++) {
        char name[OKR_PATH_MAX_BYTES];
        const char *base = strrchr(files[i].name, '/') + 1;
        if (!okr_folder_path(from, base, name, fault) ||
            !okr_folder_path(dir, files[i].name, to, fault) ||
            !okr_files_copy(name, to, fault))
            return false;
    }
    return okr_files_sync(path);
}

static struct okr_sk *load_key(const char *dir, size_t i,
                               struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    uint8_t secret[32];
    struct okr_keyfile_error error;
    struct okr_sk *sk = NULL;
    if (!okr_folder_path(dir, files[i].name, path, fault))
        return NULL;
    enum okr_err err =
        okr_keyfile_read(path, files[i].kind, NULL, secret, &error);
    if (err != OKR_OK) {
        okr_fault_refuse(fault, NULL, NULL, "%s", error.text);
        return NULL;
    }
    err = okr_sk_from_seed(secret, &sk);
    okr_wipe(secret, sizeof secret);
    if (err != OKR_OK)
        okr_fault_world(fault, err, path);
    return err == OKR_OK ? sk : NULL;
}

bool okr_keys_load(const char *dir, struct okr_keys *ret_keys,
                   struct okr_fault *fault)
{
    struct okr_keys keys = {.site = NULL};
    struct okr_sk **at[KEYS] = {&keys.site, &keys.witness, &keys.link,
                                &keys.log};
    for (size_t i = 0; i < KEYS; i++) {
        *at[i] = load_key(dir, i, fault);
        if (*at[i] == NULL) {
            okr_keys_free(&keys);
            return false;
        }
    }
    keys.log_public = okr_sk_public(keys.log);
    okr_curve_public(okr_sk_seed(keys.link), keys.link_public);
    *ret_keys = keys;
    return true;
}

void okr_keys_free(struct okr_keys *keys)
{
    okr_sk_free(&keys->site);
    okr_sk_free(&keys->witness);
    okr_sk_free(&keys->link);
    okr_sk_free(&keys->log);
}

void okr_keys_fingerprint(const struct okr_keys *keys,
                          char ret[OKR_FINGERPRINT_LEN])
{
    okr_fingerprint(okr_slice_of(keys->log_public.b, sizeof keys->log_public.b),
                    ret);
}
