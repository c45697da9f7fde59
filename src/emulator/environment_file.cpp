#include "emulator/environment_file.hpp"

#include <string_view>

namespace mux::inline v0::emulator {
namespace {

void add_export(std::string& text, std::string_view name, std::string_view value) {
  text.append("export ").append(name).append("='");
  for (const char c : value) {
    if (c == '\'')
      text += R"('\'')";
    else
      text += c;
  }
  text += "'\n";
}

}  // namespace

std::string environment_exports(const server& running) {
  // A Bearer token of the caller's would win over the id and secret here, and be sent to the wrong server.
  std::string text = "unset MUX_AUTHORIZATION_TOKEN\n";
  add_export(text, "MUX_BASE_URL", running.base_url());
  add_export(text, "MUX_TOKEN_ID", running.token_id());
  add_export(text, "MUX_TOKEN_SECRET", running.token_secret());
  if (!running.ca_file().empty()) {
    add_export(text, "SSL_CERT_FILE", running.ca_bundle_file().string());
    // curl looks at SSL_CERT_DIR before SSL_CERT_FILE, but at its own variable first.
    add_export(text, "CURL_CA_BUNDLE", running.ca_bundle_file().string());
    add_export(text, "NODE_EXTRA_CA_CERTS", running.ca_file().string());
  }
  add_export(text, "MUX_EMULATOR_CONTROL_TOKEN", running.control_token());
  return text;
}

}  // namespace mux::inline v0::emulator
