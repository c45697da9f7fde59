// The route of a request, and the only place that knows it: limiter → connection → exchange → verdict →
// decoder. What the rooms decide stands in the rooms.

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>

#include <mux/send.hpp>

#include "client/answer_error.hpp"
#include "client/control_bytes.hpp"
#include "client/core.hpp"
#include "client/http_date.hpp"
#include "client/lane.hpp"
#include "client/nap.hpp"
#include "client/passage.hpp"
#include "client/quota_header.hpp"
#include "codec/codec.hpp"

namespace mux::inline v0::detail {

namespace {

using client_detail::answer_error;
using policy::duration;
using policy::instant;

std::optional<transport::clock::time_point> time_point(instant when) {
  if (when == policy::never) return {};
  return transport::clock::time_point(std::chrono::duration_cast<transport::clock::duration>(when));
}

/// One call on its way: what stays the same over its tries.
struct journey {
  journey(client_core& c, request_base& r, void* destination)
      : core(c),
        request(r),
        op(*r.op),
        out(destination),
        repeat(r.options.repeat.value_or(op.repeat)),
        tries(std::max(1, r.options.tries.value_or(c.options().retry.tries))) {
    const auto limit = r.options.deadline ? r.options.deadline : c.options().deadline;
    if (limit) deadline = c.time().now() + *limit;
    const transport::base_url& base = c.host(op.host);
    target = base.prefix + r.target;
    wire.method = op.method;
    wire.target = target;
    wire.body = r.body;
    wire.fields = &c.headers(op.host);
    if (!r.options.headers.empty()) {
      fields = *wire.fields;
      fields.insert(fields.end(), r.options.headers.begin(), r.options.headers.end());
      wire.fields = &fields;
    }
  }

  [[nodiscard]] instant try_deadline() const {
    const auto limit = request.options.timeout ? request.options.timeout : core.options().timeout;
    return limit ? std::min(deadline, core.time().now() + *limit) : deadline;
  }

  client_core& core;
  const request_base& request;
  const operation& op;
  void* out;
  const idempotency repeat;
  const int tries;
  instant deadline = policy::never;
  std::string target;
  transport::headers fields;
  transport::wire_request wire;
  /// A POST must not meet a connection that the server is just closing.
  policy::freshness wanted =
      op.method == http_method::post ? policy::freshness::recent : policy::freshness::any;
  int attempt = 1;
  bool may_be_done = false;  ///< an earlier try may have been executed
};

std::optional<error> check_headers(const request_base& request) {
  for (const auto& [name, value] : request.options.headers) {
    const bool token = !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
      return std::isalnum(c) ||
             std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string_view::npos;
    });
    if (!token)
      return error(errc::invalid_argument,
                   "a header's name is empty or holds a character that names must not");
    if (client_detail::has_control(value))
      return error(errc::invalid_argument, "the value of the header " + name + " holds a control character");
  }
  return {};
}

/// Sleeps; true if it was cancelled.
asio::awaitable<bool> pause(client_core& core, duration length) {
  const auto sleep = std::make_shared<client_detail::nap>();
  // On this coroutine's own strand, so that the alarm cannot go off while the coroutine goes on.
  const asio::any_io_executor strand = co_await asio::this_coro::executor;
  const auto alarm = core.time().make_alarm(strand, [&sleep] { sleep->release(); });
  alarm->arm(core.time().now() + length);
  auto asleep = sleep->wait();
  co_await std::move(asleep);
  co_return sleep->cancelled();
}

/// Reads a success into `out`. The answer's own faults are the only errors.
result<void> decode(const journey& j, transport::wire_response& response) {
  if (j.request.raw) {
    if (j.out) *static_cast<std::string*>(j.out) = std::move(response.body);
    return {};
  }
  if (!j.request.answer || !j.out) return {};
  codec::read_options options;
  options.depth = j.core.options().response.depth;
  options.size = j.core.options().response.body;
  options.unwrap = j.request.unwrap;
  result<void> read = codec::read(response.body, *j.request.answer, j.out, options);
  if (read) return read;
  error e = std::move(read).error();
  e.http_status = response.status;
  e.request_id = response.field("x-request-id");
  e.phase = call_phase::decode;
  e.bytes_sent = true;
  return e;
}

