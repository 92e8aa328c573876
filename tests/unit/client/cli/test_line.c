/* Command lines: what is read from them, and what is said about wrong ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/cli/line.h"
#include "common/lang/text.h"

enum { WORDS_MAX = 16 };

static struct okr_line line;
static struct okr_trouble trouble;
static struct okr_arena *arena;

static int set_up(void **state)
{
    (void)state;
    okr_text_language(false);
    return okr_arena_new(OKR_ARENA_UNBOUNDED, &arena) == OKR_OK ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    okr_arena_free(&arena);
    return 0;
}

/* Words stand between blanks. */
static void read_text(const char *text)
{
    char *argv[WORDS_MAX] = {NULL};
    int argc = 0;
    char *copy = okr_arena_str(arena, okr_slice_str(text)), *rest = NULL;
    assert_non_null(copy);
    for (char *w = strtok_r(copy, " ", &rest); w != NULL && argc < WORDS_MAX;
         w = strtok_r(NULL, " ", &rest))
        argv[argc++] = w;
    memset(&line, 0, sizeof line);
    memset(&trouble, 0, sizeof trouble);
    okr_line_read(argc, argv, arena, &line, &trouble);
}

struct good {
    const char *typed, *command, *words[3], *option, *value;
};

static void lines_are_read(void **state)
{
    static const struct good rows[] = {
        {"okr tree", "tree", {NULL}, NULL, NULL},
        {"okr checkin k-abc -5", "checkin", {"k-abc", "-5"}, NULL, NULL},
        {"okr checkin k-abc -.5", "checkin", {"k-abc", "-.5"}, NULL, NULL},
        {"okr checkin -c 7 k-abc", "checkin", {"k-abc"}, "confidence", "7"},
        {"okr checkin k-abc -c7", "checkin", {"k-abc"}, "confidence", "7"},
        {"okr checkin k-abc --no-change",
         "checkin",
         {"k-abc"},
         "no_change",
         "true"},
        {"okr checkin k-abc --blocked no",
         "checkin",
         {"k-abc", "no"},
         "blocked",
         "true"},
        {"okr comment k-abc -- --not-an-option",
         "comment",
         {"k-abc", "--not-an-option"},
         NULL,
         NULL},
        {"okr add kr --unit-of-measure=EUR",
         "add",
         {"kr"},
         "unit_of_measure",
         "EUR"},
        {"okr add kr --start -5", "add", {"kr"}, "start", "-5"},
        {"okr add objective --contributes_to o-x",
         "add",
         {"objective"},
         "contributes_to",
         "o-x"},
        {"okr add cycle --kind quarter", "add", {"cycle"}, "kind", "quarter"},
        {"okr add task --blocked no", "add", {"task"}, "blocked", "no"},
        {"okr add task --blocked", "add", {"task"}, "blocked", "true"},
        {"okr add checkin --note=--x", "add", {"checkin"}, "note", "--x"},
        {"okr retry 01 --replace a=b --replace c=d",
         "retry",
         {"01"},
         "replace",
         "c=d"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct good *row = &rows[i];
        read_text(row->typed);
        assert_string_equal(trouble.what, "");
        assert_string_equal(line.command->name, row->command);
        for (size_t k = 0; k < 3 && row->words[k] != NULL; k++)
            assert_string_equal(line.words[k], row->words[k]);
        if (row->option != NULL)
            assert_string_equal(okr_line_option(&line, row->option),
                                row->value);
        else
            assert_int_equal(line.n_options, 0);
    }
}

static void global_options_stand_anywhere(void **state)
{
    static const char *const rows[] = {
        "okr --site /s --as a@b --json tree o-x",
        "okr tree --site /s --as a@b --json o-x",
        "okr tree o-x --json --as=a@b --site=/s",
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_text(rows[i]);
        assert_int_equal(trouble.code, 0);
        assert_string_equal(line.site, "/s");
        assert_string_equal(line.as_mail, "a@b");
        assert_true(line.json);
        assert_int_equal(line.n_words, 1);
    }
}

static void wrong_lines_are_told(void **state)
{
    static const char *const rows[][3] = {
        {"okr", "no command is given", "missing"},
        {"okr chekin k-abc", "did you mean checkin?", "unknown_command"},
        {"okr zzzzzz", "there is no command zzzzzz", "unknown_command"},
        {"okr tree --cylce 1", "did you mean --cycle?", "unknown_option"},
        {"okr tree --zzzzzzz 1", "tree has no option --zzzzzzz",
         "unknown_option"},
        {"okr tree -q", "tree has no option -q", "unknown_option"},
        {"okr --unit SH tree", "okr has no option --unit", "unknown_option"},
        {"okr add kr --titel x", "did you mean --title?", "unknown_option"},
        {"okr add kr --contributes-to x", "add has no option",
         "unknown_option"},
        {"okr add objectiv --title x", "did you mean objective?",
         "unknown_kind"},
        {"okr add --title x kr", "stands before the kind", "missing"},
        {"okr show", "something is missing; write okr show REF", "missing"},
        {"okr show a b", "\"b\" is one word too many", "malformed"},
        {"okr tree --cycle", "--cycle needs a value", "missing"},
        {"okr tree --cycle --json", "--cycle needs a value", "missing"},
        {"okr tree --archived=no", "--archived takes no value", "bad_value"},
        {"okr tree --unit a --unit b", "--unit is given twice", "duplicate"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        read_text(rows[i][0]);
        assert_int_equal(trouble.code, 2);
        if (strstr(trouble.what, rows[i][1]) == NULL)
            fail_msg("%s: %s", rows[i][0], trouble.what);
        assert_string_equal(trouble.rule, rows[i][2]);
        assert_true(trouble.remedy[0] != '\0');
    }
}

static void help_needs_no_words(void **state)
{
    (void)state;
    read_text("okr show --help");
    assert_int_equal(trouble.code, 0);
    assert_true(line.help);
    read_text("okr --version");
    assert_int_equal(trouble.code, 0);
    assert_true(line.version);
    read_text("okr add kr -h");
    assert_int_equal(trouble.code, 0);
    assert_non_null(line.kind);
}

/* A script that said --json wants the trouble as JSON, wherever it stood. */
static void json_is_known_in_trouble(void **state)
{
    (void)state;
    read_text("okr chekin k-abc --json");
    assert_int_equal(trouble.code, 2);
    assert_true(line.json);
    read_text("okr chekin -- --json");
    assert_false(line.json);
}

static void every_command_is_complete(void **state)
{
    (void)state;
    for (const struct okr_command *c = okr_commands; c->name[0] != '\0'; c++) {
        assert_ptr_equal(okr_command_named(c->name), c);
        assert_non_null(c->run);
        assert_true(c->what[0] != '\0' && c->examples[0] != '\0');
        assert_true(c->words_min <= c->words_max);
        assert_memory_equal(c->examples, "okr ", 4);
    }
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(lines_are_read),           T(global_options_stand_anywhere),
        T(wrong_lines_are_told),     T(help_needs_no_words),
        T(json_is_known_in_trouble), T(every_command_is_complete),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
