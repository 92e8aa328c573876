/* Which cycles and which unit a question is about that names none. */
#include "common/query/cycles.h"

#include <stdlib.h>

#include "common/compose/say.h"
#include "common/query/emit.h"

/* ---- cycles -------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
    const struct okr_node *const *x = a, *const *y = b;
    struct okr_period p = okr_period_of((*x)->record);
    struct okr_period q = okr_period_of((*y)->record);
    if (p.start != q.start)
        return p.start < q.start ? -1 : 1;
    if (p.end != q.end)
        return p.end > q.end ? -1 : 1; /* the year before its quarter */
    return okr_id_cmp(&(*x)->id, &(*y)->id);
}

/* All that have both ends and are not put away. */
static enum okr_err all_of(struct okr_session *s, struct okr_node ***ret_nodes,
                           size_t *ret_n)
{
    struct okr_ids ids;
    size_t n = 0;
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_CYCLE, &ids));
    struct okr_node **nodes =
        okr_arena_array(s->space.arena, ids.n, sizeof *nodes);
    if (nodes == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_session_node(s, &ids.at[i], &nodes[n]));
        const struct okr_record *cycle = nodes[n]->record;
        n += cycle != NULL && !okr_record_archived(cycle) &&
                     okr_period_of(cycle).known
                 ? 1
                 : 0;
    }
    if (n > 0)
        qsort(nodes, n, sizeof(struct okr_node *), by_start);
    *ret_nodes = nodes;
    *ret_n = n;
    return OKR_OK;
}

/* Keeps those that have begun by one day and are not over by another. */
static size_t keep(struct okr_node **nodes, size_t n, int64_t begun,
                   int64_t not_over)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        struct okr_period p = okr_period_of(nodes[i]->record);
        if (!p.closed && p.start <= begun && not_over <= p.end)
            nodes[kept++] = nodes[i];
    }
    return kept;
}

/* The one that ended last, else the first one to come. */
static struct okr_node *nearest(const struct okr_session *s,
                                struct okr_node *const *nodes, size_t n)
{
    struct okr_node *best = NULL;
    for (size_t i = 0; i < n; i++) {
        okr_day end = okr_period_of(nodes[i]->record).end;
        bool over = okr_period_of(nodes[i]->record).start <= s->today;
        if (over && (best == NULL || end >= okr_period_of(best->record).end))
            best = nodes[i];
    }
    return best == NULL && n > 0 ? nodes[0] : best;
}

static enum okr_err named(struct okr_session *s,
                          const struct okr_filter *filter,
                          struct okr_node ***ret_cycles, size_t *ret_n)
{
    struct okr_node **nodes = okr_arena_array(s->space.arena, 1, sizeof *nodes);
    if (nodes == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_session_node(s, &filter->cycle, &nodes[0]));
    *ret_cycles = nodes;
    *ret_n = nodes[0]->record == NULL ? 0 : 1;
    return OKR_OK;
}

enum okr_err okr_cycles_asked(struct okr_session *s,
                              const struct okr_filter *filter,
                              struct okr_node ***ret_cycles, size_t *ret_n)
{
    struct okr_node **nodes;
    size_t n;
    if (filter->has_cycle)
        return named(s, filter, ret_cycles, ret_n);
    OKR_TRY(all_of(s, &nodes, &n));
    struct okr_node *other = nearest(s, nodes, n);
    *ret_n = keep(nodes, n, s->today, s->today);
    if (*ret_n == 0 && other != NULL) {
        nodes[0] = other;
        *ret_n = 1;
    }
    *ret_cycles = nodes;
    return OKR_OK;
}

/* A week is added for the retro. */
enum okr_err okr_cycles_ahead(struct okr_session *s,
                              const struct okr_filter *filter,
                              struct okr_node ***ret_cycles, size_t *ret_n)
{
    enum { RETRO_DAYS = 7 };
    size_t n;
    if (filter->has_cycle)
        return named(s, filter, ret_cycles, ret_n);
    OKR_TRY(all_of(s, ret_cycles, &n));
    *ret_n = keep(*ret_cycles, n, INT64_MAX, (int64_t)s->today - RETRO_DAYS);
    return OKR_OK;
}

enum okr_err okr_cycles_one(struct okr_session *s,
                            const struct okr_filter *filter,
                            struct okr_node **ret_cycle)
{
    struct okr_node **nodes, *best = NULL;
    int64_t shortest = 0;
    size_t n;
    OKR_TRY(okr_cycles_asked(s, filter, &nodes, &n));
    for (size_t i = 0; i < n; i++) {
        struct okr_period p = okr_period_of(nodes[i]->record);
        int64_t days = (int64_t)p.end - p.start;
        if (best == NULL || days < shortest) {
            best = nodes[i];
            shortest = days;
        }
    }
    if (best == NULL) {
        *s->problem = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_ENTITY};
        okr_say(s->problem, N_("there is no cycle yet"));
        okr_say_remedy(s->problem, N_("okr add cycle makes one"));
    }
    *ret_cycle = best;
    return OKR_OK;
}

bool okr_cycles_have(struct okr_node *const *cycles, size_t n,
                     const struct okr_record *objective)
{
    struct okr_id id;
    if (!okr_record_id(objective, OKR_F_O_CYCLE, &id))
        return false;
    for (size_t i = 0; i < n; i++)
        if (okr_id_eq(&cycles[i]->id, &id))
            return true;
    return false;
}

void okr_cycles_emit(struct okr_session *s, const struct okr_record *cycle)
{
    struct okr_period p = okr_period_of(cycle);
    const char *phase =
        okr_enum_word(OKR_ENUM_PHASE, okr_record_enum(cycle, OKR_F_PHASE, 0));
    okr_json_key(s->out, "start");
    okr_emit_day(s, p.known ? p.start : INT64_MIN);
    okr_json_key(s->out, "end");
    okr_emit_day(s, p.known ? p.end : INT64_MIN);
    okr_json_key(s->out, "phase");
    if (phase == NULL)
        okr_json_null(s->out);
    else
        okr_json_cstr(s->out, phase);
}

/* ---- units --------------------------------------------------------------- */

static enum okr_err root_unit(struct okr_session *s, struct okr_id *ret_id)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_kind(&s->space, OKR_KIND_UNIT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_node *unit;
        OKR_TRY(okr_session_node(s, &ids.at[i], &unit));
        if (unit->record != NULL &&
            !okr_record_has(unit->record, OKR_F_UNIT_PARENT))
            *ret_id = unit->id;
    }
    return OKR_OK;
}

enum okr_err okr_unit_asked(struct okr_session *s,
                            const struct okr_filter *filter,
                            struct okr_node **ret_unit)
{
    struct okr_id id = filter->unit;
    if (!filter->has_unit &&
        (s->person == NULL ||
         !okr_record_id(s->person, OKR_F_PERSON_UNIT, &id)))
        OKR_TRY(root_unit(s, &id));
    OKR_TRY(okr_session_node(s, &id, ret_unit));
    if ((*ret_unit)->record != NULL)
        return OKR_OK;
    *s->problem = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_ENTITY};
    okr_say(s->problem, N_("no unit is here yet"));
    okr_say_remedy(s->problem,
                   N_("wait for the first contact with headquarters: "
                      "okr status"));
    return OKR_OK;
}
