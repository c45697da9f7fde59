#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include <mux/result.hpp>

namespace mux::inline v0 {

/// Takes a large body piece by piece, so that it never stands in memory as a whole.
class body_sink {
 public:
  virtual ~body_sink() = default;
  /// A body begins, of `size` bytes if the server says so and does not compress it. Called once a call,
  /// before the first `write`; answers other than 2xx do not get here.
  virtual void begin(std::optional<std::uint64_t> /*size*/) {}
  /// The next piece, decoded, 1 byte to 64 KiB. It is valid until the returned awaitable ends; no more is
  /// read from the network before that, so a slow sink slows the sender. An error ends the call with that
  /// error.
  virtual boost::asio::awaitable<result<void>> write(std::string_view piece) = 0;
};

}  // namespace mux::inline v0
