/* A site's reach follows from its units, as they are now. */
#include "server/core/hub_scope.h"

#include "common/base/assert.h"
#include "common/replica/home.h"

bool okr_hub_is_public(okr_scope scope)
{
    enum okr_depth depth = OKR_SCOPE_DEPTH(scope);
    return OKR_SCOPE_ROOT(scope) != 0 &&
           (depth == OKR_DEPTH_SUMMARY || depth == OKR_DEPTH_DETAIL);
}

bool okr_hub_reaches(const struct okr_hub_reach *reach, okr_scope scope)
{
    OKR_ASSERT(reach != NULL);
    if (okr_hub_is_public(scope))
        return true;
    if (OKR_SCOPE_ROOT(scope) == 0 ||
        OKR_SCOPE_DEPTH(scope) != OKR_DEPTH_PRIVATE)
        return false;
    for (size_t i = 0; i < reach->n_roots; i++)
        if (reach->roots[i] == OKR_SCOPE_ROOT(scope))
            return true;
    return reach->all;
}

enum okr_err okr_hub_reach_of(const struct okr_hub_work *work,
                              const struct okr_record *site,
                              struct okr_hub_reach *ret_reach)
{
    OKR_ASSERT(site != NULL && site->kind == OKR_KIND_SITE);
    struct okr_space space = okr_hub_space(work);
    struct okr_draft draft;
    OKR_TRY(okr_draft_init(&draft, &space));
    struct okr_hub_reach reach = {
        .roots =
            okr_arena_array(work->arena, site->n_regs, sizeof *reach.roots),
    };
    if (reach.roots == NULL)
        return OKR_ERR_NOMEM;
    size_t at = 0;
    const struct okr_reg *reg;
    while ((reg = okr_record_next(site, OKR_F_SITE_UNITS, &at)) != NULL) {
        struct okr_id unit;
        uint32_t root;
        if (reg->form != OKR_REG_PRESENT ||
            okr_id_from(reg->data, &unit) != OKR_OK)
            continue;
        enum okr_err err = okr_home_root(&draft, &unit, &root);
        if (err == OKR_ERR_NOTFOUND)
            continue;
        OKR_TRY(err);
        reach.roots[reach.n_roots++] = root;
        reach.all = reach.all || root == OKR_ROOT_COMPANY;
    }
    *ret_reach = reach;
    return OKR_OK;
}
