/* `todo`: what somebody owes, worked out anew whenever it is asked for.
 *
 * Of a person: what concerns whom he owns or leads.  Of a unit: everything in
 * it, whoever owes it; that is for the champion and the lead. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/compose/say.h"
#include "common/model/ref.h"
#include "common/query/emit.h"
#include "common/query/filter.h"
#include "common/query/owed.h"
#include "common/replica/standing.h"

struct owed {
    enum okr_alert alert;
    struct okr_node *node;
    struct okr_id person;
    bool has_since;
    okr_day since;
};
struct todo {
    struct okr_session *s;
    const struct okr_filter *filter;
    struct okr_buf rows; /* struct owed each */
};

/* ---- gathering ----------------------------------------------------------- */

static enum okr_err take(struct todo *t, struct okr_node *node,
                         enum okr_alert alert)
{
    struct owed row = {.alert = alert, .node = node};
    OKR_TRY(okr_owed_by(t->s, node, alert, &row.person));
    if (okr_id_is_zero(&row.person) ||
        (t->filter->has_owner && !okr_id_eq(&row.person, &t->filter->owner)))
        return OKR_OK;
    OKR_TRY(okr_owed_since(t->s, node, alert, &row.has_since, &row.since));
    okr_buf_put(&t->rows, okr_slice_of(&row, sizeof row));
    return t->rows.err;
}

/* Does the question reach it?  Who owes it need not own it; of a unit only
 * what stands in it is gathered anyway. */
static enum okr_err is_asked(struct todo *t, struct okr_node *node,
                             bool *ret_asked)
{
    struct okr_filter any = *t->filter;
    bool is_unit = node->record != NULL && node->record->kind == OKR_KIND_UNIT;
    any.has_unit = any.has_unit && any.has_owner;
    any.has_owner = false;
    *ret_asked = !is_unit || !any.has_unit || okr_id_eq(&node->id, &any.unit);
    if (is_unit)
        any.has_unit = any.has_cycle = false;
    return *ret_asked ? okr_filter_fits(t->s, &any, node, ret_asked) : OKR_OK;
}

static enum okr_err consider(struct todo *t, struct okr_node *node)
{
    unsigned bits;
    bool asked;
    if (node->shown)
        return OKR_OK;
    node->shown = true;
    OKR_TRY(is_asked(t, node, &asked));
    if (!asked)
        return OKR_OK;
    OKR_TRY(okr_owed_bits(t->s, node, &bits));
    for (int i = 0; i < OKR_ALERTS; i++)
        if ((bits & OKR_ALERT_BIT(i)) != 0)
            OKR_TRY(take(t, node, (enum okr_alert)i));
    return OKR_OK;
}

static enum okr_err consider_all(struct todo *t, const struct okr_ids *ids)
{
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *node;
        OKR_TRY(okr_session_node(t->s, &ids->at[i], &node));
        OKR_TRY(consider(t, node));
    }
    return OKR_OK;
}

static enum okr_err consider_below(struct todo *t, const struct okr_id *id,
                                   uint16_t kind)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_children(&t->s->space, id, kind, &ids));
    return consider_all(t, &ids);
}

/* An objective and its key results; of a unit also the tasks below them. */
static enum okr_err consider_goal(struct todo *t, struct okr_node *objective)
{
    const struct okr_ids *key_results;
    bool tasks = !t->filter->has_owner;
    OKR_TRY(consider(t, objective));
    OKR_TRY(okr_session_key_results(t->s, objective, &key_results));
    OKR_TRY(consider_all(t, key_results));
    if (tasks)
        OKR_TRY(consider_below(t, &objective->id, OKR_KIND_TASK));
    for (size_t i = 0; tasks && i < key_results->n; i++)
        OKR_TRY(consider_below(t, &key_results->at[i], OKR_KIND_TASK));
    return OKR_OK;
}

static enum okr_err consider_goals(struct todo *t, const struct okr_id *unit)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_children(&t->s->space, unit, OKR_KIND_OBJECTIVE, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_node *node;
        OKR_TRY(okr_session_node(t->s, &ids.at[i], &node));
        if (node->record != NULL)
            OKR_TRY(consider_goal(t, node));
    }
    return OKR_OK;
}

