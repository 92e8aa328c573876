/* Values are made up; every one occurs once, so that a mix-up is seen. */
#include "tests/lib/samples.h"

#define N(array) (sizeof(array) / sizeof((array)[0]))
#define S(text)                                   \
    {                                             \
        (const uint8_t *)(text), sizeof(text) - 1 \
    }
#define ID(n)                                                             \
    {                                                                     \
        {                                                                 \
            0x01, 0x90, 0xa1, 0xb2, 0xc3, 0xd4, 0x70, n, 0x80, 9, 8, 7, n \
        }                                                                 \
    }
/* First and last byte, so that a shift is seen. */
#define B32(n)               \
    {                        \
        n, [31] = 0xff - (n) \
    }
#define B64(n)               \
    {                        \
        n, [63] = 0xff - (n) \
    }

/* ---- operations ---- */

static struct okr_change changes[] = {
    {.field = 16, .form = OKR_REG_VALUE, .data = S("Grow")},
    {.field = 17,
     .form = OKR_REG_UNSET,
     .seen = {.form = OKR_SEEN_LSN, .epoch = 3, .lsn = 77}},
    {.field = 18,
     .form = OKR_REG_PRESENT,
     .data = S("0123456789abcdef"),
     .seen = {.form = OKR_SEEN_OP, .op = ID(0x31)}},
    {.field = UINT16_MAX, .form = OKR_REG_ABSENT, .data = S("x")},
};
const struct okr_payload okr_sample_payload = {
    .verb = 0xfedc,
    .kind = 7,
    .entity = ID(0x32),
    .changes = changes,
    .n_changes = N(changes),
    .reason = S("because"),
    .batch = ID(0x33),
};
const struct okr_op okr_sample_op = {
    .id = ID(0x34),
    .person = ID(0x35),
    .time = -1234567890123456,
    .verb = 0xabcd,
    .schema = 0x1234,
    .payload = S("\x08\x01\x10\x02"),
    .salt = B32(0x36),
    .is_signed = true,
    .sig = B64(0x37),
};
static okr_scope scopes[] = {4, 5, UINT32_MAX};
const struct okr_answer okr_sample_answer = {
    .verdict = {.outcome = OKR_OUTCOME_MERGED,
                .rule = OKR_RULE_STALE,
                .field = 0xbcde,
                .about = ID(0x38),
                .replaced = 1001},
    .op = ID(0x39),
    .lsn = 1002,
    .scopes = scopes,
    .n_scopes = N(scopes),
    .time = 1760000000000001,
    .effects = S("effects"),
    .meta = B32(0x3a),
    .current = S("current"),
};

/* ---- link ---- */

static struct okr_epoch epochs[] = {
    {.counter = 1, .random = {1, [15] = 2}, .began = 0},
    {.counter = 2, .random = {3, [15] = 4}, .began = 5000},
};
static struct okr_cursor cursors[] = {
    {.scope = 4, .lsn = 11},
    {.scope = 0x80000001, .lsn = OKR_LSN_PENDING - 1},
    {.scope = 0, .lsn = 0},
};

/* ---- push ---- */

static struct okr_op ops[] = {
    {.id = ID(0x41),
     .person = ID(0x42),
     .time = 5,
     .verb = 1,
     .schema = 2,
     .payload = S("first"),
     .salt = B32(0x43),
     .is_signed = true,
     .sig = B64(0x44)},
    {.id = ID(0x45), .person = ID(0x46), .salt = B32(0x47)},
};
static struct okr_answer answers[] = {
    {.verdict = {.outcome = OKR_OUTCOME_ACCEPTED}, .op = ID(0x48), .lsn = 9},
    {.verdict = {.outcome = OKR_OUTCOME_REJECTED,
                 .rule = OKR_RULE_NOT_PERMITTED,
                 .field = 3,
                 .about = ID(0x49)},
     .op = ID(0x4a),
     .scopes = scopes,
     .n_scopes = N(scopes),
     .meta = B32(0x4b),
     .current = S("now")},
};

/* ---- page, event ---- */

