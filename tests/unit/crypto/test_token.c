/* The invite token: one golden form, and no slip of the pen accepted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/crypto/hash.h"
#include "common/crypto/token.h"
#include "tests/lib/death.h"

#define S(s) OKR_SLICE_LIT(s)
#define BODY                                                                   \
    "000g40r40m30e40h289h858p2wc1j6gv3gehw7s044h26g21891m8ha68x44jjjb9h6mwktg" \
    "a5956n2nasbngpatbde5tqjzg20r50w4gp38f249ha5rs3ceh"
/* Made by another program that knows only the layout. */
#define GOLDEN "okr1-" BODY "wb78rvg78qjyvvbe8q6ay31dnr6rs9t6wt32c3x4de1y"

static int start(void **state)
{
    (void)state;
    okr_crypto_init();
    return 0;
}

static void count_up(uint8_t *at, size_t len, unsigned from)
{
    for (size_t i = 0; i < len; i++)
        at[i] = (uint8_t)(from + i);
}

static struct okr_token example(void)
{
    struct okr_token token = {.endpoint = "tcp://okr.example:7410"};
    count_up(token.id, sizeof token.id, 0);
    count_up(token.secret, sizeof token.secret, 0x10);
    count_up(token.server_key, sizeof token.server_key, 0x40);
    count_up(token.log_pin, sizeof token.log_pin, 0x80);
    return token;
}

static bool same(const struct okr_token *a, const struct okr_token *b)
{
    return memcmp(a->id, b->id, sizeof a->id) == 0 &&
           memcmp(a->secret, b->secret, sizeof a->secret) == 0 &&
           memcmp(a->server_key, b->server_key, sizeof a->server_key) == 0 &&
           memcmp(a->log_pin, b->log_pin, sizeof a->log_pin) == 0 &&
           strcmp(a->endpoint, b->endpoint) == 0;
}

static void assert_error(struct okr_slice text, enum okr_err want)
{
    struct okr_token token;
    memset(&token, 0x77, sizeof token);
    assert_int_equal(okr_token_parse(text, &token), want);
    for (size_t i = 0; i < sizeof token; i++)
        assert_int_equal(((const uint8_t *)&token)[i], 0x77);
}

static void golden_form(void **state)
{
    (void)state;
    struct okr_token token = example(), back;
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_token_format(&token, &buf);
    assert_true(okr_slice_is(okr_buf_slice(&buf), GOLDEN));
    okr_buf_close(&buf);
    assert_int_equal(okr_token_parse(S(GOLDEN), &back), OKR_OK);
    assert_true(same(&token, &back));
}

/* Accepts `text` only if it means what the golden token means. */
static bool means_golden_or_nothing(const char *text, size_t len)
{
    struct okr_token golden = example(), got;
    return okr_token_parse(okr_slice_of(text, len), &got) != OKR_OK ||
           same(&golden, &got);
}

static void every_changed_character_is_noticed(void **state)
{
    (void)state;
    char text[] = GOLDEN;
    const size_t len = sizeof text - 1;
    for (size_t i = 0; i < len; i++) {
        char was = text[i];
        unsigned accepted = 0;
        for (int c = 0; c < 256; c++) {
            text[i] = (char)c;
            struct okr_token got;
            if (!means_golden_or_nothing(text, len))
                fail_msg("character %zu as %02x is accepted", i, (unsigned)c);
            accepted +=
                okr_token_parse(okr_slice_of(text, len), &got) == OKR_OK;
        }
        /* itself, its capital, and o i l O I L for 0 and 1 */
        assert_in_range(accepted, 1, 5);
        text[i] = was;
    }
}

static void every_swap_is_noticed(void **state)
{
    (void)state;
    char text[] = GOLDEN;
    for (size_t i = 0; i + 2 < sizeof text; i++) {
        char first = text[i], second = text[i + 1];
        text[i] = second;
        text[i + 1] = first;
        struct okr_token got;
        enum okr_err err =
            okr_token_parse(okr_slice_of(text, sizeof text - 1), &got);
        assert_int_equal(err == OKR_OK, first == second);
        text[i] = first;
        text[i + 1] = second;
    }
}

static void every_lost_or_doubled_character_is_noticed(void **state)
{
    (void)state;
    static const char golden[] = GOLDEN;
    const size_t len = sizeof golden - 1;
    char text[sizeof golden + 1];
    for (size_t i = 0; i < len; i++) {
        memcpy(text, golden, i);
        memcpy(text + i, golden + i + 1, len - i - 1);
        struct okr_token got;
        assert_int_not_equal(okr_token_parse(okr_slice_of(text, len - 1), &got),
                             OKR_OK);
        memcpy(text, golden, i + 1);
        memcpy(text + i + 1, golden + i, len - i);
        assert_true(means_golden_or_nothing(text, len + 1));
    }
}

static void every_cut_is_noticed(void **state)
{
    (void)state;
    static const char golden[] = GOLDEN;
    for (size_t len = 0; len < sizeof golden - 1; len++) {
        assert_error(okr_slice_of(golden, len),
                     len < 5 ? OKR_ERR_FORMAT : OKR_ERR_CORRUPT);
        if (len > 0)
            assert_error(okr_slice_of(golden + len, sizeof golden - 1 - len),
                         OKR_ERR_FORMAT);
    }
}

