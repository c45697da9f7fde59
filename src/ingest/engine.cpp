#include <atomic>
#include <mutex>
#include <new>
#include <stop_token>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/ingest/engine.hpp>

#include "ingest/batch.hpp"

namespace mux::inline v0::ingest {
namespace {

listener& nobody() {
  static listener deaf;
  return deaf;
}

}  // namespace

std::filesystem::path default_journal(const std::filesystem::path& manifest) {
  std::filesystem::path journal = manifest;
  journal += ".mux-journal";
  return journal;
}

manifest_source::manifest_source(std::filesystem::path from, manifest_options how)
    : file(std::move(from)), name(file.string()), options(how) {}

manifest_source::manifest_source(std::istream& from, std::string named, manifest_options how)
    : input(&from), name(std::move(named)), options(how) {}

summary::summary() = default;

bool summary::complete() const noexcept {
  return ended == ending::finished && rows.done() == rows.total() && rows[row_state::errored] == 0 &&
         duplicates.empty();
}

struct engine::state : std::enable_shared_from_this<engine::state> {
  state(std::unique_ptr<remote> own, remote& mux_, timing& time_, engine_options settings, listener* to)
      : owned(std::move(own)),
        mux(mux_),
        time(time_),
        options(std::move(settings)),
        events(to != nullptr ? *to : nobody()) {}

  void raise(stop_level to) {
    stop_level now = level;
    while (now < to && !level.compare_exchange_weak(now, to)) {
    }
    loading.request_stop();
    try {
      const std::lock_guard lock(mutex);
      if (strand)
        asio::post(*strand, [self = shared_from_this()] {
          if (self->current != nullptr) self->current->on_stop();
        });
    } catch (const std::bad_alloc&) {
      // The batch looks at `level` before each create all the same.
    }
  }

  // On the strand.
  asio::awaitable<result<summary>> run_batch(manifest_source manifest) {
    // The caller's cancellation would tear the batch apart instead of stopping it.
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    batch all(mux, time, options, events, level, co_await asio::this_coro::executor);
    current = &all;
    if (level != stop_level::none) all.on_stop();
    std::exception_ptr fault;
    result<summary> outcome = error();
    try {
      outcome = co_await all.run(std::move(manifest), loading.get_token());
    } catch (...) {
      fault = std::current_exception();
    }
    current = nullptr;
    if (fault) std::rethrow_exception(fault);
    co_return std::move(outcome);
  }

  const std::unique_ptr<remote> owned;
  remote& mux;
  timing& time;
  const engine_options options;
  listener& events;
  std::atomic<stop_level> level{stop_level::none};
  std::stop_source loading;  ///< of the manifest
  std::mutex mutex;
  std::optional<asio::any_io_executor> strand;  ///< while `run` is under way
  batch* current = nullptr;                     ///< used on the strand
};

engine::engine(const mux::client& client, engine_options options, listener* events) {
  std::unique_ptr<remote> own = make_remote(client);
  remote& mux = *own;
  state_ = std::make_shared<state>(std::move(own), mux, system_timing(), std::move(options), events);
}

engine::engine(remote& mux, timing& time, engine_options options, listener* events)
    : state_(std::make_shared<state>(nullptr, mux, time, std::move(options), events)) {}

engine::~engine() = default;

asio::awaitable<result<summary>> engine::run(manifest_source manifest) {
  const std::shared_ptr<state> self = state_;
  const asio::any_io_executor strand = asio::make_strand(co_await asio::this_coro::executor);
  {
    const std::lock_guard lock(self->mutex);
    self->strand = strand;
  }
  // The engine may outlive the execution context.
  struct strand_loan {
    explicit strand_loan(state& of) : self(of) {}
    ~strand_loan() {
      const std::lock_guard lock(self.mutex);
      self.strand.reset();
    }
    state& self;
  } const loan(*self);
  asio::awaitable<result<summary>> work = self->run_batch(std::move(manifest));
  result<summary> outcome = co_await asio::co_spawn(strand, std::move(work), asio::use_awaitable);
  co_return std::move(outcome);
}

void engine::stop() noexcept {
  state_->raise(stop_level::drain);
}

void engine::abort() noexcept {
  state_->raise(stop_level::abort);
}

}  // namespace mux::inline v0::ingest
