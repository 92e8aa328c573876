/* Pending operations by what they saw: keeping, finding, taking off. */
#include "client/core/view.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"

/* ---- the list ------------------------------------------------------------ */

void okr_view_init(struct okr_view *view)
{
    *view = (struct okr_view){.n = 0};
    okr_trail_init(&view->judging, true);
    okr_trail_init(&view->copy, false);
}

static void op_free(struct okr_view_op *op)
{
    free(op->reads);
}

void okr_view_forget(struct okr_view *view)
{
    for (size_t i = 0; i < view->n; i++)
        op_free(&view->ops[i]);
    free(view->ops);
    view->ops = NULL;
    view->n = view->cap = 0;
    view->moved = false;
    okr_trail_free(&view->copy);
    okr_trail_init(&view->copy, false);
}

void okr_view_free(struct okr_view *view)
{
    okr_view_forget(view);
    okr_trail_free(&view->judging);
}

/* Where `seq` is, or would be. */
static size_t place_of(const struct okr_view *view, uint64_t seq)
{
    size_t low = 0, high = view->n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (view->ops[mid].seq < seq)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static struct okr_view_op *find(const struct okr_view *view, uint64_t seq)
{
    size_t at = place_of(view, seq);
    bool here = at < view->n && view->ops[at].seq == seq;
    return here ? &view->ops[at] : NULL;
}

static enum okr_err grow(struct okr_view *view)
{
    size_t cap = view->cap < 64 ? 64 : view->cap * 2;
    struct okr_view_op *more = realloc(view->ops, cap * sizeof *more);
    if (more == NULL)
        return OKR_ERR_NOMEM;
    view->ops = more;
    view->cap = cap;
    return OKR_OK;
}

/* The entry of `seq`, made where there is none. */
static enum okr_err entry_of(struct okr_view *view, uint64_t seq,
                             struct okr_view_op **ret_op)
{
    size_t at = place_of(view, seq);
    if (at == view->n || view->ops[at].seq != seq) {
        if (view->n == view->cap)
            OKR_TRY(grow(view));
        memmove(&view->ops[at + 1], &view->ops[at],
                (view->n - at) * sizeof *view->ops);
        view->ops[at] = (struct okr_view_op){.seq = seq};
        view->n++;
    }
    *ret_op = &view->ops[at];
    return OKR_OK;
}

/* ---- keeping ------------------------------------------------------------- */

static int compare_prints(const void *a, const void *b)
{
    uint64_t x, y;
    memcpy(&x, a, sizeof x);
    memcpy(&y, b, sizeof y);
    return (x > y) - (x < y);
}

/* Sorts; how many are left when each is there once. */
static size_t sort_prints(struct okr_buf *prints)
{
    uint64_t *at = (void *)prints->data; /* of malloc: aligned */
    size_t n = prints->len / sizeof *at, kept = 0;
    if (n == 0)
        return 0;
    qsort(at, n, sizeof *at, compare_prints);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || at[kept - 1] != at[i])
            at[kept++] = at[i];
    prints->len = kept * sizeof *at;
    return kept;
}

static void append(uint8_t **at, const struct okr_buf *buf)
{
    if (buf->len > 0)
        memcpy(*at, buf->data, buf->len);
    *at += buf->len;
}

enum okr_err okr_view_keep(struct okr_view *view, uint64_t seq)
{
    struct okr_trail *trail = &view->judging;
    struct okr_view_op *entry;
    OKR_TRY(okr_trail_err(trail));
    OKR_TRY(entry_of(view, seq, &entry));
    struct okr_view_op op = {.seq = seq, .n_reads = sort_prints(&trail->read)};
    uint8_t *block =
        malloc(trail->read.len + trail->ids.len + trail->rows.len + 1);
    if (block == NULL)
        return OKR_ERR_NOMEM;
    op.reads = (void *)block;
    append(&block, &trail->read);
    op.ids = (void *)block; /* bytes: they need no alignment */
    op.n_ids = trail->ids.len / sizeof *op.ids;
    append(&block, &trail->ids);
    op.rows = (void *)block;
    op.n_rows = trail->rows.len / sizeof *op.rows;
    append(&block, &trail->rows);
    op_free(entry);
    *entry = op;
    view->judged++;
    return OKR_OK;
}

