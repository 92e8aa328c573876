/* Which pending operations have to be judged again: a set that is closed under
 * the rules of view.h, grown until nothing is added any more. */
#include "client/core/view.h"
#include "common/base/assert.h"

#define ROUNDS_MAX 16 /* beyond: from nothing is cheaper than finding out */
#define NOBODY UINT64_MAX

/* What is known of one print.  Sequences: 0 is the confirmed copy. */
struct mark {
    uint64_t print;
    uint64_t changed_by; /* the first that may write it otherwise now */
    uint64_t read_by;    /* the first that is judged again and read it */
    bool used, off;      /* off: this entity is taken off the overlay */
};

struct marks {
    struct okr_arena *arena;
    struct mark *at; /* open addressing; a power of two */
    size_t n, cap;
};

static struct mark *slot_of(const struct marks *marks, uint64_t print)
{
    size_t at = (size_t)print & (marks->cap - 1);
    while (marks->at[at].used && marks->at[at].print != print)
        at = (at + 1) & (marks->cap - 1);
    return &marks->at[at];
}

static enum okr_err make_marks(struct marks *marks, size_t cap)
{
    struct marks old = *marks;
    marks->at = okr_arena_array(marks->arena, cap, sizeof *marks->at);
    if (marks->at == NULL)
        return OKR_ERR_NOMEM;
    marks->cap = cap;
    for (size_t i = 0; i < old.cap; i++)
        if (old.at[i].used)
            *slot_of(marks, old.at[i].print) = old.at[i];
    return OKR_OK;
}

static enum okr_err mark_of(struct marks *marks, uint64_t print,
                            struct mark **ret_mark)
{
    if (2 * marks->n >= marks->cap)
        OKR_TRY(make_marks(marks, marks->cap == 0 ? 256 : 2 * marks->cap));
    struct mark *mark = slot_of(marks, print);
    if (!mark->used) {
        *mark = (struct mark){.print = print,
                              .changed_by = NOBODY,
                              .read_by = NOBODY,
                              .used = true};
        marks->n++;
    }
    *ret_mark = mark;
    return OKR_OK;
}

static enum okr_err changed(struct marks *marks, uint64_t print, uint64_t by,
                            bool off)
{
    struct mark *mark;
    OKR_TRY(mark_of(marks, print, &mark));
    if (by < mark->changed_by)
        mark->changed_by = by;
    mark->off |= off;
    return OKR_OK;
}

/* ---- what changed first -------------------------------------------------- */

static enum okr_err mark_copy(struct marks *marks, const struct okr_trail *copy)
{
    const struct okr_id *ids = (void *)copy->ids.data;
    const struct okr_trail_row *rows = (void *)copy->rows.data;
    const uint64_t *ops = (void *)copy->prints.data; /* of malloc: aligned */
    OKR_TRY(okr_trail_err(copy));
    for (size_t i = 0; i < copy->ids.len / sizeof *ids; i++)
        OKR_TRY(changed(marks, okr_print_entity(&ids[i]), 0, true));
    for (size_t i = 0; i < copy->rows.len / sizeof *rows; i++)
        OKR_TRY(changed(marks, okr_print_rows(rows[i].b), 0, false));
    for (size_t i = 0; i < copy->prints.len / sizeof *ops; i++)
        OKR_TRY(changed(marks, ops[i], 0, false));
    return OKR_OK;
}

static enum okr_err mark_op(struct marks *marks, const struct okr_view_op *op)
{
    for (size_t i = 0; i < op->n_ids; i++)
        OKR_TRY(changed(marks, okr_print_entity(&op->ids[i]), op->seq, true));
    for (size_t i = 0; i < op->n_rows; i++)
        OKR_TRY(changed(marks, okr_print_rows(op->rows[i].b), op->seq, false));
    for (size_t i = 0; i < op->n_reads && !op->gone; i++) {
        struct mark *mark;
        OKR_TRY(mark_of(marks, op->reads[i], &mark));
        if (op->seq < mark->read_by)
            mark->read_by = op->seq;
    }
    return OKR_OK;
}

/* ---- what follows -------------------------------------------------------- */

static bool concerned(const struct marks *marks, const struct okr_view_op *op)
{
    for (size_t i = 0; i < op->n_reads; i++) {
        const struct mark *mark = slot_of(marks, op->reads[i]);
        if (mark->used && mark->changed_by < op->seq)
            return true;
    }
    for (size_t i = 0; i < op->n_ids; i++) {
        const struct mark *mark = slot_of(marks, okr_print_entity(&op->ids[i]));
        if (mark->used && (mark->off || mark->read_by < op->seq))
            return true;
    }
    for (size_t i = 0; i < op->n_rows; i++) {
        const struct mark *mark = slot_of(marks, okr_print_rows(op->rows[i].b));
        if (mark->used && mark->read_by < op->seq)
            return true;
    }
    return false;
}

static enum okr_err spread(struct okr_view *view, struct marks *marks,
                           bool *ret_more)
{
    *ret_more = false;
    for (size_t i = 0; i < view->n; i++) {
        struct okr_view_op *op = &view->ops[i];
        if (op->gone || op->again || !concerned(marks, op))
            continue;
        op->again = *ret_more = true;
        OKR_TRY(mark_op(marks, op));
    }
    return OKR_OK;
}

enum okr_err okr_view_plan(struct okr_view *view, struct okr_arena *arena)
{
    struct marks marks = {.arena = arena};
    OKR_ASSERT(arena != NULL);
    OKR_TRY(make_marks(&marks, 256));
    OKR_TRY(mark_copy(&marks, &view->copy));
    okr_trail_free(&view->copy);
    okr_trail_init(&view->copy, false);
    for (size_t i = 0; i < view->n; i++)
        if (view->ops[i].gone || view->ops[i].again)
            OKR_TRY(mark_op(&marks, &view->ops[i]));
    bool more = true;
    for (int round = 0; round < ROUNDS_MAX && more; round++)
        OKR_TRY(spread(view, &marks, &more));
    return more ? OKR_ERR_LIMIT : OKR_OK;
}
