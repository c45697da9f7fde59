// Where credentials come from, where they go, and what is left of them.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <fstream>
#include <unistd.h>

#include <mux/secret.hpp>

#include "client/authorization.hpp"
#include "client/wipe.hpp"
#include "unit/client/send_fixture.hpp"

namespace {

using namespace mux_test;

/// Gives the next of its tokens, a new one only if the last was refused.
class rotating final : public mux::credentials_provider {
 public:
  asio::awaitable<mux::result<mux::credentials>> get(reason why) override {
    ++asked;
    if (why == reason::refused) ++refused;
    if (fault) co_return *fault;
    mux::credentials given;
    given.authorization_token = "token-" + std::to_string(refused);
    co_return given;
  }
  int asked = 0, refused = 0;
  std::optional<mux::error> fault;
};

class provided : public send_loop {
 public:
  provided() {
    options.credentials = {};
    options.credentials_provider = provider;
  }
  std::string authorization(std::size_t request) {
    std::string found;
    for (const auto& [name, value] : network->requests.at(request).fields)
      if (name == "Authorization") found += value + ";";
    return found;
  }
  std::shared_ptr<rotating> provider = std::make_shared<rotating>();
};

TEST_F(provided, credentials_are_asked_for_before_every_try) {
  network->then([] { return answer(500); });
  network->then([] { return answer(200); });
  ASSERT_TRUE(one(raw(get_row)));
  EXPECT_EQ(provider->asked, 2);
  EXPECT_EQ(authorization(0), "Bearer token-0;");
  EXPECT_EQ(authorization(1), "Bearer token-0;");
}

TEST_F(provided, a_refused_token_is_replaced_once_even_for_a_create) {
  network->then([] { return answer(401); });
  network->then([] { return answer(201); });
  ASSERT_TRUE(one(raw(post_row, "{}").tries(1)));
  EXPECT_EQ(authorization(0), "Bearer token-0;");
  EXPECT_EQ(authorization(1), "Bearer token-1;");
}

TEST_F(provided, a_second_refusal_is_the_answer) {
  network->then([] { return answer(401); });
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::unauthorized);
  EXPECT_EQ(network->requests.size(), 2u);
}

TEST_F(provided, its_error_ends_the_call_and_gives_the_turn_back) {
  provider->fault = mux::error(errc::missing_credentials, "the vault is sealed");
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::missing_credentials);
  EXPECT_EQ(got.error().detail, "the vault is sealed");
  EXPECT_TRUE(network->requests.empty());
  EXPECT_EQ(core().limiter().stats()[static_cast<std::size_t>(mux::rate_class::video_other)].in_flight, 0u);
  provider->fault.reset();
  EXPECT_TRUE(one(raw(get_row)));
}

TEST_F(provided, unusable_credentials_are_not_sent) {
  class empty final : public mux::credentials_provider {
    asio::awaitable<mux::result<mux::credentials>> get(reason) override {
      mux::credentials none;
      co_return none;
    }
  };
  options.credentials_provider = std::make_shared<empty>();
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::missing_credentials);
  EXPECT_TRUE(network->requests.empty());
}

TEST_F(provided, other_hosts_get_none) {
  ASSERT_TRUE(one(raw(stream_row)));
  EXPECT_EQ(provider->asked, 0);
  EXPECT_EQ(authorization(0), "");
}

TEST_F(send_loop, default_headers_go_with_every_call_and_give_way_to_its_own) {
  options.headers = {{"X-Team", "ingest"}, {"user-agent", "own/1"}};
  ASSERT_TRUE(one(raw(get_row).header("x-team", "other")));
  const transport::headers expected = {{"Accept", "application/json"},
                                       {"user-agent", "own/1"},
                                       {"Authorization", "Basic aWQ6c2VjcmV0"},
                                       {"x-team", "other"}};
  EXPECT_EQ(network->requests.at(0).fields, expected);
}

