#pragma once

#include <boost/system/result.hpp>

#include <mux/error.hpp>

namespace mux::inline v0 {

/// Either a value or a `mux::error`. `value()` throws what the throwing form of a call would throw.
template <class T>
using result = boost::system::result<T, error>;

}  // namespace mux::inline v0
