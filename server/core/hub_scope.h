/* Which scopes a site may follow: every summary and detail scope, and the
 * private ones of its own roots (docs/protocol.md "Scopes"). */
#ifndef SERVER_CORE_HUB_SCOPE_H
#define SERVER_CORE_HUB_SCOPE_H

#include "server/core/hub_impl.h"

struct okr_hub_reach {
    bool all;        /* a unit of it is the root unit */
    uint32_t *roots; /* its own, in the turn's arena */
    size_t n_roots;
};
OKR_MUST_USE enum okr_err okr_hub_reach_of(const struct okr_hub_work *work,
                                           const struct okr_record *site,
                                           struct okr_hub_reach *ret_reach);
bool okr_hub_reaches(const struct okr_hub_reach *reach, okr_scope scope);
/* Summary or detail: what goes out on PUB. */
bool okr_hub_is_public(okr_scope scope);

#endif
