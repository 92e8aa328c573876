/* Push: whole or not at all.  First what concerns the push as one (its place
 * in the site's chain, what the site saw of the log, its signature), then its
 * operations, in order. */
#include <string.h>

#include "common/base/assert.h"
#include "common/store/oplog.h"
#include "server/core/hub_log.h"
#include "server/core/hub_take.h"
#include "server/store/peers.h"

enum {
    PREFIX_LEN = 8,     /* of the hashes that a push carries cut */
    OFFENCE_BYTES = 32, /* that an offender takes at most */
};

static const uint8_t no_prefix[PREFIX_LEN];

/* ---- answering ----------------------------------------------------------- */

static struct okr_slice ops_said(const struct okr_hub_work *work,
                                 const struct okr_answer *answers, size_t n)
{
    struct okr_buf line;
    okr_buf_init(&line, work->arena);
    for (size_t i = 0; i < n; i++)
        okr_hub_say_verdict(&answers[i].verdict, &line);
    return line.err == OKR_OK ? okr_buf_slice(&line) : OKR_SLICE_NONE;
}

static void trace_push(const struct okr_hub_work *work, const char *word,
                       const struct okr_answer *answers)
{
    const struct okr_push *push = &work->event->msg->u.push;
    char site[OKR_ID_HEX];
    okr_id_hex(&work->event->site, site);
    struct okr_slice said = ops_said(work, answers, push->n_ops);
    okr_trace(&work->hub->conf.trace, "%s site=%.8s first=%llu n=%zu ->%.*s",
              word, site, (unsigned long long)push->first_seq, push->n_ops,
              (int)said.len, (const char *)said.data);
}

/* What does not fit into a frame is left out: an operation that moved very
 * much has its effects in its leaf, and values are pulled anyway. */
static void fit(struct okr_answer *answers, size_t n)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        struct okr_answer *one = &answers[i];
        if (used + one->effects.len > OKR_BATCH_MAX)
            one->effects = OKR_SLICE_NONE;
        used += one->effects.len;
        size_t listed = OFFENCE_BYTES * one->verdict.n_offences;
        if (used + listed > OKR_BATCH_MAX)
            one->verdict.n_offences = listed = 0;
        used += listed;
        if (used + one->current.len > OKR_BATCH_MAX)
            one->current = OKR_SLICE_NONE;
        used += one->current.len;
    }
}

static enum okr_err send_answers(const struct okr_hub_work *work,
                                 struct okr_answer *answers)
{
    const struct okr_push *push = &work->event->msg->u.push;
    fit(answers, push->n_ops);
    struct okr_msg msg = {
        .type = OKR_MSG_PUSHED,
        .u.pushed = {push->incarnation, push->first_seq, answers, push->n_ops},
    };
    return okr_hub_reply(work, &msg);
}

/* ---- the chain ----------------------------------------------------------- */

/* Nobody knows any more under which incarnation the site goes on. */
static enum okr_err send_fork(struct okr_hub_work *work, uint64_t last_seq)
{
    struct okr_hub_link *link =
        okr_hub_soft_find(&work->hub->soft, &work->event->site);
    if (link != NULL)
        link->incarnation = 0;
    return okr_hub_error(work, OKR_ERROR_FORK, last_seq,
                         "another push bears these sequences: begin a new "
                         "incarnation");
}

/* All of it was taken before: the same answers, if it is the same push. */
static enum okr_err push_again(struct okr_hub_work *work,
                               const struct okr_peer *peer)
{
    const struct okr_push *push = &work->event->msg->u.push;
    struct okr_answer *answers =
        okr_arena_array(work->arena, push->n_ops, sizeof *answers);
    if (answers == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < push->n_ops; i++) {
        struct okr_mark mark = {work->event->site, push->incarnation,
                                push->first_seq + i};
        struct okr_hash sent =
            okr_layout_op_hash(&push->ops[i], &work->hub->org);
        struct okr_hash kept;
        enum okr_err err = okr_hub_answer(work, &mark, &answers[i], &kept);
        if (err == OKR_ERR_NOTFOUND)
            return OKR_ERR_CORRUPT; /* taken, and yet no answer */
        OKR_TRY(err);
        if (!okr_hash_eq(&sent, &kept))
            return send_fork(work, peer->last_seq);
    }
    trace_push(work, "push again", answers);
    return send_answers(work, answers);
}

/* ---- what the site says beside its operations ---------------------------- */

struct seen {
    bool same;            /* it saw the log as it is here */
    struct okr_hash root; /* zero where it saw nothing */
};

static enum okr_err check_seen(const struct okr_hub_work *work,
                               struct seen *ret_seen)
{
    const struct okr_push *push = &work->event->msg->u.push;
    uint64_t size;
    *ret_seen = (struct seen){0};
    OKR_TRY(okr_oplog_size(work->txn, &size));
    if (push->seen_size > size)
        return OKR_OK;
    if (push->seen_size > 0)
        OKR_TRY(okr_hub_log_root(work, push->seen_size, &ret_seen->root));
    ret_seen->same =
        memcmp(push->seen_root8, ret_seen->root.b, PREFIX_LEN) == 0;
    return OKR_OK;
}

