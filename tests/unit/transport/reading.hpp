#pragma once

// Answers read without a network.

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

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

/// How an answer comes: in steps of so many bytes, over and over, then the stream ends.
struct arrival {
  arrival(std::size_t bytes = std::string_view::npos) : steps{bytes} {}
  std::vector<std::size_t> steps;
  bool orderly = true;
  bool to_sink = false;
};

inline reading read(std::string_view bytes, const arrival& how = {}, const response_limits& limits = {}) {
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
  for (std::size_t turn = 0; !bytes.empty() && !parser.complete() && !parser.failed(); ++turn) {
    const std::size_t step = how.steps[turn % how.steps.size()];
    buffer += bytes.substr(0, step);
    bytes.remove_prefix(std::min(step, bytes.size()));
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
