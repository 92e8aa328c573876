/* The turn: begin, steps, flush, commit, effects. */
#include "server/core/hub_turn.h"

#include "common/base/assert.h"
#include "server/core/hub_impl.h"

enum okr_err okr_hub_reload(struct okr_hub *hub,
                            const struct okr_hub_shell *shell)
{
    struct okr_kv_txn *txn;
    OKR_TRY(okr_kv_begin(shell->kv, true, &txn));
    enum okr_err err = okr_hub_load(hub, txn, shell->arena);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    else
        okr_kv_abort(&txn);
    okr_arena_reset(shell->arena);
    return err;
}

static enum okr_err steps(struct okr_hub *hub,
                          const struct okr_hub_shell *shell,
                          struct okr_kv_txn *txn,
                          const struct okr_hub_event *events, size_t n,
                          struct okr_effects *fx)
{
    for (size_t i = 0; i < n; i++) {
        OKR_TRY(okr_hub_step(hub, txn, &events[i], fx));
        if (shell->stepped != NULL)
            shell->stepped(shell->context, txn, &events[i]);
    }
    return OKR_OK;
}

enum okr_err okr_hub_turn(struct okr_hub *hub,
                          const struct okr_hub_shell *shell,
                          const struct okr_hub_event *events, size_t n,
                          okr_us now)
{
    OKR_ASSERT(shell->perform != NULL && shell->arena != NULL);
    struct okr_kv_txn *txn;
    struct okr_effects fx;
    okr_effects_init(&fx, shell->arena);
    /* Loading after the last turn may have failed, too. */
    enum okr_err err = hub->loaded ? OKR_OK : okr_hub_reload(hub, shell);
    if (err == OKR_OK)
        err = okr_kv_begin(shell->kv, true, &txn);
    if (err != OKR_OK)
        return err;
    err = steps(hub, shell, txn, events, n, &fx);
    if (err == OKR_OK)
        err = okr_hub_flush(hub, txn, now, &fx);
    if (err == OKR_OK)
        err = okr_kv_commit(&txn);
    else
        okr_kv_abort(&txn);
    if (err == OKR_ERR_COMMIT)
        return err;
    if (err != OKR_OK) {
        okr_arena_reset(shell->arena);
        enum okr_err again = okr_hub_reload(hub, shell);
        return again == OKR_ERR_COMMIT ? again : err;
    }
    for (size_t i = 0; i < fx.n; i++)
        shell->perform(shell->context, &fx.at[i]);
    okr_arena_reset(shell->arena);
    return OKR_OK;
}
