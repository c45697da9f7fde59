#include "simulation/server_limit.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <sstream>

#include "simulation/random.hpp"

namespace mux::inline v0::simulation {

namespace {

/// Tokens drop in evenly; full at the start.
class bucket_limit : public server_limit {
 public:
  bucket_limit(double rate, double size) : rate_(rate), size_(size), tokens_(size) {}
  decision hit(instant now) override {
    tokens_ = std::min(size_, tokens_ + seconds(now - at_) * rate_);
    at_ = now;
    if (tokens_ < 1) return {false, 0, seconds((1 - tokens_) / rate_)};
    tokens_ -= 1;
    return {true, std::floor(tokens_), duration::zero()};
  }
  [[nodiscard]] double size() const override { return size_; }

 private:
  double rate_;
  double size_;
  double tokens_;
  instant at_{0};
};

/// So many in each window; the windows began before the simulation did.
class window_limit : public server_limit {
 public:
  window_limit(double rate, double length)
      : length_(seconds(length)),
        offset_(seconds(0.37 * length)),
        size_(std::max(1.0, std::floor(rate * length))) {}
  decision hit(instant now) override {
    const std::int64_t window = (now + offset_) / length_;
    if (window != window_) {
      window_ = window;
      count_ = 0;
    }
    if (count_ >= size_) return {false, 0, length_ * (window + 1) - (now + offset_)};
    count_ += 1;
    return {true, size_ - count_, duration::zero()};
  }
  [[nodiscard]] double size() const override { return size_; }

 private:
  duration length_;
  duration offset_;
  double size_;
  double count_ = 0;
  std::int64_t window_ = -1;
};

/// So many in any time of the window's length.
class sliding_log_limit : public server_limit {
 public:
  sliding_log_limit(double rate, double length)
      : length_(seconds(length)), size_(std::max<std::size_t>(1, static_cast<std::size_t>(rate * length))) {}
  decision hit(instant now) override {
    while (!log_.empty() && log_.front() <= now - length_) log_.pop_front();
    if (log_.size() >= size_) return {false, 0, log_.front() + length_ - now};
    log_.push_back(now);
    return {true, static_cast<double>(size_ - log_.size()), duration::zero()};
  }
  [[nodiscard]] double size() const override { return static_cast<double>(size_); }

 private:
  duration length_;
  std::size_t size_;
  std::deque<instant> log_;
};

}  // namespace

std::string limit_description::name() const {
  std::ostringstream text;
  text << (kind == limit_kind::bucket ? "TB" : kind == limit_kind::window ? "FW" : "SL") << size;
  return text.str();
}

std::unique_ptr<server_limit> limit_description::make() const {
  switch (kind) {
    case limit_kind::bucket:
      return std::make_unique<bucket_limit>(rate, size);
    case limit_kind::window:
      return std::make_unique<window_limit>(rate, size);
    case limit_kind::sliding_log:
      break;
  }
  return std::make_unique<sliding_log_limit>(rate, size);
}

}  // namespace mux::inline v0::simulation
