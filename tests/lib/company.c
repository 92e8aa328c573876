/* The small company of the tests; see company.h. */
#include "tests/lib/company.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/codec/codec.h"
#include "common/model/dates.h"
#include "common/model/value.h"
#include "common/store/oplog.h"

#define NOW ((okr_us)1770000000 * OKR_US_PER_S) /* 2026-02-02 */

struct okr_id okr_company_id(struct okr_company *c)
{
    struct okr_id id = {{0}};
    okr_be_put32(id.b, 0x01900000);
    id.b[6] = 0x70;
    id.b[8] = 0x80;
    okr_be_put32(id.b + 12, ++c->made * 2654435761U);
    return id;
}

static struct okr_change change_of(struct okr_company *c, uint16_t kind,
                                   const struct okr_record *record,
                                   const struct okr_typed *typed)
{
    struct okr_change change = {.field = typed->field, .form = OKR_REG_VALUE};
    const struct okr_field_info *info = okr_field_info(kind, typed->field);
    bool set = info != NULL && info->flags & OKR_FLAG_SET;
    const char *text = typed->text;
    if (set) {
        change.form =
            text != NULL && text[0] == '-' ? OKR_REG_ABSENT : OKR_REG_PRESENT;
        text = text == NULL ? NULL : text + 1;
    }
    if (typed->is_ref)
        change.data = okr_value_id(c->arena, &typed->ref);
    else if (text == NULL)
        change.form = OKR_REG_UNSET;
    else if (text[0] != '\0')
        change.data = okr_made_value(kind, typed->field, text, c->arena);
    const struct okr_reg *reg =
        record == NULL || set ? NULL : okr_record_reg(record, typed->field);
    if (record != NULL && !set) {
        change.seen.form = OKR_SEEN_LSN;
        change.seen.epoch = 1;
        change.seen.lsn = reg == NULL || typed->blind ? 0 : reg->lsn;
    }
    return change;
}

static enum okr_err try_judge(struct okr_company *c,
                              const struct okr_id *person,
                              const struct okr_payload *payload)
{
    struct okr_buf bytes;
    okr_buf_init(&bytes, c->arena);
    okr_payload_encode(payload, &bytes);
    OKR_TRY(bytes.err);
    struct okr_op op = {.id = okr_company_id(c),
                        .person = *person,
                        .time = c->ground.now,
                        .verb = payload->verb,
                        .schema = OKR_SCHEMA_VERSION,
                        .payload = okr_buf_slice(&bytes)};
    c->op = op.id;
    OKR_TRY(okr_judge(&c->ground, &op, &c->decision));
    if (!okr_verdict_is_in(&c->decision.verdict))
        return OKR_OK;
    OKR_TRY(okr_record_write(&c->decision, c->lsn + 1));
    OKR_TRY(okr_oplog_put_op(c->txn, &op.id, c->lsn + 1));
    c->lsn++;
    return OKR_OK;
}

static struct okr_verdict judge(struct okr_company *c,
                                const struct okr_id *person,
                                const struct okr_payload *payload)
{
    OKR_ASSERT(try_judge(c, person, payload) == OKR_OK);
    return c->decision.verdict;
}

struct okr_verdict okr_company_act(struct okr_company *c,
                                   const struct okr_id *person, uint16_t verb,
                                   uint16_t kind, const struct okr_id *entity,
                                   const struct okr_typed *changes)
{
    enum okr_err err = okr_company_try(c, person, verb, kind, entity, changes);
    OKR_ASSERT(err == OKR_OK);
    return c->decision.verdict;
}

enum okr_err okr_company_try(struct okr_company *c, const struct okr_id *person,
                             uint16_t verb, uint16_t kind,
                             const struct okr_id *entity,
                             const struct okr_typed *changes)
{
    struct okr_change list[32];
    struct okr_record *record = NULL;
    size_t n = 0;
    enum okr_err err = okr_entity_get(&c->ground.space, entity, &record);
    if (err != OKR_OK && err != OKR_ERR_NOTFOUND)
        return err;
    for (; changes != NULL && changes[n].field != 0; n++)
        list[n] = change_of(c, kind, record, &changes[n]);
    struct okr_payload payload = {.verb = verb,
                                  .kind = kind,
                                  .entity = *entity,
                                  .changes = list,
                                  .n_changes = n};
    if (c->reason != NULL)
        payload.reason = okr_slice_str(c->reason);
    return try_judge(c, person, &payload);
}

struct okr_verdict okr_company_change(struct okr_company *c,
                                      const struct okr_id *person,
                                      uint16_t kind,
                                      const struct okr_id *entity,
                                      struct okr_change *change)
{
    struct okr_payload payload = {.verb = OKR_VERB_SET,
                                  .kind = kind,
                                  .entity = *entity,
                                  .changes = change,
                                  .n_changes = 1};
    return judge(c, person, &payload);
}

static struct okr_id must(struct okr_company *c, const struct okr_id *person,
                          uint16_t kind, const struct okr_typed *changes)
{
    struct okr_id id = okr_company_id(c);
    uint16_t verb = kind == OKR_KIND_SITE     ? OKR_VERB_ENROL
                    : kind == OKR_KIND_POLICY ? OKR_VERB_GENESIS
                                              : OKR_VERB_ADD;
    struct okr_verdict v = okr_company_act(c, person, verb, kind, &id, changes);
    OKR_ASSERT(okr_verdict_is_in(&v));
    return id;
}

static struct okr_id unit(struct okr_company *c, const char *code,
                          const struct okr_id *parent)
{
    struct okr_typed with[] = {OKR_TYPED(OKR_F_UNIT_NAME, code),
                               OKR_TYPED(OKR_F_CODE, code),
                               {.field = parent == NULL ? 0 : OKR_F_UNIT_PARENT,
                                .ref = parent == NULL ? c->root : *parent,
                                .is_ref = true},
                               {0}};
    return must(c, &c->ada, OKR_KIND_UNIT, with);
}

