#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mux::inline v0::muxctl {

/// A JSON array of strings.
[[nodiscard]] std::string json_of_texts(const std::vector<std::string>& texts);
/// Reads what `json_of_texts` wrote; nothing if it is anything else.
[[nodiscard]] std::optional<std::vector<std::string>> texts_of_json(std::string_view json);

/// Names and values, as JSON, of an object that the library wrote, in its order.
[[nodiscard]] std::vector<std::pair<std::string, std::string_view>> members_of_json(std::string_view object);

}  // namespace mux::inline v0::muxctl
