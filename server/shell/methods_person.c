/* person_invite: a code with which a person may bring a key (crypto/code.h).
 * Kept of it: an INVITE row under its id, with its key as the hash of its
 * secret, and its id in the entity, so that sites find whose it is. */
#include <string.h>

#include "common/base/hex.h"
#include "common/crypto/code.h"
#include "common/crypto/keyfile.h"
#include "common/model/dates.h"
#include "server/shell/invite.h"

#define LIFE_US (7 * OKR_US_PER_DAY)

static struct okr_slice code_text(struct okr_call *call, const uint8_t *code)
{
    char text[OKR_CODE_TEXT];
    okr_code_format(code, text);
    struct okr_slice copy = okr_arena_copy(call->arena, okr_slice_str(text));
    okr_wipe(text, sizeof text);
    return copy;
}

static void answer(struct okr_call *call, struct okr_slice mail,
                   const uint8_t *code, okr_us expires)
{
    okr_json_open_object(&call->json);
    okr_json_key(&call->json, "code");
    okr_json_text(&call->json, code_text(call, code));
    okr_json_key(&call->json, "person");
    okr_json_text(&call->json, mail);
    okr_json_key(&call->json, "expires");
    okr_json_text(&call->json, okr_invite_time(call, expires));
    okr_json_close_object(&call->json);
}

static enum okr_err find(struct okr_call *call, const struct okr_view *view,
                         struct okr_slice typed, struct okr_record **ret_person)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    struct okr_id id;
    OKR_TRY(okr_resolve(&view->space, OKR_KIND_PERSON, typed, &id, &problem));
    okr_fault_problem(&call->fault, &problem);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    OKR_TRY(okr_entity_get(&view->space, &id, ret_person));
    if (okr_record_has(*ret_person, OKR_F_LEFT))
        okr_fault_refuse(&call->fault, okr_rule_name(OKR_RULE_LEFT),
                         okr_rule_remedy(OKR_RULE_LEFT), "%.*s has left",
                         (int)typed.len, (const char *)typed.data);
    return OKR_OK;
}

static enum okr_err invite(struct okr_call *call, struct okr_view *view,
                           struct okr_slice typed)
{
    struct okr_record *person;
    uint8_t code[OKR_CODE_LEN];
    char hex[OKR_ID_HEX];
    OKR_TRY(find(call, view, typed, &person));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    okr_random(code, sizeof code);
    okr_id_hex(&person->id, hex);
    okr_us expires = call->now + LIFE_US;
    struct okr_slice mail =
        okr_arena_copy(call->arena, okr_record_text(person, OKR_F_MAIL));
    struct okr_inviting inviting = {.secret_hash = okr_code_key(code),
                                    .expires = expires};
    okr_code_id(code, inviting.id);
    char id[2 * OKR_CODE_ID_LEN + 1];
    okr_hex_encode(okr_slice_of(inviting.id, sizeof inviting.id), id);
    const struct okr_pairs fields[] = {
        {"kind", OKR_SLICE_LIT("invite")},
        {"name", mail},
        {"person", okr_arena_copy(call->arena, okr_slice_str(hex))},
        {"expires", okr_invite_time(call, expires)},
        {"code_id", okr_arena_copy(call->arena, okr_slice_str(id))},
        {NULL, OKR_SLICE_NONE},
    };
    inviting.fields = fields;
    OKR_TRY(okr_invite_make(call, view, &inviting));
    if (!okr_faulty(&call->fault))
        answer(call, mail, code, expires);
    okr_wipe(code, sizeof code);
    return OKR_OK;
}

enum okr_err okr_method_person_invite(struct okr_call *call)
{
    struct okr_view view;
    struct okr_slice mail;
    if (!okr_call_need(call, "mail", &mail))
        return OKR_OK;
    enum okr_err err = okr_view_open(call, &view);
    if (err == OKR_OK && !okr_faulty(&call->fault))
        err = invite(call, &view, mail);
    okr_view_close(&view);
    return err;
}
