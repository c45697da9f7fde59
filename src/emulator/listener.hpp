#pragma once

#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "emulator/certificate.hpp"
#include "emulator/session.hpp"

namespace mux::inline v0::emulator {

/// A listening socket, the threads that serve it and the connections that are open.
class listener {
 public:
  /// `identity` null: plain http. Throws `std::system_error`, `std::runtime_error`.
  listener(emulator::api& api, const server_options& options, const certificate* identity);
  /// Lets answers under way end for at most two seconds, then closes everything.
  ~listener();
  listener(const listener&) = delete;
  listener& operator=(const listener&) = delete;

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

 private:
  asio::awaitable<void> accept();
  void adopt(asio::ip::tcp::socket socket);

  session_context context_;
  std::size_t max_connections_;
  std::optional<asio::ssl::context> tls_;
  asio::io_context io_;
  asio::ip::tcp::acceptor acceptor_;
  std::uint16_t port_ = 0;

  std::mutex mutex_;
  std::condition_variable all_ended_;
  std::list<std::weak_ptr<session>> sessions_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace mux::inline v0::emulator
