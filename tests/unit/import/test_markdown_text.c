/* The pieces of Markdown text: each reads what people write, and nothing that
 * only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/import/markdown_text.h"
#include "common/model/dates.h"

static struct okr_arena *arena;

static void assert_text(struct okr_slice s, const char *want)
{
    if (!okr_slice_is(s, want))
        fail_msg("\"%.*s\" is not \"%s\"", (int)s.len, (const char *)s.data,
                 want);
}

static void assert_plain(const char *text, const char *want)
{
    assert_text(okr_markdown_plain(okr_slice_str(text), arena), want);
}

static void test_plain_takes_marks_and_addresses_away(void **state)
{
    (void)state;
    assert_plain("**CRO: Build**", "CRO: Build");
    assert_plain("a [text](http://x/y) b", "a text b");
    assert_plain("[**bold** text](u)", "bold text");
    assert_plain("[page (2)](/wiki/a_(b)_c) end", "page (2) end");
    assert_plain("[see [1]](u)", "see [1]");
    assert_plain("a\tb", "a b");
    assert_plain("", "");
    assert_plain("**", "");
}

static void test_plain_leaves_what_is_no_link(void **state)
{
    (void)state;
    assert_plain("[budget]: 0/15", "[budget]: 0/15");
    assert_plain("[open](never", "[open](never");
    assert_plain("[a] (b)", "[a] (b)");
    assert_plain("[", "[");
    assert_plain("2 * 3 * 4", "2 * 3 * 4");
}

/* A reader that looks for each bracket's end anew takes minutes for this. */
static void test_many_brackets_take_no_time(void **state)
{
    (void)state;
    size_t n = 1 << 20;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, '[', n);
    struct okr_slice plain = okr_markdown_plain(okr_slice_of(text, n), arena);
    assert_int_equal(plain.len, n);
    for (size_t i = 0; i + 4 <= n; i += 4)
        memcpy(text + i, "[a](", 4);
    plain = okr_markdown_plain(okr_slice_of(text, n), arena);
    assert_int_equal(plain.len, n);
    free(text);
}

static void assert_arrow(const char *text, const char *left, const char *right)
{
    struct okr_slice l, r;
    assert_true(okr_markdown_arrow(okr_slice_str(text), &l, &r));
    assert_text(okr_markdown_trim(l), left);
    assert_text(okr_markdown_trim(r), right);
}

static void test_arrows(void **state)
{
    (void)state;
    struct okr_slice l, r;
    assert_arrow("text => 70%", "text", "70%");
    assert_arrow("text ==> 70%", "text", "70%");
    assert_arrow("text --> 70%", "text", "70%");
    assert_arrow("text=>70%", "text", "70%");
    assert_arrow("a => b => c", "a", "b => c");
    assert_arrow("[x](u=>v) => y", "[x](u=>v)", "y");
    assert_arrow("a =>", "a", "");
    assert_false(okr_markdown_arrow(okr_slice_str("a -> b, c >= d"), &l, &r));
    assert_false(okr_markdown_arrow(okr_slice_str(""), &l, &r));
}

static void assert_owner(const char *text, const char *owner, const char *title,
                         bool is_kr)
{
    struct okr_slice o, t;
    bool kr;
    if (!okr_markdown_owner(okr_slice_str(text), &o, &t, &kr))
        fail_msg("no owner in \"%s\"", text);
    assert_text(o, owner);
    assert_text(t, title);
    assert_int_equal(kr, is_kr);
}

