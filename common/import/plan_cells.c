/* Cells into fields: which column is which field of a kind, and what may
 * stand in it. */
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/import/markdown_text.h"
#include "common/import/plan_table.h"
#include "common/model/dates.h"
#include "common/model/text.h"
#include "common/model/value.h"
#include "common/rules/validate.h"

#define SHOWN 80 /* bytes of a cell in a message */

/* CELL(kind, column, field); fields of a unit, person or cycle that another
 * row may name are in plan_table.c's hands. */
static const struct cell_field {
    uint16_t kind;
    uint8_t column;
    uint16_t field;
} fields[] = {
    {OKR_KIND_UNIT, OKR_COL_TITLE, OKR_F_UNIT_NAME},
    {OKR_KIND_UNIT, OKR_COL_UNIT, OKR_F_CODE},
    {OKR_KIND_PERSON, OKR_COL_TITLE, OKR_F_PERSON_NAME},
    {OKR_KIND_PERSON, OKR_COL_OWNER, OKR_F_MAIL},
    {OKR_KIND_PERSON, OKR_COL_UNIT, OKR_F_PERSON_UNIT},
    {OKR_KIND_CYCLE, OKR_COL_TITLE, OKR_F_CYCLE_NAME},
    {OKR_KIND_CYCLE, OKR_COL_START, OKR_F_CYCLE_START},
    {OKR_KIND_CYCLE, OKR_COL_DUE, OKR_F_CYCLE_END},
    {OKR_KIND_CYCLE, OKR_COL_STATE, OKR_F_PHASE},
    {OKR_KIND_OBJECTIVE, OKR_COL_TITLE, OKR_F_O_TITLE},
    {OKR_KIND_OBJECTIVE, OKR_COL_OWNER, OKR_F_O_OWNER},
    {OKR_KIND_OBJECTIVE, OKR_COL_UNIT, OKR_F_O_UNIT},
    {OKR_KIND_OBJECTIVE, OKR_COL_CYCLE, OKR_F_O_CYCLE},
    {OKR_KIND_OBJECTIVE, OKR_COL_WEIGHT, OKR_F_O_WEIGHT},
    {OKR_KIND_OBJECTIVE, OKR_COL_STATE, OKR_F_O_STATE},
    {OKR_KIND_OBJECTIVE, OKR_COL_SCORE, OKR_F_O_SCORE},
    {OKR_KIND_OBJECTIVE, OKR_COL_DESCRIPTION, OKR_F_DESCRIPTION},
    {OKR_KIND_KEY_RESULT, OKR_COL_TITLE, OKR_F_KR_TITLE},
    {OKR_KIND_KEY_RESULT, OKR_COL_OWNER, OKR_F_KR_OWNER},
    {OKR_KIND_KEY_RESULT, OKR_COL_METRIC, OKR_F_METRIC},
    {OKR_KIND_KEY_RESULT, OKR_COL_START, OKR_F_START},
    {OKR_KIND_KEY_RESULT, OKR_COL_TARGET, OKR_F_TARGET},
    {OKR_KIND_KEY_RESULT, OKR_COL_LOW, OKR_F_LOW},
    {OKR_KIND_KEY_RESULT, OKR_COL_HIGH, OKR_F_HIGH},
    {OKR_KIND_KEY_RESULT, OKR_COL_STRETCH, OKR_F_STRETCH},
    {OKR_KIND_KEY_RESULT, OKR_COL_UNIT_OF_MEASURE, OKR_F_UNIT_OF_MEASURE},
    {OKR_KIND_KEY_RESULT, OKR_COL_WEIGHT, OKR_F_KR_WEIGHT},
    {OKR_KIND_KEY_RESULT, OKR_COL_DUE, OKR_F_KR_DUE},
    {OKR_KIND_KEY_RESULT, OKR_COL_SCORE, OKR_F_KR_SCORE},
    {OKR_KIND_KEY_RESULT, OKR_COL_DESCRIPTION, OKR_F_KR_DESCRIPTION},
    {OKR_KIND_CHECK_IN, OKR_COL_VALUE, OKR_F_CI_VALUE},
    {OKR_KIND_CHECK_IN, OKR_COL_CONFIDENCE, OKR_F_CI_CONFIDENCE},
    {OKR_KIND_CHECK_IN, OKR_COL_NOTE, OKR_F_CI_NOTE},
    {OKR_KIND_CHECK_IN, OKR_COL_DATE, OKR_F_CI_OBSERVED_AT},
    {OKR_KIND_TASK, OKR_COL_TITLE, OKR_F_T_TITLE},
    {OKR_KIND_TASK, OKR_COL_OWNER, OKR_F_T_OWNER},
    {OKR_KIND_TASK, OKR_COL_DUE, OKR_F_T_DUE},
    {OKR_KIND_TASK, OKR_COL_STATE, OKR_F_T_STATE},
    {OKR_KIND_TASK, OKR_COL_WEIGHT, OKR_F_T_WEIGHT},
};

