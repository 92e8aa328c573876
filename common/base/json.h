/* A streaming JSON writer (RFC 8259) into a buffer.  It keeps commas and
 * nesting right, writes decimals as strings and rates with 6 decimals, and
 * never a binary float.  Members come out in the order they are written. */
#ifndef OKR_BASE_JSON_H
#define OKR_BASE_JSON_H

#include "common/base/buf.h"
#include "common/base/decimal.h"
#include "common/base/id.h"

#define OKR_JSON_DEPTH_MAX 256

struct okr_json {
    struct okr_buf *out;
    unsigned depth;
    bool comma[OKR_JSON_DEPTH_MAX + 1];
    bool after_key;
};

void okr_json_init(struct okr_json *json, struct okr_buf *out);
void okr_json_open_object(struct okr_json *json);
void okr_json_close_object(struct okr_json *json);
void okr_json_open_array(struct okr_json *json);
void okr_json_close_array(struct okr_json *json);
void okr_json_key(struct okr_json *json, const char *key);
/* Text must be valid UTF-8, else the buffer's sticky error is OKR_ERR_FORMAT.
 * Control characters, quote and backslash are escaped, everything else is
 * written as it is (RFC 8785, 3.2.2.2). */
void okr_json_text(struct okr_json *json, struct okr_slice text);
void okr_json_cstr(struct okr_json *json, const char *text);
void okr_json_int(struct okr_json *json, int64_t v);
void okr_json_uint(struct okr_json *json, uint64_t v);
void okr_json_bool(struct okr_json *json, bool v);
void okr_json_null(struct okr_json *json);
void okr_json_rate(struct okr_json *json, okr_rate v);      /* 0.333333 */
void okr_json_dec(struct okr_json *json, struct okr_dec v); /* "12.5" */
void okr_json_id(struct okr_json *json, const struct okr_id *id);
/* One value that is JSON already. */
void okr_json_raw(struct okr_json *json, struct okr_slice value);

#endif
