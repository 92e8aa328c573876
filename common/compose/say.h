/* Sentences about what was typed, for whoever refuses it.
 *
 * A sentence is a format, which a catalogue translates, and what stands in it:
 * each call of okr_say() is a clause that can be said in another language by
 * itself, so no clause may be put together from parts.  All arguments are
 * texts; the OKR_SAID_… below make them and live to the end of the block. */
#ifndef OKR_COMPOSE_SAY_H
#define OKR_COMPOSE_SAY_H

#include "common/compose/compose.h"
#include "common/model/schema.h"

/* Marks a format for the catalogue. */
#define N_(english) english

/* Both append a clause; what does not fit is cut between characters. */
__attribute__((format(printf, 2, 3))) void okr_say(struct okr_problem *problem,
                                                   const char *format, ...);
__attribute__((format(printf, 2, 3))) void
okr_say_remedy(struct okr_problem *problem, const char *format, ...);
/* Appends what another problem said. */
void okr_say_again(struct okr_problem *problem,
                   const struct okr_problem *other);

struct okr_said {
    char text[400];
};
/* Text of unknown origin, in quotes, on one line, at most some columns. */
#define OKR_SAID_TYPED(slice) okr_said_typed(&(struct okr_said){0}, slice)
/* The words of a vocabulary: "increase, decrease, …". */
#define OKR_SAID_WORDS(vocabulary) \
    okr_said_words(&(struct okr_said){0}, vocabulary)
/* The words of the fields that a person may give. */
#define OKR_SAID_FIELDS(kind) okr_said_fields(&(struct okr_said){0}, kind)
/* "k-7m3qd2xa (Title)", or only the reference where there is no title. */
#define OKR_SAID_ENTITY(record) okr_said_entity(&(struct okr_said){0}, record)
#define OKR_SAID_NUMBER(number) okr_said_number(&(struct okr_said){0}, number)

const char *okr_said_typed(struct okr_said *said, struct okr_slice text);
const char *okr_said_words(struct okr_said *said, uint16_t vocabulary);
const char *okr_said_fields(struct okr_said *said, uint32_t kind);
const char *okr_said_entity(struct okr_said *said,
                            const struct okr_record *record);
const char *okr_said_number(struct okr_said *said, uint64_t number);
/* Appends to a list: "a", "a, b". */
void okr_said_item(struct okr_said *said, const char *item);
/* "key_result": people read it as "key result" (okr_say() sees to it). */
const char *okr_said_kind(uint32_t kind);
/* Without white space at both ends, as one types it by accident. */
struct okr_slice okr_say_trimmed(struct okr_slice text);

#endif
