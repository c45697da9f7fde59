#include <exception>
#include <memory>
#include <mutex>
#include <new>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/this_coro.hpp>

#include <mux/pager.hpp>

#include "client/core.hpp"
#include "client/decode.hpp"
#include "client/nap.hpp"
#include "client/page_walk.hpp"
#include "client/strand.hpp"

namespace mux::inline v0::detail {

namespace {

/// One page on its way, as text: fetched by a coroutine of its own, which keeps it.
struct delivery {
  explicit delivery(asio::any_io_executor own) : strand(std::move(own)) {}
  const asio::any_io_executor strand;
  asio::cancellation_signal stop;  ///< to be used on the strand
  const std::shared_ptr<client_detail::nap> arrival = std::make_shared<client_detail::nap>();
  // Written before the arrival, read after it.
  std::exception_ptr thrown;
  std::string body;
  result<answer> head = answer();
};

asio::awaitable<void> fetch(std::shared_ptr<client_core> core, request_base request, delivery& into) {
  result<answer> head = co_await execute(std::move(core), std::move(request), &into.body);
  into.head = std::move(head);
}

std::shared_ptr<delivery> begin(const asio::any_io_executor& executor, std::shared_ptr<client_core> core,
                                request_base request) {
  const auto one = std::make_shared<delivery>(client_detail::strand_over(executor));
  request.raw = true;
  asio::awaitable<void> work = fetch(std::move(core), std::move(request), *one);
  asio::co_spawn(one->strand, std::move(work),
                 asio::bind_cancellation_slot(one->stop.slot(), [one](std::exception_ptr thrown) {
                   one->thrown = std::move(thrown);
                   one->arrival->release();
                 }));
  return one;
}

/// Nobody wants it any more.
void drop(std::shared_ptr<delivery>& one) {
  if (!one) return;
  const asio::any_io_executor strand = one->strand;
  asio::dispatch(strand, [gone = std::move(one)] { gone->stop.emit(asio::cancellation_type::terminal); });
  one.reset();
}

/// What `next_cursor` most likely is, without reading the page: it stands at the beginning or the end. Only a
/// guess, to be compared with what the reader finds.
std::string glimpse_cursor(std::string_view body) {
  constexpr std::string_view key = "\"next_cursor\":";
  constexpr std::size_t margin = 512;
  std::size_t at = body.substr(0, margin).find(key);
  if (at == std::string_view::npos) {
    const std::size_t tail = body.size() - std::min(body.size(), margin);
    at = body.substr(tail).rfind(key);
    if (at == std::string_view::npos) return {};
    at += tail;
  }
  std::string_view rest = body.substr(at + key.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t\r\n"), rest.size()));
  if (!rest.starts_with('"')) return {};
  const std::size_t end = rest.find_first_of("\"\\", 1);
  if (end == std::string_view::npos || rest[end] != '"') return {};
  return std::string(rest.substr(1, end - 1));
}

/// Each page takes and gives back more memory than glibc keeps by default: without this, half of a listing's
/// time went to the kernel, for pages given back and faulted in again. glibc keeps twice the largest block of
/// its own that was ever freed (mallopt(3), dynamic mmap threshold), unless the program chose a threshold.
void keep_freed_memory() {
  constexpr std::size_t kept = std::size_t{2} << 20;
  void* volatile block = ::operator new(kept);
  ::operator delete(block, kept);
}

}  // namespace

struct page_feed::state {
  state(std::shared_ptr<client_core> c, request_base first, int limit)
      : core(std::move(c)), request(first), walk(std::move(first), limit) {
    static std::once_flag once;
    std::call_once(once, keep_freed_memory);
  }

  std::shared_ptr<client_core> core;
  const request_base request;  ///< what pages decode to
  client_detail::page_walk walk;
  std::shared_ptr<delivery> ahead;
  bool prefetch = true;
};

page_feed::page_feed(std::shared_ptr<client_core> core, request_base first, int limit)
    : state_(std::make_unique<state>(std::move(core), std::move(first), limit)) {}

page_feed::page_feed(page_feed&&) noexcept = default;

page_feed& page_feed::operator=(page_feed&& other) noexcept {
  if (state_) drop(state_->ahead);
  state_ = std::move(other.state_);
  return *this;
}

page_feed::~page_feed() {
  if (state_) drop(state_->ahead);
}

asio::awaitable<result<bool>> page_feed::next(void* page, facts (*look)(const void* page)) {
  state& s = *state_;
  if (!s.walk.more()) co_return false;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  if (!s.ahead) s.ahead = begin(executor, s.core, s.walk.next_request());
  std::shared_ptr<delivery> come = s.ahead;
  auto asleep = come->arrival->wait();
  co_await std::move(asleep);
  if (come->arrival->cancelled()) {
    drop(s.ahead);
    co_return error(errc::cancelled, "cancelled by the caller");
  }
  s.ahead.reset();
  if (come->thrown) std::rethrow_exception(come->thrown);
  if (!come->head) co_return std::move(come->head).error();

  // The next page is asked for before this one is read, so that server and network work meanwhile.
  const std::string guess = s.prefetch && s.walk.by_cursor() ? glimpse_cursor(come->body) : std::string();
  if (!guess.empty()) s.ahead = begin(executor, s.core, s.walk.request_at(guess));
  result<void> read = client_detail::decode(s.core->options(), s.request, *come->head, come->body, page);
  result<void> step = read;
  if (read) {
    const facts of = look(page);
    step = s.walk.advance(of.items, of.next_cursor);
  }
  if (!guess.empty() && (!step || !s.walk.more() || s.walk.position() != guess)) drop(s.ahead);
  if (!step) co_return std::move(step).error();
  if (s.prefetch && s.walk.more() && !s.ahead) s.ahead = begin(executor, s.core, s.walk.next_request());
  co_return true;
}

void page_feed::prefetch(bool on) noexcept {
  state_->prefetch = on;
}

bool page_feed::more() const noexcept {
  return state_->walk.more();
}

std::string page_feed::position() const {
  return state_->walk.position();
}

}  // namespace mux::inline v0::detail
