/* The server's folder: what it is made of, whose it is at the moment. */
#include "server/shell/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/net/net.h"

#define MAKE_IT "make one with `okr-server init DIR --org NAME --admin \"…\"`"

bool okr_folder_path(const char *dir, const char *name,
                     char ret_path[OKR_PATH_MAX_BYTES], struct okr_fault *fault)
{
    int n = snprintf(ret_path, OKR_PATH_MAX_BYTES, "%s/%s", dir, name);
    if (n > 0 && n < OKR_PATH_MAX_BYTES)
        return true;
    okr_fault_usage(fault, "use a shorter one", "the path is too long");
    return false;
}

static bool is_there(const char *dir, const char *name, bool folder,
                     struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    struct stat info;
    return okr_folder_path(dir, name, path, fault) && lstat(path, &info) == 0 &&
           S_ISDIR(info.st_mode) == folder;
}

bool okr_folder_check(const char *dir, struct okr_fault *fault)
{
    struct stat info;
    if (stat(dir, &info) != 0) {
        okr_fault_refuse(fault, NULL, MAKE_IT, "%s: %s", dir, strerror(errno));
        return false;
    }
    if (is_there(dir, "half", false, fault)) {
        okr_fault_refuse(fault, NULL, "repeat the `okr-server init`",
                         "%s: an init was cut short here", dir);
        return false;
    }
    if (!is_there(dir, "keys", true, fault) ||
        !is_there(dir, "store", true, fault)) {
        okr_fault_refuse(fault, NULL, MAKE_IT, "%s is no server's folder", dir);
        return false;
    }
    return true;
}

/* ---- the lock ------------------------------------------------------------ */

enum okr_err okr_folder_lock(const char *dir, int *ret_fd,
                             struct okr_fault *fault)
{
    char pid[32];
    int fd;
    enum okr_err err = okr_net_lock_folder(dir, &fd);
    if (err == OKR_ERR_BUSY)
        return err;
    if (err != OKR_OK) {
        okr_fault_world(fault, err, dir);
        return err;
    }
    /* For whoever finds it locked; the lock itself does not depend on it. */
    int n = snprintf(pid, sizeof pid, "%ld\n", (long)getpid());
    bool told = ftruncate(fd, 0) == 0 && pwrite(fd, pid, (size_t)n, 0) == n;
    (void)told; /* then nobody is told who has it */
    *ret_fd = fd;
    return OKR_OK;
}

long okr_folder_holder(const char *dir)
{
    char path[OKR_PATH_MAX_BYTES], pid[32];
    struct okr_fault ignored = {.code = OKR_REPLY_DONE};
    if (!okr_folder_path(dir, "lock", path, &ignored))
        return 0;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return 0;
    ssize_t n = read(fd, pid, sizeof pid - 1);
    close(fd);
    pid[n > 0 ? n : 0] = '\0';
    return strtol(pid, NULL, 10);
}
