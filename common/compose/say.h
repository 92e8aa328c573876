/* Sentences about what was typed, for whoever refuses it. */
#ifndef OKR_COMPOSE_SAY_H
#define OKR_COMPOSE_SAY_H

#include "common/compose/compose.h"
#include "common/model/schema.h"

/* Both append; what does not fit is cut between characters. */
__attribute__((format(printf, 2, 3))) void okr_say(struct okr_problem *problem,
                                                   const char *format, ...);
__attribute__((format(printf, 2, 3))) void
okr_say_remedy(struct okr_problem *problem, const char *format, ...);
/* Text of unknown origin, in quotes, on one line, at most some columns. */
void okr_say_typed(struct okr_problem *problem, struct okr_slice text);
/* "key_result" as people say it: "key result". */
void okr_say_kind(struct okr_problem *problem, uint32_t kind);
/* The words of a vocabulary: "increase, decrease, …". */
void okr_say_words(struct okr_problem *problem, uint16_t vocabulary);
/* The words of the fields that a person may give. */
void okr_say_fields(struct okr_problem *problem, uint32_t kind);
/* "k-7m3qd2xa (Title)", or only the reference where there is no title. */
void okr_say_entity(struct okr_problem *problem,
                    const struct okr_record *record);
/* Without white space at both ends, as one types it by accident. */
struct okr_slice okr_say_trimmed(struct okr_slice text);
/* "a" or "an", as the word asks for. */
const char *okr_say_article(const char *word);

#endif
