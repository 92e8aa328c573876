/* Judging: references, unique values, circles. */
#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"
#include "common/store/scopes.h"

/* What a reference to ANY may name, where the schema alone does not say. */
static bool kind_fits(const struct okr_field_info *field, uint16_t kind)
{
    if (field->of != OKR_KIND_ANY)
        return field->of == kind;
    if (field->kind == OKR_KIND_OBJECTIVE &&
        (field->number == OKR_F_CONTRIBUTES_TO ||
         field->number == OKR_F_SUPPORTS))
        return kind == OKR_KIND_OBJECTIVE || kind == OKR_KIND_KEY_RESULT;
    if (field->kind == OKR_KIND_TASK && field->number == OKR_F_T_SUBJECT)
        return kind == OKR_KIND_OBJECTIVE || kind == OKR_KIND_KEY_RESULT ||
               kind == OKR_KIND_UNIT;
    if (field->kind == OKR_KIND_ASSESSMENT)
        return kind == OKR_KIND_OBJECTIVE || kind == OKR_KIND_KEY_RESULT;
    return true;
}

static enum okr_err check_reference(struct okr_judging *j,
                                    const struct okr_field_info *field,
                                    const struct okr_change *change)
{
    struct okr_id id;
    struct okr_record *named;
    if (!okr_value_as_id(change->data, &id)) {
        okr_judging_refuse(j, OKR_RULE_BAD_VALUE, field->number, NULL);
        return OKR_OK;
    }
    OKR_TRY(okr_judging_load(j, &id, &named));
    if (named == NULL)
        return OKR_OK;
    if (!kind_fits(field, named->kind))
        okr_judging_refuse(j, OKR_RULE_WRONG_KIND, field->number, &id);
    /* Nobody who has left is put in charge; a file may say who was. */
    bool charge = field->number == okr_field_named(j->payload->kind, "owner");
    if (charge && !j->import && !j->ground->authority &&
        okr_record_int(named, OKR_F_LEFT, INT64_MAX) <= okr_judging_today(j))
        okr_judging_refuse(j, OKR_RULE_LEFT, field->number, &id);
    /* Nothing new is hung below something archived. */
    const struct okr_kind_info *kind = okr_kind_info(j->payload->kind);
    if (j->verb->makes && kind->home == OKR_HOME_PARENT &&
        field->number == kind->home_field && okr_record_archived(named) &&
        j->payload->kind != OKR_KIND_COMMENT)
        okr_judging_refuse(j, OKR_RULE_ARCHIVED, field->number, &id);
    return OKR_OK;
}

enum okr_err okr_judge_references(struct okr_judging *j)
{
    const struct okr_payload *p = j->payload;
    for (size_t i = 0; i < p->n_changes && okr_judging_on(j); i++) {
        const struct okr_change *change = &p->changes[i];
        const struct okr_field_info *field =
            okr_field_info(p->kind, change->field);
        if (field == NULL || field->type != OKR_TYPE_REF)
            continue;
        if (change->form == OKR_REG_VALUE || change->form == OKR_REG_PRESENT)
            OKR_TRY(check_reference(j, field, change));
    }
    return OKR_OK;
}

/* The entity that this one stands below in its hierarchy, for circles: what
 * it contributes to, its objective, its parent. */
static bool above(const struct okr_record *record, struct okr_id *ret_id)
{
    switch (record->kind) {
    case OKR_KIND_UNIT:
        return okr_record_id(record, OKR_F_UNIT_PARENT, ret_id);
    case OKR_KIND_CYCLE:
        return okr_record_id(record, OKR_F_CYCLE_PARENT, ret_id);
    case OKR_KIND_OBJECTIVE:
        return okr_record_id(record, OKR_F_CONTRIBUTES_TO, ret_id);
    case OKR_KIND_KEY_RESULT:
        return okr_record_id(record, OKR_F_KR_OBJECTIVE, ret_id);
    default:
        return false;
    }
}

static enum okr_err check_circle(struct okr_judging *j,
                                 const struct okr_record *start)
{
    const struct okr_record *at = start;
    struct okr_id up;
    for (int level = 0; above(at, &up); level++) {
        if (okr_id_eq(&up, &start->id)) {
            okr_judging_refuse(j, OKR_RULE_CIRCLE, 0, &start->id);
            return OKR_OK;
        }
        if (level == OKR_DEPTH_MAX) {
            okr_judging_refuse(j, OKR_RULE_TOO_LARGE, 0, &start->id);
            return OKR_OK;
        }
        struct okr_record *next;
        enum okr_err err = okr_draft_get(j->draft, &up, &next);
        if (err == OKR_ERR_NOTFOUND)
            return OKR_OK; /* a site does not see further */
        OKR_TRY(err);
        at = next;
    }
    return OKR_OK;
}

/* ---- tasks that wait for each other -------------------------------------- */

struct waiting {
    struct okr_id *at; /* every task once, in the order it was met */
    size_t n;
};

static bool is_met(const struct waiting *w, const struct okr_id *id)
{
    for (size_t i = 0; i < w->n; i++)
        if (okr_id_eq(&w->at[i], id))
            return true;
    return false;
}

