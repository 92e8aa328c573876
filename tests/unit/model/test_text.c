/* Normal form, control characters, folding. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/limits.h"
#include "common/base/utf8.h"
#include "common/model/text.h"

static struct okr_arena *arena;

static int make_arena(void **state)
{
    (void)state;
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) != OKR_OK;
}

static int free_arena(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

static const char *normal(const char *text)
{
    struct okr_slice s;
    if (okr_text_normal(okr_slice_str(text), arena, &s) != OKR_RULE_NONE)
        return NULL;
    return okr_arena_str(arena, s);
}

static const char *folded(const char *text)
{
    struct okr_slice s;
    if (okr_text_folded(okr_slice_str(text), arena, &s) != OKR_RULE_NONE)
        return NULL;
    return okr_arena_str(arena, s);
}

static enum okr_rule body(const char *text)
{
    return okr_text_check(okr_slice_str(text), false, OKR_TEXT_CHARS_MAX);
}

static enum okr_rule title(const char *text)
{
    return okr_text_check(okr_slice_str(text), true, OKR_TITLE_CHARS_MAX);
}

/* text, its NFC; pairs from UAX #15 and NormalizationTest.txt */
static const char *const forms[][2] = {
    {"", ""},
    {"plain", "plain"},
    {"caf\u00e9", "caf\u00e9"},
    {"cafe\u0301", "caf\u00e9"},
    {"\u00c5\u212b"
     "A\u030a",
     "\u00c5\u00c5\u00c5"},
    {"\u1112\u1161\u11ab", "\ud55c"}, /* Hangul: han */
    {"\ud558\u11ab", "\ud55c"},       /* ha + n */
    {"\ud55c\uad6d\uc5b4", "\ud55c\uad6d\uc5b4"},
    {"\u76ee\u6807\u4e0e\u5173\u952e\u7ed3\u679c",
     "\u76ee\u6807\u4e0e\u5173\u952e\u7ed3\u679c"},
    {"\u304b\u3099", "\u304c"},        /* ka + voiced mark: ga */
    {"a\u0307\u0323", "\u1ea1\u0307"}, /* marks are put in order */
    {"\u1e0b\u0323", "\u1e0d\u0307"},
    {"\u0958", "\u0915\u093c"}, /* composition exclusion */
    {"\u0915\u093c", "\u0915\u093c"},
    {"\u0344", "\u0308\u0301"},
    {"\u1f82", "\u1f82"},
    {"\u03b1\u0313\u0300\u0345", "\u1f82"}, /* four become one */
    {"=\u0338", "\u2260"},                  /* a mark on ASCII */
    {"x=\u0338y", "x\u2260y"},
    {"\u2126", "\u03a9"},       /* Ohm is Omega */
    {"\uf900", "\u8c48"},       /* compatibility ideograph */
    {"\u09c7\u09be", "\u09cb"}, /* second half is a starter */
    {"\ufb01", "\ufb01"},       /* a ligature stays: NFC, not NFKC */
    {"\U0001f469\u200d\U0001f4bb", "\U0001f469\u200d\U0001f4bb"},
    {"\U0001d157\U0001d165", "\U0001d157\U0001d165"},
    {"one\r\ntwo\r\n", "one\ntwo\n"},
    {"\u00e9\r\n", "\u00e9\n"},
};

static void texts_are_brought_into_nfc(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        assert_string_equal(normal(forms[i][0]), forms[i][1]);
        assert_string_equal(normal(forms[i][1]), forms[i][1]);
    }
}

/* What is already normal passes, what is not is refused: otherwise the same
 * word would be two values, and a signature would not be repeatable. */
static void only_nfc_is_accepted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        bool is = strcmp(forms[i][0], forms[i][1]) == 0;
        assert_int_equal(body(forms[i][0]),
                         is ? OKR_RULE_NONE : OKR_RULE_BAD_TEXT);
        assert_int_equal(body(forms[i][1]), OKR_RULE_NONE);
    }
}

/* Text is handled piece by piece: every way of putting tricky characters
 * together must come out as if it had been handled whole. */
static void pieces_make_the_whole(void **state)
{
    (void)state;
    static const char *const parts[] = {
        "e",      "\u0301", "\u0323", "\u1112", "\u1161", "\u11ab",
        "\ud558", "\u4e2d", "\u0915", "\u093c", "\u200d", "\u09c7",
        "\u09be", "\u0345", "\n",     " ",
    };
    enum { PARTS = sizeof parts / sizeof parts[0] };
    char text[32], ends[64];
    for (unsigned i = 0; i < PARTS * PARTS * PARTS * PARTS; i++) {
        text[0] = '\0';
        for (unsigned k = i, n = 0; n < 4; k /= PARTS, n++)
            strcat(text, parts[k % PARTS]);
        const char *once = normal(text);
        assert_non_null(once);
        assert_string_equal(normal(once), once);
        assert_int_equal(body(text) == OKR_RULE_NONE, strcmp(once, text) == 0);
        assert_int_equal(body(once), OKR_RULE_NONE);
        /* An ideograph on both sides separates without changing anything. */
        strcpy(ends, "\u4e2d");
        strcat(ends, text);
        strcat(ends, "x");
        assert_non_null(strstr(normal(ends), once));
        okr_arena_reset(arena);
    }
}

