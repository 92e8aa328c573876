/* What was typed, as the canonical bytes of a field. */
#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/compose/work.h"
#include "common/model/dates.h"
#include "common/model/text.h"
#include "common/model/value.h"

bool okr_work_part(struct okr_slice *rest, struct okr_slice *ret_part)
{
    while (rest->len > 0) {
        size_t n = 0;
        while (n < rest->len && rest->data[n] != ',')
            n++;
        *ret_part = okr_say_trimmed(okr_slice_sub(*rest, 0, n));
        *rest = okr_slice_sub(*rest, n + 1, rest->len);
        if (ret_part->len > 0)
            return true;
    }
    return false;
}

/* An unknown id is not a slip of the hand: it was copied from somewhere, and
 * what this copy does not follow the server may well know. */
static bool is_foreign_id(const struct okr_problem *problem,
                          struct okr_slice text, struct okr_id *ret_id)
{
    text = okr_say_trimmed(text);
    return problem->rule == OKR_RULE_UNKNOWN_ENTITY &&
           text.len == 2 * OKR_ID_LEN &&
           okr_hex_decode(text, ret_id->b, OKR_ID_LEN) == OKR_OK;
}

enum okr_err okr_work_entity(struct okr_work *work,
                             const struct okr_field_info *field,
                             struct okr_slice text, struct okr_id *ret_id)
{
    OKR_ASSERT(field->type == OKR_TYPE_REF);
    bool person = field->of == OKR_KIND_PERSON;
    if (person && okr_slice_is(okr_say_trimmed(text), "me")) {
        *ret_id = work->ground->person;
        return OKR_OK;
    }
    struct okr_problem found;
    OKR_TRY(okr_resolve(&work->ground->space, field->of, text, ret_id, &found));
    if (found.rule == OKR_RULE_NONE || is_foreign_id(&found, text, ret_id))
        return OKR_OK;
    okr_work_blame(work, found.rule, okr_slice_str(field->word));
    work->problem->usage = false;
    okr_say_again(work->problem, &found);
    return OKR_OK;
}

/* What a value of the type looks like. */
static const char *example_of(enum okr_type type)
{
    switch (type) {
    case OKR_TYPE_BOOL:
        return "write true or false";
    case OKR_TYPE_INT:
        return "write a whole number such as 7";
    case OKR_TYPE_DEC:
        return "write a number such as 12.5, of at most 18 digits";
    case OKR_TYPE_DAY:
        return "write a day as 2026-04-15";
    case OKR_TYPE_TIME:
        return "write a time as 2026-04-15T09:30:00Z, or a day as 2026-04-15";
    case OKR_TYPE_LIST:
        return "write pairs in ascending order, such as 50:0.4,80:0.7";
    case OKR_TYPE_BYTES:
        return "write hexadecimal digits";
    case OKR_TYPE_TITLE:
    case OKR_TYPE_TEXT:
    case OKR_TYPE_ENUM:
    case OKR_TYPE_REF:
        break;
    }
    return "give a value of the field's type";
}

static void refuse_word(struct okr_work *work,
                        const struct okr_field_info *field,
                        struct okr_slice text)
{
    okr_work_blame_value(work, OKR_RULE_BAD_VALUE, field, text);
    okr_say(work->problem, N_(" is no %s; one of %s"), field->word,
            OKR_SAID_WORDS(field->of));
    okr_say_remedy(work->problem, N_("use one of these words"));
}

/* A check-in's number may have words, by its key result's metric. */
static const char *remedy_of(const struct okr_work *work,
                             const struct okr_field_info *field)
{
    uint32_t metric = OKR_V_METRIC_UNMEASURED;
    if (work->key_result != NULL && field->type == OKR_TYPE_DEC)
        metric = okr_record_enum(work->key_result, OKR_F_METRIC, metric);
    if (metric == OKR_V_METRIC_LEVELS)
        return "write none, commit, target, stretch, or a number";
    if (metric == OKR_V_METRIC_BOOLEAN)
        return "write yes or no";
    return example_of(field->type);
}

