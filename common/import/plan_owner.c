/* Owners as the file names them, and the persons they are. */
#include <string.h>

#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/import/plan_table.h"
#include "common/model/text.h"

/* "VP, Field Ops" -> "vp-field-ops@import.invalid"; letters that are not ASCII
 * give a hash, so that the address is one. */
static struct okr_slice slug_mail(struct okr_planning *p, struct okr_slice name)
{
    struct okr_buf out;
    bool ascii = true, dash = false;
    okr_buf_init(&out, p->plan->arena);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
        bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
        ascii = ascii && c < 0x80;
        if (plain && dash && out.len > 0)
            okr_buf_u8(&out, '-');
        if (plain)
            okr_buf_u8(&out, lower);
        dash = !plain;
    }
    if (!ascii || out.len == 0) {
        struct okr_hash hash = okr_sha256(name);
        char hex[17];
        okr_hex_encode(okr_slice_of(hash.b, 8), hex);
        okr_buf_init(&out, p->plan->arena);
        okr_buf_put(&out, okr_slice_str(hex));
    }
    okr_buf_put(&out, OKR_SLICE_LIT("@import.invalid"));
    return out.err == OKR_OK ? okr_buf_slice(&out) : OKR_SLICE_NONE;
}

/* ---- names to persons ---------------------------------------------------- */
/* The slot of `name`, or the free one where it belongs. */
struct okr_owner *okr_owner_slot(const struct okr_owners *owners,
                                 struct okr_slice name)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < name.len; i++)
        hash = (hash ^ name.data[i]) * 16777619U;
    size_t at = hash & (owners->n_slots - 1);
    while (owners->slots[at].name.data != NULL &&
           !okr_slice_eq(owners->slots[at].name, name))
        at = (at + 1) & (owners->n_slots - 1);
    return &owners->slots[at];
}

static enum okr_err grow(struct okr_owners *owners, struct okr_arena *arena)
{
    struct okr_owners more = {
        .n = owners->n,
        .n_slots = owners->n_slots == 0 ? 64 : 2 * owners->n_slots};
    if (2 * owners->n < owners->n_slots)
        return OKR_OK;
    more.slots = okr_arena_array(arena, more.n_slots, sizeof *more.slots);
    if (more.slots == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < owners->n_slots; i++)
        if (owners->slots[i].name.data != NULL)
            *okr_owner_slot(&more, owners->slots[i].name) = owners->slots[i];
    *owners = more;
    return OKR_OK;
}

enum okr_err okr_owner_put(struct okr_owners *owners, struct okr_arena *arena,
                           struct okr_slice name, const struct okr_id *id)
{
    OKR_TRY(grow(owners, arena));
    struct okr_owner *slot = okr_owner_slot(owners, name);
    owners->n += slot->name.data == NULL;
    slot->name = name;
    slot->id = *id;
    slot->n++;
    return OKR_OK;
}

const struct okr_owner *okr_owner_get(const struct okr_owners *owners,
                                      struct okr_slice name)
{
    if (owners->n_slots == 0)
        return NULL;
    const struct okr_owner *slot = okr_owner_slot(owners, name);
    return slot->name.data == NULL ? NULL : slot;
}

static enum okr_err load_names(struct okr_planning *p)
{
    struct okr_ids ids;
    struct okr_record *record;
    p->has_names = true;
    OKR_TRY(grow(&p->names, p->plan->arena));
    OKR_TRY(okr_index_kind(&p->conf->space, OKR_KIND_PERSON, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        struct okr_slice name = okr_record_text(record, OKR_F_PERSON_NAME);
        if (name.len > 0 && !okr_record_archived(record))
            OKR_TRY(
                okr_owner_put(&p->names, p->plan->arena, name, &record->id));
    }
    return OKR_OK;
}

/* ---- who is there -------------------------------------------------------- */
static enum okr_err find_mail(struct okr_planning *p, struct okr_slice mail,
                              struct okr_id *ret_id, bool *ret_found)
{
    struct okr_ids ids;
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_PERSON, OKR_F_MAIL, mail,
                           &ids));
    *ret_found = ids.n > 0;
    if (ids.n > 0)
        *ret_id = ids.at[0];
    return OKR_OK;
}

/* By mail, by the mail an earlier import gave, by name if one only has it. */
static enum okr_err find_person(struct okr_planning *p, struct okr_slice name,
                                struct okr_slice mail, struct okr_id *ret_id,
                                bool *ret_found)
{
    *ret_found = false;
    if (memchr(name.data, '@', name.len) != NULL)
        OKR_TRY(find_mail(p, name, ret_id, ret_found));
    if (!*ret_found)
        OKR_TRY(find_mail(p, mail, ret_id, ret_found));
    if (*ret_found)
        return OKR_OK;
    if (!p->has_names)
        OKR_TRY(load_names(p));
    const struct okr_owner *named = okr_owner_slot(&p->names, name);
    *ret_found = named->n == 1;
    if (*ret_found)
        *ret_id = named->id;
    return OKR_OK;
}

static enum okr_err make_person(struct okr_planning *p, struct okr_slice name,
                                struct okr_slice mail, struct okr_id *ret_id)
{
    struct okr_made made = {.n = 0};
    *ret_id = okr_plan_id(p);
    okr_plan_put_text(&made, OKR_F_PERSON_NAME, name);
    okr_plan_put_text(&made, OKR_F_MAIL, mail);
    okr_plan_put_id(p, &made, OKR_F_PERSON_UNIT, &p->root);
    OKR_TRY(
        okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_PERSON, ret_id, &made, NULL));
    return okr_import_say(
        &p->plan->warnings, p->plan->arena, p->line, "owner", "made",
        "person \"%.*s\" <%.*s> is made, without a key", (int)name.len,
        (const char *)name.data, (int)mail.len, (const char *)mail.data);
}

/* One word with an @ in it: an address, under which the person is made. */
static bool is_mail(struct okr_slice name)
{
    return memchr(name.data, '@', name.len) != NULL &&
           memchr(name.data, ' ', name.len) == NULL;
}

enum okr_err okr_plan_owner(struct okr_planning *p, struct okr_slice name,
                            struct okr_id *ret_person)
{
    struct okr_slice mail;
    bool found;
    if (!is_mail(name) ||
        okr_text_folded(name, p->plan->arena, &mail) != OKR_RULE_NONE)
        mail = slug_mail(p, name);
    if (mail.data == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(grow(&p->owners, p->plan->arena));
    const struct okr_owner *known = okr_owner_slot(&p->owners, mail);
    if (known->name.data != NULL) {
        *ret_person = known->id;
        return OKR_OK;
    }
    OKR_TRY(find_person(p, name, mail, ret_person, &found));
    if (!found)
        OKR_TRY(make_person(p, name, mail, ret_person));
    return okr_owner_put(&p->owners, p->plan->arena, mail, ret_person);
}
