/* Bytes and time a row on the wire: key results as a first sync and as a
 * catch-up has them, in pages of 4 KB and of 200 KB, plain and compressed.
 *
 * OKR_BENCH_DUMP=FOLDER writes the plain bodies there: what a dictionary is
 * trained from (zstd --train). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/limits.h"
#include "common/codec/codec.h"
#include "common/codec/squeeze.h"
#include "common/model/value.h"
#include "tests/lib/bench.h"

enum { ROWS = 20000, A_OBJECTIVE = 5, PEOPLE = 40, REGS = 24 };

static uint64_t state = 1;

static uint64_t chance(uint64_t below)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (state * UINT64_C(0x2545f4914f6cdd1d) >> 11) % below;
}

static struct okr_id new_id(okr_us time)
{
    struct okr_id id;
    okr_be_put64(id.b, (uint64_t)(time / 1000) << 16);
    for (size_t i = 6; i < OKR_ID_LEN; i++)
        id.b[i] = (uint8_t)chance(256);
    id.b[6] = (uint8_t)(0x70 | (id.b[6] & 15));
    id.b[8] = (uint8_t)(0x80 | (id.b[8] & 63));
    return id;
}

static const char *const words[] = {
    "Raise",       "the share of", "customers", "who recommend us",
    "Answer",      "within",       "a day",     "Reduce",
    "cost of",     "delivery",     "errors in", "the backlog",
    "Launch",      "new market",   "revenue",   "retention",
    "提升",        "客户满意度",   "降低",      "缺陷率",
    "完成",        "新版本发布",   "市场份额",  "交付周期",
    "至",          "团队",         "季度目标",  "响应时间",
    "per quarter", "weekly",
};

static struct okr_slice title(struct okr_arena *arena)
{
    struct okr_buf buf;
    okr_buf_init(&buf, arena);
    size_t n = 3 + chance(5);
    for (size_t i = 0; i < n; i++)
        okr_buf_printf(&buf, "%s%s", i > 0 ? " " : "",
                       words[chance(sizeof words / sizeof words[0])]);
    okr_buf_printf(&buf, " %u", (unsigned)chance(100));
    return okr_buf_slice(&buf);
}

struct world {
    struct okr_arena *arena;
    struct okr_id people[PEOPLE], site, objective;
    okr_us now;
    okr_lsn lsn;
};

static void reg(struct okr_row *row, uint16_t field, struct okr_slice data)
{
    row->regs[row->n_regs++] = (struct okr_reg){
        .field = field,
        .form = OKR_REG_VALUE,
        .lsn = row->elsn,
        .data = data,
    };
}

static struct okr_slice id_value(struct world *w, const struct okr_id *id)
{
    return okr_value_id(w->arena, id);
}

static struct okr_row new_row(struct world *w)
{
    struct okr_row row = {.id = new_id(w->now),
                          .kind = OKR_KIND_KEY_RESULT,
                          .elsn = ++w->lsn,
                          .last = {.person = w->people[chance(PEOPLE)],
                                   .site = w->site,
                                   .verb = OKR_VERB_ADD,
                                   .time = w->now}};
    row.regs = okr_arena_array(w->arena, REGS, sizeof *row.regs);
    okr_bench_need(row.regs != NULL, "memory");
    w->now += (okr_us)chance(5000000);
    return row;
}

/* As it was added. */
static struct okr_row whole(struct world *w)
{
    struct okr_row row = new_row(w);
    row.all = true;
    if (w->lsn % A_OBJECTIVE == 0)
        w->objective = new_id(w->now);
    reg(&row, OKR_F_HOME, okr_value_int(w->arena, 8));
    reg(&row, OKR_F_AUTHOR, id_value(w, &row.last.person));
    reg(&row, OKR_F_CREATED_AT, okr_value_int(w->arena, row.last.time));
    reg(&row, OKR_F_VIA, id_value(w, &w->site));
    reg(&row, OKR_F_KR_OBJECTIVE, id_value(w, &w->objective));
    reg(&row, OKR_F_KR_TITLE, title(w->arena));
    reg(&row, OKR_F_KR_OWNER, id_value(w, &w->people[chance(PEOPLE)]));
    reg(&row, OKR_F_METRIC, okr_value_enum(w->arena, 1));
    reg(&row, OKR_F_START, okr_value_dec(w->arena, (struct okr_dec){0, 0}));
    reg(&row, OKR_F_TARGET,
        okr_value_dec(w->arena, (struct okr_dec){(int64_t)chance(1000), 0}));
    return row;
}

