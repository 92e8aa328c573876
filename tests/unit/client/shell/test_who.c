/* Who speaks: the kernel's word decides, not the caller's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "client/shell/who.h"
#include "tests/lib/acme.h"

enum { DAEMON = 990, USER = 1000, OTHER = 1001, NOBODY_KNOWN = 1002 };

static struct okr_acme c;
static struct okr_speaker speakers[] = {
    {USER, {(const uint8_t *)"bob@acme.test", 13}},
    {DAEMON, {(const uint8_t *)"cy@acme.test", 12}},
    {NOBODY_KNOWN, {(const uint8_t *)"zoe@acme.test", 13}},
};
static struct okr_site_settings settings;
static struct okr_speaking ground;
static struct okr_snag snag;
static struct okr_id person;

static int open_acme(void **state)
{
    (void)state;
    okr_acme_open(&c);
    settings = okr_site_settings_default();
    settings.speakers = speakers;
    settings.n_speakers = 3;
    ground = (struct okr_speaking){
        .space = &c.space, .settings = &settings, .own_uid = DAEMON};
    return 0;
}

static int close_acme(void **state)
{
    (void)state;
    okr_acme_close(&c);
    return 0;
}

static const struct okr_id *speaks(const struct okr_caller *caller,
                                   const char *as)
{
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    memset(&person, 0x11, sizeof person);
    assert_int_equal(
        okr_who_speaks(&ground, caller, okr_slice_str(as), &person, &snag),
        OKR_OK);
    return okr_snagged(&snag) ? NULL : &person;
}

static const struct okr_id *user(uint32_t uid, const char *as)
{
    const struct okr_caller caller = {.has_uid = true, .uid = uid};
    return speaks(&caller, as);
}

static void assert_is(const struct okr_id *found, const struct okr_id *wanted)
{
    assert_non_null(found);
    assert_true(okr_id_eq(found, wanted));
}

static void assert_refused(const struct okr_id *found, const char *rule)
{
    assert_null(found);
    assert_int_equal(snag.code, OKR_REPLY_REFUSED);
    assert_string_equal(snag.rule, rule);
    assert_true(snag.remedy[0] != '\0');
}

static void root_and_the_daemons_user_say_who(void **state)
{
    (void)state;
    assert_is(user(0, "ann@acme.test"), &c.ann);
    assert_is(user(DAEMON, "ann@acme.test"), &c.ann);
    assert_is(user(DAEMON, "ANN@acme.test"), &c.ann); /* as people type */
    assert_refused(user(0, "zoe@acme.test"), "unknown_person");
    assert_refused(user(0, "sales"), "unknown_person"); /* a unit */
    assert_non_null(strstr(snag.what, "sales"));
}

/* Even for themselves: then --as would mean nothing. */
static void others_do_not(void **state)
{
    (void)state;
    assert_refused(user(USER, "ann@acme.test"), "not_permitted");
    assert_refused(user(USER, "bob@acme.test"), "not_permitted");
    const struct okr_caller unknown = {.has_uid = false, .uid = 0};
    assert_refused(speaks(&unknown, "ann@acme.test"), "not_permitted");
}

static void the_config_maps_users(void **state)
{
    (void)state;
    const struct okr_id none = {{0}};
    assert_is(user(USER, ""), &c.bob);
    assert_is(user(DAEMON, ""), &c.cy); /* also those who may say --as */
    assert_is(user(OTHER, ""), &none);
    assert_is(user(0, ""), &none);
    assert_refused(user(NOBODY_KNOWN, ""), "unknown_person");
    const struct okr_caller unknown = {.has_uid = false, .uid = USER};
    assert_is(speaks(&unknown, ""), &none);
}

/* A mail that is not text, or over-long, is told as it is: nothing breaks. */
static void odd_mails(void **state)
{
    (void)state;
    char text[2000];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_refused(user(0, text), "unknown_person");
    assert_refused(user(0, "\xff\x1b[31m"), "unknown_person");
    for (const char *at = snag.what; *at != '\0'; at++)
        assert_true((unsigned char)*at >= ' ' && (unsigned char)*at < 0x7f);
}

static void keys_name_their_persons(void **state)
{
    (void)state;
    static const char good[] = "000102030405060708090a0b0c0d0e0f"
                               "101112131415161718191a1b1c1d1e1f";
    static const char gone[] = "ff0102030405060708090a0b0c0d0e0f"
                               "101112131415161718191a1b1c1d1e1f";
    const char *ann = okr_acme_hex(&c, &c.ann);
    okr_acme_add(&c, OKR_KIND_KEY, "person", ann, "public_key", good, "state",
                 "active", NULL);
    okr_acme_add(&c, OKR_KIND_KEY, "person", ann, "public_key", gone, "state",
                 "revoked", NULL);
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    assert_int_equal(
        okr_who_has_key(&c.space, okr_slice_str(good), &person, &snag), OKR_OK);
    assert_false(okr_snagged(&snag));
    assert_true(okr_id_eq(&person, &c.ann));
    static const char *const bad[] = {gone, "", "00", "zz", good + 2};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        snag = (struct okr_snag){.code = OKR_REPLY_DONE};
        assert_int_equal(
            okr_who_has_key(&c.space, okr_slice_str(bad[i]), &person, &snag),
            OKR_OK);
        assert_refused(NULL, i == 0 ? "key_revoked" : "unknown_key");
    }
}

static void nobody_cannot_write(void **state)
{
    (void)state;
    snag = (struct okr_snag){.code = OKR_REPLY_DONE};
    okr_who_needed(&c.ann, &snag);
    assert_false(okr_snagged(&snag));
    const struct okr_id none = {{0}};
    okr_who_needed(&none, &snag);
    assert_refused(NULL, "unknown_person");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(root_and_the_daemons_user_say_who),
        cmocka_unit_test(others_do_not),
        cmocka_unit_test(the_config_maps_users),
        cmocka_unit_test(odd_mails),
        cmocka_unit_test(keys_name_their_persons),
        cmocka_unit_test(nobody_cannot_write),
    };
    return cmocka_run_group_tests(tests, open_acme, close_acme);
}
