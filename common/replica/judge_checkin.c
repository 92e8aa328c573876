/* Judging: a check-in, and the key result's value that follows from it. */
#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"

/* One check-in that counts, for working out the key result's latest. */
struct counted {
    const struct okr_record *record;
    okr_us effective;
    okr_lsn lsn;
};

static okr_us effective_of(const struct okr_record *check_in)
{
    return okr_record_int(check_in, OKR_F_EFFECTIVE_AT,
                          okr_record_int(check_in, OKR_F_CI_OBSERVED_AT, 0));
}

static bool later(const struct counted *a, const struct counted *b)
{
    if (a->effective != b->effective)
        return a->effective > b->effective;
    return a->lsn > b->lsn;
}

/* Writes `field` of the key result: the value of `source`'s field, or unset. */
static void follow(struct okr_reg *regs, size_t *n, uint16_t field,
                   const struct okr_record *source, uint16_t source_field)
{
    const struct okr_reg *from =
        source == NULL ? NULL : okr_record_reg(source, source_field);
    struct okr_reg reg = {.field = field, .form = OKR_REG_UNSET};
    if (from != NULL && from->form == OKR_REG_VALUE) {
        reg.form = OKR_REG_VALUE;
        reg.data = from->data;
    }
    regs[(*n)++] = reg;
}

/* Leaves out registers that already say so. */
static enum okr_err write_changed(struct okr_judging *j,
                                  const struct okr_record *key_result,
                                  struct okr_reg *regs, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        const struct okr_reg *is = okr_record_reg(key_result, regs[i].field);
        bool same = is == NULL ? regs[i].form == OKR_REG_UNSET
                               : is->form == regs[i].form &&
                                     okr_slice_eq(is->data, regs[i].data);
        if (!same)
            regs[kept++] = regs[i];
    }
    if (kept == 0)
        return OKR_OK;
    return okr_draft_write(j->draft, &key_result->id, regs, kept);
}

static bool is_amended(const struct counted *all, size_t n,
                       const struct okr_id *id)
{
    for (size_t i = 0; i < n; i++) {
        struct okr_id amends;
        if (okr_record_id(all[i].record, OKR_F_AMENDS, &amends) &&
            okr_id_eq(&amends, id))
            return true;
    }
    return false;
}

/* All check-ins of the key result here, the new one among them. */
static enum okr_err collect(struct okr_judging *j, const struct okr_id *kr,
                            const struct okr_record *fresh,
                            struct counted **ret_all, size_t *ret_n)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_children(&j->draft->space, kr, OKR_KIND_CHECK_IN, &ids));
    struct counted *all =
        okr_arena_array(j->draft->space.arena, ids.n + 1, sizeof *all);
    if (all == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *one;
        OKR_TRY(okr_draft_get(j->draft, &ids.at[i], &one));
        const struct okr_reg *made = okr_record_reg(one, OKR_F_CREATED_AT);
        all[i] = (struct counted){one, effective_of(one),
                                  made == NULL ? 0 : made->lsn};
    }
    all[ids.n] = (struct counted){fresh, effective_of(fresh), OKR_LSN_DRAFT};
    *ret_all = all;
    *ret_n = ids.n + 1;
    return OKR_OK;
}

static enum okr_err recompute(struct okr_judging *j,
                              const struct okr_record *key_result,
                              const struct okr_record *fresh)
{
    struct counted *all;
    size_t n, n_regs = 0;
    OKR_TRY(collect(j, &key_result->id, fresh, &all, &n));
    const struct counted *last = NULL, *valued = NULL, *felt = NULL;
    for (size_t i = 0; i < n; i++) {
        const struct counted *one = &all[i];
        if (is_amended(all, n, &one->record->id) ||
            okr_record_archived(one->record))
            continue;
        if (last == NULL || later(one, last))
            last = one;
        if (okr_record_has(one->record, OKR_F_CI_VALUE) &&
            (valued == NULL || later(one, valued)))
            valued = one;
        if (okr_record_has(one->record, OKR_F_CI_CONFIDENCE) &&
            (felt == NULL || later(one, felt)))
            felt = one;
    }
    struct okr_reg regs[4];
    follow(regs, &n_regs, OKR_F_VALUE, valued == NULL ? NULL : valued->record,
           OKR_F_CI_VALUE);
    follow(regs, &n_regs, OKR_F_CONFIDENCE, felt == NULL ? NULL : felt->record,
           OKR_F_CI_CONFIDENCE);
    follow(regs, &n_regs, OKR_F_OBSERVED_AT, last == NULL ? NULL : last->record,
           OKR_F_EFFECTIVE_AT);
    follow(regs, &n_regs, OKR_F_KR_BLOCKED, last == NULL ? NULL : last->record,
           OKR_F_CI_BLOCKED);
    return write_changed(j, key_result, regs, n_regs);
}

