/* Making a server's folder: all of it, or nothing.
 *
 * While init is at it, DIR/half is there, locked: 'm' if the folder was made
 * for it, 'k' if it was there before and is kept.  Found without its lock it
 * is what an init that was cut short has left. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "server/shell/files.h"
#include "server/shell/folder.h"

/* What init makes: files, and folders of files. */
enum { LEVELS = 2 };

/* The marker last: until then it is a half-made folder. */
static bool remove_all(const char *dir)
{
    return okr_files_clear(dir, LEVELS, "half") &&
           okr_files_clear(dir, 1, NULL);
}

/* A folder of nobody else's, and with nothing in it. */
static bool is_ours_and_empty(const char *dir, struct okr_fault *fault)
{
    struct stat info;
    if (lstat(dir, &info) != 0 || !S_ISDIR(info.st_mode)) {
        okr_fault_refuse(fault, NULL, "name a folder that is not there yet",
                         "%s is there, and is no folder", dir);
        return false;
    }
    if (!okr_files_is_empty(dir)) {
        okr_fault_refuse(fault, NULL,
                         "name an empty folder, or one that is not there yet",
                         "%s is not empty", dir);
        return false;
    }
    if (info.st_uid != geteuid() || chmod(dir, S_IRWXU) != 0) {
        okr_fault_refuse(fault, NULL, "name a folder of your own",
                         "%s belongs to somebody else", dir);
        return false;
    }
    return true;
}

static bool busy(const char *dir, struct okr_fault *fault)
{
    okr_fault_refuse(fault, NULL, "wait for it", "%s: another init is at it",
                     dir);
    return false;
}

static bool clear_half(const struct okr_making *making, int fd,
                       struct okr_fault *fault)
{
    char word = 'k';
    if (flock(fd, LOCK_EX | LOCK_NB) != 0)
        return busy(making->dir, fault);
    if (read(fd, &word, 1) != 1)
        word = 'k';
    if (remove_all(making->dir) && (word != 'm' || rmdir(making->dir) == 0))
        return true;
    okr_fault_refuse(fault, NULL, "remove it by hand",
                     "%s: what an init has left cannot be removed: %s",
                     making->dir, strerror(errno));
    return false;
}

/* Removes what an init left that was cut short. */
static bool clear(const struct okr_making *making, struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(making->dir, "half", path, fault))
        return false;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return true;
    bool cleared = clear_half(making, fd, fault);
    close(fd);
    return cleared;
}

static bool put_half(struct okr_making *making, struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(making->dir, "half", path, fault))
        return false;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                  S_IRUSR | S_IWUSR);
    if (fd < 0 && errno == EEXIST)
        return busy(making->dir, fault);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 &&
        write(fd, making->made ? "m" : "k", 1) == 1 && fsync(fd) == 0) {
        making->half_fd = fd;
        return true;
    }
    okr_fault_refuse(fault, NULL, NULL, "%s: %s", path, strerror(errno));
    if (fd >= 0)
        close(fd);
    return false;
}

bool okr_making_begin(const char *dir, struct okr_making *ret_making,
                      struct okr_fault *fault)
{
    struct okr_making making = {.dir = dir, .half_fd = -1};
    if (!clear(&making, fault))
        return false;
    making.made = mkdir(dir, S_IRWXU) == 0;
    if (!making.made && errno != EEXIST) {
        okr_fault_refuse(fault, NULL,
                         "make the folder that it is to lie in, or name "
                         "another",
                         "%s: %s", dir, strerror(errno));
        return false;
    }
    if (!making.made && !is_ours_and_empty(dir, fault))
        return false;
    if (!put_half(&making, fault))
        return false;
    *ret_making = making;
    return true;
}

bool okr_making_finish(struct okr_making *making, struct okr_fault *fault)
{
    char path[OKR_PATH_MAX_BYTES];
    if (!okr_folder_path(making->dir, "half", path, fault))
        return false;
    if (!okr_files_sync(making->dir) || unlink(path) != 0 ||
        !okr_files_sync(making->dir)) {
        okr_fault_refuse(fault, NULL, NULL, "%s: %s", making->dir,
                         strerror(errno));
        return false;
    }
    close(making->half_fd);
    making->half_fd = -1;
    return true;
}

void okr_making_undo(struct okr_making *making)
{
    if (remove_all(making->dir) && making->made)
        (void)rmdir(making->dir);
    close(making->half_fd);
    making->half_fd = -1;
}
