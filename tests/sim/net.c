/* The network: connections that break, messages that get lost, come twice or
 * late, and a PUB that loses bursts and tails without saying so. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "tests/sim/sim.h"

static void deliver(struct sim_world *w, okr_us at, int to,
                    const struct sim_frame *frame)
{
    uint8_t *copy = malloc(frame->len + 1);
    OKR_ASSERT(copy != NULL);
    memcpy(copy, frame->bytes, frame->len);
    struct sim_event *event = sim_at(w, at, SIM_DELIVER, to);
    event->frame = *frame;
    event->frame.bytes = copy;
}

void sim_send(struct sim_world *w, int from, int to, unsigned link,
              struct okr_slice bytes)
{
    const struct sim_faults *f = &w->faults;
    struct sim_frame frame = {.len = bytes.len, .link = link, .from = from};
    uint8_t *copy = malloc(bytes.len + 1);
    OKR_ASSERT(copy != NULL && (from < 0) != (to < 0));
    memcpy(copy, bytes.data, bytes.len);
    frame.bytes = copy;
    if (sim_chance(w, f->drop)) {
        w->counts->drops++;
    } else {
        okr_us delay = sim_between(w, f->delay_min, f->delay_max);
        /* Usually in order, as TCP has it; sometimes far behind, as a message
         * of a connection that was thought dead. */
        if (sim_chance(w, f->reorder)) {
            delay *= 10;
            w->counts->reorders++;
        }
        deliver(w, w->now + delay, to, &frame);
        if (sim_chance(w, f->duplicate)) {
            w->counts->duplicates++;
            deliver(w, w->now + delay * 3, to, &frame);
        }
    }
    free(copy);
}

static bool wants(const struct sim_site *site, okr_scope scope, bool beat)
{
    if (beat)
        return site->beat;
    for (size_t i = 0; i < site->n_subscribed; i++)
        if (site->subscribed[i] == scope)
            return true;
    return false;
}

void sim_publish(struct sim_world *w, okr_scope scope, bool beat,
                 struct okr_slice bytes)
{
    const struct sim_faults *f = &w->faults;
    for (int i = 0; i < w->n_sites; i++) {
        struct sim_site *site = &w->sites[i];
        if (!site->up || !site->linked || !wants(site, scope, beat))
            continue;
        if (site->revoked)
            sim_fail(w, 18, "an event for site %d, which is revoked", i);
        if (sim_chance(w, f->pub_drop) && site->pub_deaf_until < w->now)
            site->pub_deaf_until = w->now + sim_around(w, 20 * SIM_SECOND);
        if (site->pub_deaf_until > w->now) {
            w->counts->pub_drops++;
            continue;
        }
        okr_us at = w->now + sim_between(w, f->delay_min, f->delay_max);
        if (at < site->pub_last && !sim_chance(w, f->reorder))
            at = site->pub_last + 1;
        site->pub_last = at > site->pub_last ? at : site->pub_last;
        uint8_t copy[OKR_FRAME_MAX];
        OKR_ASSERT(bytes.len <= sizeof copy);
        memcpy(copy, bytes.data, bytes.len);
        struct sim_frame frame = {
            .bytes = copy, .len = bytes.len, .pub = true, .link = site->link};
        deliver(w, at, i, &frame);
    }
}
