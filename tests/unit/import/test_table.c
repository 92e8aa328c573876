/* CSV and JSON over a small company: what a table makes, what the same table
 * makes again (nothing), and what is wrong with others, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/codec/codec.h"
#include "common/import/import.h"
#include "tests/lib/company.h"

static struct okr_company company;
static uint8_t turn;

static struct okr_import_plan plan_of(enum okr_import_format format,
                                      struct okr_slice text)
{
    struct okr_import_doc *doc = okr_arena_alloc(company.arena, sizeof *doc);
    struct okr_import_conf conf = {.space = company.ground.space,
                                   .source = OKR_SLICE_LIT("table"),
                                   .person = company.ada,
                                   .epoch = 1,
                                   .now = company.ground.now};
    struct okr_import_plan plan;
    conf.entropy[0] = ++turn;
    assert_int_equal(okr_import_read(format, text, company.arena, doc), OKR_OK);
    assert_int_equal(okr_import_plan(&conf, doc, &plan), OKR_OK);
    return plan;
}

static void apply(const struct okr_import_plan *plan)
{
    for (size_t i = 0; i < plan->n; i++) {
        struct okr_buf bytes;
        struct okr_decision decision;
        okr_buf_init(&bytes, company.arena);
        okr_payload_encode(&plan->payloads[i], &bytes);
        struct okr_op op = {.id = okr_company_id(&company),
                            .person = company.ada,
                            .time = company.ground.now,
                            .verb = plan->payloads[i].verb,
                            .schema = OKR_SCHEMA_VERSION,
                            .payload = okr_buf_slice(&bytes)};
        assert_int_equal(okr_judge(&company.ground, &op, &decision), OKR_OK);
        if (decision.verdict.outcome != OKR_OUTCOME_ACCEPTED)
            fail_msg("payload %zu of line %u: %s %s", i, plan->lines[i],
                     okr_outcome_name(decision.verdict.outcome),
                     okr_rule_name(decision.verdict.rule));
        assert_int_equal(okr_record_write(&decision, ++company.lsn), OKR_OK);
    }
}

/* "3 columns 5 duplicate" */
static void assert_notes(const struct okr_import_notes *notes,
                         const char *expected)
{
    char text[600] = "";
    size_t n = 0;
    for (size_t i = 0; i < notes->n && n < sizeof text; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%u %s",
                              i == 0 ? "" : " ", notes->at[i].line,
                              notes->at[i].rule);
    assert_string_equal(text, expected);
}

static struct okr_record *titled(uint16_t kind, const char *title)
{
    struct okr_ids ids;
    assert_int_equal(okr_index_kind(&company.ground.space, kind, &ids), OKR_OK);
    for (size_t i = 0; i < ids.n; i++) {
        struct okr_record *one = okr_company_get(&company, &ids.at[i]);
        if (okr_slice_is(okr_record_text(one, okr_field_named(kind, "title")),
                         title))
            return one;
    }
    fail_msg("there is no \"%s\"", title);
    return NULL;
}

static void assert_dec(const struct okr_record *record, uint16_t field,
                       const char *want)
{
    char text[OKR_DEC_TEXT_MAX] = "none";
    struct okr_dec value;
    if (okr_record_dec(record, field, &value))
        okr_dec_format(value, text);
    assert_string_equal(text, want);
}

#define HEAD                                                          \
    "row_id,parent_row_ids,type,title,owner_mail,unit,cycle,metric,"  \
    "start,target,value,confidence,unit_of_measure,weight,due,state," \
    "score,date,note\n"

static const char whole[] = HEAD
    /* the key result stands before its objective */
    "k1,o1,key_result,\"Reach \"\"1,200\"\" sites\nin all\",,,,increase,"
    "0.00,1200.50,300,7,sites,50,2026-03-31,,,,\n"
    "u1,,unit,Sales,bo@acme.example,sales,,,,,,,,,,,,,\n"
    "p1,u1,person,Bo Li,BO@acme.example,,,,,,,,,,,,,,\n"
    "c2,,cycle,2026-Q2,,,,,2026-04-01,,,,,,2026-06-30,,,,\n"
    "o1,,objective,Sell more,bo@acme.example,,2026-Q2,,,,,,,,,,,,a remark\n"
    "k2,o1,key_result,Decide,,,,boolean,,,,,,50,,,,,\n"
    "i1,k2,check_in,,,,,,,,yes,5,,,,,,2026-01-15,first word\n"
    "i2,k2,check_in,,,,,,,,no,4,,,,,,2026-02-15,\n"
    "i3,k2,check_in,,,,,,,,no,4,,,,,,2026-02-15,\n"
    "t1,k1,task,Call,bo@acme.example,,,,,,,,,,2026-02-01,doing,,,\n"
    "o2,k1 o1,objective,Below,,,2026-Q2,,,,,,,,,closed,0.55,,\n"
    "k3,o2,key_result,A,,,,,,,,,,,,,1,,\n"
    "k4,o2,key_result,B,,,,,,,,,,,,,.4,,\n"
    "k5,o2,key_result,C,,,,,,,,,,,,,0.24,,\n"
    "k6,o2,key_result,D,,,,,,,,,,,,,0.37,,\n"
    "k7,o2,key_result,E,,,,,,,,,,,,,NA,,\n";

