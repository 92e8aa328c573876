/* Values and records made from text, for tests of the model and the rules.
 * Text that is no value ends the program: the test itself is wrong. */
#ifndef OKR_TESTS_LIB_MADE_H
#define OKR_TESTS_LIB_MADE_H

#include "common/model/op.h"

/* An id all of whose bytes are `n`. */
struct okr_id okr_made_id(uint8_t n);
struct okr_dec okr_made_dec(const char *text);
/* The value of `kind`'s field that a person would type as `text`. */
struct okr_slice okr_made_value(uint16_t kind, uint16_t field, const char *text,
                                struct okr_arena *arena);

struct okr_made {
    uint16_t field;
    const char *text; /* NULL: unset */
};
/* A record of id 1 with the fields, up to one whose number is 0.  Set fields
 * may come several times. */
struct okr_record *okr_made_record(uint16_t kind, const struct okr_made *fields,
                                   struct okr_arena *arena);
/* A payload on entity 1 with the changes, up to one whose number is 0. */
struct okr_payload okr_made_payload(uint16_t verb, uint16_t kind,
                                    const struct okr_made *changes,
                                    struct okr_arena *arena);

#endif
