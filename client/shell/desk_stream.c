/* Those to whom more is said than one answer: who watches, who waits. */
#include <string.h>

#include "client/shell/desk_jobs.h"
#include "client/shell/desk_story.h"
#include "client/shell/desk_stream.h"
#include "client/shell/status.h"
#include "client/shell/tell.h"
#include "common/base/assert.h"
#include "common/store/scopes.h"

enum {
    WAIT_MS_DEFAULT = 30 * 1000,
    WAIT_MS_MAX = 24 * 3600 * 1000,
    AGAIN_MS = 500, /* until a full pipe is looked at again */
};

/* ---- the list ------------------------------------------------------------ */

static void drop(struct okr_desk *desk, struct okr_stream *stream)
{
    *stream = desk->streams[--desk->n_streams];
}

/* The last thing he hears.  False while his pipe is full. */
static bool end(struct okr_desk *desk, struct okr_stream *stream,
                const struct okr_snag *snag)
{
    const struct okr_reply last = {.json = OKR_SLICE_LIT("{}")};
    if (okr_desk_reply(desk, &stream->caller, snag, &last) == OKR_ERR_BUSY)
        return false;
    drop(desk, stream);
    return true;
}

/* Who went away without a word is only noticed when he is spoken to, so the
 * list may be full of those: the oldest makes room. */
static void make_room(struct okr_desk *desk)
{
    struct okr_stream *oldest = &desk->streams[0];
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    for (size_t i = 1; i < desk->n_streams; i++)
        if (desk->streams[i].asked < oldest->asked)
            oldest = &desk->streams[i];
    okr_snag_refuse(&snag, "too_many", "watch again",
                    "more than %d watch or wait", OKR_DESK_STREAMS_MAX);
    if (!end(desk, oldest, &snag))
        drop(desk, oldest);
}

static struct okr_stream *add(struct okr_asking *a)
{
    struct okr_desk *desk = a->desk;
    if (desk->n_streams == OKR_DESK_STREAMS_MAX)
        make_room(desk);
    struct okr_stream *stream = &desk->streams[desk->n_streams++];
    *stream = (struct okr_stream){.caller = *a->caller,
                                  .person = a->person,
                                  .asked = okr_net_monotonic(),
                                  .until = OKR_NEVER};
    return stream;
}

void okr_desk_farewell(struct okr_desk *desk)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    const struct okr_reply last = {.code = OKR_REPLY_REFUSED};
    okr_snag_refuse(&snag, NULL, "start it again, and ask again",
                    "the site daemon ends");
    for (size_t i = 0; i < desk->n_streams; i++)
        (void)!okr_desk_reply(desk, &desk->streams[i].caller, &snag, &last);
    desk->n_streams = 0;
}

/* ---- watch --------------------------------------------------------------- */

void okr_desk_watch(struct okr_desk *desk, const struct okr_caller *caller,
                    const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    okr_arena_reset(desk->line);
    if (okr_asking_begin(&a, desk->line))
        okr_asking_speaks(&a);
    okr_asking_end(&a);
    if (!okr_snagged(&a.snag))
        (void)add(&a);
    if (okr_snagged(&a.snag))
        okr_desk_refuse(&a);
}

static bool anybody_watches(const struct okr_desk *desk)
{
    for (size_t i = 0; i < desk->n_streams; i++)
        if (!desk->streams[i].waits && !desk->streams[i].behind)
            return true;
    return false;
}

/* A row that left has no values before; its line says only that. */
static struct okr_history change_of(const struct okr_fx *fx)
{
    if (fx->history != NULL)
        return *fx->history;
    return (struct okr_history){
        .lsn = fx->lsn, .last = fx->row->last, .collapsed = true};
}

/* One change on its way to all who watch. */
struct okr_telling {
    struct okr_desk *desk;
    struct okr_kv_txn *txn; /* shows what changed */
    const struct okr_fx *fx;
};

/* The line as `person` may read it; OKR_ERR_NOTFOUND: he may not. */
static enum okr_err write_line(const struct okr_telling *t,
                               const struct okr_id *person,
                               struct okr_buf *text)
{
    struct okr_desk *desk = t->desk;
    const struct okr_fx *fx = t->fx;
    struct okr_history change = change_of(fx);
    okr_arena_reset(desk->line);
    const struct okr_query query = {
        .space = {.txn = t->txn, .arena = desk->line, .view = true},
        .now = okr_net_now(),
        .person = *person};
    bool shows = OKR_SCOPE_DEPTH(fx->scope) != OKR_DEPTH_PRIVATE;
    struct okr_json json;
    okr_json_init(&json, text);
    if (!shows)
        OKR_TRY(okr_query_shows(&query, &fx->row->id, &shows));
    return shows ? okr_query_change(&query, &fx->row->id, &change, &json)
                 : OKR_ERR_NOTFOUND;
}

static void tell_one(struct okr_desk *desk, struct okr_stream *stream,
                     struct okr_slice line)
{
    const struct okr_reply reply = {.json = line, .more = true};
    enum okr_err err = okr_desk_reply(desk, &stream->caller, NULL, &reply);
    if (err == OKR_ERR_BUSY)
        stream->behind = true;
    else if (err != OKR_OK)
        drop(desk, stream);
}

