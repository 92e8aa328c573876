/* Rows of tables: units, persons and cycles, which others name; then whether
 * a row of the rest can be taken. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/compose/compose.h"
#include "common/import/plan_table.h"
#include "common/model/text.h"
#include "common/model/value.h"
#include "common/rules/validate.h"

bool okr_plan_is_base(uint16_t kind)
{
    return kind == OKR_KIND_UNIT || kind == OKR_KIND_PERSON ||
           kind == OKR_KIND_CYCLE;
}

enum okr_err okr_plan_bad(struct okr_planning *p, size_t at, const char *column,
                          const char *rule, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    p->bad[at] = true;
    return okr_import_say(&p->plan->errors, p->plan->arena,
                          p->doc->rows[at].line, column, rule, "%s", text);
}

/* ---- who and where ------------------------------------------------------- */

enum okr_err okr_plan_unit(struct okr_planning *p, struct okr_slice code,
                           struct okr_id *ret_unit)
{
    struct okr_ids ids;
    struct okr_slice folded;
    *ret_unit = (struct okr_id){{0}};
    if (okr_text_folded(code, p->plan->arena, &folded) != OKR_RULE_NONE)
        return OKR_OK;
    if (folded.data == NULL)
        return OKR_ERR_NOMEM;
    const struct okr_owner *own = okr_owner_get(&p->units, folded);
    if (own != NULL) {
        *ret_unit = own->id;
        return OKR_OK;
    }
    OKR_TRY(
        okr_index_find(&p->conf->space, OKR_KIND_UNIT, OKR_F_CODE, code, &ids));
    if (ids.n > 0)
        *ret_unit = ids.at[0];
    return OKR_OK;
}

enum okr_err okr_plan_unit_of(struct okr_planning *p,
                              const struct okr_id *person,
                              struct okr_id *ret_unit)
{
    struct okr_record *record;
    const struct okr_owner *home =
        okr_owner_get(&p->homes, okr_id_slice(person));
    *ret_unit = home == NULL ? p->root : home->id;
    if (home != NULL)
        return OKR_OK;
    enum okr_err err = okr_entity_get(&p->conf->space, person, &record);
    if (err == OKR_OK)
        (void)okr_record_id(record, OKR_F_PERSON_UNIT, ret_unit);
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

/* As its row says, else as the row above, else who imports. */
enum okr_err okr_plan_owner_of(struct okr_planning *p, size_t at,
                               struct okr_id *ret_person)
{
    struct okr_record *record;
    for (size_t row = at;; row = p->doc->rows[row].parent) {
        if (p->doc->rows[row].owner.len > 0)
            return okr_plan_owner(p, p->doc->rows[row].owner, ret_person);
        if (p->doc->rows[row].parent != OKR_IMPORT_NONE)
            continue;
        *ret_person = p->conf->person;
        if (okr_id_is_zero(&p->outside[row]))
            return OKR_OK;
        OKR_TRY(okr_entity_get(&p->conf->space, &p->outside[row], &record));
        (void)okr_record_id(record, okr_field_named(record->kind, "owner"),
                            ret_person);
        return OKR_OK;
    }
}

/* ---- units, persons, cycles ---------------------------------------------- */

static enum okr_err find_one(struct okr_planning *p, uint16_t kind,
                             uint16_t field, struct okr_slice value,
                             struct okr_record **ret)
{
    struct okr_ids ids;
    *ret = NULL;
    OKR_TRY(okr_index_find(&p->conf->space, kind, field, value, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], ret));
        if (!okr_record_archived(*ret))
            return OKR_OK;
        *ret = NULL;
    }
    return OKR_OK;
}

/* By which text the row is known, and in which field. */
static bool name_of(const struct okr_import_row *row, uint16_t *ret_field,
                    enum okr_import_column *ret_column)
{
    *ret_field = row->kind == OKR_KIND_UNIT     ? OKR_F_CODE
                 : row->kind == OKR_KIND_PERSON ? OKR_F_MAIL
                                                : OKR_F_CYCLE_NAME;
    *ret_column = row->kind == OKR_KIND_UNIT     ? OKR_COL_UNIT
                  : row->kind == OKR_KIND_PERSON ? OKR_COL_OWNER
                                                 : OKR_COL_TITLE;
    return row->cells[*ret_column].len > 0;
}

