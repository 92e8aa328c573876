/* The messages of the story, and the list of golden files. */
#include "tests/lib/example.h"

#include <string.h>

#include "common/base/assert.h"
#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/local.h"
#include "common/crypto/code.h"
#include "common/model/value.h"

#define EPOCH_RANDOM                  \
    {                                 \
        0xe0, 0xe1, 0xe2, [15] = 0xef \
    }
enum { SUMMARY = 8, LSN = 1043 };

static void *copied(const struct okr_example *e, const void *data, size_t len)
{
    struct okr_slice copy = okr_arena_copy(e->arena, okr_slice_of(data, len));
    OKR_ASSERT(copy.data != NULL);
    return (void *)(uintptr_t)copy.data;
}
#define COPIED(e, array) copied(e, array, sizeof(array))
#define N(array) (sizeof(array) / sizeof((array)[0]))

static const struct okr_epoch now = {.counter = 1, .random = EPOCH_RANDOM};

static struct okr_msg hello(const struct okr_example *e)
{
    const struct okr_cursor cursors[] = {{4, 998}, {SUMMARY, 1030}};
    return (struct okr_msg){.request = 1,
                            .u.hello = {.version_min = 1,
                                        .version_max = 1,
                                        .frame_max = OKR_FRAME_MAX,
                                        .schema = OKR_SCHEMA_VERSION,
                                        .site = e->ground.site,
                                        .incarnation = e->push.incarnation,
                                        .epoch = now,
                                        .cursors = COPIED(e, cursors),
                                        .n_cursors = N(cursors),
                                        .last_push = e->ground.prev,
                                        .seen_size = e->push.seen_size}};
}

static struct okr_msg welcome(const struct okr_example *e)
{
    const struct okr_cursor heads[] = {{4, 998}, {SUMMARY, 1042}, {9, 1017}};
    return (struct okr_msg){
        .request = 1,
        .u.welcome = {.epochs = copied(e, &now, sizeof now),
                      .n_epochs = 1,
                      .heads = COPIED(e, heads),
                      .n_heads = N(heads),
                      .publish = OKR_SLICE_LIT("7602"),
                      .last_seq = 40,
                      .last_push = e->ground.prev,
                      .spread_ms = 2000,
                      .schema = OKR_SCHEMA_VERSION,
                      .beat_ms = 15000,
                      .time = OKR_EXAMPLE_TIME,
                      .org = e->ground.org,
                      .origin = OKR_SLICE_LIT("acme/audit/epoch-1")}};
}

static struct okr_msg pushed(const struct okr_example *e)
{
    const okr_scope scopes[] = {SUMMARY};
    const struct okr_answer answers[] = {
        {.op = e->ops[0].id,
         .verdict = {.outcome = OKR_OUTCOME_ACCEPTED},
         .lsn = LSN,
         .scopes = COPIED(e, scopes),
         .n_scopes = N(scopes),
         .time = OKR_EXAMPLE_TIME + 250000,
         .effects = okr_slice_sub(e->op_body, 176, e->op_body.len)},
        {.op = e->ops[1].id,
         .verdict = {.outcome = OKR_OUTCOME_REJECTED,
                     .rule = OKR_RULE_NOT_PERMITTED,
                     .field = OKR_F_CI_KEY_RESULT,
                     .about = okr_example_id(OKR_EXAMPLE_KEY_RESULT)},
         .lsn = LSN + 1,
         .time = OKR_EXAMPLE_TIME + 250000,
         .current = okr_value_dec(e->arena, (struct okr_dec){80, 0})},
    };
    struct okr_answer *all = COPIED(e, answers);
    memcpy(all[0].meta, e->meta.b, sizeof all[0].meta);
    return (struct okr_msg){.request = 2,
                            .u.pushed = {.incarnation = e->push.incarnation,
                                         .first_seq = e->push.first_seq,
                                         .answers = all,
                                         .n_answers = N(answers)}};
}

static struct okr_msg pull(const struct okr_example *e)
{
    const struct okr_want wants[] = {
        {.scope = SUMMARY, .since = 1030},
        {.scope = 4,
         .since = 0,
         .after_elsn = 512,
         .after_id = okr_example_id(OKR_EXAMPLE_BEN),
         .upto = 998},
    };
    return (struct okr_msg){.request = 3,
                            .u.pull = {.wants = COPIED(e, wants),
                                       .n_wants = N(wants),
                                       .bytes_max = 4096,
                                       .wait_s = 25,
                                       .dictionary = 1}};
}

