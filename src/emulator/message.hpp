#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mux::inline v0::emulator {

/// What the API needs of an HTTP request. Views live as long as the call that takes it.
struct message {
  message() {}
  std::string_view method;
  std::string_view target;
  std::string_view authorization;
  std::string_view host;
  std::string_view origin;
  std::string_view control_token;
  std::string_view body;

  // What the storage looks at; it takes the body piece by piece.
  std::optional<std::string_view> content_range;
  std::optional<std::uint64_t> content_length;  ///< absent if it is not known before the end
  bool no_308 = false;                          ///< `X-GUploader-No-308: yes`
};

/// How the answer leaves.
enum class delivery : std::uint8_t {
  whole,
  truncated,  ///< half of the body, then the connection ends
  dropped,    ///< nothing; the connection is closed
  reset,      ///< nothing; the connection is reset
};

/// Who answers; it shows in the fields that every answer has.
enum class sender : std::uint8_t { api, storage };

struct reply {
  reply() {}
  explicit reply(int code, std::string text = {}) : status(code), body(std::move(text)) {}

  int status = 200;
  std::string body;
  std::string_view content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string_view, std::string>> fields;  ///< beyond those of every answer
  emulator::sender sender = emulator::sender::api;
  emulator::delivery delivery = emulator::delivery::whole;
  std::chrono::nanoseconds delay{0};
};

/// The API's error envelope.
[[nodiscard]] reply error_reply(int status, std::string_view type, const std::vector<std::string>& messages);
[[nodiscard]] reply not_found();
[[nodiscard]] reply unparsable_id();
[[nodiscard]] reply unreadable_body();
[[nodiscard]] reply invalid_parameters(const std::vector<std::string>& messages);
/// `{"data":…}`.
[[nodiscard]] reply data_reply(int status, std::string_view json);

/// A target split at `?`, and the query's pairs with their percent signs resolved.
struct parsed_target {
  std::string_view path;
  std::vector<std::pair<std::string, std::string>> query;

  explicit parsed_target(std::string_view target);
  /// The last value of that name, or null.
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  /// Sets `number` to a parameter that is a whole number from 1 on; leaves it alone if the parameter is
  /// absent. False if it is anything else.
  [[nodiscard]] bool read_count(std::string_view name, std::size_t& number) const noexcept;
};

[[nodiscard]] std::string percent_decode(std::string_view text, bool plus_is_space);

}  // namespace mux::inline v0::emulator
