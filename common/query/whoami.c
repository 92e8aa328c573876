/* `whoami`: the person who asks, and the key with which he writes. */
#include "common/base/hex.h"
#include "common/compose/say.h"
#include "common/crypto/sign.h"
#include "common/query/emit.h"
#include "common/query/filter.h"

/* The key in use, as this copy knows it. */
struct key {
    bool asked;
    struct okr_record *record; /* NULL: nobody here has it */
};

static enum okr_err find_key(struct okr_session *s, const struct okr_ask *ask,
                             struct key *ret)
{
    struct okr_slice hex = okr_ask_arg(ask, "public_key");
    uint8_t bytes[OKR_SIGN_PK_LEN];
    struct okr_ids ids = {.n = 0};
    *ret = (struct key){.asked = hex.len > 0};
    if (okr_hex_decode(hex, bytes, sizeof bytes) == OKR_OK)
        OKR_TRY(okr_index_find(&s->space, OKR_KIND_KEY, OKR_F_KEY_PUBLIC,
                               okr_slice_of(bytes, sizeof bytes), &ids));
    if (ids.n == 0)
        return OKR_OK;
    return okr_entity_get(&s->space, &ids.at[0], &ret->record);
}

static bool is_active(const struct key *key)
{
    return okr_record_enum(key->record, OKR_F_KEY_STATE, 0) ==
           OKR_V_KEY_STATE_ACTIVE;
}

/* What he writes is his whose key it is; only without one his for whom the
 * site speaks. */
static enum okr_err speaks_for(struct okr_session *s, const struct key *key,
                               struct okr_record **ret_person)
{
    struct okr_node *node;
    struct okr_id id;
    *ret_person = s->person;
    if (key->record == NULL || !is_active(key) ||
        !okr_record_id(key->record, OKR_F_KEY_PERSON, &id))
        return OKR_OK;
    OKR_TRY(okr_session_node(s, &id, &node));
    if (node->record != NULL)
        *ret_person = node->record;
    return OKR_OK;
}

static void refuse(struct okr_session *s, const struct key *key)
{
    *s->problem = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_PERSON};
    if (!key->asked) {
        okr_say(s->problem, N_("nobody in particular: there is no key in use"));
        okr_say_remedy(s->problem, N_("okr key new makes one; --as MAIL speaks "
                                      "for a person of the site's units"));
        return;
    }
    if (key->record == NULL)
        okr_say(s->problem, N_("nobody in particular: nobody here has the key "
                               "in use"));
    else
        okr_say(s->problem, N_("nobody in particular: the key in use was "
                               "revoked or replaced"));
    okr_say_remedy(s->problem,
                   N_("okr key new --code CODE makes a key known; if it is, "
                      "wait until the site has caught up"));
}

/* Codes of the units that the person leads. */
static enum okr_err emit_leads(struct okr_session *s,
                               const struct okr_record *person)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&s->space, OKR_KIND_UNIT, OKR_F_LEAD,
                           okr_id_slice(&person->id), &ids));
    okr_json_key(s->out, "leads");
    okr_json_open_array(s->out);
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(okr_emit_name(s, &ids.at[i]));
    okr_json_close_array(s->out);
    return OKR_OK;
}

/* Pending: saved here, and unknown at headquarters. */
static void emit_key(struct okr_session *s, const struct key *key)
{
    okr_json_key(s->out, "key");
    if (key->record == NULL) {
        okr_json_null(s->out);
        return;
    }
    const struct okr_reg *reg = okr_record_reg(key->record, OKR_F_KEY_STATE);
    const char *state = okr_enum_word(
        OKR_ENUM_KEY_STATE, okr_record_enum(key->record, OKR_F_KEY_STATE, 0));
    okr_json_open_object(s->out);
    okr_json_key(s->out, "id");
    okr_json_id(s->out, &key->record->id);
    okr_emit_ref(s, "ref", OKR_KIND_KEY, &key->record->id);
    okr_json_key(s->out, "state");
    okr_json_cstr(s->out, state == NULL ? "unknown" : state);
    okr_json_key(s->out, "pending");
    okr_json_bool(s->out, reg != NULL && (reg->lsn & OKR_LSN_PENDING) != 0);
    okr_json_close_object(s->out);
}

enum okr_err okr_query_whoami(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_record *person;
    struct okr_node *node;
    struct key key;
    OKR_TRY(find_key(s, ask, &key));
    OKR_TRY(speaks_for(s, &key, &person));
    if (person == NULL) {
        refuse(s, &key);
        return OKR_OK;
    }
    OKR_TRY(okr_session_node(s, &person->id, &node));
    okr_json_open_object(s->out);
    OKR_TRY(okr_emit_members(s, node));
    OKR_TRY(emit_leads(s, person));
    emit_key(s, &key);
    okr_json_close_object(s->out);
    return s->out->out->err;
}