/* A week's worth: its value and confidence, or its title. */
static struct okr_row part(struct world *w)
{
    struct okr_row row = new_row(w);
    row.last.verb = OKR_VERB_CHECKIN;
    if (chance(3) == 0) {
        row.last.verb = OKR_VERB_SET;
        reg(&row, OKR_F_KR_TITLE, title(w->arena));
        return row;
    }
    struct okr_dec value = {(int64_t)chance(1000), 1};
    reg(&row, OKR_F_VALUE, okr_value_dec(w->arena, value));
    reg(&row, OKR_F_CONFIDENCE,
        okr_value_dec(w->arena, (struct okr_dec){(int64_t)chance(10), 1}));
    reg(&row, OKR_F_OBSERVED_AT, okr_value_int(w->arena, row.last.time));
    return row;
}

static void dump(const char *name, unsigned no, struct okr_slice body)
{
    const char *folder = getenv("OKR_BENCH_DUMP");
    char path[512];
    if (folder == NULL)
        return;
    (void)snprintf(path, sizeof path, "%s/%s-%u", folder, name, no);
    FILE *file = fopen(path, "wb");
    okr_bench_need(file != NULL, path);
    (void)fwrite(body.data, 1, body.len, file);
    (void)fclose(file);
}

struct sums {
    size_t plain, small;
    double encode, decode;
};

static double encoded(const struct okr_msg *msg, struct okr_arena *arena,
                      struct okr_buf *out)
{
    double from = okr_bench_seconds();
    okr_buf_init(out, arena);
    okr_msg_encode(msg, out);
    okr_bench_need(out->err == OKR_OK, "encode");
    return okr_bench_seconds() - from;
}

static void one_page(const char *name, struct okr_row *rows, size_t n,
                     struct sums *sums)
{
    static unsigned no;
    struct okr_arena *arena;
    struct okr_buf plain, small;
    struct okr_msg *back;
    okr_bench_need(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) == OKR_OK, "");
    struct okr_section section = {.scope = 8, .rows = rows, .n_rows = n};
    struct okr_msg msg = {.type = OKR_MSG_PAGE,
                          .u.page = {.sections = &section, .n_sections = 1}};
    (void)encoded(&msg, arena, &plain);
    struct okr_slice all = okr_buf_slice(&plain);
    dump(name, no++, okr_slice_sub(all, OKR_WIRE_HEADER, all.len));
    msg.dictionary = OKR_DICTIONARY;
    sums->encode += encoded(&msg, arena, &small);
    double from = okr_bench_seconds();
    okr_bench_need(okr_msg_decode(okr_buf_slice(&small), arena, &back) ==
                       OKR_OK,
                   "decode");
    sums->decode += okr_bench_seconds() - from;
    sums->plain += plain.len;
    sums->small += small.len;
    okr_arena_free(&arena);
}

static void pages(const char *name, struct okr_row *rows, size_t bytes)
{
    struct sums sums = {0};
    for (size_t at = 0; at < ROWS;) {
        struct okr_row_meter meter = {.seen = {{{0}}}};
        size_t n = 0, used = 0;
        while (at + n < ROWS && (n == 0 || used < bytes))
            used += okr_row_size(&rows[at + n++], &meter);
        one_page(name, rows + at, n, &sums);
        at += n;
    }
    (void)printf("%-10s %4zu KB  %6.1f B plain  %6.1f B sent  "
                 "%5.2f us to encode  %5.2f us to decode\n",
                 name, bytes / 1024, (double)sums.plain / ROWS,
                 (double)sums.small / ROWS, sums.encode * 1e6 / ROWS,
                 sums.decode * 1e6 / ROWS);
}

static void measure(const char *name, struct okr_row (*make)(struct world *))
{
    static struct okr_row rows[ROWS];
    struct world w = {.now = INT64_C(1767600000000000), .lsn = 1000};
    okr_bench_need(okr_arena_new(OKR_ARENA_UNBOUNDED, &w.arena) == OKR_OK, "");
    for (size_t i = 0; i < PEOPLE; i++)
        w.people[i] = new_id(w.now);
    w.site = new_id(w.now);
    for (size_t i = 0; i < ROWS; i++)
        rows[i] = make(&w);
    pages(name, rows, 4096);
    pages(name, rows, OKR_BATCH_MAX);
    okr_arena_free(&w.arena);
}

int main(void)
{
    (void)printf("\n%d rows; an id is 10 bytes of chance, and travels once a "
                 "page\n\n",
                 ROWS);
    measure("first-sync", whole);
    measure("catch-up", part);
    return 0;
}
