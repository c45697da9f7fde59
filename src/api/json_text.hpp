#pragma once

#include <string>
#include <string_view>

#include <mux/json.hpp>

#include "codec/codec.hpp"

namespace mux::inline v0 {

// Instantiated beside each table, so that a user's file sees the declarations only.

template <class T>
std::string to_json(const T& value) {
  std::string out;
  codec::write(value, out);
  return out;
}

template <class T>
result<T> from_json(std::string_view text) {
  return codec::read<T>(text);
}

}  // namespace mux::inline v0
