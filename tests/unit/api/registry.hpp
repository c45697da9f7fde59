#pragma once

#include <span>
#include <string_view>

#include "codec/schema.hpp"

namespace mux::inline v0::test {

/// A generated type without its name in the language, so that one loop covers all.
struct registered_schema {
  std::string_view name;
  const codec::type* type;
  void* (*create)();
  void (*destroy)(void* value);
};

template <class T>
registered_schema entry(std::string_view name) {
  return {name, &codec::type_of<T>, []() -> void* { return new T(); },
          [](void* value) { delete static_cast<T*>(value); }};
}

/// Every struct of the models and every page, in the order of the description.
[[nodiscard]] std::span<const registered_schema> registered_schemas() noexcept;

}  // namespace mux::inline v0::test