/* Mail programs break lines, people group and shout: none of that harms. */
static void harmless_changes_are_accepted(void **state)
{
    (void)state;
    struct okr_token golden = example(), got;
    assert_int_equal(okr_token_parse(S(" \t\n" GOLDEN "\r\n\n "), &got),
                     OKR_OK);
    assert_true(same(&golden, &got));

    char text[2 * sizeof GOLDEN];
    size_t len = 0;
    for (size_t i = 0; i < sizeof GOLDEN - 1; i++) {
        char c = GOLDEN[i];
        text[len++] = i >= 5 && c >= 'a' && c <= 'z' ? (char)(c - 32) : c;
        if (i >= 5 && i % 7 == 0)
            text[len++] = '-';
        if (i >= 5 && i % 60 == 0) {
            text[len++] = '\r';
            text[len++] = '\n';
        }
    }
    assert_int_equal(okr_token_parse(okr_slice_of(text, len), &got), OKR_OK);
    assert_true(same(&golden, &got));
}

/* The person is told what to do: upgrade, copy again, or look elsewhere. */
static void errors_tell_apart(void **state)
{
    (void)state;
    static const char *const none[] = {
        "",       "  ",     "okr",    "okr1",   "okr-" BODY, "okr0-" BODY,
        "okr01-", "0kr1-",  "hello",  "OKR1-x", "okrx-",     "xokr1-" BODY,
        BODY,     "okr1x-", "okr 1-", "okr1 -",
    };
    static const char *const newer[] = {"okr2-" BODY, "okr2-", "okr10-x",
                                        "okr99999999999999999999-" BODY};
    static const char *const slip[] = {
        "okr1-",     "okr1-u" BODY, "okr1-" BODY,    GOLDEN "0",
        GOLDEN "-x", GOLDEN GOLDEN, GOLDEN " " BODY, "okr1- " BODY,
    };
    for (unsigned i = 0; i < sizeof none / sizeof none[0]; i++)
        assert_error(okr_slice_str(none[i]), OKR_ERR_FORMAT);
    assert_error(OKR_SLICE_NONE, OKR_ERR_FORMAT);
    for (unsigned i = 0; i < sizeof newer / sizeof newer[0]; i++)
        assert_error(okr_slice_str(newer[i]), OKR_ERR_VERSION);
    for (unsigned i = 0; i < sizeof slip / sizeof slip[0]; i++)
        assert_error(okr_slice_str(slip[i]), OKR_ERR_CORRUPT);
}

/* Made with a right checksum: a slip did not make these, so the checks
 * behind the checksum must hold by themselves. */
static void a_right_checksum_is_not_enough(void **state)
{
    (void)state;
    static const char *const made[] = {
        "okr1-" BODY "w0drfdsv4",         /* no endpoint */
        "okr1-" BODY "w2p283278rr9n260g", /* a space in it */
        "okr1-" BODY "w220r9t668xxccg",   /* a space before it */
        "okr1-" BODY "w262ehh422zm4t7",   /* a space behind it */
        "okr1-" BODY "w1p2ekzbq4sk7g",    /* DEL in it */
        "okr1-" BODY "w2c7a9t6541g0mn",   /* not ASCII */
        "okr1-" BODY "w1p2032xk5v0dg",    /* a NUL in it */
        "okr1-" BODY "w1p2ehhf1py341y",   /* a byte behind it */
        "okr1-" BODY "w262ehhhambqt0",    /* one byte too few */
    };
    for (unsigned i = 0; i < sizeof made / sizeof made[0]; i++)
        assert_error(okr_slice_str(made[i]), OKR_ERR_CORRUPT);
}

static void any_length_of_endpoint_comes_back(void **state)
{
    (void)state;
    struct okr_token token = example(), back;
    memset(token.endpoint, 0, sizeof token.endpoint);
    for (size_t len = 1; len <= OKR_TOKEN_ENDPOINT_MAX; len++) {
        token.endpoint[len - 1] = (char)('!' + len % 94);
        struct okr_buf buf;
        okr_buf_init(&buf, NULL);
        okr_token_format(&token, &buf);
        assert_int_equal(okr_token_parse(okr_buf_slice(&buf), &back), OKR_OK);
        assert_true(same(&token, &back));
        okr_buf_close(&buf);
    }
}

static void endless_input_is_bounded(void **state)
{
    (void)state;
    char text[20000];
    memset(text, '0', sizeof text);
    memcpy(text, "okr1-", 5);
    assert_error(okr_slice_of(text, sizeof text), OKR_ERR_CORRUPT);
    memset(text + 5, '-', sizeof text - 5);
    assert_error(okr_slice_of(text, sizeof text), OKR_ERR_CORRUPT);
}

static void format_without_endpoint(void)
{
    struct okr_token token = {.endpoint = ""};
    struct okr_buf buf;
    okr_buf_init(&buf, NULL);
    okr_token_format(&token, &buf);
}

static void format_without_end(void)
{
    struct okr_token token;
    struct okr_buf buf;
    memset(&token, 'a', sizeof token);
    okr_buf_init(&buf, NULL);
    okr_token_format(&token, &buf);
}

static void what_cannot_be_read_is_not_written(void **state)
{
    (void)state;
    assert_true(okr_death_of(format_without_endpoint, NULL));
    assert_true(okr_death_of(format_without_end, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(golden_form),
        cmocka_unit_test(every_changed_character_is_noticed),
        cmocka_unit_test(every_swap_is_noticed),
        cmocka_unit_test(every_lost_or_doubled_character_is_noticed),
        cmocka_unit_test(every_cut_is_noticed),
        cmocka_unit_test(harmless_changes_are_accepted),
        cmocka_unit_test(errors_tell_apart),
        cmocka_unit_test(a_right_checksum_is_not_enough),
        cmocka_unit_test(any_length_of_endpoint_comes_back),
        cmocka_unit_test(endless_input_is_bounded),
        cmocka_unit_test(what_cannot_be_read_is_not_written),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
