#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include <mux/client.hpp>
#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest {

/// Sends a local file to the `url` of a direct upload and makes a checksum of what was sent on the way. With
/// `resume` the part that is there already is read for the checksum alone. Errors: those of
/// `client::try_upload`.
asio::awaitable<mux::result<sent_file>> send_file(const client& by, std::string url, std::string file,
                                                  bool resume, on_durable progress);

}  // namespace mux::inline v0::ingest
