/* What rows stand on: the cycle, the root unit, owners, the batch. */
#include <stdio.h>
#include <string.h>

#include "common/base/hex.h"
#include "common/crypto/hash.h"
#include "common/import/plan_impl.h"
#include "common/model/dates.h"
#include "common/model/value.h"

/* ---- the cycle ----------------------------------------------------------- */
static enum okr_err find_cycle(struct okr_planning *p, bool *ret_found)
{
    struct okr_ids ids;
    struct okr_record *record;
    *ret_found = false;
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_CYCLE, OKR_F_CYCLE_NAME,
                           p->conf->cycle, &ids));
    for (size_t i = 0; i < ids.n && !*ret_found; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        if (okr_record_archived(record))
            continue;
        p->cycle = record->id;
        p->end = (okr_day)okr_record_int(record, OKR_F_CYCLE_END, 0);
        p->plan->unchanged++;
        *ret_found = true;
    }
    return OKR_OK;
}

/* "FY20-Q4", "2018-Q4", "Q4 2018": the calendar quarter. */
static bool quarter_of(struct okr_slice name, okr_day *ret_start,
                       okr_day *ret_end)
{
    int year = 0, quarter = 0;
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i] & 0xdf;
        if (c == 'Q' && i + 1 < name.len && name.data[i + 1] >= '1' &&
            name.data[i + 1] <= '4')
            quarter = name.data[i + 1] - '0';
        size_t n = 0;
        int number = 0;
        while (i + n < name.len && name.data[i + n] >= '0' &&
               name.data[i + n] <= '9' && n < 4)
            number = number * 10 + (name.data[i + n++] - '0');
        if (n == 4 || (n == 2 && year == 0))
            year = n == 4 ? number : 2000 + number;
        i += n > 1 ? n - 1 : 0;
    }
    okr_day next;
    if (year == 0 || quarter == 0 ||
        !okr_day_from_ymd(year, quarter * 3 - 2, 1, ret_start) ||
        !okr_day_from_ymd(quarter == 4 ? year + 1 : year,
                          quarter == 4 ? 1 : quarter * 3 + 1, 1, &next))
        return false;
    *ret_end = next - 1;
    return true;
}

static enum okr_err choose_period(struct okr_planning *p,
                                  const struct okr_import_doc *doc,
                                  okr_day *start, okr_day *end, bool *ret_known)
{
    const struct okr_import_conf *conf = p->conf;
    *ret_known = true;
    if (conf->has_start && conf->has_end) {
        *start = conf->start;
        *end = conf->end;
    } else if (doc->has_period) {
        *start = doc->start;
        *end = doc->end;
    } else if (quarter_of(conf->cycle, start, end)) {
        return okr_import_say(
            &p->plan->warnings, p->plan->arena, 0, "cycle", "guessed_dates",
            "the calendar quarter is taken from the cycle's name; "
            "--start and --end say otherwise");
    } else {
        *ret_known = false;
        return okr_import_say(&p->plan->errors, p->plan->arena, 0, "cycle",
                              "missing",
                              "the cycle is new and the file does not say "
                              "from when to when: give --start and --end");
    }
    return OKR_OK;
}

static enum okr_err make_cycle(struct okr_planning *p,
                               const struct okr_import_doc *doc)
{
    struct okr_arena *arena = p->plan->arena;
    struct okr_made made = {.n = 0};
    okr_day start = 0, end = 0;
    char from[OKR_DAY_TEXT], to[OKR_DAY_TEXT];
    bool known;
    OKR_TRY(choose_period(p, doc, &start, &end, &known));
    p->cycle = okr_plan_id(p);
    p->end = end;
    if (!known)
        return OKR_OK;
    bool quarter = end - start > 80 && end - start < 100;
    okr_made_text(&made, OKR_F_CYCLE_NAME, p->conf->cycle);
    okr_made_value(&made, OKR_F_CYCLE_KIND,
                   okr_value_enum(arena, quarter ? OKR_V_CYCLE_KIND_QUARTER
                                                 : OKR_V_CYCLE_KIND_CUSTOM));
    okr_made_value(&made, OKR_F_CYCLE_START, okr_value_int(arena, start));
    okr_made_value(&made, OKR_F_CYCLE_END, okr_value_int(arena, end));
    OKR_TRY(
        okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_CYCLE, &p->cycle, &made, NULL));
    okr_day_format(start, from);
    okr_day_format(end, to);
    return okr_import_say(&p->plan->warnings, arena, 0, "cycle", "made",
                          "cycle \"%.*s\" is made, %s to %s",
                          (int)p->conf->cycle.len,
                          (const char *)p->conf->cycle.data, from, to);
}

