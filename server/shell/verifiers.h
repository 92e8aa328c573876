/* Threads that check signatures before a turn: the dearest thing in it, and
 * the only one that needs neither the store nor the order. */
#ifndef SERVER_SHELL_VERIFIERS_H
#define SERVER_SHELL_VERIFIERS_H

#include "common/base/err.h"
#include "common/crypto/sign.h"

struct okr_verifiers;

/* `threads` beside the caller's own; 0 is fine.  OKR_ERR_NOMEM, LIMIT. */
OKR_MUST_USE enum okr_err okr_verifiers_open(unsigned threads,
                                             struct okr_verifiers **ret);
void okr_verifiers_close(struct okr_verifiers **verifiers); /* waits for them */
unsigned okr_verifiers_threads(const struct okr_verifiers *verifiers);
/* Sets `holds` of every claim, and returns when all are done.  The claims are
 * nobody else's meanwhile. */
void okr_verifiers_run(struct okr_verifiers *verifiers,
                       struct okr_sign_claim **claims, size_t n);

#endif
