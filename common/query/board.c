/* `board`: a unit's four quadrants for the weekly meeting: this week's focus,
 * the next four weeks, objectives and key results, health. */
#include <stdlib.h>
#include <string.h>

#include "common/model/dates.h"
#include "common/query/cycles.h"
#include "common/query/emit.h"
#include "common/query/owed.h"

enum { DAYS_AHEAD = 28 };

struct board {
    struct okr_session *s;
    struct okr_node *unit;
    okr_day week; /* this one's Monday */
    struct okr_node **cycles;
    size_t n_cycles;
};

static okr_day monday_of(int64_t day)
{
    if (!okr_day_valid(day))
        return 0;
    return (okr_day)day - okr_day_weekday((okr_day)day);
}

/* What stands in the unit of a kind, in the arena; archived ones left out. */
static enum okr_err nodes_of(struct board *b, uint16_t kind,
                             struct okr_node ***ret_nodes, size_t *ret_n)
{
    const struct okr_filter any = {.archived = false};
    struct okr_session *s = b->s;
    struct okr_ids ids;
    size_t n = 0;
    OKR_TRY(okr_index_children(&s->space, &b->unit->id, kind, &ids));
    struct okr_node **nodes =
        okr_arena_array(s->space.arena, ids.n, sizeof *nodes);
    if (nodes == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids.n; i++) {
        bool fits;
        OKR_TRY(okr_session_node(s, &ids.at[i], &nodes[n]));
        OKR_TRY(okr_filter_fits(s, &any, nodes[n], &fits));
        n += fits ? 1 : 0;
    }
    *ret_nodes = nodes;
    *ret_n = n;
    return OKR_OK;
}

/* ---- focus --------------------------------------------------------------- */

static int by_rank(const void *a, const void *b)
{
    const struct okr_node *const *x = a, *const *y = b;
    int64_t p = okr_record_int((*x)->record, OKR_F_FO_RANK, 0);
    int64_t q = okr_record_int((*y)->record, OKR_F_FO_RANK, 0);
    if (p != q)
        return p < q ? -1 : 1;
    return okr_id_cmp(&(*x)->id, &(*y)->id);
}

/* What was planned for four weeks stands for four weeks. */
static bool is_on(const struct board *b, const struct okr_record *focus,
                  bool ahead)
{
    okr_day week = monday_of(okr_record_int(focus, OKR_F_FO_WEEK, 0));
    bool is_ahead =
        okr_record_enum(focus, OKR_F_HORIZON, OKR_V_HORIZON_THIS_WEEK) ==
        OKR_V_HORIZON_NEXT_4_WEEKS;
    if (is_ahead != ahead)
        return false;
    return ahead ? week <= b->week && week > b->week - DAYS_AHEAD
                 : week == b->week;
}

static enum okr_err emit_focus(struct board *b, const char *key, bool ahead)
{
    struct okr_node **nodes;
    size_t n;
    OKR_TRY(nodes_of(b, OKR_KIND_FOCUS, &nodes, &n));
    if (n > 0)
        qsort(nodes, n, sizeof(struct okr_node *), by_rank);
    okr_json_key(b->s->out, key);
    okr_json_open_array(b->s->out);
    for (size_t i = 0; i < n; i++)
        if (is_on(b, nodes[i]->record, ahead))
            OKR_TRY(okr_emit_entity(b->s, nodes[i]));
    okr_json_close_array(b->s->out);
    return OKR_OK;
}

/* ---- health -------------------------------------------------------------- */

static int by_metric(const void *a, const void *b)
{
    const struct okr_node *const *x = a, *const *y = b;
    struct okr_slice p = okr_record_text((*x)->record, OKR_F_HE_METRIC);
    struct okr_slice q = okr_record_text((*y)->record, OKR_F_HE_METRIC);
    size_t len = p.len < q.len ? p.len : q.len;
    int order = len == 0 ? 0 : memcmp(p.data, q.data, len);
    if (order != 0)
        return order;
    if (p.len != q.len)
        return p.len < q.len ? -1 : 1;
    int64_t day = okr_record_int((*x)->record, OKR_F_HE_WEEK, 0);
    int64_t other = okr_record_int((*y)->record, OKR_F_HE_WEEK, 0);
    if (day != other)
        return day > other ? -1 : 1; /* newest first */
    return okr_id_cmp(&(*y)->id, &(*x)->id);
}

