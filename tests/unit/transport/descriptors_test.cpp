// A process without file descriptors. The client runs in a child, so that the servers keep theirs; it is
// forked before there is any thread, and is told later where the servers are.

#include <array>
#include <cstdint>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/transport/wire_client.hpp"

namespace mux::test {
namespace {

using transport::outcome;

/// The next file descriptor would be one too many, until this is undone.
class no_descriptors {
 public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const int next = ::dup(0);
    ::close(next);
    rlimit tight = before_;
    tight.rlim_cur = static_cast<rlim_t>(next);
    ::setrlimit(RLIMIT_NOFILE, &tight);
  }
  no_descriptors(const no_descriptors&) = delete;
  no_descriptors& operator=(const no_descriptors&) = delete;
  ~no_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

using ports = std::array<std::uint16_t, 2>;

/// Does `work` in a process of its own once it knows the ports. To be made before any thread.
class child {
 public:
  explicit child(const std::function<bool(const ports&)>& work) {
    trusted_authority::instance();
    EXPECT_EQ(::pipe(pipe_), 0);
    id_ = ::fork();
    if (id_ != 0) return;
    ports told{};
    const bool well = ::read(pipe_[0], &told, sizeof told) == sizeof told && work(told);
    ::_exit(well ? 0 : 1);
  }
  child(const child&) = delete;
  child& operator=(const child&) = delete;
  ~child() {
    ::close(pipe_[0]);
    ::close(pipe_[1]);
  }

  /// True: all went well.
  bool run(const ports& where) {
    EXPECT_EQ(::write(pipe_[1], &where, sizeof where), static_cast<ssize_t>(sizeof where));
    int status = 0;
    ::waitpid(id_, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  int pipe_[2] = {-1, -1};
  pid_t id_ = -1;
};

transport::origin at(std::uint16_t port, std::string host = "127.0.0.1") {
  transport::origin there;
  there.host = std::move(host);
  there.port = port;
  return there;
}

// UndefinedBehaviorSanitizer takes descriptors of its own for what it checks for the first time, and finds
// fault with the object if there is none.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool possible = false;
#else
constexpr bool possible = true;
#endif

TEST(descriptors, an_idle_connection_anywhere_is_closed_when_none_is_left) {
  if (!possible) GTEST_SKIP() << "the sanitizer needs descriptors itself";
  child client_process([](const ports& servers) {
    wire_client client;
    if (!client.fetch(at(servers[0])).response || client.net->stats().open != 1) return false;
    const no_descriptors tight;
    return client.fetch(at(servers[1])).response.has_value() && client.net->stats().open == 1;
  });
  const loopback_server first(good_tls(), answering(ok())), second(good_tls(), answering(ok()));
  EXPECT_TRUE(client_process.run({first.port(), second.port()}));
}

bool says_so(const transport::origin& to) {
  wire_client client;
  transport::origin shut = to;
  shut.port = 1;
  client.fetch(shut);  // the loop and the resolver have their own descriptors now
  const no_descriptors tight;
  const outcome got = client.fetch(to);
  return (code_of(got) == errc::connect_failed || code_of(got) == errc::resolve_failed) &&
         got.failure->what.detail.find("no file descriptor") != std::string::npos;
}

TEST(descriptors, the_error_says_that_none_is_left) {
  if (!possible) GTEST_SKIP() << "the sanitizer needs descriptors itself";
  child client_process([](const ports& servers) { return says_so(at(servers[0])); });
  const loopback_server server(good_tls(), answering(ok()));
  EXPECT_TRUE(client_process.run({server.port(), 0}));
}

TEST(descriptors, the_error_says_so_of_names_too) {
  if (!possible) GTEST_SKIP() << "the sanitizer needs descriptors itself";
  child client_process([](const ports& servers) { return says_so(at(servers[0], "localhost")); });
  const loopback_server server(good_tls(), answering(ok()));
  EXPECT_TRUE(client_process.run({server.port(), 0}));
}

}  // namespace
}  // namespace mux::test
