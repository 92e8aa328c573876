/* Judging: keys of persons and of sites, and what was signed with them. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/value.h"
#include "common/replica/judge_impl.h"

/* ---- signatures ---------------------------------------------------------- */

static bool read_key(struct okr_slice bytes, struct okr_pk *ret_key)
{
    if (bytes.len != sizeof ret_key->b)
        return false;
    memcpy(ret_key->b, bytes.data, sizeof ret_key->b);
    return true;
}

static bool signed_with(const struct okr_ground *ground,
                        const struct okr_op *op, const struct okr_pk *key)
{
    uint8_t header[OKR_OP_HEADER_LEN];
    struct okr_sig sig;
    okr_layout_op(op, &ground->org, header);
    memcpy(sig.b, op->sig, sizeof sig.b);
    return okr_sign_check_claimed(&ground->claims, key,
                                  okr_slice_of(header, sizeof header), &sig);
}

static struct okr_slice value_in(const struct okr_payload *payload,
                                 uint16_t field)
{
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].field == field &&
            payload->changes[i].form == OKR_REG_VALUE)
            return payload->changes[i].data;
    return OKR_SLICE_NONE;
}

/* Nobody knows a first key yet: it is signed with itself. */
static enum okr_err check_self(const struct okr_ground *ground,
                               const struct okr_op *op, enum okr_rule *ret_rule)
{
    struct okr_payload *payload;
    struct okr_pk key;
    enum okr_err err =
        okr_payload_decode(op->payload, ground->space.arena, &payload);
    if (err == OKR_ERR_NOMEM)
        return err;
    if (err != OKR_OK || !read_key(value_in(payload, OKR_F_KEY_PUBLIC), &key) ||
        !signed_with(ground, op, &key))
        *ret_rule = OKR_RULE_SIGNATURE;
    return OKR_OK;
}

static enum okr_err check_known(const struct okr_ground *ground,
                                const struct okr_op *op,
                                enum okr_rule *ret_rule)
{
    struct okr_ids keys;
    enum okr_rule rule = OKR_RULE_SIGNATURE;
    OKR_TRY(okr_index_find(&ground->space, OKR_KIND_KEY, OKR_F_KEY_PERSON,
                           okr_id_slice(&op->person), &keys));
    for (size_t i = 0; i < keys.n && rule != OKR_RULE_NONE; i++) {
        struct okr_record *record;
        struct okr_pk key;
        OKR_TRY(okr_entity_get(&ground->space, &keys.at[i], &record));
        if (!read_key(okr_record_text(record, OKR_F_KEY_PUBLIC), &key) ||
            !signed_with(ground, op, &key))
            continue;
        bool active = okr_record_enum(record, OKR_F_KEY_STATE, 0) ==
                      OKR_V_KEY_STATE_ACTIVE;
        rule = active ? OKR_RULE_NONE : OKR_RULE_KEY_REVOKED;
    }
    *ret_rule = rule;
    return OKR_OK;
}

enum okr_err okr_judge_signature(const struct okr_ground *ground,
                                 const struct okr_op *op,
                                 enum okr_rule *ret_rule)
{
    *ret_rule = OKR_RULE_NONE;
    if (!op->is_signed)
        return OKR_OK;
    if (op->verb == OKR_VERB_KEY_ADD)
        return check_self(ground, op, ret_rule);
    return check_known(ground, op, ret_rule);
}

/* ---- states -------------------------------------------------------------- */

static enum okr_err put_state(struct okr_judging *j, const struct okr_id *id,
                              uint16_t field, uint32_t state)
{
    struct okr_reg reg = {
        .field = field,
        .form = OKR_REG_VALUE,
        .data = okr_value_enum(j->draft->space.arena, state),
    };
    if (reg.data.data == NULL)
        return OKR_ERR_NOMEM;
    return okr_draft_write(j->draft, id, &reg, 1);
}

