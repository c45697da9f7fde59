#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "transport/transport.hpp"

namespace mux::test {

/// A port on loopback whose queue of connections is full: whoever connects now gets no answer at all.
class full_backlog {
 public:
  full_backlog() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_, any, size) != 0 || ::listen(listener_, 0) != 0 ||
        ::getsockname(listener_, any, &size) != 0)
      throw std::runtime_error("cannot listen on loopback");
    port_ = ntohs(address.sin_port);
    for (int i = 0; i < 64; ++i) {
      const int one = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
      waiting_.push_back(one);
      ::connect(one, any, size);
      pollfd writable{one, POLLOUT, 0};
      if (::poll(&writable, 1, 200) == 0) return;
    }
    throw std::runtime_error("the queue does not fill");
  }
  full_backlog(const full_backlog&) = delete;
  full_backlog& operator=(const full_backlog&) = delete;
  ~full_backlog() {
    for (const int one : waiting_) ::close(one);
    ::close(listener_);
  }
  [[nodiscard]] transport::origin at() const {
    transport::origin here;
    here.host = "127.0.0.1";
    here.port = port_;
    return here;
  }

 private:
  int listener_;
  std::uint16_t port_ = 0;
  std::vector<int> waiting_;
};

}  // namespace mux::test
