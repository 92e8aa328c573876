/* The walk over the kinds, and what is the same for all formats. */
#include <stdio.h>
#include <string.h>

#include "common/base/assert.h"
#include "common/export/export_impl.h"

enum { ENTITIES_AT_ONCE = 256 };

bool okr_export_format_of(struct okr_slice word,
                          enum okr_export_format *ret_format)
{
    static const struct {
        const char *word;
        enum okr_export_format format;
    } words[] = {{"json", OKR_EXPORT_JSON},
                 {"csv", OKR_EXPORT_CSV},
                 {"markdown", OKR_EXPORT_MARKDOWN},
                 {"md", OKR_EXPORT_MARKDOWN}};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (okr_slice_is(word, words[i].word)) {
            *ret_format = words[i].format;
            return true;
        }
    return false;
}

bool okr_export_has_kind(uint16_t kind)
{
    return kind != OKR_KIND_KEY && kind != OKR_KIND_SITE &&
           kind != OKR_KIND_INVITE;
}

bool okr_export_has_field(const struct okr_field_info *field)
{
    if (field->kind == OKR_KIND_ANY)
        return field->number != OKR_F_HOME;
    return field->kind != OKR_KIND_UNIT || field->number != OKR_F_ROOT_NO;
}

const char *okr_export_name(const struct okr_field_info *field, char name[32])
{
    if (strcmp(field->word, "kind") == 0)
        (void)snprintf(name, 32, "%s_kind", okr_kind_info(field->kind)->word);
    else
        (void)snprintf(name, 32, "%s", field->word);
    return name;
}

enum okr_err okr_export_shows(struct okr_export *e, const struct okr_id *id,
                              bool *ret)
{
    *ret = true;
    return e->conf->shows == NULL ? OKR_OK
                                  : e->conf->shows(e->conf->context, id, ret);
}

enum okr_err okr_export_text_of(struct okr_export *e,
                                const struct okr_record *r, uint16_t ref,
                                uint16_t field, struct okr_slice *ret)
{
    struct okr_record *named;
    struct okr_id id;
    *ret = OKR_SLICE_NONE;
    if (!okr_record_id(r, ref, &id))
        return OKR_OK;
    enum okr_err err = okr_entity_get(&e->line, &id, &named);
    if (err == OKR_OK)
        *ret = okr_record_text(named, field);
    return err == OKR_ERR_NOTFOUND ? OKR_OK : err;
}

/* ---- the walk ------------------------------------------------------------ */

static bool walks(const struct okr_export *e, uint16_t kind)
{
    switch (e->conf->format) {
    case OKR_EXPORT_JSON:
        return okr_export_has_kind(kind);
    case OKR_EXPORT_MARKDOWN:
        return kind == OKR_KIND_CYCLE;
    case OKR_EXPORT_CSV:
        break;
    }
    return kind == OKR_KIND_UNIT || kind == OKR_KIND_PERSON ||
           kind == OKR_KIND_CYCLE || kind == OKR_KIND_OBJECTIVE ||
           kind == OKR_KIND_KEY_RESULT || kind == OKR_KIND_CHECK_IN ||
           kind == OKR_KIND_TASK;
}

/* Kinds in the order of their numbers.  False: that was the last. */
static bool next_kind(struct okr_export *e)
{
    uint16_t after = e->kind == NULL ? 0 : e->kind->number;
    const struct okr_kind_info *kind, *best = NULL;
    for (size_t at = 0; (kind = okr_kind_next(&at)) != NULL;)
        if (kind->number > after && walks(e, kind->number) &&
            (best == NULL || kind->number < best->number))
            best = kind;
    e->kind = best;
    return best != NULL;
}

static enum okr_err begin(struct okr_export *e, struct okr_buf *out)
{
    e->begun = true;
    if (e->conf->format == OKR_EXPORT_CSV)
        okr_export_csv_begin(out);
    return e->conf->format == OKR_EXPORT_JSON ? okr_export_json_begin(e, out)
                                              : OKR_OK;
}

static enum okr_err one(struct okr_export *e, const struct okr_id *id,
                        struct okr_buf *out)
{
    struct okr_record *record;
    bool shows;
    OKR_TRY(okr_export_shows(e, id, &shows));
    if (!shows)
        return OKR_OK;
    OKR_TRY(okr_entity_get(&e->line, id, &record));
    switch (e->conf->format) {
    case OKR_EXPORT_JSON:
        return okr_export_json_entity(e, record, out);
    case OKR_EXPORT_CSV:
        return okr_export_csv_entity(e, record, out);
    case OKR_EXPORT_MARKDOWN:
        break;
    }
    return okr_export_list(e, record, out);
}

static enum okr_err enter_kind(struct okr_export *e, bool *ret_over)
{
    *ret_over = !next_kind(e);
    e->at = 0;
    e->ids.n = 0;
    if (*ret_over)
        return OKR_OK;
    if (e->conf->format == OKR_EXPORT_JSON)
        okr_export_json_kind(e);
    return okr_index_kind(&e->conf->space, e->kind->number, &e->ids);
}

enum okr_err okr_export_step(struct okr_export *e, struct okr_buf *out,
                             bool *ret_done)
{
    okr_arena_reset(e->conf->line);
    *ret_done = false;
    if (!e->begun)
        OKR_TRY(begin(e, out));
    for (int i = 0; i < ENTITIES_AT_ONCE && !*ret_done; i++) {
        if (e->kind == NULL || e->at == e->ids.n)
            OKR_TRY(enter_kind(e, ret_done));
        else
            OKR_TRY(one(e, &e->ids.at[e->at++], out));
    }
    if (*ret_done && e->conf->format == OKR_EXPORT_JSON)
        OKR_TRY(okr_export_json_end(e, out));
    return out->err;
}

enum okr_err okr_export_begin(const struct okr_export_conf *conf,
                              struct okr_export **ret_export)
{
    OKR_ASSERT(conf->space.txn != NULL && conf->line != NULL);
    struct okr_export *e = okr_arena_alloc(conf->space.arena, sizeof *e);
    if (e == NULL)
        return OKR_ERR_NOMEM;
    e->conf = conf;
    e->line = conf->space;
    e->line.arena = conf->line;
    *ret_export = e;
    return OKR_OK;
}
