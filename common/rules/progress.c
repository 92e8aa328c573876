/* Progress of one key result, by its metric. */
#include "common/rules/progress.h"

#include "common/base/assert.h"
#include "common/rules/curve.h"

static struct okr_progress at(okr_rate raw)
{
    return (struct okr_progress){
        .raw = raw, .p = okr_rate_clamp(raw), .measured = true};
}

static struct okr_progress yes_or_no(bool yes)
{
    return at(yes ? OKR_RATE_ONE : 0);
}

static struct okr_progress unmeasured(void)
{
    return (struct okr_progress){0};
}

/* From start to target, upwards or downwards: one expression for both.  Where
 * they are the same there is no line, only being there or not. */
static struct okr_progress on_line(const struct okr_kr_facts *f)
{
    if (!f->has_value || !f->has_start || !f->has_target)
        return unmeasured();
    if (okr_dec_cmp(f->start, f->target) != 0)
        return at(okr_dec_share(f->value, f->start, f->target));
    int order = okr_dec_cmp(f->value, f->target);
    return yes_or_no(f->metric == OKR_V_METRIC_DECREASE ? order <= 0
                                                        : order >= 0);
}

static struct okr_progress on_side(const struct okr_kr_facts *f)
{
    if (!f->has_value || !f->has_target)
        return unmeasured();
    int order = okr_dec_cmp(f->value, f->target);
    if (f->metric == OKR_V_METRIC_AT_MOST)
        order = -order;
    return yes_or_no(f->strict_limits ? order > 0 : order >= 0);
}

static struct okr_progress inside(const struct okr_kr_facts *f)
{
    if (!f->has_value || !f->has_low || !f->has_high)
        return unmeasured();
    return yes_or_no(okr_dec_cmp(f->value, f->low) >= 0 &&
                     okr_dec_cmp(f->value, f->high) <= 0);
}

static struct okr_progress hit_rate(const struct okr_kr_facts *f)
{
    if (f->planned == 0)
        return unmeasured();
    return at(okr_rate_div(f->hits, f->planned));
}

static struct okr_progress milestones(const struct okr_kr_facts *f)
{
    const struct okr_dec zero = {0};
    if (okr_dec_cmp(f->milestones_all, zero) <= 0)
        return unmeasured();
    return at(okr_dec_share(f->milestones_done, zero, f->milestones_all));
}

/* The highest level whose mark the value reaches.  The marks lie between
 * start and stretch, 0 and 1 where they are not given: then the value is the
 * level's own number. */
static struct okr_progress levels(const struct okr_kr_facts *f)
{
    static const okr_rate rates[] = {0, 300000, 700000, OKR_RATE_ONE};
    static const int tenths[] = {0, 3, 7, 10};
    if (!f->has_value)
        return unmeasured();
    struct okr_dec from = f->has_start ? f->start : okr_dec_int(0);
    struct okr_dec to = f->has_stretch ? f->stretch : okr_dec_int(1);
    int level = OKR_LEVEL_STRETCH;
    while (level > OKR_LEVEL_NONE &&
           !okr_curve_reaches(f->value, from, to, tenths[level]))
        level--;
    struct okr_progress progress = at(rates[level]);
    progress.level = (enum okr_level)level;
    return progress;
}

/* Through (start, 0), the checkpoints, (target, 1); flat beyond the ends. */
static struct okr_progress checkpoints(const struct okr_kr_facts *f)
{
    if (!f->has_value)
        return unmeasured();
    struct okr_curve curve = okr_curve_at(f->value);
    struct okr_slice rest = f->checkpoints;
    struct okr_pair pair;
    while (okr_value_pair(OKR_LIST_DEC_DEC, &rest, &pair))
        okr_curve_add(&curve, pair.at, okr_dec_rate(pair.p));
    if (f->has_start)
        okr_curve_add(&curve, f->start, 0);
    if (f->has_target)
        okr_curve_add(&curve, f->target, OKR_RATE_ONE);
    okr_rate rate;
    return okr_curve_rate(&curve, &rate) ? at(rate) : unmeasured();
}

struct okr_progress okr_progress_of(const struct okr_kr_facts *facts)
{
    OKR_ASSERT(facts != NULL);
    switch (facts->metric) {
    case OKR_V_METRIC_INCREASE:
    case OKR_V_METRIC_DECREASE:
        return on_line(facts);
    case OKR_V_METRIC_AT_LEAST:
    case OKR_V_METRIC_AT_MOST:
        return on_side(facts);
    case OKR_V_METRIC_BETWEEN:
        return inside(facts);
    case OKR_V_METRIC_HIT_RATE:
        return hit_rate(facts);
    case OKR_V_METRIC_BOOLEAN:
        if (!facts->has_value)
            return unmeasured();
        return yes_or_no(okr_dec_cmp(facts->value, okr_dec_int(1)) >= 0);
    case OKR_V_METRIC_MILESTONES:
        return milestones(facts);
    case OKR_V_METRIC_LEVELS:
        return levels(facts);
    case OKR_V_METRIC_BASELINE: /* "find out the number" */
        return facts->has_value ? yes_or_no(true) : unmeasured();
    case OKR_V_METRIC_CHECKPOINTS:
        return checkpoints(facts);
    case OKR_V_METRIC_ROLLUP:
        return facts->has_contributors ? at(facts->contributors) : unmeasured();
    default: /* unmeasured, or a metric of a newer version */
        return unmeasured();
    }
}

void okr_progress_facts(const struct okr_record *key_result, bool strict_limits,
                        struct okr_kr_facts *ret_facts)
{
    OKR_ASSERT(key_result != NULL && ret_facts != NULL);
    OKR_ASSERT(key_result->kind == OKR_KIND_KEY_RESULT);
    const struct okr_record *kr = key_result;
    struct okr_kr_facts f = {
        .metric = okr_record_enum(kr, OKR_F_METRIC, OKR_V_METRIC_UNMEASURED),
        .strict_limits = strict_limits,
        .checkpoints = okr_record_text(kr, OKR_F_CHECKPOINTS),
    };
    f.has_value = okr_record_dec(kr, OKR_F_VALUE, &f.value);
    f.has_start = okr_record_dec(kr, OKR_F_START, &f.start);
    f.has_target = okr_record_dec(kr, OKR_F_TARGET, &f.target);
    f.has_low = okr_record_dec(kr, OKR_F_LOW, &f.low);
    f.has_high = okr_record_dec(kr, OKR_F_HIGH, &f.high);
    f.has_stretch = okr_record_dec(kr, OKR_F_STRETCH, &f.stretch);
    *ret_facts = f;
}
