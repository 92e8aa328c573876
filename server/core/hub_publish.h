/* What goes out on PUB: events, heads, beats.  All in the flush, events
 * first, so that a Head never claims more than was handed over. */
#ifndef SERVER_CORE_HUB_PUBLISH_H
#define SERVER_CORE_HUB_PUBLISH_H

#include "server/core/hub_impl.h"

/* One Event for each public scope that this turn wrote. */
OKR_MUST_USE enum okr_err okr_hub_publish(struct okr_hub_work *work);
/* Heads that are due or wanted, and the Beat. */
OKR_MUST_USE enum okr_err okr_hub_beat(struct okr_hub_work *work);
OKR_MUST_USE enum okr_err okr_hub_send_pub(const struct okr_hub_work *work,
                                           const struct okr_msg *msg);
OKR_MUST_USE enum okr_err okr_hub_send_head(const struct okr_hub_work *work,
                                            okr_scope scope, bool checkpoint);
/* Something was published: Heads follow after 1, 2, 4 … beats, up to hourly. */
void okr_hub_heads_from_now(const struct okr_hub_work *work,
                            struct okr_hub_tip *tip);
uint32_t okr_hub_epoch(const struct okr_hub *hub); /* counter of the present */

#endif