static struct okr_last last(const struct okr_example *e)
{
    return (struct okr_last){.person = e->ops[0].person,
                             .site = e->ground.site,
                             .verb = e->ops[0].verb,
                             .is_signed = e->ops[0].is_signed,
                             .time = e->ops[0].time};
}

static struct okr_msg page(const struct okr_example *e)
{
    const struct okr_row rows[] = {
        {.id = okr_example_id(0x13),
         .kind = OKR_KIND_KEY_RESULT,
         .elsn = 1040,
         .gone = true},
        {.id = e->record->id,
         .kind = e->record->kind,
         .elsn = LSN,
         .all = true,
         .regs = e->record->regs,
         .n_regs = e->record->n_regs,
         .last = last(e)},
    };
    const struct okr_section sections[] = {
        {.scope = SUMMARY,
         .since = 1030,
         .rows = COPIED(e, rows),
         .n_rows = N(rows),
         .upto = LSN,
         .head = LSN,
         .digest = e->digest},
        {.scope = 4,
         .more = true,
         .token_elsn = 777,
         .token_id = okr_example_id(OKR_EXAMPLE_ADA),
         .upto = 998,
         .head = 998},
    };
    return (struct okr_msg){.request = 3,
                            .u.page = {.sections = COPIED(e, sections),
                                       .n_sections = N(sections),
                                       .own_seq = 42}};
}

static struct okr_msg event(const struct okr_example *e)
{
    const struct okr_reg *title = okr_record_reg(e->record, OKR_F_KR_TITLE);
    const struct okr_reg *target = okr_record_reg(e->record, OKR_F_TARGET);
    const struct okr_reg regs[] = {*title, *target};
    const struct okr_row row = {.id = e->record->id,
                                .kind = e->record->kind,
                                .elsn = LSN,
                                .regs = COPIED(e, regs),
                                .n_regs = N(regs),
                                .last = last(e)};
    const struct okr_mark mark = {
        .site = e->ground.site,
        .incarnation = e->push.incarnation,
        .seq = e->push.first_seq,
    };
    return (struct okr_msg){.u.event = {.scope = SUMMARY,
                                        .epoch = 1,
                                        .prev_lsn = 1042,
                                        .lsn = LSN,
                                        .rows = copied(e, &row, sizeof row),
                                        .n_rows = 1,
                                        .marks = copied(e, &mark, sizeof mark),
                                        .n_marks = 1}};
}

static struct okr_msg enrolled(const struct okr_example *e)
{
    const struct okr_hash proof[] = {okr_example_hash("a node"),
                                     okr_example_hash("another node")};
    return (struct okr_msg){
        .request = 5,
        .u.enrolled = {.org = e->ground.org,
                       .server_site = okr_example_id(OKR_EXAMPLE_SERVER),
                       .name = OKR_SLICE_LIT("north"),
                       .log_key = okr_example_pk(OKR_EXAMPLE_KEY_LOG),
                       .checkpoint = e->note,
                       .leaf = e->key_leaf,
                       .leaf_index = 7,
                       .proof = COPIED(e, proof),
                       .n_proof = N(proof)}};
}

static struct okr_msg proved(const struct okr_example *e)
{
    const struct okr_hash hashes[] = {okr_example_hash("a node")};
    return (struct okr_msg){.request = 6,
                            .u.proved = {.hash = COPIED(e, hashes),
                                         .n_hash = N(hashes),
                                         .from = 1040,
                                         .to = LSN,
                                         .checkpoint = e->note}};
}

/* One bucket of the copy at north differs: that of the key result. */
static struct okr_msg repair(const struct okr_example *e)
{
    struct okr_digest *buckets =
        okr_arena_array(e->arena, OKR_BUCKETS, sizeof *buckets);
    OKR_ASSERT(buckets != NULL);
    buckets[okr_bucket(&e->record->id)] = (struct okr_digest){.lo = 1};
    return (struct okr_msg){.request = 8,
                            .u.repair = {.scope = SUMMARY,
                                         .cursor = LSN,
                                         .buckets = buckets,
                                         .bytes_max = 4096,
                                         .dictionary = 1}};
}

static struct okr_msg repaired(const struct okr_example *e)
{
    const uint32_t buckets[] = {okr_bucket(&e->record->id)};
    const struct okr_row row = {.id = e->record->id,
                                .kind = e->record->kind,
                                .elsn = LSN,
                                .all = true,
                                .regs = e->record->regs,
                                .n_regs = e->record->n_regs,
                                .last = last(e)};
    return (struct okr_msg){
        .request = 8,
        .u.repaired = {.scope = SUMMARY,
                       .as_of = LSN,
                       .buckets = COPIED(e, buckets),
                       .n_buckets = N(buckets),
                       .rows = copied(e, &row, sizeof row),
                       .n_rows = 1,
                       .more = true,
                       .next = {buckets[0], e->record->id}}};
}

