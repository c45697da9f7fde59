#include <deque>
#include <mutex>
#include <numeric>
#include <utility>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/ingest/journal.hpp>

#include "ingest/journal_store.hpp"

namespace mux::inline v0::ingest {
namespace {

/// A suspended coroutine that can be continued from any thread.
class continuation {
 public:
  virtual ~continuation() = default;
  virtual void resume() = 0;
};

template <class Handler>
class continuation_of final : public continuation {
 public:
  explicit continuation_of(Handler handler)
      : executor_(asio::prefer(asio::any_io_executor(asio::get_associated_executor(handler)),
                               asio::execution::outstanding_work.tracked)),
        handler_(std::move(handler)) {}
  void resume() override { asio::post(executor_, std::move(handler_)); }

 private:
  asio::any_io_executor executor_;
  Handler handler_;
};

/// Work for the file; lives in the frame of the coroutine that waits for it.
class task {
 public:
  explicit task(bool step) : is_step(step) {}
  virtual ~task() = default;
  virtual void run(journal_store& store) = 0;
  virtual void fail(error why) = 0;

  const bool is_step;  ///< shares its commit with the steps around it
  std::unique_ptr<continuation> waiter;
};

template <class T, class Work>
class task_of final : public task {
 public:
  task_of(bool step, Work work) : task(step), work_(std::move(work)) {}
  void run(journal_store& store) override { outcome = work_(store); }
  void fail(error why) override { outcome = std::move(why); }

  result<T> outcome = error();

 private:
  Work work_;
};

/// Tasks in the order in which they came, run one after the other on one executor.
class task_queue : public std::enable_shared_from_this<task_queue> {
 public:
  task_queue(std::filesystem::path file, asio::any_io_executor executor, std::function<void()> committed)
      : file_(std::move(file)),
        executor_(std::move(executor)),
        committed_(std::move(committed)),
        store_(file_) {}

  template <class T, class Work>
  asio::awaitable<result<T>> submit(bool step, Work work) {
    task_of<T, Work> job(step, std::move(work));
    const auto initiate = [this, &job](auto handler) {
      job.waiter = std::make_unique<continuation_of<decltype(handler)>>(std::move(handler));
      push(job);
    };
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void()>(initiate, asio::use_awaitable);
    co_return std::move(job.outcome);
  }

  [[nodiscard]] journal_totals totals() const {
    const std::lock_guard lock(mutex_);
    return totals_;
  }
  [[nodiscard]] const std::filesystem::path& file() const noexcept { return file_; }

 private:
  void push(task& job) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(&job);
    if (!std::exchange(running_, true)) asio::post(executor_, [self = shared_from_this()] { self->drain(); });
  }

  // The tasks that are ready: one, or all steps up to the next other task.
  std::vector<task*> take() {
    const std::lock_guard lock(mutex_);
    std::vector<task*> group;
    while (!queue_.empty() && (group.empty() || (group.front()->is_step && queue_.front()->is_step))) {
      group.push_back(queue_.front());
      queue_.pop_front();
    }
    if (group.empty()) running_ = false;
    return group;
  }

  void drain() {
    for (std::vector<task*> group = take(); !group.empty(); group = take()) {
      try {
        run(group);
      } catch (const sqlite_failure& failure) {
        for (task* job : group) job->fail(to_error(failure, file_));
      } catch (const std::exception& fault) {
        for (task* job : group) job->fail(unavailable(fault.what()));
      } catch (...) {
        for (task* job : group) job->fail(unavailable("an unknown failure"));
      }
      {
        const std::lock_guard lock(mutex_);
        totals_ = store_.totals();
      }
      for (task* job : group) std::exchange(job->waiter, nullptr)->resume();
    }
  }

  [[nodiscard]] error unavailable(const std::string& why) const {
    return error(errc::journal_unavailable, file_.string() + ": " + why);
  }

  void run(const std::vector<task*>& group) {
    if (!group.front()->is_step) {
      group.front()->run(store_);
    } else {
      try {
        store_.begin();
        for (task* job : group) job->run(store_);
        store_.commit();
      } catch (...) {
        store_.roll_back();
        throw;
      }
    }
    if (committed_) committed_();
  }

  const std::filesystem::path file_;
  asio::any_io_executor executor_;
  std::function<void()> committed_;
  journal_store store_;
  mutable std::mutex mutex_;
  std::deque<task*> queue_;
  journal_totals totals_;
  bool running_ = false;
};

}  // namespace

std::string_view to_string(row_state state) noexcept {
  switch (state) {
    case row_state::planned:
      return "planned";
    case row_state::sending:
      return "sending";
    case row_state::ambiguous:
      return "ambiguous";
    case row_state::created:
      return "created";
    case row_state::uploading:
      return "uploading";
    case row_state::ready:
      return "ready";
    case row_state::errored:
      return "errored";
    case row_state::failed:
      return "failed";
    case row_state::skipped:
      return "skipped";
  }
  return "unknown";
}

