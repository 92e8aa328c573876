/* Repair and Repaired: a scope compared and replaced by buckets. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/pb.h"

static void need_place(struct okr_unpack *u, uint32_t bucket)
{
    okr_unpack_need(u, bucket < OKR_BUCKETS, OKR_ERR_FORMAT);
}

void *okr_pack_repair(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_repair *from = &msg->u.repair;
    Okr__Repair *pb = okr_pack_new(p, &okr__repair__descriptor);
    uint8_t *bytes = okr_pack_array(p, OKR_BUCKETS, OKR_B2_LEN);
    pb->scope = from->scope;
    pb->cursor = from->cursor;
    for (size_t i = 0; bytes != NULL && i < OKR_BUCKETS; i++)
        okr_digest_bytes(&from->buckets[i], bytes + i * OKR_B2_LEN);
    pb->buckets =
        okr_pack_fixed(bytes, bytes == NULL ? 0 : OKR_BUCKETS * OKR_B2_LEN);
    pb->from_bucket = from->from.bucket;
    pb->after_id = okr_pack_id_optional(&from->from.id);
    pb->bytes_max = from->bytes_max;
    pb->dictionary = from->dictionary;
    return pb;
}

void okr_unpack_repair(struct okr_unpack *u, const void *message,
                       struct okr_msg *msg)
{
    const Okr__Repair *pb = message;
    struct okr_repair *ret = &msg->u.repair;
    ret->scope = pb->scope;
    ret->cursor = okr_unpack_number(u, pb->cursor);
    okr_unpack_need(u, pb->buckets.len == OKR_BUCKETS * OKR_B2_LEN,
                    OKR_ERR_FORMAT);
    ret->buckets = okr_unpack_array(u, OKR_BUCKETS, sizeof *ret->buckets);
    for (size_t i = 0; ret->buckets != NULL && i < OKR_BUCKETS; i++)
        ret->buckets[i] = okr_digest_of(pb->buckets.data + i * OKR_B2_LEN);
    need_place(u, pb->from_bucket);
    ret->from.bucket = pb->from_bucket;
    okr_unpack_optional(u, pb->after_id, ret->from.id.b, OKR_ID_LEN);
    ret->bytes_max = pb->bytes_max;
    ret->dictionary = pb->dictionary;
}

void *okr_pack_repaired(struct okr_pack *p, const struct okr_msg *msg)
{
    const struct okr_repaired *from = &msg->u.repaired;
    Okr__Repaired *pb = okr_pack_new(p, &okr__repaired__descriptor);
    OKR_ASSERT(from->n_buckets <= OKR_BUCKETS);
    okr_pack_ids_begin(p, okr_pack_rows_ids(from->rows, from->n_rows));
    pb->scope = from->scope;
    pb->as_of = from->as_of;
    pb->bucket = from->buckets;
    pb->n_bucket = from->n_buckets;
    pb->rows = okr_pack_rows(p, from->rows, from->n_rows);
    pb->ids = okr_pack_ids_end(p);
    pb->more = from->more;
    if (from->more) {
        pb->next_bucket = from->next.bucket;
        pb->next_id = okr_pack_id_optional(&from->next.id);
    }
    return pb;
}

void okr_unpack_repaired(struct okr_unpack *u, const void *message,
                         struct okr_msg *msg)
{
    const Okr__Repaired *pb = message;
    struct okr_repaired *ret = &msg->u.repaired;
    ret->scope = pb->scope;
    ret->as_of = okr_unpack_number(u, pb->as_of);
    okr_unpack_need(u, pb->n_bucket <= OKR_BUCKETS, OKR_ERR_LIMIT);
    ret->buckets = okr_unpack_array(u, pb->n_bucket, sizeof *ret->buckets);
    for (size_t i = 0; ret->buckets != NULL && i < pb->n_bucket; i++) {
        need_place(u, pb->bucket[i]);
        okr_unpack_need(u, i == 0 || pb->bucket[i - 1] < pb->bucket[i],
                        OKR_ERR_FORMAT);
        ret->buckets[ret->n_buckets++] = pb->bucket[i];
    }
    okr_unpack_ids(u, pb->ids);
    okr_unpack_rows(u, pb->rows, &ret->rows, &ret->n_rows);
    okr_unpack_ids_end(u);
    ret->more = pb->more;
    if (!pb->more)
        return;
    need_place(u, pb->next_bucket);
    ret->next.bucket = pb->next_bucket;
    okr_unpack_optional(u, pb->next_id, ret->next.id.b, OKR_ID_LEN);
}
