// Many GETs, and POSTs among them if wanted, through the client against a server that closes kept connections
// at random moments. No GET may fail, every answer must be the one to its request, no POST may be executed
// twice.

#include <charconv>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdlib.h>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/mux.hpp>

#include "storm/closing_server.hpp"

namespace {

namespace asio = boost::asio;

constexpr std::string_view help =
    R"(usage: storm [--gets N] [--posts-every N] [--callers N] [--close-every N]
             [--lose-answers] [--tls] [--seed N]

  --gets N         calls in all (default 1000000)
  --posts-every N  every Nth call is a create with a passthrough of its own (default 0: none)
  --callers N      coroutines that call, all on one thread, over at most 8 connections (default 12)
  --close-every N  about one answered request in N may end its connection (default 40; 0: none does)
  --lose-answers   a create that arrives on a connection whose end is due is executed, but not answered
  --tls            over TLS instead of plain TCP
  --seed N         of the server's and the callers' choices (default 1); their timing is the machine's

Connections are closed right after an answer, after some time without a request (which may have been on its way), or
while a GET arrives, after some or all of it was read. A create that was written
into a connection that had just been closed is reported as ambiguous: nobody can know. Such creates are counted, and
compared with what the server did; they are no errors, and they must not be sent again.

Exit code: 0 if no GET failed, each answer belonged to its request and no create was executed twice; 1 otherwise; 2 for
wrong usage.
)";

struct settings {
  std::uint64_t calls = 1'000'000;
  std::uint64_t posts_every = 0;
  std::uint64_t callers = 12;
  storm::temper server;
};

struct outcome {
  std::uint64_t next = 0;  ///< call to be made
  std::uint64_t gets = 0, posts = 0;
  std::uint64_t wrong_answers = 0;
  std::uint64_t errors = 0;
  std::vector<std::string> first_errors;
  std::vector<std::string> ambiguous;  ///< passthroughs
  std::vector<std::string> refused;    ///< passthroughs of creates that ended with another error

  void note(const mux::error& e) {
    ++errors;
    if (first_errors.size() < 10) first_errors.push_back(e.message());
  }
};

asio::awaitable<void> get(const mux::client& client, std::uint64_t number, outcome& seen) {
  const std::string id = "get-" + std::to_string(number);
  mux::result<mux::asset> got = co_await client.try_send(mux::requests::video::assets::retrieve(id));
  ++seen.gets;
  if (!got)
    seen.note(got.error());
  else if (got->id != id)
    ++seen.wrong_answers;
}

asio::awaitable<void> post(const mux::client& client, std::uint64_t number, outcome& seen) {
  const std::string marker = "post-" + std::to_string(number);
  mux::asset_create_params params;
  params.inputs.emplace_back("https://example.com/in.mp4");
  params.passthrough = marker;
  mux::result<mux::asset> made = co_await client.try_send(mux::requests::video::assets::create(params));
  ++seen.posts;
  if (made) {
    if (made->passthrough != marker) ++seen.wrong_answers;
  } else if (made.error().ambiguous) {
    seen.ambiguous.push_back(marker);
  } else {
    seen.refused.push_back(marker);
    seen.note(made.error());
  }
}

asio::awaitable<void> call(const mux::client& client, const settings& wanted, std::uint64_t seed,
                           outcome& seen) {
  std::mt19937_64 random(seed);
  asio::steady_timer pause(co_await asio::this_coro::executor);
  while (seen.next < wanted.calls) {
    const std::uint64_t number = seen.next++;
    if (wanted.posts_every != 0 && number % wanted.posts_every == wanted.posts_every - 1)
      co_await post(client, number, seen);
    else
      co_await get(client, number, seen);
    // So that connections lie idle now and then.
    if (random() % 64 != 0) continue;
    pause.expires_after(std::chrono::microseconds(random() % 2000));
    co_await pause.async_wait(asio::use_awaitable);
  }
}

