/* Standing: roles, ownership and leadership of a person towards an entity. */
#include "common/replica/standing.h"

#include "common/model/value.h"
#include "common/replica/home.h"

bool okr_standing_role(const struct okr_record *person, uint32_t role)
{
    size_t at = 0;
    const struct okr_reg *reg;
    while ((reg = okr_record_next(person, OKR_F_ROLES, &at)) != NULL) {
        uint32_t one;
        if (reg->form == OKR_REG_PRESENT &&
            okr_value_as_enum(reg->data, &one) && one == role)
            return true;
    }
    return false;
}

static bool names(const struct okr_record *record, const char *word,
                  const struct okr_id *person)
{
    struct okr_id id;
    uint16_t field = okr_field_named(record->kind, word);
    return field != 0 && okr_record_id(record, field, &id) &&
           okr_id_eq(&id, person);
}

/* Owner of the record or of anything it hangs on, up to the objective. */
static enum okr_err owns_chain(const struct okr_draft *draft,
                               const struct okr_record *record,
                               const struct okr_id *person, bool *ret_owns)
{
    const struct okr_record *at = record;
    *ret_owns = false;
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        if (names(at, "owner", person)) {
            *ret_owns = true;
            return OKR_OK;
        }
        const struct okr_kind_info *info = okr_kind_info(at->kind);
        struct okr_id up;
        if (info == NULL || info->home != OKR_HOME_PARENT ||
            !okr_record_id(at, info->home_field, &up))
            return OKR_OK;
        struct okr_record *above;
        enum okr_err err = okr_draft_get(draft, &up, &above);
        if (err == OKR_ERR_NOTFOUND)
            return OKR_OK;
        OKR_TRY(err);
        at = above;
    }
    return OKR_OK;
}

static enum okr_err owning(const struct okr_draft *draft,
                           const struct okr_record *record,
                           const struct okr_id *person, unsigned *holds)
{
    bool owns;
    if (record->kind != OKR_KIND_TASK) {
        OKR_TRY(owns_chain(draft, record, person, &owns));
        *holds |= owns ? OKR_WHO_OWNER : 0U;
        return OKR_OK;
    }
    if (names(record, "owner", person))
        *holds |= OKR_WHO_OWNER;
    if (okr_record_in_set(record, OKR_F_COLLABORATORS, okr_id_slice(person)))
        *holds |= OKR_WHO_COLLABORATOR;
    struct okr_id subject;
    struct okr_record *above;
    if (!okr_record_id(record, OKR_F_T_SUBJECT, &subject))
        return OKR_OK;
    enum okr_err err = okr_draft_get(draft, &subject, &above);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    OKR_TRY(owns_chain(draft, above, person, &owns));
    *holds |= owns ? OKR_WHO_SUBJECT_OWNER : 0U;
    return OKR_OK;
}

/* Lead of the record's unit or of one above; LEAD_ABOVE leaves out the
 * record's own unit, and above the root stands management. */
static enum okr_err leading(const struct okr_draft *draft,
                            const struct okr_record *person,
                            const struct okr_record *record, unsigned *holds)
{
    struct okr_id at, lead;
    enum okr_err err = okr_home_unit(draft, record, &at);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    bool above = false;
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        struct okr_record *unit;
        OKR_TRY(okr_draft_get(draft, &at, &unit));
        if (okr_record_id(unit, OKR_F_LEAD, &lead) &&
            okr_id_eq(&lead, &person->id))
            *holds |= OKR_WHO_LEAD | (above ? OKR_WHO_LEAD_ABOVE : 0U);
        if (!okr_record_id(unit, OKR_F_UNIT_PARENT, &at)) {
            if (!above && okr_standing_role(person, OKR_V_ROLE_MANAGEMENT))
                *holds |= OKR_WHO_LEAD_ABOVE;
            return OKR_OK;
        }
        above = true;
    }
    return OKR_ERR_LIMIT;
}

enum okr_err okr_standing(const struct okr_draft *draft,
                          const struct okr_record *person,
                          const struct okr_record *record, unsigned *ret_holds)
{
    unsigned holds = OKR_WHO_EVERYBODY;
    struct okr_id author;
    if (okr_standing_role(person, OKR_V_ROLE_ADMIN))
        holds |= OKR_WHO_ADMIN;
    if (okr_standing_role(person, OKR_V_ROLE_CHAMPION))
        holds |= OKR_WHO_CHAMPION;
    if (okr_record_id(record, OKR_F_AUTHOR, &author) &&
        okr_id_eq(&author, &person->id))
        holds |= OKR_WHO_AUTHOR;
    if (names(record, "person", &person->id))
        holds |= OKR_WHO_SELF;
    if (names(record, "mine_author", &person->id) ||
        names(record, "theirs_author", &person->id))
        holds |= OKR_WHO_AUTHORS;
    OKR_TRY(owning(draft, record, &person->id, &holds));
    OKR_TRY(leading(draft, person, record, &holds));
    *ret_holds = holds;
    return OKR_OK;
}

enum okr_err okr_standing_under(const struct okr_draft *draft,
                                const struct okr_id *unit,
                                const struct okr_id *units, size_t n_units,
                                bool *ret_under)
{
    struct okr_id at = *unit;
    *ret_under = false;
    for (int level = 0; level < OKR_DEPTH_MAX; level++) {
        for (size_t i = 0; i < n_units; i++)
            if (okr_id_eq(&units[i], &at)) {
                *ret_under = true;
                return OKR_OK;
            }
        struct okr_record *record;
        OKR_TRY(okr_draft_get(draft, &at, &record));
        if (!okr_record_id(record, OKR_F_UNIT_PARENT, &at))
            return OKR_OK;
    }
    return OKR_ERR_LIMIT;
}

enum okr_err okr_standing_has_key(const struct okr_draft *draft,
                                  const struct okr_id *person, bool *ret_has)
{
    struct okr_ids keys;
    OKR_TRY(okr_index_find(&draft->space, OKR_KIND_KEY, OKR_F_KEY_PERSON,
                           okr_id_slice(person), &keys));
    *ret_has = keys.n > 0;
    return OKR_OK;
}
