#include "ingest/forecast.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::ingest {

void forecast::note_created(instant now) {
  created_.push_back(now);
  while (created_.front() + window < now) created_.pop_front();
}

void forecast::note_bytes(instant now, std::uint64_t done) {
  constexpr std::chrono::milliseconds grain{100};
  if (bytes_.size() > 1 && now - bytes_[bytes_.size() - 2].at < grain) bytes_.pop_back();
  bytes_.push_back({now, done});
  while (bytes_.size() > 2 && bytes_[1].at + window < now) bytes_.pop_front();
}

double forecast::bytes_rate(instant now) const {
  if (bytes_.size() < 2 || now - bytes_.front().at < warm_up) return 0;
  const std::uint64_t before = bytes_.front().done, after = std::max(before, bytes_.back().done);
  const std::chrono::duration<double> span = now - bytes_.front().at;
  return static_cast<double>(after - before) / span.count();
}

std::chrono::milliseconds forecast::eta_of_bytes(instant now, std::uint64_t left) const {
  const double rate = bytes_rate(now);
  if (rate <= 0) return std::chrono::milliseconds(0);
  return std::chrono::milliseconds(
      static_cast<std::int64_t>(std::min(static_cast<double>(left) / rate * 1000, 1e15)));
}

double forecast::measured_rate(instant now) const {
  if (now - begun_ < warm_up) return 0;
  const auto recent =
      std::count_if(created_.begin(), created_.end(), [&](instant at) { return at + window >= now; });
  const std::chrono::duration<double> span = std::min<instant::duration>(window, now - begun_);
  return static_cast<double>(recent) / span.count();
}

std::chrono::milliseconds forecast::eta(instant now, std::uint64_t to_send, double rate, double tokens,
                                        std::optional<instant> not_before) const {
  const auto rows = static_cast<double>(to_send);
  double seconds = rate > 0 ? std::max(0.0, rows - std::max(tokens, 0.0)) / rate : 0;
  if (const double measured = measured_rate(now); measured > 0) seconds = std::max(seconds, rows / measured);
  auto wait = std::chrono::milliseconds(static_cast<std::int64_t>(std::ceil(std::min(seconds * 1000, 1e15))));
  if (not_before) wait = std::max(wait, std::chrono::ceil<std::chrono::milliseconds>(*not_before - now));
  return wait;
}

}  // namespace mux::inline v0::ingest
