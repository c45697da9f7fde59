#pragma once

#include <charconv>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "unit/client/scripted_network.hpp"

namespace mux_test {

/// What becomes of one request to the storage model; as it is: what it should.
struct fate {
  /// Of the bytes that came the storage keeps so many.
  std::optional<std::uint64_t> keeps;
  /// Before that it forgets all but so many of what it had.
  std::optional<std::uint64_t> forgets_beyond;
  /// Calls a chunk before the last one the end, and keeps nothing of it.
  bool boasts = false;
  /// Answers so instead.
  std::optional<transport::outcome> instead;
  /// No connection comes about.
  std::optional<mux::errc> unreachable;
};

inline fate keeping(std::uint64_t bytes) {
  fate f;
  f.keeps = bytes;
  return f;
}
inline fate answering(transport::outcome how) {
  fate f;
  f.instead = std::move(how);
  return f;
}
/// What came is lost, and so is the answer.
inline fate losing_all(mux::errc why = mux::errc::connection_lost_unanswered) {
  fate f = answering(broken(why, true));
  f.keeps = 0;
  return f;
}
inline fate unreachable(mux::errc why = mux::errc::connect_failed) {
  fate f;
  f.unreachable = why;
  return f;
}
/// A status, and nothing of what came is kept.
inline fate refusing(int status, std::string body = {}, transport::headers fields = {}) {
  fate f = answering(answer(status, std::move(body), std::move(fields)));
  f.keeps = 0;
  return f;
}

/// One request that came.
struct put {
  mux::policy::instant at;
  std::string range;  ///< Content-Range; empty: none
  std::uint64_t size;
  const char* memory;  ///< where the body stood
  bool json;
  std::string host;
  std::string target;
  transport::headers fields;
  std::optional<transport::clock::time_point> deadline;

  [[nodiscard]] bool question() const { return range.starts_with("bytes */"); }
};

/// Storage for one resumable upload behind the network's interface: what Google's does, and on demand what it
/// should not do.
class storage_model final : public transport::network {
 public:
  explicit storage_model(virtual_time& time) : time_(time) {}

  std::string stored;
  bool finished = false;
  std::function<fate(std::size_t number)> decide;  ///< by the request's number, from 0
  std::function<void(std::size_t number)> on_put;
  transport::headers with_success;
  std::string success_body = "{}";
  std::vector<put> puts;
  std::uint64_t carried = 0;  ///< bytes of all bodies
  int held = 0;               ///< leases out now
  bool closed = false;

  asio::awaitable<transport::lease_result> acquire(const transport::origin& to, mux::policy::freshness,
                                                   std::optional<transport::clock::time_point>) override {
    transport::lease_result got;
    co_await pass();
    now_ = decide ? decide(number_) : fate();
    if (now_.unreachable) {
      ++number_;
      got.failure = broken(*now_.unreachable, false).failure;
      co_return got;
    }
    got.lease = std::make_unique<connection>(*this, to.host);
    co_return got;
  }
  asio::awaitable<std::optional<transport::wire_error>> warm_up(const transport::origin&,
                                                                std::size_t) override {
    co_return std::nullopt;
  }
  void close() override { closed = true; }
  mux::pool_stats stats() const override { return {}; }

 private:
  class connection final : public transport::lease {
   public:
    connection(storage_model& owner, std::string host) : owner_(owner), host_(std::move(host)) {
      ++owner_.held;
    }
    ~connection() override { --owner_.held; }
    asio::awaitable<transport::outcome> exchange(
        const transport::wire_request& r, std::optional<transport::clock::time_point> deadline) override {
      const std::size_t number = owner_.number_++;
      std::string range;
      for (const auto& [name, value] : *r.fields)
        if (name == "Content-Range") range = value;
      owner_.puts.push_back({owner_.time_.now(), range, r.body.size(), r.body.data(), r.json, host_,
                             std::string(r.target), *r.fields, deadline});
      owner_.carried += r.body.size();
      if (owner_.on_put) owner_.on_put(number);
      const fate now = owner_.now_;
      transport::outcome usual = owner_.take(range, r.body, now);
      co_await owner_.pass();
      if (now.instead) co_return *now.instead;
      co_return usual;
    }

   private:
    storage_model& owner_;
    std::string host_;
  };

  /// A turn of the loop, in which a cancellation can come.
  asio::awaitable<void> pass() {
    asio::steady_timer sleep(co_await asio::this_coro::executor, asio::steady_timer::time_point::min());
    boost::system::error_code woken;
    co_await sleep.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }

  transport::outcome complete() {
    finished = true;
    return answer(200, success_body, with_success);
  }
  transport::outcome incomplete() const {
    transport::headers fields;
    if (!stored.empty()) fields.emplace_back("Range", "bytes=0-" + std::to_string(stored.size() - 1));
    return answer(308, "", fields);
  }

  transport::outcome take(std::string_view range, std::string_view body, const fate& now) {
    if (now.forgets_beyond && !finished && stored.size() > *now.forgets_beyond)
      stored.resize(*now.forgets_beyond);
    if (finished) return answer(200, success_body, with_success);
    if (range.empty()) {
      stored = body;
      return complete();
    }
    std::uint64_t first = 0, last = 0, total = 0;
    const auto number = [&range](std::uint64_t& into, char until) {
      const auto got = std::from_chars(range.data(), range.data() + range.size(), into);
      range.remove_prefix(static_cast<std::size_t>(got.ptr - range.data()));
      const bool ok = got.ec == std::errc() && (until == 0 ? range.empty() : range.starts_with(until));
      if (ok && until != 0) range.remove_prefix(1);
      return ok;
    };
    if (range.starts_with("bytes */")) {
      range.remove_prefix(8);
      if (!number(total, 0) || !body.empty()) return answer(400);
      return stored.size() == total ? complete() : incomplete();
    }
    if (!range.starts_with("bytes ")) return answer(400);
    range.remove_prefix(6);
    if (!number(first, '-') || !number(last, '/') || !number(total, 0)) return answer(400);
    if (last < first || last >= total || last - first + 1 != body.size()) return answer(400);
    if (body.size() % (256 * 1024) != 0 && last + 1 != total) return answer(400);
    if (now.boasts && last + 1 < total) return answer(200);
    if (first > stored.size()) return answer(503);
    if (last >= stored.size()) {
      const std::string_view fresh = body.substr(stored.size() - first);
      stored += fresh.substr(0, now.keeps.value_or(fresh.size()));
    }
    return stored.size() == total ? complete() : incomplete();
  }

  virtual_time& time_;
  fate now_;
  std::size_t number_ = 0;
};

}  // namespace mux_test
