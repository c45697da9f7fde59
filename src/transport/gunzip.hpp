#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

namespace mux::inline v0::transport {

/// Undoes gzip as it comes: one member after the other, sums and lengths checked, nothing else in between or
/// behind. No I/O. Takes about 56 KiB, which are overwritten in the end.
class gunzip {
 public:
  gunzip();
  ~gunzip();
  gunzip(const gunzip&) = delete;
  gunzip& operator=(const gunzip&) = delete;

  struct step {
    std::size_t used = 0;   ///< from the front of what was given
    std::string_view made;  ///< valid until the next call
  };
  /// Neither used nor made anything: it is `broken`, or waits for more. What does not fit into `made` comes
  /// with the next bytes, of which a member has some until its very end.
  step decode(std::string_view coded);

  /// No member is under way.
  [[nodiscard]] bool whole() const noexcept { return whole_; }
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  /// Why it is broken, in zlib's words.
  [[nodiscard]] std::string_view fault() const noexcept;

 private:
  struct machine;
  std::unique_ptr<machine> machine_;
  bool whole_ = true;
  bool broken_ = false;
  std::array<char, 16 * 1024> made_;
};

}  // namespace mux::inline v0::transport
