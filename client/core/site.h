/* The core of a site: keeps the cache and the outbox, catches up, pushes.
 *
 * Pure: it knows what `event` and `txn` say; what it wants, it adds to `fx`.
 * Until `txn` commits, nothing has happened. */
#ifndef CLIENT_CORE_SITE_H
#define CLIENT_CORE_SITE_H

#include "common/base/trace.h"
#include "common/crypto/sign.h"
#include "common/msg/event.h"
#include "common/store/kv.h"

struct okr_site;

struct okr_site_conf {
    struct okr_id org, site;
    const struct okr_sk *site_key; /* borrowed */
    struct okr_pk log_key;
    bool thin;           /* no SUB: long-poll Pull only */
    bool all_summaries;  /* follow every root's summary (the default) */
    okr_ms beat_ms;      /* expected between two PUB frames at most */
    okr_ms pull_ms_min;  /* 15,000: time-out of a pull, at least */
    okr_ms retry_max_ms; /* cap of the backoff when unreachable: 8,000 */
    struct okr_trace trace;
};

enum okr_link {
    OKR_LINK_OFFLINE,
    OKR_LINK_CATCHING_UP,
    OKR_LINK_LIVE,
    OKR_LINK_REFUSED,
};

OKR_MUST_USE enum okr_err okr_site_new(const struct okr_site_conf *conf,
                                       struct okr_site **ret_site);
void okr_site_free(struct okr_site **site);
/* Forgets all soft state and reads what it needs from the store: at start,
 * and after an aborted transaction (then links say Hello again). */
OKR_MUST_USE enum okr_err okr_site_load(struct okr_site *site,
                                        struct okr_kv_txn *txn,
                                        struct okr_arena *arena);
/* Handles one event.  On error: abort `txn`, drop `fx`, load again. */
OKR_MUST_USE enum okr_err okr_site_step(struct okr_site *site,
                                        struct okr_kv_txn *txn,
                                        const struct okr_site_event *event,
                                        struct okr_effects *fx);
/* Ends a turn: builds the view anew where something below it moved, makes
 * pushes, asks for what is missing. */
OKR_MUST_USE enum okr_err okr_site_flush(struct okr_site *site,
                                         struct okr_kv_txn *txn, okr_us now,
                                         struct okr_effects *fx);
okr_us okr_site_deadline(const struct okr_site *site); /* OKR_NEVER: none */

/* Verdict of the last SUBMIT event: not in (okr_verdict_is_in) and not
 * unknown_here means that nothing was saved; `ret_seq` its sequence. */
struct okr_verdict okr_site_submitted(const struct okr_site *site,
                                      uint64_t *ret_seq);

/* What a person should look at; bit, name, text. */
#define OKR_SITE_ALARM_TABLE(X)                                       \
    X(1, SPLIT, "the server's log is not the one this site has seen") \
    X(2, DIGEST, "the copy of a scope does not become the server's")  \
    X(4, FORK, "another copy of this site has spoken for it")         \
    X(8, ORG, "the server belongs to another organisation")           \
    X(16, ODD, "the server sent what this version cannot read")       \
    X(32, PUSH, "the server cannot read what this site pushes")       \
    X(64, EPOCH, "the server was restored; this copy starts anew from it")

enum okr_site_alarm {
#define OKR_SITE_ALARM_ENUM(bit, name, text) OKR_SITE_ALARM_##name = bit,
    OKR_SITE_ALARM_TABLE(OKR_SITE_ALARM_ENUM)
#undef OKR_SITE_ALARM_ENUM
};
const char *okr_site_alarm_text(enum okr_site_alarm alarm);

/* What a display says about the state of this copy. */
struct okr_site_state {
    enum okr_link link;
    uint32_t refusal;  /* enum okr_refusal when refused */
    okr_us fresh_at;   /* when this copy was last known to be current */
    okr_lsn lsn, head; /* largest cursor, largest known head */
    uint64_t pending;  /* operations without a final answer */
    uint32_t epoch;
    size_t scopes;            /* followed */
    struct okr_digest digest; /* sum over the followed scopes */
    unsigned alarms; /* bits of enum okr_site_alarm since the last start */
};
OKR_MUST_USE enum okr_err okr_site_state(struct okr_site *site,
                                         struct okr_kv_txn *txn,
                                         struct okr_site_state *ret_state);

#endif
