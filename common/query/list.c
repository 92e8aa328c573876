/* `list`, `search`: entities one after the other. */
#include "common/base/assert.h"
#include "common/compose/say.h"
#include "common/model/text.h"
#include "common/query/emit.h"
#include "common/query/filter.h"

static enum okr_err emit_all(struct okr_session *s, struct okr_node **nodes,
                             size_t n)
{
    okr_json_open_array(s->out);
    for (size_t i = 0; i < n; i++)
        OKR_TRY(okr_emit_entity(s, nodes[i]));
    okr_json_close_array(s->out);
    return s->out->out->err;
}

enum okr_err okr_query_list(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct okr_node **nodes;
    size_t n;
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    OKR_ASKED(s, okr_filter_page(s, ask, &filter));
    OKR_TRY(okr_filter_all(s, &filter, &nodes, &n));
    return emit_all(s, nodes, n);
}

/* ---- search -------------------------------------------------------------- */

static bool contains(struct okr_slice text, struct okr_slice part)
{
    for (size_t i = 0; i + part.len <= text.len; i++)
        if (okr_slice_eq(okr_slice_sub(text, i, part.len), part))
            return true;
    return false;
}

/* Folded text lives in `scratch`, which is emptied from entity to entity. */
static enum okr_err field_matches(const struct okr_record *record,
                                  const char *word, struct okr_slice folded,
                                  struct okr_arena *scratch, bool *ret_matches)
{
    uint16_t field = okr_field_named(record->kind, word);
    struct okr_slice text;
    if (field == 0 || !okr_record_has(record, field))
        return OKR_OK;
    if (okr_text_folded(okr_record_text(record, field), scratch, &text) !=
        OKR_RULE_NONE)
        return OKR_OK;
    if (text.data == NULL)
        return OKR_ERR_NOMEM;
    *ret_matches = contains(text, folded);
    return OKR_OK;
}

static enum okr_err matches(const struct okr_record *record,
                            struct okr_slice folded, struct okr_arena *scratch,
                            bool *ret_matches)
{
    static const char *const words[] = {"title", "name", "description", "mail",
                                        "code"};
    *ret_matches = false;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        OKR_TRY(field_matches(record, words[i], folded, scratch, ret_matches));
        if (*ret_matches)
            return OKR_OK;
    }
    return OKR_OK;
}

static enum okr_err keep_matching(struct okr_slice folded,
                                  struct okr_node **nodes, size_t *n)
{
    struct okr_arena *scratch;
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &scratch));
    enum okr_err err = OKR_OK;
    size_t kept = 0;
    for (size_t i = 0; i < *n && err == OKR_OK; i++) {
        bool found = false;
        okr_arena_reset(scratch);
        err = matches(nodes[i]->record, folded, scratch, &found);
        if (found)
            nodes[kept++] = nodes[i];
    }
    okr_arena_free(&scratch);
    *n = kept;
    return err;
}

enum okr_err okr_query_search(struct okr_session *s, const struct okr_ask *ask)
{
    struct okr_filter filter;
    struct okr_node **nodes;
    struct okr_slice text = okr_ask_arg(ask, "text"), folded;
    size_t n;
    enum okr_rule rule = okr_text_folded(text, s->space.arena, &folded);
    if (rule == OKR_RULE_NONE && folded.data == NULL)
        return OKR_ERR_NOMEM;
    if (rule != OKR_RULE_NONE || folded.len == 0) {
        *s->problem =
            (struct okr_problem){.rule = OKR_RULE_MISSING, .usage = true};
        okr_say(s->problem, N_("search needs a text"));
        okr_say_remedy(s->problem, N_("write okr search TEXT"));
        return OKR_OK;
    }
    OKR_ASKED(s, okr_filter_read(s, ask, &filter));
    OKR_ASKED(s, okr_filter_page(s, ask, &filter));
    filter.all = filter.all || filter.kind == OKR_KIND_ANY;
    OKR_TRY(okr_filter_all(s, &filter, &nodes, &n));
    OKR_TRY(keep_matching(folded, nodes, &n));
    return emit_all(s, nodes, n);
}