void okr_view_gone(struct okr_view *view, uint64_t seq)
{
    struct okr_view_op *op = find(view, seq);
    if (op == NULL)
        return;
    op->gone = true;
    view->moved = true;
}

enum okr_err okr_view_back(struct okr_view *view, uint64_t seq)
{
    struct okr_view_op *op;
    OKR_TRY(entry_of(view, seq, &op));
    op->gone = false;
    op->again = true;
    view->moved = true;
    return OKR_OK;
}

/* ---- after the plan ------------------------------------------------------ */

enum okr_err okr_view_clean(struct okr_view *view, struct okr_kv_txn *txn)
{
    size_t kept = 0;
    for (size_t i = 0; i < view->n; i++) {
        struct okr_view_op *op = &view->ops[i];
        if (op->again || op->gone)
            OKR_TRY(
                okr_view_undo(txn, op->ids, op->n_ids, op->rows, op->n_rows));
    }
    for (size_t i = 0; i < view->n; i++) {
        if (view->ops[i].gone)
            op_free(&view->ops[i]);
        else
            view->ops[kept++] = view->ops[i];
    }
    view->n = kept;
    view->moved = false;
    return OKR_OK;
}

static bool reads(const struct okr_view_op *op, uint64_t print)
{
    return op->n_reads > 0 && bsearch(&print, op->reads, op->n_reads,
                                      sizeof print, compare_prints) != NULL;
}

static bool writes(const struct okr_view_op *op, uint64_t print)
{
    for (size_t i = 0; i < op->n_ids; i++)
        if (okr_print_entity(&op->ids[i]) == print)
            return true;
    for (size_t i = 0; i < op->n_rows; i++)
        if (okr_print_rows(op->rows[i].b) == print)
            return true;
    return false;
}

/* A later one that stays would have had to see what is written now, or what
 * it wrote would have had to be taken off before this was read.  One that had
 * no effect so far only has to be judged again in its turn. */
static bool surprised(struct okr_view *view, size_t from, uint64_t print,
                      bool written)
{
    for (size_t i = from; i < view->n; i++) {
        struct okr_view_op *later = &view->ops[i];
        if (later->again)
            continue;
        if (writes(later, print))
            return true;
        if (!written || !reads(later, print))
            continue;
        if (later->n_ids > 0)
            return true;
        later->again = true;
    }
    return false;
}

bool okr_view_surprises(struct okr_view *view, uint64_t seq)
{
    const struct okr_trail *now = &view->judging;
    const struct okr_view_op *was = find(view, seq);
    OKR_ASSERT(was != NULL);
    size_t from = place_of(view, seq) + 1;
    bool any = false;
    for (size_t at = 0; at < now->read.len && !any; at += sizeof(uint64_t)) {
        uint64_t print;
        memcpy(&print, now->read.data + at, sizeof print);
        any = !reads(was, print) && surprised(view, from, print, false);
    }
    for (size_t at = 0; at < now->ids.len && !any; at += OKR_ID_LEN) {
        struct okr_id id;
        memcpy(id.b, now->ids.data + at, OKR_ID_LEN);
        uint64_t print = okr_print_entity(&id);
        any = !writes(was, print) && surprised(view, from, print, true);
    }
    for (size_t at = 0; at < now->rows.len && !any; at += OKR_TRAIL_ROW) {
        uint64_t print = okr_print_rows(now->rows.data + at);
        any = !writes(was, print) && surprised(view, from, print, true);
    }
    return any;
}
