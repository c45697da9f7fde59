#include "client/journey.hpp"

#include <algorithm>
#include <utility>

#include "client/authorization.hpp"
#include "client/header_rules.hpp"

namespace mux::inline v0::client_detail {

journey::journey(detail::client_core& c, const detail::request_base& r)
    : core(c),
      request(r),
      op(*r.op),
      wanted(op.method == http_method::post ? policy::freshness::recent : policy::freshness::any),
      repeat(r.options.repeat.value_or(op.repeat)),
      tries(std::max(1, r.options.tries.value_or(c.options().retry.tries))),
      fault_(r.fault) {
  const auto limit = r.options.deadline ? r.options.deadline : c.options().deadline;
  if (limit) deadline_ = policy::after(c.time().now(), *limit);
  if (r.elsewhere.empty()) {
    const transport::base_url& base = c.host(op.host);
    to = base.origin;
    if (!base.prefix.empty()) target_ = base.prefix + r.target;
  } else if (auto parsed = transport::parse_base_url(r.elsewhere)) {
    to = parsed->origin;
  } else if (!fault_) {
    fault_ = std::move(parsed).error();
  }
  wire.method = op.method;
  wire.target = target_.empty() ? r.target : target_;
  wire.body = r.piece ? r.bytes : r.body;
  wire.json = !r.piece;
  wire.sink = r.sink;
  collect_headers();
}

journey::~journey() {
  wipe_credentials(fields_);
}

void journey::collect_headers() {
  wire.fields = request.elsewhere.empty() ? &core.headers(op.host) : &core.foreign_headers();
  if (request.options.headers.empty()) return;
  if (!fault_) fault_ = check_headers(request.options.headers);
  fields_ = *wire.fields;
  for (const auto& own : request.options.headers) replace_header(fields_, own);
  wire.fields = &fields_;
}

void journey::authorize(const credentials& with) {
  if (wire.fields != &fields_) fields_ = *wire.fields;
  wipe_credentials(fields_);
  replace_header(fields_, {authorization, authorization_value(with)});
  wire.fields = &fields_;
}

std::optional<error> journey::fault() const {
  return fault_;
}

policy::instant journey::try_deadline() const {
  const auto limit = request.options.timeout ? request.options.timeout : core.options().timeout;
  return limit ? std::min(deadline_, policy::after(core.time().now(), *limit)) : deadline_;
}

result<answer> journey::fail(error e) {
  const bool left =
      e.phase != call_phase::prepare && (e.phase != call_phase::queue || attempt > 1 || e.bytes_sent);
  e.attempts = left ? attempt : 0;
  e.ambiguous = e.ambiguous || (may_be_done && repeat != idempotency::safe);
  const bool repeatable = repeat != idempotency::create && repeat != idempotency::once;
  if (e.ambiguous && !repeatable && e.code != errc::cancelled)
    e.cause = std::exchange(e.code, errc::ambiguous);
  ++core.failed;
  if (observer* o = core.watcher()) o->on_finished(op, &e, e.attempts);
  return e;
}

result<answer> journey::cancelled() {
  error e(errc::cancelled, "cancelled by the caller");
  e.stopped = stop_reason::cancelled;
  return fail(std::move(e));
}

result<answer> journey::succeed(answer said) {
  said.attempts = attempt;
  if (observer* o = core.watcher()) o->on_finished(op, nullptr, attempt);
  return said;
}

}  // namespace mux::inline v0::client_detail
