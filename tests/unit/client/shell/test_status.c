/* `status` as JSON: names and order are a promise to scripts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/shell/status.h"

#define S ((okr_us)1000000)

static const char *write(const struct okr_status *status)
{
    static char text[4096];
    struct okr_buf buf;
    struct okr_json json;
    okr_buf_init_fixed(&buf, text, sizeof text - 1);
    okr_json_init(&json, &buf);
    okr_status_write(status, &json);
    assert_int_equal(buf.err, OKR_OK);
    assert_int_equal(json.depth, 0);
    text[buf.len] = '\0';
    return text;
}

static struct okr_status sample(void)
{
    struct okr_status status = {
        .state = {.link = OKR_LINK_LIVE,
                  .fresh_at = 100 * S,
                  .lsn = 41,
                  .head = 42,
                  .pending = 3,
                  .epoch = 2,
                  .scopes = 5,
                  .digest = {.lo = 0x0102, .hi = 0xff}},
        .now = 107 * S + S / 2,
        .conflicts = 1,
        .refused = 4,
        .owed = 2,
        .alerts = OKR_SLICE_LIT("[{}]"),
        .name = OKR_SLICE_LIT("上海 \"1\""),
        .org = OKR_SLICE_LIT("Acme"),
        .person = OKR_SLICE_LIT("ann@acme.test"),
    };
    memset(status.site.b, 0xab, sizeof status.site.b);
    return status;
}

static void everything_in_its_order(void **state)
{
    (void)state;
    struct okr_status status = sample();
    assert_string_equal(
        write(&status),
        "{\"link\":\"live\",\"lsn\":41,\"head\":42,\"age_s\":7,\"pending\":3,"
        "\"conflicts\":1,\"epoch\":2,"
        "\"site\":\"abababababababababababababababab\",\"scopes\":5,"
        "\"alarms\":[],\"digest\":\"0201000000000000ff00000000000000\","
        "\"name\":\"上海 \\\"1\\\"\",\"org\":\"Acme\","
        "\"person\":\"ann@acme.test\",\"refused\":4,\"owed\":2,\"alerts\":[{}]}");
}

static void has(const struct okr_status *status, const char *part)
{
    const char *text = write(status);
    if (strstr(text, part) == NULL)
        fail_msg("no %s in %s", part, text);
}

static void what_is_not_known_is_null(void **state)
{
    (void)state;
    struct okr_status status = sample();
    status.state.fresh_at = 0;
    status.org = status.person = OKR_SLICE_NONE;
    has(&status, "\"age_s\":null");
    has(&status, "\"org\":null,\"person\":null");
}

/* A clock that was set back makes nothing younger than new. */
static void age(void **state)
{
    (void)state;
    struct okr_status status = sample();
    status.now = 90 * S;
    has(&status, "\"age_s\":0,");
    status.now = status.state.fresh_at + 30 * 86400 * S;
    has(&status, "\"age_s\":2592000,");
}

static void words_of_the_link(void **state)
{
    (void)state;
    static const struct {
        enum okr_link link;
        const char *word;
    } links[] = {{OKR_LINK_OFFLINE, "offline"},
                 {OKR_LINK_CATCHING_UP, "catching_up"},
                 {OKR_LINK_LIVE, "live"},
                 {OKR_LINK_REFUSED, "refused"}};
    for (size_t i = 0; i < 4; i++)
        assert_string_equal(okr_status_link(links[i].link), links[i].word);
}

/* One line an alarm, those of the core first; none twice, none missing. */
static void alarms(void **state)
{
    (void)state;
    struct okr_status status = sample();
    status.state.alarms = OKR_SITE_ALARM_FORK | OKR_SITE_ALARM_EPOCH;
    status.trouble[1] = OKR_SLICE_LIT("the store: no space left");
    has(&status, "\"alarms\":[\"another copy of this site has spoken for "
                 "it\",\"the server was restored; this copy starts anew from "
                 "it\",\"the store: no space left\"],");
    unsigned all = 0;
#define ALL(bit, name, text) all |= (bit);
    OKR_SITE_ALARM_TABLE(ALL)
#undef ALL
    status.state.alarms = all;
#define EACH(bit, name, text) has(&status, "\"" text "\"");
    OKR_SITE_ALARM_TABLE(EACH)
#undef EACH
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_in_its_order),
        cmocka_unit_test(what_is_not_known_is_null),
        cmocka_unit_test(age),
        cmocka_unit_test(words_of_the_link),
        cmocka_unit_test(alarms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
