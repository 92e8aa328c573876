/* Messages about the link itself: who is there, how far, what is wrong. */
#include "common/codec/pb.h"

#include "common/base/assert.h"
#include "common/base/limits.h"

static Okr__Epoch *pack_epoch(struct okr_pack *p, const struct okr_epoch *epoch)
{
    Okr__Epoch *pb = okr_pack_new(p, &okr__epoch__descriptor);
    pb->counter = epoch->counter;
    pb->random = okr_pack_fixed(epoch->random, sizeof epoch->random);
    pb->began = epoch->began;
    return pb;
}

static void unpack_epoch(struct okr_unpack *u, const Okr__Epoch *pb,
                         struct okr_epoch *ret)
{
    ret->counter = pb->counter;
    okr_unpack_fixed(u, pb->random, ret->random, sizeof ret->random);
    ret->began = okr_unpack_number(u, pb->began);
}

static Okr__Cursor *pack_cursor(struct okr_pack *p,
                                const struct okr_cursor *cursor)
{
    Okr__Cursor *pb = okr_pack_new(p, &okr__cursor__descriptor);
    pb->scope = cursor->scope;
    pb->lsn = cursor->lsn;
    return pb;
}

static void unpack_cursor(struct okr_unpack *u, const Okr__Cursor *pb,
                          struct okr_cursor *ret)
{
    ret->scope = pb->scope;
    ret->lsn = okr_unpack_number(u, pb->lsn);
}

void *okr_pack_hello(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_hello *from = &msg->u.hello;
    Okr__Hello *pb = okr_pack_new(p, &okr__hello__descriptor);
    pb->version_min = from->version_min;
    pb->version_max = from->version_max;
    pb->frame_max = from->frame_max;
    pb->schema = from->schema;
    pb->site = okr_pack_id(&from->site);
    pb->incarnation = from->incarnation;
    if (from->epoch.counter != 0)
        pb->epoch = pack_epoch(p, &from->epoch);
    OKR_PACK_LIST(p, pb, cursors, from->cursors, from->n_cursors, pack_cursor);
    pb->last_push =
        okr_pack_optional(from->last_push.b, sizeof from->last_push.b);
    pb->seen_size = from->seen_size;
    return pb;
}

void okr_unpack_hello(struct okr_unpack *u, const void *message,
                      struct okr_msg *msg)
{
    const Okr__Hello *pb = message;
    struct okr_hello *ret = &msg->u.hello;
    ret->version_min = pb->version_min;
    ret->version_max = pb->version_max;
    ret->frame_max = pb->frame_max;
    ret->schema = pb->schema;
    okr_unpack_fixed(u, pb->site, ret->site.b, OKR_ID_LEN);
    ret->incarnation = pb->incarnation;
    if (pb->epoch != NULL && pb->epoch->counter != 0)
        unpack_epoch(u, pb->epoch, &ret->epoch);
    OKR_UNPACK_LIST(u, ret->cursors, ret->n_cursors, pb, cursors,
                    unpack_cursor);
    okr_unpack_optional(u, pb->last_push, ret->last_push.b,
                        sizeof ret->last_push.b);
    ret->seen_size = okr_unpack_number(u, pb->seen_size);
}

void *okr_pack_welcome(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_welcome *from = &msg->u.welcome;
    Okr__Welcome *pb = okr_pack_new(p, &okr__welcome__descriptor);
    OKR_ASSERT(from->n_epochs <= OKR_EPOCHS_MAX);
    OKR_PACK_LIST(p, pb, epochs, from->epochs, from->n_epochs, pack_epoch);
    OKR_PACK_LIST(p, pb, heads, from->heads, from->n_heads, pack_cursor);
    pb->publish = okr_pack_slice(from->publish);
    pb->last_seq = from->last_seq;
    pb->last_push =
        okr_pack_optional(from->last_push.b, sizeof from->last_push.b);
    pb->spread_ms = from->spread_ms;
    pb->schema = from->schema;
    pb->beat_ms = from->beat_ms;
    pb->time_us = from->time;
    pb->org = okr_pack_id(&from->org);
    pb->base_lsn = from->base;
    pb->origin = okr_pack_slice(from->origin);
    return pb;
}

