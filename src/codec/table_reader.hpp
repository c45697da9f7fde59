#pragma once

// Reads values of described types from a walk over tokens.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "codec/arena.hpp"
#include "codec/schema.hpp"
#include "codec/token_walk.hpp"

namespace mux::inline v0::codec {

/// Which row followed which when an object of a schema was read last: the next one is most likely the same
/// again, and comparing one name is cheaper than looking it up.
struct row_order {
  const schema* of = nullptr;
  /// Index of the row after row i, at i + 1; the first row at 0.
  std::array<std::uint8_t, schema::max_rows + 1> next{};
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

/// Reads a value, or the member `data` of an object if `unwrap` says so, into `out`.
struct table_read {
  token_walk& walk;
  reading_memory& memory;
  arena* borrowed;  ///< for the elements of spans; null if `t` has no views
  bool unwrap;
};
/// Where the walk stands behind the value, or null if it stopped or if the value does not fit; `complaint`
/// then says where in the value and why, and is empty before. `misfit` is the token that does not fit.
[[nodiscard]] place read_value(const table_read& how, const type& t, void* out, std::string& complaint,
                               place& misfit);

}  // namespace mux::inline v0::codec
