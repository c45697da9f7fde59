#pragma once

// The network under test with an event loop of its own.

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

#include "transport/transport.hpp"
#include "unit/transport/loopback_server.hpp"

namespace mux::test {

namespace asio = boost::asio;

/// Options that trust the tests' authority. Limits are far away unless a test brings them near.
inline transport::network_options trusting() {
  transport::network_options options;
  options.ca_file = trusted_authority::instance().file();
  return options;
}

inline std::shared_ptr<transport::network> network_on(asio::io_context& io,
                                                      transport::network_options options = trusting()) {
  return transport::make_network(io.get_executor(), std::move(options)).value();
}

/// Acquires, exchanges and gives back; a failure to acquire is the outcome.
inline asio::awaitable<transport::outcome> fetch(std::shared_ptr<transport::network> net,
                                                 transport::origin to, transport::wire_request request = {},
                                                 std::optional<transport::clock::time_point> deadline = {}) {
  if (request.target.empty()) request.target = "/";
  const auto how =
      request.method == mux::http_method::post ? mux::policy::freshness::recent : mux::policy::freshness::any;
  transport::lease_result got = co_await net->acquire(to, how, deadline);
  transport::outcome failed;
  failed.failure = std::move(got.failure);
  if (failed.failure) co_return failed;
  co_return co_await got.lease->exchange(request, deadline);
}

/// Runs `work` to its end on `io` and hands out what it returned.
template <class T>
T run(asio::io_context& io, asio::awaitable<T> work) {
  std::optional<T> got;
  asio::co_spawn(io, std::move(work), [&got](std::exception_ptr failed, T value) {
    if (failed) std::rethrow_exception(failed);
    got.emplace(std::move(value));
  });
  io.restart();
  while (!got) io.run_one();
  return std::move(*got);
}

/// One client with its loop.
struct wire_client {
  explicit wire_client(transport::network_options options = trusting())
      : net(network_on(io, std::move(options))) {}
  transport::outcome fetch(const transport::origin& to, transport::wire_request request = {},
                           std::optional<transport::clock::time_point> deadline = {}) {
    return run(io, test::fetch(net, to, std::move(request), deadline));
  }
  asio::io_context io;
  std::shared_ptr<transport::network> net;
};

inline transport::wire_request post(std::string_view body, std::string_view target = "/") {
  transport::wire_request request;
  request.method = http_method::post;
  request.target = target;
  request.body = body;
  return request;
}

inline errc code_of(const transport::outcome& o) {
  return o.failure ? o.failure->what.code : errc::none;
}
inline call_phase phase_of(const transport::outcome& o) {
  return o.failure ? o.failure->what.phase : call_phase::done;
}

}  // namespace mux::test
