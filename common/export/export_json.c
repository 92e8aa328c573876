/* The canonical export: RFC 8785.  All names are ASCII, so that sorting them
 * by bytes is sorting them by UTF-16 code units. */
#include <stdlib.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/export/export_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"

/* ---- around the entities ------------------------------------------------- */

static enum okr_err org_name(struct okr_export *e, struct okr_slice *ret)
{
    struct okr_ids ids;
    struct okr_record *policy;
    *ret = OKR_SLICE_NONE;
    OKR_TRY(okr_index_kind(&e->line, OKR_KIND_POLICY, &ids));
    if (ids.n == 0)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&e->line, &ids.at[0], &policy));
    *ret = okr_record_text(policy, OKR_F_ORG_NAME);
    return OKR_OK;
}

/* The document is one object; its first and last members are written apart,
 * and `entities` stands between them. */
enum okr_err okr_export_json_begin(struct okr_export *e, struct okr_buf *out)
{
    const struct okr_export_copy *copy = e->conf->copy;
    okr_buf_u8(out, '{');
    if (copy != NULL && copy->age_s >= 0)
        okr_buf_printf(out, "\"age_s\":%lld,", (long long)copy->age_s);
    if (copy != NULL && copy->age_s < 0)
        okr_buf_printf(out, "\"age_s\":null,");
    okr_buf_put(out, OKR_SLICE_LIT("\"entities\":["));
    return out->err;
}

enum okr_err okr_export_json_end(struct okr_export *e, struct okr_buf *out)
{
    const struct okr_export_copy *copy = e->conf->copy;
    struct okr_slice org;
    struct okr_json json;
    OKR_TRY(org_name(e, &org));
    okr_buf_printf(out, "],\"format\":\"%s\"",
                   copy == NULL ? OKR_EXPORT_FORMAT : OKR_EXPORT_COPY);
    if (copy != NULL)
        okr_buf_printf(out, ",\"lsn\":%llu", (unsigned long long)copy->lsn);
    okr_buf_put(out, OKR_SLICE_LIT(",\"org\":"));
    okr_json_init(&json, out);
    okr_json_text(&json, org);
    if (copy != NULL) {
        okr_buf_put(out, OKR_SLICE_LIT(",\"scopes\":["));
        for (size_t i = 0; i < copy->n_scopes; i++)
            okr_buf_printf(out, "%s%llu", i == 0 ? "" : ",",
                           (unsigned long long)copy->scopes[i]);
        okr_buf_put(out, OKR_SLICE_LIT("],\"site\":"));
        okr_json_init(&json, out);
        okr_json_text(&json, copy->site);
    }
    okr_buf_put(out, OKR_SLICE_LIT("}\n"));
    return out->err;
}

/* ---- values -------------------------------------------------------------- */

static void put_hex(struct okr_buf *out, struct okr_slice value)
{
    static const char digits[] = "0123456789abcdef";
    okr_buf_u8(out, '"');
    for (size_t i = 0; i < value.len; i++) {
        okr_buf_u8(out, (uint8_t)digits[value.data[i] >> 4]);
        okr_buf_u8(out, (uint8_t)digits[value.data[i] & 15]);
    }
    okr_buf_u8(out, '"');
}

static void put_list(struct okr_buf *out, enum okr_list_shape shape,
                     struct okr_slice value)
{
    struct okr_pair pair;
    char day[OKR_DAY_TEXT], at[OKR_DEC_TEXT_MAX], p[OKR_DEC_TEXT_MAX];
    const char *comma = "";
    okr_buf_u8(out, '[');
    while (okr_value_pair(shape, &value, &pair)) {
        okr_dec_format(pair.p, p);
        okr_dec_format(pair.at, at);
        okr_day_format(pair.day, day);
        if (shape == OKR_LIST_DAY_DEC)
            okr_buf_printf(out, "%s{\"date\":\"%s\",\"p\":\"%s\"}", comma, day,
                           p);
        else
            okr_buf_printf(out, "%s{\"p\":\"%s\",\"value\":\"%s\"}", comma, p,
                           at);
        comma = ",";
    }
    okr_buf_u8(out, ']');
}

