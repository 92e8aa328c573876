/* What can be seen in a title without understanding it; for hints.h.  All
 * take valid UTF-8. */
#ifndef OKR_RULES_PROSE_H
#define OKR_RULES_PROSE_H

#include "common/base/slice.h"

/* A figure: digits (not those of names as B2B, 5G, Q3), or a Chinese number
 * that counts something. */
bool okr_prose_has_figure(struct okr_slice text);
/* A number in words, or a date without digits. */
bool okr_prose_has_number_word(struct okr_slice text);
/* Does it begin with a verb of doing (build, 搭建)? */
bool okr_prose_begins_with_doing(struct okr_slice text);
/* Does an "and" join two things?  "between 4 and 5" is one. */
bool okr_prose_has_and(struct okr_slice text);
/* The same, but for case, white space and punctuation. */
bool okr_prose_same(struct okr_slice a, struct okr_slice b);

#endif
