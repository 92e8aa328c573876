/* What is to be signed, compared with what was typed. */
#include "common/compose/intent_impl.h"

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/compose/work.h"
#include "common/model/dates.h"
#include "common/model/ref.h"
#include "common/model/text.h"
#include "common/model/value.h"

#define CLOCK_US ((okr_us)3600 * 1000000) /* daemon's and own clock */
#define DAY_US ((okr_us)24 * 3600 * 1000000)

struct check {
    const struct okr_intent *in;
    const struct okr_payload *got;
    struct okr_work *work; /* for reading values; it has no store */
    bool matched[OKR_CHANGES_MAX];
    bool percent;
    bool again; /* what was said before is said anew: a SET (again.c) */
    struct okr_problem *problem;
};

static bool on(const struct check *c)
{
    return c->problem->rule == OKR_RULE_NONE;
}

void okr_intent_differs(struct okr_problem *problem, const char *word)
{
    if (problem->rule != OKR_RULE_NONE)
        return;
    *problem = (struct okr_problem){.rule = OKR_RULE_MALFORMED};
    okr_say(problem,
            N_("the site's daemon wants something else signed than was typed "
               "(%s)"),
            word);
    okr_say_remedy(problem,
                   N_("nothing was signed; tell who runs the site, or name "
                      "things by reference"));
}

static void differs(struct check *c, const char *word)
{
    okr_intent_differs(c->problem, word);
}

static const char *word_of(const struct check *c, uint16_t number)
{
    const struct okr_field_info *field = okr_field_info(c->got->kind, number);
    return field == NULL ? "?" : field->word;
}

/* ---- values -------------------------------------------------------------- */

bool okr_intent_names(const struct okr_intent *intent, struct okr_slice text,
                      const struct okr_id *id)
{
    struct okr_id typed;
    struct okr_slice run;
    uint32_t kind;
    text = okr_say_trimmed(text);
    if (okr_slice_is(text, "me"))
        return okr_id_eq(id, &intent->person);
    if (text.len == 2 * OKR_ID_LEN &&
        okr_hex_decode(text, typed.b, OKR_ID_LEN) == OKR_OK)
        return okr_id_eq(id, &typed);
    if (okr_ref_parse(text, &kind, &run) && run.len >= OKR_REF_CHARS_MIN)
        return okr_ref_matches(id, run);
    return true;
}

static bool near(int64_t time, okr_us at, okr_us by)
{
    return time >= at - by && time <= at + by;
}

/* A day is its end somewhere on earth, or now; other times are exact. */
static bool is_time(struct okr_slice text, struct okr_slice data, bool *ret_is)
{
    okr_day day;
    int64_t got;
    if (!okr_day_parse(okr_say_trimmed(text), &day))
        return false;
    *ret_is = okr_value_as_int(data, &got) &&
              near(got, okr_day_end(day, 0), 2 * DAY_US);
    return true;
}

/* "done", "commit": what they are as numbers, the metric says. */
static bool is_measured(struct okr_slice text)
{
    static const char *const words[] = {"no",     "false",  "open", "yes",
                                        "true",   "done",   "none", "commit",
                                        "target", "stretch"};
    text = okr_say_trimmed(text);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t n = 0;
        while (n < text.len && (text.data[n] | 0x20) == words[i][n])
            n++;
        if (n == text.len && n > 0 && words[i][n] == '\0')
            return true;
    }
    return false;
}

static enum okr_err means(struct check *c, const struct okr_field_info *field,
                          struct okr_slice text, struct okr_slice data,
                          bool *ret_means)
{
    struct okr_problem scratch = {0};
    struct okr_slice value = OKR_SLICE_NONE;
    struct okr_id id;
    *ret_means = false;
    if (field->type == OKR_TYPE_REF) {
        *ret_means =
            okr_value_as_id(data, &id) && okr_intent_names(c->in, text, &id);
        return OKR_OK;
    }
    if (field->type == OKR_TYPE_TIME && is_time(text, data, ret_means))
        return OKR_OK;
    if (c->got->kind == OKR_KIND_CHECK_IN && field->number == OKR_F_CI_VALUE &&
        is_measured(text)) {
        *ret_means = true;
        return OKR_OK;
    }
    c->work->problem = &scratch;
    OKR_TRY(okr_work_value(c->work, field, text, &value));
    c->percent = c->percent || c->work->percent;
    *ret_means = scratch.rule == OKR_RULE_NONE && okr_slice_eq(value, data);
    return OKR_OK;
}

/* ---- changes that were typed --------------------------------------------- */

