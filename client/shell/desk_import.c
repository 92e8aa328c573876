/* import at a site: a file becomes one batch of operations, which wait like
 * any others until headquarters has confirmed them.  It is read, planned and
 * saved in steps, one a round of the loop, so that nobody waits for it. */
#include <stdlib.h>
#include <string.h>

#include "client/shell/desk_jobs.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/import/import.h"
#include "common/lang/text.h"
#include "common/model/dates.h"
#include "common/net/room.h"

enum phase { READING, PLANNING, SAVING, OVER };

struct okr_desk_import {
    struct okr_arena *arena; /* of all of it */
    struct okr_arena *turn;  /* of the operations of a turn */
    struct okr_ask ask;
    struct okr_caller caller;
    struct okr_asking asking;
    struct okr_import_conf conf;
    struct okr_import_reader *reader;
    struct okr_planning *planning;
    struct okr_import_plan *plan;
    enum phase phase;
    size_t at; /* the next payload */
    struct okr_op *ops;
    struct okr_site_event events[OKR_DESK_WRITES_MAX];
    size_t n_events, refused, waits;
};

/* ---- what is asked for --------------------------------------------------- */

static void read_day(struct okr_asking *a, const char *name, bool *ret_has,
                     okr_day *ret_day)
{
    struct okr_slice typed = okr_ask_arg(a->ask, name);
    *ret_has = typed.len > 0;
    if (*ret_has && !okr_day_parse(typed, ret_day))
        okr_snag_usage(&a->snag, "write it as 2026-01-31",
                       "--%s: `%.*s` is no day", name, (int)typed.len,
                       (const char *)typed.data);
}

static enum okr_import_format read_format(struct okr_asking *a)
{
    struct okr_slice word = okr_ask_arg(a->ask, "format");
    enum okr_import_format format = OKR_IMPORT_ANY;
    if (word.len == 0)
        return okr_import_guess(okr_ask_arg(a->ask, "source"), a->ask->blob);
    if (!okr_import_format_of(word, &format))
        okr_snag_usage(&a->snag, "one of markdown, csv, json",
                       "--format: `%.*s` is not read", (int)word.len,
                       (const char *)word.data);
    return format;
}

static bool is_dry(const struct okr_asking *a)
{
    struct okr_slice dry = okr_ask_arg(a->ask, "dry_run");
    return okr_slice_is(dry, "true") || okr_slice_is(dry, "yes");
}

static enum okr_err start(struct okr_desk_import *i)
{
    struct okr_asking *a = &i->asking;
    struct okr_compose ground;
    enum okr_import_format format = read_format(a);
    if (!okr_snagged(&a->snag) && okr_asking_begin(a, i->arena)) {
        okr_asking_speaks(a);
        okr_who_needed(&a->person, &a->snag);
    }
    if (okr_snagged(&a->snag))
        return OKR_OK;
    if (!is_dry(a) && okr_room_is_low(a->desk->daemon->dir))
        okr_desk_disk_full(&a->snag);
    OKR_TRY(okr_desk_ground(a, &ground));
    i->conf = (struct okr_import_conf){
        .space = a->space,
        .cycle = okr_ask_arg(a->ask, "cycle"),
        .source = okr_ask_arg(a->ask, "source"),
        .person = a->person,
        .epoch = ground.epoch,
        .now = a->now,
        .offset_min = a->offset_min,
        .pending_op = ground.pending_op,
        .context = ground.context,
    };
    memcpy(i->conf.entropy, ground.entropy, sizeof i->conf.entropy);
    read_day(a, "start", &i->conf.has_start, &i->conf.start);
    read_day(a, "end", &i->conf.has_end, &i->conf.end);
    return okr_import_read_begin(format, a->ask->blob, i->arena, &i->reader);
}

/* ---- saving -------------------------------------------------------------- */

static enum okr_err note(struct okr_desk_import *i, size_t at,
                         const struct okr_verdict *verdict)
{
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    okr_problem_of(verdict, i->plan->payloads[at].kind, &problem);
    i->refused++;
    return okr_import_say(&i->plan->errors, i->arena, i->plan->lines[at], "",
                          okr_rule_name(problem.rule), "%s: %s", problem.what,
                          problem.remedy);
}

