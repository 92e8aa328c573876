/* What publishing finds: one offender each, with what is wrong with it.  In
 * the formal workflow they refuse, all at once; in the light one they warn. */
#ifndef OKR_BASE_FLAW_H
#define OKR_BASE_FLAW_H

#include "common/base/arena.h"
#include "common/base/verdict.h"

/* number on the wire (never reused), name, does it refuse, word, what is
 * wrong, what to do */
#define OKR_FLAW_TABLE(X)                                                    \
    X(1, OBJECTIVES, true, "too_many_objectives",                            \
      "the owner has more objectives in this cycle than the limit",          \
      "keep the most important ones; give the others to somebody else or "   \
      "archive them")                                                        \
    X(2, KRS_FEW, true, "too_few_key_results", "it has too few key results", \
      "add one with `okr add kr --objective REF`")                           \
    X(3, KRS_MANY, true, "too_many_key_results",                             \
      "it has too many key results", "archive the least important ones")     \
    X(4, METRIC, true, "no_metric", "it has no metric",                      \
      "say how it is measured: `okr set REF metric=increase start=0 "        \
      "target=100`")                                                         \
    X(5, TARGET, true, "no_target",                                          \
      "a number that its metric needs is missing",                           \
      "give start and target, or what the metric asks for")                  \
    X(6, DUE, true, "no_due", "it has no due date",                          \
      "give it with `okr set REF due=DAY`")                                  \
    X(7, OWNER, true, "no_owner", "its owner is not with the company",       \
      "name another one: `okr set REF owner=MAIL`")                          \
    X(8, OUTSIDE, true, "due_outside_cycle",                                 \
      "its due date is outside the cycle", "choose a day of the cycle")      \
    X(9, CIRCLE, true, "circle", "it contributes to itself in a circle",     \
      "change contributes_to")                                               \
    X(10, DANGLING, true, "dangling",                                        \
      "what it contributes to is not there, or will not be published",       \
      "change contributes_to, or publish that one too")                      \
    X(11, WEIGHTS, true, "weights",                                          \
      "the weights of its key results do not sum to 100 or 1",               \
      "give all of them a weight, or none; together 100 or 1")               \
    X(12, SUBMITTED, true, "not_decided",                                    \
      "it is submitted, and neither approved nor returned",                  \
      "decide on it, or give --reason")                                      \
    X(13, ORPHAN, false, "orphan", "it contributes to nothing",              \
      "name what it is good for: `okr set REF contributes_to=REF`")          \
    X(14, NEIGHBOUR, false, "same_unit",                                     \
      "it contributes to something of its own unit and cycle",               \
      "contribute to a level above, or make it a key result")                \
    X(15, MORE, true, "more", "there are more of them than fit",             \
      "mend these first, and try again")

enum okr_flaw {
#define OKR_FLAW_ENUM(number, name, refuses, word, what, remedy) \
    OKR_FLAW_##name = number,
    OKR_FLAW_TABLE(OKR_FLAW_ENUM)
#undef OKR_FLAW_ENUM
};

struct okr_offence {
    enum okr_flaw flaw;
    struct okr_id about; /* the offender: objective, key result, person */
    uint32_t count;      /* of what there is too much or too little, else 0 */
};

/* All have an answer for numbers of a newer version. */
const char *okr_flaw_word(enum okr_flaw flaw); /* "no_metric" */
const char *okr_flaw_what(enum okr_flaw flaw);
const char *okr_flaw_remedy(enum okr_flaw flaw);
bool okr_flaw_refuses(enum okr_flaw flaw); /* else it only warns */

/* The verdict's offences, copied into the arena: for who tells of them after
 * the turn in which they were found.  Without memory there are none. */
void okr_verdict_keep(struct okr_verdict *verdict, struct okr_arena *arena);

#endif
