/* The turn: begin, steps, flush, commit, effects. */
#include "client/core/site_turn.h"

#include "common/base/assert.h"

enum okr_err okr_site_reload(struct okr_site *site,
                             const struct okr_site_shell *shell)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(shell->kv, true, &txn));
    enum okr_err err = okr_site_load(site, txn, shell->arena);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    else
        okr_kv_abort(&txn);
    okr_arena_reset(shell->arena);
    return err;
}

static enum okr_err steps(struct okr_site *site,
                          const struct okr_site_shell *shell,
                          struct okr_kv_txn *txn,
                          const struct okr_site_event *events, size_t n,
                          struct okr_effects *fx)
{
    for (size_t i = 0; i < n; i++) {
        OKR_TRY(okr_site_step(site, txn, &events[i], fx));
        if (shell->stepped != NULL)
            shell->stepped(shell->context, txn, &events[i]);
    }
    return OKR_OK;
}

/* What others wrote is on the server's disk, and a pull only asks: neither
 * has to wait for ours. */
static bool promises_nothing(const struct okr_fx *fx)
{
    if (fx->kind == OKR_FX_SEND)
        return fx->msg->type == OKR_MSG_PULL;
    return fx->kind == OKR_FX_CHANGED && fx->lsn < OKR_LSN_PENDING;
}

/* How many were performed before the commit. */
static size_t perform_early(const struct okr_site_shell *shell,
                            struct okr_kv_txn *txn,
                            const struct okr_effects *fx)
{
    size_t n = 0;
    if (shell->early == NULL)
        return 0;
    for (; n < fx->n && promises_nothing(&fx->at[n]); n++)
        shell->early(shell->context, txn, &fx->at[n]);
    return n;
}

enum okr_err okr_site_turn(struct okr_site *site,
                           const struct okr_site_shell *shell,
                           const struct okr_site_event *events, size_t n,
                           okr_us now)
{
    OKR_ASSERT(shell->perform != NULL && shell->arena != NULL);
    struct okr_kv_txn *txn;
    struct okr_effects fx;
    size_t done = 0;
    okr_effects_init(&fx, shell->arena);
    enum okr_err err = okr_kv_begin(shell->kv, true, &txn);
    if (err != OKR_OK)
        return err;
    err = steps(site, shell, txn, events, n, &fx);
    if (err == OKR_OK)
        err = okr_site_flush(site, txn, now, &fx);
    if (err == OKR_OK)
        done = perform_early(shell, txn, &fx);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    else
        okr_kv_abort(&txn);
    if (err == OKR_ERR_COMMIT)
        return err;
    if (err != OKR_OK) {
        okr_arena_reset(shell->arena);
        enum okr_err again = okr_site_reload(site, shell);
        return again == OKR_ERR_COMMIT ? again : err;
    }
    for (size_t i = done; i < fx.n; i++)
        shell->perform(shell->context, &fx.at[i]);
    okr_arena_reset(shell->arena);
    return OKR_OK;
}
