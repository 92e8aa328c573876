/* Trails: four lists that grow. */
#include "common/store/trail.h"

#include <string.h>

#include "common/base/assert.h"

/* ---- prints -------------------------------------------------------------- */

enum { OF_ENTITY = 1, OF_OP = 2, OF_ROWS = 3 };

/* FNV-1a over eight bytes at a time, and a last stir: the bytes are mostly
 * random already. */
static uint64_t stir(uint64_t hash, const uint8_t *bytes, size_t words)
{
    for (size_t i = 0; i < words; i++) {
        uint64_t word;
        memcpy(&word, bytes + 8 * i, sizeof word);
        hash = (hash ^ word) * UINT64_C(0x100000001b3);
        hash ^= hash >> 29;
    }
    return hash;
}

static uint64_t start(uint64_t of)
{
    return UINT64_C(0xcbf29ce484222325) + of;
}

uint64_t okr_print_entity(const struct okr_id *id)
{
    return stir(start(OF_ENTITY), id->b, OKR_ID_LEN / 8);
}

uint64_t okr_print_op(const struct okr_id *op)
{
    return stir(start(OF_OP), op->b, OKR_ID_LEN / 8);
}

uint64_t okr_print_rows(const uint8_t row[OKR_TRAIL_ROW])
{
    /* kind and field, then the value */
    uint64_t of = OF_ROWS + ((uint64_t)okr_be_get32(row) << 8);
    return stir(start(of), row + 4, 2);
}

/* ---- the lists ----------------------------------------------------------- */

void okr_trail_init(struct okr_trail *trail, bool reads)
{
    OKR_ASSERT(trail != NULL);
    *trail = (struct okr_trail){.reads = reads};
}

void okr_trail_free(struct okr_trail *trail)
{
    okr_buf_close(&trail->read);
    okr_buf_close(&trail->ids);
    okr_buf_close(&trail->rows);
    okr_buf_close(&trail->prints);
}

void okr_trail_clear(struct okr_trail *trail)
{
    struct okr_buf *const all[] = {&trail->read, &trail->ids, &trail->rows,
                                   &trail->prints};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        all[i]->len = 0;
        all[i]->err = OKR_OK;
    }
}

enum okr_err okr_trail_err(const struct okr_trail *trail)
{
    OKR_TRY(trail->read.err);
    OKR_TRY(trail->ids.err);
    OKR_TRY(trail->rows.err);
    return trail->prints.err;
}

bool okr_trail_is_empty(const struct okr_trail *trail)
{
    return trail->read.len + trail->ids.len + trail->rows.len +
               trail->prints.len ==
           0;
}

void okr_trail_read(struct okr_trail *trail, uint64_t print)
{
    if (trail != NULL && trail->reads)
        okr_buf_put(&trail->read, okr_slice_of(&print, sizeof print));
}

void okr_trail_wrote(struct okr_trail *trail, const struct okr_id *entity)
{
    if (trail != NULL)
        okr_buf_put(&trail->ids, okr_id_slice(entity));
}

void okr_trail_wrote_row(struct okr_trail *trail,
                         const uint8_t row[OKR_TRAIL_ROW])
{
    if (trail != NULL)
        okr_buf_put(&trail->rows, okr_slice_of(row, OKR_TRAIL_ROW));
}

void okr_trail_wrote_op(struct okr_trail *trail, const struct okr_id *op)
{
    uint64_t print = okr_print_op(op);
    if (trail != NULL)
        okr_buf_put(&trail->prints, okr_slice_of(&print, sizeof print));
}
