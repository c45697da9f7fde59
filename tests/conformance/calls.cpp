// calls FORM API STREAM IMAGE: makes every example call, FORM being request or facade, against the three
// hosts at these base URLs. Prints one line of JSON a call. Each call says its name in the user agent.

#include <iostream>

#include "conformance/session.hpp"

namespace {

using mux::conformance::call;
using mux::conformance::outcome;
using mux::conformance::session;

mux::client_options options(const call& which, char** urls) {
  mux::client_options o;
  o.base_url = urls[0];
  o.stream_base_url = urls[1];
  o.image_base_url = urls[2];
  o.credentials.token_id = "token-id";
  o.credentials.token_secret = "token-secret";
  o.limits.classes.fill(mux::class_limit(mux::unlimited_rate));
  o.retry.tries = 1;
  o.user_agent = which.name;
  // Nothing here uses TLS, and loading the system's roots for each client takes longer than all the rest.
  o.ca_file = MUX_SOURCE_DIR "/tests/conformance/root.pem";
  return o;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return out + '"';
}

void print(const call& which, const outcome& o) {
  std::cout << R"({"call":)" << quoted(which.name);
  if (o.error.empty())
    std::cout << R"(,"as_expected":)" << (o.as_expected ? "true" : "false") << R"(,"answer":)" << o.answer;
  else
    std::cout << R"(,"error":)" << quoted(o.error);
  std::cout << "}\n";
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::cerr << "usage: calls request|facade API STREAM IMAGE\n";
    return 2;
  }
  const bool facade = arguments[1] == std::string_view("facade");
  for (const auto& group : {mux::conformance::video_calls(), mux::conformance::data_calls(),
                            mux::conformance::robots_calls(), mux::conformance::system_calls()}) {
    for (const call& each : group) {
      session s(options(each, arguments + 2));
      (facade ? each.facade : each.request)(s);
      print(each, s.came_of_it());
    }
  }
  return 0;
}
