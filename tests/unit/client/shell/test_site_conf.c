/* The settings: what is taken, and what every slip is answered with. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "client/shell/site_conf.h"
#include "tests/lib/files.h"

static struct okr_arena *arena;
static struct okr_site_settings settings;
static struct okr_snag snag;

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

static bool parse(const char *text)
{
    memset(&settings, 0x5a, sizeof settings);
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    return okr_site_settings_parse(okr_slice_str(text), "site.conf", arena,
                                   &settings, &snag);
}

static void assert_speaks(uint32_t uid, const char *mail)
{
    struct okr_slice found = okr_site_settings_speaker(&settings, uid);
    assert_true(okr_slice_is(found, mail));
}

static void nothing_means_the_defaults(void **state)
{
    (void)state;
    static const char *const empty[] = {"", "\n\n", "# only a remark\n"};
    for (size_t i = 0; i < 3; i++) {
        assert_true(parse(empty[i]));
        assert_false(settings.thin);
        assert_true(settings.all_summaries);
        assert_int_equal(settings.retry_max_ms, 8000);
        assert_int_equal(settings.pull_min_ms, 15000);
        assert_int_equal(settings.n_speakers, 0);
        assert_speaks(0, "");
    }
}

static void all_keys(void **state)
{
    (void)state;
    assert_true(parse("thin = true # a modem\n"
                      "retry_max = \"2m\"\n"
                      "follow = \"own\"\n"
                      "pull_min = 2500ms\n"
                      "speaks {\n"
                      "  1000 = \"ann@acme.test\"\n"
                      "  \"0\" = bob@acme.test\n"
                      "}\n"
                      "speaks { 1001 = \"cy@acme.test\" }\n"));
    assert_true(settings.thin);
    assert_false(settings.all_summaries);
    assert_int_equal(settings.retry_max_ms, 120000);
    assert_int_equal(settings.pull_min_ms, 2500);
    assert_int_equal(settings.n_speakers, 3);
    assert_speaks(1000, "ann@acme.test");
    assert_speaks(0, "bob@acme.test");
    assert_speaks(1001, "cy@acme.test");
    assert_speaks(1002, "");
}

/* Each is refused, in words that name it, and leaves nothing behind. */
static void slips(void **state)
{
    (void)state;
    static const struct {
        const char *text, *said;
    } bad[] = {
        {"thim = true", "no key `thim`; the nearest is `thin`"},
        {"thin = perhaps", "'thin'"},
        {"thin", "end of file"},
        {"\n\nfoo = 1", "line 3"},
        {"retry_max = 8", "retry_max = \"8\""},
        {"retry_max = 8h", "\"8h\""},
        {"retry_max = \"\"", "\"\""},
        {"retry_max = -1s", "\"-1s\""},
        {"retry_max = \" 8s\"", "\" 8s\""},
        {"retry_max = 199ms", "199ms"},
        {"retry_max = 61m", "61m"},
        {"retry_max = 99999999999999999999s", "9999"},
        {"pull_min = 999ms", "pull_min"},
        {"follow = \"all\"", "\"all\""},
        {"speaks { ann = \"ann@acme.test\" }", "\"ann\""},
        {"speaks { 1x = \"ann@acme.test\" }", "\"1x\""},
        {"speaks { -1 = \"ann@acme.test\" }", "\"-1\""},
        {"speaks { 4294967295 = \"ann@acme.test\" }", "4294967295"},
        {"speaks { 18446744073709551617 = \"ann@acme.test\" }", "1844"},
        {"speaks { 1000 = \"ann\" }", "\"ann\""},
        {"speaks { 1000 = \"\" }", "\"\""},
        {"speaks { 1000 \"ann@acme.test\" }", "1000"},
        {"speaks = 3", "speaks"},
        {"include(\"/etc/passwd\")", "include"},
        {"retry_max = \"8s", "end of file"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(parse(bad[i].text));
        assert_int_equal(snag.code, OKR_REPLY_REFUSED);
        if (strstr(snag.what, bad[i].said) == NULL)
            fail_msg("%s: %s", bad[i].text, snag.what);
        assert_non_null(strstr(snag.what, "site.conf"));
        assert_true(snag.remedy[0] != '\0');
        assert_int_equal(settings.retry_max_ms, 0x5a5a5a5a5a5a5a5a);
    }
}

/* An unknown key names those that are known. */
static void the_remedy_names_the_keys(void **state)
{
    (void)state;
    static const char *const keys[] = {"thin", "retry_max", "follow",
                                       "pull_min", "speaks"};
    assert_false(parse("speak { 1 = a@b }"));
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        assert_non_null(strstr(snag.remedy, keys[i]));
}

static void what_is_no_text(void **state)
{
    (void)state;
    static const char bytes[] = "thin = true\0\n";
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    assert_false(okr_site_settings_parse(okr_slice_of(bytes, sizeof bytes - 1),
                                         "f", arena, &settings, &snag));
    assert_false(parse("\xff\xfe = 3"));
    for (const char *c = snag.what; *c != '\0'; c++)
        assert_true((unsigned char)*c >= ' ' && (unsigned char)*c < 0x7f);
}

/* ---- files --------------------------------------------------------------- */

static bool read_at(const char *dir, const char *path)
{
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    return okr_site_settings_read(dir, path, arena, &settings, &snag);
}

static void write_file(const char *path, const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(text, file) >= 0 && fclose(file) == 0);
}

static void of_the_folder_or_as_named(void **state)
{
    (void)state;
    char dir[OKR_TEST_PATH_MAX], own[OKR_TEST_PATH_MAX];
    char other[OKR_TEST_PATH_MAX];
    okr_test_dir_make(dir);
    okr_test_path(dir, "site.conf", own);
    okr_test_path(dir, "other.conf", other);
    assert_true(read_at(dir, NULL)); /* none: the defaults */
    assert_false(settings.thin);
    assert_false(read_at(dir, other)); /* but what is named must be there */
    write_file(own, "thin = true\n");
    write_file(other, "retry_max = 3s\n");
    assert_true(read_at(dir, NULL) && settings.thin);
    assert_true(read_at(dir, other) && !settings.thin);
    assert_int_equal(settings.retry_max_ms, 3000);
    okr_test_dir_remove(dir);
}

/* libConfuse would end the process over a folder, and wait for a pipe. */
static void what_is_no_file(void **state)
{
    (void)state;
    char dir[OKR_TEST_PATH_MAX], path[OKR_TEST_PATH_MAX];
    okr_test_dir_make(dir);
    assert_false(read_at(dir, dir));
    okr_test_path(dir, "site.conf", path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(read_at(dir, NULL));
    assert_int_equal(unlink(path), 0);
    write_file(path, "");
    assert_int_equal(truncate(path, 300 * 1024), 0);
    assert_false(read_at(dir, NULL)); /* too large */
    okr_test_dir_remove(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_means_the_defaults),
        cmocka_unit_test(all_keys),
        cmocka_unit_test(slips),
        cmocka_unit_test(the_remedy_names_the_keys),
        cmocka_unit_test(what_is_no_text),
        cmocka_unit_test(of_the_folder_or_as_named),
        cmocka_unit_test(what_is_no_file),
    };
    return cmocka_run_group_tests(tests, open_arena, close_arena);
}