/* What a key result's value says is a check-in of it. */
static bool is_said(uint16_t kind, enum okr_import_column column)
{
    return kind == OKR_KIND_KEY_RESULT &&
           (column == OKR_COL_VALUE || column == OKR_COL_CONFIDENCE ||
            column == OKR_COL_NOTE || column == OKR_COL_DATE);
}

static const struct okr_field_info *field_of(uint16_t kind,
                                             enum okr_import_column column)
{
    if (is_said(kind, column))
        kind = OKR_KIND_CHECK_IN;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].kind == kind && fields[i].column == column)
            return okr_field_info(kind, fields[i].field);
    return NULL;
}

/* Columns that say where a row is, or what follows from where it is; kind 0:
 * of all. */
static bool is_beside(uint16_t kind, enum okr_import_column column)
{
    static const struct {
        uint16_t kind;
        uint8_t column;
    } beside[] = {
        {0, OKR_COL_ROW_ID},
        {0, OKR_COL_PARENTS},
        {0, OKR_COL_TYPE},
        {OKR_KIND_UNIT, OKR_COL_OWNER},
        {OKR_KIND_OBJECTIVE, OKR_COL_NOTE},
        {OKR_KIND_KEY_RESULT, OKR_COL_UNIT},
        {OKR_KIND_KEY_RESULT, OKR_COL_CYCLE},
        {OKR_KIND_KEY_RESULT, OKR_COL_STATE},
        {OKR_KIND_CHECK_IN, OKR_COL_UNIT},
        {OKR_KIND_CHECK_IN, OKR_COL_CYCLE},
        {OKR_KIND_CHECK_IN, OKR_COL_OWNER},
        {OKR_KIND_CHECK_IN, OKR_COL_TITLE},
        {OKR_KIND_TASK, OKR_COL_UNIT},
        {OKR_KIND_TASK, OKR_COL_CYCLE},
        {OKR_KIND_TASK, OKR_COL_NOTE},
    };
    for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
        if (beside[i].column == column &&
            (beside[i].kind == 0 || beside[i].kind == kind))
            return true;
    return false;
}

/* ---- one cell ------------------------------------------------------------ */

/* A score of something that was not measured. */
static bool is_none(struct okr_slice text)
{
    return okr_slice_is(text, "NA") || okr_slice_is(text, "N/A") ||
           okr_slice_is(text, "na") || okr_slice_is(text, "n/a") ||
           okr_slice_is(text, "-");
}

static struct okr_slice cell_of(const struct okr_import_row *row,
                                enum okr_import_column column)
{
    struct okr_slice text = row->cells[column];
    return column == OKR_COL_SCORE && is_none(text) ? OKR_SLICE_NONE : text;
}

/* The metric of the key result that a value is about. */
static uint32_t metric_of(const struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_field_info *field =
        okr_field_info(OKR_KIND_KEY_RESULT, OKR_F_METRIC);
    struct okr_record *record;
    uint32_t metric;
    if (row->kind == OKR_KIND_CHECK_IN && row->parent != OKR_IMPORT_NONE)
        row = &p->doc->rows[row->parent];
    else if (row->kind == OKR_KIND_CHECK_IN &&
             okr_entity_get(&p->conf->space, &p->outside[at], &record) ==
                 OKR_OK)
        return okr_record_enum(record, OKR_F_METRIC, 0);
    if (row->kind == OKR_KIND_KEY_RESULT &&
        okr_enum_number(field->of, row->cells[OKR_COL_METRIC], &metric))
        return metric;
    return OKR_V_METRIC_UNMEASURED;
}

