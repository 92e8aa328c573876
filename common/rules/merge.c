/* What becomes of one field change when others wrote meanwhile. */
#include "common/rules/merge.h"

#include "common/base/assert.h"

static bool is_element(uint8_t form)
{
    return form == OKR_REG_PRESENT || form == OKR_REG_ABSENT;
}

/* The lsn that the author saw counts in the present epoch only if every epoch
 * since then began at or above it; what lay above was rolled back. */
static bool lsn_holds(const struct okr_seen *seen,
                      const struct okr_epoch_span *epochs, size_t n_epochs)
{
    OKR_ASSERT(epochs != NULL || n_epochs == 0);
    size_t i = 0;
    while (i < n_epochs && epochs[i].epoch != seen->epoch)
        i++;
    if (i == n_epochs)
        return false;
    for (i++; i < n_epochs; i++)
        if (seen->lsn > epochs[i].began)
            return false;
    return true;
}

bool okr_merge_concurrent(const struct okr_reg *reg,
                          const struct okr_seen *seen, okr_lsn seen_op_lsn,
                          const struct okr_epoch_span *epochs, size_t n_epochs)
{
    OKR_ASSERT(seen != NULL);
    if (reg == NULL)
        return false;
    switch (seen->form) {
    case OKR_SEEN_NOTHING: /* elements of a set are added and removed blind */
        return !is_element(reg->form);
    case OKR_SEEN_LSN:
        return !lsn_holds(seen, epochs, n_epochs) || reg->lsn > seen->lsn;
    case OKR_SEEN_OP:
        return seen_op_lsn == 0 || reg->lsn != seen_op_lsn;
    }
    return true;
}

/* A register that was never written says "no value", or "not in the set". */
static bool says_already(const struct okr_reg *reg,
                         const struct okr_change *change)
{
    if (reg == NULL)
        return change->form == OKR_REG_UNSET || change->form == OKR_REG_ABSENT;
    return reg->form == change->form && okr_slice_eq(reg->data, change->data);
}

enum okr_merge_act okr_merge_act(enum okr_merge merge,
                                 const struct okr_reg *reg,
                                 const struct okr_change *change,
                                 bool concurrent)
{
    OKR_ASSERT(change != NULL);
    OKR_ASSERT(reg == NULL || reg->field == change->field);
    OKR_ASSERT(reg != NULL || !concurrent);
    if (merge == OKR_MERGE_SWAP && concurrent)
        return OKR_ACT_STALE;
    if (says_already(reg, change))
        return OKR_ACT_NOTHING;
    if (!concurrent && merge != OKR_MERGE_ONCE)
        return OKR_ACT_WRITE;
    switch (merge) {
    case OKR_MERGE_KEPT:
        return OKR_ACT_KEEP_ASIDE;
    case OKR_MERGE_ONCE:
        return reg == NULL ? OKR_ACT_WRITE : OKR_ACT_STALE;
    case OKR_MERGE_LAST:
    case OKR_MERGE_SWAP: /* only where it is not concurrent */
    case OKR_MERGE_DERIVED:
        break;
    }
    return OKR_ACT_REPLACE;
}
