#pragma once

#include <cstdint>
#include <random>
#include <string>

#include "codec/schema.hpp"

namespace mux::inline v0::test {

/// Fills values of any described type with what is hard to write and read back: extremes, escapes, unknown
/// enum texts.
class random_value {
 public:
  explicit random_value(std::uint64_t seed) : random_(seed) {}

  void fill(const codec::type& t, void* out);

 private:
  void fill_object(const codec::schema& s, void* out);
  void fill_variant(const codec::type& t, void* out);
  [[nodiscard]] std::size_t below(std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random_);
  }
  [[nodiscard]] std::string text();
  [[nodiscard]] std::int64_t integer();
  [[nodiscard]] double number();

  std::mt19937_64 random_;
};

}  // namespace mux::inline v0::test
