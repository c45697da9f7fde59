#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace mux::inline v0 {

enum class http_method : std::uint8_t { get, post, put, patch, delete_ };
[[nodiscard]] std::string_view to_string(http_method m) noexcept;

/// Limit class of a request. Source: https://mux.com/docs/core/make-api-requests
enum class rate_class : std::uint8_t {
  video_post,   ///< POST below `/video`: 1 a second
  video_other,  ///< other methods below `/video`: 5 a second
  monitoring,   ///< real-time data below `/data`: 1 a second
  data,         ///< everything else below `/data`: 5 a second
  system,       ///< no published limit
  robots,       ///< no published limit
  storage,      ///< bytes of direct uploads, which go to another host: no published limit
  unlimited,    ///< playback: manifests, images, files
};
inline constexpr std::size_t rate_class_count = 8;
[[nodiscard]] std::string_view to_string(rate_class c) noexcept;
/// The class of a request to a path of the API, documented or not, by method and path alone.
[[nodiscard]] rate_class classify(http_method method, std::string_view path) noexcept;

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