void note_answer(const journey& j, const transport::wire_response& response, instant sent) {
  const instant now = j.core.time().now();
  if (const auto date = client_detail::parse_http_date(response.field("date")))
    j.core.server_time().set(*date, now);
  if (observer* o = j.core.watcher()) o->on_answered(j.op, response.status, now - sent);
}

std::optional<duration> retry_after(const transport::wire_response& response) {
  return client_detail::parse_retry_after(response.field("retry-after-ms"), response.field("retry-after"),
                                          client_detail::parse_http_date(response.field("date")));
}

std::optional<policy::quota> quota(const transport::wire_response& response) {
  return client_detail::parse_quota(response.field("x-ratelimit-limit"),
                                    response.field("x-ratelimit-remaining"));
}

result<answer> fail(const journey& j, error e) {
  e.attempts =
      e.phase == call_phase::prepare || (e.phase == call_phase::queue && j.attempt == 1 && !e.bytes_sent)
          ? 0
          : j.attempt;
  e.ambiguous = e.ambiguous || (j.may_be_done && j.repeat != idempotency::safe);
  const bool repeatable = j.repeat != idempotency::create && j.repeat != idempotency::once;
  if (e.ambiguous && !repeatable && e.code != errc::cancelled)
    e.cause = std::exchange(e.code, errc::ambiguous);
  ++j.core.failed;
  if (observer* o = j.core.watcher()) o->on_finished(j.op, &e, e.attempts);
  return e;
}

result<answer> succeed(const journey& j, transport::wire_response& response) {
  answer a;
  a.status = response.status;
  a.request_id = response.field("x-request-id");
  a.headers = std::move(response.fields);
  a.attempts = j.attempt;
  if (observer* o = j.core.watcher()) o->on_finished(j.op, nullptr, j.attempt);
  return a;
}

error cancelled_error() {
  error e(errc::cancelled, "cancelled by the caller");
  e.stopped = stop_reason::cancelled;
  return e;
}