/// A file that only this process uses, gone with the object.
class private_file {
 public:
  explicit private_file(std::string_view text) {
    std::string name = (std::filesystem::temp_directory_path() / "mux-storm-XXXXXX").string();
    const int made = ::mkstemp(name.data());
    if (made < 0) throw std::system_error(errno, std::generic_category(), name);
    ::close(made);
    path_ = name;
    std::ofstream(path_) << text;
  }
  private_file(const private_file&) = delete;
  private_file& operator=(const private_file&) = delete;
  ~private_file() { std::filesystem::remove(path_); }
  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

bool report(const storm::closing_server& server, const storm::ledger& truth, const outcome& seen,
            const mux::client_stats& stats) {
  std::uint64_t unknown_but_done = 0, denied_but_done = 0;
  for (const std::string& marker : seen.ambiguous) unknown_but_done += server.executed(marker) ? 1 : 0;
  for (const std::string& marker : seen.refused) denied_but_done += server.executed(marker) ? 1 : 0;
  const auto print = [](const char* what, std::uint64_t count) {
    std::printf("%-58s %10llu\n", what, static_cast<unsigned long long>(count));
  };
  print("GETs", seen.gets);
  print("creates", seen.posts);
  print("connections opened", truth.connections);
  print("connections closed right after an answer", truth.closed_at_once);
  print("connections closed after some time without a request", truth.closed_idle);
  print("connections closed while a GET arrived", truth.closed_under);
  print("answers to creates lost", truth.lost_answers);
  print("tries repeated at once", stats.renewed);
  print("tries repeated after a pause", stats.retried);
  print("creates that nobody can know of (ambiguous)", seen.ambiguous.size());
  print("  of them executed", unknown_but_done);
  print("errors that came out (must be 0)", seen.errors);
  print("answers to another request (must be 0)", seen.wrong_answers);
  print("creates executed twice (must be 0)", truth.posted_twice);
  print("creates reported as failed, but executed (must be 0)", denied_but_done);
  for (const std::string& message : seen.first_errors) std::printf("  %s\n", message.c_str());
  return seen.errors + seen.wrong_answers + truth.posted_twice + truth.unknown_posts + denied_but_done == 0;
}

bool run(const settings& wanted) {
  storm::closing_server server(wanted.server);
  const private_file authority(server.authority());
  mux::client_options options;
  options.base_url = server.base_url();
  if (wanted.server.tls) options.ca_file = authority.path();
  options.credentials.token_id = "storm";
  options.credentials.token_secret = "secret";
  for (mux::class_limit& limit : options.limits.classes) limit.rate = mux::unlimited_rate;

  asio::io_context io(1);
  const mux::client client(io.get_executor(), std::move(options));
  outcome seen;
  for (std::uint64_t i = 0; i < wanted.callers; ++i)
    asio::co_spawn(io, call(client, wanted, wanted.server.seed * 1000 + i, seen),
                   [](const std::exception_ptr& e) {
                     if (e) std::rethrow_exception(e);
                   });
  io.run();
  const mux::client_stats stats = client.stats();
  return report(server, server.stop(), seen, stats);
}

/// False if the text is no number.
bool read(std::string_view text, std::uint64_t& number) {
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failure == std::errc() && end == text.data() + text.size();
}

/// False for wrong usage.
bool parse(const std::vector<std::string_view>& arguments, settings& wanted) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string_view name = arguments[i];
    if (name == "--tls") {
      wanted.server.tls = true;
      continue;
    }
    if (name == "--lose-answers") {
      wanted.server.loses_answers = true;
      continue;
    }
    std::uint64_t number = 0;
    if (++i == arguments.size() || !read(arguments[i], number)) return false;
    if (name == "--gets")
      wanted.calls = number;
    else if (name == "--posts-every")
      wanted.posts_every = number;
    else if (name == "--callers")
      wanted.callers = number;
    else if (name == "--close-every")
      wanted.server.close_every = number;
    else if (name == "--seed")
      wanted.server.seed = number;
    else
      return false;
  }
  return true;
}

}  // namespace

int main(int count, char** arguments) try {
  const std::vector<std::string_view> given(arguments + 1, arguments + count);
  if (given.size() == 1 && given.front() == "--help") return std::fputs(help.data(), stdout), 0;
  settings wanted;
  if (!parse(given, wanted)) return std::fputs(help.data(), stderr), 2;
  return run(wanted) ? 0 : 1;
} catch (const std::exception& e) {
  std::fprintf(stderr, "storm: %s\n", e.what());
  return 1;
}
