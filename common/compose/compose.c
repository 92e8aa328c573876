/* From a question to a payload: which verb, which entity, which changes. */
#include "common/compose/compose.h"

#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/compose/work.h"
#include "common/model/text.h"
#include "common/model/value.h"
#include "common/rules/validate.h"
#include "common/rules/validate_verb.h"

/* ---- which verb of which kind -------------------------------------------- */

static void refuse_method(struct okr_work *work)
{
    *work->problem =
        (struct okr_problem){.rule = OKR_RULE_UNKNOWN_VERB, .usage = true};
    okr_say(work->problem, N_("%s is nothing that can be done here"),
            OKR_SAID_TYPED(work->ask->method));
    okr_say_remedy(work->problem, N_("see okr --help"));
}

static const char *said_kinds(struct okr_said *said)
{
    const struct okr_kind_info *kind;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (kind->add != OKR_WHO_NOBODY)
            okr_said_item(said, kind->word);
    return said->text;
}

static void refuse_kind(struct okr_work *work, struct okr_slice word)
{
    *work->problem =
        (struct okr_problem){.rule = OKR_RULE_UNKNOWN_KIND, .usage = true};
    struct okr_said kinds = {0};
    if (word.len == 0)
        okr_say(work->problem, N_("add needs a kind; one of %s"),
                said_kinds(&kinds));
    else
        okr_say(work->problem, N_("%s is no kind that can be added; one of %s"),
                OKR_SAID_TYPED(word), said_kinds(&kinds));
    okr_say_remedy(work->problem, N_("write okr add KIND --field value"));
}

/* Kinds with a maker of their own: a check-in is checked in, not added. */
static uint16_t maker_of(uint16_t kind)
{
    static const uint16_t makers[] = {OKR_VERB_ADD, OKR_VERB_CHECKIN,
                                      OKR_VERB_INVITE};
    for (size_t i = 0; i < sizeof makers / sizeof makers[0]; i++)
        if (okr_verb_fits(makers[i], kind))
            return makers[i];
    return 0;
}

static void make_kind(struct okr_work *work, struct okr_slice word)
{
    const struct okr_kind_info *kind = okr_kind_by_word(word);
    if (kind == NULL || kind->add == OKR_WHO_NOBODY) {
        refuse_kind(work, word);
        return;
    }
    work->kind = kind;
    work->verb = okr_verb_info(maker_of(kind->number));
    OKR_ASSERT(work->verb != NULL && work->verb->makes);
}

/* `add kind=task` and `task` are one; so are `checkin`, `comment`, `vote`. */
static void find_verb(struct okr_work *work)
{
    struct okr_slice method = work->ask->method, word = OKR_SLICE_NONE;
    work->verb = okr_verb_by_word(method);
    if (work->verb != NULL && work->verb->number == OKR_VERB_ADD) {
        work->dashed = true;
        (void)okr_work_arg(work, "kind", &word);
        make_kind(work, word);
    } else if (work->verb == NULL || work->verb->makes) {
        const struct okr_kind_info *kind = okr_kind_by_word(method);
        if (kind == NULL)
            refuse_method(work);
        else
            make_kind(work, method);
        work->by_kind = true;
        work->dashed = okr_slice_is(method, "checkin");
    }
}

/* ---- something that is there --------------------------------------------- */

static void refuse_verb(struct okr_work *work, const struct okr_record *record)
{
    *work->problem = (struct okr_problem){.rule = OKR_RULE_WRONG_KIND};
    okr_say(work->problem, N_("%s is of kind %s: there is no %s for it"),
            OKR_SAID_ENTITY(record), okr_said_kind(record->kind),
            work->verb->word);
    okr_say_remedy(work->problem, N_("name an entity of a kind that has it"));
}

static enum okr_err find_target(struct okr_work *work)
{
    struct okr_slice ref;
    const struct okr_space *space = &work->ground->space;
    if (!okr_work_arg(work, "ref", &ref) || ref.len == 0) {
        *work->problem =
            (struct okr_problem){.rule = OKR_RULE_MISSING, .usage = true};
        okr_say(work->problem, N_("%s needs a reference"), work->verb->word);
        okr_say_remedy(work->problem, N_("okr list shows references"));
        return OKR_OK;
    }
    OKR_STEP(work,
             okr_resolve(space, OKR_KIND_ANY, ref, &work->id, work->problem));
    OKR_TRY(okr_entity_get(space, &work->id, &work->shown));
    work->kind = okr_kind_info(work->shown->kind);
    if (work->kind == NULL)
        return OKR_ERR_VERSION; /* made by a newer version */
    if (work->verb->form == OKR_FORM_RESOLVE)
        return OKR_OK; /* it finds the conflict of what was named */
    if (!okr_verb_fits(work->verb->number, work->kind->number))
        refuse_verb(work, work->shown);
    return OKR_OK;
}

