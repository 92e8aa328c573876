/* Which rows of the document are there already.
 *
 * Rows are compared with what an earlier import made of the same group: the
 * same cycle, parent, kind and owner.  First by the titles they have now, then
 * by those they were made with (somebody renamed them by hand); what is left
 * on both sides was renamed in the file, if it stands between the same rows as
 * before.  So an inserted row takes nobody's place, and a moved one keeps its
 * own. */
#include <stdlib.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/import/plan_table.h"

/* A row or an entity, by what it is compared by. */
struct side {
    struct okr_slice by;
    size_t at; /* in its group */
};
struct sibling {
    uint8_t group[OKR_IMPORT_GROUP_LEN];
    size_t row;
};

struct okr_matching {
    struct okr_planning *p;
    const struct okr_import_doc *doc;
    /* Scratch, each as long as the longest group. */
    struct sibling *siblings;
    struct side *rows, *known;
    uint32_t *low; /* see fit() */
};

static uint32_t place_of(const struct okr_known *known)
{
    return okr_be_get32(known->key + OKR_IMPORT_GROUP_LEN);
}

/* ---- what is there ------------------------------------------------------- */
static enum okr_err add_known(struct okr_planning *p, const struct okr_id *id)
{
    struct okr_record *record;
    OKR_TRY(okr_entity_get(&p->conf->space, id, &record));
    struct okr_slice key = okr_record_text(record, OKR_F_IMPORT_KEY);
    if (key.len != OKR_IMPORT_KEY_LEN)
        return OKR_OK; /* made by hand */
    p->known[p->n_known++] = (struct okr_known){record, key.data, false};
    return OKR_OK;
}

static int by_key(const void *a, const void *b)
{
    const struct okr_known *x = a, *y = b;
    int order = memcmp(x->key, y->key, OKR_IMPORT_GROUP_LEN + 4);
    return order != 0 ? order
                      : okr_slice_cmp(okr_id_slice(&x->record->id),
                                      okr_id_slice(&y->record->id));
}

static enum okr_err add_all(struct okr_planning *p, const struct okr_ids *ids)
{
    if (p->n_known + ids->n > p->cap_known) {
        size_t cap = 2 * (p->n_known + ids->n);
        struct okr_known *known =
            okr_arena_array(p->plan->arena, cap, sizeof *known);
        if (known == NULL)
            return OKR_ERR_NOMEM;
        if (p->n_known > 0)
            memcpy(known, p->known, p->n_known * sizeof *known);
        p->known = known;
        p->cap_known = cap;
    }
    for (size_t i = 0; i < ids->n; i++)
        OKR_TRY(add_known(p, &ids->at[i]));
    return OKR_OK;
}

static enum okr_err add_below(struct okr_planning *p,
                              const struct okr_id *parent, uint16_t kind,
                              struct okr_ids *ids)
{
    OKR_TRY(okr_index_children(&p->conf->space, parent, kind, ids));
    return add_all(p, ids);
}

static bool has_tasks(const struct okr_import_doc *doc)
{
    for (size_t i = 0; i < doc->n_rows; i++)
        if (doc->rows[i].kind == OKR_KIND_TASK)
            return true;
    return false;
}

/* Everything of the cycles that an import made: objectives, key results, and
 * tasks where the file has any. */
static enum okr_err load_cycle(struct okr_planning *p, size_t at, bool tasks)
{
    struct okr_ids objectives, key_results, some;
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_OBJECTIVE, OKR_F_O_CYCLE,
                           okr_id_slice(&p->cycles[at].id), &objectives));
    OKR_TRY(add_all(p, &objectives));
    for (size_t i = 0; i < objectives.n; i++) {
        OKR_TRY(
            add_below(p, &objectives.at[i], OKR_KIND_KEY_RESULT, &key_results));
        if (tasks)
            OKR_TRY(add_below(p, &objectives.at[i], OKR_KIND_TASK, &some));
        for (size_t k = 0; tasks && k < key_results.n; k++)
            OKR_TRY(add_below(p, &key_results.at[k], OKR_KIND_TASK, &some));
    }
    return OKR_OK;
}

