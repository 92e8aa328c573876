/* The texts of `okr` in the language of who reads them. */
#include "client/cli/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool chinese_chosen;

static const struct {
    const char *english, *chinese;
} texts[] = {
#define ZH(english, chinese) {english, chinese},
#include "client/cli/text_zh.def"
#undef ZH
};

void okr_text_language(bool chinese)
{
    chinese_chosen = chinese;
}

bool okr_text_is_chinese(void)
{
    return chinese_chosen;
}

/* As setlocale(3) chooses: the first that is set and not empty. */
void okr_text_choose(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *value = getenv(names[i]);
        if (value == NULL || value[0] == '\0')
            continue;
        okr_text_language(strncmp(value, "zh", 2) == 0);
        return;
    }
}

const char *okr_text_chinese(const char *english)
{
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (strcmp(texts[i].english, english) == 0)
            return texts[i].chinese;
    return NULL;
}

const char *okr_text(const char *english)
{
    const char *chinese = chinese_chosen ? okr_text_chinese(english) : NULL;
    return chinese != NULL ? chinese : english;
}

const char *okr_word(const char *word)
{
    enum { SLOTS = 8, WORD_MAX = 64 };
    static char slots[SLOTS][WORD_MAX];
    static unsigned next;
    const char *chinese = chinese_chosen ? okr_text_chinese(word) : NULL;
    if (chinese != NULL)
        return chinese;
    char *slot = slots[next++ % SLOTS];
    (void)snprintf(slot, WORD_MAX, "%s", word);
    for (char *c = slot; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    return slot;
}
