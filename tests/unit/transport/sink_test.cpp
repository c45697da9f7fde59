// Bodies that go to a sink piece by piece.

#include <atomic>
#include <future>
#include <stdexcept>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "unit/transport/gzip.hpp"
#include "unit/transport/heap_in_use.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using namespace std::chrono_literals;
using transport::outcome;
using transport::wire_request;
using clock = transport::clock;

const std::string ok_line = "HTTP/1.1 200 OK\r\n";

/// Keeps what it gets and notes how it came.
class keeping_sink : public body_sink {
 public:
  void begin(std::optional<std::uint64_t> announced) override {
    EXPECT_EQ(pieces, 0) << "begins before the first piece";
    ++begun;
    size = announced;
  }
  asio::awaitable<result<void>> write(std::string_view piece) override {
    EXPECT_EQ(begun, 1);
    EXPECT_GE(piece.size(), 1U);
    EXPECT_LE(piece.size(), 64U * 1024);
    ++pieces;
    text += piece;
    co_return result<void>();
  }
  int begun = 0;
  int pieces = 0;
  std::optional<std::uint64_t> size;
  std::string text;
};

/// Does with each piece what a test says.
class acting_sink : public body_sink {
 public:
  using action = std::function<asio::awaitable<result<void>>(std::string_view)>;
  explicit acting_sink(action what) : what_(std::move(what)) {}
  void begin(std::optional<std::uint64_t>) override { ++begun; }
  asio::awaitable<result<void>> write(std::string_view piece) override { return what_(piece); }
  int begun = 0;

 private:
  action what_;
};

asio::awaitable<void> wait(std::chrono::nanoseconds length) {
  asio::steady_timer timer(co_await asio::this_coro::executor, length);
  co_await timer.async_wait(asio::use_awaitable);
}

wire_request into(body_sink& sink) {
  wire_request request;
  request.sink = &sink;
  return request;
}

std::string chunk(std::string_view data) {
  char digits[20];
  std::snprintf(digits, sizeof digits, "%zx\r\n", data.size());
  return digits + std::string(data) + "\r\n";
}

class sink : public testing::TestWithParam<bool> {
 protected:
  static std::unique_ptr<loopback_server> serve(loopback_server::script each) {
    if (GetParam()) return std::make_unique<loopback_server>(good_tls(), std::move(each));
    return std::make_unique<loopback_server>(std::move(each));
  }
  static transport::origin at(const std::unique_ptr<loopback_server>& server) {
    return server->at(GetParam());
  }
};

INSTANTIATE_TEST_SUITE_P(over, sink, testing::Bool(),
                         [](const auto& c) { return c.param ? "tls" : "plain"; });

