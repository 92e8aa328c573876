/* Acts of several operations: composed together, saved in a few commits, and
 * answered as one.  What the first of them is refused, none of them does. */
#include "client/shell/desk_acts.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/base/flaw.h"
#include "common/compose/acts.h"
#include "common/net/room.h"

enum { AT_ONCE = 256 }; /* operations of one commit */

struct okr_acting {
    struct okr_acts acts;
    const struct okr_op *ops;
    struct okr_site_event *events; /* of the commit under way */
    size_t n_events;
    size_t saved;               /* operations that are */
    bool refused;               /* one was, and with it the rest */
    struct okr_verdict verdict; /* that one's */
};

/* ---- composing ----------------------------------------------------------- */

static enum okr_err make_ops(struct okr_asking *a, struct okr_acting *acting)
{
    struct okr_arena *arena = a->space.arena;
    size_t n = acting->acts.n;
    struct okr_op *ops = okr_arena_array(arena, n, sizeof *ops);
    if (ops == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        OKR_TRY(okr_desk_make_op(a, &acting->acts.at[i], &ops[i]));
    acting->ops = ops;
    return OKR_OK;
}

static enum okr_err compose(struct okr_asking *a, struct okr_acting *acting,
                            struct okr_json *out)
{
    struct okr_compose ground;
    struct okr_problem problem;
    okr_asking_speaks(a);
    okr_who_needed(&a->person, &a->snag);
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(okr_desk_ground(a, &ground));
    OKR_TRY(okr_compose_acts(&ground, a->ask, &acting->acts, &problem));
    if (problem.rule != OKR_RULE_NONE)
        return okr_desk_refused_by(a, &problem, out);
    return make_ops(a, acting);
}

/* What its author was given by `prepare`, and signed. */
static enum okr_err read_signed(struct okr_asking *a, struct okr_acting *acting,
                                struct okr_json *out)
{
    struct okr_acts *acts = &acting->acts;
    struct okr_problem problem = {.rule = OKR_RULE_NONE};
    size_t n = a->ask->n_operations;
    OKR_TRY(okr_resolve(&a->space, OKR_KIND_CYCLE, okr_ask_arg(a->ask, "ref"),
                        &acts->shown, &problem));
    if (problem.rule != OKR_RULE_NONE)
        return okr_desk_refused_by(a, &problem, out);
    acting->ops = a->ask->operations;
    acts->at = okr_arena_array(a->space.arena, n, sizeof *acts->at);
    if (acts->at == NULL)
        return OKR_ERR_NOMEM;
    for (; acts->n < n && !okr_snagged(&a->snag); acts->n++) {
        struct okr_payload *payload = NULL;
        OKR_TRY(okr_desk_read_signed(a, &acting->ops[acts->n], &payload));
        if (payload != NULL)
            acts->at[acts->n] = *payload;
    }
    acts->batch = acts->at[0].entity;
    return OKR_OK;
}

/* ---- saving -------------------------------------------------------------- */

static bool is_saved(const struct okr_verdict *verdict)
{
    return okr_verdict_is_in(verdict) ||
           verdict->outcome == OKR_OUTCOME_UNKNOWN_HERE;
}

static void stepped(void *context, struct okr_kv_txn *txn,
                    const struct okr_site_event *event)
{
    struct okr_daemon *d = context;
    struct okr_acting *acting = d->desk->acting;
    (void)txn;
    if (event->kind != OKR_SITE_SUBMIT)
        return;
    struct okr_verdict verdict = okr_site_submitted(d->site, NULL);
    if (is_saved(&verdict)) {
        acting->saved++;
        return;
    }
    acting->refused = true;
    acting->verdict = verdict;
    okr_verdict_keep(&acting->verdict, d->in);
    for (size_t i = (size_t)(event - acting->events) + 1; i < acting->n_events;
         i++)
        acting->events[i].kind = OKR_SITE_TIMEOUT; /* which does nothing */
}

static enum okr_err save(struct okr_desk *desk, struct okr_acting *acting)
{
    enum okr_err err = OKR_OK;
    acting->events =
        okr_arena_array(desk->daemon->in, AT_ONCE, sizeof *acting->events);
    if (acting->events == NULL)
        return OKR_ERR_NOMEM;
    desk->acting = acting;
    for (size_t at = 0;
         at < acting->acts.n && !acting->refused && err == OKR_OK;
         at += acting->n_events) {
        size_t left = acting->acts.n - at, before = acting->saved;
        acting->n_events = left < AT_ONCE ? left : AT_ONCE;
        for (size_t i = 0; i < acting->n_events; i++) {
            acting->events[i] = okr_daemon_event(OKR_SITE_SUBMIT);
            acting->events[i].op = &acting->ops[at + i];
        }
        err = okr_daemon_turn(desk->daemon, acting->events, acting->n_events,
                              stepped);
        if (err != OKR_OK)
            acting->saved = before;
    }
    desk->acting = NULL;
    return err;
}

/* ---- answering ----------------------------------------------------------- */

static enum okr_err write_refusal(struct okr_asking *a,
                                  const struct okr_acting *acting,
                                  struct okr_json *out)
{
    struct okr_problem problem;
    uint16_t kind = acting->acts.at[acting->saved].kind;
    okr_problem_of(&acting->verdict, kind, &problem);
    return okr_desk_refused_by(a, &problem, out);
}

/* {id of the batch, operations, cycle} */
static enum okr_err write_done(struct okr_asking *a,
                               const struct okr_acting *acting,
                               struct okr_json *out)
{
    struct okr_query query = okr_asking_query(a);
    okr_json_open_object(out);
    okr_json_key(out, "batch");
    okr_json_id(out, &acting->acts.batch);
    okr_json_key(out, "operations");
    okr_json_uint(out, acting->saved);
    okr_json_key(out, "cycle");
    OKR_TRY(okr_query_entity(&query, &acting->acts.shown, out));
    okr_json_close_object(out);
    return out->out->err;
}

static void reply(struct okr_asking *a, struct okr_json *json)
{
    const struct okr_reply answer = {.json = okr_buf_slice(json->out)};
    (void)!okr_desk_reply(a->desk, a->caller, &a->snag, &answer);
}

static void run(struct okr_asking *a, struct okr_acting *acting,
                struct okr_json *json)
{
    if (okr_room_is_low(a->desk->daemon->dir)) {
        okr_desk_disk_full(&a->snag);
        return;
    }
    enum okr_err err = save(a->desk, acting);
    if (err != OKR_OK) {
        okr_snag_world(&a->snag, err, "not all of it was saved");
        return;
    }
    okr_arena_reset(a->desk->line);
    if (okr_asking_begin(a, a->desk->line))
        okr_asking_world(a, acting->refused ? write_refusal(a, acting, json)
                                            : write_done(a, acting, json));
    okr_asking_end(a);
}

void okr_desk_acts(struct okr_desk *desk, const struct okr_caller *caller,
                   const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    struct okr_acting acting = {.saved = 0};
    struct okr_buf text;
    struct okr_json json;
    bool is_act = true;
    okr_desk_save(desk); /* what others wrote is shown to this one */
    okr_buf_init(&text, NULL);
    okr_json_init(&json, &text);
    if (okr_asking_begin(&a, desk->daemon->in))
        okr_asking_world(&a, okr_acts_is_one(&a.space, ask, &is_act));
    if (is_act && !okr_snagged(&a.snag))
        okr_asking_world(&a, compose(&a, &acting, &json));
    okr_asking_end(&a);
    if (!is_act && !okr_snagged(&a.snag)) {
        okr_desk_write(desk, caller, ask);
    } else {
        if (!okr_snagged(&a.snag))
            run(&a, &acting, &json);
        reply(&a, &json);
    }
    okr_buf_close(&text);
}

void okr_desk_acts_signed(struct okr_desk *desk,
                          const struct okr_caller *caller,
                          const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    struct okr_acting acting = {.saved = 0};
    struct okr_buf text;
    struct okr_json json;
    okr_desk_save(desk);
    okr_buf_init(&text, NULL);
    okr_json_init(&json, &text);
    if (okr_asking_begin(&a, desk->daemon->in))
        okr_asking_world(&a, read_signed(&a, &acting, &json));
    okr_asking_end(&a);
    if (!okr_snagged(&a.snag))
        run(&a, &acting, &json);
    reply(&a, &json);
    okr_buf_close(&text);
}
