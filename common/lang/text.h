/* What the programs say, in English and Chinese.
 *
 * The English text is the key into the catalogue of gettext (po/zh_CN.po,
 * compiled to share/locale beside the programs).  A text that has no Chinese
 * stays English; a test finds it.  The language is the process's: who answers
 * several people chooses before each answer. */
#ifndef OKR_COMMON_LANG_TEXT_H
#define OKR_COMMON_LANG_TEXT_H

#include <stdbool.h>

/* _() translates here and now, N_() marks a text that is translated later. */
#define _(english) okr_text(english)
#define N_(english) english

/* Chinese if LC_ALL, else LC_MESSAGES, else LANG begins with "zh"; no locale
 * needs to be installed. */
void okr_text_choose(void);
void okr_text_language(bool chinese);
bool okr_text_is_chinese(void);

/* The text itself (the same pointer) where the catalogue has none.  Holds as
 * long as the process. */
__attribute__((format_arg(1))) const char *okr_text(const char *english);
/* A word of the schema as people read it: "at_risk" is "at risk".  In English
 * the result holds until the 8th further call. */
const char *okr_word(const char *word);

#endif
