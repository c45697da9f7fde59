#pragma once

#include <string>

#include <boost/asio/awaitable.hpp>

#include <mux/client.hpp>
#include <mux/ingest/remote.hpp>

namespace mux::inline v0::ingest {

/// Sends a local file to a direct upload and makes a checksum of what was sent on the way. Of one that is
/// resumed the part that is there already is read for the checksum alone. Errors: those of
/// `client::try_upload`.
asio::awaitable<mux::result<sent_file>> send_file(const client& by, file_on_its_way file,
                                                  on_durable progress);

}  // namespace mux::inline v0::ingest
