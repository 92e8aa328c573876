/* The plan: what of the document is there already, what would be made, what
 * would change.
 *
 * A row's identity is kept as `import_key`, 32 bytes: key 16 ‖ place 16.
 *   key   = SHA-256(cycle ‖ parent ‖ kind ‖ owner ‖ title ‖ ordinal)[:16]
 *   place = SHA-256(cycle ‖ parent ‖ kind ‖ owner ‖ place among them)[:16]
 * with the ids of cycle and parent, so that a renamed parent keeps its
 * children.  Same key: the same row.  Same place only: the row was renamed. */
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/crypto/hash.h"
#include "common/import/plan_impl.h"

/* ---- ids and keys -------------------------------------------------------- */
struct okr_id okr_plan_id(struct okr_planning *p)
{
    uint8_t number[8];
    okr_be_put64(number, ++p->made);
    const struct okr_slice parts[] = {
        okr_slice_of(p->conf->entropy, sizeof p->conf->entropy),
        okr_slice_of(number, sizeof number)};
    struct okr_hash hash = okr_sha256_parts(parts, 2);
    return okr_id_make(p->conf->now, hash.b);
}

static void row_key(const struct okr_planning *p,
                    const struct okr_import_row *row,
                    const struct okr_id *parent, uint32_t ordinal, bool place,
                    uint8_t out[16])
{
    uint8_t fixed[8];
    okr_be_put32(fixed, row->kind);
    okr_be_put32(fixed + 4, ordinal);
    const struct okr_slice parts[] = {
        okr_id_slice(&p->cycle),
        okr_id_slice(parent),
        okr_slice_of(fixed, sizeof fixed),
        place ? OKR_SLICE_LIT("place") : OKR_SLICE_LIT("title"),
        okr_slice_of("\0", 1),
        row->owner,
        okr_slice_of("\0", 1),
        place ? OKR_SLICE_NONE : row->title,
    };
    struct okr_hash hash = okr_sha256_parts(parts, 8);
    memcpy(out, hash.b, 16);
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

/* Everything of the cycle that an import made: objectives, key results. */
static enum okr_err load_known(struct okr_planning *p)
{
    struct okr_arena *arena = p->plan->arena;
    struct okr_ids objectives, key_results;
    size_t n = 0;
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_OBJECTIVE, OKR_F_O_CYCLE,
                           okr_id_slice(&p->cycle), &objectives));
    for (size_t i = 0; i < objectives.n; i++) {
        OKR_TRY(okr_index_children(&p->conf->space, &objectives.at[i],
                                   OKR_KIND_KEY_RESULT, &key_results));
        n += 1 + key_results.n;
    }
    p->known = okr_arena_array(arena, n, sizeof *p->known);
    if (p->known == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < objectives.n; i++) {
        OKR_TRY(add_known(p, &objectives.at[i]));
        OKR_TRY(okr_index_children(&p->conf->space, &objectives.at[i],
                                   OKR_KIND_KEY_RESULT, &key_results));
        for (size_t k = 0; k < key_results.n; k++)
            OKR_TRY(add_known(p, &key_results.at[k]));
    }
    return OKR_OK;
}

static struct okr_known *find_known(struct okr_planning *p,
                                    const uint8_t part[16], size_t offset)
{
    for (size_t i = 0; i < p->n_known; i++)
        if (!p->known[i].taken &&
            memcmp(p->known[i].key + offset, part, 16) == 0)
            return &p->known[i];
    return NULL;
}

/* ---- numbering ----------------------------------------------------------- */
static bool same_place(const struct okr_import_row *a,
                       const struct okr_import_row *b)
{
    return a->parent == b->parent && a->kind == b->kind &&
           okr_slice_eq(a->owner, b->owner);
}

/* How many rows before it stand at the same place, and with the same title. */
static void count_before(const struct okr_import_doc *doc, size_t at,
                         uint32_t *ret_place, uint32_t *ret_equal)
{
    const struct okr_import_row *row = &doc->rows[at];
    *ret_place = *ret_equal = 0;
    size_t from = row->parent == OKR_IMPORT_NONE ? 0 : row->parent;
    for (size_t i = from; i < at; i++) {
        if (!same_place(&doc->rows[i], row))
            continue;
        (*ret_place)++;
        *ret_equal += okr_slice_eq(doc->rows[i].title, row->title);
    }
}

static struct okr_id parent_id(const struct okr_planning *p,
                               const struct okr_import_row *row)
{
    if (row->parent == OKR_IMPORT_NONE)
        return (struct okr_id){{0}};
    return p->ids[row->parent];
}

/* First all rows that are there as they are, then those that were renamed:
 * otherwise a renamed one could take the place of one that only moved. */
