/* Pushes: made once, stored, sent, and resent as they are. */
#include <string.h>

#include "client/core/site_impl.h"
#include "client/core/site_work.h"
#include "common/base/assert.h"
#include "common/store/meta.h"

#define OP_OVERHEAD 192 /* bytes of an operation beside its payload, at most */
#define PUSH_OVERHEAD 256
#define US_PER_BYTE 1000 /* of a link so slow that it carries 1 kB/s */
#define PARKED_PAUSE (3600 * (okr_us)1000000)

enum okr_err okr_site_pushes(struct okr_kv_txn *txn, struct okr_arena *arena,
                             struct okr_pushed_out **ret_rows, size_t *ret_n)
{
    uint64_t count;
    OKR_TRY(okr_kv_count(txn, OKR_TABLE_PUSH, &count));
    OKR_ASSERT(count < SIZE_MAX);
    return okr_push_list(txn, (size_t)count + 1, arena, ret_rows, ret_n);
}

enum okr_err okr_site_count_pushes(struct okr_site *site,
                                   struct okr_kv_txn *txn,
                                   struct okr_arena *arena)
{
    struct okr_pushed_out *rows;
    size_t n;
    OKR_TRY(okr_site_pushes(txn, arena, &rows, &n));
    site->flight = site->parked = 0;
    site->flight_bytes = 0;
    for (size_t i = 0; i < n; i++) {
        if (rows[i].answered) {
            site->parked++;
            continue;
        }
        site->flight++;
        site->flight_bytes += rows[i].frame.len;
    }
    OKR_ASSERT(site->flight <= OKR_PUSH_FLIGHT_MAX);
    return OKR_OK;
}

/* Numbers of pushes have no top bit, and differ between incarnations. */
uint32_t okr_site_push_request(const struct okr_site *site, uint64_t first_seq)
{
    OKR_ASSERT(first_seq > 0);
    return (uint32_t)((site->incarnation >> 33) ^ first_seq) & 0x7fffffff;
}

void okr_site_push_timers(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    site->at[OKR_AT_PUSH] = OKR_NEVER;
    if (site->parked == 0 || !okr_link_is_up(site))
        site->at[OKR_AT_PARKED] = OKR_NEVER;
    if (!okr_link_is_up(site))
        return;
    if (site->flight > 0)
        site->at[OKR_AT_PUSH] = turn->now +
                                okr_site_patience(site, site->push_tries) +
                                (okr_us)site->flight_bytes * US_PER_BYTE;
    /* Other pushes and their answers do not put it off. */
    if (site->parked > 0 && site->at[OKR_AT_PARKED] == OKR_NEVER)
        site->at[OKR_AT_PARKED] = turn->now + PARKED_PAUSE;
}

/* ---- sending ------------------------------------------------------------- */

static enum okr_err send_frame(struct okr_turn *turn, struct okr_slice frame)
{
    struct okr_fx *fx = okr_effects_add(turn->fx, OKR_FX_SEND_RAW);
    OKR_ASSERT(frame.len > 0);
    if (fx == NULL)
        return OKR_ERR_NOMEM;
    fx->frame = frame;
    return OKR_OK;
}

