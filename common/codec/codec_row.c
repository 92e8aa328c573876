/* Rows: one entity as it differs from a cursor, its registers as columns. */
#include "common/codec/codec.h"

#include "common/base/assert.h"
#include "common/codec/pb.h"

enum {
    ROW_ALL = 1, /* bits of `flags`; others are a newer peer's */
    ROW_GONE = 2,
};

static void pack_regs(struct okr_pack *p, const struct okr_row *row,
                      Okr__Row *pb)
{
    pb->field = okr_pack_array(p, row->n_regs, sizeof *pb->field);
    pb->age = okr_pack_array(p, row->n_regs, sizeof *pb->age);
    pb->data = okr_pack_array(p, row->n_regs, sizeof *pb->data);
    if (pb->field == NULL || pb->age == NULL || pb->data == NULL)
        return;
    for (size_t i = 0; i < row->n_regs; i++) {
        const struct okr_reg *reg = &row->regs[i];
        OKR_ASSERT(reg->lsn <= row->elsn);
        pb->field[i] = okr_pack_field(reg->field, reg->form);
        pb->age[i] = row->elsn - reg->lsn;
        pb->data[i] = okr_pack_slice(reg->data);
    }
    pb->n_field = pb->n_age = pb->n_data = row->n_regs;
}

Okr__Row *okr_pack_row(struct okr_pack *p, const struct okr_row *row)
{
    OKR_ASSERT(row->elsn <= OKR_PB_NUMBER_MAX);
    Okr__Row *pb = okr_pack_new(p, &okr__row__descriptor);
    pb->id = okr_pack_id(&row->id);
    pb->kind = row->kind;
    pb->elsn = row->elsn;
    pb->flags = (row->all ? ROW_ALL : 0u) | (row->gone ? ROW_GONE : 0u);
    pack_regs(p, row, pb);
    pb->person = okr_pack_id_index(p, &row->last.person);
    pb->site = okr_pack_id_index(p, &row->last.site);
    pb->verb = row->last.verb;
    pb->time_us = row->last.time;
    return pb;
}

static bool is_element(const struct okr_reg *reg)
{
    return reg->form == OKR_REG_PRESENT || reg->form == OKR_REG_ABSENT;
}

/* May `reg` stand behind `before`?  Strictly ascending by (field, element);
 * a scalar field has one register.  As okr_record_decode judges. */
static bool in_order(const struct okr_reg *before, const struct okr_reg *reg)
{
    if (before->field != reg->field)
        return before->field < reg->field;
    return is_element(before) && is_element(reg) &&
           okr_slice_cmp(before->data, reg->data) < 0;
}

static void unpack_regs(struct okr_unpack *u, const Okr__Row *pb,
                        struct okr_row *ret)
{
    okr_unpack_need(u, pb->n_field == pb->n_age && pb->n_age == pb->n_data,
                    OKR_ERR_FORMAT);
    ret->regs = okr_unpack_array(u, pb->n_field, sizeof *ret->regs);
    ret->n_regs = ret->regs != NULL ? pb->n_field : 0;
    for (size_t i = 0; i < ret->n_regs; i++) {
        struct okr_reg *reg = &ret->regs[i];
        okr_unpack_field(u, pb->field[i], &reg->field, &reg->form);
        okr_unpack_need(u, pb->age[i] <= ret->elsn, OKR_ERR_FORMAT);
        reg->lsn = ret->elsn - pb->age[i];
        reg->data = okr_unpack_slice(pb->data[i]);
        okr_unpack_need(u, reg->form != OKR_REG_UNSET || reg->data.len == 0,
                        OKR_ERR_FORMAT);
        okr_unpack_need(u, i == 0 || in_order(reg - 1, reg), OKR_ERR_FORMAT);
    }
}

static struct okr_id id_at(struct okr_unpack *u, uint32_t index)
{
    struct okr_id id = {{0}};
    okr_unpack_need(u, index <= u->n_ids, OKR_ERR_FORMAT);
    if (u->err == OKR_OK && index > 0)
        okr_unpack_fixed(u, u->ids[index - 1], id.b, OKR_ID_LEN);
    return id;
}

void okr_unpack_row(struct okr_unpack *u, const Okr__Row *pb,
                    struct okr_row *ret)
{
    okr_unpack_fixed(u, pb->id, ret->id.b, OKR_ID_LEN);
    ret->kind = okr_unpack_u16(u, pb->kind);
    ret->elsn = okr_unpack_number(u, pb->elsn);
    ret->all = (pb->flags & ROW_ALL) != 0;
    ret->gone = (pb->flags & ROW_GONE) != 0;
    unpack_regs(u, pb, ret);
    ret->last.person = id_at(u, pb->person);
    ret->last.site = id_at(u, pb->site);
    ret->last.verb = okr_unpack_u16(u, pb->verb);
    ret->last.time = okr_unpack_time(u, pb->time_us);
}

static size_t varint_size(uint64_t v)
{
    size_t len = 1;
    for (; v > 0x7f; v >>= 7)
        len++;
    return len;
}

/* Lengths and indexes take 3 bytes at most: they lie below the length of a
 * frame. */
size_t okr_row_size(const struct okr_row *row)
{
    enum {
        ID = 1 + 1 + OKR_ID_LEN,
        NUMBERS = 4 + 11 + 2 + 4 + 4 + 4 + 11, /* kind … time, with tags */
        COLUMNS = 2 * (1 + 3),                 /* tags, lengths */
        ROW = 1 + 3,                           /* tag, length */
        FIELD = 3,
        DATA_TAG = 1,
    };
    OKR_ASSERT(row != NULL);
    size_t size = ROW + ID + NUMBERS + COLUMNS;
    /* Person and site may be new to the table. */
    size += okr_id_is_zero(&row->last.person) ? 0 : ID;
    size += okr_id_is_zero(&row->last.site) ? 0 : ID;
    for (size_t i = 0; i < row->n_regs; i++) {
        const struct okr_reg *reg = &row->regs[i];
        OKR_ASSERT(reg->lsn <= row->elsn);
        size += FIELD + varint_size(row->elsn - reg->lsn);
        size += DATA_TAG + varint_size(reg->data.len) + reg->data.len;
    }
    return size;
}