/* The usual case: it is the latest, so only itself counts. */
static enum okr_err append(struct okr_judging *j,
                           const struct okr_record *key_result,
                           const struct okr_record *fresh)
{
    struct okr_reg regs[4];
    size_t n = 0;
    if (okr_record_has(fresh, OKR_F_CI_VALUE))
        follow(regs, &n, OKR_F_VALUE, fresh, OKR_F_CI_VALUE);
    if (okr_record_has(fresh, OKR_F_CI_CONFIDENCE))
        follow(regs, &n, OKR_F_CONFIDENCE, fresh, OKR_F_CI_CONFIDENCE);
    follow(regs, &n, OKR_F_OBSERVED_AT, fresh, OKR_F_EFFECTIVE_AT);
    follow(regs, &n, OKR_F_KR_BLOCKED, fresh, OKR_F_CI_BLOCKED);
    return write_changed(j, key_result, regs, n);
}

/* Effective time: what was said, but never later than the server's clock. */
static enum okr_err write_effective(struct okr_judging *j, okr_us observed)
{
    okr_us now = j->ground->now;
    struct okr_reg reg = {
        .field = OKR_F_EFFECTIVE_AT,
        .form = OKR_REG_VALUE,
        .data = okr_value_int(j->draft->space.arena,
                              observed < now ? observed : now),
    };
    if (reg.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, &j->payload->entity, &reg, 1);
}

static enum okr_err check_key_result(struct okr_judging *j,
                                     const struct okr_record *key_result)
{
    struct okr_id id;
    struct okr_record *objective;
    if (okr_record_archived(key_result)) {
        okr_judging_refuse(j, OKR_RULE_ARCHIVED, OKR_F_CI_KEY_RESULT,
                           &key_result->id);
        return OKR_OK;
    }
    if (!okr_record_id(key_result, OKR_F_KR_OBJECTIVE, &id))
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_judging_load(j, &id, &objective));
    if (objective == NULL)
        return OKR_OK;
    uint32_t state = okr_record_enum(objective, OKR_F_O_STATE, 0);
    bool closed = state == OKR_V_OBJECTIVE_STATE_CLOSED;
    if (state != OKR_V_OBJECTIVE_STATE_PUBLISHED && !(j->import && closed))
        okr_judging_refuse(j, closed ? OKR_RULE_LATE : OKR_RULE_WRONG_STATE,
                           OKR_F_O_STATE, &id);
    return OKR_OK;
}

enum okr_err okr_judge_checkin(struct okr_judging *j)
{
    struct okr_record *fresh, *key_result, *amended;
    struct okr_id kr_id, amends_id, amended_kr;
    OKR_TRY(okr_judge_create(j));
    OKR_TRY(okr_draft_get(j->draft, &j->payload->entity, &fresh));
    if (!okr_record_id(fresh, OKR_F_CI_KEY_RESULT, &kr_id))
        return OKR_ERR_CORRUPT; /* required: okr_validate_shape */
    OKR_TRY(okr_judging_load(j, &kr_id, &key_result));
    if (key_result == NULL)
        return OKR_OK;
    OKR_TRY(check_key_result(j, key_result));
    if (!okr_judging_on(j))
        return OKR_OK;
    bool amends = okr_record_id(fresh, OKR_F_AMENDS, &amends_id);
    if (amends) {
        OKR_TRY(okr_judging_load(j, &amends_id, &amended));
        if (amended == NULL)
            return OKR_OK;
        if (!okr_record_id(amended, OKR_F_CI_KEY_RESULT, &amended_kr) ||
            !okr_id_eq(&amended_kr, &kr_id)) {
            okr_judging_refuse(j, OKR_RULE_WRONG_KIND, OKR_F_AMENDS,
                               &amends_id);
            return OKR_OK;
        }
    }
    OKR_TRY(write_effective(j, okr_record_int(fresh, OKR_F_CI_OBSERVED_AT, 0)));
    OKR_TRY(okr_draft_get(j->draft, &j->payload->entity, &fresh));
    okr_us last = okr_record_int(key_result, OKR_F_OBSERVED_AT, INT64_MIN);
    if (amends || effective_of(fresh) < last)
        return recompute(j, key_result, fresh);
    return append(j, key_result, fresh);
}
