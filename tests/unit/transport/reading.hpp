#pragma once

// Answers read without a network.

#include <algorithm>
#include <string>
#include <string_view>

#include "transport/response_parser.hpp"

namespace mux::test {

/// What became of an answer.
struct reading {
  transport::wire_response response;
  errc code = errc::none;
  std::string reason;
  bool complete = false;
  bool keep_alive = false;
  bool streamed = false;
  std::size_t rest = 0;     ///< bytes that do not belong to it
  std::size_t largest = 0;  ///< part of the body
};

/// How an answer comes: in steps of so many bytes, then the stream ends.
struct arrival {
  arrival(std::size_t bytes = std::string_view::npos) : step(bytes) {}
  std::size_t step;
  bool orderly = true;
  bool to_sink = false;
};

inline reading read(std::string_view bytes, arrival how = {}, const response_limits& limits = {}) {
  reading got;
  transport::response_parser parser(limits, got.response, how.to_sink);
  std::string buffer;
  const auto take_all = [&] {
    for (;;) {
      const transport::response_parser::part part = parser.take(buffer);
      got.response.body += part.body;
      got.largest = std::max(got.largest, part.body.size());
      buffer.erase(0, part.used);
      if (part.body.empty()) return;
    }
  };
  while (!bytes.empty() && !parser.complete() && !parser.failed()) {
    buffer += bytes.substr(0, how.step);
    bytes.remove_prefix(std::min(how.step, bytes.size()));
    take_all();
  }
  parser.end(how.orderly);
  got.code = parser.code();
  got.reason = parser.reason();
  got.complete = parser.complete();
  got.keep_alive = parser.keep_alive();
  got.streamed = parser.streamed();
  got.rest = buffer.size() + bytes.size();
  return got;
}

}  // namespace mux::test
