/* META of a site that has joined. */
#include "client/shell/ident.h"

#include <stdio.h>
#include <string.h>

#include "common/store/meta.h"

enum okr_err okr_ident_put(struct okr_kv_txn *txn,
                           const struct okr_ident *ident,
                           const struct okr_ident_seen *seen)
{
    const struct {
        const char *name;
        struct okr_slice value;
    } rows[] = {
        {"org", okr_id_slice(&ident->org)},
        {"site", okr_id_slice(&ident->site)},
        {"site_name", okr_slice_str(ident->name)},
        {"server_endpoint", okr_slice_str(ident->endpoint)},
        {"server_key",
         okr_slice_of(ident->server_key, sizeof ident->server_key)},
        {"log_key", okr_slice_of(ident->log_key.b, sizeof ident->log_key.b)},
        {"seen_root", okr_slice_of(seen->root.b, sizeof seen->root.b)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        OKR_TRY(okr_meta_put(txn, rows[i].name, rows[i].value));
    return okr_meta_put_u64(txn, "seen_size", seen->size);
}

static enum okr_err get_fixed(struct okr_kv_txn *txn, const char *name,
                              struct okr_arena *arena, uint8_t ret[32])
{
    struct okr_slice value;
    OKR_TRY(okr_meta_get(txn, name, arena, &value));
    if (value.len != 32)
        return OKR_ERR_CORRUPT;
    memcpy(ret, value.data, 32);
    return OKR_OK;
}

static enum okr_err get_text(struct okr_kv_txn *txn, const char *name,
                             struct okr_arena *arena, char *ret, size_t cap)
{
    struct okr_slice value;
    OKR_TRY(okr_meta_get(txn, name, arena, &value));
    if (value.len >= cap || memchr(value.data, '\0', value.len) != NULL)
        return OKR_ERR_CORRUPT;
    memcpy(ret, value.data, value.len);
    ret[value.len] = '\0';
    return OKR_OK;
}

enum okr_err okr_ident_get(struct okr_kv_txn *txn, struct okr_arena *arena,
                           struct okr_ident *ret_ident)
{
    struct okr_ident ident = {.name = ""};
    OKR_TRY(okr_meta_id(txn, "site", &ident.site));
    OKR_TRY(okr_meta_id(txn, "org", &ident.org));
    OKR_TRY(get_text(txn, "site_name", arena, ident.name, sizeof ident.name));
    OKR_TRY(get_text(txn, "server_endpoint", arena, ident.endpoint,
                     sizeof ident.endpoint));
    OKR_TRY(get_fixed(txn, "server_key", arena, ident.server_key));
    OKR_TRY(get_fixed(txn, "log_key", arena, ident.log_key.b));
    *ret_ident = ident;
    return OKR_OK;
}

bool okr_ident_publish(const struct okr_ident *ident, struct okr_slice port,
                       char ret_endpoint[OKR_ENDPOINT_BYTES])
{
    const char *colon = strrchr(ident->endpoint, ':');
    unsigned long number = 0;
    if (colon == NULL || port.len == 0 || port.len > 5)
        return false;
    for (size_t i = 0; i < port.len; i++) {
        if (port.data[i] < '0' || port.data[i] > '9')
            return false;
        number = number * 10 + (unsigned)(port.data[i] - '0');
    }
    if (number == 0 || number > UINT16_MAX)
        return false;
    int n = snprintf(ret_endpoint, OKR_ENDPOINT_BYTES, "%.*s:%lu",
                     (int)(colon - ident->endpoint), ident->endpoint, number);
    return n > 0 && n < OKR_ENDPOINT_BYTES;
}
