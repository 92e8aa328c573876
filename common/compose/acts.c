/* Acts of several operations, each composed as if a person typed it. */
#include "common/compose/acts.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/compose/acts_impl.h"
#include "common/compose/say.h"
#include "common/crypto/hash.h"
#include "common/model/dates.h"
#include "common/replica/publish.h"

/* ---- one operation more -------------------------------------------------- */

/* Every new entity has an id of its own: from what was drawn for the act. */
static void draw(struct okr_making *m, struct okr_compose *ground)
{
    uint8_t number[4];
    okr_be_put32(number, ++m->drawn);
    const struct okr_slice parts[2] = {
        okr_slice_of(m->ground->entropy, sizeof m->ground->entropy),
        okr_slice_of(number, sizeof number),
    };
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    *ground = *m->ground;
    memcpy(ground->entropy, hash.b, sizeof ground->entropy);
}

static enum okr_err grow(struct okr_making *m)
{
    size_t cap = m->cap == 0 ? 64 : 2 * m->cap;
    struct okr_payload *at =
        okr_arena_array(m->ground->space.arena, cap, sizeof *at);
    if (at == NULL)
        return OKR_ERR_NOMEM;
    if (m->acts.n > 0)
        memcpy(at, m->acts.at, m->acts.n * sizeof *at);
    m->acts.at = at;
    m->cap = cap;
    return OKR_OK;
}

struct okr_slice okr_making_hex(struct okr_making *m, const struct okr_id *id)
{
    char hex[OKR_ID_HEX];
    okr_id_hex(id, hex);
    return okr_arena_copy(m->ground->space.arena, okr_slice_str(hex));
}

