#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <mux/emulator/server.hpp>

#include "emulator/api.hpp"
#include "emulator/storage_transfer.hpp"

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

  /// A request to the URL of an upload, its body in pieces; nothing if the connection was cut meanwhile.
  std::optional<reply> put(std::string_view target, std::string_view body,
                           std::optional<std::string_view> content_range = std::nullopt,
                           std::size_t piece = 50'000) {
    message request;
    request.method = "PUT";
    request.target = target;
    request.content_range = content_range;
    request.content_length = body.size();
    storage_transfer transfer(api, request);
    for (; !body.empty(); body.remove_prefix(std::min(piece, body.size())))
      if (!transfer.receive(body.substr(0, piece))) return std::nullopt;
    return transfer.finish();
  }
  /// Creates an upload and returns it as the API shows it.
  boost::json::object create_upload(std::string_view body = R"({"cors_origin":"*"})") {
    const auto answer = call("POST", "/video/v1/uploads", body);
    EXPECT_EQ(answer.status, 201) << answer.body;
    return data(answer);
  }
  boost::json::object upload(const std::string& id) { return data(call("GET", "/video/v1/uploads/" + id)); }
  std::vector<created_asset> created() {
    return api.with_world([](const world& w) { return w.book.created(); });
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
  static boost::json::object data(const reply& answer) { return data_of(answer.body); }
  static boost::json::object data_of(std::string_view body) {
    return boost::json::parse(body).at("data").as_object();
  }
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

/// The part of an upload's URL that a client sends.
inline std::string target_of(const boost::json::object& upload) {
  const std::string url(upload.at("url").as_string());
  return url.substr(url.find('/', url.find("//") + 2));
}

/// Bytes that look the same nowhere.
inline std::string file_of(std::size_t size) {
  std::string bytes(size, '\0');
  std::uint32_t state = 12345;
  for (auto& byte : bytes) byte = static_cast<char>((state = state * 1'664'525 + 1'013'904'223) >> 24);
  return bytes;
}

inline std::string field_of(const reply& answer, std::string_view name) {
  for (const auto& [key, value] : answer.fields)
    if (key == name) return value;
  return {};
}

}  // namespace mux::inline v0::emulator::test
