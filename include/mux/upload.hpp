#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <mux/result.hpp>

namespace mux::inline v0 {

/// The bytes of an upload. They are asked for in pieces, which may come again: what was lost on the way is
/// read a second time.
class body_source {
 public:
  virtual ~body_source() = default;
  /// Bytes in all; must not change.
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Copies the bytes from `offset` on to `into` and returns how many there were: all that `into` can take
  /// unless the end comes first. An error ends the upload with that error.
  virtual boost::asio::awaitable<result<std::size_t>> read(std::uint64_t offset, std::span<char> into) = 0;
};

/// A regular file, opened once: what takes its name later is not sent, and a file that is deleted meanwhile
/// is sent to its end. Each `read` looks whether size or modification time are still those at the opening.
///
/// Reads are done by another thread, since a disk may keep one waiting. Lifetime: a read under way is waited
/// for by whoever destroys its coroutine. Cancellation: a read under way is waited for.
class file_source final : public body_source {
 public:
  /// Follows symbolic links. Reads run on Asio's `system_executor`, or on `reads_on`, which must not be that
  /// of a strand on which the upload runs. Errors: `source_unreadable` for what does not exist, may not be
  /// read or is no regular file.
  [[nodiscard]] static result<file_source> open(const std::filesystem::path& file);
  [[nodiscard]] static result<file_source> open(const std::filesystem::path& file,
                                                boost::asio::any_io_executor reads_on);

  [[nodiscard]] std::uint64_t size() const override;
  /// When the file was last modified, at the opening.
  [[nodiscard]] std::chrono::sys_time<std::chrono::nanoseconds> modified() const;
  /// Errors: `source_changed`, `source_unreadable`.
  boost::asio::awaitable<result<std::size_t>> read(std::uint64_t offset, std::span<char> into) override;

 private:
  struct open_file;
  explicit file_source(std::shared_ptr<const open_file> file);

  std::shared_ptr<const open_file> file_;
};

/// Settings of one upload.
struct upload_options {
  upload_options() {}
  /// Bytes of one request, which stand in memory: a multiple of 262,144, at most 1 GiB.
  std::uint64_t chunk = 4 * 1024 * 1024;
  /// Ask the storage first how much it has, and go on from there: for an upload that was begun before.
  bool resume = false;
  /// Requests in a row after which no further byte is durable, at least 1. Between them come pauses, as
  /// `retry_options` says.
  int tries = 10;
  /// Longest time for one request, waiting for a connection included. Unset: the client's.
  std::optional<std::chrono::nanoseconds> timeout;
  /// Longest time for everything. Unset: the client's.
  std::optional<std::chrono::nanoseconds> deadline;
  /// Told when the storage has said that more is durable, at the end too; and when it has lost some. Called
  /// on a strand of the upload's own; must not block.
  std::function<void(std::uint64_t durable, std::uint64_t total)> on_progress;
};

/// A finished upload.
struct upload_outcome {
  upload_outcome() {}
  std::uint64_t bytes = 0;         ///< of the source
  std::uint64_t resumed_from = 0;  ///< what was durable before the first byte was sent
  std::uint64_t sent = 0;          ///< by this call, what was sent more than once included
  int retries = 0;                 ///< requests after which the storage had to be asked, or tried again
  std::string md5;                 ///< base64, if the storage said it
  std::string crc32c;              ///< base64 of the big-endian number, if the storage said it
};

}  // namespace mux::inline v0