static void test_a_table_is_taken_as_it_says(void **state)
{
    (void)state;
    struct okr_import_plan plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(whole));
    assert_notes(&plan.errors, "");
    assert_notes(&plan.warnings, "13 total_mismatch");
    assert_int_equal(plan.create, 16);
    apply(&plan);
    struct okr_record *kr =
        titled(OKR_KIND_KEY_RESULT, "Reach \"1,200\" sites in all");
    assert_dec(kr, OKR_F_TARGET, "1200.5");
    assert_dec(kr, OKR_F_VALUE, "300");
    assert_int_equal(okr_record_int(kr, OKR_F_CONFIDENCE, -1), 7);
    kr = titled(OKR_KIND_KEY_RESULT, "Decide");
    assert_dec(kr, OKR_F_VALUE, "0");
    struct okr_record *o = titled(OKR_KIND_OBJECTIVE, "Sell more");
    struct okr_id unit, bo;
    assert_true(okr_record_id(o, OKR_F_O_UNIT, &unit));
    assert_true(okr_record_id(o, OKR_F_O_OWNER, &bo));
    struct okr_record *sales = okr_company_get(&company, &unit);
    assert_true(okr_slice_is(okr_record_text(sales, OKR_F_CODE), "sales"));
    assert_true(
        okr_slice_eq(okr_record_text(sales, OKR_F_LEAD), okr_id_slice(&bo)));
    o = titled(OKR_KIND_OBJECTIVE, "Below");
    assert_dec(o, OKR_F_O_SCORE, "0.5025");
    assert_int_equal(okr_record_enum(o, OKR_F_O_STATE, 0),
                     OKR_V_OBJECTIVE_STATE_CLOSED);
    plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(whole));
    assert_int_equal(plan.n, 0);
    assert_int_equal(plan.unchanged, 16);
}

static void test_what_differs_is_changed(void **state)
{
    (void)state;
    struct okr_import_plan plan = plan_of(
        OKR_IMPORT_JSON,
        OKR_SLICE_LIT("{\"cycle\":\"Q1\",\"rows\":[{\"type\":\"objective\","
                      "\"title\":\"Grow\",\"children\":[{\"type\":\"kr\","
                      "\"title\":\"Users\",\"metric\":\"increase\",\"start\":0,"
                      "\"target\":123456789012345.678,\"value\":\"5\"}]}]}"));
    assert_notes(&plan.errors, "");
    assert_int_equal(plan.create, 2);
    apply(&plan);
    assert_dec(titled(OKR_KIND_KEY_RESULT, "Users"), OKR_F_TARGET,
               "123456789012345.678");
    plan = plan_of(OKR_IMPORT_JSON,
                   OKR_SLICE_LIT("{\"cycle\":\"Q1\",\"rows\":[{\"row_id\":1,"
                                 "\"type\":\"objective\",\"title\":\"Grow\"},"
                                 "{\"parent_row_ids\":[\"1\"],\"type\":\"kr\","
                                 "\"title\":\"Users\",\"target\":10,"
                                 "\"value\":6}]}"));
    assert_notes(&plan.errors, "");
    assert_int_equal(plan.update, 1);
    apply(&plan);
    struct okr_record *kr = titled(OKR_KIND_KEY_RESULT, "Users");
    assert_dec(kr, OKR_F_TARGET, "10");
    assert_dec(kr, OKR_F_VALUE, "6");
}

