/* What people see, against golden text in both languages. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/print.h"
#include "client/cli/table.h"
#include "common/lang/text.h"
#include "common/base/utf8.h"
#include "common/model/dates.h"

static struct okr_arena *arena;
static struct okr_buf out;
static struct okr_page page;

static int set_up(void **state)
{
    (void)state;
    if (okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK)
        return -1;
    okr_buf_init(&out, arena);
    okr_text_language(false);
    page = (struct okr_page){.out = &out, .arena = arena, .offset_min = 480};
    return okr_time_parse(OKR_SLICE_LIT("2026-05-20T06:14:00Z"), &page.now)
               ? 0
               : -1;
}

static int tear_down(void **state)
{
    (void)state;
    okr_text_language(false);
    okr_arena_free(&arena);
    return 0;
}

typedef void print(struct okr_page *page, const json_t *root);

static void assert_prints(print *show, const char *json, const char *want)
{
    json_t *root = json_loads(json, JSON_DECODE_ANY, NULL);
    assert_non_null(root);
    out.len = 0;
    page.pending = false;
    show(&page, root);
    okr_buf_put(&out, okr_slice_of("", 1));
    assert_int_equal(out.err, OKR_OK);
    assert_string_equal((const char *)out.data, want);
    json_decref(root);
}

/* ---- tables -------------------------------------------------------------- */

static void put_rows(size_t columns)
{
    struct okr_table table;
    out.len = 0;
    page.columns = columns;
    okr_table_init(&table, &page);
    okr_table_column(&table, "title", OKR_COLUMN_FLEXIBLE);
    okr_table_column(&table, "empty", OKR_COLUMN_PLAIN);
    okr_table_column(&table, "ref", OKR_COLUMN_WHOLE);
    okr_table_column(&table, "state", OKR_COLUMN_OPTIONAL);
    okr_table_cell(&table, OKR_TONE_PLAIN, "提高全公司的客户满意度和推荐率");
    okr_table_cell(&table, OKR_TONE_PLAIN, NULL);
    okr_table_cell(&table, OKR_TONE_PLAIN, "o-1");
    okr_table_cell(&table, OKR_TONE_PLAIN, "published");
    okr_table_cell(&table, OKR_TONE_PLAIN, "short");
    okr_table_cell(&table, OKR_TONE_PLAIN, "");
    okr_table_cell(&table, OKR_TONE_PLAIN, "o-22");
    okr_table_cell(&table, OKR_TONE_PLAIN, "");
    okr_table_print(&table);
    okr_buf_put(&out, okr_slice_of("", 1));
}

static void tables_align_double_width(void **state)
{
    (void)state;
    put_rows(0);
    assert_string_equal((const char *)out.data,
                        "title                           ref   state\n"
                        "提高全公司的客户满意度和推荐率  o-1   published\n"
                        "short                           o-22\n");
}

static void tables_fit_the_page(void **state)
{
    (void)state;
    put_rows(45);
    assert_string_equal((const char *)out.data,
                        "title                         ref   state\n"
                        "提高全公司的客户满意度和推…   o-1   published\n"
                        "short                         o-22\n");
    put_rows(40);
    assert_string_equal((const char *)out.data,
                        "title                           ref\n"
                        "提高全公司的客户满意度和推荐率  o-1\n"
                        "short                           o-22\n");
    put_rows(32);
    assert_string_equal((const char *)out.data,
                        "title                       ref\n"
                        "提高全公司的客户满意度和…   o-1\n"
                        "short                       o-22\n");
    for (size_t columns = 22; columns < 60; columns++) {
        put_rows(columns);
        for (char *line = strtok((char *)out.data, "\n"); line != NULL;
             line = strtok(NULL, "\n"))
            assert_true(okr_utf8_width(okr_slice_str(line)) <= columns);
    }
}

/* A title from elsewhere may not move the cursor or paint the terminal. */
static void titles_are_tame(void **state)
{
    (void)state;
    okr_page_text(&page, OKR_TONE_PLAIN,
                  "a\033[31mb\nc\xe2\x80\xae"
                  "d");
    okr_buf_put(&out, okr_slice_of("", 1));
    assert_string_equal((const char *)out.data, "a[31mbcd");
}

