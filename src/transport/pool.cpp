#include "transport/pool.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
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

constexpr int rescues = 3;  // how often a connect without a file descriptor is repeated

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

pool_plan::limits limits_of(const pool_options& options) {
  pool_plan::limits bounds;
  bounds.per_host = std::max<std::size_t>(options.per_host, 1);
  bounds.total = std::max<std::size_t>(options.total, 1);
  bounds.idle = options.idle;
  bounds.idle_when_recent = options.idle_for_post;
  bounds.age = options.age;
  return bounds;
}

}  // namespace

struct pool::host {
  host(origin of, std::size_t count) : at(std::move(of)), number(count) {}
  const origin at;
  const std::size_t number;           ///< in the plan
  std::optional<error> last_failure;  ///< of connecting, until a connect succeeds
};

/// One who waits. The pool's mutex guards all but the timer, which belongs to the strand of the coroutine.
struct pool::waiter {
  waiter(const asio::any_io_executor& executor, host& of, std::optional<clock::time_point> until)
      : timer(executor), at(of), deadline(until) {}
  asio::steady_timer timer;
  host& at;
  const std::optional<clock::time_point> deadline;
  std::weak_ptr<opening> work;    ///< its own connection, if there was a place for one
  connection* granted = nullptr;  ///< with `called`; null: `failed` says why
  failure failed;
  bool called = false;
};

/// Waits for several connections. Belongs to one strand.
struct pool::warming {
  explicit warming(const asio::any_io_executor& executor) : ended(executor) {}
  asio::steady_timer ended;
  std::size_t left = 0;
  failure first;
};

/// A connection on its way, with its place in the plan.
struct pool::opening {
  opening(std::shared_ptr<pool> of, host& to, connection& one, asio::any_io_executor on)
      : owner(std::move(of)), at(to), made(one), strand(std::move(on)) {}
  opening(const opening&) = delete;
  opening& operator=(const opening&) = delete;
  ~opening() {
    if (!settled) owner->settle(*this, owner->unserved(at, wait_end::cancelled));
    if (group && --group->left == 0) group->ended.cancel();
  }

  /// Cuts it short, whether it has started or not. To be called on the strand.
  void stop() {
    stopped = true;
    cancel.emit(asio::cancellation_type::terminal);
  }

  const std::shared_ptr<pool> owner;
  host& at;
  connection& made;
  const asio::any_io_executor strand;
  asio::cancellation_signal cancel;
  bool stopped = false;
  std::optional<clock::time_point> deadline;
  std::uint64_t ticket = 0;  ///< of who asked for it; 0: nobody
  std::shared_ptr<warming> group;
  bool settled = false;
};

/// What is done once the mutex is released: declared before the lock.
class pool::errands {
 public:
  explicit errands(pool& of) : pool_(of) {}
  errands(const errands&) = delete;
  errands& operator=(const errands&) = delete;
  ~errands() {
    for (std::unique_ptr<connection>& one : closing) {
      const std::uint64_t served = one->served();
      const std::string name = pool_.options_.observer ? name_of(one->to()) : std::string();
      one.reset();
      if (pool_.options_.observer) pool_.options_.observer->on_disconnected(name, served);
    }
    // Not on this stack: an opening that fails at once passes its place on, and so on down the queue.
    for (const std::shared_ptr<opening>& work : beginning)
      asio::post(work->strand, [work] { work->owner->start(work); });
  }

  std::vector<std::unique_ptr<connection>> closing;
  std::vector<std::shared_ptr<opening>> beginning;

 private:
  pool& pool_;
};

/// A connection, or a place in the queue. Gives back whatever it holds, so that a coroutine may end anywhere.
class pool::place {
 public:
  explicit place(std::shared_ptr<pool> owner) : owner_(std::move(owner)) {}
  place(place&& other) noexcept = default;
  place& operator=(place&&) = delete;
  ~place() {
    if (!owner_) return;
    if (waiter_) leave();
    if (own) owner_->release(*at, *own);
  }

  /// Asks the plan until it names a connection that is still good. False: wait.
  bool take(const origin& to, policy::freshness how, const asio::any_io_executor& strand,
            std::optional<clock::time_point> deadline) {
    for (;;) {
      if (!ask(to, how, strand, deadline)) return false;
      if (own->quiet()) return true;
      errands later(*owner_);
      const std::lock_guard lock(owner_->mutex_);
      --owner_->reused_;
      owner_->lose(*at, *std::exchange(own, nullptr), later);
    }
  }