TEST_F(send_loop, headers_that_frame_or_authorize_a_request_are_the_librarys_own) {
  for (const char* name :
       {"Authorization", "host", "Content-Length", "TRANSFER-ENCODING", "Connection", "Accept-Encoding",
        "Content-Type", "Expect", "Proxy-Authorization", "TE", "Trailer", "Upgrade", "Keep-Alive"}) {
    const auto got = one(raw(get_row).header(name, "x"));
    ASSERT_FALSE(got) << name;
    EXPECT_EQ(got.error().code, errc::invalid_argument) << name;
    mux::client_options o = options;
    o.headers = {{name, "canary"}};
    auto made = mux::detail::client_core::make(io.get_executor(), o, network, time);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().message().find("canary"), std::string::npos);
  }
  EXPECT_TRUE(network->requests.empty());
}

TEST(secret, is_a_value) {
  mux::secret a = "canary";
  mux::secret b = a;
  EXPECT_EQ(b.reveal(), "canary");
  b = mux::secret("other");
  EXPECT_EQ(a.reveal(), "canary");
  mux::secret c = std::move(a);
  EXPECT_EQ(c.reveal(), "canary");
  EXPECT_TRUE(a.empty());
  b = c;
  EXPECT_EQ(b.reveal(), "canary");
  EXPECT_TRUE(mux::secret().empty());
  EXPECT_TRUE(mux::secret("").empty());
  EXPECT_EQ(mux::secret(std::string_view("a\0b", 3)).reveal().size(), 3u);
}

/// Texts that stand nowhere in this program as they are.
class hidden_text {
 public:
  explicit hidden_text(std::string text) : mask_(std::move(text)) {
    for (char& c : mask_) c = static_cast<char>(c ^ 0x55);
  }
  /// Hands the text to `use` and leaves none of it behind.
  template <class Use>
  void reveal(Use use) const {
    char text[128] = {};
    for (std::size_t i = 0; i < mask_.size(); ++i) text[i] = static_cast<char>(mask_[i] ^ 0x55);
    use(std::string_view(text, mask_.size()));
    mux::client_detail::wipe(text, sizeof text);
  }
  /// Whether the writable memory of this process holds it, or its last half: allocators write over the
  /// beginning of what they get back.
  [[nodiscard]] bool in_memory() const {
    std::ifstream maps("/proc/self/maps");
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::vector<char> piece(1 << 20);
    bool found = false;
    for (std::string line; std::getline(maps, line) && !found;) {
      if (line.find(" rw") == std::string::npos) continue;
      std::uintptr_t at = 0, end = 0;
      std::sscanf(line.c_str(), "%lx-%lx", &at, &end);
      if (end - at > std::uintptr_t{1} << 30) continue;  // the sanitizer's own
      // The dynamic linker saves the vector registers there, with what was copied last.
      if (line.find("[stack]") != std::string::npos) continue;
      while (at < end && !found) {
        const ssize_t got = ::pread(memory, piece.data(), std::min<std::size_t>(piece.size(), end - at),
                                    static_cast<off_t>(at));
        if (got <= 0) break;
        found = stands_in(std::string_view(piece.data(), static_cast<std::size_t>(got)));
        at += static_cast<std::uintptr_t>(got);
      }
    }
    ::close(memory);
    mux::client_detail::wipe(piece.data(), piece.size());
    return found;
  }

 private:
  [[nodiscard]] bool stands_in(std::string_view text) const {
    const auto same = [](char c, char masked) { return static_cast<char>(c ^ 0x55) == masked; };
    const auto middle = mask_.begin() + static_cast<std::ptrdiff_t>(mask_.size() / 2);
    return std::search(text.begin(), text.end(), middle, mask_.end(), same) != text.end();
  }
  std::string mask_;
};

/// The secret of the tests below, one letter after the other, in a string that never grows.
std::string canary_letters() {
  std::string text(48, ' ');
  for (std::size_t i = 0; i < text.size(); ++i) text[i] = static_cast<char>('!' + (i * 37 + 11) % 90);
  return text;
}