/// The network's coroutines look for a cancellation before each step and report it; here it is asked for
/// instead, as an exception between two rooms would lose what is known by then.
asio::awaitable<result<answer>> send_on_strand(std::shared_ptr<client_core> core, request_base request,
                                               void* out) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  journey j(*core, request, out);
  if (request.fault) co_return fail(j, *request.fault);
  if (auto wrong = check_headers(request)) co_return fail(j, std::move(*wrong));

  const transport::origin& to = core->host(j.op.host).origin;
  std::unique_ptr<transport::lease> lease;
  const std::shared_ptr<client_detail::lane>& lane = core->limiter().of(j.op.limit);
  client_detail::passage pass(lane, j.op, request.options, j.deadline);
  std::optional<error> last;  // why the latest try failed, for a call that ends in the queue
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto cancelled = [&state] { return state.cancelled() != asio::cancellation_type::none; };
  for (;;) {
    if (cancelled()) co_return fail(j, cancelled_error());

    result<void> turn = co_await pass.enter();
    if (!turn) {
      error e = std::move(turn).error();
      if (last && e.code != errc::cancelled) {
        last->stopped = e.stopped;
        last->predicted_wait = e.predicted_wait;
        e = std::move(*last);
      }
      co_return fail(j, std::move(e));
    }

    policy::ending ending;
    error why;
    duration silence{0};  // that the server asked for with something else than a 429
    std::optional<transport::wire_response> response;
    if (!lease && !cancelled()) {
      co_await asio::this_coro::throw_if_cancelled(true);
      transport::lease_result got =
          co_await core->network().acquire(to, j.wanted, time_point(j.try_deadline()));
      co_await asio::this_coro::throw_if_cancelled(false);
      if (got.lease) {
        lease = std::move(got.lease);
      } else {
        why = std::move(got.failure->what);
      }
    }
    // At the moment of a grant it is too late for whoever granted.
    if (cancelled()) co_return fail(j, cancelled_error());
    const instant sent = core->time().now();
    if (lease) {
      if (!pass.depart()) {
        lease.reset();  // others need it more than one who waits
        continue;
      }
      ++core->sent;
      co_await asio::this_coro::throw_if_cancelled(true);
      transport::outcome outcome = co_await lease->exchange(j.wire, time_point(j.try_deadline()));
      co_await asio::this_coro::throw_if_cancelled(false);
      lease.reset();
      response = std::move(outcome.response);
      if (!response) why = std::move(outcome.failure->what);
    }

    if (response) {
      note_answer(j, *response, sent);
      ending.status = response->status;
      ending.bytes_sent = true;
      ending.forbidden = response->field("x-should-retry") == "false";
      if (response->status == 429) {
        last = answer_error(j.op, *response);
        const duration wait = pass.refused(retry_after(*response).value_or(duration(-1)), quota(*response));
        last->predicted_wait = wait;
        if (observer* o = core->watcher()) o->on_throttled(j.op, wait);
        continue;
      }
      pass.accepted(quota(*response));
      if (response->status == 503)
        silence = std::min(retry_after(*response).value_or(silence), policy::pace::longest_pause);
      if (silence > duration::zero()) lane->pause(silence);
      if (response->status >= 200 && response->status < 300) {
        result<void> read = decode(j, *response);
        if (!read) why = std::move(read).error();
        ending.failure = why.code;
      } else if (response->status == 404 && j.op.method == http_method::delete_ && j.may_be_done) {
        co_return succeed(j, *response);  // gone, as an earlier try without an answer wanted
      } else {
        why = answer_error(j.op, *response);
      }
    } else {
      pass.abandon();
      ending.failure = why.code;
      ending.bytes_sent = why.bytes_sent;
    }

    const policy::verdict verdict = core->judge(ending, j.op, j.repeat, j.attempt, j.tries);
    if (verdict.what == policy::verdict::action::succeed) co_return succeed(j, *response);
    j.may_be_done = j.may_be_done || verdict.ambiguous;
    why.ambiguous = verdict.ambiguous;
    why.stopped = verdict.why;
    if (verdict.what == policy::verdict::action::give_up) co_return fail(j, std::move(why));
    // The class keeps its own silence; here it is only told, and compared with the time that is left.
    const duration delay = std::max(verdict.pause, silence);
    if (j.deadline != policy::never && core->time().now() + delay >= j.deadline) {
      why.stopped = stop_reason::deadline;
      co_return fail(j, std::move(why));
    }
    if (observer* o = core->watcher()) o->on_retry(j.op, why, j.attempt, delay);
    ++core->retried;
    last = std::move(why);
    if (cancelled()) co_return fail(j, cancelled_error());
    const bool interrupted = co_await pause(*core, verdict.pause);
    if (interrupted) co_return fail(j, cancelled_error());
    ++j.attempt;
  }
}

}  // namespace

asio::awaitable<result<answer>> execute(std::shared_ptr<client_core> core, request_base request, void* out) {
  // A strand of its own: timers, sockets and cancellation of one call never run at the same time, whatever
  // the number of threads behind the caller's executor.
  const asio::any_io_executor caller = co_await asio::this_coro::executor;
  asio::awaitable<result<answer>> call = send_on_strand(std::move(core), std::move(request), out);
  result<answer> outcome =
      co_await asio::co_spawn(asio::make_strand(caller), std::move(call), asio::use_awaitable);
  co_return std::move(outcome);
}

}  // namespace mux::inline v0::detail
