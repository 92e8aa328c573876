/* References as people read and type them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/buf.h"
#include "common/model/ref.h"

static struct okr_id made(uint64_t random)
{
    uint8_t bytes[10] = {0};
    okr_be_put64(bytes + 2, random);
    return okr_id_make(0, bytes);
}

static const char *format(const struct okr_id *id, unsigned chars)
{
    static char text[OKR_REF_TEXT];
    okr_ref_format(OKR_KIND_KEY_RESULT, id, chars, text);
    return text;
}

static void known_references(void **state)
{
    (void)state;
    struct okr_id zero = made(0), all = made(UINT64_MAX);
    assert_string_equal(format(&zero, 8), "k-00000000");
    assert_string_equal(format(&all, 12), "k-zzzzzzzzzzzz");
    assert_string_equal(format(&all, 0), "k-");
    /* Each character is five bits behind the two of the variant. */
    struct okr_id one = made(UINT64_C(1) << 57);
    assert_string_equal(format(&one, 5), "k-10000");
    struct okr_id last = made(4); /* bit 2: the 12th character's lowest */
    assert_string_equal(format(&last, 12), "k-000000000001");
    struct okr_id beyond = made(3); /* the last two bits stay out */
    assert_string_equal(format(&beyond, 12), "k-000000000000");
    char text[OKR_REF_TEXT];
    okr_ref_format(9, &zero, 5, text); /* a kind of a newer version */
    assert_string_equal(text, "?-00000");
}

/* Ids of one millisecond share their first 6 bytes, which must not show. */
static void ids_of_one_moment_differ(void **state)
{
    (void)state;
    char first[OKR_REF_TEXT];
    struct okr_id a = made(UINT64_C(0x0123456789abcdef));
    struct okr_id b = made(UINT64_C(0x2123456789abcdef));
    okr_ref_format(OKR_KIND_TASK, &a, OKR_REF_CHARS, first);
    assert_string_not_equal(format(&b, OKR_REF_CHARS) + 2, first + 2);
    a.b[0] ^= 0xff;
    assert_string_equal(format(&a, OKR_REF_CHARS) + 2, first + 2);
}

static void what_is_written_is_found_again(void **state)
{
    (void)state;
    uint64_t random = UINT64_C(0x9e3779b97f4a7c15);
    for (int i = 0; i < 2000; i++) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        struct okr_id id = made(random);
        for (unsigned chars = 1; chars <= 12; chars++) {
            uint32_t kind;
            struct okr_slice run;
            struct okr_slice text = okr_slice_str(format(&id, chars));
            assert_true(okr_ref_parse(text, &kind, &run));
            assert_int_equal(kind, OKR_KIND_KEY_RESULT);
            assert_int_equal(run.len, chars);
            assert_true(okr_ref_matches(&id, run));
            /* Any one character changed does not match any more. */
            char other[OKR_REF_TEXT];
            memcpy(other, text.data, text.len + 1);
            char *c = &other[1 + chars];
            *c = *c == '7' ? '8' : '7';
            run = okr_slice_str(other + 2);
            assert_false(okr_ref_matches(&id, run));
        }
    }
}

static void typed_loosely(void **state)
{
    (void)state;
    uint32_t kind;
    struct okr_slice run;
    struct okr_id id = made(UINT64_C(1) << 57); /* 10000… */
    static const char *const ways[] = {"k-1000", "K-1000", "k-1ooo", "k-IOOO",
                                       "k-l0"};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        assert_true(okr_ref_parse(okr_slice_str(ways[i]), &kind, &run));
        assert_int_equal(kind, OKR_KIND_KEY_RESULT);
        assert_true(okr_ref_matches(&id, run));
    }
}

static void no_references(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",      "k",     "k-",     "k7m3qd", "k_7m3qd", "z-7m3qd",
        "-7m3q", "k-7u3", "k-7 m3", "k-é",    "kk-7m3",  "k-0123456789abc",
    };
    uint32_t kind = 77;
    struct okr_slice run = OKR_SLICE_NONE;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        if (okr_ref_parse(okr_slice_str(bad[i]), &kind, &run))
            fail_msg("\"%s\" is no reference", bad[i]);
    assert_int_equal(kind, 77);
    struct okr_id id = made(0);
    assert_false(okr_ref_matches(&id, OKR_SLICE_LIT("0000000000000")));
    assert_false(okr_ref_matches(&id, OKR_SLICE_LIT("0\xff")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_references),
        cmocka_unit_test(ids_of_one_moment_differ),
        cmocka_unit_test(what_is_written_is_found_again),
        cmocka_unit_test(typed_loosely),
        cmocka_unit_test(no_references),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
