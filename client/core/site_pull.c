/* Pulls and pages: one in flight, small at first, resumed at their token. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/codec/squeeze.h"

#define S ((okr_us)1000000)
#define BYTES_MIN 4096u
#define RATE_BYTES_MIN 512 /* less says nothing about the rate */
#define PAGE_US (10 * S)   /* of link time a page may take */
#define POLL_S 60u
#define POLL_PAUSE (15 * S) /* after a poll that was not held */
#define ERROR_PAUSE (60 * S)

/* ---- asking -------------------------------------------------------------- */

void okr_site_pull_close(struct okr_site *site, okr_us again_at)
{
    site->pull.open = false;
    site->at[OKR_AT_PAGE] = OKR_NEVER;
    for (size_t i = 0; i < site->n_scopes; i++) {
        struct okr_site_scope *entry = &site->scopes[i];
        if (entry->asked)
            okr_site_want(site, entry, again_at);
        entry->asked = false;
    }
    if (okr_site_repair_due(site) != NULL)
        site->at[OKR_AT_PULL] = again_at;
}

static enum okr_err ask_for(struct okr_turn *turn, struct okr_site_scope *entry,
                            struct okr_want *ret_want)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    entry->asked = true;
    entry->since = row.cursor;
    *ret_want = (struct okr_want){.scope = entry->scope,
                                  .since = row.cursor,
                                  .after_elsn = row.token_elsn};
    if (row.token_elsn != 0) {
        ret_want->after_id = row.token_id;
        ret_want->upto = row.upto;
    }
    return OKR_OK;
}

/* Is the scope of the poll: all in thin mode, else those that never come by
 * event. */
static bool is_polled(const struct okr_site *site,
                      const struct okr_site_scope *entry)
{
    return !entry->denied && !entry->repair &&
           (site->conf.thin || !okr_site_is_public(entry->scope));
}

static enum okr_err list_wants(struct okr_turn *turn, bool poll,
                               struct okr_pull *pull)
{
    struct okr_site *site = turn->site;
    pull->wants =
        okr_arena_array(turn->arena, site->n_scopes, sizeof *pull->wants);
    if (pull->wants == NULL)
        return OKR_ERR_NOMEM;
    bool all = true;
    for (size_t i = 0; i < site->n_scopes; i++) {
        struct okr_site_scope *entry = &site->scopes[i];
        bool due =
            poll ? is_polled(site, entry) : entry->want && !entry->repair;
        all = all && (due || entry->denied);
        if (due && pull->n_wants < OKR_SCOPES_PER_PULL_MAX)
            OKR_TRY(ask_for(turn, entry, &pull->wants[pull->n_wants++]));
    }
    if (site->pull.round)
        return OKR_OK;
    site->pull.round = true;
    site->pull.round_all = all;
    site->pull.round_paged = false;
    return OKR_OK;
}

enum okr_err okr_site_pull_send(struct okr_turn *turn, struct okr_msg *msg,
                                uint32_t wait_s)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(!site->pull.open);
    site->request = UINT32_C(0x80000000) | (site->request + 1);
    site->pull.open = true;
    site->pull.request = msg->request = site->request;
    site->pull.wait_s = wait_s;
    site->pull.sent_at = turn->now;
    site->at[OKR_AT_PULL] = site->at[OKR_AT_POLL] = OKR_NEVER;
    site->at[OKR_AT_PAGE] = turn->now + site->pull.wait_s * S +
                            okr_site_patience(site, site->pull.tries);
    return okr_effects_send(turn->fx, NULL, msg);
}

static enum okr_err send_pull(struct okr_turn *turn, bool poll)
{
    struct okr_site *site = turn->site;
    struct okr_msg msg = {.type = OKR_MSG_PULL,
                          .u.pull = {.bytes_max = site->pull.bytes_max,
                                     .wait_s = poll ? POLL_S : 0,
                                     .dictionary = OKR_DICTIONARY}};
    OKR_TRY(list_wants(turn, poll, &msg.u.pull));
    OKR_ASSERT(msg.u.pull.n_wants > 0);
    okr_trace(&site->conf.trace, "pull: %zu scopes, %u bytes, wait %u s",
              msg.u.pull.n_wants, (unsigned)msg.u.pull.bytes_max,
              (unsigned)msg.u.pull.wait_s);
    return okr_site_pull_send(turn, &msg, msg.u.pull.wait_s);
}

