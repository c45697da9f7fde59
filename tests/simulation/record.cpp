#include "simulation/record.hpp"

#include <algorithm>

namespace mux::inline v0::simulation {

namespace {

/// The rate of use is measured over so many accepted requests.
constexpr std::size_t use_window = 40;
constexpr double full = 0.9;
constexpr std::size_t most_violations = 20;

double percentile(std::vector<float>& of, double share) {
  if (of.empty()) return 0;
  const auto at = of.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(of.size() - 1));
  std::nth_element(of.begin(), at, of.end());
  return *at;
}

}  // namespace

record::record(double rate, double length, double warm_up, double change, std::size_t clients,
               bool keep_series)
    : rate_(rate), length_(length), warm_up_(warm_up * length), change_(change), keep_series_(keep_series) {
  so_far_.accepted.resize(clients);
  so_far_.hash = 0xcbf29ce484222325;
}

void record::add(instant when, happening what, std::size_t who) {
  for (const std::uint64_t part : {static_cast<std::uint64_t>(when.count()), static_cast<std::uint64_t>(what),
                                   static_cast<std::uint64_t>(who)})
    so_far_.hash = (so_far_.hash ^ part) * 0x100000001b3 ^ so_far_.hash >> 29;
  if (!open_) return;
  if (keep_series_) so_far_.series.push_back({when, what, static_cast<std::uint32_t>(who)});
  switch (what) {
    case happening::call_came:
      ++so_far_.calls;
      break;
    case happening::turn_lost:
      ++so_far_.lost_turns;
      break;
    case happening::server_accepted:
    case happening::server_refused:
      served(when, what == happening::server_accepted, who);
      break;
    default:
      break;
  }
}

void record::served(instant when, bool accepted, std::size_t who) {
  const double t = seconds(when);
  ++so_far_.sent;
  so_far_.refused += accepted ? 0 : 1;
  if (t > warm_up_) {
    ++late_sent_;
    late_refused_ += accepted ? 0 : 1;
  }
  if (!accepted) return;
  ++so_far_.accepted[who];
  so_far_.last_accepted = t;
  if (change_ <= 0 || t <= change_ || so_far_.full_use >= 0) return;
  latest_.push_back(t);
  if (latest_.size() < use_window) return;
  const double first = latest_[latest_.size() - use_window];
  if (use_window / (t - first) >= full * rate_) so_far_.full_use = t - change_;
}

void record::violation(instant when, std::size_t who, const std::string& what) {
  if (so_far_.violations.size() < most_violations)
    so_far_.violations.push_back("at " + std::to_string(seconds(when)) + " s, client " + std::to_string(who) +
                                 ": " + what);
}

void record::close() {
  open_ = false;
}

outcome record::result() {
  outcome& o = so_far_;
  const auto share = [](std::uint64_t part, std::uint64_t of) {
    return static_cast<double>(part) / static_cast<double>(std::max<std::uint64_t>(of, 1));
  };
  o.refused_share = share(o.refused, o.sent);
  o.late_refused_share = share(late_refused_, late_sent_);
  o.efficiency = static_cast<double>(late_sent_ - late_refused_) / (rate_ * (length_ - warm_up_));
  double sum = 0;
  double squares = 0;
  for (const std::uint64_t a : o.accepted) {
    sum += static_cast<double>(a);
    squares += static_cast<double>(a) * static_cast<double>(a);
  }
  o.fairness = squares > 0 ? sum * sum / (static_cast<double>(o.accepted.size()) * squares) : 0;
  o.wait_median = percentile(waits_, 0.5);
  o.wait_p99 = percentile(waits_, 0.99);
  return std::move(so_far_);
}

}  // namespace mux::inline v0::simulation
