/* Issuing anew: ids, and what was seen. */
#include "client/shell/retry.h"

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/model/ref.h"
#include "common/model/value.h"

/* An id as a person writes one. */
struct named {
    bool is_id;
    struct okr_id id;
    bool is_ref;
    struct okr_slice run;
};

static struct named named_by(struct okr_slice text)
{
    struct named named = {.is_id = false};
    uint32_t kind;
    named.is_id = text.len == (size_t)2 * OKR_ID_LEN &&
                  okr_hex_decode(text, named.id.b, OKR_ID_LEN) == OKR_OK;
    named.is_ref = !named.is_id && okr_ref_parse(text, &kind, &named.run);
    return named;
}

static bool is_named(const struct named *named, const struct okr_id *id)
{
    if (named->is_id)
        return okr_id_eq(&named->id, id);
    return named->is_ref && okr_ref_matches(id, named->run);
}

size_t okr_retry_replace(struct okr_payload *payload, struct okr_slice old,
                         const struct okr_id *now)
{
    struct named named = named_by(old);
    size_t n = 0;
    OKR_ASSERT(payload != NULL && now != NULL);
    if (is_named(&named, &payload->entity)) {
        payload->entity = *now;
        n++;
    }
    if (!okr_id_is_zero(&payload->batch) && is_named(&named, &payload->batch)) {
        payload->batch = *now;
        n++;
    }
    for (size_t i = 0; i < payload->n_changes; i++) {
        struct okr_change *change = &payload->changes[i];
        const struct okr_field_info *field =
            okr_field_info(payload->kind, change->field);
        struct okr_id id;
        if (field == NULL || field->type != OKR_TYPE_REF ||
            okr_id_from(change->data, &id) != OKR_OK || !is_named(&named, &id))
            continue;
        change->data = okr_id_slice(now);
        n++;
    }
    return n;
}

static enum okr_err see_one(const struct okr_compose *ground,
                            const struct okr_record *shown,
                            struct okr_change *change)
{
    const struct okr_reg *reg = okr_record_reg(shown, change->field);
    okr_lsn lsn = reg == NULL ? 0 : reg->lsn;
    change->seen = (struct okr_seen){
        .form = OKR_SEEN_LSN, .epoch = ground->epoch, .lsn = lsn};
    if ((lsn & OKR_LSN_PENDING) == 0)
        return OKR_OK;
    change->seen = (struct okr_seen){.form = OKR_SEEN_OP};
    return ground->pending_op(ground->context, lsn & ~OKR_LSN_PENDING,
                              &change->seen.op);
}

enum okr_err okr_retry_see(const struct okr_compose *ground,
                           struct okr_payload *payload)
{
    struct okr_record *shown;
    OKR_ASSERT(ground->pending_op != NULL);
    enum okr_err err = okr_entity_get(&ground->space, &payload->entity, &shown);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    for (size_t i = 0; i < payload->n_changes; i++) {
        struct okr_change *change = &payload->changes[i];
        bool element =
            change->form == OKR_REG_PRESENT || change->form == OKR_REG_ABSENT;
        change->seen = (struct okr_seen){.form = OKR_SEEN_NOTHING};
        if (!element && err == OKR_OK)
            OKR_TRY(see_one(ground, shown, change));
    }
    return OKR_OK;
}
