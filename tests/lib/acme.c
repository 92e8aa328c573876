/* A small company whose records are written as they are. */
#include "tests/lib/acme.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/model/value.h"

static void need(bool good, const char *what)
{
    if (good)
        return;
    (void)fprintf(stderr, "tests/lib/acme: %s\n", what);
    abort();
}

/* Ids of one second each, with a random part that differs early, as
 * references show it. */
static struct okr_id make_id(struct okr_acme *c)
{
    uint8_t random[10] = {0};
    uint32_t n = ++c->made * UINT32_C(2654435761);
    for (unsigned i = 0; i < 4; i++)
        random[2 + i] = (uint8_t)(n >> (8 * i));
    random[9] = (uint8_t)c->made;
    return okr_id_make((okr_us)1000 * 1000 * c->made, random);
}

const char *okr_acme_hex(struct okr_acme *c, const struct okr_id *id)
{
    char hex[OKR_ID_HEX];
    okr_id_hex(id, hex);
    char *copy = okr_arena_str(c->arena, okr_slice_str(hex));
    need(copy != NULL, "out of memory");
    return copy;
}

struct writing {
    struct okr_acme *c;
    uint16_t kind;
    okr_lsn lsn;
    struct okr_reg regs[64];
    size_t n;
};

static void write_one(struct writing *w, const struct okr_field_info *field,
                      enum okr_form form, const char *text)
{
    struct okr_slice value = OKR_SLICE_NONE;
    if (form != OKR_REG_UNSET) {
        enum okr_rule rule =
            okr_value_parse(field, okr_slice_str(text), w->c->arena, &value);
        need(rule == OKR_RULE_NONE && value.data != NULL, text);
    }
    need(w->n < sizeof w->regs / sizeof w->regs[0], "too many fields");
    w->regs[w->n++] = (struct okr_reg){.field = field->number,
                                       .form = (uint8_t)form,
                                       .lsn = w->lsn,
                                       .data = value};
}

static void write_set(struct writing *w, const struct okr_field_info *field,
                      const char *text)
{
    enum okr_form form = text[0] == '-' ? OKR_REG_ABSENT : OKR_REG_PRESENT;
    char *parts = okr_arena_str(w->c->arena, okr_slice_str(text)), *rest;
    if (parts[0] == '-' || parts[0] == '+')
        parts++;
    for (char *part = strtok_r(parts, ",", &rest); part != NULL;
         part = strtok_r(NULL, ",", &rest))
        write_one(w, field, form, part);
}

static void write_all(struct writing *w, va_list args)
{
    const char *word;
    while ((word = va_arg(args, const char *)) != NULL) {
        const char *text = va_arg(args, const char *);
        const struct okr_field_info *field =
            okr_field_by_word(w->kind, okr_slice_str(word));
        need(field != NULL, word);
        if (text == NULL)
            write_one(w, field, OKR_REG_UNSET, "");
        else if ((field->flags & OKR_FLAG_SET) != 0)
            write_set(w, field, text);
        else
            write_one(w, field, OKR_REG_VALUE, text);
    }
}

static void put(struct writing *w, const struct okr_record *old,
                const struct okr_record *base)
{
    struct okr_space space = w->c->space;
    space.view = (w->lsn & OKR_LSN_PENDING) != 0;
    struct okr_record *now = okr_record_with(base, w->regs, w->n, w->c->arena);
    need(now != NULL, "out of memory");
    need(okr_entity_put(&space, old, now) == OKR_OK, "put");
}

static bool writes(const struct writing *w, uint16_t field)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->regs[i].field == field)
            return true;
    return false;
}