  /// Waits for a connection. How it ended counts if there is neither `own` nor `failed` then.
  asio::awaitable<wait_end> called() {
    // Who is cancelled stays until its own connection has come to an end.
    const bool throws = co_await asio::this_coro::throw_if_cancelled();
    co_await asio::this_coro::throw_if_cancelled(false);
    wait_end end = wait_end::ready;
    waiter_->timer.expires_at(waiter_->deadline.value_or(clock::time_point::max()));
    while (end == wait_end::ready || working()) {
      boost::system::error_code woken;
      co_await waiter_->timer.async_wait(asio::redirect_error(asio::use_awaitable, woken));
      if (answered()) break;
      end = woken == asio::error::operation_aborted ? wait_end::cancelled : wait_end::timed_out;
      if (const std::shared_ptr<opening> work = working(); work && end == wait_end::cancelled) work->stop();
      waiter_->timer.expires_at(clock::time_point::max());
    }
    leave();
    co_await asio::this_coro::throw_if_cancelled(throws);
    co_return end;
  }

  host* at = nullptr;
  connection* own = nullptr;
  failure failed;

 private:
  bool ask(const origin& to, policy::freshness how, const asio::any_io_executor& strand,
           std::optional<clock::time_point> deadline) {
    errands later(*owner_);
    const std::lock_guard lock(owner_->mutex_);
    at = &owner_->host_of(to);
    const clock::time_point now = clock::now();
    const pool_plan::decision decided = owner_->plan_.ask(at->number, how, now);
    owner_->sweep(now, later);
    if (decided.what == pool_plan::verdict::reuse) {
      ++owner_->reused_;
      own = owner_->connections_[decided.number].get();
      return true;
    }
    ticket_ = decided.number;
    waiter_ = std::make_shared<waiter>(strand, *at, deadline);
    owner_->waiting_.emplace(ticket_, waiter_);
    if (decided.what == pool_plan::verdict::open)
      owner_->pass_on(pool_plan::grant{ticket_, pool_plan::verdict::open}, nullptr, later);
    return false;
  }

  [[nodiscard]] bool answered() const {
    const std::lock_guard lock(owner_->mutex_);
    return waiter_->called;
  }
  [[nodiscard]] std::shared_ptr<opening> working() const {
    const std::lock_guard lock(owner_->mutex_);
    return waiter_->work.lock();
  }

  /// Leaves the queue, with what was granted if anything was.
  void leave() {
    const std::shared_ptr<waiter> mine = std::move(waiter_);
    const std::lock_guard lock(owner_->mutex_);
    if (mine->called) {
      own = mine->granted;
      failed = std::move(mine->failed);
    } else {
      owner_->plan_.leave(at->number, ticket_);
      owner_->waiting_.erase(ticket_);
    }
  }

