/* Texts of outcomes and rules, from the tables, and verdicts to return. */
#include "common/base/verdict.h"

#include "common/base/assert.h"

const char *okr_outcome_name(enum okr_outcome outcome)
{
    switch (outcome) {
#define NAME(name, text)     \
    case OKR_OUTCOME_##name: \
        return text;
        OKR_OUTCOME_TABLE(NAME)
#undef NAME
    case OKR_OUTCOME_COUNT:
        break;
    }
    return "unknown";
}

/* A rule's number may come from a newer server, so every text has an answer
 * for numbers that this version does not know. */
const char *okr_rule_name(enum okr_rule rule)
{
    switch (rule) {
#define NAME(number, name, text, what, remedy) \
    case OKR_RULE_##name:                      \
        return text;
        OKR_RULE_TABLE(NAME)
#undef NAME
    }
    return "unknown";
}

const char *okr_rule_what(enum okr_rule rule)
{
    switch (rule) {
#define WHAT(number, name, text, what, remedy) \
    case OKR_RULE_##name:                      \
        return what;
        OKR_RULE_TABLE(WHAT)
#undef WHAT
    }
    return "refused by a rule that this version does not know";
}

const char *okr_rule_remedy(enum okr_rule rule)
{
    switch (rule) {
#define REMEDY(number, name, text, what, remedy) \
    case OKR_RULE_##name:                        \
        return remedy;
        OKR_RULE_TABLE(REMEDY)
#undef REMEDY
    }
    return "upgrade this program";
}

bool okr_rule_known(uint32_t number)
{
    switch (number) {
#define KNOWN(number, name, text, what, remedy) \
    case number:                                \
        return true;
        OKR_RULE_TABLE(KNOWN)
#undef KNOWN
    default:
        return false;
    }
}

struct okr_verdict okr_verdict_ok(void)
{
    return (struct okr_verdict){.outcome = OKR_OUTCOME_ACCEPTED};
}

struct okr_verdict okr_verdict_reject(enum okr_rule rule, uint16_t field)
{
    OKR_ASSERT(rule != OKR_RULE_NONE);
    return (struct okr_verdict){
        .outcome = OKR_OUTCOME_REJECTED, .rule = rule, .field = field};
}

struct okr_verdict okr_verdict_reject_about(enum okr_rule rule, uint16_t field,
                                            const struct okr_id *about)
{
    OKR_ASSERT(about != NULL);
    struct okr_verdict v = okr_verdict_reject(rule, field);
    v.about = *about;
    return v;
}

bool okr_verdict_is_in(const struct okr_verdict *v)
{
    switch (v->outcome) {
    case OKR_OUTCOME_ACCEPTED:
    case OKR_OUTCOME_MERGED:
    case OKR_OUTCOME_CONFLICT:
        return true;
    case OKR_OUTCOME_REJECTED:
    case OKR_OUTCOME_PARKED:
    case OKR_OUTCOME_UNKNOWN_HERE:
        return false;
    case OKR_OUTCOME_COUNT:
        break;
    }
    OKR_UNREACHABLE();
}