struct okr_id okr_acme_add(struct okr_acme *c, unsigned kind, ...)
{
    struct okr_id id = make_id(c);
    struct writing w = {.c = c, .kind = (uint16_t)kind, .lsn = ++c->lsn};
    va_list args;
    va_start(args, kind);
    write_all(&w, args);
    va_end(args);
    if (!writes(&w, OKR_F_HOME))
        write_one(&w, okr_field_info(kind, OKR_F_HOME), OKR_REG_VALUE, "4");
    if (!okr_id_is_zero(&c->ann) && !writes(&w, OKR_F_AUTHOR))
        write_one(&w, okr_field_info(kind, OKR_F_AUTHOR), OKR_REG_VALUE,
                  okr_acme_hex(c, &c->ann));
    struct okr_record *none = okr_record_new(&id, (uint16_t)kind, c->arena);
    need(none != NULL, "out of memory");
    put(&w, NULL, none);
    return id;
}

void okr_acme_set(struct okr_acme *c, const struct okr_id *id, okr_lsn lsn, ...)
{
    struct okr_space space = c->space;
    space.view = (lsn & OKR_LSN_PENDING) != 0;
    struct okr_record *old;
    need(okr_entity_get(&space, id, &old) == OKR_OK, "get");
    struct writing w = {
        .c = c, .kind = old->kind, .lsn = lsn == 0 ? ++c->lsn : lsn};
    va_list args;
    va_start(args, lsn);
    write_all(&w, args);
    va_end(args);
    put(&w, old, old);
}

struct okr_record *okr_acme_get(struct okr_acme *c, const struct okr_id *id)
{
    struct okr_record *record;
    need(okr_entity_get(&c->space, id, &record) == OKR_OK, "get");
    return record;
}

static void add_units(struct okr_acme *c)
{
    c->policy = okr_acme_add(c, OKR_KIND_POLICY, "org_name", "ACME", NULL);
    c->acme = okr_acme_add(c, OKR_KIND_UNIT, "name", "ACME", "code", "acme",
                           "root_no", "1", NULL);
    const char *acme = okr_acme_hex(c, &c->acme);
    c->sales = okr_acme_add(c, OKR_KIND_UNIT, "name", "Sales & Co", "code",
                            "sales", "parent", acme, "root_no", "2", NULL);
}

void okr_acme_open(struct okr_acme *c)
{
    *c = (struct okr_acme){0};
    need(okr_kv_mem_open(&c->inner) == OKR_OK, "open");
    need(okr_kv_fault_open(c->inner, &c->kv) == OKR_OK, "open");
    need(okr_kv_begin(c->kv, true, &c->txn) == OKR_OK, "begin");
    need(okr_arena_new(OKR_ARENA_UNBOUNDED, &c->arena) == OKR_OK, "arena");
    c->space = (struct okr_space){.txn = c->txn, .arena = c->arena};
    add_units(c);
    const char *acme = okr_acme_hex(c, &c->acme);
    const char *sales = okr_acme_hex(c, &c->sales);
    c->ann = okr_acme_add(c, OKR_KIND_PERSON, "name", "Ann Ace", "mail",
                          "ann@acme.test", "unit", acme, "roles",
                          "admin,champion", NULL);
    c->bob = okr_acme_add(c, OKR_KIND_PERSON, "name", "Bob Bee", "mail",
                          "bob@acme.test", "unit", sales, NULL);
    c->cy = okr_acme_add(c, OKR_KIND_PERSON, "name", "Cy Cee", "mail",
                         "cy@acme.test", "unit", sales, NULL);
    okr_acme_set(c, &c->acme, 0, "lead", okr_acme_hex(c, &c->ann), NULL);
    okr_acme_set(c, &c->sales, 0, "lead", okr_acme_hex(c, &c->bob), NULL);
    c->q2 =
        okr_acme_add(c, OKR_KIND_CYCLE, "name", "2026-Q2", "kind", "quarter",
                     "start", "2026-04-01", "end", "2026-06-30", NULL);
}

void okr_acme_close(struct okr_acme *c)
{
    okr_kv_abort(&c->txn);
    okr_kv_close(&c->kv);
    okr_kv_close(&c->inner);
    okr_arena_free(&c->arena);
}
