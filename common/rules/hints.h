/* Writing hints for drafts of objectives and key results, never refusals.
 * They look at the text as a careful reader would, in Chinese and in English,
 * and would rather say nothing than be wrong. */
#ifndef OKR_RULES_HINTS_H
#define OKR_RULES_HINTS_H

#include "common/base/decimal.h"
#include "common/model/schema.h"

/* bit, name, word, text for people */
#define OKR_HINT_TABLE(X)                                                 \
    X(1, NO_NUMBER, "no_number",                                          \
      "no number and no date: how will you know that it is reached?")     \
    X(2, TASK, "task",                                                    \
      "reads like a task: name the result that it is for, with a metric") \
    X(4, SEVERAL, "several",                                              \
      "more than one result: one key result each is easier to follow")    \
    X(8, NUMBER_ABOVE, "number_in_objective",                             \
      "a number in the objective: it belongs into a key result")          \
    X(16, TARGET_IS_START, "target_is_start",                             \
      "the target equals the start: nothing would have to change")        \
    X(32, PARENT_COPY, "parent_copy",                                     \
      "a copy of the title above: say what your own part of it is")       \
    X(64, LONG, "long", "a long title: put the background into the description")

enum okr_hint {
#define OKR_HINT_ENUM(bit, name, word, text) OKR_HINT_##name = bit,
    OKR_HINT_TABLE(OKR_HINT_ENUM)
#undef OKR_HINT_ENUM
};

struct okr_hint_facts {
    uint16_t kind;          /* objective or key result; others get no hints */
    struct okr_slice title; /* UTF-8 */
    /* Title of what is above it: a key result's objective, or what an
     * objective contributes to; may be empty. */
    struct okr_slice parent_title;
    uint32_t metric; /* OKR_V_METRIC_*, key results only, as the rest */
    bool has_start, has_target;
    struct okr_dec start, target;
};

/* The hints, as bits of enum okr_hint. */
unsigned okr_hints(const struct okr_hint_facts *facts);
const char *okr_hint_word(enum okr_hint hint); /* "no_number" */
const char *okr_hint_text(enum okr_hint hint);

#endif
