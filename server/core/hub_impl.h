/* What the files of the hub share.  Private to server/core/. */
#ifndef SERVER_CORE_HUB_IMPL_H
#define SERVER_CORE_HUB_IMPL_H

#include "common/base/limits.h"
#include "common/replica/record.h"
#include "common/store/entity_cache.h"
#include "common/store/scopes.h"
#include "common/tlog/checkpoint.h"
#include "server/core/hub.h"
#include "server/core/hub_soft.h"

enum {
    OKR_HUB_NOTE_MAX = 1024, /* bytes of a checkpoint with our signature */
};

struct okr_hub {
    struct okr_hub_conf conf;
    /* Read from the store by okr_hub_load. */
    bool loaded;
    struct okr_id org, server_site;
    uint64_t incarnation; /* of the site `server` */
    okr_lsn base;
    char origin[OKR_ORIGIN_MAX + 1];
    struct okr_epoch epochs[OKR_EPOCHS_MAX];
    size_t n_epochs;
    okr_us leaf_time; /* of the last leaf: time in the log never goes back */
    /* Soft: forgotten by okr_hub_load. */
    struct okr_hub_soft soft;
    struct okr_entity_cache entities; /* of the turn */
    uint64_t root_size;               /* 0: `root` is of no size */
    struct okr_hash root; /* of the log's first `root_size` leaves */
    okr_us beat_at;       /* when the next Beat is due; 0: at once */
    okr_us pages_until;   /* when the pages made are paid for, at the rate */
    unsigned put_off;     /* told Busy since somebody was served */
    uint8_t entropy[32];
    uint64_t drawn; /* pieces of randomness taken from `entropy` */
    char note[OKR_HUB_NOTE_MAX];
    size_t note_len;    /* 0: none */
    uint64_t note_size; /* size of the log that `note` speaks of */
    bool parked_walk;   /* look at everything parked, once after a load */
    struct okr_id parked_from[2];
    struct okr_arena *local_arena; /* of `local` */
    struct okr_answer *local;
    size_t n_local;
};

/* One step or flush: what every function below works on. */
struct okr_hub_work {
    struct okr_hub *hub;
    struct okr_kv_txn *txn;
    struct okr_effects *fx;
    struct okr_arena *arena; /* of the turn */
    okr_us now;
    const struct okr_hub_event *event; /* NULL in a flush */
};

/* Through whom operations come, and what their first leaf carries. */
struct okr_hub_origin {
    struct okr_id site;
    uint64_t incarnation, first_seq;
    bool authority;
    const uint8_t *push; /* layout; NULL once a leaf carries it, or none */
    struct okr_sig push_sig;
};

/* 32 fresh bytes: SHA-256 over the event's entropy and a counter. */
void okr_hub_draw(struct okr_hub *hub, uint8_t out[32]);
struct okr_space okr_hub_space(const struct okr_hub_work *work);
okr_lsn okr_hub_lsn(const struct okr_hub *hub, uint64_t index);

/* ---- hub_say.c: answers -------------------------------------------------- */
OKR_MUST_USE enum okr_err okr_hub_reply(const struct okr_hub_work *work,
                                        const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_hub_refuse(const struct okr_hub_work *work,
                                         enum okr_refusal code,
                                         const char *text);
OKR_MUST_USE enum okr_err okr_hub_error(const struct okr_hub_work *work,
                                        enum okr_error_code code,
                                        uint64_t last_seq, const char *text);
OKR_MUST_USE enum okr_err okr_hub_alarm(const struct okr_hub_work *work,
                                        const struct okr_id *site,
                                        const char *text);

/* ---- messages: event->msg is of the kind; event->site may speak ---------- */
OKR_MUST_USE enum okr_err okr_hub_on_hello(struct okr_hub_work *work,
                                           struct okr_record *site);
OKR_MUST_USE enum okr_err okr_hub_on_push(struct okr_hub_work *work,
                                          struct okr_record *site);
OKR_MUST_USE enum okr_err okr_hub_on_pull(struct okr_hub_work *work,
                                          struct okr_record *site);
OKR_MUST_USE enum okr_err okr_hub_on_repair(struct okr_hub_work *work,
                                            struct okr_record *site);
OKR_MUST_USE enum okr_err okr_hub_on_history(struct okr_hub_work *work,
                                             struct okr_record *site);
OKR_MUST_USE enum okr_err okr_hub_on_proof(struct okr_hub_work *work,
                                           struct okr_record *site);
/* From anybody who is connected: an unknown key, too. */
OKR_MUST_USE enum okr_err okr_hub_on_enrol(struct okr_hub_work *work);
OKR_MUST_USE enum okr_err okr_hub_on_local(struct okr_hub_work *work);
OKR_MUST_USE enum okr_err okr_hub_on_subscribed(struct okr_hub_work *work);

#endif
