/* Hashes and the digest of a set, over libsodium. */
#include "common/crypto/hash.h"

#include <sodium.h>
#include <string.h>

#include "common/base/assert.h"

_Static_assert(OKR_SHA256_LEN == crypto_hash_sha256_BYTES, "SHA-256");
_Static_assert(OKR_SHA256_LEN == crypto_auth_hmacsha256_BYTES, "HMAC");
_Static_assert(OKR_B2_LEN == crypto_generichash_BYTES_MIN, "BLAKE2b-128");

void okr_crypto_init(void)
{
    OKR_ASSERT(sodium_init() >= 0);
}

struct okr_hash okr_sha256(struct okr_slice s)
{
    return okr_sha256_parts(&s, 1);
}

struct okr_hash okr_sha256_parts(const struct okr_slice *parts, size_t n)
{
    OKR_ASSERT(parts != NULL || n == 0);
    crypto_hash_sha256_state state;
    struct okr_hash hash;
    int failed = crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < n; i++)
        failed |=
            crypto_hash_sha256_update(&state, parts[i].data, parts[i].len);
    failed |= crypto_hash_sha256_final(&state, hash.b);
    OKR_ASSERT(failed == 0);
    return hash;
}

bool okr_hash_eq(const struct okr_hash *a, const struct okr_hash *b)
{
    return memcmp(a->b, b->b, sizeof a->b) == 0;
}

struct okr_hash okr_hmac(struct okr_slice key, struct okr_slice message)
{
    crypto_auth_hmacsha256_state state;
    struct okr_hash hash;
    int failed = crypto_auth_hmacsha256_init(&state, key.data, key.len);
    failed |= crypto_auth_hmacsha256_update(&state, message.data, message.len);
    failed |= crypto_auth_hmacsha256_final(&state, hash.b);
    OKR_ASSERT(failed == 0);
    okr_wipe(&state, sizeof state);
    return hash;
}

void okr_blake2b(struct okr_slice s, uint8_t out[OKR_B2_LEN])
{
    int failed = crypto_generichash(out, OKR_B2_LEN, s.data, s.len, NULL, 0);
    OKR_ASSERT(failed == 0);
}

static uint64_t little_endian(const uint8_t at[8])
{
    uint64_t v = 0;
    for (unsigned i = 8; i-- > 0;)
        v = (v << 8) | at[i];
    return v;
}

struct okr_digest okr_digest_of(const uint8_t b2[OKR_B2_LEN])
{
    OKR_ASSERT(b2 != NULL);
    return (struct okr_digest){.lo = little_endian(b2),
                               .hi = little_endian(b2 + 8)};
}

void okr_digest_add(struct okr_digest *sum, const struct okr_digest *one)
{
    uint64_t lo = sum->lo + one->lo;
    sum->hi += one->hi + (lo < sum->lo);
    sum->lo = lo;
}

void okr_digest_sub(struct okr_digest *sum, const struct okr_digest *one)
{
    sum->hi -= one->hi + (sum->lo < one->lo);
    sum->lo -= one->lo;
}

bool okr_digest_eq(const struct okr_digest *a, const struct okr_digest *b)
{
    return a->lo == b->lo && a->hi == b->hi;
}

void okr_digest_bytes(const struct okr_digest *sum, uint8_t out[OKR_B2_LEN])
{
    for (unsigned i = 0; i < 8; i++) {
        out[i] = (uint8_t)(sum->lo >> (8 * i));
        out[8 + i] = (uint8_t)(sum->hi >> (8 * i));
    }
}

bool okr_equal_secret(const uint8_t *a, const uint8_t *b, size_t len)
{
    OKR_ASSERT((a != NULL && b != NULL) || len == 0);
    return sodium_memcmp(a, b, len) == 0;
}

void okr_wipe(void *data, size_t len)
{
    OKR_ASSERT(data != NULL || len == 0);
    sodium_memzero(data, len);
}