enum okr_err okr_site_resend(struct okr_turn *turn, bool parked)
{
    struct okr_site *site = turn->site;
    struct okr_pushed_out *rows;
    size_t n;
    OKR_ASSERT(okr_link_is_up(site));
    if (site->flight == 0 && (site->parked == 0 || !parked))
        return OKR_OK;
    OKR_TRY(okr_site_pushes(turn->txn, turn->arena, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        if (rows[i].answered && !parked)
            continue;
        okr_trace(&site->conf.trace, "push %llu-%llu again",
                  (unsigned long long)rows[i].first_seq,
                  (unsigned long long)rows[i].last_seq);
        OKR_TRY(send_frame(turn, rows[i].frame));
    }
    if (parked)
        site->at[OKR_AT_PARKED] = OKR_NEVER; /* begins anew */
    okr_site_push_timers(turn);
    return OKR_OK;
}

/* ---- making -------------------------------------------------------------- */

/* META bytes of a hash; zero where there is none yet. */
static enum okr_err meta_hash(struct okr_turn *turn, const char *name,
                              struct okr_hash *ret_hash)
{
    struct okr_slice value;
    *ret_hash = (struct okr_hash){{0}};
    enum okr_err err = okr_meta_get(turn->txn, name, turn->arena, &value);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    if (value.len != sizeof ret_hash->b)
        return OKR_ERR_CORRUPT;
    memcpy(ret_hash->b, value.data, value.len);
    return OKR_OK;
}

/* How many of the rows fit into one push. */
static size_t fitting(const struct okr_out *rows, size_t n)
{
    size_t bytes = PUSH_OVERHEAD, fit = 0;
    while (fit < n) {
        bytes += rows[fit].op.payload.len + OP_OVERHEAD;
        if (fit > 0 && bytes > OKR_BATCH_MAX)
            break;
        fit++;
    }
    OKR_ASSERT(fit > 0);
    return fit;
}

/* Fills in and signs the push of `rows`; `ret_hash` names it to the next. */
static enum okr_err sign_push(struct okr_turn *turn, struct okr_push *push,
                              struct okr_hash *ret_hash)
{
    const struct okr_site *site = turn->site;
    struct okr_push_ground ground = {.org = site->conf.org,
                                     .site = site->conf.site};
    OKR_TRY(meta_hash(turn, "last_push", &ground.prev));
    OKR_TRY(okr_meta_u64(turn->txn, "seen_size", &push->seen_size));
    if (push->seen_size > 0)
        OKR_TRY(meta_hash(turn, "seen_root", &ground.seen_root));
    memcpy(push->prev8, ground.prev.b, sizeof push->prev8);
    memcpy(push->seen_root8, ground.seen_root.b, sizeof push->seen_root8);
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    okr_layout_push(push, &ground, layout);
    push->sig =
        okr_sign(site->conf.site_key, okr_slice_of(layout, sizeof layout));
    *ret_hash = okr_layout_push_hash(layout);
    return OKR_OK;
}

static enum okr_err encode_push(struct okr_turn *turn, struct okr_out *rows,
                                size_t n, struct okr_pushed_out *ret_push)
{
    struct okr_msg *msg = okr_arena_alloc(turn->arena, sizeof *msg);
    struct okr_op *ops = okr_arena_array(turn->arena, n, sizeof *ops);
    if (msg == NULL || ops == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        ops[i] = rows[i].op;
    msg->type = OKR_MSG_PUSH;
    msg->request = okr_site_push_request(turn->site, rows[0].seq);
    msg->u.push = (struct okr_push){.incarnation = turn->site->incarnation,
                                    .first_seq = rows[0].seq,
                                    .ops = ops,
                                    .n_ops = n};
    OKR_TRY(sign_push(turn, &msg->u.push, &ret_push->hash));
    struct okr_buf frame;
    okr_buf_init(&frame, turn->arena);
    okr_msg_encode(msg, &frame);
    OKR_TRY(frame.err);
    ret_push->frame = okr_buf_slice(&frame);
    ret_push->first_seq = rows[0].seq;
    ret_push->last_seq = rows[n - 1].seq;
    return OKR_OK;
}

static enum okr_err store_push(struct okr_turn *turn, struct okr_out *rows,
                               size_t n, const struct okr_pushed_out *push)
{
    struct okr_site *site = turn->site;
    for (size_t i = 0; i < n; i++) {
        OKR_ASSERT(rows[i].state == OKR_OUT_SAVED);
        OKR_ASSERT(rows[i].seq == push->first_seq + i);
        rows[i].state = OKR_OUT_PUSHED;
        OKR_TRY(okr_outbox_put(turn->txn, &rows[i], turn->arena));
    }
    OKR_TRY(okr_push_put(turn->txn, push, turn->arena));
    OKR_TRY(okr_meta_put(turn->txn, "last_push",
                         okr_slice_of(push->hash.b, sizeof push->hash.b)));
    site->push_from = push->last_seq + 1;
    return okr_meta_put_u64(turn->txn, "push_from", site->push_from);
}

static enum okr_err push_one(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    struct okr_outs rows;
    OKR_TRY(okr_outbox_list(turn->txn, site->push_from, OKR_PUSH_OPS_MAX,
                            turn->arena, &rows));
    /* Sequences are dense from here on: a row leaves only after its push. */
    if (rows.n == 0 || rows.at[0].seq != site->push_from)
        return OKR_ERR_CORRUPT;
    size_t n = fitting(rows.at, rows.n);
    struct okr_pushed_out push = {.answered = false};
    OKR_TRY(encode_push(turn, rows.at, n, &push));
    OKR_TRY(store_push(turn, rows.at, n, &push));
    site->flight++;
    site->flight_bytes += push.frame.len;
    okr_trace(&site->conf.trace, "push %llu-%llu",
              (unsigned long long)push.first_seq,
              (unsigned long long)push.last_seq);
    return send_frame(turn, push.frame);
}

enum okr_err okr_site_push(struct okr_turn *turn)
{
    struct okr_site *site = turn->site;
    if (!okr_link_is_up(site))
        return OKR_OK;
    bool made = false;
    while (site->flight < OKR_PUSH_FLIGHT_MAX &&
           site->push_from < site->next_seq) {
        OKR_TRY(push_one(turn));
        made = true;
    }
    if (made)
        okr_site_push_timers(turn);
    return OKR_OK;
}
