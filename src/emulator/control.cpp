#include "emulator/control.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <openssl/crypto.h>

#include "emulator/asset_requests.hpp"
#include "emulator/json_writer.hpp"

namespace mux::inline v0::emulator {
namespace {

namespace json = boost::json;

constexpr std::string_view prefix = "/_emulator";
constexpr std::int64_t most_seeds = 10'000'000;

/// `HOST[:PORT]` or `[V6][:PORT]` without its port.
std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('['))
    return authority.substr(0, std::min(authority.find(']') + 1, authority.size()));
  return authority.substr(0, authority.find(':'));
}

bool is_own_host(const world& world, std::string_view authority) {
  const auto host = without_port(authority);
  const bool dotted = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (host.starts_with("127.") && dotted) ||
         host == world.options.address;
}

bool is_own_origin(const world& world, std::string_view origin) {
  const auto scheme = origin.find("://");
  return scheme != std::string_view::npos && is_own_host(world, origin.substr(scheme + 3));
}

reply done() {
  return data_reply(200, "{}");
}

reply seed(world& world, const json::object& body) {
  const auto* count = body.if_contains("count");
  const auto* style = body.if_contains("style");
  if (!count || !count->is_int64() || count->get_int64() < 0 || count->get_int64() > most_seeds)
    return invalid_parameters({"count must be an integer from 0 to 10000000"});
  if (style && *style != "small" && *style != "rich")
    return invalid_parameters({"style must be small or rich"});
  world.seed(static_cast<std::size_t>(count->get_int64()),
             style && *style == "rich" ? seed_style::rich : seed_style::small);
  std::string text;
  json_writer(text).begin('{').member("assets", world.asset_count()).end('}');
  return data_reply(200, text);
}

/// `{"video_post":{"rate":50,"burst":5}, "data":null}`; null: no limit.
reply set_limits(world& world, const json::object& body) {
  std::vector<std::pair<rate_class, bucket_limit>> wanted;
  for (const auto& [name, value] : body) {
    const auto which = find_class(name);
    if (!which) return invalid_parameters({"unknown class " + std::string(name)});
    auto limit = no_limit;
    if (const auto* object = value.if_object()) {
      const auto* rate = object->if_contains("rate");
      const auto* burst = object->if_contains("burst");
      limit = bucket_limit();
      if (rate) limit.rate = rate->is_number() ? rate->to_number<double>() : 0;
      if (burst)
        limit.burst =
            burst->is_int64() && burst->get_int64() <= 1'000'000 ? static_cast<int>(burst->get_int64()) : 0;
    }
    if ((!value.is_object() && !value.is_null()) || !valid(limit))
      return invalid_parameters(
          {std::string(name) + " needs a rate above 0 and a burst from 1 to 1000000, or null"});
    wanted.emplace_back(*which, limit);
  }
  for (const auto& [which, limit] : wanted) world.limits.set(which, limit);
  return done();
}

/// `{"faults":["create_answer_lost=0.05"]}`, replacing all before.
reply set_faults(world& world, const json::object& body) {
  const auto* list = body.if_contains("faults");
  if (!list || !list->is_array()) return invalid_parameters({"faults must be an array of strings"});
  std::vector<fault> faults;
  for (const auto& element : list->get_array()) {
    const auto* text = element.if_string();
    const auto parsed = text ? parse_fault(*text) : std::nullopt;
    if (!parsed)
      return invalid_parameters({"not a fault: " + (text ? std::string(*text) : "not even a string")});
    faults.push_back(*parsed);
  }
  world.faults.set(std::move(faults));
  return done();
}

reply advance(world& world, const json::object& body) {
  const auto* milliseconds = body.if_contains("advance_ms");
  constexpr std::int64_t ten_years = 315'360'000'000;
  if (!milliseconds || !milliseconds->is_int64() || milliseconds->get_int64() < 0 ||
      milliseconds->get_int64() > ten_years)
    return invalid_parameters({"advance_ms must be an integer from 0 to 315360000000"});
  world.clock.advance(std::chrono::milliseconds(milliseconds->get_int64()));
  return done();
}

