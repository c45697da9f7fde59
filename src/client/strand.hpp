#pragma once

#include <boost/asio/any_io_executor.hpp>

namespace mux::inline v0::client_detail {

namespace asio = boost::asio;

/// A strand of its own over `executor`.
[[nodiscard]] asio::any_io_executor strand_over(const asio::any_io_executor& executor);

}  // namespace mux::inline v0::client_detail
