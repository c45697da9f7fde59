#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace mux::inline v0 {

/// Names of an enum's values, indexed by value; specialised by the generated models.
/// `static std::span<const std::string_view> names() noexcept`.
template <class Enum>
struct enum_traits;

namespace detail {

/// What every `open_enum` is in memory: the codec reads and writes this form.
class open_enum_base {
 public:
  static constexpr std::int16_t unknown = -1;

  open_enum_base() noexcept = default;
  explicit open_enum_base(std::int16_t index) noexcept : index_(index) {}
  open_enum_base(const open_enum_base& other)
      : text_(other.text_ ? new std::string(*other.text_) : nullptr), index_(other.index_) {}
  open_enum_base(open_enum_base&& other) noexcept
      : text_(std::exchange(other.text_, nullptr)), index_(other.index_) {}
  open_enum_base& operator=(const open_enum_base& other) {
    if (this != &other) *this = open_enum_base(other);
    return *this;
  }
  open_enum_base& operator=(open_enum_base&& other) noexcept {
    std::swap(text_, other.text_);
    index_ = other.index_;
    return *this;
  }
  ~open_enum_base() { delete text_; }

  [[nodiscard]] std::int16_t index() const noexcept { return index_; }
  [[nodiscard]] std::string_view text(std::span<const std::string_view> names) const noexcept {
    if (index_ >= 0 && static_cast<std::size_t>(index_) < names.size())
      return names[static_cast<std::size_t>(index_)];
    return text_ ? std::string_view(*text_) : std::string_view();
  }
  void assign(std::int16_t index) noexcept {
    index_ = index;
    delete std::exchange(text_, nullptr);
  }
  void assign_unknown(std::string_view text) {
    delete std::exchange(text_, new std::string(text));
    index_ = unknown;
  }

 private:
  // Not a unique_ptr: for Clang that is no standard layout, which the codec's tables need.
  std::string* text_ = nullptr;
  std::int16_t index_ = unknown;
};

}  // namespace detail

/// A string value of a known set that may grow: compares with `Enum`, keeps the text of a value this version
/// does not know. Default: unknown with an empty text.
template <class Enum>
class open_enum : public detail::open_enum_base {
 public:
  open_enum() noexcept = default;
  /*implicit*/ open_enum(Enum value) noexcept : open_enum_base(static_cast<std::int16_t>(value)) {}
  /// From the wire text, known or not.
  explicit open_enum(std::string_view text) {
    const auto names = enum_traits<Enum>::names();
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == text) {
        assign(static_cast<std::int16_t>(i));
        return;
      }
    assign_unknown(text);
  }

  /// False if the text is not in `Enum`.
  [[nodiscard]] bool known() const noexcept { return index() >= 0; }
  /// The value. Precondition: `known()`.
  [[nodiscard]] Enum value() const noexcept { return static_cast<Enum>(index()); }
  /// The text on the wire. Valid as long as this object is unchanged.
  [[nodiscard]] std::string_view text() const noexcept {
    return open_enum_base::text(enum_traits<Enum>::names());
  }

  friend bool operator==(const open_enum& a, const open_enum& b) noexcept {
    return a.index() == b.index() && a.text() == b.text();
  }
  friend bool operator==(const open_enum& a, Enum b) noexcept {
    return a.index() == static_cast<std::int16_t>(b);
  }
};

}  // namespace mux::inline v0
