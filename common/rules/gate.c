/* Phases, the mid-term window, and what is frozen. */
#include "common/rules/gate.h"

#include "common/base/assert.h"

uint32_t okr_phase_on(uint32_t phase, okr_day start, okr_day end, okr_day today)
{
    if (phase == OKR_V_PHASE_PUBLISHED && today >= start)
        phase = OKR_V_PHASE_RUNNING;
    if (phase == OKR_V_PHASE_RUNNING && today > end)
        phase = OKR_V_PHASE_ASSESSING;
    return phase;
}

enum okr_rule okr_gate(uint16_t verb, uint16_t kind, uint32_t phase)
{
    const struct okr_gate_info *gate = okr_gate_info(verb, kind);
    if (gate == NULL)
        return OKR_RULE_NONE;
    if (phase > OKR_V_PHASE_CLOSED)
        return OKR_RULE_PHASE;
    return (gate->phases & (1U << phase)) != 0 ? OKR_RULE_NONE : OKR_RULE_PHASE;
}

struct okr_window okr_midterm(okr_day start, okr_day end, int64_t days)
{
    OKR_ASSERT(days >= 0);
    int64_t half = (int64_t)start + ((int64_t)end - start + 1) / 2;
    return (struct okr_window){.from = (okr_day)half,
                               .to = (okr_day)(half + days - 1)};
}

bool okr_frozen(uint16_t kind, uint16_t field)
{
    switch (kind) {
    case OKR_KIND_OBJECTIVE:
        return field != OKR_F_O_OWNER;
    case OKR_KIND_KEY_RESULT:
        return field != OKR_F_KR_OWNER;
    default:
        return false;
    }
}