/* The unit and all below it: what is owed there may climb up to its lead. */
static enum okr_err consider_subtree(struct todo *t, const struct okr_id *unit,
                                     int level)
{
    struct okr_node *node;
    struct okr_ids below;
    OKR_TRY(okr_session_node(t->s, unit, &node));
    if (node->record == NULL || level > OKR_DEPTH_MAX)
        return OKR_OK;
    OKR_TRY(consider(t, node));
    OKR_TRY(consider_goals(t, unit));
    OKR_TRY(okr_index_children(&t->s->space, unit, OKR_KIND_UNIT, &below));
    for (size_t i = 0; i < below.n; i++)
        OKR_TRY(consider_subtree(t, &below.at[i], level + 1));
    return OKR_OK;
}

/* ---- of a person --------------------------------------------------------- */

static enum okr_err led_by(struct todo *t, const struct okr_id *person)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&t->s->space, OKR_KIND_UNIT, OKR_F_LEAD,
                           okr_id_slice(person), &ids));
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(consider_subtree(t, &ids.at[i], 0));
    return OKR_OK;
}

/* Management confirms what the root unit submits. */
static enum okr_err company_of(struct todo *t, const struct okr_id *person)
{
    struct okr_node *node;
    struct okr_ids units;
    OKR_TRY(okr_session_node(t->s, person, &node));
    if (node->record == NULL ||
        !okr_standing_role(node->record, OKR_V_ROLE_MANAGEMENT))
        return OKR_OK;
    OKR_TRY(okr_index_kind(&t->s->space, OKR_KIND_UNIT, &units));
    for (size_t i = 0; i < units.n; i++) {
        struct okr_node *unit;
        OKR_TRY(okr_session_node(t->s, &units.at[i], &unit));
        if (unit->record != NULL &&
            !okr_record_has(unit->record, OKR_F_UNIT_PARENT))
            OKR_TRY(consider_goals(t, &unit->id));
    }
    return OKR_OK;
}

/* What he owns, and the key results of what he owns. */
static enum okr_err owned_by(struct todo *t, const struct okr_id *person)
{
    static const struct {
        uint16_t kind, owner;
    } rows[] = {{OKR_KIND_OBJECTIVE, OKR_F_O_OWNER},
                {OKR_KIND_KEY_RESULT, OKR_F_KR_OWNER},
                {OKR_KIND_TASK, OKR_F_T_OWNER}};
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        struct okr_ids ids;
        OKR_TRY(okr_index_find(&t->s->space, rows[k].kind, rows[k].owner,
                               okr_id_slice(person), &ids));
        OKR_TRY(consider_all(t, &ids));
        for (size_t i = 0; k == 0 && i < ids.n; i++) {
            struct okr_node *node;
            const struct okr_ids *below;
            OKR_TRY(okr_session_node(t->s, &ids.at[i], &node));
            OKR_TRY(okr_session_key_results(t->s, node, &below));
            OKR_TRY(consider_all(t, below));
        }
    }
    return OKR_OK;
}

static enum okr_err gather(struct todo *t)
{
    const struct okr_filter *f = t->filter;
    if (!f->has_owner) {
        struct okr_node *unit;
        OKR_TRY(okr_session_node(t->s, &f->unit, &unit));
        OKR_TRY(consider(t, unit));
        OKR_TRY(consider_goals(t, &f->unit));
        return consider_below(t, &f->unit, OKR_KIND_TASK);
    }
    OKR_TRY(owned_by(t, &f->owner));
    OKR_TRY(led_by(t, &f->owner));
    return company_of(t, &f->owner);
}

/* ---- telling ------------------------------------------------------------- */

static int by_weight(const void *a, const void *b)
{
    const struct owed *x = a, *y = b;
    if (x->alert != y->alert)
        return x->alert < y->alert ? -1 : 1;
    if (x->has_since != y->has_since)
        return x->has_since ? -1 : 1;
    if (x->has_since && x->since != y->since)
        return x->since < y->since ? -1 : 1;
    return okr_id_cmp(&x->node->id, &y->node->id);
}

