/* Texts of flaws, from the table. */
#include "common/base/flaw.h"

#include <string.h>

const char *okr_flaw_word(enum okr_flaw flaw)
{
    switch (flaw) {
#define WORD(number, name, refuses, word, what, remedy) \
    case OKR_FLAW_##name:                               \
        return word;
        OKR_FLAW_TABLE(WORD)
#undef WORD
    }
    return "unknown";
}

const char *okr_flaw_what(enum okr_flaw flaw)
{
    switch (flaw) {
#define WHAT(number, name, refuses, word, what, remedy) \
    case OKR_FLAW_##name:                               \
        return what;
        OKR_FLAW_TABLE(WHAT)
#undef WHAT
    }
    return "something that this version does not know";
}

const char *okr_flaw_remedy(enum okr_flaw flaw)
{
    switch (flaw) {
#define REMEDY(number, name, refuses, word, what, remedy) \
    case OKR_FLAW_##name:                                 \
        return remedy;
        OKR_FLAW_TABLE(REMEDY)
#undef REMEDY
    }
    return "upgrade this program";
}

bool okr_flaw_refuses(enum okr_flaw flaw)
{
    switch (flaw) {
#define REFUSES(number, name, refuses, word, what, remedy) \
    case OKR_FLAW_##name:                                  \
        return refuses;
        OKR_FLAW_TABLE(REFUSES)
#undef REFUSES
    }
    return true;
}

void okr_verdict_keep(struct okr_verdict *verdict, struct okr_arena *arena)
{
    size_t n = verdict->n_offences;
    struct okr_offence *kept =
        n == 0 ? NULL : okr_arena_array(arena, n, sizeof *kept);
    if (kept != NULL)
        memcpy(kept, verdict->offences, n * sizeof *kept);
    verdict->offences = kept;
    verdict->n_offences = kept == NULL ? 0 : n;
}