/* A poll only waits: what is wanted now goes first, and its page, should it
 * still come, carries an old number. */
static void give_poll_up(struct okr_site *site)
{
    okr_trace(&site->conf.trace, "poll given up");
    OKR_ASSERT(!site->pull.round_paged);
    site->pull.round = false; /* it was the first of its round */
    for (size_t i = 0; i < site->n_scopes; i++)
        site->scopes[i].asked = false;
    okr_site_pull_close(site, OKR_NEVER);
}

enum okr_err okr_site_pull(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    if (!okr_link_is_up(site))
        return OKR_OK;
    bool wanting = okr_site_wanting(site);
    if (!wanting)
        site->at[OKR_AT_PULL] = OKR_NEVER;
    bool due = wanting && site->at[OKR_AT_PULL] <= turn->now;
    if (site->pull.open && site->pull.wait_s > 0 && due)
        give_poll_up(site);
    if (site->pull.open)
        return OKR_OK;
    struct okr_site_scope *repair = okr_site_repair_due(site);
    if (due && repair != NULL)
        return okr_site_repair_ask(turn, repair);
    if (due)
        return send_pull(turn, false);
    bool any = false;
    for (size_t i = 0; i < site->n_scopes; i++)
        any = any || is_polled(site, &site->scopes[i]);
    if (wanting || !any)
        return OKR_OK;
    if (site->at[OKR_AT_POLL] == OKR_NEVER)
        site->at[OKR_AT_POLL] = turn->now;
    return site->at[OKR_AT_POLL] <= turn->now ? send_pull(turn, true) : OKR_OK;
}

/* ---- a page -------------------------------------------------------------- */

static void measure(struct okr_turn *turn, const struct okr_page *page)
{
    struct okr_site *site = turn->site;
    uint64_t bytes = 0;
    struct okr_row_meter meter = {.seen = {{{0}}}};
    for (size_t i = 0; i < page->n_sections; i++)
        for (size_t k = 0; k < page->sections[i].n_rows; k++)
            bytes += okr_row_size(&page->sections[i].rows[k], &meter);
    if (bytes < RATE_BYTES_MIN || site->pull.wait_s > 0)
        return;
    okr_us took = turn->now - site->pull.sent_at;
    if (took < 1000)
        took = 1000;
    uint64_t next = bytes * PAGE_US / (uint64_t)took;
    if (next < BYTES_MIN)
        next = BYTES_MIN;
    if (next > OKR_BATCH_MAX)
        next = OKR_BATCH_MAX;
    site->pull.bytes_max = (uint32_t)next;
}

/* Paging goes on behind the token, which has to move. */
static enum okr_err section_goes_on(struct okr_turn *turn,
                                    struct okr_site_scope *entry,
                                    const struct okr_section *section)
{
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    int order = section->token_elsn > row.token_elsn ? 1
                : section->token_elsn < row.token_elsn
                    ? -1
                    : okr_id_cmp(&section->token_id, &row.token_id);
    if (section->token_elsn == 0 || order <= 0) {
        okr_site_want(turn->site, entry, turn->now + ERROR_PAUSE);
        return okr_site_raise(turn, OKR_SITE_ALARM_ODD);
    }
    if (row.token_elsn == 0)
        row.upto = section->upto;
    row.token_elsn = section->token_elsn;
    row.token_id = section->token_id;
    OKR_TRY(okr_site_scope_put(turn, entry, &row));
    okr_site_want(turn->site, entry, turn->now);
    return OKR_OK;
}

static enum okr_err section_ends(struct okr_turn *turn,
                                 struct okr_site_scope *entry,
                                 const struct okr_section *section)
{
    struct okr_site *site = turn->site;
    struct okr_scope_row row;
    OKR_TRY(okr_scope_get(turn->txn, entry->scope, &row));
    row.token_elsn = row.upto = 0;
    row.token_id = (struct okr_id){{0}};
    /* An event may have been faster than the page: the cursor never goes
     * back, and an older digest says nothing. */
    bool at_head = section->head >= row.cursor;
    if (at_head)
        row.cursor = section->head;
    entry->ended = true;
    entry->want = false;
    OKR_TRY(okr_site_scope_put(turn, entry, &row));
    if (entry->head > entry->cursor)
        okr_site_want(site, entry, turn->now);
    bool agree;
    return at_head ? okr_site_compare(turn, entry, &section->digest, &agree)
                   : OKR_OK;
}

