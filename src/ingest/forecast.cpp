#include "ingest/forecast.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::ingest {
namespace {

using seconds = std::chrono::duration<double>;

constexpr std::chrono::seconds warm_up{10};
constexpr std::chrono::milliseconds grain{100};
// A refusal cuts the allowed rate by a fifth and what is measured below it.
constexpr double deepest_cut = 0.75;
constexpr double longest = 1e12;  // seconds

// A minute that differs much from what was usual has a reason that lasts.
double expected(double latest, double usual) {
  return std::abs(latest - usual) > 0.25 * usual ? latest : usual;
}

// After the last create comes the horizon of the last row that has to be repeated. Rows that do come at
// random, `often` a second: the last one lies 1/often before the end.
double tail(double horizon, double often) {
  if (often <= 0) return 0;
  return horizon - (1 - std::exp(-often * horizon)) / often;
}

}  // namespace

void growth::note(instant now, double total) {
  if (samples_.size() > 1 && now - samples_[samples_.size() - 2].at < grain) samples_.pop_back();
  samples_.push_back({now, total});
  while (samples_.size() > 2 && samples_[1].at + window < now) samples_.pop_front();
}

double growth::over(instant now, std::chrono::seconds last) const {
  if (samples_.empty() || now - samples_.front().at < warm_up) return 0;
  const auto later = [](instant at, const sample& s) { return at < s.at; };
  auto from = std::upper_bound(samples_.begin(), samples_.end(), now - last, later);
  if (from != samples_.begin()) --from;
  return (samples_.back().total - from->total) / seconds(now - from->at).count();
}

// What happened while a job was young and limits were learnt is soon over.
double growth::usual(instant now) const {
  if (samples_.empty()) return 0;
  const auto half = std::chrono::duration_cast<std::chrono::seconds>((now - samples_.front().at) / 2);
  return over(now, std::clamp(half, minute, window));
}

void forecast::note_created(instant now, std::uint64_t created) {
  created_.note(now, static_cast<double>(created));
}

void forecast::note_allowed(instant now, double rate) {
  if (allowed_at_) allowed_total_ += allowed_rate_ * seconds(now - *allowed_at_).count();
  allowed_at_ = now;
  rate = std::min(rate, 1e9);
  if (rate < 0.95 * allowed_rate_)
    rate_before_ = std::min(std::max(rate_before_, allowed_rate_), rate / deepest_cut);
  else if (rate >= rate_before_)
    rate_before_ = 0;
  allowed_rate_ = rate;
  allowed_.note(now, allowed_total_);
}

void forecast::note_bytes(instant now, std::uint64_t done) {
  bytes_.note(now, static_cast<double>(done));
}

void forecast::note_pages(std::uint64_t pages, seconds took) {
  if (pages > 0) page_time_ = took.count() / static_cast<double>(pages);
}

double forecast::used_part(instant now) const {
  const auto part = [](double created, double allowed) {
    return created > 0 && allowed > 0 ? std::min(1.0, created / allowed) : 1;
  };
  return expected(part(created_.recent(now), allowed_.recent(now)),
                  part(created_.usual(now), allowed_.usual(now)));
}

std::chrono::milliseconds forecast::eta(instant now, const work_left& left) const {
  double rate = left.rate;
  if (const double usual = created_.usual(now); rate_before_ > 0) {
    // A cut rate comes back to where it was refused and stays near there, but others may have it cut again.
    rate = (rate + rate_before_) / 2;
    if (usual > 0 && left.bytes == 0) rate = (rate + usual) / 2;
  } else if (left.bytes == 0) {
    rate *= used_part(now);
  }
  const double rows = std::max(0.0, static_cast<double>(left.rows) - std::max(left.tokens, 0.0));
  double wait = rate > 0 ? rows / rate : 0;
  if (const double speed = expected(bytes_.recent(now), bytes_.usual(now)); left.bytes > 0 && speed > 0)
    wait = std::max(wait, static_cast<double>(left.bytes) / speed);
  if (left.rows > 0 && left.created > 0) {
    const double share = static_cast<double>(left.repeated) / static_cast<double>(left.created);
    wait += tail(left.horizon.count(), share * rate);
  }
  if (left.not_before) wait = std::max(wait, seconds(*left.not_before - now).count());
  wait += static_cast<double>(left.pages) * page_time_;
  return std::chrono::ceil<std::chrono::milliseconds>(seconds(std::min(wait, longest)));
}

}  // namespace mux::inline v0::ingest
