/* `key`: whom a public key or a one-use code belongs to, for who is about to
 * sign.  Nothing that a key could do is done here. */
#include "client/shell/desk_impl.h"
#include "common/base/hex.h"
#include "common/crypto/code.h"
#include "common/lang/text.h"
#include "common/model/dates.h"

static void text_member(struct okr_json *out, const char *key,
                        struct okr_slice text)
{
    okr_json_key(out, key);
    if (text.len > 0)
        okr_json_text(out, text);
    else
        okr_json_null(out);
}

static enum okr_err write_person(struct okr_asking *a, const struct okr_id *id,
                                 struct okr_json *out)
{
    struct okr_record *person;
    OKR_TRY(okr_entity_get(&a->space, id, &person));
    okr_json_key(out, "org");
    okr_json_id(out, &a->desk->daemon->ident.org);
    okr_json_key(out, "person");
    okr_json_id(out, id);
    text_member(out, "mail", okr_record_text(person, OKR_F_MAIL));
    text_member(out, "name", okr_record_text(person, OKR_F_PERSON_NAME));
    okr_json_key(out, "schema");
    okr_json_uint(out, OKR_SCHEMA_VERSION);
    return OKR_OK;
}

/* ---- by a code ----------------------------------------------------------- */

static void refuse_code(struct okr_asking *a, const struct okr_record *invite)
{
    uint32_t state =
        okr_record_enum(invite, OKR_F_INVITE_STATE, OKR_V_INVITE_STATE_OPEN);
    const char *rule = okr_rule_name(OKR_RULE_VOID_CODE);
    const char *remedy = okr_rule_remedy(OKR_RULE_VOID_CODE);
    if (state != OKR_V_INVITE_STATE_OPEN)
        okr_snag_refuse(&a->snag, rule, remedy,
                        N_("the code was used already"));
    else if (okr_record_archived(invite))
        okr_snag_refuse(&a->snag, rule, remedy, N_("the code was withdrawn"));
    else if (okr_record_int(invite, OKR_F_INVITE_EXPIRES, 0) <= a->now)
        okr_snag_refuse(&a->snag, rule, remedy, N_("the code has expired"));
}

static enum okr_err of_code(struct okr_asking *a, struct okr_slice hex,
                            struct okr_json *out)
{
    uint8_t id[OKR_CODE_ID_LEN];
    struct okr_ids ids = {.n = 0};
    struct okr_record *invite;
    struct okr_id person;
    if (okr_hex_decode(hex, id, sizeof id) == OKR_OK)
        OKR_TRY(okr_index_find(&a->space, OKR_KIND_INVITE, OKR_F_INVITE_CODE,
                               okr_slice_of(id, sizeof id), &ids));
    if (ids.n == 0) {
        okr_snag_refuse(&a->snag, "unknown_code",
                        N_("see okr status: it must have caught up since the "
                           "code was made; else ask an admin of this company "
                           "for one"),
                        N_("this site does not know the code"));
        return OKR_OK;
    }
    OKR_TRY(okr_entity_get(&a->space, &ids.at[0], &invite));
    refuse_code(a, invite);
    if (okr_snagged(&a->snag) ||
        !okr_record_id(invite, OKR_F_INVITE_PERSON, &person))
        return OKR_OK;
    okr_json_open_object(out);
    OKR_TRY(write_person(a, &person, out));
    okr_json_key(out, "invite");
    okr_json_id(out, &invite->id);
    okr_json_close_object(out);
    return OKR_OK;
}

/* ---- by a key ------------------------------------------------------------ */

static enum okr_err of_key(struct okr_asking *a, struct okr_slice hex,
                           struct okr_json *out)
{
    struct okr_record *key;
    struct okr_id person;
    OKR_TRY(okr_who_key(&a->space, hex, &key, &a->snag));
    if (okr_snagged(&a->snag) || !okr_record_id(key, OKR_F_KEY_PERSON, &person))
        return OKR_OK;
    const char *state = okr_enum_word(OKR_ENUM_KEY_STATE,
                                      okr_record_enum(key, OKR_F_KEY_STATE, 0));
    const struct okr_reg *reg = okr_record_reg(key, OKR_F_KEY_STATE);
    okr_json_open_object(out);
    OKR_TRY(write_person(a, &person, out));
    okr_json_key(out, "key");
    okr_json_id(out, &key->id);
    text_member(out, "label", okr_record_text(key, OKR_F_KEY_LABEL));
    text_member(out, "state", okr_slice_str(state == NULL ? "" : state));
    okr_json_key(out, "pending");
    okr_json_bool(out, reg != NULL && (reg->lsn & OKR_LSN_PENDING) != 0);
    okr_json_close_object(out);
    return OKR_OK;
}

enum okr_err okr_desk_key(struct okr_asking *a, struct okr_json *out)
{
    struct okr_slice code = okr_ask_arg(a->ask, "code_id");
    struct okr_slice key = okr_ask_arg(a->ask, "public_key");
    if (code.len > 0)
        return of_code(a, code, out);
    if (key.len > 0)
        return of_key(a, key, out);
    okr_snag_usage(&a->snag, N_("give public_key or code_id"),
                   N_("key asks for a public key or the id of a code"));
    return OKR_OK;
}
