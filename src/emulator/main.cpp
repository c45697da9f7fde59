// mux-emulator: the local Mux API as a program.

#include <cstdio>
#include <exception>
#include <filesystem>
#include <limits>
#include <optional>
#include <signal.h>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <CLI/CLI.hpp>

#include <mux/emulator/server.hpp>
#include <mux/version.hpp>

#include "emulator/environment_file.hpp"
#include "emulator/limits.hpp"
#include "emulator/private_files.hpp"

namespace {

namespace emulator = mux::emulator;

enum exit_code { done = 0, usage = 2, cannot_start = 5 };

/// A file that is removed at the end, unless somebody else has put another in its place.
class own_file {
 public:
  own_file(std::filesystem::path path, std::string_view text) : path_(std::move(path)) {
    emulator::write_private_file(path_, text);
    ::stat(path_.c_str(), &written_);
  }
  ~own_file() {
    struct stat now {};
    if (::stat(path_.c_str(), &now) == 0 && now.st_ino == written_.st_ino && now.st_dev == written_.st_dev)
      ::unlink(path_.c_str());
  }
  own_file(const own_file&) = delete;
  own_file& operator=(const own_file&) = delete;

 private:
  std::filesystem::path path_;
  struct stat written_ {};
};

struct arguments {
  emulator::server_options server;
  std::string env_file;
  std::vector<std::string> limits;
  std::vector<std::string> faults;
  bool http = false;
  bool no_limits = false;
  std::string limit_scope = "environment";
  double ready_after = 2;
  double latency_ms = 0;
  std::string list_lag;
  std::size_t seed_assets = 0;
  std::string seed_style = "small";
  std::string order = "newest";
  bool verbose = false;
};

/// `video_post=50/5`, `data=off`.
bool apply_limit(const std::string& text, emulator::server_options& options) {
  const auto equals = text.find('=');
  if (equals == std::string::npos) return false;
  const auto which = emulator::find_class(text.substr(0, equals));
  if (!which) return false;
  auto& limit = options.limit(*which);
  const auto value = text.substr(equals + 1);
  if (value == "off") {
    limit = emulator::no_limit;
    return true;
  }
  int used = 0;
  limit = emulator::bucket_limit();
  const int fields = std::sscanf(value.c_str(), "%lf%n/%d%n", &limit.rate, &used, &limit.burst, &used);
  return fields >= 1 && static_cast<std::size_t>(used) == value.size() && emulator::valid(limit);
}

/// `5000`, `5000=0.3`.
bool apply_list_lag(const std::string& text, emulator::server_options& options) {
  long long milliseconds = 0;
  int used = 0;
  const int fields =
      std::sscanf(text.c_str(), "%lld%n=%lf%n", &milliseconds, &used, &options.list_lag_share, &used);
  options.list_lag = std::chrono::milliseconds(milliseconds);
  return fields >= 1 && static_cast<std::size_t>(used) == text.size() && milliseconds >= 0 &&
         milliseconds <= 1'000'000'000 && options.list_lag_share >= 0 && options.list_lag_share <= 1;
}

std::optional<std::string> complete(arguments& a) {
  auto& options = a.server;
  options.tls = !a.http;
  if (a.limit_scope == "account") options.limit_scope = emulator::limit_scope::account;
  options.newest_first = a.order == "newest";
  options.ready_after = std::chrono::nanoseconds(static_cast<std::int64_t>(a.ready_after * 1e9));
  options.latency = std::chrono::nanoseconds(static_cast<std::int64_t>(a.latency_ms * 1e6));
  if (a.no_limits) options.limits.fill(emulator::no_limit);
  for (const auto& text : a.limits)
    if (!apply_limit(text, options)) return "--limit " + text + ": expected CLASS=RATE/BURST or CLASS=off";
  for (const auto& text : a.faults) {
    const auto fault = emulator::parse_fault(text);
    if (!fault) return "--fault " + text + ": expected KIND[:MILLISECONDS][@MATCH][=PROBABILITY][*COUNT]";
    options.faults.push_back(*fault);
  }
  if (!a.list_lag.empty() && !apply_list_lag(a.list_lag, options))
    return "--list-lag " + a.list_lag + ": expected MILLISECONDS[=SHARE]";
  return std::nullopt;
}

void add_options(CLI::App& app, arguments& a) {
  app.add_option("--port", a.server.port, "Port to listen on; 0: any free one");
  app.add_option("--address", a.server.address, "IP address to listen on")->capture_default_str();
  app.add_option("--env-file", a.env_file,
                 "Write shell exports for clients to this file (mode 0600) once ready");
  app.add_flag("--http", a.http, "Plain http instead of https, on loopback only");
  auto* cert =
      app.add_option("--cert", a.server.certificate_file, "PEM certificate (chain) instead of one made now");
  app.add_option("--key", a.server.key_file, "PEM key of --cert")->needs(cert);
  app.add_option(
      "--limit", a.limits,
      "CLASS=RATE/BURST or CLASS=off; classes: video_post, video_other, monitoring, data, system, robots");
  app.add_flag("--no-limits", a.no_limits, "No limit for any class that --limit does not name");
  app.add_option("--limit-scope", a.limit_scope, "Who shares a bucket")
      ->check(CLI::IsMember({"environment", "account"}))
      ->capture_default_str();
  app.add_flag("--rate-limit-headers", a.server.rate_limit_headers, "Send X-RateLimit-Limit and -Remaining");
  app.add_flag("--retry-after", a.server.retry_after, "Send Retry-After with a 429");
  app.add_option("--ready-after", a.ready_after, "Seconds until an asset is ready")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  app.add_option("--latency-ms", a.latency_ms, "Added to every answer")->check(CLI::Range(0.0, 1e6));
  app.add_option("--list-lag", a.list_lag,
                 "MILLISECONDS[=SHARE]: so late a new asset, or that share of them, shows in listings");
  app.add_option(
      "--fail-word", a.server.fail_words,
      "An asset ends errored if the URL of an input, its title, passthrough or external id contains "
      "this; besides inputs from errored.example and empty uploads");
  app.add_option("--order", a.order, "Order of the lists of assets and uploads")
      ->check(CLI::IsMember({"newest", "oldest"}))
      ->capture_default_str();
  app.add_option("--seed-assets", a.seed_assets, "Assets that are there from the start")
      ->check(CLI::Range(std::size_t(0), std::size_t(10'000'000)));
  app.add_option("--seed-style", a.seed_style, "How they look: about 800 bytes of JSON each, or about 2,100")
      ->check(CLI::IsMember({"small", "rich"}))
      ->capture_default_str();
  app.add_option(
      "--fault", a.faults,
      "KIND[:MILLISECONDS][@OPERATION|CLASS][=PROBABILITY][*COUNT]; kinds: drop_before, drop_after, "
      "reset_before, reset_after, http_500_before, http_500_after, http_502_before, http_502_after, "
      "http_503_before, http_503_after, html_before, html_after, truncate, delay; for the URLs of uploads, "
      "whose class is storage and whose operations are storage.chunk, storage.finish and storage.query, also "
      "partial, cut, expire_session, upload_errored; create_answer_lost and upload_answer_lost for short");
  app.add_option("--random-seed", a.server.seed, "Same seed, same ids and same faults");
  app.add_option("--threads", a.server.threads, "Threads that answer")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  app.add_flag("--verbose", a.verbose, "Print the ledger at the end");
  app.set_version_flag("--version", "mux-emulator " MUX_VERSION);
}

void print_ledger(const emulator::server& server) {
  const auto ledger = server.ledger();
  std::printf("creates: %ju\nduplicates: %ju\n", std::uintmax_t(ledger.creates),
              std::uintmax_t(ledger.duplicates));
  if (ledger.uploads > 0)
    std::printf("uploads: %ju, %ju with an asset, %ju bytes stored of %ju sent\n",
                std::uintmax_t(ledger.uploads), std::uintmax_t(ledger.upload_assets),
                std::uintmax_t(ledger.stored_bytes), std::uintmax_t(ledger.storage_bytes));
  for (std::size_t i = 0; i < mux::rate_class_count; ++i)
    if (const auto& c = ledger.classes[i]; c.requests > 0)
      std::printf("%s: %ju requests, %ju 429s\n",
                  emulator::class_name(static_cast<mux::rate_class>(i)).data(), std::uintmax_t(c.requests),
                  std::uintmax_t(c.refused));
}

int run(arguments& a) {
  // Blocked before any thread starts, so that this one alone takes them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int s : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, s);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  emulator::server server(a.server);
  if (a.seed_assets > 0)
    server.seed_assets(a.seed_assets,
                       a.seed_style == "rich" ? emulator::seed_style::rich : emulator::seed_style::small);
  server.start();
  std::optional<own_file> env_file;
  if (!a.env_file.empty()) env_file.emplace(a.env_file, emulator::environment_exports(server));
  std::printf("mux-emulator %s listens on %s\n", MUX_VERSION, server.base_url().c_str());
  std::fflush(stdout);

  int signal_taken = 0;
  sigwait(&signals, &signal_taken);
  env_file.reset();
  server.stop();
  if (a.verbose) print_ledger(server);
  return done;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("A local Mux API: real HTTPS, real limits, real state, for tests and for trying things out.");
  arguments a;
  add_options(app, a);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? done : usage;
  }
  if (const auto fault = complete(a)) {
    std::fprintf(stderr, "mux-emulator: %s\n", fault->c_str());
    return usage;
  }
  try {
    return run(a);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "mux-emulator: %s\n", e.what());
    return cannot_start;
  }
}
