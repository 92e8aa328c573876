/* Which hint applies when; what a title says is worked out in prose.h. */
#include "common/rules/hints.h"

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/rules/prose.h"

/* Metrics that say by themselves when the result is reached. */
static bool speaks_for_itself(uint32_t metric)
{
    switch (metric) {
    case OKR_V_METRIC_BOOLEAN:
    case OKR_V_METRIC_MILESTONES:
    case OKR_V_METRIC_BASELINE:
    case OKR_V_METRIC_LEVELS:
    case OKR_V_METRIC_CHECKPOINTS:
    case OKR_V_METRIC_BETWEEN:
    case OKR_V_METRIC_HIT_RATE:
    case OKR_V_METRIC_ROLLUP:
        return true;
    default: /* the others are nothing without a target */
        return false;
    }
}

static unsigned hints_of_key_result(const struct okr_hint_facts *f)
{
    unsigned hints = 0;
    bool measured = speaks_for_itself(f->metric) || f->has_target;
    if (!measured && !okr_prose_has_figure(f->title) &&
        !okr_prose_has_number_word(f->title))
        hints |= OKR_HINT_NO_NUMBER;
    if (f->metric == OKR_V_METRIC_UNMEASURED &&
        okr_prose_begins_with_doing(f->title))
        hints |= OKR_HINT_TASK;
    if (okr_prose_has_and(f->title))
        hints |= OKR_HINT_SEVERAL;
    if (f->has_start && f->has_target && okr_dec_cmp(f->start, f->target) == 0)
        hints |= OKR_HINT_TARGET_IS_START;
    return hints;
}

unsigned okr_hints(const struct okr_hint_facts *facts)
{
    OKR_ASSERT(facts != NULL);
    unsigned hints = 0;
    bool objective = facts->kind == OKR_KIND_OBJECTIVE;
    if (!objective && facts->kind != OKR_KIND_KEY_RESULT)
        return 0;
    if (!okr_utf8_valid(facts->title) || !okr_utf8_valid(facts->parent_title))
        return 0;
    if (!objective)
        hints |= hints_of_key_result(facts);
    else if (okr_prose_has_figure(facts->title))
        hints |= OKR_HINT_NUMBER_ABOVE;
    if (okr_prose_same(facts->title, facts->parent_title))
        hints |= OKR_HINT_PARENT_COPY;
    if (okr_utf8_count(facts->title) > OKR_TITLE_CHARS_HINT)
        hints |= OKR_HINT_LONG;
    return hints;
}

const char *okr_hint_word(enum okr_hint hint)
{
    switch (hint) {
#define OKR_HINT_WORD(bit, name, word, text) \
    case OKR_HINT_##name:                    \
        return word;
        OKR_HINT_TABLE(OKR_HINT_WORD)
#undef OKR_HINT_WORD
    }
    OKR_UNREACHABLE();
}

const char *okr_hint_text(enum okr_hint hint)
{
    switch (hint) {
#define OKR_HINT_TEXT(bit, name, word, text) \
    case OKR_HINT_##name:                    \
        return text;
        OKR_HINT_TABLE(OKR_HINT_TEXT)
#undef OKR_HINT_TEXT
    }
    OKR_UNREACHABLE();
}