static void test_owners(void **state)
{
    (void)state;
    assert_owner("CRO: Build", "CRO", "Build", false);
    assert_owner("CRO KR: Sell: more", "CRO", "Sell: more", true);
    assert_owner("VP, Field Ops KR:Drive", "VP, Field Ops", "Drive", true);
    assert_owner("CRO KR 2: Sell", "CRO", "Sell", true);
    assert_owner("CRO KR2: Sell", "CRO", "Sell", true);
    assert_owner("张伟：提高", "张伟", "提高", false);
    assert_owner("张伟 KR：提高", "张伟", "提高", true);
    assert_owner("张伟KR：提高", "张伟", "提高", true);
    assert_owner("BKR: Build", "BKR", "Build", false);
    assert_owner("Team 42: Build", "Team 42", "Build", false);
    assert_owner("dev_ops: Build", "dev_ops", "Build", false);
}

static void test_what_is_no_owner(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "", "TOC", "CRO:", "CRO KR:  ", ": text", "KR: text", "KR 1: text",
        /* names the row, not the person */
        "Objective: text", "Key Result: text",
        /* emphasis, a link that is none, an address */
        "*Fellow*: text", "`a`: text", "_b_: text", "no [budget]: 0/15",
        "see https://example.org",
        /* a sentence with a colon */
        ("This sentence is far too long to be the name of anybody who has ever "
         "owned anything: text")};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct okr_slice o, t;
        bool kr;
        if (okr_markdown_owner(okr_slice_str(texts[i]), &o, &t, &kr))
            fail_msg("\"%s\" has an owner", texts[i]);
    }
}

static void assert_percent(const char *text, const char *want)
{
    bool has;
    struct okr_dec dec;
    char out[OKR_DEC_TEXT_MAX] = "";
    assert_true(okr_markdown_percent(okr_slice_str(text), &has, &dec));
    if (has)
        okr_dec_format(dec, out);
    assert_string_equal(out, want);
}

static void test_percents(void **state)
{
    (void)state;
    struct okr_dec dec;
    bool has;
    assert_percent("70%", "70");
    assert_percent(" 66.60 % of it", "66.6");
    assert_percent("150%", "150");
    assert_percent("0%", "0");
    assert_percent("DONE", "100");
    assert_percent("done. Delivered", "100");
    assert_percent("Donearly", "");
    assert_percent("7 of 8", "");
    assert_percent("about 70%", "");
    assert_percent("", "");
    assert_percent("%", "");
    assert_false(okr_markdown_percent(okr_slice_str("1234567890123456789%"),
                                      &has, &dec));
    assert_false(okr_markdown_percent(okr_slice_str("1.2.3%"), &has, &dec));
}

static void assert_period(const char *text, const char *start, const char *end)
{
    okr_day s, e;
    char from[OKR_DAY_TEXT] = "", to[OKR_DAY_TEXT] = "";
    if (okr_markdown_period(okr_slice_str(text), &s, &e)) {
        okr_day_format(s, from);
        okr_day_format(e, to);
    }
    assert_string_equal(from, start);
    assert_string_equal(to, end);
}

static void test_periods(void **state)
{
    (void)state;
    assert_period("It will run from November 1, 2019 to January 31, 2020.",
                  "2019-11-01", "2020-01-31");
    assert_period("From 2026-01-01 to 2026-03-31", "2026-01-01", "2026-03-31");
    assert_period("learn from May, from May 1, 2020 to May 31 2020",
                  "2020-05-01", "2020-05-31");
    assert_period("from 2026-03-31 to 2026-01-01", "", "");
    assert_period("from February 30, 2020 to May 1, 2020", "", "");
    assert_period("from November", "", ""); /* ends within the day */
    assert_period("from November 1", "", "");
    assert_period("from November 1, 2019 to", "", "");
    assert_period("from ", "", "");
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
        cmocka_unit_test(test_plain_takes_marks_and_addresses_away),
        cmocka_unit_test(test_plain_leaves_what_is_no_link),
        cmocka_unit_test(test_many_brackets_take_no_time),
        cmocka_unit_test(test_arrows),
        cmocka_unit_test(test_owners),
        cmocka_unit_test(test_what_is_no_owner),
        cmocka_unit_test(test_percents),
        cmocka_unit_test(test_periods),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
