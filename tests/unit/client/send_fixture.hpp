#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <mux/send.hpp>

#include "client/core.hpp"
#include "unit/client/scripted_network.hpp"

namespace mux_test {

using namespace std::chrono_literals;
using mux::errc;
using mux::operation;

inline constexpr operation get_row{"test.get",
                                   mux::http_method::get,
                                   "/video/v1/things/{ID}",
                                   mux::rate_class::video_other,
                                   mux::idempotency::safe,
                                   mux::pagination::none,
                                   mux::api_host::api,
                                   200,
                                   false};
inline constexpr operation post_row{"test.create",
                                    mux::http_method::post,
                                    "/video/v1/things",
                                    mux::rate_class::video_post,
                                    mux::idempotency::create,
                                    mux::pagination::none,
                                    mux::api_host::api,
                                    201,
                                    false};
inline constexpr operation delete_row{"test.delete",
                                      mux::http_method::delete_,
                                      "/video/v1/things/{ID}",
                                      mux::rate_class::video_other,
                                      mux::idempotency::idempotent,
                                      mux::pagination::none,
                                      mux::api_host::api,
                                      204,
                                      false};
inline constexpr operation stream_row{"test.play",
                                      mux::http_method::get,
                                      "/{ID}.m3u8",
                                      mux::rate_class::unlimited,
                                      mux::idempotency::safe,
                                      mux::pagination::none,
                                      mux::api_host::stream,
                                      200,
                                      false};

inline mux::request<std::string> raw(const operation& op, std::string body = {}) {
  mux::detail::request_base base;
  base.op = &op;
  base.target = "/video/v1/things";
  base.body = std::move(body);
  base.raw = true;
  return mux::request<std::string>(std::move(base));
}

class watcher final : public mux::observer {
 public:
  void on_granted(const operation&, std::chrono::nanoseconds) override {
    if (at_grant) at_grant();
  }
  void on_throttled(const operation&, std::chrono::nanoseconds) override { ++throttled; }
  void on_retry(const operation&, const mux::error&, int, std::chrono::nanoseconds) override { ++retried; }
  void on_finished(const operation&, const mux::error*, int) override { ++finished; }
  void on_answered(const operation&, int, std::chrono::nanoseconds) override { ++answered; }
  std::function<void()> at_grant;
  int throttled = 0, retried = 0, finished = 0, answered = 0;
};

/// The send loop over a scripted network in virtual time.
class send_loop : public testing::Test {
 public:
  send_loop() {
    options.credentials.token_id = "id";
    options.credentials.token_secret = "secret";
    options.observer = seen_by;
  }

  mux::detail::client_core& core() {
    if (!core_) {
      auto made = mux::detail::client_core::make(io.get_executor(), options, network, time);
      EXPECT_TRUE(made) << made.error();
      core_ = *made;
    }
    return *core_;
  }

  /// Starts a call; its result stands in `results` when it ends.
  void start(mux::request<std::string> call) {
    const std::size_t at = results.size();
    results.emplace_back();
    core();
    asio::co_spawn(
        io,
        [](send_loop& self, mux::request<std::string> r, std::size_t i) -> asio::awaitable<void> {
          mux::result<std::string> got =
              co_await mux::detail::try_send<std::string>(self.core_, std::move(r).base());
          self.results[i] = std::move(got);
          self.ended.push_back(i);
        }(*this, std::move(call), at),
        asio::detached);
  }

  /// Starts a call that `cancel` can end.
  void start_cancellable(mux::request<std::string> call, mux::result<std::string>& out) {
    core();
    asio::co_spawn(
        io,
        [](send_loop& self, mux::request<std::string> r,
           mux::result<std::string>& to) -> asio::awaitable<void> {
          mux::result<std::string> got =
              co_await mux::detail::try_send<std::string>(self.core_, std::move(r).base());
          to = std::move(got);
        }(*this, std::move(call), out),
        asio::bind_cancellation_slot(cancel.slot(), asio::detached));
  }

  mux::result<std::string> one(mux::request<std::string> call) {
    start(std::move(call));
    time->run(io);
    EXPECT_TRUE(results.back().has_value()) << "the call never ended";
    return results.back().value_or(mux::error(errc::none));
  }

  std::shared_ptr<virtual_time> time = std::make_shared<virtual_time>();
  std::shared_ptr<scripted_network> network = std::make_shared<scripted_network>(*time);
  std::shared_ptr<watcher> seen_by = std::make_shared<watcher>();
  mux::client_options options;
  asio::io_context io;
  asio::cancellation_signal cancel;
  std::vector<std::optional<mux::result<std::string>>> results;
  std::vector<std::size_t> ended;
  std::shared_ptr<mux::detail::client_core> core_;
};

}  // namespace mux_test
