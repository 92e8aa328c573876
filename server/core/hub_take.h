/* Taking operations, one by one: the same path for pushes, for the server's
 * own operations, and for parked ones that are judged again. */
#ifndef SERVER_CORE_HUB_TAKE_H
#define SERVER_CORE_HUB_TAKE_H

#include "server/core/hub_impl.h"
#include "server/store/parked.h"

/* An operation, and under which sequence it came. */
struct okr_hub_item {
    struct okr_hub_origin *origin;
    const struct okr_op *op;
    const struct okr_op_print *print;
    uint64_t seq;
};
struct okr_mark okr_hub_mark(const struct okr_hub_item *item);

/* Decides on an operation, logs and writes it.  One that is known already gets
 * its first answer and no second effect. */
OKR_MUST_USE enum okr_err okr_hub_take(struct okr_hub_work *work,
                                       const struct okr_hub_item *item,
                                       struct okr_answer *ret_answer);
/* A push that has been checked, and what was worked out for that. */
struct okr_hub_load {
    const struct okr_push *push;
    const struct okr_op_print *prints; /* of its operations */
    const struct okr_push_ground *ground;
};
/* Headers and hashes of a push's operations: those of the event, else made in
 * the turn's arena; NULL when out of memory. */
const struct okr_op_print *okr_hub_prints(const struct okr_hub_work *work,
                                          const struct okr_push *push);
/* Takes a whole push: its operations in order, then where the site stands
 * now.  `answers` has room for all. */
OKR_MUST_USE enum okr_err okr_hub_take_push(struct okr_hub_work *work,
                                            const struct okr_hub_load *load,
                                            struct okr_hub_origin *origin,
                                            struct okr_answer *answers);
/* The answer kept for a sequence, and the operation's hash.  Where it was
 * parked, the answer that became final meanwhile.  OKR_ERR_NOTFOUND. */
OKR_MUST_USE enum okr_err okr_hub_answer(const struct okr_hub_work *work,
                                         const struct okr_mark *mark,
                                         struct okr_answer *ret_answer,
                                         struct okr_hash *ret_op_hash);
/* " accepted", " rejected(circle)" … for trace lines. */
void okr_hub_say_verdict(const struct okr_verdict *verdict,
                         struct okr_buf *out);

/* Judges: the author's signature, then the rules. */
OKR_MUST_USE enum okr_err okr_hub_decide(struct okr_hub_work *work,
                                         const struct okr_hub_origin *origin,
                                         const struct okr_op *op,
                                         struct okr_decision *ret_decision);
/* A first key: does it prove its code?  NONE, BAD_CODE; counts failures. */
OKR_MUST_USE enum okr_err
okr_hub_check_code(struct okr_hub_work *work, const struct okr_op *op,
                   const struct okr_decision *decision,
                   enum okr_rule *ret_rule);
/* Completes a decision that was made without judging and writes nothing. */
OKR_MUST_USE enum okr_err okr_hub_no_effect(const struct okr_space *space,
                                            const struct okr_op *op,
                                            struct okr_decision *decision);
/* Leaf, payload, effects and answer of what was decided. */
OKR_MUST_USE enum okr_err okr_hub_enter(struct okr_hub_work *work,
                                        const struct okr_hub_item *item,
                                        const struct okr_decision *decision,
                                        struct okr_answer *ret_answer);
/* What else follows from a decision: marks for events, ids that came or never
 * will, a site's revocation. */
OKR_MUST_USE enum okr_err okr_hub_follow(struct okr_hub_work *work,
                                         const struct okr_mark *mark,
                                         const struct okr_decision *decision,
                                         const struct okr_answer *answer);

/* ---- hub_park.c ---------------------------------------------------------- */
/* Keeps what waits for an entity. */
OKR_MUST_USE enum okr_err okr_hub_park(struct okr_hub_work *work,
                                       const struct okr_hub_item *item,
                                       const struct okr_decision *decision);
/* Judges again what can be judged now, and gives up what waited too long:
 * a bounded number at a time. */
OKR_MUST_USE enum okr_err okr_hub_unpark(struct okr_hub_work *work);
OKR_MUST_USE enum okr_err okr_hub_expire(struct okr_hub_work *work);

#endif