static bool put_number(const struct okr_field_info *field,
                       struct okr_slice value, struct okr_buf *out)
{
    char text[OKR_TIME_TEXT];
    struct okr_dec dec;
    int64_t number;
    bool yes;
    if (field->type == OKR_TYPE_BOOL && okr_value_as_bool(value, &yes)) {
        okr_buf_put(out, okr_slice_str(yes ? "true" : "false"));
        return true;
    }
    if (field->type == OKR_TYPE_DEC && okr_value_as_dec(value, &dec)) {
        okr_dec_format(dec, text);
        okr_buf_printf(out, "\"%s\"", text);
        return true;
    }
    if (!okr_value_as_int(value, &number))
        return false;
    if (field->type == OKR_TYPE_INT) {
        okr_buf_printf(out, "%lld", (long long)number);
        return true;
    }
    if (field->type == OKR_TYPE_DAY)
        okr_day_format((okr_day)number, text);
    else if (field->type == OKR_TYPE_TIME)
        okr_time_format(number, 0, text);
    else
        return false;
    okr_buf_printf(out, "\"%s\"", text);
    return true;
}

static void put_value(const struct okr_field_info *field,
                      struct okr_slice value, struct okr_buf *out)
{
    struct okr_json json;
    const char *word;
    uint32_t number;
    okr_json_init(&json, out);
    if (field->type == OKR_TYPE_TITLE || field->type == OKR_TYPE_TEXT)
        okr_json_text(&json, value);
    else if (field->type == OKR_TYPE_LIST)
        put_list(out, (enum okr_list_shape)field->of, value);
    else if (field->type == OKR_TYPE_ENUM &&
             okr_value_as_enum(value, &number) &&
             (word = okr_enum_word(field->of, number)) != NULL)
        okr_json_cstr(&json, word);
    else if (!put_number(field, value, out))
        put_hex(out, value);
}

static bool put_set(const struct okr_record *record,
                    const struct okr_field_info *field, struct okr_buf *out)
{
    const struct okr_reg *reg;
    const char *comma = "";
    for (size_t at = 0;
         (reg = okr_record_next(record, field->number, &at)) != NULL;) {
        if (reg->form != OKR_REG_PRESENT)
            continue;
        okr_buf_put(out, okr_slice_str(comma));
        put_value(field, reg->data, out);
        comma = ",";
    }
    return comma[0] != '\0';
}

/* ---- entities ------------------------------------------------------------ */

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b); /* the name stands first */
}

/* `id` and `kind` are members like fields; they have no field. */
void okr_export_json_kind(struct okr_export *e)
{
    const struct okr_field_info *field;
    e->n_fields = 2;
    memcpy(e->fields[0].name, "id", 3);
    memcpy(e->fields[1].name, "kind", 5);
    e->fields[0].field = e->fields[1].field = NULL;
    for (size_t at = 0;
         (field = okr_field_next(e->kind->number, &at)) != NULL;) {
        if (!okr_export_has_field(field) ||
            e->n_fields == OKR_EXPORT_FIELDS_MAX)
            continue;
        (void)okr_export_name(field, e->fields[e->n_fields].name);
        e->fields[e->n_fields++].field = field;
    }
    qsort(e->fields, e->n_fields, sizeof e->fields[0], by_name);
}

static void put_head(const struct okr_export *e, const struct okr_record *r,
                     const char *name, struct okr_buf *out)
{
    if (strcmp(name, "id") == 0)
        put_hex(out, okr_id_slice(&r->id));
    else
        okr_buf_printf(out, "\"%s\"", e->kind->word);
}

/* A field without a value is left out. */
static void put_member(const struct okr_export *e, const struct okr_record *r,
                       size_t at, struct okr_buf *out)
{
    const struct okr_field_info *field = e->fields[at].field;
    size_t before = out->len;
    okr_buf_printf(out, "%s\"%s\":", at == 0 ? "" : ",", e->fields[at].name);
    if (field == NULL) {
        put_head(e, r, e->fields[at].name, out);
    } else if ((field->flags & OKR_FLAG_SET) != 0) {
        okr_buf_u8(out, '[');
        if (put_set(r, field, out))
            okr_buf_u8(out, ']');
        else
            out->len = before;
    } else if (okr_record_has(r, field->number)) {
        put_value(field, okr_record_text(r, field->number), out);
    } else {
        out->len = before;
    }
}

enum okr_err okr_export_json_entity(struct okr_export *e,
                                    const struct okr_record *r,
                                    struct okr_buf *out)
{
    okr_buf_put(out, okr_slice_str(e->comma ? ",{" : "{"));
    e->comma = true;
    size_t start = out->len;
    for (size_t i = 0; i < e->n_fields && out->err == OKR_OK; i++) {
        size_t before = out->len;
        put_member(e, r, i, out);
        /* The first member that is there has no comma. */
        if (before == start && out->len > before && out->data[before] == ',') {
            memmove(out->data + before, out->data + before + 1,
                    out->len - before - 1);
            out->len--;
        }
    }
    okr_buf_u8(out, '}');
    return out->err;
}
