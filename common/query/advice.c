/* What is to be said about a draft before anybody refuses it: writing hints,
 * and what publishing would find.  `hints`, the warnings behind a write, and
 * the offenders of a refusal. */
#include "common/base/assert.h"
#include "common/compose/say.h"
#include "common/query/emit.h"
#include "common/query/filter.h"
#include "common/replica/publish.h"
#include "common/rules/hints.h"

/* ---- one of them --------------------------------------------------------- */

struct advice {
    const char *flaw, *what, *remedy; /* remedy NULL: the text says it all */
    bool refuses;
    struct okr_id about;
    uint32_t count;
};

static enum okr_err emit_about(struct okr_session *s, const struct okr_id *id)
{
    struct okr_node *node;
    bool visible = false;
    okr_json_key(s->out, "id");
    okr_json_id(s->out, id);
    OKR_TRY(okr_session_node(s, id, &node));
    if (node->record == NULL)
        return OKR_OK;
    OKR_TRY(okr_session_visible(s, node, &visible));
    okr_emit_ref(s, "ref", node->record->kind, id);
    okr_json_key(s->out, "kind");
    okr_json_cstr(s->out, okr_kind_info(node->record->kind)->word);
    if (visible)
        okr_emit_title(s, "title", node->record);
    return OKR_OK;
}

static enum okr_err emit(struct okr_session *s, const struct advice *a)
{
    okr_json_open_object(s->out);
    okr_json_key(s->out, "flaw");
    okr_json_cstr(s->out, a->flaw);
    okr_json_key(s->out, "what");
    okr_json_cstr(s->out, a->what);
    okr_json_key(s->out, "remedy");
    if (a->remedy == NULL)
        okr_json_null(s->out);
    else
        okr_json_cstr(s->out, a->remedy);
    okr_json_key(s->out, "refuses");
    okr_json_bool(s->out, a->refuses);
    if (a->count > 0) {
        okr_json_key(s->out, "count");
        okr_json_uint(s->out, a->count);
    }
    if (!okr_id_is_zero(&a->about))
        OKR_TRY(emit_about(s, &a->about));
    okr_json_close_object(s->out);
    return s->out->out->err;
}

static enum okr_err emit_offence(struct okr_session *s,
                                 const struct okr_offence *o)
{
    const struct advice advice = {
        .flaw = okr_flaw_word(o->flaw),
        .what = okr_flaw_what(o->flaw),
        .remedy = okr_flaw_remedy(o->flaw),
        .refuses = okr_flaw_refuses(o->flaw),
        .about = o->about,
        .count = o->count,
    };
    return emit(s, &advice);
}

/* ---- writing hints ------------------------------------------------------- */

static struct okr_slice title_of(const struct okr_node *node)
{
    if (node == NULL || node->record == NULL)
        return OKR_SLICE_NONE;
    return okr_record_text(node->record,
                           okr_field_named(node->record->kind, "title"));
}

static enum okr_err hints_of(struct okr_session *s, struct okr_node *node,
                             unsigned *ret_hints)
{
    const struct okr_record *r = node->record;
    bool kr = r->kind == OKR_KIND_KEY_RESULT;
    struct okr_hint_facts facts = {.kind = r->kind, .title = title_of(node)};
    struct okr_node *above;
    OKR_TRY(okr_session_follow(
        s, r, kr ? OKR_F_KR_OBJECTIVE : OKR_F_CONTRIBUTES_TO, &above));
    facts.parent_title = title_of(above);
    if (kr) {
        facts.metric =
            okr_record_enum(r, OKR_F_METRIC, OKR_V_METRIC_UNMEASURED);
        facts.has_start = okr_record_dec(r, OKR_F_START, &facts.start);
        facts.has_target = okr_record_dec(r, OKR_F_TARGET, &facts.target);
    }
    *ret_hints = okr_hints(&facts);
    return OKR_OK;
}

static enum okr_err emit_hints(struct okr_session *s, struct okr_node *node)
{
    unsigned hints;
    OKR_TRY(hints_of(s, node, &hints));
    for (unsigned bit = 1; bit != 0 && bit <= hints; bit <<= 1) {
        if ((hints & bit) == 0)
            continue;
        const struct advice advice = {
            .flaw = okr_hint_word((enum okr_hint)bit),
            .what = okr_hint_text((enum okr_hint)bit),
            .about = node->id,
        };
        OKR_TRY(emit(s, &advice));
    }
    return OKR_OK;
}

/* ---- what publishing would find ------------------------------------------ */

static enum okr_err publishing_of(struct okr_session *s,
                                  const struct okr_record *record,
                                  struct okr_publishing *ret)
{
    struct okr_ids ids;
    struct okr_record *policy = NULL;
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_POLICY, &ids));
    if (ids.n > 0)
        OKR_TRY(okr_entity_get(&s->space, &ids.at[0], &policy));
    *ret = okr_publishing_begin(&s->draft, policy, s->today);
    if (record->kind == OKR_KIND_CYCLE)
        return okr_publish_cycle(ret, record);
    return okr_publish_objective(ret, record);
}

static bool is_over(const struct okr_record *objective)
{
    return okr_session_state(objective) >= OKR_V_OBJECTIVE_STATE_CLOSED;
}

/* The objective whose publishing concerns the node; NULL: none does. */
static enum okr_err objective_of(struct okr_session *s, struct okr_node *node,
                                 struct okr_node **ret)
{
    *ret = node;
    if (node->record->kind == OKR_KIND_KEY_RESULT)
        OKR_TRY(okr_session_objective(s, node->record, ret));
    else if (node->record->kind != OKR_KIND_OBJECTIVE)
        *ret = NULL;
    if (*ret != NULL &&
        (is_over((*ret)->record) || okr_record_archived((*ret)->record)))
        *ret = NULL;
    return OKR_OK;
}

