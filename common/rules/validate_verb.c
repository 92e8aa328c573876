/* Per verb: the kinds it fits, the fields it may set, what it must carry. */
#include "common/rules/validate_verb.h"

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/model/text.h"
#include "common/model/value.h"

/* Is there an arrow of the verb on the kind, and if `to` is not NULL, one that
 * ends there? */
static bool moves(uint16_t verb, uint16_t kind, const uint32_t *to)
{
    const struct okr_move_info *move;
    for (size_t at = 0; (move = okr_move_next(&at)) != NULL;)
        if (move->kind == kind && move->verb == verb &&
            (to == NULL || move->to == *to))
            return true;
    return false;
}

/* Kinds that one verb of their own makes, and no other. */
static uint16_t maker_of(uint16_t kind)
{
    switch (kind) {
    case OKR_KIND_CHECK_IN:
        return OKR_VERB_CHECKIN;
    case OKR_KIND_INVITE:
        return OKR_VERB_INVITE;
    default:
        return OKR_VERB_ADD;
    }
}

static bool fits_change(uint16_t verb, uint16_t kind)
{
    switch (verb) {
    case OKR_VERB_REVISE:
        return kind == OKR_KIND_KEY_RESULT;
    case OKR_VERB_SCORE:
        return kind == OKR_KIND_KEY_RESULT || kind == OKR_KIND_OBJECTIVE;
    case OKR_VERB_CARRY:
        return kind == OKR_KIND_OBJECTIVE;
    case OKR_VERB_LEAVE:
        return kind == OKR_KIND_PERSON;
    case OKR_VERB_ARCHIVE:
    case OKR_VERB_RESTORE:
        return kind != OKR_KIND_POLICY; /* there is always one */
    default:
        return true;
    }
}

static bool fits_keys(uint16_t verb, uint16_t kind)
{
    switch (verb) {
    case OKR_VERB_GENESIS:
        return kind == OKR_KIND_POLICY;
    case OKR_VERB_ENROL:
        return kind == OKR_KIND_SITE;
    case OKR_VERB_KEY_ADD:
    case OKR_VERB_KEY_ROTATE:
        return kind == OKR_KIND_KEY;
    case OKR_VERB_REVOKE:
        return kind == OKR_KIND_KEY || kind == OKR_KIND_SITE;
    default:
        return false;
    }
}

bool okr_verb_fits(uint16_t verb, uint16_t kind)
{
    const struct okr_verb_info *info = okr_verb_info(verb);
    OKR_ASSERT(info != NULL && okr_kind_info(kind) != NULL);
    switch (info->form) {
    case OKR_FORM_CREATE:
    case OKR_FORM_CHECKIN:
        return maker_of(kind) == verb;
    case OKR_FORM_CHANGE:
        return fits_change(verb, kind);
    case OKR_FORM_MOVE_STATE:
        return moves(verb, kind, NULL);
    case OKR_FORM_RESOLVE:
        return kind == OKR_KIND_CONFLICT;
    case OKR_FORM_KEYS:
        return fits_keys(verb, kind);
    case OKR_FORM_ADOPT:
        return kind != OKR_KIND_KEY && kind != OKR_KIND_SITE &&
               kind != OKR_KIND_INVITE;
    }
    return false;
}

/* A state that no verb moves is set like other fields, but compared first. */
static bool settable(const struct okr_field_info *field)
{
    switch (field->merge) {
    case OKR_MERGE_LAST:
    case OKR_MERGE_KEPT:
        return true;
    case OKR_MERGE_SWAP:
        return field->kind != OKR_KIND_CONFLICT &&
               field->number != okr_move_field(field->kind);
    case OKR_MERGE_ONCE:
    case OKR_MERGE_DERIVED:
        break;
    }
    return false;
}

static bool is_any_of(const struct okr_field_info *field,
                      const uint16_t *numbers, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (field->number == numbers[i])
            return true;
    return false;
}