  std::shared_ptr<pool> owner_;
  std::shared_ptr<waiter> waiter_;
  std::uint64_t ticket_ = 0;
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

pool::pool(asio::any_io_executor executor, network_options options, std::shared_ptr<tls_context> tls,
           std::optional<proxy> through)
    : options_(std::move(options)),
      tls_(std::move(tls)),
      proxy_(std::move(through)),
      executor_(std::move(executor)),
      plan_(limits_of(options_.pool)) {}

pool::~pool() = default;

pool::host& pool::host_of(const origin& to) {
  for (const std::unique_ptr<host>& known : hosts_)
    if (known->at == to) return *known;
  return *hosts_.emplace_back(std::make_unique<host>(to, plan_.add_host()));
}

std::shared_ptr<pool::opening> pool::begin(host& at, asio::any_io_executor strand, errands& later) {
  if (free_ids_.empty()) {
    free_ids_.push_back(connections_.size());
    connections_.emplace_back();
  }
  const std::uint64_t id = free_ids_.back();
  const proxy* const via = proxy_ && proxy_->serves(at.at) ? &*proxy_ : nullptr;
  auto made = std::make_unique<connection>(id, options_, tls_, at.at, via);
  auto work = std::make_shared<opening>(shared_from_this(), at, *made, std::move(strand));
  std::erase_if(openings_, [](const std::weak_ptr<opening>& one) { return one.expired(); });
  openings_.push_back(work);
  connections_[id] = std::move(made);
  free_ids_.pop_back();
  later.beginning.push_back(work);
  return work;
}

std::unique_ptr<connection> pool::take_out(const connection& which) {
  free_ids_.push_back(which.id());
  return std::move(connections_[which.id()]);
}

void pool::sweep(clock::time_point now, errands& later) {
  for (const std::uint64_t id : plan_.closing(now)) later.closing.push_back(take_out(*connections_[id]));
}

void pool::pass_on(const grant& to, connection* back, errands& later) {
  if (!to) return;
  const auto found = waiting_.find(to->ticket);
  const std::shared_ptr<waiter> first = found->second;
  if (to->what == pool_plan::verdict::open) {
    const std::shared_ptr<opening> work = begin(first->at, first->timer.get_executor(), later);
    work->ticket = to->ticket;
    work->deadline = first->deadline;
    first->work = work;
    return;
  }
  waiting_.erase(found);
  first->called = true;
  first->granted = back;
  // The timer may be touched on its own strand only.
  asio::post(first->timer.get_executor(), [first] { first->timer.cancel(); });
}

void pool::give_back(host& at, connection& back, errands& later) {
  const pool_plan::vitals vitals{back.born(), back.keep_alive(), back.served() == 0};
  const clock::time_point now = clock::now();
  const grant next = plan_.give_back(at.number, back.id(), vitals, now);
  if (next && next->what == pool_plan::verdict::reuse) ++reused_;
  pass_on(next, &back, later);
  sweep(now, later);
}

void pool::lose(host& at, connection& gone, errands& later) {
  later.closing.push_back(take_out(gone));
  pass_on(plan_.lose(at.number), nullptr, later);
}

void pool::release(host& at, connection& back) {
  errands later(*this);
  const std::lock_guard lock(mutex_);
  if (abandoned_) return;
  if (back.reusable() && !closed_)
    give_back(at, back, later);
  else
    lose(at, back, later);
}

bool pool::make_room() {
  errands later(*this);
  const std::lock_guard lock(mutex_);
  if (!plan_.evict()) return false;
  sweep(clock::now(), later);
  return true;
}

void pool::start(const std::shared_ptr<opening>& work) {
  if (work->stopped) return;
  asio::co_spawn(work->strand, carry_out(work),
                 asio::bind_cancellation_slot(work->cancel.slot(), [work](const std::exception_ptr& failed) {
                   try {
                     if (failed) std::rethrow_exception(failed);
                   } catch (const boost::system::system_error&) {
                     // Cancelled before its first step: whoever asked is told when `work` goes.
                   }
                 }));
}

asio::awaitable<void> pool::carry_out(std::shared_ptr<opening> work) {
  const clock::time_point begun = clock::now();
  failure failed;
  try {
    failed = co_await work->made.open(executor_, work->deadline);
    for (int i = 0; failed && work->made.starved() && i < rescues && make_room(); ++i)
      failed = co_await work->made.open(executor_, work->deadline);
  } catch (const boost::system::system_error&) {  // cancelled before it began
    failed = unserved(work->at, wait_end::cancelled);
  }
  report(*work, failed, begun);
  settle(*work, std::move(failed));
}

void pool::report(const opening& work, const failure& failed, clock::time_point begun) const {
  if (!options_.observer || (failed && failed->what.code == errc::cancelled)) return;
  const std::string name = name_of(work.at.at);
  if (failed)
    options_.observer->on_connect_failed(name, failed->what);
  else
    options_.observer->on_connected(name, clock::now() - begun, work.made.resumed());
}

void pool::settle(opening& work, failure failed) {
  errands later(*this);
  std::unique_ptr<connection> unopened;
  const std::lock_guard lock(mutex_);
  work.settled = true;
  if (work.group && failed && !work.group->first) work.group->first = failed;
  if (abandoned_) return;
  host& at = work.at;
  if (!failed) {
    ++opened_;
    at.last_failure.reset();
  } else if (failed->what.code != errc::cancelled) {
    at.last_failure = failed->what;
  }
  if (plan_.leave(at.number, work.ticket)) {
    const std::shared_ptr<waiter> asker = std::move(waiting_.extract(work.ticket).mapped());
    asker->called = true;
    asker->granted = failed ? nullptr : &work.made;
    asker->failed = failed;
    asio::post(asker->timer.get_executor(), [asker] { asker->timer.cancel(); });
  } else if (!failed && !closed_) {
    give_back(at, work.made, later);
  } else if (!failed) {
    lose(at, work.made, later);
  }
  if (!failed) return;
  unopened = take_out(work.made);
  pass_on(plan_.lose(at.number), nullptr, later);
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
  none.what.detail += "none of its " + std::to_string(plan_.taken(at.number)) + " connections (" +
                      std::to_string(plan_.taken()) + " to all hosts) became free before the deadline";
  if (at.last_failure) none.what.detail += "; the last connect failed: " + at.last_failure->detail;
  return none;
}

asio::awaitable<lease_result> pool::acquire(const origin& to, policy::freshness how,
                                            std::optional<clock::time_point> deadline) {
  lease_result got;
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  place taken(shared_from_this());
  if (!taken.take(to, how, strand, deadline)) {
    const wait_end end = co_await taken.called();
    if (!taken.own) {
      got.failure = taken.failed ? std::move(taken.failed) : unserved(*taken.at, end);
      co_return got;
    }
  }
  got.lease = std::make_unique<pooled_lease>(std::move(taken));
  co_return got;
}

asio::awaitable<std::optional<wire_error>> pool::warm_up(const origin& to, std::size_t count) {
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const auto group = std::make_shared<warming>(strand);
  std::vector<std::weak_ptr<opening>> works;
  {
    errands later(*this);
    const std::lock_guard lock(mutex_);
    sweep(clock::now(), later);
    host& at = host_of(to);
    while (!closed_ && plan_.reserve(at.number, count)) {
      const std::shared_ptr<opening> work = begin(at, strand, later);
      work->group = group;
      works.push_back(work);
    }
    group->left = works.size();
  }
  const bool throws = co_await asio::this_coro::throw_if_cancelled();
  co_await asio::this_coro::throw_if_cancelled(false);
  group->ended.expires_at(clock::time_point::max());
  while (group->left > 0) {
    boost::system::error_code woken;
    co_await group->ended.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    if (group->left == 0) break;
    for (const std::weak_ptr<opening>& one : works)
      if (const std::shared_ptr<opening> work = one.lock()) work->stop();
  }
  co_await asio::this_coro::throw_if_cancelled(throws);
  co_return std::move(group->first);
}

void pool::close() {
  errands later(*this);
  std::vector<std::shared_ptr<opening>> works;  // who is the last to let go of one must not hold the mutex
  const std::lock_guard lock(mutex_);
  closed_ = true;
  plan_.clear();
  sweep(clock::now(), later);
  for (const std::weak_ptr<opening>& one : openings_) {
    const std::shared_ptr<opening>& work = works.emplace_back(one.lock());
    if (work && !waiting_.contains(work->ticket)) asio::post(work->strand, [work] { work->stop(); });
  }
}

void pool::abandon() noexcept {
  const std::lock_guard lock(mutex_);
  closed_ = abandoned_ = true;
  executor_ = {};
  for (const std::unique_ptr<connection>& one : connections_)
    if (one) one->abandon();
}

pool_stats pool::stats() const {
  const std::lock_guard lock(mutex_);
  pool_stats now;
  now.open = plan_.taken();
  now.idle = plan_.idle();
  now.opened = opened_;
  now.reused = reused_;
  return now;
}

result<std::shared_ptr<network>> make_network(asio::any_io_executor executor, network_options options) {
  result<std::shared_ptr<tls_context>> tls = tls_context::make(options.ca_file);
  if (!tls) return std::move(tls).error();
  result<std::optional<proxy>> through = proxy::make(options.proxy);
  if (!through) return std::move(through).error();
  auto& registry = asio::use_service<pool_registry>(asio::query(executor, asio::execution::context));
  const auto made =
      std::make_shared<pool>(std::move(executor), std::move(options), std::move(*tls), std::move(*through));
  registry.add(made);
  return std::shared_ptr<network>(made);
}

}  // namespace mux::inline v0::transport
