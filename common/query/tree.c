/* `tree`: objectives, below them their key results and what contributes.
 *
 * An objective whose target is not among those shown stands at the top, an
 * orphan included.  Each is shown once: where contributions run in a circle,
 * it is cut where it would begin again. */
#include "common/base/assert.h"
#include "common/compose/say.h"
#include "common/query/emit.h"
#include "common/query/filter.h"
#include "common/query/owed.h"

/* Every level takes two of JSON's; a deeper one is cut. */
enum { LEVELS_MAX = OKR_JSON_DEPTH_MAX / 2 - 8 };

struct growing {
    struct okr_session *s;
    const struct okr_filter *filter; /* what may stand in it */
    bool whole; /* below a named entity: all that contributes to it */
};

static enum okr_err may_stand(const struct growing *g, struct okr_node *node,
                              bool *ret_may)
{
    struct okr_filter any = {.archived = g->filter->archived};
    return okr_filter_fits(g->s, g->whole ? &any : g->filter, node, ret_may);
}

static enum okr_err grow(const struct growing *g, struct okr_node *node,
                         int level);

static enum okr_err grow_each(const struct growing *g,
                              const struct okr_ids *ids, int level)
{
    for (size_t i = 0; i < ids->n; i++) {
        struct okr_node *child;
        bool may;
        OKR_TRY(okr_session_node(g->s, &ids->at[i], &child));
        if (child->shown)
            continue;
        OKR_TRY(may_stand(g, child, &may));
        if (may)
            OKR_TRY(grow(g, child, level + 1));
    }
    return OKR_OK;
}

/* Key results follow their objective, whoever owns them. */
static enum okr_err grow_key_results(const struct growing *g,
                                     struct okr_node *node, int level)
{
    const struct okr_filter any = {.archived = g->filter->archived};
    struct okr_ids all;
    OKR_TRY(
        okr_index_children(&g->s->space, &node->id, OKR_KIND_KEY_RESULT, &all));
    for (size_t i = 0; i < all.n; i++) {
        struct okr_node *child;
        bool fits;
        OKR_TRY(okr_session_node(g->s, &all.at[i], &child));
        OKR_TRY(okr_filter_fits(g->s, &any, child, &fits));
        if (fits && !child->shown)
            OKR_TRY(grow(g, child, level + 1));
    }
    return OKR_OK;
}

static enum okr_err emit_conflicts(struct okr_session *s,
                                   const struct okr_id *id)
{
    uint64_t n;
    OKR_TRY(okr_owed_conflicts(s, id, &n));
    okr_json_key(s->out, "open_conflicts");
    okr_json_uint(s->out, n);
    return OKR_OK;
}

static enum okr_err grow(const struct growing *g, struct okr_node *node,
                         int level)
{
    struct okr_session *s = g->s;
    struct okr_ids contributors;
    OKR_ASSERT(node->record != NULL && !node->shown);
    node->shown = true;
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    OKR_TRY(emit_conflicts(s, &node->id));
    okr_json_key(s->out, "children");
    okr_json_open_array(s->out);
    if (level < LEVELS_MAX) {
        if (node->record->kind == OKR_KIND_OBJECTIVE)
            OKR_TRY(grow_key_results(g, node, level));
        OKR_TRY(okr_index_find(&s->space, OKR_KIND_OBJECTIVE,
                               OKR_F_CONTRIBUTES_TO, okr_id_slice(&node->id),
                               &contributors));
        OKR_TRY(grow_each(g, &contributors, level));
    }
    okr_json_close_array(s->out);
    okr_json_close_object(s->out);
    return s->out->out->err;
}

