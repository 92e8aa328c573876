/* Counters, and which of them may not stand at zero. */
#include "tests/sim/count.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/model/schema.h"

void sim_counts_add(struct sim_counts *sum, const struct sim_counts *one)
{
    const uint64_t *from = (const uint64_t *)(const void *)one;
    uint64_t *to = (uint64_t *)(void *)sum;
    for (size_t i = 0; i < sizeof *sum / sizeof *to; i++)
        to[i] += from[i];
}

static unsigned line(const char *what, const char *name, uint64_t count,
                     bool wanted)
{
    printf("  %-10s %-48s %12" PRIu64 "%s\n", what, name, count,
           wanted && count == 0 ? "   <- never happened" : "");
    return wanted && count == 0;
}

/* Messages that this version of the cores does not speak. */
static bool spoken(uint32_t type)
{
    return type != OKR_MSG_COSIGN;
}

/* Verbs that belong to workflows still to come, or to the shells. */
static bool worked(uint32_t verb)
{
    switch (verb) {
    case OKR_VERB_ADD:
    case OKR_VERB_SET:
    case OKR_VERB_ARCHIVE:
    case OKR_VERB_RESTORE:
    case OKR_VERB_CHECKIN:
    case OKR_VERB_RESOLVE:
    case OKR_VERB_PUBLISH:
    case OKR_VERB_ABANDON:
    case OKR_VERB_SUBMIT:
    case OKR_VERB_RETURN:
    case OKR_VERB_APPROVE:
    case OKR_VERB_ADVANCE:
    case OKR_VERB_CLOSE:
    case OKR_VERB_REVISE:
    case OKR_VERB_SCORE:
    case OKR_VERB_CARRY:
    case OKR_VERB_START:
    case OKR_VERB_FINISH:
    case OKR_VERB_GENESIS:
    case OKR_VERB_INVITE:
    case OKR_VERB_ENROL:
    case OKR_VERB_REVOKE:
        return true;
    default:
        return false;
    }
}

/* What the formal workflow refuses. */
static bool of_workflow(uint32_t rule)
{
    return rule == OKR_RULE_PHASE || rule == OKR_RULE_FROZEN ||
           rule == OKR_RULE_WINDOW || rule == OKR_RULE_LATE;
}

unsigned sim_counts_print(const struct sim_counts *c)
{
    unsigned missing = 0;
#define X(name, text) missing += line("count", text, c->name, true);
    SIM_COUNT_TABLE(X)
#undef X
    for (int i = 0; i < OKR_OUTCOME_COUNT; i++)
        missing += line("verdict", okr_outcome_name((enum okr_outcome)i),
                        c->outcome[i], true);
    for (uint32_t i = 1; i < 64; i++)
        if (okr_rule_known(i) && (of_workflow(i) || c->rule[i] > 0))
            missing += line("rule", okr_rule_name((enum okr_rule)i), c->rule[i],
                            of_workflow(i));
    for (uint32_t i = 1; i < 32; i++)
        if (strcmp(okr_msg_name(i), "unknown") != 0)
            missing +=
                line("message", okr_msg_name(i), c->message[i], spoken(i));
    for (uint32_t i = 1; i < 64; i++)
        if (okr_verb_info(i) != NULL && (worked(i) || c->verb[i] > 0))
            missing +=
                line("verb", okr_verb_info(i)->word, c->verb[i], worked(i));
    return missing;
}
