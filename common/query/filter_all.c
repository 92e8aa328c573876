/* All entities that fit a question, or a page of them. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/compose/say.h"
#include "common/query/filter.h"

enum { LIMIT_MAX = 1000 };

static bool wants_kind(const struct okr_filter *filter, uint16_t kind)
{
    if (filter->all)
        return true;
    if (filter->kind != OKR_KIND_ANY)
        return kind == filter->kind;
    return kind == OKR_KIND_OBJECTIVE || kind == OKR_KIND_KEY_RESULT;
}

/* ---- which may fit ------------------------------------------------------- */

/* Ids on their way: what is behind `bound` is left for the next page. */
struct gathering {
    const struct okr_filter *filter;
    struct okr_buf ids;
    struct okr_id bound;
    bool bounded;
};

static void put_ids(struct gathering *g, const struct okr_ids *ids)
{
    okr_buf_put(&g->ids, okr_slice_of(ids->at, ids->n * sizeof *ids->at));
}

/* Those of the unit itself, and the key results of its objectives. */
static enum okr_err put_of_unit(struct okr_session *s, struct gathering *g,
                                uint16_t kind)
{
    const struct okr_id *unit = &g->filter->unit;
    struct okr_ids ids, below;
    if (kind != OKR_KIND_KEY_RESULT) {
        OKR_TRY(okr_index_children(&s->space, unit, kind, &ids));
        put_ids(g, &ids);
        return g->ids.err;
    }
    OKR_TRY(okr_index_children(&s->space, unit, OKR_KIND_OBJECTIVE, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_index_children(&s->space, &ids.at[i], kind, &below));
        put_ids(g, &below);
    }
    return g->ids.err;
}

/* Is what has a field `unit` found below that unit? */
static bool hangs_on_unit(uint16_t kind)
{
    const struct okr_kind_info *info = okr_kind_info(kind);
    uint16_t field = okr_field_named(kind, "unit");
    return kind == OKR_KIND_KEY_RESULT ||
           (field != 0 && info != NULL && info->home_field == field);
}

static bool is_indexed(uint16_t kind, uint16_t field)
{
    const struct okr_field_info *info = okr_field_info(kind, field);
    return info != NULL && (info->flags & OKR_FLAG_INDEX) != 0;
}

static enum okr_err put_of_kind(struct okr_session *s, struct gathering *g,
                                uint16_t kind)
{
    const struct okr_filter *f = g->filter;
    struct okr_ids ids;
    const struct okr_id *after = okr_id_is_zero(&f->after) ? NULL : &f->after;
    size_t max = f->limit == 0 ? SIZE_MAX : f->limit + 1;
    OKR_TRY(okr_index_kind_after(&s->space, kind, after, max, &ids));
    put_ids(g, &ids);
    if (ids.n < max)
        return g->ids.err;
    const struct okr_id *last = &ids.at[ids.n - 1];
    if (!g->bounded || okr_id_cmp(last, &g->bound) < 0)
        g->bound = *last;
    g->bounded = true;
    return g->ids.err;
}

/* The narrowest look-up that finds all of the kind that may fit. */
static enum okr_err gather(struct okr_session *s, struct gathering *g,
                           uint16_t kind)
{
    uint16_t owner = okr_field_named(kind, "owner");
    struct okr_ids ids;
    if (g->filter->has_owner && owner == 0)
        return OKR_OK;
    if (g->filter->has_owner && is_indexed(kind, owner)) {
        OKR_TRY(okr_index_find(&s->space, kind, owner,
                               okr_id_slice(&g->filter->owner), &ids));
        put_ids(g, &ids);
        return g->ids.err;
    }
    if (g->filter->has_unit && hangs_on_unit(kind))
        return put_of_unit(s, g, kind);
    return put_of_kind(s, g, kind);
}

/* ---- those that fit ------------------------------------------------------ */

static int by_id(const void *a, const void *b)
{
    return okr_id_cmp(a, b);
}

/* Of what was gathered: that on this page, ascending. */
static size_t cut(struct okr_session *s, struct gathering *g,
                  struct okr_id **ret_ids)
{
    const struct okr_filter *f = g->filter;
    struct okr_id *ids = (void *)g->ids.data; /* bytes */
    size_t n = g->ids.len / sizeof *ids, from = 0, to;
    if (n > 1)
        qsort(ids, n, sizeof *ids, by_id);
    while (f->limit > 0 && from < n && okr_id_cmp(&ids[from], &f->after) <= 0)
        from++;
    for (to = from; to < n; to++)
        if (f->limit > 0 &&
            (to - from == f->limit ||
             (g->bounded && okr_id_cmp(&ids[to], &g->bound) >= 0)))
            break;
    if (s->query->next != NULL)
        *s->query->next =
            to < n && to > from ? ids[to - 1] : (struct okr_id){{0}};
    *ret_ids = ids + from;
    return to - from;
}

enum okr_err okr_filter_all(struct okr_session *s,
                            const struct okr_filter *filter,
                            struct okr_node ***ret_nodes, size_t *ret_n)
{
    const struct okr_kind_info *kind;
    struct gathering g = {.filter = filter};
    struct okr_id *ids;
    okr_buf_init(&g.ids, s->space.arena);
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (wants_kind(filter, kind->number))
            OKR_TRY(gather(s, &g, kind->number));
    size_t n = cut(s, &g, &ids), kept = 0;
    struct okr_node **nodes = okr_arena_array(s->space.arena, n, sizeof *nodes);
    if (nodes == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        bool fits;
        OKR_TRY(okr_session_node(s, &ids[i], &nodes[kept]));
        OKR_TRY(okr_filter_fits(s, filter, nodes[kept], &fits));
        kept += fits;
    }
    *ret_nodes = nodes;
    *ret_n = kept;
    return OKR_OK;
}

/* ---- the page ------------------------------------------------------------ */

static void refuse(struct okr_session *s, const char *name,
                   struct okr_slice text)
{
    *s->problem =
        (struct okr_problem){.rule = OKR_RULE_MALFORMED, .usage = true};
    okr_say(s->problem, N_("--%s: %s is none"), name, OKR_SAID_TYPED(text));
    okr_say_remedy(s->problem, N_("a limit is 1 to 1000; `after` is what the "
                                  "page before gave"));
}

enum okr_err okr_filter_page(struct okr_session *s, const struct okr_ask *ask,
                             struct okr_filter *filter)
{
    struct okr_slice limit = okr_ask_arg(ask, "limit");
    struct okr_slice after = okr_ask_arg(ask, "after");
    if (limit.len == 0 && after.len == 0)
        return OKR_OK;
    for (size_t i = 0; i < limit.len && filter->limit <= LIMIT_MAX; i++) {
        bool digit = limit.data[i] >= '0' && limit.data[i] <= '9';
        filter->limit =
            digit ? filter->limit * 10 + (limit.data[i] - '0') : LIMIT_MAX + 1;
    }
    if (filter->limit == 0 || filter->limit > LIMIT_MAX)
        refuse(s, "limit", limit);
    else if (after.len > 0 &&
             okr_hex_decode(after, filter->after.b, OKR_ID_LEN) != OKR_OK)
        refuse(s, "after", after);
    return OKR_OK;
}
