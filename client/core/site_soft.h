/* A site's soft state.  Private to client/core.
 *
 * What is in here beside the store is forgotten by okr_site_load, and nothing
 * is lost by that but time. */
#ifndef CLIENT_CORE_SITE_SOFT_H
#define CLIENT_CORE_SITE_SOFT_H

#include "client/core/site.h"
#include "client/core/site_link.h"
#include "client/core/view.h"
#include "common/base/limits.h"
#include "common/store/scopes.h"

/* Moments at which something is due; OKR_NEVER: it is not. */
enum okr_site_timer {
    OKR_AT_CALL,    /* ask the shell for a link again */
    OKR_AT_HELLO,   /* give up waiting for a Welcome */
    OKR_AT_PULL,    /* ask for what is wanted */
    OKR_AT_PAGE,    /* give up waiting for the open pull's page */
    OKR_AT_POLL,    /* the next long poll */
    OKR_AT_PUSH,    /* resend pushes without an answer */
    OKR_AT_PARKED,  /* and those that wait for something parked */
    OKR_AT_SILENCE, /* build the SUB socket anew */
    OKR_AT_COUNT
};

struct okr_site_scope {
    okr_scope scope;
    bool own;         /* of a root of this site: asked for first */
    okr_lsn cursor;   /* as in the scope's row */
    okr_lsn head;     /* largest that anything named */
    bool want;        /* the next pull names it */
    bool asked;       /* the open pull names it … */
    okr_lsn since;    /* … from there on */
    bool ended;       /* a section of it ended since the last Welcome */
    bool repair;      /* its buckets are to be compared, or are just now */
    bool denied;      /* the server said "not yours" since the last Welcome */
    okr_us repair_at; /* not dropped again for its digest before */
};

/* A pull, and the round of pulls that it belongs to: a round goes on until
 * nothing is wanted any more. */
struct okr_site_pull {
    bool open;
    uint32_t request, wait_s;
    okr_us sent_at;
    uint32_t bytes_max;    /* of the next one */
    unsigned tries;        /* time-outs in a row */
    bool round, round_all; /* a round is open; it began with all scopes */
    uint64_t round_seq;    /* own_seq of its first page */
    bool round_paged;
};

/* The repair that is going on: one scope at a time. */
struct okr_site_repair {
    okr_scope scope; /* 0: none */
    bool begun;      /* a page came: */
    okr_lsn as_of;   /* of the first one */
    struct okr_place from;
    struct okr_digest buckets[OKR_BUCKETS]; /* of the copy as it began */
};

/* A history that somebody waits for. */
enum { OKR_SITE_ASKED_MAX = 16 };
struct okr_site_asked {
    uint32_t request; /* 0: none */
    struct okr_id entity;
};

/* What stays over okr_site_load: it is about the world, not the store. */
struct okr_site_world {
    bool wire;    /* the DEALER is through its handshake */
    okr_us clock; /* `now` of the last event */
    uint8_t entropy[OKR_ENTROPY];
    uint64_t draws;   /* numbers taken from the entropy */
    unsigned retries; /* without a Welcome in between */
    okr_us retry_at;  /* when the shell comes back, as it was told */
    uint32_t refusal; /* until the next Welcome */
    unsigned alarms;
};

struct okr_site {
    struct okr_site_conf conf;
    struct okr_arena *scratch; /* of one replayed operation */
    struct okr_view view;
    struct okr_site_world world;
    /* as in the store */
    uint64_t incarnation; /* 0: not founded yet */
    uint64_t next_seq;    /* of the next own operation */
    uint64_t push_from;   /* first sequence in no push yet */
    struct okr_epoch epochs[OKR_EPOCHS_MAX];
    size_t n_epochs;
    okr_us offset; /* server time less ours, as last heard */
    okr_us fresh_at, fresh_saved;
    /* the link */
    enum okr_phase phase;
    okr_us at[OKR_AT_COUNT];
    uint32_t request, hello_request; /* last number given out; Hello's */
    okr_us hello_sent, rtt;          /* rtt 0: not known */
    uint64_t hello_answered;         /* sequences answered when it was said */
    unsigned hello_tries;
    unsigned silent; /* time-outs since anything came on DEALER */
    okr_us beat;
    char publish[16];              /* port, with NUL */
    bool head_met;                 /* a Head came on SUB since it was built */
    unsigned rebuilds;             /* of SUB since anything came on it */
    struct okr_site_scope *scopes; /* followed, in the order of asking */
    size_t n_scopes, cap_scopes;
    struct okr_site_pull pull;
    struct okr_site_repair repair;
    struct okr_site_asked asked[OKR_SITE_ASKED_MAX];
    size_t n_asked; /* ever: the oldest makes room */
    /* pushes in the store: without an answer, with something parked */
    unsigned flight, parked, push_tries, chain_errors;
    size_t flight_bytes;
    /* what the turn's flush has to do */
    bool view_due; /* from nothing; else it moves with the copy */
    bool settle_due, follow_due;
    struct okr_verdict submitted;
    uint64_t submitted_seq;
};

/* One call of step or flush. */
struct okr_turn {
    struct okr_site *site;
    struct okr_kv_txn *txn;
    struct okr_effects *fx;
    struct okr_arena *arena; /* of `fx` */
    okr_us now;
};

#endif
