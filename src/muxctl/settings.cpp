#include "muxctl/settings.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

#include <mux/version.hpp>

namespace mux::inline v0::muxctl {

namespace {

constexpr std::size_t largest_credentials_file = 64 * 1024;

class descriptor {
 public:
  explicit descriptor(int value) : value_(value) {}
  ~descriptor() {
    if (value_ > STDERR_FILENO) ::close(value_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }

 private:
  int value_;
};

[[noreturn]] void refuse_file(const std::string& path, const std::string& why, std::string hint = {}) {
  throw failure(exit_code::credentials, "credentials_file", "credentials file " + path + ": " + why,
                std::move(hint));
}

std::string read_credentials_file(const std::string& path) {
  const descriptor file(path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) refuse_file(path, std::strerror(errno));
  struct stat info {};
  if (path != "-") {
    if (::fstat(file.get(), &info) != 0) refuse_file(path, std::strerror(errno));
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) refuse_file(path, "is no file");
    if (S_ISREG(info.st_mode) && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
      refuse_file(path, "others than its owner may use it", "chmod 600 " + path);
  }
  std::string text;
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) refuse_file(path, std::strerror(errno));
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (text.size() > largest_credentials_file) refuse_file(path, "is longer than 64 KiB");
  }
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view blank = " \t\r";
  const auto begin = text.find_first_not_of(blank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blank) - begin + 1);
}

credentials choose_credentials(const global_flags& flags, credentials from_environment) {
  if (flags.credentials_file) {
    credentials read = parse_credentials(read_credentials_file(*flags.credentials_file));
    if (flags.token_id && !read.token_id.empty() && read.token_id != *flags.token_id)
      throw failure(exit_code::credentials, "mixed_credentials",
                    "--token-id names another token than the credentials file");
    if (flags.token_id && read.authorization_token.empty()) read.token_id = *flags.token_id;
    return read;
  }
  if (flags.token_id && from_environment.token_id != *flags.token_id)
    throw failure(
        exit_code::credentials, "mixed_credentials",
        "--token-id needs a secret of its own; the one in the environment belongs to another token",
        "give the secret with --credentials-file FILE (MUX_TOKEN_SECRET=… in a file of mode 0600, or - for "
        "standard input)");
  return from_environment;
}

[[noreturn]] void refuse_limit(std::string_view text, const std::string& why) {
  throw failure(exit_code::usage, "usage", "--rate-limit " + std::string(text) + ": " + why,
                "the form is CLASS=RATE[/BURST], video_post=1/5 for example; RATE off means no limit");
}

}  // namespace

credentials parse_credentials(std::string_view text) {
  credentials read;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    std::string_view line = trim(text.substr(0, newline));
    text.remove_prefix(newline == std::string_view::npos ? text.size() : newline + 1);
    if (line.starts_with("export ")) line = trim(line.substr(7));
    const auto equals = line.find('=');
    if (line.empty() || line.front() == '#' || equals == std::string_view::npos) continue;
    std::string_view value = trim(line.substr(equals + 1));
    if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') && value.back() == value.front())
      value = value.substr(1, value.size() - 2);
    const std::string_view name = trim(line.substr(0, equals));
    if (name == "MUX_TOKEN_ID") read.token_id = value;
    if (name == "MUX_TOKEN_SECRET") read.token_secret = value;
    if (name == "MUX_AUTHORIZATION_TOKEN") read.authorization_token = value;
  }
  if (read.token_secret.empty() && read.authorization_token.empty())
    throw failure(exit_code::credentials, "missing_credentials", "the credentials file holds no secret",
                  "it needs lines like MUX_TOKEN_ID=… and MUX_TOKEN_SECRET=…");
  return read;
}

void apply_limit(limiter_options& limits, std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) refuse_limit(text, "has no =");
  std::string name(text.substr(0, equals));
  std::replace(name.begin(), name.end(), '-', '_');
  std::string_view rate = text.substr(equals + 1), burst;
  if (const auto slash = rate.find('/'); slash != std::string_view::npos) {
    burst = rate.substr(slash + 1);
    rate = rate.substr(0, slash);
    if (burst.empty()) refuse_limit(text, "the burst is missing");
  }
  const auto number = [](std::string_view from, auto& into) {
    const auto [end, fault] = std::from_chars(from.data(), from.data() + from.size(), into);
    return fault == std::errc() && end == from.data() + from.size();
  };
  class_limit limit;
  if (rate == "off")
    limit.rate = std::numeric_limits<double>::infinity();
  else if (!number(rate, limit.rate) || !(limit.rate > 0) || !(limit.rate <= 1e6))
    refuse_limit(text, "the rate is no number above 0 and up to 1000000");
  if (!burst.empty()) {
    int size = 0;
    if (!number(burst, size) || size < 1 || size > 1'000'000)
      refuse_limit(text, "the burst is no whole number from 1 to 1000000");
    limit.burst = size;
  }
  std::string known;
  for (std::size_t i = 0; i < rate_class_count; ++i) {
    const std::string_view candidate = to_string(static_cast<rate_class>(i));
    if (candidate == name) {
      limits[static_cast<rate_class>(i)] = limit;
      return;
    }
    known.append(known.empty() ? "" : ", ").append(candidate);
  }
  refuse_limit(text, "there is no class " + name + ", only " + known);
}

std::filesystem::path default_limits_directory() {
  // The XDG rules: a relative path counts as not set.
  if (const char* state = std::getenv("XDG_STATE_HOME"); state && *state == '/')
    return std::filesystem::path(state) / "mux" / "limits";
  if (const char* home = std::getenv("HOME"); home && *home == '/')
    return std::filesystem::path(home) / ".local" / "state" / "mux" / "limits";
  return {};
}

client_options make_options(const global_flags& flags) {
  client_options options = client_options::from_environment();
  options.explain_refusals = true;
  options.credentials = choose_credentials(flags, std::move(options.credentials));
  if (flags.base_url) options.base_url = *flags.base_url;
  if (flags.ca_file) options.ca_file = *flags.ca_file;
  options.timeout = flags.timeout;
  options.deadline = flags.deadline;
  options.limits.state_directory =
      flags.limits_dir ? std::filesystem::path(*flags.limits_dir) : default_limits_directory();
  for (const std::string& limit : flags.limits) apply_limit(options.limits, limit);
  for (class_limit& limit : options.limits.classes) limit.discover_burst = flags.discover_burst;
  if (flags.bucket_id) options.limits.bucket_id = *flags.bucket_id;
  options.user_agent = "muxctl/" MUX_VERSION;
  return options;
}

}  // namespace mux::inline v0::muxctl
