/* `report`: the summary of a cycle, of a unit or of a person.
 *
 * Figures are of units, never of persons, and units stand in the order of the
 * company's tree: nobody is ranked. */
#include "common/compose/say.h"
#include "common/query/cycles.h"
#include "common/query/emit.h"

struct figures {
    int64_t objectives, key_results, measured, on_track, checked_in;
    int64_t bottom_up, unapproved;
    int64_t red, yellow, green;
    bool has_progress, has_score;
    okr_rate progress, score; /* of the unit's own objectives */
};
struct report {
    struct okr_session *s;
    struct okr_node *cycle;
};

/* ---- counting ------------------------------------------------------------ */

static bool is_of(const struct report *r, const struct okr_record *objective)
{
    struct okr_id cycle;
    return !okr_record_archived(objective) &&
           okr_record_id(objective, OKR_F_O_CYCLE, &cycle) &&
           okr_id_eq(&cycle, &r->cycle->id);
}

static bool is_in_force(const struct okr_record *objective)
{
    uint32_t state = okr_session_state(objective);
    return state == OKR_V_OBJECTIVE_STATE_PUBLISHED ||
           state == OKR_V_OBJECTIVE_STATE_CLOSED;
}

/* Did somebody say something of it lately, as `outdated` has it? */
static bool is_fresh(const struct report *r, const struct okr_gauge *gauge)
{
    const struct okr_session *s = r->s;
    struct okr_period period = okr_period_of(r->cycle->record);
    okr_day day = period.known && period.end < s->today ? period.end : s->today;
    return gauge->has_check_in && 2 * ((int64_t)day - gauge->last_check_in) <=
                                      3 * (int64_t)s->thresholds.cadence_days;
}

static enum okr_err count_key_results(struct report *r, struct okr_node *node,
                                      struct figures *f)
{
    const struct okr_ids *ids;
    OKR_TRY(okr_session_key_results(r->s, node, &ids));
    for (size_t i = 0; i < ids->n; i++) {
        const struct okr_gauge *gauge;
        struct okr_node *kr;
        OKR_TRY(okr_session_node(r->s, &ids->at[i], &kr));
        OKR_TRY(okr_gauge_of(r->s, kr, &gauge));
        f->key_results++;
        f->measured += gauge->measured ? 1 : 0;
        f->on_track += gauge->status == OKR_STATUS_ON_TRACK ||
                               gauge->status == OKR_STATUS_ACHIEVED
                           ? 1
                           : 0;
        f->checked_in += is_fresh(r, gauge) ? 1 : 0;
    }
    return OKR_OK;
}

static void count_score(const struct okr_record *objective, struct figures *f,
                        struct okr_part *part)
{
    struct okr_dec score;
    part->excluded = !okr_record_dec(objective, OKR_F_O_SCORE, &score);
    if (part->excluded)
        return;
    part->p = okr_dec_rate(score);
    f->has_score = true;
    switch (okr_score_band(part->p)) {
    case OKR_BAND_RED:
        f->red++;
        break;
    case OKR_BAND_YELLOW:
        f->yellow++;
        break;
    case OKR_BAND_GREEN:
        f->green++;
        break;
    }
}

static enum okr_err count_objective(struct report *r, struct okr_node *node,
                                    struct figures *f, struct okr_part *part,
                                    struct okr_part *score)
{
    const struct okr_gauge *gauge;
    OKR_TRY(okr_gauge_of(r->s, node, &gauge));
    f->objectives++;
    f->has_progress = true;
    f->bottom_up +=
        okr_record_enum(node->record, OKR_F_ORIGIN, 0) == OKR_V_ORIGIN_BOTTOM_UP
            ? 1
            : 0;
    part->p = gauge->p;
    part->has_weight =
        okr_record_dec(node->record, OKR_F_O_WEIGHT, &part->weight);
    *score = *part;
    count_score(node->record, f, score);
    return count_key_results(r, node, f);
}

/* Of the unit alone, without the units below. */
static enum okr_err count_unit(struct report *r, const struct okr_id *unit,
                               struct figures *f)
{
    struct okr_session *s = r->s;
    struct okr_ids ids;
    size_t n = 0;
    OKR_TRY(okr_index_children(&s->space, unit, OKR_KIND_OBJECTIVE, &ids));
    struct okr_part *parts =
        okr_arena_array(s->space.arena, ids.n, sizeof *parts);
    struct okr_part *scores =
        okr_arena_array(s->space.arena, ids.n, sizeof *scores);
    if (parts == NULL || scores == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_node *node;
        bool visible;
        OKR_TRY(okr_session_node(s, &ids.at[i], &node));
        if (node->record == NULL || !is_of(r, node->record))
            continue;
        OKR_TRY(okr_session_visible(s, node, &visible));
        if (visible &&
            okr_session_state(node->record) == OKR_V_OBJECTIVE_STATE_SUBMITTED)
            f->unapproved++;
        if (!is_in_force(node->record))
            continue;
        OKR_TRY(count_objective(r, node, f, &parts[n], &scores[n]));
        n++;
    }
    f->progress = okr_progress_rollup(parts, n);
    f->score = okr_score_rollup(scores, n);
    return OKR_OK;
}

