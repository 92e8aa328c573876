/* Hexadecimal, base64 (RFC 4648 section 4, padded, strict) and base32
 * (Crockford alphabet, lower case: 0-9 a-z without i l o u). */
#ifndef OKR_BASE_HEX_H
#define OKR_BASE_HEX_H

#include "common/base/err.h"
#include "common/base/slice.h"

struct okr_buf;

/* Writes 2·len lower-case digits and a NUL; `out` holds 2·len + 1. */
void okr_hex_encode(struct okr_slice s, char *out);
/* Exactly 2·len digits of either case; else OKR_ERR_FORMAT, out untouched. */
OKR_MUST_USE enum okr_err okr_hex_decode(struct okr_slice text, uint8_t *out,
                                         size_t len);
void okr_base64_encode(struct okr_slice s, struct okr_buf *out);
/* Refuses white space, wrong padding and stray bits. */
OKR_MUST_USE enum okr_err okr_base64_decode(struct okr_slice text,
                                            struct okr_buf *out);
/* 5 bits a character, most significant first, last group padded with 0. */
void okr_base32_encode(struct okr_slice s, struct okr_buf *out);
/* Case is folded, o reads as 0, i and l as 1; stray bits are refused. */
OKR_MUST_USE enum okr_err okr_base32_decode(struct okr_slice text,
                                            struct okr_buf *out);

#endif
