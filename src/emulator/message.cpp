#include "emulator/message.hpp"

#include <algorithm>
#include <charconv>

#include "emulator/json_writer.hpp"

namespace mux::inline v0::emulator {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

reply error_reply(int status, std::string_view type, const std::vector<std::string>& messages) {
  reply answer(status);
  json_writer json(answer.body);
  json.begin('{').key("error").begin('{').member("type", type).key("messages").begin('[');
  for (const auto& text : messages) json.value(text);
  json.end(']').end('}').end('}');
  return answer;
}

reply not_found() {
  return error_reply(404, "not_found",
                     {"The requested resource either doesn't exist or you don't have access to it."});
}

reply unparsable_id() {
  return invalid_parameters({"Failed to parse ID"});
}

reply unreadable_body() {
  return invalid_parameters({"The request body is not a JSON object"});
}

reply invalid_parameters(const std::vector<std::string>& messages) {
  return error_reply(400, "invalid_parameters", messages);
}

reply data_reply(int status, std::string_view json) {
  reply answer(status);
  answer.body.reserve(json.size() + 9);
  answer.body.append("{\"data\":").append(json).append("}");
  return answer;
}

parsed_target::parsed_target(std::string_view target) : path(target.substr(0, target.find('?'))) {
  for (auto rest = target.substr(std::min(path.size() + 1, target.size())); !rest.empty();) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const auto name = pair.substr(0, pair.find('='));
    const auto value = pair.substr(std::min(name.size() + 1, pair.size()));
    query.emplace_back(percent_decode(name, true), percent_decode(value, true));
  }
}

const std::string* parsed_target::find(std::string_view name) const noexcept {
  const auto at =
      std::find_if(query.rbegin(), query.rend(), [name](const auto& pair) { return pair.first == name; });
  return at == query.rend() ? nullptr : &at->second;
}

bool parsed_target::read_count(std::string_view name, std::size_t& number) const noexcept {
  const auto* text = find(name);
  if (!text) return true;
  const auto end = text->data() + text->size();
  const auto [stopped, failure] = std::from_chars(text->data(), end, number);
  return failure == std::errc() && stopped == end && number >= 1;
}

std::string percent_decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 && hex_digit(text[i + 2]) >= 0) {
      decoded += static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]));
      i += 2;
    } else {
      decoded += text[i] == '+' && plus_is_space ? ' ' : text[i];
    }
  }
  return decoded;
}

}  // namespace mux::inline v0::emulator
