/* Values as entities, changes and conflicts show them. */
#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/model/dates.h"
#include "common/model/ref.h"
#include "common/model/value.h"
#include "common/query/emit.h"

void okr_emit_ref(struct okr_session *s, const char *key, uint16_t kind,
                  const struct okr_id *id)
{
    char ref[OKR_REF_TEXT];
    okr_ref_format(kind, id, OKR_REF_CHARS, ref);
    okr_json_key(s->out, key);
    okr_json_cstr(s->out, ref);
}

void okr_emit_time(struct okr_session *s, okr_us time)
{
    char text[OKR_TIME_TEXT];
    okr_time_format(time, 0, text);
    okr_json_cstr(s->out, text);
}

void okr_emit_day(struct okr_session *s, int64_t day)
{
    char text[OKR_DAY_TEXT];
    if (!okr_day_valid(day)) {
        okr_json_null(s->out);
        return;
    }
    okr_day_format((okr_day)day, text);
    okr_json_cstr(s->out, text);
}

static uint16_t title_field(uint16_t kind)
{
    uint16_t title = okr_field_named(kind, "title");
    return title != 0 ? title : okr_field_named(kind, "name");
}

void okr_emit_title(struct okr_session *s, const char *key,
                    const struct okr_record *record)
{
    uint16_t field = record == NULL ? 0 : title_field(record->kind);
    okr_json_key(s->out, key);
    if (field != 0 && okr_record_has(record, field))
        okr_json_text(s->out, okr_record_text(record, field));
    else
        okr_json_null(s->out);
}

/* The field by which people know an entity of the kind; 0: by none. */
static uint16_t name_field(uint16_t kind)
{
    switch (kind) {
    case OKR_KIND_PERSON:
        return OKR_F_MAIL;
    case OKR_KIND_UNIT:
        return OKR_F_CODE;
    case OKR_KIND_CYCLE:
        return OKR_F_CYCLE_NAME;
    case OKR_KIND_SITE:
        return OKR_F_SITE_NAME;
    default:
        return 0;
    }
}

enum okr_err okr_emit_name(struct okr_session *s, const struct okr_id *id)
{
    struct okr_node *node;
    if (okr_id_is_zero(id)) {
        okr_json_null(s->out);
        return OKR_OK;
    }
    OKR_TRY(okr_session_node(s, id, &node));
    uint16_t field = node->record == NULL ? 0 : name_field(node->record->kind);
    if (field != 0 && okr_record_has(node->record, field))
        okr_json_text(s->out, okr_record_text(node->record, field));
    else
        okr_json_id(s->out, id);
    return OKR_OK;
}

/* owner, unit and cycle are what people filter by, so they have names. */
static bool is_named(const struct okr_field_info *field)
{
    return strcmp(field->word, "owner") == 0 ||
           strcmp(field->word, "unit") == 0 ||
           strcmp(field->word, "cycle") == 0;
}

static enum okr_err emit_id(struct okr_session *s,
                            const struct okr_field_info *field,
                            const struct okr_id *id)
{
    if (is_named(field))
        return okr_emit_name(s, id);
    okr_json_id(s->out, id);
    return OKR_OK;
}

/* [{"value":"50","p":"0.4"}], [{"date":"2026-05-01","p":"0.4"}] */
static void emit_list(struct okr_session *s, enum okr_list_shape shape,
                      struct okr_slice value)
{
    struct okr_pair pair;
    okr_json_open_array(s->out);
    while (okr_value_pair(shape, &value, &pair)) {
        okr_json_open_object(s->out);
        if (shape == OKR_LIST_DAY_DEC) {
            okr_json_key(s->out, "date");
            okr_emit_day(s, pair.day);
        } else {
            okr_json_key(s->out, "value");
            okr_json_dec(s->out, pair.at);
        }
        okr_json_key(s->out, "p");
        okr_json_dec(s->out, pair.p);
        okr_json_close_object(s->out);
    }
    okr_json_close_array(s->out);
}

/* Bytes, and words of a newer version: as hex, so that nothing is lost. */
static enum okr_err emit_hex(struct okr_session *s, struct okr_slice value)
{
    char *hex = okr_arena_alloc(s->space.arena, 2 * value.len + 1);
    if (hex == NULL)
        return OKR_ERR_NOMEM;
    okr_hex_encode(value, hex);
    okr_json_cstr(s->out, hex);
    return OKR_OK;
}

static bool emit_number(struct okr_session *s,
                        const struct okr_field_info *field,
                        struct okr_slice value)
{
    int64_t number;
    struct okr_dec dec;
    bool yes;
    if (field->type == OKR_TYPE_BOOL && okr_value_as_bool(value, &yes))
        okr_json_bool(s->out, yes);
    else if (field->type == OKR_TYPE_DEC && okr_value_as_dec(value, &dec))
        okr_json_dec(s->out, dec);
    else if (field->type == OKR_TYPE_INT && okr_value_as_int(value, &number))
        okr_json_int(s->out, number);
    else if (field->type == OKR_TYPE_DAY && okr_value_as_int(value, &number))
        okr_emit_day(s, number);
    else if (field->type == OKR_TYPE_TIME && okr_value_as_int(value, &number))
        okr_emit_time(s, number);
    else
        return false;
    return true;
}

enum okr_err okr_emit_value(struct okr_session *s,
                            const struct okr_field_info *field,
                            struct okr_slice value)
{
    struct okr_id id;
    uint32_t number;
    const char *word = NULL;
    if (field->type == OKR_TYPE_REF && okr_value_as_id(value, &id))
        return emit_id(s, field, &id);
    if (field->type == OKR_TYPE_ENUM && okr_value_as_enum(value, &number))
        word = okr_enum_word(field->of, number);
    if (word != NULL)
        okr_json_cstr(s->out, word);
    else if (field->type == OKR_TYPE_TITLE || field->type == OKR_TYPE_TEXT)
        okr_json_text(s->out, value);
    else if (field->type == OKR_TYPE_LIST)
        emit_list(s, (enum okr_list_shape)field->of, value);
    else if (!emit_number(s, field, value))
        return emit_hex(s, value);
    return OKR_OK;
}
