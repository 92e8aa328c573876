/* Text as it is stored: UTF-8 in NFC (Unicode 15, utf8proc), no control
 * characters but LF and TAB (titles: none, nor line separators), at most 64
 * characters in what a reader takes for one (no tower of marks). */
#ifndef OKR_MODEL_TEXT_H
#define OKR_MODEL_TEXT_H

#include "common/base/arena.h"
#include "common/base/verdict.h"

/* NONE, BAD_TEXT or TOO_LONG. */
enum okr_rule okr_text_check(struct okr_slice text, bool one_line,
                             size_t chars_max);
/* The NFC form, CR LF as LF; BAD_TEXT if it cannot be.  Here and below NONE
 * with `data` NULL means out of memory. */
enum okr_rule okr_text_normal(struct okr_slice text, struct okr_arena *arena,
                              struct okr_slice *ret_text);
/* For comparing: NFKC and case folded, white space squeezed and trimmed
 * (search, unique mail).  Not for storing. */
enum okr_rule okr_text_folded(struct okr_slice text, struct okr_arena *arena,
                              struct okr_slice *ret_text);

#endif