/* By a reference, and by the id of an entity that is there. */
static void test_rows_below_what_is_there(void **state)
{
    (void)state;
    char hex[OKR_ID_HEX], text[300];
    struct okr_id o =
        okr_company_objective(&company, &company.lin, &company.sh, "Be fast");
    okr_id_hex(&o, hex);
    (void)snprintf(text, sizeof text,
                   "type,row_id,parent_row_ids,title\n"
                   "objective,%s,,Be faster\n"
                   "kr,,%s,Under 10 ms\n",
                   hex, hex);
    struct okr_import_plan plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(text));
    assert_notes(&plan.errors, "2 missing 3 parent"); /* which cycle? */
    (void)snprintf(text, sizeof text,
                   "type,row_id,parent_row_ids,title,cycle\n"
                   "objective,%s,,Be faster,Q1\n"
                   "kr,,%s,Under 10 ms,\n",
                   hex, hex);
    plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(text));
    assert_notes(&plan.errors, "");
    assert_int_equal(plan.update, 1);
    assert_int_equal(plan.create, 1);
    apply(&plan);
    struct okr_id above;
    assert_true(okr_record_id(titled(OKR_KIND_KEY_RESULT, "Under 10 ms"),
                              OKR_F_KR_OBJECTIVE, &above));
    assert_true(okr_id_eq(&above, &o));
    assert_non_null(titled(OKR_KIND_OBJECTIVE, "Be faster"));
}

/* What is wrong with a row does not stop the others; what is wrong with the
 * file stops all of it. */
static void test_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *text, *errors;
        bool broken;
    } rows[] = {
        {"type,title\nobjective,\"open\nkr,x\n", "2 quotes", true},
        {"type,title\nobjective,a \"b\" c\n", "2 quotes", true},
        {"title,owner\nx,y\n", "1 header", true},
        {"type,type\nx,y\n", "1 duplicate", true},
        {"", "1 empty", true},
        {"type,title,cycle\nobjective,a\nobjective,b,Q1,\nobjective,c,Q1\n",
         "2 columns 3 columns", false},
        {"type;title;cycle\nobjective;a, and;Q1\n", "", false},
        {"TYPE\tTitle\tcycle\r\nobjective\ta\tQ1\r\n\r\n", "", false},
        {"\xef\xbb\xbftype,title,cycle\nobjective,a,Q1\n", "", false},
        {"type,row_id,title,cycle\nobjective,1,a,Q1\nobjective,1,b,Q1\n",
         "3 duplicate", false},
        {"type,parent_row_ids,title\nkr,none,x\nkr,,y\n",
         "3 missing 2 unknown_entity", false},
        {"type,row_id,parent_row_ids,title,cycle\nobjective,a,b,A,Q1\n"
         "objective,b,c,B,Q1\nobjective,c,a,C,Q1\nkr,k,a,K,\n",
         "2 circle 3 circle 4 circle 5 parent", false},
        {"type,row_id,parent_row_ids,title,cycle\nobjective,a,a,A,Q1\n",
         "2 circle", false},
        {"type,row_id,parent_row_ids,title,cycle\nobjective,a,k,A,Q1\n"
         "task,k,a,K,\n",
         "2 circle 3 circle", false},
        {"type,title,cycle\nthing,a,Q1\nobjective,,Q1\nobjective,a,Never\n",
         "2 unknown_kind 3 missing 4 unknown_entity", false},
        {"type,title,cycle,weight\nobjective,a,Q1,1e3\nobjective,b,Q1,\"1,5\"\n"
         "objective,c,Q1,1234567890123456789\nobjective,d,Q1,-1\n",
         "2 inexact 3 inexact 4 inexact 5 bad_range", false},
        {"type,row_id,parent_row_ids,title,cycle,confidence,date\n"
         "objective,o,,a,Q1,,\nkr,k,o,b,,11,\ncheck_in,,k,,,7,15.04.2026\n"
         "check_in,,k,,,,2026-04-15\n",
         "3 bad_range 4 parent 5 parent", false},
        {"type,title,unit,cycle\nobjective,a,nowhere,Q1\n", "2 unknown_entity",
         false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_import_plan plan =
            plan_of(OKR_IMPORT_CSV, okr_slice_str(rows[i].text));
        assert_notes(&plan.errors, rows[i].errors);
        assert_int_equal(plan.impossible != NULL && plan.n == 0,
                         rows[i].broken || plan.impossible != NULL);
        assert_true(!rows[i].broken || plan.impossible != NULL);
    }
}

