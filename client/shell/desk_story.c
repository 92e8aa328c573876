/* `log`: an entity's history, which headquarters has whole. */
#include <stdlib.h>

#include "client/shell/desk_story.h"
#include "common/base/assert.h"
#include "common/codec/local.h"
#include "common/compose/compose.h"
#include "common/lang/text.h"

/* So long somebody waits for headquarters; then this copy tells what it
 * knows, and that there is more. */
enum { STORY_MS = 5000 };

/* ---- asking -------------------------------------------------------------- */

/* Which entity the question is about, and whether this copy tells it all. */
static bool needs_telling(struct okr_desk *desk, const struct okr_ask *ask,
                          struct okr_id *ret_entity)
{
    struct okr_asking a = {.desk = desk, .ask = ask};
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    bool whole = true;
    okr_arena_reset(desk->line);
    if (okr_asking_begin(&a, desk->line)) {
        enum okr_err err =
            okr_resolve(&a.space, OKR_KIND_ANY, okr_ask_arg(ask, "ref"),
                        ret_entity, &problem);
        if (err == OKR_OK && problem.rule == OKR_RULE_NONE)
            err = okr_query_log_is_whole(&a.space, ret_entity, &whole);
        if (err != OKR_OK)
            whole = true; /* the answer will say what is wrong */
    }
    okr_asking_end(&a);
    return !whole;
}

static bool add(struct okr_desk *desk, const struct okr_caller *caller,
                const struct okr_ask *ask, const struct okr_id *entity)
{
    if (desk->stories == NULL)
        desk->stories = calloc(OKR_DESK_STORIES_MAX, sizeof *desk->stories);
    if (desk->stories == NULL || desk->n_stories == OKR_DESK_STORIES_MAX)
        return false;
    struct okr_story *story = &desk->stories[desk->n_stories];
    *story = (struct okr_story){.caller = *caller,
                                .entity = *entity,
                                .until = okr_net_monotonic() + STORY_MS};
    okr_buf_init(&story->ask, NULL);
    okr_ask_encode(ask, &story->ask);
    if (story->ask.err == OKR_OK)
        desk->n_stories++;
    else
        okr_buf_close(&story->ask);
    return story->ask.err == OKR_OK;
}

void okr_desk_log(struct okr_desk *desk, const struct okr_caller *caller,
                  const struct okr_ask *ask)
{
    struct okr_id entity;
    if (!needs_telling(desk, ask, &entity) ||
        !add(desk, caller, ask, &entity)) {
        okr_desk_answer_with(desk, caller, ask, okr_desk_query, NULL);
        return;
    }
    struct okr_site_event event = okr_daemon_event(OKR_SITE_HISTORY);
    event.id = entity;
    (void)!okr_daemon_turn(desk->daemon, &event, 1, NULL);
}

/* ---- answering ----------------------------------------------------------- */

static void tell(struct okr_desk *desk, size_t at,
                 const struct okr_history_page *told)
{
    struct okr_story story = desk->stories[at];
    struct okr_arena *arena;
    struct okr_ask *ask;
    desk->stories[at] = desk->stories[--desk->n_stories];
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) == OKR_OK) {
        if (okr_ask_decode(okr_buf_slice(&story.ask), arena, &ask) == OKR_OK) {
            okr_text_language(okr_slice_is(ask->language, "zh"));
            okr_desk_answer_with(desk, &story.caller, ask, okr_desk_query,
                                 told);
        }
        okr_arena_free(&arena);
    }
    okr_buf_close(&story.ask);
}

void okr_desk_history(struct okr_desk *desk, const struct okr_fx *fx)
{
    OKR_ASSERT(fx->kind == OKR_FX_HISTORY);
    for (size_t i = desk->n_stories; i-- > 0;)
        if (okr_id_eq(&desk->stories[i].entity, &fx->id))
            tell(desk, i, fx->msg == NULL ? NULL : &fx->msg->u.history_page);
}

void okr_desk_stories_tick(struct okr_desk *desk, okr_ms now)
{
    for (size_t i = desk->n_stories; i-- > 0;)
        if (desk->stories[i].until <= now)
            tell(desk, i, NULL);
}

okr_ms okr_desk_stories_deadline(const struct okr_desk *desk)
{
    okr_ms at = OKR_NEVER;
    for (size_t i = 0; i < desk->n_stories; i++)
        if (desk->stories[i].until < at)
            at = desk->stories[i].until;
    return at;
}

void okr_desk_stories_close(struct okr_desk *desk)
{
    while (desk->n_stories > 0)
        tell(desk, desk->n_stories - 1, NULL);
    free(desk->stories);
    desk->stories = NULL;
}