/* Finds the change that says it, and marks it. */
static enum okr_err want(struct check *c, const struct okr_field_info *field,
                         enum okr_form form, struct okr_slice text)
{
    bool same = false;
    for (size_t i = 0; i < c->got->n_changes && !same; i++) {
        const struct okr_change *change = &c->got->changes[i];
        if (change->field != field->number || change->form != form)
            continue;
        if (form == OKR_REG_UNSET)
            same = true;
        else
            OKR_TRY(means(c, field, text, change->data, &same));
        c->matched[i] = c->matched[i] || same;
    }
    /* Of something that is said again the key is there already. */
    if (!same && !(c->again && (field->flags & OKR_FLAG_KEY) != 0))
        differs(c, field->word);
    return OKR_OK;
}

static enum okr_err want_parts(struct check *c,
                               const struct okr_field_info *field,
                               enum okr_form form, struct okr_slice text)
{
    struct okr_slice part;
    while (on(c) && okr_work_part(&text, &part))
        OKR_TRY(want(c, field, form, part));
    return OKR_OK;
}

static enum okr_err want_field(struct check *c,
                               const struct okr_field_info *field,
                               struct okr_slice text)
{
    if ((field->flags & OKR_FLAG_SET) != 0)
        return want_parts(c, field, OKR_REG_PRESENT, text);
    if (text.len == 0 && field->type != OKR_TYPE_BOOL)
        return OKR_OK;
    return want(c, field, OKR_REG_VALUE, text);
}

/* The elements that "field=a,b" takes away are those that the daemon shows. */
static void allow_absent(struct check *c, const struct okr_field_info *field)
{
    for (size_t i = 0; i < c->got->n_changes; i++)
        if (c->got->changes[i].field == field->number &&
            c->got->changes[i].form == OKR_REG_ABSENT)
            c->matched[i] = true;
}

static enum okr_err want_assigned(struct check *c, struct okr_slice text)
{
    struct okr_assignment a;
    const struct okr_field_info *field = NULL;
    if (okr_work_split(text, &a))
        field = okr_field_by_word(c->got->kind, a.word);
    if (field == NULL) {
        differs(c, "kind");
        return OKR_OK;
    }
    if ((field->flags & OKR_FLAG_SET) != 0) {
        if (a.sign == '=')
            allow_absent(c, field);
        return want_parts(c, field,
                          a.sign == '-' ? OKR_REG_ABSENT : OKR_REG_PRESENT,
                          a.value);
    }
    bool unset = a.value.len == 0;
    return want(c, field, unset ? OKR_REG_UNSET : OKR_REG_VALUE, a.value);
}

/* ---- what was typed about the whole -------------------------------------- */

static enum okr_err want_reason(struct check *c, struct okr_slice text)
{
    struct okr_slice normal = OKR_SLICE_NONE;
    enum okr_rule rule = okr_text_normal(text, c->in->arena, &normal);
    if (rule == OKR_RULE_NONE && normal.data == NULL)
        return OKR_ERR_NOMEM;
    if (!okr_slice_eq(normal, c->got->reason))
        differs(c, "reason");
    return OKR_OK;
}

/* A third value is of the conflict's field, which only the daemon knows: it
 * must be what was typed as some field reads it. */
static enum okr_err want_third(struct check *c, struct okr_slice text)
{
    struct okr_slice data = c->got->changes[0].data;
    const struct okr_kind_info *kind;
    const struct okr_field_info *field;
    bool same = false;
    for (size_t k = 0; !same && (kind = okr_kind_next(&k)) != NULL;)
        for (size_t at = 0;
             !same && (field = okr_field_next(kind->number, &at)) != NULL;)
            if (field->type != OKR_TYPE_REF)
                OKR_TRY(means(c, field, text, data, &same));
    if (!same)
        differs(c, "choice");
    return OKR_OK;
}

static enum okr_err want_choice(struct check *c, struct okr_slice text)
{
    uint16_t field = okr_slice_is(text, "mine")     ? OKR_F_MINE
                     : okr_slice_is(text, "theirs") ? OKR_F_THEIRS
                                                    : OKR_F_BASE;
    if (c->got->kind != OKR_KIND_CONFLICT || c->got->n_changes != 1 ||
        c->got->changes[0].field != field) {
        differs(c, "choice");
        return OKR_OK;
    }
    c->matched[0] = true;
    if (field != OKR_F_BASE)
        return OKR_OK;
    return want_third(c, text);
}

/* A conflict may be named by what it is about. */
static void want_ref(struct check *c, struct okr_slice text)
{
    struct okr_slice run;
    uint32_t kind;
    bool by_subject =
        c->got->kind == OKR_KIND_CONFLICT &&
        !(okr_ref_parse(text, &kind, &run) && kind == OKR_KIND_CONFLICT);
    if (!by_subject && !okr_intent_names(c->in, text, &c->got->entity))
        differs(c, "ref");
}

