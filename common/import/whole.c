/* Entities of an export as payloads, in an order in which they can be made. */
#include "common/import/whole.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/export/export.h"
#include "common/import/read_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"
#include "common/rules/validate.h"

enum { CHANGES_MAX = 4 * OKR_SET_MAX, PART_MAX = 200 };
enum { NEW, OPEN, PLACED };

struct entity {
    struct okr_id id;
    uint16_t kind;
    struct okr_change *changes;
    size_t n;
    struct okr_id above; /* must be there before; zero: nothing */
    uint32_t number;     /* in the document, from 1 */
    uint8_t mark;
};
struct reading {
    struct okr_import_plan *plan;
    struct okr_whole *whole;
    struct okr_arena *arena;
    struct entity *at; /* ascending by id */
    size_t n;
    uint32_t number; /* of the entity that is read, from 1 */
    struct okr_change changes[CHANGES_MAX]; /* its own, so far */
};

bool okr_whole_is(struct okr_slice text)
{
    static const char *const words[] = {"\"entities\"", "\"format\"",
                                        "\"org\""};
    size_t found = 0;
    struct okr_slice head = okr_slice_sub(text, 0, 200);
    struct okr_slice tail =
        okr_slice_sub(text, text.len > 400 ? text.len - 400 : 0, text.len);
    for (size_t w = 0; w < 3; w++) {
        struct okr_slice word = okr_slice_str(words[w]);
        bool here = false;
        for (size_t i = 0; i < head.len && !here; i++)
            here = okr_slice_starts(okr_slice_sub(head, i, head.len), word);
        for (size_t i = 0; i < tail.len && !here; i++)
            here = okr_slice_starts(okr_slice_sub(tail, i, tail.len), word);
        found += here;
    }
    return found == 3;
}

static enum okr_err bad(struct reading *r, const char *column, const char *rule,
                        const char *why)
{
    r->plan->impossible = "the export is not whole; nothing was changed";
    return okr_import_say(&r->plan->errors, r->arena, r->number, column, rule,
                          "%s", why);
}

/* ---- values -------------------------------------------------------------- */

static struct okr_slice text_of(const json_t *value)
{
    return okr_slice_of(json_string_value(value), json_string_length(value));
}

static enum okr_rule list_of(struct reading *r, enum okr_list_shape shape,
                             const json_t *value, struct okr_slice *ret)
{
    size_t n = json_array_size(value), i;
    struct okr_pair *pairs = okr_arena_array(r->arena, n, sizeof *pairs);
    const json_t *one;
    if (pairs == NULL)
        return OKR_RULE_NONE;
    json_array_foreach(value, i, one)
    {
        struct okr_slice at = text_of(json_object_get(one, "value"));
        struct okr_slice day = text_of(json_object_get(one, "date"));
        bool good = shape == OKR_LIST_DAY_DEC
                        ? okr_day_parse(day, &pairs[i].day)
                        : okr_dec_parse(at, &pairs[i].at) == OKR_OK;
        if (!good || okr_dec_parse(text_of(json_object_get(one, "p")),
                                   &pairs[i].p) != OKR_OK)
            return OKR_RULE_BAD_VALUE;
    }
    *ret = okr_value_list(r->arena, shape, pairs, n);
    return OKR_RULE_NONE;
}

/* A value as the export writes it; NONE with `data` NULL: no memory. */
static enum okr_rule value_of(struct reading *r,
                              const struct okr_field_info *field,
                              const json_t *value, struct okr_slice *ret)
{
    bool text = field->type == OKR_TYPE_TITLE || field->type == OKR_TYPE_TEXT;
    *ret = OKR_SLICE_NONE;
    if (field->type == OKR_TYPE_BOOL && json_is_boolean(value)) {
        *ret = okr_value_bool(r->arena, json_is_true(value));
        return OKR_RULE_NONE;
    }
    if (field->type == OKR_TYPE_LIST && json_is_array(value))
        return list_of(r, (enum okr_list_shape)field->of, value, ret);
    if (!json_is_string(value))
        return OKR_RULE_BAD_VALUE;
    if (text) {
        *ret = okr_arena_copy(r->arena, text_of(value));
        return OKR_RULE_NONE;
    }
    return okr_value_parse(field, text_of(value), r->arena, ret);
}

/* ---- entities ------------------------------------------------------------ */

static enum okr_err add_change(struct reading *r, struct entity *e,
                               const struct okr_field_info *field,
                               const json_t *value, bool element)
{
    struct okr_slice data;
    enum okr_rule rule = value_of(r, field, value, &data);
    if (rule == OKR_RULE_NONE && data.data == NULL)
        return OKR_ERR_NOMEM;
    if (rule != OKR_RULE_NONE || e->n == CHANGES_MAX)
        return bad(r, field->word, okr_rule_name(OKR_RULE_BAD_VALUE),
                   "no value of this field");
    e->changes[e->n++] =
        (struct okr_change){.field = field->number,
                            .form = element ? OKR_REG_PRESENT : OKR_REG_VALUE,
                            .data = data};
    return OKR_OK;
}

