/* Settings files: what is wrong is named by line, word and the nearest key. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/conf/conf.h"
#include "tests/lib/files.h"

static char why[OKR_CONF_WHY];

static bool parse(const char *text)
{
    cfg_opt_t keys[] = {CFG_STR("listen", "", CFGF_NONE),
                        CFG_STR("publish", "", CFGF_NONE),
                        CFG_BOOL("verbose", cfg_false, CFGF_NONE), CFG_END()};
    cfg_t *cfg;
    memset(why, 0, sizeof why);
    if (!okr_conf_parse(keys, text, &cfg, why))
        return false;
    (void)cfg_free(cfg);
    return true;
}

static void mistakes_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } bad[] = {
        {"\nlisten_to = x", "line 2: there is no key `listen_to`; the nearest "
                            "is `listen`"},
        {"publisch = x", "`publish`"},
        {"verbos = true", "`verbose`"},
        {"q = 1", "there is no key `q`"},
        {"# a comment\n\nverbose = perhaps", "line 3"},
        {"listen = \"#\" # x\n# y\n\n# z\nverbose = q", "line 5"},
        {"listen =", "line 1"},
    };
    assert_true(parse(""));
    assert_true(parse("# only a comment"));
    assert_true(parse("listen = \"tcp://*:1\"\nverbose = yes\n"));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(parse(bad[i].text));
        if (strstr(why, bad[i].said) == NULL)
            fail_msg("%s: %s", bad[i].text, why);
    }
}

static void spans_and_sizes(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ms, bytes; /* -1: it is none */
    } of[] = {
        {"200ms", 200, -1},
        {"8s", 8000, -1},
        {"36h", 129600000, -1},
        {"3d", 259200000, -1},
        {"2m", 120000, -1},
        {"64K", -1, 65536},
        {"64M", -1, 67108864},
        {"1G", -1, 1073741824},
        {"4096", -1, 4096},
        {"", -1, -1},
        {"-1s", -1, -1},
        {" 8s", -1, -1},
        {"8 s", -1, -1},
        {"8S", -1, -1},
        {"64m ", -1, -1},
        {"8x", -1, -1},
        {"9999999999999999999s", -1, -1},
        {"9223372036854775807d", -1, -1},
        {"9223372036854775807G", -1, -1},
    };
    for (size_t i = 0; i < sizeof of / sizeof of[0]; i++) {
        okr_ms ms = -1;
        uint64_t bytes = 0;
        bool span = okr_conf_span(of[i].text, 0, INT64_MAX, &ms);
        bool size = okr_conf_size(of[i].text, 1, INT64_MAX, &bytes);
        assert_int_equal(span, of[i].ms >= 0);
        assert_int_equal(ms, of[i].ms);
        assert_int_equal(size, of[i].bytes >= 0);
        assert_int_equal(bytes, of[i].bytes >= 0 ? of[i].bytes : 0);
    }
    okr_ms ms = 7;
    assert_false(okr_conf_span("199ms", 200, 300, &ms));
    assert_false(okr_conf_span("301ms", 200, 300, &ms));
    assert_int_equal(ms, 7);
}

static void files(void **state)
{
    (void)state;
    char dir[OKR_TEST_PATH_MAX], path[OKR_TEST_PATH_MAX];
    const char *text;
    struct okr_arena *arena;
    assert_int_equal(okr_arena_new(OKR_ARENA_UNBOUNDED, &arena), OKR_OK);
    okr_test_dir_make(dir);
    okr_test_path(dir, "f", path);
    assert_false(okr_conf_file(path, arena, &text, why));
    assert_non_null(strstr(why, "No such file"));
    assert_false(okr_conf_file(dir, arena, &text, why));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite("a = 1\0b", 1, 7, file), 7);
    assert_int_equal(fclose(file), 0);
    assert_false(okr_conf_file(path, arena, &text, why));
    assert_non_null(strstr(why, "no text"));
    file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite("a = 1\n", 1, 6, file), 6);
    assert_int_equal(fclose(file), 0);
    assert_true(okr_conf_file(path, arena, &text, why));
    assert_string_equal(text, "a = 1\n");
    okr_test_dir_remove(dir);
    okr_arena_free(&arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(spans_and_sizes),
        cmocka_unit_test(files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
