/* Making an invitation: the entity in the log, the secret's hash beside it. */
#include "server/shell/invite.h"

#include "common/model/dates.h"

struct row {
    const struct okr_inviting *inviting;
    struct okr_id entity;
};

/* A put that fails fails the commit: nothing is to be done about it here. */
static void put_row(void *context, struct okr_kv_txn *txn)
{
    const struct row *row = context;
    struct okr_invite invite = {.secret_hash = row->inviting->secret_hash,
                                .entity = row->entity,
                                .expires = row->inviting->expires};
    enum okr_err err = okr_invite_put(txn, row->inviting->id, &invite);
    (void)err;
}

enum okr_err okr_invite_make(struct okr_call *call, struct okr_view *view,
                             const struct okr_inviting *inviting)
{
    struct okr_ask ask;
    struct okr_payload payload;
    struct okr_submitted submitted;
    OKR_TRY(okr_call_ask(call, "add", inviting->fields, &ask));
    OKR_TRY(okr_call_compose(call, view, &ask, &payload));
    okr_view_close(view);
    if (okr_faulty(&call->fault))
        return OKR_OK;
    struct row row = {inviting, payload.entity};
    const struct okr_beside beside = {put_row, &row};
    return okr_call_submit(call, &view->person, &payload, &beside, &submitted);
}

static int64_t unit_s(uint8_t letter)
{
    return letter == 's'   ? 1
           : letter == 'm' ? 60
           : letter == 'h' ? 3600
           : letter == 'd' ? 86400
                           : 0;
}

enum okr_err okr_invite_expiry(struct okr_call *call, struct okr_slice typed,
                               int64_t max_s, okr_us *ret_expires)
{
    int64_t number = 0, unit = 0;
    size_t i = 0;
    for (;
         i < typed.len && i < 9 && typed.data[i] >= '0' && typed.data[i] <= '9';
         i++)
        number = number * 10 + (typed.data[i] - '0');
    if (i > 0 && i + 1 == typed.len)
        unit = unit_s(typed.data[i]);
    if (unit == 0 || number == 0 || number > max_s / unit) {
        okr_fault_usage(&call->fault, "give at most 24h: 30m, 2h, 24h",
                        "--expires: `%.*s` is no time that a token may live",
                        (int)typed.len, (const char *)typed.data);
        return OKR_OK;
    }
    *ret_expires = call->now + number * unit * OKR_US_PER_S;
    return OKR_OK;
}

struct okr_slice okr_invite_time(struct okr_call *call, okr_us time)
{
    char text[OKR_TIME_TEXT];
    okr_time_format(time, 0, text);
    return okr_arena_copy(call->arena, okr_slice_str(text));
}
