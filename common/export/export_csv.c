/* CSV for people: RFC 4180, with a byte order mark, as spreadsheets want it
 * for anything but English. */
#include <string.h>

#include "common/export/export_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"

/* A cell is a field, the text of what a field names, or made apart. */
enum how { NOTHING, FIELD, NAMED };
struct cell {
    enum how how;
    uint16_t field, named; /* named: the field of what `field` names */
};
enum {
    ROW_ID,
    PARENTS,
    TYPE,
    TITLE,
    OWNER,
    UNIT,
    CYCLE,
    METRIC,
    START,
    TARGET,
    VALUE,
    CONFIDENCE,
    MEASURE,
    WEIGHT,
    DUE,
    STATE,
    SCORE,
    DATE,
    NOTE,
    LOW,
    HIGH,
    STRETCH,
    DESCRIPTION,
    COLUMNS
};

#define F(field_)        \
    {                    \
        FIELD, field_, 0 \
    }
#define N(field_, named_)     \
    {                         \
        NAMED, field_, named_ \
    }

static const struct cell unit_cells[COLUMNS] = {
    [PARENTS] = F(OKR_F_UNIT_PARENT),
    [TITLE] = F(OKR_F_UNIT_NAME),
    [OWNER] = N(OKR_F_LEAD, OKR_F_MAIL),
    [UNIT] = F(OKR_F_CODE),
};
static const struct cell person_cells[COLUMNS] = {
    [TITLE] = F(OKR_F_PERSON_NAME),
    [OWNER] = F(OKR_F_MAIL),
    [UNIT] = N(OKR_F_PERSON_UNIT, OKR_F_CODE),
};
static const struct cell cycle_cells[COLUMNS] = {
    [PARENTS] = F(OKR_F_CYCLE_PARENT), [TITLE] = F(OKR_F_CYCLE_NAME),
    [START] = F(OKR_F_CYCLE_START),    [DUE] = F(OKR_F_CYCLE_END),
    [STATE] = F(OKR_F_PHASE),
};
static const struct cell objective_cells[COLUMNS] = {
    [PARENTS] = F(OKR_F_CONTRIBUTES_TO),
    [TITLE] = F(OKR_F_O_TITLE),
    [OWNER] = N(OKR_F_O_OWNER, OKR_F_MAIL),
    [UNIT] = N(OKR_F_O_UNIT, OKR_F_CODE),
    [CYCLE] = N(OKR_F_O_CYCLE, OKR_F_CYCLE_NAME),
    [WEIGHT] = F(OKR_F_O_WEIGHT),
    [STATE] = F(OKR_F_O_STATE),
    [SCORE] = F(OKR_F_O_SCORE),
    [DESCRIPTION] = F(OKR_F_DESCRIPTION),
};
static const struct cell key_result_cells[COLUMNS] = {
    [PARENTS] = F(OKR_F_KR_OBJECTIVE),
    [TITLE] = F(OKR_F_KR_TITLE),
    [OWNER] = N(OKR_F_KR_OWNER, OKR_F_MAIL),
    [METRIC] = F(OKR_F_METRIC),
    [START] = F(OKR_F_START),
    [TARGET] = F(OKR_F_TARGET),
    [VALUE] = F(OKR_F_VALUE),
    [CONFIDENCE] = F(OKR_F_CONFIDENCE),
    [MEASURE] = F(OKR_F_UNIT_OF_MEASURE),
    [WEIGHT] = F(OKR_F_KR_WEIGHT),
    [DUE] = F(OKR_F_KR_DUE),
    [SCORE] = F(OKR_F_KR_SCORE),
    [LOW] = F(OKR_F_LOW),
    [HIGH] = F(OKR_F_HIGH),
    [STRETCH] = F(OKR_F_STRETCH),
    [DESCRIPTION] = F(OKR_F_KR_DESCRIPTION),
};
static const struct cell check_in_cells[COLUMNS] = {
    [PARENTS] = F(OKR_F_CI_KEY_RESULT),
    [VALUE] = F(OKR_F_CI_VALUE),
    [CONFIDENCE] = F(OKR_F_CI_CONFIDENCE),
    [DATE] = F(OKR_F_EFFECTIVE_AT),
    [NOTE] = F(OKR_F_CI_NOTE),
};
static const struct cell task_cells[COLUMNS] = {
    [PARENTS] = F(OKR_F_T_SUBJECT),
    [TITLE] = F(OKR_F_T_TITLE),
    [OWNER] = N(OKR_F_T_OWNER, OKR_F_MAIL),
    [WEIGHT] = F(OKR_F_T_WEIGHT),
    [DUE] = F(OKR_F_T_DUE),
    [STATE] = F(OKR_F_T_STATE),
};

