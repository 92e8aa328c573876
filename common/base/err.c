/* Texts of the errors, from the table in the header. */
#include "common/base/err.h"

const char *okr_err_text(enum okr_err err)
{
    switch (err) {
    case OKR_OK:
        return "success";
#define TEXT(name, text) \
    case OKR_ERR_##name: \
        return text;
        OKR_ERR_TABLE(TEXT)
#undef TEXT
    }
    return "unknown error";
}
