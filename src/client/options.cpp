#include <cstdlib>

#include <mux/options.hpp>

namespace mux::inline v0 {

namespace {

template <class Text>
void take(const char* name, Text& into) {
  if (const char* value = std::getenv(name); value && *value) into = value;
}

}  // namespace

client_options client_options::from_environment() {
  client_options o;
  take("MUX_TOKEN_ID", o.credentials.token_id);
  take("MUX_TOKEN_SECRET", o.credentials.token_secret);
  take("MUX_AUTHORIZATION_TOKEN", o.credentials.authorization_token);
  take("MUX_BASE_URL", o.base_url);
  take("HTTPS_PROXY", o.proxy.url);
  take("https_proxy", o.proxy.url);
  take("NO_PROXY", o.proxy.bypass);
  take("no_proxy", o.proxy.bypass);
  return o;
}

}  // namespace mux::inline v0
