#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <mux/emulator/server.hpp>

#include "emulator/api.hpp"

namespace mux::inline v0::emulator::test {

/// Frozen time, no limits, two seconds until an asset is ready, fixed ids.
inline server_options quiet_options() {
  server_options options;
  options.frozen_clock = true;
  options.seed = 1;
  options.limits.fill(no_limit);
  options.tokens.front().id = "id";
  options.tokens.front().secret = "secret";
  options.control_token = "control";
  return options;
}

/// The API without a network: requests with the right credentials unless they say otherwise.
class harness {
 public:
  explicit harness(const server_options& options = quiet_options()) : api(options) {}

  reply call(std::string_view method, std::string_view target, std::string_view body = {}) {
    return send(method, target, body, "Basic aWQ6c2VjcmV0");
  }
  reply send(std::string_view method, std::string_view target, std::string_view body,
             std::string_view authorization) {
    message request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.host = "127.0.0.1:1234";
    request.authorization = authorization;
    return api.handle(request);
  }
  reply control(std::string_view method, std::string_view target, std::string_view body = {}) {
    message request;
    request.method = method;
    request.target = target;
    request.body = body;
    request.host = "127.0.0.1:1234";
    request.control_token = "control";
    return api.handle(request);
  }

  /// Creates an asset and returns its id.
  std::string create(std::string_view body = R"({"inputs":[{"url":"https://example.com/a.mp4"}]})") {
    return std::string(data(call("POST", "/video/v1/assets", body)).at("id").as_string());
  }
  void advance(std::chrono::nanoseconds by) {
    api.with_world([by](world& w) { w.clock.advance(by); });
  }
  void seed(std::size_t count, seed_style style = seed_style::small) {
    api.with_world([&](world& w) { w.seed(count, style); });
  }
  emulator::ledger ledger() {
    return api.with_world([](const world& w) { return w.book.totals; });
  }

  static boost::json::value parse(const reply& answer) { return boost::json::parse(answer.body); }
  static boost::json::object data(const reply& answer) { return parse(answer).at("data").as_object(); }
  static std::string path(const std::string& id, std::string_view rest = {}) {
    return "/video/v1/assets/" + id + std::string(rest);
  }
  /// The ids of a page of a listing.
  static std::vector<std::string> ids(const reply& page) {
    std::vector<std::string> found;
    const auto body = parse(page);
    for (const auto& asset : body.at("data").as_array()) found.emplace_back(asset.at("id").as_string());
    return found;
  }

  emulator::api api;
};

inline const std::string unknown_id(44, 'x');

}  // namespace mux::inline v0::emulator::test
