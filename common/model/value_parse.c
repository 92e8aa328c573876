/* Values as people type them. */
#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/model/dates.h"
#include "common/model/text.h"
#include "common/model/value.h"

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static struct okr_slice trimmed(struct okr_slice s)
{
    while (s.len > 0 && is_blank(s.data[0]))
        s = okr_slice_sub(s, 1, s.len);
    while (s.len > 0 && is_blank(s.data[s.len - 1]))
        s.len--;
    return s;
}

/* Equal, upper case ASCII in `typed` read as lower case. */
static bool is_word(struct okr_slice typed, const char *word)
{
    struct okr_slice known = okr_slice_str(word);
    if (typed.len != known.len)
        return false;
    for (size_t i = 0; i < typed.len; i++) {
        uint8_t c = typed.data[i];
        if (c >= 'A' && c <= 'Z')
            c = (uint8_t)(c - 'A' + 'a');
        if (c != known.data[i])
            return false;
    }
    return true;
}

static enum okr_rule parse_bool(struct okr_slice text, struct okr_arena *arena,
                                struct okr_slice *ret_value)
{
    bool yes = is_word(text, "true") || is_word(text, "yes");
    if (!yes && !is_word(text, "false") && !is_word(text, "no"))
        return OKR_RULE_BAD_VALUE;
    *ret_value = okr_value_bool(arena, yes);
    return OKR_RULE_NONE;
}

/* A leading '+' goes away, where digits follow. */
static struct okr_slice without_plus(struct okr_slice text)
{
    bool plus = text.len > 1 && text.data[0] == '+' && text.data[1] >= '0' &&
                text.data[1] <= '9';
    return plus ? okr_slice_sub(text, 1, text.len) : text;
}

static enum okr_rule read_dec(struct okr_slice text, struct okr_dec *ret_dec)
{
    enum okr_err err = okr_dec_parse(without_plus(text), ret_dec);
    if (err == OKR_ERR_LIMIT)
        return OKR_RULE_BAD_RANGE;
    return err == OKR_OK ? OKR_RULE_NONE : OKR_RULE_BAD_VALUE;
}

static enum okr_rule parse_dec(struct okr_slice text, struct okr_arena *arena,
                               struct okr_slice *ret_value)
{
    struct okr_dec dec;
    enum okr_rule rule = read_dec(text, &dec);
    if (rule == OKR_RULE_NONE)
        *ret_value = okr_value_dec(arena, dec);
    return rule;
}

/* Whole numbers of up to 18 digits: no field needs more. */
static enum okr_rule parse_int(struct okr_slice text, struct okr_arena *arena,
                               struct okr_slice *ret_value)
{
    struct okr_dec dec;
    enum okr_rule rule = read_dec(text, &dec);
    if (rule != OKR_RULE_NONE)
        return rule;
    if (dec.scale != 0)
        return OKR_RULE_BAD_VALUE;
    *ret_value = okr_value_int(arena, dec.mant);
    return OKR_RULE_NONE;
}

static enum okr_rule parse_day(struct okr_slice text, struct okr_arena *arena,
                               struct okr_slice *ret_value)
{
    okr_day day;
    if (!okr_day_parse(text, &day))
        return OKR_RULE_BAD_VALUE;
    *ret_value = okr_value_int(arena, day);
    return OKR_RULE_NONE;
}

static enum okr_rule parse_time(struct okr_slice text, struct okr_arena *arena,
                                struct okr_slice *ret_value)
{
    okr_us time;
    if (!okr_time_parse(text, &time))
        return OKR_RULE_BAD_VALUE;
    *ret_value = okr_value_int(arena, time);
    return OKR_RULE_NONE;
}

static enum okr_rule parse_enum(uint16_t vocabulary, struct okr_slice text,
                                struct okr_arena *arena,
                                struct okr_slice *ret_value)
{
    uint32_t number;
    if (!okr_enum_number(vocabulary, text, &number))
        return OKR_RULE_BAD_VALUE;
    *ret_value = okr_value_enum(arena, number);
    return OKR_RULE_NONE;
}