/// What Basic makes of it.
std::string basic_letters() {
  mux::credentials with;
  with.token_id = "id";
  hidden_text(canary_letters()).reveal([&](std::string_view text) { with.token_secret = mux::secret(text); });
  return mux::client_detail::authorization_value(with);
}

TEST_F(send_loop, memory_holds_no_secret_once_the_client_is_gone) {
  const hidden_text canary(canary_letters());
  const hidden_text in_basic(basic_letters());
  network->recording = false;
  network->then([] { return answer(500); });
  network->then([] { return answer(200); });
  canary.reveal([&](std::string_view text) {
    options.credentials.token_secret = mux::secret(text);
    ASSERT_TRUE(canary.in_memory()) << "or the test looks in the wrong places";
  });
  ASSERT_TRUE(one(raw(get_row).header("X-Own", "makes the call copy its headers")));
  EXPECT_TRUE(in_basic.in_memory());
  core_.reset();
  options = {};
  EXPECT_FALSE(canary.in_memory());
  EXPECT_FALSE(in_basic.in_memory());
}

TEST_F(send_loop, memory_holds_no_secret_of_a_provider_once_the_client_is_gone) {
  class hiding final : public mux::credentials_provider {
   public:
    asio::awaitable<mux::result<mux::credentials>> get(reason) override {
      mux::credentials given;
      canary.reveal([&](std::string_view text) { given.authorization_token = mux::secret(text); });
      co_return given;
    }
    const hidden_text canary{canary_letters()};
  };
  const auto provider = std::make_shared<hiding>();
  network->recording = false;
  network->then([] { return answer(500); });
  network->then([] { return answer(200); });
  options.credentials_provider = provider;
  ASSERT_TRUE(one(raw(get_row)));
  core_.reset();
  EXPECT_FALSE(provider->canary.in_memory());
}

/// Never comes to an end by itself; what cancels it comes out as an exception.
class stuck final : public mux::credentials_provider {
  asio::awaitable<mux::result<mux::credentials>> get(reason) override {
    asio::steady_timer sleep(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await sleep.async_wait(asio::use_awaitable);
    mux::credentials none;
    co_return none;
  }
};

TEST_F(provided, a_provider_keeps_to_the_deadline_and_gives_the_turn_back) {
  options.credentials_provider = std::make_shared<stuck>();
  const auto begun = time->now();
  const auto got = one(raw(get_row).deadline(200ms));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::timed_out);
  EXPECT_EQ(time->now() - begun, 200ms);
  EXPECT_EQ(core().limiter().stats()[static_cast<std::size_t>(mux::rate_class::video_other)].in_flight, 0u);
}

TEST_F(provided, a_provider_without_a_deadline_does_not_hold_a_turn_for_ever) {
  options.credentials_provider = std::make_shared<stuck>();
  const auto begun = time->now();
  const auto got = one(raw(get_row));
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::timed_out);
  EXPECT_EQ(time->now() - begun, options.timeouts.first_byte);
}

TEST_F(provided, a_cancellation_inside_the_provider_is_an_error_like_any_other) {
  options.credentials_provider = std::make_shared<stuck>();
  mux::result<std::string> got = std::string("never ended");
  start_cancellable(raw(get_row), got);
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.restart();
  io.poll();
  ASSERT_FALSE(got);
  EXPECT_EQ(got.error().code, errc::cancelled);
  EXPECT_EQ(core().stats().failed, 1u);
}

TEST_F(provided, new_credentials_are_asked_for_once_and_then_the_next_ones_will_do) {
  network->then([] { return answer(401); });
  network->then([] { return answer(500); });
  network->then([] { return answer(200); });
  ASSERT_TRUE(one(raw(get_row)));
  EXPECT_EQ(provider->asked, 3);
  EXPECT_EQ(provider->refused, 1);
}

TEST_F(provided, shared_limits_must_be_named) {
  options.limits.state_directory = "/tmp";
  auto made = mux::detail::client_core::make(io.get_executor(), options, network, time);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, errc::invalid_argument);
}

}  // namespace
