/* What a new entity has where nobody said so, and what nobody can guess. */
#include "common/base/assert.h"

#include <stdio.h>
#include "common/compose/work.h"
#include "common/model/dates.h"
#include "common/model/value.h"

okr_day okr_work_today(const struct okr_work *work)
{
    return okr_day_at(work->ground->now, work->ground->offset_min);
}

enum okr_err okr_work_imply(struct okr_work *work, uint16_t field,
                            struct okr_slice value)
{
    OKR_ASSERT(field != 0);
    if (okr_work_has(work, field))
        return OKR_OK;
    if (value.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_work_put(work, field, OKR_REG_VALUE, value);
}

/* Who speaks is the owner, and the person whose vote or stand-up it is. */
static enum okr_err imply_person(struct okr_work *work)
{
    const struct okr_kind_info *kind = work->kind;
    uint16_t owner = okr_field_named(kind->number, "owner");
    uint16_t self = (kind->add & OKR_WHO_SELF) != 0
                        ? okr_field_named(kind->number, "person")
                        : 0;
    if (okr_id_is_zero(&work->ground->person))
        return OKR_OK;
    struct okr_slice me = okr_value_id(work->arena, &work->ground->person);
    if (owner != 0)
        OKR_STEP(work, okr_work_imply(work, owner, me));
    if (self != 0)
        OKR_STEP(work, okr_work_imply(work, self, me));
    return OKR_OK;
}

/* What lives in a unit lives in its owner's, where nobody said another. */
static enum okr_err imply_unit(struct okr_work *work)
{
    const struct okr_kind_info *kind = work->kind;
    if (kind->home != OKR_HOME_UNIT || okr_work_has(work, kind->home_field))
        return OKR_OK;
    struct okr_id person = work->ground->person, unit;
    uint16_t owner = okr_field_named(kind->number, "owner");
    const struct okr_change *change =
        owner == 0 ? NULL : okr_work_change(work, owner);
    if (change != NULL && !okr_value_as_id(change->data, &person))
        return OKR_OK;
    struct okr_record *record;
    enum okr_err err = okr_entity_get(&work->ground->space, &person, &record);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    if (record->kind != OKR_KIND_PERSON ||
        !okr_record_id(record, OKR_F_PERSON_UNIT, &unit))
        return OKR_OK;
    return okr_work_imply(work, kind->home_field,
                          okr_value_id(work->arena, &unit));
}

static bool change_dec(const struct okr_work *work, uint16_t field,
                       struct okr_dec *ret)
{
    const struct okr_change *change = okr_work_change(work, field);
    return change != NULL && okr_value_as_dec(change->data, ret);
}

/* Start and target tell the direction; without both nothing is measured, and
 * a metric that nobody chose is left out, so that publishing asks for it. */
static enum okr_err imply_metric(struct okr_work *work)
{
    struct okr_dec start, target;
    if (work->percent)
        OKR_STEP(work, okr_work_imply(work, OKR_F_UNIT_OF_MEASURE,
                                      OKR_SLICE_LIT("%")));
    if (!change_dec(work, OKR_F_START, &start) ||
        !change_dec(work, OKR_F_TARGET, &target))
        return OKR_OK;
    bool down = okr_dec_cmp(target, start) < 0;
    return okr_work_imply(
        work, OKR_F_METRIC,
        okr_value_enum(work->arena,
                       down ? OKR_V_METRIC_DECREASE : OKR_V_METRIC_INCREASE));
}

/* Stand-ups are of today, what is kept by week is of this one's Monday. */
static enum okr_err imply_day(struct okr_work *work)
{
    static const struct {
        uint16_t kind, field;
        bool week;
    } days[] = {
        {OKR_KIND_STANDUP, OKR_F_SU_DAY, false},
        {OKR_KIND_FOCUS, OKR_F_FO_WEEK, true},
        {OKR_KIND_HEALTH, OKR_F_HE_WEEK, true},
    };
    okr_day today = okr_work_today(work);
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        if (days[i].kind != work->kind->number)
            continue;
        okr_day day = days[i].week ? today - okr_day_weekday(today) : today;
        OKR_STEP(work, okr_work_imply(work, days[i].field,
                                      okr_value_int(work->arena, day)));
    }
    return OKR_OK;
}

static bool same_list(const struct okr_record *focus, okr_day week,
                      uint32_t horizon)
{
    int64_t first = okr_record_int(focus, OKR_F_FO_WEEK, 0);
    return first == week && !okr_record_archived(focus) &&
           okr_record_enum(focus, OKR_F_HORIZON, 0) == horizon;
}