static enum okr_err load_known(struct okr_planning *p)
{
    struct okr_ids units, some;
    bool tasks = has_tasks(p->doc);
    for (size_t i = 0; i < p->n_cycles; i++)
        OKR_TRY(load_cycle(p, i, tasks));
    if (tasks) {
        OKR_TRY(okr_index_kind(&p->conf->space, OKR_KIND_UNIT, &units));
        for (size_t i = 0; i < units.n; i++)
            OKR_TRY(add_below(p, &units.at[i], OKR_KIND_TASK, &some));
    }
    if (p->n_known > 0)
        qsort(p->known, p->n_known, sizeof *p->known, by_key);
    return OKR_OK;
}

/* The entities of a group: `*ret_n` from the one returned. */
static struct okr_known *known_of(struct okr_planning *p, const uint8_t *group,
                                  size_t *ret_n)
{
    size_t from = 0, to = p->n_known, end;
    while (from < to) {
        size_t half = from + (to - from) / 2;
        if (memcmp(p->known[half].key, group, OKR_IMPORT_GROUP_LEN) < 0)
            from = half + 1;
        else
            to = half;
    }
    for (end = from; end < p->n_known; end++)
        if (memcmp(p->known[end].key, group, OKR_IMPORT_GROUP_LEN) != 0)
            break;
    *ret_n = end - from;
    return p->known + from;
}

/* ---- groups -------------------------------------------------------------- */
static void group_of(const struct okr_matching *m, size_t at,
                     uint8_t out[OKR_IMPORT_GROUP_LEN])
{
    const struct okr_planning *p = m->p;
    const struct okr_import_row *row = &m->doc->rows[at];
    struct okr_id none = {{0}};
    uint8_t kind[4];
    okr_be_put32(kind, row->kind);
    const struct okr_slice parts[] = {
        okr_id_slice(p->cycle_of[at] == OKR_IMPORT_NONE
                         ? &none
                         : &p->cycles[p->cycle_of[at]].id),
        okr_id_slice(row->parent == OKR_IMPORT_NONE ? &p->outside[at]
                                                    : &p->ids[row->parent]),
        okr_slice_of(kind, sizeof kind),
        row->owner,
    };
    struct okr_hash hash = okr_sha256_parts(parts, 4);
    memcpy(out, hash.b, OKR_IMPORT_GROUP_LEN);
}

static void make_key(const struct okr_matching *m,
                     const struct sibling *sibling, uint32_t place)
{
    uint8_t *key = m->p->keys + sibling->row * OKR_IMPORT_KEY_LEN;
    struct okr_hash hash = okr_sha256(m->doc->rows[sibling->row].title);
    memcpy(key, sibling->group, OKR_IMPORT_GROUP_LEN);
    okr_be_put32(key + OKR_IMPORT_GROUP_LEN, place);
    memcpy(key + OKR_IMPORT_GROUP_LEN + 4, hash.b, OKR_IMPORT_TITLE_LEN);
}

static int by_group(const void *a, const void *b)
{
    const struct sibling *x = a, *y = b;
    int order = memcmp(x->group, y->group, OKR_IMPORT_GROUP_LEN);
    return order != 0 ? order : (x->row > y->row) - (x->row < y->row);
}

/* ---- titles -------------------------------------------------------------- */
static int by_text(const void *a, const void *b)
{
    const struct side *x = a, *y = b;
    int order = okr_slice_cmp(x->by, y->by);
    return order != 0 ? order : (x->at > y->at) - (x->at < y->at);
}

static struct okr_slice title_now(const struct okr_known *known)
{
    return okr_record_text(known->record,
                           okr_field_named(known->record->kind, "title"));
}

static struct okr_slice title_made(const uint8_t *key)
{
    return okr_slice_of(key + OKR_IMPORT_GROUP_LEN + 4, OKR_IMPORT_TITLE_LEN);
}

static void take(struct okr_matching *m, size_t row, struct okr_known *known)
{
    OKR_ASSERT(!known->taken && m->p->found[row] == NULL);
    m->p->found[row] = known;
    known->taken = true;
}

