#include <algorithm>
#include <array>

#include <mux/raw_request.hpp>

namespace mux::inline v0::requests {

namespace {

constexpr std::array<std::string_view, 5> names = {"raw.get", "raw.post", "raw.put", "raw.patch",
                                                   "raw.delete"};

constexpr idempotency repeat_of(http_method method) {
  switch (method) {
    case http_method::get:
      return idempotency::safe;
    case http_method::put:
    case http_method::delete_:
      return idempotency::idempotent;
    case http_method::post:
      return idempotency::create;
    case http_method::patch:
      break;
  }
  return idempotency::once;
}

using rows = std::array<std::array<operation, rate_class_count>, names.size()>;

constexpr rows make_rows() {
  rows all{};
  for (std::size_t m = 0; m < names.size(); ++m)
    for (std::size_t c = 0; c < rate_class_count; ++c) {
      const auto method = static_cast<http_method>(m);
      all[m][c] = {
          names[m],      method, "",   static_cast<rate_class>(c), repeat_of(method), pagination::none,
          api_host::api, 0,      false};
    }
  return all;
}

constexpr rows all_rows = make_rows();
constexpr operation file_row = {"raw.file",
                                http_method::get,
                                "",
                                rate_class::unlimited,
                                idempotency::safe,
                                pagination::none,
                                api_host::api,
                                0,
                                false};

/// Why `target` cannot stand in a request; empty if it can.
std::string complaint(std::string_view target) {
  if (!target.starts_with('/') || target.starts_with("//")) return "the target must begin with one /";
  const auto foreign = [](char c) { return c <= ' ' || c > '~' || c == '#' || c == '\\' || c == '"'; };
  if (std::any_of(target.begin(), target.end(), foreign))
    return "the target holds a byte that must be percent-encoded";
  std::string_view rest = target.substr(1, target.find('?') - 1);
  for (;;) {
    const std::size_t end = std::min(rest.find('/'), rest.size());
    std::string step;
    for (std::size_t i = 0; i < end; ++i) {
      const bool dot = rest.substr(i, 3) == "%2e" || rest.substr(i, 3) == "%2E";
      step += dot ? '.' : rest[i];
      if (dot) i += 2;
    }
    if (step == "." || step == "..") return "the target holds a step in the path, . or ..";
    if (end == rest.size()) return {};
    rest.remove_prefix(end + 1);
  }
}

request<std::string> made(const operation& row, std::string_view target) {
  detail::request_base base;
  base.op = &row;
  base.target = target;
  base.raw = true;
  if (std::string wrong = complaint(target); !wrong.empty())
    base.fault = error(errc::invalid_argument, std::move(wrong));
  return request<std::string>(std::move(base));
}

}  // namespace

request<std::string> raw(http_method method, std::string_view target, std::string json) {
  const auto c = static_cast<std::size_t>(classify(method, target.substr(0, target.find('?'))));
  request<std::string> call = made(all_rows[static_cast<std::size_t>(method)][c], target);
  detail::request_base base = std::move(call).base();
  base.body = std::move(json);
  return request<std::string>(std::move(base));
}

request<std::string> file(std::string_view url) {
  const std::size_t mark = url.find("://");
  const std::size_t host = mark == std::string_view::npos ? url.size() : mark + 3;
  const std::size_t path = std::min(url.find_first_of("/?#", host), url.size());
  std::string target(url.substr(path));
  if (target.empty() || target.front() == '?') target.insert(0, 1, '/');
  detail::request_base base = made(file_row, target).base();
  base.elsewhere = url.substr(0, path);
  if (mark == std::string_view::npos)
    base.fault = error(errc::invalid_argument, "the file's address is no URL");
  return request<std::string>(std::move(base));
}

}  // namespace mux::inline v0::requests
