#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <mux/emulator/fault.hpp>
#include <mux/emulator/ledger.hpp>
#include <mux/operation.hpp>

namespace mux::inline v0::emulator {

/// A token bucket of the emulator: full at the start; a refused request takes nothing from it.
struct bucket_limit {
  double rate = 1;  ///< requests a second, above 0; infinity: no limit
  int burst = 5;    ///< size of the bucket, at least 1
};

/// No limit for a class.
inline constexpr bucket_limit no_limit{std::numeric_limits<double>::infinity(), 5};

/// Who shares a bucket: the tokens of one environment (today's API) or of the whole account (the older rule).
enum class limit_scope : std::uint8_t { environment, account };

/// An access token: what Basic authentication takes, and optionally a Bearer token that means the same.
struct access_token {
  access_token() {}
  std::string id;                         ///< empty: a random UUID
  std::string secret;                     ///< empty: random
  std::string authorization;              ///< Bearer token; empty: none
  std::string name = "emulator";          ///< shown by whoami
  std::string environment_id = "emulat";  ///< tokens of one environment see the same assets
  std::string environment_name = "Emulator";
};

/// How seeded assets look: about 800 bytes of JSON each, or about 2,100.
enum class seed_style : std::uint8_t { small, rich };

struct server_options {
  server_options() {}

  /// Where to listen. Control requests are answered only under loopback names or this address.
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  /// False: plain http, allowed on loopback addresses only.
  bool tls = true;
  /// PEM files to use instead of a CA and a certificate made at the start (ECDSA P-256, for localhost,
  /// 127.0.0.1 and ::1). The certificate file may hold a chain and is then what `ca_pem` returns.
  std::filesystem::path certificate_file;
  std::filesystem::path key_file;
  int threads = 1;

  /// The first one is the default environment's.
  std::vector<access_token> tokens{access_token{}};
  std::string organization_id = "emulatororg";
  std::string organization_name = "Emulator";
  /// Grants the control endpoints. Empty: random.
  std::string control_token;

  /// By `rate_class`: the documented rates. System and robots have no published limit.
  std::array<bucket_limit, rate_class_count> limits = {
      {{1, 5}, {5, 5}, {1, 5}, {5, 5}, no_limit, no_limit, no_limit, no_limit}};
  emulator::limit_scope limit_scope = emulator::limit_scope::environment;
  bool rate_limit_headers = false;  ///< `X-RateLimit-Limit` and `X-RateLimit-Remaining` on every answer
  bool retry_after = false;         ///< `Retry-After` on a 429

  /// How long an asset stays `preparing`; 0: it is ready at once.
  std::chrono::nanoseconds ready_after = std::chrono::seconds(2);
  /// Added to every answer of the API, in real time.
  std::chrono::nanoseconds latency{0};
  bool newest_first = true;  ///< order of the lists of assets and uploads
  /// How long a new asset is missing from listings while its own URL already shows it.
  std::chrono::nanoseconds list_lag{0};
  double list_lag_share = 1;  ///< share of the assets that this befalls, 0 to 1
  /// An asset ends `errored` if the URL of an input, its title, passthrough or external id contains one.
  std::vector<std::string> fail_words;
  std::vector<fault> faults;
  /// Same seed, same ids and same faults. 0: random.
  std::uint64_t seed = 0;
  /// Time stands still and is moved by `advance_time` alone.
  bool frozen_clock = false;

  std::size_t max_connections = 1000;
  std::size_t max_header = 16 * 1024;
  std::size_t max_body = 1024 * 1024;  ///< of the API; files for the storage may be of any size
  /// A connection that sends nothing for so long, between or within requests, is closed.
  std::chrono::nanoseconds idle_timeout = std::chrono::seconds(60);

  [[nodiscard]] bucket_limit& limit(rate_class c) noexcept { return limits[static_cast<std::size_t>(c)]; }
};

/// The Mux API on this machine: a real server with real state. Thread-safe; runs on threads of its own, so
/// that a test can use it beside the client under test.
///
/// Assets end `errored` instead of `ready` if the host of an input is `errored.example`, if an uploaded file
/// is empty, and by `server_options::fail_words`.
///
/// The URL of a direct upload leads back to this server. It needs no credentials, only an exact copy of the
/// URL; it speaks Google's resumable protocol, outside of all limits. Bytes are counted and hashed, not kept.
class server {
 public:
  explicit server(server_options options = {});
  /// Stops.
  ~server();
  server(const server&) = delete;
  server& operator=(const server&) = delete;

  /// Listens and answers from here on. Throws `std::system_error` (address in use, not allowed, …) or
  /// `std::runtime_error` (unusable certificate files, plain http on an address that is not loopback).
  void start();
  /// Lets answers under way end (for at most two seconds), closes everything and removes the files of
  /// `start`. Idempotent.
  void stop() noexcept;

  /// `https://127.0.0.1:PORT`.
  [[nodiscard]] std::string base_url() const;
  [[nodiscard]] std::uint16_t port() const noexcept;
  /// Credentials of the first token.
  [[nodiscard]] const std::string& token_id() const noexcept;
  [[nodiscard]] const std::string& token_secret() const noexcept;
  [[nodiscard]] const std::string& authorization_token() const noexcept;
  /// To be sent as `X-Emulator-Token` with control requests.
  [[nodiscard]] const std::string& control_token() const noexcept;

  /// The CA to trust; empty without TLS.
  [[nodiscard]] const std::string& ca_pem() const noexcept;
  /// A file (mode 0600) with the CA to trust; empty without TLS. Exists until `stop`.
  [[nodiscard]] const std::filesystem::path& ca_file() const noexcept;
  /// As `ca_file`, with the system's CAs too: what `SSL_CERT_FILE` wants, which replaces the system's.
  [[nodiscard]] const std::filesystem::path& ca_bundle_file() const noexcept;

  // The control endpoints as functions.

  /// Adds ready assets to the first token's environment, past every limit; they count as no creates.
  void seed_assets(std::size_t count, seed_style style = seed_style::small);
  /// Replaces a class's limit; its buckets start full.
  void set_limit(rate_class c, bucket_limit limit);
  void set_faults(std::vector<fault> faults);
  void add_fault(fault f);
  void advance_time(std::chrono::nanoseconds by);
  /// Holds for assets created from here on.
  void set_list_lag(std::chrono::nanoseconds by, double share = 1);
  /// Forgets assets, uploads, ledger, faults and the lag of listings and fills the buckets; limits, tokens
  /// and time stay.
  void reset();
  [[nodiscard]] emulator::ledger ledger() const;
  /// What was created by clients, oldest first.
  [[nodiscard]] std::vector<created_asset> created() const;
  /// Assets that exist now, in all environments.
  [[nodiscard]] std::size_t asset_count() const;

 private:
  class impl;
  std::unique_ptr<impl> impl_;
};

}  // namespace mux::inline v0::emulator
