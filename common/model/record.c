/* Records: looking up, writing over, joining.  Registers are sorted by
 * (field, element); a scalar has no element, so its field alone is its key. */
#include "common/model/record.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/model/value.h"

static bool is_element(const struct okr_reg *reg)
{
    return reg->form == OKR_REG_PRESENT || reg->form == OKR_REG_ABSENT;
}

static int key_cmp(const struct okr_reg *a, const struct okr_reg *b)
{
    if (a->field != b->field)
        return a->field < b->field ? -1 : 1;
    if (!is_element(a) || !is_element(b))
        return is_element(a) - is_element(b);
    return okr_slice_cmp(a->data, b->data);
}

/* Position of the first register that is not before `key`. */
static size_t lower_bound(const struct okr_reg *regs, size_t n,
                          const struct okr_reg *key)
{
    size_t from = 0, to = n;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (key_cmp(&regs[mid], key) < 0)
            from = mid + 1;
        else
            to = mid;
    }
    return from;
}

static const struct okr_reg *find(const struct okr_record *record,
                                  const struct okr_reg *key)
{
    OKR_ASSERT(record != NULL && (record->regs != NULL || record->n_regs == 0));
    size_t at = lower_bound(record->regs, record->n_regs, key);
    if (at == record->n_regs || key_cmp(&record->regs[at], key) != 0)
        return NULL;
    return &record->regs[at];
}

const struct okr_reg *okr_record_reg(const struct okr_record *record,
                                     uint16_t field)
{
    return find(record,
                &(struct okr_reg){.field = field, .form = OKR_REG_VALUE});
}

const struct okr_reg *okr_record_element(const struct okr_record *record,
                                         uint16_t field,
                                         struct okr_slice element)
{
    return find(record, &(struct okr_reg){.field = field,
                                          .form = OKR_REG_PRESENT,
                                          .data = element});
}

const struct okr_reg *okr_record_next(const struct okr_record *record,
                                      uint16_t field, size_t *at)
{
    OKR_ASSERT(record != NULL && at != NULL);
    if (*at == 0) {
        struct okr_reg first = {.field = field, .form = OKR_REG_VALUE};
        *at = lower_bound(record->regs, record->n_regs, &first);
    }
    while (*at < record->n_regs && record->regs[*at].field < field)
        (*at)++;
    if (*at >= record->n_regs || record->regs[*at].field != field)
        return NULL;
    return &record->regs[(*at)++];
}

okr_lsn okr_record_elsn(const struct okr_record *record)
{
    OKR_ASSERT(record != NULL);
    okr_lsn elsn = 0;
    for (size_t i = 0; i < record->n_regs; i++)
        if (record->regs[i].lsn > elsn)
            elsn = record->regs[i].lsn;
    return elsn;
}

/* ---- typed reads ------------------------------------------------------ */

/* The register, if it is a scalar that has a value. */
static const struct okr_reg *value_reg(const struct okr_record *record,
                                       uint16_t field)
{
    const struct okr_reg *reg = okr_record_reg(record, field);
    return reg != NULL && reg->form == OKR_REG_VALUE ? reg : NULL;
}

bool okr_record_has(const struct okr_record *record, uint16_t field)
{
    const struct okr_reg *reg;
    for (size_t at = 0; (reg = okr_record_next(record, field, &at)) != NULL;)
        if (reg->form == OKR_REG_VALUE || reg->form == OKR_REG_PRESENT)
            return true;
    return false;
}

bool okr_record_id(const struct okr_record *record, uint16_t field,
                   struct okr_id *ret)
{
    const struct okr_reg *reg = value_reg(record, field);
    return reg != NULL && okr_value_as_id(reg->data, ret);
}

bool okr_record_dec(const struct okr_record *record, uint16_t field,
                    struct okr_dec *ret)
{
    const struct okr_reg *reg = value_reg(record, field);
    return reg != NULL && okr_value_as_dec(reg->data, ret);
}

