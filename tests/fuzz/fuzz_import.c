/* Files that people import: the first byte says of which format, the rest is
 * the file.  What is read is planned over a small company. */
#include <stdlib.h>

#include "common/base/assert.h"
#include "common/import/import.h"
#include "common/import/whole.h"
#include "tests/lib/company.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void plan(const struct okr_company *company,
                 const struct okr_import_doc *doc)
{
    const struct okr_import_conf conf = {.space = company->ground.space,
                                         .cycle = OKR_SLICE_LIT("Q1"),
                                         .person = company->ada,
                                         .epoch = 1,
                                         .now = company->ground.now};
    struct okr_import_plan made;
    OKR_ASSERT(okr_import_plan(&conf, doc, &made) == OKR_OK);
    OKR_ASSERT(made.create + made.update + made.unchanged <= doc->n_rows);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum okr_import_format formats[] = {
        OKR_IMPORT_ANY, OKR_IMPORT_MARKDOWN, OKR_IMPORT_CSV, OKR_IMPORT_JSON};
    struct okr_company company;
    struct okr_import_doc doc;
    struct okr_whole whole;
    if (size == 0)
        return 0;
    struct okr_slice text = okr_slice_of(data + 1, size - 1);
    okr_company_open(&company);
    if (data[0] % 5 == 4) {
        OKR_ASSERT(okr_whole_read(text, company.arena, &whole) == OKR_OK);
    } else {
        OKR_ASSERT(okr_import_read(formats[data[0] % 5], text, company.arena,
                                   &doc) == OKR_OK);
        plan(&company, &doc);
    }
    okr_company_close(&company);
    return 0;
}