/// `{"list_lag_ms":5000,"share":0.5}`; share: of the assets created from here on, all if absent.
reply set_list_lag(world& world, const json::object& body) {
  const auto* milliseconds = body.if_contains("list_lag_ms");
  const auto* share = body.if_contains("share");
  const double part = !share ? 1 : share->is_number() ? share->to_number<double>() : -1;
  constexpr std::int64_t ten_years = 315'360'000'000;
  if (!milliseconds || !milliseconds->is_int64() || milliseconds->get_int64() < 0 ||
      milliseconds->get_int64() > ten_years || !(part >= 0 && part <= 1))
    return invalid_parameters(
        {"list_lag_ms must be an integer from 0 to 315360000000 and share a number from 0 to 1"});
  world.list_lag = {std::chrono::milliseconds(milliseconds->get_int64()), part};
  return done();
}

reply show_ledger(const world& world) {
  const auto& totals = world.book.totals;
  std::string text;
  json_writer json(text);
  json.begin('{').member("creates", totals.creates).member("duplicates", totals.duplicates);
  json.member("deletes", totals.deletes).member("unauthorized", totals.unauthorized);
  json.member("unknown_routes", totals.unknown_routes).member("faults", totals.faults);
  json.member("uploads", totals.uploads).member("upload_assets", totals.upload_assets);
  json.member("storage_bytes", totals.storage_bytes);
  json.member("stored_bytes", totals.stored_bytes).member("leaked_credentials", totals.leaked_credentials);
  json.member("assets", world.asset_count()).key("classes").begin('{');
  std::uint64_t refused = 0;
  for (std::size_t i = 0; i < rate_class_count; ++i) {
    const auto& c = totals.classes[i];
    refused += c.refused;
    json.key(class_name(static_cast<rate_class>(i))).begin('{');
    json.member("requests", c.requests).member("refused", c.refused).end('}');
  }
  json.end('}').member("refused", refused).end('}');
  return data_reply(200, text);
}

/// One line of JSON for each asset that a client created.
reply show_created(const world& world) {
  reply answer(200);
  answer.content_type = "application/x-ndjson";
  std::string line;
  for (const auto& created : world.book.created()) {
    line.clear();
    json_writer json(line);
    json.begin('{').member("id", created.id);
    if (created.upload_id.empty())
      json.member("input", created.input);
    else
      json.member("upload_id", created.upload_id)
          .member("size", created.size)
          .member("sha256", created.sha256);
    json.member("passthrough", created.passthrough).member("external_id", created.external_id);
    json.member("title", created.title).end('}');
    answer.body.append(line).append("\n");
  }
  return answer;
}

}  // namespace

bool is_control(std::string_view path) noexcept {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool same_secret(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

reply control(world& world, const message& request, const parsed_target& target) {
  if (!is_own_host(world, request.host) || (!request.origin.empty() && !is_own_origin(world, request.origin)))
    return error_reply(403, "forbidden", {"Control requests are answered to this machine only"});
  if (!same_secret(request.control_token, world.options.control_token))
    return error_reply(401, "unauthorized", {"X-Emulator-Token is missing or wrong"});

  const auto action = target.path.substr(std::min(prefix.size() + 1, target.path.size()));
  if (request.method == "GET" && action == "ledger") return show_ledger(world);
  if (request.method == "GET" && action == "assets") return show_created(world);
  if (request.method != "POST") return not_found();
  const auto body = read_body(request.body);
  if (!body) return invalid_parameters({"The request body is not a JSON object"});
  if (action == "seed") return seed(world, *body);
  if (action == "limits") return set_limits(world, *body);
  if (action == "faults") return set_faults(world, *body);
  if (action == "time") return advance(world, *body);
  if (action == "list-lag") return set_list_lag(world, *body);
  if (action == "reset") return world.reset(), done();
  return not_found();
}

}  // namespace mux::inline v0::emulator
