/* Questions to the server, however they come: over DIR/sock to a running
 * `serve`, or from a command that has opened the folder itself.  docs/local.md
 * lists them. */
#ifndef SERVER_SHELL_METHODS_H
#define SERVER_SHELL_METHODS_H

#include "common/base/json.h"
#include "server/shell/server.h"

/* One question being answered. */
struct okr_call {
    struct okr_server *server;
    const struct okr_ask *ask;
    struct okr_arena *arena; /* of the call; the reply lives in it */
    const char *listen;      /* endpoint that is bound, NULL: none is */
    okr_us now;
    struct okr_fault fault;
    struct okr_buf text;
    struct okr_json json; /* the answer, written into `text` */
    bool lists_faults;    /* it is worth having with a fault, too */
};

/* Answers `ask`; `listen` as above.  The reply lives in `arena`. */
struct okr_asked {
    struct okr_server *server;
    const struct okr_ask *ask;
    struct okr_arena *arena;
    const char *listen;
};
void okr_methods_answer(const struct okr_asked *asked,
                        struct okr_reply *ret_reply);

/* A method: writes JSON, or sets the fault.  An error is the world's. */
typedef enum okr_err okr_method(struct okr_call *call);

okr_method okr_method_status;
okr_method okr_method_site_invite, okr_method_site_list, okr_method_site_show,
    okr_method_site_revoke;
okr_method okr_method_person_invite;
okr_method okr_method_import, okr_method_export;
okr_method okr_method_key_list;
okr_method okr_method_key_revoke;
okr_method okr_method_backup_noted;
okr_method okr_method_change; /* add, set, archive, … */
okr_method okr_method_query;  /* list, tree, show, … */

/* ---- what methods share -------------------------------------------------- */

/* A read transaction with what compose and queries need. */
struct okr_view {
    struct okr_kv_txn *txn;
    struct okr_space space;
    struct okr_id person; /* who speaks: `--as`, else the first admin */
    uint32_t epoch;
    int offset_min;
};
/* Closed by okr_view_close, also after an error or a fault (unknown --as). */
OKR_MUST_USE enum okr_err okr_view_open(struct okr_call *call,
                                        struct okr_view *view);
void okr_view_close(struct okr_view *view);

/* Composes `ask` in the view; a problem becomes the fault. */
OKR_MUST_USE enum okr_err okr_call_compose(struct okr_call *call,
                                           const struct okr_view *view,
                                           const struct okr_ask *ask,
                                           struct okr_payload *ret_payload);
/* What is decided about a payload, and what goes with it. */
struct okr_submitted {
    struct okr_verdict verdict;
    okr_lsn lsn;
};
struct okr_beside {
    /* Called in the turn's transaction if the operation is in. */
    void (*write)(void *context, struct okr_kv_txn *txn);
    void *context;
};
/* The operation of a payload, in the person's name; in the call's arena. */
OKR_MUST_USE enum okr_err okr_call_op(struct okr_call *call,
                                      const struct okr_id *person,
                                      const struct okr_payload *payload,
                                      struct okr_op *ret_op);
/* Makes the operation in the person's name, pushes it as the site `server`,
 * in a turn of its own.  A refusal becomes the fault.  `beside` may be NULL;
 * no view may be open. */
OKR_MUST_USE enum okr_err okr_call_submit(struct okr_call *call,
                                          const struct okr_id *person,
                                          const struct okr_payload *payload,
                                          const struct okr_beside *beside,
                                          struct okr_submitted *ret_submitted);
/* Argument of the question, none where it was not given. */
struct okr_slice okr_call_arg(const struct okr_call *call, const char *name);
/* False, and a fault: the argument is missing. */
bool okr_call_need(struct okr_call *call, const char *name,
                   struct okr_slice *ret_value);
/* An ask of its own: `method`, then name and value in turn up to NULL names. */
struct okr_pairs {
    const char *name;
    struct okr_slice value;
};
OKR_MUST_USE enum okr_err okr_call_ask(struct okr_call *call,
                                       const char *method,
                                       const struct okr_pairs *pairs,
                                       struct okr_ask *ret_ask);

#endif
