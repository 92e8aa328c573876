/* import, asked of a folder that nobody serves: all its steps at once. */
#include "server/shell/exporting.h"
#include "server/shell/importing.h"

enum okr_err okr_method_import(struct okr_call *call)
{
    const struct okr_asked asked = {call->server, call->ask, call->arena,
                                    call->listen};
    struct okr_importing *importing;
    struct okr_reply reply;
    OKR_TRY(okr_importing_begin(&asked, &importing));
    while (!okr_importing_step(importing))
        ;
    okr_importing_reply(importing, &reply);
    if (reply.json.len > 0) {
        call->lists_faults = true;
        okr_buf_put(&call->text, reply.json);
    }
    okr_fault_from(&call->fault, &reply);
    okr_importing_free(&importing);
    return OKR_OK;
}

/* All parts as one text, which stands in for the answer's JSON. */
enum okr_err okr_method_export(struct okr_call *call)
{
    const struct okr_asked asked = {call->server, call->ask, call->arena,
                                    call->listen};
    struct okr_exporting *exporting;
    struct okr_reply reply;
    OKR_TRY(okr_exporting_begin(&asked, &exporting));
    do {
        okr_exporting_step(exporting, &reply);
        okr_buf_put(&call->text, reply.payload);
    } while (reply.more);
    okr_fault_from(&call->fault, &reply);
    okr_exporting_free(&exporting);
    return OKR_OK;
}
