/* Who is below whom: row ids into parents, and parents before children. */
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/import/sheet.h"

enum { PARENTS_MAX = 64, DEPTH_MAX = 256 };
enum { NEW, OPEN, PLACED };

/* ---- row ids ------------------------------------------------------------- */

static size_t *slot_of(struct okr_sheet *sheet, struct okr_slice id)
{
    uint32_t hash = 2166136261U; /* FNV-1a */
    for (size_t i = 0; i < id.len; i++)
        hash = (hash ^ id.data[i]) * 16777619U;
    size_t at = hash & (sheet->n_slots - 1);
    while (sheet->slots[at] != 0 &&
           !okr_slice_eq(sheet->at[sheet->slots[at] - 1].cells[OKR_COL_ROW_ID],
                         id))
        at = (at + 1) & (sheet->n_slots - 1);
    return &sheet->slots[at];
}

static enum okr_err index_ids(struct okr_sheet *sheet)
{
    char why[120];
    for (sheet->n_slots = 64; sheet->n_slots < 2 * sheet->n;)
        sheet->n_slots *= 2;
    sheet->slots = okr_arena_array(sheet->doc->arena, sheet->n_slots,
                                   sizeof *sheet->slots);
    if (sheet->slots == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < sheet->n; i++) {
        struct okr_slice id = sheet->at[i].cells[OKR_COL_ROW_ID];
        if (id.len == 0)
            continue;
        size_t *slot = slot_of(sheet, id);
        if (*slot == 0) {
            *slot = i + 1;
            continue;
        }
        (void)snprintf(why, sizeof why, "row %u has this row_id already",
                       sheet->at[*slot - 1].line);
        if (sheet->at[i].kind != 0)
            OKR_TRY(okr_sheet_bad(sheet, i, OKR_COL_ROW_ID, "duplicate", why));
    }
    return OKR_OK;
}

/* ---- parents ------------------------------------------------------------- */

static bool may_be_below(uint16_t kind, uint16_t above)
{
    bool goal = above == OKR_KIND_OBJECTIVE || above == OKR_KIND_KEY_RESULT;
    switch (kind) {
    case OKR_KIND_UNIT:
    case OKR_KIND_PERSON:
        return above == OKR_KIND_UNIT;
    case OKR_KIND_CYCLE:
        return above == OKR_KIND_CYCLE;
    case OKR_KIND_OBJECTIVE:
        return goal;
    case OKR_KIND_KEY_RESULT:
        return above == OKR_KIND_OBJECTIVE;
    case OKR_KIND_CHECK_IN:
        return above == OKR_KIND_KEY_RESULT;
    default: /* a task */
        return goal || above == OKR_KIND_UNIT;
    }
}

static bool needs_parent(uint16_t kind)
{
    return kind == OKR_KIND_KEY_RESULT || kind == OKR_KIND_CHECK_IN ||
           kind == OKR_KIND_TASK;
}

static enum okr_err bad_parent(struct okr_sheet *sheet, size_t at,
                               const char *rule, const char *why)
{
    return okr_sheet_bad(sheet, at, OKR_COL_PARENTS, rule, why);
}

static bool is_between(uint8_t c)
{
    return c == ' ' || c == ',' || c == ';' || c == '|' || c == '\n' ||
           c == '\t';
}

/* The next name in the cell; none: empty. */
static struct okr_slice next_name(struct okr_slice *rest)
{
    size_t from = 0, to;
    while (from < rest->len && is_between(rest->data[from]))
        from++;
    for (to = from; to < rest->len && !is_between(rest->data[to]);)
        to++;
    struct okr_slice name = okr_slice_sub(*rest, from, to - from);
    *rest = okr_slice_sub(*rest, to, rest->len);
    return name;
}

static enum okr_err wrong_parent(struct okr_sheet *sheet, size_t at,
                                 uint16_t above)
{
    char why[160];
    (void)snprintf(why, sizeof why, "a %s cannot stand below a %s",
                   okr_kind_info(sheet->at[at].kind)->word,
                   okr_kind_info(above)->word);
    return bad_parent(sheet, at, "wrong_kind", why);
}

/* What the cell names: rows of the file into `rows`, and the first that is
 * none into the row's `outside`. */
struct named {
    size_t rows[PARENTS_MAX];
    size_t n;
    struct okr_slice outside;
};

static enum okr_err read_names(struct okr_sheet *sheet, size_t at,
                               struct named *ret)
{
    struct okr_slice rest = sheet->at[at].cells[OKR_COL_PARENTS], name;
    ret->n = 0;
    ret->outside = OKR_SLICE_NONE;
    if (sheet->at[at].parent != OKR_IMPORT_NONE)
        ret->rows[ret->n++] = sheet->at[at].parent;
    while ((name = next_name(&rest)).len > 0) {
        size_t slot = *slot_of(sheet, name);
        if (slot == 0 && ret->outside.len > 0)
            return bad_parent(sheet, at, "unknown_entity",
                              "more than one parent is no row of this file");
        if (slot == 0) {
            ret->outside = name;
        } else if (ret->n == PARENTS_MAX) {
            return bad_parent(sheet, at, "too_large", "more than 64 parents");
        } else {
            ret->rows[ret->n++] = slot - 1;
        }
    }
    bool several = sheet->at[at].kind == OKR_KIND_OBJECTIVE;
    if (!several && ret->n + (ret->outside.len > 0) > 1)
        return bad_parent(sheet, at, "wrong_kind",
                          "only an objective can have several parents");
    if (ret->n == 0 && ret->outside.len == 0 &&
        needs_parent(sheet->at[at].kind))
        return bad_parent(sheet, at, "missing",
                          "it needs a parent: the row_id of the row it "
                          "belongs to, or the reference of an entity");
    return OKR_OK;
}