/* The newest word on each metric, whatever its week: how old it is shows. */
static enum okr_err emit_health(struct board *b)
{
    struct okr_node **nodes;
    struct okr_slice last = OKR_SLICE_NONE;
    size_t n;
    OKR_TRY(nodes_of(b, OKR_KIND_HEALTH, &nodes, &n));
    if (n > 0)
        qsort(nodes, n, sizeof(struct okr_node *), by_metric);
    okr_json_key(b->s->out, "health");
    okr_json_open_array(b->s->out);
    for (size_t i = 0; i < n; i++) {
        struct okr_slice metric =
            okr_record_text(nodes[i]->record, OKR_F_HE_METRIC);
        if (i == 0 || !okr_slice_eq(metric, last))
            OKR_TRY(okr_emit_entity(b->s, nodes[i]));
        last = metric;
    }
    okr_json_close_array(b->s->out);
    return OKR_OK;
}

/* ---- objectives and key results ------------------------------------------ */

struct seat {
    struct okr_node *node;
    unsigned alerts;
    int order;
};

/* What hurts comes first; what goes well last. */
static int order_of(enum okr_status status, unsigned alerts)
{
    static const int orders[] = {
        [OKR_STATUS_OFF_TRACK] = 1, [OKR_STATUS_OUTDATED] = 2,
        [OKR_STATUS_AT_RISK] = 3,   [OKR_STATUS_PENDING] = 4,
        [OKR_STATUS_ON_TRACK] = 5,  [OKR_STATUS_ACHIEVED] = 6,
        [OKR_STATUS_CLOSED] = 7,
    };
    bool blocked = (alerts & OKR_ALERT_BIT(OKR_ALERT_BLOCKED)) != 0;
    return blocked ? 0 : orders[status];
}

static int by_order(const void *a, const void *b)
{
    const struct seat *x = a, *y = b;
    if (x->order != y->order)
        return x->order < y->order ? -1 : 1;
    return okr_id_cmp(&x->node->id, &y->node->id);
}

static enum okr_err seat_of(struct okr_session *s, struct okr_node *node,
                            struct seat *ret)
{
    const struct okr_gauge *gauge;
    OKR_TRY(okr_owed_bits(s, node, &ret->alerts));
    OKR_TRY(okr_gauge_of(s, node, &gauge));
    ret->node = node;
    ret->order = order_of(gauge->status, ret->alerts);
    return OKR_OK;
}

static enum okr_err emit_seat(struct okr_session *s, const struct seat *seat)
{
    uint64_t conflicts;
    OKR_TRY(okr_owed_conflicts(s, &seat->node->id, &conflicts));
    OKR_TRY(okr_emit_members(s, seat->node));
    okr_json_key(s->out, "open_conflicts");
    okr_json_uint(s->out, conflicts);
    okr_json_key(s->out, "alerts");
    okr_owed_emit(s, seat->alerts);
    return OKR_OK;
}

static enum okr_err seats_of(struct okr_session *s, struct okr_node *objective,
                             struct seat **ret_seats, size_t *ret_n)
{
    const struct okr_filter any = {.archived = false};
    const struct okr_ids *ids;
    size_t n = 0;
    OKR_TRY(okr_session_key_results(s, objective, &ids));
    struct seat *seats = okr_arena_array(s->space.arena, ids->n, sizeof *seats);
    if (seats == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *node;
        bool fits;
        OKR_TRY(okr_session_node(s, &ids->at[i], &node));
        OKR_TRY(okr_filter_fits(s, &any, node, &fits));
        if (fits)
            OKR_TRY(seat_of(s, node, &seats[n++]));
    }
    if (n > 0)
        qsort(seats, n, sizeof *seats, by_order);
    *ret_seats = seats;
    *ret_n = n;
    return OKR_OK;
}