std::uint64_t row_counts::total() const noexcept {
  return std::accumulate(by_state.begin(), by_state.end(), std::uint64_t{0}) - (*this)[row_state::skipped];
}

std::uint64_t row_counts::done() const noexcept {
  return (*this)[row_state::created] + (*this)[row_state::ready] + (*this)[row_state::errored];
}

std::uint64_t row_counts::left() const noexcept {
  return (*this)[row_state::planned] + (*this)[row_state::sending] + (*this)[row_state::ambiguous] +
         (*this)[row_state::uploading];
}

journal_row::journal_row() = default;

suspects::suspects() = default;

row_change::row_change(std::int64_t which, row_state state) : row(which), to(state) {}

struct journal::state {
  state(std::filesystem::path file, journal_options options) {
    if (!options.executor) own.emplace(1);
    const asio::any_io_executor executor =
        own ? asio::any_io_executor(own->get_executor()) : *options.executor;
    queue = std::make_shared<task_queue>(std::move(file), executor, std::move(options.committed));
  }
  ~state() {
    if (own) own->join();
  }

  std::shared_ptr<task_queue> queue;
  std::optional<asio::thread_pool> own;
};

journal::journal(std::filesystem::path file, journal_options options)
    : state_(std::make_unique<state>(std::move(file), std::move(options))) {}

journal::~journal() = default;

asio::awaitable<result<void>> journal::open() {
  auto work = [](journal_store& store) { return store.open(); };
  return state_->queue->submit<void>(false, work);
}

asio::awaitable<result<load_report>> journal::load(manifest_reader& manifest, bool retry_failed,
                                                   std::stop_token stop) {
  auto work = [&manifest, retry_failed, stop = std::move(stop)](journal_store& store) {
    return store.load(manifest, retry_failed, stop);
  };
  return state_->queue->submit<load_report>(false, std::move(work));
}

asio::awaitable<result<void>> journal::bind(std::string environment_id, std::string host) {
  auto work = [environment = std::move(environment_id), host = std::move(host)](journal_store& store) {
    return store.bind(environment, host);
  };
  return state_->queue->submit<void>(false, std::move(work));
}

asio::awaitable<result<void>> journal::begin_run(std::vector<std::pair<std::string, std::string>> notes) {
  auto work = [notes = std::move(notes)](journal_store& store) -> result<void> {
    store.begin_run(notes);
    return {};
  };
  return state_->queue->submit<void>(false, std::move(work));
}

asio::awaitable<result<void>> journal::keep(run_sample sample) {
  auto work = [sample](journal_store& store) -> result<void> {
    store.keep(sample);
    return {};
  };
  return state_->queue->submit<void>(true, work);
}

asio::awaitable<result<void>> journal::end_run(int ending) {
  auto work = [ending](journal_store& store) -> result<void> {
    store.end_run(ending);
    return {};
  };
  return state_->queue->submit<void>(false, work);
}

asio::awaitable<result<void>> journal::record(row_change change) {
  auto work = [change = std::move(change)](journal_store& store) { return store.record(change); };
  return state_->queue->submit<void>(true, std::move(work));
}

asio::awaitable<result<std::vector<journal_row>>> journal::rows(row_state which, std::int64_t after,
                                                                std::size_t limit) {
  auto work = [=](journal_store& store) -> result<std::vector<journal_row>> {
    return store.rows(which, after, limit);
  };
  return state_->queue->submit<std::vector<journal_row>>(false, work);
}

asio::awaitable<result<std::vector<journal_row>>> journal::find(std::vector<std::string> markers) {
  auto work = [markers = std::move(markers)](journal_store& store) -> result<std::vector<journal_row>> {
    return store.find(markers);
  };
  return state_->queue->submit<std::vector<journal_row>>(false, std::move(work));
}

asio::awaitable<result<suspects>> journal::oldest_suspect() {
  auto work = [](journal_store& store) -> result<suspects> { return store.oldest_suspect(); };
  return state_->queue->submit<suspects>(false, work);
}

asio::awaitable<result<void>> journal::note_sweep(server_instant begun) {
  auto work = [begun](journal_store& store) -> result<void> {
    store.note_sweep(begun);
    return {};
  };
  return state_->queue->submit<void>(false, work);
}

asio::awaitable<result<std::optional<server_instant>>> journal::first_intent() {
  auto work = [](journal_store& store) -> result<std::optional<server_instant>> {
    return store.first_intent();
  };
  return state_->queue->submit<std::optional<server_instant>>(false, work);
}

row_counts journal::counts() const {
  return state_->queue->totals().rows;
}

byte_counts journal::bytes() const {
  return state_->queue->totals().bytes;
}

const std::filesystem::path& journal::file() const noexcept {
  return state_->queue->file();
}

}  // namespace mux::inline v0::ingest
