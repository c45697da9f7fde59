#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mux::inline v0::ingest {

enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

/// The kind with its article, for messages: `a number`.
[[nodiscard]] std::string_view to_string(json_kind kind) noexcept;

/// One value of a JSON text that knows where it stands.
struct json_node {
  json_kind kind = json_kind::null;
  std::size_t offset = 0;  ///< of its first byte
  std::string_view text;   ///< decoded, if it is a string; else as it is written
  std::size_t next = 0;    ///< index of the node behind it and all that it holds
};

/// What is wrong with a JSON text.
struct json_fault {
  std::size_t offset;
  std::string message;
  std::string expected;
};

/// The nodes of one JSON text in the order in which they are written; those of an array follow it, those of
/// an object follow it in pairs of name and value. For short texts that people write: unlike the codec it
/// knows the place of everything, and refuses names given twice and surrogates that stand alone.
class json_text {
 public:
  static constexpr int max_depth = 64;
  static constexpr std::size_t max_members = 256;  ///< of one object

  /// `text` must outlive the nodes.
  [[nodiscard]] std::optional<json_fault> parse(std::string_view text);
  [[nodiscard]] const json_node& operator[](std::size_t i) const noexcept { return nodes_[i]; }

  /// Calls `each(element)` with the index of each element of the array at `i`.
  template <class F>
  void elements(std::size_t i, F each) const {
    for (std::size_t at = i + 1; at < nodes_[i].next; at = nodes_[at].next) each(at);
  }
  /// Calls `each(name, value)` with the indices of each member of the object at `i`.
  template <class F>
  void members(std::size_t i, F each) const {
    for (std::size_t at = i + 1; at < nodes_[i].next; at = nodes_[at + 1].next) each(at, at + 1);
  }

 private:
  struct stopped;

  void skip_space() noexcept;
  [[nodiscard]] bool take(char c) noexcept;
  void read_value(int depth);
  void read_string();
  void read_number();
  void read_word(std::string_view word, json_kind kind);
  void read_array(int depth);
  void read_object(int depth);
  void decode(std::size_t begin, std::size_t end);
  char32_t code_unit(std::size_t& at) const;
  [[noreturn]] void stop(std::size_t offset, std::string message, std::string expected) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<json_node> nodes_;
  std::string decoded_;  ///< holds the strings that are not written as they are
};

}  // namespace mux::inline v0::ingest
