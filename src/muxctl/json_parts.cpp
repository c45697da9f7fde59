#include "muxctl/json_parts.hpp"

#include <algorithm>
#include <charconv>

#include "muxctl/escape.hpp"

namespace mux::inline v0::muxctl {

namespace {

void append_utf8(std::string& out, unsigned value) {
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80U | (value >> shift & 0x3fU)); };
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xc0U | value >> 6U);
    tail(0);
  } else {
    out += static_cast<char>(0xe0U | value >> 12U);
    tail(6);
    tail(0);
  }
}

// Reads JSON that our own writers made: strings are checked, other values passed over by their brackets.
class reader {
 public:
  explicit reader(std::string_view json) : rest_(json) {}

  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<std::string> text() {
    if (!take('"')) return std::nullopt;
    std::string out;
    while (!rest_.empty() && rest_.front() != '"') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c != '\\')
        out += c;
      else if (!escape(out))
        return std::nullopt;
    }
    if (!take('"')) return std::nullopt;
    return out;
  }

  std::string_view value() {
    const std::string_view all = rest_;
    int depth = 0;
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '"') {
        if (!text()) break;
        continue;
      }
      const bool closes = c == '}' || c == ']';
      if (depth == 0 && (closes || c == ',')) break;
      depth += (c == '{' || c == '[') - closes;
      rest_.remove_prefix(1);
    }
    return all.substr(0, all.size() - rest_.size());
  }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  bool escape(std::string& out) {
    if (rest_.empty()) return false;
    const char c = rest_.front();
    rest_.remove_prefix(1);
    constexpr std::string_view names = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t at = names.find(c); at != names.npos) {
      out += meanings[at];
      return true;
    }
    unsigned value = 0;
    if (c != 'u' || rest_.size() < 4) return false;
    const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + 4, value, 16);
    // A character is never split in two by our writers.
    if (fault != std::errc() || end != rest_.data() + 4 || (value >= 0xd800 && value <= 0xdfff)) return false;
    rest_.remove_prefix(4);
    append_utf8(out, value);
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::string json_of_texts(const std::vector<std::string>& texts) {
  std::string json = "[";
  for (const std::string& text : texts) {
    if (json.size() > 1) json += ',';
    append_json_string(json, text);
  }
  return json += ']';
}

std::optional<std::vector<std::string>> texts_of_json(std::string_view json) {
  reader in(json);
  std::vector<std::string> found;
  if (!in.take('[')) return std::nullopt;
  while (!in.take(']')) {
    if (!found.empty() && !in.take(',')) return std::nullopt;
    std::optional<std::string> one = in.text();
    if (!one) return std::nullopt;
    found.push_back(std::move(*one));
  }
  if (!in.at_end()) return std::nullopt;
  return found;
}

std::vector<std::pair<std::string, std::string_view>> members_of_json(std::string_view object) {
  std::vector<std::pair<std::string, std::string_view>> members;
  reader in(object);
  if (!in.take('{')) return members;
  for (std::optional<std::string> name = in.text(); name && in.take(':'); name = in.text()) {
    members.emplace_back(std::move(*name), in.value());
    if (!in.take(',')) break;
  }
  return members;
}

}  // namespace mux::inline v0::muxctl
