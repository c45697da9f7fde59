#include "client/decode.hpp"

#include <utility>

#include "codec/codec.hpp"

namespace mux::inline v0::client_detail {

result<void> decode(const client_options& options, const detail::request_base& request, const answer& head,
                    std::string& body, void* out) {
  if (!out) return {};
  if (request.raw) {
    *static_cast<std::string*>(out) = std::move(body);
    return {};
  }
  if (!request.answer && !request.borrow) return {};
  codec::read_options how;
  how.depth = options.response.depth;
  how.size = options.response.body;
  how.unwrap = request.unwrap;
  result<void> read;
  if (request.borrow)
    read = request.borrow(request.keep_whole ? std::string(body) : std::move(body), how.depth, how.size, out);
  else
    read = codec::read(body, *request.answer, out, how);
  if (read) return read;
  error e = std::move(read).error();
  e.http_status = head.status;
  e.request_id = head.request_id;
  e.phase = call_phase::decode;
  e.bytes_sent = true;
  e.attempts = head.attempts;
  return e;
}

}  // namespace mux::inline v0::client_detail