/* ---- order --------------------------------------------------------------- */

static enum okr_err place(struct okr_sheet *sheet, size_t at,
                          const struct named *named)
{
    struct okr_sheet_row *record = &sheet->at[at];
    struct okr_import_doc *doc = sheet->doc;
    struct okr_import_row row = {
        .line = record->line,
        .kind = record->kind,
        .parent = OKR_IMPORT_NONE,
        .owner = record->cells[OKR_COL_OWNER],
        .title = record->cells[OKR_COL_TITLE],
        .cells = record->cells,
        .outside = named->outside,
    };
    if (named->n > 0)
        row.parent = sheet->at[named->rows[0]].place;
    if (row.kind == OKR_KIND_CHECK_IN && row.parent != OKR_IMPORT_NONE)
        doc->rows[row.parent].has_check_ins = true;
    record->mark = PLACED;
    record->place = doc->n_rows;
    return okr_import_add_row(doc, &row);
}

/* Is everything that the row names placed?  Then it may be, too. */
static enum okr_err check_above(struct okr_sheet *sheet, size_t at,
                                const struct named *named)
{
    char why[120];
    for (size_t i = 0; i < named->n; i++) {
        const struct okr_sheet_row *above = &sheet->at[named->rows[i]];
        if (above->kind == 0) {
            (void)snprintf(why, sizeof why, "its parent, row %u, is not taken",
                           above->line);
            return bad_parent(sheet, at, "parent", why);
        }
        if (!may_be_below(sheet->at[at].kind, above->kind))
            return wrong_parent(sheet, at, above->kind);
    }
    return OKR_OK;
}

static enum okr_err refuse_circle(struct okr_sheet *sheet, const size_t *path,
                                  size_t n, size_t from)
{
    size_t at = 0;
    while (path[at] != from)
        at++;
    for (; at < n; at++) {
        sheet->at[path[at]].mark = PLACED;
        OKR_TRY(bad_parent(sheet, path[at], "circle",
                           "it stands below itself: its parents lead back "
                           "to it"));
    }
    return OKR_OK;
}

/* Climbs to what is placed, or to the top, and places all on the way down. */
static enum okr_err visit(struct okr_sheet *sheet, size_t at)
{
    size_t path[DEPTH_MAX], n = 0;
    struct named named;
    for (;;) {
        struct okr_sheet_row *row = &sheet->at[at];
        if (row->mark == OPEN)
            OKR_TRY(refuse_circle(sheet, path, n, at));
        if (row->mark != NEW || row->kind == 0)
            break;
        if (n == DEPTH_MAX) {
            OKR_TRY(bad_parent(sheet, at, "too_deep", "more than 256 levels"));
            break;
        }
        OKR_TRY(read_names(sheet, at, &named));
        if (row->kind == 0)
            break;
        row->mark = OPEN;
        path[n++] = at;
        if (named.n == 0)
            break;
        at = named.rows[0];
    }
    while (n > 0) {
        at = path[--n];
        if (sheet->at[at].mark != OPEN)
            continue;
        OKR_TRY(read_names(sheet, at, &named));
        OKR_TRY(check_above(sheet, at, &named));
        if (sheet->at[at].kind != 0)
            OKR_TRY(place(sheet, at, &named));
        sheet->at[at].mark = PLACED;
    }
    return OKR_OK;
}

/* Further parents, when all rows have their place. */
static enum okr_err add_supports(struct okr_sheet *sheet, size_t at)
{
    struct named named;
    if (sheet->at[at].kind != OKR_KIND_OBJECTIVE)
        return OKR_OK;
    struct okr_import_row *row = &sheet->doc->rows[sheet->at[at].place];
    OKR_TRY(read_names(sheet, at, &named));
    if (named.n < 2)
        return OKR_OK;
    row->supports =
        okr_arena_array(sheet->doc->arena, named.n - 1, sizeof *row->supports);
    if (row->supports == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 1; i < named.n; i++)
        if (sheet->at[named.rows[i]].kind != 0)
            row->supports[row->n_supports++] = sheet->at[named.rows[i]].place;
    return OKR_OK;
}

enum okr_err okr_sheet_finish(struct okr_sheet *sheet)
{
    static const uint16_t stages[][2] = {
        {OKR_KIND_UNIT, OKR_KIND_UNIT},
        {OKR_KIND_PERSON, OKR_KIND_PERSON},
        {OKR_KIND_CYCLE, OKR_KIND_CYCLE},
        {OKR_KIND_OBJECTIVE, OKR_KIND_KEY_RESULT},
        {OKR_KIND_TASK, OKR_KIND_TASK},
        {OKR_KIND_CHECK_IN, OKR_KIND_CHECK_IN},
    };
    OKR_TRY(index_ids(sheet));
    for (size_t s = 0; s < sizeof stages / sizeof stages[0]; s++)
        for (size_t i = 0; i < sheet->n; i++)
            if (sheet->at[i].kind == stages[s][0] ||
                sheet->at[i].kind == stages[s][1])
                OKR_TRY(visit(sheet, i));
    for (size_t i = 0; i < sheet->n; i++)
        if (sheet->at[i].kind != 0)
            OKR_TRY(add_supports(sheet, i));
    return OKR_OK;
}