/* Pairs what is equal, in order: of equal titles the first goes to the first.
 * `now`: by the titles they have, else by those they were made with. */
static void pair_titles(struct okr_matching *m, size_t n,
                        struct okr_known *known, size_t n_known, bool now)
{
    struct okr_planning *p = m->p;
    size_t rows = 0, knowns = 0, i = 0, k = 0;
    for (size_t at = 0; at < n; at++) {
        size_t row = m->siblings[at].row;
        if (p->found[row] == NULL)
            m->rows[rows++] = (struct side){
                now ? m->doc->rows[row].title
                    : title_made(p->keys + row * OKR_IMPORT_KEY_LEN),
                at};
    }
    for (size_t at = 0; at < n_known; at++)
        if (!known[at].taken)
            m->known[knowns++] = (struct side){
                now ? title_now(&known[at]) : title_made(known[at].key), at};
    if (rows == 0 || knowns == 0)
        return;
    qsort(m->rows, rows, sizeof *m->rows, by_text);
    qsort(m->known, knowns, sizeof *m->known, by_text);
    while (i < rows && k < knowns) {
        int order = okr_slice_cmp(m->rows[i].by, m->known[k].by);
        if (order == 0)
            take(m, m->siblings[m->rows[i].at].row, &known[m->known[k].at]);
        i += order <= 0;
        k += order >= 0;
    }
}

/* ---- places -------------------------------------------------------------- */
/* A row that was renamed stands behind all that it stood behind: its place is
 * not below that of any row before it, nor above that of any behind it.
 * `exact`: it is its very place, too. */
static void fit(struct okr_matching *m, size_t n, struct okr_known *known,
                size_t n_known, bool exact)
{
    struct okr_known **found = m->p->found;
    uint32_t low = 0, high = UINT32_MAX;
    size_t next = n_known;
    for (size_t at = 0; at < n; at++) {
        const struct okr_known *one = found[m->siblings[at].row];
        if (one != NULL && place_of(one) > low)
            low = place_of(one);
        m->low[at] = low;
    }
    /* From behind: so what stands behind a row is known when it is asked. */
    for (size_t at = n; at-- > 0;) {
        size_t row = m->siblings[at].row;
        if (found[row] != NULL) {
            if (place_of(found[row]) < high)
                high = place_of(found[row]);
            continue;
        }
        uint32_t most = exact && at < high ? (uint32_t)at : high;
        uint32_t least = exact && at > m->low[at] ? (uint32_t)at : m->low[at];
        while (next > 0 &&
               (known[next - 1].taken || place_of(&known[next - 1]) > most))
            next--;
        if (next > 0 && place_of(&known[next - 1]) >= least)
            take(m, row, &known[--next]);
    }
}

/* A row whose row_id is the id of an entity is that one: so an export of a
 * table can be imported again. */
static enum okr_err take_named(struct okr_matching *m, size_t row,
                               struct okr_known *known, size_t n_known)
{
    const struct okr_import_row *r = &m->doc->rows[row];
    struct okr_known *one;
    struct okr_record *record;
    struct okr_id id;
    if (r->cells == NULL || r->cells[OKR_COL_ROW_ID].len != 2 * OKR_ID_LEN ||
        okr_hex_decode(r->cells[OKR_COL_ROW_ID], id.b, OKR_ID_LEN) != OKR_OK)
        return OKR_OK;
    enum okr_err err = okr_entity_get(&m->p->conf->space, &id, &record);
    if (err == OKR_ERR_NOTFOUND)
        return OKR_OK;
    OKR_TRY(err);
    if (record->kind != r->kind)
        return OKR_OK;
    for (size_t i = 0; i < n_known; i++)
        if (okr_id_eq(&known[i].record->id, &id) && !known[i].taken) {
            take(m, row, &known[i]);
            return OKR_OK;
        }
    one = okr_arena_alloc(m->p->plan->arena, sizeof *one);
    if (one == NULL)
        return OKR_ERR_NOMEM;
    /* Its place counts for the rows around it only if it is of their group. */
    *one = (struct okr_known){record, m->p->keys + row * OKR_IMPORT_KEY_LEN,
                              false};
    take(m, row, one);
    return OKR_OK;
}

