/* Which entity a person means: by id, by reference, or by a name.
 *
 * Ids and indexed names cost a look-up; other names a walk over all of their
 * kind, which is only taken when nothing else fits. */
#include "common/base/assert.h"

#include <stdio.h>
#include "common/base/hex.h"
#include "common/compose/say.h"
#include "common/model/ref.h"
#include "common/model/text.h"
#include "common/model/value.h"

enum { CANDIDATES_SHOWN = 5, REFS_MAX = 64, FOUND_MAX = 64 };

struct search {
    const struct okr_space *space;
    uint16_t kind; /* 0: any */
    struct okr_slice text;
    struct okr_problem *problem;
    struct okr_record *found[FOUND_MAX];
    size_t n;
    size_t more; /* found beyond FOUND_MAX */
};

static enum okr_err add_found(struct search *s, const struct okr_id *id)
{
    struct okr_record *record;
    if (s->n == FOUND_MAX) {
        s->more++;
        return OKR_OK;
    }
    OKR_TRY(okr_entity_get(s->space, id, &record));
    s->found[s->n++] = record;
    return OKR_OK;
}

/* 32 hex digits are an id, whatever else they might be. */
static bool is_hex_id(struct okr_slice text, struct okr_id *ret_id)
{
    return text.len == 2 * OKR_ID_LEN &&
           okr_hex_decode(text, ret_id->b, OKR_ID_LEN) == OKR_OK;
}

static enum okr_err by_hex(struct search *s)
{
    struct okr_id id;
    if (!is_hex_id(s->text, &id))
        return OKR_OK;
    enum okr_err err = add_found(s, &id);
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

static enum okr_err by_index(struct search *s,
                             const struct okr_field_info *field, uint16_t kind)
{
    struct okr_slice value;
    enum okr_rule rule =
        okr_value_parse(field, s->text, s->space->arena, &value);
    if (rule != OKR_RULE_NONE)
        return OKR_OK;
    if (value.data == NULL)
        return OKR_ERR_NOMEM;
    struct okr_ids ids;
    OKR_TRY(okr_index_find(s->space, kind, field->number, value, &ids));
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(add_found(s, &ids.at[i]));
    return OKR_OK;
}

/* A unit's code, a person's mail, a cycle's name, a site's name: the lines of
 * text that have an index. */
static enum okr_err by_indexed_name(struct search *s)
{
    const struct okr_kind_info *kind;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;) {
        if (s->kind != OKR_KIND_ANY && s->kind != kind->number)
            continue;
        const struct okr_field_info *field;
        for (size_t f = OKR_FIELD_COMMON_MAX + 1;
             (field = okr_field_next(kind->number, &f)) != NULL;)
            if (field->type == OKR_TYPE_TITLE &&
                (field->flags & OKR_FLAG_INDEX) != 0)
                OKR_TRY(by_index(s, field, kind->number));
    }
    return OKR_OK;
}

static enum okr_err by_ref(struct search *s)
{
    uint32_t kind;
    struct okr_slice run;
    struct okr_ids ids;
    if (!okr_ref_parse(s->text, &kind, &run))
        return OKR_OK;
    OKR_TRY(okr_index_ref(s->space, kind, run, REFS_MAX, &ids));
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(add_found(s, &ids.at[i]));
    return OKR_OK;
}