static enum okr_err find_root(struct okr_planning *p)
{
    struct okr_ids ids;
    struct okr_record *record;
    OKR_TRY(okr_index_kind(&p->conf->space, OKR_KIND_UNIT, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        if (!okr_record_has(record, OKR_F_UNIT_PARENT)) {
            p->root = record->id;
            return OKR_OK;
        }
    }
    return OKR_ERR_NOTFOUND; /* genesis made one */
}

enum okr_err okr_plan_ground(struct okr_planning *p,
                             const struct okr_import_doc *doc)
{
    bool found;
    OKR_TRY(find_root(p));
    OKR_TRY(find_cycle(p, &found));
    return found ? OKR_OK : make_cycle(p, doc);
}

/* ---- owners -------------------------------------------------------------- */
/* "VP, Field Ops" -> "vp-field-ops@import.invalid"; letters that are not ASCII
 * give a hash, so that the address is one. */
static struct okr_slice slug_mail(struct okr_planning *p, struct okr_slice name)
{
    struct okr_buf out;
    bool ascii = true, dash = false;
    okr_buf_init(&out, p->plan->arena);
    for (size_t i = 0; i < name.len; i++) {
        uint8_t c = name.data[i];
        uint8_t lower = c >= 'A' && c <= 'Z' ? (uint8_t)(c + 32) : c;
        bool plain = (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9');
        ascii = ascii && c < 0x80;
        if (plain && dash && out.len > 0)
            okr_buf_u8(&out, '-');
        if (plain)
            okr_buf_u8(&out, lower);
        dash = !plain;
    }
    if (!ascii || out.len == 0) {
        struct okr_hash hash = okr_sha256(name);
        char hex[17];
        okr_hex_encode(okr_slice_of(hash.b, 8), hex);
        okr_buf_init(&out, p->plan->arena);
        okr_buf_put(&out, okr_slice_str(hex));
    }
    okr_buf_put(&out, OKR_SLICE_LIT("@import.invalid"));
    return out.err == OKR_OK ? okr_buf_slice(&out) : OKR_SLICE_NONE;
}

static enum okr_err find_person(struct okr_planning *p, struct okr_slice name,
                                struct okr_slice mail, struct okr_id *ret_id,
                                bool *ret_found)
{
    struct okr_ids ids;
    struct okr_record *record;
    size_t named = 0;
    OKR_TRY(okr_index_find(&p->conf->space, OKR_KIND_PERSON, OKR_F_MAIL, mail,
                           &ids));
    *ret_found = ids.n > 0;
    if (ids.n > 0) {
        *ret_id = ids.at[0];
        return OKR_OK;
    }
    OKR_TRY(okr_index_kind(&p->conf->space, OKR_KIND_PERSON, &ids));
    for (size_t i = 0; i < ids.n; i++) {
        OKR_TRY(okr_entity_get(&p->conf->space, &ids.at[i], &record));
        if (okr_slice_eq(okr_record_text(record, OKR_F_PERSON_NAME), name)) {
            *ret_id = ids.at[i];
            named++;
        }
    }
    *ret_found = named == 1;
    return OKR_OK;
}

static enum okr_err remember(struct okr_planning *p, struct okr_slice mail,
                             const struct okr_id *id)
{
    if (p->n_owners == p->cap_owners) {
        size_t cap = p->cap_owners == 0 ? 64 : p->cap_owners * 2;
        struct okr_owner *owners =
            okr_arena_array(p->plan->arena, cap, sizeof *owners);
        if (owners == NULL)
            return OKR_ERR_NOMEM;
        if (p->n_owners > 0)
            memcpy(owners, p->owners, p->n_owners * sizeof *owners);
        p->owners = owners;
        p->cap_owners = cap;
    }
    p->owners[p->n_owners++] = (struct okr_owner){mail, *id};
    return OKR_OK;
}

enum okr_err okr_plan_owner(struct okr_planning *p,
                            const struct okr_import_row *row,
                            struct okr_id *ret_person)
{
    struct okr_slice mail = slug_mail(p, row->owner);
    struct okr_made made = {.n = 0};
    bool found;
    if (mail.data == NULL)
        return OKR_ERR_NOMEM;
    for (size_t i = 0; i < p->n_owners; i++)
        if (okr_slice_eq(p->owners[i].name, mail)) {
            *ret_person = p->owners[i].id;
            return OKR_OK;
        }
    OKR_TRY(find_person(p, row->owner, mail, ret_person, &found));
    if (!found) {
        *ret_person = okr_plan_id(p);
        okr_made_text(&made, OKR_F_PERSON_NAME, row->owner);
        okr_made_text(&made, OKR_F_MAIL, mail);
        okr_made_id(p, &made, OKR_F_PERSON_UNIT, &p->root);
        OKR_TRY(okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_PERSON, ret_person,
                             &made, NULL));
        OKR_TRY(okr_import_say(
            &p->plan->warnings, p->plan->arena, row->line, "owner", "made",
            "person \"%.*s\" <%.*s> is made, without a key",
            (int)row->owner.len, (const char *)row->owner.data, (int)mail.len,
            (const char *)mail.data));
    }
    return remember(p, mail, ret_person);
}

/* ---- the batch ----------------------------------------------------------- */
enum okr_err okr_plan_batch(struct okr_planning *p)
{
    struct okr_import_plan *plan = p->plan;
    struct okr_made made = {.n = 0};
    char counts[80];
    if (plan->n == 0)
        return OKR_OK;
    (void)snprintf(counts, sizeof counts,
                   "create %zu, update %zu, unchanged %zu", plan->create,
                   plan->update, plan->unchanged);
    okr_made_value(&made, OKR_F_BATCH_KIND,
                   okr_value_enum(plan->arena, OKR_V_BATCH_KIND_IMPORT));
    if (p->conf->source.len > 0)
        okr_made_text(&made, OKR_F_BATCH_SOURCE, p->conf->source);
    okr_made_text(&made, OKR_F_BATCH_COUNTS,
                  okr_arena_copy(plan->arena, okr_slice_str(counts)));
    struct okr_id id = p->batch;
    OKR_TRY(okr_plan_add(p, OKR_VERB_ADD, OKR_KIND_BATCH, &id, &made, NULL));
    plan->create--; /* the batch is the act, not what it is about */
    struct okr_payload batch = plan->payloads[plan->n - 1];
    batch.batch = (struct okr_id){{0}};
    memmove(plan->payloads + 1, plan->payloads,
            (plan->n - 1) * sizeof *plan->payloads);
    plan->payloads[0] = batch;
    return OKR_OK;
}
