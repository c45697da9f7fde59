#include <algorithm>
#include <optional>

#include "emulator/routes.hpp"
#include "emulator/upload_requests.hpp"

namespace mux::inline v0::emulator {
namespace {

/// Where the client found this server: its storage is at the same place.
std::string origin_of(const visit& v) {
  return (v.world.options.tls ? "https://" : "http://") + std::string(v.host);
}

reply show(const visit& v, const stored_upload& upload, int status) {
  std::string body;
  write_upload(upload, v.now, origin_of(v), body);
  return data_reply(status, body);
}

/// What is wrong with the id of the path, or with finding the upload.
std::optional<reply> unusable(const visit& v) {
  if (!well_formed_id(v.parameters[0])) return unparsable_id();
  if (!v.upload()) return not_found();
  return std::nullopt;
}

}  // namespace

namespace uploads {

reply create(visit& v) {
  const auto body = read_body(v.body);
  if (!body) return unreadable_body();
  stored_upload upload;
  if (const auto faults = read_upload(*body, upload); !faults.empty()) return invalid_parameters(faults);
  return show(v, v.world.add_upload(v.environment, std::move(upload)), 201);
}

reply list(visit& v) {
  std::size_t page = 1, limit = 25;
  if (!v.target.read_count("limit", limit)) return invalid_parameters({"limit must be a positive integer"});
  if (!v.target.read_count("page", page)) return invalid_parameters({"page must be a positive integer"});
  const auto origin = origin_of(v);
  reply answer(200);
  answer.body = "{\"data\":[";
  for (const auto* upload : v.environment.uploads.list(page, std::min<std::size_t>(limit, 100)))
    write_upload(*upload, v.now, origin, answer.body);
  answer.body += "]}";
  return answer;
}

reply retrieve(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  return show(v, *v.upload(), 200);
}

reply cancel(visit& v) {
  if (auto fault = unusable(v)) return std::move(*fault);
  auto& upload = *v.upload();
  if (upload.status(v.now) != upload_status::waiting)
    return error_reply(403, "forbidden", {"Only an upload that is waiting can be cancelled"});
  upload.cancelled = true;
  return show(v, upload, 200);
}

}  // namespace uploads
}  // namespace mux::inline v0::emulator
