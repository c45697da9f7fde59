#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "transport/transport.hpp"
#include "unit/client/virtual_time.hpp"

namespace mux_test {

namespace asio = boost::asio;
namespace transport = mux::transport;

inline transport::outcome answer(int status, std::string body = "{}", transport::headers fields = {}) {
  transport::outcome o;
  o.response.emplace();
  o.response->status = status;
  o.response->body = std::move(body);
  o.response->fields = std::move(fields);
  return o;
}

inline transport::outcome broken(mux::errc why, bool bytes_sent) {
  transport::outcome o;
  o.failure.emplace();
  o.failure->what = mux::error(why, "scripted");
  o.failure->what.bytes_sent = bytes_sent;
  o.failure->what.phase = bytes_sent ? mux::call_phase::first_byte : mux::call_phase::connect;
  return o;
}

/// An idle connection that the server closed before a byte of the answer.
inline transport::outcome stale(bool bytes_sent = true) {
  transport::outcome o =
      broken(bytes_sent ? mux::errc::connection_lost_unanswered : mux::errc::connection_lost, bytes_sent);
  o.failure->reused = true;
  return o;
}

/// What a try looked like on the wire.
struct seen {
  mux::policy::instant at;
  mux::http_method method;
  std::string host;
  std::string target;
  transport::headers fields;
  std::string body;
};

/// A network that answers from a script; the last step repeats.
class scripted_network final : public transport::network {
 public:
  using step = std::function<transport::outcome()>;

  explicit scripted_network(virtual_time& time) : time_(time) {}

  void then(step s, int times = 1) {
    for (int i = 0; i < times; ++i) steps_.push_back({s, {}});
  }
  /// A step that fails before a connection is there.
  void then_unreachable(mux::errc why) { steps_.push_back({{}, why}); }

  asio::awaitable<transport::lease_result> acquire(const transport::origin& to, mux::policy::freshness how,
                                                   std::optional<transport::clock::time_point>) override {
    transport::lease_result got;
    asked.push_back(how);
    if (handshake > mux::policy::duration::zero() && ++acquired > ready_connections) co_await pass(handshake);
    time_.advance(connect_time);
    if (on_acquire) on_acquire();
    if (!steps_.empty() && steps_.front().unreachable) {
      got.failure = broken(*steps_.front().unreachable, false).failure;
      step_done();
      co_return got;
    }
    got.lease = std::make_unique<connection>(*this, to.host);
    ++leases;
    co_return got;
  }
  asio::awaitable<std::optional<transport::wire_error>> warm_up(const transport::origin&,
                                                                std::size_t connections) override {
    warmed += connections;
    co_return std::nullopt;
  }
  void close() override { closed = true; }
  mux::pool_stats stats() const override { return {}; }

  std::vector<seen> requests;
  bool recording = true;
  std::vector<mux::policy::freshness> asked;  ///< by each acquire
  mux::policy::duration connect_time{0};
  /// Connections after the first `ready_connections` take so long; other calls go on meanwhile.
  mux::policy::duration handshake{0};
  int ready_connections = 0;
  int acquired = 0;
  int held = 0;  ///< leases out now
  /// From a request to its answer.
  mux::policy::duration latency{0};
  std::function<void()> on_acquire;
  int leases = 0;
  std::size_t warmed = 0;
  bool closed = false;

 private:
  class connection final : public transport::lease {
   public:
    connection(scripted_network& owner, std::string host) : owner_(owner), host_(std::move(host)) {
      ++owner_.held;
    }
    ~connection() override { --owner_.held; }
    asio::awaitable<transport::outcome> exchange(const transport::wire_request& r,
                                                 std::optional<transport::clock::time_point>) override {
      if (owner_.recording)
        owner_.requests.push_back(
            {owner_.time_.now(), r.method, host_, std::string(r.target), *r.fields, std::string(r.body)});
      if (owner_.latency > mux::policy::duration::zero()) co_await owner_.pass(owner_.latency);
      transport::outcome o = owner_.steps_.empty() ? answer(200) : owner_.steps_.front().run();
      owner_.step_done();
      co_return o;
    }

   private:
    scripted_network& owner_;
    std::string host_;
  };
  asio::awaitable<void> pass(mux::policy::duration length) {
    asio::steady_timer sleep(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    const auto alarm = time_.make_alarm(sleep.get_executor(), [&sleep] { sleep.cancel(); });
    alarm->arm(time_.now() + length);
    boost::system::error_code woken;
    co_await sleep.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  void step_done() {
    if (steps_.size() > 1) steps_.pop_front();
  }

  virtual_time& time_;
  struct scripted {
    step run;
    std::optional<mux::errc> unreachable;
  };
  std::deque<scripted> steps_;
};

}  // namespace mux_test
