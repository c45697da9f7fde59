#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace mux::inline v0 {

/// A text that nobody should see: it has no output operator, and its memory is overwritten before it is given
/// back. Copies are secrets of their own. Thread safety: as std::string.
class secret {
 public:
  secret() noexcept = default;
  /*implicit*/ secret(std::string_view text);
  /*implicit*/ secret(const std::string& text) : secret(std::string_view(text)) {}
  /*implicit*/ secret(const char* text) : secret(std::string_view(text)) {}
  secret(const secret& other) : secret(other.reveal()) {}
  secret(secret&& other) noexcept;
  secret& operator=(secret other) noexcept;
  ~secret() { wipe(); }

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// The text itself; valid as long as this object is not changed. Whoever copies it keeps the copy from
  /// logs.
  [[nodiscard]] std::string_view reveal() const noexcept { return {text_.get(), size_}; }

 private:
  void wipe() noexcept;

  std::unique_ptr<char[]> text_;  // never in the object itself, where a move would leave it behind
  std::size_t size_ = 0;
};

}  // namespace mux::inline v0