void okr_unpack_welcome(struct okr_unpack *u, const void *message,
                        struct okr_msg *msg)
{
    const Okr__Welcome *pb = message;
    struct okr_welcome *ret = &msg->u.welcome;
    okr_unpack_need(u, pb->n_epochs <= OKR_EPOCHS_MAX, OKR_ERR_LIMIT);
    OKR_UNPACK_LIST(u, ret->epochs, ret->n_epochs, pb, epochs, unpack_epoch);
    OKR_UNPACK_LIST(u, ret->heads, ret->n_heads, pb, heads, unpack_cursor);
    ret->publish = okr_unpack_text(u, pb->publish);
    ret->last_seq = okr_unpack_number(u, pb->last_seq);
    okr_unpack_optional(u, pb->last_push, ret->last_push.b,
                        sizeof ret->last_push.b);
    ret->spread_ms = pb->spread_ms;
    ret->schema = pb->schema;
    ret->beat_ms = pb->beat_ms;
    ret->time = okr_unpack_time(u, pb->time_us);
    okr_unpack_fixed(u, pb->org, ret->org.b, OKR_ID_LEN);
    ret->base = okr_unpack_number(u, pb->base_lsn);
    ret->origin = okr_unpack_text(u, pb->origin);
}

void *okr_pack_refuse(struct okr_pack *p, const struct okr_msg *msg)
{
    Okr__Refuse *pb = okr_pack_new(p, &okr__refuse__descriptor);
    pb->code = msg->u.refuse.code;
    pb->retry_ms = msg->u.refuse.retry_ms;
    pb->text = okr_pack_slice(msg->u.refuse.text);
    return pb;
}

void okr_unpack_refuse(struct okr_unpack *u, const void *message,
                       struct okr_msg *msg)
{
    const Okr__Refuse *pb = message;
    msg->u.refuse.code = pb->code;
    msg->u.refuse.retry_ms = pb->retry_ms;
    msg->u.refuse.text = okr_unpack_text(u, pb->text);
}

void *okr_pack_head(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_head *from = &msg->u.head;
    Okr__Head *pb = okr_pack_new(p, &okr__head__descriptor);
    pb->epoch = from->epoch;
    pb->head = from->head;
    pb->digest = okr_pack_digest(p, &from->digest);
    pb->checkpoint = okr_pack_slice(from->checkpoint);
    pb->time_us = from->time;
    return pb;
}

void okr_unpack_head(struct okr_unpack *u, const void *message,
                     struct okr_msg *msg)
{
    const Okr__Head *pb = message;
    struct okr_head *ret = &msg->u.head;
    ret->epoch = pb->epoch;
    ret->head = okr_unpack_number(u, pb->head);
    okr_unpack_need(u, pb->digest.len != 0, OKR_ERR_FORMAT);
    ret->digest = okr_unpack_digest(u, pb->digest);
    ret->checkpoint = okr_unpack_slice(pb->checkpoint);
    ret->time = okr_unpack_time(u, pb->time_us);
}

void *okr_pack_beat(struct okr_pack *p, const struct okr_msg *msg)
{
    OKR_ASSERT(msg->type == OKR_MSG_BEAT);
    return okr_pack_new(p, &okr__beat__descriptor);
}

void okr_unpack_beat(struct okr_unpack *u, const void *message,
                     struct okr_msg *msg)
{
    OKR_ASSERT(u != NULL && message != NULL && msg != NULL);
}

void *okr_pack_busy(struct okr_pack *p, const struct okr_msg *msg)
{
    Okr__Busy *pb = okr_pack_new(p, &okr__busy__descriptor);
    pb->retry_ms = msg->u.busy.retry_ms;
    return pb;
}

void okr_unpack_busy(struct okr_unpack *u, const void *message,
                     struct okr_msg *msg)
{
    const Okr__Busy *pb = message;
    OKR_ASSERT(u != NULL);
    msg->u.busy.retry_ms = pb->retry_ms;
}

void *okr_pack_error(struct okr_pack *p, const struct okr_msg *msg)
{
    Okr__Error *pb = okr_pack_new(p, &okr__error__descriptor);
    pb->code = msg->u.error.code;
    pb->text = okr_pack_slice(msg->u.error.text);
    pb->last_seq = msg->u.error.last_seq;
    return pb;
}

void okr_unpack_error(struct okr_unpack *u, const void *message,
                      struct okr_msg *msg)
{
    const Okr__Error *pb = message;
    msg->u.error.code = pb->code;
    msg->u.error.text = okr_unpack_text(u, pb->text);
    msg->u.error.last_seq = okr_unpack_number(u, pb->last_seq);
}
