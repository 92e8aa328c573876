/* Entities as JSON: what every kind has, what the formulas say, and then every
 * other field of the schema under its own word. */
#include <string.h>

#include "common/base/assert.h"
#include "common/model/value.h"
#include "common/query/emit.h"

/* Fields that the head of an entity has said already. */
static bool in_head(const struct okr_field_info *field)
{
    static const char *const words[] = {"title", "owner", "unit",
                                        "cycle", "state", "archived"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(field->word, words[i]) == 0)
            return true;
    return false;
}

/* ---- head ---------------------------------------------------------------- */

static enum okr_err emit_named(struct okr_session *s, const char *word,
                               const struct okr_record *record)
{
    struct okr_id id;
    uint16_t field = okr_field_named(record->kind, word);
    if (field == 0)
        return OKR_OK;
    okr_json_key(s->out, word);
    if (okr_record_id(record, field, &id))
        return okr_emit_name(s, &id);
    okr_json_null(s->out);
    return OKR_OK;
}

static void emit_state(struct okr_session *s, const struct okr_record *record)
{
    uint16_t number = okr_field_named(record->kind, "state");
    const struct okr_field_info *field = okr_field_info(record->kind, number);
    if (field == NULL || field->type != OKR_TYPE_ENUM)
        return;
    uint32_t unset = record->kind == OKR_KIND_OBJECTIVE
                         ? OKR_V_OBJECTIVE_STATE_PUBLISHED
                         : 0;
    const char *word =
        okr_enum_word(field->of, okr_record_enum(record, number, unset));
    okr_json_key(s->out, "state");
    if (word == NULL)
        okr_json_null(s->out);
    else
        okr_json_cstr(s->out, word);
}

/* A key result is of its objective's unit and cycle, and in its state. */
static enum okr_err emit_place(struct okr_session *s,
                               const struct okr_record *record)
{
    const struct okr_record *place = record;
    OKR_TRY(emit_named(s, "owner", record));
    if (record->kind == OKR_KIND_KEY_RESULT) {
        struct okr_node *objective;
        OKR_TRY(okr_session_objective(s, record, &objective));
        if (objective == NULL) {
            static const char *const words[] = {"unit", "cycle", "state"};
            for (size_t i = 0; i < 3; i++) {
                okr_json_key(s->out, words[i]);
                okr_json_null(s->out);
            }
            return OKR_OK;
        }
        place = objective->record;
    }
    OKR_TRY(emit_named(s, "unit", place));
    OKR_TRY(emit_named(s, "cycle", place));
    emit_state(s, place);
    return OKR_OK;
}

static void emit_versions(struct okr_session *s,
                          const struct okr_record *record)
{
    okr_lsn lsn = 0;
    bool pending = false;
    for (size_t i = 0; i < record->n_regs; i++) {
        okr_lsn one = record->regs[i].lsn;
        if ((one & OKR_LSN_PENDING) != 0)
            pending = true;
        else if (one > lsn)
            lsn = one;
    }
    okr_json_key(s->out, "archived");
    okr_json_bool(s->out, okr_record_archived(record));
    okr_json_key(s->out, "pending");
    okr_json_bool(s->out, pending);
    okr_json_key(s->out, "lsn");
    okr_json_uint(s->out, lsn);
}

static enum okr_err emit_head(struct okr_session *s,
                              const struct okr_record *record)
{
    const struct okr_kind_info *kind = okr_kind_info(record->kind);
    okr_json_key(s->out, "id");
    okr_json_id(s->out, &record->id);
    okr_emit_ref(s, "ref", record->kind, &record->id);
    okr_json_key(s->out, "kind");
    okr_json_cstr(s->out, kind == NULL ? "unknown" : kind->word);
    if (kind != NULL && (okr_field_named(record->kind, "title") != 0 ||
                         okr_field_named(record->kind, "name") != 0))
        okr_emit_title(s, "title", record);
    OKR_TRY(emit_place(s, record));
    emit_versions(s, record);
    return OKR_OK;
}

/* ---- fields -------------------------------------------------------------- */

static enum okr_err emit_set(struct okr_session *s,
                             const struct okr_record *record,
                             const struct okr_field_info *field)
{
    const struct okr_reg *reg;
    okr_json_open_array(s->out);
    for (size_t at = 0;
         (reg = okr_record_next(record, field->number, &at)) != NULL;)
        if (reg->form == OKR_REG_PRESENT)
            OKR_TRY(okr_emit_value(s, field, reg->data));
    okr_json_close_array(s->out);
    return OKR_OK;
}

/* No value is null, except where the tables say what it then is: a false
 * switch, an empty list, the word with the number 0. */
static void emit_unset(struct okr_session *s,
                       const struct okr_field_info *field)
{
    const char *word =
        field->type == OKR_TYPE_ENUM ? okr_enum_word(field->of, 0) : NULL;
    if (word != NULL) {
        okr_json_cstr(s->out, word);
    } else if (field->type == OKR_TYPE_BOOL) {
        okr_json_bool(s->out, false);
    } else if (field->type == OKR_TYPE_LIST) {
        okr_json_open_array(s->out);
        okr_json_close_array(s->out);
    } else {
        okr_json_null(s->out);
    }
}

