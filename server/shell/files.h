/* Files and folders, where commands make or remove whole ones. */
#ifndef SERVER_SHELL_FILES_H
#define SERVER_SHELL_FILES_H

#include "server/shell/fault.h"

/* What lies in `dir`, `levels` deep, but for the name `keep` at the top (NULL:
 * nothing is kept).  False where something is left. */
bool okr_files_clear(const char *dir, int levels, const char *keep);
bool okr_files_is_empty(const char *dir);
/* Syncs the names in a folder. */
bool okr_files_sync(const char *dir);
/* A copy of a small or large file, 0600 whatever the umask, synced; nothing
 * may be there yet. */
bool okr_files_copy(const char *from, const char *to, struct okr_fault *fault);
/* The same of bytes. */
bool okr_files_write(const char *path, struct okr_slice bytes,
                     struct okr_fault *fault);
/* A small file as a whole, in `arena`; at most 64 KiB. */
bool okr_files_read(const char *path, struct okr_arena *arena,
                    struct okr_slice *ret_bytes, struct okr_fault *fault);

#endif
