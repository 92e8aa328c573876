/* The one-use code with which a person brings a first key: what of it only
 * the server can tell. */
#include "common/base/assert.h"
#include "common/crypto/code.h"
#include "server/core/hub_log.h"
#include "server/core/hub_take.h"
#include "server/store/invites.h"

/* The entity that says for whom the code is; judging has found it. */
static enum okr_err code_id_of(const struct okr_space *space,
                               const struct okr_record *key,
                               struct okr_slice *ret_id)
{
    struct okr_id id;
    struct okr_record *said;
    bool named = okr_record_id(key, OKR_F_KEY_INVITE, &id);
    OKR_ASSERT(named);
    OKR_TRY(okr_entity_get(space, &id, &said));
    *ret_id = okr_record_text(said, OKR_F_INVITE_CODE);
    return OKR_OK;
}

static bool proves(const struct okr_hub_work *work, const struct okr_op *op,
                   const struct okr_record *key,
                   const struct okr_invite *invite)
{
    struct okr_key_claim claim = {
        .org = work->hub->org, .person = op->person, .invite = invite->entity};
    struct okr_slice bytes = okr_record_text(key, OKR_F_KEY_PUBLIC);
    struct okr_slice proof = okr_record_text(key, OKR_F_KEY_PROOF);
    struct okr_reader r = okr_reader_of(bytes);
    uint8_t layout[OKR_KEY_ADD_LAYOUT_LEN];
    for (size_t i = 0; i < sizeof claim.new_key.b; i++)
        claim.new_key.b[i] = okr_reader_u8(&r);
    OKR_ASSERT(okr_reader_end(&r) == OKR_OK);
    okr_layout_key_add(&claim, layout);
    struct okr_hash wanted = okr_hmac(
        okr_slice_of(invite->secret_hash.b, sizeof invite->secret_hash.b),
        okr_slice_of(layout, sizeof layout));
    return proof.len == sizeof wanted.b &&
           okr_equal_secret(proof.data, wanted.b, sizeof wanted.b);
}

/* A code that has served is forgotten; one that failed is counted. */
static enum okr_err settle(struct okr_hub_work *work, const uint8_t *code_id,
                           struct okr_invite *invite, bool good)
{
    if (good) {
        invite->used = true;
        okr_wipe(invite->secret_hash.b, sizeof invite->secret_hash.b);
    } else {
        invite->failures++;
    }
    return okr_invite_put(work->txn, code_id, invite);
}

enum okr_err okr_hub_check_code(struct okr_hub_work *work,
                                const struct okr_op *op,
                                const struct okr_decision *decision,
                                enum okr_rule *ret_rule)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_record *key;
    struct okr_slice id;
    struct okr_invite invite;
    *ret_rule = OKR_RULE_BAD_CODE;
    OKR_TRY(okr_draft_get(&decision->draft, &decision->payload->entity, &key));
    OKR_TRY(code_id_of(&space, key, &id));
    if (id.len != OKR_CODE_ID_LEN)
        return OKR_OK; /* an invitation of a site */
    enum okr_err err = okr_invite_get(work->txn, id.data, &invite);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK; /* one that no code belongs to */
    OKR_TRY(err);
    if (invite.used || invite.failures >= OKR_INVITE_FAILURES_MAX)
        return OKR_OK;
    bool good = proves(work, op, key, &invite);
    if (good)
        *ret_rule = OKR_RULE_NONE;
    return settle(work, id.data, &invite, good);
}
