#include "emulator/upload.hpp"

#include <array>

#include "emulator/json_writer.hpp"

namespace mux::inline v0::emulator {

std::string_view name_of(upload_status status) noexcept {
  constexpr std::array<std::string_view, 5> names = {"waiting", "asset_created", "errored", "cancelled",
                                                     "timed_out"};
  return names[static_cast<std::size_t>(status)];
}

upload_status stored_upload::status(time_point now) const noexcept {
  if (!asset_id.empty()) return upload_status::asset_created;
  if (errored) return upload_status::errored;
  if (cancelled) return upload_status::cancelled;
  return now < created_at + timeout ? upload_status::waiting : upload_status::timed_out;
}

void write_upload(const stored_upload& upload, time_point now, std::string_view origin, std::string& out) {
  const auto status = upload.status(now);
  json_writer json(out);
  json.begin('{');
  if (status == upload_status::waiting) json.member("url", std::string(origin) + upload.target);
  json.member("timeout", upload.timeout.count());
  if (upload.test) json.member("test", true);
  json.member("status", name_of(status));
  if (!upload.settings.empty()) {
    json.key("new_asset_settings");
    out += upload.settings;
  }
  json.member("id", upload.id);
  if (upload.errored) {
    json.key("error").begin('{').member("type", "invalid_input");
    json.member("message", "The uploaded file could not be read.").end('}');
  }
  json.member("cors_origin", upload.cors_origin).member_if("asset_id", upload.asset_id).end('}');
}

}  // namespace mux::inline v0::emulator
