/* sd_notify(3): one datagram to a socket of the supervisor. */
#include "common/net/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "common/net/net.h"

void okr_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un to = {.sun_family = AF_UNIX};
    size_t len = path == NULL ? 0 : strlen(path);
    if (len < 2 || len >= sizeof to.sun_path ||
        (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(to.sun_path, path, len);
    if (to.sun_path[0] == '@') /* an abstract name */
        to.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    /* A supervisor that does not listen is no reason to end. */
    ssize_t n =
        sendto(fd, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
               (const struct sockaddr *)&to,
               (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
    (void)n;
    close(fd);
}

okr_ms okr_notify_watchdog_ms(void)
{
    const char *us = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (us == NULL || (pid != NULL && strtol(pid, NULL, 10) != getpid()))
        return 0;
    char *end;
    errno = 0;
    long long wanted = strtoll(us, &end, 10);
    if (errno != 0 || *end != '\0' || wanted < 2000)
        return 0;
    return wanted / 2000;
}

okr_ms okr_notify_alive(okr_ms *due)
{
    okr_ms every = okr_notify_watchdog_ms();
    okr_ms now = okr_net_monotonic();
    if (every == 0)
        return OKR_NEVER;
    if (now >= *due) {
        okr_notify("WATCHDOG=1");
        *due = now + every;
    }
    return *due;
}
