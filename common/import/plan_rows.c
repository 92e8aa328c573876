/* Rows into payloads: objectives, key results, what came of them. */
#include <string.h>

#include "common/crypto/hash.h"
#include "common/import/plan_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"

void okr_plan_put_value(struct okr_made *made, uint16_t field,
                        struct okr_slice value)
{
    if (value.data == NULL && value.len == 0)
        made->failed = true;
    made->changes[made->n++] = (struct okr_change){
        .field = field, .form = OKR_REG_VALUE, .data = value};
}

void okr_plan_put_text(struct okr_made *made, uint16_t field,
                       struct okr_slice s)
{
    okr_plan_put_value(made, field, s);
}

void okr_plan_put_id(struct okr_planning *p, struct okr_made *made,
                     uint16_t field, const struct okr_id *id)
{
    okr_plan_put_value(made, field, okr_value_id(p->plan->arena, id));
}

static enum okr_err make_room(struct okr_import_plan *plan)
{
    if (plan->n < plan->cap)
        return OKR_OK;
    size_t cap = plan->cap == 0 ? 256 : plan->cap * 2;
    struct okr_payload *at = okr_arena_array(plan->arena, cap, sizeof *at);
    uint32_t *lines = okr_arena_array(plan->arena, cap, sizeof *lines);
    if (at == NULL || lines == NULL)
        return OKR_ERR_NOMEM;
    if (plan->n > 0) {
        memcpy(at, plan->payloads, plan->n * sizeof *at);
        memcpy(lines, plan->lines, plan->n * sizeof *lines);
    }
    plan->payloads = at;
    plan->lines = lines;
    plan->cap = cap;
    return OKR_OK;
}

enum okr_err okr_plan_add(struct okr_planning *p, uint16_t verb, uint16_t kind,
                          const struct okr_id *id, const struct okr_made *made,
                          const struct okr_record *old)
{
    struct okr_import_plan *plan = p->plan;
    OKR_TRY(make_room(plan));
    struct okr_change *changes =
        okr_arena_array(plan->arena, made->n, sizeof *changes);
    if (changes == NULL || made->failed)
        return OKR_ERR_NOMEM;
    memcpy(changes, made->changes, made->n * sizeof *changes);
    for (size_t i = 0; old != NULL && i < made->n; i++) {
        const struct okr_reg *reg = okr_record_reg(old, changes[i].field);
        changes[i].seen = (struct okr_seen){.form = OKR_SEEN_LSN,
                                            .epoch = p->conf->epoch,
                                            .lsn = reg == NULL ? 0 : reg->lsn};
    }
    plan->lines[plan->n] = p->line;
    plan->payloads[plan->n++] = (struct okr_payload){.verb = verb,
                                                     .kind = kind,
                                                     .entity = *id,
                                                     .changes = changes,
                                                     .n_changes = made->n,
                                                     .batch = p->batch};
    return OKR_OK;
}

static enum okr_err add_act(struct okr_import_plan *plan,
                            const struct okr_import_row *row, bool makes)
{
    if (plan->n_acts == plan->cap_acts) {
        size_t cap = plan->cap_acts == 0 ? 64 : plan->cap_acts * 2;
        struct okr_import_act *acts =
            okr_arena_array(plan->arena, cap, sizeof *acts);
        if (acts == NULL)
            return OKR_ERR_NOMEM;
        if (plan->n_acts > 0)
            memcpy(acts, plan->acts, plan->n_acts * sizeof *acts);
        plan->acts = acts;
        plan->cap_acts = cap;
    }
    plan->acts[plan->n_acts++] =
        (struct okr_import_act){row->line, row->kind, makes, row->title};
    return OKR_OK;
}