static void colours_only_where_wanted(void **state)
{
    (void)state;
    page.colour = true;
    okr_page_text(&page, OKR_TONE_BAD, "x");
    okr_buf_put(&out, okr_slice_of("", 1));
    assert_string_equal((const char *)out.data, "\033[31mx\033[0m");
}

/* ---- trees --------------------------------------------------------------- */

static const char tree[] =
    "[{\"kind\":\"objective\",\"ref\":\"o-aaaaaaaa\",\"title\":\"Grow\","
    "\"owner\":\"a@b\",\"state\":\"published\",\"pending\":false,"
    "\"progress\":0.5,\"status\":\"on_track\",\"children\":["
    "{\"kind\":\"key_result\",\"ref\":\"k-bbbbbbbb\",\"title\":\"增加\","
    "\"owner\":\"li@b\",\"state\":\"published\",\"pending\":true,"
    "\"progress\":0.01,\"status\":\"at_risk\",\"children\":["
    "{\"kind\":\"objective\",\"ref\":\"o-cccccccc\",\"title\":\"C\","
    "\"owner\":\"c@b\",\"state\":\"draft\",\"pending\":false,"
    "\"progress\":1.0,\"status\":\"achieved\",\"children\":[]}]},"
    "{\"kind\":\"key_result\",\"ref\":\"k-dddddddd\",\"title\":\"Last\","
    "\"owner\":\"a@b\",\"state\":\"published\",\"pending\":false,"
    "\"progress\":0.0,\"status\":\"pending\",\"children\":[]}]}]";

static void trees(void **state)
{
    (void)state;
    assert_prints(
        okr_print_tree, tree,
        "   objective  progress        status    state  owner  ref\n"
        "   Grow       ████░░░░  50 %  on track         a@b    o-aaaaaaaa\n"
        "*  ├ 增加     █░░░░░░░   1 %  at risk          li@b   k-bbbbbbbb\n"
        "   │ └ C      ████████ 100 %  achieved  draft  c@b    o-cccccccc\n"
        "   └ Last     ░░░░░░░░   0 %  pending          a@b    k-dddddddd\n"
        "* saved here, not yet confirmed by headquarters\n");
    okr_text_language(true);
    assert_prints(
        okr_print_tree, tree,
        "   目标    进度            状况    状态  负责人  编号\n"
        "   Grow    ████░░░░  50 %  正常          a@b     o-aaaaaaaa\n"
        "*  ├ 增加  █░░░░░░░   1 %  有风险        li@b    k-bbbbbbbb\n"
        "   │ └ C   ████████ 100 %  已达成  草稿  c@b     o-cccccccc\n"
        "   └ Last  ░░░░░░░░   0 %  未开始        a@b     k-dddddddd\n"
        "* 已在本地保存，总部尚未确认\n");
}

static void an_empty_tree(void **state)
{
    (void)state;
    assert_prints(okr_print_tree, "[]",
                  "no objectives; okr add objective makes one\n");
    assert_prints(okr_print_list, "[]", "nothing fits\n");
}

/* ---- status -------------------------------------------------------------- */

static const char offline[] =
    "{\"link\":\"offline\",\"lsn\":7,\"head\":9,\"age_s\":720,\"pending\":2,"
    "\"conflicts\":1,\"epoch\":1,\"site\":\"00\",\"scopes\":3,\"alarms\":[],"
    "\"digest\":\"ab\",\"name\":\"Shanghai\",\"org\":\"Acme\",\"person\":null,"
    "\"refused\":0}";

static void statuses(void **state)
{
    (void)state;
    assert_prints(
        okr_print_status, offline,
        "site        Shanghai\n"
        "company     Acme\n"
        "link        offline\n"
        "data        of 14:02, 12 min old\n"
        "waiting     2  saved here, not yet confirmed by headquarters\n"
        "conflicts   1  see okr conflicts\n"
        "position    7 of 9, epoch 1\n"
        "digest      ab\n"
        "offline since 14:02, data of 14:02 (12 min old)\n");
    okr_text_language(true);
    assert_prints(okr_print_age, offline,
                  "离线，自 14:02 起；数据截至 14:02（已过 12 分钟）\n");
}