static void stepped(void *context, struct okr_kv_txn *txn,
                    const struct okr_site_event *event)
{
    struct okr_daemon *d = context;
    struct okr_desk_import *i = d->desk->import;
    struct okr_verdict verdict = okr_site_submitted(d->site, NULL);
    size_t at = i->at + (size_t)(event - i->events);
    (void)txn;
    i->waits += verdict.outcome == OKR_OUTCOME_UNKNOWN_HERE;
    if (!okr_verdict_is_in(&verdict) &&
        verdict.outcome != OKR_OUTCOME_UNKNOWN_HERE)
        okr_asking_world(&i->asking, note(i, at, &verdict));
}

static enum okr_err save_some(struct okr_desk_import *i, size_t n)
{
    struct okr_asking turn = i->asking;
    okr_arena_reset(i->turn);
    turn.space.arena = i->turn;
    i->ops = okr_arena_array(i->turn, n, sizeof *i->ops);
    if (i->ops == NULL)
        return OKR_ERR_NOMEM;
    for (size_t k = 0; k < n; k++) {
        OKR_TRY(
            okr_desk_make_op(&turn, &i->plan->payloads[i->at + k], &i->ops[k]));
        i->events[k] = okr_daemon_event(OKR_SITE_SUBMIT);
        i->events[k].op = &i->ops[k];
    }
    return okr_daemon_turn(i->asking.desk->daemon, i->events, n, stepped);
}

/* The site vouches for what it makes of a file, and may not for everybody. */
static const char *remedy_of(const char *rule)
{
    return strcmp(rule, okr_rule_name(OKR_RULE_NEEDS_KEY)) == 0
               ? "an admin without a personal key imports the file"
               : "import as an admin or a champion";
}

/* Alone the batch: if that is refused, all that belongs to it would be. */
static enum okr_err save_next(struct okr_desk_import *i)
{
    size_t left = i->plan->n - i->at;
    size_t n = left < OKR_DESK_WRITES_MAX ? left : OKR_DESK_WRITES_MAX;
    n = i->at == 0 && n > 0 ? 1 : n;
    if (n > 0)
        OKR_TRY(save_some(i, n));
    i->at += n;
    if (i->at == 1 && i->refused > 0) {
        const struct okr_import_note *why =
            &i->plan->errors.at[i->plan->errors.n - 1];
        okr_snag_refuse(&i->asking.snag, why->rule, remedy_of(why->rule),
                        "nothing was imported: %s", why->message);
        i->phase = OVER;
    }
    if (i->at < i->plan->n || i->phase == OVER)
        return OKR_OK;
    i->phase = OVER;
    if (i->refused > 0)
        okr_snag_refuse(&i->asking.snag, NULL,
                        "the list of errors says which, and why; an import "
                        "that is repeated changes only what is missing",
                        "%zu of %zu changes were refused", i->refused,
                        i->plan->n);
    return OKR_OK;
}

/* ---- steps --------------------------------------------------------------- */

static void planned(struct okr_desk_import *i)
{
    i->plan = okr_import_plan_of(i->planning);
    okr_asking_end(&i->asking);
    i->phase = is_dry(&i->asking) ? OVER : SAVING;
    if (i->plan->impossible == NULL)
        return;
    i->phase = OVER;
    okr_snag_refuse(&i->asking.snag, NULL, "nothing was changed", "%s",
                    i->plan->impossible);
}

static enum okr_err step(struct okr_desk_import *i)
{
    bool done;
    if (i->phase == SAVING)
        return save_next(i);
    if (i->phase == READING) {
        OKR_TRY(okr_import_read_step(i->reader, &done));
        if (!done)
            return OKR_OK;
        i->phase = PLANNING;
        return okr_import_plan_begin(&i->conf, okr_import_read_doc(i->reader),
                                     &i->planning);
    }
    OKR_TRY(okr_import_plan_step(i->planning, &done));
    if (done)
        planned(i);
    return OKR_OK;
}

