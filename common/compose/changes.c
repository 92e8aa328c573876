/* Field changes, each with what its author was shown of the field. */
#include "common/base/assert.h"

#include <stdio.h>
#include <string.h>
#include "common/compose/work.h"
#include "common/model/value.h"
#include "common/rules/validate_verb.h"

const struct okr_change *okr_work_change(const struct okr_work *work,
                                         uint16_t field)
{
    for (size_t i = 0; i < work->n; i++)
        if (work->changes[i].field == field)
            return &work->changes[i];
    return NULL;
}

bool okr_work_has(const struct okr_work *work, uint16_t field)
{
    return okr_work_change(work, field) != NULL;
}

/* A register that nobody ever wrote was seen as such: lsn 0. */
static enum okr_err seen_of(const struct okr_work *work, uint16_t field,
                            struct okr_seen *ret_seen)
{
    const struct okr_compose *ground = work->ground;
    const struct okr_reg *reg = okr_record_reg(work->shown, field);
    okr_lsn lsn = reg == NULL ? 0 : reg->lsn;
    if ((lsn & OKR_LSN_PENDING) == 0) {
        *ret_seen = (struct okr_seen){
            .form = OKR_SEEN_LSN, .epoch = ground->epoch, .lsn = lsn};
        return OKR_OK;
    }
    OKR_ASSERT(ground->pending_op != NULL);
    struct okr_seen seen = {.form = OKR_SEEN_OP};
    OKR_TRY(
        ground->pending_op(ground->context, lsn & ~OKR_LSN_PENDING, &seen.op));
    *ret_seen = seen;
    return OKR_OK;
}

static void refuse_twice(struct okr_work *work,
                         const struct okr_field_info *field)
{
    okr_work_blame(work, OKR_RULE_MALFORMED, okr_slice_str(field->word));
    okr_say(work->problem, N_("it is given twice"));
    okr_say_remedy(work->problem, N_("give it once"));
}

static void refuse_number(struct okr_work *work,
                          const struct okr_field_info *field)
{
    okr_work_blame(work, OKR_RULE_TOO_LARGE, okr_slice_str(field->word));
    okr_say(work->problem, N_("more than %s changes at once"),
            OKR_SAID_NUMBER(OKR_CHANGES_MAX));
    okr_say_remedy(work->problem, N_("split it into several"));
}

enum okr_err okr_work_put(struct okr_work *work, uint16_t number,
                          enum okr_form form, struct okr_slice data)
{
    const struct okr_field_info *field =
        okr_field_info(work->kind->number, number);
    OKR_ASSERT(field != NULL);
    bool set = (field->flags & OKR_FLAG_SET) != 0;
    OKR_ASSERT(set == (form == OKR_REG_PRESENT || form == OKR_REG_ABSENT));
    for (size_t i = 0; i < work->n; i++) {
        const struct okr_change *other = &work->changes[i];
        if (other->field != number)
            continue;
        if (set && !okr_slice_eq(other->data, data))
            continue;
        if (!set || other->form != form)
            refuse_twice(work, field);
        return OKR_OK;
    }
    if (work->n == OKR_CHANGES_MAX) {
        refuse_number(work, field);
        return OKR_OK;
    }
    struct okr_change change = {
        .field = number, .form = (uint8_t)form, .data = data};
    if (work->shown != NULL && !set)
        OKR_TRY(seen_of(work, number, &change.seen));
    work->changes[work->n++] = change;
    return OKR_OK;
}

/* The acts that move a state: "submit, approve, …". */
static void say_moves(struct okr_work *work, uint16_t field)
{
    const struct okr_move_info *move;
    struct okr_said list = {0};
    for (size_t at = 0; (move = okr_move_next(&at)) != NULL;) {
        if (move->kind != work->kind->number || move->field != field)
            continue;
        char command[64];
        (void)snprintf(command, sizeof command, "okr %s",
                       okr_verb_info(move->verb)->word);
        if (strstr(list.text, command) == NULL)
            okr_said_item(&list, command);
    }
    if (list.text[0] != '\0')
        okr_say_remedy(work->problem, N_("use %s"), list.text);
}

static void say_other_acts(struct okr_work *work,
                           const struct okr_field_info *field)
{
    okr_say(work->problem, N_("%s cannot write it"), work->verb->word);
    say_moves(work, field->number);
    bool measured = field->kind == OKR_KIND_KEY_RESULT &&
                    field->merge == OKR_MERGE_DERIVED &&
                    field->number != OKR_F_KR_STATE;
    if (work->problem->remedy[0] == '\0')
        okr_say_remedy(work->problem, "%s",
                       measured ? N_("use okr checkin KR VALUE")
                                : okr_rule_remedy(OKR_RULE_NOT_SETTABLE));
}

/* Fields that follow from other acts, and those that never change. */
static bool refuse_field(struct okr_work *work,
                         const struct okr_field_info *field)
{
    if (okr_verb_may_set(work->verb, field))
        return false;
    okr_work_blame(work, OKR_RULE_NOT_SETTABLE, okr_slice_str(field->word));
    if (field->merge != OKR_MERGE_ONCE) {
        say_other_acts(work, field);
        return true;
    }
    okr_say(work->problem,
            N_("it is given when the %s is made and never "
               "changes"),
            work->kind->word);
    okr_say_remedy(work->problem, N_("make a new one"));
    return true;
}

