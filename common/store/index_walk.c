/* Walking an index: INDEX alone, or with VIEW_INDEX merged into it.  Both are
 * in key order, so a view needs one look at the smaller of two keys. */
#include "common/store/index.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/buf.h"

void okr_index_walk(const struct okr_space *space, const struct okr_key *prefix,
                    struct okr_index_walk *walk)
{
    okr_index_walk_from(space, prefix, NULL, walk);
}

void okr_index_walk_from(const struct okr_space *space,
                         const struct okr_key *prefix,
                         const struct okr_id *from, struct okr_index_walk *walk)
{
    struct okr_key first = *prefix;
    OKR_ASSERT(space != NULL && walk != NULL);
    *walk = (struct okr_index_walk){.view = space->view};
    struct okr_slice below = okr_key_slice(prefix);
    OKR_ASSERT(below.len == OKR_INDEX_KEY_LEN - OKR_ID_LEN);
    if (space->trail != NULL)
        okr_trail_read(space->trail, okr_print_rows(prefix->b));
    if (from != NULL)
        okr_key_id(&first, from);
    okr_kv_scan(space->txn, OKR_TABLE_INDEX, below, okr_key_slice(&first),
                &walk->base);
    walk->has_base = okr_kv_iter_next(&walk->base);
    if (!walk->view)
        return;
    okr_kv_scan(space->txn, OKR_TABLE_VIEW_INDEX, below, okr_key_slice(&first),
                &walk->over);
    walk->has_over = okr_kv_iter_next(&walk->over);
}

/* Takes over what a row says; false, and the sticky error, if its form is
 * none.  `flag_len`: bytes in front of the kind. */
static bool take(struct okr_index_walk *walk, const struct okr_kv_iter *row,
                 size_t flag_len)
{
    size_t len = row->value.len;
    if (row->key.len != OKR_INDEX_KEY_LEN ||
        (len != flag_len && len != flag_len + 2)) {
        walk->err = OKR_ERR_CORRUPT;
        return false;
    }
    const uint8_t *id = row->key.data + OKR_INDEX_KEY_LEN - OKR_ID_LEN;
    memcpy(walk->id.b, id, OKR_ID_LEN);
    walk->kind = len == flag_len ? 0 : okr_be_get16(row->value.data + flag_len);
    return true;
}

/* Takes the row with the smaller key and steps over it (equal: over both).
 * `ret_shown`: it is in the view. */
static bool step(struct okr_index_walk *walk, bool *ret_shown)
{
    int order = !walk->has_over ? -1
                : !walk->has_base
                    ? 1
                    : okr_slice_cmp(walk->base.key, walk->over.key);
    bool over = order >= 0;
    if (!take(walk, over ? &walk->over : &walk->base, over))
        return false;
    *ret_shown = !over || walk->over.value.data[0] != 0;
    if (order <= 0)
        walk->has_base = okr_kv_iter_next(&walk->base);
    if (over)
        walk->has_over = okr_kv_iter_next(&walk->over);
    return true;
}

bool okr_index_walk_next(struct okr_index_walk *walk)
{
    OKR_ASSERT(walk != NULL);
    bool shown = false;
    while (walk->err == OKR_OK && (walk->has_base || walk->has_over))
        if (step(walk, &shown) && shown)
            return true;
    return false;
}

enum okr_err okr_index_walk_close(struct okr_index_walk *walk)
{
    OKR_ASSERT(walk != NULL);
    enum okr_err base = okr_kv_iter_close(&walk->base);
    enum okr_err over = walk->view ? okr_kv_iter_close(&walk->over) : OKR_OK;
    if (walk->err != OKR_OK)
        return walk->err;
    return base != OKR_OK ? base : over;
}