/* ---- what came of it ----------------------------------------------------- */
static struct okr_slice result_key(struct okr_planning *p,
                                   const struct okr_id *about,
                                   struct okr_slice result)
{
    const struct okr_slice parts[] = {OKR_SLICE_LIT("result"),
                                      okr_id_slice(about), result};
    struct okr_hash hash = okr_sha256_parts(parts, 3);
    return okr_arena_copy(p->plan->arena, okr_slice_of(hash.b, 16));
}

static okr_lsn made_at(const struct okr_record *record)
{
    const struct okr_reg *reg = okr_record_reg(record, OKR_F_IMPORT_KEY);
    return reg == NULL ? 0 : reg->lsn;
}

/* The last result that an import left; NULL: none did. */
static enum okr_err last_result(struct okr_planning *p, size_t at,
                                uint16_t kind, const struct okr_record **ret)
{
    struct okr_ids ids;
    struct okr_record *one;
    *ret = NULL;
    if (p->found[at] == NULL)
        return OKR_OK;
    OKR_TRY(okr_index_children(&p->conf->space, &p->ids[at], kind, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &one));
        if (okr_record_text(one, OKR_F_IMPORT_KEY).len == 16 &&
            !okr_record_archived(one) &&
            (*ret == NULL || made_at(one) > made_at(*ret)))
            *ret = one;
    }
    return OKR_OK;
}

/* Nothing but the number: then the check-in needs no note. */
static bool only_percent(struct okr_slice result)
{
    return result.len > 0 && result.data[result.len - 1] == '%' &&
           memchr(result.data, ' ', result.len) == NULL;
}

/* Another result corrects the one that an import left before. */
static enum okr_err plan_check_in(struct okr_planning *p,
                                  const struct okr_import_row *row,
                                  const struct okr_id *key_result,
                                  const struct okr_record *before)
{
    struct okr_arena *arena = p->plan->arena;
    struct okr_made made = {.n = 0};
    struct okr_id id = okr_plan_id(p);
    okr_plan_put_id(p, &made, OKR_F_CI_KEY_RESULT, key_result);
    okr_plan_put_value(
        &made, OKR_F_CI_OBSERVED_AT,
        okr_value_int(arena, okr_day_end(p->end, p->conf->offset_min)));
    if (before != NULL)
        okr_plan_put_id(p, &made, OKR_F_AMENDS, &before->id);
    if (row->has_percent)
        okr_plan_put_value(&made, OKR_F_CI_VALUE,
                           okr_value_dec(arena, row->percent));
    if (!row->has_percent || !only_percent(row->result))
        okr_plan_put_text(&made, OKR_F_CI_NOTE, row->result);
    okr_plan_put_value(&made, OKR_F_IMPORT_KEY,
                       result_key(p, key_result, row->result));
    return okr_plan_add(p, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN, &id, &made,
                        NULL);
}

static enum okr_err plan_comment(struct okr_planning *p,
                                 const struct okr_import_row *row,
                                 const struct okr_id *objective)
{
    struct okr_made made = {.n = 0};
    struct okr_id id = okr_plan_id(p);
    okr_plan_put_id(p, &made, OKR_F_CM_SUBJECT, objective);
    okr_plan_put_text(&made, OKR_F_CM_TEXT, row->result);
    okr_plan_put_value(&made, OKR_F_IMPORT_KEY,
                       result_key(p, objective, row->result));
    return okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_COMMENT, &id, &made, NULL);
}

static enum okr_err plan_result(struct okr_planning *p,
                                const struct okr_import_row *row, size_t at)
{
    bool kr = row->kind == OKR_KIND_KEY_RESULT;
    const struct okr_record *before;
    if (row->result.len == 0)
        return OKR_OK;
    OKR_TRY(
        last_result(p, at, kr ? OKR_KIND_CHECK_IN : OKR_KIND_COMMENT, &before));
    if (before != NULL &&
        okr_slice_eq(okr_record_text(before, OKR_F_IMPORT_KEY),
                     result_key(p, &p->ids[at], row->result)))
        return OKR_OK;
    if (kr)
        return plan_check_in(p, row, &p->ids[at], before);
    return plan_comment(p, row, &p->ids[at]);
}

