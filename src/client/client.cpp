#include <mux/client.hpp>

#include "client/core.hpp"
#include "client/lane.hpp"
#include "client/upload.hpp"

namespace mux::inline v0 {

namespace {

std::shared_ptr<detail::client_core> make_core(asio::any_io_executor executor, client_options options) {
  auto made = detail::client_core::make(std::move(executor), std::move(options));
  if (!made) throw configuration_error(std::move(made).error());
  return std::move(*made);
}

asio::awaitable<upload_outcome> or_throw(asio::awaitable<result<upload_outcome>> call) {
  result<upload_outcome> outcome = co_await std::move(call);
  if (!outcome) throw_error(std::move(outcome).error());
  co_return std::move(*outcome);
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

asio::awaitable<result<response<void>>> client::try_download(request<std::string> call, body_sink& to) const {
  detail::request_base base = std::move(call).base();
  base.sink = &to;
  return detail::try_send_full<void>(core_, std::move(base));
}

asio::awaitable<response<void>> client::download(request<std::string> call, body_sink& to) const {
  result<response<void>> got = co_await try_download(std::move(call), to);
  if (!got) throw_error(std::move(got).error());
  co_return std::move(*got);
}

asio::awaitable<result<upload_outcome>> client::try_upload(std::string_view url, body_source& from,
                                                           upload_options options) const {
  return client_detail::upload(core_, client_detail::piece_of_upload(url), from, std::move(options));
}

asio::awaitable<upload_outcome> client::upload(std::string_view url, body_source& from,
                                               upload_options options) const {
  return or_throw(try_upload(url, from, std::move(options)));
}

asio::awaitable<result<void>> client::warm_up(std::size_t connections) const {
  return detail::client_core::warm_up(core_, connections);
}

asio::awaitable<bool> client::drain(std::chrono::nanoseconds longest) const {
  return detail::client_core::drain(core_, longest);
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
