#pragma once

#include "codec/schema.hpp"

namespace mux::inline v0::codec {

/// An optional list or map stands as itself, without std::optional: absent and empty are the same, and an
/// empty one is not written.
template <class List>
inline constexpr presence_ops list_ops = {
    [](void* list) -> void* {
      type_of<List>.container->clear(list);
      return list;
    },
    [](void* list) { type_of<List>.container->clear(list); },
    [](void* list) { type_of<List>.container->clear(list); },
    [](const void* list) -> const void* { return type_of<List>.container->size(list) == 0 ? nullptr : list; },
    [](const void*) { return false; },
};

template <class List>
constexpr field_row list_row(std::string_view name, std::size_t offset, wire w = wire::natural) {
  return {name,           static_cast<std::uint32_t>(offset), &type_of<List>, presence::optional, w, false,
          &list_ops<List>};
}

}  // namespace mux::inline v0::codec
