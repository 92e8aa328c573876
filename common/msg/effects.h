/* What a core wants done, in order: a bounded list that the shell carries out
 * after the transaction of the step has committed, and drops if it has not. */
#ifndef OKR_MSG_EFFECTS_H
#define OKR_MSG_EFFECTS_H

#include "common/msg/msg.h"

enum okr_effect_kind {
    OKR_FX_SEND,      /* msg to `to` (server) or to the server (site) */
    OKR_FX_SEND_RAW,  /* frame as it is (a push, made once) */
    OKR_FX_PUBLISH,   /* msg EVENT, HEAD or BEAT on PUB */
    OKR_FX_SUBSCRIBE, /* site: event and head topics of `scope`; a second time
                       * for one scope does nothing */
    OKR_FX_UNSUBSCRIBE,
    OKR_FX_SUBSCRIBE_BEAT, /* `text`: the port that Welcome named */
    OKR_FX_RESUBSCRIBE,    /* site: build the SUB socket anew, with nothing
                            * subscribed; `text` as above */
    OKR_FX_DISCONNECT,     /* site: drop the link, come back after `ms` */
    OKR_FX_CUT_PUB,        /* server: reopen XPUB (a key was revoked) */
    OKR_FX_REVOKED,        /* server: user `user` may not speak any more */
    OKR_FX_ENROLLED,       /* server: user `user` is site `id` from now on */
    OKR_FX_ANSWERED,       /* site: operation `id` has its final `verdict` */
    OKR_FX_CHANGED,        /* site: `row` of `scope` changed what this site
                            * shows; `history` has the values before (NULL:
                            * it left).  `lsn` with OKR_LSN_PENDING: the own
                            * operation `lsn & ~OKR_LSN_PENDING` did it */
    OKR_FX_HISTORY,        /* site: the history of entity `id` came in `msg`, a
                            * HISTORY_PAGE; NULL: it cannot be had now */
    OKR_FX_ALARM,          /* `text` for every display and the log */
};

/* Where a message came from, for the answer: the ROUTER envelope.  Never an
 * identity: that is `user`. */
#define OKR_ENVELOPE_MAX 32
struct okr_envelope {
    uint8_t b[OKR_ENVELOPE_MAX];
    size_t len;
};

struct okr_history;

struct okr_fx {
    enum okr_effect_kind kind;
    struct okr_envelope to;
    const struct okr_msg *msg; /* lives in the turn's arena */
    struct okr_slice frame;    /* likewise */
    okr_scope scope;
    okr_ms ms;
    struct okr_id id;
    uint8_t user[32]; /* CURVE public key */
    struct okr_verdict verdict;
    okr_lsn lsn;
    const struct okr_row *row;
    const struct okr_history *history; /* replica/record.h; in the arena */
    struct okr_slice text;
};

struct okr_effects {
    struct okr_fx *at;
    size_t n, cap;
    struct okr_arena *arena; /* of the turn */
};

void okr_effects_init(struct okr_effects *fx, struct okr_arena *arena);
/* A new, zeroed effect of the kind, or NULL when out of memory. */
struct okr_fx *okr_effects_add(struct okr_effects *fx,
                               enum okr_effect_kind kind);
/* Adds OKR_FX_SEND of a copy of `msg` (its parts stay where they are). */
OKR_MUST_USE enum okr_err okr_effects_send(struct okr_effects *fx,
                                           const struct okr_envelope *to,
                                           const struct okr_msg *msg);

#endif