static struct okr_id person(struct okr_company *c, const char *name,
                            const char *mail, const struct okr_id *in)
{
    struct okr_typed with[] = {OKR_TYPED(OKR_F_PERSON_NAME, name),
                               OKR_TYPED(OKR_F_MAIL, mail),
                               OKR_REF(OKR_F_PERSON_UNIT, *in),
                               {0}};
    return must(c, &c->ada, OKR_KIND_PERSON, with);
}

static void found(struct okr_company *c)
{
    struct okr_typed policy[] = {OKR_TYPED(OKR_F_WORKFLOW, "light"), {0}};
    c->policy = must(c, &c->ada, OKR_KIND_POLICY, policy);
    c->root = unit(c, "hq", NULL);
    c->ada = person(c, "Ada", "ada@example.org", &c->root);
    struct okr_typed roles[] = {OKR_TYPED(OKR_F_ROLES, "+admin"),
                                OKR_TYPED(OKR_F_ROLES, "+champion"),
                                {0}};
    struct okr_verdict v = okr_company_act(c, &c->ada, OKR_VERB_SET,
                                           OKR_KIND_PERSON, &c->ada, roles);
    OKR_ASSERT(okr_verdict_is_in(&v));
    struct okr_typed site[] = {
        OKR_TYPED(OKR_F_SITE_NAME, "office"), OKR_TYPED(OKR_F_SITE_KEY, "aa01"),
        OKR_TYPED(OKR_F_WITNESS_KEY, "aa02"), OKR_TYPED(OKR_F_LINK_KEY, "aa03"),
        OKR_REF(OKR_F_SITE_UNITS, c->root),   {0}};
    site[4].text = "+";
    c->site = must(c, &c->ada, OKR_KIND_SITE, site);
    c->ground.site = c->site;
    c->ground.authority = false;
}

void okr_company_open(struct okr_company *c)
{
    memset(c, 0, sizeof *c);
    OKR_ASSERT(okr_arena_new(OKR_ARENA_UNBOUNDED, &c->arena) == OKR_OK);
    OKR_ASSERT(okr_kv_mem_open(&c->kv) == OKR_OK);
    OKR_ASSERT(okr_kv_begin(c->kv, true, &c->txn) == OKR_OK);
    c->epoch = (struct okr_epoch){.counter = 1};
    c->ground = (struct okr_ground){
        .space = {.txn = c->txn, .arena = c->arena},
        .now = NOW,
        .server = true,
        .authority = true,
        .epochs = &c->epoch,
        .n_epochs = 1,
    };
    found(c);
    c->sh = unit(c, "sh", &c->root);
    c->sh_dev = unit(c, "sh-dev", &c->sh);
    c->bj = unit(c, "bj", &c->root);
    c->lin = person(c, "Lin", "lin@example.org", &c->sh);
    c->wang = person(c, "Wang", "wang@example.org", &c->sh);
    c->li = person(c, "Li", "li@example.org", &c->bj);
    struct okr_typed lead[] = {OKR_REF(OKR_F_LEAD, c->lin), {0}};
    struct okr_verdict v =
        okr_company_act(c, &c->ada, OKR_VERB_SET, OKR_KIND_UNIT, &c->sh, lead);
    OKR_ASSERT(okr_verdict_is_in(&v));
    struct okr_typed cycle[] = {OKR_TYPED(OKR_F_CYCLE_NAME, "Q1"),
                                OKR_TYPED(OKR_F_CYCLE_KIND, "quarter"),
                                OKR_TYPED(OKR_F_CYCLE_START, "2026-01-01"),
                                OKR_TYPED(OKR_F_CYCLE_END, "2026-03-31"),
                                {0}};
    c->cycle = must(c, &c->ada, OKR_KIND_CYCLE, cycle);
}

void okr_company_close(struct okr_company *c)
{
    okr_kv_abort(&c->txn);
    okr_kv_close(&c->kv);
    okr_arena_free(&c->arena);
}

struct okr_id okr_company_objective(struct okr_company *c,
                                    const struct okr_id *owner,
                                    const struct okr_id *in, const char *title)
{
    struct okr_typed with[] = {OKR_REF(OKR_F_O_CYCLE, c->cycle),
                               OKR_TYPED(OKR_F_O_TITLE, title),
                               OKR_REF(OKR_F_O_OWNER, *owner),
                               OKR_REF(OKR_F_O_UNIT, *in),
                               {0}};
    return must(c, owner, OKR_KIND_OBJECTIVE, with);
}

struct okr_id okr_company_kr(struct okr_company *c,
                             const struct okr_id *objective,
                             const struct okr_id *owner, const char *title)
{
    struct okr_typed with[] = {OKR_REF(OKR_F_KR_OBJECTIVE, *objective),
                               OKR_TYPED(OKR_F_KR_TITLE, title),
                               OKR_REF(OKR_F_KR_OWNER, *owner),
                               OKR_TYPED(OKR_F_METRIC, "increase"),
                               OKR_TYPED(OKR_F_START, "0"),
                               OKR_TYPED(OKR_F_TARGET, "100"),
                               {0}};
    return must(c, owner, OKR_KIND_KEY_RESULT, with);
}

struct okr_record *okr_company_get(struct okr_company *c,
                                   const struct okr_id *id)
{
    struct okr_record *record = NULL;
    enum okr_err err = okr_entity_get(&c->ground.space, id, &record);
    OKR_ASSERT(err == OKR_OK || err == OKR_ERR_NOTFOUND);
    return err == OKR_OK ? record : NULL;
}
