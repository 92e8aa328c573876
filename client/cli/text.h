/* What `okr` says, in English and Chinese.
 *
 * The English text is the key into a built-in table (text_zh.def), so that it
 * works on a bare machine without locales.  What has no Chinese stays English;
 * a test finds it. */
#ifndef CLIENT_CLI_TEXT_H
#define CLIENT_CLI_TEXT_H

#include <stdbool.h>

/* _() translates here and now, N_() marks a text that is translated later. */
#define _(english) okr_text(english)
#define N_(english) english

/* Chinese if LC_ALL, else LC_MESSAGES, else LANG begins with "zh". */
void okr_text_choose(void);
void okr_text_language(bool chinese);
bool okr_text_is_chinese(void);

__attribute__((format_arg(1))) const char *okr_text(const char *english);
/* The table itself: NULL where a text has no Chinese. */
const char *okr_text_chinese(const char *english);
/* A word of the schema as people read it: "at_risk" is "at risk".  In English
 * the result holds until the 8th further call. */
const char *okr_word(const char *word);

#endif
