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
/// Quiet time, in plateaus, until a step of the burst is tried again.
constexpr double relax_after = 3;
/// A discovery whose answers come too slowly to get ahead of the rate ends after so many.
constexpr int patience = 20;
constexpr int most_episodes = 16;
constexpr int most_halvings = 20;
/// Time constant of the meter of accepted requests, in seconds.
constexpr double meter_time = 90;

double seconds(duration d) noexcept {
  return std::chrono::duration<double>(d).count();
}

bool sensible(const pace_state& s) noexcept {
  const auto share = [](double v, double least) { return v >= least && v <= 1; };
  const auto count = [](double v) { return v >= 0 && v < 1e15; };
  return share(s.share, least_share / 2) && share(s.anchor, 0) && share(s.last_anchor, 0) &&
         share(s.before_episode, 0) && count(s.successes) && count(s.quiet) && count(s.highest) &&
         count(s.recent) && s.episodes >= 0 && s.episodes <= most_episodes && s.edge >= 0 &&
         s.edge <= 1'000'000 && s.halvings >= 0 && s.halvings <= most_halvings && s.level >= 0 &&
         s.level <= patience;
}

}  // namespace

pace::pace(const pace_settings& settings, double chance) noexcept
    : settings_(settings), plateau_(usual_plateau * (0.8 + 0.4 * chance)) {}

void pace::reconfigure(const pace_settings& settings) noexcept {
  settings_ = settings;
  state_ = {};
}

bool pace::restore(const pace_state& stored, bool stale) noexcept {
  const bool sound = sensible(stored);
  state_ = !sound ? pace_state() : stale ? stored.lasting() : stored;
  return sound;
}

pace_state pace_state::lasting() const noexcept {
  pace_state kept;
  kept.edge = edge;
  kept.highest = highest;
  return kept;
}

bool pace::limited() const noexcept {
  return !std::isinf(settings_.rate);
}

double pace::rate() const noexcept {
  return settings_.rate * std::min(state_.share, caution);
}

int pace::assumed_burst() const noexcept {
  return settings_.burst > 0 ? std::max(1, settings_.burst - margin) : unknown_burst;
}

int pace::burst() const noexcept {
  // A burst that was looked for may be larger than what is assumed without it.
  const bool found = settings_.burst == 0 && state_.edge > unknown_burst;
  const int whole =
      state_.edge == 0 || (state_.edge > assumed_burst() && !found) ? assumed_burst() : state_.edge;
  return std::max(1, whole >> state_.halvings);
}

bool pace::burst_known() const noexcept {
  return settings_.burst > 0 || state_.edge > 0 || !limited();
}

bool pace::discovering() const noexcept {
  return settings_.discover && !burst_known() && state_.level < patience;
}

// Accepted requests, each fading with the time constant; divided by the weight of the time since the first,
// so that a young meter does not read low.
void pace::meter(instant now) noexcept {
  if (state_.recent_since < instant::zero()) state_.recent_at = state_.recent_since = now;
  const duration passed = std::max(now - state_.recent_at, duration::zero());
  state_.recent = state_.recent * std::exp(-seconds(passed) / meter_time) + 1;
  state_.recent_at = now;
}

double pace::measured_share(instant now) const noexcept {
  const double age = seconds(now - state_.recent_since);
  if (state_.recent_since < instant::zero() || age < 2 / settings_.rate) return -1;
  const double faded = state_.recent * std::exp(-seconds(now - state_.recent_at) / meter_time);
  return faded / (meter_time * (1 - std::exp(-age / meter_time))) / settings_.rate;
}

// Concave up to the share of the last refusal, so that most of the time is spent close below it; then flat,
// then ever steeper: what the server lets through for so long is free.
void pace::recover() noexcept {
  if (state_.anchor == 0) return;
  const double beyond = state_.successes / plateau_ - 1;
  const double aim = beyond < 0 ? state_.anchor * (1 + (1 - cut) * beyond * beyond * beyond)
                                : state_.anchor + probe * beyond * beyond * beyond * beyond;
  state_.share = std::clamp(aim, least_share, 1.0);
  if (state_.share >= caution) {
    state_.share = 1;
    state_.anchor = 0;
  }
}

// What refusals took of the burst comes back, one step for each long quiet time: the bucket may have been
// empty for somebody else's sake, and the server's settings change.
void pace::relax() noexcept {
  if (state_.quiet < relax_after * plateau_) return;
  if (state_.halvings > 0)
    --state_.halvings;
  else if (state_.edge > 0 && state_.edge < assumed_burst())
    ++state_.edge;
  else
    return;
  state_.quiet = plateau_;
}

void pace::accepted(const ticket& of, instant now) noexcept {
  if (!limited()) return;
  meter(now);
  if (state_.episodes >= 2) {
    // The end of a series: go on with the share that was really served.
    if (const double served = measured_share(now); served >= 0) {
      const double least = std::max(0.15 * state_.before_episode, least_share);
      state_.anchor = std::min({state_.before_episode, std::max(served, least), 1.0});
      state_.successes = 0;
      state_.share = std::max(least_share, 0.95 * state_.anchor);
    }
  }
  state_.episodes = 0;
  // If everybody's successes counted the same, whoever is fast would recover in seconds and probe for more
  // while the slow ones still wait, and in the end have everything. The fourth root halves that lead and
  // leaves the number of refusals bounded by successes.
  const double weight = std::sqrt(std::sqrt(1 / std::min(state_.share, caution)));
  state_.successes += weight;
  state_.quiet += weight;
  if (discovering()) {
    state_.level = of.excess > state_.highest ? 0 : state_.level + 1;
    if (of.excess >= enough_burst) state_.edge = enough_burst;
  }
  state_.highest = std::max(state_.highest, of.excess);
  recover();
  relax();
}

void pace::cut_share() noexcept {
  const double at = std::min(state_.share, caution);
  // Below the share of the refusal before this one: others are growing, leave them some of it.
  state_.anchor = at < state_.last_anchor ? at * (1 + cut) / 2 : at;
  state_.last_anchor = at;
  state_.successes = 0;
  state_.share = std::max(least_share, at * cut);
}

duration pace::refused(const ticket& of, instant now, duration retry_after, double u) noexcept {
  // What was on the way when the last reaction happened tells nothing new.
  if (of.sent < state_.reaction) return duration(-1);
  const bool first_ever = state_.reaction < instant::zero();
  state_.reaction = now;
  state_.episodes = std::min(state_.episodes + 1, most_episodes);
  state_.quiet = 0;
  if (state_.episodes == 1) state_.before_episode = std::min(state_.share, caution);
  // Nothing has passed yet: the bucket was empty before this client came, which says nothing of its size.
  const bool something_passed = state_.highest >= 1;
  const bool at_the_edge =
      something_passed && (discovering() || of.excess > state_.highest + 0.5 ||
                           (first_ever && of.excess > state_.highest - 1 && state_.anchor == 0));
  if (!limited()) {
    // There is nothing to adjust; the pause below is all.
  } else if (state_.episodes == 1 && at_the_edge) {
    const int passed = std::max(1, static_cast<int>(std::floor(std::min(state_.highest, 1e6))) - margin);
    state_.edge = discovering() ? passed : std::min(burst(), passed);
  } else if (state_.episodes == 1) {
    cut_share();
  } else {
    state_.halvings = std::min(state_.halvings + 1, most_halvings);
    state_.highest = std::min(state_.highest, burst() + 1.0);
  }

  const double interval = limited() ? 1 / rate() : 1;
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
