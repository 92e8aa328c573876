/* The hub: decides what becomes of the operations that sites push, and gives
 * every site what it is missing.
 *
 * Pure: it knows what `event` and `txn` say; what it wants, it adds to `fx`.
 * Until `txn` commits, nothing has happened.  One turn of the shell is: any
 * number of steps, one flush, commit, effects. */
#ifndef SERVER_CORE_HUB_H
#define SERVER_CORE_HUB_H

#include "common/base/trace.h"
#include "common/crypto/sign.h"
#include "common/msg/event.h"
#include "common/store/kv.h"

struct okr_hub;

struct okr_hub_conf {
    const struct okr_sk *site_key; /* of the site `server`; borrowed */
    const struct okr_sk *log_key;  /* signs checkpoints; borrowed */
    char publish[8];               /* port of the PUB endpoint, as text */
    okr_ms beat_ms;                /* 15,000: one Beat, and the unit of Heads */
    okr_ms park_ms;                /* how long a parked operation waits */
    uint32_t page_bytes_s;         /* of pages, then Busy; 0: as they come */
    struct okr_trace trace;
};

/* Makes a hub; `conf` is copied.  The caller owns `*ret_hub`. */
OKR_MUST_USE enum okr_err okr_hub_new(const struct okr_hub_conf *conf,
                                      struct okr_hub **ret_hub);
void okr_hub_free(struct okr_hub **hub);
/* Forgets all soft state and reads what it needs from the store: at start,
 * and after an aborted transaction. */
OKR_MUST_USE enum okr_err okr_hub_load(struct okr_hub *hub,
                                       struct okr_kv_txn *txn,
                                       struct okr_arena *arena);
/* Handles one event.  Borrows everything, keeps nothing.  A refused operation
 * is an answer in `fx`, not an error.  On error: abort `txn`, drop `fx`, load
 * again. */
OKR_MUST_USE enum okr_err okr_hub_step(struct okr_hub *hub,
                                       struct okr_kv_txn *txn,
                                       const struct okr_hub_event *event,
                                       struct okr_effects *fx);
/* Ends a turn: one Event a scope that the turn wrote, answers of long polls
 * that have something now, parked operations that can be judged. */
OKR_MUST_USE enum okr_err okr_hub_flush(struct okr_hub *hub,
                                        struct okr_kv_txn *txn, okr_us now,
                                        struct okr_effects *fx);
/* When the hub next wants a timeout event; OKR_NEVER if it does not. */
okr_us okr_hub_deadline(const struct okr_hub *hub);

/* Answers of the last LOCAL event, in order; valid until the next step. */
const struct okr_answer *okr_hub_local_answers(const struct okr_hub *hub,
                                               size_t *ret_n);

/* The first transaction of a server: epoch 1, policy, root unit, first admin,
 * the site `server` — through judge and record like everything later. */
struct okr_genesis {
    struct okr_id org;
    struct okr_slice name, slug;
    struct okr_slice admin_name, admin_mail;
    uint8_t epoch_random[16];
    struct okr_pk site_key, witness_key;
    uint8_t link_key[32];
    int utc_offset_min;
    okr_us now;
    struct okr_id policy, unit, person; /* zero: drawn */
    uint8_t entropy[256]; /* for ids and salts */
};
OKR_MUST_USE enum okr_err okr_hub_genesis(struct okr_hub *hub,
                                          struct okr_kv_txn *txn,
                                          const struct okr_genesis *genesis,
                                          struct okr_arena *arena);

#endif
