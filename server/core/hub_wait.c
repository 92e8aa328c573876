/* Long polls: a Pull that finds nothing new waits for it, for as long as the
 * site said.  One a site; soft state, lost when the hub is loaded anew. */
#include "common/base/assert.h"
#include "server/core/hub_pull.h"

enum { WAIT_MAX_S = 300 };

enum okr_err okr_hub_may_wait(struct okr_hub_work *work,
                              const struct okr_pull *pull, bool *ret_may)
{
    *ret_may = false;
    if (pull->wait_s == 0)
        return OKR_OK;
    for (size_t i = 0; i < pull->n_wants; i++) {
        const struct okr_want *want = &pull->wants[i];
        struct okr_scope_row row;
        if (want->after_elsn != 0 || want->scope == 0)
            return OKR_OK;
        OKR_TRY(okr_scope_get(work->txn, want->scope, &row));
        if (row.head > want->since)
            return OKR_OK;
    }
    *ret_may = true;
    return OKR_OK;
}

enum okr_err okr_hub_wait(struct okr_hub_work *work, struct okr_hub_link *link,
                          const struct okr_pull *pull)
{
    OKR_ASSERT(work->event != NULL && pull->wait_s > 0);
    struct okr_hub_soft *soft = &work->hub->soft;
    uint32_t wait_s = pull->wait_s < WAIT_MAX_S ? pull->wait_s : WAIT_MAX_S;
    OKR_TRY(okr_hub_soft_wait(link, pull->wants, pull->n_wants));
    link->request = work->event->msg->request;
    link->bytes_max = pull->bytes_max;
    link->dictionary = pull->dictionary;
    link->until = work->now + (okr_us)wait_s * 1000000;
    if (link->until < soft->wait_until)
        soft->wait_until = link->until;
    return OKR_OK;
}

static bool is_due(struct okr_hub_work *work, const struct okr_hub_link *link)
{
    if (!link->waits || link->until <= work->now)
        return link->waits;
    for (size_t i = 0; i < link->n_wants; i++) {
        const struct okr_hub_tip *tip =
            okr_hub_soft_find_tip(&work->hub->soft, link->wants[i].scope);
        if (tip != NULL && tip->dirty)
            return true;
    }
    return false;
}

static enum okr_err answer(struct okr_hub_work *work, struct okr_hub_link *link)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_record *site;
    OKR_ASSERT(link->waits);
    link->waits = false;
    enum okr_err err = okr_entity_get(&space, &link->site, &site);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    struct okr_want *wants =
        okr_arena_array(work->arena, link->n_wants, sizeof *wants);
    if (wants == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < link->n_wants; i++)
        wants[i] = (struct okr_want){.scope = link->wants[i].scope,
                                     .since = link->wants[i].lsn};
    struct okr_pull pull = {.wants = wants,
                            .n_wants = link->n_wants,
                            .bytes_max = link->bytes_max,
                            .dictionary = link->dictionary};
    struct okr_hub_reader reader = {site, link->incarnation, link->last,
                                    link->request};
    return okr_hub_send_page(work, &reader, &pull);
}

enum okr_err okr_hub_wake(struct okr_hub_work *work)
{
    struct okr_hub_soft *soft = &work->hub->soft;
    if (soft->wait_until == OKR_NEVER ||
        (!soft->dirty && soft->wait_until > work->now))
        return OKR_OK;
    okr_us next = OKR_NEVER;
    for (size_t i = 0; i < soft->n_links; i++) {
        struct okr_hub_link *link = &soft->links[i];
        if (is_due(work, link))
            OKR_TRY(answer(work, link));
        if (link->waits && link->until < next)
            next = link->until;
    }
    soft->wait_until = next;
    return OKR_OK;
}
