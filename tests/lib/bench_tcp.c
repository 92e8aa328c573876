/* Bytes of live TCP connections, as the kernel counts them (sock_diag). */
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/lib/bench.h"
#include "tests/lib/bench_world.h"

enum { ESTABLISHED = 1 };

struct counting {
    const unsigned *ports;
    size_t n;
    struct okr_bench_bytes bytes;
};

static bool is_ours(const struct counting *c, const struct inet_diag_msg *msg)
{
    for (size_t i = 0; i < c->n; i++)
        if (ntohs(msg->id.idiag_sport) == c->ports[i])
            return true;
    return false;
}

static void count_one(struct counting *c, const struct nlmsghdr *header)
{
    const char *payload = (const char *)header + NLMSG_HDRLEN;
    const struct inet_diag_msg *msg = (const void *)payload;
    const char *at = (const char *)(msg + 1);
    const char *end = (const char *)header + header->nlmsg_len;
    if (!is_ours(c, msg))
        return;
    while (end - at >= (ptrdiff_t)sizeof(struct rtattr)) {
        struct rtattr attr;
        struct tcp_info info = {0};
        memcpy(&attr, at, sizeof attr);
        if (attr.rta_len < sizeof attr || attr.rta_len > end - at)
            return;
        size_t len = attr.rta_len - RTA_LENGTH(0);
        if (attr.rta_type == INET_DIAG_INFO) {
            memcpy(&info, at + RTA_LENGTH(0),
                   len < sizeof info ? len : sizeof info);
            c->bytes.sent += (double)info.tcpi_bytes_acked;
            c->bytes.received += (double)info.tcpi_bytes_received;
        }
        at += RTA_ALIGN(attr.rta_len);
    }
}

/* False: the list has ended. */
static bool count_some(struct counting *c, int fd)
{
    static _Alignas(struct nlmsghdr) char buf[65536];
    ssize_t got = recv(fd, buf, sizeof buf, 0);
    okr_bench_need(got > 0, "sock_diag");
    const struct nlmsghdr *at = (const void *)buf;
    size_t left = (size_t)got;
    while (left >= sizeof *at && at->nlmsg_len <= left) {
        okr_bench_need(at->nlmsg_type != NLMSG_ERROR, "sock_diag");
        if (at->nlmsg_type == NLMSG_DONE)
            return false;
        count_one(c, at);
        size_t step = NLMSG_ALIGN(at->nlmsg_len);
        left -= step < left ? step : left;
        at = (const void *)((const char *)at + step);
    }
    return true;
}

struct okr_bench_bytes okr_bench_tcp(const unsigned *ports, size_t n)
{
    struct counting c = {.ports = ports, .n = n};
    struct {
        struct nlmsghdr header;
        struct inet_diag_req_v2 ask;
    } request = {
        .header = {.nlmsg_len = sizeof request,
                   .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                   .nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP},
        .ask = {.sdiag_family = AF_INET,
                .sdiag_protocol = IPPROTO_TCP,
                .idiag_ext = 1 << (INET_DIAG_INFO - 1),
                .idiag_states = 1 << ESTABLISHED},
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    okr_bench_need(fd >= 0 && send(fd, &request, sizeof request, 0) ==
                                  (ssize_t)sizeof request,
                   "sock_diag");
    while (count_some(&c, fd))
        ;
    (void)close(fd);
    return c.bytes;
}
