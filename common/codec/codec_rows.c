/* Rows: entities as they differ from a cursor, in columns. */
#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/codec/pb.h"

enum {
    ROW_ALL = 1, /* bits of `flags`; others are a newer peer's */
    ROW_GONE = 2,
    ROW_SIGNED = 4,
};

/* ---- out ----------------------------------------------------------------- */

static size_t count_regs(const struct okr_row *rows, size_t n,
                         size_t *ret_bytes)
{
    size_t regs = 0;
    *ret_bytes = 0;
    for (size_t i = 0; i < n; i++) {
        regs += rows[i].n_regs;
        for (size_t k = 0; k < rows[i].n_regs; k++)
            *ret_bytes += rows[i].regs[k].data.len;
    }
    return regs;
}

size_t okr_pack_rows_ids(const struct okr_row *rows, size_t n)
{
    size_t bytes;
    return 3 * n + count_regs(rows, n, &bytes);
}

#define COLUMN(name, n)                                    \
    do {                                                   \
        pb->name = okr_pack_array(p, n, sizeof *pb->name); \
        pb->n_##name = (n);                                \
    } while (0)

static Okr__Rows *new_columns(struct okr_pack *p, size_t n, size_t regs)
{
    Okr__Rows *pb = okr_pack_new(p, &okr__rows__descriptor);
    COLUMN(id, n);
    COLUMN(kind, n);
    COLUMN(elsn, n);
    COLUMN(flags, n);
    COLUMN(regs, n);
    COLUMN(person, n);
    COLUMN(site, n);
    COLUMN(verb, n);
    COLUMN(time_us, n);
    COLUMN(field, regs);
    COLUMN(age, regs);
    COLUMN(size, regs);
    return pb;
}

/* What looks like an id goes by reference, whatever the field's type: the
 * codec knows no schema, and a newer one's fields profit as well. */
static void pack_data(struct okr_pack *p, Okr__Rows *pb, size_t at,
                      struct okr_slice data)
{
    struct okr_id id;
    if (data.len == OKR_ID_LEN && okr_id_from(data, &id) == OKR_OK &&
        !okr_id_is_zero(&id)) {
        pb->size[at] = 2 * okr_pack_ref(p, &id) + 1;
        return;
    }
    pb->size[at] = 2 * (uint32_t)data.len;
    if (data.len > 0)
        memcpy(pb->data.data + pb->data.len, data.data, data.len);
    pb->data.len += data.len;
}

static void pack_row(struct okr_pack *p, Okr__Rows *pb, size_t at,
                     const struct okr_row *row, size_t *reg_at)
{
    OKR_ASSERT(row->elsn <= OKR_PB_NUMBER_MAX && !okr_id_is_zero(&row->id));
    pb->id[at] = okr_pack_ref(p, &row->id);
    pb->kind[at] = row->kind;
    pb->flags[at] = (row->all ? ROW_ALL : 0u) | (row->gone ? ROW_GONE : 0u) |
                    (row->last.is_signed ? ROW_SIGNED : 0u);
    pb->regs[at] = (uint32_t)row->n_regs;
    for (size_t i = 0; i < row->n_regs; i++, ++*reg_at) {
        const struct okr_reg *reg = &row->regs[i];
        OKR_ASSERT(reg->lsn <= row->elsn);
        pb->field[*reg_at] = okr_pack_field(reg->field, reg->form);
        pb->age[*reg_at] = row->elsn - reg->lsn;
        pack_data(p, pb, *reg_at, reg->data);
    }
    pb->person[at] = okr_pack_ref(p, &row->last.person);
    pb->site[at] = okr_pack_ref(p, &row->last.site);
    pb->verb[at] = row->last.verb;
}

Okr__Rows *okr_pack_rows(struct okr_pack *p, const struct okr_row *rows,
                         size_t n)
{
    size_t bytes, regs = count_regs(rows, n, &bytes), reg_at = 0;
    if (n == 0)
        return NULL;
    Okr__Rows *pb = new_columns(p, n, regs);
    pb->data.data = okr_pack_array(p, bytes, 1);
    if (p->err != OKR_OK)
        return NULL;
    okr_lsn elsn = 0;
    okr_us time = 0;
    for (size_t i = 0; i < n; i++) {
        pack_row(p, pb, i, &rows[i], &reg_at);
        pb->elsn[i] = (int64_t)(rows[i].elsn - elsn);
        pb->time_us[i] = rows[i].last.time - time;
        elsn = rows[i].elsn;
        time = rows[i].last.time;
    }
    OKR_ASSERT(reg_at == regs);
    return pb;
}

/* ---- in ------------------------------------------------------------------ */

/* Places in the columns: of the next register, of its data. */
struct at {
    size_t reg, data;
    okr_lsn elsn;
    uint64_t time;
};

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

static struct okr_slice unpack_data(struct okr_unpack *u, const Okr__Rows *pb,
                                    uint32_t size, size_t *at)
{
    if (size % 2 != 0) {
        const struct okr_id *id = okr_unpack_ref(u, size / 2);
        okr_unpack_need(u, id != NULL, OKR_ERR_FORMAT);
        return id == NULL ? OKR_SLICE_NONE : okr_id_slice(id);
    }
    size_t len = size / 2;
    okr_unpack_need(u, len <= pb->data.len - *at, OKR_ERR_FORMAT);
    if (u->err != OKR_OK || len == 0)
        return OKR_SLICE_NONE;
    *at += len;
    return okr_slice_of(pb->data.data + *at - len, len);
}

