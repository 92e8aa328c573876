/* The sense of a record as it would stand after a change. */
#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/model/value.h"
#include "common/rules/validate.h"

/* ---- of any kind -------------------------------------------------------- */

/* A set field with too many elements. */
static enum okr_rule check_set(const struct okr_record *record,
                               const struct okr_field_info *field)
{
    const struct okr_reg *reg;
    size_t n = 0;
    for (size_t at = 0;
         (reg = okr_record_next(record, field->number, &at)) != NULL;)
        n += reg->form == OKR_REG_PRESENT;
    return n > OKR_SET_MAX ? OKR_RULE_TOO_LARGE : OKR_RULE_NONE;
}

/* What goes up, hangs from or waits for itself is the smallest circle.  Common
 * fields may: the first person is his own author. */
static bool is_own(const struct okr_record *record,
                   const struct okr_field_info *field)
{
    struct okr_slice own = okr_id_slice(&record->id);
    bool upwards = (field->flags & OKR_FLAG_ACYCLIC) != 0 ||
                   field->of == record->kind ||
                   field->number == okr_kind_info(record->kind)->home_field;
    if (field->type != OKR_TYPE_REF || field->kind == OKR_KIND_ANY || !upwards)
        return false;
    return okr_slice_eq(okr_record_text(record, field->number), own) ||
           okr_record_in_set(record, field->number, own);
}

static bool outside(struct okr_dec v, int64_t least, int64_t most)
{
    return okr_dec_cmp(v, okr_dec_int(least)) < 0 ||
           okr_dec_cmp(v, okr_dec_int(most)) > 0;
}

/* The second halves of a list are shares of the whole: 0..1. */
static enum okr_rule check_list(const struct okr_record *record,
                                const struct okr_field_info *field)
{
    struct okr_slice list = okr_record_text(record, field->number);
    struct okr_pair pair;
    if (list.len == 0)
        return OKR_RULE_NONE;
    enum okr_rule rule = okr_value_check(field, list);
    if (rule != OKR_RULE_NONE)
        return rule;
    while (okr_value_pair((enum okr_list_shape)field->of, &list, &pair))
        if (outside(pair.p, 0, 1))
            return OKR_RULE_BAD_RANGE;
    return OKR_RULE_NONE;
}

/* Weights and scores mean the same in every kind. */
static enum okr_rule check_dec(const struct okr_record *record,
                               const struct okr_field_info *field)
{
    struct okr_dec v;
    struct okr_slice word = okr_slice_str(field->word);
    if (!okr_record_dec(record, field->number, &v))
        return OKR_RULE_NONE;
    if (okr_slice_is(word, "weight") && v.mant < 0)
        return OKR_RULE_BAD_RANGE;
    if (okr_slice_is(word, "score") && outside(v, 0, 1))
        return OKR_RULE_BAD_RANGE;
    return OKR_RULE_NONE;
}

static enum okr_rule check_int(const struct okr_record *record,
                               const struct okr_field_info *field)
{
    struct okr_slice word = okr_slice_str(field->word);
    int64_t v = okr_record_int(record, field->number, 0);
    if (okr_slice_is(word, "confidence") && (v < 0 || v > 10))
        return OKR_RULE_BAD_RANGE;
    if (okr_slice_is(word, "rank") && (v < 0 || v > INT32_MAX))
        return OKR_RULE_BAD_RANGE;
    return OKR_RULE_NONE;
}

static enum okr_rule check_field(const struct okr_record *record,
                                 const struct okr_field_info *field)
{
    enum okr_rule rule = OKR_RULE_NONE;
    if (is_own(record, field))
        return OKR_RULE_CIRCLE;
    if ((field->flags & OKR_FLAG_SET) != 0)
        rule = check_set(record, field);
    else if (field->type == OKR_TYPE_LIST)
        rule = check_list(record, field);
    else if (field->type == OKR_TYPE_DEC)
        rule = check_dec(record, field);
    else if (field->type == OKR_TYPE_INT)
        rule = check_int(record, field);
    return rule;
}

/* ---- of single kinds: NONE, or the rule and the field at fault ---------- */

struct bounds {
    uint16_t field;
    int64_t least, most;
};

static enum okr_rule check_policy(const struct okr_record *policy,
                                  uint16_t *field)
{
    static const struct bounds bounds[] = {
        {OKR_F_UTC_OFFSET_MIN, -840, 840}, /* 14 hours */
        {OKR_F_OBJECTIVES_MAX, 1, 100},    {OKR_F_KRS_MIN, 0, 100},
        {OKR_F_KRS_MAX, 1, 100},           {OKR_F_CADENCE_DAYS, 1, 366},
        {OKR_F_MIDTERM_DAYS, 0, 366},      {OKR_F_PARK_DAYS, 1, 3660},
        {OKR_F_BEAT_MS, 100, 3600000},     {OKR_F_RETRY_MAX_MS, 1000, 86400000},
    };
    for (size_t i = 0; i < sizeof bounds / sizeof bounds[0]; i++) {
        const struct bounds *b = &bounds[i];
        int64_t v = okr_record_int(policy, b->field, b->least);
        *field = b->field;
        if (v < b->least || v > b->most)
            return OKR_RULE_BAD_RANGE;
    }
    *field = OKR_F_KRS_MAX;
    if (okr_record_int(policy, OKR_F_KRS_MIN, 2) >
        okr_record_int(policy, OKR_F_KRS_MAX, 5))
        return OKR_RULE_BAD_RANGE;
    struct okr_dec on_track = {.mant = -10, .scale = 2};
    struct okr_dec at_risk = {.mant = -25, .scale = 2};
    (void)okr_record_dec(policy, OKR_F_ON_TRACK, &on_track);
    (void)okr_record_dec(policy, OKR_F_AT_RISK, &at_risk);
    *field = OKR_F_ON_TRACK;
    if (outside(on_track, -1, 1) || outside(at_risk, -1, 1) ||
        okr_dec_cmp(on_track, at_risk) < 0)
        return OKR_RULE_BAD_RANGE;
    return OKR_RULE_NONE;
}

