/* UTF-8 (RFC 3629): checking and walking.  Normalisation is model/text.h. */
#ifndef OKR_BASE_UTF8_H
#define OKR_BASE_UTF8_H

#include "common/base/slice.h"

/* Well formed: no over-long form, surrogate, or number above U+10FFFF. */
bool okr_utf8_valid(struct okr_slice s);
/* Decodes the character at the start of valid text, moves `s` behind it. */
uint32_t okr_utf8_next(struct okr_slice *s);
/* Number of characters of valid text. */
size_t okr_utf8_count(struct okr_slice s);
/* Columns on a terminal (0, 1 or 2 a character), by East Asian Width. */
size_t okr_utf8_width(struct okr_slice s);
/* The longest prefix of at most `columns` columns that splits no character. */
struct okr_slice okr_utf8_fit(struct okr_slice s, size_t columns);

#endif
