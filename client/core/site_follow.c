/* Which scopes a site follows: it follows from the directory. */
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/replica/home.h"

/* What the directory says should be followed. */
struct wanted {
    okr_scope *own, *other; /* in the order of asking */
    size_t n_own, n_other;
};

/* Numbers of the roots above the site's units. */
struct own_roots {
    uint32_t no[OKR_SET_MAX];
    size_t n;
};

static bool is_own(const struct own_roots *roots, uint32_t no)
{
    for (size_t i = 0; i < roots->n; i++)
        if (roots->no[i] == no || roots->no[i] == OKR_ROOT_COMPANY)
            return true;
    return false;
}

static enum okr_err add_root(const struct okr_draft *draft,
                             const struct okr_id *unit, struct own_roots *roots)
{
    uint32_t no;
    enum okr_err err = okr_home_root(draft, unit, &no);
    if (err == OKR_ERR_NOTFOUND || err == OKR_ERR_LIMIT)
        return OKR_OK; /* its units are not all here yet */
    OKR_TRY(err);
    if (roots->n < OKR_SET_MAX && no != 0)
        roots->no[roots->n++] = no;
    return OKR_OK;
}

static enum okr_err find_own(struct okr_turn *turn,
                             const struct okr_draft *draft,
                             struct own_roots *roots)
{
    struct okr_record *record;
    roots->n = 0;
    enum okr_err err =
        okr_entity_get(&draft->space, &turn->site->conf.site, &record);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK; /* the first pull is still to come */
    OKR_TRY(err);
    size_t at = 0;
    const struct okr_reg *reg;
    while ((reg = okr_record_next(record, OKR_F_SITE_UNITS, &at)) != NULL) {
        struct okr_id unit;
        if (reg->form == OKR_REG_PRESENT &&
            okr_id_from(reg->data, &unit) == OKR_OK)
            OKR_TRY(add_root(draft, &unit, roots));
    }
    return OKR_OK;
}

static bool is_in(const okr_scope *scopes, size_t n, okr_scope scope)
{
    for (size_t i = 0; i < n; i++)
        if (scopes[i] == scope)
            return true;
    return false;
}

static void add_scopes(struct wanted *wanted, uint32_t no, bool own,
                       bool summaries)
{
    okr_scope summary = OKR_SCOPE(no, OKR_DEPTH_SUMMARY);
    if (is_in(wanted->own, wanted->n_own, OKR_SCOPE(no, OKR_DEPTH_DETAIL)) ||
        is_in(wanted->other, wanted->n_other, summary))
        return;
    if (!own) {
        if (summaries && summary != OKR_SCOPE_COMPANY)
            wanted->other[wanted->n_other++] = summary;
        return;
    }
    if (summary != OKR_SCOPE_COMPANY)
        wanted->own[wanted->n_own++] = summary;
    wanted->own[wanted->n_own++] = OKR_SCOPE(no, OKR_DEPTH_DETAIL);
    wanted->own[wanted->n_own++] = OKR_SCOPE(no, OKR_DEPTH_PRIVATE);
}

/* The number under which a unit is a root; 0 if it is none (any more). */
static enum okr_err root_no(const struct okr_draft *draft,
                            const struct okr_id *unit, uint32_t *ret_no)
{
    struct okr_record *record;
    uint32_t no;
    *ret_no = 0;
    OKR_TRY(okr_draft_get(draft, unit, &record));
    int64_t stated = okr_record_int(record, OKR_F_ROOT_NO, 0);
    if (!okr_record_has(record, OKR_F_UNIT_PARENT))
        stated = OKR_ROOT_COMPANY;
    enum okr_err err = okr_home_root(draft, unit, &no);
    if (err == OKR_ERR_NOTFOUND || err == OKR_ERR_LIMIT)
        return OKR_OK;
    OKR_TRY(err);
    if (stated > 0 && stated <= UINT32_MAX / 4 && no == (uint32_t)stated)
        *ret_no = no;
    return OKR_OK;
}

static enum okr_err list_wanted(struct okr_turn *turn, struct wanted *wanted)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_draft draft;
    struct own_roots roots;
    struct okr_ids units;
    OKR_TRY(okr_draft_init(&draft, &space));
    OKR_TRY(find_own(turn, &draft, &roots));
    OKR_TRY(okr_index_kind(&space, OKR_KIND_UNIT, &units));
    wanted->own =
        okr_arena_array(turn->arena, 3 * units.n + 1, sizeof *wanted->own);
    wanted->other =
        okr_arena_array(turn->arena, units.n + 1, sizeof *wanted->other);
    if (wanted->own == NULL || wanted->other == NULL)
        return OKR_ERR_NOMEM;
    wanted->own[wanted->n_own++] = OKR_SCOPE_COMPANY;
    for (size_t i = 0; i < units.n; i++) {
        uint32_t no;
        OKR_TRY(root_no(&draft, &units.at[i], &no));
        if (no != 0)
            add_scopes(wanted, no, is_own(&roots, no),
                       turn->site->conf.all_summaries);
    }
    return OKR_OK;
}

/* ---- from what is followed to what should be ----------------------------- */

