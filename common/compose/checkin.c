/* Check-ins: about which key result, when, and in the words of its metric. */
#include "common/base/assert.h"
#include "common/compose/work.h"
#include "common/model/value.h"

static bool is_one_of(struct okr_slice typed, const char *const *words,
                      size_t *ret_at)
{
    for (size_t i = 0; words[i] != NULL; i++) {
        struct okr_slice word = okr_slice_str(words[i]);
        bool same = typed.len == word.len;
        for (size_t k = 0; same && k < word.len; k++) {
            uint8_t c = typed.data[k];
            c = c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
            same = c == word.data[k];
        }
        if (same) {
            *ret_at = i;
            return true;
        }
    }
    return false;
}

/* mant·10^more; false where it does not fit. */
static bool raised(int64_t mant, unsigned more, int64_t *ret)
{
    for (; more > 0; more--)
        if (__builtin_mul_overflow(mant, (int64_t)10, &mant))
            return false;
    *ret = mant;
    return true;
}

/* from + tenths/10·(to - from), exactly; false where 18 digits do not do. */
static bool between(struct okr_dec from, struct okr_dec to, int tenths,
                    struct okr_dec *ret)
{
    unsigned scale = from.scale > to.scale ? from.scale : to.scale;
    int64_t a, b, sum;
    if (!raised(from.mant, scale - from.scale, &a) ||
        !raised(to.mant, scale - to.scale, &b) ||
        __builtin_mul_overflow(a, (int64_t)(10 - tenths), &a) ||
        __builtin_mul_overflow(b, (int64_t)tenths, &b) ||
        __builtin_add_overflow(a, b, &sum))
        return false;
    while (sum % 10 == 0 && scale > 0) {
        sum /= 10;
        scale--;
    }
    struct okr_dec dec = {.mant = sum, .scale = (uint8_t)(scale + 1)};
    if (scale + 1 > 18 || !okr_dec_valid(dec))
        return false;
    *ret = okr_dec_normal(dec);
    return true;
}

