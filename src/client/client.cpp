#include <mux/client.hpp>

#include "client/core.hpp"
#include "client/lane.hpp"

namespace mux::inline v0 {

namespace {

std::shared_ptr<detail::client_core> make_core(asio::any_io_executor executor, client_options options) {
  auto made = detail::client_core::make(std::move(executor), std::move(options));
  if (!made) throw configuration_error(std::move(made).error());
  return std::move(*made);
}

}  // namespace

client::client(std::shared_ptr<detail::client_core> core)
    : core_(std::move(core)), video(core_), data(core_), robots(core_), system(core_) {}

client::client(asio::any_io_executor executor)
    : client(std::move(executor), client_options::from_environment()) {}

client::client(asio::any_io_executor executor, client_options options)
    : client(make_core(std::move(executor), std::move(options))) {}

result<client> client::make(asio::any_io_executor executor, client_options options) {
  auto made = detail::client_core::make(std::move(executor), std::move(options));
  if (!made) return std::move(made).error();
  return client(std::move(*made));
}

client::client(client&&) noexcept = default;

client& client::operator=(client&& other) noexcept {
  if (this == &other) return *this;
  if (core_) core_->close();
  core_ = std::move(other.core_);
  video = std::move(other.video);
  data = std::move(other.data);
  robots = std::move(other.robots);
  system = std::move(other.system);
  return *this;
}

client::~client() {
  if (core_) core_->close();
}

void client::forget_limit(rate_class c) const {
  core_->limiter().of(c)->forget();
}

client_stats client::stats() const {
  return core_->stats();
}

std::optional<std::chrono::sys_time<std::chrono::milliseconds>> client::server_time() const {
  return core_->server_time().read(core_->time().now());
}

const client_options& client::options() const noexcept {
  return core_->options();
}

}  // namespace mux::inline v0
