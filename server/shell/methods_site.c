/* site_list, site_show, site_revoke. */
#include "common/base/hex.h"
#include "common/model/value.h"
#include "common/store/key.h"
#include "common/store/meta.h"
#include "server/shell/methods.h"
#include "server/store/peers.h"

/* ---- showing ------------------------------------------------------------- */

static void put_word(struct okr_call *call, const char *key,
                     uint16_t vocabulary, uint32_t number)
{
    const char *word = okr_enum_word(vocabulary, number);
    okr_json_key(&call->json, key);
    if (word != NULL)
        okr_json_cstr(&call->json, word);
    else
        okr_json_null(&call->json);
}

static enum okr_err put_units(struct okr_call *call,
                              const struct okr_view *view,
                              const struct okr_record *site)
{
    const struct okr_reg *reg;
    size_t at = 0;
    okr_json_key(&call->json, "units");
    okr_json_open_array(&call->json);
    while ((reg = okr_record_next(site, OKR_F_SITE_UNITS, &at)) != NULL) {
        struct okr_id id;
        struct okr_record *unit;
        if (reg->form != OKR_REG_PRESENT || !okr_value_as_id(reg->data, &id))
            continue;
        OKR_TRY(okr_entity_get(&view->space, &id, &unit));
        okr_json_text(&call->json, okr_record_text(unit, OKR_F_CODE));
    }
    okr_json_close_array(&call->json);
    return OKR_OK;
}

/* The last sequence of the incarnation under which the site spoke last: the
 * one whose last answer is the youngest. */
static enum okr_err last_seq(struct okr_call *call, const struct okr_view *view,
                             const struct okr_id *site, uint64_t *ret_seq)
{
    struct okr_kv_iter it;
    okr_lsn youngest = 0;
    enum okr_err err = OKR_OK;
    *ret_seq = 0;
    okr_kv_scan(view->txn, OKR_TABLE_PEER, okr_id_slice(site), OKR_SLICE_NONE,
                &it);
    while (err == OKR_OK && okr_kv_iter_next(&it)) {
        struct okr_mark mark = {.site = *site};
        struct okr_peer peer;
        struct okr_answer answer;
        struct okr_hash hash;
        if (it.key.len != OKR_ID_LEN + sizeof mark.incarnation)
            continue;
        mark.incarnation = okr_be_get64(it.key.data + OKR_ID_LEN);
        err = okr_peer_get(view->txn, site, mark.incarnation, &peer);
        mark.seq = peer.last_seq;
        if (err == OKR_OK && mark.seq > 0)
            err = okr_answer_get(view->txn, &mark, call->arena, &answer, &hash);
        if (err == OKR_OK && mark.seq > 0 && answer.lsn >= youngest) {
            youngest = answer.lsn;
            *ret_seq = mark.seq;
        }
    }
    enum okr_err walked = okr_kv_iter_close(&it);
    return err != OKR_OK ? err : walked;
}

static void put_hex(struct okr_call *call, const char *key,
                    struct okr_slice bytes)
{
    char hex[2 * 32 + 1] = "";
    okr_json_key(&call->json, key);
    if (bytes.len <= 32)
        okr_hex_encode(bytes, hex);
    okr_json_cstr(&call->json, hex);
}

static enum okr_err put_site(struct okr_call *call, const struct okr_view *view,
                             const struct okr_record *site)
{
    uint64_t seq;
    OKR_TRY(last_seq(call, view, &site->id, &seq));
    okr_json_open_object(&call->json);
    okr_json_key(&call->json, "id");
    okr_json_id(&call->json, &site->id);
    okr_json_key(&call->json, "name");
    okr_json_text(&call->json, okr_record_text(site, OKR_F_SITE_NAME));
    put_word(call, "role", OKR_ENUM_SITE_ROLE,
             okr_record_enum(site, OKR_F_SITE_ROLE, 0));
    OKR_TRY(put_units(call, view, site));
    put_word(call, "state", OKR_ENUM_KEY_STATE,
             okr_record_enum(site, OKR_F_SITE_STATE, 0));
    put_hex(call, "link_key", okr_record_text(site, OKR_F_LINK_KEY));
    okr_json_key(&call->json, "last_seq");
    okr_json_uint(&call->json, seq);
    okr_json_close_object(&call->json);
    return OKR_OK;
}