static struct okr_want wants[] = {
    {.scope = 6,
     .since = 21,
     .after_elsn = 22,
     .after_id = ID(0x51),
     .upto = 23},
    {.scope = 7},
};
static struct okr_reg regs[] = {
    {.field = 1, .form = OKR_REG_VALUE, .lsn = 1, .data = S("a title")},
    {.field = 2, .form = OKR_REG_UNSET, .lsn = 40},
    {.field = 3, .form = OKR_REG_ABSENT, .lsn = 39, .data = S("")},
    {.field = 3, .form = OKR_REG_PRESENT, .lsn = 38, .data = S("a")},
    {.field = 3, .form = OKR_REG_ABSENT, .lsn = 37, .data = S("ab")},
    {.field = UINT16_MAX, .form = OKR_REG_VALUE, .lsn = 0, .data = S("\0")},
};
static struct okr_row rows[] = {
    {.id = ID(0x52),
     .kind = 0xfffe,
     .elsn = 40,
     .all = true,
     .regs = regs,
     .n_regs = N(regs),
     .last = {.person = ID(0x53),
              .site = ID(0x54),
              .verb = 0xcdef,
              .is_signed = true,
              .time = -6}},
    {.id = ID(0x55), .kind = 9, .elsn = 41, .gone = true},
    {.id = ID(0x56),
     .kind = 10,
     .elsn = OKR_LSN_PENDING - 1,
     .last = {.person = ID(0x54), .site = ID(0x53), .verb = 2, .time = 7}},
};
static struct okr_section sections[] = {
    {.scope = 8,
     .since = 31,
     .rows = rows,
     .n_rows = N(rows),
     .more = true,
     .token_elsn = 32,
     .token_id = ID(0x57),
     .upto = 33,
     .head = 34},
    {.scope = 9, .rows = rows, .n_rows = 1, .digest = {.lo = 35, .hi = 36}},
    {.scope = 10, .since = 37},
};
static struct okr_mark marks[] = {
    {.site = ID(0x58), .incarnation = UINT64_MAX, .seq = 43},
    {.site = ID(0x59), .incarnation = 44, .seq = 45},
};

/* ---- repair, history ---- */

static struct okr_digest digests[OKR_BUCKETS] = {
    {.lo = 1, .hi = 2}, {.lo = 3, .hi = 4}, [255] = {.lo = 5, .hi = 6}};
static uint32_t buckets[] = {0, 7, 255};
static struct okr_history_change past_changes[] = {
    {.field = 17,
     .form_before = OKR_REG_UNSET,
     .form_after = OKR_REG_VALUE,
     .after = S("new")},
    {.field = UINT16_MAX,
     .form_before = OKR_REG_PRESENT,
     .form_after = OKR_REG_ABSENT,
     .before = S("is"),
     .after = S("was")},
};
static struct okr_history past[] = {
    {.lsn = 61,
     .last = {.person = ID(0x7f),
              .site = ID(0x80),
              .verb = 62,
              .is_signed = true,
              .time = -63},
     .reason = S("why"),
     .collapsed = true,
     .changes = past_changes,
     .n_changes = N(past_changes)},
    {.lsn = OKR_LSN_PENDING - 1},
};

/* ---- enrolment, proofs ---- */

static struct okr_hash hashes[] = {{B32(0x61)}, {B32(0x62)}, {B32(0x63)}};

