/* Values for people to read; okr_value_parse reads them back. */
#include "common/base/assert.h"
#include "common/base/buf.h"
#include "common/base/hex.h"
#include "common/model/dates.h"
#include "common/model/value.h"

static void put_str(struct okr_buf *out, const char *text)
{
    okr_buf_put(out, okr_slice_str(text));
}

static void put_dec(struct okr_buf *out, struct okr_dec dec)
{
    char text[OKR_DEC_TEXT_MAX];
    okr_dec_format(dec, text);
    put_str(out, text);
}

static void put_int(struct okr_buf *out, int64_t v)
{
    char text[21];
    char *at = text + sizeof text;
    uint64_t size = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    *--at = '\0';
    do {
        OKR_ASSERT(at > text);
        *--at = (char)('0' + size % 10);
        size /= 10;
    } while (size > 0);
    if (v < 0)
        okr_buf_u8(out, '-');
    put_str(out, at);
}

static void put_day(struct okr_buf *out, okr_day day)
{
    char text[OKR_DAY_TEXT];
    okr_day_format(day, text);
    put_str(out, text);
}

static void put_time(struct okr_buf *out, okr_us time, int offset_min)
{
    char text[OKR_TIME_TEXT];
    okr_time_format(time, offset_min, text);
    put_str(out, text);
}

static void put_hex(struct okr_buf *out, struct okr_slice s)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < s.len; i++) {
        okr_buf_u8(out, (uint8_t)digits[s.data[i] >> 4]);
        okr_buf_u8(out, (uint8_t)digits[s.data[i] & 15]);
    }
}

static void put_list(struct okr_buf *out, enum okr_list_shape shape,
                     struct okr_slice value)
{
    struct okr_pair pair;
    for (bool first = true; okr_value_pair(shape, &value, &pair);
         first = false) {
        if (!first)
            okr_buf_u8(out, ',');
        if (shape == OKR_LIST_DAY_DEC)
            put_day(out, pair.day);
        else
            put_dec(out, pair.at);
        okr_buf_u8(out, ':');
        put_dec(out, pair.p);
    }
}

/* Types that decode to one whole number. */
static void put_number(struct okr_buf *out, enum okr_type type,
                       struct okr_slice value, int offset_min)
{
    int64_t v = 0;
    bool ok = okr_value_as_int(value, &v);
    OKR_ASSERT(ok);
    if (type == OKR_TYPE_DAY)
        put_day(out, (okr_day)v);
    else if (type == OKR_TYPE_TIME)
        put_time(out, v, offset_min);
    else
        put_int(out, v);
}

/* `value` has passed okr_value_check, so reading it cannot fail. */
static void put_value(struct okr_buf *out, const struct okr_field_info *field,
                      struct okr_slice value, int offset_min)
{
    bool yes = false;
    uint32_t number = 0;
    struct okr_dec dec = {0};
    switch (field->type) {
    case OKR_TYPE_BOOL:
        (void)okr_value_as_bool(value, &yes);
        put_str(out, yes ? "true" : "false");
        break;
    case OKR_TYPE_DEC:
        (void)okr_value_as_dec(value, &dec);
        put_dec(out, dec);
        break;
    case OKR_TYPE_ENUM:
        (void)okr_value_as_enum(value, &number);
        put_str(out, okr_enum_word(field->of, number));
        break;
    case OKR_TYPE_INT:
    case OKR_TYPE_DAY:
    case OKR_TYPE_TIME:
        put_number(out, field->type, value, offset_min);
        break;
    case OKR_TYPE_TITLE:
    case OKR_TYPE_TEXT:
        okr_buf_put(out, value);
        break;
    case OKR_TYPE_REF:
    case OKR_TYPE_BYTES:
        put_hex(out, value);
        break;
    case OKR_TYPE_LIST:
        put_list(out, (enum okr_list_shape)field->of, value);
        break;
    }
}

char *okr_value_text(const struct okr_field_info *field, struct okr_slice value,
                     int offset_min, struct okr_arena *arena)
{
    OKR_ASSERT(field != NULL && arena != NULL);
    struct okr_buf out;
    okr_buf_init(&out, arena);
    if (okr_value_check(field, value) == OKR_RULE_NONE)
        put_value(&out, field, value, offset_min);
    else
        put_hex(&out, value);
    okr_buf_u8(&out, '\0');
    return out.err == OKR_OK ? (char *)out.data : NULL;
}
