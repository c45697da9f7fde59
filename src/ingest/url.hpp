#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mux::inline v0::ingest {

/// What is wrong with a source URL.
struct url_fault {
  std::size_t offset;  ///< byte at which it shows
  std::string message;
  std::string expected;
};

inline constexpr std::size_t max_url_bytes = 8192;

/// Nothing if `url` is an absolute http or https URL with a host and without spaces and control characters.
/// Hosts are not judged: it is Mux that fetches.
[[nodiscard]] std::optional<url_fault> check_url(std::string_view url);

/// The URL has a query or user-info, which often hold secrets.
[[nodiscard]] bool holds_secret(std::string_view url) noexcept;

/// `text` with every trace of `url`'s query, user-info and fragment replaced by `…`: APIs like to quote their
/// input.
[[nodiscard]] std::string without_secrets(std::string text, std::string_view url);

/// `text` with every URL in it as `shown_url` has it.
[[nodiscard]] std::string with_shown_urls(std::string_view text);

}  // namespace mux::inline v0::ingest