static enum okr_err match_group(struct okr_matching *m, size_t n)
{
    struct okr_planning *p = m->p;
    size_t n_known;
    struct okr_known *known = known_of(p, m->siblings[0].group, &n_known);
    for (size_t i = 0; i < n; i++)
        make_key(m, &m->siblings[i], (uint32_t)i);
    for (size_t i = 0; i < n; i++)
        OKR_TRY(take_named(m, m->siblings[i].row, known, n_known));
    if (n_known > 0) {
        pair_titles(m, n, known, n_known, true);
        pair_titles(m, n, known, n_known, false);
        fit(m, n, known, n_known, true);
        fit(m, n, known, n_known, false);
    }
    for (size_t i = 0; i < n; i++) {
        size_t row = m->siblings[i].row;
        p->ids[row] =
            p->found[row] != NULL ? p->found[row]->record->id : okr_plan_id(p);
    }
    return OKR_OK;
}

/* ---- the whole ----------------------------------------------------------- */
/* The rows of one parent, whose id is settled. */
enum okr_err okr_plan_match_below(struct okr_planning *p, size_t parent)
{
    struct okr_matching *m = p->matching;
    struct sibling *all = m->siblings;
    size_t n = 0;
    enum okr_err err = OKR_OK;
    for (size_t i = p->first[parent]; i < p->first[parent + 1]; i++) {
        size_t row = p->children[i];
        uint16_t kind = m->doc->rows[row].kind;
        if (p->bad[row] || okr_plan_is_base(kind) || kind == OKR_KIND_CHECK_IN)
            continue;
        all[n].row = row;
        group_of(m, row, all[n].group);
        n++;
    }
    if (n > 1)
        qsort(all, n, sizeof *all, by_group);
    for (size_t from = 0, to; from < n && err == OKR_OK; from = to) {
        for (to = from + 1; to < n; to++)
            if (memcmp(all[to].group, all[from].group, OKR_IMPORT_GROUP_LEN) !=
                0)
                break;
        m->siblings = all + from;
        err = match_group(m, to - from);
    }
    m->siblings = all;
    return err;
}

static size_t slot_of(const struct okr_import_doc *doc, size_t row)
{
    size_t parent = doc->rows[row].parent;
    return parent == OKR_IMPORT_NONE ? doc->n_rows : parent;
}

static enum okr_err sort_by_parent(struct okr_planning *p)
{
    const struct okr_import_doc *doc = p->doc;
    size_t n = doc->n_rows;
    p->first = okr_arena_array(p->plan->arena, n + 3, sizeof *p->first);
    p->children = okr_arena_array(p->plan->arena, n, sizeof *p->children);
    if (p->first == NULL || p->children == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        p->first[slot_of(doc, i) + 2]++;
    for (size_t i = 2; i < n + 3; i++)
        p->first[i] += p->first[i - 1];
    for (size_t i = 0; i < n; i++)
        p->children[p->first[slot_of(doc, i) + 1]++] = i;
    return OKR_OK;
}

enum okr_err okr_plan_match_begin(struct okr_planning *p)
{
    struct okr_arena *arena = p->plan->arena;
    size_t n = p->doc->n_rows;
    struct okr_matching *m = okr_arena_alloc(arena, sizeof *m);
    if (m == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(load_known(p));
    OKR_TRY(sort_by_parent(p));
    m->p = p;
    m->doc = p->doc;
    m->siblings = okr_arena_array(arena, n, sizeof *m->siblings);
    m->rows = okr_arena_array(arena, n, sizeof *m->rows);
    m->known = okr_arena_array(arena, p->n_known, sizeof *m->known);
    m->low = okr_arena_array(arena, n, sizeof *m->low);
    if (m->siblings == NULL || m->rows == NULL || m->known == NULL ||
        m->low == NULL)
        return OKR_ERR_NOMEM;
    p->matching = m;
    return OKR_OK;
}