const struct okr_msg okr_samples[] = {
    {.type = OKR_MSG_HELLO,
     .request = 1,
     .u.hello = {.version_min = 1,
                 .version_max = 2,
                 .frame_max = 3,
                 .schema = 4,
                 .site = ID(0x71),
                 .incarnation = 0xfedcba9876543210,
                 .epoch = {.counter = 5, .random = {6, [15] = 7}, .began = 8},
                 .cursors = cursors,
                 .n_cursors = N(cursors),
                 .last_push = {B32(0x72)},
                 .seen_size = 9}},
    {.type = OKR_MSG_WELCOME,
     .request = 2,
     .u.welcome = {.epochs = epochs,
                   .n_epochs = N(epochs),
                   .heads = cursors,
                   .n_heads = N(cursors),
                   .publish = S("7602"),
                   .last_seq = 10,
                   .last_push = {B32(0x73)},
                   .spread_ms = 11,
                   .schema = 12,
                   .beat_ms = 13,
                   .time = 1760000000000000,
                   .org = ID(0x74),
                   .base = 14,
                   .origin = S("acme/audit/epoch-2")}},
    {.type = OKR_MSG_REFUSE,
     .request = 3,
     .u.refuse = {.code = 99,
                  .retry_ms = 15,
                  .text = S("zur\xc3\xbc"
                            "ck\n")}},
    {.type = OKR_MSG_PUSH,
     .request = 4,
     .u.push = {.incarnation = 16,
                .first_seq = 17,
                .ops = ops,
                .n_ops = N(ops),
                .prev8 = {18, [7] = 19},
                .seen_root8 = {20, [7] = 21},
                .seen_size = 22,
                .sig = {B64(0x75)}}},
    {.type = OKR_MSG_PUSHED,
     .request = 5,
     .u.pushed = {.incarnation = 23,
                  .first_seq = 24,
                  .answers = answers,
                  .n_answers = N(answers)}},
    {.type = OKR_MSG_PULL,
     .request = 6,
     .u.pull = {.wants = wants,
                .n_wants = N(wants),
                .bytes_max = 25,
                .wait_s = 26,
                .dictionary = 1}},
    {.type = OKR_MSG_PAGE,
     .request = 7,
     .u.page = {.sections = sections,
                .n_sections = N(sections),
                .own_seq = 27}},
    {.type = OKR_MSG_EVENT,
     .u.event = {.scope = 28,
                 .epoch = 29,
                 .prev_lsn = 30,
                 .lsn = 31,
                 .rows = rows,
                 .n_rows = N(rows),
                 .marks = marks,
                 .n_marks = N(marks)}},
    {.type = OKR_MSG_HEAD,
     .u.head = {.scope = 0xff000001,
                .epoch = 32,
                .head = 33,
                .digest = {.lo = 34, .hi = 35},
                .checkpoint = S("note"),
                .time = 36}},
    {.type = OKR_MSG_BEAT},
    {.type = OKR_MSG_BUSY, .request = 8, .u.busy = {.retry_ms = 37}},
    {.type = OKR_MSG_ERROR,
     .request = 9,
     .u.error = {.code = 38, .text = S("no"), .last_seq = 39}},
    {.type = OKR_MSG_ENROL,
     .request = 10,
     .u.enrol = {.token_id = {40, [7] = 41},
                 .secret = {42, [19] = 43},
                 .site = ID(0x76),
                 .site_key = {B32(0x77)},
                 .witness_key = {B32(0x78)},
                 .link_key = B32(0x79),
                 .sig = {B64(0x7a)}}},
    {.type = OKR_MSG_ENROLLED,
     .request = 11,
     .u.enrolled = {.org = ID(0x7b),
                    .server_site = ID(0x7c),
                    .name = S("north"),
                    .log_key = {B32(0x7d)},
                    .checkpoint = S("checkpoint"),
                    .leaf = S("leaf"),
                    .leaf_index = 44,
                    .proof = hashes,
                    .n_proof = N(hashes)}},
    {.type = OKR_MSG_PROOF,
     .request = 12,
     .u.proof = {.from = 45, .to = 46, .index = 47, .inclusion = true}},
    {.type = OKR_MSG_PROVED,
     .request = 13,
     .u.proved = {.hash = hashes,
                  .n_hash = 2,
                  .from = 48,
                  .to = 49,
                  .index = 50,
                  .inclusion = true,
                  .checkpoint = S("proved")}},
    {.type = OKR_MSG_COSIGN,
     .request = UINT32_MAX,
     .u.cosign = {.line = S("\xe2\x80\x94 w AAAA\n"),
                  .origin = S("origin"),
                  .size = 51}},
    {.type = OKR_MSG_REPAIR,
     .request = 14,
     .u.repair = {.scope = 52,
                  .cursor = 53,
                  .buckets = digests,
                  .from = {.bucket = 255, .id = ID(0x7b)},
                  .bytes_max = 54,
                  .dictionary = 55}},
    {.type = OKR_MSG_REPAIRED,
     .request = 15,
     .u.repaired = {.scope = 56,
                    .as_of = 57,
                    .buckets = buckets,
                    .n_buckets = N(buckets),
                    .rows = rows,
                    .n_rows = N(rows),
                    .more = true,
                    .next = {.bucket = 254, .id = ID(0x7c)}}},
    {.type = OKR_MSG_HISTORY,
     .request = 16,
     .u.history =
         {.entity = ID(0x7d), .before = 58, .max = 59, .dictionary = 60}},
    {.type = OKR_MSG_HISTORY_PAGE,
     .request = 17,
     .u.history_page =
         {.entity = ID(0x7e), .rows = past, .n_rows = N(past), .more = true}},
};
const size_t okr_samples_n = N(okr_samples);

const struct okr_msg *okr_sample(enum okr_msg_type type)
{
    for (size_t i = 0; i < N(okr_samples); i++)
        if (okr_samples[i].type == type)
            return &okr_samples[i];
    return NULL;
}

/* ---- the local socket ---- */

static struct okr_arg args[] = {
    {.name = S("owner"), .value = S("a@b")},
    {.name = S("kr"), .value = S("\xff\x00 raw")},
    {.name = S("owner"), .value = S("c@d")},
};
static struct okr_op submitted = {.id = ID(0x81),
                                  .person = ID(0x82),
                                  .verb = 3,
                                  .payload = S("mine"),
                                  .salt = B32(0x83)};
const struct okr_ask okr_sample_ask = {
    .method = S("add"),
    .args = args,
    .n_args = N(args),
    .as_mail = S("e@f"),
    .operation = &submitted,
    .operations = &submitted,
    .n_operations = 1,
    .blob = S("a file"),
};
static struct okr_slice payloads[] = {S("\x01"), S(""), S("two")};
const struct okr_reply okr_sample_reply = {
    .code = OKR_REPLY_USAGE,
    .json = S("{}"),
    .error = S("wrong"),
    .rule = S("stale"),
    .remedy = S("again"),
    .payload = S("\x00\xff"),
    .payloads = payloads,
    .n_payloads = N(payloads),
    .more = true,
};
