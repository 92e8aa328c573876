/* What is written with a key: prepared by the daemon, looked at, signed here,
 * and handed back. */
#ifndef CLIENT_CLI_SIGN_H
#define CLIENT_CLI_SIGN_H

#include "client/cli/run.h"
#include "common/model/op.h"

/* As okr_run_answer() for something that is written: signed if a key is in
 * use, as it is if none is. */
json_t *okr_sign_answer(struct okr_run *run);
/* The same for what may be many operations, and takes its time. */
json_t *okr_sign_within(struct okr_run *run, okr_ms wait_ms);
/* Signs a payload that was made here and hands it in; `person` and `org` are
 * hex, as the daemon names them.  The daemon's reply, or NULL: trouble. */
struct okr_sign_as {
    const char *org, *person;
    const struct okr_sk *sk;
};
const struct okr_reply *okr_sign_submit(struct okr_run *run,
                                        const struct okr_sign_as *as,
                                        struct okr_payload *payload);

#endif
