/* A hub over a store in memory, its genesis done, and sites that speak to it:
 * every message goes through the codec, every turn through okr_hub_turn. */
#ifndef OKR_TESTS_LIB_HUB_H
#define OKR_TESTS_LIB_HUB_H

#include "common/store/scopes.h"
#include "common/tlog/tree.h"
#include "server/core/hub_turn.h"
#include "tests/lib/company.h"

enum {
    OKR_TEST_SENT_MAX = 256,
    OKR_TEST_TRACE_MAX = 16384,
};

struct okr_test_hub {
    struct okr_kv *kv;
    struct okr_arena *arena; /* of the turn */
    struct okr_arena *keep;  /* what tests look at */
    struct okr_hub_conf conf;
    struct okr_hub *hub;
    struct okr_sk *site_key, *log_key;
    okr_us now;
    uint32_t made; /* ids and entropy handed out */
    bool in_order; /* ids ascend as they are made, as UUIDv7 do */
    struct okr_id org, server_site, root, admin, policy;
    /* Of the last turn. */
    struct okr_fx sent[OKR_TEST_SENT_MAX];
    size_t n_sent;
    struct okr_msg *published[OKR_TEST_SENT_MAX];
    size_t n_published;
    struct okr_fx other[OKR_TEST_SENT_MAX];
    size_t n_other;
    char trace[OKR_TEST_TRACE_MAX]; /* lines, each with LF */
    size_t trace_len;
};

/* A site as the hub sees one. */
struct okr_test_peer {
    struct okr_id id;
    struct okr_sk *key;
    struct okr_enrol enrol; /* as it was sent */
    uint64_t incarnation, next_seq;
    struct okr_hash prev;
    struct okr_envelope from;
    enum okr_peer_state state;
    uint32_t request;
};

void okr_test_hub_open(struct okr_test_hub *h);
/* Over another, empty store, which is closed with the hub. */
void okr_test_hub_open_on(struct okr_test_hub *h, struct okr_kv *kv);
void okr_test_hub_close(struct okr_test_hub *h);
/* A new hub over the same store: the process came up again. */
void okr_test_hub_restart(struct okr_test_hub *h);
struct okr_id okr_test_hub_id(struct okr_test_hub *h); /* a new one */

/* ---- turns --------------------------------------------------------------- */
enum okr_err okr_test_turn(struct okr_test_hub *h,
                           const struct okr_hub_event *events, size_t n);
void okr_test_timeout(struct okr_test_hub *h, okr_ms ms); /* ms later */
void okr_test_subscribe(struct okr_test_hub *h, okr_scope scope);
struct okr_hub_event okr_test_from(struct okr_test_hub *h,
                                   struct okr_test_peer *peer,
                                   const struct okr_msg *msg);
/* Sends it in a turn of its own; the first message that comes back, or NULL. */
const struct okr_msg *okr_test_send(struct okr_test_hub *h,
                                    struct okr_test_peer *peer,
                                    const struct okr_msg *msg);
/* The first of the kind that went out on PUB for the scope, or NULL. */
const struct okr_msg *okr_test_published(const struct okr_test_hub *h,
                                         enum okr_msg_type type,
                                         okr_scope scope);
const struct okr_fx *okr_test_effect(const struct okr_test_hub *h,
                                     enum okr_effect_kind kind);

/* ---- operations ---------------------------------------------------------- */
struct okr_test_act {
    uint16_t verb, kind;
    struct okr_id entity;
    const struct okr_typed *changes; /* up to a field 0; NULL: none.  In sets a
                                        reference with text "-" is taken out */
    struct okr_id person;            /* zero: the admin */
};
struct okr_op okr_test_op(struct okr_test_hub *h,
                          const struct okr_test_act *act);
/* As the server's own site; the answer. */
struct okr_answer okr_test_local(struct okr_test_hub *h,
                                 const struct okr_test_act *act);
/* Must be in; the id of the entity. */
struct okr_id okr_test_add(struct okr_test_hub *h, uint16_t kind,
                           const struct okr_typed *changes);
struct okr_id okr_test_unit(struct okr_test_hub *h, const char *code,
                            const struct okr_id *parent);
struct okr_id okr_test_cycle(struct okr_test_hub *h, const char *name);
/* Published, in the light workflow, or a draft, which is private. */
struct okr_test_act okr_test_objective(struct okr_test_hub *h,
                                       const struct okr_id *cycle,
                                       const struct okr_id *unit,
                                       const char *title, bool draft);

/* ---- sites --------------------------------------------------------------- */
/* An invitation for `units` (up to a zero id), and the Enrol that uses it. */
void okr_test_invite(struct okr_test_hub *h, struct okr_test_peer *peer,
                     const char *name, const struct okr_id *units);
void okr_test_enrol_sign(struct okr_test_peer *peer);
const struct okr_msg *okr_test_enrol(struct okr_test_hub *h,
                                     struct okr_test_peer *peer);
/* Invited, enrolled, said Hello. */
void okr_test_join(struct okr_test_hub *h, struct okr_test_peer *peer,
                   const char *name, const struct okr_id *units);
void okr_test_leave(struct okr_test_peer *peer);
const struct okr_msg *okr_test_hello(struct okr_test_hub *h,
                                     struct okr_test_peer *peer);
/* The next push of the peer, signed; the peer goes on as if it were taken. */
struct okr_msg okr_test_push(struct okr_test_hub *h, struct okr_test_peer *peer,
                             struct okr_op *ops, size_t n);
void okr_test_push_sign(struct okr_test_hub *h, struct okr_test_peer *peer,
                        struct okr_push *push);
/* Pushes one act; its answer. */
struct okr_answer okr_test_do(struct okr_test_hub *h,
                              struct okr_test_peer *peer,
                              const struct okr_test_act *act);
struct okr_msg okr_test_pull(struct okr_test_hub *h, okr_scope scope,
                             okr_lsn since, uint32_t bytes_max);

/* ---- the store ----------------------------------------------------------- */
/* As committed, in `keep`; NULL: there is none. */
struct okr_record *okr_test_record_of(struct okr_test_hub *h,
                                      const struct okr_id *id);
uint64_t okr_test_log_size(struct okr_test_hub *h);
struct okr_hash okr_test_log_root(struct okr_test_hub *h, uint64_t size);

#endif
