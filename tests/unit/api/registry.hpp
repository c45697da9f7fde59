#pragma once

#include <string_view>
#include <vector>

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

/// Every struct of the models and every page, by group.
[[nodiscard]] std::vector<registered_schema> registered_schemas();

}  // namespace mux::inline v0::test