/* The words that a value may have by its metric. */
static struct okr_slice in_digits(const struct okr_planning *p, size_t at,
                                  struct okr_slice text)
{
    static const struct {
        uint32_t metric;
        const char *word, *digits;
    } words[] = {
        {OKR_V_METRIC_BOOLEAN, "yes", "1"},
        {OKR_V_METRIC_BOOLEAN, "true", "1"},
        {OKR_V_METRIC_BOOLEAN, "done", "1"},
        {OKR_V_METRIC_BOOLEAN, "no", "0"},
        {OKR_V_METRIC_BOOLEAN, "false", "0"},
        {OKR_V_METRIC_BOOLEAN, "open", "0"},
        {OKR_V_METRIC_LEVELS, "none", "0"},
        {OKR_V_METRIC_LEVELS, "commit", "0.3"},
        {OKR_V_METRIC_LEVELS, "target", "0.7"},
        {OKR_V_METRIC_LEVELS, "stretch", "1"},
    };
    if (text.len == 0 || (text.data[0] >= '0' && text.data[0] <= '9'))
        return text;
    uint32_t metric = metric_of(p, at);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (words[i].metric == metric && okr_slice_is(text, words[i].word))
            return okr_slice_str(words[i].digits);
    return text;
}

/* "70%" is 70: the unit of measure says what of. */
static struct okr_slice without_percent(struct okr_slice text)
{
    if (text.len < 2 || text.data[text.len - 1] != '%')
        return text;
    return okr_markdown_trim(okr_slice_sub(text, 0, text.len - 1));
}

/* ".4" is how some programs write 0.4. */
static struct okr_slice with_nought(struct okr_arena *arena,
                                    struct okr_slice text)
{
    size_t sign = text.len > 0 && text.data[0] == '-';
    struct okr_buf out;
    if (text.len <= sign || text.data[sign] != '.')
        return text;
    okr_buf_init(&out, arena);
    okr_buf_put(&out, okr_slice_sub(text, 0, sign));
    okr_buf_u8(&out, '0');
    okr_buf_put(&out, okr_slice_sub(text, sign, text.len));
    return out.err == OKR_OK ? okr_buf_slice(&out) : text;
}

static enum okr_rule value_of_day(struct okr_planning *p, struct okr_slice text,
                                  struct okr_slice *ret)
{
    okr_day day;
    okr_us time;
    if (okr_day_parse(text, &day)) {
        time = okr_day_end(day, p->conf->offset_min);
        time = day == okr_day_at(p->conf->now, p->conf->offset_min)
                   ? p->conf->now
                   : time;
    } else if (!okr_time_parse(text, &time)) {
        return OKR_RULE_BAD_VALUE;
    }
    *ret = okr_value_int(p->plan->arena, time);
    return OKR_RULE_NONE;
}

enum okr_rule okr_plan_value(struct okr_planning *p, size_t at,
                             enum okr_import_column column,
                             struct okr_slice *ret_value)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_field_info *field = field_of(row->kind, column);
    struct okr_slice text = cell_of(row, column);
    OKR_ASSERT(field != NULL && field->type != OKR_TYPE_REF);
    if (field->type == OKR_TYPE_TIME)
        return value_of_day(p, text, ret_value);
    if (field->type == OKR_TYPE_DEC || field->type == OKR_TYPE_INT)
        text = without_percent(text);
    if (column == OKR_COL_VALUE)
        text = in_digits(p, at, text);
    if (field->type == OKR_TYPE_DEC)
        text = with_nought(p->plan->arena, text);
    return okr_value_parse(field, text, p->plan->arena, ret_value);
}

/* ---- what is wrong with it ----------------------------------------------- */

static const char *example_of(enum okr_type type)
{
    if (type == OKR_TYPE_DEC)
        return "a number must be exact: up to 18 digits, such as 1200 or -0.5";
    if (type == OKR_TYPE_INT)
        return "write a whole number such as 7";
    if (type == OKR_TYPE_DAY)
        return "write a day as 2026-04-15";
    if (type == OKR_TYPE_TIME)
        return "write a day as 2026-04-15, or a time as 2026-04-15T09:30:00Z";
    return "see docs/import.md";
}