int64_t okr_record_int(const struct okr_record *record, uint16_t field,
                       int64_t unset)
{
    const struct okr_reg *reg = value_reg(record, field);
    int64_t v;
    return reg != NULL && okr_value_as_int(reg->data, &v) ? v : unset;
}

uint32_t okr_record_enum(const struct okr_record *record, uint16_t field,
                         uint32_t unset)
{
    const struct okr_reg *reg = value_reg(record, field);
    uint32_t v;
    return reg != NULL && okr_value_as_enum(reg->data, &v) ? v : unset;
}

bool okr_record_bool(const struct okr_record *record, uint16_t field)
{
    const struct okr_reg *reg = value_reg(record, field);
    bool v;
    return reg != NULL && okr_value_as_bool(reg->data, &v) && v;
}

struct okr_slice okr_record_text(const struct okr_record *record,
                                 uint16_t field)
{
    const struct okr_reg *reg = value_reg(record, field);
    return reg == NULL ? OKR_SLICE_NONE : reg->data;
}

bool okr_record_in_set(const struct okr_record *record, uint16_t field,
                       struct okr_slice element)
{
    const struct okr_reg *reg = okr_record_element(record, field, element);
    return reg != NULL && reg->form == OKR_REG_PRESENT;
}

okr_scope okr_record_home(const struct okr_record *record)
{
    int64_t home = okr_record_int(record, OKR_F_HOME, 0);
    return home < 0 || home > UINT32_MAX ? 0 : (okr_scope)home;
}

bool okr_record_archived(const struct okr_record *record)
{
    return okr_record_bool(record, OKR_F_ARCHIVED);
}

/* ---- new records ------------------------------------------------------ */

/* An empty record with room for `room` registers. */
static struct okr_record *with_room(const struct okr_id *id, uint16_t kind,
                                    size_t room, struct okr_arena *arena)
{
    OKR_ASSERT(id != NULL && arena != NULL);
    struct okr_record *record = okr_arena_alloc(arena, sizeof *record);
    struct okr_reg *regs = okr_arena_array(arena, room, sizeof *regs);
    if (record == NULL || regs == NULL)
        return NULL;
    *record = (struct okr_record){.id = *id, .kind = kind, .regs = regs};
    return record;
}

struct okr_record *okr_record_new(const struct okr_id *id, uint16_t kind,
                                  struct okr_arena *arena)
{
    return with_room(id, kind, 0, arena);
}

/* Puts the register in its place; `record` has room for it. */
static void put(struct okr_record *record, const struct okr_reg *reg)
{
    size_t at = lower_bound(record->regs, record->n_regs, reg);
    struct okr_reg *place = &record->regs[at];
    bool there = at < record->n_regs && key_cmp(place, reg) == 0;
    if (!there) {
        memmove(place + 1, place, (record->n_regs - at) * sizeof *place);
        record->n_regs++;
    }
    *place = *reg;
}

struct okr_record *okr_record_with(const struct okr_record *base,
                                   const struct okr_reg *regs, size_t n,
                                   struct okr_arena *arena)
{
    OKR_ASSERT(base != NULL && (regs != NULL || n == 0));
    struct okr_record *record =
        with_room(&base->id, base->kind, base->n_regs + n, arena);
    if (record == NULL)
        return NULL;
    record->entered = base->entered;
    record->n_regs = base->n_regs;
    if (base->n_regs > 0)
        memcpy(record->regs, base->regs, base->n_regs * sizeof *base->regs);
    for (size_t i = 0; i < n; i++)
        put(record, &regs[i]);
    return record;
}

/* The one with the larger lsn.  Equal lsn mean equal registers; should they
 * differ after all, the larger bytes win, so that the order of joining still
 * does not matter. */
static const struct okr_reg *later(const struct okr_reg *a,
                                   const struct okr_reg *b)
{
    if (a->lsn != b->lsn)
        return a->lsn > b->lsn ? a : b;
    if (a->form != b->form)
        return a->form > b->form ? a : b;
    return okr_slice_cmp(a->data, b->data) >= 0 ? a : b;
}