static void unpack_regs(struct okr_unpack *u, const Okr__Rows *pb,
                        struct at *at, struct okr_row *ret)
{
    for (size_t i = 0; i < ret->n_regs; i++, at->reg++) {
        struct okr_reg *reg = &ret->regs[i];
        okr_unpack_field(u, pb->field[at->reg], &reg->field, &reg->form);
        okr_unpack_need(u, pb->age[at->reg] <= ret->elsn, OKR_ERR_FORMAT);
        reg->lsn = ret->elsn - pb->age[at->reg];
        reg->data = unpack_data(u, pb, pb->size[at->reg], &at->data);
        okr_unpack_need(u, reg->form != OKR_REG_UNSET || reg->data.len == 0,
                        OKR_ERR_FORMAT);
        okr_unpack_need(u, i == 0 || in_order(reg - 1, reg), OKR_ERR_FORMAT);
    }
}

static struct okr_id id_or_none(struct okr_unpack *u, uint32_t ref)
{
    const struct okr_id *id = okr_unpack_ref(u, ref);
    return id == NULL ? (struct okr_id){{0}} : *id;
}

static void unpack_row(struct okr_unpack *u, const Okr__Rows *pb, size_t i,
                       struct at *at, struct okr_row *ret)
{
    okr_unpack_need(u, pb->id[i] != 0, OKR_ERR_FORMAT);
    ret->id = id_or_none(u, pb->id[i]);
    ret->kind = okr_unpack_u16(u, pb->kind[i]);
    ret->elsn = okr_unpack_number(u, at->elsn + (uint64_t)pb->elsn[i]);
    at->elsn = ret->elsn;
    ret->all = (pb->flags[i] & ROW_ALL) != 0;
    ret->gone = (pb->flags[i] & ROW_GONE) != 0;
    unpack_regs(u, pb, at, ret);
    ret->last.person = id_or_none(u, pb->person[i]);
    ret->last.site = id_or_none(u, pb->site[i]);
    ret->last.verb = okr_unpack_u16(u, pb->verb[i]);
    ret->last.is_signed = (pb->flags[i] & ROW_SIGNED) != 0;
    at->time += (uint64_t)pb->time_us[i];
    ret->last.time = okr_unpack_time(u, (int64_t)at->time);
}

/* Columns of rows have one length; those of registers the sum of `regs`. */
static bool columns_agree(const Okr__Rows *pb)
{
    uint64_t regs = 0;
    size_t n = pb->n_id;
    for (size_t i = 0; i < pb->n_regs; i++)
        regs += pb->regs[i];
    return pb->n_kind == n && pb->n_elsn == n && pb->n_flags == n &&
           pb->n_regs == n && pb->n_person == n && pb->n_site == n &&
           pb->n_verb == n && pb->n_time_us == n && pb->n_field == regs &&
           pb->n_age == regs && pb->n_size == regs;
}

void okr_unpack_rows(struct okr_unpack *u, const Okr__Rows *pb,
                     struct okr_row **ret_rows, size_t *ret_n)
{
    *ret_rows = NULL;
    *ret_n = 0;
    if (pb == NULL)
        return;
    okr_unpack_need(u, columns_agree(pb), OKR_ERR_FORMAT);
    struct okr_row *rows = okr_unpack_array(u, pb->n_id, sizeof *rows);
    struct okr_reg *regs = okr_unpack_array(u, pb->n_field, sizeof *regs);
    struct at at = {.reg = 0};
    for (size_t i = 0; u->err == OKR_OK && i < pb->n_id; i++) {
        rows[i].regs = regs == NULL ? NULL : regs + at.reg;
        rows[i].n_regs = pb->regs[i];
        unpack_row(u, pb, i, &at, &rows[i]);
    }
    okr_unpack_need(u, at.data == pb->data.len, OKR_ERR_FORMAT);
    if (u->err != OKR_OK)
        return;
    *ret_rows = rows;
    *ret_n = pb->n_id;
}

/* ---- sizes --------------------------------------------------------------- */

static size_t varint_size(uint64_t v)
{
    size_t len = 1;
    for (; v > 0x7f; v >>= 7)
        len++;
    return len;
}

static size_t ref_size(const struct okr_id *id, struct okr_row_meter *meter)
{
    enum { REF = 3, ID = 7 + 10 }; /* in the table: head, tail */
    if (okr_id_is_zero(id))
        return 1;
    struct okr_id *seen = &meter->seen[(id->b[14] ^ id->b[15] << 2) % 1024];
    if (okr_id_eq(seen, id))
        return REF;
    *seen = *id;
    return REF + ID;
}

static size_t data_size(struct okr_slice data, struct okr_row_meter *meter)
{
    struct okr_id id;
    if (okr_id_from(data, &id) == OKR_OK)
        return ref_size(&id, meter);
    return varint_size(2 * data.len) + data.len;
}

/* References take 3 bytes at most: there are not more than fit in a frame. */
size_t okr_row_size(const struct okr_row *row, struct okr_row_meter *meter)
{
    enum { FLAGS = 1 };
    OKR_ASSERT(row != NULL && meter != NULL);
    uint64_t time =
        (uint64_t)(row->last.time < 0 ? -row->last.time : row->last.time);
    size_t size =
        ref_size(&row->id, meter) + varint_size(row->kind) +
        varint_size(2 * row->elsn) + FLAGS + varint_size(row->n_regs) +
        ref_size(&row->last.person, meter) + ref_size(&row->last.site, meter) +
        varint_size(row->last.verb) + varint_size(2 * time);
    for (size_t i = 0; i < row->n_regs; i++) {
        const struct okr_reg *reg = &row->regs[i];
        OKR_ASSERT(reg->lsn <= row->elsn);
        size += varint_size((uint64_t)reg->field * 4 + 3) +
                varint_size(row->elsn - reg->lsn) + data_size(reg->data, meter);
    }
    return size;
}
