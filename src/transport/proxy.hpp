#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include <mux/options.hpp>
#include <mux/result.hpp>
#include <mux/secret.hpp>

#include "transport/transport.hpp"
#include "transport/wiped_string.hpp"

namespace mux::inline v0::transport {

/// A forward proxy, and which hosts are reached through it.
class proxy {
 public:
  /// Nothing without a URL. Errors: `invalid_argument`, which never shows the URL. A part of `bypass` that
  /// cannot be understood names no host.
  static result<std::optional<proxy>> make(const proxy_options& options);

  /// Its own address.
  [[nodiscard]] const origin& at() const noexcept { return at_; }
  [[nodiscard]] bool serves(const origin& to) const;
  /// The request for a tunnel to `to`. The proxy's own credentials are the only ones in it.
  [[nodiscard]] wiped_string request(const origin& to) const;

 private:
  /// One part of `bypass`.
  struct exception {
    [[nodiscard]] bool covers(const origin& to) const;
    bool all = false;
    std::string name;  ///< the host itself or its domain; empty: `address`
    asio::ip::address address;
    unsigned short prefix = 0;  ///< bits of `address` that count
    std::optional<std::uint16_t> port;
  };
  static std::optional<exception> parse_exception(std::string_view text);

  proxy() = default;

  origin at_;
  secret credentials_;  ///< value of Proxy-Authorization; empty: none
  std::vector<exception> direct_;
};

/// Longest answer of a proxy to a request for a tunnel, in bytes.
inline constexpr std::size_t longest_tunnel_answer = 16 * 1024;

/// How an answer to a request for a tunnel is to be taken.
struct tunnel_answer {
  bool complete = false;  ///< else more bytes are needed, unless `refusal` says why none can help
  std::string refusal;    ///< empty with `complete`: the tunnel is open
};

/// Judges what has come of the answer. What follows its head is refused: a server must not speak first.
[[nodiscard]] tunnel_answer judge_tunnel(std::string_view answer);

}  // namespace mux::inline v0::transport
