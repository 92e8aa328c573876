/* Writing hints: what is found, and above all what is left alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/rules/hints.h"
#include "tests/lib/made.h"

enum { O = OKR_KIND_OBJECTIVE, KR = OKR_KIND_KEY_RESULT };

static unsigned hints(uint16_t kind, const char *title)
{
    const struct okr_hint_facts f = {.kind = kind,
                                     .title = okr_slice_str(title)};
    return okr_hints(&f);
}

struct title {
    const char *text;
    unsigned want;
};

static void assert_titles(uint16_t kind, const struct title *titles, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (hints(kind, titles[i].text) != titles[i].want)
            fail_msg("\"%s\": %u", titles[i].text, hints(kind, titles[i].text));
}

#define ASSERT_TITLES(kind, titles) \
    assert_titles(kind, titles, sizeof(titles) / sizeof(titles)[0])

enum {
    NO_NUMBER = OKR_HINT_NO_NUMBER,
    TASK = OKR_HINT_TASK,
    SEVERAL = OKR_HINT_SEVERAL,
    ABOVE = OKR_HINT_NUMBER_ABOVE,
};

static void key_results_in_english(void **state)
{
    (void)state;
    static const struct title titles[] = {
        {"Customers are happier", NO_NUMBER},
        {"NPS rises from 30 to 50", 0},
        {"Churn below 2%", 0},
        {"Double the number of partners", 0},
        {"Contract signed by end of Q3", 0},
        {"First delivery in October", 0},
        {"Build the data platform", NO_NUMBER | TASK},
        {"Launch 3 campaigns", TASK},
        {"launch the campaign", NO_NUMBER | TASK},
        {"\"Write\" the handbook", NO_NUMBER | TASK},
        {"Builders are happier", NO_NUMBER}, /* not the verb */
        {"Revenue of 5M and churn below 2%", SEVERAL},
        {"Revenue & margin above 10%", SEVERAL},
        {"20 talks; 5 papers", SEVERAL},
        {"Temperature between 4 and 5 degrees", 0},
        {"Between 4 and 5 talks and a paper", SEVERAL},
        {"Sandy beaches on 3 islands", 0}, /* no word "and" */
        {"R&D spends 20%", 0},
    };
    ASSERT_TITLES(KR, titles);
}

static void key_results_in_chinese(void **state)
{
    (void)state;
    static const struct title titles[] = {
        {"客户满意度提升", NO_NUMBER},
        {"客户满意度达到 95%", 0},
        {"新增三百个客户", 0},
        {"转化率达到百分之五", 0},
        {"新增两个大客户", 0},
        {"年底前新系统可用", 0},
        {"销售额翻番", 0},
        {"２０家门店盈利", 0},             /* full width */
        {"打造一个学习型团队", NO_NUMBER}, /* 一 is an article */
        {"第一大客户满意", NO_NUMBER},
        {"搭建数据平台", NO_NUMBER | TASK},
        {"完成 3 场培训", TASK},
        {"收入和利润增长 10%", SEVERAL},
        {"收入增长 10%，并且成本下降 5%", SEVERAL},
        {"收入增长 10%；成本下降 5%", SEVERAL},
        {"响应时间在 4 和 5 小时之间", 0},
        {"合并 3 个系统", 0},
        {"参与率及时达到 80%", 0},
        {"同时在线人数达到 10 万", 0},
        {"和谐指数达到 90", 0},
    };
    ASSERT_TITLES(KR, titles);
}

static void objectives(void **state)
{
    (void)state;
    static const struct title titles[] = {
        {"Customers love us", 0},
        {"Build the best team", 0}, /* doing is fine in an objective */
        {"Win the market and keep it", 0},
        {"Reach 5M of revenue", ABOVE},
        {"Grow by 20%", ABOVE},
        {"Grow by 1,500.5", ABOVE},
        {"3 new markets", ABOVE},
        {"Lead in B2B, 5G and 3D", 0},
        {"A great Q3 for H1 customers", 0},
        {"成为 5G 领域的领导者", 0},
        {"服务千万家庭，万无一失，十分满意", 0},
        {"统一标准，进一步提升", 0},
        {"三年成为行业领导者", ABOVE},
        {"收入达到五百万", ABOVE},
        {"开拓两个新市场", ABOVE},
        {"成为行业第三名", 0},
    };
    ASSERT_TITLES(O, titles);
}

