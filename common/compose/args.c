/* The arguments of a question: found once, blamed by the name they have. */
#include "common/base/assert.h"
#include "common/compose/work.h"

static bool same_name(struct okr_slice typed, const char *name)
{
    size_t i = 0;
    for (; i < typed.len && name[i] != '\0'; i++) {
        char c = typed.data[i] == '-' ? '_' : (char)typed.data[i];
        if (c != name[i])
            return false;
    }
    return i == typed.len && name[i] == '\0';
}

bool okr_work_arg(struct okr_work *work, const char *name,
                  struct okr_slice *ret_value)
{
    for (size_t i = 0; i < work->ask->n_args; i++) {
        if (work->used[i] || !same_name(work->ask->args[i].name, name))
            continue;
        work->used[i] = true;
        *ret_value = work->ask->args[i].value;
        return true;
    }
    return false;
}

/* Names as they were typed: options with dashes, what stands without an
 * option's name as a plain word. */
static bool is_positional(const struct okr_work *work, struct okr_slice name)
{
    if (work->verb != NULL && work->verb->form == OKR_FORM_CHECKIN)
        return okr_slice_is(name, "value") || okr_slice_is(name, "key_result");
    return okr_slice_is(name, "ref") || okr_slice_is(name, "choice") ||
           okr_slice_is(name, "change");
}

void okr_work_blame(struct okr_work *work, enum okr_rule rule,
                    struct okr_slice name)
{
    OKR_ASSERT(work->problem->rule == OKR_RULE_NONE && rule != OKR_RULE_NONE);
    *work->problem = (struct okr_problem){.rule = rule, .usage = true};
    bool option = work->dashed && !is_positional(work, name);
    char text[2 + 64 + 2] = "--";
    size_t n = option ? 2 : 0;
    for (size_t i = 0; i < name.len && i < 64; i++) {
        char c = (char)name.data[i];
        bool tame = c > ' ' && c < 0x7f;
        text[n++] = !tame ? '?' : option && c == '_' ? '-' : c;
    }
    text[n++] = ':'; /* so that it is no word to be translated */
    text[n] = '\0';
    okr_say(work->problem, "%s ", text);
}

void okr_work_blame_value(struct okr_work *work, enum okr_rule rule,
                          const struct okr_field_info *field,
                          struct okr_slice value)
{
    okr_work_blame(work, rule, okr_slice_str(field->word));
    okr_say(work->problem, "%s", OKR_SAID_TYPED(value));
}

void okr_work_leftovers(struct okr_work *work)
{
    for (size_t i = 0; i < work->ask->n_args; i++) {
        if (work->used[i])
            continue;
        okr_work_blame(work, OKR_RULE_UNKNOWN_FIELD, work->ask->args[i].name);
        if (work->kind != NULL)
            okr_say(work->problem,
                    N_("%s takes no such argument for the kind %s; its "
                       "fields: %s"),
                    work->verb->word, work->kind->word,
                    OKR_SAID_FIELDS(work->kind->number));
        else
            okr_say(work->problem, N_("%s takes no such argument"),
                    work->verb->word);
        okr_say_remedy(work->problem, "%s",
                       okr_rule_remedy(OKR_RULE_UNKNOWN_FIELD));
        return;
    }
}