/* An invitation is used once. */
static enum okr_err use_invite(struct okr_judging *j, uint16_t field,
                               enum okr_rule rule,
                               struct okr_record **ret_invite)
{
    struct okr_record *made, *invite = NULL;
    struct okr_id id;
    OKR_TRY(okr_draft_get(j->draft, &j->payload->entity, &made));
    if (okr_record_id(made, field, &id))
        OKR_TRY(okr_judging_load(j, &id, &invite));
    *ret_invite = invite;
    if (invite == NULL)
        return OKR_OK;
    uint32_t state =
        okr_record_enum(invite, OKR_F_INVITE_STATE, OKR_V_INVITE_STATE_OPEN);
    if (state != OKR_V_INVITE_STATE_OPEN || okr_record_archived(invite)) {
        okr_judging_refuse(j, rule, field, &id);
        return OKR_OK;
    }
    return put_state(j, &id, OKR_F_INVITE_STATE, OKR_V_INVITE_STATE_USED);
}

/* ---- keys of persons ----------------------------------------------------- */

/* What every new key of a person must be, whoever says so. */
static enum okr_err check_new_key(struct okr_judging *j)
{
    struct okr_slice bytes = value_in(j->payload, OKR_F_KEY_PUBLIC);
    struct okr_slice person = value_in(j->payload, OKR_F_KEY_PERSON);
    struct okr_pk key;
    struct okr_ids others;
    if (!j->op->is_signed)
        okr_judging_refuse(j, OKR_RULE_SIGNATURE, 0, NULL);
    if (!read_key(bytes, &key))
        okr_judging_refuse(j, OKR_RULE_BAD_VALUE, OKR_F_KEY_PUBLIC, NULL);
    if (!okr_slice_eq(person, okr_id_slice(&j->op->person)))
        okr_judging_refuse(j, OKR_RULE_NOT_PERMITTED, OKR_F_KEY_PERSON,
                           &j->op->person);
    OKR_TRY(okr_index_find(&j->draft->space, OKR_KIND_KEY, OKR_F_KEY_PUBLIC,
                           bytes, &others));
    if (others.n > 0)
        okr_judging_refuse(j, OKR_RULE_DUPLICATE, OKR_F_KEY_PUBLIC,
                           &others.at[0]);
    return OKR_OK;
}

/* Whether the code is known is for the server to say (hub_key.c): only it
 * can tell.  Whose code it is, and whether it is still good, is seen here. */
static enum okr_err judge_key_add(struct okr_judging *j)
{
    struct okr_record *invite;
    struct okr_id person;
    if (value_in(j->payload, OKR_F_KEY_REPLACES).len > 0)
        okr_judging_refuse(j, OKR_RULE_NOT_SETTABLE, OKR_F_KEY_REPLACES, NULL);
    if (value_in(j->payload, OKR_F_KEY_PROOF).len != OKR_SHA256_LEN)
        okr_judging_refuse(j, OKR_RULE_BAD_CODE, OKR_F_KEY_PROOF, NULL);
    if (!okr_judging_on(j))
        return OKR_OK;
    OKR_TRY(use_invite(j, OKR_F_KEY_INVITE, OKR_RULE_VOID_CODE, &invite));
    if (invite == NULL) {
        okr_judging_refuse(j, OKR_RULE_MISSING, OKR_F_KEY_INVITE, NULL);
        return OKR_OK;
    }
    if (okr_record_int(invite, OKR_F_INVITE_EXPIRES, 0) <= j->ground->now)
        okr_judging_refuse(j, OKR_RULE_VOID_CODE, OKR_F_KEY_INVITE,
                           &invite->id);
    if (!okr_record_id(invite, OKR_F_INVITE_PERSON, &person) ||
        !okr_id_eq(&person, &j->op->person))
        okr_judging_refuse(j, OKR_RULE_BAD_CODE, OKR_F_KEY_INVITE, &invite->id);
    return OKR_OK;
}

/* The old key signed the operation, the new one the proof in it. */
static bool both_signed(const struct okr_judging *j,
                        const struct okr_record *old)
{
    struct okr_key_claim claim = {.org = j->ground->org,
                                  .person = j->op->person};
    struct okr_slice proof = value_in(j->payload, OKR_F_KEY_PROOF);
    uint8_t layout[OKR_KEY_ROTATE_LAYOUT_LEN];
    struct okr_sig sig;
    if (!read_key(okr_record_text(old, OKR_F_KEY_PUBLIC), &claim.old_key) ||
        !read_key(value_in(j->payload, OKR_F_KEY_PUBLIC), &claim.new_key) ||
        proof.len != sizeof sig.b ||
        !signed_with(j->ground, j->op, &claim.old_key))
        return false;
    memcpy(sig.b, proof.data, sizeof sig.b);
    okr_layout_key_rotate(&claim, layout);
    return okr_sign_check(&claim.new_key, okr_slice_of(layout, sizeof layout),
                          &sig);
}

