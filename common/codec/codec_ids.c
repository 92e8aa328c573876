/* The table of ids of a message, and references into it.  Each id travels
 * once, where it is first named; both sides number them as they come, so a
 * number never means anything but in its own message: nobody has to remember
 * what it stood for over a lost message, a reconnect or a restart. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/pb.h"

enum { HEAD = 6, TAIL = OKR_ID_LEN - HEAD };
#define HEAD_END (UINT64_C(1) << (8 * HEAD))

/* References: 0 none, 1 the next new one, then the table from its start. */
enum { REF_NONE = 0, REF_NEW = 1, REF_KNOWN = 2 };

/* ---- out ----------------------------------------------------------------- */

void okr_pack_ids_begin(struct okr_pack *p, size_t n_max)
{
    size_t slots = 16;
    while (slots < 2 * n_max)
        slots *= 2;
    p->ids = (struct okr_pack_ids){.n_max = n_max, .slots_mask = slots - 1};
    p->ids.ids = okr_pack_array(p, n_max, sizeof *p->ids.ids);
    p->ids.slots = okr_pack_array(p, slots, sizeof *p->ids.slots);
}

/* The end of an id is its most random part. */
static size_t id_hash(const struct okr_id *id)
{
    uint64_t tail = okr_be_get64(id->b + 8);
    return (size_t)((tail * 0x9e3779b97f4a7c15u) >> 32);
}

uint32_t okr_pack_ref(struct okr_pack *p, const struct okr_id *id)
{
    struct okr_pack_ids *table = &p->ids;
    if (okr_id_is_zero(id) || p->err != OKR_OK)
        return REF_NONE;
    size_t at = id_hash(id) & table->slots_mask;
    while (table->slots[at] != 0) {
        uint32_t index = table->slots[at] - 1;
        if (okr_id_eq(&table->ids[index], id))
            return REF_KNOWN + index;
        at = (at + 1) & table->slots_mask;
    }
    OKR_ASSERT(table->n_ids < table->n_max);
    table->ids[table->n_ids++] = *id;
    table->slots[at] = (uint32_t)table->n_ids;
    return REF_NEW;
}

static uint64_t head_of(const struct okr_id *id)
{
    return okr_be_get64(id->b) >> (8 * (8 - HEAD));
}

Okr__Ids *okr_pack_ids_end(struct okr_pack *p)
{
    const struct okr_pack_ids *table = &p->ids;
    size_t n = table->n_ids;
    if (n == 0)
        return NULL;
    Okr__Ids *pb = okr_pack_new(p, &okr__ids__descriptor);
    uint8_t *tails = okr_pack_array(p, n, TAIL);
    uint64_t before = 0;
    pb->head = okr_pack_array(p, n, sizeof *pb->head);
    if (pb->head == NULL || tails == NULL)
        return pb;
    for (size_t i = 0; i < n; i++) {
        uint64_t head = head_of(&table->ids[i]);
        pb->head[i] = (int64_t)(head - before);
        before = head;
        memcpy(tails + i * TAIL, table->ids[i].b + HEAD, TAIL);
    }
    pb->n_head = n;
    pb->tail = okr_pack_fixed(tails, n * TAIL);
    return pb;
}

/* ---- in ------------------------------------------------------------------ */

void okr_unpack_ids(struct okr_unpack *u, const Okr__Ids *pb)
{
    size_t n = pb == NULL ? 0 : pb->n_head;
    u->n_ids = u->ids_named = 0;
    okr_unpack_need(u, pb == NULL || pb->tail.len == n * TAIL, OKR_ERR_FORMAT);
    u->ids = okr_unpack_array(u, n, sizeof *u->ids);
    if (u->ids == NULL)
        return;
    uint64_t head = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t bytes[8];
        head += (uint64_t)pb->head[i];
        okr_unpack_need(u, head < HEAD_END, OKR_ERR_FORMAT);
        okr_be_put64(bytes, head << (8 * (8 - HEAD)));
        memcpy(u->ids[i].b, bytes, HEAD);
        memcpy(u->ids[i].b + HEAD, pb->tail.data + i * TAIL, TAIL);
        okr_unpack_need(u, !okr_id_is_zero(&u->ids[i]), OKR_ERR_FORMAT);
    }
    u->n_ids = n;
}

const struct okr_id *okr_unpack_ref(struct okr_unpack *u, uint32_t ref)
{
    if (ref == REF_NEW) {
        okr_unpack_need(u, u->ids_named < u->n_ids, OKR_ERR_FORMAT);
        return u->err == OKR_OK ? &u->ids[u->ids_named++] : NULL;
    }
    if (ref == REF_NONE)
        return NULL;
    okr_unpack_need(u, ref - REF_KNOWN < u->ids_named, OKR_ERR_FORMAT);
    return u->err == OKR_OK ? &u->ids[ref - REF_KNOWN] : NULL;
}

void okr_unpack_ids_end(struct okr_unpack *u)
{
    okr_unpack_need(u, u->ids_named == u->n_ids, OKR_ERR_FORMAT);
}
