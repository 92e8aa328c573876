/* relay FROM TO PORT...: passes TCP connections on, until it is ended.
 *
 * Listens on FROM:PORT and connects each caller to TO:PORT, for every PORT.
 * The demo runs one before each office: ending it cuts that office's line, as
 * a broken router would, and nobody else's; starting it again mends it.
 * Prints "ready" when it listens. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORTS_MAX = 4, LINES_MAX = 32, CHUNK = 65536 };

/* One direction of a line; bytes [sent, filled) wait to be written. */
struct pipe_way {
    size_t sent, filled;
    unsigned char bytes[CHUNK];
};
struct line {
    int fd[2];              /* caller, called */
    struct pipe_way way[2]; /* from fd[0] to fd[1], and back */
};

static struct line *lines[LINES_MAX];
static int listeners[PORTS_MAX];
static struct sockaddr_in called[PORTS_MAX];
static int n_ports;

static void die(const char *what)
{
    (void)fprintf(stderr, "relay: %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct sockaddr_in address(const char *host, const char *port)
{
    struct sockaddr_in at = {.sin_family = AF_INET};
    long number = strtol(port, NULL, 10);
    if (inet_pton(AF_INET, host, &at.sin_addr) != 1 || number < 1 ||
        number > 65535) {
        (void)fprintf(stderr, "relay: %s:%s is no address\n", host, port);
        exit(2);
    }
    at.sin_port = htons((unsigned short)number);
    return at;
}

static void listen_at(const struct sockaddr_in *at)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    if (fd < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, (const struct sockaddr *)at, sizeof *at) != 0 ||
        listen(fd, LINES_MAX) != 0 || fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
        die("listen");
    listeners[n_ports] = fd;
}

static void hang_up(struct line **line)
{
    (void)close((*line)->fd[0]);
    (void)close((*line)->fd[1]);
    free(*line);
    *line = NULL;
}

/* The server is on the same machine: connecting to it does not wait. */
static void pick_up(int port)
{
    int caller = accept(listeners[port], NULL, NULL), i = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const struct sockaddr *to = (const struct sockaddr *)&called[port];
    while (i < LINES_MAX && lines[i] != NULL)
        i++;
    struct line *line = i < LINES_MAX ? calloc(1, sizeof *line) : NULL;
    if (line == NULL || caller < 0 || fd < 0 ||
        connect(fd, to, sizeof called[port]) != 0 ||
        fcntl(caller, F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
        (void)close(caller);
        (void)close(fd);
        free(line);
        return;
    }
    line->fd[0] = caller;
    line->fd[1] = fd;
    lines[i] = line;
}

static short wanted(const struct line *line, int side)
{
    int events = 0;
    if (line->way[side].filled == 0)
        events |= POLLIN;
    if (line->way[!side].filled > 0)
        events |= POLLOUT;
    return (short)events;
}

static int again(ssize_t n)
{
    return n < 0 && (errno == EAGAIN || errno == EINTR);
}

/* From fd[side] to the other; false when the line is dead. */
static int carry(struct line *line, int side)
{
    struct pipe_way *way = &line->way[side];
    if (way->filled == 0) {
        ssize_t n = read(line->fd[side], way->bytes, CHUNK);
        if (n == 0 || (n < 0 && !again(n)))
            return 0;
        way->filled = n < 0 ? 0 : (size_t)n;
    }
    if (way->filled == 0)
        return 1;
    ssize_t n = send(line->fd[!side], way->bytes + way->sent,
                     way->filled - way->sent, MSG_NOSIGNAL);
    if (n < 0)
        return again(n);
    way->sent += (size_t)n;
    if (way->sent == way->filled)
        way->sent = way->filled = 0;
    return 1;
}

static void turn(void)
{
    struct pollfd polled[PORTS_MAX + 2 * LINES_MAX];
    nfds_t n = 0;
    for (int i = 0; i < n_ports; i++)
        polled[n++] = (struct pollfd){.fd = listeners[i], .events = POLLIN};
    for (int i = 0; i < LINES_MAX; i++)
        for (int side = 0; lines[i] != NULL && side < 2; side++)
            polled[n++] = (struct pollfd){.fd = lines[i]->fd[side],
                                          .events = wanted(lines[i], side)};
    if (poll(polled, n, -1) < 0 && errno != EINTR)
        die("poll");
    for (int i = 0; i < LINES_MAX; i++)
        if (lines[i] != NULL && !(carry(lines[i], 0) && carry(lines[i], 1)))
            hang_up(&lines[i]);
    for (int i = 0; i < n_ports; i++)
        if ((polled[i].revents & POLLIN) != 0)
            pick_up(i);
}

int main(int argc, char **argv)
{
    if (argc < 4 || argc - 3 > PORTS_MAX) {
        (void)fprintf(stderr, "usage: relay FROM TO PORT...\n");
        return 2;
    }
    (void)signal(SIGPIPE, SIG_IGN);
    for (; n_ports < argc - 3; n_ports++) {
        struct sockaddr_in from = address(argv[1], argv[3 + n_ports]);
        called[n_ports] = address(argv[2], argv[3 + n_ports]);
        listen_at(&from);
    }
    (void)puts("ready");
    (void)fflush(stdout);
    for (;;)
        turn();
}
