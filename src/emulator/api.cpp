#include "emulator/api.hpp"

#include <algorithm>
#include <string>

#include "emulator/base64.hpp"
#include "emulator/control.hpp"
#include "emulator/routes.hpp"

namespace mux::inline v0::emulator {
namespace {

reply too_many_requests() {
  return reply(429, R"({"errors":["Too many requests, retry later."]})");
}

/// The same scheme word in any case, then the rest.
std::optional<std::string_view> after_scheme(std::string_view authorization, std::string_view scheme) {
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return std::nullopt;
  const bool same = std::equal(scheme.begin(), scheme.end(), authorization.begin(),
                               [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  if (!same) return std::nullopt;
  authorization.remove_prefix(scheme.size());
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' '), authorization.size()));
  return authorization;
}

}  // namespace

reply api::handle(const message& request) {
  const parsed_target target(request.target);
  const std::lock_guard guard(mutex_);
  if (is_control(target.path)) return control(world_, request, target);
  auto result = answer(request, target);
  result.delay += world_.options.latency;
  return result;
}

reply api::answer(const message& request, const parsed_target& target) {
  auto& totals = world_.book.totals;
  const auto* token = authenticate(request.authorization);
  if (!token) {
    ++totals.unauthorized;
    return error_reply(401, "unauthorized", {"Unauthorized request"});
  }

  auto& environment = world_.environment_of(*token);
  const auto now = world_.clock.now();
  const auto limit_class = classify(request.method, target.path);
  const bool shared = world_.options.limit_scope == limit_scope::account;
  const auto verdict = world_.limits.take(shared ? std::string() : environment.id, limit_class, now);
  auto& count = totals.classes[static_cast<std::size_t>(limit_class)];
  ++count.requests;

  reply result;
  if (!verdict.granted) {
    ++count.refused;
    result = too_many_requests();
    if (world_.options.retry_after) {
      const auto seconds = std::chrono::ceil<std::chrono::seconds>(verdict.next_token).count();
      result.fields.emplace_back("Retry-After", std::to_string(seconds));
    }
  } else {
    visit v{world_, *token, environment, target, request.body, request.host, now};
    const auto* route = find_route(request.method, target.path, v.parameters);
    if (!route) ++totals.unknown_routes;
    const auto fault =
        world_.faults.draw(route ? route->operation : std::string_view(), class_name(limit_class));
    if (fault) ++totals.faults;
    if (!fault || !prevents(fault->kind)) result = route ? route->run(v) : not_found();
    if (fault) result = spoiled(*fault, std::move(result));
  }
  if (world_.options.rate_limit_headers) {
    result.fields.emplace_back("X-RateLimit-Limit", std::to_string(verdict.limit));
    result.fields.emplace_back("X-RateLimit-Remaining", std::to_string(verdict.remaining));
  }
  return result;
}

const access_token* api::authenticate(std::string_view authorization) const {
  const auto& tokens = world_.options.tokens;
  if (const auto bearer = after_scheme(authorization, "bearer")) {
    for (const auto& token : tokens)
      if (!token.authorization.empty() && same_secret(*bearer, token.authorization)) return &token;
  } else if (const auto basic = after_scheme(authorization, "basic")) {
    const auto pair = base64_decode(*basic);
    if (!pair) return nullptr;
    for (const auto& token : tokens)
      if (same_secret(*pair, token.id + ':' + token.secret)) return &token;
  }
  return nullptr;
}

}  // namespace mux::inline v0::emulator