/* ---- what is changed ----------------------------------------------------- */

static bool same_word(struct okr_slice typed, const char *word)
{
    return okr_slice_is(typed, word);
}

static enum okr_err read_reason(struct okr_work *work, struct okr_slice text)
{
    struct okr_slice normal;
    enum okr_rule rule = okr_text_normal(text, work->arena, &normal);
    if (rule == OKR_RULE_NONE && normal.data == NULL)
        return OKR_ERR_NOMEM;
    if (rule == OKR_RULE_NONE)
        rule = okr_text_check(normal, false, OKR_TEXT_CHARS_MAX);
    if (rule != OKR_RULE_NONE) {
        work->dashed = true;
        okr_work_blame(work, rule, OKR_SLICE_LIT("reason"));
        okr_say(work->problem, "%s", okr_rule_what(rule));
        okr_say_remedy(work->problem, "%s", okr_rule_remedy(rule));
        return OKR_OK;
    }
    work->reason = normal;
    return OKR_OK;
}

/* The batch is part of the act, and with it of what the act makes. */
static enum okr_err read_batch(struct okr_work *work, struct okr_slice text)
{
    const struct okr_field_info *field =
        okr_field_info(OKR_KIND_ANY, OKR_F_BATCH);
    return okr_work_entity(work, field, text, &work->batch);
}

static enum okr_err read_field(struct okr_work *work,
                               const struct okr_field_info *field,
                               struct okr_slice text)
{
    if (field->kind == OKR_KIND_CHECK_IN && field->number == OKR_F_CI_VALUE)
        OKR_STEP(work, okr_work_measured(work, text, &text));
    return okr_work_field(work, field, text);
}

/* Every argument that is left: a reason, an assignment, or a field's name. */
static enum okr_err read_args(struct okr_work *work)
{
    for (size_t i = 0; i < work->ask->n_args; i++) {
        const struct okr_arg *arg = &work->ask->args[i];
        if (work->used[i])
            continue;
        const struct okr_field_info *field =
            okr_field_by_word(work->kind->number, arg->name);
        bool changes = work->verb->form == OKR_FORM_CHANGE;
        work->used[i] = true;
        if (same_word(arg->name, "reason"))
            OKR_STEP(work, read_reason(work, arg->value));
        else if (same_word(arg->name, "batch"))
            OKR_STEP(work, read_batch(work, arg->value));
        else if (changes && same_word(arg->name, "change"))
            OKR_STEP(work, okr_work_assign(work, arg->value));
        else if ((changes || work->verb->makes) && field != NULL)
            OKR_STEP(work, read_field(work, field, arg->value));
        else
            work->used[i] = false;
    }
    okr_work_leftovers(work);
    return OKR_OK;
}

static enum okr_err compose_new(struct okr_work *work)
{
    const struct okr_compose *ground = work->ground;
    work->id = okr_id_make(ground->now, ground->entropy);
    if (work->verb->form == OKR_FORM_CHECKIN)
        OKR_STEP(work, okr_work_checkin_of(work));
    OKR_STEP(work, read_args(work));
    if (work->verb->form == OKR_FORM_CHECKIN)
        OKR_STEP(work, okr_work_checkin(work));
    OKR_STEP(work, okr_work_defaults(work));
    okr_work_missing(work);
    return work->by_kind && work->problem->rule == OKR_RULE_NONE
               ? okr_work_again(work)
               : OKR_OK;
}

/* Verbs that say by themselves what they change. */
static enum okr_err add_implied(struct okr_work *work)
{
    struct okr_slice value;
    bool archive = work->verb->number == OKR_VERB_ARCHIVE;
    if (archive || work->verb->number == OKR_VERB_RESTORE) {
        value = okr_value_bool(work->arena, archive);
        return okr_work_imply(work, OKR_F_ARCHIVED, value);
    }
    if (work->verb->number == OKR_VERB_LEAVE) {
        value = okr_value_int(work->arena, okr_work_today(work));
        return okr_work_imply(work, OKR_F_LEFT, value);
    }
    uint16_t score_reason = okr_field_named(work->kind->number, "score_reason");
    if (work->verb->number == OKR_VERB_SCORE && work->reason.len > 0)
        return okr_work_imply(work, score_reason, work->reason);
    return OKR_OK;
}

