#include "policy/pace.hpp"

#include <algorithm>
#include <cmath>

namespace mux::inline v0::policy {

namespace {

/// Tokens of the server's bucket that the client leaves untouched: requests may come closer together on the
/// way than they left.
constexpr int margin = 1;
/// The server's bucket is unknown: what the client dares.
constexpr int unknown_burst = 3;
/// A server that lends so many tokens has no burst worth looking for.
constexpr int enough_burst = 1'000;
/// A hair below the server's rate, as its clock is not ours.
constexpr double caution = 0.999;
/// What is left of the rate after a refusal.
constexpr double cut = 0.82;
/// Successes until a cut rate is back, give or take a fifth; fewer for those whose share is small.
constexpr double usual_plateau = 380;
/// Strength of the probe beyond the rate of the last refusal, as a share of the server's rate.
constexpr double probe = 0.1;
/// No client falls below this share of the server's rate.
constexpr double least_share = 0.001;
/// Time constant of the meter of accepted requests, in seconds.
constexpr double meter_time = 90;

double seconds(duration d) noexcept {
  return std::chrono::duration<double>(d).count();
}

bool sensible(const pace_state& s, const pace_settings& settings) noexcept {
  const double numbers[] = {s.rate,    s.anchor,    s.last_anchor, s.before_episode,
                            s.highest, s.successes, s.recent};
  for (const double n : numbers)
    if (!std::isfinite(n) || n < 0) return false;
  return s.configured_rate == settings.rate && s.configured_burst == settings.burst && s.rate > 0 &&
         s.rate <= settings.rate && s.burst >= 1 && s.burst <= 1'000'000 && s.episodes >= 0 &&
         s.disturbed >= 0;
}

}  // namespace

pace::pace(const pace_settings& settings, double chance) noexcept
    : settings_(settings), plateau_(usual_plateau * (0.8 + 0.4 * chance)) {
  start();
}

void pace::start() noexcept {
  state_ = {};
  state_.configured_rate = settings_.rate;
  state_.configured_burst = settings_.burst;
  state_ = state_.lasting();
  state_.burst = settings_.burst > 0 ? std::max(1, settings_.burst - margin) : unknown_burst;
  state_.burst_known = settings_.burst > 0 || std::isinf(settings_.rate);
}

void pace::reconfigure(const pace_settings& settings) noexcept {
  settings_ = settings;
  start();
}

void pace::restore(const pace_state& stored, bool stale) noexcept {
  if (!sensible(stored, settings_)) {
    start();
    return;
  }
  state_ = stored;
  if (stale) state_ = stored.lasting();
}

pace_state pace_state::lasting() const noexcept {
  pace_state kept;
  kept.configured_rate = configured_rate;
  kept.configured_burst = configured_burst;
  kept.burst = burst;
  kept.burst_known = burst_known;
  kept.highest = highest;
  kept.rate = configured_rate * caution;
  kept.last_anchor = configured_rate;
  return kept;
}

// Accepted requests, each fading with the time constant; divided by the weight of the time since the first,
// so that a young meter does not read low.
void pace::count_success(instant now) noexcept {
  if (state_.recent_since < instant::zero()) state_.recent_at = state_.recent_since = now;
  const duration passed = std::max(now - state_.recent_at, duration::zero());
  state_.recent = state_.recent * std::exp(-seconds(passed) / meter_time) + 1;
  state_.recent_at = now;
}

double pace::measured_rate(instant now) const noexcept {
  const double age = seconds(now - state_.recent_since);
  if (state_.recent_since < instant::zero() || age < 2 / settings_.rate) return -1;
  const double faded = state_.recent * std::exp(-seconds(now - state_.recent_at) / meter_time);
  return faded / (meter_time * (1 - std::exp(-age / meter_time)));
}

// Concave up to the rate of the last refusal, so that most of the time is spent close below it; then flat,
// then ever steeper: what the server lets through for so long is free.
void pace::recover() noexcept {
  if (state_.anchor == 0) return;
  const double beyond = state_.successes / plateau_ - 1;
  const double aim = beyond < 0 ? state_.anchor * (1 + (1 - cut) * beyond * beyond * beyond)
                                : state_.anchor + probe * settings_.rate * beyond * beyond * beyond * beyond;
  const double most = settings_.rate * caution;
  state_.rate = std::clamp(aim, settings_.rate * least_share, most);
  if (state_.rate >= most) state_.anchor = 0;
}

void pace::accepted(const ticket& of, instant now) noexcept {
  if (std::isinf(settings_.rate)) return;
  count_success(now);
  if (state_.episodes >= 2) {
    // The end of a series: go on with the share that was really served.
    if (const double served = measured_rate(now); served >= 0) {
      const double least = std::max(0.15 * state_.before_episode, settings_.rate * least_share);
      state_.anchor = std::min(state_.before_episode, std::max(served, least));
      state_.successes = 0;
      state_.rate = std::max(settings_.rate * least_share, 0.95 * state_.anchor);
    }
  }
  state_.episodes = 0;
  // If everybody's successes counted the same, whoever is fast would recover in seconds and probe for more
  // while the slow ones still wait, and in the end have everything. The fourth root halves that lead and
  // leaves the number of refusals bounded by successes.
  state_.successes += std::sqrt(std::sqrt(settings_.rate / state_.rate));
  state_.highest = std::max(state_.highest, of.excess);
  if (discovering() && state_.highest >= enough_burst) {
    state_.burst = enough_burst;
    state_.burst_known = true;
  }
  if (state_.successes > plateau_) state_.disturbed = 0;
  recover();
}

duration pace::refused(const ticket& of, instant now, duration retry_after, double u) noexcept {
  // What was on the way when the last reaction happened tells nothing new.
  if (of.sent < state_.reaction) return duration(-1);
  const bool first_ever = state_.reaction < instant::zero();
  state_.reaction = now;
  state_.episodes = std::min(state_.episodes + 1, 16);
  state_.disturbed = std::min(state_.disturbed + 1, 1'000'000);
  const auto edge_burst = [this] {
    return std::max(1, static_cast<int>(std::floor(std::min(state_.highest, 1e6))) - margin);
  };
  if (state_.episodes == 1) state_.before_episode = state_.rate;
  if (std::isinf(settings_.rate)) {
    // Nothing is known that could be adjusted; the pause below is all.
  } else if (discovering()) {
    state_.burst = edge_burst();
    state_.burst_known = true;
  } else if (state_.episodes == 1 && (of.excess > state_.highest + 0.5 ||
                                      (first_ever && of.excess > state_.highest - 1 && state_.anchor == 0))) {
    state_.burst = std::min(state_.burst, edge_burst());
    state_.burst_known = true;
  } else if (state_.episodes == 1) {
    const double at = state_.rate;
    // Below the rate of the refusal before this one: others are growing, leave them some of it.
    state_.anchor = at < state_.last_anchor ? at * (1 + cut) / 2 : at;
    state_.last_anchor = at;
    state_.successes = 0;
    state_.rate = std::max(settings_.rate * least_share, at * cut);
  } else {
    state_.burst = std::max(1, state_.burst / 2);
    state_.highest = std::min(state_.highest, state_.burst + 1.0);
  }

  const double interval = std::isinf(settings_.rate) ? 1 : 1 / state_.rate;
  double wait = interval * (1 + 0.25 * u);
  if (state_.episodes >= 2)
    wait = std::max(wait, std::min(60.0, 0.5 * std::pow(2, state_.episodes)) * (0.75 + 0.5 * u));
  if (retry_after >= duration::zero()) {
    const double after = seconds(retry_after);
    wait = std::max(wait, after + u * std::min(std::max(after, 0.2), interval));
  }
  return duration(static_cast<std::int64_t>(std::min(wait, seconds(longest_pause)) * 1e9));
}

}  // namespace mux::inline v0::policy
