// The route of a request, and the only place that knows it: limiter → connection → exchange → verdict →
// decoder. What the rooms decide stands in the rooms.

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>

#include <mux/send.hpp>

#include "client/answer_error.hpp"
#include "client/core.hpp"
#include "client/decode.hpp"
#include "client/http_date.hpp"
#include "client/journey.hpp"
#include "client/lane.hpp"
#include "client/passage.hpp"
#include "client/pause.hpp"
#include "client/provided.hpp"
#include "client/quota_header.hpp"
#include "client/strand.hpp"

namespace mux::inline v0::detail {

namespace {

using client_detail::answer_error;
using client_detail::journey;
using policy::duration;
using policy::instant;

std::optional<transport::clock::time_point> time_point(instant when) {
  if (when == policy::never) return {};
  return transport::clock::time_point(std::chrono::duration_cast<transport::clock::duration>(when));
}

void note_answer(const journey& j, const transport::wire_response& response, instant sent) {
  const instant now = j.core.time().now();
  const auto date = client_detail::parse_http_date(response.field("date"));
  if (date && j.to_api()) j.core.server_time().set(*date, now);
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

/// A call that ends in the queue tells why it was not the first time there.
error in_queue(journey& j, error e) {
  if (!j.last || e.code == errc::cancelled) return e;
  j.last->stopped = e.stopped;
  j.last->predicted_wait = e.predicted_wait;
  return std::move(*j.last);
}

/// What a try came to: an answer, or why there is none.
struct try_end {
  try_end() {}
  std::optional<transport::wire_response> response;
  error why;
  policy::ending ending;

  void failed(const journey& j, transport::wire_error& how) {
    ending.failure = how.what.code;
    ending.bytes_sent = how.what.bytes_sent;
    ending.forbidden = how.delivered;
    const bool lost =
        how.what.code == errc::connection_lost || how.what.code == errc::connection_lost_unanswered;
    ending.stale = lost && how.reused && !how.answer_started && !j.renewed;
    // What came of a piece is asked for instead.
    if (j.request.piece && how.what.bytes_sent) ending.stale = false;
    why = std::move(how.what);
  }
};

answer head_of(const transport::wire_response& response, const request_base& request) {
  answer head;
  head.status = response.status;
  head.request_id = response.field("x-request-id");
  if (request.keep_whole) head.headers = response.fields;
  return head;
}

/// The network's coroutines look for a cancellation before each step and report it; here it is asked for
/// instead, as an exception between two rooms would lose what is known by then. The arguments lie in the
/// frame of `execute`, which ends after this one.
asio::awaitable<result<answer>> send_on_strand(const std::shared_ptr<client_core>& core,
                                               const request_base& request, void* out) {
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await asio::this_coro::reset_cancellation_state(asio::enable_total_cancellation());
  journey j(*core, request);
  if (auto fault = j.fault()) co_return j.fail(std::move(*fault));
  const client_detail::activity::call under_way(core->calls());
  if (!under_way.admitted() && !request.piece)
    co_return j.fail(error(errc::shut_down, "the client takes no new calls"));

  const std::shared_ptr<client_detail::lane>& lane = core->limiter().of(j.op.limit);
  client_detail::passage pass(lane, j.op, request.options, j.deadline());
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  const auto cancelled = [&state] { return state.cancelled() != asio::cancellation_type::none; };
  for (;;) {
    if (cancelled()) co_return j.cancelled();

    result<void> turn = co_await pass.enter();
    if (!turn) co_return j.fail(in_queue(j, std::move(turn).error()));
    result<void> authorized = co_await client_detail::authorize(j);
    if (cancelled()) co_return j.cancelled();
    if (!authorized) co_return j.fail(std::move(authorized).error());

    try_end end;
    const auto limit = time_point(j.try_deadline());
    co_await asio::this_coro::throw_if_cancelled(true);
    transport::lease_result got = co_await core->network().acquire(j.to, j.wanted, limit);
    co_await asio::this_coro::throw_if_cancelled(false);
    // At the moment of a grant it is too late for whoever granted.
    if (cancelled()) co_return j.cancelled();
    const instant sent = core->time().now();
    if (got.lease) {
      if (!pass.depart()) continue;  // the connection goes back: others need it more than one who waits
      ++core->sent;
      co_await asio::this_coro::throw_if_cancelled(true);
      transport::outcome outcome = co_await got.lease->exchange(j.wire, limit);
      co_await asio::this_coro::throw_if_cancelled(false);
      got.lease.reset();
      end.response = std::move(outcome.response);
      if (!end.response) end.failed(j, *outcome.failure);
    } else {
      end.failed(j, *got.failure);
    }

    answer head;
    duration silence{0};  // that the server asked for with something else than a 429
    if (end.response) {
      transport::wire_response& response = *end.response;
      note_answer(j, response, sent);
      end.ending.status = response.status;
      end.ending.bytes_sent = true;
      end.ending.forbidden = response.field("x-should-retry") == "false";
      if (request.piece) {
        pass.accepted({});
        head = head_of(response, request);
        head.body = std::move(response.body);
        co_return j.succeed(std::move(head));
      }
      if (response.status == 429) {
        j.last = answer_error(j.op, response);
        const duration wait = pass.refused(retry_after(response).value_or(duration(-1)), quota(response));
        j.last->predicted_wait = wait;
        if (observer* o = core->watcher()) o->on_throttled(j.op, wait);
        continue;
      }
      pass.accepted(quota(response));
      if (response.status == 401 && core->options().credentials_provider && j.to_api() && !j.reauthorized) {
        j.reauthorized = j.refused = true;
        j.last = answer_error(j.op, response);
        continue;
      }
      if (response.status == 503)
        silence = std::min(retry_after(response).value_or(silence), policy::pace::longest_pause);
      if (silence > duration::zero() && j.to_api()) lane->pause(silence);
      if (response.status >= 200 && response.status < 300) {
        head = head_of(response, request);
        result<void> read = client_detail::decode(core->options(), request, head, response.body, out);
        if (!read) end.why = std::move(read).error();
        if (request.keep_whole) head.body = std::move(response.body);
        end.ending.failure = end.why.code;
      } else if (response.status == 404 && j.op.method == http_method::delete_ && j.may_be_done) {
        co_return j.succeed(head_of(response, request));  // gone, as an earlier try without an answer wanted
      } else {
        end.why = answer_error(j.op, response);
        const bool refusal = response.status == 401 || response.status == 403 || response.status == 404;
        if (refusal && core->options().explain_refusals && j.to_api() && !cancelled()) {
          std::string who = co_await core->who().explain(core, response.status, j.deadline());
          if (!who.empty()) end.why.hint = std::move(who);
        }
      }
    } else {
      pass.abandon();
    }

    const policy::verdict verdict = core->judge(end.ending, j.op, j.repeat, j.attempt, j.tries);
    if (verdict.what == policy::verdict::action::succeed) co_return j.succeed(std::move(head));
    j.may_be_done = j.may_be_done || verdict.ambiguous;
    end.why.ambiguous = verdict.ambiguous;
    end.why.stopped = verdict.why;
    if (verdict.what == policy::verdict::action::give_up) co_return j.fail(std::move(end.why));
    // The API's class keeps its own silence; here it is told, and compared with the time that is left.
    const duration delay = std::max(verdict.pause, silence);
    if (j.deadline() != policy::never && core->time().now() + delay >= j.deadline()) {
      end.why.stopped = stop_reason::deadline;
      co_return j.fail(std::move(end.why));
    }
    if (observer* o = core->watcher()) o->on_retry(j.op, end.why, j.attempt, delay);
    j.last = std::move(end.why);
    if (verdict.what == policy::verdict::action::renew) {
      ++core->renewed;
      j.renewed = true;
      j.wanted = policy::freshness::unused;
      continue;
    }
    ++core->retried;
    if (cancelled()) co_return j.cancelled();
    const bool interrupted = co_await client_detail::pause(*core, j.to_api() ? verdict.pause : delay);
    if (interrupted) co_return j.cancelled();
    ++j.attempt;
  }
}

}  // namespace

asio::awaitable<result<answer>> execute(std::shared_ptr<client_core> core, request_base request, void* out) {
  // A strand of its own: timers, sockets and cancellation of one call never run at the same time, whatever
  // the number of threads behind the caller's executor.
  const asio::any_io_executor caller = co_await asio::this_coro::executor;
  asio::awaitable<result<answer>> call = send_on_strand(core, request, out);
  co_return co_await asio::co_spawn(client_detail::strand_over(caller), std::move(call), asio::use_awaitable);
}

}  // namespace mux::inline v0::detail
