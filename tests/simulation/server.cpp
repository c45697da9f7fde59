#include "simulation/server.hpp"

#include <cmath>
#include <limits>

namespace mux::inline v0::simulation {

namespace {

bool never_breaks(const fault_rates& f) {
  return f.error_before + f.error_after + f.lost_before + f.lost_after + f.silent + f.cut_body == 0;
}

}  // namespace

server::server(const server_description& description, std::uint64_t seed)
    : description_(description),
      limit_(description.limit.make()),
      random_(seed),
      sound_(never_breaks(description.faults)) {}

reply server::serve(instant now, std::uint64_t intent) {
  const decision d = limit_->hit(now);
  reply r;
  r.said = headers(d.remaining);
  if (!d.admitted) {
    r.status = 429;
    r.retry_after = retry_after(now, d.wait);
  } else if (sound_) {
    ++executions_[intent];
  } else {
    misbehave(r, intent);
  }
  return r;
}

void server::misbehave(reply& r, std::uint64_t intent) {
  double dice = random_.uniform();
  const auto happens = [&dice](double probability) { return (dice -= probability) < 0; };
  const auto fail = [&] {
    constexpr int statuses[] = {500, 502, 503, 504};
    r.status = statuses[random_.below(4)];
    r.forbidden = random_.chance(faults_.forbidden);
    if (r.status == 503 && random_.chance(faults_.busy_after))
      r.retry_after = seconds(random_.between(0, 20));
  };
  const auto lose = [&](errc why) {
    r.status = 0;
    r.failure = why;
    r.said.reset();
  };
  if (happens(faults_.error_before)) return fail();
  if (happens(faults_.lost_before)) return lose(errc::connection_lost_unanswered);
  ++executions_[intent];
  if (happens(faults_.error_after)) return fail();
  if (happens(faults_.lost_after)) return lose(errc::connection_lost_unanswered);
  if (happens(faults_.silent)) return lose(errc::timed_out);
  if (happens(faults_.cut_body)) r.failure = errc::truncated_body;
}

int server::executions(std::uint64_t intent) const {
  const auto found = executions_.find(intent);
  return found == executions_.end() ? 0 : found->second;
}

std::optional<policy::quota> server::headers(double remaining) {
  const double size = limit_->size();
  switch (description_.headers) {
    case header_form::absent:
      return {};
    case header_form::truthful:
      return policy::quota{size, remaining};
    case header_form::always_full:
      return policy::quota{size, size};
    case header_form::always_zero:
      return policy::quota{size, 0};
    case header_form::arbitrary:
      return policy::quota{size, std::floor(random_.between(0, size + 1))};
    case header_form::absurd:
      break;
  }
  constexpr double odd[] = {-1,
                            0,
                            0.5,
                            8,
                            1e6,
                            1e300,
                            std::numeric_limits<double>::infinity(),
                            std::numeric_limits<double>::quiet_NaN()};
  const double limit = odd[random_.below(std::size(odd))];
  return policy::quota{limit, odd[random_.below(std::size(odd))]};
}

duration server::retry_after(instant now, duration wait) {
  switch (description_.retry_after) {
    case retry_after_form::absent:
      return duration(-1);
    case retry_after_form::truthful:
      return wait;
    case retry_after_form::zero:
      return duration::zero();
    case retry_after_form::date:
      return std::chrono::floor<std::chrono::seconds>(now + wait) -
             std::chrono::floor<std::chrono::seconds>(now);
    case retry_after_form::a_day:
      break;
  }
  return std::chrono::hours(24);
}

}  // namespace mux::inline v0::simulation
