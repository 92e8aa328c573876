/* Values and records made from text. */
#include "tests/lib/made.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/model/value.h"

struct okr_id okr_made_id(uint8_t n)
{
    struct okr_id id;
    memset(id.b, n, sizeof id.b);
    return id;
}

struct okr_dec okr_made_dec(const char *text)
{
    struct okr_dec dec;
    enum okr_err err = okr_dec_parse(okr_slice_str(text), &dec);
    OKR_ASSERT(err == OKR_OK);
    return dec;
}

struct okr_slice okr_made_value(uint16_t kind, uint16_t field, const char *text,
                                struct okr_arena *arena)
{
    struct okr_slice value = OKR_SLICE_NONE;
    const struct okr_field_info *info = okr_field_info(kind, field);
    OKR_ASSERT(info != NULL);
    enum okr_rule rule =
        okr_value_parse(info, okr_slice_str(text), arena, &value);
    OKR_ASSERT(rule == OKR_RULE_NONE && value.data != NULL);
    return value;
}

static size_t count(const struct okr_made *fields)
{
    size_t n = 0;
    while (fields[n].field != 0)
        n++;
    return n;
}

static uint8_t form_of(uint16_t kind, const struct okr_made *made)
{
    const struct okr_field_info *info = okr_field_info(kind, made->field);
    OKR_ASSERT(info != NULL);
    if (made->text == NULL)
        return OKR_REG_UNSET;
    return (info->flags & OKR_FLAG_SET) != 0 ? OKR_REG_PRESENT : OKR_REG_VALUE;
}

static struct okr_slice data_of(uint16_t kind, const struct okr_made *made,
                                struct okr_arena *arena)
{
    if (made->text == NULL)
        return OKR_SLICE_NONE;
    return okr_made_value(kind, made->field, made->text, arena);
}

struct okr_record *okr_made_record(uint16_t kind, const struct okr_made *fields,
                                   struct okr_arena *arena)
{
    size_t n = count(fields);
    struct okr_id id = okr_made_id(1);
    struct okr_reg *regs = okr_arena_array(arena, n, sizeof *regs);
    struct okr_record *record = okr_record_new(&id, kind, arena);
    OKR_ASSERT(regs != NULL && record != NULL);
    for (size_t i = 0; i < n; i++)
        regs[i] = (struct okr_reg){.field = fields[i].field,
                                   .form = form_of(kind, &fields[i]),
                                   .lsn = 1,
                                   .data = data_of(kind, &fields[i], arena)};
    record = okr_record_with(record, regs, n, arena);
    OKR_ASSERT(record != NULL);
    return record;
}

struct okr_payload okr_made_payload(uint16_t verb, uint16_t kind,
                                    const struct okr_made *changes,
                                    struct okr_arena *arena)
{
    struct okr_payload payload = {
        .verb = verb,
        .kind = kind,
        .entity = okr_made_id(1),
        .n_changes = count(changes),
    };
    payload.changes =
        okr_arena_array(arena, payload.n_changes, sizeof *payload.changes);
    OKR_ASSERT(payload.changes != NULL);
    for (size_t i = 0; i < payload.n_changes; i++)
        payload.changes[i] =
            (struct okr_change){.field = changes[i].field,
                                .form = form_of(kind, &changes[i]),
                                .data = data_of(kind, &changes[i], arena)};
    return payload;
}
