#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <system_error>
#include <vector>

namespace mux::inline v0::ingest {

/// What is kept of a row: half of its key, where it stands, what it weighs. Among 10 million keys, two halves
/// agree with a probability of 10⁻²⁴.
struct keyed_row {
  std::uint64_t high = 0, low = 0;
  std::uint64_t line : 56 = 0;
  std::uint64_t state : 8 = 0;
  std::uint64_t bytes = 0;

  [[nodiscard]] bool same_key(const keyed_row& other) const noexcept {
    return high == other.high && low == other.low;
  }
  friend bool operator<(const keyed_row& a, const keyed_row& b) noexcept {
    if (a.high != b.high) return a.high < b.high;
    return a.low != b.low ? a.low < b.low : a.line < b.line;
  }
};

/// Sorts any number of keys in bounded memory: full blocks are sorted and put aside in a temporary file
/// without a name, and merged at the end.
class key_sorter {
 public:
  /// `block`: keys held in memory, at least 1.
  explicit key_sorter(std::size_t block = std::size_t{1} << 19);
  key_sorter(const key_sorter&) = delete;
  key_sorter& operator=(const key_sorter&) = delete;
  ~key_sorter();

  /// False if the temporary file could not be written; see `fault`.
  [[nodiscard]] bool add(const keyed_row& key);
  /// Calls `each` with all keys in order. False as above. Nothing can be added afterwards.
  [[nodiscard]] bool for_each(const std::function<void(const keyed_row&)>& each);
  [[nodiscard]] std::error_code fault() const noexcept { return fault_; }

 private:
  struct run;

  bool spill();
  bool fail() noexcept;

  std::size_t block_;
  std::vector<keyed_row> keys_;
  std::size_t runs_ = 0;  ///< of `block_` keys each, one behind the other in the file
  int file_ = -1;
  std::error_code fault_;
};

}  // namespace mux::inline v0::ingest
