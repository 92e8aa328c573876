/* Everything that is checked of a server's store, for `check` and for every
 * backup: rows and what follows from them (common/store/check.h), and what
 * they mean by the log (server/audit/verify.h). */
#ifndef SERVER_SHELL_CHECK_STORE_H
#define SERVER_SHELL_CHECK_STORE_H

#include "common/crypto/hash.h"
#include "common/store/kv.h"
#include "server/shell/fault.h"

struct okr_check_told {
    const char *table, *key, *what; /* key: a word, or hex */
};
struct okr_checked {
    uint64_t findings;
    uint64_t leaves;
    struct okr_hash root;
};
/* `told` hears of each damaged row once.  Damage is no fault.  A line of
 * progress stands on the terminal after a second; it is gone afterwards. */
struct okr_check_how {
    void (*told)(void *context, const struct okr_check_told *told);
    void *context;
};
bool okr_check_store(struct okr_kv *kv, const struct okr_check_how *how,
                     struct okr_checked *ret_checked, struct okr_fault *fault);

#endif
