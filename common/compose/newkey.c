/* Payloads of KEY_ADD and KEY_ROTATE. */
#include "common/compose/newkey.h"

#include "common/base/assert.h"
#include "common/model/schema.h"

enum { CHANGES = 5 };

static void add(struct okr_payload *payload, uint16_t field,
                struct okr_slice data)
{
    OKR_ASSERT(payload->n_changes < CHANGES);
    payload->changes[payload->n_changes++] = (struct okr_change){
        .field = field, .form = OKR_REG_VALUE, .data = data};
}

static enum okr_err make(const struct okr_new_key *made, struct okr_slice proof,
                         struct okr_arena *arena,
                         struct okr_payload *ret_payload)
{
    bool first = okr_id_is_zero(&made->replaces);
    const struct okr_id *by = first ? &made->claim.invite : &made->replaces;
    struct okr_payload payload = {
        .verb = first ? OKR_VERB_KEY_ADD : OKR_VERB_KEY_ROTATE,
        .kind = OKR_KIND_KEY,
        .entity = made->key,
        .changes = okr_arena_array(arena, CHANGES, sizeof *payload.changes),
    };
    struct okr_slice person =
        okr_arena_copy(arena, okr_id_slice(&made->claim.person));
    struct okr_slice bytes =
        okr_arena_copy(arena, okr_slice_of(made->claim.new_key.b,
                                           sizeof made->claim.new_key.b));
    struct okr_slice from = okr_arena_copy(arena, okr_id_slice(by));
    proof = okr_arena_copy(arena, proof);
    if (payload.changes == NULL || person.data == NULL || bytes.data == NULL ||
        from.data == NULL || proof.data == NULL)
        return OKR_ERR_NOMEM;
    add(&payload, OKR_F_KEY_PERSON, person);
    add(&payload, OKR_F_KEY_PUBLIC, bytes);
    if (made->label.len > 0)
        add(&payload, OKR_F_KEY_LABEL, made->label);
    add(&payload, first ? OKR_F_KEY_INVITE : OKR_F_KEY_REPLACES, from);
    add(&payload, OKR_F_KEY_PROOF, proof);
    *ret_payload = payload;
    return OKR_OK;
}

enum okr_err okr_new_key_add(const struct okr_new_key *made,
                             const struct okr_hash *code_key,
                             struct okr_arena *arena,
                             struct okr_payload *ret_payload)
{
    OKR_ASSERT(made != NULL && okr_id_is_zero(&made->replaces));
    uint8_t layout[OKR_KEY_ADD_LAYOUT_LEN];
    okr_layout_key_add(&made->claim, layout);
    struct okr_hash proof = okr_hmac(okr_slice_of(code_key->b, OKR_SHA256_LEN),
                                     okr_slice_of(layout, sizeof layout));
    return make(made, okr_slice_of(proof.b, sizeof proof.b), arena,
                ret_payload);
}

enum okr_err okr_new_key_rotate(const struct okr_new_key *made,
                                const struct okr_sk *sk,
                                struct okr_arena *arena,
                                struct okr_payload *ret_payload)
{
    OKR_ASSERT(made != NULL && !okr_id_is_zero(&made->replaces));
    uint8_t layout[OKR_KEY_ROTATE_LAYOUT_LEN];
    okr_layout_key_rotate(&made->claim, layout);
    struct okr_sig proof = okr_sign(sk, okr_slice_of(layout, sizeof layout));
    return make(made, okr_slice_of(proof.b, sizeof proof.b), arena,
                ret_payload);
}
