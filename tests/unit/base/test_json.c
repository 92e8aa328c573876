/* JSON: the exact text, exact numbers, and misuse that is noticed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/base/json.h"
#include "tests/lib/death.h"

#define S(s) OKR_SLICE_LIT(s)

struct writer {
    struct okr_buf buf;
    struct okr_json json;
};

static struct okr_json *start(struct writer *w)
{
    okr_buf_init(&w->buf, NULL);
    okr_json_init(&w->json, &w->buf);
    return &w->json;
}

static void assert_wrote(struct writer *w, const char *want)
{
    assert_int_equal(w->buf.err, OKR_OK);
    assert_int_equal(w->json.depth, 0);
    okr_buf_u8(&w->buf, 0);
    assert_string_equal((const char *)w->buf.data, want);
    okr_buf_close(&w->buf);
}

static void commas_and_nesting(void **state)
{
    (void)state;
    struct writer w;
    struct okr_json *json = start(&w);
    okr_json_open_object(json);
    okr_json_key(json, "empty");
    okr_json_open_object(json);
    okr_json_close_object(json);
    okr_json_key(json, "list");
    okr_json_open_array(json);
    okr_json_int(json, 1);
    okr_json_open_array(json);
    okr_json_close_array(json);
    okr_json_open_array(json);
    okr_json_null(json);
    okr_json_bool(json, true);
    okr_json_close_array(json);
    okr_json_bool(json, false);
    okr_json_close_array(json);
    okr_json_key(json, "last");
    okr_json_cstr(json, "x");
    okr_json_close_object(json);
    assert_wrote(&w, "{\"empty\":{},\"list\":[1,[],[null,true],false],"
                     "\"last\":\"x\"}");
}

/* No value may pass through a double: 2^53 + 1 would lose its end. */
static void numbers_are_exact(void **state)
{
    (void)state;
    struct writer w;
    struct okr_json *json = start(&w);
    okr_json_open_array(json);
    okr_json_int(json, INT64_MIN);
    okr_json_int(json, INT64_C(9007199254740993));
    okr_json_uint(json, UINT64_MAX);
    okr_json_rate(json, 333333);
    okr_json_rate(json, -428870);
    okr_json_rate(json, 0);
    okr_json_rate(json, -1);
    okr_json_rate(json, 12000001);
    okr_json_rate(json, INT64_MIN);
    okr_json_dec(json, (struct okr_dec){1250, 2});
    okr_json_close_array(json);
    assert_wrote(&w,
                 "[-9223372036854775808,9007199254740993,"
                 "18446744073709551615,0.333333,-0.428870,0.000000,-0.000001,"
                 "12.000001,-9223372036854.775808,\"12.5\"]");
}

static void identifiers_are_hex(void **state)
{
    (void)state;
    struct writer w;
    struct okr_id id = {{0xab, 1}};
    okr_json_id(start(&w), &id);
    assert_wrote(&w, "\"ab010000000000000000000000000000\"");
}

/* RFC 8785, 3.2.2.2: exactly these, lower-case hex, and "/" and DEL bare. */
static void text_is_escaped_as_canonical_json(void **state)
{
    (void)state;
    struct writer w;
    okr_json_text(start(&w), S("\"\\/\b\f\n\r\t\v\x01\x1f\x7f</script>é😀"));
    assert_wrote(&w, "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u000b\\u0001\\u001f\x7f"
                     "</script>é😀\"");
    okr_json_text(start(&w), S("a\0b"));
    assert_wrote(&w, "\"a\\u0000b\"");
    okr_json_text(start(&w), OKR_SLICE_NONE);
    assert_wrote(&w, "\"\"");
}

static void every_control_character_is_escaped(void **state)
{
    (void)state;
    for (unsigned c = 0; c < 0x20; c++) {
        struct writer w;
        uint8_t byte = (uint8_t)c;
        okr_json_text(start(&w), okr_slice_of(&byte, 1));
        for (size_t i = 0; i < w.buf.len; i++)
            assert_true(w.buf.data[i] >= 0x20);
        assert_int_equal(w.buf.data[1], '\\');
        okr_buf_close(&w.buf);
    }
}

static void keys_are_escaped_too(void **state)
{
    (void)state;
    struct writer w;
    struct okr_json *json = start(&w);
    okr_json_open_object(json);
    okr_json_key(json, "a\"b");
    okr_json_int(json, 0);
    okr_json_close_object(json);
    assert_wrote(&w, "{\"a\\\"b\":0}");
}

/* Better no answer than one that no reader can parse. */
static void invalid_text_is_an_error_at_the_end(void **state)
{
    (void)state;
    struct writer w;
    okr_json_text(start(&w), S("a\xff"));
    assert_int_equal(w.buf.err, OKR_ERR_FORMAT);
    okr_buf_close(&w.buf);
}

static void deepest_nesting_fits(void **state)
{
    (void)state;
    struct writer w;
    struct okr_json *json = start(&w);
    for (unsigned i = 0; i < OKR_JSON_DEPTH_MAX; i++)
        okr_json_open_array(json);
    okr_json_int(json, 1);
    okr_json_int(json, 2);
    for (unsigned i = 0; i < OKR_JSON_DEPTH_MAX; i++)
        okr_json_close_array(json);
    assert_int_equal(w.buf.len, 2 * OKR_JSON_DEPTH_MAX + 3);
    assert_memory_equal(w.buf.data + OKR_JSON_DEPTH_MAX, "1,2]", 4);
    okr_buf_close(&w.buf);
}

static void nest_too_deep(void)
{
    struct writer w;
    struct okr_json *json = start(&w);
    for (unsigned i = 0; i <= OKR_JSON_DEPTH_MAX; i++)
        okr_json_open_array(json);
}

static void close_too_often(void)
{
    struct writer w;
    okr_json_close_array(start(&w));
}

static void key_without_value(void)
{
    struct writer w;
    struct okr_json *json = start(&w);
    okr_json_open_object(json);
    okr_json_key(json, "k");
    okr_json_close_object(json);
}

static void two_keys(void)
{
    struct writer w;
    struct okr_json *json = start(&w);
    okr_json_open_object(json);
    okr_json_key(json, "k");
    okr_json_key(json, "k");
}

static void two_documents(void)
{
    struct writer w;
    struct okr_json *json = start(&w);
    okr_json_int(json, 1);
    okr_json_int(json, 2);
}

static void misuse_is_a_bug(void **state)
{
    (void)state;
    assert_true(okr_death_of(nest_too_deep, NULL));
    assert_true(okr_death_of(close_too_often, NULL));
    assert_true(okr_death_of(key_without_value, NULL));
    assert_true(okr_death_of(two_keys, NULL));
    assert_true(okr_death_of(two_documents, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_and_nesting),
        cmocka_unit_test(numbers_are_exact),
        cmocka_unit_test(identifiers_are_hex),
        cmocka_unit_test(text_is_escaped_as_canonical_json),
        cmocka_unit_test(every_control_character_is_escaped),
        cmocka_unit_test(keys_are_escaped_too),
        cmocka_unit_test(invalid_text_is_an_error_at_the_end),
        cmocka_unit_test(deepest_nesting_fits),
        cmocka_unit_test(misuse_is_a_bug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
