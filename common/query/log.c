/* `log` and the lines of `okr watch`: what changed, by whom, from where. */
#include "common/base/assert.h"
#include "common/query/emit.h"
#include "common/query/filter.h"

/* What a change's own row says already. */
static bool is_origin(uint16_t field)
{
    return field == OKR_F_HOME || field == OKR_F_AUTHOR ||
           field == OKR_F_CREATED_AT || field == OKR_F_VIA;
}

/* An element that is not in the set has no value there. */
static enum okr_err emit_side(struct okr_session *s, const char *key,
                              const struct okr_field_info *field, uint8_t form,
                              struct okr_slice value)
{
    okr_json_key(s->out, key);
    if (form == OKR_REG_VALUE || form == OKR_REG_PRESENT)
        return okr_emit_value(s, field, value);
    okr_json_null(s->out);
    return OKR_OK;
}

static enum okr_err emit_change(struct okr_session *s, uint16_t kind,
                                const struct okr_history_change *change)
{
    const struct okr_field_info *field = okr_field_info(kind, change->field);
    if (field == NULL || is_origin(change->field))
        return OKR_OK;
    okr_json_open_object(s->out);
    okr_json_key(s->out, "field");
    okr_json_cstr(s->out, field->word);
    OKR_TRY(emit_side(s, "before", field, change->form_before, change->before));
    OKR_TRY(emit_side(s, "after", field, change->form_after, change->after));
    okr_json_close_object(s->out);
    return OKR_OK;
}

/* By the person himself, or only vouched for by his site. */
static void emit_signature(struct okr_session *s, const struct okr_last *last)
{
    okr_json_key(s->out, "signature");
    if (okr_id_is_zero(&last->person))
        okr_json_null(s->out);
    else
        okr_json_cstr(s->out, last->is_signed ? "person" : "site");
}

static enum okr_err emit_who(struct okr_session *s,
                             const struct okr_history *row)
{
    const struct okr_verb_info *verb = okr_verb_info(row->last.verb);
    okr_json_key(s->out, "lsn");
    if ((row->lsn & OKR_LSN_PENDING) != 0)
        okr_json_null(s->out);
    else
        okr_json_uint(s->out, row->lsn);
    okr_json_key(s->out, "time");
    if (row->last.time == 0)
        okr_json_null(s->out);
    else
        okr_emit_time(s, row->last.time);
    okr_json_key(s->out, "person");
    OKR_TRY(okr_emit_name(s, &row->last.person));
    okr_json_key(s->out, "site");
    OKR_TRY(okr_emit_name(s, &row->last.site));
    emit_signature(s, &row->last);
    okr_json_key(s->out, "verb");
    if (verb == NULL)
        okr_json_null(s->out);
    else
        okr_json_cstr(s->out, verb->word);
    return OKR_OK;
}

enum okr_err okr_emit_history(struct okr_session *s, uint16_t kind,
                              const struct okr_history *row)
{
    okr_json_key(s->out, "reason");
    if (row->reason.len == 0)
        okr_json_null(s->out);
    else
        okr_json_text(s->out, row->reason);
    okr_json_key(s->out, "changes");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < row->n_changes; i++)
        OKR_TRY(emit_change(s, kind, &row->changes[i]));
    okr_json_close_array(s->out);
    okr_json_key(s->out, "collapsed");
    okr_json_bool(s->out, row->collapsed);
    return OKR_OK;
}

/* Does this copy know how the entity began? */
static bool begins_here(const struct okr_history *rows, size_t n)
{
    if (n == 0 || rows[0].collapsed)
        return false;
    const struct okr_verb_info *verb = okr_verb_info(rows[0].last.verb);
    return verb != NULL && verb->makes;
}

enum okr_err okr_query_log_is_whole(const struct okr_space *space,
                                    const struct okr_id *entity,
                                    bool *ret_whole)
{
    struct okr_history *rows;
    size_t n;
    OKR_TRY(okr_history_get(space, entity, &rows, &n));
    *ret_whole = begins_here(rows, n);
    for (size_t i = 1; i < n; i++)
        *ret_whole = *ret_whole && !rows[i].collapsed;
    return OKR_OK;
}

static enum okr_err history_of(struct okr_session *s,
                               const struct okr_id *entity,
                               struct okr_history **ret_rows, size_t *ret_n)
{
    if (s->query->history != NULL)
        return s->query->history(&s->space, entity, ret_rows, ret_n);
    return okr_history_get(&s->space, entity, ret_rows, ret_n);
}

