/* The shape of an operation, from the tables alone. */
#include "common/rules/validate.h"

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/model/text.h"
#include "common/model/value.h"
#include "common/rules/validate_verb.h"

static bool is_element(uint8_t form)
{
    return form == OKR_REG_PRESENT || form == OKR_REG_ABSENT;
}

/* Nothing but white space: as good as missing. */
static bool is_blank(struct okr_slice text)
{
    if (!okr_utf8_valid(text))
        return false;
    while (text.len > 0) {
        uint32_t c = okr_utf8_next(&text);
        bool space = c == ' ' || c == '\t' || c == '\n' || c == 0xa0 ||
                     (c >= 0x2000 && c <= 0x200b) || c == 0x3000;
        if (!space)
            return false;
    }
    return true;
}

static bool is_text(const struct okr_field_info *field)
{
    return field->type == OKR_TYPE_TITLE || field->type == OKR_TYPE_TEXT;
}

/* Form and value of one change, for a field that the verb may set. */
static enum okr_rule check_value(const struct okr_field_info *field,
                                 const struct okr_change *change)
{
    bool set = (field->flags & OKR_FLAG_SET) != 0;
    bool required = (field->flags & OKR_FLAG_REQUIRED) != 0;
    if (change->form > OKR_REG_ABSENT || is_element(change->form) != set)
        return OKR_RULE_MALFORMED;
    if (change->form == OKR_REG_UNSET) {
        if (change->data.len != 0)
            return OKR_RULE_MALFORMED;
        return required ? OKR_RULE_MISSING : OKR_RULE_NONE;
    }
    enum okr_rule rule = okr_value_check(field, change->data);
    if (rule == OKR_RULE_NONE && required && is_text(field) &&
        is_blank(change->data))
        return OKR_RULE_MISSING;
    return rule;
}

/* Has an earlier change the same field, or the same element of it? */
static bool is_repeated(const struct okr_payload *payload, size_t at)
{
    const struct okr_change *change = &payload->changes[at];
    for (size_t i = 0; i < at; i++) {
        const struct okr_change *other = &payload->changes[i];
        if (other->field != change->field)
            continue;
        if (!is_element(change->form) ||
            okr_slice_eq(other->data, change->data))
            return true;
    }
    return false;
}

static struct okr_verdict check_changes(const struct okr_payload *payload,
                                        const struct okr_verb_info *verb)
{
    for (size_t i = 0; i < payload->n_changes; i++) {
        const struct okr_change *change = &payload->changes[i];
        const struct okr_field_info *field =
            okr_field_info(payload->kind, change->field);
        if (field == NULL)
            return okr_verdict_reject(OKR_RULE_UNKNOWN_FIELD, change->field);
        if (!okr_verb_may_set(verb, field))
            return okr_verdict_reject(OKR_RULE_NOT_SETTABLE, change->field);
        if (is_repeated(payload, i))
            return okr_verdict_reject(OKR_RULE_MALFORMED, change->field);
        if (verb->form == OKR_FORM_RESOLVE)
            continue; /* its data are no values of the fields */
        enum okr_rule rule = check_value(field, change);
        if (rule != OKR_RULE_NONE)
            return okr_verdict_reject(rule, change->field);
    }
    return okr_verdict_ok();
}

static bool gives(const struct okr_payload *payload, uint16_t field)
{
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].field == field &&
            payload->changes[i].form != OKR_REG_UNSET)
            return true;
    return false;
}

static struct okr_verdict check_required(const struct okr_payload *payload)
{
    const struct okr_field_info *field;
    for (size_t at = 0; (field = okr_field_next(payload->kind, &at)) != NULL;)
        if ((field->flags & OKR_FLAG_REQUIRED) != 0 &&
            !gives(payload, field->number))
            return okr_verdict_reject(OKR_RULE_MISSING, field->number);
    return okr_verdict_ok();
}

static enum okr_rule check_frame(const struct okr_payload *payload)
{
    if (okr_verb_info(payload->verb) == NULL)
        return OKR_RULE_UNKNOWN_VERB;
    if (okr_kind_info(payload->kind) == NULL)
        return OKR_RULE_UNKNOWN_KIND;
    if (okr_id_is_zero(&payload->entity))
        return OKR_RULE_MALFORMED;
    if (payload->n_changes > OKR_CHANGES_MAX)
        return OKR_RULE_TOO_LARGE;
    if (!okr_verb_fits(payload->verb, payload->kind))
        return OKR_RULE_WRONG_KIND;
    return okr_text_check(payload->reason, false, OKR_TEXT_CHARS_MAX);
}

struct okr_verdict okr_validate_shape(const struct okr_payload *payload)
{
    OKR_ASSERT(payload != NULL);
    OKR_ASSERT(payload->changes != NULL || payload->n_changes == 0);
    enum okr_rule rule = check_frame(payload);
    if (rule != OKR_RULE_NONE)
        return okr_verdict_reject(rule, 0);
    const struct okr_verb_info *verb = okr_verb_info(payload->verb);
    struct okr_verdict verdict = check_changes(payload, verb);
    if (verdict.outcome == OKR_OUTCOME_ACCEPTED && verb->makes &&
        verb->form != OKR_FORM_ADOPT) /* it may come in parts */
        verdict = check_required(payload);
    if (verdict.outcome == OKR_OUTCOME_ACCEPTED)
        verdict = okr_verb_check(payload);
    if (verdict.outcome == OKR_OUTCOME_ACCEPTED &&
        okr_verb_needs_reason(payload) && is_blank(payload->reason))
        verdict = okr_verdict_reject(OKR_RULE_NEEDS_REASON, 0);
    return verdict;
}
