/* A fleet that comes back at once must not keep the hub from everything else:
 * pages are made at a rate, with a burst before it bites.  Who comes too soon
 * is told Busy, each a little later than the one before. */
#include "common/base/assert.h"
#include "server/core/hub_pull.h"

enum {
    BURST_S = 8,        /* seconds' worth of pages that may be ahead */
    TURN_BYTES = 64000, /* what each that is put off is thought to want */
    BUSY_MS_MIN = 50,
    BUSY_MS_MAX = 60 * 1000,
};

static okr_us cost(const struct okr_hub *hub, size_t bytes)
{
    OKR_ASSERT(hub->conf.page_bytes_s > 0);
    return (okr_us)((uint64_t)bytes * 1000000 / hub->conf.page_bytes_s);
}

void okr_hub_charge(struct okr_hub_work *work, size_t bytes)
{
    struct okr_hub *hub = work->hub;
    if (hub->conf.page_bytes_s == 0)
        return;
    if (hub->pages_until < work->now)
        hub->pages_until = work->now;
    hub->pages_until += cost(hub, bytes);
}

enum okr_err okr_hub_busy(struct okr_hub_work *work, bool *ret_busy)
{
    struct okr_hub *hub = work->hub;
    okr_us ahead = hub->pages_until - work->now - BURST_S * (okr_us)1000000;
    *ret_busy = hub->conf.page_bytes_s > 0 && ahead > 0;
    if (!*ret_busy) {
        hub->put_off = 0;
        return OKR_OK;
    }
    okr_us ms = (ahead + (okr_us)hub->put_off * cost(hub, TURN_BYTES)) / 1000;
    hub->put_off++;
    ms = ms < BUSY_MS_MIN ? BUSY_MS_MIN : ms;
    ms = ms > BUSY_MS_MAX ? BUSY_MS_MAX : ms;
    struct okr_msg msg = {.type = OKR_MSG_BUSY,
                          .u.busy = {.retry_ms = (uint32_t)ms}};
    okr_trace(&hub->conf.trace, "busy for %lld ms", (long long)ms);
    return okr_hub_reply(work, &msg);
}