static enum okr_err as_text(struct okr_work *work, struct okr_dec dec,
                            struct okr_slice *ret_text)
{
    char text[OKR_DEC_TEXT_MAX];
    okr_dec_format(dec, text);
    *ret_text = okr_arena_copy(work->arena, okr_slice_str(text));
    return ret_text->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

/* none, commit, target and stretch on the key result's own scale. */
static enum okr_err level_of(struct okr_work *work, struct okr_slice text,
                             struct okr_slice *ret_text)
{
    static const char *const words[] = {"none", "commit", "target", "stretch",
                                        NULL};
    static const int tenths[] = {0, 3, 7, 10};
    struct okr_dec from = okr_dec_int(0), to = okr_dec_int(1), dec;
    size_t at;
    if (!is_one_of(text, words, &at))
        return OKR_OK;
    (void)okr_record_dec(work->key_result, OKR_F_START, &from);
    (void)okr_record_dec(work->key_result, OKR_F_STRETCH, &to);
    if (!between(from, to, tenths[at], &dec)) {
        okr_work_blame(work, OKR_RULE_BAD_RANGE, OKR_SLICE_LIT("value"));
        okr_say(work->problem, N_("%s lies between two digits of this scale"),
                OKR_SAID_TYPED(text));
        okr_say_remedy(work->problem, N_("give the value as a number"));
        return OKR_OK;
    }
    return as_text(work, dec, ret_text);
}

enum okr_err okr_work_measured(struct okr_work *work, struct okr_slice text,
                               struct okr_slice *ret_text)
{
    static const char *const words[] = {"no",   "false", "open", "yes",
                                        "true", "done",  NULL};
    enum { FIRST_YES = 3 };
    size_t at;
    if (work->key_result == NULL)
        return OKR_OK;
    uint32_t metric = okr_record_enum(work->key_result, OKR_F_METRIC,
                                      OKR_V_METRIC_UNMEASURED);
    if (metric == OKR_V_METRIC_LEVELS)
        return level_of(work, text, ret_text);
    if (metric == OKR_V_METRIC_BOOLEAN && is_one_of(text, words, &at))
        *ret_text = at >= FIRST_YES ? OKR_SLICE_LIT("1") : OKR_SLICE_LIT("0");
    return OKR_OK;
}

/* The check-in that is corrected says of which key result, and when. */
static enum okr_err inherit(struct okr_work *work, struct okr_id *ret_kr)
{
    struct okr_slice text;
    struct okr_id id;
    struct okr_record *amended;
    const struct okr_field_info *field =
        okr_field_info(OKR_KIND_CHECK_IN, OKR_F_AMENDS);
    if (!okr_work_arg(work, "amends", &text) || text.len == 0)
        return OKR_OK;
    OKR_STEP(work, okr_work_entity(work, field, text, &id));
    OKR_STEP(work, okr_work_imply(work, OKR_F_AMENDS,
                                  okr_value_id(work->arena, &id)));
    enum okr_err err = okr_entity_get(&work->ground->space, &id, &amended);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    work->amended = amended;
    (void)okr_record_id(amended, OKR_F_CI_KEY_RESULT, ret_kr);
    return OKR_OK;
}

static enum okr_err load_key_result(struct okr_work *work,
                                    const struct okr_id *id)
{
    struct okr_record *record;
    enum okr_err err = okr_entity_get(&work->ground->space, id, &record);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK; /* the server may know it */
    OKR_TRY(err);
    if (record->kind == OKR_KIND_KEY_RESULT)
        work->key_result = record;
    return OKR_OK;
}

enum okr_err okr_work_checkin_of(struct okr_work *work)
{
    struct okr_slice text;
    struct okr_id id = {{0}};
    const struct okr_field_info *field =
        okr_field_info(OKR_KIND_CHECK_IN, OKR_F_CI_KEY_RESULT);
    OKR_STEP(work, inherit(work, &id));
    if (okr_work_arg(work, "key_result", &text) && text.len > 0)
        OKR_STEP(work, okr_work_entity(work, field, text, &id));
    if (okr_id_is_zero(&id)) {
        okr_work_blame(work, OKR_RULE_MISSING, OKR_SLICE_LIT("key_result"));
        okr_say(work->problem, N_("a check-in is about a key result"));
        okr_say_remedy(work->problem, N_("okr todo shows yours"));
        return OKR_OK;
    }
    OKR_STEP(work, okr_work_imply(work, OKR_F_CI_KEY_RESULT,
                                  okr_value_id(work->arena, &id)));
    return load_key_result(work, &id);
}

static bool says_yes(const struct okr_work *work, uint16_t field)
{
    const struct okr_change *change = okr_work_change(work, field);
    bool yes = false;
    return change != NULL && okr_value_as_bool(change->data, &yes) && yes;
}

static bool says_something(const struct okr_work *work)
{
    static const uint16_t answers[] = {OKR_F_CI_VALUE, OKR_F_CI_CONFIDENCE,
                                       OKR_F_CI_NOTE, OKR_F_CI_BLOCKED};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++)
        if (okr_work_has(work, answers[i]))
            return true;
    return says_yes(work, OKR_F_NO_CHANGE);
}

enum okr_err okr_work_checkin(struct okr_work *work)
{
    bool same = says_yes(work, OKR_F_NO_CHANGE);
    if (same && okr_work_has(work, OKR_F_CI_VALUE)) {
        okr_work_blame(work, OKR_RULE_MALFORMED, OKR_SLICE_LIT("no_change"));
        okr_say(work->problem, N_("a value is given as well"));
        okr_say_remedy(work->problem, N_("give the value or --no-change"));
        return OKR_OK;
    }
    if (!says_something(work)) {
        okr_work_blame(work, OKR_RULE_MISSING, OKR_SLICE_LIT("value"));
        okr_say(work->problem, N_("the check-in says nothing"));
        okr_say_remedy(work->problem, N_("give a value, -c 0..10, -m NOTE, "
                                         "--blocked or --no-change"));
        return OKR_OK;
    }
    okr_us at = work->ground->now;
    if (work->amended != NULL)
        at = okr_record_int(work->amended, OKR_F_CI_OBSERVED_AT, at);
    return okr_work_imply(work, OKR_F_CI_OBSERVED_AT,
                          okr_value_int(work->arena, at));
}
