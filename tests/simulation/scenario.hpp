#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "policy/pace.hpp"
#include "simulation/server.hpp"

namespace mux::inline v0::simulation {

/// A client, or `count` of the same kind.
struct client_description {
  std::size_t count = 1;
  policy::pace_settings settings;

  // What it has to send.
  std::size_t calls = 0;     ///< so many and then no more; 0: without end
  std::size_t at_once = 16;  ///< calls that are under way at the same time; each end brings the next call
  double every = 0;        ///< seconds between calls that come by chance instead; 0: as soon as there is room
  double creates = 0;      ///< share of calls that must not be executed twice
  std::size_t keys = 1;    ///< callers among whom the calls are spread, at random if more than one
  bool all_bands = false;  ///< calls of all priorities, instead of the usual one

  // How it goes.
  double starts = 0;     ///< second of its start …
  double spread = 2;     ///< … plus up to so many by chance
  double leaves = 0;     ///< second of its end; 0: stays
  double deadline = 0;   ///< seconds a call may take, times 0 to 2 by chance; 0: for ever
  double cancelled = 0;  ///< share of calls that are cancelled up to `patience` seconds after they came
  double patience = 60;
  double connect = 0;       ///< seconds that a connection takes on average, between turn and commit
  double disconnected = 0;  ///< share of turns that no connection comes for

  // Where it runs.
  bool share_state = false;  ///< the `count` are processes of one machine that share the limiter's state
  std::vector<std::pair<double, double>> suspends;  ///< second and length of the machine's sleeps
};

struct scenario {
  std::string name;
  std::uint64_t seed = 1;
  double seconds = 3600;
  server_description server;
  std::vector<client_description> clients;
  double foreign = 0;        ///< requests a second of strangers, at random
  double warm_up = 0.25;     ///< share of the time after which measuring begins
  double change = 0;         ///< second from which the time to full use is measured; 0: not measured
  bool finish = false;       ///< at the end the queues run empty; otherwise what waits is released
  bool keep_series = false;  ///< the outcome lists every event
};

/// The scenario of a name such as `R5/n3/TB10/headers`; nothing if there is none of that name. Parts, in any
/// order:
///   R5          requests a second that the server allows
///   n20         clients
///   TB10 FW60 SL10  the server's limit: bucket of 10, fixed window or sliding log of so many seconds
///   b10         burst configured as 10; known: as what the bucket has; discover: to be found out
///   headers     X-RateLimit-* tell the truth; full, zero, arbitrary, absurd: they do not
///   ra          Retry-After tells the truth; ra0, date, day: other forms of it
///   T3600       seconds
///   leave       two thirds of the clients leave at half time
///   foreign0.5  strangers use up that share of the rate
///   batch200    so many calls at once from each client, and then none
///   processes   the clients are processes that share the limiter's state
/// Whole names are `storm` (everything by chance), `alone`, `learnt` and `three` (for the picture).
[[nodiscard]] std::optional<scenario> find_scenario(const std::string& name, std::uint64_t seed);
/// A scenario in which everything is by chance.
[[nodiscard]] scenario random_scenario(std::uint64_t seed);

}  // namespace mux::inline v0::simulation
