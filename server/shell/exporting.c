/* export: what the store holds at one moment. */
#include "server/shell/exporting.h"

#include <stdlib.h>

#include "common/export/export.h"
#include "common/net/net.h"
#include "server/shell/log.h"

struct okr_exporting {
    struct okr_arena *arena, *line;
    struct okr_call call;
    struct okr_view view;
    struct okr_export_conf conf;
    struct okr_export *export;
    struct okr_buf part;
};

static enum okr_err start(struct okr_exporting *x)
{
    struct okr_slice word = okr_call_arg(&x->call, "format");
    OKR_TRY(okr_view_open(&x->call, &x->view));
    x->conf = (struct okr_export_conf){
        .space = x->view.space, .line = x->line, .format = OKR_EXPORT_JSON};
    if (word.len > 0 && !okr_export_format_of(word, &x->conf.format))
        okr_fault_usage(&x->call.fault, "one of json, csv, markdown",
                        "--format: `%.*s` is not written", (int)word.len,
                        (const char *)word.data);
    return okr_export_begin(&x->conf, &x->export);
}

enum okr_err okr_exporting_begin(const struct okr_asked *asked,
                                 struct okr_exporting **ret)
{
    struct okr_exporting *x = calloc(1, sizeof *x);
    if (x == NULL)
        return OKR_ERR_NOMEM;
    okr_buf_init(&x->part, NULL);
    enum okr_err err = okr_arena_new(OKR_ARENA_UNBOUNDED, &x->arena);
    if (err == OKR_OK)
        err = okr_arena_new(OKR_ARENA_UNBOUNDED, &x->line);
    x->call = (struct okr_call){.server = asked->server,
                                .ask = asked->ask,
                                .arena = x->arena,
                                .listen = asked->listen,
                                .now = okr_net_now()};
    if (err == OKR_OK)
        err = start(x);
    x->call.ask = NULL; /* it is the caller's, and gone soon */
    if (err == OKR_OK)
        *ret = x;
    else
        okr_exporting_free(&x);
    return err;
}

void okr_exporting_step(struct okr_exporting *x, struct okr_reply *ret_reply)
{
    bool done = true;
    x->part.len = 0;
    *ret_reply = (struct okr_reply){.code = OKR_REPLY_DONE};
    if (!okr_faulty(&x->call.fault)) {
        enum okr_err err = okr_export_step(x->export, &x->part, &done);
        if (err != OKR_OK) {
            okr_log(OKR_LOG_ERROR, "export: %s", okr_err_text(err));
            okr_fault_world(&x->call.fault, err, x->call.server->dir);
        }
    }
    if (okr_faulty(&x->call.fault)) {
        okr_fault_reply(&x->call.fault, ret_reply);
        return;
    }
    ret_reply->payload = okr_buf_slice(&x->part);
    ret_reply->more = !done;
}

void okr_exporting_free(struct okr_exporting **exporting)
{
    struct okr_exporting *x = *exporting;
    if (x == NULL)
        return;
    okr_view_close(&x->view);
    okr_buf_close(&x->part);
    okr_arena_free(&x->line);
    okr_arena_free(&x->arena);
    free(x);
    *exporting = NULL;
}
