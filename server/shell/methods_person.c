/* person_invite: a code with which a person may bring a first key.
 *
 * The code is 10 random bytes and 2 of their SHA-256, in base32, in groups of
 * five.  Kept of it: an INVITE row under the first 8 bytes of
 * SHA-256("\0okr/person-code/id/v1\0" ‖ the 10), with
 * SHA-256("\0okr/person-code/v1\0" ‖ the 10) as the hash of its secret, so
 * that no token of a site could ever pass for it. */
#include <string.h>

#include "common/base/hex.h"
#include "common/crypto/keyfile.h"
#include "common/model/dates.h"
#include "server/shell/invite.h"

enum { SECRET_LEN = 10, CHECK_LEN = 2, GROUP = 5 };
#define LIFE_US (7 * OKR_US_PER_DAY)

static struct okr_hash tagged(struct okr_slice tag, const uint8_t *secret)
{
    const struct okr_slice parts[] = {tag, {secret, SECRET_LEN}};
    return okr_sha256_parts(parts, 2);
}

/* "4f2k9-…": 20 characters in four groups. */
static struct okr_slice code_text(struct okr_call *call, const uint8_t *secret)
{
    uint8_t bytes[SECRET_LEN + CHECK_LEN];
    struct okr_hash sum = okr_sha256(okr_slice_of(secret, SECRET_LEN));
    struct okr_buf run, text;
    memcpy(bytes, secret, SECRET_LEN);
    memcpy(bytes + SECRET_LEN, sum.b, CHECK_LEN);
    okr_buf_init(&run, call->arena);
    okr_buf_init(&text, call->arena);
    okr_base32_encode(okr_slice_of(bytes, sizeof bytes), &run);
    for (size_t i = 0; i < run.len; i++) {
        if (i > 0 && i % GROUP == 0)
            okr_buf_u8(&text, '-');
        okr_buf_u8(&text, run.data[i]);
    }
    okr_wipe(bytes, sizeof bytes);
    return run.err == OKR_OK && text.err == OKR_OK ? okr_buf_slice(&text)
                                                   : OKR_SLICE_NONE;
}

static void answer(struct okr_call *call, struct okr_slice mail,
                   const uint8_t *secret, okr_us expires)
{
    okr_json_open_object(&call->json);
    okr_json_key(&call->json, "code");
    okr_json_text(&call->json, code_text(call, secret));
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
    uint8_t secret[SECRET_LEN];
    char hex[OKR_ID_HEX];
    OKR_TRY(find(call, view, typed, &person));
    if (okr_faulty(&call->fault))
        return OKR_OK;
    okr_random(secret, sizeof secret);
    okr_id_hex(&person->id, hex);
    okr_us expires = call->now + LIFE_US;
    struct okr_slice mail =
        okr_arena_copy(call->arena, okr_record_text(person, OKR_F_MAIL));
    const struct okr_pairs fields[] = {
        {"kind", OKR_SLICE_LIT("invite")},
        {"name", mail},
        {"person", okr_arena_copy(call->arena, okr_slice_str(hex))},
        {"expires", okr_invite_time(call, expires)},
        {NULL, OKR_SLICE_NONE},
    };
    struct okr_inviting inviting = {
        .fields = fields,
        .secret_hash = tagged(OKR_SLICE_LIT("\0okr/person-code/v1\0"), secret),
        .expires = expires,
    };
    struct okr_hash id =
        tagged(OKR_SLICE_LIT("\0okr/person-code/id/v1\0"), secret);
    memcpy(inviting.id, id.b, sizeof inviting.id);
    OKR_TRY(okr_invite_make(call, view, &inviting));
    if (!okr_faulty(&call->fault))
        answer(call, mail, secret, expires);
    okr_wipe(secret, sizeof secret);
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
