#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <mux/borrowed.hpp>
#include <mux/result.hpp>

#include "codec/codec.hpp"

namespace mux::inline v0::api {

/// Reads a page whose items look into `body`. Errors as `codec::read`.
template <class View>
[[nodiscard]] result<borrowed_page<View>> borrow(std::string&& body,
                                                 const codec::read_options& options = {}) {
  page_view<View> page;
  result<std::shared_ptr<const void>> kept =
      codec::read_borrowed(std::move(body), codec::type_of<page_view<View>>, &page, options);
  if (!kept) return std::move(kept).error();
  return borrowed_page<View>(page, std::move(*kept));
}

}  // namespace mux::inline v0::api
