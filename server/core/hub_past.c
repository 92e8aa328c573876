/* History: what happened to an entity, for a site that may follow it. */
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "server/core/hub_history.h"
#include "server/core/hub_pull.h"
#include "server/core/hub_rows.h"
#include "server/core/hub_scope.h"

enum { PAGE_LEN = 64 };

/* A draft was shown to few.  Publishing moved it: what was written before
 * stays with them, and so does what the values were. */
static void leave_drafts_out(struct okr_history **rows, size_t *n)
{
    for (size_t i = *n; i-- > 0;) {
        struct okr_history *row = &(*rows)[i];
        if (row->last.verb != OKR_VERB_PUBLISH)
            continue;
        *rows += i;
        *n -= i;
        return;
    }
}

/* The youngest below `before`, as many as were asked for and fit. */
static void choose(const struct okr_history_ask *ask,
                   struct okr_history_page *page)
{
    size_t most = ask->max == 0 || ask->max > OKR_HISTORY_MAX ? OKR_HISTORY_MAX
                                                              : ask->max;
    size_t end = page->n_rows, bytes = PAGE_LEN;
    while (end > 0 && ask->before > 0 && page->rows[end - 1].lsn >= ask->before)
        end--;
    size_t from = end;
    while (from > 0 && end - from < most) {
        bytes += okr_history_size(&page->rows[from - 1]);
        if (bytes > OKR_BATCH_MAX)
            break;
        from--;
    }
    page->more = from > 0;
    page->rows += from;
    page->n_rows = end - from;
}

/* An entity of which the site may know: NOTFOUND where not. */
static enum okr_err find(const struct okr_hub_work *work,
                         const struct okr_record *site, const struct okr_id *id,
                         okr_scope *ret_home)
{
    struct okr_space space = okr_hub_space(work);
    struct okr_hub_reach reach;
    struct okr_record *record;
    OKR_TRY(okr_entity_get(&space, id, &record));
    OKR_TRY(okr_hub_reach_of(work, site, &reach));
    *ret_home = okr_record_home(record);
    return okr_hub_reaches(&reach, *ret_home) ? OKR_OK : OKR_ERR_NOTFOUND;
}

static enum okr_err answer(struct okr_hub_work *work,
                           const struct okr_hub_reader *reader, bool drafts)
{
    const struct okr_history_ask *ask = &work->event->msg->u.history;
    struct okr_space space = okr_hub_space(work);
    struct okr_msg msg = {.type = OKR_MSG_HISTORY_PAGE,
                          .dictionary = okr_hub_dictionary(ask->dictionary),
                          .request = reader->request,
                          .u.history_page = {.entity = ask->entity}};
    struct okr_history_page *page = &msg.u.history_page;
    OKR_TRY(okr_hub_history(&space, &ask->entity, &page->rows, &page->n_rows));
    if (!drafts)
        leave_drafts_out(&page->rows, &page->n_rows);
    choose(ask, page);
    okr_hub_charge(work, PAGE_LEN + 256 * page->n_rows);
    return okr_effects_send(work->fx, &reader->to, &msg);
}

enum okr_err okr_hub_on_history(struct okr_hub_work *work,
                                struct okr_record *site)
{
    const struct okr_history_ask *ask = &work->event->msg->u.history;
    struct okr_hub_reader reader = okr_hub_reader_of(work, site);
    okr_scope home;
    bool busy;
    enum okr_err err = find(work, site, &ask->entity, &home);
    if (err == OKR_ERR_NOTFOUND)
        return okr_hub_error(work, OKR_ERROR_NOT_YOURS, 0,
                             "there is no such entity for this site");
    OKR_TRY(err);
    OKR_TRY(okr_hub_busy(work, &busy));
    if (busy)
        return OKR_OK;
    return answer(work, &reader, !okr_hub_is_public(home));
}