TEST_P(sink, takes_the_body_of_a_success_in_any_framing_and_coding) {
  const std::string text = rows(300'000);
  const std::string coded = gzipped(text);
  struct sent {
    std::string bytes;
    std::optional<std::uint64_t> size;
  };
  const sent answers[] = {
      {ok_line + "Content-Length: 300000\r\n\r\n" + text, 300'000},
      {"HTTP/1.1 206 Partial Content\r\nContent-Length: 300000\r\n\r\n" + text, 300'000},
      {ok_line + "Transfer-Encoding: chunked\r\n\r\n" + chunk(text.substr(0, 200'000)) +
           chunk(text.substr(200'000)) + "0\r\n\r\n",
       {}},
      {ok_line + "Content-Encoding: gzip\r\nContent-Length: " + std::to_string(coded.size()) + "\r\n\r\n" +
           coded,
       {}},
      {ok_line + "Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(coded) + "0\r\n\r\n",
       {}},
  };
  for (const sent& answer : answers) {
    const auto server = serve(answering(answer.bytes));
    wire_client client;
    for (int i = 0; i < 2; ++i) {
      keeping_sink file;
      const outcome got = client.fetch(at(server), into(file));
      ASSERT_TRUE(got.response) << got.failure->what.message();
      EXPECT_TRUE(file.text == text);
      EXPECT_EQ(file.begun, 1);
      EXPECT_EQ(file.size, answer.size);
      EXPECT_TRUE(got.response->body.empty());
    }
    EXPECT_EQ(server->accepted(), 1) << "the connection serves again";
  }
  const auto server = serve([&](peer& client) {
    client.request();
    client.send(ok_line + "\r\n" + text);
    client.close();
  });
  wire_client client;
  keeping_sink file;
  ASSERT_TRUE(client.fetch(at(server), into(file)).response);
  EXPECT_TRUE(file.text == text);
  EXPECT_EQ(file.size, std::nullopt);
}

TEST_P(sink, begins_an_empty_body_and_gets_no_piece_of_it) {
  for (const std::string& answer :
       {ok_line + "Content-Length: 0\r\n\r\n", std::string("HTTP/1.1 204 No Content\r\n\r\n"),
        ok_line + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    const auto server = serve(answering(answer));
    wire_client client;
    keeping_sink file;
    EXPECT_TRUE(client.fetch(at(server), into(file)).response);
    EXPECT_EQ(file.begun, 1);
    EXPECT_EQ(file.pieces, 0);
  }
}

TEST_P(sink, is_not_given_the_bodies_of_other_answers) {
  const auto server = serve(answering("HTTP/1.1 404 Not Found\r\nContent-Encoding: gzip\r\nContent-Length: " +
                                      std::to_string(gzipped("nope").size()) + "\r\n\r\n" + gzipped("nope")));
  wire_client client;
  keeping_sink file;
  const outcome got = client.fetch(at(server), into(file));
  ASSERT_TRUE(got.response);
  EXPECT_EQ(got.response->body, "nope");
  EXPECT_EQ(file.begun, 0);
}

TEST_P(sink, stops_the_server_while_it_is_busy) {
  constexpr std::size_t blocks = 64;
  const std::string block(1 << 20, 'x');
  std::atomic<std::size_t> sent = 0;
  const auto server = serve([&](peer& client) {
    client.request();
    client.send(ok_line + "Content-Length: " + std::to_string(blocks * block.size()) + "\r\n\r\n");
    for (std::size_t i = 0; i < blocks; ++i) {
      client.send(block);
      ++sent;
    }
    client.hold();
  });
  std::size_t taken = 0, sent_meanwhile = 0;
  acting_sink slow([&](std::string_view piece) -> asio::awaitable<result<void>> {
    if (taken == 0) co_await wait(300ms);
    if (taken == 0) sent_meanwhile = sent;
    taken += piece.size();
    co_return result<void>();
  });
  wire_client client;
  EXPECT_TRUE(client.fetch(at(server), into(slow)).response);
  EXPECT_EQ(taken, blocks * block.size());
  EXPECT_LE(sent_meanwhile, 24U) << "what the buffers of two sockets may take";
}

TEST_P(sink, ends_the_exchange_with_its_error) {
  std::atomic<bool> gone = false;
  {
    const auto server = serve([&](peer& client) {
      client.request();
      client.send(ok("text"));
      gone = client.hold();
    });
    acting_sink full([](std::string_view) -> asio::awaitable<result<void>> {
      error e(errc::invalid_argument, "the disk is full");
      co_return e;
    });
    wire_client client;
    const outcome got = client.fetch(at(server), into(full));
    ASSERT_EQ(code_of(got), errc::invalid_argument);
    EXPECT_EQ(got.failure->what.detail, "the disk is full");
    EXPECT_EQ(phase_of(got), call_phase::body);
    EXPECT_TRUE(got.failure->what.bytes_sent);
    EXPECT_TRUE(got.failure->delivered);
    EXPECT_EQ(client.net->stats().open, 0U);
    while (server->finished() == 0) std::this_thread::yield();
  }
  EXPECT_TRUE(gone);
}

TEST_P(sink, ends_the_exchange_with_its_exception) {
  for (const bool with_deadline : {false, true}) {
    const auto server = serve(answering(ok("text")));
    acting_sink broken([](std::string_view) -> asio::awaitable<result<void>> {
      throw std::runtime_error("broken");
      co_return result<void>();
    });
    wire_client client;
    std::optional<clock::time_point> deadline;
    if (with_deadline) deadline = clock::now() + 1h;
    EXPECT_THROW(client.fetch(at(server), into(broken), deadline), std::runtime_error);
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(sink, an_exception_like_those_of_asio_is_not_taken_for_a_cancellation) {
  const auto server = serve(answering(ok("text")));
  acting_sink broken([](std::string_view) -> asio::awaitable<result<void>> {
    throw boost::system::system_error(asio::error::operation_aborted);
    co_return result<void>();
  });
  wire_client client;
  EXPECT_THROW(client.fetch(at(server), into(broken)), boost::system::system_error);
}

TEST_P(sink, knows_of_a_failure_whether_it_was_given_something) {
  const std::string head = ok_line + "Content-Length: 10\r\n\r\n";
  for (const bool some : {false, true}) {
    const auto server = serve([&](peer& client) {
      client.request();
      client.send(some ? head + "01234" : head);
      client.close();
    });
    wire_client client;
    keeping_sink file;
    const outcome got = client.fetch(at(server), into(file));
    EXPECT_EQ(code_of(got), errc::truncated_body);
    EXPECT_EQ(got.failure->delivered, some);
    EXPECT_EQ(file.text, some ? "01234" : "");
    EXPECT_EQ(file.begun, some ? 1 : 0) << "another try begins for the first time";
  }
}

TEST_P(sink, may_take_longer_than_the_server_may_be_silent) {
  std::promise<void> taken;
  const auto server = serve([&](peer& client) {
    client.request();
    client.send(ok_line + "Content-Length: 4\r\n\r\nfi");
    taken.get_future().wait();
    client.send("le");
    client.hold();
  });
  transport::network_options options = trusting();
  options.timeouts.body_idle = 1s;
  wire_client client(options);
  std::string text;
  acting_sink slow([&](std::string_view piece) -> asio::awaitable<result<void>> {
    if (text.empty()) {
      co_await wait(1200ms);
      taken.set_value();
    }
    text += piece;
    co_return result<void>();
  });
  const outcome got = client.fetch(at(server), into(slow));
  EXPECT_TRUE(got.response) << got.failure->what.message();
  EXPECT_EQ(text, "file");
}

TEST_P(sink, is_cut_by_the_deadline) {
  const auto server = serve([](peer& client) {
    client.request();
    client.send(ok_line + "Content-Length: 4\r\n\r\nfi");
    client.hold();
  });
  for (const bool obeys : {true, false}) {
    acting_sink stuck([&](std::string_view) -> asio::awaitable<result<void>> {
      boost::system::error_code woken;
      asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      EXPECT_EQ(woken, asio::error::operation_aborted);
      if (obeys) throw boost::system::system_error(woken);
      co_return result<void>();
    });
    wire_client client;
    const outcome got = client.fetch(at(server), into(stuck), clock::now() + 300ms);
    EXPECT_EQ(code_of(got), errc::timed_out);
    EXPECT_EQ(phase_of(got), call_phase::body);
    EXPECT_TRUE(got.failure->delivered);
    EXPECT_NE(got.failure->what.detail.find("sink"), std::string::npos);
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(sink, hears_of_a_cancellation) {
  for (const bool with_deadline : {false, true}) {
    const auto server = serve([](peer& client) {
      client.request();
      client.send(ok_line + "Content-Length: 4\r\n\r\nfi");
      client.hold();
    });
    wire_client client;
    asio::cancellation_signal signal;
    bool heard = false;
    acting_sink busy([&](std::string_view) -> asio::awaitable<result<void>> {
      boost::system::error_code woken;
      asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
      asio::post(client.io, [&] { signal.emit(asio::cancellation_type::terminal); });
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      heard = woken == asio::error::operation_aborted;
      co_return result<void>();
    });
    std::optional<clock::time_point> deadline;
    if (with_deadline) deadline = clock::now() + 1h;
    std::optional<outcome> got;
    asio::co_spawn(client.io, fetch(client.net, at(server), into(busy), deadline),
                   asio::bind_cancellation_slot(signal.slot(), [&](std::exception_ptr failed, outcome o) {
                     if (failed) std::rethrow_exception(failed);
                     got.emplace(std::move(o));
                   }));
    while (!got) client.io.run_one();
    EXPECT_TRUE(heard);
    EXPECT_EQ(code_of(*got), errc::cancelled);
    EXPECT_TRUE(got->failure->delivered);
    EXPECT_EQ(client.net->stats().open, 0U);
  }
}

TEST_P(sink, keeps_memory_flat_whatever_the_size) {
  constexpr std::size_t blocks = 256;
  const std::string text = rows(1 << 20);
  for (const bool coded : {false, true}) {
    const std::string block = coded ? gzipped(text) : text;  // as many members of gzip
    const auto server = serve([&](peer& client) {
      client.request();
      client.send(ok_line + (coded ? "Content-Encoding: gzip\r\n" : "") +
                  "Content-Length: " + std::to_string(blocks * block.size()) + "\r\n\r\n");
      for (std::size_t i = 0; i < blocks; ++i) client.send(block);
      client.hold();
    });
    wire_client client;
    std::size_t taken = 0, most = 0;
    acting_sink counting([&](std::string_view piece) -> asio::awaitable<result<void>> {
      taken += piece.size();
      most = std::max(most, heap_in_use());
      co_return result<void>();
    });
    const std::size_t before = heap_in_use();
    const outcome got = client.fetch(at(server), into(counting));
    ASSERT_TRUE(got.response) << got.failure->what.message();
    EXPECT_EQ(taken, blocks * text.size());
    EXPECT_LE(most - std::min(before, most), 512U * 1024) << (coded ? "gzip" : "as it is");
  }
}

}  // namespace
}  // namespace mux::test
