/* Rows of operations with their answers: writing and reading. */
#include "client/store/out_row.h"

#include "common/base/assert.h"

/* Nothing that was stored may be misread: what does not decode is damage,
 * whatever the decoder calls it. */
static enum okr_err as_corrupt(enum okr_err err)
{
    return err == OKR_OK || err == OKR_ERR_NOMEM ? err : OKR_ERR_CORRUPT;
}

void okr_out_row_write_op(const struct okr_op *op, struct okr_arena *arena,
                          struct okr_buf *row)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, arena);
    okr_op_encode(op, &bytes);
    OKR_ASSERT(bytes.err != OKR_OK || bytes.len > 0);
    okr_buf_block(row, okr_buf_slice(&bytes));
    if (row->err == OKR_OK)
        row->err = bytes.err;
}

void okr_out_row_write_answer(const struct okr_answer *answer,
                              struct okr_arena *arena, struct okr_buf *row)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, arena);
    okr_answer_encode(answer, &bytes);
    OKR_ASSERT(bytes.err != OKR_OK || bytes.len > 0);
    okr_buf_block(row, okr_buf_slice(&bytes));
    if (row->err == OKR_OK)
        row->err = bytes.err;
}

static enum okr_err copy_block(struct okr_reader *r, struct okr_arena *arena,
                               struct okr_slice *ret_bytes)
{
    struct okr_slice block = okr_reader_block(r);
    if (r->err != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_bytes = okr_arena_copy(arena, block);
    return ret_bytes->data == NULL ? OKR_ERR_NOMEM : OKR_OK;
}

enum okr_err okr_out_row_read_op(struct okr_reader *r, struct okr_arena *arena,
                                 struct okr_op *ret_op)
{
    struct okr_slice bytes;
    OKR_TRY(copy_block(r, arena, &bytes));
    return as_corrupt(okr_op_decode(bytes, arena, ret_op));
}

enum okr_err okr_out_row_read_answer(struct okr_reader *r,
                                     struct okr_arena *arena,
                                     struct okr_answer *ret)
{
    struct okr_slice bytes;
    OKR_TRY(copy_block(r, arena, &bytes));
    if (bytes.len == 0) {
        *ret = (struct okr_answer){.lsn = 0};
        return OKR_OK;
    }
    return as_corrupt(okr_answer_decode(bytes, arena, ret));
}

static bool has_answer(enum okr_out_state state)
{
    return state == OKR_OUT_PARKED || state == OKR_OUT_ANSWERED;
}

void okr_out_row_write(const struct okr_out *out, struct okr_arena *arena,
                       struct okr_buf *row)
{
    OKR_ASSERT(out->state <= OKR_OUT_ANSWERED && out->seq > 0);
    okr_buf_u8(row, (uint8_t)out->state);
    okr_buf_u8(row, out->written);
    okr_buf_u64(row, (uint64_t)out->at);
    okr_out_row_write_op(&out->op, arena, row);
    if (has_answer(out->state))
        okr_out_row_write_answer(&out->answer, arena, row);
    else
        okr_buf_block(row, OKR_SLICE_NONE);
}

enum okr_err okr_out_row_read(struct okr_reader *r, struct okr_arena *arena,
                              struct okr_out *ret_out)
{
    struct okr_out out = {.seq = ret_out->seq};
    uint8_t state = okr_reader_u8(r);
    uint8_t written = okr_reader_u8(r);
    out.at = (okr_us)okr_reader_u64(r);
    if (r->err != OKR_OK || state > OKR_OUT_ANSWERED || written > 1)
        return OKR_ERR_CORRUPT;
    out.state = (enum okr_out_state)state;
    out.written = written == 1;
    OKR_TRY(okr_out_row_read_op(r, arena, &out.op));
    OKR_TRY(okr_out_row_read_answer(r, arena, &out.answer));
    if (okr_reader_end(r) != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret_out = out;
    return OKR_OK;
}
