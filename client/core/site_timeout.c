/* What becomes due, and the server's wish to be left alone for a while. */
#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"

#define MS ((okr_us)1000)
#define SILENT_MAX 4 /* time-outs in a row, then the link is given up */
#define DOUBLINGS_MAX 6
#define PULL_BYTES_MIN 4096

okr_us okr_site_patience(const struct okr_site *site, unsigned tries)
{
    okr_us least = site->conf.pull_ms_min * MS;
    okr_us patience = 3 * site->rtt > least ? 3 * site->rtt : least;
    OKR_ASSERT(patience > 0);
    return patience << (tries < DOUBLINGS_MAX ? tries : DOUBLINGS_MAX);
}

enum okr_err okr_site_timed_out(struct okr_turn *turn, bool *ret_given_up)
{
    struct okr_site *site = turn->site;
    site->silent++;
    okr_trace(&site->conf.trace, "no answer, %u in a row", site->silent);
    *ret_given_up = site->silent >= SILENT_MAX;
    if (!*ret_given_up)
        return OKR_OK;
    return okr_link_take(turn, OKR_HAPPENING_LOST, NULL);
}

static enum okr_err page_is_late(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    bool given_up;
    OKR_ASSERT(site->pull.open);
    site->pull.tries++;
    site->pull.bytes_max = PULL_BYTES_MIN;
    okr_site_pull_close(site, turn->now);
    return okr_site_timed_out(turn, &given_up);
}

static enum okr_err answer_is_late(struct okr_turn *turn)
{
    bool given_up;
    turn->site->push_tries++;
    OKR_TRY(okr_site_timed_out(turn, &given_up));
    return given_up ? OKR_OK : okr_site_resend(turn, false);
}

/* Nothing at all came on SUB: what it would have said is asked for, and the
 * socket is built anew. */
static enum okr_err sub_is_silent(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    OKR_ASSERT(!site->conf.thin);
    okr_trace(&site->conf.trace, "SUB is silent, built anew");
    site->rebuilds++;
    okr_site_heard(turn);
    for (size_t i = 0; i < site->n_scopes; i++)
        okr_site_want(site, &site->scopes[i], turn->now);
    return okr_site_subscribe(turn, true);
}

enum okr_err okr_site_timeouts(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    okr_us now = turn->now;
    if (site->at[OKR_AT_CALL] <= now)
        return okr_link_take(turn, OKR_HAPPENING_LOST, NULL);
    if (site->at[OKR_AT_HELLO] <= now)
        return okr_link_take(turn, OKR_HAPPENING_SILENCE, NULL);
    if (site->at[OKR_AT_PAGE] <= now)
        OKR_TRY(page_is_late(turn));
    if (site->at[OKR_AT_PUSH] <= now)
        OKR_TRY(answer_is_late(turn));
    if (site->at[OKR_AT_PARKED] <= now)
        OKR_TRY(okr_site_resend(turn, true));
    if (site->at[OKR_AT_SILENCE] <= now)
        OKR_TRY(sub_is_silent(turn));
    return OKR_OK;
}

/* ---- Busy and Error ------------------------------------------------------ */

enum okr_err okr_site_busy(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    okr_us pause = msg->u.busy.retry_ms * MS;
    okr_us at = turn->now + pause + okr_site_jitter(site, pause);
    okr_trace(&site->conf.trace, "busy for %u ms",
              (unsigned)msg->u.busy.retry_ms);
    if (site->phase == OKR_PHASE_HELLO) {
        site->at[OKR_AT_HELLO] = at;
        site->hello_tries = 0;
        return OKR_OK;
    }
    bool history;
    OKR_TRY(okr_site_history_denied(turn, msg->request, &history));
    if (history)
        return OKR_OK;
    if (site->pull.open && msg->request == site->pull.request)
        okr_site_pull_close(site, at);
    else if (site->flight > 0)
        site->at[OKR_AT_PUSH] = at;
    return OKR_OK;
}

static enum okr_err is_push(struct okr_turn *turn, uint32_t request,
                            bool *ret_is)
{
    struct okr_pushed_out *rows;
    size_t n;
    OKR_TRY(okr_site_pushes(turn->txn, turn->arena, &rows, &n));
    *ret_is = false;
    for (size_t i = 0; i < n; i++)
        if (okr_site_push_request(turn->site, rows[i].first_seq) == request)
            *ret_is = true;
    return OKR_OK;
}

enum okr_err okr_site_error(struct okr_turn *turn, const struct okr_msg *msg)
{
    struct okr_site *site = turn->site;
    const struct okr_error_msg *error = &msg->u.error;
    bool push, history;
    okr_trace(&site->conf.trace, "error %u", (unsigned)error->code);
    OKR_TRY(okr_site_history_denied(turn, msg->request, &history));
    if (history)
        return OKR_OK;
    if (error->code == OKR_ERROR_HELLO)
        return okr_link_take(turn, OKR_HAPPENING_AGAIN, NULL);
    if (site->pull.open && msg->request == site->pull.request)
        return okr_site_pull_error(turn, error);
    OKR_TRY(is_push(turn, msg->request, &push));
    return push ? okr_site_push_error(turn, error) : OKR_OK;
}
