/* Which entities a question is about: arguments as typed, and whether an
 * entity fits them. */
#include <string.h>

#include "common/base/assert.h"

#include <stdio.h>
#include "common/compose/say.h"
#include "common/query/filter.h"

static enum okr_err find_named(struct okr_session *s, const struct okr_ask *ask,
                               uint16_t kind, bool *ret_has,
                               struct okr_id *ret_id)
{
    static const char *const names[] = {[OKR_KIND_UNIT] = "unit",
                                        [OKR_KIND_PERSON] = "owner",
                                        [OKR_KIND_CYCLE] = "cycle"};
    const char *name = names[kind];
    struct okr_slice text = okr_ask_arg(ask, name);
    struct okr_problem found;
    if (text.len == 0)
        return OKR_OK;
    *ret_has = true;
    if (kind == OKR_KIND_PERSON && okr_slice_is(text, "me")) {
        *ret_id = s->query->person;
        return OKR_OK;
    }
    OKR_TRY(okr_resolve(&s->space, kind, text, ret_id, &found));
    if (found.rule == OKR_RULE_NONE)
        return OKR_OK;
    *s->problem = (struct okr_problem){.rule = found.rule};
    char option[64];
    (void)snprintf(option, sizeof option, "--%s:", name);
    okr_say(s->problem, "%s ", option);
    okr_say_again(s->problem, &found);
    return OKR_OK;
}

static void refuse_kind(struct okr_session *s, struct okr_slice word)
{
    const struct okr_kind_info *kind;
    *s->problem =
        (struct okr_problem){.rule = OKR_RULE_UNKNOWN_KIND, .usage = true};
    struct okr_said words = {.text = "all"};
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        okr_said_item(&words, kind->word);
    okr_say(s->problem, N_("--kind: %s is no kind; one of %s"),
            OKR_SAID_TYPED(word), words.text);
    okr_say_remedy(s->problem, N_("use one of these words"));
}

static bool is_yes(const struct okr_ask *ask, const char *name)
{
    static const char *const words[] = {"", "true", "yes", "1"};
    struct okr_slice text;
    size_t at = 0;
    if (!okr_ask_next(ask, name, &at, &text))
        return false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (okr_slice_is(text, words[i]))
            return true;
    return false;
}

enum okr_err okr_filter_read(struct okr_session *s, const struct okr_ask *ask,
                             struct okr_filter *ret)
{
    struct okr_filter f = {.archived = is_yes(ask, "archived")};
    struct okr_slice word = okr_ask_arg(ask, "kind");
    f.all = okr_slice_is(word, "all");
    if (word.len > 0 && !f.all) {
        const struct okr_kind_info *kind = okr_kind_by_word(word);
        if (kind == NULL) {
            refuse_kind(s, word);
            return OKR_OK;
        }
        f.kind = kind->number;
    }
    OKR_ASKED(s, find_named(s, ask, OKR_KIND_CYCLE, &f.has_cycle, &f.cycle));
    OKR_ASKED(s, find_named(s, ask, OKR_KIND_UNIT, &f.has_unit, &f.unit));
    OKR_ASKED(s, find_named(s, ask, OKR_KIND_PERSON, &f.has_owner, &f.owner));
    *ret = f;
    return OKR_OK;
}

/* Its own field of that name, else its objective's. */
static enum okr_err place_of(struct okr_session *s, struct okr_node *node,
                             const char *word, struct okr_id *ret_id)
{
    const struct okr_record *record = node->record;
    uint16_t field = okr_field_named(record->kind, word);
    *ret_id = (struct okr_id){{0}};
    if (field != 0) {
        (void)okr_record_id(record, field, ret_id);
        return OKR_OK;
    }
    struct okr_node *objective;
    OKR_TRY(okr_session_objective(s, record, &objective));
    if (objective != NULL)
        (void)okr_record_id(objective->record,
                            okr_field_named(objective->record->kind, word),
                            ret_id);
    return OKR_OK;
}

enum okr_err okr_filter_fits(struct okr_session *s,
                             const struct okr_filter *filter,
                             struct okr_node *node, bool *ret_fits)
{
    struct okr_id id;
    *ret_fits = false;
    if (node->record == NULL ||
        (okr_record_archived(node->record) && !filter->archived))
        return OKR_OK;
    if (filter->has_cycle) {
        OKR_TRY(place_of(s, node, "cycle", &id));
        if (!okr_id_eq(&id, &filter->cycle))
            return OKR_OK;
    }
    if (filter->has_unit) {
        OKR_TRY(place_of(s, node, "unit", &id));
        if (!okr_id_eq(&id, &filter->unit))
            return OKR_OK;
    }
    uint16_t owner = okr_field_named(node->record->kind, "owner");
    if (filter->has_owner &&
        (owner == 0 || !okr_record_id(node->record, owner, &id) ||
         !okr_id_eq(&id, &filter->owner)))
        return OKR_OK;
    return okr_session_visible(s, node, ret_fits);
}

/* ---- one of them --------------------------------------------------------- */

static void refuse_missing(struct okr_session *s, const struct okr_ask *ask)
{
    *s->problem = (struct okr_problem){.rule = OKR_RULE_MISSING, .usage = true};
    okr_say(s->problem, N_("%s needs a reference"),
            OKR_SAID_TYPED(ask->method));
    okr_say_remedy(s->problem, N_("okr list shows references"));
}

/* A draft of others is as if it were not there. */
static void refuse_hidden(struct okr_session *s, struct okr_slice ref)
{
    *s->problem = (struct okr_problem){.rule = OKR_RULE_UNKNOWN_ENTITY};
    okr_say(s->problem, N_("nothing here is %s"), OKR_SAID_TYPED(ref));
    okr_say_remedy(s->problem, N_("okr list shows references"));
}

enum okr_err okr_filter_ref(struct okr_session *s, const struct okr_ask *ask,
                            struct okr_node **ret_node)
{
    struct okr_slice ref = okr_ask_arg(ask, "ref");
    struct okr_id id;
    bool visible;
    if (ref.len == 0) {
        refuse_missing(s, ask);
        return OKR_OK;
    }
    OKR_ASKED(s, okr_resolve(&s->space, OKR_KIND_ANY, ref, &id, s->problem));
    OKR_TRY(okr_session_node(s, &id, ret_node));
    OKR_ASSERT((*ret_node)->record != NULL);
    OKR_TRY(okr_session_visible(s, *ret_node, &visible));
    if (!visible)
        refuse_hidden(s, ref);
    return OKR_OK;
}
