/* What people see of their week, against tests/golden/client/cli: the
 * daemon's JSON (NAME.json) and the text of it in both languages, at 80 and at
 * 120 columns.  OKR_GOLDEN_WRITE=1 writes the texts anew, to be looked at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/ics.h"
#include "client/cli/print.h"
#include "common/base/utf8.h"
#include "common/lang/text.h"
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
    page = (struct okr_page){.out = &out, .arena = arena, .columns = 80};
    return okr_time_parse(OKR_SLICE_LIT("2026-11-22T09:30:00Z"), &page.now)
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

static const char *path_of(const char *name)
{
    const char *dir = getenv("OKR_SOURCE_DIR");
    assert_non_null(dir);
    return okr_arena_printf(arena, "%s/tests/golden/client/cli/%s", dir, name);
}

static void assert_golden(const char *name)
{
    const char *path = path_of(name);
    assert_int_equal(out.err, OKR_OK);
    if (getenv("OKR_GOLDEN_WRITE") != NULL) {
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        assert_int_equal(fwrite(out.data, 1, out.len, file), out.len);
        assert_int_equal(fclose(file), 0);
        return;
    }
    char *want = okr_arena_alloc(arena, 100000);
    FILE *file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s is missing", path);
    size_t len = fread(want, 1, 99999, file);
    (void)fclose(file);
    want[len] = '\0';
    okr_buf_u8(&out, 0);
    if (strcmp((const char *)out.data, want) != 0)
        fail_msg("%s differs:\n%s", name, (const char *)out.data);
}

typedef void print(struct okr_page *page, const json_t *root);

static void show(print *how, const char *json)
{
    json_t *root = json_load_file(path_of(json), JSON_DECODE_ANY, NULL);
    assert_non_null(root);
    out.len = 0;
    page.pending = page.blocked = page.conflict = false;
    how(&page, root);
    json_decref(root);
}

/* No line is wider than the page, references and commands aside. */
static void assert_fits(void)
{
    struct okr_slice rest = okr_buf_slice(&out);
    while (rest.len > 0) {
        const uint8_t *end = memchr(rest.data, '\n', rest.len);
        assert_non_null(end);
        struct okr_slice line =
            okr_slice_sub(rest, 0, (size_t)(end - rest.data));
        if (okr_utf8_width(line) > page.columns)
            fail_msg("%.*s", (int)line.len, (const char *)line.data);
        rest = okr_slice_sub(rest, line.len + 1, rest.len);
    }
}

static void in_both_languages(void **state)
{
    (void)state;
    static const struct {
        const char *json, *name;
        print *how;
        bool page_wide;
    } rows[] = {
        {"todo.json", "todo", okr_print_todo, true},
        {"todo_mine.json", "todo_mine", okr_print_todo, true},
        {"board.json", "board", okr_print_board, true},
        {"calendar.json", "calendar", okr_print_calendar, true},
        {"report_unit.json", "report_unit", okr_print_report, true},
        {"report_person.json", "report_person", okr_print_report, true},
        {"report_unit.json", "report_md", okr_print_report_markdown, false},
        {"report_unit.json", "report_html", okr_print_report_html, false},
        {"tree.json", "tree", okr_print_tree, true},
        {"status.json", "status", okr_print_status, true},
    };
    for (size_t i = 0; i < 2 * 2 * sizeof rows / sizeof rows[0]; i++) {
        bool chinese = i % 2 == 1;
        size_t at = i / 4;
        page.columns = i % 4 < 2 ? 80 : 120;
        if (page.columns > 80 && !rows[at].page_wide)
            continue; /* a file is a file */
        okr_text_language(chinese);
        show(rows[at].how, rows[at].json);
        if (rows[at].page_wide)
            assert_fits();
        assert_golden(okr_arena_printf(arena, "%s.%zu.%s.txt", rows[at].name,
                                       page.columns, chinese ? "zh" : "en"));
    }
}

/* Narrow pages put the two lists below each other. */
static void a_narrow_board(void **state)
{
    (void)state;
    page.columns = 56;
    show(okr_print_board, "board.json");
    assert_golden("board.56.en.txt");
}

static void with_nothing_to_tell(void **state)
{
    (void)state;
    static const struct {
        const char *json, *want;
        print *how;
    } rows[] = {
        {"[]", "nothing is owed\n", okr_print_todo},
        {"[]", "no cycle is ahead\n", okr_print_calendar},
        {"[]",
         "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"
         "PRODID:-//OKR Sync//okr//EN\r\nCALSCALE:GREGORIAN\r\n"
         "X-WR-CALNAME:OKR\r\nEND:VCALENDAR\r\n",
         okr_print_ics},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *root = json_loads(rows[i].json, 0, NULL);
        out.len = 0;
        rows[i].how(&page, root);
        okr_buf_u8(&out, 0);
        assert_string_equal((const char *)out.data, rows[i].want);
        json_decref(root);
    }
}

