/* Hashes: SHA-256 (FIPS 180-4) for what is signed and logged, BLAKE2b
 * (RFC 7693) for digests of state. */
#ifndef OKR_CRYPTO_HASH_H
#define OKR_CRYPTO_HASH_H

#include "common/base/slice.h"

#define OKR_SHA256_LEN 32
#define OKR_B2_LEN 16

struct okr_hash {
    uint8_t b[OKR_SHA256_LEN];
};

/* Must be called once, before anything else of crypto/, before threads. */
void okr_crypto_init(void);

struct okr_hash okr_sha256(struct okr_slice s);
/* SHA-256 over the parts, one behind the other. */
struct okr_hash okr_sha256_parts(const struct okr_slice *parts, size_t n);
bool okr_hash_eq(const struct okr_hash *a, const struct okr_hash *b);
/* HMAC-SHA-256 (RFC 2104). */
struct okr_hash okr_hmac(struct okr_slice key, struct okr_slice message);

/* BLAKE2b with 16 bytes of output, no key. */
void okr_blake2b(struct okr_slice s, uint8_t out[OKR_B2_LEN]);

/* Digest of a set of records: the sum of their BLAKE2b-128 as unsigned
 * little-endian numbers mod 2^128, so members come and go in any order. */
struct okr_digest {
    uint64_t lo, hi;
};
struct okr_digest okr_digest_of(const uint8_t b2[OKR_B2_LEN]);
void okr_digest_add(struct okr_digest *sum, const struct okr_digest *one);
void okr_digest_sub(struct okr_digest *sum, const struct okr_digest *one);
bool okr_digest_eq(const struct okr_digest *a, const struct okr_digest *b);
/* 16 bytes, little-endian: lo then hi. */
void okr_digest_bytes(const struct okr_digest *sum, uint8_t out[OKR_B2_LEN]);

/* Compares in time that does not depend on the content. */
bool okr_equal_secret(const uint8_t *a, const uint8_t *b, size_t len);
void okr_wipe(void *data, size_t len);

#endif
