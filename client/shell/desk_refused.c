/* What the server refused: shown to its author, and issued anew by him. */
#include "client/shell/desk_impl.h"
#include "client/shell/retry.h"
#include "client/store/outbox.h"
#include "common/base/hex.h"
#include "common/compose/say.h"
#include "common/model/dates.h"
#include "common/model/ref.h"

enum { DIGITS_MIN = 6 }; /* of an operation's number */

/* ---- refused ------------------------------------------------------------- */

static void write_text(struct okr_json *out, const char *key, const char *text)
{
    okr_json_key(out, key);
    if (text == NULL || text[0] == '\0')
        okr_json_null(out);
    else
        okr_json_cstr(out, text);
}

/* As it is here, or as the operation wanted it. */
static enum okr_err title_of(struct okr_asking *a,
                             const struct okr_payload *payload,
                             struct okr_slice *ret_title)
{
    struct okr_record *record;
    uint16_t field = okr_field_named(payload->kind, "title");
    if (field == 0)
        field = okr_field_named(payload->kind, "name");
    *ret_title = OKR_SLICE_NONE;
    enum okr_err err = okr_entity_get(&a->space, &payload->entity, &record);
    if (err == OKR_OK)
        *ret_title = okr_record_text(record, field);
    for (size_t i = 0; err == OKR_ERR_NOTFOUND && i < payload->n_changes; i++)
        if (payload->changes[i].field == field && field != 0)
            *ret_title = payload->changes[i].data;
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

static enum okr_err write_target(struct okr_asking *a,
                                 const struct okr_payload *payload,
                                 struct okr_json *out)
{
    const struct okr_kind_info *kind = okr_kind_info(payload->kind);
    struct okr_slice title;
    char ref[OKR_REF_TEXT];
    OKR_TRY(title_of(a, payload, &title));
    okr_ref_format(payload->kind, &payload->entity, OKR_REF_CHARS, ref);
    write_text(out, "kind", kind == NULL ? NULL : kind->word);
    okr_json_key(out, "entity");
    okr_json_id(out, &payload->entity);
    okr_json_key(out, "ref");
    okr_json_cstr(out, ref);
    okr_json_key(out, "title");
    if (title.len > 0)
        okr_json_text(out, title);
    else
        okr_json_null(out);
    return OKR_OK;
}

static void write_reason(const struct okr_verdict *verdict, uint16_t kind,
                         struct okr_json *out)
{
    struct okr_problem problem;
    const struct okr_field_info *field =
        verdict->field == 0 ? NULL : okr_field_info(kind, verdict->field);
    okr_problem_of(verdict, kind, &problem);
    okr_json_key(out, "rule");
    okr_json_cstr(out, okr_rule_name(verdict->rule));
    okr_json_key(out, "what");
    okr_json_cstr(out, problem.what);
    okr_json_key(out, "remedy");
    okr_json_cstr(out, problem.remedy);
    write_text(out, "field", field == NULL ? NULL : field->word);
    okr_json_key(out, "about");
    if (okr_id_is_zero(&verdict->about))
        okr_json_null(out);
    else
        okr_json_id(out, &verdict->about);
}

static enum okr_err write_refused(struct okr_asking *a,
                                  const struct okr_refused *row,
                                  struct okr_json *out)
{
    const struct okr_verb_info *verb = okr_verb_info(row->op.verb);
    struct okr_payload none = {.kind = 0}, *payload = &none;
    char time[OKR_TIME_TEXT];
    enum okr_err err =
        okr_payload_decode(row->op.payload, a->space.arena, &payload);
    if (err == OKR_ERR_NOMEM)
        return err;
    okr_time_format(row->op.time, 0, time);
    okr_json_open_object(out);
    okr_json_key(out, "op");
    okr_json_id(out, &row->op.id);
    okr_json_key(out, "time");
    okr_json_cstr(out, time);
    write_text(out, "verb", verb == NULL ? NULL : verb->word);
    OKR_TRY(write_target(a, payload, out));
    write_reason(&row->answer.verdict, payload->kind, out);
    struct okr_query query = okr_asking_query(a);
    okr_json_key(out, "offenders");
    OKR_TRY(okr_query_offences(&query, row->answer.verdict.offences,
                               row->answer.verdict.n_offences, out));
    okr_json_close_object(out);
    return OKR_OK;
}

/* Everybody sees his own; who may speak for everybody and names nobody sees
 * them all. */
static bool may_see(const struct okr_asking *a, const struct okr_refused *row)
{
    struct okr_speaking who = okr_asking_who(a);
    if (okr_id_is_zero(&a->person))
        return okr_who_is_trusted(&who, a->caller);
    return okr_id_eq(&row->op.person, &a->person);
}

enum okr_err okr_desk_refused(struct okr_asking *a, struct okr_json *out)
{
    struct okr_refused *rows;
    size_t n;
    OKR_TRY(okr_refused_list(a->space.txn, a->space.arena, &rows, &n));
    okr_json_open_array(out);
    for (size_t i = 0; i < n; i++)
        if (may_see(a, &rows[i]))
            OKR_TRY(write_refused(a, &rows[i], out));
    okr_json_close_array(out);
    return OKR_OK;
}

/* ---- retry --------------------------------------------------------------- */

/* Its last digits are enough: the first ones are a time, and alike. */
static bool ends(const struct okr_id *id, struct okr_slice text)
{
    char hex[OKR_ID_HEX];
    okr_id_hex(id, hex);
    struct okr_slice whole = okr_slice_str(hex);
    if (text.len < DIGITS_MIN || text.len > whole.len)
        return false;
    return okr_slice_eq(okr_slice_sub(whole, whole.len - text.len, text.len),
                        text);
}

static void refuse_op(struct okr_asking *a, struct okr_slice text, size_t found)
{
    struct okr_problem problem = {.rule = OKR_RULE_UNKNOWN_ENTITY};
    if (found == 0)
        okr_say(&problem, N_("%s is no refused operation of yours"),
                OKR_SAID_TYPED(text));
    else
        okr_say(&problem, N_("%s may be one of several"), OKR_SAID_TYPED(text));
    okr_say_remedy(&problem, N_("`okr refused` lists them"));
    okr_snag_problem(&a->snag, &problem);
}

enum okr_err okr_desk_retried(struct okr_asking *a, struct okr_slice text,
                              struct okr_refused *ret_refused)
{
    struct okr_refused *rows;
    size_t n, found = 0;
    OKR_TRY(okr_refused_list(a->space.txn, a->space.arena, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (!ends(&rows[i].op.id, text) ||
            !okr_id_eq(&rows[i].op.person, &a->person))
            continue;
        *ret_refused = rows[i];
        found++;
    }
    if (found != 1)
        refuse_op(a, text, found);
    return OKR_OK;
}

static void refuse_pair(struct okr_asking *a, struct okr_slice pair,
                        const char *why)
{
    struct okr_problem problem = {.rule = OKR_RULE_MALFORMED, .usage = true};
    okr_say(&problem, N_("--replace: %s%s"), OKR_SAID_TYPED(pair), why);
    okr_say_remedy(&problem, N_("write --replace OLD=NEW, both as ids or "
                                "references"));
    okr_snag_problem(&a->snag, &problem);
}

/* An id that is not known here passes: the server knows more. */
static enum okr_err find_new(struct okr_asking *a, struct okr_slice text,
                             struct okr_id *ret_id)
{
    struct okr_problem problem;
    if (text.len == (size_t)2 * OKR_ID_LEN &&
        okr_hex_decode(text, ret_id->b, OKR_ID_LEN) == OKR_OK)
        return OKR_OK;
    OKR_TRY(okr_resolve(&a->space, OKR_KIND_ANY, text, ret_id, &problem));
    okr_snag_problem(&a->snag, &problem);
    return OKR_OK;
}

static enum okr_err replace(struct okr_asking *a, struct okr_slice pair,
                            struct okr_payload *payload)
{
    size_t at = 0;
    while (at < pair.len && pair.data[at] != '=')
        at++;
    struct okr_slice old = okr_slice_sub(pair, 0, at);
    struct okr_slice now = okr_slice_sub(pair, at + 1, pair.len);
    struct okr_id *id = okr_arena_alloc(a->space.arena, sizeof *id);
    if (id == NULL)
        return OKR_ERR_NOMEM;
    if (at >= pair.len || old.len == 0 || now.len == 0) {
        refuse_pair(a, pair, " is no pair");
        return OKR_OK;
    }
    OKR_TRY(find_new(a, now, id));
    if (!okr_snagged(&a->snag) && okr_retry_replace(payload, old, id) == 0)
        refuse_pair(a, pair, ": the operation does not name the first");
    return OKR_OK;
}

enum okr_err okr_desk_retry(struct okr_asking *a, const struct okr_ask *ask,
                            struct okr_draft_write *ret)
{
    struct okr_refused refused = {.at = 0};
    struct okr_compose ground;
    struct okr_slice pair;
    OKR_TRY(okr_desk_retried(a, okr_ask_arg(ask, "op"), &refused));
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(
        okr_payload_decode(refused.op.payload, a->space.arena, &ret->payload));
    for (size_t at = 0; okr_ask_next(ask, "replace", &at, &pair);) {
        OKR_TRY(replace(a, pair, ret->payload));
        if (okr_snagged(&a->snag))
            return OKR_OK;
    }
    OKR_TRY(okr_desk_ground(a, &ground));
    ret->retried = refused.op.id;
    return okr_retry_see(&ground, ret->payload);
}
