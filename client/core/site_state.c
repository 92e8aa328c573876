/* What a site says about itself. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"

okr_us okr_site_deadline(const struct okr_site *site)
{
    okr_us first = OKR_NEVER;
    for (size_t i = 0; i < OKR_AT_COUNT; i++) {
        bool later =
            site->pull.open &&
            (i == OKR_AT_POLL || (i == OKR_AT_PULL && site->pull.wait_s == 0));
        if (!later && site->at[i] < first)
            first = site->at[i];
    }
    return first;
}

struct okr_verdict okr_site_submitted(const struct okr_site *site,
                                      uint64_t *ret_seq)
{
    OKR_ASSERT(site != NULL);
    if (ret_seq != NULL)
        *ret_seq = site->submitted_seq;
    return site->submitted;
}

static enum okr_link link_of(const struct okr_site *site)
{
    switch (site->phase) {
    case OKR_PHASE_CATCHING:
        return OKR_LINK_CATCHING_UP;
    case OKR_PHASE_LIVE:
        return OKR_LINK_LIVE;
    case OKR_PHASE_DOWN:
    case OKR_PHASE_HELLO:
    case OKR_PHASE_REFUSED:
    case OKR_PHASE_COUNT:
        break;
    }
    /* A refusal stands until somebody says Welcome. */
    return site->world.refusal != 0 ? OKR_LINK_REFUSED : OKR_LINK_OFFLINE;
}

enum okr_err okr_site_state(struct okr_site *site, struct okr_kv_txn *txn,
                            struct okr_site_state *ret_state)
{
    OKR_ASSERT(site != NULL && txn != NULL && ret_state != NULL);
    struct okr_site_state state = {
        .link = link_of(site),
        .refusal = site->world.refusal,
        .fresh_at = site->fresh_at,
        .epoch = okr_site_epoch(site),
        .scopes = site->n_scopes,
        .alarms = site->world.alarms,
    };
    for (size_t i = 0; i < site->n_scopes; i++) {
        const struct okr_site_scope *entry = &site->scopes[i];
        struct okr_scope_row row;
        OKR_TRY(okr_scope_get(txn, entry->scope, &row));
        okr_digest_add(&state.digest, &row.digest);
        if (entry->cursor > state.lsn)
            state.lsn = entry->cursor;
        if (entry->head > state.head)
            state.head = entry->head;
    }
    OKR_TRY(okr_outbox_count(txn, &state.pending));
    *ret_state = state;
    return OKR_OK;
}