static void test_what_is_wrong_with_json(void **state)
{
    (void)state;
    static const struct {
        const char *text, *errors;
    } rows[] = {
        {"[", "1 malformed"},
        {"7", "1 malformed"},
        {"{\"rows\":7}", "0 missing"},
        {"{\"entities\":[]}", "0 whole"},
        {"[7]", "1 malformed"},
        {"[{\"type\":\"objective\",\"title\":{}}]", "1 bad_value"},
        {"[{\"title\":\"a\",\"title\":\"b\"}]", "1 malformed"},
        {"[{\"type\":\"objective\",\"title\":\"a\",\"cycle\":\"Q1\","
         "\"weight\":0.1e1}]",
         "1 inexact"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_import_plan plan =
            plan_of(OKR_IMPORT_JSON, okr_slice_str(rows[i].text));
        assert_notes(&plan.errors, rows[i].errors);
        assert_int_equal(plan.create, 0);
    }
}

/* The byte, and how to convert. */
static void test_other_encodings(void **state)
{
    (void)state;
    const struct {
        struct okr_slice text;
        const char *at, *from;
    } rows[] = {
        {OKR_SLICE_LIT("type,title\nobjective,\xb1\xb1\xbe\xa9\n"),
         "byte 21 (line 2)", "iconv -f GB18030"},
        {OKR_SLICE_LIT("type,title\nobjective,caf\xe9\n"), "byte 24 (line 2)",
         "iconv -f WINDOWS-1252"},
        {OKR_SLICE_LIT("\xff\xfet\0y\0p\0e\0,\0"), "byte 0 (line 1)",
         "iconv -f UTF-16 "},
        {OKR_SLICE_LIT("t\0y\0p\0e\0,\0t\0"), "byte 1 (line 1)",
         "iconv -f UTF-16LE"},
        {OKR_SLICE_LIT("type,title\nobjective,a\0b\n"), "byte 22 (line 2)",
         "is NUL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct okr_import_plan plan = plan_of(OKR_IMPORT_CSV, rows[i].text);
        assert_notes(&plan.errors, i < 2    ? "2 encoding"
                                   : i == 4 ? "2 encoding"
                                            : "1 encoding");
        assert_non_null(strstr(plan.impossible, rows[i].at));
        assert_non_null(strstr(plan.impossible, rows[i].from));
    }
}

static void test_sizes(void **state)
{
    (void)state;
    size_t n = 10 * 1024 * 1024;
    char *text = malloc(n + 200);
    assert_non_null(text);
    (void)sprintf(text, "type,title,cycle\nobjective,");
    size_t head = strlen(text);
    memset(text + head, 'x', n);
    (void)strcpy(text + head + n, ",Q1\nobjective,b,Q1\n");
    struct okr_import_plan plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(text));
    assert_notes(&plan.errors, "2 too_long");
    assert_int_equal(plan.create, 1);
    (void)strcpy(text + head + 1001, ",Q1\n");
    plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(text));
    assert_notes(&plan.errors, "2 too_long");
    (void)strcpy(text + head + 1000, ",Q1\n");
    plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(text));
    assert_notes(&plan.errors, "");
    (void)sprintf(text, "type,title,cycle,note\nobjective,a,Q1,");
    head = strlen(text);
    memset(text + head, 'x', 24 * 1024);
    (void)strcpy(text + head + 24 * 1024, "\n");
    plan = plan_of(OKR_IMPORT_CSV, okr_slice_str(text));
    assert_notes(&plan.errors, "2 too_long");
    free(text);
}

static void test_formats_are_guessed(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        enum okr_import_format format;
    } rows[] = {
        {"a.CSV", "", OKR_IMPORT_CSV},
        {"a.json", "", OKR_IMPORT_JSON},
        {"okrs.md", "{", OKR_IMPORT_MARKDOWN},
        {"-", " {\"rows\":[]}", OKR_IMPORT_JSON},
        {"-", "\xef\xbb\xbfrow_id;type;title\n", OKR_IMPORT_CSV},
        {"-", "1. CEO: title, type\n", OKR_IMPORT_MARKDOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(okr_import_guess(okr_slice_str(rows[i].name),
                                          okr_slice_str(rows[i].text)),
                         rows[i].format);
}

static int open_company(void **state)
{
    (void)state;
    okr_company_open(&company);
    return 0;
}

static int close_company(void **state)
{
    (void)state;
    okr_company_close(&company);
    return 0;
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, open_company, close_company)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_table_is_taken_as_it_says),
        TEST(test_what_differs_is_changed),
        TEST(test_rows_below_what_is_there),
        TEST(test_what_is_wrong),
        TEST(test_what_is_wrong_with_json),
        TEST(test_other_encodings),
        TEST(test_sizes),
        TEST(test_formats_are_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