static enum okr_err read_field(struct reading *r, struct entity *e,
                               const struct okr_field_info *field,
                               const json_t *value)
{
    const json_t *one;
    size_t i;
    if ((field->flags & OKR_FLAG_SET) == 0)
        return add_change(r, e, field, value, false);
    if (!json_is_array(value))
        return bad(r, field->word, "bad_value", "a set is an array");
    json_array_foreach(value, i, one)
        OKR_TRY(add_change(r, e, field, one, true));
    return OKR_OK;
}

static const struct okr_change *change_of(const struct entity *e,
                                          uint16_t field)
{
    for (size_t i = 0; i < e->n; i++)
        if (e->changes[i].field == field)
            return &e->changes[i];
    return NULL;
}

static void find_above(struct entity *e)
{
    const struct okr_kind_info *kind = okr_kind_info(e->kind);
    const struct okr_change *home =
        kind->home_field == 0 ? NULL : change_of(e, kind->home_field);
    if (home != NULL)
        (void)okr_value_as_id(home->data, &e->above);
}

/* Every member is a field; nothing is left out unseen. */
static enum okr_err read_members(struct reading *r, struct entity *e,
                                 json_t *object)
{
    const struct okr_field_info *field;
    const char *name;
    char known[32];
    json_t *value;
    json_object_foreach(object, name, value)
    {
        bool taken = strcmp(name, "id") == 0 || strcmp(name, "kind") == 0;
        for (size_t at = 0;
             !taken && (field = okr_field_next(e->kind, &at)) != NULL;) {
            if (!okr_export_has_field(field) ||
                strcmp(okr_export_name(field, known), name) != 0)
                continue;
            taken = true;
            OKR_TRY(read_field(r, e, field, value));
        }
        if (!taken)
            OKR_TRY(bad(r, "", "unknown_field",
                        "a field that this version does not know"));
    }
    find_above(e);
    return OKR_OK;
}

static enum okr_err read_entity(struct reading *r, json_t *object)
{
    struct entity *e = &r->at[r->n];
    json_t *word = json_object_get(object, "kind");
    const struct okr_kind_info *kind =
        json_is_string(word) ? okr_kind_by_word(text_of(word)) : NULL;
    *e = (struct entity){.kind = 0};
    if (kind == NULL || !okr_export_has_kind(kind->number))
        return bad(r, "kind", "unknown_kind", "no kind of an export");
    struct okr_slice id = text_of(json_object_get(object, "id"));
    if (id.len != 2 * OKR_ID_LEN ||
        okr_hex_decode(id, e->id.b, OKR_ID_LEN) != OKR_OK)
        return bad(r, "id", "bad_value", "an id is 32 hex digits");
    e->kind = kind->number;
    e->number = r->number;
    e->changes = r->changes;
    OKR_TRY(read_members(r, e, object));
    e->changes = okr_arena_array(r->arena, e->n, sizeof *e->changes);
    if (e->changes == NULL)
        return OKR_ERR_NOMEM;
    if (e->n > 0)
        memcpy(e->changes, r->changes, e->n * sizeof *e->changes);
    r->n++;
    return OKR_OK;
}

static int by_id(const void *a, const void *b)
{
    const struct entity *x = a, *y = b;
    return okr_slice_cmp(okr_id_slice(&x->id), okr_id_slice(&y->id));
}

static struct entity *find(struct reading *r, const struct okr_id *id)
{
    struct entity key = {.id = *id};
    return r->n == 0 ? NULL : bsearch(&key, r->at, r->n, sizeof key, by_id);
}

/* ---- payloads ------------------------------------------------------------ */

/* In parts, so that no operation is too large. */
static enum okr_err place(struct reading *r, struct entity *e)
{
    struct okr_import_plan *plan = r->plan;
    size_t from = 0;
    e->mark = PLACED;
    r->number = e->number;
    do {
        size_t n = 0, bytes = 0;
        while (
            from + n < e->n && n < PART_MAX &&
            (n == 0 || bytes + e->changes[from + n].data.len < OKR_OP_MAX / 2))
            bytes += e->changes[from + n++].data.len;
        OKR_ASSERT(plan->n < plan->cap);
        plan->lines[plan->n] = r->number;
        plan->payloads[plan->n] =
            (struct okr_payload){.verb = OKR_VERB_ADOPT,
                                 .kind = e->kind,
                                 .entity = e->id,
                                 .changes = e->changes + from,
                                 .n_changes = n};
        struct okr_verdict v = okr_validate_shape(&plan->payloads[plan->n++]);
        if (!okr_verdict_is_in(&v))
            return bad(r, "", okr_rule_name(v.rule), okr_rule_what(v.rule));
        from += n;
    } while (from < e->n);
    plan->create++;
    return OKR_OK;
}

