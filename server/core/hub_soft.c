/* Soft state: sorted arrays of the hub's own memory. */
#include "server/core/hub_soft.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

#define FIRST 16

/* Makes room for one more element at the end. */
static enum okr_err grow(void **at, size_t *cap, size_t n, size_t size)
{
    OKR_ASSERT(n <= *cap);
    if (n < *cap)
        return OKR_OK;
    size_t more = *cap == 0 ? FIRST : *cap * 2;
    if (more > SIZE_MAX / size)
        return OKR_ERR_NOMEM;
    void *moved = realloc(*at, more * size);
    if (moved == NULL)
        return OKR_ERR_NOMEM;
    *at = moved;
    *cap = more;
    return OKR_OK;
}

void okr_hub_soft_reset(struct okr_hub_soft *soft)
{
    OKR_ASSERT(soft != NULL);
    for (size_t i = 0; i < soft->n_links; i++)
        free(soft->links[i].wants);
    soft->n_links = 0;
    soft->wait_until = OKR_NEVER;
    soft->n_tips = 0;
    soft->head_next = 0;
    soft->dirty = false;
    soft->n_wrote = 0;
    soft->n_came = 0;
    soft->came_more = false;
}

void okr_hub_soft_free(struct okr_hub_soft *soft)
{
    okr_hub_soft_reset(soft);
    free(soft->links);
    free(soft->tips);
    free(soft->wrote);
    free(soft->came);
    *soft = (struct okr_hub_soft){0};
}

/* ---- links --------------------------------------------------------------- */

/* Where the site is, or would be put. */
static size_t link_at(const struct okr_hub_soft *soft,
                      const struct okr_id *site)
{
    size_t low = 0, high = soft->n_links;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (okr_id_cmp(&soft->links[mid].site, site) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct okr_hub_link *okr_hub_soft_find(struct okr_hub_soft *soft,
                                       const struct okr_id *site)
{
    OKR_ASSERT(soft != NULL && site != NULL);
    size_t at = link_at(soft, site);
    if (at == soft->n_links || !okr_id_eq(&soft->links[at].site, site))
        return NULL;
    return &soft->links[at];
}

enum okr_err okr_hub_soft_link(struct okr_hub_soft *soft,
                               const struct okr_id *site,
                               struct okr_hub_link **ret_link)
{
    OKR_ASSERT(ret_link != NULL);
    *ret_link = okr_hub_soft_find(soft, site);
    if (*ret_link != NULL || soft->n_links == OKR_HUB_LINKS_MAX)
        return OKR_OK;
    void *links = soft->links;
    OKR_TRY(grow(&links, &soft->cap_links, soft->n_links, sizeof *soft->links));
    soft->links = links;
    size_t at = link_at(soft, site);
    memmove(&soft->links[at + 1], &soft->links[at],
            (soft->n_links - at) * sizeof *soft->links);
    soft->links[at] = (struct okr_hub_link){.site = *site};
    soft->n_links++;
    *ret_link = &soft->links[at];
    return OKR_OK;
}

enum okr_err okr_hub_soft_wait(struct okr_hub_link *link,
                               const struct okr_want *wants, size_t n)
{
    OKR_ASSERT(link != NULL && wants != NULL && n > 0);
    if (link->cap_wants < n) {
        struct okr_cursor *more = realloc(link->wants, n * sizeof *more);
        if (more == NULL)
            return OKR_ERR_NOMEM;
        link->wants = more;
        link->cap_wants = n;
    }
    for (size_t i = 0; i < n; i++)
        link->wants[i] = (struct okr_cursor){wants[i].scope, wants[i].since};
    link->n_wants = n;
    link->waits = true;
    return OKR_OK;
}

/* ---- tips ---------------------------------------------------------------- */

static size_t tip_at(const struct okr_hub_soft *soft, okr_scope scope)
{
    size_t low = 0, high = soft->n_tips;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (soft->tips[mid].scope < scope)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

struct okr_hub_tip *okr_hub_soft_find_tip(struct okr_hub_soft *soft,
                                          okr_scope scope)
{
    OKR_ASSERT(soft != NULL);
    size_t at = tip_at(soft, scope);
    if (at == soft->n_tips || soft->tips[at].scope != scope)
        return NULL;
    return &soft->tips[at];
}

enum okr_err okr_hub_soft_tip(struct okr_hub_soft *soft, okr_scope scope,
                              struct okr_hub_tip **ret_tip)
{
    OKR_ASSERT(soft != NULL && scope != 0 && ret_tip != NULL);
    size_t at = tip_at(soft, scope);
    if (at == soft->n_tips || soft->tips[at].scope != scope) {
        void *tips = soft->tips;
        OKR_TRY(grow(&tips, &soft->cap_tips, soft->n_tips, sizeof *soft->tips));
        soft->tips = tips;
        memmove(&soft->tips[at + 1], &soft->tips[at],
                (soft->n_tips - at) * sizeof *soft->tips);
        soft->tips[at] = (struct okr_hub_tip){.scope = scope};
        soft->n_tips++;
    }
    *ret_tip = &soft->tips[at];
    return OKR_OK;
}

/* ---- what a turn gathers ------------------------------------------------- */

enum okr_err okr_hub_soft_wrote(struct okr_hub_soft *soft, okr_scope scope,
                                const struct okr_mark *mark)
{
    struct okr_hub_tip *tip;
    OKR_TRY(okr_hub_soft_tip(soft, scope, &tip));
    tip->dirty = true;
    soft->dirty = true;
    void *wrote = soft->wrote;
    OKR_TRY(grow(&wrote, &soft->cap_wrote, soft->n_wrote, sizeof *soft->wrote));
    soft->wrote = wrote;
    soft->wrote[soft->n_wrote++] = (struct okr_hub_wrote){scope, *mark};
    return OKR_OK;
}

enum okr_err okr_hub_soft_came(struct okr_hub_soft *soft,
                               const struct okr_id *entity)
{
    OKR_ASSERT(soft != NULL && entity != NULL);
    if (soft->n_came == OKR_HUB_CAME_MAX) {
        soft->came_more = true;
        return OKR_OK;
    }
    void *came = soft->came;
    OKR_TRY(grow(&came, &soft->cap_came, soft->n_came, sizeof *soft->came));
    soft->came = came;
    soft->came[soft->n_came++] = *entity;
    return OKR_OK;
}
