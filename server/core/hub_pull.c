/* Pull: for each scope what is different since the site's cursor, as it is
 * now, in (elsn, id) order, a page at a time.  The server keeps nothing of
 * it: where to go on is in the next Pull. */
#include "server/core/hub_pull.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "server/core/hub_rows.h"
#include "server/core/hub_scope.h"
#include "server/store/peers.h"

/* Bytes that a page and each of its sections take beside their rows. */
enum { PAGE_LEN = 48, SECTION_LEN = 112 + OKR_ROWS_SIZE };

enum okr_err okr_hub_not_yours(const struct okr_hub_work *work,
                               const struct okr_hub_reader *reader,
                               okr_scope scope)
{
    char *text =
        okr_arena_printf(work->arena, "scope %u is not for this site", scope);
    if (text == NULL)
        return OKR_ERR_NOMEM;
    struct okr_msg msg = {
        .type = OKR_MSG_ERROR,
        .request = reader->request,
        .u.error = {.code = OKR_ERROR_NOT_YOURS,
                    .text = okr_slice_str(text),
                    .last_seq = scope},
    };
    okr_trace(&work->hub->conf.trace, "refused: %s", text);
    return okr_effects_send(work->fx, &reader->to, &msg);
}

/* Says so where the site may not follow a scope that it asks for. */
static enum okr_err check_reach(const struct okr_hub_work *work,
                                const struct okr_hub_reader *reader,
                                const struct okr_pull *pull, bool *ret_in)
{
    struct okr_hub_reach reach;
    OKR_TRY(okr_hub_reach_of(work, reader->site, &reach));
    *ret_in = false;
    for (size_t i = 0; i < pull->n_wants; i++)
        if (!okr_hub_reaches(&reach, pull->wants[i].scope))
            return okr_hub_not_yours(work, reader, pull->wants[i].scope);
    *ret_in = true;
    return OKR_OK;
}

/* Fills one section; `walk` has what room there is.  `*ret_bytes`: what it
 * takes of that. */
static enum okr_err make_section(struct okr_hub_work *work,
                                 const struct okr_want *want,
                                 struct okr_hub_walk walk,
                                 struct okr_section *section, size_t *ret_bytes)
{
    walk.scope = want->scope;
    walk.since = want->since;
    walk.after_elsn = want->after_elsn;
    walk.after_id = want->after_id;
    struct okr_scope_row scope;
    struct okr_hub_rows rows;
    OKR_TRY(okr_scope_get(work->txn, want->scope, &scope));
    OKR_TRY(okr_hub_rows(work, &walk, &rows));
    *ret_bytes = SECTION_LEN + rows.bytes;
    *section = (struct okr_section){
        .scope = want->scope,
        .since = want->since,
        .rows = rows.at,
        .n_rows = rows.n,
        .more = rows.more,
        .upto = want->upto != 0 ? want->upto : scope.head,
        .head = scope.head,
    };
    if (!rows.more) {
        section->digest = scope.digest;
        return OKR_OK;
    }
    /* Nothing fitted: the token stays what it was. */
    section->token_elsn = want->after_elsn;
    section->token_id = want->after_id;
    if (rows.n > 0) {
        section->token_elsn = rows.at[rows.n - 1].elsn;
        section->token_id = rows.at[rows.n - 1].id;
    }
    return OKR_OK;
}

size_t okr_hub_page_bytes(uint32_t asked)
{
    return asked < OKR_BATCH_MAX ? asked : (size_t)OKR_BATCH_MAX;
}

/* Sections in the order asked, until the page is full; what did not fit is
 * asked for again. */