static enum okr_err by_name_of(struct search *s, uint16_t kind,
                               struct okr_slice folded)
{
    uint16_t field = okr_field_named(kind, "name");
    struct okr_ids ids;
    OKR_ASSERT(field != 0);
    OKR_TRY(okr_index_kind(s->space, kind, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *record;
        struct okr_slice name;
        OKR_TRY(okr_entity_get(s->space, &ids.at[i], &record));
        if (okr_text_folded(okr_record_text(record, field), s->space->arena,
                            &name) != OKR_RULE_NONE)
            continue;
        if (name.data == NULL)
            return OKR_ERR_NOMEM;
        if (okr_slice_eq(name, folded))
            OKR_TRY(add_found(s, &ids.at[i]));
    }
    return OKR_OK;
}

/* Names without an index, and those with one in another case. */
static enum okr_err by_name(struct search *s)
{
    static const uint16_t named[] = {OKR_KIND_CYCLE, OKR_KIND_UNIT,
                                     OKR_KIND_PERSON, OKR_KIND_SITE};
    struct okr_slice folded;
    if (okr_text_folded(s->text, s->space->arena, &folded) != OKR_RULE_NONE)
        return OKR_OK;
    if (folded.data == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (s->kind == OKR_KIND_ANY || s->kind == named[i])
            OKR_TRY(by_name_of(s, named[i], folded));
    return OKR_OK;
}

/* There is one policy, so that its kind names it. */
static enum okr_err by_kind_word(struct search *s)
{
    struct okr_ids ids;
    if (!okr_slice_is(s->text, "policy"))
        return OKR_OK;
    OKR_TRY(okr_index_kind(s->space, OKR_KIND_POLICY, &ids));
    for (size_t i = 0; i < ids.n; i++)
        OKR_TRY(add_found(s, &ids.at[i]));
    return OKR_OK;
}

/* Of entities with one name, those still in use are meant. */
static void drop_archived(struct search *s)
{
    size_t live = 0;
    for (size_t i = 0; i < s->n; i++)
        live += okr_record_archived(s->found[i]) ? 0 : 1;
    if (live == 0)
        return;
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (!okr_record_archived(s->found[i]))
            s->found[n++] = s->found[i];
    s->n = n;
}

static enum okr_err search(struct search *s)
{
    enum okr_err (*const ways[])(struct search *) = {
        by_hex, by_indexed_name, by_ref, by_kind_word, by_name};
    if (s->text.len == 0)
        return OKR_OK;
    for (size_t i = 0; i < sizeof ways / sizeof ways[0] && s->n == 0; i++)
        OKR_TRY(ways[i](s));
    if (s->n > 1)
        drop_archived(s);
    return OKR_OK;
}

static bool has_name(uint16_t kind)
{
    return okr_field_named(kind, "name") != 0;
}

/* The command that lists a kind. */
static const char *list_of(uint16_t kind, struct okr_said *said)
{
    (void)snprintf(said->text, sizeof said->text, "okr list --kind %s",
                   okr_said_kind(kind));
    return said->text;
}

static void say_unknown(struct search *s)
{
    struct okr_problem *p = s->problem;
    struct okr_said command;
    *p = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_ENTITY};
    if (s->kind == OKR_KIND_ANY) {
        okr_say(p, N_("nothing here is %s"), OKR_SAID_TYPED(s->text));
        okr_say_remedy(p, N_("okr list shows references, okr search TEXT "
                             "finds them by title"));
        return;
    }
    const char *kind = okr_said_kind(s->kind);
    const char *typed = OKR_SAID_TYPED(s->text);
    if (has_name(s->kind))
        okr_say(p, N_("no %s is named %s"), kind, typed);
    else
        okr_say(p, N_("no %s is %s"), kind, typed);
    okr_say_remedy(p, N_("%s shows them"), list_of(s->kind, &command));
}

static void say_ambiguous(struct search *s)
{
    struct okr_problem *p = s->problem;
    *p = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_ENTITY};
    struct okr_said list = {0};
    for (size_t i = 0; i < s->n && i < CANDIDATES_SHOWN; i++)
        okr_said_item(&list, OKR_SAID_ENTITY(s->found[i]));
    if (s->n > CANDIDATES_SHOWN)
        okr_said_item(&list, "…");
    okr_say(p, N_("%s may be one of %s: %s"), OKR_SAID_TYPED(s->text),
            OKR_SAID_NUMBER(s->n + s->more), list.text);
    okr_say_remedy(p, N_("give the reference of the one that is meant, or "
                         "more of its characters"));
}

static void say_other_kind(struct search *s)
{
    struct okr_problem *p = s->problem;
    struct okr_said command;
    *p = (struct okr_problem){.rule = OKR_RULE_WRONG_KIND};
    okr_say(p, N_("%s is of kind %s, not %s"), OKR_SAID_TYPED(s->text),
            okr_said_kind(s->found[0]->kind), okr_said_kind(s->kind));
    okr_say_remedy(p, N_("%s shows those that fit"),
                   list_of(s->kind, &command));
}

/* An entity of another kind is only what was meant if nothing else is. */
static void keep_kind(struct search *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += s->found[i]->kind == s->kind ? 1 : 0;
    if (s->kind == OKR_KIND_ANY || n == 0)
        return;
    n = 0;
    for (size_t i = 0; i < s->n; i++)
        if (s->found[i]->kind == s->kind)
            s->found[n++] = s->found[i];
    s->n = n;
}

enum okr_err okr_resolve(const struct okr_space *space, uint16_t kind,
                         struct okr_slice text, struct okr_id *ret_id,
                         struct okr_problem *ret_problem)
{
    OKR_ASSERT(space != NULL && ret_id != NULL && ret_problem != NULL);
    OKR_ASSERT(kind == OKR_KIND_ANY || okr_kind_info(kind) != NULL);
    struct search s = {.space = space,
                       .kind = kind,
                       .text = okr_say_trimmed(text),
                       .problem = ret_problem};
    OKR_TRY(search(&s));
    keep_kind(&s);
    if (s.n == 0) {
        say_unknown(&s);
    } else if (kind != OKR_KIND_ANY && s.found[0]->kind != kind) {
        say_other_kind(&s);
    } else if (s.n + s.more > 1) {
        say_ambiguous(&s);
    } else {
        *ret_problem = (struct okr_problem){0};
        *ret_id = s.found[0]->id;
    }
    return OKR_OK;
}
