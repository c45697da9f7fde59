#pragma once

#include <cstddef>
#include <cstdint>
#include <istream>
#include <string_view>
#include <vector>

namespace mux::inline v0::ingest {

/// A stream seen through a window that moves over it. A UTF-8 byte order mark at the start is skipped.
class byte_source {
 public:
  explicit byte_source(std::istream& input);

  /// The window: what was read and not yet consumed. Valid until `more` or `consume`.
  [[nodiscard]] std::string_view ahead() const noexcept { return {buffer_.data() + begin_, end_ - begin_}; }
  /// Widens the window; false at the end of the stream.
  bool more();
  /// Steps over the first `bytes` of the window.
  void consume(std::size_t bytes) noexcept;
  /// The line on which the window begins, from 1.
  [[nodiscard]] std::uint64_t line() const noexcept { return line_; }
  /// Says that what is consumed next, or was consumed last, had so many line breaks.
  void count_lines(std::uint64_t breaks) noexcept { line_ += breaks; }
  /// The stream failed before its end.
  [[nodiscard]] bool failed() const noexcept { return input_.bad(); }

 private:
  static constexpr std::size_t block = 256 * 1024;

  std::istream& input_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t line_ = 1;
};

}  // namespace mux::inline v0::ingest
