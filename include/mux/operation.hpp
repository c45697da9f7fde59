#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mux::inline v0 {

/// Limit class of an operation. Source: https://mux.com/docs/core/make-api-requests ; robots and system have
/// no published limit, playback and upload storage have none.
enum class rate_class : std::uint8_t { video_post, video_other, monitoring, data, system, robots, unlimited };
inline constexpr std::size_t rate_class_count = 7;
[[nodiscard]] std::string_view to_string(rate_class c) noexcept;

/// What a repeated call does.
enum class idempotency : std::uint8_t {
  safe,             ///< reads only (GET)
  idempotent,       ///< a repeat leaves the same state (PUT, DELETE, PATCH with absolute values)
  harmless_repeat,  ///< a repeat makes a second object that costs nothing (uploads.create)
  create,           ///< a repeat may make a second billed object: ambiguous once bytes were sent
  once,             ///< a repeat changes state again (reset-stream-key)
};

enum class pagination : std::uint8_t { none, cursor, page, page_timeframe, manual };

enum class api_host : std::uint8_t { api, stream, image };

enum class http_method : std::uint8_t { get, post, put, patch, delete_ };
[[nodiscard]] std::string_view to_string(http_method m) noexcept;

/// One row of the operation table.
struct operation {
  std::string_view id;  ///< `video.assets.create`
  http_method method;
  std::string_view path;  ///< `/video/v1/assets/{ASSET_ID}`
  rate_class limit;
  idempotency repeat;
  pagination paging;
  api_host host;
  std::int16_t success;  ///< documented success status
  bool deprecated;
};

/// All operations that the library knows, in the order of the API's description.
[[nodiscard]] std::span<const operation> operations() noexcept;
/// The row with this id, or null.
[[nodiscard]] const operation* find_operation(std::string_view id) noexcept;

}  // namespace mux::inline v0