static enum okr_err put_elements(struct okr_work *work,
                                 const struct okr_field_info *field,
                                 enum okr_form form, struct okr_slice text)
{
    struct okr_slice part, element;
    while (okr_work_part(&text, &part)) {
        OKR_STEP(work, okr_work_value(work, field, part, &element));
        OKR_STEP(work, okr_work_put(work, field->number, form, element));
    }
    return OKR_OK;
}

enum okr_err okr_work_field(struct okr_work *work,
                            const struct okr_field_info *field,
                            struct okr_slice text)
{
    struct okr_slice value;
    if (refuse_field(work, field))
        return OKR_OK;
    if ((field->flags & OKR_FLAG_SET) != 0)
        return put_elements(work, field, OKR_REG_PRESENT, text);
    if (text.len == 0 && field->type != OKR_TYPE_BOOL)
        return OKR_OK; /* an empty form field: not given */
    OKR_STEP(work, okr_work_value(work, field, text, &value));
    return okr_work_put(work, field->number, OKR_REG_VALUE, value);
}

/* "field=a,b" of a set: those, and none of the others. */
static enum okr_err replace_set(struct okr_work *work,
                                const struct okr_field_info *field,
                                struct okr_slice text)
{
    OKR_STEP(work, put_elements(work, field, OKR_REG_PRESENT, text));
    const struct okr_reg *reg;
    size_t named = work->n;
    for (size_t at = 0;
         (reg = okr_record_next(work->shown, field->number, &at)) != NULL;) {
        bool keep = reg->form != OKR_REG_PRESENT;
        for (size_t i = 0; i < named; i++)
            keep = keep || (work->changes[i].field == field->number &&
                            okr_slice_eq(work->changes[i].data, reg->data));
        if (!keep)
            OKR_STEP(work, okr_work_put(work, field->number, OKR_REG_ABSENT,
                                        reg->data));
    }
    return OKR_OK;
}

bool okr_work_split(struct okr_slice text, struct okr_assignment *ret)
{
    size_t at = 0;
    while (at < text.len && text.data[at] != '=')
        at++;
    if (at == text.len || at == 0)
        return false;
    char before = (char)text.data[at - 1];
    bool set = before == '+' || before == '-';
    ret->sign = set ? before : '=';
    ret->word = okr_slice_sub(text, 0, set ? at - 1 : at);
    ret->value = okr_slice_sub(text, at + 1, text.len);
    return ret->word.len > 0;
}

static void refuse_assignment(struct okr_work *work, struct okr_slice text)
{
    *work->problem =
        (struct okr_problem){.rule = OKR_RULE_MALFORMED, .usage = true};
    okr_say(work->problem,
            N_("%s is no change: write field=value, and field+=value "
               "or field-=value where a field holds several"),
            OKR_SAID_TYPED(text));
    okr_say_remedy(work->problem, N_("for example due=2026-06-30"));
}

static void refuse_word(struct okr_work *work, struct okr_slice word)
{
    *work->problem =
        (struct okr_problem){.rule = OKR_RULE_UNKNOWN_FIELD, .usage = true};
    okr_say(work->problem, N_("the kind %s has no field %s; its fields: %s"),
            work->kind->word, OKR_SAID_TYPED(word),
            OKR_SAID_FIELDS(work->kind->number));
    okr_say_remedy(work->problem, "%s",
                   okr_rule_remedy(OKR_RULE_UNKNOWN_FIELD));
}

enum okr_err okr_work_assign(struct okr_work *work, struct okr_slice text)
{
    struct okr_assignment a;
    OKR_ASSERT(work->shown != NULL);
    if (!okr_work_split(text, &a)) {
        refuse_assignment(work, text);
        return OKR_OK;
    }
    const struct okr_field_info *field =
        okr_field_by_word(work->kind->number, a.word);
    if (field == NULL) {
        refuse_word(work, a.word);
        return OKR_OK;
    }
    if (refuse_field(work, field))
        return OKR_OK;
    bool set = (field->flags & OKR_FLAG_SET) != 0;
    if (set && a.sign == '=')
        return replace_set(work, field, a.value);
    if (set)
        return put_elements(work, field,
                            a.sign == '+' ? OKR_REG_PRESENT : OKR_REG_ABSENT,
                            a.value);
    if (a.sign != '=') {
        okr_work_blame(work, OKR_RULE_MALFORMED, okr_slice_str(field->word));
        struct okr_said change;
        (void)snprintf(change.text, sizeof change.text, "%s=value",
                       field->word);
        okr_say(work->problem, N_("it holds one value, not several"));
        okr_say_remedy(work->problem, N_("write %s"), change.text);
        return OKR_OK;
    }
    if (a.value.len == 0)
        return okr_work_put(work, field->number, OKR_REG_UNSET, OKR_SLICE_NONE);
    struct okr_slice value;
    OKR_STEP(work, okr_work_value(work, field, a.value, &value));
    return okr_work_put(work, field->number, OKR_REG_VALUE, value);
}
