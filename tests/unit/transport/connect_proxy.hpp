#pragma once

// A proxy on loopback that opens tunnels to one server, whatever name is asked for.

#include <algorithm>
#include <arpa/inet.h>
#include <limits>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "unit/transport/loopback_server.hpp"

namespace mux::test {

class connect_proxy {
 public:
  /// Carries at most `most` bytes back from `port` and cuts the tunnel then.
  explicit connect_proxy(std::uint16_t port, std::size_t most = std::numeric_limits<std::size_t>::max())
      : server_([this, port, most](peer& client) {
          const std::string asked = client.request();
          {
            const std::lock_guard lock(mutex_);
            asked_.push_back(asked);
          }
          const int far = connect_to(port);
          client.send("HTTP/1.1 200 Connection established\r\n\r\n");
          relay(client.socket(), far, most);
          ::close(far);
        }) {}

  [[nodiscard]] std::string url(const std::string& user_info = "") const {
    return "http://" + user_info + "127.0.0.1:" + std::to_string(server_.port());
  }
  [[nodiscard]] std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  static int connect_to(std::uint16_t port) {
    const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(port);
    ::connect(made, reinterpret_cast<sockaddr*>(&to), sizeof to);
    return made;
  }

  static void relay(int near, int far, std::size_t left) {
    for (;;) {
      pollfd both[2] = {{near, POLLIN, 0}, {far, POLLIN, 0}};
      if (::poll(both, 2, -1) < 0) return;
      for (int i = 0; i < 2; ++i) {
        if (both[i].revents == 0) continue;
        char part[16384];
        const ssize_t got = ::recv(both[i].fd, part, i == 0 ? sizeof part : std::min(sizeof part, left), 0);
        if (got <= 0) return;
        if (i == 1) left -= static_cast<std::size_t>(got);
        if (::send(both[1 - i].fd, part, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return;
      }
    }
  }

  mutable std::mutex mutex_;
  std::vector<std::string> asked_;
  loopback_server server_;  // last: its threads use the others
};

}  // namespace mux::test
