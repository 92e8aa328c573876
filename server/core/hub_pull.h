/* Pages, and pulls that wait for one. */
#ifndef SERVER_CORE_HUB_PULL_H
#define SERVER_CORE_HUB_PULL_H

#include "server/core/hub_impl.h"

/* To whom a page goes: to the sender of a message, or, later, to one whose
 * Pull waited. */
struct okr_hub_reader {
    const struct okr_record *site;
    uint64_t incarnation;
    struct okr_envelope to;
    uint32_t request;
};
/* Sends the page that `pull` asks for, or Error(NOT_YOURS). */
OKR_MUST_USE enum okr_err okr_hub_send_page(struct okr_hub_work *work,
                                            const struct okr_hub_reader *reader,
                                            const struct okr_pull *pull);

/* Who sent the message of this step. */
struct okr_hub_reader okr_hub_reader_of(struct okr_hub_work *work,
                                        const struct okr_record *site);
OKR_MUST_USE enum okr_err okr_hub_not_yours(const struct okr_hub_work *work,
                                            const struct okr_hub_reader *reader,
                                            okr_scope scope);
/* Bytes of a page, of those asked for. */
size_t okr_hub_page_bytes(uint32_t asked);

/* ---- hub_busy.c ---------------------------------------------------------- */
/* Are there more pages on order than are made in a while?  Then the sender of
 * this step's message is told when to come back. */
OKR_MUST_USE enum okr_err okr_hub_busy(struct okr_hub_work *work,
                                       bool *ret_busy);
void okr_hub_charge(struct okr_hub_work *work, size_t bytes);

/* ---- hub_wait.c ---------------------------------------------------------- */
/* Is it a pull that waits, and is there nothing for it yet? */
OKR_MUST_USE enum okr_err okr_hub_may_wait(struct okr_hub_work *work,
                                           const struct okr_pull *pull,
                                           bool *ret_may);
/* Makes it wait, if the site's link is remembered. */
OKR_MUST_USE enum okr_err okr_hub_wait(struct okr_hub_work *work,
                                       struct okr_hub_link *link,
                                       const struct okr_pull *pull);
/* Answers those for which this turn wrote something, or whose time is up. */
OKR_MUST_USE enum okr_err okr_hub_wake(struct okr_hub_work *work);

#endif
