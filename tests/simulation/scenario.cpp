#include "simulation/scenario.hpp"

#include <charconv>
#include <sstream>

namespace mux::inline v0::simulation {

namespace {

/// A name's part that is a word with a number behind it.
bool is(const std::string& part, const std::string& word, double& number) {
  if (part.size() <= word.size() || part.compare(0, word.size(), word) != 0) return false;
  const char* const end = part.data() + part.size();
  return std::from_chars(part.data() + word.size(), end, number).ptr == end;
}

bool read_limit(const std::string& part, limit_description& limit) {
  double size = 0;
  if (is(part, "TB", size))
    limit.kind = limit_kind::bucket;
  else if (is(part, "FW", size))
    limit.kind = limit_kind::window;
  else if (is(part, "SL", size))
    limit.kind = limit_kind::sliding_log;
  else
    return false;
  limit.size = size;
  return size > 0;
}

bool read_headers(const std::string& part, header_form& form) {
  if (part == "headers")
    form = header_form::truthful;
  else if (part == "full")
    form = header_form::always_full;
  else if (part == "zero")
    form = header_form::always_zero;
  else if (part == "arbitrary")
    form = header_form::arbitrary;
  else if (part == "absurd")
    form = header_form::absurd;
  else
    return false;
  return true;
}

bool read_retry_after(const std::string& part, retry_after_form& form) {
  if (part == "ra")
    form = retry_after_form::truthful;
  else if (part == "ra0")
    form = retry_after_form::zero;
  else if (part == "date")
    form = retry_after_form::date;
  else if (part == "day")
    form = retry_after_form::a_day;
  else
    return false;
  return true;
}

/// Three clients, one after the other, each with a batch of its own.
scenario three_batches(std::uint64_t seed) {
  scenario s;
  s.name = "three";
  s.seed = seed;
  s.seconds = 150;
  s.server.limit = {limit_kind::bucket, 5, 30};
  s.server.headers = header_form::truthful;
  for (const double starts : {0.0, 20.0, 40.0}) {
    client_description c;
    c.settings.rate = 5;
    c.calls = c.at_once = 200;
    c.starts = starts;
    c.spread = 0;
    s.clients.push_back(c);
  }
  return s;
}

}  // namespace

std::optional<scenario> find_scenario(const std::string& name, std::uint64_t seed) {
  if (name == "storm") return random_scenario(seed);
  if (name == "alone") return find_scenario("R1/T60/batch60/known/TB10", seed);
  if (name == "learnt") return find_scenario("R1/T60/batch60/discover/TB10", seed);
  if (name == "three") return three_batches(seed);
  scenario s;
  s.name = name;
  s.seed = seed;
  client_description c;
  double n = 1;
  double share = 0;
  double number = 0;
  bool known = false;
  bool leave = false;
  std::istringstream parts(name);
  for (std::string part; std::getline(parts, part, '/');) {
    if (read_limit(part, s.server.limit) || read_headers(part, s.server.headers) ||
        read_retry_after(part, s.server.retry_after))
      continue;
    if (is(part, "R", number))
      s.server.limit.rate = number;
    else if (is(part, "n", number))
      n = number;
    else if (is(part, "b", number))
      c.settings.burst = static_cast<int>(number);
    else if (is(part, "T", number))
      s.seconds = number;
    else if (is(part, "foreign", number))
      share = number;
    else if (is(part, "batch", number))
      c.calls = c.at_once = static_cast<std::size_t>(number);
    else if (part == "known")
      known = true;
    else if (part == "discover")
      c.settings.discover = true;
    else if (part == "leave")
      leave = true;
    else if (part == "processes")
      c.share_state = true;
    else
      return {};
  }
  c.settings.rate = s.server.limit.rate;
  if (known) c.settings.burst = static_cast<int>(s.server.limit.size);
  s.foreign = share * s.server.limit.rate;
  c.count = static_cast<std::size_t>(n);
  if (c.calls > 0) c.spread = 0;
  s.clients.push_back(c);
  if (leave) {
    client_description gone = c;
    s.clients[0].count = (c.count + 2) / 3;
    gone.count = c.count - s.clients[0].count;
    gone.leaves = s.change = s.seconds / 2;
    s.clients.push_back(gone);
  }
  return s;
}

}  // namespace mux::inline v0::simulation