static enum okr_err emit_goal(struct okr_session *s, const struct seat *goal)
{
    struct seat *seats;
    size_t n;
    OKR_TRY(seats_of(s, goal->node, &seats, &n));
    okr_json_open_object(s->out);
    OKR_TRY(emit_seat(s, goal));
    okr_json_key(s->out, "children");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++) {
        okr_json_open_object(s->out);
        OKR_TRY(emit_seat(s, &seats[i]));
        okr_json_close_object(s->out);
    }
    okr_json_close_array(s->out);
    okr_json_close_object(s->out);
    return s->out->out->err;
}

/* An objective stands where its most urgent key result does. */
static enum okr_err goal_of(struct okr_session *s, struct okr_node *node,
                            struct seat *ret)
{
    struct seat *below;
    size_t n;
    OKR_TRY(seat_of(s, node, ret));
    OKR_TRY(seats_of(s, node, &below, &n));
    if (n > 0 && below[0].order < ret->order)
        ret->order = below[0].order;
    return OKR_OK;
}

static bool stands(const struct board *b, const struct okr_record *objective)
{
    uint32_t state = okr_session_state(objective);
    return (state == OKR_V_OBJECTIVE_STATE_PUBLISHED ||
            state == OKR_V_OBJECTIVE_STATE_CLOSED) &&
           okr_cycles_have(b->cycles, b->n_cycles, objective);
}

static enum okr_err emit_goals(struct board *b)
{
    struct okr_node **nodes;
    size_t n, kept = 0;
    OKR_TRY(nodes_of(b, OKR_KIND_OBJECTIVE, &nodes, &n));
    struct seat *goals = okr_arena_array(b->s->space.arena, n, sizeof *goals);
    if (goals == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (stands(b, nodes[i]->record))
            OKR_TRY(goal_of(b->s, nodes[i], &goals[kept++]));
    if (kept > 0)
        qsort(goals, kept, sizeof *goals, by_order);
    okr_json_key(b->s->out, "objectives");
    okr_json_open_array(b->s->out);
    for (size_t i = 0; i < kept; i++)
        OKR_TRY(emit_goal(b->s, &goals[i]));
    okr_json_close_array(b->s->out);
    return OKR_OK;
}

/* ---- all of it ----------------------------------------------------------- */

static enum okr_err emit_head(struct board *b)
{
    struct okr_session *s = b->s;
    bool detail;
    OKR_TRY(okr_session_unit_detail(s, b->unit->record, &detail));
    okr_json_key(s->out, "unit");
    OKR_TRY(okr_emit_name(s, &b->unit->id));
    okr_emit_title(s, "unit_title", b->unit->record);
    okr_json_key(s->out, "today");
    okr_emit_day(s, s->today);
    okr_json_key(s->out, "week");
    okr_emit_day(s, b->week);
    okr_json_key(s->out, "detail");
    okr_json_bool(s->out, detail);
    okr_json_key(s->out, "cycles");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < b->n_cycles; i++)
        OKR_TRY(okr_emit_name(s, &b->cycles[i]->id));
    okr_json_close_array(s->out);
    return OKR_OK;
}

enum okr_err okr_query_board(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct board b = {.s = s, .week = monday_of(s->today)};
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    OKR_ASKED(s, okr_unit_asked(s, &filter, &b.unit));
    OKR_TRY(okr_cycles_asked(s, &filter, &b.cycles, &b.n_cycles));
    okr_json_open_object(s->out);
    OKR_TRY(emit_head(&b));
    OKR_TRY(emit_focus(&b, "focus", false));
    OKR_TRY(emit_focus(&b, "next_4_weeks", true));
    OKR_TRY(emit_goals(&b));
    OKR_TRY(emit_health(&b));
    okr_json_close_object(s->out);
    return s->out->out->err;
}
