/* What takes longer than an answer may: imports and exports, a step of each
 * between two turns. */
#include "common/lang/text.h"
#include "server/shell/log.h"
#include "server/shell/serve.h"

/* OKR_ERR_BUSY: he does not read fast enough. */
static enum okr_err reply_to(struct okr_serve *serve,
                             const struct okr_caller *caller,
                             const struct okr_reply *reply)
{
    enum okr_err err = okr_local_reply(serve->local, caller, reply);
    if (err != OKR_OK && err != OKR_ERR_BUSY)
        okr_log(OKR_LOG_DEBUG, "a local answer was not taken: %s",
                okr_err_text(err));
    return err;
}

static enum okr_err begin(struct okr_serve *serve,
                          const struct okr_caller *caller,
                          const struct okr_asked *asked)
{
    bool import = okr_slice_is(asked->ask->method, "import");
    if (import ? serve->importing != NULL : serve->exporting != NULL)
        return OKR_ERR_BUSY;
    if (import) {
        serve->importer = *caller;
        return okr_importing_begin(asked, &serve->importing);
    }
    serve->exporter = *caller;
    return okr_exporting_begin(asked, &serve->exporting);
}

bool okr_serve_job(struct okr_serve *serve, const struct okr_caller *caller,
                   const struct okr_asked *asked)
{
    struct okr_slice method = asked->ask->method;
    if (!okr_slice_is(method, "import") && !okr_slice_is(method, "export"))
        return false;
    enum okr_err err = begin(serve, caller, asked);
    struct okr_reply reply = {.code = OKR_REPLY_REFUSED};
    if (err == OKR_ERR_BUSY) {
        reply.error = okr_slice_str(_("another import or export is going on"));
        reply.rule = OKR_SLICE_LIT("busy");
        reply.remedy = okr_slice_str(_("try again when it is over"));
    } else if (err != OKR_OK) {
        reply.error = okr_slice_str(_(okr_err_text(err)));
    }
    if (err != OKR_OK)
        (void)!reply_to(serve, caller, &reply);
    return true;
}

static void import_some(struct okr_serve *serve)
{
    struct okr_reply reply;
    if (!okr_importing_step(serve->importing))
        return;
    okr_importing_reply(serve->importing, &reply);
    (void)!reply_to(serve, &serve->importer, &reply);
    okr_importing_free(&serve->importing);
}

/* A part that his pipe has no room for is kept, and offered again. */
static void export_some(struct okr_serve *serve)
{
    if (!serve->export_kept)
        okr_exporting_step(serve->exporting, &serve->export_part);
    enum okr_err err = reply_to(serve, &serve->exporter, &serve->export_part);
    serve->export_kept = err == OKR_ERR_BUSY;
    if (!serve->export_kept && (err != OKR_OK || !serve->export_part.more))
        okr_exporting_free(&serve->exporting);
}

void okr_serve_jobs(struct okr_serve *serve)
{
    if (serve->importing != NULL)
        import_some(serve);
    if (serve->exporting != NULL)
        export_some(serve);
}

long okr_serve_jobs_ms(const struct okr_serve *serve)
{
    if (serve->importing != NULL ||
        (serve->exporting != NULL && !serve->export_kept))
        return 0;
    return serve->exporting != NULL ? 20 : -1;
}

void okr_serve_jobs_end(struct okr_serve *serve)
{
    okr_importing_free(&serve->importing);
    okr_exporting_free(&serve->exporting);
}
