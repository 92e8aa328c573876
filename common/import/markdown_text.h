/* Pieces of Markdown text.  Private to common/import. */
#ifndef OKR_IMPORT_MARKDOWN_TEXT_H
#define OKR_IMPORT_MARKDOWN_TEXT_H

#include "common/import/read.h"

struct okr_slice okr_markdown_trim(struct okr_slice s);
/* Without bold marks, links as their text. `data` NULL: out of memory. */
struct okr_slice okr_markdown_plain(struct okr_slice s,
                                    struct okr_arena *arena);
/* Splits at the first arrow (`=>`, `==>`, `-->`) outside a link. */
bool okr_markdown_arrow(struct okr_slice s, struct okr_slice *ret_left,
                        struct okr_slice *ret_right);
/* "Owner: text" or "Owner KR: text", with ':' or '：'.  False: neither, or
 * what stands before the colon can be no owner. */
bool okr_markdown_owner(struct okr_slice s, struct okr_slice *ret_owner,
                        struct okr_slice *ret_text, bool *ret_kr);
/* Does a result begin with N% or DONE?  False: it does, with a number that
 * cannot be taken exactly. */
bool okr_markdown_percent(struct okr_slice s, bool *ret_has,
                          struct okr_dec *ret_percent);
/* "… from November 1, 2019 to January 31, 2020 …", also ISO days. */
bool okr_markdown_period(struct okr_slice s, okr_day *ret_start,
                         okr_day *ret_end);

#endif