enum okr_err okr_making_add(struct okr_making *m, const char *method,
                            const struct okr_arg *args, size_t n)
{
    struct okr_arg all[OKR_MAKING_ARGS + 2];
    struct okr_compose ground;
    OKR_ASSERT(n <= OKR_MAKING_ARGS);
    if (m->problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    if (m->acts.n == m->cap)
        OKR_TRY(grow(m));
    struct okr_ask ask = {.method = okr_slice_str(method), .args = all};
    for (size_t i = 0; i < n; i++)
        all[ask.n_args++] = args[i];
    if (!okr_id_is_zero(&m->acts.batch)) {
        struct okr_slice batch = okr_making_hex(m, &m->acts.batch);
        if (batch.data == NULL)
            return OKR_ERR_NOMEM;
        all[ask.n_args++] = (struct okr_arg){OKR_SLICE_LIT("batch"), batch};
    }
    if (m->reason.len > 0)
        all[ask.n_args++] =
            (struct okr_arg){OKR_SLICE_LIT("reason"), m->reason};
    draw(m, &ground);
    OKR_TRY(okr_compose(&ground, &ask, &m->acts.at[m->acts.n], m->problem));
    if (m->problem->rule == OKR_RULE_NONE)
        m->acts.n++;
    return OKR_OK;
}

enum okr_err okr_making_move(struct okr_making *m, const char *verb,
                             const struct okr_id *id)
{
    const struct okr_arg ref = {OKR_SLICE_LIT("ref"), okr_making_hex(m, id)};
    if (ref.value.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_making_add(m, verb, &ref, 1);
}

enum okr_err okr_making_batch(struct okr_making *m, const char *kind,
                              const struct okr_record *cycle, size_t count)
{
    char *number = okr_arena_printf(m->ground->space.arena, "%zu", count);
    struct okr_slice reason = m->reason;
    if (number == NULL)
        return OKR_ERR_NOMEM;
    const struct okr_arg args[] = {
        {OKR_SLICE_LIT("kind"), OKR_SLICE_LIT("batch")},
        {OKR_SLICE_LIT("kind"), okr_slice_str(kind)},
        {OKR_SLICE_LIT("source"), okr_record_text(cycle, OKR_F_CYCLE_NAME)},
        {OKR_SLICE_LIT("counts"), okr_slice_str(number)},
    };
    m->reason = OKR_SLICE_NONE;
    OKR_TRY(okr_making_add(m, "add", args, 4));
    m->reason = reason;
    if (m->problem->rule == OKR_RULE_NONE)
        m->acts.batch = m->acts.at[m->acts.n - 1].entity;
    return OKR_OK;
}

/* ---- publishing and closing a cycle -------------------------------------- */

static uint32_t phase_of(const struct okr_record *cycle)
{
    return okr_record_enum(cycle, OKR_F_PHASE, OKR_V_PHASE_RUNNING);
}

static bool is_published(const struct okr_record *objective, bool light)
{
    (void)light;
    return !okr_record_archived(objective) &&
           okr_record_enum(objective, OKR_F_O_STATE,
                           OKR_V_OBJECTIVE_STATE_PUBLISHED) ==
               OKR_V_OBJECTIVE_STATE_PUBLISHED;
}

typedef bool which(const struct okr_record *objective, bool light);

/* The objectives of the cycle that the act is about. */
static enum okr_err choose(struct okr_making *m, const struct okr_record *cycle,
                           which *fits, struct okr_ids *ret_ids)
{
    const struct okr_space *space = &m->ground->space;
    size_t n = 0;
    OKR_TRY(okr_index_find(space, OKR_KIND_OBJECTIVE, OKR_F_O_CYCLE,
                           okr_id_slice(&cycle->id), ret_ids));
    for (size_t i = 0; i < ret_ids->n; i++) {
        struct okr_record *objective;
        OKR_TRY(okr_entity_get(space, &ret_ids->at[i], &objective));
        if (fits(objective, m->light))
            ret_ids->at[n++] = ret_ids->at[i];
    }
    ret_ids->n = n;
    return OKR_OK;
}

/* All that is in the way is told before anything is saved. */
static enum okr_err look_ahead(struct okr_making *m,
                               const struct okr_record *cycle)
{
    struct okr_draft draft;
    OKR_TRY(okr_draft_init(&draft, &m->ground->space));
    struct okr_publishing p = okr_publishing_begin(
        &draft, m->policy, okr_day_at(m->ground->now, m->ground->offset_min));
    if (p.light)
        return OKR_OK;
    p.strict = true;
    p.decided = m->reason.len > 0;
    OKR_TRY(okr_publish_cycle(&p, cycle));
    okr_publish_refusals(&p);
    if (p.n == 0)
        return OKR_OK;
    struct okr_verdict v =
        okr_verdict_reject_about(OKR_RULE_LIMITS, 0, &cycle->id);
    v.offences = p.at;
    v.n_offences = p.n;
    okr_problem_of(&v, OKR_KIND_CYCLE, m->problem);
    return OKR_OK;
}

static void refuse_empty(struct okr_making *m, const struct okr_record *cycle,
                         const char *verb)
{
    *m->problem = (struct okr_problem){.rule = OKR_RULE_NOT_OPEN};
    okr_say(m->problem, N_("%s: nothing is left to %s"), OKR_SAID_ENTITY(cycle),
            verb);
    okr_say_remedy(m->problem, N_("`okr list --cycle CYCLE` shows the states"));
}

struct ending {
    const char *verb, *batch;
    which *fits;
    unsigned done; /* phases in which the gate is behind it already */
};

static enum okr_err make_ending(struct okr_making *m,
                                const struct okr_record *cycle,
                                const struct ending *e)
{
    struct okr_ids ids;
    bool gate = (e->done & (1U << phase_of(cycle))) == 0;
    OKR_TRY(choose(m, cycle, e->fits, &ids));
    if (!gate && ids.n == 0) {
        refuse_empty(m, cycle, e->verb);
        return OKR_OK;
    }
    OKR_TRY(okr_making_batch(m, e->batch, cycle, ids.n));
    if (gate)
        OKR_TRY(okr_making_move(m, e->verb, &cycle->id));
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(okr_making_move(m, e->verb, &ids.at[i]));
    return OKR_OK;
}

static const struct ending publishing = {
    .verb = "publish",
    .batch = "publication",
    .fits = okr_publish_goes,
    .done = 1U << OKR_V_PHASE_PUBLISHED | 1U << OKR_V_PHASE_RUNNING |
            1U << OKR_V_PHASE_ASSESSING | 1U << OKR_V_PHASE_REFLECTING,
};
static const struct ending closing = {
    .verb = "close",
    .batch = "close",
    .fits = is_published,
    .done = 1U << OKR_V_PHASE_CLOSED,
};

static enum okr_err end_cycle(struct okr_making *m, const struct okr_ask *ask)
{
    const struct ending *ending =
        okr_slice_is(ask->method, "close") ? &closing : &publishing;
    struct okr_record *cycle;
    OKR_TRY(okr_entity_get(&m->ground->space, &m->acts.shown, &cycle));
    if (ending == &publishing && phase_of(cycle) == OKR_V_PHASE_REVIEW)
        OKR_TRY(look_ahead(m, cycle));
    if (m->problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    return make_ending(m, cycle, ending);
}

/* ---- which act ----------------------------------------------------------- */

static bool ends_cycles(struct okr_slice method)
{
    return okr_slice_is(method, "publish") || okr_slice_is(method, "close");
}

bool okr_acts_named(struct okr_slice method)
{
    return ends_cycles(method) || okr_slice_is(method, "carry_over");
}

enum okr_err okr_acts_is_one(const struct okr_space *space,
                             const struct okr_ask *ask, bool *ret_is)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_record *record;
    struct okr_id id;
    *ret_is = okr_slice_is(ask->method, "carry_over");
    if (*ret_is || !ends_cycles(ask->method))
        return OKR_OK;
    OKR_TRY(okr_resolve(space, OKR_KIND_ANY, okr_ask_arg(ask, "ref"), &id,
                        &problem));
    if (problem.rule != OKR_RULE_NONE)
        return OKR_OK;
    enum okr_err err = okr_entity_get(space, &id, &record);
    *ret_is = err == OKR_OK && record->kind == OKR_KIND_CYCLE;
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

static enum okr_err begin(struct okr_making *m, const struct okr_ask *ask)
{
    const struct okr_space *space = &m->ground->space;
    struct okr_ids ids;
    OKR_TRY(okr_resolve(space, OKR_KIND_CYCLE, okr_ask_arg(ask, "ref"),
                        &m->acts.shown, m->problem));
    OKR_TRY(okr_index_kind(space, OKR_KIND_POLICY, &ids));
    if (ids.n > 0)
        OKR_TRY(okr_entity_get(space, &ids.at[0], &m->policy));
    m->light = m->policy == NULL ||
               okr_record_enum(m->policy, OKR_F_WORKFLOW,
                               OKR_V_WORKFLOW_LIGHT) == OKR_V_WORKFLOW_LIGHT;
    m->reason = okr_ask_arg(ask, "reason");
    return OKR_OK;
}

enum okr_err okr_compose_acts(const struct okr_compose *ground,
                              const struct okr_ask *ask,
                              struct okr_acts *ret_acts,
                              struct okr_problem *ret_problem)
{
    struct okr_making m = {.ground = ground, .problem = ret_problem};
    *ret_problem = (struct okr_problem){.rule = OKR_RULE_NONE};
    OKR_TRY(begin(&m, ask));
    if (ret_problem->rule != OKR_RULE_NONE)
        return OKR_OK;
    OKR_TRY(ends_cycles(ask->method) ? end_cycle(&m, ask)
                                     : okr_making_carry(&m, ask));
    *ret_acts = m.acts;
    return OKR_OK;
}
