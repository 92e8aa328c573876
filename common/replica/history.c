/* History of one entity as this store saw it.
 *
 * HISTORY: entity 16 ‖ lsn u64 -> at the server nothing (the leaf and the
 * payload have it all); at a site a sealed row: person 16 ‖ site 16 ‖ verb
 * varint ‖ time zigzag ‖ flags u8 ‖ block(reason) ‖ count varint ‖ per
 * change: field varint ‖ form before u8 ‖ form after u8 ‖ block(before) ‖
 * block(after). */
#include <string.h>

#include "common/base/buf.h"
#include "common/replica/record.h"
#include "common/store/seal.h"

#define HISTORY_KEY (OKR_ID_LEN + 8)

enum {
    COLLAPSED = 1, /* bits of `flags` */
    SIGNED = 2,
};

static struct okr_slice history_key(const struct okr_id *entity, okr_lsn lsn,
                                    uint8_t key[HISTORY_KEY])
{
    memcpy(key, entity->b, OKR_ID_LEN);
    okr_be_put64(key + OKR_ID_LEN, lsn);
    return okr_slice_of(key, HISTORY_KEY);
}

enum okr_err okr_history_mark(const struct okr_space *space,
                              const struct okr_id *entity, okr_lsn lsn)
{
    uint8_t key[HISTORY_KEY];
    return okr_kv_put(space->txn, OKR_TABLE_HISTORY,
                      history_key(entity, lsn, key), OKR_SLICE_NONE);
}

enum okr_err okr_history_put(const struct okr_space *space,
                             const struct okr_id *entity,
                             const struct okr_history *history)
{
    uint8_t key[HISTORY_KEY];
    struct okr_buf buf;
    okr_buf_init(&buf, space->arena);
    okr_buf_put(&buf, okr_id_slice(&history->last.person));
    okr_buf_put(&buf, okr_id_slice(&history->last.site));
    okr_buf_varint(&buf, history->last.verb);
    okr_buf_zigzag(&buf, history->last.time);
    okr_buf_u8(&buf, (uint8_t)((history->collapsed ? COLLAPSED : 0) |
                               (history->last.is_signed ? SIGNED : 0)));
    okr_buf_block(&buf, history->reason);
    okr_buf_varint(&buf, history->n_changes);
    for (size_t i = 0; i < history->n_changes; i++) {
        const struct okr_history_change *c = &history->changes[i];
        okr_buf_varint(&buf, c->field);
        okr_buf_u8(&buf, c->form_before);
        okr_buf_u8(&buf, c->form_after);
        okr_buf_block(&buf, c->before);
        okr_buf_block(&buf, c->after);
    }
    return okr_sealed_put(space->txn, OKR_TABLE_HISTORY,
                          history_key(entity, history->lsn, key), &buf);
}

static enum okr_err read_change(struct okr_reader *r,
                                struct okr_history_change *ret)
{
    ret->field = (uint16_t)okr_reader_varint(r);
    ret->form_before = okr_reader_u8(r);
    ret->form_after = okr_reader_u8(r);
    ret->before = okr_reader_block(r);
    ret->after = okr_reader_block(r);
    return r->err;
}

static enum okr_err read_row(struct okr_slice value, struct okr_arena *arena,
                             struct okr_history *ret)
{
    struct okr_reader r = okr_reader_of(value);
    struct okr_history h = {.lsn = ret->lsn};
    struct okr_slice person = okr_reader_take(&r, OKR_ID_LEN);
    struct okr_slice site = okr_reader_take(&r, OKR_ID_LEN);
    h.last.verb = (uint16_t)okr_reader_varint(&r);
    h.last.time = okr_reader_zigzag(&r);
    uint8_t flags = okr_reader_u8(&r);
    h.collapsed = (flags & COLLAPSED) != 0;
    h.last.is_signed = (flags & SIGNED) != 0;
    h.reason = okr_reader_block(&r);
    uint64_t n = okr_reader_varint(&r);
    if (r.err != OKR_OK || n > value.len)
        return OKR_ERR_CORRUPT;
    OKR_TRY(okr_id_from(person, &h.last.person));
    OKR_TRY(okr_id_from(site, &h.last.site));
    h.changes = okr_arena_array(arena, (size_t)n, sizeof *h.changes);
    if (h.changes == NULL)
        return OKR_ERR_NOMEM;
    for (; h.n_changes < n; h.n_changes++)
        if (read_change(&r, &h.changes[h.n_changes]) != OKR_OK)
            return OKR_ERR_CORRUPT;
    if (okr_reader_end(&r) != OKR_OK)
        return OKR_ERR_CORRUPT;
    *ret = h;
    return OKR_OK;
}

enum okr_err okr_history_get(const struct okr_space *space,
                             const struct okr_id *entity,
                             struct okr_history **ret_rows, size_t *ret_n)
{
    struct okr_kv_iter it;
    size_t cap = 0, n = 0;
    struct okr_history *rows = NULL;
    enum okr_err err = OKR_OK;
    okr_kv_scan(space->txn, OKR_TABLE_HISTORY, okr_id_slice(entity),
                OKR_SLICE_NONE, &it);
    while (err == OKR_OK && okr_kv_iter_next(&it)) {
        if (n == cap) {
            cap = cap == 0 ? 16 : cap * 2;
            struct okr_history *more =
                okr_arena_array(space->arena, cap, sizeof *more);
            if (more == NULL) {
                err = OKR_ERR_NOMEM;
                break;
            }
            if (n > 0)
                memcpy(more, rows, n * sizeof *more);
            rows = more;
        }
        rows[n].lsn = okr_be_get64(it.key.data + OKR_ID_LEN);
        if (it.value.len > 0) {
            struct okr_slice plain = OKR_SLICE_NONE;
            err = okr_unseal(OKR_TABLE_HISTORY, it.key, it.value, &plain);
            plain = okr_arena_copy(space->arena, plain);
            if (err == OKR_OK)
                err = read_row(plain, space->arena, &rows[n]);
        }
        n++;
    }
    enum okr_err closed = okr_kv_iter_close(&it);
    if (err != OKR_OK || closed != OKR_OK)
        return err != OKR_OK ? err : closed;
    *ret_rows = rows;
    *ret_n = n;
    return OKR_OK;
}

static bool is_element(const struct okr_reg *reg)
{
    return reg->form == OKR_REG_PRESENT || reg->form == OKR_REG_ABSENT;
}

enum okr_err okr_history_diff(const struct okr_record *before,
                              const struct okr_record *after,
                              struct okr_arena *arena,
                              struct okr_history *ret_history)
{
    struct okr_history_change *changes =
        okr_arena_array(arena, after->n_regs, sizeof *changes);
    if (changes == NULL)
        return OKR_ERR_NOMEM;
    size_t n = 0;
    for (size_t i = 0; i < after->n_regs; i++) {
        const struct okr_reg *now = &after->regs[i], *was = NULL;
        if (before != NULL)
            was = is_element(now)
                      ? okr_record_element(before, now->field, now->data)
                      : okr_record_reg(before, now->field);
        bool same =
            was == NULL
                ? now->form == OKR_REG_UNSET || now->form == OKR_REG_ABSENT
                : was->form == now->form && okr_slice_eq(was->data, now->data);
        if (same)
            continue;
        changes[n++] = (struct okr_history_change){
            .field = now->field,
            .form_before = was == NULL ? OKR_REG_UNSET : was->form,
            .form_after = now->form,
            .before = was == NULL ? OKR_SLICE_NONE : was->data,
            .after = now->data,
        };
    }
    ret_history->changes = changes;
    ret_history->n_changes = n;
    return OKR_OK;
}
