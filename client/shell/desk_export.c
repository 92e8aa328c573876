/* export at a site: what its copy has confirmed, and how old that is.  A part
 * a round of the loop. */
#include <stdlib.h>

#include "client/shell/desk_jobs.h"
#include "common/export/export.h"
#include "common/query/query.h"

struct okr_desk_export {
    struct okr_arena *arena, *line, *looks;
    struct okr_caller caller;
    struct okr_asking asking;
    struct okr_site_state state;
    struct okr_export_copy copy;
    struct okr_export_conf conf;
    struct okr_export *export;
    struct okr_buf part;
    bool kept, last; /* a part that was not taken yet; it is the last one */
};

/* Drafts are private: whoever asks gets what he could see. */
static enum okr_err shows(void *context, const struct okr_id *id, bool *ret)
{
    struct okr_desk_export *x = context;
    struct okr_query query = okr_asking_query(&x->asking);
    okr_arena_reset(x->looks);
    query.space.arena = x->looks;
    return okr_query_shows(&query, id, ret);
}

static enum okr_err describe(struct okr_desk_export *x)
{
    struct okr_daemon *d = x->asking.desk->daemon;
    OKR_TRY(okr_site_state(d->site, x->asking.space.txn, &x->state));
    okr_us age = x->asking.now - x->state.fresh_at;
    x->copy = (struct okr_export_copy){
        .site = okr_slice_str(d->ident.name),
        .lsn = x->state.lsn,
        .age_s = x->state.fresh_at == 0 || age < 0 ? -1 : age / 1000000,
    };
    return OKR_OK;
}

static enum okr_err start(struct okr_desk_export *x, const struct okr_ask *ask)
{
    struct okr_asking *a = &x->asking;
    struct okr_slice word = okr_ask_arg(ask, "format");
    if (okr_asking_begin(a, x->arena))
        okr_asking_asks(a);
    x->conf = (struct okr_export_conf){.space = a->space,
                                       .line = x->line,
                                       .copy = &x->copy,
                                       .shows = shows,
                                       .context = x};
    x->conf.space.view = false;
    if (!okr_snagged(&a->snag) && word.len > 0 &&
        !okr_export_format_of(word, &x->conf.format))
        okr_snag_usage(&a->snag, "one of json, csv, markdown",
                       "--format: `%.*s` is not written", (int)word.len,
                       (const char *)word.data);
    if (okr_snagged(&a->snag))
        return OKR_OK;
    OKR_TRY(describe(x));
    return okr_export_begin(&x->conf, &x->export);
}

static void make_part(struct okr_desk_export *x)
{
    x->last = true;
    x->part.len = 0;
    if (!okr_snagged(&x->asking.snag))
        okr_asking_world(&x->asking,
                         okr_export_step(x->export, &x->part, &x->last));
    x->last = x->last || okr_snagged(&x->asking.snag);
}

void okr_desk_export_step(struct okr_desk *desk)
{
    struct okr_desk_export *x = desk->export;
    if (x == NULL)
        return;
    if (!x->kept)
        make_part(x);
    struct okr_reply reply = {.payload = okr_buf_slice(&x->part),
                              .more = !x->last};
    enum okr_err err =
        okr_desk_reply(desk, &x->caller, &x->asking.snag, &reply);
    x->kept = err == OKR_ERR_BUSY;
    if (!x->kept && (x->last || err != OKR_OK))
        okr_desk_export_end(desk);
}

bool okr_desk_export_waits(const struct okr_desk *desk)
{
    return desk->export != NULL && desk->export->kept;
}

static enum okr_err begin(struct okr_desk *desk,
                          const struct okr_caller *caller,
                          const struct okr_ask *ask)
{
    struct okr_desk_export *x = calloc(1, sizeof *x);
    if (x == NULL)
        return OKR_ERR_NOMEM;
    desk->export = x;
    okr_buf_init(&x->part, NULL);
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &x->arena));
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &x->line));
    OKR_TRY(okr_arena_new(OKR_ARENA_UNBOUNDED, &x->looks));
    x->caller = *caller;
    x->asking =
        (struct okr_asking){.desk = desk, .ask = ask, .caller = &x->caller};
    enum okr_err err = start(x, ask);
    x->asking.ask = NULL; /* it is the caller's, and gone soon */
    return err;
}

void okr_desk_export(struct okr_desk *desk, const struct okr_caller *caller,
                     const struct okr_ask *ask)
{
    struct okr_snag snag = {.code = OKR_REPLY_DONE};
    const struct okr_reply none = {.code = OKR_REPLY_REFUSED};
    if (desk->export != NULL) {
        okr_snag_refuse(&snag, "busy", "try again when it is over",
                        "another import or export is going on");
        (void)!okr_desk_reply(desk, caller, &snag, &none);
        return;
    }
    enum okr_err err = begin(desk, caller, ask);
    if (err == OKR_OK)
        return;
    okr_snag_world(&snag, err, "export");
    okr_desk_export_end(desk);
    (void)!okr_desk_reply(desk, caller, &snag, &none);
}

void okr_desk_export_end(struct okr_desk *desk)
{
    struct okr_desk_export *x = desk->export;
    if (x == NULL)
        return;
    okr_asking_end(&x->asking);
    okr_buf_close(&x->part);
    if (x->looks != NULL)
        okr_arena_free(&x->looks);
    if (x->line != NULL)
        okr_arena_free(&x->line);
    if (x->arena != NULL)
        okr_arena_free(&x->arena);
    free(x);
    desk->export = NULL;
}