/* Others find the row by its name from now on. */
static enum okr_err remember(struct okr_planning *p, size_t at,
                             const struct okr_record *old)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_arena *arena = p->plan->arena;
    struct okr_slice folded, end;
    struct okr_id unit;
    int64_t day = old == NULL ? 0 : okr_record_int(old, OKR_F_CYCLE_END, 0);
    size_t cycle;
    if (row->kind == OKR_KIND_CYCLE) {
        if (row->cells[OKR_COL_DUE].len > 0 &&
            okr_plan_value(p, at, OKR_COL_DUE, &end) == OKR_RULE_NONE)
            (void)okr_value_as_int(end, &day);
        return okr_plan_add_cycle(p, row->title, &p->ids[at], (okr_day)day,
                                  &cycle);
    }
    struct okr_slice name =
        row->cells[row->kind == OKR_KIND_UNIT ? OKR_COL_UNIT : OKR_COL_OWNER];
    if (okr_text_folded(name, arena, &folded) != OKR_RULE_NONE)
        return OKR_OK;
    if (row->kind == OKR_KIND_UNIT)
        return okr_owner_put(&p->units, arena, folded, &p->ids[at]);
    OKR_TRY(okr_owner_put(&p->owners, arena, folded, &p->ids[at]));
    if (row->cells[OKR_COL_UNIT].len > 0)
        OKR_TRY(okr_plan_unit(p, row->cells[OKR_COL_UNIT], &unit));
    else if (row->parent != OKR_IMPORT_NONE)
        unit = p->ids[row->parent];
    else
        return OKR_OK;
    return okr_owner_put(&p->homes, arena, okr_id_slice(&p->ids[at]), &unit);
}

static enum okr_err put_parent(struct okr_planning *p, size_t at,
                               const struct okr_record *old,
                               struct okr_made *made)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    uint16_t field = row->kind == OKR_KIND_UNIT     ? OKR_F_UNIT_PARENT
                     : row->kind == OKR_KIND_PERSON ? OKR_F_PERSON_UNIT
                                                    : OKR_F_CYCLE_PARENT;
    const struct okr_id *parent =
        row->parent != OKR_IMPORT_NONE    ? &p->ids[row->parent]
        : okr_id_is_zero(&p->outside[at]) ? NULL
                                          : &p->outside[at];
    if (row->kind == OKR_KIND_PERSON && row->cells[OKR_COL_UNIT].len > 0)
        return OKR_OK;
    if (parent == NULL && old == NULL && row->kind != OKR_KIND_CYCLE)
        parent = &p->root;
    if (parent == NULL ||
        (old != NULL &&
         okr_slice_eq(okr_record_text(old, field), okr_id_slice(parent))))
        return OKR_OK;
    okr_plan_put_id(p, made, field, parent);
    return OKR_OK;
}

static void put_cycle_kind(struct okr_planning *p, struct okr_made *made)
{
    int64_t days[2] = {0, 0};
    for (size_t i = 0; i < made->n; i++)
        if (made->changes[i].field == OKR_F_CYCLE_START ||
            made->changes[i].field == OKR_F_CYCLE_END)
            (void)okr_value_as_int(
                made->changes[i].data,
                &days[made->changes[i].field == OKR_F_CYCLE_END]);
    okr_plan_put_value(
        made, OKR_F_CYCLE_KIND,
        okr_value_enum(p->plan->arena, okr_plan_cycle_kind((okr_day)days[0],
                                                           (okr_day)days[1])));
}

/* What the judge would say of the entity by itself. */
static enum okr_err check_sense(struct okr_planning *p, size_t at,
                                const struct okr_record *old,
                                const struct okr_made *made)
{
    struct okr_reg regs[OKR_MADE_MAX];
    uint16_t kind = p->doc->rows[at].kind;
    struct okr_arena *arena = p->plan->arena;
    const struct okr_record *base =
        old != NULL ? old : okr_record_new(&p->ids[at], kind, arena);
    for (size_t i = 0; i < made->n; i++)
        regs[i] = (struct okr_reg){.field = made->changes[i].field,
                                   .form = made->changes[i].form,
                                   .data = made->changes[i].data};
    if (base == NULL || made->failed)
        return OKR_ERR_NOMEM;
    struct okr_record *now = okr_record_with(base, regs, made->n, arena);
    if (now == NULL)
        return OKR_ERR_NOMEM;
    struct okr_verdict v = okr_validate_sense(now);
    if (okr_verdict_is_in(&v))
        return OKR_OK;
    const struct okr_field_info *field = okr_field_info(kind, v.field);
    return okr_plan_bad(p, at, field == NULL ? "" : field->word,
                        okr_rule_name(v.rule), "%s; %s", okr_rule_what(v.rule),
                        okr_rule_remedy(v.rule));
}

