/* Private to common/export: an export in the making. */
#ifndef OKR_EXPORT_EXPORT_IMPL_H
#define OKR_EXPORT_EXPORT_IMPL_H

#include "common/export/export.h"

enum { OKR_EXPORT_FIELDS_MAX = 64 };

struct okr_export {
    const struct okr_export_conf *conf;
    struct okr_space line; /* what a step reads */
    bool begun;
    size_t kind_at; /* as okr_kind_next walks */
    const struct okr_kind_info *kind;
    struct okr_ids ids; /* of that kind */
    size_t at;
    bool comma;
    /* JSON: the kind's fields by their names. */
    struct {
        char name[32];
        const struct okr_field_info *field;
    } fields[OKR_EXPORT_FIELDS_MAX];
    size_t n_fields;
};

OKR_MUST_USE enum okr_err okr_export_json_begin(struct okr_export *e,
                                                struct okr_buf *out);
/* Sorts the fields of the present kind. */
void okr_export_json_kind(struct okr_export *e);
OKR_MUST_USE enum okr_err okr_export_json_entity(struct okr_export *e,
                                                 const struct okr_record *r,
                                                 struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_export_json_end(struct okr_export *e,
                                              struct okr_buf *out);
void okr_export_csv_begin(struct okr_buf *out);
OKR_MUST_USE enum okr_err okr_export_csv_entity(struct okr_export *e,
                                                const struct okr_record *r,
                                                struct okr_buf *out);
/* The list below an entity that has no other above it. */
OKR_MUST_USE enum okr_err okr_export_list(struct okr_export *e,
                                          const struct okr_record *cycle,
                                          struct okr_buf *out);
/* Text of a record that another one names; empty where it is not here. */
OKR_MUST_USE enum okr_err okr_export_text_of(struct okr_export *e,
                                             const struct okr_record *r,
                                             uint16_t ref, uint16_t field,
                                             struct okr_slice *ret);
OKR_MUST_USE enum okr_err okr_export_shows(struct okr_export *e,
                                           const struct okr_id *id, bool *ret);

#endif