static void match(struct okr_planning *p, const struct okr_import_doc *doc,
                  size_t at)
{
    const struct okr_import_row *row = &doc->rows[at];
    struct okr_id parent = parent_id(p, row);
    uint32_t place, equal;
    uint8_t *key = p->keys + at * OKR_IMPORT_KEY_LEN;
    count_before(doc, at, &place, &equal);
    row_key(p, row, &parent, equal, false, key);
    row_key(p, row, &parent, place, true, key + 16);
    p->found[at] = find_known(p, key, 0);
    if (p->found[at] != NULL)
        p->found[at]->taken = true;
}

/* A row of the same place whose own key no row of the document has any more. */
static void match_renamed(struct okr_planning *p,
                          const struct okr_import_doc *doc, size_t at)
{
    const uint8_t *key = p->keys + at * OKR_IMPORT_KEY_LEN;
    struct okr_known *known = find_known(p, key + 16, 16);
    (void)doc;
    if (p->found[at] != NULL || known == NULL)
        return;
    p->found[at] = known;
    known->taken = true;
}

/* Children's keys need their parent's id, so levels are settled downwards:
 * rows stand behind their parents, and siblings are matched together. */
static enum okr_err identify(struct okr_planning *p,
                             const struct okr_import_doc *doc)
{
    bool *done = okr_arena_array(p->plan->arena, doc->n_rows, sizeof *done);
    if (done == NULL)
        return OKR_ERR_NOMEM;
    for (size_t at = 0; at < doc->n_rows; at++) {
        if (done[at])
            continue;
        for (size_t i = at; i < doc->n_rows; i++)
            if (doc->rows[i].parent == doc->rows[at].parent)
                match(p, doc, i);
        for (size_t i = at; i < doc->n_rows; i++) {
            if (doc->rows[i].parent != doc->rows[at].parent)
                continue;
            match_renamed(p, doc, i);
            p->ids[i] =
                p->found[i] != NULL ? p->found[i]->record->id : okr_plan_id(p);
            done[i] = true;
        }
    }
    return OKR_OK;
}

/* ---- the whole ----------------------------------------------------------- */
static enum okr_err check(struct okr_planning *p)
{
    if (p->conf->cycle.len > 0)
        return OKR_OK;
    return okr_import_say(&p->plan->errors, p->plan->arena, 0, "cycle",
                          "missing", "say which cycle it is: --cycle NAME");
}

static enum okr_err plan_rows(struct okr_planning *p,
                              const struct okr_import_doc *doc)
{
    struct okr_arena *arena = p->plan->arena;
    p->ids = okr_arena_array(arena, doc->n_rows, sizeof *p->ids);
    p->found = okr_arena_array(arena, doc->n_rows, sizeof *p->found);
    p->keys = okr_arena_array(arena, doc->n_rows, OKR_IMPORT_KEY_LEN);
    if (p->ids == NULL || p->found == NULL || p->keys == NULL)
        return OKR_ERR_NOMEM;
    OKR_TRY(load_known(p));
    OKR_TRY(identify(p, doc));
    for (size_t i = 0; i < doc->n_rows; i++)
        OKR_TRY(okr_plan_row(p, doc, i));
    return OKR_OK;
}

enum okr_err okr_import_plan(const struct okr_import_conf *conf,
                             const struct okr_import_doc *doc,
                             struct okr_import_plan *ret_plan)
{
    OKR_ASSERT(conf->space.txn != NULL);
    struct okr_import_plan plan = {
        .arena = doc->arena, .errors = doc->errors, .warnings = doc->warnings};
    struct okr_planning p = {.conf = conf, .plan = &plan};
    OKR_TRY(check(&p));
    if (conf->cycle.len > 0) {
        p.batch = okr_plan_id(&p);
        OKR_TRY(okr_plan_ground(&p, doc));
        OKR_TRY(plan_rows(&p, doc));
        OKR_TRY(okr_plan_batch(&p));
    }
    *ret_plan = plan;
    return OKR_OK;
}

static void notes_json(const struct okr_import_notes *notes,
                       struct okr_json *out)
{
    okr_json_open_array(out);
    for (size_t i = 0; i < notes->n; i++) {
        okr_json_open_object(out);
        okr_json_key(out, "row");
        okr_json_uint(out, notes->at[i].line);
        okr_json_key(out, "column");
        okr_json_cstr(out, notes->at[i].column);
        okr_json_key(out, "rule");
        okr_json_cstr(out, notes->at[i].rule);
        okr_json_key(out, "message");
        okr_json_cstr(out, notes->at[i].message);
        okr_json_close_object(out);
    }
    okr_json_close_array(out);
}

void okr_import_json(const struct okr_import_plan *plan, struct okr_json *out)
{
    okr_json_open_object(out);
    okr_json_key(out, "create");
    okr_json_uint(out, plan->create);
    okr_json_key(out, "update");
    okr_json_uint(out, plan->update);
    okr_json_key(out, "unchanged");
    okr_json_uint(out, plan->unchanged);
    okr_json_key(out, "errors");
    notes_json(&plan->errors, out);
    okr_json_key(out, "warnings");
    notes_json(&plan->warnings, out);
    okr_json_close_object(out);
}
