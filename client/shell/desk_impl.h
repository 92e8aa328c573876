/* The parts of the desk.  Private to client/shell/desk*.c. */
#ifndef CLIENT_SHELL_DESK_IMPL_H
#define CLIENT_SHELL_DESK_IMPL_H
#include "client/shell/desk.h"
#include "client/shell/who.h"
#include "common/net/local.h"
#include "common/query/query.h"

enum {
    OKR_DESK_WRITES_MAX = 64, /* of one commit */
    OKR_DESK_STREAMS_MAX = 256,
};

/* One question while it is answered. */
struct okr_asking {
    struct okr_desk *desk;
    const struct okr_ask *ask;
    const struct okr_caller *caller;
    struct okr_space space; /* the view, in a read transaction */
    struct okr_id person;   /* who speaks; zero: nobody in particular */
    okr_us now;             /* the server's time, as far as it is known */
    int offset_min;         /* the company's */
    struct okr_id next;     /* of a list: the next page; zero: none */
    struct okr_snag snag;
    const struct okr_history_page *told; /* by headquarters; NULL: nothing */
};

/* A write on its way: composed, not saved yet. */
struct okr_write {
    struct okr_caller caller;
    struct okr_op op;      /* in the daemon's `in` arena */
    uint16_t kind;         /* of the entity that it writes */
    struct okr_id entity;  /* that one */
    struct okr_id shown;   /* its state answers */
    struct okr_id retried; /* the refused operation that it replaces, or zero */
    struct okr_verdict verdict;
};

/* Somebody to whom more is to be said. */
struct okr_stream {
    struct okr_caller caller;
    struct okr_id person;
    bool waits;  /* `wait`, until `until`; else `watch` */
    bool behind; /* his pipe was full: he is told so, and dropped */
    okr_ms asked, until;
};

struct okr_desk {
    struct okr_daemon *daemon;
    struct okr_local *local;
    struct okr_arena *line; /* of one answer; reset before the next */
    struct okr_write writes[OKR_DESK_WRITES_MAX];
    size_t n_writes;
    struct okr_site_event events[2 * OKR_DESK_WRITES_MAX];
    size_t n_events;
    struct okr_stream streams[OKR_DESK_STREAMS_MAX];
    size_t n_streams;
    struct okr_story *stories; /* desk_story.h; NULL: never any */
    size_t n_stories;
    struct okr_acting *acting;      /* an act that is being saved; NULL: none */
    struct okr_desk_import *import; /* NULL: nobody imports */
    struct okr_desk_export *export; /* likewise */
    struct okr_kv_txn *after; /* what a turn left, for `watch`; NULL: none */
};

/* ---- desk.c -------------------------------------------------------------- */
/* One reply: the snag if there is one, else `json`.  OKR_ERR_CLOSED, BUSY. */
OKR_MUST_USE enum okr_err okr_desk_reply(struct okr_desk *desk,
                                         const struct okr_caller *caller,
                                         const struct okr_snag *snag,
                                         const struct okr_reply *reply);
/* Begins: a read transaction, in `arena`.  Ends it; both with or without an
 * error told in `a->snag`. */
bool okr_asking_begin(struct okr_asking *a, struct okr_arena *arena);
void okr_asking_end(struct okr_asking *a);
/* Questions are answered to anybody, also to nobody in particular. */
void okr_asking_asks(struct okr_asking *a);
/* Who speaks, as the socket and the config say. */
void okr_asking_speaks(struct okr_asking *a);
struct okr_query okr_asking_query(const struct okr_asking *a);
/* A failure of the world becomes a snag. */
void okr_asking_world(struct okr_asking *a, enum okr_err err);
struct okr_speaking okr_asking_who(const struct okr_asking *a);

/* ---- questions: each writes JSON or a snag ------------------------------- */
typedef enum okr_err okr_desk_answer(struct okr_asking *a,
                                     struct okr_json *out);
OKR_MUST_USE enum okr_err okr_desk_query(struct okr_asking *a,
                                         struct okr_json *out);
OKR_MUST_USE enum okr_err okr_desk_status(struct okr_asking *a,
                                          struct okr_json *out);
OKR_MUST_USE enum okr_err okr_desk_refused(struct okr_asking *a,
                                           struct okr_json *out);

/* ---- desk_key.c ---------------------------------------------------------- */
OKR_MUST_USE enum okr_err okr_desk_key(struct okr_asking *a,
                                       struct okr_json *out);

/* ---- desk_write.c -------------------------------------------------------- */
/* What composing asks for. */
struct okr_acting;
OKR_MUST_USE enum okr_err okr_desk_make_op(struct okr_asking *a,
                                           const struct okr_payload *payload,
                                           struct okr_op *ret_op);
OKR_MUST_USE enum okr_err okr_desk_ground(struct okr_asking *a,
                                          struct okr_compose *ret_ground);
/* Answers with the snag. */
void okr_desk_refuse(struct okr_asking *a);
/* A payload and what else there is to know of what somebody wants to do. */
struct okr_draft_write {
    struct okr_payload *payload;
    struct okr_id retried;
};
/* Composes `ask`; `a->person` speaks. */
OKR_MUST_USE enum okr_err okr_desk_compose(struct okr_asking *a,
                                           const struct okr_ask *ask,
                                           struct okr_draft_write *ret);
/* Takes a write into the next turn, or refuses it at once. */
void okr_desk_write(struct okr_desk *desk, const struct okr_caller *caller,
                    const struct okr_ask *ask);
void okr_desk_submit_signed(struct okr_desk *desk,
                            const struct okr_caller *caller,
                            const struct okr_ask *ask);

/* ---- desk_save.c --------------------------------------------------------- */
/* Saves what was taken, and answers it. */
void okr_desk_save(struct okr_desk *desk);
void okr_desk_disk_full(struct okr_snag *snag);
/* Tells the problem; what is in the way goes into `out`. */
OKR_MUST_USE enum okr_err okr_desk_refused_by(struct okr_asking *a,
                                              const struct okr_problem *problem,
                                              struct okr_json *out);
/* Answers come in the order of the questions: before this caller is told
 * something else, what he wrote is saved. */
void okr_desk_settle(struct okr_desk *desk, const struct okr_caller *caller);

/* ---- desk_prepare.c, desk_refused.c -------------------------------------- */
void okr_desk_prepare(struct okr_desk *desk, const struct okr_caller *caller,
                      const struct okr_ask *ask);
OKR_MUST_USE enum okr_err okr_desk_retry(struct okr_asking *a,
                                         const struct okr_ask *ask,
                                         struct okr_draft_write *ret);
/* The refused operation named by `text`, if who speaks may issue it anew;
 * else a snag. */
struct okr_refused;
OKR_MUST_USE enum okr_err okr_desk_retried(struct okr_asking *a,
                                           struct okr_slice text,
                                           struct okr_refused *ret_refused);

#endif