/* `kind` says what an entity is, so its own field of that name says of what:
 * "task_kind". */
static enum okr_err emit_key(struct okr_session *s,
                             const struct okr_field_info *field)
{
    const char *word = field->word;
    if (strcmp(word, "kind") == 0) {
        word = okr_arena_printf(s->space.arena, "%s_kind",
                                okr_kind_info(field->kind)->word);
        if (word == NULL)
            return OKR_ERR_NOMEM;
    }
    okr_json_key(s->out, word);
    return OKR_OK;
}

/* A conflict's texts are values of the field it is about. */
static enum okr_err conflict_field(struct okr_session *s,
                                   const struct okr_record *record,
                                   const struct okr_field_info **ret_about)
{
    struct okr_node *subject;
    *ret_about = NULL;
    OKR_TRY(okr_session_follow(s, record, OKR_F_CF_SUBJECT, &subject));
    if (subject != NULL && subject->record != NULL)
        *ret_about =
            okr_field_info(subject->record->kind,
                           (uint32_t)okr_record_int(record, OKR_F_CF_FIELD, 0));
    return OKR_OK;
}

static enum okr_err emit_field(struct okr_session *s,
                               const struct okr_record *record,
                               const struct okr_field_info *field)
{
    const struct okr_reg *reg = okr_record_reg(record, field->number);
    OKR_TRY(emit_key(s, field));
    if ((field->flags & OKR_FLAG_SET) != 0)
        return emit_set(s, record, field);
    if (reg == NULL || reg->form != OKR_REG_VALUE) {
        emit_unset(s, field);
        return OKR_OK;
    }
    if (field->kind != OKR_KIND_CONFLICT)
        return okr_emit_value(s, field, reg->data);
    const struct okr_field_info *about;
    OKR_TRY(conflict_field(s, record, &about));
    if (about != NULL && field->type == OKR_TYPE_BYTES)
        return okr_emit_value(s, about, reg->data);
    if (about != NULL && field->number == OKR_F_CF_FIELD) {
        okr_json_cstr(s->out, about->word);
        return OKR_OK;
    }
    return okr_emit_value(s, field, reg->data);
}

static enum okr_err emit_fields(struct okr_session *s,
                                const struct okr_record *record)
{
    const struct okr_field_info *field;
    for (size_t at = 0; (field = okr_field_next(record->kind, &at)) != NULL;)
        if (!in_head(field))
            OKR_TRY(emit_field(s, record, field));
    return OKR_OK;
}

/* ---- formulas ------------------------------------------------------------ */

static void emit_rate(struct okr_session *s, const char *key, bool known,
                      okr_rate rate)
{
    okr_json_key(s->out, key);
    if (known)
        okr_json_rate(s->out, rate);
    else
        okr_json_null(s->out);
}

static enum okr_err emit_gauge(struct okr_session *s, struct okr_node *node)
{
    const struct okr_gauge *gauge;
    OKR_TRY(okr_gauge_of(s, node, &gauge));
    emit_rate(s, "progress", true, gauge->p);
    if (node->record->kind == OKR_KIND_KEY_RESULT)
        emit_rate(s, "raw_progress", true, gauge->raw);
    okr_json_key(s->out, "measured");
    okr_json_bool(s->out, gauge->measured);
    emit_rate(s, "expected", gauge->has_expected, gauge->expected);
    okr_json_key(s->out, "status");
    okr_json_cstr(s->out, okr_status_word(gauge->status));
    return OKR_OK;
}

static enum okr_err emit_key_results(struct okr_session *s,
                                     struct okr_node *node)
{
    const struct okr_ids *ids;
    OKR_TRY(okr_session_key_results(s, node, &ids));
    okr_json_key(s->out, "key_results");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < ids->n; i++)
        okr_json_id(s->out, &ids->at[i]);
    okr_json_close_array(s->out);
    return OKR_OK;
}

/* How many are for a proposal, as far as that is kept here. */
static enum okr_err emit_votes(struct okr_session *s,
                               const struct okr_node *proposal)
{
    struct okr_ids ids;
    int64_t n = 0;
    OKR_TRY(okr_index_children(&s->space, &proposal->id, OKR_KIND_VOTE, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *vote;
        OKR_TRY(okr_entity_get(&s->space, &ids.at[i], &vote));
        if (!okr_record_archived(vote))
            n++;
    }
    okr_json_key(s->out, "votes");
    okr_json_int(s->out, n);
    return OKR_OK;
}

enum okr_err okr_emit_members(struct okr_session *s, struct okr_node *node)
{
    OKR_ASSERT(node->record != NULL);
    OKR_TRY(emit_head(s, node->record));
    bool objective = node->record->kind == OKR_KIND_OBJECTIVE;
    if (objective || node->record->kind == OKR_KIND_KEY_RESULT)
        OKR_TRY(emit_gauge(s, node));
    if (objective)
        OKR_TRY(emit_key_results(s, node));
    if (node->record->kind == OKR_KIND_PROPOSAL)
        OKR_TRY(emit_votes(s, node));
    return emit_fields(s, node->record);
}

enum okr_err okr_emit_entity(struct okr_session *s, struct okr_node *node)
{
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    okr_json_close_object(s->out);
    return s->out->out->err;
}
