#pragma once

#include <memory>

#include <boost/asio/awaitable.hpp>

#include <mux/request.hpp>
#include <mux/result.hpp>
#include <mux/upload.hpp>

#include "client/core.hpp"

namespace mux::inline v0::client_detail {

/// The request for one piece of an upload to `url`, still without its bytes and their place.
[[nodiscard]] detail::request_base piece_of_upload(std::string_view url);

/// Sends all of `from` in such pieces. `from` must live until the call ends.
asio::awaitable<result<upload_outcome>> upload(std::shared_ptr<detail::client_core> core,
                                               detail::request_base piece, body_source& from,
                                               upload_options options);

}  // namespace mux::inline v0::client_detail
