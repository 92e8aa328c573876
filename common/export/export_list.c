/* Markdown: each cycle's objectives and key results, nested by what they
 * contribute to, in the form that `import` reads. */
#include "common/base/limits.h"
#include "common/export/export_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"

struct open {
    struct okr_ids ids;
    size_t at;
};
struct listing {
    struct okr_export *e;
    struct okr_buf *out;
    struct okr_id cycle;
    struct open open[OKR_DEPTH_MAX];
    size_t n;
};

static enum okr_err put_line(struct listing *l, const struct okr_record *r)
{
    bool kr = r->kind == OKR_KIND_KEY_RESULT;
    struct okr_slice owner;
    struct okr_dec value;
    char text[OKR_DEC_TEXT_MAX];
    OKR_TRY(okr_export_text_of(l->e, r, kr ? OKR_F_KR_OWNER : OKR_F_O_OWNER,
                               OKR_F_PERSON_NAME, &owner));
    okr_buf_printf(l->out, "%*s%zu. ", (int)(l->n - 1) * 4, "",
                   l->open[l->n - 1].at);
    okr_buf_put(l->out, owner);
    okr_buf_put(l->out, okr_slice_str(kr ? " KR: " : ": "));
    okr_buf_put(l->out,
                okr_record_text(r, kr ? OKR_F_KR_TITLE : OKR_F_O_TITLE));
    if (kr && okr_record_dec(r, OKR_F_VALUE, &value)) {
        struct okr_slice unit = okr_record_text(r, OKR_F_UNIT_OF_MEASURE);
        okr_dec_format(value, text);
        okr_buf_printf(l->out, " => %s%s", text,
                       okr_slice_is(unit, "%") || unit.len == 0 ? "" : " ");
        okr_buf_put(l->out, unit);
    }
    okr_buf_u8(l->out, '\n');
    return l->out->err;
}

/* What hangs below it, key results first. */
static enum okr_err enter(struct listing *l, const struct okr_record *r)
{
    struct okr_space *line = &l->e->line;
    struct okr_ids own = {.n = 0}, below;
    if (l->n == OKR_DEPTH_MAX)
        return OKR_OK;
    if (r->kind == OKR_KIND_OBJECTIVE)
        OKR_TRY(okr_index_children(line, &r->id, OKR_KIND_KEY_RESULT, &own));
    OKR_TRY(okr_index_find(line, OKR_KIND_OBJECTIVE, OKR_F_CONTRIBUTES_TO,
                           okr_id_slice(&r->id), &below));
    struct open *open = &l->open[l->n++];
    open->at = 0;
    open->ids.n = 0;
    open->ids.at =
        okr_arena_array(line->arena, own.n + below.n, sizeof *open->ids.at);
    if (open->ids.at == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < own.n; i++)
        open->ids.at[open->ids.n++] = own.at[i];
    for (size_t i = 0; i < below.n; i++)
        open->ids.at[open->ids.n++] = below.at[i];
    return OKR_OK;
}

static bool is_of(const struct listing *l, const struct okr_record *r)
{
    struct okr_id cycle;
    return !okr_record_archived(r) &&
           (r->kind == OKR_KIND_KEY_RESULT ||
            (okr_record_id(r, OKR_F_O_CYCLE, &cycle) &&
             okr_id_eq(&cycle, &l->cycle)));
}

/* At the top: what contributes to nothing in this cycle. */
static enum okr_err is_top(struct listing *l, const struct okr_record *r,
                           bool *ret)
{
    struct okr_record *above;
    struct okr_id id;
    *ret = true;
    for (const struct okr_record *at = r;
         okr_record_id(at,
                       at->kind == OKR_KIND_KEY_RESULT ? OKR_F_KR_OBJECTIVE
                                                       : OKR_F_CONTRIBUTES_TO,
                       &id);) {
        enum okr_err err = okr_entity_get(&l->e->line, &id, &above);
        if (err == OKR_ERR_NOTFOUND)
            return OKR_OK;
        OKR_TRY(err);
        if (above->kind == OKR_KIND_OBJECTIVE) {
            *ret = !is_of(l, above);
            return OKR_OK;
        }
        at = above;
    }
    return OKR_OK;
}

static enum okr_err walk(struct listing *l)
{
    while (l->n > 0) {
        struct open *open = &l->open[l->n - 1];
        struct okr_record *r;
        bool shows, top = true;
        if (open->at == open->ids.n) {
            l->n--;
            continue;
        }
        const struct okr_id *id = &open->ids.at[open->at++];
        OKR_TRY(okr_export_shows(l->e, id, &shows));
        OKR_TRY(okr_entity_get(&l->e->line, id, &r));
        if (l->n == 1)
            OKR_TRY(is_top(l, r, &top));
        if (!shows || !top || !is_of(l, r))
            continue;
        OKR_TRY(put_line(l, r));
        OKR_TRY(enter(l, r));
    }
    return OKR_OK;
}

enum okr_err okr_export_list(struct okr_export *e,
                             const struct okr_record *cycle,
                             struct okr_buf *out)
{
    struct listing *l = okr_arena_alloc(e->line.arena, sizeof *l);
    char from[OKR_DAY_TEXT], to[OKR_DAY_TEXT];
    if (l == NULL)
        return OKR_ERR_NOMEM;
    l->e = e;
    l->out = out;
    l->cycle = cycle->id;
    OKR_TRY(okr_index_find(&e->line, OKR_KIND_OBJECTIVE, OKR_F_O_CYCLE,
                           okr_id_slice(&cycle->id), &l->open[0].ids));
    if (l->open[0].ids.n == 0)
        return OKR_OK;
    l->n = 1;
    okr_day_format((okr_day)okr_record_int(cycle, OKR_F_CYCLE_START, 0), from);
    okr_day_format((okr_day)okr_record_int(cycle, OKR_F_CYCLE_END, 0), to);
    okr_buf_put(out, okr_slice_str(e->comma ? "\n# " : "# "));
    e->comma = true;
    okr_buf_put(out, okr_record_text(cycle, OKR_F_CYCLE_NAME));
    okr_buf_printf(out, "\n\nfrom %s to %s\n\n", from, to);
    return walk(l);
}
