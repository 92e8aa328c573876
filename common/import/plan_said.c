/* Check-ins: rows of their own, and what a key result's row says. */
#include <string.h>

#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/import/plan_table.h"
#include "common/model/dates.h"
#include "common/model/value.h"

static const struct {
    enum okr_import_column column;
    uint16_t field;
} answers[] = {{OKR_COL_VALUE, OKR_F_CI_VALUE},
               {OKR_COL_CONFIDENCE, OKR_F_CI_CONFIDENCE},
               {OKR_COL_NOTE, OKR_F_CI_NOTE}};
enum { ANSWERS = sizeof answers / sizeof answers[0] };

static enum okr_err put_answers(struct okr_planning *p, size_t at,
                                struct okr_made *made)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_slice value;
    for (size_t i = 0; i < ANSWERS; i++) {
        if (row->cells[answers[i].column].len == 0)
            continue;
        enum okr_rule rule = okr_plan_value(p, at, answers[i].column, &value);
        if (rule != OKR_RULE_NONE || value.data == NULL)
            return OKR_ERR_NOMEM; /* it was checked: only memory is left */
        okr_plan_put_value(made, answers[i].field, value);
    }
    return OKR_OK;
}

/* When it was so: as the row says, else at the end of its cycle, else now. */
static enum okr_err observed(struct okr_planning *p, size_t at,
                             struct okr_slice *ret)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    okr_us time = p->conf->now;
    if (row->cells[OKR_COL_DATE].len > 0) {
        enum okr_rule rule = okr_plan_value(p, at, OKR_COL_DATE, ret);
        return rule == OKR_RULE_NONE && ret->data != NULL ? OKR_OK
                                                          : OKR_ERR_NOMEM;
    }
    if (p->cycle_of[at] != OKR_IMPORT_NONE)
        time = okr_day_end(p->cycles[p->cycle_of[at]].end, p->conf->offset_min);
    *ret = okr_value_int(p->plan->arena, time);
    return ret->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

/* What is said, as one text: another text is another check-in. */
static struct okr_slice as_text(struct okr_planning *p, size_t at)
{
    static const enum okr_import_column columns[] = {
        OKR_COL_VALUE, OKR_COL_CONFIDENCE, OKR_COL_NOTE, OKR_COL_DATE};
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_buf out;
    okr_buf_init(&out, p->plan->arena);
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
        okr_buf_block(&out, row->cells[columns[i]]);
    return out.err == OKR_OK ? okr_buf_slice(&out) : OKR_SLICE_NONE;
}

static enum okr_err add(struct okr_planning *p, size_t at,
                        const struct okr_id *key_result, struct okr_slice key,
                        const struct okr_record *amended)
{
    struct okr_made made = {.n = 0};
    struct okr_id id = okr_plan_id(p);
    struct okr_slice time;
    OKR_TRY(observed(p, at, &time));
    okr_plan_put_id(p, &made, OKR_F_CI_KEY_RESULT, key_result);
    okr_plan_put_value(&made, OKR_F_CI_OBSERVED_AT, time);
    if (amended != NULL)
        okr_plan_put_id(p, &made, OKR_F_AMENDS, &amended->id);
    OKR_TRY(put_answers(p, at, &made));
    okr_plan_put_value(&made, OKR_F_IMPORT_KEY, key);
    return okr_plan_add(p, OKR_VERB_CHECKIN, OKR_KIND_CHECK_IN, &id, &made,
                        NULL);
}

/* ---- a row of its own ---------------------------------------------------- */

/* The same thing said twice about one key result is two check-ins: each has
 * its number among the equal ones. */
static enum okr_err key_of(struct okr_planning *p, const struct okr_id *kr,
                           struct okr_slice said, struct okr_slice *ret)
{
    struct okr_slice key = okr_plan_result_key(p, kr, said);
    uint8_t number[4];
    if (key.data == NULL)
        return OKR_ERR_NOMEM;
    const struct okr_owner *before = okr_owner_get(&p->said, key);
    okr_be_put32(number, before == NULL ? 0 : (uint32_t)before->n);
    OKR_TRY(okr_owner_put(&p->said, p->plan->arena, key, kr));
    const struct okr_slice parts[] = {key, okr_slice_of(number, 4)};
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    *ret = okr_arena_copy(p->plan->arena, okr_slice_of(hash.b, 16));
    return ret->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

static enum okr_err is_there(struct okr_planning *p, size_t at,
                             struct okr_slice key, bool *ret)
{
    const struct okr_space *space = &p->conf->space;
    struct okr_slice row_id = p->doc->rows[at].cells[OKR_COL_ROW_ID];
    struct okr_ids ids;
    struct okr_record *record;
    struct okr_id id;
    OKR_TRY(
        okr_index_find(space, OKR_KIND_CHECK_IN, OKR_F_IMPORT_KEY, key, &ids));
    *ret = ids.n > 0;
    if (*ret || row_id.len != 2 * OKR_ID_LEN ||
        okr_hex_decode(row_id, id.b, OKR_ID_LEN) != OKR_OK)
        return OKR_OK;
    enum okr_err err = okr_entity_get(space, &id, &record);
    *ret = err == OKR_OK && record->kind == OKR_KIND_CHECK_IN;
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

enum okr_err okr_plan_check_in(struct okr_planning *p, size_t at,
                               bool *ret_makes)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_id *kr =
        row->parent != OKR_IMPORT_NONE ? &p->ids[row->parent] : &p->outside[at];
    struct okr_slice key, said = as_text(p, at);
    bool there;
    *ret_makes = true;
    if (said.data == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(key_of(p, kr, said, &key));
    OKR_TRY(is_there(p, at, key, &there));
    return there ? OKR_OK : add(p, at, kr, key, NULL);
}

/* ---- a key result's own row ---------------------------------------------- */

/* Is it what the key result says already? */
static bool is_so(struct okr_planning *p, size_t at,
                  const struct okr_record *record)
{
    static const uint16_t fields[] = {OKR_F_VALUE, OKR_F_CONFIDENCE};
    const struct okr_import_row *row = &p->doc->rows[at];
    struct okr_slice value;
    if (row->cells[OKR_COL_NOTE].len > 0)
        return false;
    for (size_t i = 0; i < 2; i++)
        if (row->cells[answers[i].column].len > 0 &&
            (okr_plan_value(p, at, answers[i].column, &value) !=
                 OKR_RULE_NONE ||
             !okr_slice_eq(value, okr_record_text(record, fields[i]))))
            return false;
    return true;
}

enum okr_err okr_plan_said(struct okr_planning *p, size_t at)
{
    const struct okr_import_row *row = &p->doc->rows[at];
    const struct okr_record *before;
    bool says = false;
    for (size_t i = 0; i < ANSWERS; i++)
        says = says || row->cells[answers[i].column].len > 0;
    if (!says || row->has_check_ins ||
        (p->found[at] != NULL && is_so(p, at, p->found[at]->record)))
        return OKR_OK;
    struct okr_slice said = as_text(p, at);
    struct okr_slice key = okr_plan_result_key(p, &p->ids[at], said);
    if (said.data == NULL || key.data == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_plan_last_result(p, at, OKR_KIND_CHECK_IN, &before));
    if (before != NULL &&
        okr_slice_eq(okr_record_text(before, OKR_F_IMPORT_KEY), key))
        return OKR_OK;
    /* Without a date it is about the same moment, and corrects it. */
    bool corrects = row->cells[OKR_COL_DATE].len == 0;
    return add(p, at, &p->ids[at], key, corrects ? before : NULL);
}