enum okr_err okr_emit_signature(struct okr_session *s,
                                const struct okr_id *entity)
{
    struct okr_last last = {.verb = 0};
    struct okr_history *rows;
    size_t n;
    OKR_TRY(history_of(s, entity, &rows, &n));
    if (n > 0)
        last = rows[n - 1].last;
    emit_signature(s, &last);
    return OKR_OK;
}

/* What headquarters told, and behind it what it did not know yet: what is
 * pending here, or came since. */
static enum okr_err told_and_own(struct okr_session *s,
                                 struct okr_history **ret_rows, size_t *ret_n)
{
    const struct okr_history_page *told = s->query->told;
    okr_lsn last = told->n_rows > 0 ? told->rows[told->n_rows - 1].lsn : 0;
    struct okr_history *own = *ret_rows;
    struct okr_history *rows =
        okr_arena_array(s->space.arena, told->n_rows + *ret_n, sizeof *rows);
    if (rows == NULL)
        return OKR_ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < told->n_rows; i++)
        rows[n++] = told->rows[i];
    for (size_t i = 0; i < *ret_n; i++)
        if (own[i].lsn > last)
            rows[n++] = own[i];
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}

/* Where the history goes on at headquarters; 0: it does not. */
static okr_lsn goes_on(const struct okr_session *s,
                       const struct okr_history *rows, size_t n)
{
    const struct okr_history_page *told = s->query->told;
    if (told != NULL)
        return told->more && told->n_rows > 0 ? told->rows[0].lsn : 0;
    return begins_here(rows, n) ? 0 : s->query->last_lsn;
}

enum okr_err okr_query_log(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_node *node;
    struct okr_history *rows;
    size_t n;
    OKR_ASKED(s, okr_filter_ref(s, ask, &node));
    OKR_TRY(history_of(s, &node->id, &rows, &n));
    if (s->query->told != NULL && okr_id_eq(&s->query->told->entity, &node->id))
        OKR_TRY(told_and_own(s, &rows, &n));
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++) {
        okr_json_open_object(s->out);
        OKR_TRY(emit_who(s, &rows[i]));
        OKR_TRY(okr_emit_history(s, node->record->kind, &rows[i]));
        okr_json_close_object(s->out);
    }
    if (goes_on(s, rows, n) > 0) {
        okr_json_open_object(s->out);
        okr_json_key(s->out, "history_before");
        okr_json_uint(s->out, goes_on(s, rows, n));
        okr_json_close_object(s->out);
    }
    okr_json_close_array(s->out);
    return s->out->out->err;
}

/* Of a draft of others only that it changed; of what left, what is known. */
static enum okr_err may_tell(struct okr_session *s, struct okr_node *node,
                             bool *ret_may)
{
    *ret_may = true;
    if (node->record == NULL)
        return OKR_OK;
    return okr_session_visible(s, node, ret_may);
}

enum okr_err okr_query_change(const struct okr_query *query,
                              const struct okr_id *entity,
                              const struct okr_history *history,
                              struct okr_json *out)
{
    struct okr_session session;
    struct okr_problem problem;
    struct okr_node *node;
    bool may;
    OKR_ASSERT(entity != NULL && history != NULL);
    struct okr_history row = *history;
    OKR_TRY(okr_session_init(&session, query, out, &problem));
    OKR_TRY(okr_session_node(&session, entity, &node));
    OKR_TRY(may_tell(&session, node, &may));
    if (!may) {
        row.n_changes = 0;
        row.reason = OKR_SLICE_NONE;
    }
    uint16_t kind = node->record == NULL ? 0 : node->record->kind;
    const struct okr_kind_info *info = okr_kind_info(kind);
    okr_json_open_object(out);
    OKR_TRY(emit_who(&session, &row));
    okr_json_key(out, "kind");
    if (info == NULL)
        okr_json_null(out);
    else
        okr_json_cstr(out, info->word);
    okr_json_key(out, "id");
    okr_json_id(out, entity);
    okr_emit_ref(&session, "ref", kind, entity);
    okr_emit_title(&session, "title", may ? node->record : NULL);
    OKR_TRY(okr_emit_history(&session, kind, &row));
    okr_json_close_object(out);
    return out->out->err;
}
