#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mux::inline v0::transport {

using headers = std::vector<std::pair<std::string, std::string>>;

/// The header fields of an answer in their order, their text in one piece: most of them nobody ever looks at.
class header_list {
 public:
  header_list() {}
  /*implicit*/ header_list(const headers& fields);

  void add(std::string_view name, std::string_view value);
  /// All fields of this name.
  void remove(std::string_view name);
  void clear() noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] std::pair<std::string_view, std::string_view> operator[](std::size_t i) const noexcept;
  /// Value of the first field of this name, in any case; empty if there is none.
  [[nodiscard]] std::string_view find(std::string_view name) const noexcept;
  /// Copies of all.
  /*implicit*/ operator headers() const;

 private:
  /// The name begins at `begin`, the value follows.
  struct entry {
    std::uint32_t begin;
    std::uint32_t name;
    std::uint32_t value;
  };
  [[nodiscard]] std::string_view name_of(const entry& e) const noexcept {
    return {text_.data() + e.begin, e.name};
  }
  [[nodiscard]] std::string_view value_of(const entry& e) const noexcept {
    return {text_.data() + e.begin + e.name, e.value};
  }

  std::string text_;
  std::vector<entry> entries_;
};

}  // namespace mux::inline v0::transport