#define ANY_OF(field, ...)                            \
    is_any_of(field, (const uint16_t[]){__VA_ARGS__}, \
              sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

static bool is_named(const struct okr_field_info *field, const char *word)
{
    return okr_slice_is(okr_slice_str(field->word), word);
}

static bool is_score(const struct okr_field_info *field)
{
    return is_named(field, "score") || is_named(field, "score_reason") ||
           is_named(field, "not_applicable");
}

/* What only REVISE, SCORE and CARRY say of something that is there. */
static bool is_decision(const struct okr_field_info *field)
{
    return is_named(field, "exceptional") || is_named(field, "carried") ||
           is_named(field, "not_applicable");
}

static bool change_may_set(uint16_t verb, const struct okr_field_info *field)
{
    switch (verb) {
    case OKR_VERB_ARCHIVE:
    case OKR_VERB_RESTORE:
        return field->number == OKR_F_ARCHIVED;
    case OKR_VERB_REVISE:
        return ANY_OF(field, OKR_F_TARGET, OKR_F_KR_DUE, OKR_F_START,
                      OKR_F_KR_WEIGHT, OKR_F_KR_TITLE, OKR_F_EXCEPTIONAL);
    case OKR_VERB_SCORE:
        return is_score(field);
    case OKR_VERB_CARRY:
        return field->number == OKR_F_CARRIED;
    case OKR_VERB_LEAVE:
        return field->number == OKR_F_LEFT;
    default:
        return settable(field) && !is_decision(field);
    }
}

/* Where an entity lives follows from what it is. */
static bool lives_in(const struct okr_field_info *field)
{
    return field->kind == OKR_KIND_ANY
               ? field->number == OKR_F_HOME
               : field->kind == OKR_KIND_UNIT && field->number == OKR_F_ROOT_NO;
}

bool okr_verb_may_set(const struct okr_verb_info *verb,
                      const struct okr_field_info *field)
{
    OKR_ASSERT(verb != NULL && field != NULL);
    if (verb->form == OKR_FORM_ADOPT)
        return !lives_in(field);
    if (verb->makes)
        return field->merge != OKR_MERGE_DERIVED;
    switch (verb->form) {
    case OKR_FORM_CHANGE:
        return change_may_set(verb->number, field);
    case OKR_FORM_MOVE_STATE:
        return field->number == okr_move_field(field->kind);
    case OKR_FORM_RESOLVE:
        return ANY_OF(field, OKR_F_MINE, OKR_F_THEIRS, OKR_F_BASE);
    case OKR_FORM_CREATE:
    case OKR_FORM_CHECKIN:
    case OKR_FORM_KEYS:
    case OKR_FORM_ADOPT:
        break;
    }
    return false;
}

/* ---- what the changes are together ------------------------------------- */

static const struct okr_change *change_of(const struct okr_payload *payload,
                                          uint16_t field)
{
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].field == field)
            return &payload->changes[i];
    return NULL;
}

/* Exactly one change, with a value; `field` is the one to name if not. */
static enum okr_rule check_one_value(const struct okr_payload *payload)
{
    if (payload->n_changes == 0)
        return OKR_RULE_MISSING;
    if (payload->n_changes > 1)
        return OKR_RULE_MALFORMED;
    return payload->changes[0].form == OKR_REG_VALUE ? OKR_RULE_NONE
                                                     : OKR_RULE_MISSING;
}

static enum okr_rule check_move(const struct okr_payload *payload)
{
    enum okr_rule rule = check_one_value(payload);
    uint32_t to;
    if (rule != OKR_RULE_NONE)
        return rule;
    bool known = okr_value_as_enum(payload->changes[0].data, &to);
    OKR_ASSERT(known);
    return moves(payload->verb, payload->kind, &to) ? OKR_RULE_NONE
                                                    : OKR_RULE_BAD_VALUE;
}

static enum okr_rule check_archived(const struct okr_payload *payload)
{
    enum okr_rule rule = check_one_value(payload);
    bool archived;
    if (rule != OKR_RULE_NONE)
        return rule;
    bool known = okr_value_as_bool(payload->changes[0].data, &archived);
    OKR_ASSERT(known);
    return archived == (payload->verb == OKR_VERB_ARCHIVE) ? OKR_RULE_NONE
                                                           : OKR_RULE_BAD_VALUE;
}

static enum okr_rule check_resolve(const struct okr_payload *payload)
{
    if (payload->n_changes == 0)
        return OKR_RULE_MISSING;
    const struct okr_change *change = &payload->changes[0];
    if (payload->n_changes > 1 || change->form > OKR_REG_VALUE)
        return OKR_RULE_MALFORMED;
    if (change->field != OKR_F_BASE)
        return change->data.len == 0 ? OKR_RULE_NONE : OKR_RULE_MALFORMED;
    if (change->data.len == 0)
        return OKR_RULE_MISSING;
    if (change->form != OKR_REG_VALUE)
        return OKR_RULE_MALFORMED;
    /* A value of the field it is about: who judges knows which one that is. */
    return change->data.len <= (size_t)4 * OKR_TEXT_CHARS_MAX
               ? OKR_RULE_NONE
               : OKR_RULE_TOO_LONG;
}