static enum okr_err check_base(struct okr_planning *p, size_t at,
                               const struct okr_record *old)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    uint16_t field;
    enum okr_import_column column;
    OKR_TRY(okr_plan_check_cells(p, at));
    if (!name_of(row, &field, &column))
        return okr_plan_bad(p, at, okr_import_column_word(column), "missing",
                            "a %s needs it", okr_kind_info(row->kind)->word);
    if (row->kind == OKR_KIND_CYCLE && old == NULL &&
        (row->cells[OKR_COL_START].len == 0 ||
         row->cells[OKR_COL_DUE].len == 0))
        return okr_plan_bad(p, at, "start", "missing",
                            "a new cycle needs its first day in `start` and "
                            "its last in `due`");
    return OKR_OK;
}

static enum okr_err resolve_outside(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_problem problem;
    if (row->outside.len == 0)
        return OKR_OK;
    OKR_TRY(okr_resolve(&p->conf->space, OKR_KIND_ANY, row->outside,
                        &p->outside[at], &problem));
    if (problem.rule == OKR_RULE_NONE)
        return OKR_OK;
    p->outside[at] = (struct okr_id){{0}};
    return okr_plan_bad(p, at, "parent_row_ids", "unknown_entity",
                        "\"%.*s\" is neither a row_id of this file nor an "
                        "entity here",
                        (int)(row->outside.len < 60 ? row->outside.len : 60),
                        (const char *)row->outside.data);
}

static enum okr_err parent_is_bad(struct okr_planning *p, size_t at)
{
    size_t parent = p->doc->rows[at].parent;
    if (parent == OKR_IMPORT_NONE || !p->bad[parent])
        return OKR_OK;
    return okr_plan_bad(p, at, "parent_row_ids", "parent",
                        "its parent, row %u, is not taken",
                        p->doc->rows[parent].line);
}

static enum okr_err plan_base(struct okr_planning *p, size_t at,
                              const struct okr_record *old)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_made made = {.n = 0};
    OKR_TRY(okr_plan_cells(p, at, old, &made));
    OKR_TRY(put_parent(p, at, old, &made));
    if (row->kind == OKR_KIND_CYCLE && old == NULL)
        put_cycle_kind(p, &made);
    OKR_TRY(check_sense(p, at, old, &made));
    if (p->bad[at])
        return OKR_OK;
    OKR_TRY(remember(p, at, old));
    if (made.n == 0) {
        p->plan->unchanged++;
        return OKR_OK;
    }
    OKR_TRY(okr_plan_add(p, old == NULL ? OKR_VERB_ADD : OKR_VERB_SET,
                         row->kind, &p->ids[at], &made, old));
    return okr_plan_act(p, at, old == NULL);
}

enum okr_err okr_plan_base_row(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_record *old = NULL;
    uint16_t field;
    enum okr_import_column column;
    OKR_TRY(parent_is_bad(p, at));
    OKR_TRY(p->bad[at] ? OKR_OK : resolve_outside(p, at));
    if (!p->bad[at] && name_of(row, &field, &column))
        OKR_TRY(find_one(p, row->kind, field, row->cells[column], &old));
    if (!p->bad[at])
        OKR_TRY(check_base(p, at, old));
    if (p->bad[at])
        return OKR_OK;
    p->ids[at] = old != NULL ? old->id : okr_plan_id(p);
    return plan_base(p, at, old);
}

/* A unit's lead may be a person of the file, who is made after the unit. */
enum okr_err okr_plan_lead(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_record *old;
    struct okr_made made = {.n = 0};
    struct okr_id lead;
    if (row->kind != OKR_KIND_UNIT || p->bad[at] ||
        row->cells[OKR_COL_OWNER].len == 0)
        return OKR_OK;
    OKR_TRY(okr_plan_owner(p, row->owner, &lead));
    enum okr_err err = okr_entity_get(&p->conf->space, &p->ids[at], &old);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    old = err == OKR_OK ? old : NULL;
    if (old != NULL &&
        okr_slice_eq(okr_record_text(old, OKR_F_LEAD), okr_id_slice(&lead)))
        return OKR_OK;
    okr_plan_put_id(p, &made, OKR_F_LEAD, &lead);
    return okr_plan_add(p, OKR_VERB_SET, OKR_KIND_UNIT, &p->ids[at], &made,
                        old);
}

/* ---- the others ---------------------------------------------------------- */