struct okr_record *okr_record_join(const struct okr_record *a,
                                   const struct okr_record *b,
                                   struct okr_arena *arena)
{
    OKR_ASSERT(a != NULL && b != NULL);
    OKR_ASSERT(okr_id_eq(&a->id, &b->id) && a->kind == b->kind);
    struct okr_record *record =
        with_room(&a->id, a->kind, a->n_regs + b->n_regs, arena);
    if (record == NULL)
        return NULL;
    record->entered = a->entered > b->entered ? a->entered : b->entered;
    size_t i = 0, j = 0;
    while (i < a->n_regs || j < b->n_regs) {
        int order = j == b->n_regs   ? -1
                    : i == a->n_regs ? 1
                                     : key_cmp(&a->regs[i], &b->regs[j]);
        const struct okr_reg *reg = order > 0 ? &b->regs[j] : &a->regs[i];
        if (order == 0)
            reg = later(&a->regs[i], &b->regs[j]);
        record->regs[record->n_regs++] = *reg;
        i += order <= 0;
        j += order >= 0;
    }
    return record;
}

/* ---- bytes ------------------------------------------------------------ */

void okr_record_encode(const struct okr_record *record, struct okr_buf *out)
{
    OKR_ASSERT(record != NULL && out != NULL);
    okr_buf_varint(out, record->kind);
    okr_buf_varint(out, record->n_regs);
    for (size_t i = 0; i < record->n_regs; i++) {
        const struct okr_reg *reg = &record->regs[i];
        OKR_ASSERT(i == 0 || key_cmp(&record->regs[i - 1], reg) < 0);
        okr_buf_varint(out, reg->field);
        okr_buf_u8(out, reg->form);
        okr_buf_varint(out, reg->lsn);
        okr_buf_block(out, reg->data);
    }
}

static uint16_t read_u16(struct okr_reader *r)
{
    uint64_t v = okr_reader_varint(r);
    if (v > UINT16_MAX && r->err == OKR_OK)
        r->err = OKR_ERR_FORMAT;
    return (uint16_t)v;
}

/* A register that may stand behind `before` (NULL: the first one). */
static bool read_reg(struct okr_reader *r, const struct okr_reg *before,
                     struct okr_reg *ret_reg)
{
    ret_reg->field = read_u16(r);
    ret_reg->form = okr_reader_u8(r);
    ret_reg->lsn = okr_reader_varint(r);
    ret_reg->data = okr_reader_block(r);
    if (r->err != OKR_OK || ret_reg->field == 0)
        return false;
    if (ret_reg->form > OKR_REG_ABSENT)
        return false;
    if (ret_reg->form == OKR_REG_UNSET && ret_reg->data.len > 0)
        return false;
    if (before == NULL || before->field < ret_reg->field)
        return true;
    return is_element(before) && is_element(ret_reg) &&
           key_cmp(before, ret_reg) < 0;
}

enum okr_err okr_record_decode(struct okr_slice s, const struct okr_id *id,
                               struct okr_arena *arena,
                               struct okr_record **ret_record)
{
    enum { REG_BYTES_MIN = 4 };
    struct okr_reader r = okr_reader_of(s);
    uint16_t kind = read_u16(&r);
    uint64_t n = okr_reader_varint(&r);
    if (r.err != OKR_OK || n > r.rest.len / REG_BYTES_MIN)
        return OKR_ERR_CORRUPT;
    struct okr_record *record = with_room(id, kind, (size_t)n, arena);
    if (record == NULL)
        return OKR_ERR_NOMEM;
    for (; record->n_regs < n; record->n_regs++) {
        struct okr_reg *reg = &record->regs[record->n_regs];
        if (!read_reg(&r, record->n_regs == 0 ? NULL : reg - 1, reg))
            return OKR_ERR_CORRUPT;
    }
    if (okr_reader_end(&r) != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_record = record;
    return OKR_OK;
}