static enum okr_err bad_cell(struct okr_planning *p, size_t at,
                             enum okr_import_column column, enum okr_rule rule)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_field_info *field = field_of(row->kind, column);
    const char *name = okr_import_column_word(column);
    struct okr_slice text = row->cells[column];
    struct okr_buf out;
    const char *word, *comma = "";
    int shown = (int)(text.len < SHOWN ? text.len : SHOWN);
    const char *start = text.len == 0 ? "" : (const char *)text.data;
    if (rule == OKR_RULE_TOO_LONG || rule == OKR_RULE_BAD_TEXT)
        return okr_plan_bad(p, at, name, okr_rule_name(rule), "%s; %s",
                            okr_rule_what(rule), okr_rule_remedy(rule));
    if (field->type != OKR_TYPE_ENUM)
        return okr_plan_bad(
            p, at, name,
            field->type == OKR_TYPE_DEC ? "inexact" : okr_rule_name(rule),
            "\"%.*s\" is no %s; %s", shown, start, okr_type_word(field->type),
            example_of(field->type));
    okr_buf_init(&out, p->plan->arena);
    for (size_t i = 0; (word = okr_enum_next(field->of, &i)) != NULL;) {
        okr_buf_printf(&out, "%s%s", comma, word);
        comma = ", ";
    }
    OKR_TRY(out.err);
    return okr_plan_bad(p, at, name, okr_rule_name(rule),
                        "\"%.*s\" is no %s; one of %.*s", shown, start, name,
                        (int)out.len, (const char *)out.data);
}

static enum okr_err check_cell(struct okr_planning *p, size_t at,
                               enum okr_import_column column)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_field_info *field = field_of(row->kind, column);
    struct okr_slice value = OKR_SLICE_NONE;
    struct okr_id unit;
    if (field == NULL && is_beside(row->kind, column))
        return OKR_OK;
    if (field == NULL)
        return okr_import_say(&p->plan->warnings, p->plan->arena, row->line,
                              okr_import_column_word(column), "unused",
                              "a %s has no %s: the cell is left out",
                              okr_kind_info(row->kind)->word,
                              okr_import_column_word(column));
    if (column == OKR_COL_UNIT && field->type == OKR_TYPE_REF) {
        OKR_TRY(okr_plan_unit(p, row->cells[column], &unit));
        if (!okr_id_is_zero(&unit))
            return OKR_OK;
        return okr_plan_bad(p, at, "unit", "unknown_entity",
                            "there is no unit \"%.*s\": give its code, or a "
                            "row of type unit",
                            (int)row->cells[column].len,
                            (const char *)row->cells[column].data);
    }
    if (field->type == OKR_TYPE_REF)
        return OKR_OK;
    enum okr_rule rule = okr_plan_value(p, at, column, &value);
    if (rule == OKR_RULE_NONE && value.data == NULL)
        return OKR_ERR_NOMEM;
    return rule == OKR_RULE_NONE ? OKR_OK : bad_cell(p, at, column, rule);
}

enum okr_err okr_plan_check_cells(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    for (size_t i = 0; i < OKR_COL_COUNT && !p->bad[at]; i++)
        if (cell_of(row, (enum okr_import_column)i).len > 0)
            OKR_TRY(check_cell(p, at, (enum okr_import_column)i));
    return OKR_OK;
}

/* ---- changes ------------------------------------------------------------- */

static enum okr_err ref_of(struct okr_planning *p, size_t at,
                           enum okr_import_column column, struct okr_id *ret)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    if (column == OKR_COL_OWNER)
        return okr_plan_owner_of(p, at, ret);
    if (column == OKR_COL_UNIT)
        return okr_plan_unit(p, row->cells[column], ret);
    *ret = p->cycles[p->cycle_of[at]].id;
    return OKR_OK;
}

