/* What the server holds, on its way to a site: Pull, Page, Event. */
#include "common/codec/pb.h"

#include "common/base/assert.h"
#include "common/base/limits.h"

static Okr__Want *pack_want(struct okr_pack *p, const struct okr_want *want)
{
    Okr__Want *pb = okr_pack_new(p, &okr__want__descriptor);
    pb->scope = want->scope;
    pb->since = want->since;
    pb->after_elsn = want->after_elsn;
    pb->after_id = okr_pack_id_optional(&want->after_id);
    pb->upto = want->upto;
    return pb;
}

static void unpack_want(struct okr_unpack *u, const Okr__Want *pb,
                        struct okr_want *ret)
{
    ret->scope = pb->scope;
    ret->since = okr_unpack_number(u, pb->since);
    ret->after_elsn = okr_unpack_number(u, pb->after_elsn);
    okr_unpack_optional(u, pb->after_id, ret->after_id.b, OKR_ID_LEN);
    ret->upto = okr_unpack_number(u, pb->upto);
}

void *okr_pack_pull(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_pull *from = &msg->u.pull;
    Okr__Pull *pb = okr_pack_new(p, &okr__pull__descriptor);
    OKR_ASSERT(from->n_wants <= OKR_SCOPES_PER_PULL_MAX);
    OKR_PACK_LIST(p, pb, wants, from->wants, from->n_wants, pack_want);
    pb->bytes_max = from->bytes_max;
    pb->wait_s = from->wait_s;
    pb->dictionary = from->dictionary;
    return pb;
}

void okr_unpack_pull(struct okr_unpack *u, const void *message,
                     struct okr_msg *msg)
{
    const Okr__Pull *pb = message;
    struct okr_pull *ret = &msg->u.pull;
    okr_unpack_need(u, pb->n_wants <= OKR_SCOPES_PER_PULL_MAX, OKR_ERR_LIMIT);
    OKR_UNPACK_LIST(u, ret->wants, ret->n_wants, pb, wants, unpack_want);
    ret->bytes_max = pb->bytes_max;
    ret->wait_s = pb->wait_s;
    ret->dictionary = pb->dictionary;
}

static Okr__Section *pack_section(struct okr_pack *p,
                                  const struct okr_section *section)
{
    Okr__Section *pb = okr_pack_new(p, &okr__section__descriptor);
    pb->scope = section->scope;
    pb->since = section->since;
    pb->rows = okr_pack_rows(p, section->rows, section->n_rows);
    pb->more = section->more;
    pb->token_elsn = section->token_elsn;
    pb->token_id = okr_pack_id_optional(&section->token_id);
    pb->upto = section->upto;
    pb->head = section->head;
    if (!section->more || section->digest.lo != 0 || section->digest.hi != 0)
        pb->digest = okr_pack_digest(p, &section->digest);
    return pb;
}

static void unpack_section(struct okr_unpack *u, const Okr__Section *pb,
                           struct okr_section *ret)
{
    ret->scope = pb->scope;
    ret->since = okr_unpack_number(u, pb->since);
    okr_unpack_rows(u, pb->rows, &ret->rows, &ret->n_rows);
    ret->more = pb->more;
    ret->token_elsn = okr_unpack_number(u, pb->token_elsn);
    okr_unpack_optional(u, pb->token_id, ret->token_id.b, OKR_ID_LEN);
    ret->upto = okr_unpack_number(u, pb->upto);
    ret->head = okr_unpack_number(u, pb->head);
    okr_unpack_need(u, pb->more || pb->digest.len != 0, OKR_ERR_FORMAT);
    ret->digest = okr_unpack_digest(u, pb->digest);
}

void *okr_pack_page(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_page *from = &msg->u.page;
    size_t n_ids = 0;
    for (size_t i = 0; i < from->n_sections; i++)
        n_ids +=
            okr_pack_rows_ids(from->sections[i].rows, from->sections[i].n_rows);
    OKR_ASSERT(from->n_sections <= OKR_SCOPES_PER_PULL_MAX);
    okr_pack_ids_begin(p, n_ids);
    Okr__Page *pb = okr_pack_new(p, &okr__page__descriptor);
    OKR_PACK_LIST(p, pb, sections, from->sections, from->n_sections,
                  pack_section);
    pb->ids = okr_pack_ids_end(p);
    pb->own_seq = from->own_seq;
    return pb;
}

void okr_unpack_page(struct okr_unpack *u, const void *message,
                     struct okr_msg *msg)
{
    const Okr__Page *pb = message;
    struct okr_page *ret = &msg->u.page;
    okr_unpack_need(u, pb->n_sections <= OKR_SCOPES_PER_PULL_MAX,
                    OKR_ERR_LIMIT);
    okr_unpack_ids(u, pb->ids);
    OKR_UNPACK_LIST(u, ret->sections, ret->n_sections, pb, sections,
                    unpack_section);
    okr_unpack_ids_end(u);
    ret->own_seq = okr_unpack_number(u, pb->own_seq);
}

static Okr__Mark *pack_mark(struct okr_pack *p, const struct okr_mark *mark)
{
    Okr__Mark *pb = okr_pack_new(p, &okr__mark__descriptor);
    pb->site = okr_pack_id(&mark->site);
    pb->incarnation = mark->incarnation;
    pb->seq = mark->seq;
    return pb;
}

static void unpack_mark(struct okr_unpack *u, const Okr__Mark *pb,
                        struct okr_mark *ret)
{
    okr_unpack_fixed(u, pb->site, ret->site.b, OKR_ID_LEN);
    ret->incarnation = pb->incarnation;
    ret->seq = okr_unpack_number(u, pb->seq);
}

void *okr_pack_event(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_event_msg *from = &msg->u.event;
    Okr__Event *pb = okr_pack_new(p, &okr__event__descriptor);
    okr_pack_ids_begin(p, okr_pack_rows_ids(from->rows, from->n_rows));
    pb->epoch = from->epoch;
    pb->prev_lsn = from->prev_lsn;
    pb->lsn = from->lsn;
    pb->rows = okr_pack_rows(p, from->rows, from->n_rows);
    pb->ids = okr_pack_ids_end(p);
    OKR_PACK_LIST(p, pb, marks, from->marks, from->n_marks, pack_mark);
    return pb;
}

void okr_unpack_event(struct okr_unpack *u, const void *message,
                      struct okr_msg *msg)
{
    const Okr__Event *pb = message;
    struct okr_event_msg *ret = &msg->u.event;
    okr_unpack_ids(u, pb->ids);
    ret->epoch = pb->epoch;
    ret->prev_lsn = okr_unpack_number(u, pb->prev_lsn);
    ret->lsn = okr_unpack_number(u, pb->lsn);
    okr_unpack_rows(u, pb->rows, &ret->rows, &ret->n_rows);
    okr_unpack_ids_end(u);
    OKR_UNPACK_LIST(u, ret->marks, ret->n_marks, pb, marks, unpack_mark);
}
