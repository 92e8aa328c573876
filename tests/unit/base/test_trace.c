/* Trace lines: one a call, cut between characters. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/trace.h"
#include "common/base/utf8.h"

struct seen {
    char text[600];
    size_t len;
    unsigned lines;
};

static void keep(void *context, struct okr_slice line)
{
    struct seen *seen = context;
    assert_true(line.len < sizeof seen->text);
    memcpy(seen->text, line.data, line.len);
    seen->text[line.len] = '\0';
    seen->len = line.len;
    seen->lines++;
}

static void a_line_reaches_the_sink(void **state)
{
    (void)state;
    struct seen seen = {.lines = 0};
    struct okr_trace trace = {keep, &seen};
    okr_trace(&trace, "push %d of %s", 3, "vie");
    assert_string_equal(seen.text, "push 3 of vie");
    okr_trace(&trace, "%s", "");
    assert_string_equal(seen.text, "");
    assert_int_equal(seen.lines, 2);
}

static void no_sink_no_line(void **state)
{
    (void)state;
    struct okr_trace none = {NULL, NULL};
    okr_trace(NULL, "%d", 1);
    okr_trace(&none, "%d", 1);
}

/* A title with a line end must not forge a second line of the trace. */
static void one_call_is_one_line(void **state)
{
    (void)state;
    struct seen seen = {.lines = 0};
    struct okr_trace trace = {keep, &seen};
    okr_trace(&trace, "title %s", "a\nb\r\nc");
    assert_string_equal(seen.text, "title a b  c");
    okr_trace(&trace, "\n%s", "x\n");
    assert_string_equal(seen.text, " x ");
    assert_int_equal(seen.lines, 2);
}

/* What is no text at all is cut as well, and not looked through for ever. */
static void bytes_that_are_no_text_are_cut_too(void **state)
{
    (void)state;
    struct seen seen = {.lines = 0};
    struct okr_trace trace = {keep, &seen};
    char bytes[500];
    memset(bytes, 0x80, sizeof bytes - 1);
    bytes[sizeof bytes - 1] = '\0';
    okr_trace(&trace, "%s", bytes);
    assert_int_equal(seen.len, 400);
}

static void long_lines_are_cut(void **state)
{
    (void)state;
    struct seen seen = {.lines = 0};
    struct okr_trace trace = {keep, &seen};
    okr_trace(&trace, "%400s", "x");
    assert_int_equal(seen.len, 400);
    assert_int_equal(seen.text[399], 'x');
    okr_trace(&trace, "%401s", "x");
    assert_int_equal(seen.len, 400);
    assert_int_equal(seen.text[399], ' ');
    okr_trace(&trace, "%5000s", "x");
    assert_int_equal(seen.len, 400);
}

/* At every offset to the cut: what is left is whole characters, and no more
 * than one of them is missing. */
static void the_cut_splits_no_character(void **state)
{
    (void)state;
    struct seen seen = {.lines = 0};
    struct okr_trace trace = {keep, &seen};
    static const char *const tails[] = {"ééééé", "€€€€€", "😀😀😀😀😀"};
    for (unsigned t = 0; t < 3; t++)
        for (int pad = 385; pad <= 400; pad++) {
            okr_trace(&trace, "%*s%s", pad, "", tails[t]);
            assert_true(okr_utf8_valid(okr_slice_of(seen.text, seen.len)));
            assert_true(seen.len <= 400);
            size_t whole = (size_t)pad + strlen(tails[t]);
            if (whole > 400)
                assert_true(seen.len > 400 - 4);
            else
                assert_int_equal(seen.len, whole);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_reaches_the_sink),
        cmocka_unit_test(no_sink_no_line),
        cmocka_unit_test(one_call_is_one_line),
        cmocka_unit_test(bytes_that_are_no_text_are_cut_too),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(the_cut_splits_no_character),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
