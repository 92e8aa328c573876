/* Markdown into rows: who hangs below whom, and that every line which is not
 * read is listed with its number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/import/import.h"
#include "common/model/dates.h"

static struct okr_arena *arena;

static struct okr_import_doc read_bytes(const void *text, size_t len)
{
    struct okr_import_doc doc;
    assert_int_equal(okr_import_read(OKR_IMPORT_MARKDOWN, okr_slice_of(text, len), arena, &doc),
                     OKR_OK);
    return doc;
}

static struct okr_import_doc read_text(const char *text)
{
    return read_bytes(text, strlen(text));
}

/* "line kind parent's line owner|title|result", a line each. */
static void assert_rows(const struct okr_import_doc *doc, const char *want)
{
    struct okr_buf out;
    okr_buf_init(&out, arena);
    for (size_t i = 0; i < doc->n_rows; i++) {
        const struct okr_import_row *row = &doc->rows[i];
        uint32_t above =
            row->parent == OKR_IMPORT_NONE ? 0 : doc->rows[row->parent].line;
        okr_buf_printf(&out, "%u %c %u %.*s|%.*s|%.*s\n", row->line,
                       row->kind == OKR_KIND_OBJECTIVE ? 'o' : 'k', above,
                       (int)row->owner.len, (const char *)row->owner.data,
                       (int)row->title.len, (const char *)row->title.data,
                       (int)row->result.len, (const char *)row->result.data);
    }
    okr_buf_u8(&out, 0);
    assert_string_equal((const char *)out.data, want);
}

/* "line rule", separated by spaces. */
static void assert_errors(const struct okr_import_doc *doc, const char *want)
{
    struct okr_buf out;
    okr_buf_init(&out, arena);
    for (size_t i = 0; i < doc->errors.n; i++)
        okr_buf_printf(&out, "%s%u %s", i > 0 ? " " : "",
                       doc->errors.at[i].line, doc->errors.at[i].rule);
    okr_buf_u8(&out, 0);
    assert_string_equal((const char *)out.data, want);
}

static void test_lists_nest_by_indentation(void **state)
{
    (void)state;
    struct okr_import_doc doc = read_text("### 1. CEO: Grow\n"
                                          "1. **CRO: Build**\n"
                                          "    1. CRO KR: Sell => 70%\n"
                                          "        1. VP: Below a KR\n"
                                          "\t1. CRO KR: A tab\n"
                                          "* CFO: Save\n"
                                          "  - CFO KR: Two spaces ==> DONE\n"
                                          "  + CFO KR: Three --> later\n"
                                          "1) COO: Run\n");
    assert_rows(&doc, "1 o 0 CEO|Grow|\n"
                      "2 o 1 CRO|Build|\n"
                      "3 k 2 CRO|Sell|70%\n"
                      "4 o 3 VP|Below a KR|\n"
                      "5 k 2 CRO|A tab|\n"
                      "6 o 1 CFO|Save|\n"
                      "7 k 6 CFO|Two spaces|DONE\n"
                      "8 k 6 CFO|Three|later\n"
                      "9 o 1 COO|Run|\n");
    assert_errors(&doc, "");
    assert_true(doc.rows[2].has_percent && doc.rows[6].has_percent);
    assert_false(doc.rows[7].has_percent);
}

static void test_headings_nest_by_signs(void **state)
{
    (void)state;
    struct okr_import_doc doc = read_text("# CEO: A\n"
                                          "## CTO: B\n"
                                          "* CTO KR: c\n"
                                          "## CFO: D\n"
                                          "# Notes\n"
                                          "* X: alone\n"
                                          "#hashtag\n");
    assert_rows(&doc, "1 o 0 CEO|A|\n2 o 1 CTO|B|\n3 k 2 CTO|c|\n"
                      "4 o 1 CFO|D|\n6 o 0 X|alone|\n");
    assert_int_equal(doc.warnings.n, 1);
    assert_int_equal(doc.warnings.at[0].line, 7);
}

/* What hangs below a line that cannot be read hangs where that line does. */
static void test_unread_lines_are_listed_and_transparent(void **state)
{
    (void)state;
    struct okr_import_doc doc = read_text("1. CTO: Build\n"
                                          "    1. Director of Development\n"
                                          "        1. CTO KR: Ship\n"
                                          "        1. *Fellow*: Help\n"
                                          "    1. CTO KR: Hire\n"
                                          "        1. CTO KR: below a KR\n"
                                          "1. CTO KR: no objective\n");
    assert_rows(&doc, "1 o 0 CTO|Build|\n3 k 1 CTO|Ship|\n5 k 1 CTO|Hire|\n");
    assert_errors(&doc, "2 unreadable 4 unreadable 6 no_objective "
                        "7 no_objective");
    assert_non_null(strstr(doc.errors.at[0].message, "Director of Dev"));
}