static enum okr_rule parse_hex(struct okr_slice text, struct okr_arena *arena,
                               struct okr_slice *ret_value)
{
    uint8_t *bytes = okr_arena_alloc(arena, text.len / 2);
    if (bytes == NULL)
        *ret_value = OKR_SLICE_NONE;
    else if (okr_hex_decode(text, bytes, text.len / 2) != OKR_OK)
        return OKR_RULE_BAD_VALUE;
    else
        *ret_value = okr_slice_of(bytes, text.len / 2);
    return OKR_RULE_NONE;
}

/* Everything up to `mark`, which goes away with it; all if there is none. */
static struct okr_slice split_at(struct okr_slice *rest, char mark)
{
    size_t n = 0;
    while (n < rest->len && rest->data[n] != (uint8_t)mark)
        n++;
    struct okr_slice part = okr_slice_sub(*rest, 0, n);
    *rest = okr_slice_sub(*rest, n < rest->len ? n + 1 : n, rest->len);
    return trimmed(part);
}

/* "50:0.4" or "2026-04-15:0.4" */
static enum okr_rule read_pair(enum okr_list_shape shape, struct okr_slice text,
                               struct okr_pair *ret_pair)
{
    struct okr_slice first = split_at(&text, ':');
    *ret_pair = (struct okr_pair){0};
    if (shape == OKR_LIST_DAY_DEC) {
        if (!okr_day_parse(first, &ret_pair->day))
            return OKR_RULE_BAD_VALUE;
    } else {
        enum okr_rule rule = read_dec(first, &ret_pair->at);
        if (rule != OKR_RULE_NONE)
            return rule;
    }
    return read_dec(trimmed(text), &ret_pair->p);
}

static enum okr_rule parse_list(enum okr_list_shape shape,
                                struct okr_slice text, struct okr_arena *arena,
                                struct okr_slice *ret_value)
{
    size_t n = 0, n_max = text.len / 4 + 1; /* "1:1," is the shortest */
    struct okr_pair *pairs = okr_arena_array(arena, n_max, sizeof *pairs);
    *ret_value = OKR_SLICE_NONE;
    if (pairs == NULL)
        return OKR_RULE_NONE;
    while (text.len > 0) {
        struct okr_slice item = split_at(&text, ',');
        if (item.len < 3 || n == n_max)
            return OKR_RULE_BAD_VALUE;
        enum okr_rule rule = read_pair(shape, item, &pairs[n++]);
        if (rule != OKR_RULE_NONE)
            return rule;
    }
    *ret_value = okr_value_list(arena, shape, pairs, n);
    return OKR_RULE_NONE;
}

static enum okr_rule parse(const struct okr_field_info *field,
                           struct okr_slice text, struct okr_arena *arena,
                           struct okr_slice *ret_value)
{
    switch (field->type) {
    case OKR_TYPE_BOOL:
        return parse_bool(text, arena, ret_value);
    case OKR_TYPE_INT:
        return parse_int(text, arena, ret_value);
    case OKR_TYPE_DEC:
        return parse_dec(text, arena, ret_value);
    case OKR_TYPE_DAY:
        return parse_day(text, arena, ret_value);
    case OKR_TYPE_TIME:
        return parse_time(text, arena, ret_value);
    case OKR_TYPE_TITLE:
    case OKR_TYPE_TEXT:
        return okr_text_normal(text, arena, ret_value);
    case OKR_TYPE_ENUM:
        return parse_enum(field->of, text, arena, ret_value);
    case OKR_TYPE_REF:
    case OKR_TYPE_BYTES:
        return parse_hex(text, arena, ret_value);
    case OKR_TYPE_LIST:
        return parse_list((enum okr_list_shape)field->of, text, arena,
                          ret_value);
    }
    OKR_UNREACHABLE();
}

enum okr_rule okr_value_parse(const struct okr_field_info *field,
                              struct okr_slice text, struct okr_arena *arena,
                              struct okr_slice *ret_value)
{
    OKR_ASSERT(field != NULL && arena != NULL && ret_value != NULL);
    struct okr_slice value;
    bool body = field->type == OKR_TYPE_TEXT;
    enum okr_rule rule =
        parse(field, body ? text : trimmed(text), arena, &value);
    if (rule == OKR_RULE_NONE && value.data != NULL)
        rule = okr_value_check(field, value);
    if (rule == OKR_RULE_NONE)
        *ret_value = value;
    return rule;
}