static void add_up(struct figures *sum, const struct figures *f)
{
    sum->objectives += f->objectives;
    sum->key_results += f->key_results;
    sum->measured += f->measured;
    sum->on_track += f->on_track;
    sum->checked_in += f->checked_in;
    sum->bottom_up += f->bottom_up;
    sum->unapproved += f->unapproved;
    sum->red += f->red;
    sum->yellow += f->yellow;
    sum->green += f->green;
}

/* ---- telling ------------------------------------------------------------- */

static void emit_rate(struct okr_session *s, const char *key, bool known,
                      okr_rate rate)
{
    okr_json_key(s->out, key);
    if (known)
        okr_json_rate(s->out, rate);
    else
        okr_json_null(s->out);
}

static void emit_share(struct okr_session *s, const char *key, int64_t part,
                       int64_t all)
{
    emit_rate(s, key, all > 0, all > 0 ? okr_rate_div(part, all) : 0);
}

static void emit_count(struct okr_session *s, const char *key, int64_t n)
{
    okr_json_key(s->out, key);
    okr_json_int(s->out, n);
}

static void emit_figures(struct okr_session *s, const struct figures *f)
{
    emit_rate(s, "progress", f->has_progress, f->progress);
    emit_rate(s, "score", f->has_score, f->score);
    emit_count(s, "objectives", f->objectives);
    emit_count(s, "key_results", f->key_results);
    emit_share(s, "checked_in", f->checked_in, f->key_results);
    emit_share(s, "measured", f->measured, f->key_results);
    emit_share(s, "on_track", f->on_track, f->key_results);
    emit_share(s, "bottom_up", f->bottom_up, f->objectives);
    emit_count(s, "open_approvals", f->unapproved);
    okr_json_key(s->out, "scores");
    okr_json_open_object(s->out);
    emit_count(s, "red", f->red);
    emit_count(s, "yellow", f->yellow);
    emit_count(s, "green", f->green);
    okr_json_close_object(s->out);
}

/* A row for every unit that has something in the cycle, from the top down. */
static enum okr_err emit_units(struct report *r, const struct okr_id *id,
                               int level, struct figures *sum)
{
    struct okr_session *s = r->s;
    struct okr_node *unit;
    struct okr_ids below;
    struct figures f = {0};
    OKR_TRY(okr_session_node(s, id, &unit));
    if (unit->record == NULL || level > OKR_DEPTH_MAX)
        return OKR_OK;
    OKR_TRY(count_unit(r, id, &f));
    add_up(sum, &f);
    if (f.objectives > 0 || f.unapproved > 0) {
        okr_json_open_object(s->out);
        okr_json_key(s->out, "unit");
        OKR_TRY(okr_emit_name(s, id));
        okr_emit_title(s, "title", unit->record);
        emit_count(s, "level", level);
        emit_figures(s, &f);
        okr_json_close_object(s->out);
    }
    OKR_TRY(okr_index_children(&s->space, id, OKR_KIND_UNIT, &below));
    for (size_t i = 0; i < below.n; i++)
        OKR_TRY(emit_units(r, &below.at[i], level + 1, sum));
    return s->out->out->err;
}

/* ---- objectives ---------------------------------------------------------- */

/* What the newest check-in that has one says; nothing where check-ins are not
 * kept here. */
static enum okr_err emit_last_note(struct okr_session *s,
                                   const struct okr_id *key_result)
{
    struct okr_ids ids;
    struct okr_slice note = OKR_SLICE_NONE;
    okr_us newest = INT64_MIN;
    OKR_TRY(okr_index_children(&s->space, key_result, OKR_KIND_CHECK_IN, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *check_in;
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &check_in));
        okr_us at = okr_record_int(check_in, OKR_F_CI_OBSERVED_AT, 0);
        struct okr_slice text = okr_record_text(check_in, OKR_F_CI_NOTE);
        if (okr_record_archived(check_in) || text.len == 0 || at < newest)
            continue;
        newest = at;
        note = text;
    }
    okr_json_key(s->out, "last_note");
    if (note.len > 0)
        okr_json_text(s->out, note);
    else
        okr_json_null(s->out);
    return OKR_OK;
}

static enum okr_err emit_key_result(struct okr_session *s,
                                    struct okr_node *node)
{
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    OKR_TRY(emit_last_note(s, &node->id));
    okr_json_close_object(s->out);
    return s->out->out->err;
}

static enum okr_err emit_objective(struct report *r, struct okr_node *node)
{
    struct okr_session *s = r->s;
    const struct okr_ids *ids;
    OKR_TRY(okr_session_key_results(s, node, &ids));
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    okr_json_key(s->out, "children");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *kr;
        OKR_TRY(okr_session_node(s, &ids->at[i], &kr));
        OKR_TRY(emit_key_result(s, kr));
    }
    okr_json_close_array(s->out);
    okr_json_close_object(s->out);
    return s->out->out->err;
}

