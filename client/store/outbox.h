/* The outbox: own operations without a final answer, and the pushes that
 * carry them, made once. */
#ifndef CLIENT_STORE_OUTBOX_H
#define CLIENT_STORE_OUTBOX_H

#include "common/codec/codec.h"
#include "common/store/kv.h"

enum okr_out_state {
    OKR_OUT_SAVED,    /* not in a push yet */
    OKR_OUT_PUSHED,   /* in a push, no answer */
    OKR_OUT_PARKED,   /* answered: it waits at the server */
    OKR_OUT_ANSWERED, /* in; waits until this copy has caught up with it */
};
struct okr_out {
    uint64_t seq;
    enum okr_out_state state;
    /* Its effect is in the confirmed copy: replay leaves it out. */
    bool written;
    /* Server time as guessed when it was saved.  Every replay judges at it,
     * so that the view does not drift. */
    okr_us at;
    struct okr_op op;
    struct okr_answer answer; /* PARKED, ANSWERED */
};
OKR_MUST_USE enum okr_err okr_outbox_put(struct okr_kv_txn *txn,
                                         const struct okr_out *out,
                                         struct okr_arena *arena);
OKR_MUST_USE enum okr_err okr_outbox_get(struct okr_kv_txn *txn, uint64_t seq,
                                         struct okr_arena *arena,
                                         struct okr_out *ret_out);
OKR_MUST_USE enum okr_err okr_outbox_del(struct okr_kv_txn *txn, uint64_t seq);
/* Rows with seq >= from, ascending, at most `max`; in `arena`. */
struct okr_outs {
    struct okr_out *at;
    size_t n;
};
OKR_MUST_USE enum okr_err okr_outbox_list(struct okr_kv_txn *txn, uint64_t from,
                                          size_t max, struct okr_arena *arena,
                                          struct okr_outs *ret_rows);
/* Those without a final answer: ANSWERED ones are not counted. */
OKR_MUST_USE enum okr_err okr_outbox_count(struct okr_kv_txn *txn,
                                           uint64_t *ret_n);

/* A push as it went out: resent byte for byte until it is answered. */
struct okr_pushed_out {
    uint64_t first_seq, last_seq;
    struct okr_hash hash;   /* `prev` of the next one */
    struct okr_slice frame; /* the whole message */
    bool answered;          /* kept on only because something is parked */
};
OKR_MUST_USE enum okr_err okr_push_put(struct okr_kv_txn *txn,
                                       const struct okr_pushed_out *push,
                                       struct okr_arena *arena);
OKR_MUST_USE enum okr_err okr_push_del(struct okr_kv_txn *txn,
                                       uint64_t first_seq);
/* The first `max` ones, ascending by first sequence. */
OKR_MUST_USE enum okr_err okr_push_list(struct okr_kv_txn *txn, size_t max,
                                        struct okr_arena *arena,
                                        struct okr_pushed_out **ret_rows,
                                        size_t *ret_n);

/* Accepted operations with their answers, by op id; kept for healing. */
OKR_MUST_USE enum okr_err okr_sent_put(struct okr_kv_txn *txn,
                                       const struct okr_out *out,
                                       struct okr_arena *arena);
OKR_MUST_USE enum okr_err okr_sent_get(struct okr_kv_txn *txn,
                                       const struct okr_id *op,
                                       struct okr_arena *arena,
                                       struct okr_out *ret_out); /* NOTFOUND */
OKR_MUST_USE enum okr_err okr_sent_del(struct okr_kv_txn *txn,
                                       const struct okr_id *op);
/* Those that were accepted behind `after`, in the server's order. */
struct okr_sent_at {
    okr_lsn lsn;
    struct okr_id op;
};
OKR_MUST_USE enum okr_err okr_sent_after(struct okr_kv_txn *txn, okr_lsn after,
                                         struct okr_arena *arena,
                                         struct okr_sent_at **ret_rows,
                                         size_t *ret_n);
/* Refused operations, for their author to see, with the rule. */
struct okr_refused {
    struct okr_op op;
    struct okr_answer answer;
    okr_us at;
};
OKR_MUST_USE enum okr_err okr_refused_put(struct okr_kv_txn *txn,
                                          const struct okr_refused *refused,
                                          struct okr_arena *arena);
OKR_MUST_USE enum okr_err okr_refused_get(struct okr_kv_txn *txn,
                                          const struct okr_id *op,
                                          struct okr_arena *arena,
                                          struct okr_refused *ret_refused);
OKR_MUST_USE enum okr_err okr_refused_del(struct okr_kv_txn *txn,
                                          const struct okr_id *op);
OKR_MUST_USE enum okr_err okr_refused_list(struct okr_kv_txn *txn,
                                           struct okr_arena *arena,
                                           struct okr_refused **ret_rows,
                                           size_t *ret_n);

#endif