static enum okr_err subscription(struct okr_turn *turn,
                                 enum okr_effect_kind kind, okr_scope scope)
{
    const struct okr_site *site = turn->site;
    if (site->conf.thin || !okr_site_is_public(scope))
        return OKR_OK;
    if (kind == OKR_FX_SUBSCRIBE && !okr_link_is_up(site))
        return OKR_OK; /* Welcome says where to */
    struct okr_fx *fx = okr_effects_add(turn->fx, kind);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->scope = scope;
    return OKR_OK;
}

static enum okr_err port_effect(struct okr_turn *turn,
                                enum okr_effect_kind kind)
{
    struct okr_fx *fx = okr_effects_add(turn->fx, kind);
    OKR_ASSERT(!turn->site->conf.thin);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->text = okr_slice_str(turn->site->publish);
    return OKR_OK;
}

enum okr_err okr_site_subscribe(struct okr_turn *turn, bool anew)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(okr_link_is_up(site));
    if (site->conf.thin)
        return OKR_OK;
    if (anew) {
        site->head_met = false;
        OKR_TRY(port_effect(turn, OKR_FX_RESUBSCRIBE));
    }
    OKR_TRY(port_effect(turn, OKR_FX_SUBSCRIBE_BEAT));
    for (size_t i = 0; i < site->n_scopes; i++)
        OKR_TRY(subscription(turn, OKR_FX_SUBSCRIBE, site->scopes[i].scope));
    return OKR_OK;
}

static enum okr_err join(struct okr_turn *turn, struct okr_site_scope *entry)
{
    struct okr_site *site = turn->site;
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    entry->cursor = row.cursor;
    entry->head = row.head;
    OKR_TRY(okr_site_scope_put(turn, entry, &row));
    okr_trace(&site->conf.trace, "follow scope %u", (unsigned)entry->scope);
    OKR_TRY(subscription(turn, OKR_FX_SUBSCRIBE, entry->scope));
    if (okr_link_is_up(site))
        okr_site_want(site, entry, turn->now);
    return OKR_OK;
}

static enum okr_err leave(struct okr_turn *turn, struct okr_site_scope *entry)
{
    struct okr_space space = okr_site_confirmed(turn);
    struct okr_scope_row nothing = {.head = 0};
    OKR_TRY(okr_record_drop_scope(&space, entry->scope));
    OKR_TRY(okr_scope_put(turn->txn, entry->scope, &nothing));
    turn->site->view_due = turn->site->settle_due = true;
    okr_trace(&turn->site->conf.trace, "scope %u is followed no more",
              (unsigned)entry->scope);
    return subscription(turn, OKR_FX_UNSUBSCRIBE, entry->scope);
}

/* Keeps what is known of the scopes that stay. */
static enum okr_err replace(struct okr_turn *turn, const okr_scope *scopes,
                            size_t n, size_t n_own)
{
    struct okr_site *site = turn->site;
    struct okr_site_scope *old =
        okr_arena_array(turn->arena, site->n_scopes, sizeof *old);
    size_t n_old = site->n_scopes;
    if (old == NULL)
        return OKR_ERR_NOMEM;
    if (n_old > 0)
        memcpy(old, site->scopes, n_old * sizeof *old);
    OKR_TRY(okr_site_scopes_reserve(site, n));
    site->n_scopes = n;
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;
        while (k < n_old && old[k].scope != scopes[i])
            k++;
        if (k < n_old)
            site->scopes[i] = old[k];
        else
            site->scopes[i] = (struct okr_site_scope){.scope = scopes[i]};
        site->scopes[i].own = i < n_own;
        if (site->scopes[i].denied) { /* by an older directory */
            site->scopes[i].denied = false;
            okr_site_want(site, &site->scopes[i], turn->now);
        }
        if (k < n_old)
            old[k].scope = 0; /* it stays */
        else
            OKR_TRY(join(turn, &site->scopes[i]));
    }
    for (size_t k = 0; k < n_old; k++)
        if (old[k].scope != 0)
            OKR_TRY(leave(turn, &old[k]));
    return OKR_OK;
}

/* A directory of which a part is missing would have scopes dropped that are
 * only needed a page later. */
static enum okr_err is_whole(struct okr_turn *turn, bool *ret_whole)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, OKR_SCOPE_COMPANY, &row));
    *ret_whole = row.cursor > 0 && row.token_elsn == 0;
    return OKR_OK;
}

enum okr_err okr_site_follow(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    bool whole;
    OKR_TRY(is_whole(turn, &whole));
    if (!whole && site->n_scopes > 0)
        return OKR_OK; /* it stays due */
    site->follow_due = !whole;
    const okr_scope company = OKR_SCOPE_COMPANY;
    if (!whole)
        return replace(turn, &company, 1, 1);
    struct wanted wanted = {.n_own = 0};
    OKR_TRY(list_wanted(turn, &wanted));
    size_t n = wanted.n_own + wanted.n_other;
    okr_scope *scopes = okr_arena_array(turn->arena, n, sizeof *scopes);
    if (scopes == NULL)
        return OKR_ERR_NOMEM;
    memcpy(scopes, wanted.own, wanted.n_own * sizeof *scopes);
    if (wanted.n_other > 0)
        memcpy(scopes + wanted.n_own, wanted.other,
               wanted.n_other * sizeof *scopes);
    return replace(turn, scopes, n, wanted.n_own);
}
