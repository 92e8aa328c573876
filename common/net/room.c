/* Room on a disk, and the ballast that is kept for when there is none. */
#include "common/net/room.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define MIB ((uint64_t)1 << 20)
#define BALLAST_MIB 6 /* given away it does not lift the mark */
#define GIVE_AWAY_MIB 1
#define AMPLE_MIB 64

enum { PATH_BYTES = 4096 };

static bool ballast_path(const char *dir, char ret_path[PATH_BYTES])
{
    int n = snprintf(ret_path, PATH_BYTES, "%s/ballast", dir);
    return n > 0 && n < PATH_BYTES;
}

/* Blocks, not only a length: that is its use. */
static void make_ballast(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                  S_IRUSR | S_IWUSR);
    if (fd < 0)
        return; /* it is there already, or it cannot be */
    bool made = posix_fallocate(fd, 0, (off_t)(BALLAST_MIB * MIB)) == 0;
    close(fd);
    if (!made)
        (void)unlink(path);
}

bool okr_room_is_low(const char *dir)
{
    struct statvfs disk;
    char path[PATH_BYTES];
    if (statvfs(dir, &disk) != 0 || !ballast_path(dir, path))
        return false;
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    if (room < GIVE_AWAY_MIB * MIB)
        (void)unlink(path);
    else if (room >= AMPLE_MIB * MIB)
        make_ballast(path);
    return room < OKR_ROOM_MIB_MIN * MIB;
}
