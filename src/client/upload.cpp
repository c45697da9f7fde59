#include "client/upload.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <mux/raw_request.hpp>

#include "client/pause.hpp"
#include "client/storage_answer.hpp"
#include "client/strand.hpp"
#include "client/upload_course.hpp"
#include "policy/pace.hpp"

namespace mux::inline v0::client_detail {

namespace {

constexpr std::uint64_t chunk_unit = 256 * 1024;  // of which every chunk but the last is a multiple
constexpr std::uint64_t longest_chunk = 1024 * 1024 * 1024;

constexpr operation put_row = {"storage.put",
                               http_method::put,
                               "",
                               rate_class::storage,
                               idempotency::idempotent,
                               pagination::none,
                               api_host::api,
                               200,
                               false};

std::optional<error> check(const upload_options& o) {
  if (o.chunk == 0 || o.chunk % chunk_unit != 0 || o.chunk > longest_chunk)
    return error(errc::invalid_argument, "the chunk must be a multiple of 262,144 bytes, at most 1 GiB");
  if (o.tries < 1) return error(errc::invalid_argument, "an upload needs at least one try");
  return {};
}

std::string content_range(const upload_course::step& step, std::uint64_t total) {
  const std::string all = '/' + std::to_string(total);
  if (step.question) return "bytes *" + all;
  return "bytes " + std::to_string(step.begin) + '-' + std::to_string(step.begin + step.size - 1) + all;
}

/// One upload on its way.
class uploading {
 public:
  uploading(std::shared_ptr<detail::client_core> core, detail::request_base piece, body_source& from,
            upload_options options)
      : core_(std::move(core)), piece_(std::move(piece)), from_(from), options_(std::move(options)) {
    const auto limit = options_.deadline ? options_.deadline : core_->options().deadline;
    if (limit) deadline_ = policy::after(core_->time().now(), *limit);
    piece_.options.timeout = options_.timeout;
    piece_.options.tries = 1;
    outcome_.bytes = from_.size();
  }

  asio::awaitable<result<upload_outcome>> run();

 private:
  asio::awaitable<result<void>> read(upload_course::step step);
  asio::awaitable<storage_answer> send(upload_course::step step);
  /// Before the next request; says why there is none.
  asio::awaitable<result<void>> rest(error why, int failures, const storage_answer& said);
  void tell(std::uint64_t durable);