static enum okr_err list(struct okr_call *call, const struct okr_view *view)
{
    struct okr_ids ids;
    struct okr_record *site;
    OKR_TRY(okr_index_kind(&view->space, OKR_KIND_SITE, &ids));
    okr_json_open_array(&call->json);
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&view->space, &ids.at[i], &site));
        OKR_TRY(put_site(call, view, site));
    }
    okr_json_close_array(&call->json);
    return OKR_OK;
}

enum okr_err okr_method_site_list(struct okr_call *call)
{
    struct okr_view view;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = list(call, &view);
    okr_view_close(&view);
    return err;
}

/* ---- one of them --------------------------------------------------------- */

static enum okr_err find(struct okr_call *call, const struct okr_view *view,
                         struct okr_id *ret_id)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_slice ref;
    if (!okr_call_need(call, "ref", &ref))
        return OKR_OK;
    OKR_TRY(okr_resolve(&view->space, OKR_KIND_SITE, ref, ret_id, &problem));
    okr_fault_problem(&call->fault, &problem);
    return OKR_OK;
}

static enum okr_err show(struct okr_call *call, const struct okr_view *view,
                         const struct okr_id *id)
{
    struct okr_record *site;
    OKR_TRY(okr_entity_get(&view->space, id, &site));
    return put_site(call, view, site);
}

enum okr_err okr_method_site_show(struct okr_call *call)
{
    struct okr_view view;
    struct okr_id id;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = find(call, &view, &id);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = show(call, &view, &id);
    okr_view_close(&view);
    return err;
}

/* ---- revoking ------------------------------------------------------------ */

static enum okr_err compose(struct okr_call *call, const struct okr_view *view,
                            const struct okr_id *id,
                            struct okr_payload *ret_payload)
{
    char hex[OKR_ID_HEX];
    struct okr_id own;
    struct okr_ask ask;
    OKR_TRY(okr_meta_id(view->txn, "server_site", &own));
    if (okr_id_eq(&own, id)) {
        okr_fault_refuse(&call->fault, okr_rule_name(OKR_RULE_NOT_PERMITTED),
                         "name another site",
                         "this is the server's own site: without it nothing "
                         "could be administered");
        return OKR_OK;
    }
    okr_id_hex(id, hex);
    const struct okr_pairs pairs[] = {
        {"ref", okr_arena_copy(call->arena, okr_slice_str(hex))},
        {"reason", okr_call_arg(call, "reason")},
        {NULL, OKR_SLICE_NONE},
    };
    OKR_TRY(okr_call_ask(call, "revoke", pairs, &ask));
    return okr_call_compose(call, view, &ask, ret_payload);
}

static enum okr_err revoke(struct okr_call *call, struct okr_view *view,
                           struct okr_id *ret_id)
{
    struct okr_payload payload;
    struct okr_submitted submitted;
    OKR_TRY(find(call, view, ret_id));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    OKR_TRY(compose(call, view, ret_id, &payload));
    okr_view_close(view);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    return okr_call_submit(call, &view->person, &payload, NULL, &submitted);
}

enum okr_err okr_method_site_revoke(struct okr_call *call)
{
    struct okr_view view;
    struct okr_id id;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = revoke(call, &view, &id);
    okr_view_close(&view);
    if (err != OKR_OK || okr_faulty(&call->fault))
        return err;
    err = okr_view_open(call, &view); /* as it is now */
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = show(call, &view, &id);
    okr_view_close(&view);
    return err;
}
