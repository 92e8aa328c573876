/* Carrying over: what is kept begins anew in the next cycle, as a draft. */
#include "common/base/assert.h"
#include "common/compose/acts_impl.h"
#include "common/compose/work.h"
#include "common/model/value.h"

struct carrying {
    struct okr_making *m;
    const struct okr_record *to; /* the next cycle; NULL: none is named */
};

/* ---- copies -------------------------------------------------------------- */

/* What a copy does not take along: where it belongs is given anew, and what
 * was said of the past one stays there. */
static bool is_left_behind(const struct okr_field_info *field)
{
    static const uint16_t objective[] = {
        OKR_F_O_CYCLE, OKR_F_CONTRIBUTES_TO, OKR_F_O_STATE,     OKR_F_O_SCORE,
        OKR_F_CARRIED, OKR_F_O_SCORE_REASON, OKR_F_CARRIED_FROM};
    static const uint16_t kr[] = {
        OKR_F_KR_OBJECTIVE, OKR_F_START,           OKR_F_KR_DUE,
        OKR_F_PLAN,         OKR_F_KR_SCORE,        OKR_F_KR_SCORE_REASON,
        OKR_F_EXCEPTIONAL,  OKR_F_KR_CARRIED_FROM, OKR_F_NOT_APPLICABLE};
    bool o = field->kind == OKR_KIND_OBJECTIVE;
    const uint16_t *list = o ? objective : kr;
    size_t n =
        o ? sizeof objective / sizeof objective[0] : sizeof kr / sizeof kr[0];
    if (field->kind == OKR_KIND_ANY || field->merge == OKR_MERGE_DERIVED ||
        (field->flags & OKR_FLAG_SET) != 0)
        return true;
    for (size_t i = 0; i < n; i++)
        if (list[i] == field->number)
            return true;
    return false;
}

static enum okr_err put_text(struct carrying *c, struct okr_arg *args,
                             size_t *n, const struct okr_record *record,
                             uint16_t number)
{
    const struct okr_field_info *field = okr_field_info(record->kind, number);
    const struct okr_reg *reg = okr_record_reg(record, number);
    if (reg == NULL || reg->form != OKR_REG_VALUE)
        return OKR_OK;
    char *text = okr_value_text(field, reg->data, c->m->ground->offset_min,
                                c->m->ground->space.arena);
    if (text == NULL)
        return OKR_ERR_NOMEM;
    OKR_ASSERT(*n < OKR_MAKING_ARGS);
    args[(*n)++] =
        (struct okr_arg){okr_slice_str(field->word), okr_slice_str(text)};
    return OKR_OK;
}

