#pragma once

#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace mux::inline v0 {

/// `field<T>{null}` writes a JSON null, which clears the value at the API.
struct null_t {
  explicit constexpr null_t(int) noexcept {}
};
inline constexpr null_t null{0};

/// A member of an update body: absent (left as it is), null (cleared) or a value (replaced).
template <class T>
class field {
 public:
  field() = default;
  /*implicit*/ field(null_t) : null_(true) {}
  template <class U = T>
  requires std::is_constructible_v<T, U&&> &&
      (!std::is_same_v<std::remove_cvref_t<U>, field>)&&(!std::is_same_v<std::remove_cvref_t<U>, null_t>)
      /*implicit*/ field(U&& value)
      : value_(std::forward<U>(value)) {}

  [[nodiscard]] bool absent() const noexcept { return !null_ && !value_; }
  [[nodiscard]] bool is_null() const noexcept { return null_; }
  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }
  [[nodiscard]] const T& operator*() const noexcept { return *value_; }
  [[nodiscard]] T& operator*() noexcept { return *value_; }
  [[nodiscard]] const T* operator->() const noexcept { return &*value_; }
  [[nodiscard]] T* operator->() noexcept { return &*value_; }
  T& emplace() {
    null_ = false;
    return value_.emplace();
  }
  void set_null() {
    value_.reset();
    null_ = true;
  }
  void reset() {
    value_.reset();
    null_ = false;
  }
  friend bool operator==(const field&, const field&) = default;

 private:
  std::optional<T> value_;
  bool null_ = false;
};

}  // namespace mux::inline v0
