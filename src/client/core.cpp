#include "client/core.hpp"

#include <cmath>

#include <mux/version.hpp>

#include "client/basic_auth.hpp"
#include "client/control_bytes.hpp"

namespace mux::inline v0::detail {

namespace {

using client_detail::has_control;

std::optional<error> check(const client_options& o) {
  const credentials& c = o.credentials;
  if (c.authorization_token.empty() && (c.token_id.empty() || c.token_secret.empty())) {
    error e(errc::missing_credentials, c.token_id.empty() && c.token_secret.empty() ? "no access token"
                                       : c.token_id.empty() ? "a token secret without its token id"
                                                            : "a token id without its token secret");
    e.hint = "set MUX_TOKEN_ID and MUX_TOKEN_SECRET, or MUX_AUTHORIZATION_TOKEN";
    return e;
  }
  // The texts themselves are not shown: they may be the secret that somebody pasted with a line break.
  if (has_control(c.token_id) || has_control(c.token_secret.reveal()) ||
      has_control(c.authorization_token.reveal()))
    return error(errc::invalid_argument, "a credential holds a control character, a line break perhaps");
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
  if (o.retry.tries < 1) return error(errc::invalid_argument, "retry.tries must be at least 1");
  if (o.pool.per_host < 1 || o.pool.per_host > 1000)
    return error(errc::invalid_argument, "pool.per_host must be 1 to 1,000");
  return {};
}

}  // namespace

client_core::client_core(asio::any_io_executor executor, client_options options)
    : executor_(std::move(executor)), options_(std::move(options)), random_(std::random_device()()) {
  const credentials& c = options_.credentials;
  std::string agent = options_.user_agent.empty() ? "" : options_.user_agent + " ";
  agent += "mux-cpp/" MUX_VERSION;
  other_headers_ = {{"User-Agent", agent}, {"Accept", "application/json"}};
  api_headers_ = other_headers_;
  api_headers_.emplace_back("Authorization",
                            c.authorization_token.empty()
                                ? client_detail::basic_auth(c.token_id, c.token_secret.reveal())
                                : "Bearer " + std::string(c.authorization_token.reveal()));
}

result<std::shared_ptr<client_core>> client_core::make(asio::any_io_executor executor,
                                                       client_options options) {
  transport::network_options n;
  n.timeouts = options.timeouts;
  n.pool = options.pool;
  n.response = options.response;
  n.ca_file = options.ca_file;
  if (auto wrong = check(options)) return std::move(*wrong);
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
  core->admission_ =
      std::make_unique<client_detail::admission>(core->executor_, core->time_, o.limits, file, o.observer);
  return core;
}

void client_core::close() {
  admission_->close();
  network_->close();
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
  s.failed = failed.load();
  return s;
}

}  // namespace mux::inline v0::detail