static enum okr_err want_arg(struct check *c, const struct okr_arg *arg)
{
    const struct okr_verb_info *verb = c->work->verb;
    const struct okr_field_info *field =
        okr_field_by_word(c->got->kind, arg->name);
    if (okr_slice_is(arg->name, "reason"))
        return want_reason(c, arg->value);
    if (okr_slice_is(arg->name, "batch")) {
        if (!okr_intent_names(c->in, arg->value, &c->got->batch))
            differs(c, "batch");
        return OKR_OK;
    }
    bool old = !verb->makes && !c->again;
    if (old && okr_slice_is(arg->name, "ref"))
        want_ref(c, arg->value);
    else if (old && okr_slice_is(arg->name, "choice"))
        return want_choice(c, arg->value);
    else if (old && okr_slice_is(arg->name, "change"))
        return want_assigned(c, arg->value);
    else if (field != NULL)
        return want_field(c, field, arg->value);
    else
        differs(c, "argument");
    return OKR_OK;
}

static bool is_typed(const struct check *c, const char *name)
{
    return okr_ask_arg(c->in->ask, name).len > 0;
}

/* ---- changes that nobody typed ------------------------------------------- */

static bool is_me(const struct check *c, struct okr_slice data)
{
    struct okr_id id;
    return okr_value_as_id(data, &id) && okr_id_eq(&id, &c->in->person);
}

static bool is_near(const struct check *c, const struct okr_field_info *field,
                    struct okr_slice data, okr_us by)
{
    int64_t at;
    if (!okr_value_as_int(data, &at))
        return false;
    if (field->type == OKR_TYPE_DAY)
        at *= DAY_US;
    return near(at, c->in->now, by);
}

static bool follows_metric(const struct check *c, const struct okr_change *one)
{
    uint32_t metric;
    return is_typed(c, "start") && is_typed(c, "target") &&
           okr_value_as_enum(one->data, &metric) &&
           (metric == OKR_V_METRIC_INCREASE || metric == OKR_V_METRIC_DECREASE);
}

/* What a new entity of the kind has where nobody said so. */
static bool is_default(const struct check *c,
                       const struct okr_field_info *field,
                       const struct okr_change *one)
{
    const struct okr_kind_info *kind = okr_kind_info(c->got->kind);
    uint16_t n = field->number;
    if (n == okr_field_named(kind->number, "owner") ||
        ((kind->add & OKR_WHO_SELF) != 0 &&
         n == okr_field_named(kind->number, "person")))
        return is_me(c, one->data);
    if (kind->home == OKR_HOME_UNIT && n == kind->home_field)
        return true;
    switch (kind->number) {
    case OKR_KIND_CHECK_IN:
        if (n == OKR_F_CI_OBSERVED_AT && !is_typed(c, "amends"))
            return is_near(c, field, one->data, CLOCK_US);
        return is_typed(c, "amends") &&
               (n == OKR_F_CI_OBSERVED_AT ||
                (n == OKR_F_CI_KEY_RESULT && !is_typed(c, "key_result")));
    case OKR_KIND_KEY_RESULT:
        return n == OKR_F_METRIC ? follows_metric(c, one)
                                 : n == OKR_F_UNIT_OF_MEASURE && c->percent;
    case OKR_KIND_STANDUP:
        return n == OKR_F_SU_DAY && is_near(c, field, one->data, 2 * DAY_US);
    case OKR_KIND_FOCUS:
        return n == OKR_F_FO_RANK || n == OKR_F_HORIZON ||
               (n == OKR_F_FO_WEEK && is_near(c, field, one->data, 9 * DAY_US));
    case OKR_KIND_PROPOSAL:
        return n == OKR_F_PR_CYCLE;
    case OKR_KIND_REVIEW:
        return n == OKR_F_RV_CYCLE;
    case OKR_KIND_HEALTH:
        return n == OKR_F_HE_WEEK && is_near(c, field, one->data, 9 * DAY_US);
    default:
        return false;
    }
}

static bool moves_to(const struct check *c, const struct okr_change *one)
{
    const struct okr_move_info *move;
    uint32_t to;
    if (!okr_value_as_enum(one->data, &to))
        return false;
    for (size_t at = 0; (move = okr_move_next(&at)) != NULL;)
        if (move->kind == c->got->kind && move->verb == c->got->verb &&
            move->field == one->field && move->to == to)
            return true;
    return false;
}