static enum okr_err judge_key_rotate(struct okr_judging *j)
{
    struct okr_slice replaces = value_in(j->payload, OKR_F_KEY_REPLACES);
    struct okr_record *old;
    struct okr_id id, person;
    if (value_in(j->payload, OKR_F_KEY_INVITE).len > 0)
        okr_judging_refuse(j, OKR_RULE_NOT_SETTABLE, OKR_F_KEY_INVITE, NULL);
    if (!okr_value_as_id(replaces, &id))
        okr_judging_refuse(j, OKR_RULE_MISSING, OKR_F_KEY_REPLACES, NULL);
    if (!okr_judging_on(j))
        return OKR_OK;
    OKR_TRY(okr_judging_load(j, &id, &old));
    if (old == NULL)
        return OKR_OK;
    if (!okr_record_id(old, OKR_F_KEY_PERSON, &person) ||
        !okr_id_eq(&person, &j->op->person))
        okr_judging_refuse(j, OKR_RULE_NOT_PERMITTED, OKR_F_KEY_REPLACES, &id);
    if (okr_record_enum(old, OKR_F_KEY_STATE, 0) != OKR_V_KEY_STATE_ACTIVE)
        okr_judging_refuse(j, OKR_RULE_KEY_REVOKED, OKR_F_KEY_REPLACES, &id);
    if (!both_signed(j, old))
        okr_judging_refuse(j, OKR_RULE_SIGNATURE, OKR_F_KEY_PROOF, NULL);
    if (!okr_judging_on(j))
        return OKR_OK;
    return put_state(j, &id, OKR_F_KEY_STATE, OKR_V_KEY_STATE_REPLACED);
}

/* ---- the form ------------------------------------------------------------ */

static enum okr_err make(struct okr_judging *j)
{
    struct okr_record *invite;
    uint16_t verb = j->payload->verb;
    bool brings = verb == OKR_VERB_KEY_ADD || verb == OKR_VERB_KEY_ROTATE;
    if (!j->ground->authority && !brings) {
        okr_judging_refuse(j, OKR_RULE_NOT_PERMITTED, 0, &j->op->person);
        return OKR_OK;
    }
    OKR_TRY(okr_judge_create(j));
    if (verb == OKR_VERB_ENROL)
        OKR_TRY(use_invite(j, OKR_F_SITE_INVITE, OKR_RULE_NOT_OPEN, &invite));
    if (j->ground->authority)
        return OKR_OK;
    OKR_TRY(check_new_key(j));
    if (!okr_judging_on(j))
        return OKR_OK;
    return verb == OKR_VERB_KEY_ADD ? judge_key_add(j) : judge_key_rotate(j);
}

/* Sites come by operations that the server itself makes, keys by what their
 * person proves; both go by an admin's word, a key also by its person's. */
enum okr_err okr_judge_keys(struct okr_judging *j)
{
    uint16_t kind = j->payload->kind;
    uint16_t state = kind == OKR_KIND_SITE  ? OKR_F_SITE_STATE
                     : kind == OKR_KIND_KEY ? OKR_F_KEY_STATE
                                            : 0;
    if (j->verb->makes) {
        OKR_TRY(make(j));
        if (!okr_judging_on(j) || state == 0)
            return OKR_OK;
        return put_state(j, &j->payload->entity, state, OKR_V_KEY_STATE_ACTIVE);
    }
    if (state == 0) {
        okr_judging_refuse(j, OKR_RULE_WRONG_KIND, 0, NULL);
        return OKR_OK;
    }
    if (okr_record_enum(j->target, state, 0) != OKR_V_KEY_STATE_ACTIVE) {
        okr_judging_refuse(j, OKR_RULE_NOT_OPEN, state, &j->target->id);
        return OKR_OK;
    }
    return put_state(j, &j->target->id, state, OKR_V_KEY_STATE_REVOKED);
}