static void refuse_nothing(struct okr_work *work)
{
    *work->problem =
        (struct okr_problem){.rule = OKR_RULE_MISSING, .usage = true};
    struct okr_said command;
    (void)snprintf(command.text, sizeof command.text, "okr %s REF field=value",
                   work->verb->word);
    okr_say(work->problem, N_("%s changes nothing: no field is given"),
            work->verb->word);
    okr_say_remedy(work->problem, N_("write %s"), command.text);
}

static enum okr_err compose_old(struct okr_work *work)
{
    OKR_STEP(work, find_target(work));
    if (work->verb->form == OKR_FORM_RESOLVE)
        OKR_STEP(work, okr_work_resolve(work));
    if (work->verb->form == OKR_FORM_MOVE_STATE)
        OKR_STEP(work, okr_work_move(work));
    OKR_STEP(work, read_args(work));
    OKR_STEP(work, add_implied(work));
    if (work->n == 0 && work->verb->form == OKR_FORM_CHANGE)
        refuse_nothing(work);
    return OKR_OK;
}

/* ---- the payload --------------------------------------------------------- */

/* What the tables refuse is told here already, with what was typed. */
static enum okr_err check_shape(struct okr_work *work,
                                const struct okr_payload *payload)
{
    struct okr_verdict verdict = okr_validate_shape(payload);
    if (okr_verdict_is_in(&verdict))
        return OKR_OK;
    const struct okr_change *change = okr_work_change(work, verdict.field);
    const struct okr_field_info *field =
        okr_field_info(payload->kind, verdict.field);
    if (verdict.field == 0 || change == NULL || field == NULL) {
        okr_problem_of(&verdict, payload->kind, work->problem);
        work->problem->usage = true;
        return OKR_OK;
    }
    char *text = okr_value_text(field, change->data, work->ground->offset_min,
                                work->arena);
    if (text == NULL)
        return OKR_ERR_NOMEM;
    okr_work_blame_value(work, verdict.rule, field, okr_slice_str(text));
    okr_say(work->problem, N_(": %s"), okr_rule_what(verdict.rule));
    bool confidence = field->kind == OKR_KIND_CHECK_IN &&
                      field->number == OKR_F_CI_CONFIDENCE;
    okr_say_remedy(work->problem, "%s",
                   confidence ? N_("give 0 (no hope) to 10 (certain)")
                              : okr_rule_remedy(verdict.rule));
    return OKR_OK;
}

static enum okr_err finish(struct okr_work *work,
                           struct okr_payload *ret_payload)
{
    struct okr_change *changes =
        okr_arena_array(work->arena, work->n, sizeof *changes);
    if (changes == NULL)
        return OKR_ERR_NOMEM;
    if (work->n > 0)
        memcpy(changes, work->changes, work->n * sizeof *changes);
    struct okr_payload payload = {
        .verb = work->verb->number,
        .kind = work->kind->number,
        .entity = work->id,
        .changes = changes,
        .n_changes = work->n,
        .reason = work->reason,
        .batch = work->batch,
    };
    OKR_STEP(work, check_shape(work, &payload));
    *ret_payload = payload;
    return OKR_OK;
}

enum okr_err okr_compose(const struct okr_compose *ground,
                         const struct okr_ask *ask,
                         struct okr_payload *ret_payload,
                         struct okr_problem *ret_problem)
{
    OKR_ASSERT(ground != NULL && ask != NULL);
    OKR_ASSERT(ret_payload != NULL && ret_problem != NULL);
    struct okr_arena *arena = ground->space.arena;
    struct okr_work *work = okr_arena_alloc(arena, sizeof *work);
    bool *used = okr_arena_array(arena, ask->n_args, sizeof *used);
    if (work == NULL || used == NULL)
        return OKR_ERR_NOMEM;
    *ret_problem = (struct okr_problem){0};
    work->ground = ground;
    work->ask = ask;
    work->arena = arena;
    work->problem = ret_problem;
    work->used = used;
    find_verb(work);
    if (ret_problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    OKR_STEP(work, work->verb->makes ? compose_new(work) : compose_old(work));
    return finish(work, ret_payload);
}
