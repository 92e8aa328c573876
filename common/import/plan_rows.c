/* Rows into payloads: objectives, key results, what came of them. */
#include <string.h>

#include "common/base/assert.h"
#include "common/crypto/hash.h"
#include "common/import/plan_table.h"
#include "common/model/dates.h"
#include "common/model/value.h"

void okr_plan_put_value(struct okr_made *made, uint16_t field,
                        struct okr_slice value)
{
    OKR_ASSERT(made->n < OKR_MADE_MAX);
    if (value.data == NULL && value.len == 0)
        made->failed = true;
    made->changes[made->n++] = (struct okr_change){
        .field = field, .form = OKR_REG_VALUE, .data = value};
}

void okr_plan_put_element(struct okr_made *made, uint16_t field,
                          struct okr_slice value)
{
    if (made->n == OKR_MADE_MAX)
        return;
    okr_plan_put_value(made, field, value);
    made->changes[made->n - 1].form = OKR_REG_PRESENT;
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

/* What the author of a change is shown of the field. */
static enum okr_err see(struct okr_planning *p, const struct okr_reg *reg,
                        struct okr_seen *ret)
{
    const struct okr_import_conf *conf = p->conf;
    *ret = (struct okr_seen){.form = OKR_SEEN_LSN,
                             .epoch = conf->epoch,
                             .lsn = reg == NULL ? 0 : reg->lsn};
    if ((ret->lsn & OKR_LSN_PENDING) == 0)
        return OKR_OK;
    OKR_ASSERT(conf->pending_op != NULL);
    *ret = (struct okr_seen){.form = OKR_SEEN_OP};
    return conf->pending_op(conf->context, reg->lsn & ~OKR_LSN_PENDING,
                            &ret->op);
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
    for (size_t i = 0; old != NULL && i < made->n; i++)
        if (changes[i].form == OKR_REG_VALUE)
            OKR_TRY(see(p, okr_record_reg(old, changes[i].field),
                        &changes[i].seen));
    plan->lines[plan->n] = p->line;
    plan->payloads[plan->n++] = (struct okr_payload){.verb = verb,
                                                     .kind = kind,
                                                     .entity = *id,
                                                     .changes = changes,
                                                     .n_changes = made->n,
                                                     .batch = p->batch};
    return OKR_OK;
}

enum okr_err okr_plan_act(struct okr_planning *p, size_t at, bool makes)
{
    struct okr_import_plan *plan = p->plan;
    const struct okr_import_row *row = &p->doc->rows[at];
    plan->create += makes;
    plan->update += !makes;
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
struct okr_slice okr_plan_result_key(struct okr_planning *p,
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
enum okr_err okr_plan_last_result(struct okr_planning *p, size_t at,
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
static enum okr_err plan_result_of(struct okr_planning *p,
                                   const struct okr_import_row *row,
                                   const struct okr_id *key_result,
                                   const struct okr_record *before)
{
    struct okr_arena *arena = p->plan->arena;
    struct okr_made made = {.n = 0};
    struct okr_id id = okr_plan_id(p);
    okr_day end = p->cycles[0].end;
    okr_plan_put_id(p, &made, OKR_F_CI_KEY_RESULT, key_result);
    okr_plan_put_value(
        &made, OKR_F_CI_OBSERVED_AT,
        okr_value_int(arena, okr_day_end(end, p->conf->offset_min)));
    if (before != NULL)
        okr_plan_put_id(p, &made, OKR_F_AMENDS, &before->id);
    if (row->has_percent)
        okr_plan_put_value(&made, OKR_F_CI_VALUE,
                           okr_value_dec(arena, row->percent));
    if (!row->has_percent || !only_percent(row->result))
        okr_plan_put_text(&made, OKR_F_CI_NOTE, row->result);
    okr_plan_put_value(&made, OKR_F_IMPORT_KEY,
                       okr_plan_result_key(p, key_result, row->result));
    return okr_plan_add(p, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN, &id, &made,
                        NULL);
}

static enum okr_err plan_comment(struct okr_planning *p, struct okr_slice text,
                                 const struct okr_id *subject)
{
    struct okr_made made = {.n = 0};
    struct okr_id id = okr_plan_id(p);
    okr_plan_put_id(p, &made, OKR_F_CM_SUBJECT, subject);
    okr_plan_put_text(&made, OKR_F_CM_TEXT, text);
    okr_plan_put_value(&made, OKR_F_IMPORT_KEY,
                       okr_plan_result_key(p, subject, text));
    return okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_COMMENT, &id, &made, NULL);
}

/* A row's note becomes a comment, once. */
static enum okr_err plan_note(struct okr_planning *p, size_t at)
{
    struct okr_slice note = p->doc->rows[at].cells[OKR_COL_NOTE];
    struct okr_ids ids = {.n = 0};
    if (note.len == 0)
        return OKR_OK;
    if (p->found[at] != NULL)
        OKR_TRY(
            okr_index_find(&p->conf->space, OKR_KIND_COMMENT, OKR_F_IMPORT_KEY,
                           okr_plan_result_key(p, &p->ids[at], note), &ids));
    return ids.n > 0 ? OKR_OK : plan_comment(p, note, &p->ids[at]);
}

static enum okr_err plan_result(struct okr_planning *p,
                                const struct okr_import_row *row, size_t at)
{
    bool kr = row->kind == OKR_KIND_KEY_RESULT;
    const struct okr_record *before;
    if (row->result.len == 0)
        return OKR_OK;
    OKR_TRY(okr_plan_last_result(
        p, at, kr ? OKR_KIND_CHECK_IN : OKR_KIND_COMMENT, &before));
    if (before != NULL &&
        okr_slice_eq(okr_record_text(before, OKR_F_IMPORT_KEY),
                     okr_plan_result_key(p, &p->ids[at], row->result)))
        return OKR_OK;
    if (kr)
        return plan_result_of(p, row, &p->ids[at], before);
    return plan_comment(p, row->result, &p->ids[at]);
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

/* A new row of a list.  Of a table, all but the place is in its cells. */
static enum okr_err put_list_row(struct okr_planning *p, size_t at,
                                 struct okr_made *made)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_id owner;
    OKR_TRY(okr_plan_owner(p, row->owner, &owner));
    if (row->kind == OKR_KIND_KEY_RESULT) {
        okr_plan_put_text(made, OKR_F_KR_TITLE, row->title);
        okr_plan_put_id(p, made, OKR_F_KR_OWNER, &owner);
        if (row->has_percent)
            add_percent_scale(p, made);
        return OKR_OK;
    }
    okr_plan_put_id(p, made, OKR_F_O_CYCLE, &p->cycles[0].id);
    okr_plan_put_text(made, OKR_F_O_TITLE, row->title);
    okr_plan_put_id(p, made, OKR_F_O_OWNER, &owner);
    okr_plan_put_id(p, made, OKR_F_O_UNIT, &p->root);
    return OKR_OK;
}

/* Where the row hangs. */
static const struct okr_id *parent_of(const struct okr_planning *p, size_t at)
{
    size_t parent = p->doc->rows[at].parent;
    if (parent != OKR_IMPORT_NONE)
        return &p->ids[parent];
    return okr_id_is_zero(&p->outside[at]) ? NULL : &p->outside[at];
}

static void put_place(struct okr_planning *p, size_t at, struct okr_made *made)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_id *parent = parent_of(p, at);
    uint16_t field = row->kind == OKR_KIND_KEY_RESULT ? OKR_F_KR_OBJECTIVE
                     : row->kind == OKR_KIND_TASK     ? OKR_F_T_SUBJECT
                                                      : OKR_F_CONTRIBUTES_TO;
    if (parent != NULL)
        okr_plan_put_id(p, made, field, parent);
    for (size_t i = 0; i < row->n_supports; i++)
        okr_plan_put_element(
            made, OKR_F_SUPPORTS,
            okr_value_id(p->plan->arena, &p->ids[row->supports[i]]));
}

static enum okr_err make_row(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_made made = {.n = 0};
    okr_plan_put_value(
        &made, OKR_F_IMPORT_KEY,
        okr_slice_of(p->keys + at * OKR_IMPORT_KEY_LEN, OKR_IMPORT_KEY_LEN));
    if (row->cells == NULL)
        OKR_TRY(put_list_row(p, at, &made));
    else
        OKR_TRY(okr_plan_cells(p, at, NULL, &made));
    put_place(p, at, &made);
    return okr_plan_add(p, OKR_VERB_ADD, row->kind, &p->ids[at], &made, NULL);
}

static enum okr_err change_row(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_record *record = p->found[at]->record;
    bool kr = row->kind == OKR_KIND_KEY_RESULT;
    uint16_t title = okr_field_named(row->kind, "title");
    struct okr_made made = {.n = 0};
    if (row->cells != NULL)
        OKR_TRY(okr_plan_cells(p, at, record, &made));
    else if (!okr_slice_eq(okr_record_text(record, title), row->title))
        okr_plan_put_text(&made, title, row->title);
    if (kr && row->has_percent && !okr_record_has(record, OKR_F_METRIC))
        add_percent_scale(p, &made);
    if (made.n == 0)
        return OKR_OK;
    return okr_plan_add(p, OKR_VERB_SET, row->kind, &record->id, &made, record);
}

/* What stands beside the row: a result, a value, a note. */
static enum okr_err plan_beside(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    if (row->cells == NULL)
        return plan_result(p, row, at);
    if (row->kind == OKR_KIND_KEY_RESULT)
        return okr_plan_said(p, at);
    return plan_note(p, at);
}

enum okr_err okr_plan_row(struct okr_planning *p, size_t at)
{
    struct okr_import_plan *plan = p->plan;
    size_t before = plan->n;
    bool makes = p->found[at] == NULL;
    if (p->doc->rows[at].kind == OKR_KIND_CHECK_IN) {
        OKR_TRY(okr_plan_check_in(p, at, &makes));
    } else {
        OKR_TRY(makes ? make_row(p, at) : change_row(p, at));
        OKR_TRY(plan_beside(p, at));
    }
    if (plan->n > before)
        return okr_plan_act(p, at, makes);
    plan->unchanged++;
    return OKR_OK;
}
