#include "client/core.hpp"

#include <cmath>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/version.hpp>

#include "client/authorization.hpp"
#include "client/control_bytes.hpp"
#include "client/header_rules.hpp"
#include "client/strand.hpp"

namespace mux::inline v0::detail {

namespace {

using client_detail::has_control;

std::optional<error> check(const client_options& o) {
  if (!o.credentials_provider)
    if (auto wrong = client_detail::check_credentials(o.credentials)) return wrong;
  if (has_control(o.user_agent))
    return error(errc::invalid_argument, "the user agent holds a control character");
  for (std::size_t i = 0; i < rate_class_count; ++i) {
    const class_limit& limit = o.limits.classes[i];
    const std::string name(to_string(static_cast<rate_class>(i)));
    if (!(limit.rate > 0) || (std::isfinite(limit.rate) && limit.rate > 1e6))
      return error(errc::invalid_argument,
                   "the rate of " + name + " must be above 0 and at most 1,000,000 a second");
    if (limit.burst && (*limit.burst < 1 || *limit.burst > 1000000))
      return error(errc::invalid_argument, "the burst of " + name + " must be 1 to 1,000,000");
  }
  if (o.credentials_provider && !o.limits.state_directory.empty() && o.limits.bucket_id.empty())
    return error(
        errc::invalid_argument,
        "limits.bucket_id must name the bucket that limits.state_directory keeps: with a credentials "
        "provider nobody knows whose it is");
  if (o.retry.tries < 1) return error(errc::invalid_argument, "retry.tries must be at least 1");
  if (o.pool.per_host < 1 || o.pool.per_host > 1000)
    return error(errc::invalid_argument, "pool.per_host must be 1 to 1,000");
  if (o.pool.total < 1 || o.pool.total > 10000)
    return error(errc::invalid_argument, "pool.total must be 1 to 10,000");
  if (o.response.depth < 1 || o.response.depth > 1024)
    return error(errc::invalid_argument, "response.depth must be 1 to 1,024");
  if (o.response.inflation < 1 || o.response.inflation > 1032)
    return error(errc::invalid_argument, "response.inflation must be 1 to 1,032");
  return client_detail::check_headers(o.headers);
}

}  // namespace

client_core::client_core(asio::any_io_executor executor, client_options options)
    : executor_(std::move(executor)), options_(std::move(options)), random_(std::random_device()()) {
  std::string agent = options_.user_agent.empty() ? "" : options_.user_agent + " ";
  agent += "mux-cpp/" MUX_VERSION;
  foreign_headers_ = {{"User-Agent", agent}, {"Accept", "*/*"}};
  const auto with_own = [this](transport::headers fields) {
    for (const auto& own : options_.headers) client_detail::replace_header(fields, own);
    return fields;
  };
  playback_headers_ = with_own(foreign_headers_);
  api_headers_ = with_own({{"User-Agent", agent}, {"Accept", "application/json"}});
  if (!options_.credentials_provider)
    api_headers_.emplace_back(client_detail::authorization,
                              client_detail::authorization_value(options_.credentials));
}

client_core::~client_core() {
  client_detail::wipe_credentials(api_headers_);
}

result<std::shared_ptr<client_core>> client_core::make(asio::any_io_executor executor,
                                                       client_options options) {
  transport::network_options n;
  n.timeouts = options.timeouts;
  n.pool = options.pool;
  n.response = options.response;
  n.proxy = options.proxy;
  n.observer = options.observer;
  n.ca_file = options.ca_file;
  auto network = transport::make_network(executor, std::move(n));
  if (!network) return std::move(network).error();
  return make(std::move(executor), std::move(options), std::move(*network), client_detail::steady_time());
}

result<std::shared_ptr<client_core>> client_core::make(asio::any_io_executor executor, client_options options,
                                                       std::shared_ptr<transport::network> network,
                                                       std::shared_ptr<client_detail::time_source> time) {
  if (auto wrong = check(options)) return std::move(*wrong);
  std::shared_ptr<client_core> core(new client_core(std::move(executor), std::move(options)));
  const client_options& o = core->options_;
  const std::array<const std::string*, 3> urls = {&o.base_url, &o.stream_base_url, &o.image_base_url};
  for (std::size_t i = 0; i < urls.size(); ++i) {
    auto parsed = transport::parse_base_url(*urls[i]);
    if (!parsed) return std::move(parsed).error();
    core->hosts_[i] = std::move(*parsed);
  }
  std::shared_ptr<client_detail::limit_file> file;
  if (!o.limits.state_directory.empty()) {
    // Buckets belong to a server: the same id at another address is another bucket.
    const transport::origin& to = core->hosts_[0].origin;
    const std::string id =
        !o.limits.bucket_id.empty() ? o.limits.bucket_id
        : o.credentials.authorization_token.empty()
            ? o.credentials.token_id
            : "bearer-" + client_detail::fingerprint(o.credentials.authorization_token.reveal());
    auto opened = client_detail::limit_file::open(o.limits.state_directory,
                                                  id + "." + to.host + "." + std::to_string(to.port));
    if (!opened) return std::move(opened).error();
    file = std::move(*opened);
  }
  core->network_ = std::move(network);
  core->time_ = std::move(time);
  core->admission_ = std::make_unique<client_detail::admission>(core->executor_, core->time_, o.limits, file,
                                                                o.observer, core->random_);
  return core;
}

void client_core::close() {
  admission_->close();
  network_->close();
}

asio::awaitable<result<void>> client_core::warm_up(std::shared_ptr<client_core> core,
                                                   std::size_t connections) {
  // The network is to be used on a strand.
  const asio::any_io_executor caller = co_await asio::this_coro::executor;
  auto opening = core->network_->warm_up(core->host(api_host::api).origin, connections);
  std::optional<transport::wire_error> why =
      co_await asio::co_spawn(client_detail::strand_over(caller), std::move(opening), asio::use_awaitable);
  if (why) co_return std::move(why->what);
  co_return result<void>();
}

asio::awaitable<bool> client_core::drain(std::shared_ptr<client_core> core,
                                         std::chrono::nanoseconds longest) {
  const std::shared_ptr<client_detail::nap> last = core->calls_.drain();
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto alarm = core->time_->make_alarm(executor, [weak = std::weak_ptr(last)] {
    if (const auto nap = weak.lock()) nap->release();
  });
  alarm->arm(policy::after(core->time_->now(), longest));
  auto asleep = last->wait();
  co_await std::move(asleep);
  const bool done = core->calls_.idle();
  if (!last->cancelled()) core->close();
  co_return done;
}

double client_core::chance() {
  const std::scoped_lock lock(mutex_);
  return std::uniform_real_distribution<double>(0, 1)(random_);
}

policy::verdict client_core::judge(const policy::ending& e, const operation& op, idempotency repeat,
                                   int attempt, int tries) {
  policy::retry_limits limits;
  limits.tries = tries;
  limits.base = options_.retry.base_pause;
  limits.longest = options_.retry.max_pause;
  const double u = chance();
  const std::scoped_lock lock(mutex_);
  return policy::judge(e, repeat, attempt, limits, budgets_[static_cast<std::size_t>(op.limit)], u);
}

client_stats client_core::stats() const {
  client_stats s;
  s.classes = admission_->stats();
  s.pool = network_->stats();
  s.sent = sent.load();
  s.retried = retried.load();
  s.renewed = renewed.load();
  s.failed = failed.load();
  return s;
}

}  // namespace mux::inline v0::detail
