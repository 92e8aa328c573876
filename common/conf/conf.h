/* Settings files, as both daemons read them: libConfuse reads, this names
 * what is wrong: the line, the thing, and the key that was meant. */
#ifndef OKR_CONF_CONF_H
#define OKR_CONF_CONF_H

#include <confuse.h>

#include "common/base/arena.h"
#include "common/base/id.h"

enum { OKR_CONF_WHY = 240 };

/* Parses `text` by these options; false, and `why` says which line is wrong.
 * The caller frees `*ret_cfg` by cfg_free. */
bool okr_conf_parse(cfg_opt_t *options, const char *text, cfg_t **ret_cfg,
                    char why[OKR_CONF_WHY]);
/* The file as text, in `arena`; false, and `why`: it cannot be read, is no
 * file, too long (256 KiB), or no text. */
bool okr_conf_file(const char *path, struct okr_arena *arena,
                   const char **ret_text, char why[OKR_CONF_WHY]);

/* "1500ms" "8s" "2m" "36h" "3d", in [least, most]. */
bool okr_conf_span(const char *text, okr_ms least, okr_ms most, okr_ms *ret_ms);
/* "4096" "64K" "64M" "2G", in [least, most]. */
bool okr_conf_size(const char *text, uint64_t least, uint64_t most,
                   uint64_t *ret_bytes);

#endif
