/* import, asked of a folder that nobody serves: all its steps at once. */
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