static void control_characters_are_refused(void **state)
{
    (void)state;
    for (int c = 1; c < 0x20; c++) {
        char text[] = {'a', (char)c, 'b', '\0'};
        bool fine = c == '\n' || c == '\t';
        assert_int_equal(body(text), fine ? OKR_RULE_NONE : OKR_RULE_BAD_TEXT);
        assert_int_equal(title(text), OKR_RULE_BAD_TEXT);
    }
    const struct okr_slice nul = OKR_SLICE_LIT("a\0b");
    assert_int_equal(okr_text_check(nul, false, 100), OKR_RULE_BAD_TEXT);
    assert_int_equal(body("a\x7f"), OKR_RULE_BAD_TEXT);
    assert_int_equal(body("a\xc2\x80"), OKR_RULE_BAD_TEXT);
    assert_int_equal(body("a\xc2\x9f"), OKR_RULE_BAD_TEXT);
    assert_int_equal(body("a\u00a0"), OKR_RULE_NONE);
    assert_int_equal(body("a\u2028"), OKR_RULE_NONE);
    assert_int_equal(title("a\u2028"), OKR_RULE_BAD_TEXT);
    assert_int_equal(body("lone \r CR"), OKR_RULE_BAD_TEXT);
    assert_string_equal(normal("lone \r CR"), "lone \r CR");
}

static void broken_utf8_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"\xff", "a\xc3", "\xed\xa0\x80",
                                      "\xc0\x80", "\xf4\x90\x80\x80"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(body(bad[i]), OKR_RULE_BAD_TEXT);
        assert_null(normal(bad[i]));
        assert_null(folded(bad[i]));
    }
}

static void length_is_in_characters(void **state)
{
    (void)state;
    char text[4 * 1001 + 1] = "";
    for (int i = 0; i < 1000; i++)
        strcat(text, "\u76ee");
    assert_int_equal(title(text), OKR_RULE_NONE);
    strcat(text, "x");
    assert_int_equal(title(text), OKR_RULE_TOO_LONG);
    assert_int_equal(body(text), OKR_RULE_NONE);
}

/* 63 marks on a letter are one character to a reader, and the limit. */
static void towers_of_marks_are_refused(void **state)
{
    (void)state;
    char text[200] = "\u4e2d";
    for (int i = 0; i < 63; i++)
        strcat(text, "\u0301");
    assert_int_equal(body(text), OKR_RULE_NONE);
    assert_string_equal(normal(text), text);
    strcat(text, "\u0301");
    assert_int_equal(body(text), OKR_RULE_BAD_TEXT);
    assert_null(normal(text));
}

static void folding_forgets_what_does_not_matter(void **state)
{
    (void)state;
    assert_string_equal(folded("Stra\u00dfe"), folded("STRASSE"));
    assert_string_equal(folded("  A \t\n B  "), "a b");
    assert_string_equal(folded("\uff21\uff22\uff23\uff11"), "abc1");
    assert_string_equal(folded("a\u3000b\u00a0c"), "a b c");
    assert_string_equal(folded("CAF\u00c9"), folded("cafe\u0301"));
    assert_string_equal(folded("Anna@Example.COM"), "anna@example.com");
    assert_string_equal(folded("\u76ee\u6807"), "\u76ee\u6807");
    assert_string_equal(folded(" \u3000 "), "");
    assert_string_equal(folded(""), "");
    assert_string_equal(folded("\u03a3\u03c3\u03c2"), "\u03c3\u03c3\u03c3");
    assert_string_equal(folded("a\u00ad\u200bb"), "ab"); /* invisible */
    assert_string_not_equal(folded("ab"), folded("a b"));
}

/* No memory is said as "nothing there", not as a broken text. */
static void memory_that_runs_out_is_told_apart(void **state)
{
    (void)state;
    struct okr_slice s = OKR_SLICE_LIT("unchanged");
    okr_arena_fail_at(arena, 1);
    assert_int_equal(okr_text_normal(OKR_SLICE_LIT("text"), arena, &s),
                     OKR_RULE_NONE);
    assert_null(s.data);
    for (unsigned n = 1; n <= 2; n++) {
        okr_arena_fail_at(arena, n);
        assert_int_equal(okr_text_folded(OKR_SLICE_LIT("text"), arena, &s),
                         OKR_RULE_NONE);
        assert_null(s.data);
    }
    okr_arena_fail_at(arena, 0);
    assert_non_null(normal(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_are_brought_into_nfc),
        cmocka_unit_test(only_nfc_is_accepted),
        cmocka_unit_test(pieces_make_the_whole),
        cmocka_unit_test(control_characters_are_refused),
        cmocka_unit_test(broken_utf8_is_refused),
        cmocka_unit_test(length_is_in_characters),
        cmocka_unit_test(towers_of_marks_are_refused),
        cmocka_unit_test(folding_forgets_what_does_not_matter),
        cmocka_unit_test(memory_that_runs_out_is_told_apart),
    };
    return cmocka_run_group_tests(tests, make_arena, free_arena);
}