static struct okr_msg history(const struct okr_example *e)
{
    return (struct okr_msg){.request = 9,
                            .u.history = {.entity = e->record->id,
                                          .before = 1044,
                                          .max = 100,
                                          .dictionary = 1}};
}

static struct okr_msg history_page(const struct okr_example *e)
{
    const struct okr_history_change changes[] = {
        {.field = OKR_F_KR_TITLE,
         .form_before = OKR_REG_VALUE,
         .form_after = OKR_REG_VALUE,
         .before = OKR_SLICE_LIT("Answer soon"),
         .after = okr_record_text(e->record, OKR_F_KR_TITLE)},
        {.field = OKR_F_TARGET,
         .form_after = OKR_REG_VALUE,
         .after = okr_value_dec(e->arena, (struct okr_dec){955, 1})}};
    const struct okr_history past = {
        .lsn = LSN,
        .last = last(e),
        .reason = OKR_SLICE_LIT("Customers wait too long"),
        .changes = COPIED(e, changes),
        .n_changes = N(changes)};
    return (struct okr_msg){
        .request = 9,
        .u.history_page = {.entity = e->record->id,
                           .rows = copied(e, &past, sizeof past),
                           .n_rows = 1,
                           .more = true}};
}

/* Messages of few fields. */
static struct okr_msg small(const struct okr_example *e, enum okr_msg_type type)
{
    if (type == OKR_MSG_REFUSE)
        return (struct okr_msg){
            .request = 1,
            .u.refuse = {.code = OKR_REFUSAL_HEALING,
                         .retry_ms = 30000,
                         .text = OKR_SLICE_LIT("the server heals")}};
    if (type == OKR_MSG_HEAD)
        return (struct okr_msg){.u.head = {.scope = SUMMARY,
                                           .epoch = 1,
                                           .head = LSN,
                                           .digest = e->digest,
                                           .checkpoint = e->note,
                                           .time = OKR_EXAMPLE_TIME + 500000}};
    if (type == OKR_MSG_BUSY)
        return (struct okr_msg){.request = 2, .u.busy = {.retry_ms = 1500}};
    if (type == OKR_MSG_ERROR)
        return (struct okr_msg){
            .request = 2,
            .u.error = {.code = OKR_ERROR_CHAIN,
                        .text = OKR_SLICE_LIT("another push was taken last"),
                        .last_seq = 40}};
    if (type == OKR_MSG_PROOF)
        return (struct okr_msg){.request = 6,
                                .u.proof = {.from = 1040, .to = LSN}};
    if (type == OKR_MSG_COSIGN)
        return (struct okr_msg){
            .request = 7,
            .u.cosign = {.line = e->cosignature,
                         .origin = OKR_SLICE_LIT("acme/audit/epoch-1"),
                         .size = LSN}};
    OKR_ASSERT(type == OKR_MSG_BEAT);
    return (struct okr_msg){.request = 0};
}

struct okr_msg okr_example_msg(const struct okr_example *e,
                               enum okr_msg_type type)
{
    struct okr_msg msg;
    if (type == OKR_MSG_HELLO)
        msg = hello(e);
    else if (type == OKR_MSG_WELCOME)
        msg = welcome(e);
    else if (type == OKR_MSG_PUSH)
        msg = (struct okr_msg){.request = 2, .u.push = e->push};
    else if (type == OKR_MSG_PUSHED)
        msg = pushed(e);
    else if (type == OKR_MSG_PULL)
        msg = pull(e);
    else if (type == OKR_MSG_PAGE)
        msg = page(e);
    else if (type == OKR_MSG_EVENT)
        msg = event(e);
    else if (type == OKR_MSG_ENROL)
        msg = (struct okr_msg){.request = 5, .u.enrol = e->enrol};
    else if (type == OKR_MSG_ENROLLED)
        msg = enrolled(e);
    else if (type == OKR_MSG_PROVED)
        msg = proved(e);
    else if (type == OKR_MSG_REPAIR)
        msg = repair(e);
    else if (type == OKR_MSG_REPAIRED)
        msg = repaired(e);
    else if (type == OKR_MSG_HISTORY)
        msg = history(e);
    else if (type == OKR_MSG_HISTORY_PAGE)
        msg = history_page(e);
    else
        msg = small(e, type);
    msg.type = type;
    return msg;
}

/* ---- golden files ---- */

struct golds {
    struct okr_golden *to;
    size_t n;
};

