/* Genesis: what the first transaction leaves behind. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/model/value.h"
#include "tests/lib/hub.h"

static struct okr_test_hub h;

static int open_hub(void **state)
{
    (void)state;
    okr_test_hub_open(&h);
    return 0;
}

static int close_hub(void **state)
{
    (void)state;
    okr_test_hub_close(&h);
    return 0;
}

static void test_it_makes_what_a_company_needs(void **state)
{
    (void)state;
    const struct okr_record *unit = okr_test_record_of(&h, &h.root);
    const struct okr_record *admin = okr_test_record_of(&h, &h.admin);
    const struct okr_record *site = okr_test_record_of(&h, &h.server_site);
    struct okr_id lead;
    assert_true(okr_record_id(unit, OKR_F_LEAD, &lead));
    assert_true(okr_id_eq(&lead, &h.admin));
    assert_int_equal(okr_record_int(unit, OKR_F_ROOT_NO, 0), 1);
    assert_true(okr_record_in_set(admin, OKR_F_ROLES,
                                  okr_value_enum(h.keep, OKR_V_ROLE_ADMIN)));
    assert_true(okr_slice_is(okr_record_text(site, OKR_F_SITE_NAME), "server"));
    assert_int_equal(okr_record_enum(site, OKR_F_SITE_STATE, 0),
                     OKR_V_KEY_STATE_ACTIVE);
    assert_int_equal(okr_test_log_size(&h), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_it_makes_what_a_company_needs,
                                        open_hub, close_hub),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
