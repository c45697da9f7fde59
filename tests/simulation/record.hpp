#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simulation/event_queue.hpp"
#include "simulation/random.hpp"

namespace mux::inline v0::simulation {

enum class happening : std::uint8_t {
  call_came,
  turn_came,
  turn_lost,
  request_left,
  server_accepted,
  server_refused,
  answer_came,
  call_ended,
};

struct note {
  instant when;
  happening what;
  std::uint32_t who;
};

/// Everything that happened in one run, as figures.
struct outcome {
  std::uint64_t sent = 0;
  std::uint64_t refused = 0;
  double refused_share = 0;
  double late_refused_share = 0;  ///< after the warm-up
  double efficiency = 0;          ///< accepted after the warm-up, as a share of what the server's rate allows
  double fairness = 0;            ///< Jain's index of the accepted requests; 1: all clients the same
  double wait_median = 0;         ///< seconds from a call's coming to its last request
  double wait_p99 = 0;
  double last_accepted = 0;  ///< second
  double full_use = -1;      ///< seconds from the change to nine tenths of the rate; below 0: never
  std::uint64_t calls = 0;
  std::uint64_t ambiguous = 0;
  std::uint64_t lost_turns = 0;
  std::uint64_t hash = 0;               ///< of all events
  std::vector<std::uint64_t> accepted;  ///< by client
  std::vector<note> series;
  std::vector<std::string> violations;
};

/// Takes down what happens.
class record {
 public:
  record(double rate, double length, double warm_up, double change, std::size_t clients, bool keep_series);

  void add(instant when, happening what, std::size_t who);
  void waited(duration w) {
    if (open_) waits_.push_back(static_cast<float>(seconds(w)));
  }
  void violation(instant when, std::size_t who, const std::string& what);
  void ambiguous() { ++so_far_.ambiguous; }
  /// The measured time is over; nothing counts from here on but violations.
  void close();
  [[nodiscard]] outcome result();

 private:
  void served(instant when, bool accepted, std::size_t who);

  const double rate_;
  const double length_;
  const double warm_up_;
  const double change_;
  const bool keep_series_;
  bool open_ = true;
  std::uint64_t late_sent_ = 0;
  std::uint64_t late_refused_ = 0;
  std::vector<float> waits_;
  std::vector<double> latest_;  ///< moments of the last accepted requests since the change
  outcome so_far_;
};

}  // namespace mux::inline v0::simulation