  std::shared_ptr<detail::client_core> core_;
  detail::request_base piece_;
  body_source& from_;
  upload_options options_;
  policy::instant deadline_ = policy::never;
  std::vector<char> chunk_;
  std::optional<std::uint64_t> chunk_begin_;  ///< of what stands in `chunk_`
  std::uint64_t told_ = 0;
  upload_outcome outcome_;
};

asio::awaitable<result<upload_outcome>> uploading::run() {
  upload_course course(outcome_.bytes, options_.chunk, options_.tries, options_.resume);
  for (;;) {
    const upload_course::step step = course.next();
    if (step.size > 0) {
      result<void> filled = co_await read(step);
      if (!filled) co_return std::move(filled).error();
    }
    storage_answer said = co_await send(step);
    const upload_course::turn turn = course.take(said);
    if (turn == upload_course::turn::given_up) co_return course.why();
    if (outcome_.sent == 0) outcome_.resumed_from = course.durable();
    tell(course.durable());
    if (turn == upload_course::turn::finished) {
      outcome_.md5 = std::move(said.md5);
      outcome_.crc32c = std::move(said.crc32c);
      co_return std::move(outcome_);
    }
    if (turn == upload_course::turn::again) {
      result<void> rested = co_await rest(course.why(), course.failures(), said);
      if (!rested) co_return std::move(rested).error();
    }
  }
}

asio::awaitable<result<void>> uploading::read(upload_course::step step) {
  if (chunk_begin_ == step.begin && chunk_.size() == step.size) co_return result<void>();
  chunk_begin_.reset();
  chunk_.resize(step.size);
  const result<std::size_t> got = co_await from_.read(step.begin, chunk_);
  if (!got) co_return got.error();
  if (*got != step.size) co_return error(errc::source_changed, "the source ended before its announced size");
  chunk_begin_ = step.begin;
  co_return result<void>();
}

asio::awaitable<storage_answer> uploading::send(upload_course::step step) {
  detail::request_base call = piece_;
  // An empty body has no range; as a whole it needs none.
  if (step.question || step.size > 0)
    call.options.headers.emplace_back("Content-Range", content_range(step, outcome_.bytes));
  if (step.size > 0) call.bytes = {chunk_.data(), step.size};
  if (deadline_ != policy::never) call.options.deadline = deadline_ - core_->time().now();
  outcome_.sent += step.size;
  result<answer> said = co_await detail::execute(core_, std::move(call), nullptr);
  if (!said) co_return no_storage_answer(std::move(said).error());
  co_return read_storage_answer(*said);
}

asio::awaitable<result<void>> uploading::rest(error why, int failures, const storage_answer& said) {
  policy::ending transient;
  transient.status = 503;
  policy::retry_limits limits;
  limits.tries = failures + 1;
  limits.base = core_->options().retry.base_pause;
  limits.longest = core_->options().retry.max_pause;
  policy::retry_budget budget;  // of its own: the course bounds the tries
  const policy::verdict verdict =
      policy::judge(transient, idempotency::idempotent, failures, limits, budget, core_->chance());
  const policy::duration asked =
      std::min(said.retry_after.value_or(policy::duration::zero()), policy::pace::longest_pause);
  const policy::duration delay = std::max(verdict.pause, asked);
  if (deadline_ != policy::never && core_->time().now() + delay >= deadline_) {
    why.stopped = stop_reason::deadline;
    co_return why;
  }
  ++outcome_.retries;
  ++core_->retried;
  if (observer* o = core_->watcher()) o->on_retry(put_row, why, failures, delay);
  const bool interrupted = co_await pause(*core_, delay);
  if (interrupted) co_return error(errc::cancelled, "cancelled by the caller");
  co_return result<void>();
}

void uploading::tell(std::uint64_t durable) {
  if (std::exchange(told_, durable) != durable && options_.on_progress)
    options_.on_progress(durable, outcome_.bytes);
}

asio::awaitable<result<upload_outcome>> upload_on_strand(std::shared_ptr<detail::client_core> core,
                                                         detail::request_base piece, body_source& from,
                                                         upload_options options) {
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const activity::call under_way(core->calls());
  if (!under_way.admitted()) co_return error(errc::shut_down, "the client takes no new calls");
  uploading one(core, std::move(piece), from, std::move(options));
  try {
    result<upload_outcome> outcome = co_await one.run();
    co_return std::move(outcome);
  } catch (...) {
    // Asio's way to tell a coroutine that it was cancelled; anything else comes from the source.
    if (state.cancelled() == asio::cancellation_type::none) throw;
  }
  error e(errc::cancelled, "cancelled by the caller");
  e.stopped = stop_reason::cancelled;
  co_return e;
}

}  // namespace

detail::request_base piece_of_upload(std::string_view url) {
  detail::request_base piece = requests::file(url).base();
  piece.op = &put_row;
  piece.raw = false;
  piece.piece = true;
  piece.keep_whole = true;
  return piece;
}

asio::awaitable<result<upload_outcome>> upload(std::shared_ptr<detail::client_core> core,
                                               detail::request_base piece, body_source& from,
                                               upload_options options) {
  if (auto wrong = check(options)) co_return std::move(*wrong);
  const asio::any_io_executor caller = co_await asio::this_coro::executor;
  auto call = upload_on_strand(std::move(core), std::move(piece), from, std::move(options));
  result<upload_outcome> outcome =
      co_await asio::co_spawn(strand_over(caller), std::move(call), asio::use_awaitable);
  co_return std::move(outcome);
}

}  // namespace mux::inline v0::client_detail
