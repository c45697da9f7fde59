#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/api.hpp"
#include "emulator/content_hash.hpp"
#include "emulator/content_range.hpp"
#include "emulator/message.hpp"

namespace mux::inline v0::emulator {

/// True for every URL that an upload may have.
[[nodiscard]] bool is_storage(std::string_view target) noexcept;

/// One request to the URL of an upload: Google's resumable protocol, without I/O. Bytes are hashed as they
/// come and become durable unit by unit; none is kept. Requests to one session at the same time are allowed:
/// what is durable first counts.
class storage_transfer {
 public:
  /// Bytes that become durable together, but for the last ones of a file.
  static constexpr std::uint64_t unit = 262'144;

  /// Looks at the head of the request; the API must outlive this.
  storage_transfer(emulator::api& api, const message& request);
  /// What arrived counts, also if the request ends here.
  ~storage_transfer();
  storage_transfer(const storage_transfer&) = delete;
  storage_transfer& operator=(const storage_transfer&) = delete;

  /// The body makes no difference to the answer.
  [[nodiscard]] bool refused() const noexcept { return refusal_.has_value(); }
  /// The next piece of the body. False if the connection is to be cut here.
  [[nodiscard]] bool receive(std::string_view bytes);
  /// The body is complete.
  [[nodiscard]] reply finish();

 private:
  void begin(world& world, const message& request);
  /// What is wrong with storing this part now, if anything.
  [[nodiscard]] std::optional<reply> objection(const stored_file& file, const message& request) const;
  [[nodiscard]] std::string_view operation() const noexcept;
  void plan(const stored_file& file, std::optional<std::uint64_t> length);
  void commit();
  /// Executes what is left once the body is there.
  void conclude(world& world, const storage_session& session);
  void count_arrivals(world& world);
  [[nodiscard]] reply state_of(const stored_upload& upload) const;

  emulator::api& api_;
  std::string target_;
  bool no_308_;
  content_range range_;
  std::optional<fault> fault_;
  std::optional<reply> refusal_;
  content_hash hash_;  // of the file's first `hashed_` bytes
  std::uint64_t hashed_ = 0;
  std::uint64_t position_ = 0;    // in the file, of the next byte to arrive
  std::uint64_t kept_until_ = 0;  // bytes from here on are thrown away
  std::uint64_t arrived_ = 0;     // bytes of the body
  std::uint64_t counted_ = 0;     // of them, in the ledger
  std::optional<std::uint64_t> cut_at_;
};

}  // namespace mux::inline v0::emulator