/* A title must not end where its author only broke the line. */
static void test_an_item_goes_on_over_lines(void **state)
{
    (void)state;
    struct okr_import_doc doc = read_text("* CTO: Adopt a process\n"
                                          "  for all teams => 70%. Need\n"
                                          "      more\n"
                                          "this line does not\n"
                                          "\n"
                                          "  nor this one\n");
    assert_rows(&doc, "1 o 0 CTO|Adopt a process for all teams|"
                      "70%. Need more\n");
    assert_int_equal(doc.warnings.n, 2);
    assert_int_equal(doc.warnings.at[0].line, 4);
    assert_int_equal(doc.warnings.at[1].line, 6);
}

static void test_front_matter_and_fences_are_left_out(void **state)
{
    (void)state;
    struct okr_import_doc doc = read_text("---\n"
                                          "- a: b\n"
                                          "---\n"
                                          "Runs from 2026-01-01 to 2026-03-31\n"
                                          "```\n"
                                          "* Owner: Template\n"
                                          "```\n"
                                          "* [x] CEO: Grow\n");
    assert_rows(&doc, "8 o 0 CEO|Grow|\n");
    assert_true(doc.has_period);
    assert_int_equal(doc.end - doc.start, 89);
    doc = read_text("---\n* CEO: Grow\n");
    assert_errors(&doc, "0 not_closed");
    doc = read_text("```\n* CEO: Grow\n");
    assert_errors(&doc, "0 not_closed");
}

static void test_bytes_that_are_no_text(void **state)
{
    (void)state;
    static const char bytes[] = "\xef\xbb\xbf* CEO: Grow\r\n"
                                "* CIO: a\x01"
                                "b\r\n"
                                "* Zo\x65\xcc\x88: NFD\r\n"
                                "* CTO: no end";
    struct okr_import_doc doc = read_bytes(bytes, sizeof bytes - 1);
    assert_errors(&doc, "2 bad_text");
    assert_rows(&doc, "1 o 0 CEO|Grow|\n3 o 0 Zo\xc3\xab|NFD|\n"
                      "4 o 0 CTO|no end|\n");
    doc = read_text("");
    assert_int_equal(doc.n_rows + doc.errors.n + doc.warnings.n, 0);
    doc = read_text("\xef\xbb\xbf");
    assert_int_equal(doc.n_rows + doc.errors.n + doc.warnings.n, 0);
}

static void test_sizes(void **state)
{
    (void)state;
    size_t n = 10 * 1024 * 1024;
    char *text = malloc(n + 32);
    assert_non_null(text);
    memcpy(text, "* CEO: ", 7);
    memset(text + 7, 'x', n);
    memcpy(text + 7 + n, "\n* CFO: Save\n", 14);
    struct okr_import_doc doc = read_text(text);
    assert_errors(&doc, "1 too_long");
    assert_rows(&doc, "2 o 0 CFO|Save|\n");
    memcpy(text + 7 + 1001, "\n", 2); /* one character over a title */
    doc = read_text(text);
    assert_errors(&doc, "1 too_long");
    memcpy(text + 7 + 1000, "\n", 2);
    doc = read_text(text);
    assert_int_equal(doc.n_rows, 1);
    free(text);
    doc = read_text("* CEO: a => 1234567890123456789% of it\n");
    assert_errors(&doc, "1 inexact");
}

static void test_seventy_levels(void **state)
{
    (void)state;
    struct okr_buf text;
    okr_buf_init(&text, arena);
    for (int i = 0; i < 70; i++)
        okr_buf_printf(&text, "%*s* L%d: deep\n", i, "", i);
    okr_buf_printf(&text, "* CEO: Grow\n");
    struct okr_import_doc doc = read_bytes(text.data, text.len);
    assert_int_equal(doc.n_rows, 65);
    assert_int_equal(doc.errors.n, 6);
    assert_int_equal(doc.errors.at[0].line, 65);
    assert_string_equal(doc.errors.at[5].rule, "too_deep");
    assert_int_equal(doc.rows[64].parent, OKR_IMPORT_NONE);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct okr_import_doc doc;
    struct okr_slice text = OKR_SLICE_LIT("# CEO: A\n* b\n* C: d\n  e => f\n"
                                          "prose\n* G KR: h\n");
    bool failed = true;
    for (unsigned n = 1; failed; n++) {
        okr_arena_reset(arena);
        okr_arena_fail_at(arena, n);
        enum okr_err err = okr_import_read(OKR_IMPORT_MARKDOWN, text, arena, &doc);
        failed = err != OKR_OK;
        assert_true(err == OKR_OK || err == OKR_ERR_NOMEM);
        assert_in_range(n, 1, 1000);
    }
    okr_arena_fail_at(arena, 0);
}

static int open_arena(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) == OKR_OK ? 0 : -1;
}

static int close_arena(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_nest_by_indentation),
        cmocka_unit_test(test_headings_nest_by_signs),
        cmocka_unit_test(test_unread_lines_are_listed_and_transparent),
        cmocka_unit_test(test_an_item_goes_on_over_lines),
        cmocka_unit_test(test_front_matter_and_fences_are_left_out),
        cmocka_unit_test(test_bytes_that_are_no_text),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_seventy_levels),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
