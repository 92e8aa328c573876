/* References for people: a kind letter, '-', and characters of the id in
 * base32: "k-7m3qd2xa".  They come from the id's random part (bytes 8..15,
 * without the two variant bits), so that ids made in one millisecond differ. */
#ifndef OKR_MODEL_REF_H
#define OKR_MODEL_REF_H

#include "common/model/schema.h"

#define OKR_REF_CHARS 8     /* in JSON, always */
#define OKR_REF_CHARS_MIN 5 /* in tables, when unambiguous */
#define OKR_REF_TEXT 16
/* `chars` base32 characters, OKR_REF_CHARS at most 12. */
void okr_ref_format(uint32_t kind, const struct okr_id *id, unsigned chars,
                    char out[OKR_REF_TEXT]);
/* Splits "k-7m3qd" into kind and characters; false if it is no reference.
 * Any run of 1..12 characters is one. */
bool okr_ref_parse(struct okr_slice text, uint32_t *ret_kind,
                   struct okr_slice *ret_run);
/* Does the id's reference begin with the run (case folded)? */
bool okr_ref_matches(const struct okr_id *id, struct okr_slice run);

#endif