static void reply(struct okr_desk_import *i)
{
    struct okr_buf text;
    struct okr_json json;
    struct okr_reply out = {.code = OKR_REPLY_DONE};
    okr_buf_init(&text, i->arena);
    okr_json_init(&json, &text);
    if (i->plan != NULL)
        okr_import_json(i->plan, &json);
    okr_asking_world(&i->asking, text.err);
    if (okr_snagged(&i->asking.snag))
        okr_snag_reply(&i->asking.snag, &out);
    out.json = okr_buf_slice(&text);
    (void)!okr_local_reply(i->asking.desk->local, &i->caller, &out);
}

void okr_desk_import_step(struct okr_desk *desk)
{
    struct okr_desk_import *i = desk->import;
    if (i == NULL)
        return;
    okr_text_language(okr_slice_is(i->ask.language, "zh"));
    if (i->phase != OVER && !okr_snagged(&i->asking.snag))
        okr_asking_world(&i->asking, step(i));
    if (i->phase != OVER && !okr_snagged(&i->asking.snag))
        return;
    reply(i);
    okr_desk_import_end(desk);
}

/* ---- its life ------------------------------------------------------------ */

static struct okr_slice kept(struct okr_desk_import *i, struct okr_slice s,
                             bool *bad)
{
    struct okr_slice copy = okr_arena_copy(i->arena, s);
    *bad = *bad || copy.data == NULL;
    return copy;
}

static enum okr_err copy_ask(struct okr_desk_import *i,
                             const struct okr_ask *ask)
{
    bool bad = false;
    i->ask = (struct okr_ask){.method = kept(i, ask->method, &bad),
                              .as_mail = kept(i, ask->as_mail, &bad),
                              .language = kept(i, ask->language, &bad),
                              .blob = kept(i, ask->blob, &bad)};
    i->ask.args = okr_arena_array(i->arena, ask->n_args, sizeof *i->ask.args);
    if (i->ask.args == NULL)
        return OKR_ERR_NOMEM;
    for (size_t k = 0; k < ask->n_args; k++)
        i->ask.args[i->ask.n_args++] =
            (struct okr_arg){kept(i, ask->args[k].name, &bad),
                             kept(i, ask->args[k].value, &bad)};
    return bad ? OKR_ERR_NOMEM : OKR_OK;
}

static enum okr_err begin(struct okr_desk *desk,
                          const struct okr_caller *caller,
                          const struct okr_ask *ask)
{
    struct okr_desk_import *i = calloc(1, sizeof *i);
    if (i == NULL)
        return OKR_ERR_NOMEM;
    desk->import = i;
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &i->arena));
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &i->turn));
    OKR_TRY(copy_ask(i, ask));
    i->caller = *caller;
    i->asking =
        (struct okr_asking){.desk = desk, .ask = &i->ask, .caller = &i->caller};
    return start(i);
}

void okr_desk_import(struct okr_desk *desk, const struct okr_caller *caller,
                     const struct okr_ask *ask)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    const struct okr_reply none = {.code = OKR_REPLY_REFUSED};
    if (desk->import != NULL) {
        okr_snag_refuse(&snag, "busy", "try again when it is over",
                        "another import or export is going on");
    } else {
        enum okr_err err = begin(desk, caller, ask);
        if (err == OKR_OK)
            return;
        okr_snag_world(&snag, err, "import");
        okr_desk_import_end(desk);
    }
    (void)!okr_desk_reply(desk, caller, &snag, &none);
}

void okr_desk_import_end(struct okr_desk *desk)
{
    struct okr_desk_import *i = desk->import;
    if (i == NULL)
        return;
    okr_asking_end(&i->asking);
    okr_import_read_free(&i->reader);
    if (i->turn != NULL)
        okr_arena_free(&i->turn);
    if (i->arena != NULL)
        okr_arena_free(&i->arena);
    free(i);
    desk->import = NULL;
}