/* A further point of focus comes after those of its week and horizon. */
static enum okr_err imply_rank(struct okr_work *work)
{
    const struct okr_change *unit = okr_work_change(work, OKR_F_FO_UNIT);
    const struct okr_change *week = okr_work_change(work, OKR_F_FO_WEEK);
    struct okr_id unit_id;
    struct okr_ids ids;
    uint32_t horizon = OKR_V_HORIZON_THIS_WEEK;
    int64_t day, rank = 1;
    OKR_STEP(work, okr_work_imply(work, OKR_F_HORIZON,
                                  okr_value_enum(work->arena, horizon)));
    (void)okr_value_as_enum(okr_work_change(work, OKR_F_HORIZON)->data,
                            &horizon);
    if (okr_work_has(work, OKR_F_FO_RANK) || unit == NULL || week == NULL ||
        !okr_value_as_id(unit->data, &unit_id) ||
        !okr_value_as_int(week->data, &day))
        return OKR_OK;
    OKR_TRY(okr_index_children(&work->ground->space, &unit_id, OKR_KIND_FOCUS,
                               &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *other;
        OKR_TRY(okr_entity_get(&work->ground->space, &ids.at[i], &other));
        if (same_list(other, (okr_day)day, horizon) &&
            okr_record_int(other, OKR_F_FO_RANK, 0) >= rank)
            rank = okr_record_int(other, OKR_F_FO_RANK, 0) + 1;
    }
    return okr_work_imply(work, OKR_F_FO_RANK,
                          okr_value_int(work->arena, rank));
}

/* Is `a` the better guess?  What runs today before what does not, and then the
 * shorter one, which is what people work in. */
static bool is_nearer(const struct okr_record *a, const struct okr_record *b,
                      okr_day today)
{
    int64_t start[2], end[2];
    const struct okr_record *both[] = {a, b};
    bool runs[2];
    for (int i = 0; i < 2; i++) {
        start[i] = okr_record_int(both[i], OKR_F_CYCLE_START, 0);
        end[i] = okr_record_int(both[i], OKR_F_CYCLE_END, 0);
        runs[i] = start[i] <= today && today <= end[i];
    }
    if (runs[0] != runs[1])
        return runs[0];
    return runs[0] ? end[0] - start[0] < end[1] - start[1]
                   : start[0] < start[1];
}

/* A proposal is for the cycle that is drafted, if one is; a review of the one
 * that runs.  A cycle that is over is never guessed. */
static enum okr_err imply_cycle(struct okr_work *work, uint16_t field)
{
    const struct okr_space *space = &work->ground->space;
    struct okr_record *best = NULL;
    okr_day today = okr_work_today(work);
    bool best_drafted = false;
    struct okr_ids ids;
    if (okr_work_has(work, field))
        return OKR_OK;
    OKR_TRY(okr_index_kind(space, OKR_KIND_CYCLE, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *cycle;
        OKR_TRY(okr_entity_get(space, &ids.at[i], &cycle));
        uint32_t phase = okr_record_enum(cycle, OKR_F_PHASE, 0);
        bool drafted = work->kind->number == OKR_KIND_PROPOSAL &&
                       phase == OKR_V_PHASE_DRAFTING;
        if (okr_record_archived(cycle) || phase == OKR_V_PHASE_CLOSED ||
            okr_record_int(cycle, OKR_F_CYCLE_END, 0) < today)
            continue;
        if (best == NULL || (drafted && !best_drafted) ||
            (drafted == best_drafted && is_nearer(cycle, best, today))) {
            best = cycle;
            best_drafted = drafted;
        }
    }
    return best == NULL ? OKR_OK
                        : okr_work_imply(work, field,
                                         okr_value_id(work->arena, &best->id));
}

enum okr_err okr_work_defaults(struct okr_work *work)
{
    OKR_ASSERT(work->verb->makes);
    OKR_STEP(work, imply_person(work));
    OKR_STEP(work, imply_unit(work));
    OKR_STEP(work, imply_day(work));
    if (work->kind->number == OKR_KIND_KEY_RESULT)
        OKR_STEP(work, imply_metric(work));
    if (work->kind->number == OKR_KIND_PROPOSAL)
        OKR_STEP(work, imply_cycle(work, OKR_F_PR_CYCLE));
    if (work->kind->number == OKR_KIND_REVIEW)
        OKR_STEP(work, imply_cycle(work, OKR_F_RV_CYCLE));
    if (work->kind->number == OKR_KIND_FOCUS)
        OKR_STEP(work, imply_rank(work));
    return OKR_OK;
}

/* All that is missing at once: nobody likes to be asked five times. */
void okr_work_missing(struct okr_work *work)
{
    const struct okr_field_info *field, *first = NULL;
    const char *dashes = work->dashed ? "--" : "";
    struct okr_problem *p = work->problem;
    struct okr_said list = {0};
    size_t n = 0;
    for (size_t at = 0;
         (field = okr_field_next(work->kind->number, &at)) != NULL;) {
        if ((field->flags & OKR_FLAG_REQUIRED) == 0 ||
            okr_work_has(work, field->number))
            continue;
        char option[64];
        n++;
        first = first == NULL ? field : first;
        (void)snprintf(option, sizeof option, "%s%s", dashes, field->word);
        for (char *c = option; work->dashed && *c != '\0'; c++)
            if (*c == '_')
                *c = '-';
        okr_said_item(&list, option);
    }
    if (n == 0)
        return;
    p->rule = OKR_RULE_MISSING;
    p->usage = true;
    if (n > 1)
        okr_say(p, N_("%s: the kind %s needs them"), list.text,
                work->kind->word);
    else if (first->type == OKR_TYPE_ENUM)
        okr_say(p, N_("%s: the kind %s needs it; one of %s"), list.text,
                work->kind->word, OKR_SAID_WORDS(first->of));
    else
        okr_say(p, N_("%s: the kind %s needs it"), list.text, work->kind->word);
    okr_say_remedy(p, "%s", n == 1 ? N_("give it") : N_("give them"));
}