static void a_metric_speaks(void **state)
{
    (void)state;
    struct okr_hint_facts f = {.kind = KR,
                               .title = OKR_SLICE_LIT("Build trust"),
                               .metric = OKR_V_METRIC_INCREASE};
    assert_int_equal(okr_hints(&f), NO_NUMBER); /* increase, but to what? */
    f.has_target = true;
    f.target = okr_made_dec("50");
    assert_int_equal(okr_hints(&f), 0);
    f.has_target = false;
    f.metric = OKR_V_METRIC_MILESTONES;
    assert_int_equal(okr_hints(&f), 0);
    f.metric = OKR_V_METRIC_UNMEASURED;
    assert_int_equal(okr_hints(&f), NO_NUMBER | TASK);
}

static void a_target_equal_to_the_start(void **state)
{
    (void)state;
    struct okr_hint_facts f = {.kind = KR,
                               .title = OKR_SLICE_LIT("NPS"),
                               .metric = OKR_V_METRIC_INCREASE,
                               .has_start = true,
                               .has_target = true,
                               .start = okr_made_dec("50"),
                               .target = okr_made_dec("50.0")};
    assert_int_equal(okr_hints(&f), OKR_HINT_TARGET_IS_START);
    f.target = okr_made_dec("51");
    assert_int_equal(okr_hints(&f), 0);
    f.target = f.start;
    f.has_start = false;
    assert_int_equal(okr_hints(&f), 0);
}

static void copies_of_the_title_above(void **state)
{
    (void)state;
    static const struct {
        const char *title, *parent;
        bool copy;
    } rows[] = {
        {"Customers love us", "Customers love us", true},
        {"Customers love us!", " customers LOVE us", true},
        {"客户，爱我们。", "客户爱我们", true},
        {"ＮＰＳ up", "NPS up", true},
        {"Customers love us", "Customers love us too", false},
        {"Customers love us", "", false},
        {"", "", false},
        {"!!", "??", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct okr_hint_facts f = {.kind = O,
                                         .title = okr_slice_str(rows[i].title),
                                         .parent_title =
                                             okr_slice_str(rows[i].parent)};
        assert_int_equal(okr_hints(&f),
                         rows[i].copy ? OKR_HINT_PARENT_COPY : 0);
    }
}

static void long_titles(void **state)
{
    (void)state;
    char title[3 * 301 + 1] = "";
    for (int i = 0; i < 300; i++)
        strcat(title, "好");
    assert_int_equal(hints(O, title), 0);
    strcat(title, "好");
    assert_int_equal(hints(O, title), OKR_HINT_LONG);
}

static void others_get_no_hints(void **state)
{
    (void)state;
    assert_int_equal(hints(OKR_KIND_TASK, "Build 3 things and rest"), 0);
    assert_int_equal(hints(KR, "\xff broken"), 0);
    assert_int_equal(hints(O, ""), 0);
}

static void each_hint_has_its_words(void **state)
{
    (void)state;
    unsigned all = 0;
#define BIT(bit, name, word, text)                             \
    assert_int_equal(all &bit, 0);                             \
    all |= bit;                                                \
    assert_string_equal(okr_hint_word(OKR_HINT_##name), word); \
    assert_string_equal(okr_hint_text(OKR_HINT_##name), text); \
    assert_int_equal(bit &(bit - 1), 0);
    OKR_HINT_TABLE(BIT)
#undef BIT
    assert_int_equal(all, 127);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_results_in_english),
        cmocka_unit_test(key_results_in_chinese),
        cmocka_unit_test(objectives),
        cmocka_unit_test(a_metric_speaks),
        cmocka_unit_test(a_target_equal_to_the_start),
        cmocka_unit_test(copies_of_the_title_above),
        cmocka_unit_test(long_titles),
        cmocka_unit_test(others_get_no_hints),
        cmocka_unit_test(each_hint_has_its_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