static const struct cell *cells_of(uint16_t kind)
{
    switch (kind) {
    case OKR_KIND_UNIT:
        return unit_cells;
    case OKR_KIND_PERSON:
        return person_cells;
    case OKR_KIND_CYCLE:
        return cycle_cells;
    case OKR_KIND_OBJECTIVE:
        return objective_cells;
    case OKR_KIND_KEY_RESULT:
        return key_result_cells;
    case OKR_KIND_CHECK_IN:
        return check_in_cells;
    default:
        return task_cells;
    }
}

void okr_export_csv_begin(struct okr_buf *out)
{
    okr_buf_put(
        out, OKR_SLICE_LIT("\xef\xbb\xbfrow_id,parent_row_ids,type,title,"
                           "owner_mail,unit,cycle,metric,start,target,value,"
                           "confidence,unit_of_measure,weight,due,state,score,"
                           "date,note,low,high,stretch,description\r\n"));
}

static void put_text(struct okr_buf *out, struct okr_slice text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.len; i++)
        quoted = quoted || strchr(",;\"\r\n\t", text.data[i]) != NULL ||
                 ((i == 0 || i + 1 == text.len) && text.data[i] == ' ');
    if (!quoted) {
        okr_buf_put(out, text);
        return;
    }
    okr_buf_u8(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"')
            okr_buf_u8(out, '"');
        okr_buf_u8(out, text.data[i]);
    }
    okr_buf_u8(out, '"');
}

static enum okr_err put_cell(struct okr_export *e, const struct okr_record *r,
                             const struct cell *cell, struct okr_buf *out)
{
    const struct okr_field_info *field = okr_field_info(r->kind, cell->field);
    struct okr_slice text;
    if (cell->how == NOTHING)
        return OKR_OK;
    if (cell->how == NAMED) {
        OKR_TRY(okr_export_text_of(e, r, cell->field, cell->named, &text));
    } else if (!okr_record_has(r, cell->field)) {
        return OKR_OK;
    } else {
        text = okr_slice_str(okr_value_text(
            field, okr_record_text(r, cell->field), 0, e->conf->line));
        if (text.data == NULL)
            return OKR_ERR_NOMEM;
    }
    put_text(out, text);
    return OKR_OK;
}

/* An objective's further parents stand behind the one that it contributes to;
 * without that one, the first would be taken for it, so they are left out. */
static void put_supports(const struct okr_record *r, struct okr_buf *out)
{
    const struct okr_reg *reg;
    if (r->kind != OKR_KIND_OBJECTIVE ||
        !okr_record_has(r, OKR_F_CONTRIBUTES_TO))
        return;
    for (size_t at = 0;
         (reg = okr_record_next(r, OKR_F_SUPPORTS, &at)) != NULL;) {
        struct okr_id id;
        char hex[OKR_ID_HEX];
        if (reg->form != OKR_REG_PRESENT || !okr_value_as_id(reg->data, &id))
            continue;
        okr_id_hex(&id, hex);
        okr_buf_printf(out, " %s", hex);
    }
}

/* A check-in that another one corrects does not count; one that says nothing
 * but "no change" has no cell. */
static enum okr_err counts(struct okr_export *e, const struct okr_record *r,
                           bool *ret)
{
    struct okr_ids ids;
    *ret = !okr_record_archived(r);
    if (!*ret || r->kind != OKR_KIND_CHECK_IN)
        return OKR_OK;
    OKR_TRY(okr_index_find(&e->line, OKR_KIND_CHECK_IN, OKR_F_AMENDS,
                           okr_id_slice(&r->id), &ids));
    *ret = ids.n == 0 && (okr_record_has(r, OKR_F_CI_VALUE) ||
                          okr_record_has(r, OKR_F_CI_CONFIDENCE) ||
                          okr_record_has(r, OKR_F_CI_NOTE));
    return OKR_OK;
}

enum okr_err okr_export_csv_entity(struct okr_export *e,
                                   const struct okr_record *r,
                                   struct okr_buf *out)
{
    const struct cell *cells = cells_of(r->kind);
    char hex[OKR_ID_HEX];
    bool counted;
    OKR_TRY(counts(e, r, &counted));
    if (!counted)
        return OKR_OK;
    okr_id_hex(&r->id, hex);
    okr_buf_printf(out, "%s,", hex);
    OKR_TRY(put_cell(e, r, &cells[PARENTS], out));
    put_supports(r, out);
    okr_buf_printf(out, ",%s", e->kind->word);
    for (size_t i = TITLE; i < COLUMNS; i++) {
        okr_buf_u8(out, ',');
        OKR_TRY(put_cell(e, r, &cells[i], out));
    }
    okr_buf_put(out, OKR_SLICE_LIT("\r\n"));
    return out->err;
}