static enum okr_err place_all(struct reading *r)
{
    struct entity **path =
        okr_arena_array(r->arena, OKR_DEPTH_MAX * 4, sizeof(void *));
    if (path == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < r->n; i++) {
        size_t n = 0;
        struct entity *e = &r->at[i];
        while (e != NULL && e->mark == NEW && n < (size_t)OKR_DEPTH_MAX * 4) {
            e->mark = OPEN;
            path[n++] = e;
            e = okr_id_is_zero(&e->above) ? NULL : find(r, &e->above);
            if (e == NULL && !okr_id_is_zero(&path[n - 1]->above))
                return bad(r, "id", "unknown_entity",
                           "an entity stands below one that is missing");
            if (e != NULL && e->mark == OPEN)
                return bad(r, "id", "circle", "entities stand in a circle");
        }
        while (n > 0)
            OKR_TRY(place(r, path[--n]));
    }
    return OKR_OK;
}

/* ---- the ground ---------------------------------------------------------- */

static bool is_admin(const struct entity *e)
{
    uint32_t role;
    if (change_of(e, OKR_F_LEFT) != NULL)
        return false;
    for (size_t i = 0; i < e->n; i++)
        if (e->changes[i].field == OKR_F_ROLES &&
            okr_value_as_enum(e->changes[i].data, &role) &&
            role == OKR_V_ROLE_ADMIN)
            return true;
    return false;
}

static struct okr_slice field_of(const struct entity *e, uint16_t field)
{
    const struct okr_change *change = change_of(e, field);
    return change == NULL ? OKR_SLICE_LIT("") : change->data;
}

/* What genesis makes: the policy, the root unit, the first admin. */
static enum okr_err find_ground(struct reading *r)
{
    struct okr_whole *w = r->whole;
    int64_t offset = 0;
    for (size_t i = 0; i < r->n; i++) {
        const struct entity *e = &r->at[i];
        if (e->kind == OKR_KIND_POLICY) {
            w->policy = e->id;
            w->name = field_of(e, OKR_F_ORG_NAME);
            w->slug = field_of(e, OKR_F_SLUG);
            (void)okr_value_as_int(field_of(e, OKR_F_UTC_OFFSET_MIN), &offset);
        } else if (e->kind == OKR_KIND_UNIT &&
                   change_of(e, OKR_F_UNIT_PARENT) == NULL) {
            w->unit = e->id;
        } else if (e->kind == OKR_KIND_PERSON && is_admin(e) &&
                   okr_id_is_zero(&w->person)) {
            w->person = e->id;
            w->admin_name = field_of(e, OKR_F_PERSON_NAME);
            w->admin_mail = field_of(e, OKR_F_MAIL);
        }
    }
    w->utc_offset_min = (int)offset;
    r->number = 0;
    if (okr_id_is_zero(&w->policy) || okr_id_is_zero(&w->unit) ||
        okr_id_is_zero(&w->person))
        return bad(r, "", "missing",
                   "an export has a policy, a root unit and an admin");
    return OKR_OK;
}

/* ---- the document -------------------------------------------------------- */

