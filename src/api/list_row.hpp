#pragma once

#include "codec/schema.hpp"

namespace mux::inline v0::codec {

/// An optional list or map stands as itself, without std::optional: absent and empty are the same, and an
/// empty one is not written.
template <class List>
inline constexpr presence_ops list_ops = {
    [](void* list) -> void* {
      list_ops<List>.reset(list);
      return list;
    },
    [](void* list) {
      if constexpr (detail::is_span<List>::value)
        type_of<List>.span->set(list, nullptr, 0);
      else
        type_of<List>.container->clear(list);
    },
    [](void* list) { list_ops<List>.reset(list); },
    [](const void* list) -> const void* {
      if constexpr (detail::is_span<List>::value)
        return type_of<List>.span->get(list).second == 0 ? nullptr : list;
      else
        return type_of<List>.container->size(list) == 0 ? nullptr : list;
    },
    [](const void*) { return false; },
};

template <class List>
constexpr field_row list_row(std::string_view name, std::size_t offset, wire w = wire::natural) {
  const type& t = type_of<List>;
  return {name, offset, {&t, t.kind, presence::optional, w, &list_ops<List>}};
}

}  // namespace mux::inline v0::codec
