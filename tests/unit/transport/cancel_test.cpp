#include <atomic>
#include <thread>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>

#include "unit/transport/full_backlog.hpp"
#include "unit/transport/slow_name.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using transport::outcome;

/// Runs `fetch` and cancels it when `tell` is called, from whichever thread.
class cancelled_fetch {
 public:
  /// After the loop has dealt with all that has come over the wire until now: each turn polls the sockets
  /// once.
  void tell(int turns = 3) {
    asio::post(client.io, [this, turns] {
      turns > 0 ? tell(turns - 1) : signal_.emit(asio::cancellation_type::terminal);
    });
  }
  outcome run(const transport::origin& to, transport::wire_request request = {}) {
    std::optional<outcome> got;
    asio::co_spawn(client.io, fetch(client.net, to, request),
                   asio::bind_cancellation_slot(signal_.slot(), [&](std::exception_ptr failed, outcome o) {
                     if (failed) std::rethrow_exception(failed);
                     got.emplace(std::move(o));
                   }));
    while (!got) client.io.run_one();
    return std::move(*got);
  }
  wire_client client;

 private:
  asio::cancellation_signal signal_;
};

void expect_cancelled(const outcome& got, call_phase phase, bool sent, const cancelled_fetch& work) {
  EXPECT_EQ(code_of(got), errc::cancelled) << (got.failure ? got.failure->what.message() : "answered");
  EXPECT_EQ(phase_of(got), phase) << to_string(phase_of(got));
  EXPECT_EQ(got.failure->what.bytes_sent, sent);
  EXPECT_EQ(work.client.net->stats().open, 0U);
}

TEST(cancel, while_a_name_is_resolved) {
  cancelled_fetch work;
  slow_name slow;
  transport::origin to;
  to.host = slow_name::text;
  std::thread asking([&] {
    slow.wait_until_asked();
    work.tell();
  });
  expect_cancelled(work.run(to), call_phase::resolve, false, work);
  asking.join();
}

TEST(cancel, while_connecting) {
  const full_backlog deaf;
  cancelled_fetch work;
  asio::post(work.client.io, [&] { work.tell(); });
  expect_cancelled(work.run(deaf.at()), call_phase::connect, false, work);
}

TEST(cancel, during_the_handshake) {
  cancelled_fetch work;
  loopback_server server([&](peer& client) {
    client.first_byte();
    work.tell();
    client.hold();
  });
  expect_cancelled(work.run(server.at(true)), call_phase::tls, false, work);
}

TEST(cancel, while_writing) {
  cancelled_fetch work;
  loopback_server server([&](peer& client) {
    client.first_byte();
    work.tell();
    client.hold();
  });
  const std::string body(30'000'000, 'x');
  expect_cancelled(work.run(server.at(false), post(body)), call_phase::write, true, work);
}

TEST(cancel, while_waiting_for_the_answer) {
  cancelled_fetch work;
  std::atomic<bool> gone = false;
  {
    loopback_server server(good_tls(), [&](peer& client) {
      client.request();
      work.tell();
      gone = client.hold();
    });
    expect_cancelled(work.run(server.at(true), post("{}")), call_phase::first_byte, true, work);
    while (server.finished() == 0) std::this_thread::yield();
  }
  EXPECT_TRUE(gone) << "the connection must be closed, not left to be reused";
}

TEST(cancel, within_the_answer) {
  cancelled_fetch work;
  loopback_server server([&](peer& client) {
    client.request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{");
    client.settle();
    work.tell();
    client.hold();
  });
  const outcome got = work.run(server.at(false));
  EXPECT_EQ(code_of(got), errc::cancelled);
  EXPECT_TRUE(got.failure->answer_started);
  EXPECT_EQ(phase_of(got), call_phase::body);
  EXPECT_EQ(work.client.net->stats().open, 0U);
}

}  // namespace
}  // namespace mux::test