static void refuse_value(struct okr_work *work, enum okr_rule rule,
                         const struct okr_field_info *field,
                         struct okr_slice text)
{
    if (field->type == OKR_TYPE_ENUM) {
        refuse_word(work, field, text);
        return;
    }
    okr_work_blame_value(work, rule, field, text);
    if (rule == OKR_RULE_BAD_VALUE) {
        const char *what = okr_type_word(field->type);
        okr_say(work->problem, N_(" is no %s"), what);
        okr_say_remedy(work->problem, "%s", remedy_of(work, field));
        return;
    }
    okr_say(work->problem, N_(": %s"), okr_rule_what(rule));
    bool shaped = rule == OKR_RULE_BAD_RANGE;
    okr_say_remedy(work->problem, "%s",
                   shaped ? example_of(field->type) : okr_rule_remedy(rule));
}

/* "70%" is 70: the unit of measure says what it is 70 of. */
static struct okr_slice without_percent(struct okr_work *work,
                                        struct okr_slice text)
{
    text = okr_say_trimmed(text);
    if (text.len < 2 || text.data[text.len - 1] != '%')
        return text;
    work->percent = true;
    return okr_say_trimmed(okr_slice_sub(text, 0, text.len - 1));
}

/* A day stands for its end, today for now: nobody observes in the future. */
static enum okr_err time_of_day(struct okr_work *work, struct okr_slice text,
                                struct okr_slice *ret_value)
{
    okr_day day;
    if (!okr_day_parse(okr_say_trimmed(text), &day))
        return OKR_ERR_NOTFOUND;
    int offset = work->ground->offset_min;
    bool today = day == okr_day_at(work->ground->now, offset);
    okr_us time = today ? work->ground->now : okr_day_end(day, offset);
    *ret_value = okr_value_int(work->arena, time);
    return ret_value->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

static struct okr_slice plain_text(struct okr_work *work,
                                   const struct okr_field_info *field,
                                   struct okr_slice text)
{
    if (field->type == OKR_TYPE_DEC || field->type == OKR_TYPE_INT)
        return without_percent(work, text);
    /* "--blocked" without a value means yes. */
    if (field->type == OKR_TYPE_BOOL && text.len == 0)
        return OKR_SLICE_LIT("true");
    if (field->type == OKR_TYPE_BOOL &&
        okr_slice_is(okr_say_trimmed(text), "1"))
        return OKR_SLICE_LIT("true");
    if (field->type == OKR_TYPE_BOOL &&
        okr_slice_is(okr_say_trimmed(text), "0"))
        return OKR_SLICE_LIT("false");
    return text;
}

/* Mails are compared folded; stored as one writes them, in lower case. */
static enum okr_err fold_mail(struct okr_work *work, struct okr_slice *value)
{
    struct okr_slice folded;
    if (okr_text_folded(*value, work->arena, &folded) != OKR_RULE_NONE)
        return OKR_OK;
    if (folded.data == NULL)
        return OKR_ERR_NOMEM;
    *value = folded;
    return OKR_OK;
}

static bool is_mail(const struct okr_work *work,
                    const struct okr_field_info *field)
{
    return work->kind->number == OKR_KIND_PERSON && field->number == OKR_F_MAIL;
}

enum okr_err okr_work_value(struct okr_work *work,
                            const struct okr_field_info *field,
                            struct okr_slice text, struct okr_slice *ret_value)
{
    struct okr_id id;
    struct okr_slice value = OKR_SLICE_NONE;
    if (field->type == OKR_TYPE_REF) {
        OKR_STEP(work, okr_work_entity(work, field, text, &id));
        *ret_value = okr_value_id(work->arena, &id);
        return ret_value->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
    }
    if (field->type == OKR_TYPE_TIME) {
        enum okr_err err = time_of_day(work, text, ret_value);
        if (err != OKR_ERR_NOTFOUND)
            return err;
    }
    enum okr_rule rule = okr_value_parse(field, plain_text(work, field, text),
                                         work->arena, &value);
    if (rule != OKR_RULE_NONE) {
        refuse_value(work, rule, field, text);
        return OKR_OK;
    }
    if (value.data == NULL)
        return OKR_ERR_NOMEM;
    if (is_mail(work, field))
        OKR_TRY(fold_mail(work, &value));
    *ret_value = value;
    return OKR_OK;
}