/* What is private is written for each by himself. */
static void tell_all(struct okr_desk *desk, struct okr_kv_txn *txn,
                     const struct okr_fx *fx)
{
    const struct okr_telling t = {desk, txn, fx};
    bool hidden = OKR_SCOPE_DEPTH(fx->scope) == OKR_DEPTH_PRIVATE;
    const struct okr_id nobody = {{0}};
    struct okr_buf text;
    enum okr_err err = OKR_OK;
    okr_buf_init(&text, NULL);
    if (!hidden)
        err = write_line(&t, &nobody, &text);
    for (size_t i = desk->n_streams; i-- > 0;) {
        struct okr_stream *stream = &desk->streams[i];
        if (stream->waits || stream->behind)
            continue;
        if (hidden) {
            text.len = 0;
            err = write_line(&t, &stream->person, &text);
        }
        if (err == OKR_OK)
            tell_one(desk, stream, okr_buf_slice(&text));
    }
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        okr_tell(OKR_TELL_WARNING, "a change cannot be shown: %s",
                 okr_err_text(err));
    okr_buf_close(&text);
}

void okr_desk_changed(struct okr_desk *desk, struct okr_kv_txn *txn,
                      const struct okr_fx *fx)
{
    OKR_ASSERT(fx->row != NULL);
    if (!anybody_watches(desk))
        return;
    if (txn == NULL && desk->after == NULL &&
        okr_kv_begin(desk->daemon->kv, false, &desk->after) != OKR_OK)
        return;
    tell_all(desk, txn != NULL ? txn : desk->after, fx);
}

void okr_desk_after(struct okr_desk *desk)
{
    if (desk->after != NULL)
        okr_kv_abort(&desk->after);
}

/* ---- wait ---------------------------------------------------------------- */

static bool read_ms(struct okr_asking *a, okr_ms *ret_ms)
{
    struct okr_slice text = okr_ask_arg(a->ask, "ms");
    okr_ms ms = text.len == 0 ? WAIT_MS_DEFAULT : 0;
    for (size_t i = 0; i < text.len; i++) {
        bool digit = text.data[i] >= '0' && text.data[i] <= '9';
        if (!digit || ms > WAIT_MS_MAX) {
            okr_snag_usage(&a->snag, "give milliseconds, as 5000",
                           "--ms is no number of milliseconds");
            return false;
        }
        ms = ms * 10 + (text.data[i] - '0');
    }
    *ret_ms = ms < WAIT_MS_MAX ? ms : WAIT_MS_MAX;
    return true;
}

void okr_desk_wait(struct okr_desk *desk, const struct okr_caller *caller,
                   const struct okr_ask *ask)
{
    struct okr_asking a = {.desk = desk, .ask = ask, .caller = caller};
    okr_ms ms;
    struct okr_stream *stream = read_ms(&a, &ms) ? add(&a) : NULL;
    if (stream != NULL) {
        stream->waits = true;
        stream->until = stream->asked + ms;
    }
    if (okr_snagged(&a.snag))
        okr_desk_refuse(&a);
}

static bool read_state(struct okr_desk *desk, struct okr_site_state *ret_state)
{
    struct okr_daemon *d = desk->daemon;
    struct okr_kv_txn *txn;
    if (okr_kv_begin(d->kv, false, &txn) != OKR_OK)
        return false;
    enum okr_err err = okr_site_state(d->site, txn, ret_state);
    okr_kv_abort(&txn);
    return err == OKR_OK;
}

static void say_late(const struct okr_site_state *state, struct okr_snag *snag)
{
    okr_snag_refuse(snag, "timeout", "see `okr status`",
                    "not in step in time: link %s, %llu pending",
                    okr_status_link(state->link),
                    (unsigned long long)state->pending);
}

static void look_at_waiters(struct okr_desk *desk, okr_ms now)
{
    struct okr_site_state state;
    if (!read_state(desk, &state))
        return;
    bool settled = state.pending == 0 && state.link == OKR_LINK_LIVE;
    for (size_t i = desk->n_streams; i-- > 0;) {
        struct okr_stream *stream = &desk->streams[i];
        struct okr_snag snag = {.code = OKR_REPLY_DONE};
        if (!stream->waits || (!settled && now < stream->until))
            continue;
        if (!settled)
            say_late(&state, &snag);
        (void)end(desk, stream, &snag);
    }
}

void okr_desk_tick(struct okr_desk *desk, okr_ms now)
{
    bool anybody_waits = false;
    okr_desk_stories_tick(desk, now);
    for (size_t i = desk->n_streams; i-- > 0;) {
        struct okr_stream *stream = &desk->streams[i];
        struct okr_snag snag = {.code = OKR_REPLY_DONE};
        anybody_waits = anybody_waits || stream->waits;
        if (!stream->behind)
            continue;
        okr_snag_refuse(&snag, "too_slow", "watch again",
                        "changes came faster than they were taken");
        (void)end(desk, stream, &snag);
    }
    if (anybody_waits)
        look_at_waiters(desk, now);
}

static okr_ms earlier(okr_ms a, okr_ms b)
{
    return a < b ? a : b;
}

okr_ms okr_desk_deadline(const struct okr_desk *desk)
{
    okr_ms at = okr_desk_stories_deadline(desk);
    bool waits = okr_desk_export_waits(desk);
    if (desk->import != NULL || (desk->export != NULL && !waits))
        return okr_net_monotonic();
    if (waits)
        at = earlier(at, okr_net_monotonic() + AGAIN_MS);
    for (size_t i = 0; i < desk->n_streams; i++) {
        const struct okr_stream *stream = &desk->streams[i];
        okr_ms his =
            stream->behind ? okr_net_monotonic() + AGAIN_MS : stream->until;
        if (his < at)
            at = his;
    }
    return at;
}