static bool site_signed(const struct okr_hub_work *work,
                        const struct okr_record *site,
                        const uint8_t layout[OKR_PUSH_LAYOUT_LEN],
                        const struct okr_sig *sig)
{
    struct okr_slice key = okr_record_text(site, OKR_F_SITE_KEY);
    struct okr_pk pk;
    if (key.len != sizeof pk.b)
        return false;
    memcpy(pk.b, key.data, sizeof pk.b);
    return okr_sign_check_claimed(&work->event->claims, &pk,
                                  okr_slice_of(layout, OKR_PUSH_LAYOUT_LEN),
                                  sig);
}

/* ---- taking -------------------------------------------------------------- */

const struct okr_op_print *okr_hub_prints(const struct okr_hub_work *work,
                                          const struct okr_push *push)
{
    if (work->event != NULL && work->event->prints != NULL)
        return work->event->prints;
    struct okr_op_print *prints =
        okr_arena_array(work->arena, push->n_ops, sizeof *prints);
    for (size_t i = 0; i < push->n_ops && prints != NULL; i++)
        okr_layout_op_print(&push->ops[i], &work->hub->org, &prints[i]);
    return prints;
}

enum okr_err okr_hub_take_push(struct okr_hub_work *work,
                               const struct okr_hub_load *load,
                               struct okr_hub_origin *origin,
                               struct okr_answer *answers)
{
    const struct okr_push *push = load->push;
    OKR_ASSERT(origin->push != NULL && push->n_ops > 0);
    OKR_ASSERT(origin->incarnation == push->incarnation);
    struct okr_hash hash = okr_layout_push_hash(origin->push);
    for (size_t i = 0; i < push->n_ops; i++) {
        struct okr_hub_item item = {origin, &push->ops[i], &load->prints[i],
                                    push->first_seq + i};
        OKR_TRY(okr_hub_take(work, &item, &answers[i]));
    }
    struct okr_peer peer = {
        .incarnation = push->incarnation,
        .last_seq = push->first_seq + push->n_ops - 1,
        .last_push = hash,
        .seen_size = push->seen_size,
        .seen_root = load->ground->seen_root,
    };
    return okr_peer_put(work->txn, &origin->site, &peer);
}

/* Its place is right: is it what the site signed? */
static enum okr_err push_next(struct okr_hub_work *work,
                              const struct okr_record *site,
                              const struct okr_peer *peer)
{
    const struct okr_push *push = &work->event->msg->u.push;
    struct seen seen;
    OKR_TRY(check_seen(work, &seen));
    if (!seen.same) {
        OKR_TRY(okr_hub_alarm(work, &site->id,
                              "SPLIT: it saw another log than this one"));
        return okr_hub_error(work, OKR_ERROR_SPLIT, peer->last_seq,
                             "you saw another log than the one here");
    }
    struct okr_push_ground ground = {work->hub->org, site->id, peer->last_push,
                                     seen.root};
    const struct okr_hub_load load = {push, okr_hub_prints(work, push),
                                      &ground};
    if (load.prints == NULL)
        return OKR_ERR_NOMEM;
    uint8_t layout[OKR_PUSH_LAYOUT_LEN];
    okr_layout_push_of(push, &ground, load.prints, layout);
    if (!site_signed(work, site, layout, &push->sig))
        return okr_hub_error(work, OKR_ERROR_MALFORMED, peer->last_seq,
                             "the site's signature does not match");
    struct okr_hub_origin origin = {
        .site = site->id,
        .incarnation = push->incarnation,
        .first_seq = push->first_seq,
        .push = layout,
        .push_sig = push->sig,
    };
    struct okr_answer *answers =
        okr_arena_array(work->arena, push->n_ops, sizeof *answers);
    if (answers == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(okr_hub_take_push(work, &load, &origin, answers));
    trace_push(work, "push", answers);
    return send_answers(work, answers);
}

static bool is_well_formed(const struct okr_push *push)
{
    return push->n_ops > 0 && push->n_ops <= OKR_PUSH_OPS_MAX &&
           push->first_seq > 0 && push->incarnation != 0 &&
           push->first_seq < OKR_LSN_PENDING - OKR_PUSH_OPS_MAX;
}

enum okr_err okr_hub_on_push(struct okr_hub_work *work, struct okr_record *site)
{
    const struct okr_push *push = &work->event->msg->u.push;
    if (!is_well_formed(push))
        return okr_hub_error(work, OKR_ERROR_MALFORMED, 0,
                             "a push of nothing, or of too much");
    struct okr_hub_link *link = okr_hub_soft_find(&work->hub->soft, &site->id);
    if (link != NULL)
        link->incarnation = push->incarnation;
    struct okr_peer peer;
    OKR_TRY(okr_peer_get(work->txn, &site->id, push->incarnation, &peer));
    if (push->first_seq + push->n_ops - 1 <= peer.last_seq)
        return push_again(work, &peer);
    if (push->first_seq <= peer.last_seq)
        return send_fork(work, peer.last_seq);
    const uint8_t *prev = peer.last_seq > 0 ? peer.last_push.b : no_prefix;
    if (push->first_seq > peer.last_seq + 1 ||
        memcmp(push->prev8, prev, PREFIX_LEN) != 0)
        return okr_hub_error(work, OKR_ERROR_CHAIN, peer.last_seq,
                             "a push before this one is missing");
    return push_next(work, site, &peer);
}
