#pragma once

// Reads values of described types from a walk over tokens.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

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

/// Reads the value at which `walk` stands, or the member `data` of the object there if `unwrap` says so, into
/// `out`. False if the walk stopped or if the value does not fit; `complaint` then says where and why, and is
/// empty before.
[[nodiscard]] bool read_value(token_walk& walk, reading_memory& memory, const type& t, void* out, bool unwrap,
                              std::string& complaint);

}  // namespace mux::inline v0::codec