/* The objective below which it stands in this tree; NULL: at the top. */
static enum okr_err place_of(const struct growing *g,
                             const struct okr_node *node,
                             struct okr_node **ret_above)
{
    struct okr_node *above;
    const struct okr_filter any = {.archived = g->filter->archived};
    bool may = false;
    *ret_above = NULL;
    OKR_TRY(
        okr_session_follow(g->s, node->record, OKR_F_CONTRIBUTES_TO, &above));
    if (above == NULL || above->record == NULL)
        return OKR_OK;
    if (above->record->kind == OKR_KIND_KEY_RESULT) {
        OKR_TRY(okr_filter_fits(g->s, &any, above, &may));
        if (!may)
            return OKR_OK;
        OKR_TRY(okr_session_objective(g->s, above->record, &above));
    }
    if (above == NULL || above->record == NULL ||
        above->record->kind != OKR_KIND_OBJECTIVE)
        return OKR_OK;
    OKR_TRY(may_stand(g, above, &may));
    *ret_above = may ? above : NULL;
    return OKR_OK;
}

/* Somewhere in the circle above the node; where there is none, its top. */
static enum okr_err top_of(const struct growing *g, struct okr_node *node,
                           struct okr_node **ret_top)
{
    struct okr_node *above = node;
    for (int level = 0; level < LEVELS_MAX && above != NULL; level++) {
        *ret_top = above;
        OKR_TRY(place_of(g, *ret_top, &above));
    }
    return OKR_OK;
}

static enum okr_err grow_roots(const struct growing *g, struct okr_node **nodes,
                               size_t n)
{
    struct okr_node *above, *top;
    for (size_t i = 0; i < n; i++) {
        OKR_TRY(place_of(g, nodes[i], &above));
        if (above == NULL && !nodes[i]->shown)
            OKR_TRY(grow(g, nodes[i], 0));
    }
    /* What is left runs in circles, or lies too deep. */
    for (size_t i = 0; i < n; i++) {
        if (nodes[i]->shown)
            continue;
        OKR_TRY(top_of(g, nodes[i], &top));
        if (!top->shown)
            OKR_TRY(grow(g, top, 0));
        if (!nodes[i]->shown)
            OKR_TRY(grow(g, nodes[i], 0));
    }
    return OKR_OK;
}

/* A unit or a cycle as reference is a filter, anything with a place in the
 * tree is its top. */
static enum okr_err read_top(struct okr_session *s, const struct okr_ask *ask,
                             struct okr_filter *filter,
                             struct okr_node **ret_top)
{
    struct okr_node *node;
    *ret_top = NULL;
    if (okr_ask_arg(ask, "ref").len == 0)
        return OKR_OK;
    OKR_ASKED(s, okr_filter_ref(s, ask, &node));
    switch (node->record->kind) {
    case OKR_KIND_UNIT:
        filter->has_unit = true;
        filter->unit = node->id;
        return OKR_OK;
    case OKR_KIND_CYCLE:
        filter->has_cycle = true;
        filter->cycle = node->id;
        return OKR_OK;
    case OKR_KIND_OBJECTIVE:
    case OKR_KIND_KEY_RESULT:
        *ret_top = node;
        return OKR_OK;
    default:
        *s->problem = (struct okr_problem){.rule = OKR_RULE_WRONG_KIND};
        okr_say(s->problem, N_("%s has no place in the tree"),
                OKR_SAID_ENTITY(node->record));
        okr_say_remedy(s->problem, N_("name an objective, a key result, a "
                                      "unit or a cycle"));
        return OKR_OK;
    }
}

enum okr_err okr_query_tree(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct okr_node *top, **nodes;
    size_t n;
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    OKR_ASKED(s, read_top(s, ask, &filter, &top));
    filter.kind = OKR_KIND_OBJECTIVE;
    filter.all = false;
    struct growing g = {.s = s, .filter = &filter, .whole = top != NULL};
    okr_json_open_array(s->out);
    if (top != NULL) {
        OKR_TRY(grow(&g, top, 0));
    } else {
        OKR_TRY(okr_filter_all(s, &filter, &nodes, &n));
        OKR_TRY(grow_roots(&g, nodes, n));
    }
    okr_json_close_array(s->out);
    return s->out->out->err;
}
