/* Short answers: refusals, errors, alarms. */
#include "common/base/assert.h"
#include "common/base/hex.h"
#include "server/core/hub_impl.h"

/* How long a refused site waits before it asks again. */
enum {
    RETRY_UNKNOWN_MS = 60 * 1000,
    RETRY_REFUSED_MS = 600 * 1000,
};

enum okr_err okr_hub_reply(const struct okr_hub_work *work,
                           const struct okr_msg *msg)
{
    OKR_ASSERT(work->event != NULL && msg != NULL);
    struct okr_msg answer = *msg;
    answer.request = work->event->msg != NULL ? work->event->msg->request
                                              : work->event->request;
    return okr_effects_send(work->fx, &work->event->from, &answer);
}

static uint32_t retry_ms(enum okr_refusal code)
{
    switch (code) {
    case OKR_REFUSAL_TOKEN:
        return 0; /* another token helps, waiting does not */
    case OKR_REFUSAL_UNKNOWN:
        return RETRY_UNKNOWN_MS;
    case OKR_REFUSAL_REVOKED:
    case OKR_REFUSAL_VERSION:
    case OKR_REFUSAL_HEALING:
    case OKR_REFUSAL_SITE:
        return RETRY_REFUSED_MS;
    }
    OKR_UNREACHABLE();
}

enum okr_err okr_hub_refuse(const struct okr_hub_work *work,
                            enum okr_refusal code, const char *text)
{
    OKR_ASSERT(text != NULL);
    struct okr_msg msg = {
        .type = OKR_MSG_REFUSE,
        .u.refuse = {(uint32_t)code, retry_ms(code), okr_slice_str(text)},
    };
    okr_trace(&work->hub->conf.trace, "refuse code=%d %s", (int)code, text);
    return okr_hub_reply(work, &msg);
}

enum okr_err okr_hub_error(const struct okr_hub_work *work,
                           enum okr_error_code code, uint64_t last_seq,
                           const char *text)
{
    OKR_ASSERT(text != NULL);
    struct okr_msg msg = {
        .type = OKR_MSG_ERROR,
        .u.error = {(uint32_t)code, okr_slice_str(text), last_seq},
    };
    okr_trace(&work->hub->conf.trace, "error code=%d %s", (int)code, text);
    return okr_hub_reply(work, &msg);
}

enum okr_err okr_hub_alarm(const struct okr_hub_work *work,
                           const struct okr_id *site, const char *text)
{
    OKR_ASSERT(site != NULL && text != NULL);
    char hex[OKR_ID_HEX];
    okr_id_hex(site, hex);
    struct okr_fx *fx = okr_effects_add(work->fx, OKR_FX_ALARM);
    char *line = okr_arena_printf(work->arena, "site %s: %s", hex, text);
    if (fx == NULL || line == NULL)
        return OKR_ERR_NOMEM;
    fx->id = *site;
    fx->text = okr_slice_str(line);
    okr_trace(&work->hub->conf.trace, "alarm %s", line);
    return OKR_OK;
}
