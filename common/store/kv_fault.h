/* A store that fails on purpose: for the simulator and the sweeps. */
#ifndef OKR_STORE_KV_FAULT_H
#define OKR_STORE_KV_FAULT_H

#include "common/store/kv.h"

/* Wraps `inner` (borrowed: close the wrapper first, then the inner one). */
OKR_MUST_USE enum okr_err okr_kv_fault_open(struct okr_kv *inner,
                                            struct okr_kv **ret_kv);
/* The `calls`-th store call from now on (get, put, del, scan step, commit …;
 * 1 is the next) fails once with `err`; 0 cancels.  OKR_ERR_COMMIT falls on
 * the first commit from that call on; `commit_happens` says which way it
 * went. */
void okr_kv_fault_at(struct okr_kv *kv, uint64_t calls, enum okr_err err,
                     bool commit_happens);
uint64_t okr_kv_fault_calls(const struct okr_kv *kv); /* counted so far */
bool okr_kv_fault_fired(const struct okr_kv *kv);     /* since the last _at */

#endif
