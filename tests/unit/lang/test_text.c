/* Every word of the tables has a Chinese one; tests/tidy/catalogue.sh looks at
 * the texts of the sources. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/lang/text.h"
#include "common/base/flaw.h"
#include "common/base/utf8.h"
#include "common/base/verdict.h"
#include "common/model/schema.h"
#include "common/rules/hints.h"

/* "%.*s and %ld" as ".*s ld " */
static void conversions(const char *text, char out[256])
{
    size_t n = 0;
    for (const char *c = text; *c != '\0' && n < 250; c++) {
        if (*c != '%')
            continue;
        c++;
        if (*c == '%')
            continue;
        size_t len = strcspn(c, "sdufxc") + 1;
        memcpy(out + n, c, len);
        n += len;
        out[n++] = ' ';
        c += len - 1;
    }
    out[n] = '\0';
}

static size_t missing;

static void check(const char *where, const char *english)
{
    char want[256], have[256];
    const char *chinese = okr_text(english);
    if (chinese == english && english[0] != '\0') {
        print_error("%s: no Chinese for \"%s\"\n", where, english);
        missing++;
        return;
    }
    assert_true(okr_utf8_valid(okr_slice_str(chinese)));
    conversions(english, want);
    conversions(chinese, have);
    assert_string_equal(want, have);
    size_t a = strlen(english), b = strlen(chinese);
    if (a > 0 && b > 0) /* a line's end belongs to both */
        assert_int_equal(english[a - 1] == '\n', chinese[b - 1] == '\n');
}

static void every_rule_has_a_chinese_one(void **state)
{
    (void)state;
    okr_text_language(true);
    for (uint32_t i = 1; okr_rule_known(i); i++) {
        check("rule", okr_rule_name((enum okr_rule)i));
        check("rule", okr_rule_what((enum okr_rule)i));
        check("rule", okr_rule_remedy((enum okr_rule)i));
    }
    assert_int_equal(missing, 0);
}

#define HINT(bit, name, word, text) \
    {                               \
        check("hint", word);        \
        check("hint", text);        \
    }
#define FLAW(number, name, refuses, word, what, remedy) \
    {                                                   \
        check("flaw", word);                            \
        check("flaw", what);                            \
        check("flaw", remedy);                          \
    }

static void every_hint_and_flaw_has_a_chinese_one(void **state)
{
    (void)state;
    okr_text_language(true);
    OKR_HINT_TABLE(HINT)
    OKR_FLAW_TABLE(FLAW)
    assert_int_equal(missing, 0);
}

static void every_word_has_a_chinese_one(void **state)
{
    const struct okr_kind_info *kind;
    const struct okr_field_info *field;
    const char *word;
    (void)state;
    okr_text_language(true);
    for (size_t k = 0; (kind = okr_kind_next(&k)) != NULL;) {
        check("kind", kind->word);
        for (size_t f = 0; (field = okr_field_next(kind->number, &f)) != NULL;)
            check(kind->word, field->word);
    }
    for (uint16_t v = OKR_ENUM_WORKFLOW; v <= OKR_ENUM_CARRY; v++)
        for (size_t w = 0; (word = okr_enum_next(v, &w)) != NULL;)
            check("value", word);
    for (uint32_t v = 1; v < 64; v++)
        if (okr_verb_info(v) != NULL)
            check("verb", okr_verb_info(v)->word);
    assert_int_equal(missing, 0);
}

static void the_language_is_chosen_as_locales_are(void **state)
{
    static const struct {
        const char *all, *messages, *lang;
        bool chinese;
    } rows[] = {
        {"zh_CN.UTF-8", NULL, "en_US", true},
        {NULL, "zh_TW", "en_US", true},
        {NULL, NULL, "zh", true},
        {"C", "zh_CN", "zh_CN", false},
        {"", "", "zh_CN.UTF-8", true},
        {"en_US.UTF-8", NULL, NULL, false},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
        const char *const values[] = {rows[i].all, rows[i].messages,
                                      rows[i].lang};
        for (size_t k = 0; k < 3; k++)
            if (values[k] == NULL)
                (void)unsetenv(names[k]);
            else
                (void)setenv(names[k], values[k], 1);
        okr_text_choose();
        assert_int_equal(okr_text_is_chinese(), rows[i].chinese);
    }
    okr_text_language(true);
    assert_string_equal(okr_word("at_risk"), "有风险");
    assert_string_equal(okr_text("not in the table"), "not in the table");
    okr_text_language(false);
    assert_string_equal(okr_word("at_risk"), "at risk");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_rule_has_a_chinese_one),
        cmocka_unit_test(every_hint_and_flaw_has_a_chinese_one),
        cmocka_unit_test(every_word_has_a_chinese_one),
        cmocka_unit_test(the_language_is_chosen_as_locales_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