static enum okr_err put_id(struct carrying *c, struct okr_arg *args, size_t *n,
                           const char *name, const struct okr_id *id)
{
    struct okr_slice hex = okr_making_hex(c->m, id);
    OKR_ASSERT(*n < OKR_MAKING_ARGS);
    args[(*n)++] = (struct okr_arg){okr_slice_str(name), hex};
    return hex.data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

static enum okr_err put_copies(struct carrying *c, struct okr_arg *args,
                               size_t *n, const struct okr_record *record)
{
    const struct okr_field_info *field;
    for (size_t at = 0; (field = okr_field_next(record->kind, &at)) != NULL;)
        if (!is_left_behind(field))
            OKR_TRY(put_text(c, args, n, record, field->number));
    return put_id(c, args, n, "carried_from", &record->id);
}

/* Progress restarts: from the value reached, where that lies on the way; else
 * from where it began. */
static bool is_on_the_way(const struct okr_record *kr)
{
    struct okr_dec start, value, target;
    if (!okr_record_dec(kr, OKR_F_START, &start) ||
        !okr_record_dec(kr, OKR_F_VALUE, &value) ||
        !okr_record_dec(kr, OKR_F_TARGET, &target))
        return false;
    int from = okr_dec_cmp(value, start), left = okr_dec_cmp(target, value);
    return (from > 0 && left > 0) || (from < 0 && left < 0);
}

static enum okr_err copy_kr(struct carrying *c, const struct okr_record *kr,
                            const struct okr_id *objective)
{
    struct okr_arg args[OKR_MAKING_ARGS] = {
        {OKR_SLICE_LIT("kind"), OKR_SLICE_LIT("key_result")}};
    size_t n = 1;
    OKR_TRY(put_id(c, args, &n, "objective", objective));
    OKR_TRY(put_copies(c, args, &n, kr));
    size_t start = n;
    OKR_TRY(put_text(c, args, &n, kr,
                     is_on_the_way(kr) ? OKR_F_VALUE : OKR_F_START));
    if (n > start)
        args[start].name = OKR_SLICE_LIT("start");
    size_t due = n;
    OKR_TRY(put_text(c, args, &n, c->to, OKR_F_CYCLE_END));
    if (n > due)
        args[due].name = OKR_SLICE_LIT("due");
    return okr_making_add(c->m, "add", args, n);
}

/* What it contributed to, if that goes on: in a longer cycle, or carried over
 * itself. */
static enum okr_err put_above(struct carrying *c, struct okr_arg *args,
                              size_t *n, const struct okr_record *old)
{
    const struct okr_space *space = &c->m->ground->space;
    struct okr_record *above;
    struct okr_id id, cycle;
    struct okr_ids ids;
    if (!okr_record_id(old, OKR_F_CONTRIBUTES_TO, &id))
        return OKR_OK;
    enum okr_err err = okr_entity_get(space, &id, &above);
    if (err != OKR_OK)
        return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
    if (above->kind != OKR_KIND_OBJECTIVE)
        return OKR_OK;
    if (okr_record_enum(above, OKR_F_O_STATE, 0) ==
        OKR_V_OBJECTIVE_STATE_PUBLISHED)
        return put_id(c, args, n, "contributes_to", &id);
    OKR_TRY(okr_index_find(space, OKR_KIND_OBJECTIVE, OKR_F_CARRIED_FROM,
                           okr_id_slice(&id), &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *next;
        OKR_TRY(okr_entity_get(space, &ids.at[i], &next));
        if (okr_record_id(next, OKR_F_O_CYCLE, &cycle) &&
            okr_id_eq(&cycle, &c->to->id) && !okr_record_archived(next))
            return put_id(c, args, n, "contributes_to", &next->id);
    }
    return OKR_OK;
}

static enum okr_err copy_objective(struct carrying *c,
                                   const struct okr_record *old)
{
    struct okr_arg args[OKR_MAKING_ARGS] = {
        {OKR_SLICE_LIT("kind"), OKR_SLICE_LIT("objective")},
        {OKR_SLICE_LIT("state"), OKR_SLICE_LIT("draft")}};
    size_t n = 2;
    struct okr_ids ids;
    OKR_TRY(put_id(c, args, &n, "cycle", &c->to->id));
    OKR_TRY(put_copies(c, args, &n, old));
    OKR_TRY(put_above(c, args, &n, old));
    OKR_TRY(okr_making_add(c->m, "add", args, n));
    if (c->m->problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    struct okr_id made = c->m->acts.at[c->m->acts.n - 1].entity;
    OKR_TRY(okr_index_children(&c->m->ground->space, &old->id,
                               OKR_KIND_KEY_RESULT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *kr;
        OKR_TRY(okr_entity_get(&c->m->ground->space, &ids.at[i], &kr));
        if (!okr_record_archived(kr))
            OKR_TRY(copy_kr(c, kr, &made));
    }
    return OKR_OK;
}

/* ---- decisions ----------------------------------------------------------- */

static void refuse_decided(struct carrying *c, const struct okr_record *record)
{
    *c->m->problem = (struct okr_problem){.rule = OKR_RULE_WRONG_STATE};
    okr_say(c->m->problem,
            N_("%s is no objective of this cycle that is over and undecided"),
            OKR_SAID_ENTITY(record));
    okr_say_remedy(c->m->problem,
                   N_("`okr carry-over CYCLE` lists those that are"));
}

static bool is_undecided(const struct carrying *c,
                         const struct okr_record *record)
{
    struct okr_id cycle;
    return record->kind == OKR_KIND_OBJECTIVE &&
           okr_record_id(record, OKR_F_O_CYCLE, &cycle) &&
           okr_id_eq(&cycle, &c->m->acts.shown) &&
           okr_record_enum(record, OKR_F_O_STATE, 0) >=
               OKR_V_OBJECTIVE_STATE_CLOSED &&
           okr_record_enum(record, OKR_F_CARRIED, 0) == 0;
}

static enum okr_err decide(struct carrying *c, struct okr_slice ref,
                           const char *decision)
{
    const struct okr_space *space = &c->m->ground->space;
    struct okr_id id;
    struct okr_record *old;
    OKR_TRY(okr_resolve(space, OKR_KIND_OBJECTIVE, ref, &id, c->m->problem));
    if (c->m->problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    OKR_TRY(okr_entity_get(space, &id, &old));
    if (!is_undecided(c, old)) {
        refuse_decided(c, old);
        return OKR_OK;
    }
    if (!okr_slice_is(okr_slice_str(decision), "abandon"))
        OKR_TRY(copy_objective(c, old));
    struct okr_arg args[2] = {
        {OKR_SLICE_LIT("ref"), okr_making_hex(c->m, &id)},
        {OKR_SLICE_LIT("carried"), okr_slice_str(decision)},
    };
    return okr_making_add(c->m, "carry", args, 2);
}

static void refuse_call(struct carrying *c, const char *what)
{
    *c->m->problem =
        (struct okr_problem){.rule = OKR_RULE_MISSING, .usage = true};
    okr_say(c->m->problem, "%s", what);
    okr_say_remedy(c->m->problem,
                   N_("write okr carry-over CYCLE --to NEXT --keep REF "
                      "--modify REF --abandon REF"));
}

static size_t count(const struct okr_ask *ask, const char *name)
{
    struct okr_slice refs, ref;
    size_t n = 0;
    for (size_t at = 0; okr_ask_next(ask, name, &at, &refs);)
        while (okr_work_part(&refs, &ref))
            n++;
    return n;
}

static enum okr_err find_next(struct carrying *c, const struct okr_ask *ask)
{
    struct okr_slice to = okr_ask_arg(ask, "to");
    struct okr_record *record;
    struct okr_id id;
    if (to.len == 0) {
        if (count(ask, "keep") + count(ask, "modify") > 0)
            refuse_call(c, N_("into which cycle? --to is missing"));
        return OKR_OK;
    }
    OKR_TRY(okr_resolve(&c->m->ground->space, OKR_KIND_CYCLE, to, &id,
                        c->m->problem));
    if (c->m->problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&c->m->ground->space, &id, &record));
    c->to = record;
    return OKR_OK;
}

enum okr_err okr_making_carry(struct okr_making *m, const struct okr_ask *ask)
{
    static const char *const decisions[] = {"keep", "modify", "abandon"};
    struct carrying c = {.m = m};
    struct okr_record *cycle;
    size_t n = 0;
    for (size_t i = 0; i < 3; i++)
        n += count(ask, decisions[i]);
    if (n == 0)
        refuse_call(&c, N_("nothing is carried over by itself: name each "
                           "objective"));
    else
        OKR_TRY(find_next(&c, ask));
    if (m->problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&m->ground->space, &m->acts.shown, &cycle));
    OKR_TRY(okr_making_batch(m, "carry_over", cycle, n));
    for (size_t i = 0; i < 3; i++) {
        struct okr_slice refs, ref;
        for (size_t at = 0; okr_ask_next(ask, decisions[i], &at, &refs);)
            while (m->problem->rule == OKR_RULE_NONE &&
                   okr_work_part(&refs, &ref))
                OKR_TRY(decide(&c, ref, decisions[i]));
    }
    return OKR_OK;
}
