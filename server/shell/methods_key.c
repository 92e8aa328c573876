/* key_list, key_revoke: the keys of persons. */
#include "common/base/hex.h"
#include "common/crypto/sign.h"
#include "common/model/ref.h"
#include "server/shell/methods.h"

/* ---- showing ------------------------------------------------------------- */

static void put_text(struct okr_call *call, const char *key,
                     struct okr_slice text)
{
    okr_json_key(&call->json, key);
    if (text.len > 0)
        okr_json_text(&call->json, text);
    else
        okr_json_null(&call->json);
}

static enum okr_err put_person(struct okr_call *call,
                               const struct okr_view *view,
                               const struct okr_record *key)
{
    struct okr_id id;
    struct okr_record *person;
    struct okr_slice mail = OKR_SLICE_NONE;
    if (okr_record_id(key, OKR_F_KEY_PERSON, &id)) {
        OKR_TRY(okr_entity_get(&view->space, &id, &person));
        mail = okr_record_text(person, OKR_F_MAIL);
    }
    put_text(call, "person", mail);
    return OKR_OK;
}

static enum okr_err put_key(struct okr_call *call, const struct okr_view *view,
                            const struct okr_record *key)
{
    char ref[OKR_REF_TEXT], fingerprint[OKR_FINGERPRINT_LEN];
    const char *state = okr_enum_word(OKR_ENUM_KEY_STATE,
                                      okr_record_enum(key, OKR_F_KEY_STATE, 0));
    okr_ref_format(key->kind, &key->id, OKR_REF_CHARS, ref);
    okr_fingerprint(okr_record_text(key, OKR_F_KEY_PUBLIC), fingerprint);
    okr_json_open_object(&call->json);
    okr_json_key(&call->json, "id");
    okr_json_id(&call->json, &key->id);
    put_text(call, "ref", okr_slice_str(ref));
    OKR_TRY(put_person(call, view, key));
    put_text(call, "label", okr_record_text(key, OKR_F_KEY_LABEL));
    put_text(call, "state", okr_slice_str(state == NULL ? "" : state));
    put_text(call, "fingerprint", okr_slice_str(fingerprint));
    okr_json_close_object(&call->json);
    return OKR_OK;
}

/* Of one person, or all; `ret_ids` is of the view's arena. */
static enum okr_err keys_of(struct okr_call *call, const struct okr_view *view,
                            struct okr_slice mail, struct okr_ids *ret_ids)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_id person;
    if (mail.len == 0)
        return okr_index_kind(&view->space, OKR_KIND_KEY, ret_ids);
    OKR_TRY(
        okr_resolve(&view->space, OKR_KIND_PERSON, mail, &person, &problem));
    okr_fault_problem(&call->fault, &problem);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    return okr_index_find(&view->space, OKR_KIND_KEY, OKR_F_KEY_PERSON,
                          okr_id_slice(&person), ret_ids);
}

static enum okr_err list(struct okr_call *call, const struct okr_view *view)
{
    struct okr_ids ids = {.n = 0};
    struct okr_record *key;
    OKR_TRY(keys_of(call, view, okr_call_arg(call, "ref"), &ids));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    okr_json_open_array(&call->json);
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&view->space, &ids.at[i], &key));
        OKR_TRY(put_key(call, view, key));
    }
    okr_json_close_array(&call->json);
    return OKR_OK;
}

enum okr_err okr_method_key_list(struct okr_call *call)
{
    struct okr_view view;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = list(call, &view);
    okr_view_close(&view);
    return err;
}

/* ---- revoking ------------------------------------------------------------ */

static enum okr_err only_key(struct okr_call *call, const struct okr_view *view,
                             struct okr_slice mail, struct okr_id *ret_key)
{
    struct okr_ids ids = {.n = 0};
    struct okr_record *key;
    size_t active = 0;
    OKR_TRY(keys_of(call, view, mail, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&view->space, &ids.at[i], &key));
        if (okr_record_enum(key, OKR_F_KEY_STATE, 0) != OKR_V_KEY_STATE_ACTIVE)
            continue;
        *ret_key = key->id;
        active++;
    }
    if (active != 1)
        okr_fault_refuse(&call->fault, okr_rule_name(OKR_RULE_UNKNOWN_ENTITY),
                         "name the key by its reference: okr-server key list "
                         "DIR MAIL",
                         "%.*s has %zu active keys", (int)mail.len,
                         (const char *)mail.data, active);
    return OKR_OK;
}

/* A mail means the person's only key. */
static enum okr_err find(struct okr_call *call, const struct okr_view *view,
                         struct okr_id *ret_key)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_slice ref;
    if (!okr_call_need(call, "ref", &ref))
        return OKR_OK;
    for (size_t i = 0; i < ref.len; i++)
        if (ref.data[i] == '@')
            return only_key(call, view, ref, ret_key);
    OKR_TRY(okr_resolve(&view->space, OKR_KIND_KEY, ref, ret_key, &problem));
    okr_fault_problem(&call->fault, &problem);
    return OKR_OK;
}

static enum okr_err revoke(struct okr_call *call, struct okr_view *view,
                           struct okr_id *ret_key)
{
    char hex[OKR_ID_HEX];
    struct okr_ask ask;
    struct okr_payload payload;
    struct okr_submitted submitted;
    OKR_TRY(find(call, view, ret_key));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    okr_id_hex(ret_key, hex);
    const struct okr_pairs pairs[] = {
        {"ref", okr_arena_copy(call->arena, okr_slice_str(hex))},
        {"reason", okr_call_arg(call, "reason")},
        {NULL, OKR_SLICE_NONE},
    };
    OKR_TRY(okr_call_ask(call, "revoke", pairs, &ask));
    OKR_TRY(okr_call_compose(call, view, &ask, &payload));
    okr_view_close(view);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    return okr_call_submit(call, &view->person, &payload, NULL, &submitted);
}

enum okr_err okr_method_key_revoke(struct okr_call *call)
{
    struct okr_view view;
    struct okr_id id;
    struct okr_record *key;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = revoke(call, &view, &id);
    okr_view_close(&view);
    if (err != OKR_OK || okr_faulty(&call->fault))
        return err;
    err = okr_view_open(call, &view); /* as it is now */
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = okr_entity_get(&view.space, &id, &key);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = put_key(call, &view, key);
    okr_view_close(&view);
    return err;
}