/* The organisation's short name, as log origins and file names carry it. */
static bool is_slug(struct okr_slice s)
{
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];
        bool inner = c == '-' && i > 0 && i + 1 < s.len;
        if (!inner && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return false;
    }
    return s.len > 0 && s.len <= 63;
}

/* Codes are typed, and stand in tables: one word, not long. */
static bool is_code(struct okr_slice s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.data[i] <= ' ')
            return false;
    return s.len > 0 && s.len <= 64;
}

/* One address: something@domain, without display name or comment. */
static bool is_mail(struct okr_slice s)
{
    size_t ats = 0, at = 0;
    for (size_t i = 0; i < s.len; i++) {
        uint8_t c = s.data[i];
        if (c <= ' ' || c == ',' || c == ';' || c == '<' || c == '>' ||
            c == '(' || c == ')' || c == '"' || c == '\\' || c == ':')
            return false;
        if (c == '@') {
            ats++;
            at = i;
        }
    }
    struct okr_slice domain = okr_slice_sub(s, at + 1, s.len);
    if (ats != 1 || at == 0 || domain.len == 0 || s.len > 254)
        return false;
    for (size_t i = 0; i < domain.len; i++)
        if (domain.data[i] == '.' &&
            (i == 0 || i + 1 == domain.len || domain.data[i + 1] == '.'))
            return false;
    return true;
}

static bool given_but(const struct okr_record *record, uint16_t field,
                      bool (*good)(struct okr_slice))
{
    return okr_record_has(record, field) &&
           !good(okr_record_text(record, field));
}

static enum okr_rule check_days(const struct okr_record *record, uint16_t start,
                                uint16_t end)
{
    if (!okr_record_has(record, start) || !okr_record_has(record, end))
        return OKR_RULE_NONE;
    return okr_record_int(record, start, 0) > okr_record_int(record, end, 0)
               ? OKR_RULE_BAD_RANGE
               : OKR_RULE_NONE;
}

static enum okr_rule check_limits(const struct okr_record *record, uint16_t low,
                                  uint16_t high)
{
    struct okr_dec least, most;
    if (!okr_record_dec(record, low, &least) ||
        !okr_record_dec(record, high, &most))
        return OKR_RULE_NONE;
    return okr_dec_cmp(least, most) > 0 ? OKR_RULE_BAD_RANGE : OKR_RULE_NONE;
}

static enum okr_rule check_kind(const struct okr_record *after, uint16_t *field)
{
    switch (after->kind) {
    case OKR_KIND_POLICY:
        if (given_but(after, OKR_F_SLUG, is_slug)) {
            *field = OKR_F_SLUG;
            return OKR_RULE_BAD_VALUE;
        }
        return check_policy(after, field);
    case OKR_KIND_UNIT:
        *field = OKR_F_CODE;
        return given_but(after, OKR_F_CODE, is_code) ? OKR_RULE_BAD_VALUE
                                                     : OKR_RULE_NONE;
    case OKR_KIND_PERSON:
        *field = OKR_F_MAIL;
        return given_but(after, OKR_F_MAIL, is_mail) ? OKR_RULE_BAD_VALUE
                                                     : OKR_RULE_NONE;
    case OKR_KIND_CYCLE:
        *field = OKR_F_CYCLE_END;
        return check_days(after, OKR_F_CYCLE_START, OKR_F_CYCLE_END);
    case OKR_KIND_KEY_RESULT:
        *field = OKR_F_HIGH;
        return check_limits(after, OKR_F_LOW, OKR_F_HIGH);
    default:
        return OKR_RULE_NONE;
    }
}

struct okr_verdict okr_validate_sense(const struct okr_record *after)
{
    OKR_ASSERT(after != NULL && okr_kind_info(after->kind) != NULL);
    const struct okr_field_info *info;
    for (size_t at = 0; (info = okr_field_next(after->kind, &at)) != NULL;) {
        enum okr_rule rule = check_field(after, info);
        if (rule != OKR_RULE_NONE)
            return okr_verdict_reject(rule, info->number);
    }
    uint16_t field = 0;
    enum okr_rule rule = check_kind(after, &field);
    return rule == OKR_RULE_NONE ? okr_verdict_ok()
                                 : okr_verdict_reject(rule, field);
}
