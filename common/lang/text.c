/* The texts of the programs in the language of who reads them: gettext, made
 * to work where no locale but C.UTF-8 is installed, and where one process
 * answers people of several languages. */
#include "common/lang/text.h"

#include <libintl.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DOMAIN "okr"
#define CHINESE "zh_CN"

static bool chinese_chosen, bound;

/* gettext keeps what it found until this changes: "Being a gettext
 * programmer", GNU gettext manual, 11.5. */
extern int _nl_msg_cat_cntr;

/* The catalogue lies beside the program: BIN/../share/locale, in the build
 * tree as in /usr. */
static void bind_domain(void)
{
    char path[4096];
    ssize_t len = readlink("/proc/self/exe", path, sizeof path - 64);
    while (len > 0 && path[len - 1] != '/')
        len--;
    if (len > 0) {
        (void)strcpy(path + len, "../share/locale");
        (void)bindtextdomain(DOMAIN, path);
    }
    (void)bind_textdomain_codeset(DOMAIN, "UTF-8");
    bound = true;
}

/* In the locale "C" gettext translates nothing; in C.UTF-8, which every glibc
 * has, LANGUAGE decides. */
void okr_text_language(bool chinese)
{
    if (!bound) {
        bind_domain();
        (void)setlocale(LC_MESSAGES, "C.UTF-8");
    } else if (chinese == chinese_chosen) {
        return;
    }
    (void)setenv("LANGUAGE", chinese ? CHINESE : "en", 1);
    _nl_msg_cat_cntr++;
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
    const char *value = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *set = getenv(names[i]);
        if (set == NULL || set[0] == '\0')
            continue;
        value = set;
        break;
    }
    okr_text_language(strncmp(value, "zh", 2) == 0);
}

const char *okr_text(const char *english)
{
    /* The empty text is the catalogue's own header. */
    if (!chinese_chosen || english[0] == '\0')
        return english;
    return dgettext(DOMAIN, english);
}

const char *okr_word(const char *word)
{
    enum { SLOTS = 8, WORD_MAX = 64 };
    static char slots[SLOTS][WORD_MAX];
    static unsigned next;
    const char *said = okr_text(word);
    if (said != word)
        return said;
    char *slot = slots[next++ % SLOTS];
    (void)snprintf(slot, WORD_MAX, "%s", word);
    for (char *c = slot; *c != '\0'; c++)
        if (*c == '_')
            *c = ' ';
    return slot;
}
