/* Values of fields, in their one canonical form as bytes.
 *
 *   BOOL   1 byte 0 or 1          INT, TIME, DAY  zigzag varint
 *   ENUM   varint                 REF             16 bytes
 *   DEC    scale byte ‖ zigzag varint of the mantissa, normalised
 *   TITLE, TEXT  UTF-8 in NFC     BYTES           as they are
 *   LIST   per element: block(first) ‖ block(second), each canonical
 * Registers, digests, wire and log all carry these bytes, so an unknown field
 * passes through untouched and equal values have equal bytes. */
#ifndef OKR_MODEL_VALUE_H
#define OKR_MODEL_VALUE_H

#include "common/base/arena.h"
#include "common/base/decimal.h"
#include "common/base/verdict.h"
#include "common/model/schema.h"

/* Encoders into the arena; `data` is NULL when it is out of memory. */
struct okr_slice okr_value_bool(struct okr_arena *arena, bool v);
struct okr_slice okr_value_int(struct okr_arena *arena, int64_t v);
struct okr_slice okr_value_enum(struct okr_arena *arena, uint32_t v);
struct okr_slice okr_value_dec(struct okr_arena *arena, struct okr_dec v);
struct okr_slice okr_value_id(struct okr_arena *arena, const struct okr_id *v);

/* Decoders: false where the bytes are not canonical for the type. */
bool okr_value_as_bool(struct okr_slice s, bool *ret);
bool okr_value_as_int(struct okr_slice s, int64_t *ret);
bool okr_value_as_enum(struct okr_slice s, uint32_t *ret);
bool okr_value_as_dec(struct okr_slice s, struct okr_dec *ret);
bool okr_value_as_id(struct okr_slice s, struct okr_id *ret);

/* One pair of a LIST: `key` is a day or a decimal as the shape says. */
struct okr_pair {
    okr_day day;
    struct okr_dec at;
    struct okr_dec p;
};
/* Walks a LIST value: true and a pair, until false. `rest` is consumed. */
bool okr_value_pair(enum okr_list_shape shape, struct okr_slice *rest,
                    struct okr_pair *ret_pair);
struct okr_slice okr_value_list(struct okr_arena *arena,
                                enum okr_list_shape shape,
                                const struct okr_pair *pairs, size_t n);

/* Is it a canonical value of this field?  NONE, or BAD_VALUE, TOO_LONG,
 * BAD_TEXT (UTF-8, NFC, control characters), BAD_RANGE (a
 * year not in 1..9999; a list not ascending).  A reference is only checked for
 * its length; an ENUM number that this version does not know is BAD_VALUE, and
 * so are an empty text and an empty list: they are fields without value. */
enum okr_rule okr_value_check(const struct okr_field_info *field,
                              struct okr_slice value);

/* Reads what a person typed: words of enums, decimals with optional sign and
 * '%' refused, ISO days, RFC 3339 times, true/false/yes/no, hex ids, lists as
 * "50:0.4,80:0.7".  Text is brought into NFC.  References other than hex ids
 * are resolved by the caller before.  BYTES are read as hex.  NONE, or the
 * rule it breaks; NONE with `data` NULL: out of memory. */
enum okr_rule okr_value_parse(const struct okr_field_info *field,
                              struct okr_slice text, struct okr_arena *arena,
                              struct okr_slice *ret_value);
/* The other way, for people and CSV; references and bytes as hex (and so is
 * what is not a value of the field).  NULL when out of memory.  `offset_min` is
 * used for TIME. */
char *okr_value_text(const struct okr_field_info *field, struct okr_slice value,
                     int offset_min, struct okr_arena *arena);

#endif