/* ---- the row itself ------------------------------------------------------ */
static void add_percent_scale(struct okr_planning *p, struct okr_made *made)
{
    struct okr_arena *arena = p->plan->arena;
    okr_plan_put_value(made, OKR_F_METRIC,
                       okr_value_enum(arena, OKR_V_METRIC_INCREASE));
    okr_plan_put_value(made, OKR_F_START, okr_value_dec(arena, okr_dec_int(0)));
    okr_plan_put_value(made, OKR_F_TARGET,
                       okr_value_dec(arena, okr_dec_int(100)));
    okr_plan_put_text(made, OKR_F_UNIT_OF_MEASURE, OKR_SLICE_LIT("%"));
}

static enum okr_err make_row(struct okr_planning *p,
                             const struct okr_import_doc *doc, size_t at)
{
    const struct okr_import_row *row = &doc->rows[at];
    struct okr_made made = {.n = 0};
    struct okr_id owner;
    OKR_TRY(okr_plan_owner(p, row->owner, &owner));
    struct okr_slice key =
        okr_slice_of(p->keys + at * OKR_IMPORT_KEY_LEN, OKR_IMPORT_KEY_LEN);
    okr_plan_put_value(&made, OKR_F_IMPORT_KEY, key);
    if (row->kind == OKR_KIND_KEY_RESULT) {
        okr_plan_put_id(p, &made, OKR_F_KR_OBJECTIVE, &p->ids[row->parent]);
        okr_plan_put_text(&made, OKR_F_KR_TITLE, row->title);
        okr_plan_put_id(p, &made, OKR_F_KR_OWNER, &owner);
        if (row->has_percent)
            add_percent_scale(p, &made);
    } else {
        okr_plan_put_id(p, &made, OKR_F_O_CYCLE, &p->cycle);
        okr_plan_put_text(&made, OKR_F_O_TITLE, row->title);
        okr_plan_put_id(p, &made, OKR_F_O_OWNER, &owner);
        okr_plan_put_id(p, &made, OKR_F_O_UNIT, &p->root);
        if (row->parent != OKR_IMPORT_NONE)
            okr_plan_put_id(p, &made, OKR_F_CONTRIBUTES_TO,
                            &p->ids[row->parent]);
    }
    return okr_plan_add(p, OKR_VERB_ADD, row->kind, &p->ids[at], &made, NULL);
}

static enum okr_err change_row(struct okr_planning *p,
                               const struct okr_import_row *row,
                               const struct okr_record *record)
{
    bool kr = row->kind == OKR_KIND_KEY_RESULT;
    uint16_t title = kr ? OKR_F_KR_TITLE : OKR_F_O_TITLE;
    struct okr_made made = {.n = 0};
    if (!okr_slice_eq(okr_record_text(record, title), row->title))
        okr_plan_put_text(&made, title, row->title);
    if (kr && row->has_percent && !okr_record_has(record, OKR_F_METRIC))
        add_percent_scale(p, &made);
    if (made.n == 0)
        return OKR_OK;
    return okr_plan_add(p, OKR_VERB_SET, row->kind, &record->id, &made, record);
}

enum okr_err okr_plan_row(struct okr_planning *p,
                          const struct okr_import_doc *doc, size_t at)
{
    const struct okr_import_row *row = &doc->rows[at];
    struct okr_import_plan *plan = p->plan;
    size_t before = plan->n;
    bool makes = p->found[at] == NULL;
    if (makes)
        OKR_TRY(make_row(p, doc, at));
    else
        OKR_TRY(change_row(p, row, p->found[at]->record));
    OKR_TRY(plan_result(p, row, at));
    if (plan->n == before) {
        plan->unchanged++;
        return OKR_OK;
    }
    plan->create += makes;
    plan->update += !makes;
    return add_act(plan, row, makes);
}