static enum okr_err read_document(struct reading *r, json_t *root)
{
    json_t *entities = json_object_get(root, "entities"), *one;
    struct okr_slice format = text_of(json_object_get(root, "format"));
    size_t i, n = json_array_size(entities);
    if (!okr_slice_is(format, OKR_EXPORT_FORMAT))
        return bad(r, "format", "bad_value",
                   okr_slice_is(format, OKR_EXPORT_COPY)
                       ? "this is the copy of a site, not the whole: export "
                         "at headquarters"
                       : "not the format " OKR_EXPORT_FORMAT);
    r->at = okr_arena_array(r->arena, n, sizeof *r->at);
    if (r->at == NULL)
        return OKR_ERR_NOMEM;
    json_array_foreach(entities, i, one)
    {
        r->number = (uint32_t)i + 1;
        OKR_TRY(read_entity(r, one));
    }
    if (r->plan->impossible != NULL)
        return OKR_OK;
    if (r->n > 1)
        qsort(r->at, r->n, sizeof *r->at, by_id);
    for (i = 1; i < r->n; i++)
        if (by_id(&r->at[i - 1], &r->at[i]) == 0)
            return bad(r, "id", "duplicate", "an id stands there twice");
    r->plan->cap = r->n * (1 + CHANGES_MAX / PART_MAX) + r->n * 4;
    r->plan->payloads =
        okr_arena_array(r->arena, r->plan->cap, sizeof *r->plan->payloads);
    r->plan->lines =
        okr_arena_array(r->arena, r->plan->cap, sizeof *r->plan->lines);
    if (r->plan->payloads == NULL || r->plan->lines == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(find_ground(r));
    return r->plan->impossible == NULL ? place_all(r) : OKR_OK;
}

enum okr_err okr_whole_read(struct okr_slice text, struct okr_arena *arena,
                            struct okr_whole *ret_whole)
{
    struct okr_whole whole = {.plan = {.arena = arena}};
    struct reading *r = okr_arena_alloc(arena, sizeof *r);
    if (r == NULL)
        return OKR_ERR_NOMEM;
    r->plan = &whole.plan;
    r->whole = &whole;
    r->arena = arena;
    struct okr_slice quoted = okr_json_quoted(text, arena);
    json_error_t error;
    char why[300];
    enum okr_err err = OKR_OK;
    if (quoted.data == NULL)
        return OKR_ERR_NOMEM;
    json_t *root = !okr_utf8_valid(text)
                       ? NULL
                       : json_loadb((const char *)quoted.data, quoted.len,
                                    JSON_REJECT_DUPLICATES, &error);
    if (root != NULL) {
        err = read_document(r, root);
    } else {
        (void)snprintf(why, sizeof why, "not JSON: %s",
                       okr_utf8_valid(text) ? error.text : "no UTF-8");
        err = bad(r, "", "malformed", why);
    }
    json_decref(root);
    if (whole.plan.impossible != NULL)
        whole.plan.n = whole.plan.create = 0;
    *ret_whole = whole;
    return err;
}

/* ---- the store ----------------------------------------------------------- */

enum okr_err okr_whole_fits(const struct okr_space *space, bool *ret_empty)
{
    static const struct {
        uint16_t kind;
        size_t most;
    } made[] = {{OKR_KIND_POLICY, 1},
                {OKR_KIND_UNIT, 1},
                {OKR_KIND_PERSON, 1},
                {OKR_KIND_SITE, 1}};
    const struct okr_kind_info *kind;
    struct okr_ids ids;
    *ret_empty = true;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;) {
        size_t most = 0;
        for (size_t i = 0; i < sizeof made / sizeof made[0]; i++)
            most = made[i].kind == kind->number ? made[i].most : most;
        OKR_TRY(okr_index_kind(space, kind->number, &ids));
        *ret_empty = *ret_empty && ids.n <= most;
    }
    return OKR_OK;
}

static bool has(const struct okr_payload *payload, const struct okr_reg *reg)
{
    for (size_t i = 0; i < payload->n_changes; i++)
        if (payload->changes[i].field == reg->field &&
            (reg->form == OKR_REG_VALUE ||
             okr_slice_eq(payload->changes[i].data, reg->data)))
            return true;
    return false;
}

static enum okr_err settle(struct okr_whole *w, struct okr_payload *payload,
                           const struct okr_record *made)
{
    struct okr_change *changes = okr_arena_array(
        w->plan.arena, payload->n_changes + made->n_regs, sizeof *changes);
    size_t n = payload->n_changes;
    if (changes == NULL)
        return OKR_ERR_NOMEM;
    memcpy(changes, payload->changes, n * sizeof *changes);
    for (size_t i = 0; i < made->n_regs; i++) {
        const struct okr_reg *reg = &made->regs[i];
        const struct okr_field_info *field =
            okr_field_info(made->kind, reg->field);
        if (field == NULL || !okr_export_has_field(field) ||
            has(payload, reg) ||
            (reg->form != OKR_REG_VALUE && reg->form != OKR_REG_PRESENT))
            continue;
        bool element = reg->form == OKR_REG_PRESENT;
        changes[n++] = (struct okr_change){
            .field = reg->field,
            .form = element ? OKR_REG_ABSENT : OKR_REG_UNSET,
            .data = element ? okr_arena_copy(w->plan.arena, reg->data)
                            : OKR_SLICE_NONE};
    }
    payload->changes = changes;
    payload->n_changes = n;
    return OKR_OK;
}

enum okr_err okr_whole_settle(struct okr_whole *whole,
                              const struct okr_space *space)
{
    for (size_t i = 0; i < whole->plan.n; i++) {
        struct okr_payload *payload = &whole->plan.payloads[i];
        struct okr_record *made;
        if (payload->kind > OKR_KIND_PERSON ||
            (i > 0 && okr_id_eq(&payload[-1].entity, &payload->entity)))
            continue;
        enum okr_err err = okr_entity_get(space, &payload->entity, &made);
        if (err == OKR_OK)
            err = settle(whole, payload, made);
        if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
            return err;
    }
    return OKR_OK;
}
