/* Whether a leaf's author could say what it says: his signature and the key
 * it was made with, or, without one, what a site may say for him. */
#include <string.h>

#include "common/codec/codec.h"
#include "common/rules/permit.h"
#include "common/store/meta.h"
#include "common/store/oplog.h"
#include "server/audit/verify_impl.h"

/* What is missing or damaged is told where its rows are looked at. */
static bool is_damage(enum okr_err err)
{
    return err != OKR_OK && err != OKR_ERR_NOMEM && err != OKR_ERR_IO;
}

/* NULL: it was erased, or is damaged. */
static enum okr_err payload_of(const struct okr_verifying *v,
                               const struct okr_leaf_look *look,
                               struct okr_payload **ret_payload)
{
    struct okr_slice salt, bytes;
    *ret_payload = NULL;
    enum okr_err err =
        okr_oplog_payload(v->txn, &look->header.commit, &salt, &bytes);
    if (err == OKR_OK)
        err = okr_payload_decode(bytes, v->arena, ret_payload);
    return is_damage(err) ? OKR_OK : err;
}

static bool signed_with(const struct okr_leaf_look *look, struct okr_slice key)
{
    struct okr_sig sig;
    struct okr_pk pk;
    if (key.len != sizeof pk.b)
        return false;
    memcpy(pk.b, key.data, sizeof pk.b);
    memcpy(sig.b, look->body.sig, sizeof sig.b);
    return okr_sign_check(
        &pk, okr_slice_of(look->body.header, sizeof look->body.header), &sig);
}

static bool is_in(const struct okr_leaf_look *look)
{
    return look->outcome == OKR_OUTCOME_ACCEPTED ||
           look->outcome == OKR_OUTCOME_MERGED ||
           look->outcome == OKR_OUTCOME_CONFLICT;
}

/* ---- with a signature ---------------------------------------------------- */

/* Was the signature judged, and found good?  Not where it was refused for
 * itself, nor where the author was unknown yet, nor the number taken. */
static bool counts_as_signed(const struct okr_leaf_look *look)
{
    return okr_layout_op_is_signed(&look->body) &&
           look->outcome != OKR_OUTCOME_PARKED &&
           look->rule != OKR_RULE_SIGNATURE &&
           look->rule != OKR_RULE_OP_ID_REUSED &&
           look->rule != OKR_RULE_PENDING_EXPIRED &&
           look->rule != OKR_RULE_UNKNOWN_ENTITY;
}

/* Known before this leaf, and not ended before it. */
static bool in_force(const struct okr_record *key, okr_lsn lsn)
{
    const struct okr_reg *made = okr_record_reg(key, OKR_F_KEY_PUBLIC);
    const struct okr_reg *state = okr_record_reg(key, OKR_F_KEY_STATE);
    bool active =
        okr_record_enum(key, OKR_F_KEY_STATE, 0) == OKR_V_KEY_STATE_ACTIVE;
    return made != NULL && made->lsn < lsn && state != NULL &&
           (active || state->lsn >= lsn);
}

static enum okr_err check_signed(const struct okr_verifying *v,
                                 const struct okr_leaf_look *look,
                                 const struct okr_ids *keys)
{
    bool matches = false, good = look->rule == OKR_RULE_KEY_REVOKED;
    for (size_t i = 0; i < keys->n; i++) {
        struct okr_record *key;
        OKR_TRY(okr_verify_record(v, &keys->at[i], OKR_KIND_KEY, &key));
        if (key == NULL ||
            !signed_with(look, okr_record_text(key, OKR_F_KEY_PUBLIC)))
            continue;
        matches = true;
        good = good || in_force(key, look->lsn);
    }
    if (!matches)
        okr_verify_tell_leaf(v, look->leaf.index,
                             "the author's signature does not match");
    else if (!good)
        okr_verify_tell_leaf(v, look->leaf.index,
                             "the author's key was not in force there");
    return OKR_OK;
}

/* A first key is signed with itself. */
static void check_first(const struct okr_verifying *v,
                        const struct okr_leaf_look *look,
                        const struct okr_payload *payload)
{
    bool good = payload == NULL;
    for (size_t i = 0; !good && i < payload->n_changes; i++)
        good = payload->changes[i].field == OKR_F_KEY_PUBLIC &&
               signed_with(look, payload->changes[i].data);
    if (!good)
        okr_verify_tell_leaf(v, look->leaf.index,
                             "the author's signature does not match");
}

/* ---- without ------------------------------------------------------------- */

/* What the server says itself, in the name of whoever invited. */
static bool says_itself(uint16_t verb)
{
    return verb == OKR_VERB_GENESIS || verb == OKR_VERB_ENROL ||
           verb == OKR_VERB_KEY_ADD;
}

static enum okr_err check_attested(const struct okr_verifying *v,
                                   const struct okr_leaf_look *look,
                                   const struct okr_ids *keys,
                                   const struct okr_payload *payload)
{
    struct okr_id server;
    bool has_key = false;
    if (!is_in(look) || payload == NULL || says_itself(payload->verb))
        return OKR_OK;
    enum okr_err err = okr_meta_id(v->txn, "server_site", &server);
    if (is_damage(err))
        return OKR_OK;
    OKR_TRY(err);
    for (size_t i = 0; i < keys->n && !has_key; i++) {
        struct okr_record *key;
        OKR_TRY(okr_verify_record(v, &keys->at[i], OKR_KIND_KEY, &key));
        const struct okr_reg *made =
            key == NULL ? NULL : okr_record_reg(key, OKR_F_KEY_PUBLIC);
        has_key = made != NULL && made->lsn < look->lsn;
    }
    if (has_key && !okr_permit_attested(payload->verb, payload->kind,
                                        okr_id_eq(&look->body.site, &server)))
        okr_verify_tell_leaf(v, look->leaf.index,
                             "its author has a key and did not sign it");
    return OKR_OK;
}

enum okr_err okr_verify_author(const struct okr_verifying *v,
                               const struct okr_leaf_look *look)
{
    const struct okr_space space = {.txn = v->txn, .arena = v->arena};
    struct okr_ids keys;
    struct okr_payload *payload;
    OKR_TRY(payload_of(v, look, &payload));
    enum okr_err err =
        okr_index_find(&space, OKR_KIND_KEY, OKR_F_KEY_PERSON,
                       okr_id_slice(&look->header.person), &keys);
    if (is_damage(err))
        return OKR_OK;
    OKR_TRY(err);
    if (!okr_layout_op_is_signed(&look->body))
        return check_attested(v, look, &keys, payload);
    if (!counts_as_signed(look))
        return OKR_OK;
    if (look->header.verb == OKR_VERB_KEY_ADD)
        check_first(v, look, payload);
    else
        return check_signed(v, look, &keys);
    return OKR_OK;
}
