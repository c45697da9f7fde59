#include <optional>
#include <stdexcept>

#include <mux/emulator/server.hpp>

#include "emulator/api.hpp"
#include "emulator/listener.hpp"
#include "emulator/private_files.hpp"

namespace mux::inline v0::emulator {

class server::impl {
 public:
  explicit impl(const server_options& options) : api(options) {}

  void start() {
    const auto& options = this->options();
    std::optional<certificate> identity;
    if (options.tls) {
      identity =
          options.certificate_file.empty() ? make_certificate(options.address) : given_certificate(options);
      folder.emplace();
      ca_pem = identity->ca;
      ca_file = folder->path() / "ca.pem";
      ca_bundle_file = folder->path() / "ca-bundle.pem";
      write_private_file(ca_file, ca_pem);
      write_private_file(ca_bundle_file, system_ca_bundle() + "\n" + ca_pem);
    }
    open.emplace(api, options, identity ? &*identity : nullptr);
    port = open->port();
  }

  void stop() noexcept {
    open.reset();
    folder.reset();
  }

  /// Does not change once the constructor is through.
  [[nodiscard]] const server_options& options() const {
    return api.with_world([](const world& w) -> const server_options& { return w.options; });
  }

  emulator::api api;
  std::string ca_pem;
  std::filesystem::path ca_file, ca_bundle_file;
  std::uint16_t port = 0;
  std::optional<private_folder> folder;
  std::optional<listener> open;

 private:
  static certificate given_certificate(const server_options& options) {
    if (options.key_file.empty()) throw std::runtime_error("a certificate file needs a key file");
    const auto chain = read_file(options.certificate_file);
    return {chain, chain, read_file(options.key_file)};
  }
};

server::server(server_options options) : impl_(std::make_unique<impl>(options)) {}

server::~server() {
  stop();
}

void server::start() {
  if (impl_->open) return;
  try {
    impl_->start();
  } catch (...) {
    impl_->stop();
    throw;
  }
}

void server::stop() noexcept {
  impl_->stop();
}

std::string server::base_url() const {
  const auto& options = impl_->options();
  const bool v6 = options.address.find(':') != std::string::npos;
  return (options.tls ? "https://" : "http://") + (v6 ? '[' + options.address + ']' : options.address) + ':' +
         std::to_string(impl_->port);
}

std::uint16_t server::port() const noexcept {
  return impl_->port;
}
const std::string& server::token_id() const noexcept {
  return impl_->options().tokens.front().id;
}
const std::string& server::token_secret() const noexcept {
  return impl_->options().tokens.front().secret;
}
const std::string& server::authorization_token() const noexcept {
  return impl_->options().tokens.front().authorization;
}
const std::string& server::control_token() const noexcept {
  return impl_->options().control_token;
}
const std::string& server::ca_pem() const noexcept {
  return impl_->ca_pem;
}
const std::filesystem::path& server::ca_file() const noexcept {
  return impl_->ca_file;
}
const std::filesystem::path& server::ca_bundle_file() const noexcept {
  return impl_->ca_bundle_file;
}

void server::seed_assets(std::size_t count, seed_style style) {
  impl_->api.with_world([&](world& w) { w.seed(count, style); });
}

void server::set_limit(rate_class c, bucket_limit limit) {
  if (!valid(limit)) throw std::invalid_argument("a limit needs a rate above 0 and a burst of at least 1");
  impl_->api.with_world([&](world& w) { w.limits.set(c, limit); });
}

void server::set_faults(std::vector<fault> faults) {
  impl_->api.with_world([&](world& w) { w.faults.set(std::move(faults)); });
}

void server::add_fault(fault f) {
  impl_->api.with_world([&](world& w) { w.faults.add(std::move(f)); });
}

void server::advance_time(std::chrono::nanoseconds by) {
  impl_->api.with_world([&](world& w) { w.clock.advance(by); });
}

void server::set_list_lag(std::chrono::nanoseconds by, double share) {
  impl_->api.with_world([&](world& w) { w.list_lag = {by, share}; });
}

void server::reset() {
  impl_->api.with_world([](world& w) { w.reset(); });
}

ledger server::ledger() const {
  return impl_->api.with_world([](const world& w) { return w.book.totals; });
}

std::vector<created_asset> server::created() const {
  return impl_->api.with_world([](const world& w) { return w.book.created(); });
}

std::size_t server::asset_count() const {
  return impl_->api.with_world([](const world& w) { return w.asset_count(); });
}

}  // namespace mux::inline v0::emulator