/* Behind a write only what concerns what was written; and whoever has just
 * made an objective knows that its key results are still to come. */
static bool concerns(const struct okr_offence *o, const struct okr_node *node)
{
    if (o->flaw == OKR_FLAW_KRS_FEW && o->count == 0)
        return false;
    return okr_id_eq(&o->about, &node->id) ||
           (o->flaw == OKR_FLAW_OBJECTIVES &&
            node->record->kind == OKR_KIND_OBJECTIVE);
}

static enum okr_err emit_flaws(struct okr_session *s, struct okr_node *node,
                               bool all)
{
    struct okr_publishing found;
    struct okr_node *objective = node;
    if (node->record->kind != OKR_KIND_CYCLE)
        OKR_TRY(objective_of(s, node, &objective));
    if (objective == NULL)
        return OKR_OK;
    OKR_TRY(publishing_of(s, objective->record, &found));
    bool kr = node->record->kind == OKR_KIND_KEY_RESULT;
    for (size_t i = 0; i < found.n; i++)
        if ((all && !kr) || concerns(&found.at[i], node))
            OKR_TRY(emit_offence(s, &found.at[i]));
    return OKR_OK;
}

/* ---- answers ------------------------------------------------------------- */

static enum okr_err emit_all_hints(struct okr_session *s, struct okr_node *node)
{
    const struct okr_ids *ids;
    uint16_t kind = node->record->kind;
    if (kind == OKR_KIND_OBJECTIVE || kind == OKR_KIND_KEY_RESULT)
        OKR_TRY(emit_hints(s, node));
    if (kind != OKR_KIND_OBJECTIVE)
        return emit_flaws(s, node, true);
    OKR_TRY(okr_session_key_results(s, node, &ids));
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *kr;
        OKR_TRY(okr_session_node(s, &ids->at[i], &kr));
        OKR_TRY(emit_hints(s, kr));
    }
    return emit_flaws(s, node, true);
}

static void refuse_kind(struct okr_session *s)
{
    *s->problem = (struct okr_problem){.rule = OKR_RULE_WRONG_KIND};
    okr_say(s->problem, N_("there are hints about objectives, key results and "
                           "cycles only"));
    okr_say_remedy(s->problem, N_("name an entity of the right kind"));
}

enum okr_err okr_query_hints(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_node *node;
    OKR_ASKED(s, okr_filter_ref(s, ask, &node));
    uint16_t kind = node->record->kind;
    if (kind != OKR_KIND_OBJECTIVE && kind != OKR_KIND_KEY_RESULT &&
        kind != OKR_KIND_CYCLE) {
        refuse_kind(s);
        return OKR_OK;
    }
    okr_json_open_object(s->out);
    OKR_TRY(emit_about(s, &node->id));
    okr_json_key(s->out, "hints");
    okr_json_open_array(s->out);
    OKR_TRY(emit_all_hints(s, node));
    okr_json_close_array(s->out);
    okr_json_close_object(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_saved(const struct okr_query *query,
                             const struct okr_id *id, struct okr_json *out)
{
    struct okr_session s;
    struct okr_problem problem;
    struct okr_node *node;
    OKR_ASSERT(id != NULL);
    OKR_TRY(okr_session_init(&s, query, out, &problem));
    OKR_TRY(okr_session_node(&s, id, &node));
    if (node->record == NULL)
        return OKR_ERR_NOTFOUND;
    uint16_t kind = node->record->kind;
    okr_json_open_object(out);
    OKR_TRY(okr_emit_members(&s, node));
    if (kind == OKR_KIND_OBJECTIVE || kind == OKR_KIND_KEY_RESULT) {
        okr_json_key(out, "warnings");
        okr_json_open_array(out);
        OKR_TRY(emit_hints(&s, node));
        OKR_TRY(emit_flaws(&s, node, false));
        okr_json_close_array(out);
    }
    okr_json_close_object(out);
    return out->out->err;
}

enum okr_err okr_query_offences(const struct okr_query *query,
                                const struct okr_offence *offences, size_t n,
                                struct okr_json *out)
{
    struct okr_session s;
    struct okr_problem problem;
    OKR_TRY(okr_session_init(&s, query, out, &problem));
    okr_json_open_array(out);
    for (size_t i = 0; i < n; i++)
        OKR_TRY(emit_offence(&s, &offences[i]));
    okr_json_close_array(out);
    return out->out->err;
}

/* ---- carrying over ------------------------------------------------------- */

static bool is_undecided(const struct okr_record *objective)
{
    return is_over(objective) && !okr_record_archived(objective) &&
           okr_record_enum(objective, OKR_F_CARRIED, 0) == 0;
}

/* Of a cycle: its objectives that are over and not decided on. */
enum okr_err okr_query_carry_list(struct okr_session *s,
                                  const struct okr_ask *ask)
{
    struct okr_slice ref = okr_ask_arg(ask, "ref");
    struct okr_id cycle;
    struct okr_ids ids;
    OKR_ASKED(s,
              okr_resolve(&s->space, OKR_KIND_CYCLE, ref, &cycle, s->problem));
    OKR_TRY(okr_index_find(&s->space, OKR_KIND_OBJECTIVE, OKR_F_O_CYCLE,
                           okr_id_slice(&cycle), &ids));
    okr_json_open_array(s->out);
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_node *node;
        OKR_TRY(okr_session_node(s, &ids.at[i], &node));
        if (node->record != NULL && is_undecided(node->record))
            OKR_TRY(okr_emit_entity(s, node));
    }
    okr_json_close_array(s->out);
    return s->out->out->err;
}
