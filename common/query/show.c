/* `show`: an entity and what hangs below it; `conflicts`: those still open. */
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/query/emit.h"
#include "common/query/filter.h"

enum { MADE_MAX = 1000 }; /* of a batch, shown */

/* ---- what hangs below ---------------------------------------------------- */

static okr_us said_at(const struct okr_record *check_in)
{
    return okr_record_int(check_in, OKR_F_EFFECTIVE_AT,
                          okr_record_int(check_in, OKR_F_CI_OBSERVED_AT, 0));
}

static int newest_first(const void *a, const void *b)
{
    const struct okr_node *const *x = a, *const *y = b;
    okr_us at = said_at((*x)->record), other = said_at((*y)->record);
    if (at != other)
        return at > other ? -1 : 1;
    return okr_id_cmp(&(*y)->id, &(*x)->id);
}

/* Nodes of one kind below the entity, ascending by id. */
static enum okr_err below(struct okr_session *s, const struct okr_id *id,
                          uint16_t kind, struct okr_node ***ret_nodes,
                          size_t *ret_n)
{
    const struct okr_filter any = {.archived = false};
    struct okr_ids ids;
    OKR_TRY(okr_index_children(&s->space, id, kind, &ids));
    struct okr_node **nodes =
        okr_arena_array(s->space.arena, ids.n, sizeof *nodes);
    size_t n = 0;
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

static enum okr_err emit_below(struct okr_session *s, const char *key,
                               const struct okr_id *id, uint16_t kind)
{
    struct okr_node **nodes;
    size_t n;
    OKR_TRY(below(s, id, kind, &nodes, &n));
    if (kind == OKR_KIND_CHECK_IN && n > 0)
        qsort(nodes, n, sizeof(struct okr_node *), newest_first);
    okr_json_key(s->out, key);
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++)
        OKR_TRY(okr_emit_entity(s, nodes[i]));
    okr_json_close_array(s->out);
    return OKR_OK;
}

/* ---- conflicts ----------------------------------------------------------- */

static bool is_open(const struct okr_record *conflict)
{
    return okr_record_enum(conflict, OKR_F_CF_STATE,
                           OKR_V_CONFLICT_STATE_OPEN) ==
           OKR_V_CONFLICT_STATE_OPEN;
}

static enum okr_err emit_author(struct okr_session *s, const char *key,
                                const struct okr_record *conflict,
                                uint16_t field)
{
    struct okr_id id = {{0}};
    (void)okr_record_id(conflict, field, &id);
    okr_json_key(s->out, key);
    return okr_emit_name(s, &id);
}

static enum okr_err emit_conflict(struct okr_session *s, struct okr_node *node)
{
    struct okr_node *subject;
    OKR_TRY(okr_session_follow(s, node->record, OKR_F_CF_SUBJECT, &subject));
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    bool here = subject != NULL && subject->record != NULL;
    if (here) {
        okr_emit_ref(s, "subject_ref", subject->record->kind, &subject->id);
    } else {
        okr_json_key(s->out, "subject_ref");
        okr_json_null(s->out);
    }
    okr_emit_title(s, "subject_title", here ? subject->record : NULL);
    OKR_TRY(emit_author(s, "mine_by", node->record, OKR_F_MINE_AUTHOR));
    OKR_TRY(emit_author(s, "theirs_by", node->record, OKR_F_THEIRS_AUTHOR));
    okr_json_close_object(s->out);
    return s->out->out->err;
}

static enum okr_err emit_open(struct okr_session *s, struct okr_node **nodes,
                              size_t n)
{
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++)
        if (is_open(nodes[i]->record))
            OKR_TRY(emit_conflict(s, nodes[i]));
    okr_json_close_array(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_conflicts(struct okr_session *s,
                                 const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct okr_node **nodes, *about;
    size_t n;
    if (okr_ask_arg(ask, "ref").len > 0) {
        OKR_ASKED(s, okr_filter_ref(s, ask, &about));
        OKR_TRY(below(s, &about->id, OKR_KIND_CONFLICT, &nodes, &n));
        return emit_open(s, nodes, n);
    }
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    filter.kind = OKR_KIND_CONFLICT;
    filter.all = false;
    OKR_TRY(okr_filter_all(s, &filter, &nodes, &n));
    return emit_open(s, nodes, n);
}

/* ---- show ---------------------------------------------------------------- */

static enum okr_err emit_all_below(struct okr_session *s,
                                   const struct okr_node *node)
{
    static const struct {
        const char *key;
        uint16_t kind;
    } rows[] = {
        {"check_ins", OKR_KIND_CHECK_IN},     {"tasks", OKR_KIND_TASK},
        {"comments", OKR_KIND_COMMENT},       {"reactions", OKR_KIND_REACTION},
        {"assessments", OKR_KIND_ASSESSMENT},
    };
    struct okr_node **nodes;
    size_t n;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        OKR_TRY(emit_below(s, rows[i].key, &node->id, rows[i].kind));
    OKR_TRY(below(s, &node->id, OKR_KIND_CONFLICT, &nodes, &n));
    okr_json_key(s->out, "conflicts");
    return emit_open(s, nodes, n);
}

/* What the batch made, as far as whoever asks may see it. */
static enum okr_err emit_made(struct okr_session *s, const struct okr_id *batch)
{
    const struct okr_kind_info *kind;
    struct okr_ids ids;
    bool shows;
    size_t n = 0;
    okr_json_key(s->out, "made");
    okr_json_open_array(s->out);
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;) {
        OKR_TRY(okr_index_find(&s->space, kind->number, OKR_F_BATCH,
                               okr_id_slice(batch), &ids));
        for (size_t i = 0; i < ids.n && n < MADE_MAX; i++, n++) {
            struct okr_node *node;
            OKR_TRY(okr_session_node(s, &ids.at[i], &node));
            OKR_TRY(okr_session_visible(s, node, &shows));
            if (!shows || node->record == NULL)
                continue;
            okr_json_open_object(s->out);
            okr_json_key(s->out, "id");
            okr_json_id(s->out, &node->id);
            okr_emit_ref(s, "ref", kind->number, &node->id);
            okr_json_key(s->out, "kind");
            okr_json_cstr(s->out, kind->word);
            okr_emit_title(s, "title", node->record);
            okr_json_close_object(s->out);
        }
    }
    okr_json_close_array(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_show(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_node *node;
    bool detail;
    OKR_ASKED(s, okr_filter_ref(s, ask, &node));
    OKR_TRY(okr_session_detail(s, node->record, &detail));
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    OKR_TRY(okr_emit_signature(s, &node->id));
    if (node->record->kind == OKR_KIND_KEY_RESULT ||
        node->record->kind == OKR_KIND_OBJECTIVE) {
        okr_json_key(s->out, "detail");
        okr_json_bool(s->out, detail);
    }
    OKR_TRY(emit_all_below(s, node));
    if (node->record->kind == OKR_KIND_BATCH)
        OKR_TRY(emit_made(s, &node->id));
    okr_json_close_object(s->out);
    return s->out->out->err;
}
