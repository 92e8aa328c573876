/* History and HistoryPage: what happened to one entity. */
#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/pb.h"

enum {
    PAST_COLLAPSED = 1, /* bits of `flags`; others are a newer peer's */
    PAST_SIGNED = 2,
};

void *okr_pack_history(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_history_ask *from = &msg->u.history;
    Okr__History *pb = okr_pack_new(p, &okr__history__descriptor);
    pb->entity = okr_pack_id(&from->entity);
    pb->before = from->before;
    pb->max = from->max;
    pb->dictionary = from->dictionary;
    return pb;
}

void okr_unpack_history(struct okr_unpack *u, const void *message,
                        struct okr_msg *msg)
{
    const Okr__History *pb = message;
    struct okr_history_ask *ret = &msg->u.history;
    okr_unpack_fixed(u, pb->entity, ret->entity.b, OKR_ID_LEN);
    ret->before = okr_unpack_number(u, pb->before);
    ret->max = pb->max;
    ret->dictionary = pb->dictionary;
}

static Okr__Past *pack_past(struct okr_pack *p, const struct okr_history *from)
{
    Okr__Past *pb = okr_pack_new(p, &okr__past__descriptor);
    size_t n = from->n_changes;
    pb->lsn = from->lsn;
    pb->person = okr_pack_id_optional(&from->last.person);
    pb->site = okr_pack_id_optional(&from->last.site);
    pb->verb = from->last.verb;
    pb->time_us = from->last.time;
    pb->reason = okr_pack_slice(from->reason);
    pb->flags = (from->collapsed ? PAST_COLLAPSED : 0u) |
                (from->last.is_signed ? PAST_SIGNED : 0u);
    pb->field = okr_pack_array(p, n, sizeof *pb->field);
    pb->was = okr_pack_array(p, n, sizeof *pb->was);
    pb->before = okr_pack_array(p, n, sizeof *pb->before);
    pb->after = okr_pack_array(p, n, sizeof *pb->after);
    if (p->err != OKR_OK)
        return pb;
    for (size_t i = 0; i < n; i++) {
        const struct okr_history_change *change = &from->changes[i];
        pb->field[i] = okr_pack_field(change->field, change->form_after);
        pb->was[i] = change->form_before;
        pb->before[i] = okr_pack_slice(change->before);
        pb->after[i] = okr_pack_slice(change->after);
    }
    pb->n_field = pb->n_was = pb->n_before = pb->n_after = n;
    return pb;
}

static void unpack_changes(struct okr_unpack *u, const Okr__Past *pb,
                           struct okr_history *ret)
{
    size_t n = pb->n_field;
    okr_unpack_need(u, pb->n_was == n && pb->n_before == n && pb->n_after == n,
                    OKR_ERR_FORMAT);
    ret->changes = okr_unpack_array(u, n, sizeof *ret->changes);
    ret->n_changes = ret->changes != NULL ? n : 0;
    for (size_t i = 0; i < ret->n_changes; i++) {
        struct okr_history_change *change = &ret->changes[i];
        okr_unpack_field(u, pb->field[i], &change->field, &change->form_after);
        okr_unpack_need(u, pb->was[i] <= OKR_REG_ABSENT, OKR_ERR_FORMAT);
        change->form_before = (uint8_t)pb->was[i];
        change->before = okr_unpack_slice(pb->before[i]);
        change->after = okr_unpack_slice(pb->after[i]);
        bool unset =
            (change->form_before == OKR_REG_UNSET && change->before.len > 0) ||
            (change->form_after == OKR_REG_UNSET && change->after.len > 0);
        okr_unpack_need(u, !unset, OKR_ERR_FORMAT);
    }
}

static void unpack_past(struct okr_unpack *u, const Okr__Past *pb,
                        struct okr_history *ret)
{
    ret->lsn = okr_unpack_number(u, pb->lsn);
    okr_unpack_optional(u, pb->person, ret->last.person.b, OKR_ID_LEN);
    okr_unpack_optional(u, pb->site, ret->last.site.b, OKR_ID_LEN);
    ret->last.verb = okr_unpack_u16(u, pb->verb);
    ret->last.time = okr_unpack_time(u, pb->time_us);
    ret->reason = okr_unpack_slice(pb->reason);
    ret->collapsed = (pb->flags & PAST_COLLAPSED) != 0;
    ret->last.is_signed = (pb->flags & PAST_SIGNED) != 0;
    unpack_changes(u, pb, ret);
}

void *okr_pack_history_page(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_history_page *from = &msg->u.history_page;
    Okr__HistoryPage *pb = okr_pack_new(p, &okr__history_page__descriptor);
    OKR_ASSERT(from->n_rows <= OKR_HISTORY_MAX);
    pb->entity = okr_pack_id(&from->entity);
    OKR_PACK_LIST(p, pb, past, from->rows, from->n_rows, pack_past);
    pb->more = from->more;
    return pb;
}

void okr_unpack_history_page(struct okr_unpack *u, const void *message,
                             struct okr_msg *msg)
{
    const Okr__HistoryPage *pb = message;
    struct okr_history_page *ret = &msg->u.history_page;
    okr_unpack_fixed(u, pb->entity, ret->entity.b, OKR_ID_LEN);
    okr_unpack_need(u, pb->n_past <= OKR_HISTORY_MAX, OKR_ERR_LIMIT);
    OKR_UNPACK_LIST(u, ret->rows, ret->n_rows, pb, past, unpack_past);
    for (size_t i = 1; i < ret->n_rows; i++)
        okr_unpack_need(u, ret->rows[i - 1].lsn < ret->rows[i].lsn,
                        OKR_ERR_FORMAT);
    ret->more = pb->more;
}

size_t okr_history_size(const struct okr_history *row)
{
    /* Tags, lengths, ids and numbers; a change's two columns and lengths. */
    size_t size = 4 + 10 + 2 * 18 + 4 + 11 + 4 + row->reason.len + 2 + 2 * 4;
    for (size_t i = 0; i < row->n_changes; i++)
        size += 4 + row->changes[i].before.len + 4 + row->changes[i].after.len +
                3 + 1;
    return size;
}