/* Adds what `task` waits for; false: too many. */
static bool meet(struct waiting *w, const struct okr_record *task)
{
    const struct okr_reg *reg;
    for (size_t at = 0;
         (reg = okr_record_next(task, OKR_F_DEPENDS_ON, &at)) != NULL;) {
        struct okr_id id;
        if (reg->form != OKR_REG_PRESENT || !okr_value_as_id(reg->data, &id) ||
            is_met(w, &id))
            continue;
        if (w->n == OKR_OP_ENTITIES_MAX)
            return false;
        w->at[w->n++] = id;
    }
    return true;
}

/* A task that waits, over others, for itself would never be done. */
static enum okr_err check_waiting(struct okr_judging *j,
                                  const struct okr_record *task)
{
    struct waiting w = {.n = 0};
    size_t at = 0;
    if (okr_record_next(task, OKR_F_DEPENDS_ON, &at) == NULL)
        return OKR_OK;
    w.at = okr_arena_array(j->draft->space.arena, OKR_OP_ENTITIES_MAX,
                           sizeof *w.at);
    if (w.at == NULL)
        return OKR_ERR_NOMEM;
    bool fits = meet(&w, task);
    for (size_t i = 0; i < w.n && fits; i++) {
        struct okr_record *next;
        enum okr_err err = okr_draft_get(j->draft, &w.at[i], &next);
        if (err == OKR_ERR_NOTFOUND)
            continue; /* a site does not see further */
        OKR_TRY(err);
        fits = meet(&w, next);
    }
    if (is_met(&w, &task->id))
        okr_judging_refuse(j, OKR_RULE_CIRCLE, OKR_F_DEPENDS_ON, &task->id);
    else if (!fits)
        okr_judging_refuse(j, OKR_RULE_TOO_LARGE, OKR_F_DEPENDS_ON, &task->id);
    return OKR_OK;
}

static enum okr_err check_unique(struct okr_judging *j,
                                 const struct okr_record *now)
{
    size_t at = 0;
    const struct okr_field_info *field;
    while ((field = okr_field_next(now->kind, &at)) != NULL) {
        const struct okr_reg *reg = okr_record_reg(now, field->number);
        if (!(field->flags & OKR_FLAG_UNIQUE) || reg == NULL ||
            reg->form != OKR_REG_VALUE || reg->lsn != OKR_LSN_DRAFT)
            continue;
        struct okr_ids same;
        OKR_TRY(okr_index_find(&j->draft->space, now->kind, field->number,
                               reg->data, &same));
        for (size_t i = 0; i < same.n; i++)
            if (!okr_id_eq(&same.at[i], &now->id))
                okr_judging_refuse(j, OKR_RULE_DUPLICATE, field->number,
                                   &same.at[i]);
    }
    return OKR_OK;
}

/* There is one root unit: any other has a parent.  A unit that comes to stand
 * directly below it becomes the root of scopes and gets a number. */
static enum okr_err check_unit(struct okr_judging *j,
                               const struct okr_record *unit)
{
    struct okr_id parent, none;
    struct okr_ids units;
    OKR_TRY(okr_index_kind(&j->draft->space, OKR_KIND_UNIT, &units));
    int64_t no_max = OKR_ROOT_COMPANY;
    bool is_root = !okr_record_id(unit, OKR_F_UNIT_PARENT, &parent);
    bool below_root = false;
    for (size_t i = 0; i < units.n; i++) {
        struct okr_record *one;
        if (okr_id_eq(&units.at[i], &unit->id))
            continue;
        OKR_TRY(okr_draft_get(j->draft, &units.at[i], &one));
        int64_t no = okr_record_int(one, OKR_F_ROOT_NO, 0);
        no_max = no > no_max ? no : no_max;
        bool one_is_root = !okr_record_id(one, OKR_F_UNIT_PARENT, &none);
        if (is_root && one_is_root)
            okr_judging_refuse(j, OKR_RULE_TWO_ROOTS, OKR_F_UNIT_PARENT,
                               &one->id);
        if (!is_root && one_is_root && okr_id_eq(&one->id, &parent))
            below_root = true;
    }
    if (okr_record_has(unit, OKR_F_ROOT_NO) || !(is_root || below_root))
        return OKR_OK;
    struct okr_reg reg = {
        .field = OKR_F_ROOT_NO,
        .form = OKR_REG_VALUE,
        .data = okr_value_int(j->draft->space.arena,
                              is_root ? OKR_ROOT_COMPANY : no_max + 1),
    };
    if (reg.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, &unit->id, &reg, 1);
}

enum okr_err okr_judge_structure(struct okr_judging *j)
{
    size_t n = j->draft->n;
    for (size_t i = 0; i < n && okr_judging_on(j); i++) {
        const struct okr_record *now = j->draft->entries[i].now;
        OKR_TRY(check_unique(j, now));
        if (okr_judging_on(j))
            OKR_TRY(check_circle(j, now));
        if (okr_judging_on(j) && now->kind == OKR_KIND_TASK)
            OKR_TRY(check_waiting(j, now));
        if (okr_judging_on(j) && now->kind == OKR_KIND_UNIT)
            OKR_TRY(check_unit(j, now));
    }
    return OKR_OK;
}