/* What the verb itself says. */
static bool is_implied(const struct check *c,
                       const struct okr_field_info *field,
                       const struct okr_change *one)
{
    bool yes;
    if (one->form != OKR_REG_VALUE)
        return false;
    if (c->work->verb->makes || c->again)
        return is_default(c, field, one);
    if (c->work->verb->form == OKR_FORM_MOVE_STATE)
        return moves_to(c, one);
    switch (c->got->verb) {
    case OKR_VERB_ARCHIVE:
    case OKR_VERB_RESTORE:
        return one->field == OKR_F_ARCHIVED &&
               okr_value_as_bool(one->data, &yes) &&
               yes == (c->got->verb == OKR_VERB_ARCHIVE);
    case OKR_VERB_LEAVE:
        return is_near(c, field, one->data, 2 * DAY_US);
    case OKR_VERB_SCORE:
        return one->field == okr_field_named(c->got->kind, "score_reason") &&
               okr_slice_eq(one->data, c->got->reason);
    default:
        return false;
    }
}

static void check_rest(struct check *c)
{
    if (c->got->reason.len > 0 && !is_typed(c, "reason"))
        differs(c, "reason");
    if (!okr_id_is_zero(&c->got->batch) && !is_typed(c, "batch"))
        differs(c, "batch");
    for (size_t i = 0; i < c->got->n_changes; i++) {
        const struct okr_change *one = &c->got->changes[i];
        const struct okr_field_info *field =
            okr_field_info(c->got->kind, one->field);
        if (!c->matched[i] && (field == NULL || !is_implied(c, field, one)))
            differs(c, word_of(c, one->field));
    }
}

/* ---- which act ----------------------------------------------------------- */

/* A second vote or stand-up of a day changes the first one (again.c). */
static bool is_again(const struct check *c)
{
    const struct okr_field_info *field;
    if (c->got->verb != OKR_VERB_SET)
        return false;
    for (size_t at = 0; (field = okr_field_next(c->got->kind, &at)) != NULL;)
        if ((field->flags & OKR_FLAG_KEY) != 0)
            return true;
    return false;
}

/* `add kind=task` and `task` are one, as in compose.c. */
static void check_verb(struct check *c, bool *ret_kind_first)
{
    struct okr_slice method = c->in->ask->method;
    const struct okr_verb_info *verb = okr_verb_by_word(method);
    const struct okr_verb_info *got = okr_verb_info(c->got->verb);
    bool add = verb != NULL && verb->number == OKR_VERB_ADD;
    *ret_kind_first = add;
    if (got == NULL || okr_kind_info(c->got->kind) == NULL ||
        got->form == OKR_FORM_KEYS) {
        if (verb == NULL || got == NULL || verb->number != got->number ||
            verb->number != OKR_VERB_REVOKE)
            differs(c, "verb");
    } else if (add || verb == NULL || verb->makes) {
        const struct okr_kind_info *kind =
            okr_kind_by_word(add ? okr_ask_arg(c->in->ask, "kind") : method);
        if (kind == NULL || kind->number != c->got->kind ||
            (!got->makes && !is_again(c)))
            differs(c, "kind");
        else
            c->again = !got->makes;
    } else if (verb->number != got->number) {
        differs(c, "verb");
    }
    c->work->verb = got;
    c->work->kind = okr_kind_info(c->got->kind);
}

enum okr_err okr_intent_check(const struct okr_intent *intent,
                              const struct okr_payload *payload,
                              struct okr_problem *ret_problem)
{
    OKR_ASSERT(intent != NULL && payload != NULL && ret_problem != NULL);
    struct check *c = okr_arena_alloc(intent->arena, sizeof *c);
    struct okr_work *work = okr_arena_alloc(intent->arena, sizeof *work);
    struct okr_compose *ground = okr_arena_alloc(intent->arena, sizeof *ground);
    if (c == NULL || work == NULL || ground == NULL)
        return OKR_ERR_NOMEM;
    *ret_problem = (struct okr_problem){0};
    *ground =
        (struct okr_compose){.person = intent->person, .now = intent->now};
    *work = (struct okr_work){
        .ground = ground, .ask = intent->ask, .arena = intent->arena};
    *c = (struct check){
        .in = intent, .got = payload, .work = work, .problem = ret_problem};
    bool kind_first;
    if (payload->n_changes > OKR_CHANGES_MAX)
        differs(c, "changes");
    check_verb(c, &kind_first);
    for (size_t i = 0; i < intent->ask->n_args && on(c); i++) {
        bool is_kind =
            kind_first && okr_slice_is(intent->ask->args[i].name, "kind");
        if (is_kind)
            kind_first = false; /* a second one is the field */
        else
            OKR_TRY(want_arg(c, &intent->ask->args[i]));
    }
    if (on(c))
        check_rest(c);
    return OKR_OK;
}
