/* Is this a value of that field?  What passes has one form only: decoding and
 * encoding it again gives the same bytes. */
#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/model/dates.h"
#include "common/model/text.h"
#include "common/model/value.h"

/* The texts that a conflict keeps are the longest bytes there are. */
enum { BYTES_MAX = 4 * OKR_TEXT_CHARS_MAX };

static enum okr_rule check_number(enum okr_type type, struct okr_slice value)
{
    int64_t v;
    if (!okr_value_as_int(value, &v))
        return OKR_RULE_BAD_VALUE;
    if (type == OKR_TYPE_DAY && !okr_day_valid(v))
        return OKR_RULE_BAD_RANGE;
    if (type == OKR_TYPE_TIME && !okr_time_valid(v))
        return OKR_RULE_BAD_RANGE;
    return OKR_RULE_NONE;
}

static enum okr_rule check_enum(uint16_t vocabulary, struct okr_slice value)
{
    uint32_t v;
    if (!okr_value_as_enum(value, &v) || okr_enum_word(vocabulary, v) == NULL)
        return OKR_RULE_BAD_VALUE;
    return OKR_RULE_NONE;
}

/* No text is an unset field, so an empty one is no value. */
static enum okr_rule check_text(enum okr_type type, struct okr_slice value)
{
    bool one_line = type == OKR_TYPE_TITLE;
    if (value.len == 0)
        return OKR_RULE_BAD_VALUE;
    return okr_text_check(value, one_line,
                          one_line ? OKR_TITLE_CHARS_MAX : OKR_TEXT_CHARS_MAX);
}

static bool pair_ascends(enum okr_list_shape shape, const struct okr_pair *a,
                         const struct okr_pair *b)
{
    if (shape == OKR_LIST_DAY_DEC)
        return a->day < b->day;
    return okr_dec_cmp(a->at, b->at) < 0;
}

static enum okr_rule check_list(enum okr_list_shape shape,
                                struct okr_slice value)
{
    struct okr_pair pair, before = {0};
    bool first = true, ascends = true;
    if (value.len > OKR_LIST_BYTES_MAX)
        return OKR_RULE_TOO_LONG;
    if (value.len == 0)
        return OKR_RULE_BAD_VALUE;
    while (okr_value_pair(shape, &value, &pair)) {
        ascends = ascends && (first || pair_ascends(shape, &before, &pair));
        before = pair;
        first = false;
    }
    if (value.len > 0)
        return OKR_RULE_BAD_VALUE;
    return ascends ? OKR_RULE_NONE : OKR_RULE_BAD_RANGE;
}

enum okr_rule okr_value_check(const struct okr_field_info *field,
                              struct okr_slice value)
{
    OKR_ASSERT(field != NULL && (value.data != NULL || value.len == 0));
    bool b, ok = true;
    struct okr_dec dec;
    switch (field->type) {
    case OKR_TYPE_BOOL:
        ok = okr_value_as_bool(value, &b);
        break;
    case OKR_TYPE_DEC:
        ok = okr_value_as_dec(value, &dec);
        break;
    case OKR_TYPE_INT:
    case OKR_TYPE_DAY:
    case OKR_TYPE_TIME:
        return check_number(field->type, value);
    case OKR_TYPE_ENUM:
        return check_enum(field->of, value);
    case OKR_TYPE_TITLE:
    case OKR_TYPE_TEXT:
        return check_text(field->type, value);
    case OKR_TYPE_REF:
        ok = value.len == OKR_ID_LEN;
        break;
    case OKR_TYPE_BYTES:
        return value.len > BYTES_MAX ? OKR_RULE_TOO_LONG : OKR_RULE_NONE;
    case OKR_TYPE_LIST:
        return check_list((enum okr_list_shape)field->of, value);
    }
    return ok ? OKR_RULE_NONE : OKR_RULE_BAD_VALUE;
}