static enum okr_err value_of(struct okr_planning *p, size_t at,
                             const struct cell_field *cell,
                             struct okr_slice *ret)
{
    const struct okr_field_info *field =
        okr_field_info(cell->kind, cell->field);
    struct okr_id id;
    if (field->type != OKR_TYPE_REF) {
        enum okr_rule rule =
            okr_plan_value(p, at, (enum okr_import_column)cell->column, ret);
        OKR_ASSERT(rule == OKR_RULE_NONE); /* it was checked */
        return ret->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
    }
    OKR_TRY(ref_of(p, at, (enum okr_import_column)cell->column, &id));
    *ret = okr_value_id(p->plan->arena, &id);
    return ret->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

/* A stated score that is not what the key results say: theirs. */
static enum okr_err put_total(struct okr_planning *p, size_t at,
                              struct okr_slice *value, struct okr_made *made)
{
    struct okr_slice stated = p->doc->rows[at].cells[OKR_COL_SCORE];
    struct okr_dec mean;
    bool wrong;
    OKR_TRY(okr_plan_total(p, at, &wrong, &mean));
    if (!wrong)
        return OKR_OK;
    *value = okr_value_dec(p->plan->arena, mean);
    const char *why =
        okr_arena_printf(p->plan->arena,
                         "The file said %.*s; this is the mean of the key "
                         "results' scores.",
                         (int)stated.len, (const char *)stated.data);
    if (why == NULL || value->data == NULL)
        return OKR_ERR_NOMEM;
    okr_plan_put_text(made, OKR_F_O_SCORE_REASON, okr_slice_str(why));
    return OKR_OK;
}

/* States move by verbs: a file does not move what is there. */
static enum okr_err tell_state(struct okr_planning *p, size_t at,
                               const struct okr_field_info *field,
                               const struct okr_record *old)
{
    const char *word =
        okr_enum_word(field->of, okr_record_enum(old, field->number, 0));
    return okr_import_say(&p->plan->warnings, p->plan->arena,
                          p->doc->rows[at].line, "state", "wrong_state",
                          "it is %s here, and stays so: an import moves no "
                          "states",
                          word == NULL ? "without state" : word);
}

static enum okr_err put_cell(struct okr_planning *p, size_t at,
                             const struct cell_field *cell,
                             const struct okr_record *old,
                             struct okr_made *made)
{
    const struct okr_field_info *field =
        okr_field_info(cell->kind, cell->field);
    bool total =
        cell->kind == OKR_KIND_OBJECTIVE && cell->column == OKR_COL_SCORE;
    struct okr_made aside = {.n = 0};
    struct okr_slice value;
    OKR_TRY(value_of(p, at, cell, &value));
    if (total)
        OKR_TRY(put_total(p, at, &value, &aside));
    if (old != NULL && okr_slice_eq(okr_record_text(old, cell->field), value))
        return OKR_OK;
    if (old != NULL && field->merge == OKR_MERGE_SWAP)
        return tell_state(p, at, field, old);
    okr_plan_put_value(made, cell->field, value);
    for (size_t i = 0; i < aside.n; i++)
        made->changes[made->n++] = aside.changes[i];
    return OKR_OK;
}

/* A new row has an owner, a unit and a cycle whether it says so or not. */
static bool is_due(const struct okr_import_row *row,
                   const struct cell_field *cell, const struct okr_record *old)
{
    enum okr_import_column column = (enum okr_import_column)cell->column;
    bool said = cell_of(row, column).len > 0;
    bool always = row->kind != OKR_KIND_PERSON &&
                  (column == OKR_COL_OWNER || column == OKR_COL_CYCLE);
    return said || (old == NULL && always);
}

enum okr_err okr_plan_cells(struct okr_planning *p, size_t at,
                            const struct okr_record *old, struct okr_made *made)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_id owner, unit;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (fields[i].kind == row->kind && is_due(row, &fields[i], old))
            OKR_TRY(put_cell(p, at, &fields[i], old, made));
    if (old != NULL || row->kind != OKR_KIND_OBJECTIVE ||
        row->cells[OKR_COL_UNIT].len > 0)
        return OKR_OK;
    OKR_TRY(okr_plan_owner_of(p, at, &owner));
    OKR_TRY(okr_plan_unit_of(p, &owner, &unit));
    okr_plan_put_id(p, made, OKR_F_O_UNIT, &unit);
    return OKR_OK;
}
