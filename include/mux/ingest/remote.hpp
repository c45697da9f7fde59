#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <mux/ingest/journal.hpp>
#include <mux/ingest/manifest.hpp>
#include <mux/result.hpp>

namespace mux::inline v0 {
class client;
}

namespace mux::inline v0::ingest {

/// An asset that was just created.
struct created_asset {
  created_asset();
  std::string id;
  std::string playback_id;  ///< the first one, empty if there is none
};

/// How far Mux is with an asset's video.
enum class readiness : std::uint8_t { preparing, ready, errored };

/// An asset of a listing.
struct listed_asset {
  listed_asset();
  std::string id;
  std::string passthrough;
  std::string external_id;
  std::optional<std::chrono::sys_seconds> created_at;
  readiness state = readiness::preparing;
  std::string reason;  ///< if `errored`, as the API gave it: text from outside
};

/// A direct upload as it stands.
struct upload_ticket {
  upload_ticket();

  enum class status : std::uint8_t {
    waiting,   ///< for bytes
    complete,  ///< `asset_id` is there
    errored,   ///< the bytes make no asset, for `reason`
    over,      ///< cancelled, timed out or gone: nothing will come of it
  };
  std::string id;
  status state = status::waiting;
  std::string url;       ///< where the bytes go; a secret; may be empty unless `waiting`
  std::string asset_id;  ///< if `complete`
  std::string reason;    ///< if `errored`, as the API gave it: text from outside
};

/// A local file to be sent.
struct file_on_its_way {
  file_on_its_way();
  std::string url;  ///< of its upload; a secret
  std::string path;
  std::uint64_t size = 0;     ///< that it must have, bytes
  std::int64_t modified = 0;  ///< when it must have been modified, nanoseconds since 1970
  bool resume = false;        ///< ask first how much of it is there already
};

/// A local file that was sent whole.
struct sent_file {
  sent_file();
  std::string checksum;  ///< SHA-256 of what was sent, hexadecimal
};

/// Told how many bytes of a file are safe at Mux. Called on any thread.
using on_durable = std::function<void(std::uint64_t bytes)>;

/// The assets of the environment page by page, in the server's order.
class asset_listing {
 public:
  virtual ~asset_listing() = default;
  /// The next page, or nothing after the last.
  virtual asio::awaitable<mux::result<std::optional<std::vector<listed_asset>>>> next() = 0;
};

/// Who the credentials belong to.
struct identity {
  identity();
  std::string environment_id;
  std::string environment_name;
};

/// The limit for creates as it stands.
struct pace {
  double rate = 1;                   ///< creates a second
  double tokens = 0;                 ///< creates that may go at once
  std::chrono::nanoseconds wait{0};  ///< predicted for a create that came now
  std::uint64_t refused = 0;         ///< answers 429 so far
  std::size_t queued = 0;            ///< creates that wait for their turn
};

/// What the engine needs of Mux. Members are called from one strand, creates several at a time.
class remote {
 public:
  virtual ~remote() = default;
  /// One create. `row` has the marker in its place already. Must observe cancellation.
  virtual asio::awaitable<mux::result<created_asset>> create(manifest_row row) = 0;
  /// For what is not urgent, a listing asks only when nobody else does.
  virtual std::unique_ptr<asset_listing> list(bool urgent) = 0;
  /// One asset. Not urgent.
  virtual asio::awaitable<mux::result<listed_asset>> find_asset(std::string id) = 0;

  /// A direct upload for the file of `row`, which has the marker in its place already. May be repeated: an
  /// upload that gets no bytes makes no asset. Must observe cancellation.
  virtual asio::awaitable<mux::result<upload_ticket>> create_upload(manifest_row row) = 0;
  virtual asio::awaitable<mux::result<upload_ticket>> find_upload(std::string id) = 0;
  /// Withdraws an upload that is still waiting.
  virtual asio::awaitable<mux::result<void>> cancel_upload(std::string id) = 0;
  /// Sends a file to an upload's `url`, in memory that does not depend on its size. Errors: `source_changed`
  /// (also if it is no longer the file that was asked for), `source_unreadable`, `upload_expired`, those of
  /// any call. Must observe cancellation.
  virtual asio::awaitable<mux::result<sent_file>> send_file(file_on_its_way file, on_durable progress) = 0;
  virtual asio::awaitable<mux::result<identity>> whoami() = 0;
  /// The server's time; nothing before the first answer.
  [[nodiscard]] virtual std::optional<server_instant> server_time() const = 0;
  /// Host of the API, with its port if it is not the usual one.
  [[nodiscard]] virtual std::string host() const = 0;
  [[nodiscard]] virtual ingest::pace pace() const = 0;
};

/// Mux by way of a client, which must outlive it. Creates go in the band `batch`.
[[nodiscard]] std::unique_ptr<remote> make_remote(const mux::client& client);

/// A wait that ends at an instant or when it is woken, whichever comes first. Used on one strand only.
class alarm {
 public:
  virtual ~alarm() = default;
  /// Ends at `until` (nothing: never) or at `wake`, also at one that came since the last wait ended.
  virtual asio::awaitable<void> wait(std::optional<std::chrono::steady_clock::time_point> until) = 0;
  virtual void wake() = 0;
};

/// The engine's clock. The time that it gives is the local steady one; instants at Mux come from
/// `remote::server_time`.
class timing {
 public:
  virtual ~timing() = default;
  [[nodiscard]] virtual std::chrono::steady_clock::time_point now() const = 0;
  [[nodiscard]] virtual std::unique_ptr<alarm> make_alarm(asio::any_io_executor executor) = 0;
};

/// The machine's steady clock and Asio's timers.
[[nodiscard]] timing& system_timing() noexcept;

}  // namespace mux::inline v0::ingest
