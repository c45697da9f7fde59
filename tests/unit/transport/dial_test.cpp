#include "transport/dial.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>

#include "unit/transport/full_backlog.hpp"
#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using namespace std::chrono_literals;
using tcp = asio::ip::tcp;
using transport::dialled;
using transport::wait_end;
using clock = transport::clock;

constexpr auto never = 300s;  // a stagger that no test lives to see

transport::dial_options staggered(std::chrono::nanoseconds length) {
  transport::dial_options how;
  how.stagger = length;
  return how;
}

tcp::endpoint v4(const char* address, std::uint16_t port) {
  return {asio::ip::make_address_v4(address), port};
}
tcp::endpoint v6(std::uint16_t port) {
  return {asio::ip::address_v6::loopback(), port};
}

class dial : public testing::Test {
 protected:
  dialled call(std::vector<tcp::endpoint> to, transport::dial_options how = staggered(never),
               std::optional<clock::time_point> limit = {}) {
    return run(io, transport::dial(io.get_executor(), std::move(to), limit, how));
  }
  tcp::endpoint listening() { return listener.local_endpoint(); }
  tcp::endpoint deaf() { return v4("127.0.0.1", full.at().port); }
  tcp::endpoint refusing(const char* address = "127.0.0.2") { return v4(address, listening().port()); }

  asio::io_context io;
  tcp::acceptor listener{io, v4("127.0.0.1", 0)};
  full_backlog full;
};

void expect_connected(const dialled& got, const tcp::endpoint& to) {
  ASSERT_TRUE(got.socket) << got.failure.message();
  EXPECT_EQ(got.socket->remote_endpoint(), to);
}

TEST_F(dial, connects_to_the_only_address) {
  const dialled got = call({listening()});
  expect_connected(got, listening());
  EXPECT_EQ(got.tried, 1U);
}

TEST_F(dial, goes_on_at_once_when_an_address_refuses) {
  const dialled got = call({refusing(), refusing("127.0.0.3"), listening()});
  expect_connected(got, listening());
  EXPECT_EQ(got.tried, 3U);
}

TEST_F(dial, does_not_wait_for_an_address_that_does_not_answer) {
  const auto start = clock::now();
  const dialled got = call({deaf(), listening()}, staggered(40ms));
  expect_connected(got, listening());
  EXPECT_EQ(got.tried, 2U);
  EXPECT_GE(clock::now() - start, 40ms);
}

TEST_F(dial, lets_an_address_try_for_a_quarter_of_a_second_by_default) {
  const auto start = clock::now();
  expect_connected(call({deaf(), listening()}, {}), listening());
  EXPECT_GE(clock::now() - start, 250ms);
  EXPECT_LT(clock::now() - start, 5s);
}

TEST_F(dial, tries_no_second_address_while_the_first_has_its_time) {
  const dialled got = call({listening(), deaf()});
  expect_connected(got, listening());
  EXPECT_EQ(got.tried, 1U);
}

TEST_F(dial, reaches_a_host_whose_first_family_is_dead) {
  tcp::acceptor only4(io, v4("127.0.0.1", 0));
  expect_connected(call({v6(only4.local_endpoint().port()), only4.local_endpoint()}), only4.local_endpoint());
}

TEST_F(dial, reaches_a_host_through_its_second_family) {
  boost::system::error_code none;
  tcp::acceptor only6(io);
  only6.open(tcp::v6(), none);
  if (!none) only6.set_option(asio::ip::v6_only(true), none);
  if (!none) only6.bind(v6(0), none);
  if (!none) only6.listen(5, none);
  if (none) GTEST_SKIP() << "this machine has no IPv6";
  const std::uint16_t port = only6.local_endpoint().port();
  expect_connected(call({v4("127.0.0.1", port), v6(port)}), v6(port));
}

TEST_F(dial, says_why_and_how_many_when_all_fail) {
  const dialled got = call({refusing("127.0.0.2"), refusing("127.0.0.3"), refusing("127.0.0.4")});
  EXPECT_FALSE(got.socket);
  EXPECT_EQ(got.end, wait_end::ready);
  EXPECT_EQ(got.failure, asio::error::connection_refused);
  EXPECT_EQ(got.tried, 3U);
}

TEST_F(dial, waits_for_the_slow_after_the_others_have_failed) {
  const auto start = clock::now();
  const dialled got = call({deaf(), refusing()}, staggered(10ms), start + 100ms);
  EXPECT_EQ(got.end, wait_end::timed_out);
  EXPECT_FALSE(got.socket);
  EXPECT_EQ(got.tried, 2U);
}

TEST_F(dial, tries_a_bounded_number_of_addresses) {
  transport::dial_options how = staggered(never);
  how.most = 3;
  const dialled got = call(std::vector<tcp::endpoint>(100, refusing()), how);
  EXPECT_FALSE(got.socket);
  EXPECT_EQ(got.tried, 3U);
}

TEST_F(dial, ends_at_its_limit) {
  const auto start = clock::now();
  const dialled got = call({deaf()}, staggered(never), start + 50ms);
  EXPECT_EQ(got.end, wait_end::timed_out);
  EXPECT_GE(clock::now() - start, 50ms);
}

TEST_F(dial, ends_when_it_is_cancelled_and_leaves_nothing_behind) {
  asio::cancellation_signal cancel;
  std::optional<dialled> got;
  asio::co_spawn(io, transport::dial(io.get_executor(), {deaf(), deaf(), deaf()}, {}, staggered(5ms)),
                 asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr failed, dialled value) {
                   if (failed) std::rethrow_exception(failed);
                   got.emplace(std::move(value));
                 }));
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.run();  // returns once no socket and no timer is pending
  ASSERT_TRUE(got);
  EXPECT_EQ(got->end, wait_end::cancelled);
}

TEST_F(dial, closes_the_others_once_one_has_won) {
  const dialled got = call({deaf(), deaf(), listening()}, staggered(5ms));
  ASSERT_TRUE(got.socket);
  io.restart();
  io.run();  // would not return while another attempt is under way
}

TEST(alternating, lets_the_family_of_the_first_lead_and_keeps_the_order) {
  const auto a = v4("10.0.0.1", 1), b = v4("10.0.0.2", 1), c = v4("10.0.0.3", 1);
  const tcp::endpoint x(asio::ip::make_address("fd00::1"), 1), y(asio::ip::make_address("fd00::2"), 1);
  using list = std::vector<tcp::endpoint>;
  EXPECT_EQ(transport::alternating({x, y, a, b, c}), (list{x, a, y, b, c}));
  EXPECT_EQ(transport::alternating({a, b, c, x}), (list{a, x, b, c}));
  EXPECT_EQ(transport::alternating({a, b}), (list{a, b}));
  EXPECT_EQ(transport::alternating({}), list{});
}

TEST(reason_of, says_in_words_what_is_exhausted) {
  const auto said = [](int number) {
    return transport::reason_of(boost::system::error_code(number, boost::system::system_category()));
  };
  EXPECT_NE(said(EMFILE).find("file descriptor"), std::string::npos);
  EXPECT_NE(said(ENFILE).find("file descriptor"), std::string::npos);
  EXPECT_NE(said(EADDRNOTAVAIL).find("no local port"), std::string::npos);
  EXPECT_NE(said(ECONNREFUSED).find("refused"), std::string::npos);
}

}  // namespace
}  // namespace mux::test
