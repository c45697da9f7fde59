#pragma once

#include <cstddef>
#include <string_view>

#include <mux/open_enum.hpp>

namespace mux::inline v0 {

/// As `open_enum`, but the text stays where it was read from. Which value it is, is looked up when asked.
/// Lifetime: valid as long as the text, see `borrowed_page`. Default: unknown with an empty text.
template <class Enum>
class open_enum_view {
 public:
  open_enum_view() = default;
  explicit open_enum_view(std::string_view text) noexcept : text_(text) {}

  /// False if the text is not in `Enum`.
  [[nodiscard]] bool known() const noexcept { return index() < names().size(); }
  /// The value. Precondition: `known()`.
  [[nodiscard]] Enum value() const noexcept { return static_cast<Enum>(index()); }
  /// The text on the wire.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  /// A copy that keeps the text itself.
  explicit operator open_enum<Enum>() const { return open_enum<Enum>(text_); }

  friend bool operator==(open_enum_view a, open_enum_view b) noexcept { return a.text_ == b.text_; }
  friend bool operator==(open_enum_view a, Enum b) noexcept {
    const auto i = static_cast<std::size_t>(b);
    return i < names().size() && names()[i] == a.text_;
  }

 private:
  static auto names() noexcept { return enum_traits<Enum>::names(); }
  [[nodiscard]] std::size_t index() const noexcept {
    std::size_t i = 0;
    while (i < names().size() && names()[i] != text_) ++i;
    return i;
  }

  std::string_view text_;
};

}  // namespace mux::inline v0