static void add(struct golds *golds, const char *name, struct okr_slice bytes)
{
    OKR_ASSERT(golds->n < OKR_GOLDEN_MAX);
    struct okr_golden *gold = &golds->to[golds->n++];
    OKR_ASSERT(strlen(name) < sizeof gold->name);
    memcpy(gold->name, name, strlen(name) + 1);
    gold->bytes = bytes;
}

static void add_buf(struct golds *golds, const char *name,
                    const struct okr_buf *buf)
{
    OKR_ASSERT(buf->err == OKR_OK);
    add(golds, name, okr_buf_slice(buf));
}

static void add_messages(struct golds *golds, const struct okr_example *e)
{
#define ADD(number, NAME, name_, Name)                           \
    do {                                                         \
        struct okr_msg msg = okr_example_msg(e, OKR_MSG_##NAME); \
        struct okr_buf buf;                                      \
        okr_buf_init(&buf, e->arena);                            \
        okr_msg_encode(&msg, &buf);                              \
        add_buf(golds, #name_, &buf);                            \
    } while (0);
    OKR_MSG_TABLE(ADD)
#undef ADD
}

static void add_parts(struct golds *golds, const struct okr_example *e)
{
    struct okr_msg answers = pushed(e);
    struct okr_buf op, answer;
    okr_buf_init(&op, e->arena);
    okr_buf_init(&answer, e->arena);
    okr_op_encode(&e->ops[0], &op);
    okr_answer_encode(&answers.u.pushed.answers[0], &answer);
    add(golds, "payload_set", e->ops[0].payload);
    add(golds, "payload_checkin", e->ops[1].payload);
    add_buf(golds, "operation", &op);
    add_buf(golds, "answer", &answer);
    add(golds, "record", e->hashed_record);
}

static void add_layouts(struct golds *golds, const struct okr_example *e)
{
    uint8_t header[OKR_OP_HEADER_LEN], layout[OKR_ENROL_LAYOUT_LEN];
    okr_layout_op(&e->ops[0], &e->ground.org, header);
    okr_layout_enrol(&e->enrol, layout);
    add(golds, "op_header", okr_slice_of(COPIED(e, header), sizeof header));
    add(golds, "push_layout",
        okr_slice_of(COPIED(e, e->push_layout), sizeof e->push_layout));
    add(golds, "enrol_layout", okr_slice_of(COPIED(e, layout), sizeof layout));
    add(golds, "leaf", e->leaf);
}

/* The code in its forms, and the proofs that the two layouts make. */
static void add_keys(struct golds *golds, const struct okr_example *e)
{
    uint8_t code[OKR_CODE_LEN], id[OKR_CODE_ID_LEN];
    uint8_t first[OKR_KEY_ADD_LAYOUT_LEN], next[OKR_KEY_ROTATE_LAYOUT_LEN];
    struct okr_buf add_op, rotate_op, forms;
    struct okr_key_claim claim = {
        .org = e->ground.org,
        .person = okr_example_id(OKR_EXAMPLE_ADA),
        .invite = okr_example_id(OKR_EXAMPLE_INVITE),
        .new_key = okr_example_pk(OKR_EXAMPLE_KEY_ADA),
    };
    struct okr_payload payload = okr_example_key_add(e->arena);
    okr_buf_init(&add_op, e->arena);
    okr_payload_encode(&payload, &add_op);
    payload = okr_example_key_rotate(e->arena);
    okr_buf_init(&rotate_op, e->arena);
    okr_payload_encode(&payload, &rotate_op);
    okr_layout_key_add(&claim, first);
    claim.old_key = claim.new_key;
    claim.new_key = okr_example_pk(OKR_EXAMPLE_KEY_NEW);
    okr_layout_key_rotate(&claim, next);
    memset(code, OKR_EXAMPLE_CODE, sizeof code);
    okr_code_id(code, id);
    struct okr_hash key = okr_code_key(code);
    okr_buf_init(&forms, e->arena);
    okr_buf_put(&forms, okr_slice_of(code, sizeof code));
    okr_buf_put(&forms, okr_slice_of(id, sizeof id));
    okr_buf_put(&forms, okr_slice_of(key.b, sizeof key.b));
    add_buf(golds, "code", &forms);
    add(golds, "key_add_layout", okr_slice_of(COPIED(e, first), sizeof first));
    add_buf(golds, "payload_key_add", &add_op);
    add(golds, "key_rotate_layout", okr_slice_of(COPIED(e, next), sizeof next));
    add_buf(golds, "payload_key_rotate", &rotate_op);
}

/* What is hashed and signed on the way, in the order of the document. */
static void add_hashes(struct golds *golds, const struct okr_example *e)
{
    struct okr_buf buf;
    okr_buf_init(&buf, e->arena);
    const struct okr_hash hashes[] = {
        okr_layout_payload_commit(&e->ops[0]),
        okr_layout_op_hash(&e->ops[0], &e->ground.org),
        okr_layout_op_hash(&e->ops[1], &e->ground.org),
        okr_layout_push_hash(e->push_layout),
        e->meta,
    };
    for (size_t i = 0; i < N(hashes); i++)
        okr_buf_put(&buf, okr_slice_of(hashes[i].b, OKR_SHA256_LEN));
    uint8_t digest[OKR_B2_LEN];
    okr_digest_bytes(&e->digest, digest);
    okr_buf_put(&buf, okr_slice_of(digest, sizeof digest));
    add_buf(golds, "hashes", &buf);
}

/* Canonical values as blocks (length, bytes), in the order of the document. */
static void add_values(struct golds *golds, const struct okr_example *e)
{
    struct okr_arena *arena = e->arena;
    struct okr_id id = okr_example_id(OKR_EXAMPLE_ADA);
    const struct okr_pair days[] = {{.day = 20454, .p = {0, 0}},
                                    {.day = 20544, .p = {1, 0}}};
    const struct okr_pair steps[] = {{.at = {50, 0}, .p = {4, 1}},
                                     {.at = {80, 0}, .p = {7, 1}}};
    const struct okr_slice values[] = {
        okr_value_bool(arena, false),
        okr_value_bool(arena, true),
        okr_value_int(arena, 0),
        okr_value_int(arena, -1),
        okr_value_int(arena, 300),
        okr_value_int(arena, OKR_EXAMPLE_TIME),
        okr_value_int(arena, 20458),
        okr_value_enum(arena, OKR_V_METRIC_ROLLUP),
        okr_value_id(arena, &id),
        okr_value_dec(arena, (struct okr_dec){0, 0}),
        okr_value_dec(arena, (struct okr_dec){955, 1}),
        okr_value_dec(arena, (struct okr_dec){-12500, 4}),
        OKR_SLICE_LIT("Gr\xc3\xbc\xc3\x9f"
                      "e"),
        okr_value_list(arena, OKR_LIST_DEC_DEC, steps, N(steps)),
        okr_value_list(arena, OKR_LIST_DAY_DEC, days, N(days)),
    };
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    for (size_t i = 0; i < N(values); i++)
        okr_buf_block(&buf, values[i]);
    add_buf(golds, "values", &buf);
}

static void add_local(struct golds *golds, const struct okr_example *e)
{
    struct okr_arg args[] = {
        {OKR_SLICE_LIT("key_result"), OKR_SLICE_LIT("k-7m3qd2xa")},
        {OKR_SLICE_LIT("value"), OKR_SLICE_LIT("81")}};
    struct okr_op op = e->ops[0];
    const struct okr_ask ask = {.method = OKR_SLICE_LIT("checkin"),
                                .args = args,
                                .n_args = N(args),
                                .as_mail = OKR_SLICE_LIT("ben@acme.example")};
    const struct okr_ask submit = {.method = OKR_SLICE_LIT("submit_signed"),
                                   .operation = &op};
    const struct okr_reply reply = {
        .code = OKR_REPLY_REFUSED,
        .error = OKR_SLICE_LIT("the person may not do this"),
        .rule = OKR_SLICE_LIT("not_permitted"),
        .remedy = OKR_SLICE_LIT("ask the owner"),
        .more = false};
    struct okr_buf bufs[3];
    for (size_t i = 0; i < N(bufs); i++)
        okr_buf_init(&bufs[i], e->arena);
    okr_ask_encode(&ask, &bufs[0]);
    okr_ask_encode(&submit, &bufs[1]);
    okr_reply_encode(&reply, &bufs[2]);
    add_buf(golds, "ask", &bufs[0]);
    add_buf(golds, "ask_submit", &bufs[1]);
    add_buf(golds, "reply", &bufs[2]);
}

size_t okr_golden_make(struct okr_arena *arena,
                       struct okr_golden ret[OKR_GOLDEN_MAX])
{
    struct okr_example e;
    struct golds golds = {.to = ret};
    okr_example_make(arena, &e);
    add_values(&golds, &e);
    add_parts(&golds, &e);
    add_layouts(&golds, &e);
    add_hashes(&golds, &e);
    add_keys(&golds, &e);
    add_messages(&golds, &e);
    add_local(&golds, &e);
    return golds.n;
}
