#include "transport/pool.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

#include "transport/request_head.hpp"

namespace mux::inline v0::transport {
namespace {

using policy::pool_plan;

/// Tells the pools of an execution context that it ends, while their sockets can still be closed.
class pool_registry final : public asio::execution_context::service {
 public:
  static inline asio::execution_context::id id;
  explicit pool_registry(asio::execution_context& context) : service(context) {}

  void add(const std::shared_ptr<pool>& one) {
    const std::lock_guard lock(mutex_);
    std::erase_if(pools_, [](const std::weak_ptr<pool>& p) { return p.expired(); });
    pools_.push_back(one);
  }

 private:
  void shutdown() override {
    for (const std::weak_ptr<pool>& one : std::exchange(pools_, {}))
      if (const std::shared_ptr<pool> alive = one.lock()) alive->abandon();
  }

  std::mutex mutex_;
  std::vector<std::weak_ptr<pool>> pools_;
};

}  // namespace

/// One who waits. The pool's mutex guards all but the timer, which belongs to the strand of the coroutine.
struct pool::waiter {
  explicit waiter(const asio::any_io_executor& executor) : timer(executor) {}
  asio::steady_timer timer;
  connection_ptr granted;  ///< null with `called`: a place to open one on
  bool called = false;
};

struct pool::host {
  host(origin of, pool_plan::limits bounds) : at(std::move(of)), plan(bounds) {}
  const origin at;
  pool_plan plan;
  std::unordered_map<std::uint64_t, connection_ptr> idle;
  std::unordered_map<std::uint64_t, std::shared_ptr<waiter>> waiting;  ///< by ticket
  std::optional<error> last_failure;  ///< of connecting, until a connect succeeds
};

/// A place in a host's plan, or one in its queue. Gives back whatever it holds, so that a coroutine may end
/// anywhere.
class pool::place {
 public:
  place(std::shared_ptr<pool> owner, host& at) : owner_(std::move(owner)), at_(&at) {}
  place(place&& other) noexcept = default;
  place& operator=(place&&) = delete;
  ~place() {
    if (!owner_) return;
    if (ticket_ != 0) leave();
    if (held_) owner_->release(*at_, std::move(own));
  }

  /// Asks the plan until it names a connection that is still good. False: wait.
  bool take(policy::freshness how, const asio::any_io_executor& executor) {
    connections closing;
    const std::lock_guard lock(owner_->mutex_);
    for (;;) {
      const clock::time_point now = clock::now();
      const pool_plan::decision decided = at_->plan.ask(how, now);
      owner_->expire(*at_, closing);
      if (decided.what == pool_plan::verdict::wait) {
        ticket_ = decided.number;
        waiter_ = std::make_shared<waiter>(executor);
        at_->waiting.emplace(ticket_, waiter_);
        return false;
      }
      if (decided.what == pool_plan::verdict::open) return held_ = true;
      own = std::move(at_->idle.extract(decided.number).mapped());
      if (own->quiet()) {
        ++owner_->reused_;
        return held_ = true;
      }
      closing.push_back(std::move(own));
      at_->plan.lose();  // nobody waits while one is idle
    }
  }

  /// Waits for a grant. False if there was none until the deadline or the caller cancelled.
  asio::awaitable<wait_end> called(std::optional<clock::time_point> deadline) {
    waiter_->timer.expires_at(deadline.value_or(clock::time_point::max()));
    boost::system::error_code woken;
    co_await waiter_->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    leave();
    if (held_) co_return wait_end::ready;
    co_return woken == asio::error::operation_aborted ? wait_end::cancelled : wait_end::timed_out;
  }

  connection_ptr own;  ///< null: still to be opened

 private:
  /// Leaves the queue, with what was granted if anything was.
  void leave() {
    const std::lock_guard lock(owner_->mutex_);
    at_->plan.leave(ticket_);
    at_->waiting.erase(ticket_);
    ticket_ = 0;
    if (!waiter_->called) return;
    held_ = true;
    own = std::move(waiter_->granted);
    if (own) ++owner_->reused_;
  }

  std::shared_ptr<pool> owner_;
  host* at_;
  std::shared_ptr<waiter> waiter_;
  std::uint64_t ticket_ = 0;
  bool held_ = false;
};

class pool::pooled_lease final : public lease {
 public:
  explicit pooled_lease(place taken) : place_(std::move(taken)) {}
  asio::awaitable<outcome> exchange(const wire_request& request,
                                    std::optional<clock::time_point> deadline) override {
    return place_.own->exchange(request, deadline);
  }

