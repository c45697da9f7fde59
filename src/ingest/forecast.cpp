#include "ingest/forecast.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::ingest {
namespace {

using seconds = std::chrono::duration<double>;

constexpr std::chrono::seconds warm_up{10};
constexpr std::chrono::milliseconds grain{100};
// A limit that others share goes up and down by a fifth; a minute that differs by more has a reason that
// lasts.
constexpr double other_matter = 0.25;
constexpr double longest = 1e12;  // seconds

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

double growth::expected(instant now) const {
  // What happened in the first half of a young job, while limits were learnt, is over.
  const auto half = std::chrono::duration_cast<std::chrono::seconds>(
      samples_.empty() ? minute : (now - samples_.front().at) / 2);
  const double latest = over(now, minute), usual = over(now, std::clamp(half, minute, window));
  return std::abs(latest - usual) > other_matter * usual ? latest : usual;
}

void forecast::note_created(instant now, std::uint64_t created) {
  created_.note(now, static_cast<double>(created));
}

void forecast::note_allowed(instant now, double rate) {
  if (allowed_at_) allowed_total_ += allowed_rate_ * seconds(now - *allowed_at_).count();
  allowed_at_ = now;
  allowed_rate_ = std::min(rate, 1e9);
  allowed_.note(now, allowed_total_);
}

void forecast::note_bytes(instant now, std::uint64_t done) {
  bytes_.note(now, static_cast<double>(done));
}

void forecast::note_pages(std::uint64_t pages, seconds took) {
  if (pages > 0) page_time_ = took.count() / static_cast<double>(pages);
}

std::chrono::milliseconds forecast::eta(instant now, const work_left& left) const {
  const auto rows = static_cast<double>(left.rows);
  const double usual = allowed_.expected(now), measured = created_.expected(now);
  const double allowed = usual > 0 ? usual : left.rate;
  double rate = allowed;
  double wait = allowed > 0 ? std::max(0.0, rows - std::max(left.tokens, 0.0)) / allowed : 0;
  if (measured > 0 && left.bytes == 0) {
    rate = std::min(rate, measured);
    wait = std::max(wait, rows / measured);
  }
  if (const double speed = bytes_.expected(now); left.bytes > 0 && speed > 0)
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