/* Silence is not told as health: what is not kept here is said. */
static void a_unit_that_is_not_followed(void **state)
{
    (void)state;
    json_t *root = json_loads(
        "{\"unit_title\":\"X\",\"week\":\"2026-11-16\",\"cycles\":[],"
        "\"detail\":false}",
        0, NULL);
    okr_print_board(&page, root);
    okr_buf_u8(&out, 0);
    assert_non_null(strstr((const char *)out.data, "are not kept at this"));
    json_decref(root);
}

static void what_people_wrote_is_escaped(void **state)
{
    (void)state;
    json_t *root = json_loads(
        "{\"title\":\"<b>&\\\"|\",\"cycle\":\"Q\",\"objectives\":[{\"title\":"
        "\"<script>alert(1)</script>\",\"status\":\"on_track\",\"children\":[{"
        "\"title\":\"a|b *c* [d](e)\",\"last_note\":\"1\\n<2>\"}]}]}",
        0, NULL);
    assert_non_null(root);
    page.age = "offline <since>";
    okr_print_report_html(&page, root);
    okr_buf_u8(&out, 0);
    const char *text = (const char *)out.data;
    assert_null(strstr(text, "<script"));
    assert_non_null(strstr(text, "&lt;script&gt;alert(1)&lt;/script&gt;"));
    assert_non_null(strstr(text, "&lt;b&gt;&amp;&quot;|"));
    assert_non_null(strstr(text, "1<br>&lt;2&gt;"));
    assert_non_null(strstr(text, "offline &lt;since&gt;"));
    assert_null(strstr(text, "http"));
    out.len = 0;
    okr_print_report_markdown(&page, root);
    okr_buf_u8(&out, 0);
    text = (const char *)out.data;
    assert_non_null(strstr(text, "a\\|b \\*c\\* \\[d\\]\\(e\\)"));
    assert_non_null(strstr(text, "\\<script\\>"));
    assert_null(strstr(text, "\n<2>"));
    json_decref(root);
}

/* ---- iCalendar ----------------------------------------------------------- */

static void assert_ics_lines(void)
{
    const char *at = (const char *)out.data;
    while (*at != '\0') {
        const char *end = strstr(at, "\r\n");
        assert_non_null(end);
        assert_true(end - at <= 75);
        assert_true(okr_utf8_valid(okr_slice_of(at, (size_t)(end - at))));
        at = end + 2;
    }
}

static void lines_are_folded_between_characters(void **state)
{
    (void)state;
    struct okr_ics_event e = {
        .uid = "0-weekly@okr",
        .title =
            "周会，看板，每个人汇报进展：目标、关键结果、节奏与信心；a,b;c\\d",
        .stamp = page.now,
        .first = 20779, /* 2026-11-22 */
        .last = 20779,
        .every_days = 7,
        .until = 20790,
    };
    okr_ics_event(&out, &e);
    okr_buf_u8(&out, 0);
    assert_ics_lines();
    const char *text = (const char *)out.data;
    assert_non_null(strstr(text, "\r\n "));
    assert_non_null(strstr(text, "DTSTAMP:20261122T093000Z\r\n"));
    assert_non_null(strstr(text, "DTSTART;VALUE=DATE:20261122\r\n"));
    assert_non_null(strstr(text, "DTEND;VALUE=DATE:20261123\r\n"));
    assert_non_null(
        strstr(text, "RRULE:FREQ=DAILY;INTERVAL=7;UNTIL=20261203\r\n"));
    assert_non_null(strstr(text, "a\\,b\\;c\\\\d"));
}

/* The folds taken away, every length of a line comes out as it went in. */
static void lines_of_every_length(void **state)
{
    (void)state;
    char title[400] = "";
    for (size_t n = 1; n < 120; n++) {
        struct okr_ics_event e = {.uid = "u", .title = title};
        strcat(title, n % 3 == 0 ? "é" : n % 7 == 0 ? "进" : "x");
        out.len = 0;
        okr_ics_event(&out, &e);
        okr_buf_u8(&out, 0);
        assert_ics_lines();
        char flat[600];
        size_t len = 0;
        for (const char *c = strstr((const char *)out.data, "SUMMARY:");
             *c != '\0' && len + 1 < sizeof flat; c++)
            if (strncmp(c, "\r\n ", 3) == 0)
                c += 2;
            else
                flat[len++] = *c;
        flat[len] = '\0';
        assert_true(strncmp(flat + 8, title, strlen(title)) == 0);
    }
}

static void events_have_the_same_uid_again(void **state)
{
    (void)state;
    show(okr_print_ics, "calendar.json");
    assert_golden("calendar.en.ics");
    okr_text_language(true);
    show(okr_print_ics, "calendar.json");
    assert_golden("calendar.zh.ics");
    okr_buf_u8(&out, 0);
    assert_ics_lines();
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(in_both_languages),
        TEST(a_narrow_board),
        TEST(with_nothing_to_tell),
        TEST(a_unit_that_is_not_followed),
        TEST(what_people_wrote_is_escaped),
        TEST(lines_are_folded_between_characters),
        TEST(lines_of_every_length),
        TEST(events_have_the_same_uid_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