/* A unit is called by its code, everything else by its reference. */
static enum okr_err emit_action(struct okr_session *s, const struct owed *row)
{
    char ref[OKR_REF_TEXT];
    const char *format = okr_alert_info(row->alert)->action;
    const struct okr_record *r = row->node->record;
    const char *hole = strstr(format, "%s");
    const char *what = ref;
    if (r->kind == OKR_KIND_UNIT)
        what = okr_arena_str(s->space.arena, okr_record_text(r, OKR_F_CODE));
    else
        okr_ref_format(r->kind, &r->id, OKR_REF_CHARS, ref);
    if (what == NULL)
        return OKR_ERR_NOMEM;
    const char *text =
        okr_arena_printf(s->space.arena, "%.*s%s%s", (int)(hole - format),
                         format, what, hole + 2);
    if (text == NULL)
        return OKR_ERR_NOMEM;
    okr_json_key(s->out, "action");
    okr_json_text(s->out, okr_slice_str(text));
    return OKR_OK;
}

static enum okr_err emit_alert(struct okr_session *s, const struct owed *row)
{
    okr_json_key(s->out, "alert");
    okr_json_cstr(s->out, okr_alert_info(row->alert)->word);
    OKR_TRY(emit_action(s, row));
    okr_json_key(s->out, "since");
    if (row->has_since)
        okr_emit_day(s, row->since);
    else
        okr_json_null(s->out);
    return OKR_OK;
}

static enum okr_err emit_owed(struct okr_session *s, const struct owed *row)
{
    okr_json_open_object(s->out);
    OKR_TRY(emit_alert(s, row));
    okr_json_key(s->out, "person");
    OKR_TRY(okr_emit_name(s, &row->person));
    OKR_TRY(okr_emit_members(s, row->node));
    okr_json_close_object(s->out);
    return s->out->out->err;
}

static void refuse_nobody(struct okr_session *s)
{
    *s->problem = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_PERSON};
    okr_say(s->problem, N_("nobody in particular owes nothing"));
    okr_say_remedy(s->problem, N_("--as MAIL speaks for a person, --unit UNIT "
                                  "asks about a unit"));
}

/* All that is owed, the most urgent first. */
static enum okr_err rows_of(struct okr_session *s,
                            const struct okr_filter *filter,
                            struct owed **ret_rows, size_t *ret_n)
{
    struct todo t = {.s = s, .filter = filter};
    okr_buf_init(&t.rows, s->space.arena);
    OKR_TRY(gather(&t));
    size_t n = t.rows.len / sizeof(struct owed);
    struct owed *rows = okr_arena_array(s->space.arena, n, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    if (n > 0) {
        memcpy(rows, t.rows.data, n * sizeof *rows);
        qsort(rows, n, sizeof *rows, by_weight);
    }
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}

enum okr_err okr_query_todo(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct owed *rows;
    size_t n;
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    if (!filter.has_owner && !filter.has_unit) {
        filter.has_owner = true;
        filter.owner = s->query->person;
    }
    if (filter.has_owner && okr_id_is_zero(&filter.owner)) {
        refuse_nobody(s);
        return OKR_OK;
    }
    OKR_TRY(rows_of(s, &filter, &rows, &n));
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++)
        OKR_TRY(emit_owed(s, &rows[i]));
    okr_json_close_array(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_alerts(const struct okr_query *query, size_t max,
                              struct okr_json *out, uint64_t *ret_n)
{
    const struct okr_filter mine = {.has_owner = true, .owner = query->person};
    struct okr_session s;
    struct okr_problem problem;
    struct owed *rows = NULL;
    size_t n = 0;
    OKR_TRY(okr_session_init(&s, query, out, &problem));
    if (s.person != NULL)
        OKR_TRY(rows_of(&s, &mine, &rows, &n));
    okr_json_open_array(out);
    for (size_t i = 0; i < n && i < max; i++) {
        okr_json_open_object(out);
        OKR_TRY(emit_alert(&s, &rows[i]));
        okr_emit_ref(&s, "ref", rows[i].node->record->kind, &rows[i].node->id);
        okr_emit_title(&s, "title", rows[i].node->record);
        okr_json_close_object(out);
    }
    okr_json_close_array(out);
    *ret_n = n;
    return out->out->err;
}