static enum okr_err find_row_cycle(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    size_t *cycle = &p->cycle_of[at];
    *cycle = OKR_IMPORT_NONE;
    if (row->kind != OKR_KIND_OBJECTIVE) {
        if (row->parent != OKR_IMPORT_NONE)
            *cycle = p->cycle_of[row->parent];
        else if (!okr_id_is_zero(&p->outside[at]))
            return okr_plan_cycle_of(p, &p->outside[at], cycle);
        return OKR_OK;
    }
    struct okr_slice name = row->cells[OKR_COL_CYCLE];
    if (name.len == 0)
        name = p->conf->cycle.len > 0 ? p->conf->cycle : p->doc->cycle;
    if (name.len == 0)
        return okr_plan_bad(p, at, "cycle", "missing",
                            "say which cycle it is: in the cell, or with "
                            "--cycle NAME");
    OKR_TRY(okr_plan_cycle(p, name, cycle));
    if (*cycle != OKR_IMPORT_NONE)
        return OKR_OK;
    return okr_plan_bad(p, at, "cycle", "unknown_entity",
                        "the cycle \"%.*s\" is new and nothing says from when "
                        "to when: give a row of type cycle, or --start and "
                        "--end",
                        (int)(name.len < 60 ? name.len : 60),
                        (const char *)name.data);
}

static enum okr_err outside_kind(struct okr_planning *p, size_t at)
{
    uint16_t kind = p->doc->rows[at].kind;
    struct okr_record *record;
    if (okr_id_is_zero(&p->outside[at]))
        return OKR_OK;
    OKR_TRY(okr_entity_get(&p->conf->space, &p->outside[at], &record));
    bool goal = record->kind == OKR_KIND_OBJECTIVE ||
                record->kind == OKR_KIND_KEY_RESULT;
    bool fits =
        kind == OKR_KIND_KEY_RESULT  ? record->kind == OKR_KIND_OBJECTIVE
        : kind == OKR_KIND_CHECK_IN  ? record->kind == OKR_KIND_KEY_RESULT
        : kind == OKR_KIND_OBJECTIVE ? goal
                                     : goal || record->kind == OKR_KIND_UNIT;
    if (fits)
        return OKR_OK;
    return okr_plan_bad(
        p, at, "parent_row_ids", "wrong_kind", "a %s cannot stand below a %s",
        okr_kind_info(kind)->word, okr_kind_info(record->kind)->word);
}

static enum okr_err check_said(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    if (row->kind != OKR_KIND_CHECK_IN ||
        row->cells[OKR_COL_VALUE].len + row->cells[OKR_COL_CONFIDENCE].len +
                row->cells[OKR_COL_NOTE].len >
            0)
        return OKR_OK;
    return okr_plan_bad(p, at, "value", "missing",
                        "a check-in needs a value, a confidence or a note");
}

/* Ranges, limits: with values only, as the rest is not known yet. */
static enum okr_err check_values(struct okr_planning *p, size_t at)
{
    static const enum okr_import_column columns[] = {
        OKR_COL_WEIGHT, OKR_COL_SCORE, OKR_COL_CONFIDENCE, OKR_COL_LOW,
        OKR_COL_HIGH};
    static const char *const words[] = {"weight", "score", "confidence", "low",
                                        "high"};
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_made made = {.n = 0};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        struct okr_slice value = OKR_SLICE_NONE;
        uint16_t field = okr_field_named(row->kind, words[i]);
        if (row->cells[columns[i]].len == 0 || field == 0 ||
            okr_plan_value(p, at, columns[i], &value) != OKR_RULE_NONE)
            continue;
        if (value.data == NULL)
            return OKR_ERR_NOMEM;
        okr_plan_put_value(&made, field, value);
    }
    return made.n == 0 ? OKR_OK : check_sense(p, at, NULL, &made);
}

enum okr_err okr_plan_check_row(struct okr_planning *p, size_t at)
{
    if (p->doc->rows[at].cells == NULL)
        return OKR_OK; /* of a list: it was checked when it was read */
    OKR_TRY(parent_is_bad(p, at));
    OKR_TRY(p->bad[at] ? OKR_OK : resolve_outside(p, at));
    OKR_TRY(p->bad[at] ? OKR_OK : outside_kind(p, at));
    OKR_TRY(p->bad[at] ? OKR_OK : okr_plan_check_cells(p, at));
    OKR_TRY(p->bad[at] ? OKR_OK : check_said(p, at));
    OKR_TRY(p->bad[at] ? OKR_OK : check_values(p, at));
    return p->bad[at] ? OKR_OK : find_row_cycle(p, at);
}