static enum okr_err fill(struct okr_hub_work *work, const struct okr_pull *pull,
                         struct okr_page *page)
{
    size_t most = okr_hub_page_bytes(pull->bytes_max);
    size_t used = PAGE_LEN, n_rows = 0, bytes;
    struct okr_row_meter meter = {.seen = {{{0}}}};
    page->sections =
        okr_arena_array(work->arena, pull->n_wants, sizeof *page->sections);
    if (page->sections == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < pull->n_wants; i++) {
        struct okr_section *section = &page->sections[i];
        size_t room = used + SECTION_LEN < most ? most - used - SECTION_LEN : 0;
        if (i > 0 && room == 0)
            break;
        const struct okr_hub_walk walk = {
            .room = room, .first = n_rows == 0, .meter = &meter};
        OKR_TRY(make_section(work, &pull->wants[i], walk, section, &bytes));
        if (section->more && section->n_rows == 0)
            break; /* not even begun: the site knows where it was */
        page->n_sections++;
        used += bytes;
        n_rows += section->n_rows;
        if (section->more)
            break;
    }
    OKR_ASSERT(page->n_sections > 0);
    okr_hub_charge(work, used);
    return OKR_OK;
}

static void trace_page(const struct okr_hub_work *work,
                       const struct okr_hub_reader *reader,
                       const struct okr_page *page)
{
    size_t rows = 0;
    bool more = false;
    char site[OKR_ID_HEX];
    okr_id_hex(&reader->site->id, site);
    for (size_t i = 0; i < page->n_sections; i++) {
        rows += page->sections[i].n_rows;
        more = more || page->sections[i].more;
    }
    okr_trace(&work->hub->conf.trace, "page site=%.8s sections=%zu rows=%zu%s",
              site, page->n_sections, rows, more ? " more" : "");
}

enum okr_err okr_hub_send_page(struct okr_hub_work *work,
                               const struct okr_hub_reader *reader,
                               const struct okr_pull *pull)
{
    OKR_ASSERT(reader->site != NULL && pull->n_wants > 0);
    bool in;
    OKR_TRY(check_reach(work, reader, pull, &in));
    if (!in)
        return OKR_OK;
    struct okr_msg msg = {.type = OKR_MSG_PAGE,
                          .request = reader->request,
                          .dictionary = okr_hub_dictionary(pull->dictionary)};
    OKR_TRY(fill(work, pull, &msg.u.page));
    if (reader->incarnation != 0) {
        struct okr_peer peer;
        OKR_TRY(okr_peer_get(work->txn, &reader->site->id, reader->incarnation,
                             &peer));
        msg.u.page.own_seq = peer.last_seq;
    }
    trace_page(work, reader, &msg.u.page);
    return okr_effects_send(work->fx, &reader->to, &msg);
}

struct okr_hub_reader okr_hub_reader_of(struct okr_hub_work *work,
                                        const struct okr_record *site)
{
    const struct okr_hub_link *link =
        okr_hub_soft_find(&work->hub->soft, &site->id);
    return (struct okr_hub_reader){
        .site = site,
        .incarnation = link != NULL ? link->incarnation : 0,
        .to = work->event->from,
        .request = work->event->msg->request,
    };
}

enum okr_err okr_hub_on_pull(struct okr_hub_work *work, struct okr_record *site)
{
    const struct okr_pull *pull = &work->event->msg->u.pull;
    if (pull->n_wants == 0 || pull->n_wants > OKR_SCOPES_PER_PULL_MAX)
        return okr_hub_error(work, OKR_ERROR_LIMIT, 0,
                             "a pull names 1 to 512 scopes");
    struct okr_hub_link *link = okr_hub_soft_find(&work->hub->soft, &site->id);
    struct okr_hub_reader reader = okr_hub_reader_of(work, site);
    bool in, may = false, busy;
    if (link != NULL) {
        link->waits = false; /* this Pull takes the place of the one before */
        OKR_TRY(check_reach(work, &reader, pull, &in));
        if (!in)
            return OKR_OK;
        OKR_TRY(okr_hub_may_wait(work, pull, &may));
    }
    if (may)
        return okr_hub_wait(work, link, pull);
    OKR_TRY(okr_hub_busy(work, &busy));
    return busy ? OKR_OK : okr_hub_send_page(work, &reader, pull);
}
