/* Looking at an office's site; see office.h. */
#include <string.h>

#include "common/base/assert.h"
#include "tests/lib/office.h"

static void must(enum okr_err err)
{
    OKR_ASSERT(err == OKR_OK);
}

struct okr_kv_txn *okr_office_begin(struct okr_office *o)
{
    struct okr_kv_txn *txn;
    must(okr_kv_begin(o->inner, true, &txn));
    return txn;
}

void okr_office_end(struct okr_office *o, struct okr_kv_txn **txn)
{
    OKR_ASSERT(o->inner != NULL);
    okr_kv_abort(txn);
}

const char *okr_office_text(struct okr_office *o, const struct okr_id *id,
                            uint16_t field, bool view)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    struct okr_space space = {
        .txn = txn, .arena = o->company.arena, .view = view};
    struct okr_record *record;
    const char *text = NULL;
    if (okr_entity_get(&space, id, &record) == OKR_OK)
        text = okr_arena_str(o->company.arena, okr_record_text(record, field));
    okr_office_end(o, &txn);
    return text;
}

struct okr_site_state okr_office_state(struct okr_office *o)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    struct okr_site_state state;
    must(okr_site_state(o->site, txn, &state));
    okr_office_end(o, &txn);
    return state;
}

struct okr_scope_row okr_office_scope(struct okr_office *o, okr_scope scope)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    struct okr_scope_row row;
    must(okr_scope_get(txn, scope, &row));
    okr_office_end(o, &txn);
    return row;
}

size_t okr_office_count(struct okr_office *o, uint16_t kind, bool view)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    struct okr_space space = {
        .txn = txn, .arena = o->company.arena, .view = view};
    struct okr_ids ids;
    must(okr_index_kind(&space, kind, &ids));
    okr_office_end(o, &txn);
    return ids.n;
}

bool okr_office_same(struct okr_office *o)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    okr_scope *scopes;
    size_t n, followed = 0;
    bool same = true;
    must(okr_scope_all(txn, o->company.arena, &scopes, &n));
    for (size_t i = 0; i < n; i++) {
        struct okr_scope_row here, there;
        must(okr_scope_get(txn, scopes[i], &here));
        must(okr_scope_get(o->company.txn, scopes[i], &there));
        if (!here.followed)
            continue;
        followed++;
        same = same && here.cursor == there.head && here.count == there.count &&
               okr_digest_eq(&here.digest, &there.digest);
    }
    okr_office_end(o, &txn);
    return same && followed > 0;
}

/* All rows of the view's tables, one behind the other. */
static void dump(struct okr_kv_txn *txn, struct okr_buf *out)
{
    static const enum okr_table tables[] = {OKR_TABLE_VIEW_ENTITY,
                                            OKR_TABLE_VIEW_INDEX};
    for (size_t i = 0; i < 2; i++) {
        struct okr_kv_iter it;
        okr_kv_scan(txn, tables[i], OKR_SLICE_NONE, OKR_SLICE_NONE, &it);
        while (okr_kv_iter_next(&it)) {
            okr_buf_block(out, it.key);
            okr_buf_block(out, it.value);
        }
        must(okr_kv_iter_close(&it));
    }
}

bool okr_office_view_holds(struct okr_office *o)
{
    struct okr_kv_txn *txn = okr_office_begin(o);
    struct okr_buf before, after;
    struct okr_effects fx;
    okr_buf_init(&before, o->company.arena);
    okr_buf_init(&after, o->company.arena);
    dump(txn, &before);
    /* A site of its own, that loads and so rebuilds. */
    struct okr_site_conf conf = o->conf;
    struct okr_site *other;
    conf.trace.line = NULL;
    must(okr_site_new(&conf, &other));
    must(okr_site_load(other, txn, o->company.arena));
    okr_effects_init(&fx, o->company.arena);
    must(okr_site_flush(other, txn, o->now, &fx));
    dump(txn, &after);
    okr_site_free(&other);
    okr_office_end(o, &txn);
    must(before.err);
    must(after.err);
    return okr_slice_eq(okr_buf_slice(&before), okr_buf_slice(&after));
}

size_t okr_office_effects(const struct okr_office *o, enum okr_effect_kind kind)
{
    size_t n = 0;
    for (size_t i = 0; i < o->fx.n; i++)
        n += o->fx.at[i].kind == kind;
    return n;
}

const struct okr_fx *okr_office_effect(const struct okr_office *o,
                                       enum okr_effect_kind kind)
{
    for (size_t i = 0; i < o->fx.n; i++)
        if (o->fx.at[i].kind == kind)
            return &o->fx.at[i];
    return NULL;
}

bool okr_office_traced(const struct okr_office *o, const char *text)
{
    return strstr(o->trace, text) != NULL;
}
