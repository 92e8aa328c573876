/* Judging: what publishing asks, the scores of what is closed, and what is
 * carried over. */
#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"
#include "common/replica/measure.h"
#include "common/replica/publish.h"

/* ---- publishing ---------------------------------------------------------- */

enum okr_err okr_judge_publish(struct okr_judging *j)
{
    struct okr_publishing p =
        okr_publishing_begin(j->draft, j->policy, okr_judging_today(j));
    if (p.light)
        return OKR_OK; /* its author is warned: docs/domain.md "Light" */
    p.strict = true;
    p.decided = j->payload->reason.len > 0;
    if (j->payload->kind == OKR_KIND_CYCLE)
        OKR_TRY(okr_publish_cycle(&p, j->target));
    else
        OKR_TRY(okr_publish_objective(&p, j->target));
    okr_publish_refusals(&p);
    if (p.n > 0) {
        okr_judging_refuse(j, OKR_RULE_LIMITS, 0, &j->target->id);
        j->decision->verdict.offences = p.at;
        j->decision->verdict.n_offences = p.n;
        return OKR_OK;
    }
    /* The server knows everything; a site leaves it to the server. */
    return okr_id_is_zero(&p.absent) ? OKR_OK
                                     : okr_judging_missing(j, &p.absent);
}

/* ---- scores -------------------------------------------------------------- */

static enum okr_err write_score(struct okr_judging *j, const struct okr_id *id,
                                uint16_t field, okr_rate score)
{
    struct okr_reg reg = {
        .field = field,
        .form = OKR_REG_VALUE,
        .data = okr_value_dec(j->draft->space.arena, okr_rate_dec(score)),
    };
    if (reg.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, id, &reg, 1);
}

/* Its owner's own score, or what its progress comes to. */
static enum okr_err score_kr(struct okr_judging *j,
                             const struct okr_measuring *m,
                             const struct okr_record *kr,
                             struct okr_part *ret_part)
{
    struct okr_dec own;
    ret_part->has_weight =
        okr_record_dec(kr, OKR_F_KR_WEIGHT, &ret_part->weight);
    ret_part->excluded = okr_record_bool(kr, OKR_F_NOT_APPLICABLE);
    if (ret_part->excluded)
        return OKR_OK;
    if (okr_record_dec(kr, OKR_F_KR_SCORE, &own)) {
        ret_part->p = okr_dec_rate(own);
        return OKR_OK;
    }
    OKR_TRY(okr_measure_kr(m, kr, &ret_part->p));
    ret_part->p = okr_score_of(ret_part->p);
    return write_score(j, &kr->id, OKR_F_KR_SCORE, ret_part->p);
}

static struct okr_measuring measuring_of(const struct okr_judging *j)
{
    struct okr_measuring m = {.space = j->draft->space,
                              .today = okr_judging_today(j),
                              .cadence_days = 7};
    if (j->policy == NULL)
        return m;
    m.cadence_days =
        (int)okr_record_int(j->policy, OKR_F_CADENCE_DAYS, m.cadence_days);
    m.strict_limits = okr_record_bool(j->policy, OKR_F_STRICT_LIMITS);
    return m;
}

enum okr_err okr_judge_scores(struct okr_judging *j)
{
    const struct okr_measuring m = measuring_of(j);
    struct okr_ids ids;
    size_t n = 0, scored = 0;
    OKR_TRY(okr_index_children(&j->draft->space, &j->target->id,
                               OKR_KIND_KEY_RESULT, &ids));
    struct okr_part *parts =
        okr_arena_array(j->draft->space.arena, ids.n + 1, sizeof *parts);
    if (parts == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *kr;
        OKR_TRY(okr_draft_get(j->draft, &ids.at[i], &kr));
        if (okr_record_archived(kr))
            continue;
        enum okr_err err = score_kr(j, &m, kr, &parts[n]);
        if (err == OKR_ERR_LIMIT) {
            okr_judging_refuse(j, OKR_RULE_TOO_LARGE, 0, &j->target->id);
            return OKR_OK;
        }
        OKR_TRY(err);
        scored += parts[n++].excluded ? 0 : 1;
    }
    if (scored == 0 || okr_record_has(j->target, OKR_F_O_SCORE))
        return OKR_OK; /* not applicable, or given by its owner */
    return write_score(j, &j->target->id, OKR_F_O_SCORE,
                       okr_score_rollup(parts, n));
}

/* ---- carrying over ------------------------------------------------------- */

static bool is_over(const struct okr_record *objective)
{
    return okr_record_enum(objective, OKR_F_O_STATE, 0) >=
           OKR_V_OBJECTIVE_STATE_CLOSED;
}

/* Another objective of this cycle that carries the same on. */
static enum okr_err check_twice(struct okr_judging *j,
                                const struct okr_record *objective,
                                const struct okr_id *from)
{
    struct okr_ids ids;
    struct okr_id cycle, other_cycle;
    OKR_TRY(okr_index_find(&j->draft->space, OKR_KIND_OBJECTIVE,
                           OKR_F_CARRIED_FROM, okr_id_slice(from), &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *other;
        OKR_TRY(okr_draft_get(j->draft, &ids.at[i], &other));
        if (!okr_id_eq(&other->id, &objective->id) &&
            !okr_record_archived(other) &&
            okr_record_id(objective, OKR_F_O_CYCLE, &cycle) &&
            okr_record_id(other, OKR_F_O_CYCLE, &other_cycle) &&
            okr_id_eq(&cycle, &other_cycle))
            okr_judging_refuse(j, OKR_RULE_DUPLICATE, OKR_F_CARRIED_FROM,
                               &other->id);
    }
    return OKR_OK;
}

enum okr_err okr_judge_carry(struct okr_judging *j,
                             const struct okr_record *record)
{
    struct okr_id from;
    struct okr_record *old;
    if (j->payload->verb == OKR_VERB_CARRY && !is_over(record))
        okr_judging_refuse(j, OKR_RULE_WRONG_STATE, OKR_F_O_STATE, &record->id);
    if (!j->verb->makes || record->kind != OKR_KIND_OBJECTIVE ||
        !okr_record_id(record, OKR_F_CARRIED_FROM, &from))
        return OKR_OK;
    OKR_TRY(okr_judging_load(j, &from, &old));
    if (old == NULL)
        return OKR_OK;
    if (!is_over(old))
        okr_judging_refuse(j, OKR_RULE_WRONG_STATE, OKR_F_CARRIED_FROM, &from);
    return check_twice(j, record, &from);
}