static void age_is_told_unless_live(void **state)
{
    (void)state;
    assert_prints(okr_print_age, "{\"link\":\"live\",\"age_s\":1}", "");
    assert_prints(okr_print_age, "{\"link\":\"offline\",\"age_s\":null}",
                  "offline: nothing was heard from headquarters yet\n");
    assert_prints(okr_print_age, "{\"link\":\"refused\",\"age_s\":259200}",
                  "refused since 2026-05-17 14:14, data of 2026-05-17 14:14 "
                  "(3 days old)\n");
}

/* ---- changes, conflicts -------------------------------------------------- */

static void changes(void **state)
{
    static const char change[] =
        "{\"lsn\":12,\"time\":\"2026-05-20T06:02:11Z\",\"person\":\"li@b\","
        "\"site\":\"Shanghai\",\"verb\":\"set\",\"kind\":\"key_result\","
        "\"id\":\"00\",\"ref\":\"k-bbbbbbbb\",\"title\":\"增加\","
        "\"reason\":null,\"changes\":[{\"field\":\"target\",\"before\":\"3\","
        "\"after\":\"5\"},{\"field\":\"metric\",\"before\":null,"
        "\"after\":\"at_least\"}],\"collapsed\":false}";
    (void)state;
    assert_prints(okr_print_change, change,
                  "14:02   li@b  set  k-bbbbbbbb  增加  target: 3 → 5; "
                  "metric: at least  at Shanghai\n");
    okr_text_language(true);
    assert_prints(okr_print_change, change,
                  "14:02   li@b  修改  k-bbbbbbbb  增加  目标值: 3 → 5; "
                  "度量: 不低于  于 Shanghai\n");
}

static void conflicts(void **state)
{
    (void)state;
    assert_prints(okr_print_conflicts,
                  "[{\"ref\":\"x-1\",\"subject_ref\":\"o-aaaaaaaa\","
                  "\"subject_title\":\"Grow\",\"field\":\"title\","
                  "\"base\":null,\"mine\":\"Grow fast\",\"theirs\":\"Grow\","
                  "\"mine_by\":\"a@b\",\"theirs_by\":\"li@b\"}]",
                  "o-aaaaaaaa  Grow\n"
                  "  two people wrote the field \"title\"\n"
                  "  mine  a@b\n"
                  "    Grow fast\n"
                  "  theirs  li@b\n"
                  "    Grow\n"
                  "  -> okr resolve o-aaaaaaaa mine|theirs|\"a new text\"\n");
    assert_prints(okr_print_conflicts, "[]", "no conflicts\n");
}

/* Nothing of an odd answer may be read that is not there. */
static void odd_answers(void **state)
{
    static print *const prints[] = {okr_print_status,  okr_print_age,
                                    okr_print_list,    okr_print_tree,
                                    okr_print_show,    okr_print_log,
                                    okr_print_change,  okr_print_conflicts,
                                    okr_print_refused, okr_print_saved};
    static const char *const odd[] = {
        "{}", "[]", "null", "[1,\"x\",null]",
        ("{\"kind\":1,\"title\":[],\"age_s\":\"\","
         "\"link\":{},\"key_results\":[1,{}]}")};
    (void)state;
    for (size_t i = 0; i < sizeof prints / sizeof prints[0]; i++)
        for (size_t k = 0; k < sizeof odd / sizeof odd[0]; k++) {
            json_t *root = json_loads(odd[k], JSON_DECODE_ANY, NULL);
            prints[i](&page, root);
            assert_int_equal(out.err, OKR_OK);
            json_decref(root);
        }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(tables_align_double_width),
        T(tables_fit_the_page),
        T(titles_are_tame),
        T(colours_only_where_wanted),
        T(trees),
        T(an_empty_tree),
        T(statuses),
        T(age_is_told_unless_live),
        T(changes),
        T(conflicts),
        T(odd_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