 private:
  place place_;
};

pool::pool(asio::any_io_executor executor, network_options options, std::shared_ptr<tls_context> tls)
    : options_(std::move(options)), tls_(std::move(tls)), executor_(std::move(executor)) {}

pool::~pool() = default;

pool::host& pool::host_of(const origin& to) {
  const std::lock_guard lock(mutex_);
  for (const std::unique_ptr<host>& known : hosts_)
    if (known->at == to) return *known;
  const pool_plan::limits bounds{std::max<std::size_t>(options_.pool.per_host, 1), options_.pool.idle,
                                 options_.pool.idle_for_post};
  return *hosts_.emplace_back(std::make_unique<host>(to, bounds));
}

pool::connection_ptr pool::make_connection(const origin& to) {
  const std::lock_guard lock(mutex_);
  connection_ptr made = std::make_shared<connection>(next_id_++, executor_, options_, tls_, to);
  std::erase_if(alive_, [](const std::weak_ptr<connection>& c) { return c.expired(); });
  alive_.push_back(made);
  return made;
}

void pool::expire(host& at, connections& closing) {
  for (const std::uint64_t stale : at.plan.expire(clock::now()))
    closing.push_back(std::move(at.idle.extract(stale).mapped()));
}

void pool::release(host& at, connection_ptr back) {
  connections closing;
  const std::lock_guard lock(mutex_);
  if (abandoned_) return;
  std::optional<pool_plan::grant> next;
  if (back && back->reusable() && !closed_) {
    const std::uint64_t id = back->id();
    next = at.plan.give_back(id, clock::now());
    if (!next) at.idle.emplace(id, std::move(back));
  } else {
    closing.push_back(std::move(back));
    next = at.plan.lose();
  }
  if (next) {
    const std::shared_ptr<waiter> first = std::move(at.waiting.extract(next->ticket).mapped());
    first->called = true;
    first->granted = std::move(back);
    // The timer may be touched on its own strand only. After the post nothing of `first` is used here.
    asio::post(first->timer.get_executor(), [first] { first->timer.cancel(); });
  }
  expire(at, closing);
}

void pool::note(host& at, const std::optional<wire_error>& outcome) {
  const std::lock_guard lock(mutex_);
  at.last_failure.reset();
  if (outcome)
    at.last_failure = outcome->what;
  else
    ++opened_;
}

wire_error pool::unserved(const host& at, wait_end how) const {
  wire_error none;
  none.what.phase = call_phase::connect;
  none.what.detail = name_of(at.at) + ": ";
  if (how == wait_end::cancelled) {
    none.what.code = errc::cancelled;
    none.what.detail += "cancelled by the caller";
    return none;
  }
  const std::lock_guard lock(mutex_);
  none.what.code = errc::pool_exhausted;
  none.what.detail +=
      "none of its " + std::to_string(at.plan.taken()) + " connections became free before the deadline";
  if (at.last_failure) none.what.detail += "; the last connect failed: " + at.last_failure->detail;
  return none;
}

asio::awaitable<lease_result> pool::acquire(const origin& to, policy::freshness how,
                                            std::optional<clock::time_point> deadline) {
  lease_result got;
  host& at = host_of(to);
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  place taken(shared_from_this(), at);
  try {
    if (!taken.take(how, executor)) {
      const wait_end end = co_await taken.called(deadline);
      if (end != wait_end::ready) {
        got.failure = unserved(at, end);
        co_return got;
      }
    }
    if (!taken.own) {
      taken.own = make_connection(at.at);
      got.failure = co_await taken.own->open(deadline);
      note(at, got.failure);
      if (got.failure) co_return got;
    }
    got.lease = std::make_unique<pooled_lease>(std::move(taken));
  } catch (const boost::system::system_error&) {  // Asio's way to tell a coroutine that it was cancelled
    got.failure = unserved(at, wait_end::cancelled);
  }
  co_return got;
}

asio::awaitable<std::optional<wire_error>> pool::warm_up(const origin& to, std::size_t count) {
  std::vector<std::unique_ptr<lease>> held;
  while (held.size() < std::min(count, options_.pool.per_host)) {
    lease_result got = co_await acquire(to, policy::freshness::any, {});
    if (got.failure) co_return std::move(got.failure);
    held.push_back(std::move(got.lease));
  }
  co_return std::nullopt;
}

void pool::close() {
  connections closing;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  for (const std::unique_ptr<host>& at : hosts_)
    for (const std::uint64_t id : at->plan.clear())
      closing.push_back(std::move(at->idle.extract(id).mapped()));
}

void pool::abandon() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = abandoned_ = true;
  executor_ = {};
  for (const std::weak_ptr<connection>& one : alive_)
    if (const connection_ptr c = one.lock()) c->abandon();
}

pool_stats pool::stats() const {
  const std::lock_guard lock(mutex_);
  pool_stats now;
  for (const std::unique_ptr<host>& at : hosts_) {
    now.open += at->plan.taken();
    now.idle += at->plan.idle();
  }
  now.opened = opened_;
  now.reused = reused_;
  return now;
}

result<std::shared_ptr<network>> make_network(asio::any_io_executor executor, network_options options) {
  result<std::shared_ptr<tls_context>> tls = tls_context::make(options.ca_file);
  if (!tls) return std::move(tls).error();
  auto& registry = asio::use_service<pool_registry>(asio::query(executor, asio::execution::context));
  const auto made = std::make_shared<pool>(std::move(executor), std::move(options), std::move(*tls));
  registry.add(made);
  return std::shared_ptr<network>(made);
}

}  // namespace mux::inline v0::transport
