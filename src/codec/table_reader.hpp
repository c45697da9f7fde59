#pragma once

// Reads values of described types from a walk over tokens.

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "codec/schema.hpp"
#include "codec/token_walk.hpp"

namespace mux::inline v0::codec {

/// Which row followed which when an object of a schema was read last: the next one is most likely the same
/// again, and comparing one name is cheaper than looking it up.
struct row_order {
  static constexpr std::size_t most_rows = 63;
  const schema* of = nullptr;
  /// Index of the row after row i, at i + 1; the first row at 0.
  std::array<std::uint8_t, most_rows + 1> next{};
};

/// How many elements the last array of a type had: the next one has most likely as many.
struct array_size {
  const type* of = nullptr;
  std::size_t last = 0;
};

/// What a thread keeps between reads.
struct reading_memory {
  std::string value;  ///< of the string decoded last
  std::string key;
  std::array<row_order, 32> orders{};
  std::array<array_size, 32> sizes{};

  row_order& order_of(const schema& s) {
    const auto address = reinterpret_cast<std::uintptr_t>(&s);
    row_order& order = orders[(address / sizeof(schema)) % orders.size()];
    if (order.of != &s) {
      order.of = &s;
      order.next = {};
    }
    return order;
  }
  array_size& size_of(const type& t) {
    const auto address = reinterpret_cast<std::uintptr_t>(&t);
    array_size& size = sizes[(address / sizeof(type)) % sizes.size()];
    if (size.of != &t) size = {&t, 2};
    return size;
  }
};

class table_reader {
 public:
  table_reader(const token_walk& walk, reading_memory& work) : walk_(walk), work_(work) {}

  [[nodiscard]] const token_walk& walk() const { return walk_; }

  [[nodiscard]] bool read(const type& t, wire w, void* out);
  [[nodiscard]] bool read_data_member(const type& t, void* out);

  [[nodiscard]] bool fits() const { return complaint_.empty(); }
  [[nodiscard]] std::string complaint() const {
    return (path_.empty() ? "the value" : path_) + ": " + complaint_;
  }

 private:
  template <class Member>
  bool for_each_member(Member member);
  bool read_object(const schema& s, char* out);
  bool find_row(const schema& s, const field_row*& row);
  bool read_member(const field_row& row, char* object, bool again);
  bool read_null(const field_row& row, void* at, bool again);
  bool read_array(const type& t, wire w, void* out);
  [[nodiscard]] std::size_t expected_elements(const char* first) const;
  bool read_map(const type& t, wire w, void* out);
  bool read_variant(const type& t, void* out);
  bool read_alternative(const type& t, std::size_t index, const alternative& a, void* out);
  bool find_discriminators(std::span<const alternative> all,
                           std::vector<std::pair<std::string_view, std::string>>& found);
  bool read_int64(wire w, std::int64_t& out);
  bool read_float64(double& out);
  bool read_boolean(bool& out);
  bool take_text(std::string_view& text);
  bool read_enumeration(const type& t, mux::detail::open_enum_base& out);
  bool read_seconds(std::chrono::sys_seconds& out);
  bool read_digits(std::int64_t& out);
  bool read_integer(std::int64_t& out);

  bool starts_number() const {
    const char c = walk_.look();
    return c == '-' || (c >= '0' && c <= '9');
  }
  // All of these return false.
  bool mismatch(std::string_view expected);
  bool misfit(std::string why);
  bool in_member(std::string_view name);
  bool in_key(std::string_view key);
  bool in_element(std::size_t index);

  // Bounds on what is reserved on trust: a text may claim anything.
  static constexpr std::size_t most_expected = 1024;
  static constexpr std::size_t most_repeated = 16;

  token_walk walk_;
  reading_memory& work_;
  std::string path_;
  std::string complaint_;
};

}  // namespace mux::inline v0::codec