static enum okr_err take_section(struct okr_turn *turn,
                                 const struct okr_section *section)
{
    struct okr_site *site = turn->site;
    struct okr_site_scope *entry = okr_site_scope(site, section->scope);
    if (entry == NULL || !entry->asked || entry->since != section->since) {
        okr_trace(&site->conf.trace, "section of scope %u was not asked for",
                  (unsigned)section->scope);
        return OKR_OK;
    }
    struct okr_site_rows rows = {.scope = section->scope,
                                 .rows = section->rows,
                                 .n = section->n_rows,
                                 .page = true};
    OKR_TRY(okr_site_apply(turn, &rows));
    okr_trace(&site->conf.trace, "page: scope %u from %llu, %zu rows%s",
              (unsigned)section->scope, (unsigned long long)section->since,
              section->n_rows, section->more ? ", more" : "");
    entry->asked = false;
    return section->more ? section_goes_on(turn, entry, section)
                         : section_ends(turn, entry, section);
}

enum okr_err okr_site_round_end(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    struct okr_site_pull *pull = &site->pull;
    if (!pull->round || !pull->round_paged || pull->open ||
        okr_site_wanting(site))
        return OKR_OK;
    pull->round = false;
    if (!pull->round_all)
        return OKR_OK;
    okr_trace(&site->conf.trace, "pulled everything, seq %llu is taken",
              (unsigned long long)pull->round_seq);
    OKR_TRY(okr_site_taken(turn, pull->round_seq, NULL));
    return okr_site_fresh(turn, okr_site_server_time(site, turn->now));
}

enum okr_err okr_site_page(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    const struct okr_page *page = &msg->u.page;
    if (!site->pull.open || msg->request != site->pull.request) {
        okr_trace(&site->conf.trace, "late page %u", (unsigned)msg->request);
        return OKR_OK;
    }
    if (msg->type == OKR_MSG_REPAIRED)
        return okr_site_repaired(turn, msg);
    measure(turn, page);
    bool poll = site->pull.wait_s > 0;
    bool quick = turn->now - site->pull.sent_at < S;
    size_t rows = 0;
    site->pull.tries = 0;
    for (size_t i = 0; i < page->n_sections; i++) {
        rows += page->sections[i].n_rows;
        OKR_TRY(take_section(turn, &page->sections[i]));
    }
    /* Sections that did not fit any more come next; a page without any would
     * have us ask for ever. */
    okr_site_pull_close(site,
                        turn->now + (page->n_sections == 0 ? ERROR_PAUSE : 0));
    if (poll && quick && rows == 0)
        site->at[OKR_AT_POLL] = turn->now + POLL_PAUSE;
    if (!site->pull.round_paged)
        site->pull.round_seq = page->own_seq;
    site->pull.round_paged = true;
    struct okr_page brought = *page;
    return okr_site_taken(turn, page->own_seq, &brought);
}

/* ---- errors -------------------------------------------------------------- */

/* A scope that is not for this site (any more): the error names it in
 * `last_seq`.  The directory, which says so too, is asked for first. */
static void not_yours(struct okr_turn *turn, uint64_t scope)
{
    struct okr_site *site = turn->site;
    struct okr_site_scope *entry =
        scope <= UINT32_MAX ? okr_site_scope(site, (okr_scope)scope) : NULL;
    if (entry == NULL || !(entry->asked || entry->repair)) {
        okr_site_pull_close(site, turn->now + ERROR_PAUSE);
        return;
    }
    okr_trace(&site->conf.trace, "scope %u is not ours",
              (unsigned)entry->scope);
    entry->asked = entry->want = entry->repair = false;
    entry->denied = true;
    okr_site_pull_close(site, turn->now);
}

enum okr_err okr_site_pull_error(struct okr_turn *turn,
                                 const struct okr_error_msg *error)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(site->pull.open);
    if (error->code == OKR_ERROR_NOT_YOURS) {
        not_yours(turn, error->last_seq);
        return OKR_OK;
    }
    okr_site_pull_close(site, turn->now + ERROR_PAUSE);
    site->pull.bytes_max = BYTES_MIN;
    return okr_site_raise(turn, OKR_SITE_ALARM_ODD);
}