/* Those in force and the abandoned ones; drafts are no summary's matter. */
static enum okr_err emit_objectives(struct report *r, const struct okr_ids *ids)
{
    struct okr_session *s = r->s;
    okr_json_key(s->out, "objectives");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *node;
        OKR_TRY(okr_session_node(s, &ids->at[i], &node));
        if (node->record != NULL && is_of(r, node->record) &&
            okr_session_state(node->record) >= OKR_V_OBJECTIVE_STATE_PUBLISHED)
            OKR_TRY(emit_objective(r, node));
    }
    okr_json_close_array(s->out);
    return OKR_OK;
}

/* A person's key results in the objectives of others. */
static enum okr_err emit_shared(struct report *r, const struct okr_id *person)
{
    struct okr_session *s = r->s;
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&s->space, OKR_KIND_KEY_RESULT, OKR_F_KR_OWNER,
                           okr_id_slice(person), &ids));
    okr_json_key(s->out, "key_results");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_node *node, *above;
        struct okr_id owner;
        OKR_TRY(okr_session_node(s, &ids.at[i], &node));
        OKR_TRY(okr_session_objective(s, node->record, &above));
        if (above == NULL || !is_of(r, above->record) ||
            !is_in_force(above->record) || okr_record_archived(node->record) ||
            (okr_record_id(above->record, OKR_F_O_OWNER, &owner) &&
             okr_id_eq(&owner, person)))
            continue;
        OKR_TRY(emit_key_result(s, node));
    }
    okr_json_close_array(s->out);
    return OKR_OK;
}

/* ---- all of it ----------------------------------------------------------- */

static enum okr_err emit_cycle(struct report *r)
{
    struct okr_session *s = r->s;
    okr_json_key(s->out, "cycle");
    OKR_TRY(okr_emit_name(s, &r->cycle->id));
    okr_cycles_emit(s, r->cycle->record);
    okr_json_key(s->out, "today");
    okr_emit_day(s, s->today);
    return OKR_OK;
}

static enum okr_err report_of_unit(struct report *r,
                                   const struct okr_node *unit)
{
    struct okr_session *s = r->s;
    struct figures sum = {0}, own = {0};
    struct okr_ids ids;
    okr_json_open_object(s->out);
    okr_json_key(s->out, "unit");
    OKR_TRY(okr_emit_name(s, &unit->id));
    okr_emit_title(s, "title", unit->record);
    OKR_TRY(emit_cycle(r));
    OKR_TRY(okr_index_children(&s->space, &unit->id, OKR_KIND_OBJECTIVE, &ids));
    OKR_TRY(emit_objectives(r, &ids));
    okr_json_key(s->out, "units");
    okr_json_open_array(s->out);
    OKR_TRY(emit_units(r, &unit->id, 0, &sum));
    okr_json_close_array(s->out);
    OKR_TRY(count_unit(r, &unit->id, &own));
    sum.has_progress = own.has_progress;
    sum.progress = own.progress;
    sum.has_score = own.has_score;
    sum.score = own.score;
    okr_json_key(s->out, "figures");
    okr_json_open_object(s->out);
    emit_figures(s, &sum);
    okr_json_close_object(s->out);
    okr_json_close_object(s->out);
    return s->out->out->err;
}

static enum okr_err report_of_person(struct report *r,
                                     const struct okr_id *person)
{
    struct okr_session *s = r->s;
    struct okr_node *node;
    struct okr_ids ids;
    OKR_TRY(okr_session_node(s, person, &node));
    okr_json_open_object(s->out);
    okr_json_key(s->out, "person");
    OKR_TRY(okr_emit_name(s, person));
    okr_emit_title(s, "title", node->record);
    OKR_TRY(emit_cycle(r));
    OKR_TRY(okr_index_find(&s->space, OKR_KIND_OBJECTIVE, OKR_F_O_OWNER,
                           okr_id_slice(person), &ids));
    OKR_TRY(emit_objectives(r, &ids));
    OKR_TRY(emit_shared(r, person));
    okr_json_close_object(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_report(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct report r = {.s = s};
    struct okr_node *unit;
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    OKR_ASKED(s, okr_cycles_one(s, &filter, &r.cycle));
    if (filter.has_owner && okr_id_is_zero(&filter.owner)) {
        *s->problem = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_PERSON};
        okr_say(s->problem, N_("nobody in particular has no report"));
        okr_say_remedy(s->problem, N_("--owner MAIL names a person"));
        return OKR_OK;
    }
    if (filter.has_owner)
        return report_of_person(&r, &filter.owner);
    OKR_ASKED(s, okr_unit_asked(s, &filter, &unit));
    return report_of_unit(&r, unit);
}