/* A check-in says something: a number, a feeling, a word, or that nothing
 * has changed. */
static struct okr_verdict check_checkin(const struct okr_payload *payload)
{
    static const uint16_t answers[] = {OKR_F_CI_VALUE, OKR_F_CI_CONFIDENCE,
                                       OKR_F_CI_NOTE, OKR_F_NO_CHANGE,
                                       OKR_F_CI_BLOCKED};
    const struct okr_change *confidence =
        change_of(payload, OKR_F_CI_CONFIDENCE);
    int64_t v = 0;
    if (confidence != NULL)
        (void)okr_value_as_int(confidence->data, &v);
    if (v < 0 || v > 10)
        return okr_verdict_reject(OKR_RULE_BAD_RANGE, OKR_F_CI_CONFIDENCE);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        const struct okr_change *change = change_of(payload, answers[i]);
        bool yes = true;
        if (change == NULL || change->form != OKR_REG_VALUE)
            continue;
        if (change->field == OKR_F_NO_CHANGE)
            (void)okr_value_as_bool(change->data, &yes);
        if (yes)
            return okr_verdict_ok();
    }
    return okr_verdict_reject(OKR_RULE_MISSING, OKR_F_CI_VALUE);
}

/* A score is worked out unless somebody gives his own, or says that there is
 * none; then he says why. */
static bool needs_why(const struct okr_payload *payload)
{
    const uint16_t reason = okr_field_named(payload->kind, "score_reason");
    const struct okr_change *why = change_of(payload, reason);
    bool graded = false;
    if (why != NULL && why->form == OKR_REG_VALUE && why->data.len > 0)
        return false;
    for (size_t i = 0; i < payload->n_changes; i++) {
        const struct okr_change *change = &payload->changes[i];
        graded |= change->field != reason && change->form == OKR_REG_VALUE;
    }
    return graded;
}

bool okr_verb_needs_reason(const struct okr_payload *payload)
{
    OKR_ASSERT(payload != NULL);
    switch (payload->verb) {
    case OKR_VERB_REVISE:
    case OKR_VERB_RETURN:
        return true;
    case OKR_VERB_SCORE:
        return needs_why(payload);
    default:
        return false;
    }
}

static struct okr_verdict verdict_of(enum okr_rule rule, uint16_t field)
{
    return rule == OKR_RULE_NONE ? okr_verdict_ok()
                                 : okr_verdict_reject(rule, field);
}

static struct okr_verdict check_change(const struct okr_payload *payload)
{
    switch (payload->verb) {
    case OKR_VERB_ARCHIVE:
    case OKR_VERB_RESTORE:
        return verdict_of(check_archived(payload), OKR_F_ARCHIVED);
    case OKR_VERB_LEAVE:
        return verdict_of(check_one_value(payload), OKR_F_LEFT);
    default:
        return verdict_of(
            payload->n_changes == 0 ? OKR_RULE_MISSING : OKR_RULE_NONE, 0);
    }
}

struct okr_verdict okr_verb_check(const struct okr_payload *payload)
{
    OKR_ASSERT(payload != NULL);
    const struct okr_verb_info *verb = okr_verb_info(payload->verb);
    OKR_ASSERT(verb != NULL);
    switch (verb->form) {
    case OKR_FORM_CHANGE:
        return check_change(payload);
    case OKR_FORM_MOVE_STATE:
        return verdict_of(check_move(payload), okr_move_field(payload->kind));
    case OKR_FORM_RESOLVE:
        return verdict_of(check_resolve(payload),
                          payload->n_changes > 0 ? payload->changes[0].field
                                                 : OKR_F_BASE);
    case OKR_FORM_CHECKIN:
        return check_checkin(payload);
    case OKR_FORM_CREATE:
    case OKR_FORM_ADOPT:
    case OKR_FORM_KEYS: /* REVOKE may set nothing, so it carries nothing */
        break;
    }
    return okr_verdict_ok();
}
