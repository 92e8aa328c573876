/* The one path that a change takes, on both sides: load, rules, verdict.
 *
 * The server judges to decide; a site judges the same way to show at once,
 * marked pending, what the server will probably decide. */
#ifndef OKR_REPLICA_JUDGE_H
#define OKR_REPLICA_JUDGE_H

#include "common/base/verdict.h"
#include "common/msg/layout.h"
#include "common/replica/draft.h"

/* Under which an operation is judged. */
struct okr_ground {
    struct okr_space space;
    struct okr_id org;
    struct okr_id site; /* through which it came (via) */
    okr_us now;         /* server time, or the site's best guess of it */
    bool server;        /* unknown entities: parked here, else unknown_here */
    bool authority;     /* made by the server itself: genesis, enrolments */
    bool by_server;     /* `site` is the server's own */
    struct okr_sign_claims claims;  /* signatures that were checked before */
    const struct okr_epoch *epochs; /* ancestry, oldest first, last is now */
    size_t n_epochs;
};

struct okr_decision {
    struct okr_verdict verdict;
    struct okr_draft draft; /* what to write; empty unless okr_verdict_is_in */
    struct okr_payload *payload; /* NULL when it could not be read */
    struct okr_id waits_for;     /* parked, unknown_here: the entity missing */
};

/* Judges `op` (its signature has been checked).  A refusal is a verdict, not
 * an error.  Everything in `ret_decision` lives in the space's arena. */
OKR_MUST_USE enum okr_err okr_judge(const struct okr_ground *ground,
                                    const struct okr_op *op,
                                    struct okr_decision *ret_decision);

/* Checks the author's signature against the person's active keys, of a first
 * key against that key itself: NONE, SIGNATURE, KEY_REVOKED; site-attested
 * operations pass. */
OKR_MUST_USE enum okr_err okr_judge_signature(const struct okr_ground *ground,
                                              const struct okr_op *op,
                                              enum okr_rule *ret_rule);

#endif
